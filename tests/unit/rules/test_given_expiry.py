"""The expiry-time that a programmer gives: read in one way only, or refused."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from dateutil.parser import parse
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules.classic_dates import LATEST
from cookietin.rules.given_expiry import given_expiry

NOW = 1_767_225_600
NEW_YEAR = 1_798_761_600  # 2027-01-01 00:00:00
FIRST = -62_135_596_800  # 0001-01-01 00:00:00


class NoOffset(tzinfo):
    """A time zone that does not say where it is, which datetime allows."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        pytest.param(NEW_YEAR, NEW_YEAR, id="whole number"),
        pytest.param(NEW_YEAR + 0.9, NEW_YEAR, id="fraction is rounded down"),
        pytest.param(-0.5, -1, id="down before the epoch too"),
        pytest.param(0, 0, id="the epoch"),
        pytest.param(FIRST, FIRST, id="first second there is"),
        pytest.param(LATEST + 0.5, LATEST, id="last second there is"),
        pytest.param(datetime(2027, 1, 1), NEW_YEAR, id="datetime without zone is UTC"),
        pytest.param(datetime(2027, 1, 1, tzinfo=UTC), NEW_YEAR, id="datetime in UTC"),
        pytest.param(datetime(2027, 1, 1, tzinfo=NoOffset()), NEW_YEAR, id="zone without offset"),
        pytest.param(
            datetime(2027, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            NEW_YEAR,
            id="datetime in +1",
        ),
        pytest.param(datetime.max, LATEST, id="last datetime is not rounded up"),
        pytest.param(datetime.min, FIRST, id="first datetime"),
        pytest.param(timedelta(hours=1), NOW + 3600, id="timedelta from now"),
        pytest.param(timedelta(days=-1), NOW - 86_400, id="timedelta into the past"),
        pytest.param(timedelta(milliseconds=1500), NOW + 1, id="timedelta is rounded down"),
    ],
)
def test_numbers_and_moments(expires: Any, expected: int) -> None:
    """Programs have all of these at hand."""
    actual = given_expiry(expires, NOW)

    assert actual == expected
    assert type(actual) is int


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2027-01-01", NEW_YEAR, id="ISO date is midnight in UTC"),
        pytest.param("20270101", NEW_YEAR, id="ISO date without hyphens"),
        pytest.param("2027-01-02", NEW_YEAR + 86_400, id="month before day after a year"),
        pytest.param("2027/01/02", NEW_YEAR + 86_400, id="slashes after a year"),
        pytest.param("2027-01-01T00:00Z", NEW_YEAR, id="Z"),
        pytest.param("2027-01-01T00:00:00.999Z", NEW_YEAR, id="fraction is rounded down"),
        pytest.param("20270101T000000Z", NEW_YEAR, id="ISO without separators"),
        pytest.param("20270101000000", NEW_YEAR, id="fourteen digits"),
        pytest.param("2027-01-01T01:00:00+01:00", NEW_YEAR, id="offset with colon"),
        pytest.param("2026-12-31 19:00 -0500", NEW_YEAR, id="offset without colon"),
        pytest.param("2026-12-31T14-10", NEW_YEAR, id="offset after an hour"),
        pytest.param("2027-01-01 00:00 UTC", NEW_YEAR, id="UTC"),
        pytest.param("Fri, 01 Jan 2027 00:00:00 GMT", NEW_YEAR, id="form of HTTP"),
        pytest.param("Mon, 01 Jan 2027 00:00:00 GMT", NEW_YEAR, id="weekday is passed over"),
        pytest.param("1 January 2027", NEW_YEAR, id="day, month by name, year"),
        pytest.param("Jan 1st, 2027 12:00 am", NEW_YEAR, id="month by name, day, year"),
        pytest.param("01-Jan-2027", NEW_YEAR, id="hyphens and a month by name"),
        pytest.param("01/31/2027", NEW_YEAR + 30 * 86_400, id="second number can be no month"),
        pytest.param("31.01.2027", NEW_YEAR + 30 * 86_400, id="first number can be no month"),
        pytest.param("01/01/2027", NEW_YEAR, id="day and month are the same"),
        pytest.param("0001-01-01", FIRST, id="first day there is"),
        pytest.param("9999-12-31T23:59:59", LATEST, id="last second there is"),
    ],
)
def test_text(text: str, expected: int) -> None:
    """What people and JSON files write, when it has one meaning."""
    assert given_expiry(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "03/04/05", "2003-04-05 or 2003-05-04 or 2005-03-04 or 2005-04-03", id="slashes"
        ),
        pytest.param("03/04/2027", "may mean 2027-03-04 or 2027-04-03", id="day or month"),
        pytest.param("03.04.2027", "may mean 2027-03-04 or 2027-04-03", id="dots"),
        pytest.param("01-Jan-27", "may mean 2001-01-27 or 2027-01-01", id="day or year"),
        pytest.param("270102", "may mean", id="six digits"),
        pytest.param("Jan 1 27", "year needs four digits", id="year of two digits at the end"),
        pytest.param("032027", "year needs four digits", id="month and year without separator"),
        pytest.param("2027-01", "a month and a day are needed", id="no day"),
        pytest.param("January 2027", "a month and a day are needed", id="no day after a name"),
        pytest.param(
            "Saturday January 2027", "a month and a day are needed", id="weekday is no day"
        ),
        pytest.param("29 February", "a year, a month and a day", id="no year"),
        pytest.param("2027", "a month and a day are needed", id="a year alone"),
        pytest.param("10:00", "a month and a day are needed", id="a time alone"),
        pytest.param("Friday", "a month and a day are needed", id="a weekday alone"),
        pytest.param("2027-01-01 10:00 EST", "time zone 'EST'", id="zone by name"),
        pytest.param("2027-01-01 10:00 CET", "time zone 'CET'", id="zone by another name"),
        pytest.param("2027-01-01 10:00 -0300 (BRT)", "brackets", id="zone in brackets"),
        pytest.param("2027-01-01 10:00 GMT+3", "a name or an offset", id="zone with offset"),
        pytest.param("2027-01-01 10:00 UTC -3", "a name or an offset", id="zone, space, offset"),
        pytest.param("2027-01-01 10:00 A", "may be a time zone", id="zone of one letter"),
        pytest.param("2027-01-01 10:00+25:00", "strictly between", id="offset of more than a day"),
        pytest.param("2027-01-31-03:00", "offset needs a time", id="offset of a day"),
        pytest.param("31 Jan 2027 -03", "offset needs a time", id="offset of a day after a space"),
        pytest.param("20270131-0300", "offset needs a time", id="offset of eight digits"),
        pytest.param("2027-01-01 10:00 11:00", "two times", id="two times"),
        pytest.param("2027-01-01 2027-01-02", "two dates", id="two dates"),
        pytest.param("31.01.2027 31.01.2028", "two dates", id="two dates with dots"),
        pytest.param("1 Jan 2027 2 Jan 2028", "Unknown", id="two dates with names"),
        pytest.param("2027-02-30", "day", id="day that does not exist"),
        pytest.param("2027-13-01", "month", id="month that does not exist"),
        pytest.param("2027-01-01 24:00", "hour", id="hour 24"),
        pytest.param("0000-01-01", "year", id="year 0"),
        pytest.param("tomorrow", "Unknown", id="relative text"),
        pytest.param("in 3 days", "Unknown", id="relative text with a number"),
        pytest.param("until 2027-01-01", "Unknown", id="other words"),
        pytest.param("", "does not contain a date", id="nothing"),
        pytest.param("nan", "Unknown", id="nan"),
        pytest.param("99999", "year", id="year of five digits"),
        pytest.param("1798761600", "without separators", id="seconds in a text"),
        pytest.param("270112131112", "without separators", id="twelve digits"),
        pytest.param("9" * 40, "without separators", id="overflow inside dateutil"),
        pytest.param("1." * 60, "at most 100 characters", id="long text"),
    ],
)
def test_text_that_is_refused(text: str, problem: str) -> None:
    """A guess would keep a cookie for years, or drop it; the message says what to write instead."""
    with pytest.raises(
        ValueError, match=r"expires: cannot read .*; write 2027-01-31 or "
    ) as caught:
        given_expiry(text, NOW)

    assert problem in str(caught.value)
    assert repr(text)[:20] in str(caught.value)
    assert len(str(caught.value)) < 260


