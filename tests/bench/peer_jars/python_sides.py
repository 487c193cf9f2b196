"""Jars in this process: the standard library's, ours, and those of Python's clients.

Each is called as its client calls it. What the client copies around that is not counted: requests
and httpx pour all their cookies into a new jar for every request.

Rules of this file:
- Loops keep bound methods in locals, the same way for all sides.
- A client that is not installed is `Absent`; nothing is imported before it is asked for.
"""

from __future__ import annotations

import importlib
import platform
import time
from abc import abstractmethod
from collections.abc import Callable
from http.cookiejar import CookieJar
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import Any, TypeAlias

from ..traffic import Exchange
from .recording import Recording
from .sides import BROWSER, DEFAULT, STANDARD, Absent, Facts, Side

Add: TypeAlias = Callable[[Any], object]
Extract: TypeAlias = Callable[[Any, Any], object]
Work: TypeAlias = list[tuple[Any, Any]]

# More than this, and browser rules would evict: see `Limits`.
_BROWSER_LIMIT = 3_000


class PythonSide(Side):
    """A jar of any Python client, and how that client builds what it hands to the jar."""

    def load(self, recording: Recording) -> int | None:
        self._recording = recording
        self._jar = self._filled()
        self._responses = [
            None if recording.in_parts else self.response(exchange) for exchange in recording.asked
        ]
        return self.held(self._jar)

    def chunk(self, count: int) -> float:
        if not self._recording.in_parts:
            self._jar = self._filled()
        asked = self._recording.asked[:count]
        work = [
            self.pair(self.request(exchange), response)
            for exchange, response in zip(asked, self._responses, strict=False)
        ]
        self._work = work
        add, extract = self.adder(self._jar), self.extractor(self._jar)
        run = _LOOPS[self._recording.kind]
        start = time.process_time()
        run(work, add, extract)
        return time.process_time() - start

    def facts(self) -> Facts:
        requests = [request for request, _ in self._work]
        if self._recording.kind == "extract":
            requests = [self.request(exchange) for exchange in self._recording.asked]
            add = self.adder(self._jar)
            for request in requests:
                add(request)
        return Facts.of(self.held(self._jar), map(self.header, requests))

    def _filled(self) -> Any:
        jar = self.make(self._recording)
        self.fill(jar, self._recording)
        return jar

    @abstractmethod
    def make(self, recording: Recording) -> Any:
        """Return an empty jar."""

    @abstractmethod
    def fill(self, jar: Any, recording: Recording) -> None:
        """Store what the case wants stored."""

    @abstractmethod
    def adder(self, jar: Any) -> Add:
        """Return what puts the Cookie header on a request."""

    @abstractmethod
    def extractor(self, jar: Any) -> Extract:
        """Return what takes cookies from a response, called with it and its request."""

    def request(self, exchange: Exchange) -> Any:
        """Build a fresh request."""
        return exchange.request()

    def response(self, exchange: Exchange) -> Any:
        """Build a response."""
        return exchange.response()

    def pair(self, request: Any, response: Any) -> tuple[Any, Any]:
        """Tell a response of its request, where the client does."""
        return request, response

    def header(self, request: Any) -> str | None:
        """Return the Cookie header that a request got."""
        return request.get_header("Cookie")

    def held(self, jar: Any) -> int:
        """Count the cookies of the jar."""
        return len(jar)


def _adds(work: Work, add: Add, extract: Extract) -> None:
    for request, _ in work:
        add(request)


def _extracts(work: Work, add: Add, extract: Extract) -> None:
    for request, response in work:
        extract(response, request)


def _crawl(work: Work, add: Add, extract: Extract) -> None:
    for request, response in work:
        add(request)
        extract(response, request)


_LOOPS = {"add": _adds, "extract": _extracts, "crawl": _crawl}


