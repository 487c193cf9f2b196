"""Do we agree with what browsers did? Every case of data/browser-cases.json.

An uncontested case (both browsers sent the same) is met byte for byte, and Chromium's store with
it, unless verdicts.EXCEPTIONS says why not. For a contested one verdicts.CONTESTED says with whom
we agree.
"""

from __future__ import annotations

import pytest
from replay import (
    browser_cases,
    recorded_text,
    recorded_value,
    replay_browser_case,
    wpt_cases,
)
from verdicts import CONTESTED, EXCEPTIONS, EXPIRY_EXCEPTIONS, LIKE_CHROMIUM, MET, UNCONTESTED


def key_of(facts):
    return tuple(str(facts[name]) for name in ("domain", "path", "name", "partitioned", "value"))


def recorded_facts(stored):
    return {
        "name": stored["name"],
        "value": stored["value"],
        "domain": stored["domain"],
        "host_only": not stored["domain"].startswith("."),
        "path": stored["path"],
        "secure": stored.get("secure", False),
        "http_only": stored.get("httpOnly", False),
        "same_site": stored.get("sameSite"),
        "partitioned": stored.get("partitioned", False),
        "expires": stored.get("expires_at"),
    }


def our_facts(cookie, like):
    return {
        "name": recorded_text(cookie.name),
        "value": recorded_value(cookie.value, like),
        "domain": cookie.domain,
        "host_only": cookie.host_only,
        "path": recorded_text(cookie.path),
        "secure": cookie.secure,
        "http_only": cookie.http_only,
        "same_site": cookie.same_site,
        "partitioned": cookie.partition_key is not None,
        "expires": cookie.expires,
    }


def stored_facts(case_id):
    """Ours and Chromium's, in the same order; an expiry-time within 2 s of Chromium's counts as it."""
    stored = browser_cases()[case_id]["chromium"]["stored"]
    replay = replay_browser_case(case_id)
    like = next((cookie["value"] for cookie in stored if "...(" in cookie["value"]), "")
    expected = sorted(map(recorded_facts, stored), key=key_of)
    actual = sorted(
        (
            our_facts(cookie, like)
            for cookie in replay.cookies
            if not cookie.is_expired(replay.ended)
        ),
        key=key_of,
    )
    for ours, theirs in zip(actual, expected, strict=False):
        if None not in (ours["expires"], theirs["expires"]):
            assert isinstance(ours["expires"], int)
            if abs(ours["expires"] - theirs["expires"]) <= 2:
                ours["expires"] = theirs["expires"]
    return actual, expected


def without_expiry(stored):
    return [{**facts, "expires": ...} for facts in stored]


def agrees_with(case_id):
    """With whom we agree on the Cookie fields of a contested case."""
    case = browser_cases()[case_id]
    ours = replay_browser_case(case_id).cookie_headers
    chromium, firefox = case["chromium"]["cookie_headers"], case["firefox"]["cookie_headers"]
    if ours == chromium:
        return "chromium"
    if ours == firefox:
        return "firefox"
    if all(mine in theirs for mine, *theirs in zip(ours, chromium, firefox, strict=True)):
        return "both at different steps"
    return "neither"


@pytest.mark.parametrize("case_id", MET)
def test_cookie_fields(case_id):
    """Where both browsers send the same, we send it too, byte for byte."""
    expected = browser_cases()[case_id]["chromium"]["cookie_headers"]

    actual = replay_browser_case(case_id).cookie_headers

    assert actual == expected


@pytest.mark.parametrize("case_id", LIKE_CHROMIUM)
def test_stored_cookies(case_id):
    """What is not sent shows in the store: attributes, host-only, expiry-time, cookies kept at home."""
    actual, expected = stored_facts(case_id)

    if case_id in EXPIRY_EXCEPTIONS:
        assert without_expiry(actual) == without_expiry(expected)
    else:
        assert actual == expected


@pytest.mark.parametrize("case_id", EXPIRY_EXCEPTIONS)
def test_expiry_exception_still_differs(case_id):
    """An exception that has gone away leaves the table."""
    actual, expected = stored_facts(case_id)

    assert actual != expected


@pytest.mark.parametrize("case_id", EXCEPTIONS)
def test_exception_still_differs(case_id):
    """An exception that has gone away leaves the table."""
    case = browser_cases()[case_id]
    assert not case["contested"]

    headers = replay_browser_case(case_id).cookie_headers
    actual, expected = stored_facts(case_id)

    assert (headers, actual) != (case["chromium"]["cookie_headers"], expected)


@pytest.mark.parametrize("case_id", CONTESTED)
def test_contested_case(case_id):
    """Where the browsers differ, we know with whom we go, and notice when that changes."""
    whom, *why = CONTESTED[case_id].split(": ", 1)
    assert bool(why) == (whom == "neither")

    assert agrees_with(case_id) == whom


def test_table_of_contested_cases_is_complete():
    contested = [case_id for case_id, case in browser_cases().items() if case["contested"]]

    assert sorted(CONTESTED) == sorted(contested)


def test_all_recorded_cases_are_there():
    """A case that is lost on the way from the file would pass unseen."""
    assert (len(browser_cases()), len(UNCONTESTED)) == (380, 353)


def test_only_the_post_grace_needs_lax_allowing_unsafe():
    """The replay departs from the default policy for what Chromium does in this one case."""
    need_it = [
        case_id
        for case_id in MET
        if any("via" in step for step in browser_cases()[case_id]["steps"])
        and replay_browser_case(case_id, lax_allowing_unsafe=False).cookie_headers
        != replay_browser_case(case_id).cookie_headers
    ]

    assert need_it == ["samesite-694bb3c054"]


def test_urls_are_as_a_client_sends_them():
    """
    No URL of the vectors asks for the normalisation that a client does before it asks the jar.

    So the replay does none. Upper case in a host is left to the jar (6265bis 5.1.2).
    """
    cases = [*browser_cases().values(), *wpt_cases().values()]
    urls = {
        url
        for case in cases
        for step in case["steps"]
        if (url := step.get("url") or step.get("set") or step.get("get"))
    }

    assert all(url.isascii() and url.isprintable() and " " not in url for url in urls)
    for url in urls:
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        assert slash, url
        assert not authority.endswith({"http": ":80", "https": ":443"}[scheme]), url
        assert not {".", ".."} & set(path.lower().replace("%2e", ".").split("/")), url
        assert "\\" not in path, url
