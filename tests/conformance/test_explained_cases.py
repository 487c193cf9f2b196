"""What the jar says it would do is what it then does, at each step of every recorded case."""

from __future__ import annotations

import time
from unittest import mock

import pytest
from replay import WPT_NOW, browser_cases, browser_policy, context_of, started, wpt_cases

from cookietin import BrowserCookiePolicy, CookieJar


def sent_of(explanation):
    """The Cookie field of an explanation."""
    cookies = [verdict.cookie for verdict in explanation.sent]
    pairs = [f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in cookies]
    return "; ".join(pairs) or None


def assert_request_is_foretold(jar, url, context=None):
    explanation = jar.explain(url, context=context)
    everything = jar.explain(url, context=context, all=True)
    stored = sorted(map(id, jar))

    header = jar.cookie_header(url, context=context)

    assert sent_of(explanation) == sent_of(everything) == header
    assert sorted(id(verdict.cookie) for verdict in everything) == stored
    assert all(verdict.reasons for verdict in everything.withheld)


def outcome(decision):
    cookie = decision.cookie
    return (
        decision.name,
        decision.verdict,
        decision.reasons,
        [each.name for each in decision.evicted],
        None if cookie is None else (repr(cookie), cookie.partition_key),
    )


def assert_field_is_foretold(jar, url, field, context=None):
    foretold = jar.explain_set(url, field, context=context)

    (decision,) = jar.store_response(url, [field], context=context)

    assert outcome(foretold) == outcome(decision)


@pytest.mark.parametrize("case_id", browser_cases())
def test_recorded_case_is_foretold(case_id):
    """A debugging view that tells another story than the wire is worse than none."""
    case = browser_cases()[case_id]
    jar = CookieJar(browser_policy())
    with mock.patch.object(time, "time", return_value=float(started(case))) as clock:
        for step in case["steps"]:
            url, context = step["url"], context_of(step)
            assert_request_is_foretold(jar, url, context)
            if step["op"] == "wait":
                clock.return_value += step["seconds"]
            for field in step["set_cookie"] if step["op"] == "set" else ():
                assert_field_is_foretold(jar, url, field, context)


@pytest.mark.parametrize("case_id", wpt_cases())
def test_web_platform_test_is_foretold(case_id):
    """The same for web-platform-tests."""

    def empty_jar():
        return CookieJar(BrowserCookiePolicy(trust_loopback=False, allow_nameless_equals=True))

    jar = empty_jar()
    with mock.patch.object(time, "time", return_value=float(WPT_NOW)):
        for step in wpt_cases()[case_id]["steps"]:
            if step.get("new_jar"):
                jar = empty_jar()
            elif "set" in step:
                for field in step["set_cookie"]:
                    assert_field_is_foretold(jar, step["set"], field)
            else:
                assert_request_is_foretold(jar, step["get"])


def test_cases_have_something_to_explain():
    """Among them are cookies that stay at home, refused ones, and evicted ones."""
    refused = sum(len(case["chromium"].get("refused", ())) for case in browser_cases().values())
    withheld = sum("withheld" in case["chromium"] for case in browser_cases().values())

    assert refused > 50
    assert withheld > 20
