"""Cookies from HTTP Archives: what responses set, and what requests sent without it."""

import io
import json

import pytest

from cookietin import BrowserCookiePolicy, open_jar
from cookietin.cookie import CookieFields
from cookietin.errors import CookieSkippedWarning, FormatError
from cookietin.formats import Choice, har, registry
from cookietin.formats.reading import Reading

NOW = 1_767_225_600
STARTED = "2026-01-01T00:00:00.000Z"  # NOW
SHOP = "https://www.shop.test/account/login"


def entry(
    *set_cookies,
    url=SHOP,
    started=STARTED,
    cookie=None,
    response_cookies=(),
    request_cookies=(),
    header="Set-Cookie",
):
    """One entry, as Chromium writes it; several Set-Cookie fields are joined by line breaks."""
    set_fields = [{"name": header, "value": "\n".join(set_cookies)}] if set_cookies else []
    sent_fields = [{"name": "Cookie", "value": cookie}] if cookie else []
    return {
        "startedDateTime": started,
        "time": 12.5,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "Accept", "value": "*/*"}, *sent_fields],
            "cookies": list(request_cookies),
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "text/html"}, *set_fields],
            "cookies": list(response_cookies),
            "content": {"size": 5, "mimeType": "text/html", "text": "hello"},
        },
    }


def archive(*entries, creator="tests"):
    log = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": entries}
    return json.dumps({"log": log}).encode()


def read(octets, *, lenient=False, session=True, ended=False, now=NOW):
    choice = Choice(session=session, ended=ended, now=now)
    reading = Reading("a.har", choice, CookieFields, lenient=lenient)
    return list(har.read(io.BytesIO(octets), reading)), reading


def cookies_of(*entries, creator="tests"):
    return read(archive(*entries, creator=creator))[0]


def pairs(cookies):
    return [(cookie.name, cookie.value) for cookie in cookies]


def test_a_cookie_has_all_that_its_field_says():
    """The recording stands for the browser: nothing that the server said may be lost."""
    (cookie,) = cookies_of(
        entry("sid=1; Domain=shop.test; Path=/a; Secure; HttpOnly; SameSite=Lax; Max-Age=60")
    )

    assert (cookie.name, cookie.value, cookie.domain, cookie.path) == (
        "sid",
        "1",
        ".shop.test",
        "/a",
    )
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")
    assert (cookie.expires, cookie.discard, cookie.path_specified) == (NOW + 60, False, True)
    assert (cookie.host_only, cookie.creation_time) == (False, NOW)


def test_a_field_without_attributes_is_read_for_its_url():
    (cookie,) = cookies_of(entry("sid=1"))

    assert (cookie.domain, cookie.path, cookie.host_only) == ("www.shop.test", "/account", True)
    assert (cookie.expires, cookie.discard, cookie.path_specified) == (None, True, False)


def test_max_age_counts_from_the_recording():
    """Not from when the file is read: the server's clock started then."""
    cookies = cookies_of(
        entry("old=1; Max-Age=60", "new=1; Max-Age=7200", started="2025-12-31T23:00:00Z")
    )

    assert [(cookie.name, cookie.expires) for cookie in cookies] == [("new", NOW + 3600)]


@pytest.mark.parametrize(
    ("started", "shift"),
    [
        pytest.param("2026-01-01T00:00:00Z", 0, id="UTC without fractions"),
        pytest.param("2026-01-01T00:00:00.123456789Z", 0, id="nanoseconds"),
        pytest.param("2026-01-01T02:00:00.5+02:00", 0, id="an offset"),
        pytest.param("2026-01-01T00:00:00", 0, id="no zone is UTC"),
        pytest.param("2025-12-31T19:00:00-05:00", 0, id="a negative offset"),
    ],
)
def test_dates_of_recorders(started, shift):
    (cookie,) = cookies_of(entry("a=1; Max-Age=60", started=started))

    assert cookie.expires == NOW + 60 + shift


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [entry("a=1"), entry("a=2")], [("a", "2")], id="the later of two values counts"
        ),
        pytest.param(
            [entry("a=2", started="2026-01-01T00:00:09Z"), entry("a=1")],
            [("a", "2")],
            id="later is what started later, wherever it stands",
        ),
        pytest.param([entry("a=1"), entry("a=; Max-Age=0")], [], id="Max-Age=0 deletes"),
        pytest.param(
            [entry("a=1"), entry("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")],
            [],
            id="a date in the past deletes",
        ),
        pytest.param([entry("a=; Max-Age=0"), entry("a=1")], [("a", "1")], id="set after deletion"),
        pytest.param(
            [entry("a=1; Path=/"), entry("a=; Path=/x; Max-Age=0")],
            [("a", "1")],
            id="a deletion for another path deletes nothing",
        ),
        pytest.param(
            [entry("a=1", "b=2")], [("a", "1"), ("b", "2")], id="two fields in one header"
        ),
        pytest.param([entry("a=1", header="set-cookie")], [("a", "1")], id="header of HTTP/2"),
        pytest.param([entry("lone")], [("lone", None)], id="a lone word"),
        pytest.param([entry()], [], id="no cookies at all"),
        pytest.param([entry(url="data:text/html,x")], [], id="an entry that has no host"),
    ],
)
def test_what_remains_after_the_responses(entries, expected):
    assert pairs(cookies_of(*entries)) == expected


