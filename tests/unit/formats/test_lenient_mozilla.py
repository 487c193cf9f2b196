"""What the lenient reader makes of cookies.txt as programs really write it.

What curl 7.88 sends for the same shapes is asked in tests/interop/files/test_lenient.py.
"""

from __future__ import annotations

import io
import warnings

import pytest

from cookietin.cookiejar import Cookie, LoadError, MozillaCookieJar
from cookietin.errors import CookieSkippedWarning, FormatError
from cookietin.formats import Choice, lines, mozilla
from cookietin.formats.reading import Reading, Writing

NOW = 1_767_225_600
LATER = 4_000_000_000
EVERY = Choice(session=True, ended=True, now=NOW)
GOOD = b"good.test\tFALSE\t/\tFALSE\t0\tgood\t1\n"
HEADER = b"# Netscape HTTP Cookie File\n"


def reading(*, lenient: bool = True) -> Reading:
    return Reading("x.txt", EVERY, Cookie, lenient=lenient)


def cookies_of(octets: bytes, *, lenient: bool = True) -> list[Cookie]:
    return list(mozilla.read(io.BytesIO(octets), reading(lenient=lenient)))


def row(
    domain: str = "shop.test",
    subdomains: str = "FALSE",
    path: str = "/",
    secure: str = "FALSE",
    expires: str = str(LATER),
    name: str = "n",
    value: str = "v",
) -> bytes:
    return "\t".join((domain, subdomains, path, secure, expires, name, value)).encode("latin-1")


def shown(cookie: Cookie) -> tuple[object, ...]:
    return (
        *(cookie.domain, cookie.path, cookie.secure, cookie.expires),
        *(cookie.name, cookie.value, cookie.http_only),
    )


PLAIN = ("shop.test", "/", False, LATER, "n", "v", False)


