"""Set-Cookie by the standard library's rules.

Source: `parse_ns_headers` and `CookieJar._normalized_cookie_tuples` of CPython 3.11 to 3.13, which
mix the Netscape specification with RFC 2109.

Rules of this file:
- `parse` is the short way from one field to a ParsedCookie; `parse_ns_headers` followed by
  `normalized` is the long one that subclasses may interrupt. A property test binds the two.
- Nothing raises, whatever the text, so that one bad cookie never costs a response its others.
- Time is linear in the length of the text.
"""

from __future__ import annotations

from cookietin.late_pattern import LatePattern
from cookietin.reasons import (
    ATTRIBUTE_WITHOUT_VALUE,
    INVALID_MAX_AGE,
    NO_COOKIE_CONTENT,
)
from cookietin.rules.classic_dates import LATEST, expiry_time
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cookietin.set_cookie import ParsedCookie, PlainAttributes, PlainCookie, Refused

    Pairs = list[tuple[str, str | float | None]]
    # Its kind, name as spelled, and value (None without "=").
    Attribute = tuple[int, str, str | None]

BOOLEAN_ATTRIBUTES = frozenset(("discard", "secure"))
VALUE_ATTRIBUTES = frozenset(
    ("version", "expires", "max-age", "domain", "path", "port", "comment", "commenturl")
)
# Those that `parse_ns_headers` writes in lower case.
_NETSCAPE_ATTRIBUTES = frozenset(
    ("expires", "domain", "path", "secure", "version", "port", "max-age")
)
# RFC 2109 and 2965 attributes that turn up in Set-Cookie now and then: the long way knows them.
_RARE = frozenset(("version", "port", "discard", "comment", "commenturl"))

# What an attribute is to `parse`.
_OTHER, _PATH, _DOMAIN, _SECURE, _EXPIRES, _MAX_AGE, _SELDOM, _NAMELESS = range(8)
_KINDS = {
    "": _NAMELESS,
    "path": _PATH,
    "domain": _DOMAIN,
    "secure": _SECURE,
    "expires": _EXPIRES,
    "max-age": _MAX_AGE,
    **dict.fromkeys(_RARE, _SELDOM),
}

_NOTHING_BETWEEN = LatePattern(r";[;\s]+")

# Attributes read before, by their whole text: 0.05 us against 0.5. Expires is not among them, since
# it hardly comes twice.
_KNOWN: dict[str, Attribute] = {}
_MOST_KNOWN = 1024
_LONGEST_KNOWN = 64

# All attributes of a field but Expires: 0.1 us against 1.5.
_TAILS: dict[str, PlainAttributes] = {}
_MOST_TAILS = 1024
_LONGEST_TAIL = 256

_LONG_WAY = 0


def strip_quotes(text: str) -> str:
    """
    Take one quotation mark off each end of a text, where there is one.

    >>> strip_quotes('"a"'), strip_quotes('a"')
    ('a', 'a')
    """
    return text.removeprefix('"').removesuffix('"')


def max_age_expiry(value: str | None, now: int) -> int | None:
    """
    Moment at which a Max-Age ends, None if the value is no whole number.

    Never later than the last second of the year 9999, however many digits the server sends:
    CPython raises OverflowError from 309 digits on, and loses the response's other cookies.
    """
    seconds = None if value is None else _whole_seconds(value)
    return None if seconds is None else _moment_in(seconds, now)


def _whole_seconds(max_age: str) -> int | None:
    try:
        return int(max_age)
    except ValueError:
        # int() refuses more than 4,300 digits; isdecimal() tells these from other texts.
        digits = max_age.strip()
        if len(digits) < 1000 or not digits[digits[0] in "+-" :].isdecimal():
            return None
        return -2 * LATEST if digits[0] == "-" else 2 * LATEST


def _moment_in(seconds: int, now: int) -> int:
    return min(max(now + seconds, -LATEST), LATEST)


