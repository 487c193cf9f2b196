"""Stage 1 under browser rules: one Set-Cookie field, read as browsers read it.

RFC 6265bis section 5.6 (draft-ietf-httpbis-rfc6265bis-22), and what Chromium 156 and Firefox 153 were
both seen to do.

Rules of this file:
- Works on octets, as latin-1 characters; nothing is decoded, and quotation marks are characters.
- Total: any text gives a BrowserCookie, or the bits of the reasons why it holds none.
- Knows no request and no clock: Max-Age comes out as seconds, and what an attribute means is for
  `canonical` to say.
"""

from __future__ import annotations

import re

from cookietin.reasons import (
    DISALLOWED_CHARACTER,
    NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE,
    NO_COOKIE_CONTENT,
)
from cookietin.rules.dates import common_date, cookie_date
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.set_cookie import Attributes, BrowserCookie

LONGEST_PAIR = 4096  # octets of name and value together, without "="
LONGEST_ATTRIBUTE = 1024  # octets of an attribute's value

# 5.6: %x00-08 / %x0A-1F / %x7F; a tab is allowed.
_CONTROLS = bytes([*range(0x09), *range(0x0A, 0x20), 0x7F])
_WITHOUT_CONTROLS = dict.fromkeys(_CONTROLS)
_BLANK = " \t"  # WSP of RFC 5234; no other white space counts

_SAME_SITES = {"strict": "Strict", "lax": "Lax", "none": "None"}

_OTHER, _EXPIRES, _MAX_AGE, _DOMAIN, _PATH, _SECURE, _HTTP_ONLY, _SAME_SITE, _PARTITIONED = range(9)
_KINDS = {
    "expires": _EXPIRES,
    "max-age": _MAX_AGE,
    "domain": _DOMAIN,
    "path": _PATH,
    "secure": _SECURE,
    "httponly": _HTTP_ONLY,
    "samesite": _SAME_SITE,
    "partitioned": _PARTITIONED,
}

# Below this `isprintable` is faster than `_is_clean`; what it does not like is looked at again.
_SHORT = 64

_NOTHING_BETWEEN = re.compile(r";[; \t]+")

# All attributes of a field but Expires, read before: 0.1 us against 2.
_TAILS: dict[str, Attributes] = {}
_MOST_TAILS = 1024
_LONGEST_TAIL = 256


def parse(header: str) -> BrowserCookie | int:
    """
    Read one Set-Cookie field.

    Args:
        header: The field's value; octets above 0x7F as latin-1 characters.

    Returns:
        Name, value and attributes, or the bits of all reasons why there is no cookie. Time and
        space: O(len(header)).
    """
    pair, _, tail = header.partition(";")
    name, equals, value = pair.partition("=")
    if equals:
        name, value = name.strip(_BLANK), value.strip(_BLANK)
    else:
        # 5.6 step 3: a pair without "=" is the value of a nameless cookie.
        name, value = "", name.strip(_BLANK)
    attributes = _TAILS.get(tail)
    expires = None
    if attributes is None:
        expires, read = _dated_attributes(tail)
        if isinstance(read, int):
            return read | _pair_refusal(pair, name, value)
        attributes = read
    if name and (
        pair.isprintable()
        if len(pair) < _SHORT
        else _is_clean(pair) and len(name) + len(value) <= LONGEST_PAIR
    ):
        return name, value, expires, attributes
    return _pair_refusal(pair, name, value) or (name, value, expires, attributes)


def _pair_refusal(pair: str, name: str, value: str) -> int:
    """What is wrong with a name and a value, and the text that they were read from."""
    mask = 0 if _is_clean(pair) else DISALLOWED_CHARACTER
    if not name and not value:
        mask |= NO_COOKIE_CONTENT
    if len(name) + len(value) > LONGEST_PAIR:
        mask |= NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE
    return mask


