"""What files are read and written by is the same, short way or careful way. Oracle: the careful way."""

from __future__ import annotations

import io
import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.cookiejar import Cookie
from cookietin.errors import FormatError
from cookietin.formats import Choice, lwp, mozilla
from cookietin.rules.header_words import TOKEN, WORD, split_header_words
from cookietin.store import Store

NOW = 1_767_225_600

EVERY = Choice(session=True, ended=True, now=NOW)

choices = st.builds(Choice, session=st.booleans(), ended=st.booleans(), now=st.just(NOW))

# Texts that break lines, begin comments, end fields or cannot be encoded.
odd_texts = st.one_of(
    st.sampled_from(
        ["", "A", "#", "$", " ", "\x1c", '"', "\\", "ä", "İ", "x y", "a=b", "a; b", ","]
    ),
    st.sampled_from(["\t", "\n", "\r", "\x00", "\x85", "\u2028", "\ud800", "a\tb", "a\nb", "a\rb"]),
    st.text(alphabet='ab1.#$ \t\r\n\x00\\";,=_-ä\ud800', max_size=6),
)
names = st.sampled_from(["a", "sid", "abc_1"])
values = st.sampled_from(["", "a", "b-c", "x y", None])
paths = st.sampled_from(["/", "/account"])
domains = st.sampled_from([".a.test", "a.test", "A.test", ".b.test", "[::1]"])
expiry_times = st.one_of(
    st.none(),
    st.integers(NOW - 2, NOW + 2),
    st.sampled_from([0, -1, -(10**14), 10**11, 253_402_300_799, 253_402_300_800, 2**53, 10**30]),
)
others = st.sampled_from(
    [{}, {"HTTPOnly": ""}, {"httponly": None}, {"SameSite": "Lax", "x": "y z"}]
)
changes = st.one_of(
    st.tuples(st.sampled_from(["name", "value", "domain", "path"]), odd_texts),
    st.tuples(st.just("_rest"), st.dictionaries(odd_texts, odd_texts, max_size=2)),
    st.tuples(st.just("_rest"), st.dictionaries(st.just("secure"), odd_texts)),
    st.tuples(st.just("version"), st.sampled_from([None, 1])),
    st.tuples(st.just("comment"), odd_texts),
    st.tuples(st.just("port"), st.just("80")),
    st.tuples(st.just("_partition_key"), st.just("https://top.test")),
)


def with_odd(**changes: Any) -> list[Any]:
    """A plain cookie, an odd one, and another plain one."""
    made = [
        Cookie(
            0, "a", "b", None, False, "a.test", False, False, "/", False, False, 9, False,
            None, None, {},
        )
        for _ in range(3)
    ]  # fmt: skip
    for attribute, value in changes.items():
        setattr(made[1], attribute, value)
    return made


class OfSubclass(Cookie):
    """Of a class that the short ways leave alone."""


@st.composite
def cookies(draw: Any) -> Any:
    """A cookie of ours, plain or with something odd about it."""
    cookie = draw(st.sampled_from([Cookie, Cookie, Cookie, OfSubclass]))(
        0, draw(names), draw(values), None, False,
        draw(domains), draw(st.booleans()), draw(st.booleans()),
        draw(paths), draw(st.booleans()),
        draw(st.booleans()),
        draw(expiry_times), draw(st.booleans()),
        None, None,
        draw(others),
    )  # fmt: skip
    for attribute, value in draw(st.one_of(st.just([]), st.lists(changes, min_size=1, max_size=1))):
        setattr(cookie, attribute, value)
    return cookie


def held_by(store: Store) -> Any:
    """All that a store knows, in order."""
    found = [(domain, list(paths.items())) for domain, paths in store.cookies.items()]
    shown = [(d, [(p, list(names.items())) for p, names in paths]) for d, paths in found]
    return shown, store.earliest, store._numbers, store.partitioned


@given(st.lists(cookies(), max_size=12), st.lists(cookies(), max_size=4))
def test_put_all_stores_what_put_does(come: list[Any], there: list[Any]) -> None:
    """Replaced cookies keep their places, and what has come first stays first in the header."""
    at_once, one_by_one = Store({}), Store({})
    for cookie in there:
        at_once.put(cookie)
        one_by_one.put(cookie)

    at_once.put_all(come)

    for cookie in come:
        one_by_one.put(cookie)
    assert held_by(at_once) == held_by(one_by_one)


def outcome(read: Any) -> Any:
    """The cookies that a reader makes, or the error that it raises."""
    try:
        return [(repr(cookie), cookie._seldom, vars(cookie)) for cookie in read]
    except FormatError as error:
        return str(error)


