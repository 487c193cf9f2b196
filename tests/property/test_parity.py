"""The default policy does what the standard library does. Oracle: `http.cookiejar`.

Both jars hear the same script; after every step they hold the same cookies, and requests get the
same headers. What differs on purpose is left out of the scripts and tested one by one in
tests/parity/test_departures.py.
"""

from __future__ import annotations

import http.cookiejar
import re
import time
import warnings
from typing import Any
from unittest import mock

import pytest
import random_policies as policies
import random_traffic as scripts
from hypothesis import given, reject
from hypothesis import strategies as st

import cookietin.cookiejar as ours

NOW = 1_767_225_600


@st.composite
def steps(draw: st.DrawFn, deletions: bool) -> tuple[Any, ...]:
    """One thing that happens to a jar."""
    kind = draw(
        st.sampled_from(
            ["extract"] * 5
            + ["add"] * 5
            + ["set", "clear", "session", "expired", "later", "assign"]
        )
    )
    url = draw(scripts.urls())
    origin = draw(st.sampled_from([None, None, None, "www.example.test", "evil.test"]))
    if kind == "extract":
        field = scripts.fields(domains=scripts.takes_domains(url), deletions=deletions)
        return (
            kind,
            url,
            origin,
            draw(st.lists(field, max_size=4)),
            draw(st.lists(field, max_size=1)),
        )
    if kind == "set":
        return (
            kind,
            draw(st.sampled_from(scripts.NAMES)),
            draw(st.sampled_from(["", "example.test", ".b.test"])),
        )
    if kind == "clear":
        return kind, draw(st.integers(0, 3)), draw(st.integers(0, 9))
    if kind == "later":
        return kind, draw(st.sampled_from([1, 30, 4000]))
    return kind, url, origin


def play(module: Any, jar: Any, clock: list[int], step: tuple[Any, ...]) -> Any:
    """Do a step, and return what a program sees of it."""
    kind = step[0]
    if kind == "extract":
        _, url, origin, set_cookie, set_cookie2 = step
        jar.extract_cookies(
            scripts.Response(set_cookie, set_cookie2), scripts.request_for(url, origin)
        )
    elif kind == "add":
        request = scripts.request_for(*step[1:])
        jar.add_cookie_header(request)
        return sorted(request.header_items())
    elif kind == "set":
        _, name, domain = step
        jar.set_cookie(
            module.Cookie(
                0, name, "set", None, False, domain, domain.startswith("."), domain.startswith("."),
                "/", True, False, clock[0] + 100, False, None, None, {"HttpOnly": None},
            )
        )  # fmt: skip
    elif kind == "clear":
        cookies = list(jar)
        if cookies:
            cookie = cookies[step[2] % len(cookies)]
            jar.clear(*(cookie.domain, cookie.path, cookie.name)[: step[1]])
    elif kind == "session":
        jar.clear_session_cookies()
    elif kind == "expired":
        jar.clear_expired_cookies()
    elif kind == "assign":
        jar._cookies = dict(reversed(jar._cookies.items()))
    else:
        clock[0] += step[1]
    return None


def without_ghosts(jar: Any) -> None:
    """Drop emptied domains and paths, which the standard library keeps: a listed departure."""
    for domain, paths in list(jar._cookies.items()):
        for path, names in list(paths.items()):
            if not names:
                del paths[path]
        if not paths:
            del jar._cookies[domain]


def run(module: Any, spec: Any, script: list[tuple[Any, ...]]) -> list[Any]:
    log: list[Any] = []
    jar = module.CookieJar(spec.make(module, log))
    clock = [NOW]
    seen = []
    with mock.patch.object(time, "time", side_effect=lambda: clock[0]), warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in script:
            headers = play(module, jar, clock, step)
            without_ghosts(jar)
            asked = [call for call in log if call[0] not in policies.QUIET]
            seen.append((step, headers, scripts.state(jar), len(jar), bool(jar), asked))
    return seen


@given(st.data())
def test_same_cookies_and_headers_as_the_standard_library(data: st.DataObject) -> None:
    """A drop-in is chosen for sameness."""
    spec = data.draw(policies.specs())
    script = data.draw(st.lists(steps(deletions=spec.lets_deletions_pass), min_size=1, max_size=12))

    try:
        expected = run(http.cookiejar, spec, script)
    except (UserWarning, TypeError):
        # "http.cookiejar bug!", or a cookie without a version: listed departures.
        reject()
    actual = run(ours, spec, script)

    for theirs, mine in zip(expected, actual, strict=True):
        assert mine == theirs


@given(scripts.urls(), st.lists(scripts.fields(), min_size=1, max_size=5))
def test_verbs_take_the_same_path_as_urllib_shaped_calls(url: str, fields: list[str]) -> None:
    """`store_response` and `cookie_header` are no second jar. Oracle: `extract_cookies`."""
    plain, shaped = ours.CookieJar(), ours.CookieJar()
    request = scripts.request_for(url, None)
    with mock.patch.object(time, "time", return_value=NOW):
        decisions = plain.store_response(url, fields)
        shaped.extract_cookies(scripts.Response(fields, []), scripts.request_for(url, None))
        shaped.add_cookie_header(request)
        header = plain.cookie_header(url)

    assert len(decisions) == len(fields)
    assert scripts.state(plain) == scripts.state(shaped)
    sent = request.get_header("Cookie")
    if sent is None or not re.search(r"[\r\n\0]", sent):  # a listed departure
        assert header == sent
    stored = {id(cookie) for cookie in plain}
    for decision in decisions:
        assert decision.allowed == (not decision.reasons)
        if id(decision.cookie) in stored:
            assert decision.allowed
            assert not decision.removed


@pytest.mark.parametrize("jar_class", ["MozillaCookieJar", "LWPCookieJar"])
@given(
    script=st.lists(st.tuples(scripts.urls(), st.lists(scripts.fields(), max_size=4)), max_size=4)
)
def test_files_are_read_alike(
    jar_class: str, script: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What we save, the standard library loads as we do, and the other way round."""
    path = tmp_path_factory.mktemp("files") / "cookies"
    writer = getattr(ours, jar_class)(path)
    with mock.patch.object(time, "time", return_value=NOW), warnings.catch_warnings():
        warnings.simplefilter("ignore", ours.CookieSkippedWarning)
        for url, fields in script:
            writer.store_response(url, fields)
        writer.save(ignore_expires=True)  # session cookies are a listed departure
        theirs, mine = getattr(http.cookiejar, jar_class)(path), getattr(ours, jar_class)(path)
        theirs.load(ignore_expires=True)
        mine.load(ignore_expires=True)

        assert scripts.state(mine) == scripts.state(theirs)

        theirs.save()
        reloaded = getattr(ours, jar_class)(path)
        reloaded.load()
    lasting = [cookie for cookie in mine if not cookie.is_expired(NOW)]
    if jar_class == "LWPCookieJar":  # CPython's Mozilla writer drops most HttpOnly marks
        assert scripts.state(reloaded) == [scripts.facts(cookie) for cookie in lasting]
    else:
        assert [(c.name, c.value, c.domain, c.path, c.expires) for c in reloaded] == [
            (c.name, c.value, c.domain, c.path, c.expires) for c in lasting
        ]
