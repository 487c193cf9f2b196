"""W7: cookies and jars as objects: make, set, iterate, count, copy, pickle.

Rules of this file:
- Every workload works on the cookies of `stored.py`, 10,000 of them.
- Where one operation costs less than the loop around it, a C-level consumer
  stands in for the loop.
"""

from __future__ import annotations

import copy
import pickle
from collections import deque
from collections.abc import Callable
from functools import partial
from http.cookiejar import Cookie, CookieJar
from types import ModuleType

from .facts import Facts, cookie_facts
from .measure import Case, Workload
from .stored import cookie_arguments, cookies, fill


class MakeCookie(Workload):
    """`Cookie(...)` with sixteen positional arguments."""

    def __init__(self, size: int, module: ModuleType) -> None:
        self.limit = size
        self._make = module.Cookie
        self._arguments = [cookie_arguments(number) for number in range(size)]

    def prepare(self, count: int) -> None:
        self._work = self._arguments[:count]

    def run(self, count: int) -> None:
        make = self._make
        self._made: list[Cookie] = [make(*arguments) for arguments in self._work]

    def facts(self) -> Facts:
        return cookie_facts(self._made)


class SetCookie(Workload):
    """`set_cookie` of ready cookies into an empty jar."""

    def __init__(self, size: int, module: ModuleType) -> None:
        self.limit = size
        self._module = module
        self._cookies = cookies(module, size)

    def prepare(self, count: int) -> None:
        self._jar: CookieJar = self._module.CookieJar()
        self._work = self._cookies[:count]

    def run(self, count: int) -> None:
        put = self._jar.set_cookie
        for cookie in self._work:
            put(cookie)

    def facts(self) -> Facts:
        return cookie_facts(self._jar)


class _OnFullJar(Workload):
    def __init__(self, size: int, module: ModuleType) -> None:
        self._jar: CookieJar = module.CookieJar()
        fill(self._jar, module, size)


class Iterate(_OnFullJar):
    """One pass over the jar."""

    fixed = True

    def __init__(self, size: int, module: ModuleType) -> None:
        super().__init__(size, module)
        self.limit = size

    def run(self, count: int) -> None:
        deque(self._jar, maxlen=0)

    def facts(self) -> Facts:
        return cookie_facts(self._jar)


class Length(_OnFullJar):
    """`len(jar)`."""

    limit = 100_000

    def run(self, count: int) -> None:
        jar = self._jar
        for _ in range(count):
            len(jar)

    def facts(self) -> Facts:
        return [("len(jar)", len(self._jar))]


class ClearExpired(_OnFullJar):
    """`clear_expired_cookies()` with nothing due."""

    limit = 100_000

    def run(self, count: int) -> None:
        clear = self._jar.clear_expired_cookies
        for _ in range(count):
            clear()

    def facts(self) -> Facts:
        return cookie_facts(self._jar)


class CopyCookie(Workload):
    """`copy.copy(cookie)`."""

    def __init__(self, size: int, module: ModuleType) -> None:
        self.limit = size
        self._cookies = cookies(module, size)

    def prepare(self, count: int) -> None:
        self._work = self._cookies[:count]

    def run(self, count: int) -> None:
        self._copies = list(map(copy.copy, self._work))

    def facts(self) -> Facts:
        return cookie_facts(self._copies)


class PickleCookies(Workload):
    """A list of cookies to bytes and back."""

    fixed = True

    def __init__(self, size: int, module: ModuleType) -> None:
        self.limit = size
        self._cookies = cookies(module, size)

    def run(self, count: int) -> None:
        self._copies: list[Cookie] = pickle.loads(pickle.dumps(self._cookies))

    def facts(self) -> Facts:
        return cookie_facts(self._copies)


def cases(*, quick: bool) -> list[Case]:
    """Return the W7 cases."""
    size = 2_000 if quick else 10_000
    listed: list[tuple[str, str, str, Callable[[int, ModuleType], Workload]]] = [
        ("make", "Cookie(16 arguments)", "us", MakeCookie),
        ("set", "set_cookie, new jar", "us", SetCookie),
        ("iterate", f"iterate over {size:,}", "us/cookie", Iterate),
        ("len", f"len of {size:,}", "us", Length),
        ("clear_expired", f"clear expired, 0 of {size:,}", "us", ClearExpired),
        ("copy", "copy.copy(cookie)", "us", CopyCookie),
        ("pickle", f"pickle and back, {size:,}", "us/cookie", PickleCookies),
    ]
    return [
        Case(f"W7.{code}", title, unit, partial(workload, size))
        for code, title, unit, workload in listed
    ]
