"""The standard library's switch: `http.cookiejar.debug = True` logs what a jar does.

It may be set on `cookietin.cookiejar` or on `cookietin`, whichever stands in the original's place, and
so may `logger`; without one, records go to the logger "http.cookiejar" at level DEBUG.

Ours, not CPython's: records name cookies and domains, never values.
"""

from __future__ import annotations

import sys

from cookietin.logs import site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.cookie import CookieFields
    from cookietin.receiving import Received

# The two modules' own dicts, so that the question costs 0.1 us a request.
_FACE = vars(sys.modules["cookietin.cookiejar"])
_PACKAGE = vars(sys.modules["cookietin"])


def is_on() -> bool:
    """Tell whether somebody has set `debug`."""
    return bool(_FACE.get("debug") or _PACKAGE.get("debug"))


def log(message: str, *arguments: object) -> None:
    """Write one record."""
    import logging  # 4 ms that only a debugger needs

    logger = _FACE.get("logger") or _PACKAGE.get("logger") or logging.getLogger("http.cookiejar")
    logger.debug(message, *arguments)


def log_received(url: str, received: list[Received]) -> None:
    """Say what became of the Set-Cookie fields of one response."""
    from cookietin.receiving import decisions_of

    for decision in decisions_of(received):
        log("extract_cookies: %s: %r", site_of(url), decision)


def log_sent(url: str, cookies: Iterable[CookieFields]) -> None:
    """Say which cookies go with a request."""
    names = [
        f"{cookie.name} ({cookie.domain.rpartition('@')[2]}{cookie.path})" for cookie in cookies
    ]
    log("add_cookie_header: %s: sending %s", site_of(url), ", ".join(names) or "nothing")
