"""Cookies as dicts in the fields of Electron's Cookies API."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cookietin.cookiejar import Cookie, CookieJar

SHOP = "https://shop.test/"


def test_fields_of_a_cookie_that_a_server_has_set() -> None:
    jar = CookieJar()
    jar.store_response(
        SHOP,
        ["sid=1; Path=/; Secure; HttpOnly; SameSite=None", "a=2; Domain=shop.test; SameSite=lax"],
    )

    fields = [cookie.to_dict() for cookie in jar]

    assert fields == [
        {
            "name": "sid",
            "value": "1",
            "domain": "shop.test",
            "hostOnly": True,
            "path": "/",
            "secure": True,
            "httpOnly": True,
            "session": True,
            "sameSite": "no_restriction",
        },
        {
            "name": "a",
            "value": "2",
            "domain": ".shop.test",
            "hostOnly": False,
            "path": "/",
            "secure": False,
            "httpOnly": False,
            "session": True,
            "sameSite": "lax",
        },
    ]


_TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


@given(
    st.fixed_dictionaries(
        {
            "name": st.one_of(st.just(""), _TEXT),
            "value": _TEXT,
            "domain": st.sampled_from(["shop.test", "192.0.2.1"]),
            "hostOnly": st.booleans(),
            "path": st.sampled_from(["/", "/a/b"]),
            "secure": st.booleans(),
            "httpOnly": st.booleans(),
            "sameSite": st.sampled_from(["unspecified", "no_restriction", "lax", "strict"]),
        },
        optional={
            "expirationDate": st.integers(1, 2**40),
            "partitionKey": st.just("https://top.test"),
        },
    )
)
def test_fields_come_back(fields: dict[str, object]) -> None:
    """Oracle: the round trip, through JSON too."""
    fields["session"] = "expirationDate" not in fields
    if not fields["hostOnly"]:
        fields["domain"] = f".{fields['domain']}"

    made = Cookie.from_dict(json.loads(json.dumps(fields)))

    assert made.to_dict() == fields


def test_what_is_left_out_has_defaults() -> None:
    cookie = Cookie.from_dict({"name": "a", "value": "1", "domain": ".shop.test"})

    assert (cookie.host_only, cookie.path, cookie.secure, cookie.session) == (
        False,
        "/",
        False,
        True,
    )


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        pytest.param({"nmae": "a"}, ValueError, "nmae", id="unknown field"),
        pytest.param({"value": "secret"}, ValueError, "domain", id="no domain"),
        pytest.param({"domain": ""}, ValueError, "domain", id="empty domain"),
        pytest.param({"name": "", "value": ""}, ValueError, "name", id="nothing"),
        pytest.param({"secure": "yes"}, TypeError, "secure", id="flag that is a text"),
        pytest.param(
            {"expirationDate": True}, TypeError, "expirationDate", id="date that is a flag"
        ),
        pytest.param(
            {"expirationDate": float("nan")}, ValueError, "expirationDate", id="no number"
        ),
        pytest.param({"sameSite": "Laxer"}, ValueError, "Laxer", id="unknown SameSite"),
        pytest.param(
            {"session": True, "expirationDate": 5}, ValueError, "session", id="session that ends"
        ),
    ],
)
def test_wrong_fields_are_refused(
    fields: dict[str, object], error: type[Exception], message: str
) -> None:
    """At the door, and without the value."""
    whole = {"name": "a", "value": "secret", "domain": "shop.test"} | fields
    if message == "domain" and "domain" not in fields:
        del whole["domain"]

    with pytest.raises(error, match=message) as caught:
        Cookie.from_dict(whole)

    assert "secret" not in str(caught.value)
