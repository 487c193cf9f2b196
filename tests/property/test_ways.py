"""A short way past documented methods gives what the long way gives. Oracle: the long way."""

from __future__ import annotations

import time
from typing import Any
from unittest import mock

import random_policies as policies
import random_traffic as scripts
from hypothesis import example, given
from hypothesis import strategies as st

import cookietin.cookiejar as ours
from cookietin.context import UrlRequest, target_of
from cookietin.policy.classic_rules import refusal_to_return, refusal_to_set
from cookietin.rules.classic import (
    domain_returns,
    effective_host,
    path_matches,
    returning_domains,
)
from cookietin.set_cookie.netscape import normalized, parse, parse_ns_headers

NOW = 1_767_225_600


def as_long(parsed: Any) -> Any:
    """A PlainCookie in the shape of a ParsedCookie."""
    if isinstance(parsed[3], int):
        return parsed[3]
    if not isinstance(parsed[3], tuple):
        return parsed
    name, value, expires, (domain, initial_dot, path, _, secure, rest) = parsed
    if domain and not initial_dot:
        domain = domain[1:]
    standard = {"domain": domain, "path": path, "expires": expires, "version": "0"}
    if secure is not False:
        standard["secure"] = secure
    return name, value, {k: v for k, v in standard.items() if v is not None}, rest


@given(st.one_of(scripts.fields(), st.text(max_size=80)))
@example("a=1; secure; Secure=x; max-age=5; expires=Wed, 09 Feb 2038 22:23:32 GMT; MAX-AGE=6")
@example("a=1; Expires=x; Expires=Wed, 09 Feb 2038 22:23:32 GMT; path; Path=/")
def test_parse_agrees_with_the_long_way(field: str) -> None:
    """Subclasses interrupt the long way; both must read the same cookie."""
    short = as_long(parse(field, NOW))
    long = [normalized(pairs, NOW) for pairs in parse_ns_headers([field])]

    assert [short] == long or (long == [] and isinstance(short, int))


hosts = st.one_of(
    st.sampled_from(scripts.HOSTS),
    st.lists(st.sampled_from(["a", "b", "", "local", "1", "127.0.0.1", "[::1]"]), max_size=5).map(
        ".".join
    ),
)


@given(hosts, hosts, st.sampled_from(["", ".", ".."]))
@example("[::1].a", "a", "")
@example("127.0.0.1.", "127.0.0.1", "")
def test_looked_up_domains_are_those_that_the_rule_allows(
    host: str, domain: str, dots: str
) -> None:
    """A domain that is not looked up is a cookie that is not sent."""
    host, domain = host.lower(), dots + domain.lower()

    found = domain in returning_domains(host)

    assert found == domain_returns(domain, host, effective_host(host))


@given(
    policies.specs(),
    scripts.urls(),
    st.lists(st.tuples(scripts.urls(), scripts.fields()), max_size=8),
)
def test_shortcuts_agree_with_the_methods_they_skip(
    spec: Any, url: str, traffic: list[Any]
) -> None:
    """The fast walk and the documented methods are bound together."""
    policy = spec.make(ours, [])
    jar = ours.CookieJar(policy)
    with mock.patch.object(time, "time", return_value=NOW):
        for source, field in traffic:
            (decision,) = jar.store_response(source, [field])
            cookie = decision.cookie
            if cookie is not None and policy.netscape:
                assert decision.allowed == bool(policy.set_ok(cookie, UrlRequest(source)))
        request = UrlRequest(url)
        policy._now = NOW
        asked = [
            cookie
            for cookie in jar
            if policy.domain_return_ok(cookie.domain, request)
            and policy.path_return_ok(cookie.path, request)
            and policy.return_ok(cookie, request)
        ]

        assert jar._cookies_for_request(request) == asked


@given(scripts.urls(), scripts.fields(), scripts.urls())
def test_masks_hold_every_reason(url: str, field: str, other: str) -> None:
    """All that applies is said, and a cookie without a reason is one that the rules let pass."""
    policy = ours.DefaultCookiePolicy(
        rfc2965=True, strict_domain=True, strict_ns_domain=7, strict_ns_set_path=True
    )
    (decision,) = ours.CookieJar(policy).store_response(url, [field])
    if decision.cookie is None:
        return
    cookie, asked = decision.cookie, UrlRequest(other)
    policy._now = NOW

    setting = refusal_to_set(policy, cookie, target_of(asked))
    sending = refusal_to_return(policy, cookie, target_of(asked), NOW)

    assert (setting == 0) == policy.set_ok(cookie, asked)
    assert (sending == 0) == policy.return_ok(cookie, asked)


@given(st.text("/ab%", max_size=8), st.text("/ab%", max_size=8))
def test_path_match_is_the_policy_rule(request_path: str, cookie_path: str) -> None:
    """One rule, two doors."""
    request = UrlRequest("http://example.test/" + request_path)

    expected = path_matches(target_of(request).path, cookie_path)

    assert ours.DefaultCookiePolicy().path_return_ok(cookie_path, request) == expected
