"""Who asks, and from where: RequestContext, as argument and as attribute of a request."""

from __future__ import annotations

import pickle
import urllib.request

import pytest

from cookietin import BrowserCookiePolicy, CookieJar, DefaultCookiePolicy, Reason, RequestContext

SHOP = "https://shop.test/"
FIELDS = [
    "strict=1; SameSite=Strict",
    "lax=1; SameSite=Lax",
    "plain=1",
    "none=1; SameSite=None; Secure",
]
ELSEWHERE = "https://news.test/article"


@pytest.fixture
def jar():
    jar = CookieJar(policy=BrowserCookiePolicy(public_suffixes=["test"]))
    jar.store_response(SHOP, FIELDS)
    return jar


@pytest.mark.parametrize(
    ("context", "sent"),
    [
        pytest.param(None, "strict lax plain none", id="a user typed the address"),
        pytest.param(RequestContext(), "strict lax plain none", id="nobody asks"),
        pytest.param(
            RequestContext(site_for_cookies="https://www.shop.test:8443/"),
            "strict lax plain none",
            id="a subdomain on another port is same-site",
        ),
        pytest.param(
            RequestContext(site_for_cookies="http://shop.test"), "lax plain none", id="schemeful"
        ),
        pytest.param(RequestContext(site_for_cookies=ELSEWHERE), "lax plain none", id="a link"),
        pytest.param(RequestContext("HEAD", ELSEWHERE), "lax plain none", id="another safe method"),
        pytest.param(RequestContext("POST", ELSEWHERE), "none", id="a form"),
        pytest.param(RequestContext("GET", ELSEWHERE, top_level=False), "none", id="an image"),
        pytest.param(RequestContext("GET", "null", top_level=False), "none", id="an opaque origin"),
        pytest.param(
            RequestContext("GET", ELSEWHERE, http_api=False), "none", id="a script of another site"
        ),
        pytest.param(
            RequestContext("GET", "wss://shop.test"),
            "strict lax plain none",
            id="a WebSocket's page",
        ),
    ],
)
def test_what_goes_along(jar, context, sent):
    """Strict never crosses sites, Lax by safe top-level navigation alone (5.8.3)."""
    expected = "; ".join(f"{name}=1" for name in sent.split())

    assert jar.cookie_header(SHOP, context=context) == expected


def test_lax_allowing_unsafe(monkeypatch):
    """Log-in by a form of another site: the fresh cookie without SameSite goes along for 120 s."""
    now = 1_767_225_600
    monkeypatch.setattr("time.time", lambda: now)
    policy = BrowserCookiePolicy(lax_allowing_unsafe=True, public_suffixes=["test"])
    jar = CookieJar(policy=policy)
    jar.store_response(SHOP, FIELDS)
    form = RequestContext("POST", ELSEWHERE)

    assert jar.cookie_header(SHOP, context=form) == "plain=1; none=1"
    now -= 60  # a clock that was set back makes no cookie fresh for ever
    assert jar.cookie_header(SHOP, context=form) == "none=1"
    now += 60 + 120
    jar.store_response(SHOP, ["plain=1"])  # set again; that does not make it fresh
    assert jar.cookie_header(SHOP, context=form) == "plain=1; none=1"
    now += 1
    assert jar.cookie_header(SHOP, context=form) == "none=1"


def test_setting_from_another_site():
    """An image of another site sets none but None; any navigation sets all (5.7 step 18)."""
    jar = CookieJar(policy=BrowserCookiePolicy(public_suffixes=["test"]))

    image = jar.store_response(
        SHOP, FIELDS, context=RequestContext("GET", ELSEWHERE, top_level=False)
    )
    form = jar.store_response(SHOP, FIELDS, context=RequestContext("POST", ELSEWHERE))

    assert [decision.reasons for decision in image] == [
        (Reason.SAME_SITE_STRICT,),
        (Reason.SAME_SITE_LAX,),
        (Reason.SAME_SITE_UNSPECIFIED_TREATED_AS_LAX,),
        (),
    ]
    assert all(decision.allowed for decision in form)
    script = RequestContext("GET", ELSEWHERE, http_api=False)  # no navigation
    decisions = jar.store_response(SHOP, FIELDS, context=script)
    assert [decision.allowed for decision in decisions] == [False, False, False, True]


