"""What `set`, `from_dict` and `replace` store, refuse and say."""

from __future__ import annotations

import http.cookiejar
import pickle
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    CookieRejected,
    DefaultCookiePolicy,
    Limits,
    Reason,
)

NOW = 1_767_225_600
URL = "https://shop.example/account/login?next=/"
POLICIES = [
    pytest.param(DefaultCookiePolicy, id="default policy"),
    pytest.param(BrowserCookiePolicy, id="browser rules"),
]


@pytest.fixture(autouse=True)
def _stopped_clock():
    with mock.patch.object(time, "time", return_value=float(NOW)):
        yield


@pytest.fixture(params=POLICIES)
def jar(request):
    return CookieJar(request.param())


def names(reasons):
    return {reason.name for reason in reasons}


def refusal(jar, *arguments, **named):
    before = [repr(cookie) for cookie in jar]
    with pytest.raises(CookieRejected) as caught:
        jar.set(*arguments, **named)
    assert [repr(cookie) for cookie in jar] == before
    return caught.value


def test_set_returns_the_cookie_as_it_is_stored(jar):
    """A program goes on with what there is, not with what it asked for."""
    cookie = jar.set("sid", "1", url=URL)

    assert list(jar) == [cookie]
    facts = (cookie.name, cookie.value, cookie.domain, cookie.host_only, cookie.path)
    assert facts == ("sid", "1", "shop.example", True, "/account")
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (False, False, "Lax")
    assert cookie.expires is None


@pytest.mark.parametrize(
    ("option", "attribute", "expected"),
    [
        ({"path": "/a"}, "path", "/a"),
        ({"domain": "shop.example"}, "domain", ".shop.example"),
        ({"domain": ".Shop.Example"}, "domain", ".shop.example"),
        ({"domain": "shop.example"}, "host_only", False),
        ({"secure": True}, "secure", True),
        ({"http_only": True}, "http_only", True),
        ({"same_site": "strict"}, "same_site", "Strict"),
        ({"same_site": "none"}, "same_site", "None"),
        ({"same_site": "no_restriction"}, "same_site", "None"),
        ({"same_site": "None"}, "secure", True),
        ({"same_site": "unspecified"}, "same_site", None),
        ({"same_site": None}, "same_site", None),
        ({"max_age": 60}, "expires", NOW + 60),
        ({"max_age": timedelta(hours=1)}, "expires", NOW + 3600),
        ({"expires": NOW + 7}, "expires", NOW + 7),
        ({"expires": NOW + 7.9}, "expires", NOW + 7),
        ({"expires": datetime(2026, 2, 1, tzinfo=UTC)}, "expires", NOW + 31 * 86400),
        ({"expires": datetime(2026, 2, 1)}, "expires", NOW + 31 * 86400),
        ({"expires": timedelta(days=31)}, "expires", NOW + 31 * 86400),
        ({"expires": "2026-02-01"}, "expires", NOW + 31 * 86400),
        ({"expires": "1 February 2026 01:00 +01:00"}, "expires", NOW + 31 * 86400),
    ],
)
def test_option_is_stored(jar, option, attribute, expected):
    """Each option of Electron's `cookies.set` has its place in the cookie."""
    cookie = jar.set("a", "1", url=URL, **option)

    assert getattr(cookie, attribute) == expected


def test_partitioned_cookie_is_in_the_partition_of_its_site():
    """CHIPS 2.1; under browser rules alone."""
    jar = CookieJar(BrowserCookiePolicy())

    cookie = jar.set("a", "1", url=URL, partitioned=True, secure=True)

    assert cookie.partition_key == "https://shop.example"


