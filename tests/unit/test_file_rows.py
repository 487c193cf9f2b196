"""Single lines of both file formats, at the edges of the way that nearly all lines go."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pytest

from cookietin.cookiejar import Cookie, LoadError, LWPCookieJar, MozillaCookieJar

FAR = 4_102_444_800


def loaded(row: str, jar_class: type[Any] = MozillaCookieJar, newline: str = "\n") -> list[Any]:
    """The cookies of a file with one line."""
    first = "# Netscape HTTP Cookie File" if jar_class is MozillaCookieJar else "#LWP-Cookies-2.0"
    jar = jar_class()
    jar._really_load(io.StringIO(f"{first}\n{row}", newline=newline), "cookies", True, True)
    return list(jar)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("4102444800", FAR, id="digits"),
        pytest.param("", None, id="nothing is a session cookie"),
        pytest.param("0", None, id="zero is a session cookie"),
        pytest.param("-0", None, id="negative zero too"),
        pytest.param("0.9", None, id="and what is cut to zero"),
        pytest.param(" 12 ", 12, id="blanks around"),
        pytest.param("1e9", 1_000_000_000, id="exponent"),
        pytest.param("1_000", 1000, id="underscore"),
        pytest.param("-5", -5, id="before 1970"),
        pytest.param("٣", 3, id="digits of another script"),
        pytest.param("9007199254740991", 2**53 - 1, id="last exact number"),
        pytest.param("9007199254740993", 2**53, id="rounded as a float is"),
        pytest.param("1" + "0" * 300, int(1e300), id="huge"),
    ],
)
def test_expiry_is_read_as_a_float_is(text: str, expected: int | None) -> None:
    """CPython reads `int(float(...))`; programs have written fractions."""
    (cookie,) = loaded(f"a.test\tFALSE\t/\tFALSE\t{text}\ta\tb\n")

    assert (cookie.expires, cookie.discard) == (expected, expected is None)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param(
            "a.test\tFALSE\t/\tFALSE\tsoon\ta\tsecret", "fifth field", id="word as expiry"
        ),
        pytest.param("a.test\tFALSE\t/\tFALSE\tinf\ta\tsecret", "fifth field", id="infinite"),
        pytest.param(
            "a.test\tFALSE\t/\tFALSE\t" + "9" * 5000 + "\ta\tsecret",
            "fifth field",
            id="5,000 digits",
        ),
        pytest.param("a.test\tFALSE\t/\tFALSE\t9\ta\tsec\tret", "found 8", id="tab in the value"),
        pytest.param("a.test\tFALSE\t/\tFALSE\t9\tsecret", "found 6", id="six fields"),
        pytest.param(".a.test\tyes\t/\tFALSE\t9\ta\tsecret", "second field", id="no such flag"),
    ],
)
def test_row_at_fault_is_named_without_its_value(row: str, problem: str) -> None:
    """After good rows of the same domain too."""
    good = ".a.test\tTRUE\t/\tFALSE\t9\ta\tb\n" * 2

    with pytest.raises(LoadError, match="line 4: expected") as caught:
        loaded(good + row)

    assert problem in str(caught.value)
    assert "sec" not in str(caught.value).replace("second", "")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param("A.test\tFALSE\t/\tFALSE\t9\ta\tb\r\n", ("a.test", "a", "b\r"), id="CR"),
        pytest.param("a.test\tFALSE\t/\tFALSE\t9\ta\tb", ("a.test", "a", "b"), id="no line end"),
        pytest.param("a.test\tTRUE\t/\tFALSE\t9\ta\t", (".a.test", "a", ""), id="empty value"),
        pytest.param("a.test\tFALSE\t/\tFALSE\t9\t\tb", ("a.test", "b", None), id="lone word"),
        pytest.param(".a.test\tFALSE\t/\tFALSE\t9\ta\tb", ("a.test", "a", "b"), id="dot and FALSE"),
        pytest.param("\tFALSE\t/\tFALSE\t9\ta\tb", ("", "a", "b"), id="no domain"),
        pytest.param("[::1]\tFALSE\t/\tFALSE\t9\ta\tb", ("[::1]", "a", "b"), id="IPv6 address"),
        pytest.param("a.test\tFALSE\t/\tFALSE\t9\ta\tb\x00c", ("a.test", "a", "b\x00c"), id="NUL"),
    ],
)  # fmt: skip
def test_row_is_read(row: str, expected: tuple[str, str, str | None]) -> None:
    """Whichever way it goes."""
    (cookie,) = loaded(row)

    assert (cookie.domain, cookie.name, cookie.value) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('a=b; path="/"; domain="A.test"; version=0', ("a.test", "b", None), id="session"),
        pytest.param(
            'a="b; c"; path="/"; domain=".a.test"; path_spec; expires="2100-01-01 00:00:00Z"; version=0',
            (".a.test", "b; c", FAR),
            id="separator in quotes",
        ),
        pytest.param(
            'a="b\\"c"; path="/"; domain="a.test"; expires="2100-01-01 00:00:00Z"; version=0',
            ("a.test", 'b"c', FAR),
            id="escaped quotation mark",
        ),
        pytest.param(
            'a=b; path="/"; domain="a.test"; expires="2100-01-01"; version=0',
            ("a.test", "b", FAR),
            id="date without clock",
        ),
        pytest.param(
            'a=b; path="/"; domain="a.test"; x="expires="2100-01-01 00:00:00Z"; version=0',
            ("a.test", "b", None),
            id="date of another word",
        ),
        pytest.param(
            'a=b; path="/"; domain="a.test"; expires="2100-01-01 00:00:00Z"; domain="b.test"; version=0',
            ("b.test", "b", FAR),
            id="of two domains the last",
        ),
    ],
)  # fmt: skip
def test_set_cookie3_line_is_read(line: str, expected: tuple[str, str, int | None]) -> None:
    """Lines near to the common form mean what their words mean."""
    (cookie,) = loaded(f"Set-Cookie3: {line}\n", LWPCookieJar)

    assert (cookie.domain, cookie.value, cookie.expires) == expected


@pytest.mark.parametrize("jar_class", [MozillaCookieJar, LWPCookieJar])
def test_one_odd_cookie_among_hundreds_is_left_out_alone(jar_class: Any, tmp_path: Any) -> None:
    """Lines are checked many at a time; what is wrong with one costs no other."""
    jar = jar_class(tmp_path / "cookies")
    for number in range(700):
        value = "a\nb" if number == 300 else "\ud800" if number == 301 else "1"
        jar.set_cookie(
            Cookie(
                0, f"c{number}", value, None, False, "a.test", False, False, "/", True, False,
                FAR + number, False, None, None, {},
            )
        )  # fmt: skip
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")

        jar.save()

    again = jar_class(tmp_path / "cookies")
    again.load()
    assert [cookie.name for cookie in again] == [f"c{n}" for n in range(700) if n not in (300, 301)]
    assert ["c300" in str(seen[0].message), "c301" in str(seen[1].message)] == [True, True]
    assert len(seen) == 2


def test_cookies_of_a_file_do_not_share_what_may_be_changed() -> None:
    """All HttpOnly cookies hold one set of attributes until somebody writes into it."""
    row = "#HttpOnly_a.test\tFALSE\t/\tFALSE\t9\t{}\tb\n"
    one, two = loaded(row.format("one") + row.format("two"))

    one.set_nonstandard_attr("HTTPOnly", "changed")

    assert two._rest == {"HTTPOnly": ""}
    assert one._rest is not two._rest