class UrllibSide(PythonSide):
    """A jar with the interface of `http.cookiejar`, called as `urllib.request` calls it."""

    def __init__(
        self,
        name: str,
        version: str,
        jar: Callable[[], CookieJar],
        cookie: Callable[..., Any],
        *,
        like: Any = DEFAULT,
    ) -> None:
        self.name, self.version, self.like = name, version, like
        self._make, self._cookie = jar, cookie

    def make(self, recording: Recording) -> CookieJar:
        return self._make()

    def fill(self, jar: CookieJar, recording: Recording) -> None:
        for arguments in recording.stored:
            jar.set_cookie(self._cookie(*arguments))
        for exchange in recording.received:
            jar.extract_cookies(exchange.response(), exchange.request())  # type: ignore[arg-type]  # info() is all it asks

    def adder(self, jar: CookieJar) -> Add:
        return jar.add_cookie_header

    def extractor(self, jar: CookieJar) -> Extract:
        return jar.extract_cookies


class BrowserSide(UrllibSide):
    """Our jar under browser rules; the limits are off where the jar is beyond them."""

    def make(self, recording: Recording) -> CookieJar:
        ours = importlib.import_module("cookietin.cookiejar")
        unlimited = {"limits": None} if self._is_large(recording) else {}
        return ours.CookieJar(ours.BrowserCookiePolicy(**unlimited))

    def remark(self, recording: Recording) -> str | None:
        return "its limit of 3,300 cookies is off" if self._is_large(recording) else None

    @staticmethod
    def _is_large(recording: Recording) -> bool:
        return len(recording.stored) > _BROWSER_LIMIT


class RequestsSide(UrllibSide):
    """The jar of requests, through the wrappers that its sessions put around everything."""

    def __init__(self, package: ModuleType) -> None:
        cookies = importlib.import_module("requests.cookies")
        jar = cookies.RequestsCookieJar
        super().__init__("requests", package.__version__, jar, _standard().Cookie)
        self._requests, self._cookies = package, cookies

    def request(self, exchange: Exchange) -> Any:
        return self._requests.Request("GET", exchange.url).prepare()

    def response(self, exchange: Exchange) -> Any:
        message = exchange.response().info()
        return SimpleNamespace(_original_response=SimpleNamespace(msg=message))

    def adder(self, jar: CookieJar) -> Add:
        get_cookie_header = self._cookies.get_cookie_header

        def add(request: Any) -> None:
            header = get_cookie_header(jar, request)
            if header is not None:
                request.headers["Cookie"] = header

        return add

    def extractor(self, jar: CookieJar) -> Extract:
        extract = self._cookies.extract_cookies_to_jar
        return lambda response, request: extract(jar, request, response)

    def header(self, request: Any) -> str | None:
        return request.headers.get("Cookie")


class HttpxSide(UrllibSide):
    """The jar of httpx or httpx2, through the wrappers of its `Cookies`."""

    def __init__(self, package: ModuleType) -> None:
        name = package.__name__
        super().__init__(name, package.__version__, package.Cookies, _standard().Cookie)
        self._httpx = package

    def fill(self, jar: Any, recording: Recording) -> None:
        super().fill(jar.jar, recording)

    def request(self, exchange: Exchange) -> Any:
        return self._httpx.Request("GET", exchange.url)

    def response(self, exchange: Exchange) -> Any:
        headers = exchange.response().info().items()
        return self._httpx.Response(200, headers=headers)

    def pair(self, request: Any, response: Any) -> tuple[Any, Any]:
        if response is not None:
            response.request = request
        return request, response

    def adder(self, jar: Any) -> Add:
        return jar.set_cookie_header

    def extractor(self, jar: Any) -> Extract:
        extract = jar.extract_cookies
        return lambda response, _: extract(response)

    def header(self, request: Any) -> str | None:
        return request.headers.get("Cookie")

    def held(self, jar: Any) -> int:
        return len(jar.jar)


