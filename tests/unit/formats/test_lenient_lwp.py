"""What the lenient reader makes of Set-Cookie3 files, of Perl's, ours and mended by hand."""

from __future__ import annotations

import io
import warnings

import pytest

from cookietin.cookiejar import Cookie, LWPCookieJar
from cookietin.errors import CookieSkippedWarning, FormatError
from cookietin.formats import Choice, lwp
from cookietin.formats.reading import Reading, Writing

NOW = 1_767_225_600
LATER = 4_000_000_000
EVERY = Choice(session=True, ended=True, now=NOW)
HEADER = b"#LWP-Cookies-1.0\n"
GOOD = b'Set-Cookie3: n=v; path="/"; domain=shop.test; expires="2096-10-02 07:06:40Z"; version=0\n'
LOST_END = b'Set-Cookie3: n=v; path="/"; domain=shop.test; version=0\n'


def reading(*, lenient: bool = True) -> Reading:
    return Reading("x.lwp", EVERY, Cookie, lenient=lenient)


def cookies_of(octets: bytes, *, lenient: bool = True) -> list[Cookie]:
    return list(lwp.read(io.BytesIO(octets), reading(lenient=lenient)))


def shown(cookie: Cookie) -> tuple[object, ...]:
    return cookie.domain, cookie.path, cookie.expires, cookie.discard, cookie.name, cookie.value


PLAIN = ("shop.test", "/", LATER, False, "n", "v")


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(HEADER + GOOD, PLAIN, id="as Perl writes it"),
        pytest.param(GOOD, PLAIN, id="no first line"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + GOOD, PLAIN, id="byte order mark"),
        pytest.param((HEADER + GOOD).replace(b"\n", b"\r\n"), PLAIN, id="CR LF"),
        pytest.param((HEADER + GOOD).replace(b"\n", b"\r"), PLAIN, id="lone CR"),
        pytest.param(b"# mine\n\n" + HEADER + GOOD.strip(), PLAIN, id="comments first"),
        pytest.param(b"  set-cookie3" + GOOD[11:], PLAIN, id="lower case"),
        pytest.param(GOOD.replace(b"v;", b'"\xe9\xc3\xa0";'), (*PLAIN[:5], "\xe9\xc3\xa0"), id="octets"),
        pytest.param(
            GOOD.replace(b"v;", b"\xc3\xa0\x85;"), (*PLAIN[:5], "\xc3\xa0\x85"), id="octets, no quotes"
        ),
        pytest.param(
            GOOD.replace(b": n=", b": \xc3\xa0="), (*PLAIN[:4], "\xc3\xa0", "v"), id="octets of a name"
        ),
        pytest.param(
            GOOD.replace(b"shop", b"\xc3\x84SHOP"), ("\xc3\x84shop.test", *PLAIN[1:]), id="domain"
        ),
        pytest.param(
            LOST_END, ("shop.test", "/", None, False, "n", "v"), id="Max-Age, of which Perl lost the end"
        ),
        pytest.param(
            LOST_END.replace(b"version", b"discard; version"),
            ("shop.test", "/", None, True, "n", "v"),
            id="session cookie",
        ),
        pytest.param(
            LOST_END.replace(b"n=v", b'n="\\"v\\""'),
            ("shop.test", "/", None, False, "n", '"v"'),
            id="end lost, careful way",
        ),
    ],
)  # fmt: skip
def test_shape_is_read(octets: bytes, expected: tuple[object, ...]) -> None:
    """Each is written by a program, or left by an editor."""
    (cookie,) = cookies_of(octets)

    assert shown(cookie) == expected


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(
            b"SECRET", "expected 'Set-Cookie3:' before a cookie, or '#' before a comment", id="words"
        ),
        pytest.param(b"Set-Cookie3:", "expected a cookie, found nothing", id="nothing"),
        pytest.param(
            b"Set-Cookie3: n=SECRET; path=/",
            "expected a domain and a path; the line holds no whole cookie",
            id="no domain",
        ),
        pytest.param(
            GOOD.strip().replace(b"domain=shop.test", b'domain=""'),
            "expected a domain, found an empty one",
            id="empty domain",
        ),
        pytest.param(
            GOOD.strip().replace(b"version=0", b"version=SECRET"),
            "expected a whole number as version",
            id="version",
        ),
        pytest.param(
            GOOD.strip().replace(b"v;", b"SEC\0RET;"), "expected text, found a NUL octet in it", id="NUL"
        ),
        pytest.param(
            b"Set-Cookie3: n=" + b"x" * 70_000,
            "expected at most 65,536 octets a line, found more",
            id="a line too long",
        ),
    ],
)  # fmt: skip
def test_line_is_passed_over_and_reported(octets: bytes, problem: str) -> None:
    """A line at fault costs no other, is named, and is kept for whoever saves the file again."""
    given = reading()

    cookies = list(lwp.read(io.BytesIO(HEADER + octets + b"\n" + GOOD), given))

    assert [shown(cookie) for cookie in cookies] == [PLAIN]
    assert [(each.line_number, each.problem) for each in given.problems] == [(2, problem)]
    assert given.unread == octets + b"\n"
    assert "SECRET" not in str(given.problems)


