"""What is stored under browser rules: keys, times, deletions, overwriting, partitions, files."""

from __future__ import annotations

import email.message
import http.cookiejar
import unittest.mock
import urllib.request

import pytest

import cookietin
from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    CookieSkippedWarning,
    LWPCookieJar,
    MozillaCookieJar,
    Reason,
    RequestContext,
)

NOW = 1_767_225_600
SHOP = "https://shop.test/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    class Clock:
        now = NOW

    monkeypatch.setattr("time.time", lambda: Clock.now)
    return Clock


def policy(**settings) -> BrowserCookiePolicy:
    return BrowserCookiePolicy(**{"public_suffixes": ["test"], **settings})


@pytest.fixture
def jar():
    return CookieJar(policy=policy())


def answer(*fields):
    """A response with these Set-Cookie fields."""

    class Response:
        def info(self):
            message = email.message.Message()
            for field in fields:
                message["Set-Cookie"] = field
            return message

    return Response()


# Keys and times


def test_host_only_and_domain_cookies_are_two(jar):
    """The flag is part of the key (5.7 step 23)."""
    jar.store_response(SHOP, ["a=1", "a=2; Domain=shop.test"])

    assert jar.cookie_header(SHOP) == "a=1; a=2"
    assert jar.cookie_header("https://www.shop.test/") == "a=2"
    assert [cookie.host_only for cookie in jar] == [True, False]


def test_creation_time_is_kept_on_update(jar, clock):
    """So that an updated cookie keeps its place in the field (5.7 step 23)."""
    jar.store_response(SHOP, ["a=1", "b=1"])
    clock.now += 100
    jar.store_response(SHOP, ["a=2"])

    assert jar.cookie_header(SHOP) == "a=2; b=1"
    first, second = jar
    assert (first.creation_time, first.last_access_time) == (NOW, NOW + 100)
    assert first.creation_time < second.creation_time < NOW + 1


def test_creation_time_is_forgotten_on_deletion(jar):
    jar.store_response(SHOP, ["a=1", "b=1", "a=; Max-Age=0", "a=2"])

    assert jar.cookie_header(SHOP) == "b=1; a=2"


def test_creation_time_is_forgotten_on_expiry(jar, clock):
    """A stale cookie counts as none, even before the sweep has come by (E4)."""
    jar.store_response(SHOP, ["a=1; Max-Age=5", "b=1"])
    clock.now += 5
    jar.store_response(SHOP, ["a=2"])

    assert jar.cookie_header(SHOP) == "b=1; a=2"


def test_last_access_time_is_that_of_sending(jar, clock):
    jar.store_response(SHOP, ["a=1", "b=1; Path=/b"])
    clock.now += 60
    jar.cookie_header(SHOP)

    assert {cookie.name: cookie.last_access_time for cookie in jar} == {"a": NOW + 60, "b": NOW}


def test_order_by_path_then_age_across_domains(jar):
    """By the length of the path, not by its segments, and not by domain (5.8.3)."""
    jar.store_response(SHOP, ["1=x; Domain=shop.test; Path=/"])
    jar.store_response("https://www.shop.test/", ["2=x; Path=/long", "3=x; Path=/"])
    jar.store_response(SHOP, ["4=x; Domain=shop.test; Path=/long/er", "5=x; Domain=shop.test"])

    assert jar.cookie_header("https://www.shop.test/long/er") == "4=x; 2=x; 1=x; 3=x; 5=x"


def test_set_and_deletion_in_one_response_end_deleted(jar):
    """One field after the other; CPython deletes while it parses and then stores."""
    set_, deleted = jar.store_response(SHOP, ["a=1; Path=/", "a=; Path=/; Max-Age=0"])

    assert set_.allowed
    assert deleted.removed
    assert list(jar) == []


def test_the_same_through_extract_cookies(jar):
    request = urllib.request.Request(SHOP)
    jar.extract_cookies(answer("a=1; Path=/", "b=1", "a=; Path=/; Max-Age=0"), request)
    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "b=1"


