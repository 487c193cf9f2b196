"""The walk from the store to the Cookie field gives what the documented steps give.

Oracle: the steps that a subclass may replace, `_cookies_for_request` and `_cookie_attrs`.
"""

from __future__ import annotations

import time
import urllib.request
from typing import Any
from unittest import mock

import random_traffic as scripts
from hypothesis import example, given
from hypothesis import strategies as st

import cookietin.cookiejar as ours
from cookietin.jar import short_way_to_pieces
from cookietin.rules.classic import returning_domains
from cookietin.rules.paths import matching_paths, path_matches
from cookietin.store import Store

NOW = 1_767_225_600
PATHS = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "", "a"]

# What holders of stored cookies do to them.
CHANGES = st.sampled_from(
    [
        ("domain", ".other.test"),
        ("path", "/a/b/c"),
        ("path", "/"),
        ("expires", NOW - 1),
        ("expires", NOW + 9),
        ("expires", None),
        ("secure", True),
        ("secure", "yes"),
        ("name", "renamed"),
        ("name", ""),
        ("value", None),
        ("value", "changed"),
        ("version", 1),
        ("port", "80"),
        ("rfc2109", True),
        ("comment", "c"),
    ]
)
traffic = st.lists(st.tuples(scripts.urls(), scripts.fields()), max_size=10)
cookies = st.lists(
    st.tuples(
        st.sampled_from(["", ".example.test", "example.test", "www.example.test", ".test", "test"]),
        st.sampled_from(PATHS),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([None, NOW - 1, NOW + 9]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


def play(jar: Any, responses: Any, ready: Any, changes: Any) -> None:
    """Fill a jar by responses, with ready cookies, some foreign, and by changes in place."""
    for url, field in responses:
        jar.store_response(url, [field])
    for domain, path, name, expires, secure, foreign in ready:
        make = ours.original.Cookie if foreign else ours.Cookie
        jar.set_cookie(
            make(
                0, name, "v", None, False, domain, domain.startswith("."), domain.startswith("."),
                path, True, secure, expires, expires is None, None, None, {},
            )
        )  # fmt: skip
    stored = list(jar)
    for at, (attribute, value) in changes:
        if stored:
            setattr(stored[at % len(stored)], attribute, value)


def long_way(jar: Any, request: Any) -> list[str]:
    pieces: list[str] = jar._cookie_attrs(jar._cookies_for_request(request))
    return pieces


changes = st.lists(st.tuples(st.integers(0, 50), CHANGES), max_size=4)


@given(traffic, cookies, changes, scripts.urls(), st.booleans())
@example([], [("", "/", "a", None, False, False)], [], "http://example.test/", False)
@example([], [("example.test", "", "a", None, False, False)], [], "http://example.test/a", True)
def test_short_walk_agrees_with_the_documented_steps(
    responses: Any, ready: Any, changed: Any, url: str, typed: bool
) -> None:
    """What goes past the documented steps must not be seen."""
    with mock.patch.object(time, "time", return_value=NOW):
        jar = ours.CookieJar()
        play(jar, responses, ready, changed)
        request = urllib.request.Request(url)
        jar._policy._now = NOW

        short = short_way_to_pieces(jar, None if typed else request, request.full_url, NOW)

        if short is not None:
            assert short == long_way(jar, request)


@given(traffic, cookies, changes, scripts.urls())
def test_short_walk_agrees_under_browser_rules(
    responses: Any, ready: Any, changed: Any, url: str
) -> None:
    """The same; what was sent is stamped alike, too."""
    with mock.patch.object(time, "time", return_value=NOW):
        jar = ours.CookieJar(ours.BrowserCookiePolicy())
        play(jar, responses, [each for each in ready if not each[5]], changed)
        request = urllib.request.Request(url)
        jar._policy._now = NOW
        for cookie in jar:
            cookie._last_access_time = 1

        short = short_way_to_pieces(jar, request, request.full_url, NOW)

        if short is not None:
            sent = [cookie.last_access_time for cookie in jar]
            for cookie in jar:
                cookie._last_access_time = 1
            assert short == long_way(jar, request)
            assert [cookie.last_access_time for cookie in jar] == sent


hosts = st.lists(st.sampled_from(["a", "b", "www", "example", "test"]), min_size=2, max_size=5).map(
    ".".join
)


@given(hosts, st.lists(st.one_of(hosts, st.sampled_from(["", "test", "a"])), max_size=8), st.data())
def test_domains_above_a_host_are_those_in_its_table(host: str, held: Any, data: Any) -> None:
    """Hosts asked for the first time are looked up without a table."""
    dotted = [data.draw(st.sampled_from(["", "."])) + domain for domain in held]
    store = Store({domain: {} for domain in dotted})

    assert store.above(host) == store.candidates(returning_domains(host))


@given(st.text("/ab", max_size=8).map("/".__add__), st.text("/ab", max_size=8))
def test_looked_up_paths_are_those_that_match(request_path: str, cookie_path: str) -> None:
    """A path that is not looked up is a cookie that is not sent."""
    paths = matching_paths(request_path)

    assert (cookie_path in paths) == path_matches(request_path, cookie_path)
    assert [len(path) for path in paths] == sorted({len(path) for path in paths}, reverse=True)


NAMES = st.sampled_from(
    ["return_ok", "domain_return_ok", "path_return_ok", "return_ok_expires", "is_blocked", "set_ok"]
)


@given(NAMES, st.sampled_from(["object", "class", "subclass"]), st.booleans())
def test_a_rule_replaced_after_first_use_is_asked(name: str, where: str, browser: bool) -> None:
    """Sizes of dicts tell that a rule was replaced, whenever that was."""
    base = ours.BrowserCookiePolicy if browser else ours.DefaultCookiePolicy
    if browser and name == "return_ok_expires":
        name = "return_ok"
    policy = type("Own", (base,), {})() if where == "subclass" else base()
    jar = ours.CookieJar(policy)
    url = "https://www.example.test/"
    for _ in range(2):
        jar.store_response(url, ["a=1"])
        assert jar.cookie_header(url) == "a=1"

    asked: list[str] = []

    def rule(*arguments: Any) -> bool:
        asked.append(name)
        return name == "is_blocked"

    holder = policy if where == "object" else type(policy)
    with mock.patch.object(holder, name, rule):
        jar.store_response(url, ["b=2"])
        sent = jar.cookie_header(url)

    assert asked
    assert sent == ("a=1" if name == "set_ok" else None)
    assert jar.cookie_header(url) == ("a=1" if name in ("set_ok", "is_blocked") else "a=1; b=2")