def parse(header: str, now: int) -> PlainCookie | ParsedCookie | Refused:
    """
    Read one Set-Cookie field.

    Args:
        header: The field's value; octets above 0x7F as latin-1 characters.
        now: Seconds since the epoch, which Max-Age counts from.

    Returns:
        The cookie: plain, or with attributes of RFC 2109 that few servers send. Or else, as the last
        of four, the bits of the reasons why there is none.
    """
    pair, _, tail = header.partition(";")
    name, equals, value = pair.partition("=")
    name = name.strip()
    if not name:
        return "", None, None, NO_COOKIE_CONTENT
    expires = None
    attributes: PlainAttributes | int | None = _TAILS.get(tail)
    if attributes is None:
        expires, attributes = _dated_attributes(tail)
    if isinstance(attributes, int):
        parsed = attributes or normalized(_pairs(header), now)
        return ("", None, None, parsed) if isinstance(parsed, int) else parsed
    max_age = attributes[3]
    if max_age is not None:
        expires = _moment_in(max_age, now)
    return name, value.strip() if equals else None, expires, attributes


def _dated_attributes(tail: str) -> tuple[int | None, PlainAttributes | int]:
    """The same as `_attributes`, faster where all but a date has been seen before."""
    before, found, rest = tail.partition("xpires=")
    if not found or not (before.endswith(("; E", "; e")) or before in (" E", " e")):
        return _attributes(tail)
    date, _, after = rest.partition(";")
    others = before[:-2] + after
    known = _TAILS.get(others)
    if known is None:
        if len(others) > _LONGEST_TAIL:
            return _attributes(tail)  # it is remembered for none
        _attributes(others)
        known = _TAILS.get(others)
        if known is None:
            return _attributes(tail)  # there is another date, for instance
    if known[3] is not None:
        return None, known  # Max-Age counts
    date = date.strip()
    return expiry_time(strip_quotes(date) if '"' in date else date), known


def _attributes(tail: str) -> tuple[int | None, PlainAttributes | int]:
    """
    Expires and all else that follows the pair.

    In place of the attributes: the reasons why there is no cookie, or 0 for the long way.
    """
    domain = path = expires = max_age = rest = secure = None
    lasting = len(tail) <= _LONGEST_TAIL
    parts, remembered = _split(tail)
    for attribute in parts:
        known = remembered.get(attribute)
        if known is not None:
            kind, key, content = known
        elif attribute.startswith(" Expires="):
            kind, content = _EXPIRES, attribute[9:].strip()
        else:
            kind, key, content = _attribute(attribute, remembered)
        if kind == _OTHER:
            if rest is None:
                rest = SharedAttributes()
            rest[key] = content
        elif kind == _EXPIRES:
            lasting = False
            if expires is None and max_age is None and content is not None:
                expires = expiry_time(strip_quotes(content) if '"' in content else content)
        elif kind == _MAX_AGE:
            max_age = None if content is None else _whole_seconds(content)
            if max_age is None:
                return None, INVALID_MAX_AGE
        elif kind == _SECURE:
            if secure is None:
                # CPython keeps the text of "Secure=x", and "Secure=" is false.
                secure = True if content is None else content
        elif kind == _SELDOM:
            return None, _LONG_WAY
        elif kind != _NAMELESS:
            if content is None:
                if (path if kind == _PATH else domain) is None:
                    return None, ATTRIBUTE_WITHOUT_VALUE
            elif kind == _PATH:
                path = content if path is None else path
            elif domain is None:
                domain = content.lower()
    dotted, initial_dot = with_dot(domain)
    read = (dotted, initial_dot, path, max_age, False if secure is None else secure, rest)
    if lasting:
        if len(_TAILS) >= _MOST_TAILS:
            _TAILS.clear()
        _TAILS[tail] = read
    return expires, read


