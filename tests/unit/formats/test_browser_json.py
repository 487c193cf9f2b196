"""The formats of browsers and their drivers: what they read, what they write, what they leave out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from samples import EXTENSION, NOW, OF_BROWSERS, PLAYWRIGHT, loaded, made, written

from cookietin.cookie import is_host_only, is_http_only, same_site_of
from cookietin.errors import FormatError

FORMATS = list(OF_BROWSERS)


def facts(cookie: Any) -> tuple[Any, ...]:
    """What these formats know of a cookie."""
    return (
        cookie.name, cookie.value, cookie.domain, is_host_only(cookie), cookie.path, cookie.secure,
        cookie.expires, cookie.discard, is_http_only(cookie), same_site_of(cookie),
        cookie.partition_key,
    )  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_file_of_its_program_is_read(format: str) -> None:
    """Values are octets in the jar, a host-only domain has no dot, fractions are cut off."""
    top = None if format == "selenium" else "https://top.test"

    cookies, _ = loaded(format, OF_BROWSERS[format])

    assert [facts(cookie) for cookie in cookies] == [
        ("sid", "s3cret", "shop.test", True, "/", True, None, True, True, "Lax", None),
        (
            "cart",
            "GrÃ¼n",
            ".shop.test",
            False,
            "/cart",
            True,
            1798761600,
            False,
            False,
            "None",
            top,
        ),
    ]


SID = made(name="sid", value="Ã¼", secure=True, _rest={"HttpOnly": None, "SameSite": "lax"})
CART = made(
    domain="a.top.test", domain_specified=False, expires=NOW, discard=False,
    _partition_key="https://top.test",
)  # fmt: skip
UNSAID = made(domain="a.test", name="word", value=None)


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        pytest.param(
            "playwright",
            {
                "cookies": [
                    {
                        "name": "sid", "value": "ü", "domain": ".shop.test", "path": "/",
                        "expires": -1, "httpOnly": True, "secure": True, "sameSite": "Lax",
                    },
                    {
                        "name": "sid", "value": "1", "domain": "a.top.test", "path": "/",
                        "expires": NOW, "httpOnly": False, "secure": False, "sameSite": "Lax",
                        "partitionKey": "https://top.test", "_crHasCrossSiteAncestor": False,
                    },
                    {
                        "name": "", "value": "word", "domain": ".a.test", "path": "/",
                        "expires": -1, "httpOnly": False, "secure": False, "sameSite": "Lax",
                    },
                ],
                "origins": [],
            },
            id="playwright",
        ),
        pytest.param(
            "puppeteer",
            [
                {
                    "name": "sid", "value": "ü", "domain": ".shop.test", "path": "/",
                    "expires": -1, "httpOnly": True, "secure": True, "sameSite": "Lax",
                },
                {
                    "name": "sid", "value": "1", "domain": "a.top.test", "path": "/",
                    "expires": NOW, "httpOnly": False, "secure": False,
                    "partitionKey": {
                        "topLevelSite": "https://top.test", "sourceOrigin": "https://top.test",
                        "hasCrossSiteAncestor": False,
                    },
                },
                {
                    "name": "", "value": "word", "domain": ".a.test", "path": "/",
                    "expires": -1, "httpOnly": False, "secure": False,
                },
            ],
            id="puppeteer",
        ),
        pytest.param(
            "electron",
            [
                {
                    "name": "sid", "value": "ü", "domain": ".shop.test", "hostOnly": False,
                    "path": "/", "secure": True, "httpOnly": True, "session": True,
                    "sameSite": "lax",
                },
                {
                    "name": "sid", "value": "1", "domain": "a.top.test", "hostOnly": True,
                    "path": "/", "secure": False, "httpOnly": False, "session": False,
                    "sameSite": "unspecified", "expirationDate": NOW,
                    "partitionKey": "https://top.test",
                },
                {
                    "name": "", "value": "word", "domain": ".a.test", "hostOnly": False,
                    "path": "/", "secure": False, "httpOnly": False, "session": True,
                    "sameSite": "unspecified",
                },
            ],
            id="electron",
        ),
        pytest.param(
            "selenium",
            [
                {
                    "name": "sid", "value": "ü", "domain": ".shop.test", "path": "/",
                    "secure": True, "httpOnly": True, "sameSite": "Lax",
                },
                {
                    "name": "", "value": "word", "domain": ".a.test", "path": "/",
                    "secure": False, "httpOnly": False,
                },
            ],
            id="selenium, which knows no partitions",
        ),
        pytest.param(
            "extension",
            [
                {
                    "name": "sid", "value": "ü", "domain": ".shop.test", "hostOnly": False,
                    "path": "/", "secure": True, "httpOnly": True, "session": True,
                    "sameSite": "lax", "storeId": "0",
                },
                {
                    "name": "sid", "value": "1", "domain": "a.top.test", "hostOnly": True,
                    "path": "/", "secure": False, "httpOnly": False, "session": False,
                    "sameSite": "unspecified", "expirationDate": NOW, "storeId": "0",
                    "partitionKey": {"topLevelSite": "https://top.test"},
                },
                {
                    "name": "", "value": "word", "domain": ".a.test", "hostOnly": False,
                    "path": "/", "secure": False, "httpOnly": False, "session": True,
                    "sameSite": "unspecified", "storeId": "0",
                },
            ],
            id="extension",
        ),
    ],
)  # fmt: skip
def test_file_is_one_that_its_program_reads(format: str, expected: Any) -> None:
    text, left_out = written(format, SID, CART, UNSAID)

    assert json.loads(text) == expected
    assert len(left_out) == (format == "selenium")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param(
            {"name": "", "value": None}, "neither a name nor a value", id="nothing at all"
        ),
        pytest.param({"domain": "", "domain_specified": False}, "no domain", id="no domain"),
        pytest.param({"value": 5}, "its value is no text", id="value 5"),
        pytest.param({"path": None}, "its path is no text", id="no path"),
        pytest.param({"value": "\ud800"}, "half a surrogate pair", id="half a surrogate pair"),
        pytest.param({"expires": "soon"}, "expiry-time is no number", id="expiry that is a text"),
        pytest.param({"expires": float("nan")}, "expiry-time is no number", id="expiry NaN"),
        pytest.param({"_partition_key": 5}, "partition", id="partition 5"),
    ],
)
def test_cookie_that_would_come_back_as_another_is_left_out(
    format: str, changes: dict[str, Any], problem: str
) -> None:
    text, left_out = written(format, made(**changes))

    assert loaded(format, text)[0] == []
    (why,) = left_out
    assert problem in why


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        pytest.param(-1, 1, id="what says session cookie elsewhere"),
        pytest.param(0, 1, id="what some programs take for none"),
        pytest.param(NOW + 0.9, NOW, id="fraction"),
        pytest.param(253_402_300_799, 253_402_300_799, id="last second of 9999"),
        pytest.param(10**5000, 253_402_300_799, id="later"),
    ],
)
def test_expiry_stays_one(format: str, expires: Any, expected: int) -> None:
    """Playwright refuses a whole file for one cookie that ends after the year 9999."""
    text, _ = written(format, made(expires=expires, discard=False))

    ((cookie,), _) = loaded(format, text)

    assert (cookie.expires, cookie.discard) == (expected, False)


COOKIE = {"name": "a", "value": "s3cret", "domain": "a.test"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"name": None}, "needs name", id="no name"),
        pytest.param({"value": 5}, "value: expected a text", id="value 5"),
        pytest.param(
            {"value": "\ud800 s3cret"}, "value: there is half", id="half a surrogate pair"
        ),
        pytest.param({"domain": ""}, "needs a domain", id="empty domain"),
        pytest.param({"name": "", "value": ""}, "a name or a value", id="empty name and value"),
        pytest.param({"path": ["/"]}, "path: expected a text", id="path a list"),
        pytest.param({"secure": "s3cret"}, "secure: expected true", id="secure a word"),
        pytest.param({"secure": 2}, "secure: expected true", id="secure 2"),
        pytest.param({"httpOnly": {}}, "httpOnly: expected true", id="httpOnly an object"),
        pytest.param({"sameSite": "s3cret"}, "sameSite: expected one", id="unknown SameSite"),
        pytest.param({"expires": "soon"}, "expires: expected seconds", id="expiry a word"),
        pytest.param({"expires": True}, "expires: expected seconds", id="expiry true"),
        pytest.param({"expires": float("nan")}, "expires: expected seconds", id="expiry NaN"),
        pytest.param({"expires": 10**400}, "expires: expected seconds", id="expiry of 400 digits"),
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_entry_at_fault_costs_no_other(format: str, changes: dict[str, Any], problem: str) -> None:
    """Read leniently; strictly, it is an error that names it. No message holds a value."""
    ending = {"selenium": "expiry", "electron": "expirationDate", "extension": "expirationDate"}
    wrong = {
        (ending.get(format, key) if key == "expires" else key): changes[key] for key in changes
    }
    text = json.dumps([COOKIE, {**COOKIE, **wrong}, COOKIE])

    cookies, reading = loaded(format, text, lenient=True)
    with pytest.raises(FormatError, match="entry 2: ") as caught:
        loaded(format, text)

    assert len(cookies) == 2
    (noted,) = reading.problems
    assert noted.entry == 2
    assert problem.replace("expires", ending.get(format, "expires")) in noted.problem
    assert "s3cret" not in f"{noted}{caught.value}"


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "selenium"])
@pytest.mark.parametrize(
    "partition",
    [5, [], {"a": 1}, {"topLevelSite": 5}],
    ids=["number", "list", "unknown", "no site"],
)
def test_partition_that_is_none_is_a_problem(format: str, partition: Any) -> None:
    """Such a cookie would go to every site otherwise."""
    with pytest.raises(FormatError, match="partitionKey: expected a site"):
        loaded(format, json.dumps([{**COOKIE, "partitionKey": partition}]))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "entry", ["5", "[]", '"s3cret"', "null", '{"name":"a","name":"b","value":"c","domain":"d"}']
)
def test_entry_that_is_no_object_is_passed_over(format: str, entry: str) -> None:
    cookies, reading = loaded(format, f"[{entry}]", lenient=True)

    assert (cookies, str(reading.problems[0])) == (
        [],
        "entry 1: expected an object in which each field is there once",
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "text", ['{"a":[]}', '{"cookies":{}}', '{"cookies":[],"cookies":[]}', '{"cookies":[],"a":NaN}']
)
def test_other_json_is_an_error(format: str, text: str) -> None:
    with pytest.raises(FormatError, match=r"expected a list of cookies|could not be written again"):
        loaded(format, text, lenient=True)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        pytest.param(0, False, id="0"),
        pytest.param(1, True, id="1"),
        pytest.param("True", True, id="text True"),
        pytest.param("false", False, id="text false"),
    ],
)
def test_flag_in_another_form_is_read_leniently(flag: Any, expected: bool) -> None:
    text = json.dumps([{**COOKIE, "secure": flag}])

    ((cookie,), _) = loaded("extension", text, lenient=True)
    with pytest.raises(FormatError, match="secure: expected true or false"):
        loaded("extension", text)

    assert cookie.secure is expected


def test_number_as_a_text_is_read_leniently() -> None:
    text = json.dumps([{**COOKIE, "expiry": "12.5"}])

    ((cookie,), _) = loaded("selenium", text, lenient=True)
    with pytest.raises(FormatError, match="expiry: expected seconds"):
        loaded("selenium", text)

    assert cookie.expires == 12


@pytest.mark.parametrize(
    ("format", "changes", "attribute", "expected"),
    [
        pytest.param("extension", {}, "host_only", True, id="no hostOnly, no dot"),
        pytest.param("extension", {"domain": ".a.test"}, "host_only", False, id="no hostOnly, dot"),
        pytest.param(
            "extension", {"hostOnly": True, "domain": ".a.test"}, "domain", "a.test", id="hostOnly"
        ),
        pytest.param("extension", {"domain": "A.Test"}, "domain", "a.test", id="capital letters"),
        pytest.param("extension", {"sameSite": None}, "same_site", None, id="SameSite null"),
        pytest.param("extension", {"sameSite": "Lax"}, "same_site", "Lax", id="SameSite Lax"),
        pytest.param("extension", {"sameSite": "Unspecified"}, "same_site", None, id="Unspecified"),
        pytest.param(
            "extension", {"session": True, "expirationDate": 9}, "expires", None, id="session wins"
        ),
        pytest.param("extension", {"partitionKey": {}}, "partition_key", None, id="no partition"),
        pytest.param("electron", {"new": [1]}, "name", "a", id="field that nobody knows"),
        pytest.param("puppeteer", {"expires": -1}, "expires", None, id="-1 is a session cookie"),
        pytest.param("puppeteer", {"expires": 0}, "expires", 0, id="0 is none"),
        pytest.param("playwright", {"expires": -1.0}, "expires", None, id="-1.0 in Playwright"),
        pytest.param(
            "puppeteer", {"partitionKey": "https://t.test"}, "partition_key", "https://t.test",
            id="partition of older versions",
        ),
        pytest.param(
            "puppeteer", {"partitionKey": {"sourceOrigin": "https://t.test"}}, "partition_key",
            "https://t.test", id="partition as Puppeteer has it",
        ),
    ],
)  # fmt: skip
def test_form_of_some_version_is_read(
    format: str, changes: dict[str, Any], attribute: str, expected: Any
) -> None:
    ((cookie,), _) = loaded(format, json.dumps([{**COOKIE, **changes}]))

    assert getattr(cookie, attribute) == expected


@pytest.mark.parametrize(
    ("format", "changes", "problem"),
    [
        pytest.param("electron", {"session": True, "expirationDate": 9}, "opposite", id="session"),
        pytest.param("electron", {"session": False}, "opposite", id="no session, no expiry"),
        pytest.param("extension", {"firstPartyDomain": "t.test"}, "firstParty", id="first party"),
        pytest.param("puppeteer", {"partitionKeyOpaque": True}, "no name", id="opaque partition"),
    ],
)
def test_cookie_that_would_go_elsewhere_is_passed_over(
    format: str, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(FormatError, match=problem):
        loaded(format, json.dumps([{**COOKIE, **changes}]))


def test_origins_of_playwright_are_written_again() -> None:
    cookies, reading = loaded("playwright", PLAYWRIGHT)

    text, _ = written("playwright", *cookies, beside=reading.beside)

    again, expected = json.loads(text), json.loads(PLAYWRIGHT)
    expected["cookies"][1]["expires"] = 1798761600
    assert again == expected


def test_member_beside_a_list_is_written_again() -> None:
    cookies, reading = loaded("extension", f'{{"url":"x","cookies":{EXTENSION}}}')

    text, _ = written("extension", *cookies, beside=reading.beside)

    assert json.loads(text)["url"] == "x"
    assert len(json.loads(text)["cookies"]) == 2


@pytest.mark.parametrize(
    ("value", "shown", "back"),
    [
        pytest.param("Ã¼", "ü", "Ã¼", id="octets of UTF-8"),
        pytest.param("ü", "ü", "Ã¼", id="another octet, which does not survive"),
        pytest.param("10 €", "10 €", "10 â\x82¬", id="text of a program, by its octets"),
        pytest.param("ð\x9f\x98\x80", "😀", "ð\x9f\x98\x80", id="four octets"),
    ],
)
def test_octets_and_texts_of_browsers(value: str, shown: str, back: str) -> None:
    """The same octets go over the wire, whether from the jar or from the browser."""
    text, _ = written("selenium", made(name=value, value=value, path=f"/{value}"))

    ((cookie,), _) = loaded("selenium", text)

    (fields,) = json.loads(text)
    assert (fields["name"], fields["value"], fields["path"]) == (shown, shown, f"/{shown}")
    assert (cookie.name, cookie.value, cookie.path) == (back, back, f"/{back}")