def test_a_folded_field_is_read_as_one_line(jar):
    """HTTP/1.1 clients hand the line break over; browsers never see it (RFC 9112 5.2)."""
    jar.extract_cookies(answer("a=1;\r\n Secure;\r\n\tPath=/x"), urllib.request.Request(SHOP))

    (cookie,) = jar
    assert (cookie.secure, cookie.path) == (True, "/x")


# Secure cookies over http


@pytest.mark.parametrize("secure_domain", ["", "; Domain=shop.test"])
@pytest.mark.parametrize("new_domain", ["", "; Domain=shop.test"])
@pytest.mark.parametrize(
    ("path", "refused"), [("/login", True), ("/login/en", True), ("/", False), ("/loginx", False)]
)
def test_secure_cookies_are_left_alone(jar, secure_domain, new_domain, path, refused):
    """/login Secure guards /login and below it, not above (5.7 step 16)."""
    jar.store_response(SHOP, [f"a=1; Secure; Path=/login{secure_domain}"])

    decision = jar.store_response("http://shop.test/", [f"a=2; Path={path}{new_domain}"])[0]

    assert decision.reasons == ((Reason.OVERWRITE_SECURE,) if refused else ())


@pytest.mark.parametrize(
    ("secure", "new"),
    [
        pytest.param("https://shop.test/", "http://www.shop.test/", id="from below"),
        pytest.param("https://www.shop.test/", "http://shop.test/", id="from above"),
    ],
)
def test_secure_cookies_of_relatives_are_left_alone(jar, secure, new):
    """Either domain may domain-match the other."""
    jar.store_response(secure, ["a=1; Secure; Path=/"])

    assert jar.store_response(new, ["a=2"])[0].reasons == (Reason.OVERWRITE_SECURE,)
    assert jar.store_response("http://other.test/", ["a=2"])[0].allowed


def test_secure_cookies_are_not_deleted_over_http(jar):
    jar.store_response(SHOP, ["a=1; Secure; Path=/"])

    decision = jar.store_response("http://shop.test/", ["a=; Max-Age=0; Path=/"])[0]

    assert decision.reasons == (Reason.OVERWRITE_SECURE,)
    assert jar.cookie_header(SHOP) == "a=1"


def test_an_expired_secure_cookie_guards_nothing(jar, clock):
    jar.store_response(SHOP, ["a=1; Secure; Path=/; Max-Age=5"])
    clock.now += 5

    assert jar.store_response("http://shop.test/", ["a=2"])[0].allowed


def test_secure_cookies_are_left_alone_by_every_door():
    """`set_cookie_if_ok`, and a jar with a `make_cookies` of its own."""

    class Own(CookieJar):
        def make_cookies(self, response, request):
            return super().make_cookies(response, request)

    jar = Own(policy=policy())
    jar.store_response(SHOP, ["a=1; Secure; Path=/"])
    request = urllib.request.Request("http://shop.test/")

    jar.set_cookie_if_ok(a_cookie(value="2"), request)
    jar.extract_cookies(answer("a=3", "a=; Max-Age=0"), request)

    assert jar.cookie_header(SHOP) == "a=1"


def test_secure_cookies_that_a_program_put_in_are_left_alone(jar):
    """What was remembered about the dict is checked against it."""
    jar.store_response("http://x.shop.test/", ["x=1"])
    for host in ("b.shop.test", "shop.test"):
        jar._cookies[host] = {"/": {"a": a_cookie(domain=host, secure=True)}}

    for host in ("b.shop.test", "shop.test", "c.b.shop.test"):
        decision = jar.store_response(f"http://{host}/", ["a=2"])[0]
        assert decision.reasons == (Reason.OVERWRITE_SECURE,)


# Partitions

