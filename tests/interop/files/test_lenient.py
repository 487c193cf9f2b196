"""Files of curl, wget, aria2 and Perl, read whole by a lenient jar, and its files read by them.

Octets above 0x7F included: on the wire they are what the server has set, whoever has written the file
in between. What a program cannot do is named here, and nothing else is left out.
"""

import warnings

import pytest

from cookietin.errors import CookieSkippedWarning

SHOP = "http://www.shop.test/"
FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT"

# Characters are octets, as http.client and http.server have it: a lone one, and UTF-8 with 0xA0 in it.
LATIN = "latin=\xe9"
UTF8 = "utf8=\xc3\xa0 \xe2\x82\xac"
SET = {
    "session": "session=1",
    "wide": f"wide=2; Domain=shop.test; Expires={FUTURE}",
    "hidden": f"hidden=3; HttpOnly; Expires={FUTURE}",
    "quoted": f'quoted="4 4"; Expires={FUTURE}',
    "equals": f"equals=a=b==; Expires={FUTURE}",
    "latin": f"{LATIN}; Expires={FUTURE}",
    "utf8": f"{UTF8}; Expires={FUTURE}",
}


class Curl:
    jar_class = "MozillaCookieJar"
    unread = unwritten = frozenset()

    def __init__(self, curl):
        self.run = curl

    def log_in(self, url, path):
        self.run("-c", str(path), url)

    def visit(self, url, path):
        self.run("-b", str(path), url)


class Wget:
    jar_class = "MozillaCookieJar"
    unread, unwritten = frozenset(["hidden"]), frozenset()  # '#HttpOnly_' is a comment to it

    def __init__(self, wget):
        self.run = wget

    def log_in(self, url, path):
        self.run(f"--save-cookies={path}", "--keep-session-cookies", url)

    def visit(self, url, path):
        self.run(f"--load-cookies={path}", url)


class Aria2:
    jar_class = "MozillaCookieJar"
    unread, unwritten = frozenset(["hidden"]), frozenset()  # '#HttpOnly_' is a comment to it

    def __init__(self, aria2c):
        self.run = aria2c

    def log_in(self, url, path):
        self.run(f"--save-cookies={path}", url)

    def visit(self, url, path):
        self.run(f"--load-cookies={path}", url)


class Perl:
    jar_class, its_class = "LWPCookieJar", "HTTP::Cookies"
    unread = unwritten = frozenset()

    def __init__(self, perl):
        self.run = perl

    def log_in(self, url, path):
        self.run(self.its_class, url, save=path)

    def visit(self, url, path):
        self.run(self.its_class, url, load=path)


class PerlNetscape(Perl):
    jar_class, its_class = "MozillaCookieJar", "HTTP::Cookies::Netscape"
    unread = unwritten = frozenset(["session"])  # 0 is 1970 to it


@pytest.fixture(
    params=[
        pytest.param((Curl, "curl"), id="curl"),
        pytest.param((Wget, "wget"), id="wget"),
        pytest.param((Aria2, "aria2c"), id="aria2"),
        pytest.param((Perl, "perl"), id="Perl"),
        pytest.param((PerlNetscape, "perl"), id="Perl, Netscape"),
    ]
)
def program(request):
    made, fixture = request.param
    return made(request.getfixturevalue(fixture))


def sent(header):
    """Names and values of a Cookie header; aria2 ends it with a semicolon."""
    pieces = [piece.strip(" ") for piece in (header or "").split(";")]
    return sorted(piece for piece in pieces if piece and not piece.startswith("$"))


def without(pieces, names):
    return [piece for piece in pieces if piece.split("=")[0] not in names]


def test_files_of_programs_are_read_whole(program, subject, site, surf, tmp_path):
    """A login made elsewhere goes on here with the same Cookie field, octet by octet."""
    path = tmp_path / "theirs"
    program.log_in(site.url(SHOP, *SET.values()), path)
    site.seen.clear()
    program.visit(SHOP, path)
    jar = getattr(subject, program.jar_class)(path, lenient=True)

    jar.load(ignore_discard=True)
    surf(jar, SHOP)

    by_them, by_us = map(sent, site.cookies())
    assert jar.load_report.skipped == 0
    assert {cookie.name for cookie in jar} == SET.keys() - program.unwritten
    # It may not read what it has written itself.
    assert without(by_us, program.unread) == without(by_them, program.unread)
    assert {LATIN, UTF8} <= set(by_us)


