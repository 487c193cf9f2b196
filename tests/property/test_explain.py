"""What `explain` and `explain_set` say is what the jar does, and asking changes nothing.

Oracles: the documented steps `_cookies_for_request` and `_cookie_attrs` for what is sent,
`store_response` on a copy of the jar for what is stored, and the list of what was broken on purpose for
"all reasons".
"""

from __future__ import annotations

import http.cookiejar
from collections.abc import Callable
from typing import Any

import browser_traffic
import pytest
import random_policies as policies
import random_traffic as scripts
from browser_traffic import NOW, clock_at
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from test_short_walks import changes, cookies, play

import cookietin.cookiejar as ours
from cookietin import Limits, PublicSuffixes, RequestContext
from cookietin.collection import index_of
from cookietin.context import UrlRequest
from cookietin.cookie_header import is_broken

SUFFIXES = PublicSuffixes(browser_traffic.SUFFIXES)


class Picky(http.cookiejar.CookiePolicy):
    """A policy of the old style, which says yes or no to a cookie and knows nothing else."""

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return cookie.name != "b"

    def return_ok(self, cookie: Any, request: Any) -> bool:
        return cookie.value != "2" and cookie.path in request.get_full_url()


class OtherOrder(ours.CookieJar):
    """A jar that sends the cookies of the standard way in another order, and not all of them."""

    def _cookies_for_request(self, request: Any) -> list[Any]:
        return [each for each in super()._cookies_for_request(request) if each.name != "c"][::-1]


class OneDomain(ours.CookieJar):
    """A jar that keeps some domains at home."""

    def _cookies_for_domain(self, domain: str, request: Any) -> list[Any]:
        return [] if domain.startswith("www") else super()._cookies_for_domain(domain, request)


class Elsewhere(ours.CookieJar):
    """A jar that sends one cookie more, which it does not hold."""

    def _cookies_for_request(self, request: Any) -> list[Any]:
        more = ours.Cookie(
            0, "more", "v", None, False, "more.test", False, False, "/a", True, False, None, True,
            None, None, {},
        )  # fmt: skip
        return [*super()._cookies_for_request(request), more]


JARS: list[type[ours.CookieJar]] = [
    ours.CookieJar,
    ours.CookieJar,
    ours.CookieJar,
    OtherOrder,
    OneDomain,
    Elsewhere,
]


def browser_policy(replaced: dict[str, Any], **arguments: Any) -> ours.BrowserCookiePolicy:
    """A policy with browser rules, some of them replaced as those of the default policy are."""
    base = ours.BrowserCookiePolicy
    known = {name: make(base, []) for name, make in replaced.items() if hasattr(base, name)}
    policy: ours.BrowserCookiePolicy = type("Policy", (base,), known)(
        public_suffixes=SUFFIXES, **arguments
    )
    return policy


switches = st.fixed_dictionaries(
    {},
    optional={
        "lax_allowing_unsafe": st.booleans(),
        "same_site_required": st.booleans(),
        "trust_loopback": st.booleans(),
        "allow_nameless_equals": st.booleans(),
        "blocked_domains": st.sampled_from([[".shop.test"], ["a.shop.test", "www.example.test"]]),
        "allowed_domains": st.sampled_from([[".example.test", ".shop.test"], []]),
        "limits": st.just(Limits(per_site=3, purge_site_to=2, total=5, purge_total_to=4)),
    },
)
browser_policies = st.builds(
    lambda replaced, arguments: browser_policy(replaced, **arguments),
    st.one_of(st.just({}), st.sampled_from(policies.REPLACED)),
    switches,
)
classic_policies = policies.specs().map(lambda spec: spec.make(ours, []))
old_policies = st.builds(Picky)

classic_steps = st.lists(st.tuples(scripts.urls(), scripts.fields()), max_size=10)
urls = st.one_of(scripts.urls(), browser_traffic.urls())
contexts = browser_traffic.contexts().map(lambda made: made and RequestContext(**made._asdict()))


def facts(cookie: Any) -> tuple[Any, ...]:
    """All that there is to see of a cookie, and which object it is."""
    hidden = ("creation_time", "last_access_time", "partition_key")
    rest = dict(cookie._rest)
    return (id(cookie), repr(cookie), rest, *(getattr(cookie, name, None) for name in hidden))