TOP = RequestContext(partition_key="https://www.top.test/page")
OTHER = RequestContext(partition_key="https://other.test")
PARTITIONED = "; Secure; Partitioned; Path=/"


@pytest.fixture
def partitioned(jar):
    jar.store_response(SHOP, ["a=plain; Path=/"])
    jar.store_response(SHOP, ["a=top" + PARTITIONED], context=TOP)
    jar.store_response(SHOP, ["a=other" + PARTITIONED], context=OTHER)
    return jar


def test_partitions_are_stored_apart(partitioned):
    """By the site of the top-level document; cookies without the attribute go everywhere."""
    assert partitioned.cookie_header(SHOP) == "a=plain"
    assert partitioned.cookie_header(SHOP, context=TOP) == "a=plain; a=top"
    assert partitioned.cookie_header(SHOP, context=OTHER) == "a=plain; a=other"
    assert [cookie.partition_key for cookie in partitioned] == [
        None,
        "https://top.test",
        "https://other.test",
    ]
    assert len(partitioned) == 3


def test_partitioned_without_a_context_is_a_cookie_like_others(jar):
    assert jar.store_response(SHOP, ["a=1; Secure; Partitioned"])[0].allowed
    assert jar.store_response(SHOP, ["b=1; Partitioned"])[0].reasons == (
        Reason.INVALID_PARTITIONED,
    )
    assert jar.cookie_header(SHOP, context=TOP) == "a=1"


def test_deletion_stays_within_its_partition(partitioned):
    partitioned.store_response(SHOP, ["a=; Max-Age=0" + PARTITIONED], context=TOP)
    assert partitioned.cookie_header(SHOP, context=TOP) == "a=plain"
    assert partitioned.cookie_header(SHOP, context=OTHER) == "a=plain; a=other"

    partitioned.store_response(SHOP, ["a=; Max-Age=0; Path=/"])
    assert partitioned.cookie_header(SHOP, context=OTHER) == "a=other"


@pytest.mark.parametrize("arguments", [(), ("shop.test",), ("shop.test", "/")])
def test_clear_reaches_all_partitions(partitioned, arguments):
    """A program that clears a domain means whatever the domain has stored."""
    partitioned.clear(*arguments)

    assert list(partitioned) == []
    with pytest.raises(KeyError, match=r"nowhere\.test"):
        partitioned.clear("nowhere.test")


def test_clearing_cookie_after_cookie_clears_all(partitioned):
    """Programs loop so; by its name one goes at a time, that without a partition first."""
    for cookie in list(partitioned):
        partitioned.clear(cookie.domain, cookie.path, cookie.name)

    assert list(partitioned) == []
    with pytest.raises(KeyError):
        partitioned.clear("shop.test", "/", "a")


def test_clear_of_a_cookie_that_is_in_a_partition_alone(jar):
    jar.store_response(SHOP, ["a=1" + PARTITIONED], context=TOP)
    (cookie,) = jar

    jar.clear(cookie.domain, cookie.path, cookie.name)

    assert len(jar) == 0


def test_expired_cookies_of_partitions_are_swept(jar, clock):
    jar.store_response(SHOP, ["a=1; Max-Age=5" + PARTITIONED], context=TOP)
    clock.now += 5
    jar.cookie_header(SHOP)

    assert len(jar) == 0


def test_the_default_policy_sends_no_partitioned_cookies(partitioned):
    """It knows no partitions; a jar that changes its policy must not mix them."""
    partitioned.set_policy(cookietin.DefaultCookiePolicy())

    assert partitioned.cookie_header(SHOP) == "a=plain"


@pytest.mark.parametrize("kind", [MozillaCookieJar, LWPCookieJar])
def test_partitioned_cookies_are_not_saved_as_others(kind, tmp_path):
    """A file that cannot say to which partition they belong would send them everywhere."""
    jar = kind(tmp_path / "cookies", policy=policy())
    jar.store_response(SHOP, ["a=1; Max-Age=9" + PARTITIONED, "b=1; Max-Age=9"], context=TOP)

    with pytest.warns(CookieSkippedWarning, match="cookie 'a' of 'shop.test' .* partition"):
        jar.save()

    again = kind(tmp_path / "cookies", policy=policy())
    again.load()
    assert again.cookie_header(SHOP, context=TOP) == "b=1"