def parse_refused(header: str) -> BrowserCookie:
    """
    Read a field that `parse` has refused, to see what else is wrong with it.

    Control characters are left out, and name and value may be empty or of any length.
    """
    pair, _, tail = header.translate(_WITHOUT_CONTROLS).partition(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    expires, attributes = _attributes(tail)
    return name.strip(_BLANK), value.strip(_BLANK), expires, attributes  # type: ignore[return-value]


def _is_clean(text: str) -> bool:
    """Tell whether a text has no control character in it."""
    # 0.5 us for 500 octets, where `isprintable` takes 1.3 and a regular expression 1.
    octets = text.encode("latin-1", "replace")
    return len(octets.translate(None, _CONTROLS)) == len(octets)


def _dated_attributes(tail: str) -> tuple[int | None, Attributes | int]:
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
    expires = common_date(date)
    if expires is None:
        if len(date) > LONGEST_ATTRIBUTE or not date.isprintable():
            return _attributes(tail)
        expires = cookie_date(date)
    return expires, known


def _attributes(tail: str) -> tuple[int | None, Attributes | int]:
    """Expires and all else that follows the pair, or the bit of a control character."""
    if not _is_clean(tail):
        return None, DISALLOWED_CHARACTER
    if len(tail) > _LONGEST_TAIL:
        # 64 KB of ";" take 1 ms so, and 12 if each of what lies between is looked at below.
        tail = _NOTHING_BETWEEN.sub(";", tail)
    domain = path = date = max_age = same_site = None
    secure = http_only = partitioned = False
    for attribute in tail.split(";"):
        key, _, text = attribute.partition("=")
        kind = _KINDS.get(key.strip(_BLANK).lower(), _OTHER)
        if kind == _OTHER:
            continue
        text = text.strip(_BLANK)
        if len(text) > LONGEST_ATTRIBUTE:
            continue  # 5.6: this attribute only; an earlier one of its name stays in force
        # The last one of a name counts by its text, valid or not. For Expires and Max-Age that is
        # ours, not the spec's: the draft passes over invalid ones, browsers do not.
        if kind == _EXPIRES:
            date = text
        elif kind == _MAX_AGE:
            max_age = text
        elif kind == _DOMAIN:
            domain = text
        elif kind == _PATH:
            path = text
        elif kind == _SECURE:
            secure = True
        elif kind == _HTTP_ONLY:
            http_only = True
        elif kind == _SAME_SITE:
            same_site = _SAME_SITES.get(text.lower())
        else:
            partitioned = True
    read = (
        # 5.6.3: an empty Domain is none; one leading dot does not count.
        "." + _lower(domain.removeprefix(".")) if domain else None,
        domain is not None and domain.startswith("."),
        path if path and path[0] == "/" else None,  # 5.6.4: any other path is the default-path
        None if max_age is None else _seconds(max_age),
        secure,
        http_only,
        same_site,
        partitioned,
        _rest(same_site, http_only=http_only, partitioned=partitioned),
        secure or not (partitioned or same_site == "None"),
    )
    if date is not None:
        return cookie_date(date), read
    if len(tail) <= _LONGEST_TAIL:
        if len(_TAILS) >= _MOST_TAILS:
            _TAILS.clear()
        _TAILS[tail] = read
    return None, read


def _lower(text: str) -> str:
    # ASCII alone: the Kelvin sign is no "k", and other letters match no host (5.7 step 8).
    return text.lower() if text.isascii() else text


def _seconds(max_age: str) -> int | None:
    """Seconds of a Max-Age (5.6.2), None if it is no whole number."""
    digits = max_age.removeprefix("-")
    return int(max_age) if digits.isascii() and digits.isdecimal() else None


def _rest(same_site: str | None, *, http_only: bool, partitioned: bool) -> SharedAttributes | None:
    """What the standard library's cookies keep apart, as it spells it."""
    rest = SharedAttributes()
    if http_only:
        rest["HttpOnly"] = None
    if same_site:
        rest["SameSite"] = same_site
    if partitioned:
        rest["Partitioned"] = None
    return rest or None
