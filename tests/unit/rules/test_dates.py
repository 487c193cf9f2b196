"""The cookie-date algorithm of RFC 6265bis 5.1.1, and the short cut for what servers send."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules import dates
from cookietin.rules.dates import BEFORE_1601, cookie_date

JUNE = 1_812_536_294  # 2027-06-09 10:18:14


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Wed, 09 Jun 2027 10:18:14 GMT", JUNE, id="form of HTTP"),
        pytest.param("Wed, 09-Jun-2027 10:18:14 GMT", JUNE, id="form with hyphens"),
        pytest.param("Wed, 09-Jun-27 10:18:14 GMT", JUNE, id="year of two digits"),
        pytest.param("Wednesday, 09-Jun-27 10:18:14 GMT", JUNE, id="form of RFC 850"),
        pytest.param("Wed Jun  9 10:18:14 2027", JUNE, id="form of asctime"),
        pytest.param("2027 9 june 10:18:14", JUNE, id="year before the day"),
        pytest.param("9 2027 JUNE 10:18:14", JUNE, id="any order, any case"),
        pytest.param("09 Jun 2027 10:18:14 +0100", JUNE, id="zone is ignored"),
        pytest.param("09 Jun 2027 10:18:14 PST", JUNE, id="named zone is ignored"),
        pytest.param("Mon, 09 Jun 2027 10:18:14 GMT", JUNE, id="wrong weekday is ignored"),
        pytest.param("09 Junius 2027 10:18:14", JUNE, id="month may be longer"),
        pytest.param("9th Jun 2027x 10:18:14Z", JUNE, id="letters may follow the numbers"),
        pytest.param("10:18:14 9;Jun,2027", JUNE, id="other delimiters"),
        pytest.param("09 Jun 0027 10:18:14", JUNE, id="zeros before a year of two digits"),
        pytest.param("09 Jun 027 10:18:14", JUNE, id="zero before a year of two digits"),
        pytest.param("01 Jan 70 00:00:00", 0, id="70 is of the last century"),
        pytest.param("31 Dec 69 23:59:59", 3_155_759_999, id="69 is of this century"),
        pytest.param("29 Feb 2028 00:00:00", 1_835_395_200, id="leap day"),
        pytest.param("31 Dec 9999 23:59:59", 253_402_300_799, id="last second there is"),
        pytest.param("01 Jan 1601 00:00:00", BEFORE_1601 + 1, id="first second that is told apart"),
        pytest.param("01 Jan 1600 00:00:00", BEFORE_1601, id="before 1601 is in the past"),
        pytest.param("01 Jan 100 00:00:00", BEFORE_1601, id="year of three digits is in the past"),
        pytest.param("30 Feb 2027 10:18:14", None, id="day that does not exist"),
        pytest.param("29 Feb 2027 00:00:00", None, id="no leap year"),
        pytest.param("00 Jun 2027 10:18:14", None, id="day zero"),
        pytest.param("32 Jun 2027 10:18:14", None, id="day 32"),
        pytest.param("001 Jun 2027 10:18:14", None, id="day of three digits is no day"),
        pytest.param("09 Jun 2027 24:00:00", None, id="hour 24"),
        pytest.param("09 Jun 2027 10:60:00", None, id="minute 60"),
        pytest.param("09 Jun 2027 10:18:60", None, id="second 60"),
        pytest.param("09 Jun 2027 10:18", None, id="no seconds"),
        pytest.param("09 Jun 2027 10:18:140", None, id="seconds of three digits"),
        pytest.param("09 Jun 2027", None, id="no time"),
        pytest.param("09 Jun 10:18:14", None, id="no year"),
        pytest.param("Jun 2027 10:18:14", None, id="no day"),
        pytest.param("09 06 2027 10:18:14", None, id="month by number"),
        pytest.param("09 Jun 7 10:18:14", None, id="year of one digit"),
        pytest.param("09 Jun 02027 10:18:14", None, id="year of five digits"),
        pytest.param("2027-06-09T10:18:14Z", None, id="ISO 8601"),
        pytest.param("\u0660\u0669 Jun 2027 10:18:14", None, id="digits beyond ASCII"),
        pytest.param("09 Jun \uff12\uff10\uff12\uff17 10:18:14", None, id="full-width digits"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_cookie_date(text: str, expected: int | None) -> None:
    """Expires is read by one algorithm, whatever the server made of it."""
    assert cookie_date(text) == expected
    assert cookie_date(text) == expected  # remembered days answer the same


def by_tokens(text: str) -> int | None:
    """The algorithm alone: a delimiter in front changes nothing but the length and the slices."""
    return cookie_date(" " + text)


WEEKDAYS = st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "mon", "Mar", "Xyz"])
MONTHS = st.sampled_from(
    [
        *[
            "Jan",
            "Feb",
            "Mar",
            "Apr",
            "May",
            "Jun",
            "Jul",
            "Aug",
            "Sep",
            "Oct",
            "Nov",
            "Dec",
            "Foo",
        ],
        "jun",
    ]
)


@st.composite
def common_forms(draw: st.DrawFn) -> str:
    """The two forms of the short cut, with what nearly fits them."""
    hyphen = draw(st.sampled_from(" -"))
    other = draw(st.sampled_from([hyphen, hyphen, hyphen, " ", "-", "/"]))
    year = draw(st.one_of(st.integers(1600, 2040), st.integers(0, 9999)))
    hour, minute, second = (draw(st.integers(0, most)) for most in (25, 61, 61))
    day = f"{draw(WEEKDAYS)}, {draw(st.integers(0, 33)):02}{hyphen}{draw(MONTHS)}{other}{year:04}"
    end = draw(st.sampled_from([" GMT", " GMT", " GMT", " UTC", "", "GMT", " GMT 1", "0 GMT"]))
    return f"{day} {hour:02}:{minute:02}:{second:02}{end}"


@given(common_forms(), st.data())
@example("Wed, 31 Feb 2027 10:18:14 GMT", None)
@example("Wed, 09 Jun 0027 10:18:14 GMT", None)
@example("Wed, 09 Jun 1600 10:18:14 GMT", None)
def test_short_cut_agrees_with_the_algorithm(text: str, data: st.DataObject | None) -> None:
    """Oracle: the token algorithm, asked before and after the day is remembered."""
    other_time = text[:17] + "23:59:59 GMT" if data is None else data.draw(common_forms())

    assert cookie_date(text) == by_tokens(text)
    assert cookie_date(text[:17] + other_time[17:]) == by_tokens(text[:17] + other_time[17:])
    assert cookie_date(text) == by_tokens(text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("0123456789:- ,janfebJUN"))))
@example("9 jun 2027 1:1:1")
def test_any_text_is_a_moment_or_none(text: str) -> None:
    """Servers send anything. Oracle: the range of four-digit years."""
    actual = cookie_date(text)

    assert actual == by_tokens(text)
    assert actual is None or BEFORE_1601 <= actual <= 253_402_300_799


@given(st.datetimes(datetime.datetime(1601, 1, 1)), st.permutations(range(4)))
def test_order_of_the_parts_does_not_matter(moment: datetime.datetime, order: list[int]) -> None:
    """Oracle: datetime. A year of four digits is never taken for a day."""
    month = moment.strftime("%m")
    name = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"][
        int(month) - 1
    ]
    parts = [f"{moment:%H:%M:%S}", f"{moment.day}", name, f"{moment.year}"]

    actual = cookie_date(" ".join(parts[index] for index in order))

    whole = moment.replace(microsecond=0, tzinfo=datetime.UTC)
    assert actual == int(whole.timestamp())


@pytest.mark.parametrize(
    "piece", ["9", "9 ", "9:", "1:1:1", "1:1:1 ", "jun", "jun ", ":", " ", "\u0660"]
)
def test_huge_text_takes_linear_time(piece: str) -> None:
    """A server must not stop its clients with a long date: a million characters, without delay."""
    text = piece * (1_000_000 // len(piece))

    start = time.process_time()
    cookie_date(text)

    assert time.process_time() - start < 10


def test_remembered_days_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with a new date in each response must not fill the memory."""
    monkeypatch.setattr(dates, "_MOST_DAYS", 10)
    monkeypatch.setattr(dates, "_DAYS", {})

    for year in range(1700, 1800):
        cookie_date(f"Wed, 09 Jun {year} 10:18:14 GMT")

    assert 1 <= len(dates._DAYS) <= 10