def test_objects_count_where_there_are_no_fields():
    """Firefox and proxies may leave the header out, and write what they have understood."""
    said = {
        "name": "sid",
        "value": "1",
        "path": "/",
        "domain": ".shop.test",
        "expires": "2026-01-02T00:00:00.000Z",
        "httpOnly": True,
        "secure": True,
        "sameSite": "strict",
    }

    (cookie,) = cookies_of(entry(response_cookies=[said]))

    assert (cookie.domain, cookie.path, cookie.expires) == (".shop.test", "/", NOW + 86_400)
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Strict")


def test_fields_count_before_objects():
    said = {"name": "sid", "value": "cut"}

    assert pairs(cookies_of(entry("sid=whole", response_cookies=[said]))) == [("sid", "whole")]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        pytest.param(None, ("www.shop.test", True), id="no domain"),
        pytest.param("", ("www.shop.test", True), id="an empty domain"),
        pytest.param("www.shop.test", ("www.shop.test", True), id="the host: the narrower kind"),
        pytest.param(".www.shop.test", (".www.shop.test", False), id="the host with a dot"),
        pytest.param("shop.test", (".shop.test", False), id="a parent"),
    ],
)
def test_domains_of_objects(domain, expected):
    said = {"name": "a", "value": "1", "domain": domain}

    (cookie,) = cookies_of(entry(response_cookies=[said]))

    assert (cookie.domain, cookie.host_only) == expected


def test_an_object_that_has_ended_deletes():
    ended = {"name": "a", "value": "", "path": "/account", "expires": "1970-01-01T00:00:00Z"}

    assert cookies_of(entry("a=1"), entry(response_cookies=[ended])) == []


def test_what_no_response_set_comes_from_requests():
    """A recording begins when the user is logged in already."""
    (cookie,) = cookies_of(entry(cookie="sid=1"))

    assert (cookie.name, cookie.value, cookie.domain, cookie.path) == (
        "sid", "1", "www.shop.test", "/",
    )  # fmt: skip
    assert (cookie.host_only, cookie.secure, cookie.expires) == (True, True, None)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [entry("a=2"), entry(cookie="a=1")], [("a", "2")], id="a response's value counts"
        ),
        pytest.param(
            [entry(cookie="a=1"), entry("a=; Max-Age=0; Domain=shop.test")],
            [],
            id="what a response has deleted does not come back",
        ),
        pytest.param(
            [entry(cookie="a=1"), entry(cookie="a=2; b=3")],
            [("a", "2"), ("b", "3")],
            id="the last value counts",
        ),
        pytest.param(
            [entry("a=1", url="https://other.test/"), entry(cookie="a=2")],
            [("a", "1"), ("a", "2")],
            id="another host's response does not count",
        ),
        pytest.param([entry(cookie="lone; a=b=c")], [("lone", None), ("a", "b=c")], id="odd pairs"),
    ],
)
def test_responses_and_requests(entries, expected):
    assert pairs(cookies_of(*entries)) == expected


@pytest.mark.parametrize(
    ("urls", "secure"),
    [
        pytest.param(["https://shop.test/"], True, id="over https alone"),
        pytest.param(["http://shop.test/"], False, id="over http"),
        pytest.param(["https://shop.test/", "http://shop.test/"], False, id="over both"),
        pytest.param(
            ["http://shop.test/", "https://shop.test/"], False, id="over both, http first"
        ),
    ],
)
def test_a_sent_cookie_is_not_sent_less_securely(urls, secure):
    """The recording does not say Secure; a session must not travel in the clear for that."""
    (cookie,) = cookies_of(*[entry(url=url, cookie="sid=1") for url in urls])

    assert cookie.secure is secure


def test_sent_objects_say_whose_they_are():
    """Chromium records the stored cookie; -1, a session cookie, comes out as 1969."""
    said = {
        "name": "sid",
        "value": "1",
        "path": "/a",
        "domain": ".shop.test",
        "expires": "1969-12-31T23:59:59.000Z",
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }

    (cookie,) = cookies_of(entry(cookie="sid=1", request_cookies=[said]))

    assert (cookie.domain, cookie.path, cookie.expires) == (".shop.test", "/a", None)
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)


