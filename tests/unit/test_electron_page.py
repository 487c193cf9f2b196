"""Electron's page on its Cookies API, row by row, under both policies.

`flushStore` writes a file at once; a jar without a file has none, and `FileCookieJar.save` is that
for one with a file.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from cookietin.cookiejar import (
    BrowserCookiePolicy,
    Cause,
    Cookie,
    CookieJar,
    CookieRejected,
    DefaultCookiePolicy,
    Limits,
    Reason,
)

SHOP = "https://shop.test/a/page?q=1"


@pytest.fixture(params=[DefaultCookiePolicy, BrowserCookiePolicy])
def jar(request: pytest.FixtureRequest) -> CookieJar:
    return CookieJar(request.param())


@pytest.fixture
def filled(jar: CookieJar) -> CookieJar:
    jar.store_response(
        SHOP,
        [
            "sid=1; Path=/; Secure; HttpOnly; SameSite=Strict",
            "lang=en; Path=/; Domain=shop.test; Max-Age=1000",
            "here=1",
        ],
    )
    jar.store_response("https://www.shop.test/", ["sub=1"])
    jar.store_response("https://news.test/", ["sid=2; SameSite=None; Secure"])
    return jar


def names(cookies: list[Cookie]) -> list[str]:
    return [cookie.name for cookie in cookies]


# cookies.get(filter)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["here", "sid", "lang", "sub", "sid"], id="none: all of them"),
        pytest.param({"url": SHOP}, ["here", "sid", "lang"], id="url: those that go there"),
        pytest.param({"url": "http://shop.test/"}, ["lang"], id="url: not over http"),
        pytest.param({"name": "sid"}, ["sid", "sid"], id="name"),
        pytest.param(
            {"domain": "shop.test"}, ["here", "sid", "lang", "sub"], id="domain: and subdomains"
        ),
        pytest.param({"domain": ".shop.test", "name": "sub"}, ["sub"], id="domain with a dot"),
        pytest.param({"domain": "test.shop"}, [], id="domain of nobody"),
        pytest.param({"host": "www.shop.test"}, ["lang", "sub"], id="host: what it could get"),
        pytest.param({"path": "/a"}, ["here"], id="path"),
        pytest.param({"secure": True}, ["sid", "sid"], id="secure"),
        pytest.param({"secure": False}, ["here", "lang", "sub"], id="not secure"),
        pytest.param({"session": True}, ["here", "sid", "sub", "sid"], id="session"),
        pytest.param({"session": False}, ["lang"], id="persistent"),
        pytest.param({"http_only": True}, ["sid"], id="httpOnly"),
        pytest.param({"http_only": False, "name": "sid"}, ["sid"], id="not httpOnly"),
        pytest.param({"same_site": "strict"}, ["sid"], id="sameSite"),
        pytest.param({"same_site": "no_restriction"}, ["sid"], id="sameSite None"),
        pytest.param({"same_site": "unspecified"}, ["here", "lang", "sub"], id="no sameSite"),
    ],
)
def test_get(filled, filters, expected):
    assert names(filled.query(**filters)) == expected


def test_get_takes_no_unknown_filter(filled):
    """Electron passes over it; a typo is a bug."""
    with pytest.raises(TypeError, match="nmae"):
        filled.query(nmae="sid")


def test_get_leaves_last_access_times(filled):
    before = [cookie.last_access_time for cookie in filled]
    filled.query(url=SHOP)

    assert [cookie.last_access_time for cookie in filled] == before


def test_get_leaves_out_what_has_ended(filled):
    filled.get("lang").expires = 1

    assert "lang" not in names(filled.query())


# cookies.set(details)


def test_set_url_is_required(jar):
    with pytest.raises(ValueError, match="url"):
        jar.set("a", "1")


@pytest.mark.parametrize("url", ["shop.test", "ftp://shop.test/", "https:///x", ""])
def test_set_refuses_a_bad_url(jar, url):
    with pytest.raises(ValueError, match="url"):
        jar.set("a", "1", url=url)


def test_set_defaults(jar):
    """Host-only, of the default-path of the URL, not Secure, SameSite=Lax, for the session."""
    cookie = jar.set("a", "1", url=SHOP)

    assert (cookie.domain, cookie.host_only, cookie.path) == ("shop.test", True, "/a")
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (False, False, "Lax")
    assert cookie.session
    assert list(jar) == [cookie]


@pytest.mark.parametrize("domain", ["shop.test", ".shop.test"])
def test_set_domain(jar, domain):
    """The dot is put right, and subdomains get the cookie."""
    cookie = jar.set("a", "1", url=SHOP, domain=domain, path="/")

    assert (cookie.domain, cookie.host_only) == (".shop.test", False)
    assert jar.cookie_header("https://www.shop.test/") == "a=1"


def test_set_domain_has_to_cover_the_host(jar):
    with pytest.raises(CookieRejected, match=r"Domain|domain"):
        jar.set("a", "1", url=SHOP, domain="news.test")


def test_set_secure_defaults_to_same_site_none(jar):
    assert jar.set("a", "1", url=SHOP, same_site="no_restriction").secure
    assert not jar.set("b", "1", url=SHOP, same_site="unspecified").secure
    assert jar.set("c", "1", url=SHOP, secure=True).secure


@pytest.mark.parametrize(
    ("given", "kept"),
    [("strict", "Strict"), ("LAX", "Lax"), ("none", "None"), ("unspecified", None), (None, None)],
)
def test_set_same_site(jar, given, kept):
    assert jar.set("a", "1", url=SHOP, same_site=given).same_site == kept


def test_set_same_site_quotes_what_it_does_not_know(jar):
    with pytest.raises(ValueError, match="laxer"):
        jar.set("a", "1", url=SHOP, same_site="laxer")


LATER = int(time.time()) + 5000


@pytest.mark.parametrize(
    "expires",
    [
        LATER,
        LATER + 0.5,
        datetime.fromtimestamp(LATER, UTC),
        datetime.fromtimestamp(LATER, UTC).isoformat(),
    ],
    ids=["seconds", "fraction", "datetime", "text"],
)
def test_set_expiration_date(jar, expires):
    cookie = jar.set("a", "1", url=SHOP, expires=expires)

    assert (cookie.expires, cookie.session) == (LATER, False)


def test_set_expiration_date_from_now(jar):
    cookie = jar.set("a", "1", url=SHOP, expires=timedelta(hours=1))

    assert 0 <= cookie.expires - time.time() - 3590 <= 11


def test_set_expiration_date_0_is_1970_and_removes(jar):
    jar.set("a", "1", url=SHOP)
    jar.set("a", "", url=SHOP, expires=0)

    assert len(jar) == 0


def test_set_expiration_date_has_to_be_clear(jar):
    with pytest.raises(ValueError, match="03/04/05"):
        jar.set("a", "1", url=SHOP, expires="03/04/05")


def test_set_neither_name_nor_value(jar):
    with pytest.raises(CookieRejected) as caught:
        jar.set("", "", url=SHOP)

    assert Reason.NO_COOKIE_CONTENT in caught.value.reasons


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "a;b"},
        {"name": "a=b"},
        {"name": " a"},
        {"value": "1; Domain=test"},
        {"value": "1\r\nX: y"},
        {"value": "1 "},
        {"path": "x"},
        {"path": "/;Domain=test"},
    ],
    ids=repr,
)
def test_set_refuses_what_would_not_come_through(jar, arguments):
    with pytest.raises(CookieRejected):
        jar.set(**{"name": "a", "value": "1", "url": SHOP} | arguments)

    assert len(jar) == 0


def test_set_has_every_reason(jar):
    with pytest.raises(CookieRejected) as caught:
        jar.set("a;b", "secret\n", url=SHOP, domain="news.test", path="x")

    reasons = {reason.name for reason in caught.value.reasons}
    assert {"DISALLOWED_CHARACTER", "INVALID_PATH"} < reasons
    assert reasons & {"DOMAIN_MISMATCH", "INVALID_DOMAIN"}
    assert "secret" not in str(caught.value)


def test_set_cannot_replace_an_http_only_cookie(filled):
    """Not without saying http_only=True."""
    before = filled.get("sid", domain="shop.test").value
    with pytest.raises(CookieRejected) as caught:
        filled.set("sid", "mine", url=SHOP, path="/", secure=True)

    assert caught.value.reasons == (Reason.OVERWRITE_HTTP_ONLY,)
    assert filled.get("sid", domain="shop.test").value == before
    filled.set("sid", "mine", url=SHOP, path="/", secure=True, http_only=True)
    assert filled.get("sid", domain="shop.test").value == "mine"


# cookies.remove(url, name)


def test_remove_takes_all_paths_and_domains(jar):
    jar.store_response(SHOP, ["a=1", "a=2; Path=/", "a=3; Path=/; Domain=shop.test", "b=4"])
    jar.store_response("https://news.test/", ["a=5"])

    assert jar.remove(SHOP, "a") == 3
    assert names(list(jar)) == ["b", "a"]


def test_remove_of_nothing_is_no_error(jar):
    assert jar.remove(SHOP, "a") == 0


# Event: 'changed'


def test_changed_inserted(jar):
    assert _causes(jar, "a=1") == ["inserted"]


def test_changed_inserted_no_change_overwrite(jar):
    assert _causes(jar, "a=1", "a=1")[1:] == ["overwrite", "inserted-no-change-overwrite"]


@pytest.mark.parametrize("more", ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Max-Age=100"])
def test_changed_inserted_no_value_change_overwrite(jar, more):
    causes = _causes(jar, "a=1", "a=1" + more)

    assert causes[1:] == ["overwrite", "inserted-no-value-change-overwrite"]


def test_changed_explicit(jar):
    causes = _causes(jar, "a=1", then=lambda: jar.remove(SHOP, "a"))

    assert causes[1:] == ["explicit"]


def test_changed_overwrite(jar):
    assert _causes(jar, "a=1", "a=2")[1:] == ["overwrite", "inserted"]


def test_changed_expired(jar):
    def end() -> None:
        for cookie in jar:
            cookie.expires = 1
        jar.clear_expired_cookies()

    assert _causes(jar, "a=1", then=end)[1:] == ["expired"]


def test_changed_evicted():
    jar = CookieJar(BrowserCookiePolicy(limits=Limits(per_site=2, purge_site_to=1)))

    causes = _causes(jar, "a=1", "b=1", "c=1")

    assert causes == ["inserted", "inserted", "inserted", "evicted", "evicted"]


def test_changed_expired_overwrite(jar):
    assert _causes(jar, "a=1", "a=1; Max-Age=0")[1:] == ["expired-overwrite"]


def test_changed_has_the_old_cookie(jar):
    """Of what is removed, as it was."""
    seen = []
    jar.store_response(SHOP, ["a=old"])
    with jar.subscribe(seen.append):
        jar.store_response(SHOP, ["a=gone; Max-Age=0"])

    assert [(change.cookie.value, change.cause, change.removed) for change in seen] == [
        ("old", Cause.EXPIRED_OVERWRITE, True)
    ]


def _causes(jar, *fields, then=lambda: None):
    seen = []
    with jar.subscribe(seen.append):
        for field in fields:
            jar.store_response(SHOP, [field])
        then()
    removed = {"explicit", "overwrite", "expired", "evicted", "expired-overwrite"}
    assert all(change.removed is (change.cause in removed) for change in seen)
    return [str(change.cause) for change in seen]


# The Cookie object


def test_cookie_fields(filled):
    assert filled.get("lang").to_dict() | {"expirationDate": 0} == {
        "name": "lang",
        "value": "en",
        "domain": ".shop.test",
        "hostOnly": False,
        "path": "/",
        "secure": False,
        "httpOnly": False,
        "session": False,
        "expirationDate": 0,
        "sameSite": "unspecified",
    }