def test_http_only_is_not_for_scripts(jar):
    """A script neither sees, sets nor replaces them (5.7 steps 15 and 23)."""
    script = RequestContext(http_api=False)
    jar.store_response(SHOP, ["sid=1; HttpOnly"])

    replaced, made, other = jar.store_response(
        SHOP, ["sid=2", "made=1; HttpOnly", "other=1"], context=script
    )

    assert replaced.reasons == (Reason.OVERWRITE_HTTP_ONLY,)
    assert made.reasons == (Reason.HTTP_ONLY,)
    assert other.allowed
    assert "sid" not in jar.cookie_header(SHOP, context=script)
    assert "sid=1" in jar.cookie_header(SHOP)


def test_context_of_a_urllib_request(jar):
    """The attribute does what the argument does."""
    request = urllib.request.Request(SHOP)
    request.cookie_context = RequestContext(site_for_cookies=ELSEWHERE, top_level=False)

    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "none=1"


def test_the_method_of_a_urllib_request_counts(jar):
    """A form is none the safer for a context that does not say so."""
    request = urllib.request.Request(SHOP, data=b"x=1")
    request.cookie_context = RequestContext(site_for_cookies=ELSEWHERE)

    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "none=1"
    # And the other way round.
    request = urllib.request.Request(SHOP)
    request.cookie_context = RequestContext("POST", ELSEWHERE)
    jar.add_cookie_header(request)
    assert request.get_header("Cookie") == "none=1"


def test_nothing_is_derived_from_unverifiable(jar):
    """urllib marks redirects so; 6265bis looks at the current URL alone."""
    request = urllib.request.Request(SHOP, origin_req_host="news.test", unverifiable=True)

    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "strict=1; lax=1; plain=1; none=1"


def test_the_default_policy_knows_no_sites():
    """A context changes nothing there; policies of one's own may look at it."""
    seen = []

    class Policy(DefaultCookiePolicy):
        def return_ok(self, cookie, request):
            seen.append(request.cookie_context)
            return super().return_ok(cookie, request)

    jar = CookieJar(policy=Policy())
    context = RequestContext("POST", ELSEWHERE, top_level=False)
    jar.store_response(SHOP, ["a=1; SameSite=Strict"], context=context)

    assert jar.cookie_header(SHOP, context=context) == "a=1"
    assert seen == [context]


def test_contexts_are_values():
    context = RequestContext("POST", ELSEWHERE, partition_key="https://top.test")

    assert context == RequestContext("POST", ELSEWHERE, partition_key="https://top.test")
    assert context != RequestContext("GET", ELSEWHERE, partition_key="https://top.test")
    assert len({context, pickle.loads(pickle.dumps(context))}) == 1
    assert eval(repr(context)) == context
    with pytest.raises(AttributeError, match="does not change"):
        context.method = "GET"
    with pytest.raises(AttributeError):
        del context.method


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"method": None}, TypeError, "method"),
        ({"site_for_cookies": 1}, TypeError, "site_for_cookies"),
        ({"site_for_cookies": "shop.test"}, ValueError, "https://shop.example"),
        ({"site_for_cookies": "https://"}, ValueError, "site_for_cookies"),
        ({"site_for_cookies": "https://[x"}, ValueError, "site_for_cookies"),
        ({"partition_key": "null"}, ValueError, "partition_key"),
        ({"partition_key": b"https://shop.test"}, TypeError, "partition_key"),
    ],
)
def test_wrong_contexts(arguments, error, words):
    with pytest.raises(error, match=words):
        RequestContext(**arguments)


def test_an_error_does_not_tell_path_and_query():
    """They may hold a secret."""
    with pytest.raises(ValueError, match="https") as caught:
        RequestContext(site_for_cookies="https:///path?token=secret")

    assert "secret" not in str(caught.value)


def test_wrong_context_of_a_call(jar):
    with pytest.raises(TypeError, match="RequestContext"):
        jar.cookie_header(SHOP, context="https://news.test")
    with pytest.raises(TypeError, match="RequestContext"):
        jar.store_response(SHOP, ["a=1"], context={})
    with pytest.raises(TypeError, match="RequestContext"):
        CookieJar().cookie_header(SHOP, context="https://news.test")
