"""What `store_response` and `cookie_header` say and refuse."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import cookietin
from cookietin import CookieJar, CookiePolicy, DefaultCookiePolicy, Reason
from cookietin.errors import FormatError, shown
from cookietin.policy.decision import reasons_of

URL = "http://www.example.test/a/b"


@pytest.mark.parametrize(
    ("field", "flags", "reasons"),
    [
        pytest.param("", {}, {"NO_COOKIE_CONTENT"}, id="empty field"),
        pytest.param("=1", {}, {"NO_COOKIE_CONTENT"}, id="no name"),
        pytest.param("a=1; Path", {}, {"ATTRIBUTE_WITHOUT_VALUE"}, id="Path without value"),
        pytest.param("a=1; Domain", {}, {"ATTRIBUTE_WITHOUT_VALUE"}, id="Domain without value"),
        pytest.param("a=1; Max-Age=soon", {}, {"INVALID_MAX_AGE"}, id="Max-Age is no number"),
        pytest.param("a=1; Version=x", {}, {"INVALID_VERSION"}, id="Version is no number"),
        pytest.param("a=1; Domain=other.test", {}, {"DOMAIN_MISMATCH"}, id="foreign domain"),
        pytest.param("a=1; Domain=test", {}, {"NO_EMBEDDED_DOT"}, id="Domain is one word"),
        pytest.param("a=1; Domain=x", {}, {"NO_EMBEDDED_DOT", "DOMAIN_MISMATCH"}, id="two reasons"),
        pytest.param("a=1; Port=81", {}, {"PORT_MISMATCH"}, id="other port"),
        pytest.param("a=1; Port=x", {}, {"INVALID_PORT"}, id="port is no number"),
        pytest.param("a=1", {"netscape": False}, {"NETSCAPE_OFF"}, id="Netscape off"),
        pytest.param(
            "a=1", {"blocked_domains": [".example.test"]}, {"DOMAIN_BLOCKED"}, id="blocked"
        ),
        pytest.param("a=1", {"allowed_domains": []}, {"DOMAIN_NOT_ALLOWED"}, id="not allowed"),
        pytest.param("$a=1", {"strict_ns_set_initial_dollar": True}, {"DOLLAR_NAME"}, id="dollar"),
        pytest.param("a=1; Path=/x", {"strict_ns_set_path": True}, {"NOT_ON_PATH"}, id="path"),
        pytest.param(
            "a=1; Version=1",
            {"rfc2109_as_netscape": False},
            {"RFC2965_OFF"},
            id="RFC 2109 cookies not as Netscape",
        ),
    ],
)
def test_refusal_says_why(field: str, flags: dict[str, Any], reasons: set[str]) -> None:
    """A user who asks why a cookie is missing gets every reason."""
    jar = CookieJar(DefaultCookiePolicy(**flags))

    (decision,) = jar.store_response(URL, [field])

    assert {reason.name for reason in decision.reasons} == reasons
    assert not decision.allowed
    assert len(jar) == 0


def test_strict_domains_say_why() -> None:
    """The rules for domains that are off by default."""
    policy = DefaultCookiePolicy(strict_domain=True, strict_ns_domain=5)
    jar = CookieJar(policy)

    country, prefix, *_ = jar.store_response(
        "http://a.b.shop.co.uk/", ["a=1; Domain=co.uk", "a=1; Domain=shop.co.uk"]
    )

    assert Reason.COUNTRY_SECOND_LEVEL in country.reasons
    assert prefix.reasons == (Reason.HOST_PREFIX_WITH_DOT,)


def test_decisions_come_in_the_order_of_the_fields() -> None:
    """One for each, also where deletions are done first."""
    jar = CookieJar()
    jar.store_response(URL, ["old=1"])

    decisions = jar.store_response(URL, ["a=1", "", "old=; Max-Age=0", "b=1; Domain=other.test"])

    assert [(d.name, d.allowed, d.removed) for d in decisions] == [
        ("a", True, False),
        ("", False, False),
        ("old", True, True),
        ("b", False, False),
    ]
    assert [repr(decision) for decision in decisions] == [
        "<Decision 'a' set>",
        "<Decision '' refused: NO_COOKIE_CONTENT>",
        "<Decision 'old' removed>",
        "<Decision 'b' refused: DOMAIN_MISMATCH>",
    ]
    assert [cookie.name for cookie in jar] == ["a"]


def test_decision_has_no_truth() -> None:
    """`if decision:` has two readings."""
    (decision,) = CookieJar().store_response(URL, ["a=1"])

    with pytest.raises(TypeError, match=r"ask its \.allowed"):
        bool(decision)


def test_old_style_policy_gives_its_own_reason() -> None:
    """It knows only yes and no."""

    class Picky(CookiePolicy):
        def set_ok(self, cookie: Any, request: Any) -> bool:
            return request.get_full_url() == URL and cookie.name == "a"

        def return_ok(self, cookie: Any, request: Any) -> bool:
            return True

    jar = CookieJar(Picky())

    decisions = jar.store_response(URL, ["a=1", "b=1", "a=; Max-Age=0; Path=/x"])

    assert [decision.reasons for decision in decisions] == [(), (Reason.REFUSED_BY_POLICY,), ()]
    assert [cookie.name for cookie in jar] == ["a"]


def test_no_reason_holds_a_value() -> None:
    """Decisions are logged."""
    fields = ["a=SECRET; Domain=x.test", "b=SECRET; Max-Age=SECRET", "=SECRET", "c=SECRET"]

    decisions = CookieJar().store_response(URL, fields)

    texts = [repr(d) + "".join(map(str, d.reasons)) for d in decisions]
    assert not any("SECRET" in text for text in texts)


def test_every_reason_reads_as_a_sentence() -> None:
    """With a section, and a bit of its own."""
    bits = [reason.bit for reason in Reason]

    assert len(set(bits)) == len(bits)
    assert all(bit & (bit - 1) == 0 for bit in bits)
    assert reasons_of(sum(bits)) == tuple(Reason)
    for reason in Reason:
        assert reason.sentence[0].isupper()
        assert reason.sentence.endswith(".")
        assert reason.section in str(reason)


@pytest.mark.parametrize(
    ("url", "values", "error"),
    [
        pytest.param(URL, "a=1", TypeError, id="one text instead of a list"),
        pytest.param(URL, b"a=1", TypeError, id="octets instead of a list"),
        pytest.param(URL, ["a=1", b"b=1"], TypeError, id="octets in the list"),
        pytest.param(None, ["a=1"], TypeError, id="no URL"),
        pytest.param("www.example.test/", ["a=1"], ValueError, id="URL without scheme"),
        pytest.param("/path", ["a=1"], ValueError, id="path alone"),
        pytest.param("http:///path", ["a=1"], ValueError, id="URL without host"),
        pytest.param("ftp://example.test/", ["a=1"], ValueError, id="another scheme"),
        pytest.param("http://[::1/", ["a=1"], ValueError, id="bracket left open"),
    ],
)
def test_wrong_arguments_are_refused_at_the_door(
    url: Any, values: Any, error: type[Exception]
) -> None:
    """Before any change."""
    jar = CookieJar()

    with pytest.raises(error):
        jar.store_response(url, values)

    assert len(jar) == 0


def test_error_about_a_url_shows_no_secret() -> None:
    """Paths, queries and passwords are secrets."""
    with pytest.raises(ValueError, match="url: expected an absolute") as caught:
        CookieJar().cookie_header("ftp://user:SECRET@example.test/SECRET?SECRET")

    assert "SECRET" not in str(caught.value)


def test_user_and_password_are_no_part_of_the_host() -> None:
    """RFC 3986 3.2.1."""
    jar = CookieJar()

    jar.store_response("http://user:password@example.test:8080/", ["a=1"])

    assert [cookie.domain for cookie in jar] == ["example.test"]
    assert jar.cookie_header("https://example.test/") == "a=1"


def test_header_is_none_when_there_is_nothing_to_send() -> None:
    """An empty Cookie field is another thing."""
    assert CookieJar().cookie_header(URL) is None
    assert CookieJar().cookie_header(URL, extra={}) is None


def test_extra_cookies_win_by_name_and_are_not_stored() -> None:
    """And stored ones of other names stay, which httpr gets wrong."""
    jar = CookieJar()
    jar.store_response(URL, ["a=stored", "b=stored; Path=/", "b=stored; Path=/a"])

    assert jar.cookie_header(URL, extra={"b": "mine", "c": ""}) == "a=stored; b=mine; c="
    assert jar.cookie_header(URL) == "a=stored; b=stored; b=stored"


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"a": "1;b=2"}, ValueError),
        ({"a": "1\r\nX: y"}, ValueError),
        ({"a": "1\0"}, ValueError),
        ({"a;b": "1"}, ValueError),
        ({"a=b": "1"}, ValueError),
        ({"": "1"}, ValueError),
        ({"a": 1}, TypeError),
        ({1: "a"}, TypeError),
    ],
)
def test_extra_cookies_cannot_inject(extra: Any, error: type[Exception]) -> None:
    """A value from a form must not become a second cookie or a header."""
    with pytest.raises(error) as caught:
        CookieJar().cookie_header(URL, extra=extra)

    assert "b=2" not in str(caught.value)


def test_sweep_follows_the_verbs() -> None:
    """`cookie_header` removes what has ended, as `add_cookie_header` does."""
    jar = CookieJar()
    jar.store_response(URL, ["a=1; Max-Age=1000"])
    for cookie in jar:
        cookie.expires = 1

    assert jar.cookie_header(URL) is None
    assert len(jar) == 0


def test_errors_can_be_pickled_and_cut() -> None:
    """Errors travel between processes."""
    error = FormatError("cookies.txt", 7, "expected 7 fields")

    assert str(pickle.loads(pickle.dumps(error))) == "'cookies.txt', line 7: expected 7 fields"
    assert len(shown("x" * 1000)) == 80
    load_error = cookietin.LoadError("text")
    load_error.line_number = 7
    assert pickle.loads(pickle.dumps(load_error)).line_number == 7


def test_third_party_says_why() -> None:
    """An unverifiable request to another site."""
    import urllib.request
    from email.message import Message

    class Response:
        def info(self) -> Message:
            header = Message()
            header["Set-Cookie"] = "a=1"
            return header

    request = urllib.request.Request(URL, origin_req_host="other.test", unverifiable=True)
    jar = CookieJar(DefaultCookiePolicy(strict_ns_unverifiable=True))

    jar.extract_cookies(Response(), request)

    assert len(jar) == 0
    request.origin_req_host = "www.example.test"
    jar.extract_cookies(Response(), request)
    assert len(jar) == 1
