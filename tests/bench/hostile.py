"""W8: input made to be slow, from 1 KiB to 64 KiB.

Rules of this file:
- The slope is that of log time over log size, fitted from 8 KiB to
  64 KiB: 1 is linear, 2 quadratic. Small sizes hide in fixed costs.
- Times are the best of several tries: what the input forces, not what neighbours add. A try goes
  through all sizes, and tries go on until one improves no size by more than 2 %: a busy moment, which
  would look like an exponent, meets all sizes and is not the last word on any.
- What never comes twice from an attacker does not come twice here: headers made of fresh numbers are
  made several times, and taken in turn. Else what a side remembers would help it with small sizes alone.
- Results are not compared, for refusing such input is a side's own choice.
  But a good cookie beside a bad one must be stored: `kept` says so.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from types import ModuleType
from urllib.request import Request

from cookietin import RequestContext

from .measure import SideError, Sides, collector_off
from .stored import fill
from .traffic import Response

KIB = 1_024
_SIZES = tuple(2**power * KIB for power in range(7))
_QUICK_SIZES = (8 * KIB, 32 * KIB, 64 * KIB)
_FITTED = 4
_GOOD = "good=1; Path=/"
_URL = "https://www.site0.test/"
_DEEP_HOST = "http://" + "a." * 110 + "site0.test/"
_TURNS = 8
_FRESH = itertools.count(100_000)
_LEAST_TRIES, _MOST_TRIES, _TRY_SECONDS = 7, 20, 0.005
_SETTLED = 0.98


@dataclass(frozen=True, slots=True)
class Attack:
    """
    Set-Cookie values, or a URL to ask for, of about `size` octets.

    Attributes:
        fresh: The values have fresh numbers whenever they are made.
        origin: The URL that sends the values.
        partitioned: It is embedded in a page of another site; who knows partitions has one for it.
        stored: Cookies in the jar that is asked.
    """

    code: str
    headers: Callable[[int], list[str]] | None = None
    url: Callable[[int], str] | None = None
    header_name: str = "Set-Cookie"
    fresh: bool = False
    origin: str = _URL
    partitioned: bool = False
    stored: int = 100


@dataclass(frozen=True, slots=True)
class Suffered:
    """What one attack did to one side: seconds by size, slope, good cookie kept."""

    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    slope: float
    kept: bool | None


@dataclass(frozen=True, slots=True)
class HostileRow:
    """One attack on both sides; `problem` if the subject raised."""

    code: str
    against: Suffered | None
    subject: Suffered | None
    problem: str | None


def _one(before: str, piece: str, after: str = "") -> Callable[[int], list[str]]:
    """Build one header value: `piece` repeated up to the size, between two texts."""
    return lambda size: [before + piece * (size // len(piece)) + after]


def _u_label(size: int) -> str:
    """Different letters: 3 octets each, and no more than libraries read."""
    return "".join([chr(0x4E00 + n) for n in range(min(size // 3, 1_000))])


def _many(size: int) -> list[str]:
    return [f"n{number}=v; Path=/" for number in range(size // 16)]


def _many_domains(size: int) -> list[str]:
    return [f"n{n}=v; Domain=a{next(_FRESH)}.www.site0.test" for n in range(size // 40)]


def _many_paths(size: int) -> list[str]:
    return [f"n=v; Path=/{'d' * (n % 97)}/{next(_FRESH)}" for n in range(size // 68)]


def _many_names(size: int) -> list[str]:
    """Attributes of two letters above ASCII, no two alike as far as there are so many."""
    letters = [chr(code) for code in range(0xC0, 0x100)]
    names = [first + second for first in letters for second in letters]
    return ["a=b;" + ";".join([names[n % len(names)] for n in range(size // 3)])]


def _many_dates(size: int) -> list[str]:
    """Dates of the length that browsers still read, with a day and no month in all their tokens."""
    return [f"a=b; Expires={n} {'1a ' * 330}" for n in range(size // KIB)]


ATTACKS = (
    Attack("space.name", headers=_one("a", " ", "=b")),
    Attack("space.value", headers=_one("a=b", " ", "c")),
    Attack("space.end", headers=_one("a=b; Path=/", " ", "x")),
    Attack("tabs.attribute", headers=_one("a=b;", "\t", "Path=/")),
    Attack("semicolons", headers=_one("a=b", ";")),
    Attack("semicolons.spaced", headers=_one("a=b", "; ")),
    Attack("equals", headers=_one("a", "=")),
    Attack("commas", headers=_one("a=b", ",")),
    Attack("quotes", headers=_one('a="', '\\"')),
    Attack("attributes.same", headers=_one("a=b", "; Path=/")),
    Attack("attributes.unknown", headers=lambda n: ["a=b; " + "; ".join(map(str, range(n // 7)))]),
    Attack("attributes.short", headers=_many_names),
    Attack("attributes.dated", headers=_one("a=b; Expires=x; ", "=;")),
    Attack("digits.max-age", headers=_one("a=b; Max-Age=", "9")),
    Attack("digits.expires", headers=_one("a=b; Expires=Wed, 21 Oct ", "9", " 07:28:00 GMT")),
    Attack("space.expires", headers=_one("a=b; Expires=Wed,", " ", "21 Oct 2037 07:28:00 GMT")),
    Attack("words.expires", headers=_one("a=b; Expires=", "Wed 21-")),
    Attack("colons.expires", headers=_one("a=b; Expires=", "1:")),
    Attack("labels.domain", headers=_one("a=b; Domain=", "a.", "site0.test")),
    Attack("dots.domain", headers=_one("a=b; Domain=", ".", "site0.test")),
    Attack("segments.path", headers=_one("a=b; Path=", "/d")),
    Attack("percent.path", headers=_one("a=b; Path=/", "%")),
    Attack("escapes.path", headers=_one("a=b; Path=/", "%c3")),
    Attack("latin1.path", headers=_one("a=b; Path=/", "\xe9")),
    Attack("long.value", headers=_one("a=", "v")),
    Attack("set-cookie2.commas", headers=_one("a=b", ","), header_name="Set-Cookie2"),
    Attack("headers", headers=_many),
    Attack("headers.domains", headers=_many_domains, fresh=True),
    Attack("headers.paths", headers=_many_paths, fresh=True),
    Attack("headers.dates", headers=_many_dates),
    Attack("headers.deletions", headers=lambda n: [f"n{i}=; Max-Age=0" for i in range(n // 20)]),
    Attack("headers.insecure", headers=_many, origin=_DEEP_HOST),
    Attack(
        "headers.partitioned",
        headers=lambda n: [f"n{i}=v; Secure; Partitioned" for i in range(n // 27)],
        partitioned=True,
    ),
    Attack("ask.labels", url=lambda n: f"https://{'a.' * (n // 2)}site0.test/"),
    Attack(
        "ask.labels.stored", url=lambda n: f"https://{'a.' * (n // 2)}site0.test/", stored=10_000
    ),
    Attack("ask.label", url=lambda n: f"https://{'a' * n}.site0.test/"),
    Attack("ask.dots", url=lambda n: f"https://www{'.' * n}site0.test/"),
    Attack("ask.u-label", url=lambda n: f"https://{_u_label(n)}.site0.test/"),
    Attack("ask.latin1", url=lambda n: _URL + "\xe9" * n),
    Attack("ask.path", url=lambda n: _URL + "a/" * (n // 2)),
    Attack("ask.slashes", url=lambda n: _URL + "/" * n),
    Attack("ask.query", url=lambda n: _URL + "?" + "a/?&" * (n // 4)),
    Attack("ask.port", url=lambda n: f"https://www.site0.test:{'8' * n}/"),
)


def measure_hostile(attack: Attack, sides: Sides, *, quick: bool) -> HostileRow:
    """Run one attack on both sides."""
    sizes = _QUICK_SIZES if quick else _SIZES
    tries = _LEAST_TRIES if quick else _MOST_TRIES
    suffered: list[Suffered | None] = []
    problem = None
    with warnings.catch_warnings(), collector_off():
        warnings.simplefilter("ignore")
        for side, module in (("against", sides.against), ("subject", sides.subject)):
            try:
                suffered.append(_suffer(attack, module, sizes, tries))
            except SideError as failure:
                suffered.append(None)
                # What the standard library cannot stand is not the subject's fault.
                problem = f"{side} {failure}" if side == "subject" else problem
    return HostileRow(f"W8.{attack.code}", suffered[0], suffered[1], problem)


def _suffer(attack: Attack, module: ModuleType, sizes: tuple[int, ...], tries: int) -> Suffered:
    try:
        probes = [_probe(attack, module, size) for size in sizes]
        seconds = _best([call for call, _jar in probes], tries)
        kept = None
        if attack.headers:
            kept = all(any(cookie.name == "good" for cookie in jar) for _call, jar in probes)
    except Exception as error:  # another's code is called
        raise SideError(f"raised {type(error).__name__}: {str(error)[:80]}") from error
    fitted = [math.log(second) for second in seconds[-_FITTED:]]
    slope = statistics.linear_regression([math.log(s) for s in sizes[-_FITTED:]], fitted).slope
    return Suffered(sizes, tuple(seconds), slope, kept)


def _request(attack: Attack) -> Request:
    request = Request(attack.origin)
    if attack.partitioned:
        request.cookie_context = RequestContext(  # type: ignore[attr-defined]  # ours reads it
            partition_key="https://top.test"
        )
    return request


def _message(attack: Attack, size: int) -> HTTPMessage:
    """Build the hostile headers, and after them a good one."""
    assert attack.headers is not None
    message = HTTPMessage()
    for value in attack.headers(size):
        message[attack.header_name] = value
    message["Set-Cookie"] = _GOOD
    return message


def _probe(attack: Attack, module: ModuleType, size: int) -> tuple[Callable[[], None], CookieJar]:
    """Return what is timed for one size, and its jar."""
    jar: CookieJar = module.CookieJar()
    if attack.headers:
        request = _request(attack)
        turns = range(_TURNS if attack.fresh else 1)
        responses = itertools.cycle([Response(_message(attack, size)) for _ in turns])
        return partial(_extract, jar, responses, request), jar
    assert attack.url is not None
    # A request from a jar of 100 cookies, and an extraction from that URL.
    message = HTTPMessage()
    message["Set-Cookie"] = "a=b"
    response, request = Response(message), Request(attack.url(size))
    fill(jar, module, attack.stored)

    def ask() -> None:
        jar.add_cookie_header(request)
        jar.extract_cookies(response, request)  # type: ignore[arg-type]

    return ask, jar


def _extract(jar: CookieJar, responses: Iterator[Response], request: Request) -> None:
    jar.extract_cookies(next(responses), request)  # type: ignore[arg-type]


def _best(calls: list[Callable[[], None]], most_tries: int) -> list[float]:
    """Return the best time of each call over several tries."""
    best = [math.inf] * len(calls)
    for number in range(1, most_tries + 1):
        last = best
        best = [min(least, _seconds(call)) for least, call in zip(last, calls, strict=True)]
        settled = all(new >= _SETTLED * old for new, old in zip(best, last, strict=True))
        if settled and number >= _LEAST_TRIES:
            break
    return best


def _seconds(call: Callable[[], None]) -> float:
    """Time a call, repeated until that can be measured."""
    calls, start, spent = 0, time.process_time(), 0.0
    while spent < _TRY_SECONDS:
        call()
        calls += 1
        spent = time.process_time() - start
    return spent / calls