@pytest.mark.parametrize(
    "option",
    [
        {"expires": NOW},
        {"expires": 0},
        {"expires": -5},
        {"expires": datetime(1, 1, 1)},
        {"expires": "1999-01-01"},
        {"max_age": 0},
        {"max_age": -1},
        {"max_age": -1e9},
        {"max_age": timedelta(seconds=-1)},
    ],
    ids=repr,
)
def test_moment_that_has_passed_removes_the_cookie(jar, option):
    """As from a server, and as in Electron: 0 is 1970."""
    jar.set("a", "1", url=URL)

    jar.set("a", "2", url=URL, **option)

    assert len(jar) == 0


def test_cookie_is_replaced_by_its_key(jar):
    """Domain, path and name; not by name alone."""
    jar.set("a", "1", url=URL, path="/")
    jar.set("a", "2", url=URL, path="/x")
    jar.set("a", "3", url=URL, path="/")

    assert sorted((cookie.path, cookie.value) for cookie in jar) == [("/", "3"), ("/x", "2")]


@pytest.mark.parametrize(
    ("host", "browser_domain", "default_domain"),
    [
        ("localhost", "localhost", "localhost.local"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]", "[::1].local"),
        ("printer", "printer", "printer.local"),
    ],
)
@pytest.mark.parametrize("given_as", ["url", "domain", "both"])
def test_host_without_subdomains_gets_a_host_only_cookie(
    host, browser_domain, default_domain, given_as
):
    """An address, and a name without a dot, can be named as a domain; there is nothing below it."""
    named = {"url": f"https://{host}/", "domain": host}
    if given_as != "both":
        named = {given_as: named[given_as]}
    expected = {BrowserCookiePolicy: browser_domain, DefaultCookiePolicy: default_domain}
    for policy, domain in expected.items():
        jar = CookieJar(policy())

        cookie = jar.set("a", "1", **named)

        assert (cookie.domain, cookie.host_only) == (domain, True)
        assert jar.cookie_header(f"https://{host}/") == "a=1"
        assert jar.for_domain(host) == {"a": "1"}


def test_port_does_not_count(jar):
    """RFC 6265bis 8.5."""
    jar.set("a", "1", url="https://shop.example:8443/")

    assert jar.cookie_header("https://shop.example/") == "a=1"


def test_international_name_is_found_again(jar):
    """As the caller spells it."""
    url = "https://b\xfccher.example/"

    jar.set("a", "1", url=url)

    assert jar.for_url(url) == {"a": "1"}
    assert jar.cookie_header(url) == "a=1"


