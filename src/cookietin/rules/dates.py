"""The cookie-date algorithm, by which browsers read the Expires attribute.

Source: RFC 6265bis section 5.1.1.

Rules of this file:
- Zones, weekdays and everything else that the algorithm does not name are ignored: "+0100" and "PST"
  are Greenwich time, as in browsers.
- Pure and total: any text gives a moment or None, in time linear in its length.
"""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from functools import cache

from cookietin.rules.classic_dates import MONTHS

# 5.1.1: delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
_DELIMITER = r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]"


def _in_any_case(name: str) -> str:
    return "".join([f"[{letter.upper()}{letter.lower()}]" for letter in name])


# What a token may begin with; it goes to the first of these that it fits and that is still missing.
_TOKENS = {
    "time": r"(?P<time>\d{1,2}:\d{1,2}:\d{1,2})(?!\d)",
    "day": r"(?P<day>\d{1,2})(?!\d)",
    # Letter by letter: to ignore the case of all takes twice as long.
    "month": f"(?P<month>{'|'.join([_in_any_case(name) for name in MONTHS])})",
    "year": r"(?P<year>\d{2,4})(?!\d)",
}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}

# Ours, not the spec's: a date before 1601 fails in the draft, while Chromium and Firefox take it for
# one in the past, which deletes. Any moment before the epoch will do.
BEFORE_1601 = timegm((1601, 1, 1, 0, 0, 0)) - 1

# Pieces of "Wed, 09 Feb 2028 22:23:32 GMT" and "Wed, 09-Feb-2028 22:23:32 GMT", the forms that nearly
# all servers send, in seconds: 0.5 us against 5. Days are added as they come.
_COMMON_LENGTH = 29
_COMMON_DAY = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d([ -])[JFMASOND][a-z][a-z]\1\d{4} ", re.ASCII
)
_DAYS: dict[str, int] = {}
_MOST_DAYS = 4096
_HOURS = {f"{hour:02}:": 3600 * hour for hour in range(24)}
_MINUTES = {f"{minute:02}:": 60 * minute for minute in range(60)}
_SECONDS = {f"{second:02} GMT": second for second in range(60)}


def common_date(text: str) -> int | None:
    """
    The same as `cookie_date` for a date in one of the forms that nearly all servers send.

    None for others, and for the first one of each day.
    """
    try:
        return _DAYS[text[:17]] + _HOURS[text[17:20]] + _MINUTES[text[20:23]] + _SECONDS[text[23:]]
    except KeyError:
        return None


def cookie_date(text: str) -> int | None:
    """
    Seconds since the epoch for the value of an Expires attribute, None if it is no date.

    Needs a day, a month by name, a year and a time of day, in any order.

    >>> cookie_date("Wed, 09 Feb 2028 22:23:32 GMT"), cookie_date("22:23:32 2028 9 february")
    (1833747812, 1833747812)
    >>> cookie_date("2028-02-09T22:23:32Z") is None
    True
    """
    moment = common_date(text)
    if moment is None and len(text) == _COMMON_LENGTH:
        _learn_day(text[:17])
    return _any_date(text) if moment is None else moment


def _learn_day(day: str) -> None:
    """Remember when a day begins, if it is spelled in a common form."""
    if _COMMON_DAY.fullmatch(day):
        begins = _any_date(day + "00:00:00")
        if begins is not None and begins > BEFORE_1601:
            if len(_DAYS) >= _MOST_DAYS:
                _DAYS.clear()
            _DAYS[day] = begins


@cache
def _token_of(kinds: tuple[str, ...]) -> re.Pattern[str]:
    """The next token that is of one of these kinds."""
    choice = "|".join([_TOKENS[kind] for kind in kinds])
    return re.compile(rf"{_DELIMITER}(?=[\dADFJMNOSadfjmnos])(?:{choice})", re.ASCII)


def _any_date(text: str) -> int | None:
    """The algorithm itself (5.1.1)."""
    text = " " + text  # in front of each token is a delimiter
    missing, at = tuple(_TOKENS), 0
    found = {}
    while missing:
        # At most four searches: a try of four expressions on each token took 0.6 ms for 1 KB of them.
        token = _token_of(missing).search(text, at)
        if token is None or token.lastgroup is None:
            return None
        found[token.lastgroup] = token[token.lastgroup]
        missing, at = tuple([kind for kind in missing if kind not in found]), token.end()
    hour, minute, second = map(int, found["time"].split(":"))
    day, month, year = int(found["day"]), _MONTHS[found["month"].lower()], int(found["year"])
    if 70 <= year <= 99:
        year += 1900
    elif year <= 69:
        year += 2000
    if hour > 23 or minute > 59 or second > 59 or not 1 <= day <= 31:
        return None
    if year < 1601:
        return BEFORE_1601
    if day > monthrange(year, month)[1]:
        return None
    return timegm((year, month, day, hour, minute, second))