def plain(**changes: object) -> tuple[object, ...]:
    named = dict(
        zip(
            ("domain", "path", "secure", "expires", "name", "value", "http_only"),
            PLAIN,
            strict=True,
        )
    )
    return tuple({**named, **changes}.values())


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(row() + b"\n", PLAIN, id="no header line, as aria2 writes it"),
        pytest.param(row(), PLAIN, id="no line break at the end"),
        pytest.param(row() + b"\r\n", PLAIN, id="CR LF"),
        pytest.param(b"# mine\n\n" + HEADER + row() + b"\n", PLAIN, id="comments first"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + row() + b"\n", PLAIN, id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf" + row() + b"\n", PLAIN, id="byte order mark before a cookie"),
        pytest.param(b" \t" + row() + b"\n", PLAIN, id="blanks before the line"),
        pytest.param(b"\0" + row() + b"\0\0\n", PLAIN, id="padded with NUL"),
        pytest.param(
            row(subdomains="TRUE") + b"\n", plain(domain=".shop.test"), id="TRUE without a dot"
        ),
        pytest.param(
            row(".shop.test") + b"\n", plain(domain="shop.test"), id="FALSE with a dot"
        ),
        pytest.param(
            row(subdomains="true", secure="true") + b"\n",
            plain(domain=".shop.test", secure=True),
            id="lower-case booleans",
        ),
        pytest.param(row(secure="yes") + b"\n", PLAIN, id="another word is FALSE, as to curl"),
        pytest.param(row().rsplit(b"\t", 1)[0] + b"\n", plain(value=""), id="six fields: no value"),
        pytest.param(row(value="") + b"\n", plain(value=""), id="empty value"),
        pytest.param(
            b"shop.test\tFALSE\tFALSE\t4000000000\tn\tv\n", PLAIN, id="six fields: no path"
        ),
        pytest.param(row() + b"\t\t\n", PLAIN, id="tabs behind the value"),
        pytest.param(row().replace(b"\t", b"\t\t"), PLAIN, id="doubled tabs"),
        pytest.param(row(path="") + b"\n", PLAIN, id="empty path"),
        pytest.param(row(path="x") + b"\n", PLAIN, id="path without a slash"),
        pytest.param(row(path='"/a"') + b"\n", plain(path="/a"), id="path in quotes"),
        pytest.param(row(expires="") + b"\n", plain(expires=None), id="empty expiry"),
        pytest.param(row(expires="0") + b"\n", plain(expires=None), id="expiry 0"),
        pytest.param(row(expires="4000000000.75") + b"\n", PLAIN, id="fractional expiry"),
        pytest.param(row(expires="4e9") + b"\n", PLAIN, id="expiry with an exponent"),
        pytest.param(row(expires=" +4000000000 ") + b"\n", PLAIN, id="expiry with a sign"),
        pytest.param(row(expires="4000000000s") + b"\n", PLAIN, id="letters behind the expiry"),
        pytest.param(row(expires="-1") + b"\n", plain(expires=-1), id="negative expiry has ended"),
        pytest.param(
            row(expires="9" * 400) + b"\n", plain(expires=253_402_300_799), id="huge expiry"
        ),
        pytest.param(row(expires="2096-10-02 07:06:40Z") + b"\n", PLAIN, id="ISO date as expiry"),
        pytest.param(
            row(expires="Tue, 02 Oct 2096 07:06:40 GMT") + b"\n", PLAIN, id="HTTP date as expiry"
        ),
        pytest.param(row("shop.test:8000") + b"\n", PLAIN, id="host and port, as wget writes them"),
        pytest.param(row("[::1]:80") + b"\n", plain(domain="[::1]"), id="address and port"),
        pytest.param(row("[::1]") + b"\n", plain(domain="[::1]"), id="address in brackets"),
        pytest.param(
            row("127.0.0.1", "TRUE") + b"\n", plain(domain="127.0.0.1"), id="subdomains of an address"
        ),
        pytest.param(row("Shop.TEST") + b"\n", PLAIN, id="domain in capitals"),
        pytest.param(
            row("\xc3\x84.test") + b"\n", plain(domain="\xc3\x84.test"), id="octets of a domain stay"
        ),
        pytest.param(b"#HttpOnly_" + row() + b"\n", plain(http_only=True), id="HttpOnly"),
        pytest.param(b"#HTTPONLY_" + row() + b"\n", plain(http_only=True), id="HttpOnly in capitals"),
        pytest.param(b"# httponly_ " + row() + b"\n", plain(http_only=True), id="HttpOnly, blanks"),
        pytest.param(row(value="\xe9") + b"\n", plain(value="\xe9"), id="a lone latin-1 octet"),
        pytest.param(row(value="\xc3\xa9") + b"\n", plain(value="\xc3\xa9"), id="octets of UTF-8"),
        pytest.param(row(value="a\x85\xa0 ") + b"\n", plain(value="a\x85\xa0 "), id="odd blanks stay"),
        pytest.param(row(value=' "a b" ') + b"\n", plain(value=' "a b" '), id="quotes and blanks stay"),
        pytest.param(row(name="", value="v") + b"\n", plain(name="v", value=None), id="nameless"),
    ],
)  # fmt: skip
def test_shape_is_read(octets: bytes, expected: tuple[object, ...]) -> None:
    """Each of these cost the whole file once, and holds a cookie beyond doubt."""
    (cookie,) = cookies_of(octets)

    assert shown(cookie) == expected


