"""A jar that nobody listens to pays nothing for it, counted in opcodes, not in time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from cookietin.cookiejar import BrowserCookiePolicy, CookieJar, DefaultCookiePolicy
from cookietin.watching import TellingLock


def opcodes(work: Callable[[], object]) -> int:
    """How many opcodes some work executes, in all functions of Python."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def crawl(jar: CookieJar) -> Callable[[], None]:
    """Requests to a few sites, again and again; each response sets two cookies."""

    def work() -> None:
        for turn in range(40):
            url = f"https://www.site{turn % 8}.test/page/{turn}"
            jar.cookie_header(url)
            jar.store_response(url, [f"a={turn}; Path=/", f"b{turn % 3}=1; Max-Age=1000; Secure"])

    return work


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_crawl(policy: type[Any]) -> None:
    """At most 3 % more; and what listening costs is seen, so that the count can fail."""
    never, once, watched = (CookieJar(policy()) for _ in range(3))
    once.subscribe(print).close()
    told: list[object] = []
    watched.subscribe(told.append)
    for jar in never, once, watched:
        crawl(jar)()  # what is done once for a class, a host or a policy

    opcodes(crawl(never))  # the interpreter misses the beginning of the first work that it traces
    costs = [opcodes(crawl(jar)) for jar in (never, once, watched)]

    assert costs[1] <= 1.03 * costs[0]
    assert costs[2] > 1.03 * costs[0]
    assert told
    assert not isinstance(once._cookies_lock, TellingLock)


def test_without_a_listener_no_room_for_them_is_imported() -> None:
    """Neither the rooms of changes nor asyncio."""
    import subprocess

    script = (
        "import sys, cookietin; jar = cookietin.CookieJar(); "
        "jar.store_response('https://shop.test/', ['a=1']); jar.cookie_header('https://shop.test/'); "
        "rooms = ('changes', 'watching', 'change_stream', 'explain', 'query', 'setting', 'views'); "
        "raise SystemExit(any('cookietin.' + room in sys.modules for room in rooms))"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
