"""How explanations and decisions look: tables, HTML and dicts, without values and without harm."""

from __future__ import annotations

import json
import logging
import time
from unittest import mock

import pytest

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    DefaultCookiePolicy,
    Reason,
    RequestContext,
)

NOW = 1_767_225_600
URL = "https://shop.example/"


def stored(name, value, domain="shop.example", path="/"):
    """A cookie that no server can set, as a program may put it."""
    return Cookie(
        0, name, value, None, False, domain, False, False, path, True, False, None, True, None,
        None, {},
    )  # fmt: skip


@pytest.fixture
def jar():
    with mock.patch.object(time, "time", return_value=float(NOW)):
        jar = CookieJar(BrowserCookiePolicy())
        jar.store_response(URL, ["sid=SECRET; Secure; HttpOnly", "cart=SECRET; Path=/cart"])
        jar.store_response("https://www.shop.example/", ["theme=SECRET"])
        jar.store_response("https://other.example/", ["far=SECRET"])
        yield jar


def test_table_is_aligned_and_masked(jar):
    """It is read in a terminal, and pasted into reports."""
    assert str(jar.explain("http://user:pw@shop.example/?token=1")).splitlines() == [
        "http://shop.example/: 0 sent, 3 withheld",
        "          name   domain            path   value",
        "withheld  cart   shop.example      /cart  ***",
        f"    {Reason.NOT_ON_PATH}",
        "withheld  sid    shop.example      /      ***",
        f"    {Reason.SECURE_ONLY}",
        "withheld  theme  www.shop.example  /      ***",
        f"    {Reason.DOMAIN_MISMATCH}",
    ]


def test_all_means_the_whole_jar(jar):
    """Otherwise cookies of other sites are left out."""
    assert [each.cookie.name for each in jar.explain(URL)] == ["cart", "sid", "theme"]
    assert [each.cookie.name for each in jar.explain(URL, all=True)] == [
        "cart",
        "sid",
        "theme",
        "far",
    ]


def test_verdict_has_all_reasons(jar):
    """Not the first alone."""
    context = RequestContext(http_api=False)

    verdict = jar.explain("http://www.shop.example/", context=context)[1]

    assert verdict.cookie.name == "sid"
    assert {reason.name for reason in verdict.reasons} == {
        "DOMAIN_MISMATCH",
        "SECURE_ONLY",
        "HTTP_ONLY",
    }
    assert repr(verdict) == "<Verdict 'sid' withheld: DOMAIN_MISMATCH, SECURE_ONLY, HTTP_ONLY>"


def test_explanation_is_a_sequence(jar):
    """Of verdicts; sent and withheld are parts of it."""
    explanation = jar.explain(URL)

    assert (len(explanation), len(explanation[1:])) == (3, 2)
    assert [*explanation.sent, *explanation.withheld] == [explanation[at] for at in (1, 0, 2)]
    assert [reason.name for reason in explanation.reasons] == ["NOT_ON_PATH", "DOMAIN_MISMATCH"]
    assert repr(explanation) == f"<Explanation {URL}: 1 sent, 2 withheld>"
    assert str(CookieJar().explain(URL)) == f"{URL}: 0 sent, 0 withheld"


def test_values_are_shown_on_request_alone(jar, caplog):
    """Tables, dicts, HTML and logs end where others read them."""
    explanation, decision = jar.explain(URL), jar.explain_set(URL, "a=SECRET; Domain=x.example")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("program").debug(
            "%s %r %s %r", explanation, explanation, decision, decision
        )

    for thing in (explanation, decision):
        shown = [str(thing), repr(thing), thing._repr_html_(), json.dumps(thing.to_dict())]
        assert not any("SECRET" in text for text in shown)
        assert "SECRET" in json.dumps(thing.to_dict(values=True))
        assert "SECRET" in thing.table(values=True)
    assert "SECRET" not in caplog.text
    assert "SECRET" not in repr([*explanation])


def test_dicts_are_plain(jar):
    """For JSON."""
    explained = jar.explain(URL).to_dict()

    assert explained["url"] == URL
    assert explained["cookies"][1] == {
        "name": "sid",
        "value": "***",
        "domain": "shop.example",
        "path": "/",
        "sent": True,
        "reasons": [],
    }
    assert jar.explain_set(URL, "").to_dict()["value"] is None


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_control_characters_are_made_harmless(policy):
    """A name must not move the cursor or forge a line; the cookie is not sent with them."""
    jar = CookieJar(policy())
    jar.set_cookie(stored("a\x1b[2J\r\nsent  b", "1"))

    explanation = jar.explain(URL)

    for text in (str(explanation), explanation._repr_html_(), repr(explanation[0])):
        assert "\x1b" not in text
        assert "\r" not in text
        assert "\\x1b[2J" in text
    assert [reason.name for reason in explanation[0].reasons] == ["DISALLOWED_CHARACTER"]
    assert jar.cookie_header(URL) is None


def test_html_is_escaped():
    """A notebook runs what it is shown."""
    jar = CookieJar()
    jar.set_cookie(stored("<script>", "<b>", path="/<img>"))

    page = jar.explain(URL)._repr_html_() + jar.explain_set(URL, "<i>=1")._repr_html_()

    assert not any(tag in page for tag in ("<script>", "<img>", "<i>", "<b>"))
    assert "&lt;script&gt;" in page


def test_trial_prints_as_a_table(jar):
    """What would become of a header, and why."""
    text = str(jar.explain_set("http://shop.example/", "sid=1\x01; Domain=com; SameSite=None"))

    assert text.splitlines()[1].startswith("refused")
    for name in ("DISALLOWED_CHARACTER", "INVALID_DOMAIN", "SAME_SITE_NONE_INSECURE"):
        assert f"    {name}: " in text


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda jar: jar.explain(1), TypeError),
        (lambda jar: jar.explain("/path"), ValueError),
        (lambda jar: jar.explain(URL, context="typed"), TypeError),
        (lambda jar: jar.explain_set(URL, b"a=1"), TypeError),
        (lambda jar: jar.explain_set("ftp://shop.example/", "a=1"), ValueError),
    ],
)
def test_wrong_argument_is_refused(jar, call, error):
    """At the door."""
    with pytest.raises(error):
        call(jar)