def test_programs_read_lenient_files(program, subject, site, surf, tmp_path):
    """A login made here goes on elsewhere with the same Cookie field, octet by octet."""
    jar = getattr(subject, program.jar_class)(tmp_path / "ours", lenient=True)
    surf(jar, site.url(SHOP, *SET.values()), SHOP)

    jar.save(ignore_discard=True)
    program.visit(SHOP, jar.filename)

    _, by_us, by_them = map(sent, site.cookies())
    assert by_them == without(by_us, program.unread)
    assert {LATIN, UTF8} <= set(by_them)


@pytest.mark.parametrize("jar_class", ["MozillaCookieJar", "LWPCookieJar"])
def test_octets_survive_our_own_file(jar_class, subject, site, surf, tmp_path):
    """Saved and loaded again, the octets go out that the server has set."""
    jar = getattr(subject, jar_class)(tmp_path / "ours", lenient=True)
    surf(jar, site.url(SHOP, LATIN, UTF8))
    jar.save(ignore_discard=True)
    again = getattr(subject, jar_class)(jar.filename, lenient=True)

    again.load(ignore_discard=True)
    surf(again, SHOP)

    assert sent(site.cookies()[-1]) == [LATIN, UTF8]


def test_port_of_wget_is_dropped(wget, subject, site, surf, tmp_path):
    """wget writes host:port for a server on a port of its own; a jar knows hosts."""
    page = "http://www.shop.test:8080/"
    wget("--save-cookies=wget.txt", "--keep-session-cookies", site.url(page, "sid=1"))
    jar = subject.MozillaCookieJar(tmp_path / "wget.txt")

    jar.load(ignore_discard=True, lenient=True)
    surf(jar, page)

    assert b"www.shop.test:8080" in (tmp_path / "wget.txt").read_bytes()
    assert site.cookies()[-1] == "sid=1"


ROW = b"www.shop.test\tFALSE\t/\tFALSE\t4000000000\tn\tv\n"
OTHER = b"www.shop.test\tFALSE\t/\tFALSE\t4000000000\tother\t1\n"


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(ROW + OTHER, id="no header line"),
        pytest.param(b"\xef\xbb\xbf# Netscape HTTP Cookie File\r\n" + ROW, id="byte order mark"),
        pytest.param((ROW + OTHER).replace(b"\n", b"\r\n"), id="CR LF"),
        pytest.param(ROW.replace(b"FALSE\t/", b"TRUE\t/") + OTHER, id="TRUE without a dot"),
        pytest.param(b"." + ROW + OTHER, id="FALSE with a dot"),
        pytest.param(ROW.replace(b"FALSE\t4", b"true\t4") + OTHER, id="lower-case Secure"),
        pytest.param(ROW.replace(b"\tv", b"") + OTHER, id="six fields, no value"),
        pytest.param(ROW.replace(b"/\t", b"") + OTHER, id="six fields, no path"),
        pytest.param(ROW.replace(b"\tv", b"\tv\tw") + OTHER, id="eight fields"),
        pytest.param(ROW.replace(b"\tv", b"\tv\t") + OTHER, id="eight fields, the last is empty"),
        pytest.param(ROW.replace(b"\t", b"\t\t") + OTHER, id="doubled tabs"),
        pytest.param(ROW.replace(b"\t", b" ") + OTHER, id="blanks for tabs"),
        pytest.param(b"words\n" + OTHER, id="a line of words"),
        pytest.param(ROW.replace(b"000\t", b"000.5\t") + OTHER, id="fractional expiry"),
        pytest.param(ROW.replace(b"4000000000", b"yes") + OTHER, id="expiry is a word"),
        pytest.param(ROW.replace(b"4000000000", b"-1") + OTHER, id="negative expiry"),
        pytest.param(ROW.replace(b"v", b"\xe9\xc3\xa9") + OTHER, id="octets"),
        pytest.param(ROW.replace(b"v", b' "a b" ') + OTHER, id="quotes and blanks"),
        pytest.param(b" #HttpOnly_" + ROW + OTHER, id="blank before HttpOnly"),
        pytest.param(ROW.replace(b"\t/\t", b"\tx\t") + OTHER, id="path without a slash"),
    ],
)  # fmt: skip
def test_lenient_jar_sends_what_curl_sends(octets, curl, subject, site, surf, tmp_path):
    """curl is the referee of what a line means."""
    path = tmp_path / "odd.txt"
    path.write_bytes(octets)
    curl("-b", str(path), SHOP)
    jar = subject.MozillaCookieJar(path, lenient=True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CookieSkippedWarning)
        jar.load(ignore_discard=True)
    surf(jar, SHOP)

    by_curl, by_us = site.cookies()
    assert sorted(by_us.split("; ")) == sorted(by_curl.split("; "))