FIELDS = "expected 7 fields with tabs between, found"
EXPIRY = "expected seconds since 1970 as fifth field, or 0 for a session cookie"
DOMAIN = "expected a domain as first field"


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(
            b"SECRET", f"{FIELDS} 1; were tabs turned into spaces?", id="no fields at all"
        ),
        pytest.param(
            row(value="SECRET").replace(b"\t", b" "),
            f"{FIELDS} 1; were tabs turned into spaces?",
            id="spaces for tabs, which curl does not read either",
        ),
        pytest.param(
            row(value="SECRET\tmore"),
            f"{FIELDS} 8; is there a tab in the value?",
            id="eight fields: what is the value, nobody knows",
        ),
        pytest.param(
            b"shop.test\tFALSE\t/\tFALSE\tSECRET",
            f"{FIELDS} 5; were tabs turned into spaces?",
            id="five fields",
        ),
        pytest.param(row(expires="SECRET"), EXPIRY, id="expiry is a word"),
        pytest.param(row(expires="nan"), EXPIRY, id="expiry is no number"),
        pytest.param(row("http://SECRET/"), DOMAIN, id="a URL for a domain"),
        pytest.param(row("."), DOMAIN, id="a dot for a domain"),
        pytest.param(
            row(value="SEC\0RET"), "expected text, found a NUL octet in it", id="NUL in the value"
        ),
        pytest.param(
            row(name="", value=""),
            "expected a name as sixth field, found neither name nor value",
            id="neither name nor value",
        ),
        pytest.param(
            b"#HttpOnly_SECRET", f"{FIELDS} 1; were tabs turned into spaces?", id="HttpOnly nothing"
        ),
        pytest.param(
            row(value="x" * 70_000),
            "expected at most 65,536 octets a line, found more",
            id="a line too long",
        ),
    ],
)
def test_line_is_passed_over_and_reported(octets: bytes, problem: str) -> None:
    """A line at fault costs no other, is named, and is kept for whoever saves the file again."""
    given = reading()

    cookies = list(mozilla.read(io.BytesIO(GOOD + octets + b"\n" + GOOD), given))

    assert [cookie.name for cookie in cookies] == ["good", "good"]
    assert [(each.line_number, each.problem) for each in given.problems] == [(2, problem)]
    assert given.unread == octets + b"\n"
    assert "SECRET" not in str(given.problems)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="an empty file"),
        pytest.param(b"\xef\xbb\xbf", id="a byte order mark alone"),
        pytest.param(HEADER + b"\n  \t\r\n# HttpOnly_ marks a line\n#\n $x\n\0\0", id="comments"),
    ],
)
def test_file_without_lines_is_an_empty_jar(octets: bytes) -> None:
    """A program that saved no cookie has left a right file."""
    given = reading()

    assert list(mozilla.read(io.BytesIO(octets), given)) == []
    assert given.skipped == 0


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(
            b"SECRET\n" * 3,
            "expected lines with cookies, none of 3 can be read; "
            f"first, line 1: {FIELDS} 1; were tabs turned into spaces?",
            id="no line is a cookie",
        ),
        pytest.param(
            b"SECRET\n" * 20_000 + GOOD,
            "expected lines with cookies, found none up to line 10,001, and gave up; "
            f"first, line 1: {FIELDS} 1; were tabs turned into spaces?",
            id="too many lines before the first cookie",
        ),
        pytest.param(
            "\ufeffshop.test\tSECRET".encode("utf-16"),
            "expected octets, found UTF-16; convert the file, with iconv for instance",
            id="UTF-16",
        ),
    ],
)
def test_file_that_is_none_is_an_error(octets: bytes, problem: str) -> None:
    """One clear error, and not one warning of a thousand lines."""
    with pytest.raises(FormatError) as caught:
        cookies_of(octets)

    assert str(caught.value) == f"'x.txt': {problem}"


