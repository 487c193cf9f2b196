"""Every setting of BrowserCookiePolicy relaxes or tightens what its documentation says."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from cookietin import (
    BrowserCookiePolicy,
    CookieJar,
    DefaultCookiePolicy,
    Limits,
    PublicSuffixes,
    Reason,
    RequestContext,
)

NOW = 1_767_225_600


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr("time.time", lambda: NOW)


def jar(**settings) -> CookieJar:
    settings.setdefault("public_suffixes", ["test"])
    return CookieJar(policy=BrowserCookiePolicy(**settings))


def reasons(jar, url, field, context=None):
    return jar.store_response(url, [field], context=context)[0].reasons


@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1:8000", True),
        ("127.8.9.1", True),
        ("[::1]:8000", True),
        ("10.0.0.1", False),
        ("localhost.test", False),
    ],
)
def test_trust_loopback(host, trusted):
    """A developer's http server sets Secure cookies, as in browsers; no other host does."""
    expected = () if trusted else (Reason.SECURE_ONLY,)

    assert reasons(jar(), f"http://{host}/", "a=1; Secure") == expected
    assert reasons(jar(trust_loopback=False), f"http://{host}/", "a=1; Secure") == (
        Reason.SECURE_ONLY,
    )


@pytest.mark.parametrize("attribute", ["Max-Age=99999999", "Expires=Fri, 01 Jan 2100 00:00:00 GMT"])
@pytest.mark.parametrize(
    ("cap", "lifetime"),
    [(60, 60), (34_560_000, 34_560_000)],
)
def test_max_age_cap(attribute, cap, lifetime):
    """The cap holds for Max-Age and Expires alike (5.5)."""
    tin = jar(max_age_cap=cap)
    tin.store_response("http://shop.test/", [f"a=1; {attribute}"])

    assert [cookie.expires for cookie in tin] == [NOW + lifetime]


def test_no_max_age_cap():
    """Then a cookie lives as long as a date can say."""
    tin = jar(max_age_cap=None)
    tin.store_response("http://shop.test/", ["a=1; Max-Age=99999999", f"b=1; Max-Age={'9' * 1000}"])

    assert [cookie.expires for cookie in tin] == [NOW + 99_999_999, 253_402_300_799]


def test_same_site_default():
    """Firefox sends cookies without SameSite cross-site, Chromium does not."""
    image = RequestContext(site_for_cookies="https://news.test", top_level=False)
    sent = []
    for default in ("Lax", "None"):
        tin = jar(same_site_default=default)
        tin.store_response("https://shop.test/", ["plain=1", "lax=1; SameSite=Lax"])
        sent.append(tin.cookie_header("https://shop.test/", context=image))

    assert sent == [None, "plain=1"]


def test_same_site_required():
    """Cookies that do not say what they are for are refused."""
    tin = jar(same_site_required=True)

    assert reasons(tin, "https://shop.test/", "a=1") == (Reason.SAME_SITE_REQUIRED,)
    assert reasons(tin, "https://shop.test/", "a=1; SameSite=x") == (Reason.SAME_SITE_REQUIRED,)
    assert reasons(tin, "https://shop.test/", "a=1; SameSite=lax") == ()


def test_allow_nameless_equals():
    """The draft takes them, browsers do not."""
    assert reasons(jar(), "http://shop.test/", "=a=b") == (Reason.NAMELESS_WITH_EQUALS,)
    tin = jar(allow_nameless_equals=True)
    assert reasons(tin, "http://shop.test/", "=a=b") == ()
    assert tin.cookie_header("http://shop.test/") == "a=b"


def test_secure_protocols():
    """A program behind a proxy of its own may call another scheme secure."""
    assert reasons(jar(secure_protocols=("http",)), "http://shop.test/", "a=1; Secure") == ()
    assert reasons(jar(secure_protocols=("http",)), "https://shop.test/", "a=1; Secure") == (
        Reason.SECURE_ONLY,
    )


def test_blocked_and_allowed_domains():
    """Entries mean what they mean to DefaultCookiePolicy."""
    tin = jar(blocked_domains=[".ads.test"])
    assert reasons(tin, "http://x.ads.test/", "a=1") == (Reason.DOMAIN_BLOCKED,)
    assert reasons(tin, "http://ads.test/", "a=1") == ()

    tin = jar(allowed_domains=["shop.test"])
    assert reasons(tin, "http://shop.test/", "a=1") == ()
    assert reasons(tin, "http://other.test/", "a=1") == (Reason.DOMAIN_NOT_ALLOWED,)
    tin._policy.set_blocked_domains(["shop.test"])
    assert tin.cookie_header("http://shop.test/") is None


