"""Logins that move between Chromium and a jar: storage state, Puppeteer's JSON, a recording."""

import json

import pytest

from cookietin import BrowserCookiePolicy, open_jar

# What Playwright 1.5x takes away from the cookies of the protocol, and what it puts in.
NOT_IN_STORAGE_STATE = ("size", "priority", "session", "sourceScheme", "sourcePort")
SAME_SITE_BY_DEFAULT = "Lax"


@pytest.fixture(scope="session")
def login(chromium, shop):
    """A login in Chromium: its cookies by the protocol, and the network's events."""
    context = chromium.fresh()
    tab = chromium.tab(context)
    chromium.ask("Network.enable", tab)
    since, events = len(shop.visits), len(chromium.events)
    chromium.ask("Page.navigate", tab, url=shop.login_url)
    sent = shop.wait_for("/home", since)
    assert sent == shop.expected(sent)
    assert chromium.text(tab) == "logged in"
    cookies = chromium.ask("Storage.getCookies", browserContextId=context)["cookies"]
    return cookies, chromium.events[events:]


def storage_state(cookies):
    """What Playwright's `storage_state` makes of the cookies of the protocol."""
    kept = [
        {
            "sameSite": SAME_SITE_BY_DEFAULT,
            **{key: value for key, value in cookie.items() if key not in NOT_IN_STORAGE_STATE},
        }
        for cookie in cookies
    ]
    return {"cookies": kept, "origins": []}


@pytest.mark.parametrize(
    ("format", "document_of"),
    [
        pytest.param("playwright", storage_state, id="Playwright's storage state"),
        pytest.param("puppeteer", lambda cookies: cookies, id="Puppeteer's page.cookies"),
    ],
)
def test_a_login_in_chromium_is_one_in_the_jar(
    login, shop, visit, format_named, tmp_path, format, document_of
):
    """All cookies arrive, octet by octet, and the shop knows the visitor."""
    path = tmp_path / "cookies.json"
    path.write_text(json.dumps(document_of(login[0])))

    jar = open_jar(path, format_named(format), BrowserCookiePolicy())

    text, sent = visit(jar)
    assert text == "logged in"
    assert sent == shop.expected(sent)


@pytest.mark.parametrize("format", ["playwright", "puppeteer"])
def test_a_login_in_the_jar_is_one_in_chromium(
    chromium, shop, visit, format_named, tmp_path, format
):
    """The saved file is put into a fresh browser as Playwright and Puppeteer put it."""
    path = tmp_path / "cookies.json"
    jar = open_jar(path, format_named(format), BrowserCookiePolicy())
    visit(jar, shop.login_url)
    jar.save()
    document = json.loads(path.read_text())
    cookies = document["cookies"] if format == "playwright" else document
    for cookie in cookies:
        if cookie["expires"] == -1:
            del cookie["expires"]
    context = chromium.fresh()
    chromium.ask("Storage.setCookies", cookies=cookies, browserContextId=context)
    tab = chromium.tab(context)
    since = len(shop.visits)

    chromium.ask("Page.navigate", tab, url=shop.url)

    sent = shop.wait_for("/home", since)
    assert sent == shop.expected(sent)
    assert chromium.text(tab) == "logged in"


def recording(events):
    """A HAR file with what Chromium tells of the network, put together as its developer tools do."""
    requests, entries = {}, []
    for event in events:
        told = event.get("params", {})
        number, kind = told.get("requestId"), event["method"].removeprefix("Network.")
        if kind == "requestWillBeSentExtraInfo":
            requests.setdefault(number, []).append(told)
        elif kind == "responseReceivedExtraInfo":
            entries.append((number, told))
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "WebInspector", "version": "537.36"},
            "entries": [
                {
                    "startedDateTime": "2999-01-01T00:00:00.000Z",
                    "request": {
                        "url": f"http://{_fields(asked)['host']}/home",
                        "headers": _listed(asked),
                        "cookies": [],
                    },
                    "response": {"headers": _listed(told), "cookies": []},
                }
                for number, told in entries
                for asked in [requests[number].pop(0)]
            ],
        }
    }


def _fields(told):
    return {name.lower(): value for name, value in told["headers"].items()}


def _listed(told):
    return [{"name": name, "value": value} for name, value in told["headers"].items()]


def test_a_recording_of_a_login_is_one_in_the_jar(login, shop, visit, format_named, tmp_path):
    """Chromium writes the octets of header fields as windows-1252; none may change on the way."""
    path = tmp_path / "login.har"
    path.write_text(json.dumps(recording(login[1])))

    jar = open_jar(path, format_named("har"), BrowserCookiePolicy())

    text, sent = visit(jar)
    assert text == "logged in"
    assert sent == shop.expected(sent)