def test_expiry_of_one_leaves_its_namesakes(jar, clock):
    """Neither does the sweep raise when a cookie and its namesake in a partition end together."""
    jar.store_response(SHOP, ["a=1; Max-Age=5"])
    jar.store_response(SHOP, ["a=2; Max-Age=5" + PARTITIONED], context=TOP)
    jar.store_response(SHOP, ["a=3; Max-Age=99" + PARTITIONED], context=OTHER)
    clock.now += 9

    assert jar.cookie_header(SHOP) is None
    assert jar.cookie_header(SHOP, context=OTHER) == "a=3"
    jar.clear_session_cookies()
    assert len(jar) == 1


def test_a_session_cookie_goes_without_its_partitioned_namesake(jar):
    jar.store_response(SHOP, ["a=1"])
    jar.store_response(SHOP, ["a=2; Max-Age=99" + PARTITIONED], context=TOP)

    jar.clear_session_cookies()

    assert [cookie.value for cookie in jar] == ["2"]


@pytest.mark.parametrize("rules", [cookietin.DefaultCookiePolicy, policy])
def test_a_deletion_takes_no_partitioned_namesake(rules):
    """Not where a subclass watches `clear`, and not after a change of policy."""

    class Watched(CookieJar):
        def clear(self, domain=None, path=None, name=None):
            super().clear(domain, path, name)

    jar = Watched(policy=policy())
    jar.store_response(SHOP, ["a=1" + PARTITIONED], context=TOP)
    jar.set_policy(rules())
    jar.store_response(SHOP, ["a=; Max-Age=0; Path=/"])

    assert len(jar) == 1


def test_partitioned_cookies_in_a_jar_of_another_policy(partitioned):
    """Whatever way they came in, they keep their partition."""
    other = CookieJar()
    for cookie in partitioned:
        other.set_cookie(cookie)
    assert other.cookie_header(SHOP) == "a=plain"

    other.set_policy(policy())
    assert other.cookie_header(SHOP, context=TOP) == "a=plain; a=top"


def test_jars_that_are_merged_by_their_dicts(partitioned):
    """Programs do that; partitions are found there as well."""
    other = CookieJar(policy=policy())
    other.store_response("https://other.test/", ["b=1"])
    other._cookies.update(partitioned._cookies)

    assert other.cookie_header(SHOP, context=TOP) == "a=plain; a=top"
    for cookie in list(other):
        other.clear(cookie.domain, cookie.path, cookie.name)
    assert len(other) == 0


def test_lists_of_domains_hold_in_partitions():
    """They are asked about the domain, not about where it is filed."""
    news = RequestContext(partition_key="https://news.example")
    jar = CookieJar(policy=policy(allowed_domains=["shop.test"], blocked_domains=[".example"]))
    jar.store_response(SHOP, ["a=1" + PARTITIONED], context=news)

    assert jar.cookie_header(SHOP, context=news) == "a=1"


# Files


@pytest.mark.parametrize("kind", [MozillaCookieJar, LWPCookieJar])
def test_what_a_file_keeps(kind, tmp_path):
    """Nameless and host-only cookies, Secure and the order come back."""
    jar = kind(tmp_path / "cookies", policy=policy())
    jar.store_response(
        SHOP, ["word", "a=1; Secure", "b=2; Domain=shop.test; Path=/x", "c=; HttpOnly"]
    )
    before = jar.cookie_header("https://shop.test/x/y")
    jar.save(ignore_discard=True)

    again = kind(tmp_path / "cookies", policy=policy())
    again.load(ignore_discard=True)

    assert again.cookie_header("https://shop.test/x/y") == before == "b=2; word; a=1; c="
    assert again.cookie_header("http://shop.test/") == "word; c="
    assert again.cookie_header("https://www.shop.test/x") == "b=2"
    assert [cookie.http_only for cookie in again if cookie.name == "c"] == [True]
    again.store_response(SHOP, ["other"])  # in place of the nameless one
    assert again.cookie_header(SHOP) == "other; a=1; c="