def test_all_reasons_are_given():
    """Not the first one: a developer wants to mend a cookie once."""
    field = "__Host-a=1; Domain=other.test; SameSite=None; Partitioned"

    assert set(reasons(jar(), "http://shop.test/", field)) == {
        Reason.INVALID_DOMAIN,
        Reason.INVALID_PREFIX,
        Reason.SAME_SITE_NONE_INSECURE,
        Reason.INVALID_PARTITIONED,
    }
    field = "\x01" + "a" * 5000
    assert set(reasons(jar(), "http://shop.test/", field)) == {
        Reason.DISALLOWED_CHARACTER,
        Reason.NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE,
    }


def test_same_registrable_domain_is_asked_for():
    """amazonaws.com is no public suffix, but none of the site of a bucket under s3.amazonaws.com."""
    policy = BrowserCookiePolicy(public_suffixes=["com", "s3.amazonaws.com"])

    refused = reasons(
        CookieJar(policy=policy), "https://x.s3.amazonaws.com/", "a=1; Domain=amazonaws.com"
    )

    assert refused == (Reason.INVALID_DOMAIN,)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"max_age_cap": 0}, ValueError, "max_age_cap"),
        ({"max_age_cap": 1.5}, ValueError, "max_age_cap"),
        ({"same_site_default": "Strict"}, ValueError, "'Lax' or 'None'"),
        ({"limits": 180}, TypeError, "expected Limits or None, got int"),
        ({"public_suffixes": 5}, TypeError, "public_suffix"),
        ({"blocked_domains": "ads.test"}, TypeError, "expected a list of texts, got one text"),
        ({"allowed_domains": "ads.test"}, TypeError, "allowed_domains"),
        ({"secure_protocols": "https"}, TypeError, "secure_protocols"),
    ],
)
def test_wrong_settings_are_refused_at_the_door(settings, error, words):
    with pytest.raises(error, match=words):
        BrowserCookiePolicy(**settings)


def test_settings_may_be_assigned():
    """By the same checks as in the constructor."""
    policy = BrowserCookiePolicy()
    policy.limits = policy.max_age_cap = policy.public_suffixes = None
    policy.secure_protocols = ["https"]
    tin = CookieJar(policy=policy)

    assert reasons(tin, "wss://shop.test/", "a=1; Secure; Domain=shop.test") == (
        Reason.SECURE_ONLY,
    )
    for name, wrong in [("secure_protocols", "https"), ("limits", 5), ("public_suffixes", 5)]:
        with pytest.raises(TypeError):
            setattr(policy, name, wrong)
    with pytest.raises(ValueError, match="same_site_default"):
        policy.same_site_default = "Strict"


def test_a_policy_can_be_pickled():
    """A jar that goes to another process takes its policy along."""
    policy = BrowserCookiePolicy(limits=Limits(total=5), public_suffixes=["test"])

    again = pickle.loads(pickle.dumps(policy))

    assert again.limits == Limits(total=5)
    assert again.public_suffixes.registrable_domain("a.b.test") == "b.test"
    assert pickle.loads(pickle.dumps(BrowserCookiePolicy())).public_suffixes.version


def test_the_list_is_loaded_when_a_domain_asks_for_it():
    """Most programs never need it, and it takes 40 ms."""
    script = """
import sys
from cookietin import BrowserCookiePolicy, CookieJar
jar = CookieJar(policy=BrowserCookiePolicy())
jar.store_response("https://shop.test/", ["a=1; Path=/; Secure", "b=2"])
assert jar.cookie_header("https://shop.test/x") == "a=1; b=2"
assert "publicsuffix2" not in sys.modules
jar.store_response("https://shop.test/", ["c=3; Domain=shop.test"])
assert "publicsuffix2" in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_default_policy_imports_none_of_it():
    """A drop-in pays for what it replaces alone."""
    script = """
import sys, cookietin, cookietin.cookiejar
cookietin.MozillaCookieJar().store_response("https://shop.test/", ["a=1"])
loaded = [name for name in sys.modules if "browser" in name or "suffix" in name or "rfc6265" in name]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_version_of_the_list_is_visible():
    assert BrowserCookiePolicy().public_suffixes.version.startswith("20")


def test_a_list_of_ones_own():
    """A company may say that its customers' names are sites of their own."""
    suffixes = PublicSuffixes(["test", "customers.test"])
    tin = jar(public_suffixes=suffixes)

    refused = reasons(tin, "https://a.customers.test/", "a=1; Domain=customers.test")

    assert refused == (Reason.PUBLIC_SUFFIX,)
    assert tin._policy.public_suffixes is suffixes


def test_the_default_policy_stays_the_default():
    assert type(CookieJar()._policy) is DefaultCookiePolicy