@pytest.mark.parametrize(
    "expires",
    [
        pytest.param(math.nan, id="nan"),
        pytest.param(math.inf, id="infinity"),
        pytest.param(-math.inf, id="minus infinity"),
        pytest.param(FIRST - 1, id="before the year 1"),
        pytest.param(LATEST + 1, id="after the year 9999"),
        pytest.param(10**400, id="number that is no float"),
        pytest.param(NOW * 1000, id="milliseconds"),
        pytest.param(timedelta.max, id="longest timedelta"),
        pytest.param("9999-12-31T23:59:59-01:00", id="text that an offset moves past the end"),
        pytest.param("0001-01-01T00:00+01:00", id="text that an offset moves before the start"),
    ],
)
def test_moment_out_of_range(expires: Any) -> None:
    """No format could write it down."""
    with pytest.raises(ValueError, match="expected a moment in the years 1 to 9999, got "):
        given_expiry(expires, NOW)


@pytest.mark.parametrize(
    "expires",
    [
        pytest.param(True, id="bool"),
        pytest.param(None, id="None"),
        pytest.param(b"2027-01-01", id="octets"),
        pytest.param(date(2027, 1, 1), id="date"),
        pytest.param(Decimal(1), id="Decimal"),
        pytest.param((2027, 1, 1), id="tuple"),
    ],
)
def test_other_types(expires: Any) -> None:
    """The error names the types that would do."""
    expected = f"number .* datetime, a timedelta or a text, got {type(expires).__name__}"

    with pytest.raises(TypeError, match=expected):
        given_expiry(expires, NOW)


OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(
        datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.none() | st.just(UTC) | OFFSETS
    ),
    st.sampled_from("T "),
    st.sampled_from(["hours", "minutes", "seconds", "milliseconds", "auto"]),
)
@example(datetime(2027, 1, 2, 3, 4, 5), "T", "auto")
@example(datetime(1000, 12, 11, 10, 9, tzinfo=timezone(timedelta(hours=-8))), " ", "minutes")
def test_iso_format_is_read_back(moment: datetime, separator: str, precision: str) -> None:
    """Oracle: round trip through datetime.isoformat."""
    if precision == "hours" and moment.tzinfo is not None:
        precision = "minutes"  # an offset needs them
    text = moment.isoformat(separator, precision)
    told = datetime.fromisoformat(text).replace(microsecond=0)

    actual = given_expiry(text, NOW)

    assert actual == (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    assert (
        given_expiry(moment, NOW)
        == (moment.replace(microsecond=0, tzinfo=told.tzinfo or UTC)).timestamp()
    )


NUMBERS = ["2027", "0027", "27", "13", "1", "05", "12", "31", "20270102", "101112", "1.5", "\u0663"]
WORDS = [
    "Jan",
    "february",
    "Fri",
    "T",
    "Z",
    "UTC",
    "EST",
    "am",
    "PM",
    "a",
    "h",
    "m",
    "of",
    "and",
    "nan",
]
SIGNS = [
    "-",
    "-",
    "/",
    "/",
    ".",
    ",",
    ":",
    "+",
    "-03",
    "+0100",
    "10:00",
    "10:00:59",
    "(",
    ")",
    "\x00",
    "%",
]
PIECES = st.sampled_from([*NUMBERS, *WORDS, *SIGNS])


@given(st.lists(PIECES, max_size=9), st.sampled_from(["", " ", "-", "/"]))
@example(["05", "Jan", "27"], "-")
@example(["2027", "05", "12"], "-")
def test_accepted_text_has_one_reading(pieces: list[str], separator: str) -> None:
    """Oracle: dateutil, asked with the day first and without, with the year first and without."""
    text = separator.join(pieces)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            actual = given_expiry(text, NOW)
        except ValueError:
            return

    # After a year of four digits the order is settled, though dateutil can be told otherwise.
    day_first = [False] if text.lstrip(" -/.,\0")[:4] in ("2027", "0027") else [False, True]
    for day, year in product(day_first, [False, True]):
        read = parse(text, dayfirst=day, yearfirst=year, default=datetime(1999, 5, 5))
        aware = read if read.tzinfo else read.replace(tzinfo=UTC)
        assert actual == math.floor(aware.timestamp())


def test_dateutil_is_imported_with_the_first_text() -> None:
    """And says nothing as it is, whatever its version: warnings are errors here."""
    code = """
import sys
from cookietin.rules.given_expiry import given_expiry
given_expiry(0, 0)
assert "dateutil" not in sys.modules
assert given_expiry("1970-01-01", 0) == 0
assert "dateutil" in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
