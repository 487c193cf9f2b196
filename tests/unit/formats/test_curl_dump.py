"""Cookies from curl's header dumps; the dumps have the form that curl 7.88 was seen to write."""

import io
import time

import pytest

from cookietin import BrowserCookiePolicy, open_jar
from cookietin.cookie import CookieFields
from cookietin.errors import CookieSkippedWarning, FormatError
from cookietin.formats import Choice, curl
from cookietin.formats.reading import Reading

NOW = 1_767_225_600
DATE = "Date: Thu, 01 Jan 2026 00:00:00 GMT"  # NOW


def response(*fields, status="HTTP/1.1 200 OK"):
    """What `curl -D` writes of a response."""
    return "".join(f"{line}\r\n" for line in (status, *fields, ""))


def exchange(url, *fields, status="HTTP/1.1 200 OK", method="GET"):
    """What `curl -v` writes of a request and its response."""
    host, _, path = url.partition("/")
    lines = [
        "*   Trying 127.0.0.1:80...\n",
        f"> {method} /{path} HTTP/1.1\r\n",
        f"> Host: {host}\r\n",
        "> Accept: */*\r\n",
        "> \r\n",
        *[f"< {line}\r\n" for line in (status, *fields, "")],
        "{ [3 bytes data]\n",
        "* Connection #0 to host left intact\n",
    ]
    return "".join(lines)


def read(text, *, lenient=False, session=True, ended=False):
    octets = text if isinstance(text, bytes) else text.encode("latin-1")
    choice = Choice(session=session, ended=ended, now=NOW)
    reading = Reading("dump.txt", choice, CookieFields, lenient=lenient)
    return list(curl.read(io.BytesIO(octets), reading)), reading


def rows(text):
    return [(c.name, c.value, c.domain, c.path) for c in read(text)[0]]


def test_a_verbose_dump_names_the_url():
    """So a cookie without Domain goes to the host that set it, and its path is the request's."""
    (cookie,), _ = read(
        exchange("shop.test/a/login", "Set-Cookie: sid=1; HttpOnly; Max-Age=60", DATE)
    )

    assert (cookie.name, cookie.value) == ("sid", "1")
    assert (cookie.domain, cookie.path, cookie.host_only) == ("shop.test", "/a", True)
    assert (cookie.http_only, cookie.expires, cookie.creation_time) == (True, NOW + 60, NOW)


