"""`cookietin.cookiejar`, with browser rules as the default: `--subject tests.bench.browser_rules`.

Its jars have a `BrowserCookiePolicy` where those of `cookietin.cookiejar` have a `DefaultCookiePolicy`;
everything else is the same object. So what takes a module takes this one, and what it stores and sends
may differ from `http.cookiejar` by the rules.

Rules of this file:
- Only constructors are replaced, so that the jars keep the short ways that a subclass may lose.
- The list of public suffixes is loaded by the first jar that asks for it, as in any program.
"""

from __future__ import annotations

import os
from http.cookiejar import CookiePolicy

from cookietin import cookiejar
from cookietin.cookiejar import BrowserCookiePolicy


class CookieJar(cookiejar.CookieJar):
    """A jar with browser rules."""

    def __init__(self, policy: CookiePolicy | None = None) -> None:
        super().__init__(BrowserCookiePolicy() if policy is None else policy)


class MozillaCookieJar(cookiejar.MozillaCookieJar):
    """A jar in cookies.txt with browser rules."""

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: CookiePolicy | None = None,
    ) -> None:
        super().__init__(filename, delayload, BrowserCookiePolicy() if policy is None else policy)


class LWPCookieJar(cookiejar.LWPCookieJar):
    """A jar in an LWP file with browser rules."""

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: CookiePolicy | None = None,
    ) -> None:
        super().__init__(filename, delayload, BrowserCookiePolicy() if policy is None else policy)


def __getattr__(name: str) -> object:
    return getattr(cookiejar, name)