def test_international_domain_is_stored_as_a_labels():
    """RFC 6265bis 5.1.2."""
    jar = CookieJar(BrowserCookiePolicy())

    cookie = jar.set("a", "1", domain="B\xfccher.example")

    assert cookie.domain == ".xn--bcher-kva.example"
    assert jar.cookie_header("https://www.xn--bcher-kva.example/") == "a=1"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((b"a", "1", {"url": URL}), TypeError, "name: expected a text, got bytes"),
        (("a", 1, {"url": URL}), TypeError, "value: expected a text, got int"),
        (("a", None, {"url": URL}), TypeError, "value: expected a text, got NoneType"),
        (("a", "1", {"url": URL, "path": 1}), TypeError, "path: expected a text or None, got int"),
        (("a", "1", {"url": 1}), TypeError, "url"),
        (("a", "1", {"url": URL, "domain": 1}), TypeError, "domain: expected a text or None"),
        (("a", "1", {"url": URL, "same_site": 1}), TypeError, "same_site: expected a text or None"),
        (("a", "1", {"url": URL, "expires": True}), TypeError, "expires: expected a number"),
        (("a", "1", {"url": URL, "expires": b"2027"}), TypeError, "expires: expected a number"),
        (("a", "1", {"url": URL, "max_age": "60"}), TypeError, "max_age: expected seconds or a"),
        (("a", "1", {"url": URL, "max_age": True}), TypeError, "max_age: expected seconds or a"),
        (
            ("a", "1", {"url": URL, "max_age": datetime(2027, 1, 1)}),
            TypeError,
            "max_age: expected seconds or a timedelta, got datetime",
        ),
        (("a", "1", {"url": URL, "colour": "red"}), TypeError, "colour"),
        (("a", "1", {}), ValueError, "a cookie belongs to a host: give url='https://"),
        (("a", "1", {"url": "shop.example"}), ValueError, "url: expected an absolute"),
        (("a", "1", {"url": "ftp://shop.example/"}), ValueError, "url: expected an absolute"),
        (("a", "1", {"domain": "a b"}), ValueError, "domain: 'a b' is no host name"),
        (("a", "1", {"domain": ""}), ValueError, "domain: '' is no host name"),
        (("a", "1", {"domain": "::1"}), ValueError, "domain: '::1' is no host name"),
        (
            ("a", "1", {"url": URL, "same_site": "medium"}),
            ValueError,
            "same_site: 'medium' is none of 'Strict', 'Lax'",
        ),
        (("a", "1", {"url": URL, "expires": "soon"}), ValueError, "expires: cannot read 'soon'"),
        (("a", "1", {"url": URL, "expires": float("nan")}), ValueError, "expires: expected a mom"),
        (("a", "1", {"url": URL, "expires": 1e18}), ValueError, "expires: expected a moment"),
        (("a", "1", {"url": URL, "max_age": float("inf")}), ValueError, "max_age: inf seconds"),
        (("a", "1", {"url": URL, "max_age": float("nan")}), ValueError, "max_age: nan seconds"),
        (("a", "1", {"url": URL, "max_age": 1e300}), ValueError, r"max_age: 1e\+300 seconds"),
        (
            ("a", "1", {"url": URL, "max_age": 1, "expires": NOW}),
            ValueError,
            "give expires or max_age, not both",
        ),
    ],
    ids=lambda value: repr(value) if isinstance(value, tuple) else "",
)
def test_wrong_argument_is_refused_at_the_door(jar, arguments, error, message):
    """A mistake of the program is no refusal of the policy; nothing changes."""
    name, value, named = arguments

    with pytest.raises(error, match=message) as caught:
        jar.set(name, value, **named)

    assert not isinstance(caught.value, CookieRejected)
    assert len(jar) == 0


