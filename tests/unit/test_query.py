"""Which cookies `query`, `get`, `remove` and `delete` mean."""

from __future__ import annotations

import time
from unittest import mock

import pytest

from cookietin import (
    BrowserCookiePolicy,
    CookieConflictError,
    CookieJar,
    DefaultCookiePolicy,
    RequestContext,
)

NOW = 1_767_225_600
URL = "https://www.shop.example/a/b"


@pytest.fixture
def jar():
    with mock.patch.object(time, "time", return_value=float(NOW)):
        jar = CookieJar(BrowserCookiePolicy())
        fields = [
            "a=root; Path=/",
            "a=deep; Path=/a; Secure; Max-Age=60",
            "wide=1; Domain=shop.example; HttpOnly; SameSite=Strict; Path=/",
            "strange=1; SameSite=Lax; Path=/elsewhere",
        ]
        jar.store_response(URL, fields)
        jar.store_response("https://shop.example/", ["parent=1; SameSite=None; Secure"])
        jar.store_response("https://other.example/", ["a=other"])
        top = RequestContext(partition_key="https://top.example")
        jar.store_response("https://cdn.example/", ["part=1; Secure; Partitioned"], context=top)
        yield jar


def values(cookies):
    return [f"{cookie.name}={cookie.value}" for cookie in cookies]


EVERYTHING = ["strange=1", "a=deep", "a=root", "wide=1", "parent=1", "a=other", "part=1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, EVERYTHING),
        ({"url": URL}, ["a=deep", "a=root", "wide=1"]),
        ({"url": "http://www.shop.example/"}, ["a=root", "wide=1"]),
        ({"name": "a"}, ["a=deep", "a=root", "a=other"]),
        ({"name": "A"}, []),
        ({"domain": "www.shop.example"}, ["strange=1", "a=deep", "a=root"]),
        ({"domain": ".Shop.example"}, ["strange=1", "a=deep", "a=root", "wide=1", "parent=1"]),
        ({"domain": "op.example"}, []),
        ({"host": "www.shop.example"}, ["strange=1", "a=deep", "a=root", "wide=1"]),
        ({"host": "shop.example"}, ["wide=1", "parent=1"]),
        ({"path": "/a"}, ["a=deep"]),
        ({"path": "/a/"}, []),
        ({"secure": True}, ["a=deep", "parent=1", "part=1"]),
        ({"secure": False, "name": "a"}, ["a=root", "a=other"]),
        ({"session": False}, ["a=deep"]),
        ({"session": True, "name": "a"}, ["a=root", "a=other"]),
        ({"http_only": True}, ["wide=1"]),
        ({"same_site": "strict"}, ["wide=1"]),
        ({"same_site": "no_restriction"}, ["parent=1"]),
        ({"same_site": "unspecified", "path": "/"}, ["a=root", "a=other", "part=1"]),
        ({"partition_key": "https://top.example"}, ["part=1"]),
        ({"partition_key": "", "name": "part"}, []),
    ],
    ids=repr,
)
def test_query_takes_what_all_filters_agree_to(jar, filters, expected):
    """Longer paths first, then older ones; nothing is touched."""
    before = [cookie.last_access_time for cookie in jar]
    time.time.return_value = NOW + 5.0

    found = jar.query(**filters)

    assert values(found) == expected
    assert all(any(cookie is each for each in jar) for cookie in found)
    assert [cookie.last_access_time for cookie in jar] == before


@pytest.mark.parametrize(
    ("filters", "error", "message"),
    [
        ({"colour": "red"}, TypeError, "colour"),
        ({"name": b"a"}, TypeError, "name: expected a text or None, got bytes"),
        ({"secure": 1}, TypeError, "secure: expected True, False or None for either, got int"),
        ({"same_site": "odd"}, ValueError, "same_site: 'odd' is none of"),
        ({"domain": "a b"}, ValueError, "domain: 'a b' is no host name"),
        ({"host": ""}, ValueError, "host: '' is no host name"),
        ({"url": "/a"}, ValueError, "url: expected an absolute"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("verb", ["query", "delete"])
def test_wrong_filter_is_refused(jar, verb, filters, error, message):
    """A misspelled filter that counts for nothing would delete too much."""
    with pytest.raises(error, match=message):
        getattr(jar, verb)(**filters)

    assert len(jar) == len(EVERYTHING)


def test_what_has_ended_is_not_there(jar):
    """It is removed before anybody looks."""
    time.time.return_value = NOW + 61.0

    assert values(jar.query(name="a")) == ["a=root", "a=other"]
    assert len(jar) == len(EVERYTHING) - 1


def test_get_takes_the_first_for_a_url_and_the_newest_otherwise(jar):
    """As a server reads them; and as a dict of names would have it."""
    assert jar.get("a", url=URL).value == "deep"
    assert jar.get("a").value == "other"
    assert jar.get("a", None, "www.shop.example", "/").value == "root"
    assert jar.get("none") is None
    assert jar.get("none", "default") == "default"
    with pytest.raises(CookieConflictError, match="3 cookies are named 'a'; name a domain"):
        jar.get("a", strict=True)
    assert jar.get("wide", strict=True).value == "1"


def test_contains_knows_names_and_cookies(jar):
    """A text is a name."""
    assert "wide" in jar
    assert "Wide" not in jar
    assert jar.get("wide") in jar
    assert 1 not in jar


def test_remove_takes_all_that_go_there(jar):
    """On whichever path and domain; 0 is no error."""
    assert jar.remove(URL, "a") == 2
    assert jar.remove(URL, "a") == 0
    assert values(jar.query(name="a")) == ["a=other"]


def test_cookie_that_was_changed_in_place_is_removed(jar):
    """It is filed under what it was."""
    jar.get("wide").name = "renamed"

    assert jar.remove(URL, "renamed") == 1
    assert "renamed" not in jar


def test_delete_takes_what_filters_agree_to(jar):
    """And refuses to be `clear`."""
    assert jar.delete(partition_key="https://top.example") == 1
    assert jar.delete("a", "www.shop.example", "/a") == 1
    assert jar.delete(secure=True, session=False) == 0
    with pytest.raises(ValueError, match="give at least one filter; clear"):
        jar.delete()
    assert len(jar) == len(EVERYTHING) - 2


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_newest_is_not_the_one_of_the_shortest_path(policy):
    """`query` sorts by path; who wants the newest cookie does not."""
    jar = CookieJar(policy())
    jar.store_response("https://shop.example/", ["a=old; Path=/", "a=new; Path=/account"])

    assert jar.get("a").value == "new"
    assert jar.to_dict() == {"a": "new"}
