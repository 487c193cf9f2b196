"""Do we refuse, and keep at home, for the reasons that Chromium states?

Played are the cases in which we send what Chromium sent. Where Chromium joins several reasons by
"+", each of them is among ours. Where we may state more than Chromium, LATER and
UNSTATED say why.
"""

from __future__ import annotations

import pytest
from replay import browser_cases, chromium_refusals, reason_names, replay_browser_case
from verdicts import LIKE_CHROMIUM

# Chromium's word for a reason, and ours for the same: any one of them.
MAPPING = {
    "NoCookieContent": {"NO_COOKIE_CONTENT"},
    "DisallowedCharacter": {"DISALLOWED_CHARACTER"},
    "NameValuePairExceedsMaxSize": {"NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE"},
    "InvalidDomain": {"INVALID_DOMAIN", "PUBLIC_SUFFIX"},
    "InvalidPrefix": {"INVALID_PREFIX"},
    "SecureOnly": {"SECURE_ONLY"},
    "OverwriteSecure": {"OVERWRITE_SECURE"},
    "SameSiteNoneInsecure": {"SAME_SITE_NONE_INSECURE"},
    "SchemefulSameSiteStrict": {"SAME_SITE_STRICT"},
    "SchemefulSameSiteLax": {"SAME_SITE_LAX"},
    "SchemefulSameSiteUnspecifiedTreatedAsLax": {"SAME_SITE_UNSPECIFIED_TREATED_AS_LAX"},
    "NotOnPath": {"NOT_ON_PATH"},
    "DomainMismatch": {"DOMAIN_MISMATCH"},
}

# Chromium states these while it makes a cookie of the line, and then looks no further. We state all
# that applies, so those of the later steps may stand beside them.
UNREAD = {"NoCookieContent", "DisallowedCharacter", "NameValuePairExceedsMaxSize"}
FIRST = UNREAD | {"InvalidDomain", "InvalidPrefix"}
LATER_THAN_UNREAD = {"INVALID_DOMAIN", "PUBLIC_SUFFIX", "INVALID_PREFIX"}
LATER = {
    "SECURE_ONLY",
    "OVERWRITE_SECURE",
    "SAME_SITE_STRICT",
    "SAME_SITE_LAX",
    "SAME_SITE_UNSPECIFIED_TREATED_AS_LAX",
    "SAME_SITE_NONE_INSECURE",
}

# Chromium refuses for these as well, but never states them: they may stand alone, or beside any.
UNSTATED = {
    "NAMELESS_WITH_EQUALS",
    "INVALID_PARTITIONED",  # Partitioned without Secure
}

# Lines whose reasons differ for a reason of their own, by (case, step, line).
EXPLAINED = {
    ("control-bytes-9fa6fe3c3b", 0, 0): "NUL: Chromium's HTTP layer refuses the whole response",
    ("control-bytes-52e134401e", 0, 0): "NUL: Chromium's HTTP layer refuses the whole response",
    ("control-bytes-7bdd946647", 0, 0): "NUL: Chromium's HTTP layer refuses the whole response",
    ("control-bytes-5d879164ba", 0, 0): "NUL: Chromium's HTTP layer refuses the whole response",
    ("control-bytes-1de5aa0826", 0, 0): (
        "CR: Chromium's HTTP layer ends the field there, and its cookies never see a control "
        "character; they refuse the rest for Secure over http, which we state as well"
    ),
    ("partitioned-c0fedc5f4b", 0, 0): (
        "Partitioned; Secure over http: Chromium takes a Partitioned from http for one without "
        "Secure, and states no reason; we state SECURE_ONLY"
    ),
}


def explains(reason, ours):
    """Whether all of Chromium's joined reasons are among ours."""
    return all(MAPPING[one] & ours for one in reason.split("+"))


def surplus(reason, ours):
    """What we state beside Chromium's reasons."""
    return ours - set().union(*(MAPPING[one] for one in reason.split("+")))