# Cookies that a program puts in


def a_cookie(**changes):
    arguments = {
        "version": 0, "name": "a", "value": "1", "port": None, "port_specified": False,
        "domain": "shop.test", "domain_specified": False, "domain_initial_dot": False, "path": "/",
        "path_specified": True, "secure": False, "expires": None, "discard": True, "comment": None,
        "comment_url": None, "rest": {},
    }  # fmt: skip
    return Cookie(**{**arguments, **changes})


def test_set_cookie_asks_no_policy(jar):
    """And the cookie gets its times."""
    jar.set_cookie(a_cookie(name="__Host-a", domain=".test", domain_specified=True))
    jar.set_cookie(a_cookie())

    assert [cookie.creation_time for cookie in jar] == [NOW, NOW + 0.000_001]
    assert jar.cookie_header(SHOP) == "a=1"  # .test is a public suffix (5.8.3)


def test_domain_cookies_filed_without_a_dot_are_domain_cookies(jar):
    """requests files them so."""
    jar.set_cookie(a_cookie(domain_specified=True))

    assert jar.cookie_header("https://www.shop.test/") == "a=1"


def test_cookies_changed_in_place_are_judged_as_they_are(jar, clock):
    """Programs hold on to cookies and write to them."""
    jar.store_response(SHOP, ["a=1"])
    (cookie,) = jar
    cookie.secure = True
    assert jar.cookie_header("http://shop.test/") is None
    cookie.domain = "other.test"
    assert jar.cookie_header(SHOP) is None
    cookie.domain, cookie.path = "shop.test", "/x"
    assert jar.cookie_header(SHOP) is None
    cookie.path, cookie.expires = "/", clock.now
    assert jar.cookie_header(SHOP) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "", "value": 5},
        {"value": None},
        {"_creation_time": "yesterday"},
        {"_last_access_time": "now"},
        {"_creation_time": float("inf")},
    ],
)
def test_odd_cookies_cost_nothing_but_themselves(jar, changes):
    """Programs write anything; neither asking nor storing raises."""
    cookie = a_cookie()
    for attribute, value in changes.items():
        setattr(cookie, attribute, value)
    jar.set_cookie(cookie)
    jar.set_policy(policy(limits=cookietin.Limits(per_site=2)))

    assert all(d.allowed for d in jar.store_response(SHOP, ["b=1", "c=1", "d=1; Path=/x"]))
    assert "c=1" in jar.cookie_header(SHOP)


def test_cookies_without_room_for_attributes(jar):
    """A foreign class with slots has no creation-time."""

    class Slotted:
        __slots__ = tuple(vars(a_cookie()))

        def is_expired(self, now=None):
            return False

    for _ in range(2):  # the second one takes the place of the first
        cookie = Slotted()
        for name, value in vars(a_cookie()).items():
            setattr(cookie, name, value)
        jar.set_cookie(cookie)

    assert jar.cookie_header(SHOP) == "a=1"


def test_cookies_of_the_standard_librarys_class_replace_each_other(jar, clock):
    """requests makes such cookies; the first one's creation-time is kept."""
    for value in "12":
        arguments = {**vars(a_cookie(value=value))}
        rest = arguments.pop("_rest")
        jar.set_cookie(http.cookiejar.Cookie(**arguments, rest=rest))
        clock.now += 5
    jar.set_cookie(a_cookie(expires=clock.now + 5))
    odd = a_cookie()
    odd.expires = "soon"
    jar.set_cookie(odd)

    assert [cookie.creation_time for cookie in jar] == [NOW]