def test_file_of_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither line breaks without end nor one endless line are read to the end."""
    monkeypatch.setattr(lines, "MOST_USELESS", 1 << 18)

    for octets in (b"\n" * 300_000, b"\0" * 300_000, b"# " * 150_000):
        stream = io.BytesIO(octets)
        with pytest.raises(FormatError, match="and gave up"):
            list(mozilla.read(stream, reading()))
        assert stream.tell() < 300_000


def test_file_is_read_to_its_end_once_a_cookie_was_found() -> None:
    """Giving up must never lose a cookie that stands behind garbage."""
    given = reading()

    cookies = list(mozilla.read(io.BytesIO(GOOD + b"garbage\n" * 20_000 + GOOD), given))

    assert len(cookies) == 2
    assert given.skipped == 20_000


def test_lone_cr_ends_a_line() -> None:
    """Files of old Macs; curl reads the first line of them."""
    octets = HEADER.replace(b"\n", b"\r") + row() + b"\r" + row(name="m") + b"\r"

    assert [cookie.name for cookie in cookies_of(octets)] == ["n", "m"]


@pytest.fixture
def broken(tmp_path: object) -> str:
    """A file with a line that cannot be read, between two that can."""
    path = f"{tmp_path}/broken.txt"
    with open(path, "wb") as stream:
        stream.write(HEADER + row(value="\xe9") + b"\nSECRET \xff\r\n" + row(name="m") + b"\n")
    return path


def load_with_warning(jar: MozillaCookieJar, path: str) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jar.load(path, lenient=True)
    return [str(each.message) for each in caught if each.category is CookieSkippedWarning]


def test_jar_says_what_was_passed_over(broken: str) -> None:
    """By a warning once, and in full by `load_report`."""
    jar = MozillaCookieJar(broken)

    (said,) = load_with_warning(jar, broken)

    assert jar.load_report is not None
    (problem,) = jar.load_report
    assert (problem.line_number, jar.load_report.cookies, jar.load_report.skipped) == (3, 2, 1)
    assert str(problem) in said
    assert "SECRET" not in said + str(jar.load_report)


@pytest.mark.parametrize("lenient", [False, True], ids=["argument of load", "argument of the jar"])
def test_saving_keeps_lines_that_could_not_be_read(broken: str, lenient: bool) -> None:
    """`load` and `save` must not destroy what a newer program may read."""
    jar = MozillaCookieJar(broken, lenient=lenient)
    load_with_warning(jar, broken)

    jar.save()
    with open(broken, "rb") as stream:
        once = stream.read()
    load_with_warning(jar, broken)
    jar.save()

    with open(broken, "rb") as stream:
        assert stream.read() == once
    assert once.startswith(HEADER)
    assert once.endswith(row(value="\xe9") + b"\n" + row(name="m") + b"\nSECRET \xff\n")


def test_saving_elsewhere_leaves_such_lines_behind(broken: str, tmp_path: object) -> None:
    """They are still where they were; the copy is one that strict readers take."""
    jar = MozillaCookieJar(broken, lenient=True)
    load_with_warning(jar, broken)

    jar.save(f"{tmp_path}/copy.txt")

    with open(f"{tmp_path}/copy.txt", "rb") as stream:
        assert stream.read().endswith(row(value="\xe9") + b"\n" + row(name="m") + b"\n")


def test_lines_of_two_files_are_not_mixed_up(broken: str, tmp_path: object) -> None:
    """Loading a second file does not make the jar forget the first."""
    jar = MozillaCookieJar(broken, lenient=True)
    load_with_warning(jar, broken)
    with open(f"{tmp_path}/second.txt", "wb") as stream:
        stream.write(GOOD + b"other garbage\n")
    load_with_warning(jar, f"{tmp_path}/second.txt")

    jar.save()

    with open(broken, "rb") as stream:
        saved = stream.read()
    assert saved.endswith(b"SECRET \xff\n")
    assert b"other garbage" not in saved


def test_file_with_too_much_that_cannot_be_read_is_not_saved_over(tmp_path: object) -> None:
    """Memory is bounded, so it is not kept; then it must not be overwritten either."""
    path = f"{tmp_path}/large.txt"
    octets = GOOD.replace(b"\t0\t", b"\t4000000000\t") + b"x" * (lines.MOST_UNREAD + 1) + b"\n"
    with open(path, "wb") as stream:
        stream.write(octets)
    jar = MozillaCookieJar(path, lenient=True)
    load_with_warning(jar, path)

    with pytest.raises(OSError, match="save under another name"):
        jar.save()

    with open(path, "rb") as stream:
        assert stream.read() == octets
    jar.save(f"{tmp_path}/copy.txt")


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        pytest.param(row() + b"\n", 1, id="no header line"),
        pytest.param(b"\xff\xfe\0\0", 1, id="octets that are no text"),
        pytest.param(HEADER + b"\xff\n", 2, id="no fields"),
        pytest.param(HEADER + row() + b"\n" + row(expires="\xb2") + b"\n", 3, id="a power of two"),
    ],
)
def test_strict_reading_names_the_line(octets: bytes, line: int) -> None:
    """Without the switch the standard library's strictness holds."""
    with pytest.raises(FormatError) as caught:
        cookies_of(octets, lenient=False)

    assert caught.value.line_number == line


