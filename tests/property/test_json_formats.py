"""Cookies come back from JSON as they went, but for what a format says that it loses.

Oracles: the round trip, and for the short way of `json` the careful one.
"""

from __future__ import annotations

import copy
import io
import json as standard
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.cookie import is_host_only, is_http_only, same_site_of
from cookietin.cookiejar import Cookie
from cookietin.errors import FormatError
from cookietin.formats import Choice, json_lines, registry
from cookietin.formats import json as json_format
from cookietin.formats.reading import HELD, Reading, Writing

NOW = 1_767_225_600
LATEST = 253_402_300_799
EVERY = Choice(session=True, ended=True, now=NOW)

formats = st.sampled_from(["playwright", "puppeteer", "electron", "selenium", "extension"])

# Octets, as servers send them: UTF-8 mostly. Others do not survive the formats of browsers.
utf8 = st.one_of(
    st.sampled_from(["", "a", "a=b", '"x y"', "\\", "}", ",\n{", "\x7f", "\x00", "\\ud83d\\ude00"]),
    st.text(max_size=6).map(lambda text: text.encode("utf-8", "ignore").decode("latin-1")),
)
texts = st.one_of(utf8, st.sampled_from(["ü", "€", "\ud83d", "\ud83d\ude00", "😀"]))
hosts = st.sampled_from(
    ["a.test", "b.a.test", "192.0.2.1", "[::1]", "localhost", "xn--bcher-kva.test"]
)
expiry_times = st.one_of(
    st.none(),
    st.integers(NOW - 2, NOW + 2),
    st.sampled_from([-(2**60), -1, 0, 1, LATEST, LATEST + 1, 10**30]),
)
moments = st.one_of(st.none(), st.integers(0, NOW), st.floats(0, NOW))
attributes = st.dictionaries(
    st.sampled_from(
        ["HttpOnly", "httponly", "SameSite", "samesite", "Partitioned", "Priority", "}"]
    ),
    st.sampled_from([None, "", "lax", "Strict", "NONE", "nonsense", "High", "{"]),
    max_size=3,
)


@st.composite
def cookies(draw: Any, content: Any = texts) -> Any:
    """A cookie of any kind: host-only, a lone word, nameless, of RFC 2965, in a partition ..."""
    host, host_only, expires = draw(hosts), draw(st.booleans()), draw(expiry_times)
    cookie = Cookie(
        0, draw(content), draw(st.one_of(st.none(), content)), None, False,
        host if host_only else "." + host, not host_only, not host_only and draw(st.booleans()),
        "/" + draw(content), draw(st.booleans()),
        draw(st.booleans()),
        0, expires is None, None, None,
        draw(attributes),
    )  # fmt: skip
    cookie.expires = expires
    cookie._creation_time, cookie._last_access_time = draw(moments), draw(moments)
    if draw(st.booleans()):
        cookie._partition_key = draw(st.sampled_from(["https://top.test", "https://a.test"]))
    if draw(st.booleans()):
        cookie.version, cookie.port, cookie.port_specified = (
            1,
            draw(st.sampled_from(["80", ""])),
            True,
        )
        cookie.comment, cookie.comment_url, cookie.rfc2109 = draw(texts), "x", draw(st.booleans())
    return cookie


def state(cookie: Any) -> dict[str, Any]:
    return {**vars(cookie), "_rest": dict(cookie._rest)}


def there_and_back(format: str, *sent: Any) -> tuple[list[Any], list[Any]]:
    """What came back, and which were left out."""
    stream, left_out = io.BytesIO(), []
    module = registry.named(format)
    module.write(stream, sent, Writing(EVERY, lambda cookie, why: left_out.append(cookie), Cookie))
    stream.seek(0)
    return list(module.read(stream, Reading("cookies", EVERY, Cookie))), left_out


def kept(cookie: Any, loses: frozenset[str]) -> dict[str, Any]:
    """What has to come back of a cookie, in the words of `HELD`."""
    name, value = cookie.name, cookie.value
    if value is None or not name:  # nameless, which the standard library has as a lone word
        name, value = name or value, None
    facts = {
        "host_only": is_host_only(cookie),
        "expires": None if cookie.expires is None else min(max(cookie.expires, 1), LATEST),
        "session": cookie.discard,
        "http_only": is_http_only(cookie),
        "same_site": same_site_of(cookie),
        "partition_key": cookie.partition_key,
        "creation_time": cookie.creation_time,
        "last_access_time": cookie.last_access_time,
        "path_specified": cookie.path_specified,
        "attributes": dict(cookie._rest),
        "rfc2965": (
            cookie.version, cookie.port, cookie.port_specified, cookie.comment, cookie.comment_url,
            cookie.rfc2109,
        ),
    }  # fmt: skip
    assert set(facts) == set(HELD)
    return {
        **{fact: said for fact, said in facts.items() if fact not in loses},
        "rest": (name, value, cookie.domain, cookie.path, cookie.secure),
    }