def everything(jar: Any) -> tuple[Any, ...]:
    """All that a jar knows, down to when the next sweep is due."""
    filed = [
        (domain, path, name, facts(cookie))
        for domain, paths in jar._cookies.items()
        for path, names in paths.items()
        for name, cookie in names.items()
    ]
    moments = [
        (name in vars(it), vars(it).get(name)) for it in (jar, jar._policy) for name in ["_now"]
    ]
    store = index_of(jar)
    order = [domain for domain, _ in store.candidates(list(jar._cookies))]
    return filed, moments, store.earliest, order, sorted(vars(jar), key=str)


def request_with(url: str, context: RequestContext | None) -> Any:
    return UrlRequest(url, context)


def really_sent(jar: Any, url: str, context: RequestContext | None) -> list[Any]:
    """The cookies of the documented steps, in the order of the field."""
    jar._policy._now = jar._now = NOW
    going = jar._cookies_for_request(request_with(url, context))
    jar._cookie_attrs(going)
    return [each for each in going if not is_broken(f"{each.name}{each.value}")]


def names_of(found: Any) -> list[tuple[str, str, str, Any]]:
    return [(each.domain, each.path, each.name, each.value) for each in found]


def assert_explanation_agrees(jar: Any, url: str, context: RequestContext | None) -> None:
    index_of(jar)
    before = everything(jar)

    some = jar.explain(url, context=context)
    all_of_it = jar.explain(url, context=context, all=True)

    assert everything(jar) == before
    stored = list(jar)
    sent = really_sent(jar, url, context)
    for explanation in (some, all_of_it):
        assert names_of(each.cookie for each in explanation.sent) == names_of(sent)
        assert all(bool(each.reasons) != each.sent for each in explanation)
    listed = sorted(id(each.cookie) for each in all_of_it if each.cookie in stored)
    assert listed == sorted(map(id, stored))
    masks = {id(each.cookie): each.reasons for each in all_of_it if each.cookie in stored}
    assert all(each.reasons == masks.get(id(each.cookie), ()) for each in some)
    pieces = jar._cookie_attrs([each.cookie for each in some.sent])
    if not any(is_broken(f"{each.name}{each.value}") for each in stored):
        # The pieces of an RFC 2965 cookie that is left out are left out one by one.
        assert jar.cookie_header(url, context=context) == ("; ".join(pieces) or None)


