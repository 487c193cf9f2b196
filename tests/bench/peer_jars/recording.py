"""What the workloads do to a jar, taken down once and played to every peer.

A workload of `workloads.py` runs on a jar that answers nothing and notes the calls. So all
peers get the traffic of `python -m tests.bench`, byte by byte, in whatever language they are.

Rules of this file:
- Nothing is drawn here: URLs, headers and cookies are the workload's own.
- Calls before `run` fill the jar; calls in `run` are what is timed.
- A recording is plain text, numbers and lists: JSON can hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from itertools import groupby
from types import ModuleType
from typing import Any, Literal, TypeAlias
from urllib.request import Request

from ..measure import Case
from ..stored import CookieArguments
from ..traffic import Exchange, Response

Kind: TypeAlias = Literal["add", "extract", "crawl"]

_MOST_COMPARED, _LEAST_COMPARED, _COMPARED_COOKIES = 256, 4, 256_000


@dataclass(frozen=True, slots=True)
class Recording:
    """
    A case for any jar.

    `stored` and `received` fill the jar: arguments of `Cookie(...)`, and responses. `asked` is what
    is timed, and one pass over it does `units` operations.
    """

    code: str
    title: str
    unit: str
    kind: Kind
    stored: tuple[CookieArguments, ...]
    received: tuple[Exchange, ...]
    asked: tuple[Exchange, ...]
    units: int

    @property
    def in_parts(self) -> bool:
        """Whether a part of a pass is worth timing: an add leaves the jar as it was."""
        return self.kind == "add"

    @property
    def compared(self) -> int:
        """How many exchanges to compare results on; few where a jar may take long."""
        if not self.in_parts:
            return len(self.asked)
        few = _COMPARED_COOKIES // max(1, len(self.stored))
        return min(len(self.asked), _MOST_COMPARED, max(_LEAST_COMPARED, few))

    def filling(self) -> list[Exchange]:
        """Return all that fills the jar as responses, for jars without `Cookie` objects."""
        return [*_as_exchanges(self.stored), *self.received]

    def as_json(self) -> dict[str, Any]:
        """Return what a program in another language needs."""
        return {
            "kind": self.kind,
            "filling": [(exchange.url, exchange.set_cookie) for exchange in self.filling()],
            "asked": [(exchange.url, exchange.set_cookie) for exchange in self.asked],
        }


def record(case: Case) -> Recording:
    """Take down what a case does to its jar."""
    used: list[_Recorder] = []

    class CookieJar(_Recorder):
        def __init__(self) -> None:
            super().__init__()
            used.append(self)

    module = ModuleType("recorded")
    vars(module).update(CookieJar=CookieJar, Cookie=lambda *arguments: arguments)
    workload = case.make(module)
    workload.prepare(workload.limit)
    jar = used[-1]
    stored, received = tuple(jar.stored), tuple(jar.exchanges)
    jar.exchanges.clear()
    jar.kinds.clear()
    workload.run(workload.limit)
    # A crawl adds and extracts in turn; the second call has the request of the first.
    crawled = len(jar.kinds) == 2
    kind: Kind = "crawl" if crawled else jar.kinds.pop()
    asked = tuple(jar.exchanges[1::2] if crawled else jar.exchanges)
    return Recording(
        case.code, case.title, case.unit, kind, stored, received, asked, workload.limit
    )


class _Recorder:
    """A jar that notes what it is asked and answers nothing."""

    def __init__(self) -> None:
        self.stored: list[CookieArguments] = []
        self.exchanges: list[Exchange] = []
        self.kinds: set[Kind] = set()

    def set_cookie(self, cookie: CookieArguments) -> None:
        self.stored.append(cookie)

    def add_cookie_header(self, request: Request) -> None:
        self.kinds.add("add")
        self.exchanges.append(Exchange(request.full_url, ()))

    def extract_cookies(self, response: Response, request: Request) -> None:
        self.kinds.add("extract")
        headers = response.info().get_all("Set-Cookie") or []
        self.exchanges.append(Exchange(request.full_url, tuple(headers)))


def _as_exchanges(stored: Sequence[CookieArguments]) -> Iterator[Exchange]:
    """Spell each site's stored cookies as one response of its `www` host."""
    for host, cookies in groupby(stored, key=_host):
        yield Exchange(f"https://{host}/", tuple(map(_set_cookie, cookies)))


def _host(cookie: CookieArguments) -> str:
    domain, specified = cookie[5], cookie[6]
    return f"www{domain}" if specified else domain


def _set_cookie(cookie: CookieArguments) -> str:
    name, value, domain, specified, path = cookie[1], cookie[2], cookie[5], cookie[6], cookie[8]
    secure, expires, rest = cookie[10], cookie[11], cookie[15]
    parts = [f"{name}={value}", f"Path={path}"]
    if specified:
        parts.append(f"Domain={domain.removeprefix('.')}")
    if expires is not None:
        parts.append(f"Expires={formatdate(expires, usegmt=True)}")
    if secure:
        parts.append("Secure")
    parts += [key if text is None else f"{key}={text}" for key, text in rest.items()]
    return "; ".join(parts)