@pytest.mark.parametrize(
    ("named", "default", "browser"),
    [
        pytest.param(
            {"name": "a;b"}, {"DISALLOWED_CHARACTER"}, {"DISALLOWED_CHARACTER"}, id="; in the name"
        ),
        pytest.param(
            {"name": "a=b"}, {"DISALLOWED_CHARACTER"}, {"DISALLOWED_CHARACTER"}, id="= in the name"
        ),
        pytest.param(
            {"value": "1; Secure"},
            {"DISALLOWED_CHARACTER"},
            {"DISALLOWED_CHARACTER"},
            id="; in the value",
        ),
        pytest.param(
            {"value": "1\r\nX: y"},
            {"DISALLOWED_CHARACTER"},
            {"DISALLOWED_CHARACTER"},
            id="line break in the value",
        ),
        pytest.param(
            {"value": " 1"}, {"DISALLOWED_CHARACTER"}, {"DISALLOWED_CHARACTER"}, id="outer blank"
        ),
        pytest.param(
            {"value": "\u20ac"},
            {"DISALLOWED_CHARACTER"},
            {"DISALLOWED_CHARACTER"},
            id="beyond latin-1",
        ),
        pytest.param(
            {"name": "", "value": ""},
            {"NO_COOKIE_CONTENT"},
            {"NO_COOKIE_CONTENT"},
            id="neither name nor value",
        ),
        pytest.param({"name": ""}, {"NO_COOKIE_CONTENT"}, None, id="nameless"),
        pytest.param(
            {"name": "", "value": "a=b"},
            {"NO_COOKIE_CONTENT"},
            {"NAMELESS_WITH_EQUALS"},
            id="nameless, and would come back with a name",
        ),
        pytest.param({"path": "a"}, {"INVALID_PATH"}, {"INVALID_PATH"}, id="path without slash"),
        pytest.param({"path": "/a;b"}, {"INVALID_PATH"}, {"INVALID_PATH"}, id="; in the path"),
        pytest.param(
            {"path": "/" + "a" * 1024}, {"INVALID_PATH"}, {"INVALID_PATH"}, id="path is too long"
        ),
        pytest.param(
            {"domain": "other.example"}, {"DOMAIN_MISMATCH"}, {"INVALID_DOMAIN"}, id="other domain"
        ),
        pytest.param(
            {"domain": "co.uk", "url": "https://shop.co.uk/"},
            None,
            {"PUBLIC_SUFFIX"},
            id="public suffix",
        ),
        pytest.param(
            {"url": "http://shop.example/", "secure": True}, None, {"SECURE_ONLY"}, id="no https"
        ),
        pytest.param(
            {"url": "http://shop.example/", "same_site": "None"},
            None,
            {"SECURE_ONLY"},
            id="SameSite=None is Secure",
        ),
        pytest.param(
            {"same_site": "None", "secure": False},
            None,
            {"SAME_SITE_NONE_INSECURE"},
            id="SameSite=None and not Secure",
        ),
        pytest.param({"partitioned": True}, None, {"INVALID_PARTITIONED"}, id="Partitioned"),
        pytest.param({"name": "__Host-a"}, None, {"INVALID_PREFIX"}, id="__Host- without Secure"),
        pytest.param(
            {"value": "v" * 4096}, None, {"NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE"}, id="too long"
        ),
        pytest.param(
            {
                "name": "__Host-a",
                "value": "1;",
                "path": "x",
                "domain": "co.uk",
                "same_site": "None",
                "secure": False,
                "partitioned": True,
            },
            {"DISALLOWED_CHARACTER", "INVALID_PATH", "DOMAIN_MISMATCH", "COUNTRY"},
            {
                "DISALLOWED_CHARACTER",
                "INVALID_PATH",
                "INVALID_PREFIX",
                "PUBLIC_SUFFIX",
                "INVALID_DOMAIN",
                "SAME_SITE_NONE_INSECURE",
                "INVALID_PARTITIONED",
            },
            id="many faults at once",
        ),
    ],
)
def test_refusal_lists_every_reason(named, default, browser):
    """Who mends the first fault should not have to come back for the second."""
    arguments = {"name": "a", "value": "1", "url": URL, **named}
    if default is not None:
        default = default - {"COUNTRY"}
    for policy, reasons in ((DefaultCookiePolicy, default), (BrowserCookiePolicy, browser)):
        jar = CookieJar(policy())
        if reasons is None:
            jar.set(**arguments)
            continue

        error = refusal(jar, **arguments)

        assert names(error.reasons) == reasons
        assert error.name == arguments["name"]


def test_refusal_reads_and_pickles():
    """Errors travel between processes, and say all reasons but no value."""
    jar = CookieJar(BrowserCookiePolicy())

    error = refusal(jar, "__Host-a", "SECRET;", url=URL, path="/x")
    again = pickle.loads(pickle.dumps(error))

    for each in (error, again):
        assert str(each).startswith(
            "cookie '__Host-a' was refused: DISALLOWED_CHARACTER: The field"
        )
        assert "INVALID_PREFIX" in str(each)
        assert "SECRET" not in str(each)
        assert each.reasons == (Reason.DISALLOWED_CHARACTER, Reason.INVALID_PREFIX)
        assert isinstance(each, ValueError)


@pytest.mark.parametrize("named", [{}, {"expires": 0}], ids=["replace", "remove"])
def test_http_only_cookie_is_guarded(jar, named):
    """A script must not fix a session; easily missed in Electron, so it is said (both policies)."""
    jar.store_response(URL, ["sid=1; HttpOnly; Path=/"])

    error = refusal(jar, "sid", "2", url=URL, path="/", **named)

    assert names(error.reasons) == {"OVERWRITE_HTTP_ONLY"}
    assert jar.set("sid", "2", url=URL, path="/", http_only=True, **named).value == "2"
    assert len(jar) == (0 if named else 1)


