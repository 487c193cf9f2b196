"""Whatever a server sends: nothing raises, no other cookie is lost, and time grows with the size.

Growth is counted in Python function calls and loop steps by a line tracer, not in seconds.
"""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
import random_traffic as scripts
from hypothesis import given
from hypothesis import strategies as st

import cookietin.cookiejar as ours

URL = "http://www.example.test/a/b"


def receive(fields: list[str], url: str = URL, **policy: Any) -> Any:
    jar = ours.CookieJar(ours.DefaultCookiePolicy(**policy))
    jar.store_response(url, fields)
    jar.cookie_header(url)
    return jar


@given(st.text(max_size=60), st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_text_raises_nothing_and_costs_no_other(odd: str, latin: str) -> None:
    """One bad field never loses a login."""
    fields = ["first=1; Path=/", odd, latin, f"x=1; Path={odd}; Domain={latin}", "last=1; Path=/"]

    jar = receive(fields)

    assert {"first", "last"} <= {cookie.name for cookie in jar}


@given(st.lists(scripts.fields(), max_size=4), st.lists(st.text(max_size=60), max_size=3))
def test_any_set_cookie2_raises_nothing(fields: list[str], odd: list[str]) -> None:
    """RFC 2965 is off by default, and hostile servers do not ask."""
    for rfc2965 in (False, True):
        jar = ours.CookieJar(ours.DefaultCookiePolicy(rfc2965=rfc2965))

        jar.extract_cookies(
            scripts.Response(["first=1", *fields], odd), urllib.request.Request(URL)
        )

        assert "first" in {cookie.name for cookie in jar} or any(
            "first" in text for text in fields + odd
        )


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA1)])
def test_control_characters_raise_nothing(code: int) -> None:
    """Every one of them, in every place of a field."""
    odd = chr(code)
    fields = [
        f"{odd}a{odd}={odd}1{odd};{odd}Path{odd}={odd}/{odd};{odd}Max-Age={odd}5{odd}",
        "last=1",
    ]

    jar = receive(fields)

    assert "last" in {cookie.name for cookie in jar}


SIZES = (4096, 8192, 16384, 65536)
HOSTILE: dict[str, Callable[[int], tuple[list[str], str]]] = {
    "semicolons": lambda n: ([";" * n], URL),
    "named semicolons": lambda n: (["a" + ";" * n], URL),
    "attributes": lambda n: (["a=1" + ";b=c" * (n // 4)], URL),
    "equals signs": lambda n: (["a" + "=" * n], URL),
    "commas": lambda n: (["a=" + "," * n], URL),
    "blanks": lambda n: (["a" + " " * n + "=1; Path" + "\t" * n + "=/"], URL),
    "quotes": lambda n: (["a=" + '"\\' * (n // 2)], URL),
    "digits of Max-Age": lambda n: (["a=1; Max-Age=" + "9" * n], URL),
    "digits of Expires": lambda n: (["a=1; Expires=09 Feb " + "9" * n], URL),
    "blanks of Expires": lambda n: (["a=1; Expires=09 Feb" + " " * n + "x"], URL),
    "date of words": lambda n: (["a=1; Expires=" + "Feb " * (n // 4)], URL),
    "labels of Domain": lambda n: (["a=1; Domain=" + "a." * (n // 2) + "test"], URL),
    "long Path": lambda n: (["a=1; Path=/" + "a/" * (n // 2)], URL),
    "odd Path": lambda n: (["a=1; Path=/" + "%zz é" * (n // 5)], URL),
    "fields": lambda n: ([f"a{i}=1" for i in range(n // 16)], URL),
    "labels of the host": lambda n: (["a=1"], "http://" + "a." * (n // 2) + "test/"),
    "path of the URL": lambda n: (["a=1"], "http://www.example.test/" + "a/" * (n // 2)),
    "odd path of the URL": lambda n: (["a=1"], "http://www.example.test/" + "%e9 " * (n // 4)),
    "port list": lambda n: (["a=1; Port=" + "80," * (n // 3)], URL),
}


def steps_of(action: Callable[[], object]) -> int:
    """How many lines of Python the action runs."""
    steps = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal steps
        steps += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("rfc2965", [False, True], ids=["netscape", "rfc2965"])
@pytest.mark.parametrize("shape", HOSTILE)
def test_work_grows_with_the_size(shape: str, rfc2965: bool) -> None:
    """64 KB may cost sixteen times what 4 KB cost, and a little more."""
    steps = []
    for size in SIZES:
        fields, url = HOSTILE[shape](size)
        receive(fields, url, rfc2965=rfc2965)  # once, to fill what is remembered
        steps.append(steps_of(lambda f=fields, u=url: receive(f, u, rfc2965=rfc2965)))

    for (small, few), (large, many) in zip(
        zip(SIZES, steps, strict=True), list(zip(SIZES, steps, strict=True))[1:], strict=False
    ):
        assert many <= 1.2 * few * large / small + 200


@pytest.mark.parametrize(
    "field", ["a=1;" * 9000, '"' * 40_000, "," * 65_536, "a=b " * 16_000, "\\" * 65_536]
)
def test_set_cookie2_grows_with_the_size(field: str) -> None:
    """The grammar of RFC 2965 invites quadratic readers."""
    jar = ours.CookieJar(ours.DefaultCookiePolicy(rfc2965=True))

    def extract(text: str) -> None:
        jar.extract_cookies(scripts.Response([], [text]), urllib.request.Request(URL))

    few, many = (steps_of(lambda t=text: extract(t)) for text in (field[: len(field) // 8], field))

    assert many <= 8 * 1.2 * few + 200


def test_thousands_of_fields_lose_none() -> None:
    """No limit is hidden in the default policy."""
    jar = receive([f"n{i}=1; Path=/p{i}" for i in range(5000)])

    assert len(jar) == 5000