def test_a_deletion_finds_a_domain_cookie_filed_without_a_dot(jar):
    jar.set_cookie(a_cookie(domain_specified=True))

    jar.store_response(SHOP, ["a=; Max-Age=0; Domain=shop.test; Path=/"])

    assert len(jar) == 0


def test_properties_follow_the_standard_attributes(jar):
    """One source of truth: a program changes those, and the rules see it."""
    jar.store_response(SHOP, ["a=1; samesite=lax; HTTPONLY"])
    (cookie,) = jar
    assert (cookie.same_site, cookie.http_only, cookie.host_only) == ("Lax", True, True)
    cookie._rest.clear()
    cookie.set_nonstandard_attr("SameSite", "Strict")
    cookie.domain, cookie.domain_specified = ".shop.test", True

    assert (cookie.same_site, cookie.http_only, cookie.host_only) == ("Strict", False, False)
    news = RequestContext(site_for_cookies="https://news.test")
    assert jar.cookie_header(SHOP, context=news) is None
    assert cookie.session
    cookie.expires = NOW + 10
    assert not cookie.session


@pytest.mark.parametrize(
    "name",
    [
        "host_only",
        "http_only",
        "same_site",
        "session",
        "creation_time",
        "last_access_time",
        "partition_key",
    ],
)
def test_property_is_read_only(jar, name):
    """Written, it would be a second truth beside `_rest`, `domain` and `expires`."""
    jar.store_response(SHOP, ["a=1"])
    (cookie,) = jar

    with pytest.raises(AttributeError):
        setattr(cookie, name, getattr(cookie, name))


# Policies of one's own


def test_a_rule_more(jar):
    class NoTrackers(BrowserCookiePolicy):
        def set_ok(self, cookie, request):
            return not cookie.name.startswith("_trk") and super().set_ok(cookie, request)

    jar.set_policy(NoTrackers(public_suffixes=["test"]))

    refused, kept, ours = jar.store_response(SHOP, ["_trk=1", "a=1", "__Host-b=1"])

    assert refused.reasons == (Reason.REFUSED_BY_POLICY,)
    assert kept.allowed
    assert ours.reasons == (Reason.INVALID_PREFIX,)


def test_a_rule_less(jar):
    """One more domain: what set_ok allows is stored, and return_ok says when it goes."""

    class Partner(BrowserCookiePolicy):
        def set_ok(self, cookie, request):
            return cookie.domain == ".partner.test" or super().set_ok(cookie, request)

    jar.set_policy(Partner(public_suffixes=["test"]))
    jar.store_response(SHOP, ["a=1; Domain=partner.test"])

    assert jar.cookie_header("https://www.partner.test/") == "a=1"
    assert jar.cookie_header(SHOP) is None


@pytest.mark.parametrize("method", ["return_ok", "domain_return_ok", "path_return_ok"])
def test_return_rules_can_be_replaced(jar, method):
    class Closed(BrowserCookiePolicy):
        pass

    setattr(Closed, method, lambda self, thing, request: False)
    jar.store_response(SHOP, ["a=1"])
    assert jar.cookie_header(SHOP) == "a=1"

    jar.set_policy(Closed(public_suffixes=["test"]))

    assert jar.cookie_header(SHOP) is None


@pytest.mark.parametrize("name", ["is_blocked", "is_not_allowed"])
def test_lists_of_domains_can_be_replaced_by_a_rule(jar, name):
    """Without a list as well."""

    class Closed(BrowserCookiePolicy):
        pass

    setattr(Closed, name, lambda self, domain: domain == "shop.test")
    jar.store_response(SHOP, ["a=1"])
    jar.set_policy(Closed(public_suffixes=["test"]))

    assert not jar.store_response(SHOP, ["b=1"])[0].allowed
    assert jar.cookie_header(SHOP) is None
    assert jar.store_response("https://other.test/", ["b=1"])[0].allowed