def test_http_only_cookie_that_has_ended_guards_nothing(jar):
    """What is not there cannot be overwritten."""
    jar.store_response(URL, ["sid=1; HttpOnly; Path=/; Max-Age=5"])
    time.time.return_value = NOW + 6.0

    assert jar.set("sid", "2", url=URL, path="/").value == "2"


def test_secure_cookie_is_guarded_from_http():
    """RFC 6265bis 5.7 step 16."""
    jar = CookieJar(BrowserCookiePolicy())
    jar.set("sid", "1", url=URL, path="/", secure=True)

    error = refusal(jar, "sid", "2", url="http://shop.example/", path="/")

    assert names(error.reasons) == {"OVERWRITE_SECURE"}


def test_policy_of_your_own_is_asked():
    """Whatever decides about servers' cookies decides about a program's."""

    class Picky(DefaultCookiePolicy):
        def set_ok(self, cookie: Any, request: Any) -> bool:
            return cookie.name != "bad" and super().set_ok(cookie, request)

    jar = CookieJar(Picky())

    assert names(refusal(jar, "bad", "1", url=URL).reasons) == {"REFUSED_BY_POLICY"}
    assert jar.set("good", "1", url=URL).name == "good"


def test_jar_that_keeps_the_cookie_out_is_no_silent_success():
    """A subclass may have a `set_cookie` that drops some."""

    class NoAds(CookieJar):
        def set_cookie(self, cookie: Any) -> None:
            if cookie.name != "ad":
                super().set_cookie(cookie)

    assert names(refusal(NoAds(), "ad", "1", url=URL).reasons) == {"REFUSED_BY_POLICY"}


def test_limits_hold():
    """What is set by a program counts as what a server sets."""
    jar = CookieJar(BrowserCookiePolicy(limits=Limits(per_site=3, purge_site_to=2)))

    for number in range(9):
        jar.set(f"n{number}", "1", url=URL)

    assert len(jar) <= 3


pieces = st.text(st.sampled_from([*"ab01;=, \t\"'\\$%._-/\x00\r\n\x85\xa0\xe9\u20ac"]), max_size=12)
words = st.one_of(
    pieces, st.sampled_from(["expires", "version", "Path", "$Version", "__Host-a", "a b", "a,b"])
)


@given(
    words,
    pieces,
    st.sampled_from(
        [URL, "http://shop.example/a/b", "https://127.0.0.1/", "http://localhost/x", "wss://[::1]/"]
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "secure": st.booleans(),
            "http_only": st.booleans(),
            "same_site": st.sampled_from(["Strict", "Lax", "None", None]),
            "max_age": st.sampled_from([1, 60, 10**9]),
            "expires": st.sampled_from([NOW + 1, NOW + 5.5, "2027-01-31"]),
        },
    ),
)
@example("", "a=b", URL, {})
@example("expires", "Thu", URL, {})
@example("a", '"q"', URL, {})
def test_what_is_accepted_comes_back_unchanged(name, value, url, named):
    """A cookie is either refused or whole. Oracle: the round trip."""
    if "max_age" in named:
        named.pop("expires", None)
    with mock.patch.object(time, "time", return_value=float(NOW)):
        for policy in (DefaultCookiePolicy(), BrowserCookiePolicy(allow_nameless_equals=True)):
            jar = CookieJar(policy)
            try:
                cookie = jar.set(name, value, url=url, **named)
            except CookieRejected:
                assert len(jar) == 0
                continue

            assert (cookie.name, cookie.value) == (name, value)
            if cookie.secure and url.startswith("http:") and not jar.cookie_header(url):
                continue  # the default policy lets it be set, and not be sent
            assert jar.for_url(url) == {name: value}
            assert jar.cookie_header(url) == (f"{name}={value}" if name else value)