numbers = st.one_of(
    st.just("4102444800"),
    st.sampled_from(
        ["0", "-0", "00", "", " 12 ", "-5", "+7", "1e9", "1_0", "٣", "nan", "inf", "1.5"]
    ),
    st.sampled_from(["9" * 15, str(2**53 - 1), str(2**53), str(2**53 + 1), "9" * 400, "9" * 5000]),
    st.integers(NOW - 2, NOW + 2).map(str),
)
flags = st.sampled_from(["TRUE", "FALSE", "true", "", "#"])


@st.composite
def rows(draw: Any) -> str:
    """A line of cookies.txt, whole or not."""
    fields = [draw(domains), draw(flags), draw(paths), draw(flags), draw(numbers), draw(names)]
    fields.append(draw(values) or "")
    for place, text in draw(st.lists(st.tuples(st.integers(0, 6), odd_texts), max_size=1)):
        fields[place] = text
    count = draw(st.sampled_from([7, 7, 7, 7, 7, 6, 1, 0]))
    return draw(st.sampled_from(["", "", "", "#HttpOnly_", "#", "$", " "])) + "\t".join(
        fields[:count]
    )


def read_carefully(stream: Any, choice: Choice) -> Any:
    """What `mozilla.read_text` does, all lines taken for odd ones."""
    stream.readline()
    for number, line in enumerate(stream, 2):
        marked = line.startswith("#HttpOnly_")
        rest = mozilla._HTTP_ONLY if marked else None
        made = mozilla._odd_cookie(line.removeprefix("#HttpOnly_"), rest, Cookie)
        if isinstance(made, str):
            raise FormatError("x", number, made)
        if made is not None and choice.includes(made):
            yield made


@given(st.lists(rows(), max_size=6), choices, st.sampled_from(["\n", ""]))
@example(["a.test\tFALSE\t/\tFALSE\t1e9\ta\tb"], EVERY, "\n")
@example(["#a\tTRUE\t/\tTRUE\t9\ta\tb"], EVERY, "\n")
@example([".a\tTRUE\t/\tTRUE\t0\ta\tb\tc"], EVERY, "\n")
@example(
    ["a\tFALSE\t/\tFALSE\t9\t\tb", "\t#\t/\t\t9\ta\tb"],
    EVERY,
    "",
)
def test_rows_of_cookies_txt_are_read_as_odd_rows_are(
    lines: list[str], choice: Choice, end: str
) -> None:
    """The short way makes the same cookies, and finds the same line at fault."""
    text = "\n".join(["# Netscape HTTP Cookie File", *lines]) + end

    read = outcome(mozilla.read_text(io.StringIO(text), "x", choice, Cookie))

    assert read == outcome(read_carefully(io.StringIO(text), choice))


def written(lines: Any, *arguments: Any, **more: Any) -> Any:
    """The text, and the cookies that were left out."""
    left_out: list[Any] = []
    text = "".join(lines(*arguments[:2], lambda *why: left_out.append(why), Cookie, **more))
    return text, left_out


def written_carefully(line_of: Any, stored: list[Any], choice: Choice, **more: Any) -> Any:
    """The same, cookie by cookie."""
    left_out: list[Any] = []
    text = "".join([line_of(c, left_out, **more) for c in stored if choice.includes(c)])
    return text, left_out


@given(st.lists(cookies(), max_size=6), choices)
@example(with_odd(domain="#a"), EVERY)
@example(with_odd(domain=" $a"), EVERY)
@example(with_odd(value="b\tc"), EVERY)
@example(with_odd(name="b\r"), EVERY)
@example(with_odd(path="/\n"), EVERY)
@example(with_odd(value="\ud800"), EVERY)
@example(with_odd(_partition_key="https://b.test"), EVERY)
def test_cookies_txt_is_written_as_cookie_by_cookie(stored: list[Any], choice: Choice) -> None:
    """One cookie that would forge a line must not hide among the others of its block."""
    found = written(mozilla.lines, stored, choice)

    assert found == written_carefully(mozilla._checked_line, stored, choice)


@given(st.lists(cookies(), max_size=6), choices, st.sampled_from([WORD, TOKEN]))
@example(with_odd(domain="#a"), EVERY, WORD)
@example(with_odd(domain=" $a"), EVERY, WORD)
@example(with_odd(value="b\tc"), EVERY, WORD)
@example(with_odd(name="b\r"), EVERY, WORD)
@example(with_odd(path="/\n"), EVERY, WORD)
@example(with_odd(value="\ud800"), EVERY, WORD)
@example(with_odd(_partition_key="https://b.test"), EVERY, WORD)
def test_lwp_file_is_written_as_cookie_by_cookie(
    stored: list[Any], choice: Choice, bare: re.Pattern[str]
) -> None:
    """Whatever the interpreter lets stand without quotes."""
    found = written(lwp.lines, stored, choice, bare=bare)

    assert found == written_carefully(lwp._checked_line, stored, choice, bare=bare)