def may_add(reason):
    """What we may state beside Chromium's reasons."""
    stated = set(reason.split("+"))
    later = LATER if FIRST & stated else set()
    return UNSTATED | later | (LATER_THAN_UNREAD if UNREAD & stated else set())


def lines_of(case_id):
    """(step, line, our decision, Chromium's reasons or None) for each Set-Cookie line of a case."""
    refusals = chromium_refusals(browser_cases()[case_id])
    for at, step in enumerate(replay_browser_case(case_id).steps):
        for line, decision in enumerate(step.decisions):
            yield at, line, decision, refusals.get((at, line))


@pytest.mark.parametrize("case_id", LIKE_CHROMIUM)
def test_each_line_has_one_decision(case_id):
    lines = [len(step.get("set_cookie", ())) for step in browser_cases()[case_id]["steps"]]

    assert [len(step.decisions) for step in replay_browser_case(case_id).steps] == lines


@pytest.mark.parametrize(
    "case_id", [case_id for case_id in LIKE_CHROMIUM if chromium_refusals(browser_cases()[case_id])]
)
def test_what_chromium_refuses_we_refuse_for_its_reasons(case_id):
    """A reason helps whoever debugs a site if it is the one that the browser's tools show."""
    for at, line, decision, theirs in lines_of(case_id):
        if theirs is None:
            continue
        ours = reason_names(decision.reasons)
        assert not decision.allowed, (at, line, theirs)
        if (case_id, at, line) not in EXPLAINED:
            assert explains(theirs, ours), (at, line, theirs, ours)
            assert surplus(theirs, ours) <= may_add(theirs), (at, line, theirs, ours)


@pytest.mark.parametrize("case_id", LIKE_CHROMIUM)
def test_what_we_refuse_chromium_refuses(case_id):
    """Nothing is refused here that a browser takes."""
    for at, line, decision, theirs in lines_of(case_id):
        if theirs is None and not decision.allowed and (case_id, at, line) not in EXPLAINED:
            ours = reason_names(decision.reasons)
            assert ours & UNSTATED, (at, line, ours)


def may_be_paired(theirs, ours):
    """Whether each of Chromium's reasons finds a cookie of ours to which it applies, each its own."""
    if not theirs:
        return True
    return any(
        explains(theirs[0], reasons) and may_be_paired(theirs[1:], ours[:at] + ours[at + 1 :])
        for at, reasons in enumerate(ours)
    )


@pytest.mark.parametrize(
    "case_id",
    [case_id for case_id in LIKE_CHROMIUM if "withheld" in browser_cases()[case_id]["chromium"]],
)
def test_what_stays_at_home_does_so_for_chromiums_reasons(case_id):
    """Each cookie that Chromium names at a request stays at home here too, for reasons like its own."""
    steps = replay_browser_case(case_id).steps
    for at, by_reason in browser_cases()[case_id]["chromium"]["withheld"].items():
        withheld = steps[int(at)].withheld
        theirs = [
            (name, reason)
            for reason, names in by_reason.items()
            for name in names
            if not name.startswith("...(")
        ]
        for name in {name for name, _ in theirs}:
            reasons = [reason for theirs_name, reason in theirs if theirs_name == name]
            ours = [names for our_name, names in withheld if our_name == name]
            assert may_be_paired(reasons, ours), (at, name, reasons, ours)


def test_each_explained_line_still_differs():
    """An explanation that is no longer needed leaves the table."""
    needless = []
    for case_id, at, line in EXPLAINED:
        decision = replay_browser_case(case_id).steps[at].decisions[line]
        theirs = chromium_refusals(browser_cases()[case_id]).get((at, line))
        ours = reason_names(decision.reasons)
        if theirs:
            alike = explains(theirs, ours) and surplus(theirs, ours) <= may_add(theirs)
        else:
            alike = ours & UNSTATED or decision.allowed
        if alike:
            needless.append((case_id, at, line))

    assert needless == []
