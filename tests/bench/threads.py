"""W9: four threads that add and extract on one jar.

Rules of this file:
- No two threads set the same cookie, so the end is the same in every order;
  all of them set cookies of one shared domain, so that they meet.
- A cookie that a thread set and the jar lacks is lost; a lost cookie or an
  exception in a thread fails the row, on either side.
- After the timed run the work is done once more with a switch interval of
  10 us, not timed, where a race is likelier to show.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from http.cookiejar import CookieJar
from types import ModuleType
from typing import TypeAlias
from urllib.request import Request

from .facts import Facts, cookie_facts
from .measure import Case, Workload
from .traffic import SEED, Exchange, Response, Traffic

THREADS = 4
_SITES_OF_A_THREAD = 40
_SHARED_EVERY = 5
_HURRIED_SECONDS = 1e-5

Key: TypeAlias = tuple[str, str, str]
Work: TypeAlias = list[tuple[Request, Response]]


def _exchanges(thread: int, count: int) -> list[Exchange]:
    """Build the work of one thread, on sites that no other thread asks."""
    traffic = Traffic(_SITES_OF_A_THREAD, seed=SEED + thread)
    made = []
    for number, exchange in enumerate(traffic.exchanges(count)):
        if number % _SHARED_EVERY == 0:
            shared = f"thread{thread}n{number}=shared; Path=/; Domain=shared.test"
            made.append(Exchange("https://www.shared.test/", (shared,)))
        else:
            own = exchange.url.replace("site", f"thread{thread}site", 1)
            values = tuple(
                v.replace("=site", f"=thread{thread}site").replace(
                    "=.site", f"=.thread{thread}site"
                )
                for v in exchange.set_cookie
            )
            made.append(Exchange(own, values))
    return made


def _work_through(jar: CookieJar, work: Work) -> None:
    add, extract = jar.add_cookie_header, jar.extract_cookies
    for request, response in work:
        add(request)
        extract(response, request)  # type: ignore[arg-type]  # info() is all it asks


def _keys(jar: CookieJar) -> set[Key]:
    return {(cookie.domain, cookie.path, cookie.name) for cookie in jar}


class Threads(Workload):
    """Four threads, one jar."""

    fixed = True

    def __init__(self, requests: int, module: ModuleType) -> None:
        self.limit = requests
        self._module = module
        self._exchanges = [_exchanges(n, requests // THREADS) for n in range(THREADS)]
        self._responses = [[x.response() for x in part] for part in self._exchanges]
        self._errors: list[str] = []
        self._lost = 0
        self.prepare(requests)
        for work in self._work:
            _work_through(self._jar, work)
        self._expected = _keys(self._jar)

    def prepare(self, count: int) -> None:
        self._jar: CookieJar = self._module.CookieJar()
        self._work: list[Work] = [
            [(x.request(), response) for x, response in zip(part, responses, strict=True)]
            for part, responses in zip(self._exchanges, self._responses, strict=True)
        ]

    def run(self, count: int) -> None:
        threads = [threading.Thread(target=self._thread, args=(work,)) for work in self._work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def facts(self) -> Facts:
        self._count_lost()
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_HURRIED_SECONDS)
        try:
            self.prepare(self.limit)
            self.run(self.limit)
        finally:
            sys.setswitchinterval(interval)
        self._count_lost()
        return cookie_facts(sorted(self._jar, key=lambda c: (c.domain, c.path, c.name)))

    def complaint(self) -> str | None:
        if self._errors:
            return f"{len(self._errors)} threads failed, the first with {self._errors[0]}"
        return f"{self._lost} cookies lost" if self._lost else None

    def _thread(self, work: Work) -> None:
        try:
            _work_through(self._jar, work)
        except Exception as error:  # noqa: BLE001 - another's code is called
            self._errors.append(f"{type(error).__name__}: {error}")

    def _count_lost(self) -> None:
        self._lost += len(self._expected - _keys(self._jar))


def cases(*, quick: bool) -> list[Case]:
    """Return the W9 case."""
    requests = 200 if quick else 800
    title = f"{THREADS} threads, {requests} requests, 0 lost"
    return [Case("W9.threads", title, "us/request", partial(Threads, requests))]