@pytest.mark.parametrize(
    ("creator", "recorded", "octets"),
    [
        pytest.param("Firefox", "grüße", "grüße".encode(), id="text"),
        pytest.param("Firefox", "grÃ¼ÃŸe", "grüße".encode(), id="UTF-8 taken for windows-1252"),
        pytest.param("WebInspector", "grÃ¼ÃŸe", "grüße".encode(), id="Chromium, UTF-8"),
        pytest.param("WebInspector", "gr\xfc", b"gr\xfc", id="Chromium, latin-1"),
        pytest.param(
            "WebInspector", "â\u201a¬\x81", b"\xe2\x82\xac\x81", id="Chromium, windows-1252"
        ),
        pytest.param("mitmproxy", "日本", "日本".encode(), id="text that is no octets"),
    ],
)
@pytest.mark.parametrize("header", ["Set-Cookie", "Cookie"])
def test_octets_beyond_ascii(creator, recorded, octets, header):
    """JSON has characters, cookies have octets; Chromium 156 was seen to write them so."""
    given = entry(f"a={recorded}") if header == "Set-Cookie" else entry(cookie=f"a={recorded}")

    (cookie,) = cookies_of(given, creator=creator)

    assert cookie.value.encode("latin-1") == octets


def test_a_sent_object_has_the_value_that_was_sent():
    """Chromium's objects leave out octets that are no UTF-8; the Cookie field has them."""
    said = {"name": "a", "value": "gr", "path": "/", "domain": "www.shop.test", "httpOnly": True}

    (cookie,) = cookies_of(entry(cookie="a=gr\xfc", request_cookies=[said]), creator="WebInspector")

    assert (cookie.value, cookie.http_only) == ("gr\xfc", True)


REFUSED = "s3cr3t"


@pytest.mark.parametrize(
    ("field", "url"),
    [
        pytest.param(f"a={REFUSED}; Domain=other.test", SHOP, id="another site's Domain"),
        pytest.param(f"a={REFUSED}; Domain=test", SHOP, id="a public suffix"),
        pytest.param(f"a={REFUSED}; Secure", "http://shop.test/", id="Secure over http"),
        pytest.param(f"a={REFUSED}; SameSite=None", SHOP, id="SameSite=None without Secure"),
        pytest.param(f"__Host-a={REFUSED}; Path=/", SHOP, id="__Host- without Secure"),
        pytest.param(f"__Host-a={REFUSED}; Secure", SHOP, id="__Host- without Path=/"),
        pytest.param(f"__Secure-a={REFUSED}", SHOP, id="__Secure- without Secure"),
        pytest.param(f"__Http-a={REFUSED}; Secure", SHOP, id="__Http- without HttpOnly"),
        pytest.param(f"a={REFUSED}\0", SHOP, id="a control character"),
        pytest.param("", SHOP, id="nothing"),
        pytest.param(f"a={REFUSED}" + 4096 * "x", SHOP, id="too long"),
        pytest.param(f"a={REFUSED}\ud800", SHOP, id="half a surrogate pair"),
    ],
)
def test_what_a_browser_refuses_is_reported_and_costs_no_other(field, url):
    """A recording is a stranger's file: no site in it may plant cookies for another."""
    given = archive(entry("good=1", field, url=url))

    cookies, reading = read(given, lenient=True)

    assert pairs(cookies) == [("good", "1")]
    assert [problem.entry for problem in reading.problems] == [1]
    assert REFUSED not in str(reading.problems)
    with pytest.raises(FormatError) as caught:
        read(given)
    assert REFUSED not in str(caught.value)


