"""W1 to W4: what a client does with a jar, and the list of all timed cases.

Rules of this file:
- A workload builds requests and responses in `prepare`, never in `run`.
- Requests are fresh for every operation: `add_cookie_header` changes them.
- Loops keep bound methods in locals, the same way for both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from http.cookiejar import CookieJar
from types import ModuleType
from typing import Literal
from urllib.request import Request

from . import file_workloads, jar_workloads, threads
from .facts import Facts, cookie_facts, header_facts
from .measure import Case, Workload
from .stored import COOKIES_OF_A_SITE, fill, site_name
from .traffic import Exchange, Traffic

Asked = Literal["hit", "hit10", "miss"]

_SMALL_JAR = 10
# Requests and sites.
_CRAWL, _QUICK_CRAWL = (2_000, 500), (400, 100)
_LONG_CRAWL, _QUICK_LONG_CRAWL = (20_000, 5_000), (2_000, 500)


class Extract(Workload):
    """W1: responses with a set number of Set-Cookie headers, into a small jar."""

    limit = 256

    def __init__(self, headers: int, module: ModuleType) -> None:
        self._module = module
        self._exchanges = Traffic(8).exchanges(self.limit, headers=headers)
        # extract_cookies changes neither, so they may serve again.
        self._pairs = [(x.response(), x.request()) for x in self._exchanges]

    def prepare(self, count: int) -> None:
        self._jar: CookieJar = self._module.CookieJar()
        fill(self._jar, self._module, _SMALL_JAR)
        self._work = self._pairs[:count]

    def run(self, count: int) -> None:
        extract = self._jar.extract_cookies
        for response, request in self._work:
            extract(response, request)  # type: ignore[arg-type]  # info() is all it asks

    def facts(self) -> Facts:
        requests = [exchange.request() for exchange in self._exchanges]
        for request in requests:
            self._jar.add_cookie_header(request)
        return cookie_facts(self._jar) + header_facts(requests)


@lru_cache(maxsize=2)
def _filled(module: ModuleType, size: int) -> CookieJar:
    """Return a full jar; kept for the cases of one size, on two sides."""
    jar: CookieJar = module.CookieJar()
    fill(jar, module, size)
    return jar


class Add(Workload):
    """W2: requests against a jar of a given size over size / 5 domains."""

    # So many that the sites asked for do not all stay in the processor's cache.
    limit = 4_096

    def __init__(self, size: int, asked: Asked, module: ModuleType) -> None:
        self._jar = _filled(module, size)
        sites = size // COOKIES_OF_A_SITE
        # The stride is prime to every number of sites: all over the jar, none soon again.
        hosts: dict[Asked, Callable[[int], str]] = {
            "hit": lambda n: f"shop.{site_name(n * 7_919 % sites)}",
            "hit10": lambda n: f"www.{site_name(sites // 2)}",
            "miss": lambda n: f"www.elsewhere{n}.test",
        }
        self._urls = [
            f"https://{hosts[asked](n)}/account/orders/{n}?page={n}" for n in range(self.limit)
        ]

    def prepare(self, count: int) -> None:
        self._work = [Request(url) for url in self._urls[:count]]

    def run(self, count: int) -> None:
        add = self._jar.add_cookie_header
        for request in self._work:
            add(request)

    def facts(self) -> Facts:
        return [("cookies held", len(self._jar)), *header_facts(self._work)]


class Crawl(Workload):
    """W3: from an empty jar, each request adds its header and extracts the answer."""

    fixed = True

    def __init__(self, requests: int, sites: int, module: ModuleType) -> None:
        self.limit = requests
        self._module = module
        self._exchanges = Traffic(sites).exchanges(requests)
        self._responses = [exchange.response() for exchange in self._exchanges]

    def prepare(self, count: int) -> None:
        self._jar: CookieJar = self._module.CookieJar()
        self._work = [
            (exchange.request(), response)
            for exchange, response in zip(self._exchanges, self._responses, strict=True)
        ]

    def run(self, count: int) -> None:
        add, extract = self._jar.add_cookie_header, self._jar.extract_cookies
        for request, response in self._work:
            add(request)
            extract(response, request)  # type: ignore[arg-type]  # info() is all it asks

    def facts(self) -> Facts:
        return header_facts(request for request, _ in self._work) + cookie_facts(self._jar)


_TREES, _DEPTH, _NAMES = 6, 6, 5
_DEEP_COOKIES = _TREES * _DEPTH * _NAMES


def _deep_path(tree: int, depth: int) -> str:
    return "".join(f"/tree{tree}level{level}" for level in range(depth + 1))


def _deep_exchanges() -> list[Exchange]:
    """Build 15 responses of 12 headers: 6 trees of 6 nested paths with 5 cookies each."""
    headers = [
        f"deep{name}={tree}{depth}{name}wQpT7uXz; Path={_deep_path(tree, depth)}; "
        "Expires=Wed, 21 Oct 2037 07:28:00 GMT; Domain=deep.test; Secure"
        for tree in range(_TREES)
        for depth in range(_DEPTH)
        for name in range(_NAMES)
    ]
    return [
        Exchange("https://www.deep.test/tree0level0/page", tuple(headers[start : start + 12]))
        for start in range(0, len(headers), 12)
    ]


class DeepExtract(Workload):
    """W4: 180 cookies of one domain with deep paths, into an empty jar."""

    fixed = True
    limit = _DEEP_COOKIES

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._work = [(x.response(), x.request()) for x in _deep_exchanges()]

    def prepare(self, count: int) -> None:
        self._jar: CookieJar = self._module.CookieJar()

    def run(self, count: int) -> None:
        extract = self._jar.extract_cookies
        for response, request in self._work:
            extract(response, request)  # type: ignore[arg-type]  # info() is all it asks

    def facts(self) -> Facts:
        return cookie_facts(self._jar)


class DeepAdd(Workload):
    """W4: requests of which each matches 30 of those 180 cookies."""

    def __init__(self, module: ModuleType) -> None:
        self._jar: CookieJar = module.CookieJar()
        for exchange in _deep_exchanges():
            self._jar.extract_cookies(exchange.response(), exchange.request())

    def prepare(self, count: int) -> None:
        self._work = [
            Request(f"https://www.deep.test{_deep_path(n % _TREES, _DEPTH)}/page?n={n}")
            for n in range(count)
        ]

    def run(self, count: int) -> None:
        add = self._jar.add_cookie_header
        for request in self._work:
            add(request)

    def facts(self) -> Facts:
        return header_facts(self._work) + cookie_facts(self._jar)


def cases(*, quick: bool, long: bool = False) -> list[Case]:
    """
    Return every timed case, W1 to W5, W7 and W9, in the order of the table.

    Args:
        quick: Smaller sizes.
        long: With the long crawl, which takes `http.cookiejar` many minutes.
    """
    return [
        *(
            Case(f"W1.{n}", f"extract, {n} header{'s' * (n > 1)}", "us", partial(Extract, n))
            for n in (1, 5, 12)
        ),
        *_add_cases(quick=quick),
        _crawl_case("W3.crawl", *(_QUICK_CRAWL if quick else _CRAWL)),
        *(_long_crawl_cases(quick=quick) if long else ()),
        Case("W4.extract", "180 deep paths: extract", "us/header", DeepExtract),
        Case("W4.add", "180 deep paths: add, 30 match", "us", DeepAdd),
        *file_workloads.cases(quick=quick),
        *jar_workloads.cases(quick=quick),
        *threads.cases(quick=quick),
    ]


def _add_cases(*, quick: bool) -> list[Case]:
    sizes = (10, 1_000, 10_000) if quick else (10, 100, 1_000, 10_000, 100_000)
    asked: tuple[Asked, ...] = ("hit", "hit10", "miss")
    titles = {"hit": "5 match", "hit10": "10 match, one site", "miss": "none match"}
    return [
        Case(
            f"W2.{size}.{kind}",
            f"add, {size:,} cookies: {titles[kind]}",
            "us",
            partial(Add, size, kind),
        )
        for size in sizes
        for kind in asked
    ]


def _crawl_case(code: str, requests: int, sites: int, *, once_against: bool = False) -> Case:
    return Case(
        code,
        f"crawl: {requests:,} requests, {sites:,} sites",
        "us/request",
        partial(Crawl, requests, sites),
        once_against=once_against,
    )


def _long_crawl_cases(*, quick: bool) -> list[Case]:
    requests, sites = _QUICK_LONG_CRAWL if quick else _LONG_CRAWL
    return [_crawl_case(f"W3.crawl.{requests}", requests, sites, once_against=True)]