def test_a_policy_wrapped_by_delegation(jar, clock):
    """Programs wrap policies so; what the wrapper defines is asked."""

    class Wrapper:
        def __init__(self, inner):
            self.inner = inner

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def set_ok(self, cookie, request):
            return cookie.name != "b" and self.inner.set_ok(cookie, request)

    jar.set_policy(Wrapper(policy()))
    jar.store_response(SHOP, ["a=1; Max-Age=5; Max-Age=9", "b=1"])

    assert jar.cookie_header(SHOP) == "a=1"
    assert [cookie.expires for cookie in jar] == [NOW + 9]
    clock.now += 9
    assert jar.cookie_header(SHOP) is None


def test_a_policy_that_answers_for_any_attribute():
    """Mocks do; they get the standard library's way."""
    jar = CookieJar(policy=unittest.mock.Mock(rfc2965=False))
    jar.store_response(SHOP, ["a=1; Path=/"])

    assert jar.cookie_header(SHOP) == "a=1"


def test_subclasses_of_the_jar_are_asked():
    """set_cookie and clear are the doors that programs watch."""
    seen = []

    class Watched(CookieJar):
        def set_cookie(self, cookie):
            seen.append(cookie.name)
            super().set_cookie(cookie)

        def clear(self, domain=None, path=None, name=None):
            seen.append((domain, path, name))
            super().clear(domain, path, name)

    jar = Watched(policy=policy())
    jar.store_response(SHOP, ["a=1", "a=; Max-Age=0"])

    assert seen == ["a", ("shop.test", "/", "a")]
    assert len(jar) == 0


def test_make_cookies_makes_them_by_browser_rules(jar):
    made = jar.make_cookies(
        answer("word", "a=1; Path=/x; Path=/y", "\x01=1"), urllib.request.Request(SHOP)
    )

    assert [(cookie.name, cookie.value, cookie.path) for cookie in made] == [
        ("", "word", "/"),
        ("a", "1", "/y"),
    ]
    assert len(jar) == 0


@pytest.mark.parametrize(
    "url", ["http://a..b/", "http://x y/", "http://[1::2::3]/", "http://evil.test\\@shop.test/"]
)
def test_a_host_that_is_none_has_no_cookies(jar, url):
    """What a program hands over as request raises nothing (5.1.2)."""
    request = urllib.request.Request(SHOP)
    request.get_full_url = lambda: url

    jar.extract_cookies(answer("a=1"), request)
    jar.add_cookie_header(request)

    assert len(jar) == 0
    assert not request.has_header("Cookie")


def test_non_ascii_host_of_a_urllib_request(jar):
    """urllib does not encode it; the jar does (C1)."""
    request = urllib.request.Request("http://bücher.test/")
    jar.extract_cookies(answer("a=1; Domain=xn--bcher-kva.test"), request)

    assert jar.cookie_header("http://www.xn--bcher-kva.test/") == "a=1"
    jar.add_cookie_header(request)
    assert request.get_header("Cookie") == "a=1"


def test_a_backslash_ends_no_host(jar):
    """Browsers end the host there, some clients at the "@" behind it."""
    with pytest.raises(ValueError, match="host"):
        jar.cookie_header("http://evil.test\\@shop.test/")


def test_a_path_with_half_a_surrogate_pair(jar):
    jar.store_response("http://shop.test/\udcff/x", ["a=1"])

    assert jar.cookie_header("http://shop.test/\udcff/y") == "a=1"


def test_domains_are_lower_cased_as_ascii(jar):
    """The Kelvin sign is no k, even where a client has decoded a field as UTF-8."""
    decision = jar.store_response("http://bank.test/", ["a=1; Domain=ban\u212a.test"])[0]

    assert decision.reasons == (Reason.INVALID_DOMAIN,)
