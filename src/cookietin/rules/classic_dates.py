"""Dates as the standard library reads and writes them.

Source: `http.cookiejar` of CPython 3.11 to 3.13 (`http2time`, `iso2time`, `time2isoz`,
`time2netscape`), for the default policy and the LWP format. The cookie-date algorithm of
RFC 6265bis section 5.1.1 is another one.

`expiry_time` is what the jar asks about an Expires attribute. It reads the same spellings as
`http2time`, less three of its defects: a month that does not exist raises no error (gh-153677), a
year before 1970 is a date in the past and not an invalid one, and a two-digit year from 69 to 99
lies in the last century (CPython takes 70 for 2070 since the year 2020).
"""

from __future__ import annotations

import datetime
import re
import time
from calendar import timegm

from cookietin.late_pattern import LatePattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# The last second that every format and `datetime` can write: 9999-12-31 23:59:59.
LATEST = 253_402_300_799

FIRST_YEAR = 1970  # of `http2time`
FIRST_EXPIRY_YEAR = 1601  # of `expiry_time`; RFC 6265bis 5.1.1 begins there too

_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}

_ZONE = LatePattern(r"([-+])?(\d\d?):?(\d\d)?$", re.ASCII)
_UTC_ZONES = frozenset(("GMT", "UTC", "UT", "Z"))

_STRICT_HTTP = LatePattern(
    r"[SMTWF][a-z][a-z], (\d\d) ([JFMASOND][a-z][a-z]) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$", re.ASCII
)
_WEEKDAY = LatePattern(r"(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*,?\s*", re.I | re.ASCII)
_LOOSE_HTTP = LatePattern(
    r"""
    (?P<day>\d\d?) (?:\s+|[-/]) (?P<month>\w+) (?:\s+|[-/]) (?P<year>\d+)
    (?: (?:\s+|:) (?P<hour>\d\d?):(?P<minute>\d\d) (?: :(?P<second>\d\d) )? )?
    \s*
    (?: (?P<zone> [-+]?\d{2,4} | (?![APap][Mm]\b)[A-Za-z]+ ) \s* )?
    (?: \(\w+\) \s* )?
    $""",
    re.X | re.ASCII,
)
_ISO = LatePattern(
    r"""
    (?P<year>\d{4}) [-/]? (?P<month>\d\d?) [-/]? (?P<day>\d\d?)
    (?: (?:\s+|[-:Tt]) (?P<hour>\d\d?):?(?P<minute>\d\d) (?: :?(?P<second>\d\d(?:\.\d*)?) )? )?
    \s*
    (?: (?P<zone> [-+]?\d\d?:?(?::?\d\d)? | Z | z ) \s* )?
    $""",
    re.X | re.ASCII,
)

# Pieces of "Wed, 09 Feb 1994 22:23:32 GMT" and "Wed, 09-Feb-1994 22:23:32 GMT", the forms that nearly
# all servers send, in seconds: 0.4 us against 2 to 5 us. Days are added as they come.
_COMMON_DAY = LatePattern(
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?, "
    r"\d\d([ -])[JFMASOND][a-z][a-z]\1\d{4} (?=\d\d:)",
    re.ASCII,
)
_DAYS: dict[str, int] = {}
_MOST_DAYS = 4096
_HOURS = {f"{hour:02}:": 3600 * hour for hour in range(25)}
_MINUTES = {f"{minute:02}:": 60 * minute for minute in range(60)}
_SECONDS = {f"{second:02} GMT": second for second in range(62)}

# The same for "1994-02-09 22:23:32Z", as `time2isoz` writes it: 0.7 us against 5.
_ISO_DAYS: dict[str, int] = {}
_ISO_SECONDS = {f"{second:02}Z": second for second in range(62)}

# And to write it: 0.6 us against 4. Days since 1970 -> date.
_DATES: dict[int, str] = {}
_TWO_DIGITS = [f"{number:02}" for number in range(60)]


def offset_from_tz_string(tz: str) -> int | None:
    """
    Seconds east of Greenwich for a zone such as "-0800", "1:30" or "GMT"; None if unknown.

    >>> offset_from_tz_string("+0100"), offset_from_tz_string("UTC"), offset_from_tz_string("PST")
    (3600, 0, None)
    """
    if tz in _UTC_ZONES:
        return 0
    match = _ZONE.match(tz)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    offset = 3600 * int(hours) + 60 * int(minutes or 0)
    return -offset if sign == "-" else offset


def _century(year: int, *, expiry: bool) -> int:
    """The year that a number below 1000 stands for: the closest one to today."""
    if expiry and 69 <= year <= 99:
        # "Thu, 01-Jan-70 00:00:00 GMT" is how old servers delete. CPython's closest year is 2070.
        return 1900 + year
    this_year = time.localtime(time.time()).tm_year
    behind = this_year % 100 - year
    year = this_year - behind
    if behind > 50:
        return year + 100
    return year - 100 if behind < -50 else year


def _seconds(
    date: Sequence[str], clock: Sequence[str | None], zone: str | None, *, expiry: bool
) -> int | None:
    """Seconds since the epoch, None if there is no such moment."""
    day, month, year = date
    year = year.lstrip("0") or "0"
    if len(year) > 4:  # `datetime` ends with 9999; int() refuses thousands of digits
        return None
    number = _MONTH_NUMBERS.get(month.lower())
    if number is None:
        try:
            number = int(month)
        except ValueError:
            return None
    full_year = int(year)
    if full_year < 1000:
        full_year = _century(full_year, expiry=expiry)
    hours, minutes, seconds = (int(float(part)) if part else 0 for part in clock)
    if not (
        (FIRST_EXPIRY_YEAR if expiry else FIRST_YEAR) <= full_year
        and 1 <= number <= 12
        and 1 <= int(day) <= 31
        and hours <= 24
        and minutes <= 59
        and seconds <= 61
    ):
        return None
    offset = offset_from_tz_string(zone.upper()) if zone is not None else 0
    if offset is None:
        return None
    return timegm((full_year, number, int(day), hours, minutes, seconds)) - offset