dates = st.one_of(
    st.sampled_from(["2026-01-01 00:00:00Z", "2026-01-01 00:00:01Z", "0000-01-01 00:00:00Z", ""]),
    st.sampled_from(["2026-02-31 24:59:61Z", "1969-12-31 23:59:59Z", "2026-01-01 00:00:00z", "9"]),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01 00:00:00Z ", " 2026-01-01 00:00:00", "٣"]),
)
dated = st.one_of(st.just("2026-01-01 00:00:00Z"), dates).map('expires="{}"'.format)
odd_words = st.one_of(
    st.sampled_from(["version=1", 'version="0"', 'port="80"', "comment=x", 'a="b, c"', "secure=0"]),
    st.sampled_from(["expires", 'Expires="x"', "expires=x", 'expires=""', 'path="/b"', "Path=/b"]),
    st.sampled_from(
        ['domain="x"', "a=", '"', "a=b,c", "a=b\\", 'a="b', 'a="\\""', "version=x", "Secure"]
    ),
    dates.map('xexpires="{}"'.format),
    dates.map('x="expires="{}"'.format),
    odd_texts,
)
odd_pairs = st.one_of(
    st.sampled_from(
        ['b=""', "a", '"=c', "a=", 'a="b', 'a="b"c', 'a="\\"b"', "a=b\\", 'a=b"', "a =b"]
    ),
    st.tuples(odd_texts, odd_texts).map("=".join),
)


@st.composite
def set_cookie3(draw: Any) -> str:
    """A line of an LWP file, in the common form or near to it."""
    pieces = [
        draw(st.sampled_from(["a=b", 'a="b c"', "sid=x_1"])),
        draw(st.sampled_from(['path="/"', "path=x"])),
        draw(st.one_of(domains.map('domain="{}"'.format), domains.map("domain={}".format))),
        *draw(st.lists(st.sampled_from(["path_spec", "domain_dot", "secure"]), max_size=2)),
        *draw(st.lists(dated, max_size=1)),
        *draw(st.lists(st.sampled_from(["discard", 'HTTPOnly=""', "x=y"]), max_size=1)),
        "version=0",
    ]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(pieces) - 1))
        odd = odd_pairs if place == 0 else odd_words
        if draw(st.booleans()):
            pieces[place] = draw(odd)
        else:
            pieces.insert(place + 1, draw(odd_words))
    blank = draw(st.sampled_from([" ", " ", "", "  "]))
    return f"Set-Cookie3:{blank}{'; '.join(pieces)}{draw(st.sampled_from(['', '', ' ', ';']))}"


def read_lwp_carefully(stream: Any, choice: Choice) -> Any:
    """What `lwp.read_text` does, all lines split into words."""
    stream.readline()
    for number, line in enumerate(stream, 2):
        if line.startswith("Set-Cookie3:"):
            for pairs in split_header_words([line[12:].strip()]):
                made = lwp.cookie_of(pairs, Cookie)
                if isinstance(made, str):
                    raise FormatError("x", number, made)
                if choice.includes(made):
                    yield made


@given(st.lists(set_cookie3(), max_size=4), choices)
@example(
    [
        'Set-Cookie3: a=b; path="/"; domain="a"; xexpires="2026-01-01 00:00:00Z"; expires=""; version=0'
    ],
    EVERY,
)
@example(
    ['Set-Cookie3: a=b; path="/"; domain="a"; c="x; expires="2026-01-01 00:00:00Z"; version=0'],
    EVERY,
)
@example(
    [
        'Set-Cookie3: a=b; path="/"; domain="a"; expires="2026-01-01 00:00:00Z"; expires=""; version=0'
    ],
    EVERY,
)
@example(
    ['Set-Cookie3: a=b; ; domain="a"; version=0', 'Set-Cookie3: a=b; path="/"; ; version=0'],
    EVERY,
)
def test_lines_of_an_lwp_file_are_read_as_words_are(lines: list[str], choice: Choice) -> None:
    """A line in the common form means what its words mean, whatever its pieces hold."""
    text = "\n".join(["#LWP-Cookies-2.0", *lines])

    read = outcome(lwp.read_text(io.StringIO(text), "x", choice, Cookie))

    assert read == outcome(read_lwp_carefully(io.StringIO(text), choice))