@given(format=formats, sent=cookies(utf8))
def test_round_trip_keeps_what_the_format_does_not_lose(format: str, sent: Any) -> None:
    loses = registry.named(format).loses

    back, left_out = there_and_back(format, sent)

    if left_out:
        assert back == []
        assert (not sent.name and not sent.value) or (
            sent.partition_key is not None and "partition_key" in loses
        )
    else:
        (found,) = back
        assert kept(found, loses) == kept(sent, loses)
        assert [state(cookie) for cookie in there_and_back(format, found)[0]] == [state(found)]


@given(format=formats, sent=cookies())
def test_what_came_from_a_browser_survives_json(format: str, sent: Any) -> None:
    """Any format through `json` and back is the same."""
    came, _ = there_and_back(format, sent)

    through, left_out = there_and_back("json", *came)
    back, _ = there_and_back(format, *through)

    assert left_out == []
    assert [state(cookie) for cookie in back] == [state(cookie) for cookie in came]


@given(st.lists(cookies(), max_size=3))
def test_json_loses_nothing(sent: list[Any]) -> None:
    """Each attribute comes back as it was; what cannot is left out."""
    back, left_out = there_and_back("json", *sent)

    whole = [cookie for cookie in sent if cookie not in left_out]
    assert [state(cookie) for cookie in back] == [state(cookie) for cookie in whole]
    assert all("\\ud83d\\ude00" in repr(cookie) for cookie in left_out)
    # Each on a line of its own, so that tools can sort and merge the file.
    _, *lines, _, _ = _written(whole).split("\n")
    assert len(lines) == len(whole)
    assert all(standard.loads(line.removesuffix(","))["domain"] for line in lines)


def outcome(text: str, *, lenient: bool) -> Any:
    """All that comes of reading a text."""
    reading = Reading("cookies", EVERY, Cookie, lenient=lenient)
    try:
        read = [
            (repr(cookie), state(cookie))
            for cookie in json_format.read(io.BytesIO(text.encode("utf-8", "replace")), reading)
        ]
    except FormatError as error:
        return str(error)
    return read, [str(problem) for problem in reading.problems], reading.beside, reading.unread


def _written(sent: list[Any]) -> str:
    stream = io.BytesIO()
    json_format.write(stream, sent, Writing(EVERY, lambda *_: None, Cookie))
    return stream.getvalue().decode()


WITH_ATTRIBUTE = Cookie(
    0, "a", "b", None, False, "a.test", False, False, "/", True, True, NOW, False, None, None,
    {"HttpOnly": None, "SameSite": "Lax"},
)  # fmt: skip
_PIECES = [
    "{", "}", "[", "]", ",", ":", '"', "\\", "\n", " ", "null", "true", "0", "-", ".5", "1e9", "NaN",
    '"a":1', ',"secure":true', ',"attributes":{}', ',"attributes":{"a":[]}', "{}", "é", "9" * 20,
]  # fmt: skip


@given(
    sent=st.lists(cookies(), max_size=2),
    changes=st.lists(
        st.tuples(st.integers(0, 2000), st.integers(0, 12), st.sampled_from(_PIECES)), max_size=2
    ),
    lenient=st.booleans(),
)
@example(sent=[], changes=[(10**6, 0, ",")], lenient=True)
@example(sent=[WITH_ATTRIBUTE] * 2, changes=[(-27, 1, "-")], lenient=True)
def test_short_way_reads_what_the_careful_way_does(
    sent: list[Any], changes: list[tuple[int, int, str]], lenient: bool
) -> None:
    """In files with mistakes too, and then with the same problems."""
    text = _written(sent)
    for at, length, piece in changes:
        at %= len(text)
        text = text[:at] + piece + text[at + length :]
    short = outcome(text, lenient=lenient)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_format, "_FIRST", "no file begins so")
        careful = outcome(text, lenient=lenient)

    # Of several mistakes, which of them is told is not promised.
    assert short == careful or (isinstance(short, str) and isinstance(careful, str))


def test_short_way_reads_nearly_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the comparison above says nothing."""
    read: list[Any] = []
    short = json_lines.plain_cookies

    def spied(*arguments: Any) -> Any:
        at = short(*arguments)
        while True:
            try:
                read.append(next(at))
            except StopIteration as stop:
                return stop.value
            yield read[-1]

    monkeypatch.setattr(json_format, "plain_cookies", spied)
    plain = copy.copy(WITH_ATTRIBUTE)
    plain._creation_time, plain._last_access_time = NOW + 0.25, NOW

    back, _ = there_and_back("json", plain, plain)

    assert [type(cookie) for cookie in read] == [Cookie, Cookie]
    assert [state(cookie) for cookie in back] == [state(plain)] * 2
