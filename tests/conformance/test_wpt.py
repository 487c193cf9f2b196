"""Do we agree with web-platform-tests? Every case of data/wpt-cookies.json, none excepted."""

from __future__ import annotations

import pytest
from replay import replay_wpt_case, wpt_cases

from cookietin import PublicSuffixes


@pytest.mark.parametrize("case_id", wpt_cases())
def test_wpt(case_id):
    """The Cookie field of every request is the one that web-platform-tests expect."""
    case = wpt_cases()[case_id]
    expected = [step["cookie"] for step in case["steps"] if "get" in step]

    actual = replay_wpt_case(case)

    assert actual == expected


def test_only_nameless_cookies_with_equals_need_allow_nameless_equals():
    """Where the default policy goes with the browsers against web-platform-tests: here, not beyond."""
    need_it = [
        case_id
        for case_id, case in wpt_cases().items()
        if replay_wpt_case(case, allow_nameless_equals=False) != replay_wpt_case(case)
    ]

    assert need_it == [
        "name/name.html#2 Set a nameless cookie (that has an = in its value)",
        "name/name.html#3 Set a nameless cookie (that has multiple ='s in its value)",
    ]


def test_all_wpt_cases_are_there():
    """A case that is lost on the way from the file would pass unseen."""
    assert len(wpt_cases()) == 320


def test_web_platform_test_is_a_registrable_domain():
    """The cases ask for it; `test` is in no list, so the `*` rule says so."""
    assert PublicSuffixes().registrable_domain("www.web-platform.test") == "web-platform.test"