def without(path, given):
    *parents, last = path.split(".")
    inner = given
    for parent in parents:
        inner = inner[parent]
    del inner[last]
    return given


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(without("request", entry("a=1")), id="no request"),
        pytest.param(without("response", entry("a=1")), id="no response"),
        pytest.param(without("request.url", entry("a=1")), id="no URL"),
        pytest.param(entry("a=1", url="file:///etc/passwd"), id="a URL of another scheme"),
        pytest.param(entry("a=1", url="https://[::/"), id="a URL that is none"),
        pytest.param(without("startedDateTime", entry("a=1")), id="no date"),
        pytest.param(entry("a=1", started="yesterday"), id="a date that is none"),
        pytest.param(entry("a=1", started="2026-01-01"), id="a date without its time"),
        pytest.param(entry("a=1", started=17), id="a number for a date"),
        pytest.param({"request": {}, "response": {"headers": "x"}}, id="headers are no list"),
        pytest.param("entry", id="a text"),
        pytest.param(None, id="null"),
        pytest.param(entry(response_cookies=[{"name": "a", "value": 7}]), id="a number as value"),
        pytest.param(entry(response_cookies=[{"name": "a;b", "value": "x"}]), id="a name with ;"),
        pytest.param(entry(response_cookies=[{"name": "a", "value": "x; y"}]), id="a value with ;"),
        pytest.param(
            entry(response_cookies=[{"name": "a", "value": "x", "expires": "soon"}]), id="no expiry"
        ),
        pytest.param(entry(cookie="a=\x01"), id="a control character in a Cookie field"),
    ],
)
def test_a_wrong_entry_costs_no_other(wrong):
    given = archive(entry("one=1"), wrong, entry("two=2"))

    cookies, reading = read(given, lenient=True)

    assert pairs(cookies) == [("one", "1"), ("two", "2")]
    assert [problem.entry for problem in reading.problems] == [2]
    with pytest.raises(FormatError, match="entry 2: "):
        read(given)


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(b"", "JSON", id="empty"),
        pytest.param(archive(entry("a=s3cr3t"))[:-30], "cut off", id="cut off"),
        pytest.param(b"[]", "'log'", id="a list"),
        pytest.param(b'{"log": {}}', "'entries'", id="no entries"),
        pytest.param(b'{"log": {"entries": {}}}', "'entries'", id="entries are no list"),
        pytest.param(b'{"log": "s3cr3t\xff"}', "UTF-8", id="no UTF-8"),
        pytest.param(b"[" * 200_000, "nested", id="nested too deep"),
        pytest.param(b'{"log": ' + b"9" * 5000 + b"}", "number", id="a number without end"),
    ],
)
def test_another_file_is_an_error_without_its_text(octets, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        read(octets, lenient=True)

    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch):
    """Bodies of a day's browsing must not fill the memory."""
    monkeypatch.setattr(har, "LARGEST", 1 << 20)

    class Huge(io.BytesIO):
        def read(self, size=-1):
            raise AssertionError("it was read")

    reading = Reading("a.har", Choice(session=True, ended=False, now=NOW), CookieFields)
    with pytest.raises(FormatError, match="at most 1 MiB"):
        list(har.read(Huge(bytes(2 << 20)), reading))


def test_a_huge_pipe_is_refused(monkeypatch):
    monkeypatch.setattr(har, "LARGEST", 1000)

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    reading = Reading("a.har", Choice(session=True, ended=False, now=NOW), CookieFields)
    with pytest.raises(FormatError, match="take them out"):
        list(har.read(Pipe(bytes(2000)), reading))


@pytest.mark.parametrize(
    ("session", "ended", "expected"),
    [
        pytest.param(True, True, ["session", "ended", "lasting"], id="all"),
        pytest.param(False, True, ["ended", "lasting"], id="no session cookies"),
        pytest.param(True, False, ["session", "lasting"], id="none that have ended"),
    ],
)
def test_the_choice_is_kept(session, ended, expected):
    given = archive(entry("session=1", "ended=1; Max-Age=60", "lasting=1; Max-Age=600"))

    cookies, _ = read(given, session=session, ended=ended, now=NOW + 120)

    assert [cookie.name for cookie in cookies] == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(archive(entry("a=1")), True, id="a HAR file"),
        pytest.param(
            b'\xef\xbb\xbf\r\n{ "log" :\n {', True, id="with a byte order mark and blanks"
        ),
        pytest.param(b'{"cookies": [], "origins": []}', False, id="storage state"),
        pytest.param(b'[{"log": {}}]', False, id="a list"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_sniff(head, expected):
    assert har.sniff(head) is expected


def test_open_jar_knows_the_file(tmp_path):
    """By its content, whatever its name; the jar then sends what the browser would have sent."""
    path = tmp_path / "recording.txt"
    future = "2999-01-01T00:00:00Z"
    path.write_bytes(archive(entry("sid=1; Path=/; Secure; HttpOnly", started=future)))

    jar = open_jar(path, format="har", policy=BrowserCookiePolicy())

    assert jar.cookie_header("https://www.shop.test/cart") == "sid=1"
    assert registry.named("har") is har
    with pytest.raises(OSError, match="only read"):
        jar.save()


def test_open_jar_warns_of_what_was_passed_over(tmp_path):
    path = tmp_path / "recording.har"
    path.write_bytes(archive(entry("good=1", "bad=1; Domain=other.test")))

    with pytest.warns(CookieSkippedWarning, match="1 could not be read"):
        jar = open_jar(path, "har")

    assert [cookie.name for cookie in jar] == ["good"]
