"""What a jar produced, in a form that two modules can be compared by.

Rules of this file:
- A fact is a label and a value; facts are compared in order, types included.
- Expiry-times that follow from Max-Age depend on the second of storing: only
  these may differ, by less than the shortest Max-Age in the traffic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http.cookiejar import Cookie
from itertools import zip_longest
from operator import attrgetter
from typing import TypeAlias
from urllib.request import Request

from .traffic import NONSTANDARD_ATTRIBUTES, RELATIVE_NAMES

Fact: TypeAlias = tuple[str, object]
Facts: TypeAlias = list[Fact]

COOKIE_ATTRIBUTES = (
    "version", "name", "value", "port", "port_specified", "domain", "domain_specified",
    "domain_initial_dot", "path", "path_specified", "secure", "expires", "discard",
    "comment", "comment_url", "rfc2109",
)  # fmt: skip
_EXPIRES = COOKIE_ATTRIBUTES.index("expires")
_SHOWN = 80

_public = attrgetter(*COOKIE_ATTRIBUTES)


class _About:
    """An expiry-time that was worked out from the clock."""

    __slots__ = ("seconds",)
    tolerance = 3_600

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _About) and abs(self.seconds - other.seconds) < self.tolerance

    __hash__ = None  # type: ignore[assignment]  # equal within a tolerance: no hash can agree

    def __repr__(self) -> str:
        return f"about {self.seconds}"


def cookie_facts(cookies: Iterable[Cookie]) -> Facts:
    """Every attribute of every cookie, in the order of the iteration."""
    return [(f"cookie {place}", _attributes(cookie)) for place, cookie in enumerate(cookies, 1)]


def header_facts(requests: Iterable[Request]) -> Facts:
    """Return the Cookie header that each request got, None for none."""
    asked = list(requests)
    urls = [request.get_full_url() for request in asked]
    return header_texts(urls, [request.get_header("Cookie") for request in asked])


def header_texts(urls: Iterable[str], headers: Iterable[str | None]) -> Facts:
    """Return the Cookie header for each URL, None for none."""
    return [(f"Cookie for {url}", text) for url, text in zip(urls, headers, strict=True)]


def _attributes(cookie: Cookie) -> tuple[object, ...]:
    values: list[object] = list(_public(cookie))
    expires = values[_EXPIRES]
    if cookie.name in RELATIVE_NAMES and isinstance(expires, int | float):
        values[_EXPIRES] = _About(expires)
    values += [
        (name, cookie.get_nonstandard_attr(name))
        for name in NONSTANDARD_ATTRIBUTES
        if cookie.has_nonstandard_attr(name)
    ]
    return tuple(values)


def first_difference(against: Facts, subject: Facts) -> str | None:
    """
    Say where two lists of facts part.

    Returns:
        One sentence with label and both values, or None if they agree.
    """
    for ours, theirs in zip_longest(subject, against):
        if ours is None or theirs is None:
            label = (ours or theirs)[0]
            return f"{label}: only {'against' if ours is None else 'subject'} has it"
        if not _same(ours, theirs):
            return _describe(theirs, ours)
    return None


def _same(left: object, right: object) -> bool:
    """Compare like `==`, but tell True from 1 and a tuple from a list."""
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left == right


def _describe(against: Fact, subject: Fact) -> str:
    if against[0] != subject[0]:
        return f"against has {against[0]!r} where subject has {subject[0]!r}"
    label, expected, actual = against[0], against[1], subject[1]
    if isinstance(expected, tuple) and isinstance(actual, tuple):
        name, expected, actual = _first_attribute(expected, actual)
        label = f"{label}, {name}"
    if isinstance(expected, str) and isinstance(actual, str):
        # Long headers often begin alike: show where they part.
        start = _common(expected, actual)
        label += f" from character {start}" if start else ""
        expected, actual = expected[start:], actual[start:]
    return f"{label}: against {_cut(expected)}, subject {_cut(actual)}"


def _first_attribute(
    against: Sequence[object], subject: Sequence[object]
) -> tuple[str, object, object]:
    for place, (expected, actual) in enumerate(zip_longest(against, subject)):
        if not _same(expected, actual):
            known = place < len(COOKIE_ATTRIBUTES)
            name = COOKIE_ATTRIBUTES[place] if known else "nonstandard attribute"
            return f"{subject[1]!r} {name}" if len(subject) > 1 else name, expected, actual
    raise AssertionError("called for equal facts")


def _common(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