def test_strict_reading_of_octets() -> None:
    """A format works on octets, strictly read or not."""
    (cookie,) = cookies_of(HEADER + row(value="\xe9\x85\xc3\xa9") + b"\n", lenient=False)

    assert cookie.value == "\xe9\x85\xc3\xa9"


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_stream_stays_open(lenient: bool) -> None:
    """It is its opener's."""
    stream = io.BytesIO(HEADER + GOOD)

    list(mozilla.read(stream, reading(lenient=lenient)))

    assert not stream.closed


def test_cookie_beyond_latin_1_changes_no_other() -> None:
    """A program may set any text; the octets of its neighbours are still those of the server."""
    latin, other = cookies_of(row(value="\xe9") + b"\n" + row(name="m") + b"\n")
    other.value = "\u20ac"
    stream = io.BytesIO()

    mozilla.write(stream, [latin, other], Writing(EVERY, lambda *_: None, Cookie))

    assert stream.getvalue().endswith(
        row(value="\xe9") + b"\n" + row(name="m", value="\xe2\x82\xac") + b"\n"
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(HEADER, True, id="header line alone"),
        pytest.param(b"\xef\xbb\xbf# HTTP Cookie File\r\n", True, id="byte order mark, CR LF"),
        pytest.param(b"# mine\n\n" + HEADER, True, id="comments first"),
        pytest.param(row() + b"\n", True, id="no header line"),
        pytest.param(b"#HttpOnly_" + row(), True, id="HttpOnly, no header line"),
        pytest.param(b"broken\n" + row() + b"\n", True, id="one line broken, one right"),
        pytest.param(row()[:60_000] * 3000, False, id="one endless line"),
        pytest.param((row() + b"\n") * 2000, True, id="cut within a line"),
        pytest.param(
            (HEADER + row()).decode().encode("utf-16"), True, id="UTF-16, so that `read` says it"
        ),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"# a comment\n", False, id="a comment alone"),
        pytest.param(b'[{"name": "a", "value": "b\\t"}]', False, id="JSON"),
        pytest.param(b'{"cookies":\t[\n{"a":\t1}]}', False, id="JSON with tabs"),
        pytest.param(b"SQLite format 3\0", False, id="SQLite"),
        pytest.param(b'#LWP-Cookies-2.0\nSet-Cookie3: a=b; path="/"\n', False, id="Set-Cookie3"),
        pytest.param(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n", False, id="header fields"),
        pytest.param(b"a\tb\tc\td\t5\te\tf\n" * 9, False, id="a table of seven columns"),
        pytest.param(b"plain text\nof two lines\n", False, id="text"),
        pytest.param(b"a\nb\n" + row() + b"\n", False, id="text with a line of cookies.txt in it"),
        pytest.param(bytes(range(256)) * 9, False, id="all octets"),
    ],
)  # fmt: skip
def test_sniff(head: bytes, expected: bool) -> None:
    """`open_jar` tells by this alone what it has before it."""
    assert mozilla.sniff(head) is expected


def test_failed_load_leaves_the_jar(tmp_path: object) -> None:
    """A lenient load fails as a whole, or not at all."""
    path = f"{tmp_path}/garbage.txt"
    with open(path, "wb") as stream:
        stream.write(b"SECRET\n" * 5)
    jar = MozillaCookieJar(lenient=True)
    jar.set("kept", "1", domain="kept.test")

    with pytest.raises(LoadError) as caught:
        jar.load(path)

    assert [cookie.name for cookie in jar] == ["kept"]
    assert "SECRET" not in str(caught.value)