def test_a_plain_dump_has_domain_cookies_alone():
    """It names no URL: the rest is reported, and so is what to do."""
    given = response(
        "Set-Cookie: here=s3cr3t; Path=/", "Set-Cookie: wide=1; Domain=shop.test; Secure"
    )

    cookies, reading = read(given, lenient=True)

    assert [(c.name, c.domain, c.path, c.secure) for c in cookies] == [
        ("wide", ".shop.test", "/", True)
    ]
    assert [problem.line_number for problem in reading.problems] == [2]
    assert "curl -v URL" in str(reading.problems[0])
    with pytest.raises(FormatError, match="line 2: ") as caught:
        read(given)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            exchange("shop.test/", "Set-Cookie: a=1", "Location: /b", status="HTTP/1.1 302 Found")
            + exchange("shop.test/b", "Set-Cookie: a=2; Path=/"),
            [("a", "2", "shop.test", "/")],
            id="redirects: the later value counts",
        ),
        pytest.param(
            exchange("shop.test/", "Set-Cookie: a=1")
            + exchange("shop.test/", "Set-Cookie: a=; Max-Age=0"),
            [],
            id="redirects: a deletion removes",
        ),
        pytest.param(
            exchange("shop.test/", "Set-Cookie: a=1") + exchange("other.test/", "set-cookie: a=2"),
            [("a", "1", "shop.test", "/"), ("a", "2", "other.test", "/")],
            id="two hosts, the second over HTTP/2",
        ),
        pytest.param(
            exchange("shop.test:8080/x/", "Set-Cookie: a=1"),
            [("a", "1", "shop.test", "/x")],
            id="a port",
        ),
        pytest.param(
            "> GET http://u:p@shop.test/x/y HTTP/1.1\r\n> \r\n< HTTP/1.0 200 OK\r\n"
            "< Set-Cookie: a=1\r\n< \r\n",
            [("a", "1", "shop.test", "/x")],
            id="the whole URL, to a proxy, and no Host",
        ),
        pytest.param(
            exchange(
                "shop.test:443", "Set-Cookie: proxy=1", status="HTTP/1.1 200 OK", method="CONNECT"
            )
            + exchange("shop.test/", "Set-Cookie: a=1"),
            [("a", "1", "shop.test", "/")],
            id="what a proxy says to CONNECT is not the server's",
        ),
        pytest.param(
            exchange("shop.test/", status="HTTP/1.1 100 Continue")
            + "< HTTP/2 200 \r\n< set-cookie: a=1\r\n< \r\n",
            [("a", "1", "shop.test", "/")],
            id="an interim response before",
        ),
        pytest.param(
            exchange("shop.test/", "Set-Cookie: a=1") + "< Set-Cookie: planted=1\r\n",
            [("a", "1", "shop.test", "/")],
            id="a body that looks like a field",
        ),
        pytest.param(
            "> GET / HTTP/1.1\r\n> Host: shop.test\r\n> \r\n"
            "\r  0     0    0     0    0     0      0      0 --:--:--  0:00:01 --:--:--     0"
            "< HTTP/1.1 200 OK\r\n< Set-Cookie: a=1\r\n< \r\n",
            [("a", "1", "shop.test", "/")],
            id="the progress meter before the first field",
        ),
        pytest.param(
            "17:56:51.652207 [0-0] > GET / HTTP/1.1\r\n17:56:51.652207 [0-0] > Host: shop.test\r\n"
            "17:56:51.652208 [0-0] < HTTP/1.1 200 OK\r\n17:56:51.652208 [0-0] < Set-Cookie: a=1\r\n",
            [("a", "1", "shop.test", "/")],
            id="--trace-time and --trace-ids",
        ),
        pytest.param(
            response("Set-Cookie: a=1; Domain=shop.test", status="HTTP/1.1 302 Found")
            + response("Set-Cookie: a=2; Domain=.SHOP.test; Path=/", status="HTTP/2 200 "),
            [("a", "2", ".shop.test", "/")],
            id="-L -D: the later value counts",
        ),
        pytest.param(
            response("Set-Cookie: a=1; Domain=shop.test")
            + "<html>\nSet-Cookie: b=1; Domain=shop.test\n</html>\n"
            + response("Set-Cookie: c=1; Domain=shop.test"),
            [("a", "1", ".shop.test", "/"), ("c", "1", ".shop.test", "/")],
            id="-i: bodies are no fields",
        ),
        pytest.param(
            response("Set-Cookie: a=1; Domain=shop.test").replace("\r\n", "\n"),
            [("a", "1", ".shop.test", "/")],
            id="line ends of Unix",
        ),
        pytest.param(
            response("Set-Cookie: a=1; Domain=127.0.0.1"),
            [("a", "1", "127.0.0.1", "/")],
            id="an address is no domain, but a host",
        ),
        pytest.param(
            exchange("shop.test/", "Set-Cookie: lone"),
            [("lone", None, "shop.test", "/")],
            id="a lone word",
        ),
        pytest.param(
            response("Set-Cookie: a=gr\xc3\xbc\xff; Domain=shop.test"),
            [("a", "gr\xc3\xbc\xff", ".shop.test", "/")],
            id="octets stay octets",
        ),
        pytest.param(response("Server: x"), [], id="no cookies"),
    ],
)
def test_dumps(text, expected):
    assert rows(text) == expected


def test_max_age_counts_from_the_date():
    """A dump may be old; the field order within a response means nothing."""
    given = exchange("shop.test/", "Set-Cookie: old=1; Max-Age=60", DATE.replace("2026", "2025"))
    given += exchange("shop.test/", "Set-Cookie: new=1; Max-Age=60", DATE)

    assert [(c.name, c.expires) for c in read(given)[0]] == [("new", NOW + 60)]