class AiohttpSide(PythonSide):
    """The jar of aiohttp, and the Cookie header as its client makes it of what the jar gives."""

    name, like = "aiohttp", BROWSER

    def __init__(self, package: ModuleType) -> None:
        self.version = package.__version__
        self._aiohttp = package
        self._url = importlib.import_module("yarl").URL
        self._headers = importlib.import_module("multidict").CIMultiDict
        # A jar wants a loop, but never runs it.
        self._loop = importlib.import_module("asyncio").new_event_loop()

    def make(self, recording: Recording) -> Any:
        return self._aiohttp.CookieJar(loop=self._loop)

    def fill(self, jar: Any, recording: Recording) -> None:
        for exchange in recording.filling():
            jar.update_cookies_from_headers(exchange.set_cookie, self._url(exchange.url))

    def request(self, exchange: Exchange) -> Any:
        return SimpleNamespace(url=self._url(exchange.url), headers=self._headers())

    def response(self, exchange: Exchange) -> Any:
        return exchange.set_cookie

    def adder(self, jar: Any) -> Add:
        choose, put = jar.filter_cookies, self._aiohttp.ClientRequest.update_cookies
        return lambda request: put(request, choose(request.url))

    def extractor(self, jar: Any) -> Extract:
        extract = jar.update_cookies_from_headers
        return lambda response, request: extract(response, request.url)

    def header(self, request: Any) -> str | None:
        return request.headers.get("Cookie")

    def close(self) -> None:
        self._loop.close()


def standard_library() -> Side:
    """`http.cookiejar` itself."""
    module = _standard()
    return UrllibSide(STANDARD, platform.python_version(), module.CookieJar, module.Cookie)


def default_policy() -> Side:
    """Our jar as it comes."""
    ours = importlib.import_module("cookietin.cookiejar")
    return UrllibSide(DEFAULT, version("cookietin"), ours.CookieJar, ours.Cookie)


def browser_rules() -> Side:
    """Our jar under `BrowserCookiePolicy`, with the list of public suffixes loaded."""
    ours = importlib.import_module("cookietin.cookiejar")
    ours.BrowserCookiePolicy().public_suffixes.version  # noqa: B018 - loads the list
    return BrowserSide(BROWSER, version("cookietin"), ours.CookieJar, ours.Cookie, like=BROWSER)


def requests_jar() -> Side:
    """`RequestsCookieJar`, called as `urllib.request` calls a jar."""
    package, cookies = _client("requests"), _client("requests.cookies")
    jar, cookie = cookies.RequestsCookieJar, _standard().Cookie
    return UrllibSide("RequestsCookieJar", package.__version__, jar, cookie)


def indexed_jar() -> Side:
    """`IndexedCookieJar` of httpx2, called as `urllib.request` calls a jar."""
    package, cookies = _client("httpx2"), _client("httpx2._cookies")
    jar = getattr(cookies, "IndexedCookieJar", None)
    if jar is None:
        raise Absent(f"httpx2 {package.__version__} has no IndexedCookieJar")
    return UrllibSide("IndexedCookieJar", package.__version__, jar, _standard().Cookie)


def requests_session() -> Side:
    """The jar as a session of requests uses it."""
    return RequestsSide(_client("requests"))


def httpx_client() -> Side:
    """The jar as a client of httpx uses it."""
    return HttpxSide(_client("httpx"))


def httpx2_client() -> Side:
    """The jar as a client of httpx2 uses it."""
    return HttpxSide(_client("httpx2"))


def aiohttp_client() -> Side:
    """The jar as a client of aiohttp uses it."""
    package = _client("aiohttp")
    if not hasattr(package.CookieJar, "update_cookies_from_headers"):
        raise Absent(f"aiohttp {package.__version__} is too old; pip install 'aiohttp>=3.13'")
    return AiohttpSide(package)


def _standard() -> ModuleType:
    return importlib.import_module("http.cookiejar")


def _client(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise Absent(f"{error}; pip install {package}") from error
