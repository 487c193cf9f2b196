"""Lenient reading: short way and careful way, round trips, and any octets at all."""

from __future__ import annotations

import io
import warnings
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cookietin.cookiejar import Cookie, LoadError, LWPCookieJar, MozillaCookieJar
from cookietin.errors import FormatError
from cookietin.formats import Choice, lwp, lwp_lenient, mozilla, mozilla_lenient
from cookietin.formats.reading import Reading, Writing

NOW = 1_767_225_600
EVERY = Choice(session=True, ended=True, now=NOW)

# What is drawn here is large; thorough runs stay thorough.
fewer = settings(max_examples=settings().max_examples // 3)

choices = st.builds(Choice, session=st.booleans(), ended=st.booleans(), now=st.just(NOW))
octets = st.text(alphabet=st.characters(max_codepoint=0xFF), max_size=6)
odd = st.one_of(
    octets,
    st.sampled_from(
        ["", "\0", "\t", "\r", "#", "$", ".", "..", "[::1]:1", "a:80", '"/"', "TRUE", "false"]
    ),
    st.sampled_from(["0", "-1", "1.5", "1_0", " 12 ", "1e999", "9" * 400, "nan", "2090-01-01"]),
)


@st.composite
def rows(draw: Any) -> str:
    """A line of cookies.txt, whole or not."""
    fields = [
        draw(st.sampled_from(["a.test", ".a.test", "#HttpOnly_a.test", "127.0.0.1", "A.test"])),
        draw(st.sampled_from(["TRUE", "FALSE", "true", "x"])),
        draw(st.sampled_from(["/", "/a", "x"])),
        draw(st.sampled_from(["TRUE", "FALSE", "false"])),
        draw(st.sampled_from(["0", "4102444800", str(NOW - 1), str(2**53)])),
        draw(st.sampled_from(["a", "\xe9", ""])),
        draw(st.sampled_from(["b", "", "\xc3\xa9 "])),
    ]
    for place, text in draw(st.lists(st.tuples(st.integers(0, 6), odd), max_size=1)):
        fields[place] = text
    return "\t".join(fields[: draw(st.sampled_from([7, 7, 7, 7, 6, 5]))])


def outcome(read: Any, reading: Reading) -> Any:
    """All that comes of a reading."""
    try:
        cookies = [(repr(cookie), cookie._seldom, vars(cookie)) for cookie in read]
    except FormatError as error:
        return str(error)
    return cookies, reading.problems, reading.unread


def careful_cookie(row: Any) -> Cookie:
    """The cookie of a row, as `Cookie` makes it."""
    (domain, specified, dotted, others), path, secure, expires, name, value = row
    cookie = Cookie(
        *(0, name or value, value if name else None, None, False, domain, specified, dotted),
        *(path, False, secure, expires or None, not expires, None, None, dict(others or ())),
    )
    cookie.domain = domain  # of ASCII alone in lower case
    return cookie


def read_carefully(lines: list[str], reading: Reading) -> Any:
    """What `mozilla_lenient.read` does, all lines taken for odd ones."""
    found, unread = False, []
    for number, line in enumerate(lines, 1):
        row = mozilla_lenient.odd_row(line + "\n")
        if isinstance(row, str):
            reading.skip(row, line=number)
            unread.append(line + "\n")
        elif row is not None:
            found = True
            cookie = careful_cookie(row)
            if reading.choice.includes(cookie):
                yield cookie
    if reading.skipped and not found:
        raise FormatError("none", None, "none")
    reading.unread = "".join(unread).encode("latin-1")


@fewer
@given(st.lists(rows(), max_size=6), choices)
@example(["a.test\tFALSE\t/\tFALSE\t1_0\ta\tb"], EVERY)
@example(["#HttpOnly_\tTRUE\t/\tTRUE\t9\ta\tb", "a.test\tFALSE\t/\tFALSE\t9\ta\tb"], EVERY)
@example(["a.test\tFALSE\t/\tFALSE\t9\ta\t\0b"], EVERY)
def test_rows_are_read_as_odd_rows_are(lines: list[str], choice: Choice) -> None:
    """The short way makes the same cookies, and passes over the same lines."""
    lines = [line.replace("\r", "").replace("\n", "") for line in lines]
    stream = io.BytesIO(("#\n" + "".join([line + "\n" for line in lines])).encode("latin-1"))
    reading, careful = (Reading("x", choice, Cookie, lenient=True) for _ in range(2))

    found = outcome(mozilla_lenient.read(stream, reading), reading)
    expected = outcome(read_carefully(["#", *lines], careful), careful)

    assert isinstance(found, str) == isinstance(expected, str)
    if not isinstance(found, str):
        assert found == expected


pieces = st.one_of(
    st.sampled_from(
        ["secure", "discard", "path_spec", "domain_dot", "x=y", 'x="\xa0"', "HttpOnly"]
    ),
    st.sampled_from(['expires="2026-01-01 00:00:00Z"', 'expires="x"', 'port="80"', "version=1"]),
    odd,
)


@st.composite
def set_cookie3(draw: Any) -> str:
    """A line of an LWP file, in the common form or near to it."""
    words = [
        draw(st.sampled_from(["a=b", 'a="b c"', "\xe0=\xa0", 'a="\\""', "a"])),
        draw(st.sampled_from(['path="/"', "path=/a"])),
        draw(st.sampled_from(['domain="a.test"', "domain=.A.test", 'domain=""'])),
        *draw(st.lists(pieces, max_size=3)),
        "version=0",
    ]
    blank = draw(st.sampled_from([" ", "", "\xa0"]))
    line = f"Set-Cookie3:{blank}{'; '.join(words)}"
    return line.replace("\n", "").replace("\r", "")


@fewer
@given(set_cookie3())
def test_set_cookie3_lines_are_read_as_words_are(line: str) -> None:
    """A line in the common form means what its words mean."""
    reading = Reading("x", EVERY, Cookie, lenient=True)
    stream = io.BytesIO(f"#LWP-Cookies-2.0\n{line}\n".encode("latin-1"))

    found = outcome(lwp_lenient.read(stream, reading), reading)

    parts = lwp_lenient.parts_of(line)
    made = [lwp_lenient.cookie_from(pairs, Cookie) for pairs in parts if isinstance(parts, list)]
    cookies = [(repr(c), c._seldom, vars(c)) for c in made if not isinstance(c, str)]
    assert isinstance(found, str) == (not cookies)
    if cookies:
        assert found[0] == cookies
        assert len(found[1]) == len(made) - len(cookies)


# Octets that a server may send in a name and a value.
sendable = st.text(
    alphabet=st.characters(min_codepoint=0x20, max_codepoint=0xFF, blacklist_characters=";=,\x7f"),
    max_size=8,
)
domains = st.sampled_from(["a.test", ".a.test", "127.0.0.1", "[::1]", "\xc3\xa4.test", "localhost"])
expiry_times = st.one_of(
    st.none(), st.integers(1, 253_402_300_799), st.sampled_from([-1, 2**40, 2**53])
)
others = st.sampled_from([{}, {"HTTPOnly": ""}])


@st.composite
def cookies(draw: Any) -> Cookie:
    """A cookie of octets, as cookies.txt holds it whole."""
    domain, expires = draw(domains), draw(expiry_times)
    dotted = domain.startswith(".")
    name, value = draw(sendable), draw(sendable)
    cookie = Cookie(
        *(0, name or value or "a", value if name else None, None, False, domain, dotted, dotted),
        *(draw(st.sampled_from(["/", "/a b", "/\xe9"])), False, draw(st.booleans())),
        *(expires, expires is None, None, None, draw(others)),
    )
    cookie.domain = domain
    return cookie


def round_trip(format: Any, kept: list[Cookie]) -> tuple[list[str], list[Any], list[Any]]:
    """What comes back, what was left out, and what could not be read."""
    left_out: list[Any] = []
    stream = io.BytesIO()
    format.write(stream, kept, Writing(EVERY, lambda *why: left_out.append(why), Cookie))
    stream.seek(0)
    reading = Reading("x", EVERY, Cookie, lenient=True)
    return [repr(c) for c in format.read(stream, reading)], left_out, reading.problems


@fewer
@given(st.lists(cookies(), max_size=5))
def test_cookies_txt_gives_back_what_was_written(kept: list[Cookie]) -> None:
    """Oracle: the cookies themselves, octet by octet."""
    assert round_trip(mozilla, kept) == ([repr(cookie) for cookie in kept], [], [])


rest = st.dictionaries(
    st.sampled_from(["HttpOnly", "SameSite", "x"]), st.one_of(sendable), max_size=2
)


@fewer
@given(st.lists(cookies(), max_size=5), rest, st.booleans(), st.sampled_from([None, 0, 1]))
def test_lwp_file_gives_back_what_was_written(
    kept: list[Cookie], others: dict[str, str], flag: bool, version: int | None
) -> None:
    """Oracle: the cookies themselves; times beyond the year 9999 are not for this format."""
    for cookie in kept:
        cookie._rest = dict(sorted(others.items()))
        cookie.path_specified = cookie.discard = flag
        cookie.version = version
        cookie.name = cookie.name.replace(" ", "_")
        cookie.expires = min(cookie.expires, 253_402_300_799) if cookie.expires else None
        if version:
            cookie.port, cookie.port_specified, cookie.comment = "80", flag, "c \xe9"
    writable = [c for c in kept if not c.name.startswith(("#", "$"))] or kept

    assert round_trip(lwp, writable) == ([repr(cookie) for cookie in writable], [], [])


@fewer
@given(st.binary(max_size=200), st.booleans(), st.sampled_from([MozillaCookieJar, LWPCookieJar]))
def test_any_octets_are_read_or_refused(
    tmp_path_factory: Any, content: bytes, lenient: bool, jar_class: Any
) -> None:
    """Nothing but LoadError is raised, and then the jar is as it was."""
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    jar = jar_class(path, lenient=lenient)
    jar.set("kept", "1", domain="kept.test")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            jar.load(ignore_discard=True, ignore_expires=True)
        except LoadError:
            assert [cookie.name for cookie in jar] == ["kept"]
    assert "kept" in {cookie.name for cookie in jar}