def _split(tail: str) -> tuple[list[str], dict[str, Attribute]]:
    """The attributes of a field, and where they are remembered."""
    if len(tail) > _LONGEST_TAIL:
        # There may be thousands, which would only drive out what other servers send. And 64 KB of
        # ";" would take 11 ms, if each nothing between them were looked at.
        return _NOTHING_BETWEEN.sub(";", tail).split(";"), {}
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    return tail.split(";"), _KNOWN


def with_dot(domain: str | None) -> tuple[str | None, bool]:
    """A Domain attribute with a leading dot, and whether it came with one."""
    if domain is None or domain.startswith("."):
        return domain, domain is not None
    return "." + domain, False


def _attribute(text: str, remembered: dict[str, Attribute]) -> Attribute:
    """Kind, name as spelled, and value (None without "=") of one attribute."""
    key, equals, content = text.partition("=")
    key = key.strip()
    kind = _KINDS.get(key.lower(), _OTHER)
    read = (kind, key, content.strip() if equals else None)
    if kind != _EXPIRES and len(text) <= _LONGEST_KNOWN and len(remembered) < _MOST_KNOWN:
        remembered[text] = read
    return read


def parse_ns_headers(ns_headers: Iterable[str]) -> list[Pairs]:
    """
    Split Set-Cookie fields into lists of (name, value) pairs, the cookie's own pair first.

    A name without "=" has the value None. Expires becomes seconds since the epoch (None if it
    is no date); a pair ("version", "0") is added unless the server sent a version. Fields that
    begin without a name are left out.

    >>> parse_ns_headers(["sid=1; Path=/; HttpOnly"])
    [[('sid', '1'), ('path', '/'), ('HttpOnly', None), ('version', '0')]]
    """
    return [pairs for header in ns_headers if (pairs := _pairs(header))]


def _pairs(header: str) -> Pairs:
    pairs: Pairs = []
    version_seen = False
    for position, part in enumerate(header.split(";")):
        key, equals, text = part.partition("=")
        key = key.strip()
        if not key:
            if position == 0:
                return []
            continue
        value: str | float | None = text.strip() if equals else None
        if position > 0:
            lower = key.lower()
            if lower in _NETSCAPE_ATTRIBUTES:
                key = lower
            if key == "version":
                version_seen = True
                if isinstance(value, str):
                    value = strip_quotes(value)
            elif key == "expires" and isinstance(value, str):
                value = expiry_time(strip_quotes(value))
        pairs.append((key, value))
    if not version_seen:
        pairs.append(("version", "0"))
    return pairs


def normalized(pairs: Iterable[tuple[str, Any]], now: int) -> ParsedCookie | int:
    """
    Sort the pairs of one cookie into known attributes and others.

    The first of several attributes counts, apart from Max-Age, of which the last does. Max-Age
    beats Expires. An attribute that needs a value and has none costs the cookie.

    Args:
        pairs: From `parse_ns_headers` or `split_header_words`, the cookie's own pair first.
        now: Seconds since the epoch, which Max-Age counts from.
    """
    (name, value), *attributes = pairs
    standard: dict[str, Any] = {}
    rest: dict[str, str | None] = {}
    max_age_seen = False
    for key, content in attributes:
        lower = key.lower()
        if lower in VALUE_ATTRIBUTES or lower in BOOLEAN_ATTRIBUTES:
            key = lower
        else:
            rest[key] = content
            continue
        if key in standard:
            continue
        if key in BOOLEAN_ATTRIBUTES:
            standard[key] = True if content is None else content
        elif key == "max-age":
            max_age_seen = True
            moment = max_age_expiry(content, now)
            if moment is None:
                return INVALID_MAX_AGE
            standard["expires"] = moment
        elif key == "expires":
            if isinstance(content, str):
                # Only Set-Cookie2 brings a text here; CPython loses the response over it.
                content = expiry_time(strip_quotes(content))
            if content is not None and not max_age_seen:
                standard["expires"] = content
        elif content is None and key not in ("port", "comment", "commenturl"):
            return ATTRIBUTE_WITHOUT_VALUE
        else:
            standard[key] = content.lower() if key == "domain" else content
    return name, value, standard, rest or None