def _read_http_date(text: str, *, expiry: bool) -> int | None:
    match = _STRICT_HTTP.match(text)
    if match is not None:
        day, month, year, *clock = match.groups()
        if month.lower() not in _MONTH_NUMBERS:
            return None
        return _seconds((day, month, year), clock, None, expiry=expiry)
    text = (
        _WEEKDAY.sub("", text.lstrip(), count=1) if _WEEKDAY.match(text.lstrip()) else text.lstrip()
    )
    match = _LOOSE_HTTP.match(text)
    if match is None:
        return None
    return _seconds(
        match.group("day", "month", "year"),
        match.group("hour", "minute", "second"),
        match.group("zone"),
        expiry=expiry,
    )


def http2time(text: str) -> int | None:
    """
    Seconds since the epoch for a date in one of HTTP's forms, None if it is none.

    Reads "Wed, 09 Feb 1994 22:23:32 GMT", the forms with hyphens or slashes, with or without
    weekday, clock or zone; of named zones only those of UTC. Years before 1970 are refused. A
    year below 1000 is the closest such year to today.

    >>> http2time("Wed, 09 Feb 1994 22:23:32 GMT")
    760832612
    >>> http2time("09 Foo 1994") is None
    True
    """
    return _read_http_date(text, expiry=False)


def expiry_time(text: str) -> int | None:
    """
    Seconds since the epoch for the value of an Expires attribute, None if it is no date.

    As `http2time`, less the defects that the top of this file names; dates before 1970 are negative.

    >>> expiry_time("Wed, 31 Dec 1969 23:59:59 GMT"), expiry_time("Thu, 01-Jan-70 00:00:00 GMT")
    (-1, 0)
    """
    try:
        return (
            _DAYS[text[:-12]] + _HOURS[text[-12:-9]] + _MINUTES[text[-9:-6]] + _SECONDS[text[-6:]]
        )
    except KeyError:
        pass
    day = _COMMON_DAY.match(text)
    if day is not None:
        midnight = _read_http_date(f"{day.group()}00:00:00 GMT", expiry=True)
        if midnight is not None:
            if len(_DAYS) >= _MOST_DAYS:
                _DAYS.clear()
            _DAYS[day.group()] = midnight
    return _read_http_date(text, expiry=True)


def iso2time(text: str, *, expiry: bool = False) -> int | None:
    """
    Seconds since the epoch for a date in ISO 8601's forms, None if it is none.

    Reads "1994-02-03 14:15:29Z", with "T", with slashes, compact, with or without clock or zone.
    Fractions of a second are cut off, where CPython raises ValueError.

    >>> iso2time("1994-02-03T14:15:29Z"), iso2time("1994-02-03 14:15:29 -0100")
    (760284929, 760288529)
    """
    try:
        return (
            _ISO_DAYS[text[:11]]
            + _HOURS[text[11:14]]
            + _MINUTES[text[14:17]]
            + _ISO_SECONDS[text[17:]]
        )
    except KeyError:
        pass
    day = text[:11]
    midnight = _read_iso_date(day, expiry=False)
    if midnight is not None and time2isoz(midnight)[:11] == day:
        if len(_ISO_DAYS) >= _MOST_DAYS:
            _ISO_DAYS.clear()
        _ISO_DAYS[day] = midnight
    return _read_iso_date(text, expiry=expiry)


def _read_iso_date(text: str, *, expiry: bool) -> int | None:
    match = _ISO.match(text.lstrip())
    if match is None:
        return None
    return _seconds(
        match.group("day", "month", "year"),
        match.group("hour", "minute", "second"),
        match.group("zone"),
        expiry=expiry,
    )


def _utc(t: float | None) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(time.time() if t is None else t, tz=datetime.UTC)


def time2isoz(t: float | None = None) -> str:
    """
    Write seconds since the epoch (default: now) as "1994-11-24 08:49:37Z".

    >>> time2isoz(0)
    '1970-01-01 00:00:00Z'
    """
    whole: object = t
    if isinstance(whole, int):
        days, seconds = divmod(whole, 86_400)
        date = _DATES.get(days)
        if date is None:
            if len(_DATES) >= _MOST_DAYS:
                _DATES.clear()
            date = _DATES[days] = _date(_utc(t))
        minutes, seconds = divmod(seconds, 60)
        two = _TWO_DIGITS
        return f"{date} {two[minutes // 60]}:{two[minutes % 60]}:{two[seconds]}Z"
    moment = _utc(t)
    return f"{_date(moment)} {moment.hour:02}:{moment.minute:02}:{moment.second:02}Z"


def _date(moment: datetime.datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def time2netscape(t: float | None = None) -> str:
    """
    Write seconds since the epoch (default: now) as "Thu, 24-Nov-1994 08:49:37 GMT".

    >>> time2netscape(0)
    'Thu, 01-Jan-1970 00:00:00 GMT'
    """
    # Not strftime: the names of days and months are English whatever the locale says.
    moment = _utc(t)
    day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02}-{month}-{moment.year:04} {moment:%H:%M:%S} GMT"