paths = st.text(st.sampled_from([*'ab;=, "%/?#\x00\xe9']), max_size=6).map("/".__add__)


@given(paths)
@example("/a b")
@example('/"a"')
@example("/%7ea")
def test_path_is_stored_as_it_was_given(path):
    """Or the cookie would be on another one. Oracle: the standard library's escapes, for its policy."""
    for policy in (DefaultCookiePolicy(), BrowserCookiePolicy()):
        jar = CookieJar(policy)
        classic = isinstance(policy, DefaultCookiePolicy)
        try:
            cookie = jar.set("a", "1", url="https://shop.example/", path=path)
        except CookieRejected:
            continue

        assert cookie.path == (http.cookiejar.escape_path(path) if classic else path)


# from_dict and replace


def test_from_dict_makes_session_cookies_of_one_host(jar):
    """Never cookies that go to every host, as httpr's do."""
    made = CookieJar.from_dict({"a": "1", "b": "2"}, url=URL, policy=jar._policy)

    assert made.cookie_header("https://shop.example/") == "a=1; b=2"
    assert made.cookie_header("https://other.example/") is None
    assert made.cookie_header("https://www.shop.example/elsewhere") in (None, "a=1; b=2")
    assert all(cookie.expires is None and cookie.path == "/" for cookie in made)


def test_from_dict_for_a_domain_reaches_its_subdomains(jar):
    """The other scope there is."""
    made = CookieJar.from_dict({"a": "1"}, domain="shop.example", policy=jar._policy)

    assert made.cookie_header("https://www.shop.example/x") == "a=1"


@pytest.mark.parametrize(
    ("cookies", "error", "message"),
    [
        ({"a": "1"}, ValueError, "give url="),
        ([("a", "1")], TypeError, "cookies: expected names and values, got list"),
        ({"a": 1}, TypeError, "value: expected a text"),
    ],
    ids=["neither URL nor domain", "a list", "a number"],
)
def test_from_dict_says_what_is_wrong(cookies, error, message):
    """Without a host there is nobody to send them to."""
    with pytest.raises(error, match=message):
        CookieJar.from_dict(cookies)


def test_replace_takes_all_or_nothing(jar):
    """A jar that is half replaced belongs to two users."""
    jar.store_response(URL, ["sid=1; HttpOnly", "b=2"])
    before = [repr(cookie) for cookie in jar]

    with pytest.raises(CookieRejected):
        jar.replace({"a": "1", "b": "2;3"}, url=URL)
    with pytest.raises(TypeError):
        jar.replace({"a": "1", "b": 2}, url=URL)
    with pytest.raises(TypeError, match="cookies: expected cookies, got str"):
        jar.replace(["a"])
    assert [repr(cookie) for cookie in jar] == before

    jar.replace({"sid": "3"}, url=URL)
    assert jar.to_dict() == {"sid": "3"}


def test_replace_takes_cookies_as_they_are(jar):
    """As a backup has them; also the jar's own."""
    jar.store_response(URL, ["a=1", "b=2"])

    jar.replace(each for each in jar if each.name == "b")
    assert jar.to_dict() == {"b": "2"}

    (kept,) = jar
    jar.replace([kept])
    assert list(jar) == [kept]
    assert isinstance(kept, Cookie)

    jar.replace({})
    assert len(jar) == 0


def test_refusal_lists_what_the_policy_says_beside_the_http_only_guard():
    """Who mends one reason must not meet the next one then."""
    policy = DefaultCookiePolicy()
    jar = CookieJar(policy)
    jar.set("sid", "1", url="https://shop.example/", http_only=True)
    policy.set_blocked_domains(["shop.example"])

    with pytest.raises(CookieRejected) as caught:
        jar.set("sid", "mine", url="https://shop.example/")

    assert {reason.name for reason in caught.value.reasons} == {
        "DOMAIN_BLOCKED",
        "OVERWRITE_HTTP_ONLY",
    }