def test_of_two_cookies_in_a_line_the_good_one_is_read() -> None:
    """And it is not found a second time, with its old value, when the other is written back."""
    given = reading()

    cookies = list(lwp.read(io.BytesIO(GOOD.replace(b"version=0", b"version=0, m=2")), given))

    assert [shown(cookie) for cookie in cookies] == [PLAIN]
    assert given.unread == b"Set-Cookie3: m=2\n"


def test_file_that_is_none_is_an_error() -> None:
    """One clear error, and not one warning of a thousand lines."""
    with pytest.raises(FormatError, match="none of 9 can be read; first, line 1: exp"):
        cookies_of(b"SECRET\n" * 9)


def test_saving_keeps_lines_that_could_not_be_read(tmp_path: object) -> None:
    """`load` and `save` must not destroy what a newer program may read."""
    path = f"{tmp_path}/cookies.lwp"
    with open(path, "wb") as stream:
        stream.write(HEADER + b"SECRET \xff\n" + GOOD.replace(b"v;", b'"\xe9";'))
    jar = LWPCookieJar(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CookieSkippedWarning)
        jar.load(lenient=True)

    jar.save()

    with open(path, "rb") as stream:
        head, cookie, unread = stream.read().splitlines(keepends=True)
    assert len(caught) == 1
    assert (head, unread) == (b"#LWP-Cookies-2.0\n", b"SECRET \xff\n")
    assert cookie.startswith(b'Set-Cookie3: n="\xe9"; path="/"; domain="shop.test"')


def test_names_of_octets_are_written() -> None:
    """To Perl 0xA0 is no blank, as it is none to a server that speaks UTF-8."""
    (cookie,) = cookies_of(GOOD.replace(b"n=v", b"\xc3\xa0=\xc3\xa0"))
    stream = io.BytesIO()

    lwp.write(stream, [cookie], Writing(EVERY, pytest.fail, Cookie))

    assert b'Set-Cookie3: \xc3\xa0="\xc3\xa0"; ' in stream.getvalue()


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        pytest.param(GOOD, 1, id="no first line"),
        pytest.param(b"\xff\xfe\0\0", 1, id="octets that are no text"),
        pytest.param(HEADER + GOOD + b"Set-Cookie3: a=\xe9\n", 3, id="no domain"),
    ],
)
def test_strict_reading_names_the_line(octets: bytes, line: int) -> None:
    """Without the switch the standard library's strictness holds."""
    with pytest.raises(FormatError) as caught:
        cookies_of(octets, lenient=False)

    assert caught.value.line_number == line


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(HEADER, True, id="Perl's first line"),
        pytest.param(b"#LWP-Cookies-2.0\r\n", True, id="ours, CR LF"),
        pytest.param(b"\xef\xbb\xbf# mine\n" + HEADER, True, id="byte order mark, a comment"),
        pytest.param(GOOD, True, id="no first line"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"Set-Cookie: a=b; path=/\n", False, id="a header field"),
        pytest.param(b"# Netscape HTTP Cookie File\n", False, id="cookies.txt"),
        pytest.param(b'{"Set-Cookie3:": 1}', False, id="JSON"),
        pytest.param(b"words\n" + GOOD, False, id="words first"),
        pytest.param(bytes(range(256)), False, id="all octets"),
    ],
)
def test_sniff(head: bytes, expected: bool) -> None:
    """`open_jar` tells by this alone what it has before it."""
    assert lwp.sniff(head) is expected