def test_without_a_date_max_age_counts_from_now():
    before = int(time.time())
    (cookie,), _ = read(exchange("shop.test/", "Set-Cookie: a=1; Max-Age=60"))

    assert before + 60 <= cookie.expires <= time.time() + 60


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            exchange("shop.test/", "Set-Cookie: a=s3cr3t; Domain=other.test"), id="Domain"
        ),
        pytest.param(
            exchange("a.co.uk/", "Set-Cookie: a=s3cr3t; Domain=co.uk"), id="public suffix"
        ),
        pytest.param(exchange("shop.test/", "Set-Cookie: a=s3\x01cr3t"), id="a control character"),
        pytest.param(exchange("shop.test/", "Set-Cookie:"), id="nothing"),
        pytest.param(exchange("[::/", "Set-Cookie: a=s3cr3t"), id="a Host that is none"),
        pytest.param(
            response("Set-Cookie: a=s3cr3t; Domain=shop..test"), id="a Domain that is none"
        ),
        pytest.param(response("Set-Cookie: a=s3cr3t\0; Domain=shop.test"), id="NUL, no URL"),
        pytest.param(response("Set-Cookie: a=s3cr3t; x=" + "y" * 200_000), id="a line without end"),
        pytest.param(
            response("Set-Cookie: a=s3cr3t; Domain=shop.test").rstrip("\r\n"), id="cut off"
        ),
    ],
)
def test_a_wrong_field_costs_no_other(text):
    """And its problem names the line, without a piece of it."""
    good = exchange if text.startswith("*") else lambda _, field: response(field)
    given = good("shop.test/", "Set-Cookie: good=1; Domain=shop.test") + text

    cookies, reading = read(given, lenient=True)

    assert [cookie.name for cookie in cookies] == ["good"]
    (problem,) = reading.problems
    lines = given.split("\n")
    assert "set-cookie:" in lines[problem.line_number - 1].lower()
    assert "s3" not in str(problem)
    with pytest.raises(FormatError, match=f"line {problem.line_number}: "):
        read(given)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"# Netscape HTTP Cookie File\n", id="cookies.txt"),
        pytest.param(b"Set-Cookie: a=1; Domain=shop.test\r\n", id="fields without a status"),
        pytest.param(bytes(300_000), id="zeros"),
    ],
)
def test_another_file_is_an_error(octets):
    with pytest.raises(FormatError, match="curl -v URL"):
        read(octets, lenient=True)

    assert not curl.sniff(octets[:65_536])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(response("Server: x"), True, id="-D"),
        pytest.param(exchange("shop.test/"), True, id="-v"),
        pytest.param("HTTP/2 200 \r\n", True, id="HTTP/2"),
        pytest.param("HTTP/1.1 2000\r\n", False, id="no status"),
        pytest.param("<html> HTTP/1.1 200", False, id="a page"),
        pytest.param("#LWP-Cookies-2.0\n", False, id="Set-Cookie3"),
    ],
)
def test_sniff(text, expected):
    assert curl.sniff(text.encode("latin-1")) is expected


@pytest.mark.parametrize(
    ("session", "ended", "expected"),
    [
        pytest.param(True, True, ["session", "ended"], id="all"),
        pytest.param(False, True, ["ended"], id="no session cookies"),
        pytest.param(True, False, ["session"], id="none that have ended"),
    ],
)
def test_the_choice_is_kept(session, ended, expected):
    given = exchange(
        "shop.test/",
        "Set-Cookie: session=1",
        "Set-Cookie: ended=1; Max-Age=60",
        DATE.replace("2026", "2025"),
    )

    assert [c.name for c in read(given, session=session, ended=ended)[0]] == expected


def test_open_jar_reads_a_dump(tmp_path):
    path = tmp_path / "dump.txt"
    path.write_bytes(
        exchange(
            "shop.test/login", "Set-Cookie: sid=1; Path=/; Secure", "Set-Cookie: a=1; Domain=b.test"
        ).encode()
    )

    with pytest.warns(CookieSkippedWarning, match="1 could not be read"):
        jar = open_jar(path, "curl", BrowserCookiePolicy())

    assert jar.cookie_header("https://shop.test/cart") == "sid=1"
    with pytest.raises(OSError, match="only read"):
        jar.save()