@given(
    st.sampled_from(JARS),
    st.one_of(classic_policies, browser_policies, old_policies),
    classic_steps,
    cookies,
    changes,
    urls,
    contexts,
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_explanation_agrees_with_what_is_sent(
    kind: type[ours.CookieJar],
    policy: Any,
    responses: Any,
    ready: Any,
    changed: Any,
    url: str,
    context: RequestContext | None,
) -> None:
    """Who asks why a cookie is missing must not be told another story than the server."""
    with clock_at(NOW):
        jar = kind(policy)
        if isinstance(policy, ours.BrowserCookiePolicy):
            ready = [each for each in ready if each[1][:1] == "/"]
        play(jar, responses, ready, changed)

        assert_explanation_agrees(jar, url, context)


@given(
    st.sampled_from(JARS),
    browser_policies,
    browser_traffic.scripts(max_size=14),
    changes,
    browser_traffic.urls(),
    contexts,
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_explanation_agrees_with_what_is_sent_by_browser_rules(
    kind: type[ours.CookieJar],
    policy: Any,
    script: Any,
    changed: Any,
    url: str,
    context: RequestContext | None,
) -> None:
    """SameSite, partitions and who asks; some of the cookies have ended by then."""
    jar = kind(policy)
    with clock_at(NOW - 40):
        for source, field, asker in script:
            jar.store_response(source, [field], context=asker and RequestContext(**asker._asdict()))
    stored = list(jar)
    for at, (attribute, value) in changed:
        if stored:
            setattr(stored[at % len(stored)], attribute, value)
    with clock_at(NOW):
        assert_explanation_agrees(jar, url, context)


@pytest.mark.parametrize("policy", [ours.DefaultCookiePolicy, ours.BrowserCookiePolicy])
def test_cookie_filed_twice_has_a_verdict_for_each_place(policy: Any) -> None:
    """A program renames or moves a stored cookie and stores it again; one place may send, one not."""
    with clock_at(NOW):
        jar = ours.CookieJar(policy())
        jar.store_response("https://shop.test/", ["a=1; Path=/x"])
        (cookie,) = jar
        cookie.path = "/"
        jar.set_cookie(cookie)

        verdicts = jar.explain("https://shop.test/")

        assert [each.sent for each in verdicts] == [False, True]
        assert jar.cookie_header("https://shop.test/") == "a=1"


@pytest.mark.parametrize("policy", [ours.DefaultCookiePolicy, ours.BrowserCookiePolicy])
def test_cookie_moved_in_place_is_judged_by_where_it_is_filed(policy: Any) -> None:
    """A jar looks under domains; an attribute that a program has changed moves nothing."""
    with clock_at(NOW):
        jar = ours.CookieJar(policy())
        jar.store_response("https://shop.test/", ["a=1"])
        (cookie,) = jar
        cookie.domain = "other.test"

        (verdict,) = jar.explain("https://other.test/", all=True)

        assert [reason.name for reason in verdict.reasons] == ["DOMAIN_MISMATCH"]
        assert jar.cookie_header("https://other.test/") is None


# explain_set


def outcome(decision: Any) -> tuple[Any, ...]:
    cookie = decision.cookie
    attributes = None
    if cookie is not None:
        attributes = (repr(cookie), dict(cookie._rest), getattr(cookie, "partition_key", None))
    return (
        decision.name,
        decision.allowed,
        decision.removed,
        decision.reasons,
        names_of(decision.evicted),
        attributes,
    )


def assert_trial_agrees(jar: Any, url: str, field: str, context: RequestContext | None) -> None:
    index_of(jar)
    before = everything(jar)

    tried = jar.explain_set(url, field, context=context)

    assert everything(jar) == before
    assert outcome(tried) == outcome(jar.copy().store_response(url, [field], context=context)[0])


@given(
    st.sampled_from(JARS),
    st.one_of(classic_policies, browser_policies, old_policies),
    classic_steps,
    cookies,
    scripts.urls(),
    scripts.fields(),
    contexts,
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_trial_agrees_with_what_is_stored(
    kind: type[ours.CookieJar],
    policy: Any,
    responses: Any,
    ready: Any,
    url: str,
    field: str,
    context: RequestContext | None,
) -> None:
    """A header that is only tried is judged as one that came."""
    with clock_at(NOW):
        jar = kind(policy)
        play(jar, responses, ready, [])

        assert_trial_agrees(jar, url, field, context)


@given(st.sampled_from(JARS), browser_policies, browser_traffic.scripts(max_size=12))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_trial_agrees_with_what_is_stored_by_browser_rules(
    kind: type[ours.CookieJar], policy: Any, script: Any
) -> None:
    """Stored Secure and HttpOnly cookies forbid others, and limits make some go."""
    jar = kind(policy)
    for second, (url, field, asker) in enumerate(script):
        context = asker and RequestContext(**asker._asdict())
        with clock_at(NOW + second):
            assert_trial_agrees(jar, url, field, context)
            jar.store_response(url, [field], context=context)


# All reasons


class Case:
    """A field and a request that run against chosen rules, and no others."""

    def __init__(self) -> None:
        self.name, self.value = "a", "1"
        self.attributes = ["Path=/", "SameSite=Lax"]
        self.url = "https://a.shop.test/"
        self.http_api = True
        self.reasons: set[str] = set()


def _control_in_value(case: Case) -> None:
    case.value += "\x01"
    case.reasons.add("DISALLOWED_CHARACTER")


def _control_in_attribute(case: Case) -> None:
    case.attributes.insert(0, "Comment=\x7f")
    case.reasons.add("DISALLOWED_CHARACTER")


def _too_long(case: Case) -> None:
    case.value += "v" * 4096
    case.reasons.add("NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE")


def _foreign_domain(case: Case) -> None:
    case.attributes.append("Domain=other.test")
    case.reasons.add("INVALID_DOMAIN")


def _public_suffix(case: Case) -> None:
    case.attributes.append("Domain=test")
    case.reasons.add("PUBLIC_SUFFIX")


def _foreign_public_suffix(case: Case) -> None:
    case.attributes.append("Domain=co.uk")
    case.reasons |= {"PUBLIC_SUFFIX", "INVALID_DOMAIN"}


def _secure_over_http(case: Case) -> None:
    case.url = "http://a.shop.test/"
    case.attributes.append("Secure")
    case.reasons.add("SECURE_ONLY")


def _none_without_secure(case: Case) -> None:
    case.attributes.append("SameSite=None")
    case.reasons.add("SAME_SITE_NONE_INSECURE")


def _partitioned_without_secure(case: Case) -> None:
    case.attributes.append("Partitioned")
    case.reasons.add("INVALID_PARTITIONED")


def _broken_prefix(case: Case) -> None:
    # Neither over http nor with another path may there be such a cookie.
    case.name = "__Host-a"
    case.attributes.append("Path=/x")
    case.reasons.add("INVALID_PREFIX")


def _http_only_from_script(case: Case) -> None:
    case.http_api = False
    case.attributes.append("HttpOnly")
    case.reasons.add("HTTP_ONLY")


def _over_secure(case: Case) -> None:
    case.url = "http://a.shop.test/"
    case.reasons.add("OVERWRITE_SECURE")


def _over_http_only(case: Case) -> None:
    case.http_api = False
    case.reasons.add("OVERWRITE_HTTP_ONLY")


# One of each row may be wrong without another being so; None for none of them.
DEFECTS: list[list[Callable[[Case], None] | None]] = [
    [None, _control_in_value, _control_in_attribute],
    [None, _too_long],
    [None, _foreign_domain, _public_suffix, _foreign_public_suffix],
    [None, _secure_over_http],
    [None, _none_without_secure],
    [None, _partitioned_without_secure],
    [None, _broken_prefix],
    [None, _http_only_from_script],
    [None, _over_secure],
    [None, _over_http_only],
]
# A cookie that is Secure has no defect for not being so.
EXCLUSIVE = [
    {_secure_over_http, _none_without_secure},
    {_secure_over_http, _partitioned_without_secure},
]


def chosen() -> st.SearchStrategy[list[Callable[[Case], None]]]:
    return st.tuples(*map(st.sampled_from, DEFECTS)).map(
        lambda found: [defect for defect in found if defect is not None]
    )


@given(chosen())
@settings(max_examples=300)
@example([_control_in_value, _too_long, _public_suffix, _none_without_secure, _broken_prefix])
@example([_control_in_attribute, _over_secure, _over_http_only, _secure_over_http])
@example([])
def test_all_reasons_are_listed_and_no_others(defects: list[Callable[[Case], None]]) -> None:
    """Who mends the first fault should not have to come back for the second. Oracle: what was broken."""
    assume(not any(pair <= set(defects) for pair in EXCLUSIVE))
    case = Case()
    for defect in defects:
        defect(case)
    jar = ours.CookieJar(ours.BrowserCookiePolicy(public_suffixes=SUFFIXES))
    with clock_at(NOW):
        put_what_is_there(jar, case, defects)
        context = RequestContext(http_api=case.http_api)
        field = "; ".join([f"{case.name}={case.value}", *case.attributes])

        tried = jar.explain_set(case.url, field, context=context)
        (done,) = jar.store_response(case.url, [field], context=context)

    for decision in (tried, done):
        assert {reason.name for reason in decision.reasons} == case.reasons
        unread = case.reasons & {"DISALLOWED_CHARACTER", "NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE"}
        assert (decision.cookie is None) == bool(unread)


def put_what_is_there(jar: Any, case: Case, defects: list[Callable[[Case], None]]) -> None:
    """The cookie that is not to be overwritten, where that is what is wrong."""
    if not {_over_secure, _over_http_only} & set(defects):
        return
    last = dict(each.split("=", 1) for each in case.attributes if "=" in each)
    domain = "." + last["Domain"] if "Domain" in last else "a.shop.test"
    rest = {"HttpOnly": None} if _over_http_only in defects else {}
    jar.set_cookie(
        ours.Cookie(
            0, case.name, "old", None, False, domain, "Domain" in last, False, last["Path"], True,
            _over_secure in defects, None, True, None, None, rest,
        )
    )  # fmt: skip
