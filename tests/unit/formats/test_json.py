"""The format `json`: what stands in its files, what is wrong with others, and that nothing is lost."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
import samples
from samples import NOW, made, state

from cookietin.cookiejar import (
    BrowserCookiePolicy,
    CookieSkippedWarning,
    JSONCookieJar,
    LoadError,
    RequestContext,
    open_jar,
)
from cookietin.errors import FormatError

SHOP = "https://shop.test/"
START = '{"format":"cookietin","version":1,"cookies":['

written = partial(samples.written, "json")
loaded = partial(samples.loaded, "json")


def test_file_has_a_line_for_each_cookie() -> None:
    """So that it diffs and merges; what most cookies have is left out."""
    text, _ = written(
        made(secure=True, expires=NOW, discard=False, _rest={"HttpOnly": None}),
        made(name="word", value=None, domain="shop.test", domain_specified=False),
    )

    assert text == (
        f"{START}\n"
        '{"domain":".shop.test","path":"/","name":"sid","value":"1","secure":true,'
        f'"expires":{NOW},"attributes":{{"HttpOnly":null}}}},\n'
        '{"domain":"shop.test","path":"/","name":"word","value":null}\n'
        "]}\n"
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="session cookie"),
        pytest.param({"value": None}, id="lone word"),
        pytest.param({"value": ""}, id="empty value"),
        pytest.param({"name": ""}, id="nameless"),
        pytest.param({"value": 'a"\\\n\t\x00\x7fü€😀\u2028'}, id="any characters"),
        pytest.param({"value": "\ud800", "name": "\udc00\ud800"}, id="half surrogates"),
        pytest.param({"domain": "shop.test"}, id="domain without dot"),
        pytest.param({"domain_specified": False}, id="dot without Domain"),
        pytest.param({"domain_initial_dot": True}, id="Domain with dot"),
        pytest.param({"path_specified": False, "path": "/ü"}, id="default path"),
        pytest.param({"expires": 0, "discard": False}, id="ended in 1970"),
        pytest.param({"expires": -(10**30), "discard": False}, id="ended long ago"),
        pytest.param({"expires": 2**60, "discard": True}, id="persistent, to be discarded"),
        pytest.param({"expires": None, "discard": False}, id="session, not to be discarded"),
        pytest.param({"expires": NOW + 0.5}, id="fraction of a second"),
        pytest.param({"_creation_time": NOW + 0.000_001, "_last_access_time": NOW}, id="times"),
        pytest.param({"_partition_key": "https://top.test"}, id="partitioned"),
        pytest.param({"version": 1, "port": "80,81", "port_specified": True}, id="ports"),
        pytest.param({"version": None}, id="no version"),
        pytest.param({"comment": "ü", "comment_url": "x", "rfc2109": True}, id="comments"),
        pytest.param({"_rest": {"SameSite": "lax", "x": "y", "": None}}, id="attributes"),
        pytest.param({"_rest": {"a": True, "b": [1, 2.5, {"c": None}]}}, id="attributes of JSON"),
        pytest.param({"_rest": {"a": "}", "b": "{"}}, id="braces in attributes"),
    ],
)
def test_cookie_survives(changes: dict[str, Any]) -> None:
    cookie = made(**changes)

    text, left_out = written(made(), cookie, made())
    (_, found, _), _ = loaded(text)

    assert left_out == []
    assert state(found) == state(cookie)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"value": "\ud83d\ude00"}, "surrogate pair", id="halves side by side"),
        pytest.param({"_rest": {"a": "\ud83d\ude00"}}, "surrogate pair", id="in an attribute"),
        pytest.param({"name": 1}, "no text", id="name that is a number"),
        pytest.param({"value": b"1"}, "no text", id="value of octets"),
        pytest.param({"expires": "soon"}, "no number", id="expiry that is a text"),
        pytest.param({"expires": float("inf")}, "no number", id="endless"),
        pytest.param({"expires": 10**5000}, "no number", id="5,000 digits"),
        pytest.param({"_creation_time": float("nan")}, "no number", id="creation-time of NaN"),
        pytest.param({"version": "1"}, "version is not", id="version that is a text"),
        pytest.param({"_partition_key": 5}, "partition_key is not a text", id="partition 5"),
        pytest.param({"_rest": {"a": (1,)}}, "attributes", id="tuple as attribute"),
        pytest.param({"_rest": {1: None}}, "attributes", id="attribute named 1"),
    ],
)
def test_cookie_that_json_cannot_hold_is_left_out(changes: dict[str, Any], problem: str) -> None:
    """It would come back as another one."""
    text, left_out = written(made(**changes))

    assert text == f"{START}\n]}}\n"
    (why,) = left_out
    assert problem in why


COOKIE = '{"domain":"a.test","path":"/","name":"a","value":"secret"'


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        pytest.param("5", "expected an object", id="number"),
        pytest.param('{"domain":"a.test","path":"/","name":"a"}', "expected texts", id="no value"),
        pytest.param(COOKIE + ',"value":"b"}', "field is there once", id="value twice"),
        pytest.param(COOKIE.replace('"/"', "7") + "}", "expected texts", id="path 7"),
        pytest.param(COOKIE + ',"secure":1}', "true or false", id="secure 1"),
        pytest.param(COOKIE + ',"expires":"soon"}', "seconds since 1970", id="expiry a text"),
        pytest.param(COOKIE + ',"expires":true}', "seconds since 1970", id="expiry true"),
        pytest.param(COOKIE + ',"expires":NaN}', "seconds since 1970", id="expiry NaN"),
        pytest.param(COOKIE + ',"expires":1e999}', "seconds since 1970", id="expiry infinite"),
        pytest.param(
            COOKIE + f',"expires":{"9" * 5000}}}', "seconds since 1970", id="expiry of 5,000 digits"
        ),
        pytest.param(COOKIE + ',"creation_time":-Infinity}', "seconds since 1970", id="created"),
        pytest.param(COOKIE + ',"version":true}', "as version", id="version true"),
        pytest.param(COOKIE + ',"partition_key":[]}', "as partition_key", id="partition a list"),
        pytest.param(COOKIE + ',"secured":true}', "does not know", id="unknown field"),
        pytest.param(COOKIE + ',"attributes":[]}', "as attributes", id="attributes a list"),
        pytest.param(COOKIE + ',"attributes":{"a":1,"a":2}}', "as attributes", id="one twice"),
        pytest.param(COOKIE + ',"attributes":{"a":NaN}}', "as attributes", id="attribute NaN"),
        pytest.param(
            COOKIE + f',"attributes":{{"a":{"[" * 99}{"]" * 99}}}}}', "as attributes", id="too deep"
        ),
    ],
)
def test_entry_at_fault_costs_no_other(entry: str, problem: str) -> None:
    """Read leniently; strictly, it is an error that names it. No message holds the value."""
    text = f"{START}\n{COOKIE}}},\n{entry},\n{COOKIE}}}\n]}}\n"

    cookies, reading = loaded(text, lenient=True)
    with pytest.raises(FormatError, match="entry 2: ") as caught:
        loaded(text)

    assert [cookie.name for cookie in cookies] == ["a", "a"]
    (noted,) = reading.problems
    assert (noted.entry, reading.skipped) == (2, 1)
    assert problem in noted.problem
    assert "secret" not in f"{noted}{caught.value}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "line 1: expected JSON", id="empty"),
        pytest.param("secret", "line 1: expected JSON", id="no JSON at all"),
        pytest.param("[]", "another format", id="a list"),
        pytest.param('{"cookies":[]}', "another format", id="no format"),
        pytest.param('{"format":"cookietin","cookies":[]}', "'version'", id="no version"),
        pytest.param(START.replace("1", "true") + "]}", "'version'", id="version true"),
        pytest.param(
            START.replace("1", "2") + "]}", "newer cookietin: version 2; upgrade", id="version 2"
        ),
        pytest.param('{"format":"cookietin","version":1}', "'cookies'", id="no cookies"),
        pytest.param(f"{START}\n{COOKIE}\n", "line 3: this is no JSON", id="cut off"),
        pytest.param(
            f"{START}\n{COOKIE}}}", "line 2: this is no JSON", id="cut off after a cookie"
        ),
        pytest.param(f"{START}\n{COOKIE}}},\n]}}", "this is no JSON", id="comma at the end"),
        pytest.param(
            f"{START}\n{COOKIE}}}\n]}}secret", "line 3: this is no JSON", id="more behind"
        ),
        pytest.param(
            f"{START}\n{COOKIE}}}\n],\n'secret'}}", "line 4: this is no JSON", id="quotes"
        ),
        pytest.param(f"{START}\n]," + '"x":NaN}', "could not be written again", id="NaN beside"),
        pytest.param(f"{START}\n]," + '"cookies":[]}', "another format", id="cookies twice"),
        pytest.param("[" * 200_000, "nested too deeply", id="deeper than the parser goes"),
        pytest.param(f"{START}{'[' * 200_000}", "nested too deeply", id="deep in the cookies"),
        pytest.param(b'{"\xff', "line 1: expected UTF-8 (octet 0xff)", id="no UTF-8"),
        pytest.param(
            b'\xef\xbb\xbf{\n"\xff', "line 2: expected UTF-8 (octet 0xff)", id="after a BOM"
        ),
    ],
)
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_file_at_fault_is_an_error(text: str | bytes, problem: str, lenient: bool) -> None:
    """Even read leniently. Neither the message nor the context of the error has a piece of it."""
    with pytest.raises(FormatError) as caught:
        loaded(text, lenient=lenient)

    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


def test_what_stands_beside_the_cookies_is_written_again() -> None:
    text = START + '\n],\n"note":{"by":["hand"]},\n"ü":1}\n'

    _, reading = loaded(text)
    again, _ = written(beside=reading.beside)

    assert again == text.replace("ü", "\\u00fc")


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda whole: json.dumps(whole), id="on one line"),
        pytest.param(lambda whole: json.dumps(whole, indent=4), id="on many lines"),
        pytest.param(lambda whole: json.dumps(whole, sort_keys=True), id="sorted by name"),
        pytest.param(
            lambda whole: "\ufeff" + json.dumps(whole, ensure_ascii=False), id="with a BOM"
        ),
    ],
)
def test_file_that_another_tool_has_written_is_read(form: Any) -> None:
    cookie = made(value="ü", expires=NOW, discard=False, _rest={"HttpOnly": None})
    text, _ = written(cookie)

    (found,), _ = loaded(form(json.loads(text)))

    assert state(found) == state(cookie)


@pytest.mark.parametrize("policy", [None, BrowserCookiePolicy()], ids=["default", "browser"])
def test_jar_comes_back_whole(policy: Any, tmp_path: Any) -> None:
    """Session cookies too; under browser rules with times, and the partition."""
    jar = JSONCookieJar(tmp_path / "jar.json", policy=policy)
    context = RequestContext(partition_key="https://top.test")
    for name in ("b", "a", "c"):
        jar.store_response(SHOP, [f"{name}=1; Path=/; HttpOnly; SameSite=Lax"])
    jar.store_response(
        SHOP, ["p=1; Secure; Path=/; Partitioned; Max-Age=9999", "word"], context=context
    )
    for cookie in jar:
        if cookie._last_access_time is not None:
            cookie._last_access_time -= 1000

    jar.save()
    again = open_jar(tmp_path / "jar.json", policy=policy)

    assert isinstance(again, JSONCookieJar)
    assert [state(cookie) for cookie in again] == [state(cookie) for cookie in jar]
    assert again.cookie_header(SHOP, context=context) == jar.cookie_header(SHOP, context=context)


def test_loaded_cookie_takes_its_creation_time_along(tmp_path: Any) -> None:
    """In place of that of a stored one, as all else of it."""
    policy = BrowserCookiePolicy()
    jar = JSONCookieJar(tmp_path / "jar.json", policy=policy)
    jar.store_response(SHOP, ["sid=1"])
    for cookie in jar:
        cookie._creation_time = NOW - 5.25
    jar.save()
    other = JSONCookieJar(tmp_path / "jar.json", policy=policy)
    other.store_response(SHOP, ["sid=2"])

    other.load()

    assert [(cookie.value, cookie.creation_time) for cookie in other] == [("1", NOW - 5.25)]


def test_cookie_that_cannot_be_saved_is_warned_about(tmp_path: Any) -> None:
    jar = JSONCookieJar(tmp_path / "jar.json")
    jar.set_cookie(made(_rest={"a": object()}))

    with pytest.warns(
        CookieSkippedWarning, match="'sid' of '.shop.test' was not saved: one of its"
    ):
        jar.save()


def test_newer_version_is_a_load_error(tmp_path: Any) -> None:
    """The jar stays as it was."""
    file = tmp_path / "jar.json"
    file.write_text(START.replace("1", "2") + "]}")
    jar = JSONCookieJar(file)
    jar.set_cookie(made())

    with pytest.raises(LoadError, match="written by a newer cookietin: version 2; upgrade"):
        jar.load()

    assert len(jar) == 1
