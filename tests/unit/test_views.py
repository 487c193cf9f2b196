"""Views of a jar as mappings from names to values: what is written can be read back, and lives."""

from __future__ import annotations

from collections.abc import MutableMapping

import pytest

from cookietin import BrowserCookiePolicy, CookieJar, CookieRejected, DefaultCookiePolicy

URL = "https://www.shop.example/a/b"


@pytest.fixture(
    params=[
        pytest.param(DefaultCookiePolicy, id="default policy"),
        pytest.param(BrowserCookiePolicy, id="browser rules"),
    ]
)
def jar(request):
    return CookieJar(request.param())


@pytest.fixture(params=["for_url", "for_domain"])
def view(request, jar):
    if request.param == "for_url":
        return jar.for_url(URL)
    return jar.for_domain("www.shop.example")


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(None, id="no cookie yet"),
        pytest.param("a=1; Path=/", id="host-only"),
        pytest.param("a=1; Path=/a", id="longer path"),
        pytest.param("a=1; Secure", id="Secure"),
        pytest.param("a=1; HttpOnly", id="HttpOnly"),
        pytest.param("a=1; Domain=www.shop.example", id="domain cookie"),
        pytest.param("a=1; Max-Age=100", id="persistent"),
        pytest.param("a=1; SameSite=Strict", id="SameSite"),
        pytest.param("a=1; Secure; Partitioned", id="Partitioned without a partition"),
    ],
)
def test_what_is_written_can_be_read(jar, view, field):
    """The contract of a MutableMapping; the cookie keeps all but its value."""
    if field is not None:
        jar.store_response(URL, [field])
    kept = ("domain", "path", "secure", "http_only", "same_site", "expires")
    before = [tuple(getattr(cookie, name) for name in kept) for cookie in jar]

    view["a"] = "new"

    assert view["a"] == "new"
    assert len(jar) == 1
    if before:
        assert [tuple(getattr(cookie, name) for name in kept) for cookie in jar] == before


@pytest.mark.parametrize("domain", ["; Domain=shop.example", ""])
def test_cookie_of_the_parent_is_changed_where_it_is(jar, domain):
    """The default policy returns host-only cookies to subdomains, as CPython does; kept."""
    jar.store_response("https://shop.example/", ["a=1; Path=/a" + domain])
    view = jar.for_url(URL)

    view["a"] = "new"

    assert view["a"] == "new"
    assert jar.cookie_header(URL) == "a=new"


def test_the_first_of_several_is_changed(jar):
    """That with the longest path is the one a server reads."""
    jar.store_response(URL, ["a=1; Path=/", "a=2; Path=/a"])
    view = jar.for_url(URL)

    view["a"] = "new"

    assert view["a"] == "new"
    assert jar.cookie_header(URL) == "a=new; a=1"


def test_cookie_of_a_partition_is_changed_in_its_partition():
    """The view of a domain shows those, too."""
    from cookietin import RequestContext

    jar = CookieJar(BrowserCookiePolicy())
    context = RequestContext(partition_key="https://top.example")
    jar.store_response(URL, ["a=1; Secure; Partitioned"], context=context)
    view = jar.for_domain("www.shop.example")

    view["a"] = "new"

    assert view["a"] == "new"
    assert [cookie.partition_key for cookie in jar] == ["https://top.example"]


def test_new_cookie_is_host_only_with_the_path_of_all(jar, view):
    """Nobody else gets it."""
    view["a"] = "1"

    (cookie,) = jar
    assert (cookie.host_only, cookie.path) == (True, "/")


def test_view_is_a_live_mapping(jar, view):
    """It holds nothing itself."""
    assert isinstance(view, MutableMapping)
    assert (len(view), list(view), "a" in view, view.get("a")) == (0, [], False, None)

    jar.store_response(URL, ["a=1", "b=2", "b=3; Path=/"])

    assert dict(view) == {"a": "1", "b": "2"}
    assert (len(view), view == {"a": "1", "b": "2"}, 1 in view) == (2, True, False)
    assert view.pop("a") == "1"
    assert view.setdefault("c", "4") == "4"
    view.update(b="5")
    assert dict(view) == {"b": "5", "c": "4"}
    view.clear()
    assert len(jar) == 0


def test_del_removes_all_of_a_name(jar, view):
    """On whichever path; KeyError if there is none."""
    jar.store_response(URL, ["a=1", "a=2; Path=/", "b=3"])

    del view["a"]

    assert list(view) == ["b"]
    with pytest.raises(KeyError):
        del view["a"]
    with pytest.raises(KeyError):
        view["a"]
    with pytest.raises(KeyError):
        view[1]


def test_refused_value_changes_nothing(jar, view):
    """Views check as `set` does."""
    view["a"] = "1"

    with pytest.raises(CookieRejected):
        view["a"] = "2; Domain=x"
    with pytest.raises(TypeError, match="value: expected a text"):
        view["a"] = 2

    assert view["a"] == "1"


def test_repr_has_names_and_no_values(view):
    """It ends in logs."""
    view["a"] = "SECRET"

    assert repr(view) == "<CookieView of www.shop.example: 'a'>"


def test_view_of_nothing_is_refused(jar):
    """At the door."""
    with pytest.raises(ValueError, match="url: expected an absolute"):
        jar.for_url("/path")
    with pytest.raises(ValueError, match="domain: 'a b' is no host name"):
        jar.for_domain("a b")
