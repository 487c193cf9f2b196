"""The expiry-time that a programmer gives, in whichever form is at hand.

Not for Set-Cookie: a date there is read by the cookie-date algorithm (`dates`), which takes whatever
browsers take. Here a person writes, who can be asked to write more clearly.

Source: ours, no specification's. Texts are read by python-dateutil.

Rules of this file:
- A text counts only if it can be read in one way. dateutil guesses, so it is asked in several ways,
  and what it passes over in silence is refused before.
- dateutil is imported with the first text: it takes as long as all the rest of the package.
- No clock: `now` is an argument.
"""

from __future__ import annotations

import math
import re
import warnings
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from cookietin.errors import shown
from cookietin.rules.classic_dates import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = int((datetime.min.replace(tzinfo=UTC) - _EPOCH).total_seconds())

_REMEDY = "write 2027-01-31 or 2027-01-31T12:00:00Z"
_LONGEST = 100

# What a text leaves open is filled in from these. They agree in nothing, and lie in leap years; their
# days are more than a week apart, or a weekday could lead from both to the same day.
_FILLINGS = datetime(2000, 1, 1), datetime(2004, 2, 15)

# After a year of four digits comes the month (ISO 8601). dateutil takes the day first even here, if it
# is told to.
_YEAR_FIRST = re.compile(
    r"(?<![-/.\d])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}(?![-/.\d])|\d{8}(?:\d{6})?(?!\d))", re.ASCII
)

# What dateutil 2.8 to 4.0 takes without a word, though a reader might not.
_TRAPS = (
    # "270112131112" is to dateutil the year 2701.
    (
        re.compile(r"(?<![.,\d])(?:\d{9,13}(?!\d)|\d{15,})"),
        "a number without separators is no date",
    ),
    # "GMT+3" is to dateutil as to POSIX three hours behind Greenwich; after a space, none.
    (re.compile(r"(?:UTC|GMT|[Zz])\W*[-+]"), "a time zone is either a name or an offset"),
    # "+0300 (UTC)" is to dateutil no offset at all.
    (re.compile(r"\("), "brackets say nothing about a date"),
    # "A" and "P" are zones in RFC 822.
    (re.compile(r"\d\s*[AaPp](?![A-Za-z.])"), "'a' or 'p' alone may be a time zone"),
    # In "2027-01-31-03:00" it would be a time of day.
    (
        re.compile(r"^[^:]*(?:\s-\d|-\s*\d{1,2}:|\d{4}([-/.])\d\d?\1\d\d?-|(?<!\d)\d{8}-)"),
        "an offset needs a time of day with minutes",
    ),
    # In "2027-01-01 2027-01-02" the second year would be 20:27.
    (re.compile(r"(?:\d([-/.])\w+\1\d.*){2}"), "there are two dates"),
    # The second one would count.
    (re.compile(r"(?<![-+\d:.])\d{1,2}:\d.*(?<![-+\d:.])\d{1,2}:\d"), "there are two times of day"),
)


def given_expiry(expires: float | datetime | timedelta | str, now: float) -> int:
    """
    The moment that a programmer means, in seconds since the epoch.

    Args:
        expires: A number is seconds since the epoch.
            A datetime is the moment itself; one without a time zone is UTC, not local time.
            A timedelta counts from `now`.
            A text is a date that can be read in one way only: day, month and a year of four
            digits, with or without a time of day (else midnight). Its time zone is UTC, GMT, Z, an
            offset such as +01:00, or none, which is UTC too. A weekday is passed over.
        now: Seconds since the epoch.

    Returns:
        Whole seconds, rounded down; negative before 1970. Moments that have passed are fine.

    Raises:
        TypeError: `expires` is something else; bool is.
        ValueError: No finite number, before the year 1 or after the year 9999, or a text that is no
            date, lacks a part, or can be read in two ways ("03/04/05", "01-Jan-27", "EST").

    >>> given_expiry("2027-01-01T12:00+01:00", now=0), given_expiry("1 January 2027", now=0)
    (1798801200, 1798761600)
    >>> given_expiry(timedelta(hours=1), now=1_767_225_600.5)
    1767229200
    """
    if isinstance(expires, bool) or not isinstance(
        expires, int | float | datetime | timedelta | str
    ):
        raise TypeError(
            "expires: expected a number of seconds since the epoch, a datetime, a timedelta or a text, "
            f"got {type(expires).__name__}"
        )
    if isinstance(expires, str):
        return _seconds(_moment_of(expires), expires)
    if isinstance(expires, datetime):
        return _seconds(expires, expires)
    if isinstance(expires, timedelta):
        return _whole(now + expires.total_seconds(), expires)
    return _whole(expires, expires)


def _seconds(moment: datetime, expires: object) -> int:
    """Seconds since the epoch; a moment without an offset is UTC."""
    if moment.utcoffset() is None:
        moment = moment.replace(tzinfo=UTC)
    # In whole numbers: `timestamp` is a float, and rounds the last microsecond of 9999 up.
    return _whole((moment - _EPOCH) // timedelta(seconds=1), expires)


def _whole(seconds: float, expires: object) -> int:
    # A NaN fails this, too.
    if not _EARLIEST <= seconds < LATEST + 1:
        raise ValueError(f"expires: expected a moment in the years 1 to 9999, got {shown(expires)}")
    return math.floor(seconds)


# Texts


def _moment_of(text: str) -> datetime:
    """The only moment that a text can mean."""
    if len(text) > _LONGEST:
        raise _unreadable(text, f"a date is at most {_LONGEST} characters long")
    for trap, problem in _TRAPS:
        if trap.search(text):
            raise _unreadable(text, problem)
    ways = [(False, False)]
    if not _YEAR_FIRST.search(text):
        ways += [(False, True), (True, False), (True, True)]
    readings = [_read(text, _FILLINGS[0], *way) for way in ways]
    if _read(text, _FILLINGS[1], *ways[0]) != readings[0]:
        raise _unreadable(text, "a year, a month and a day are needed")
    if len(set(readings)) > 1:
        days = sorted({reading.date().isoformat() for reading in readings})
        raise _unreadable(text, f"it may mean {' or '.join(days)}")
    # As a number by itself, or in front of one such as 20270131: "012027" is none to us.
    if not re.search(rf"(?<!\d){readings[0].year:04}(?:\d{{4}}|\d{{10}})?(?!\d)", text):
        raise _unreadable(text, "the year needs four digits")
    return readings[0]


def _read(text: str, filling: datetime, day_first: bool, year_first: bool) -> datetime:
    """What dateutil makes of a text, with an offset always."""
    try:
        return _dateutil_parse()(
            text, default=filling, dayfirst=day_first, yearfirst=year_first, tzinfos=_zone
        )
    except (ValueError, OverflowError) as error:
        problem = str(error.args[0] if error.args else error)
        raise _unreadable(text, problem.removesuffix(": %s")) from None


def _zone(name: str | None, offset: int | None) -> timezone:
    """What dateutil asks for each text: it makes "UTC" of "Z", and gives None for what is missing."""
    if name not in (None, "UTC", "GMT"):
        raise ValueError(f"time zone {name!r} has no one offset; UTC, GMT, Z and +01:00 have")
    return timezone(timedelta(seconds=offset or 0))


def _unreadable(text: str, problem: str) -> ValueError:
    return ValueError(f"expires: cannot read {shown(text)}: {problem}; {_REMEDY}")


@cache
def _dateutil_parse() -> Callable[..., datetime]:
    # dateutil 2.8 calls what Python 3.12 deprecates, as it is imported.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from dateutil.parser import parse
    return parse
