"""The child of `small_jars`: makes many jars in a process of its own, and weighs them.

    python -m tests.bench.jar_weights empty|traced|resident MODULE COUNT

Prints one JSON object of octets for each jar. Traced is what `tracemalloc` sees, resident what the
process grew by. Kept are the jars alone: requests, responses and texts of the answers are gone.

Rules of this file:
- Every jar gets five cookies by `extract_cookies`, the same on every side, no value twice.
- `needed` is what the cookies themselves take by `sys.getsizeof`: texts and numbers, and the objects
  that hold them, each counted once however many cookies share it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from http.client import HTTPMessage
from http.cookiejar import Cookie, CookieJar
from types import MemberDescriptorType, ModuleType
from urllib.request import Request

from .traffic import TEMPLATES, Response, Traffic

COOKIES = 5
_NAMES = ("session_id", "visitor", "csrf_token", "consent", "theme")
_WARM = 10
_LOOKED_AT = 1_000
_STATM = "/proc/self/statm"


def _answers(count: int) -> Iterator[tuple[Request, Response]]:
    """One request and its response for each jar, made as they are needed."""
    traffic = Traffic(1)
    templates = [template for template in TEMPLATES if template.name in _NAMES]
    site = traffic.sites[0].name
    for number in range(count):
        message = HTTPMessage()
        for template in templates:
            message["Set-Cookie"] = traffic.set_cookie(template, site)
        yield Request(f"https://www.{site}/account?n={number}"), Response(message)


def _fill(module: ModuleType, count: int, jars: list[CookieJar | None]) -> None:
    """Put a jar of five cookies into each place of a list."""
    for place, (request, response) in enumerate(_answers(count)):
        jar: CookieJar = module.CookieJar()
        jar.extract_cookies(response, request)  # type: ignore[arg-type]  # info() is all it asks
        jars[place] = jar


def _traced(build: Callable[[], None]) -> int:
    """Return the octets that `tracemalloc` sees stay."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    build()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return after - before


def weigh_empty(module: ModuleType, count: int) -> dict[str, float]:
    """Weigh jars without cookies, with their policy and lock."""
    jars: list[CookieJar | None] = [None] * count
    make = module.CookieJar

    def build() -> None:
        for place in range(count):
            jars[place] = make()

    make()
    return {"bytes": _traced(build) / count}


def weigh_traced(module: ModuleType, count: int) -> dict[str, float]:
    """Weigh jars of five cookies, and what the cookies need."""
    jars: list[CookieJar | None] = [None] * count
    _fill(module, min(_WARM, count), jars)
    octets = _traced(lambda: _fill(module, count, jars))
    looked_at = [jar for jar in jars if jar is not None][:_LOOKED_AT]
    cookies = [cookie for jar in looked_at for cookie in jar]
    assert len(cookies) == COOKIES * len(looked_at), "a cookie was refused"
    texts, objects = _needed(cookies)
    shares = {"texts": texts / len(looked_at), "objects": objects / len(looked_at)}
    return {"bytes": octets / count, **shares}


def weigh_resident(module: ModuleType, count: int) -> dict[str, float | None]:
    """Weigh jars of five cookies by what the process grows."""
    jars: list[CookieJar | None] = [None] * count
    _fill(module, min(_WARM, count), jars)
    gc.collect()
    before = _resident()
    _fill(module, count, jars)
    after = _resident()
    grown = None if before is None or after is None else (after - before) / count
    return {"bytes": grown}


def _resident() -> int | None:
    """Return the resident set in octets; its peak where the system tells no more, or None."""
    if os.path.exists(_STATM):
        with open(_STATM, encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _needed(cookies: list[Cookie]) -> tuple[int, int]:
    """Return the octets of texts and numbers, and of cookie objects with their dicts."""
    texts, objects = 0, 0
    counted: dict[int, object] = {}  # an id means something while its object lives
    for cookie in cookies:
        slots = _slots(cookie)
        # Cookies with slots may make a dict when they are asked for one.
        own = {} if slots else vars(cookie)
        held = [cookie, own, *own.values(), *slots]
        for value in held:
            if value is None or isinstance(value, bool) or id(value) in counted:
                continue
            counted[id(value)] = value
            if isinstance(value, str | int | float):
                texts += sys.getsizeof(value)
            elif value is cookie or isinstance(value, dict):
                objects += sys.getsizeof(value)
    return texts, objects


def _slots(cookie: Cookie) -> list[object]:
    """Return what a cookie holds in slots."""
    slots = [
        slot
        for kind in type(cookie).__mro__
        for slot in vars(kind).values()
        if isinstance(slot, MemberDescriptorType)
    ]
    return [slot.__get__(cookie) for slot in slots if hasattr(cookie, slot.__name__)]


_WAYS: dict[str, Callable[[ModuleType, int], object]] = {
    "empty": weigh_empty,
    "traced": weigh_traced,
    "resident": weigh_resident,
}

if __name__ == "__main__":
    _way, _name, _count = sys.argv[1:]
    print(json.dumps(_WAYS[_way](importlib.import_module(_name), int(_count))))
