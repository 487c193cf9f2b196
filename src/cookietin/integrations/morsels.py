"""Cookies in the shape of `http.cookies`, for clients that know no other.

A `BaseCookie` is sorted when it is written and has one cookie for each name. `Name` is a key for which
neither holds, so that a Cookie field comes out of it as the jar put it in.

Rules of this file:
- Knows no client. Octets above 0x7F are latin-1 characters in the jar, and UTF-8 outside.
- No `repr` shows a value, as those of `http.cookies` do, and no error.
- What `http.cookies` would refuse is never given to it: its errors show values.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from http.cookies import Morsel, SimpleCookie

from cookietin.cookie import is_http_only, same_site_of
from cookietin.cookie_header import checked_extra
from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cookietin.cookie import CookieFields

# What Morsels refuse since CVE-2026-3644, the tab as well, which a Cookie field may have.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_INJECTING = re.compile(r"[;\r\n\0]")
_QUOTING = SimpleCookie()
_NO_ATTRIBUTES: dict[str, str] = dict(Morsel())
_LAST_DATE = 253_402_300_799  # the last second of the year 9999


# Octets


def octets_of(text: str) -> str:
    """What a client decoded as UTF-8, as the jar has it: each octet a latin-1 character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def text_of(octets: str) -> str | None:
    """What has to be encoded as UTF-8 to come to these octets; None if nothing does."""
    if octets.isascii():
        return octets
    try:
        return octets.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    except UnicodeEncodeError:
        return octets if is_text(octets) else None  # a program has put a text there


def is_text(text: str) -> bool:
    """Tell whether UTF-8 has something for all characters, and not halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# To a client


class Cookies(SimpleCookie):
    """Cookies whose `repr` shows no value."""

    def __repr__(self) -> str:
        return shown_names(self)


class SafeMorsel(Morsel[str]):
    """A cookie whose `repr` shows no value, and whose name may be that of an attribute."""

    def get(self, key: str, default: Any = None) -> Any:
        # aiohttp up to 3.14.3 looks for a Morsel under the name of the cookie, which may be "path".
        value = super().get(key, default)
        return default if value == "" and key == self.key else value

    def __repr__(self) -> str:
        attributes = {name: value for name, value in self.items() if value}
        return f"<Morsel: {shown(self.key)} {attributes}>"


def shown_names(cookies: Iterable[str]) -> str:
    """The `repr` of some cookies."""
    return f"<Cookies: {', '.join(map(shown, cookies))}>"


def morsel(name: str, coded_value: str) -> SafeMorsel:
    """
    A Morsel without attributes, whatever name it has.

    Args:
        name: Without control characters.
        coded_value: What is written, without control characters; `value` is the same without quotes.
    """
    value = coded_value
    if value.startswith('"'):
        value = _QUOTING.value_decode(coded_value)[0]
        if CONTROLS.search(value):
            value = coded_value  # not what a backslash and three digits stand for
    # That is how Morsels are unpickled: `set` refuses names that servers send, and the constructor takes
    # 3 us to write the empty attributes one by one, where this takes 1.
    made = SafeMorsel.__new__(SafeMorsel)
    dict.update(made, _NO_ATTRIBUTES)
    state = {"key": name, "value": value, "coded_value": coded_value}
    made.__setstate__(state)  # type: ignore[attr-defined]  # typeshed leaves it out
    return made


def morsel_of(cookie: CookieFields) -> SafeMorsel:
    """A cookie of the jar, to be looked at; characters that Morsels refuse are replaced."""
    made = morsel(_readable(cookie.name), _readable(cookie.value or ""))
    attributes: dict[str, str | bool] = {
        "domain": cookie.domain.removeprefix("."),
        "path": cookie.path,
        "secure": bool(cookie.secure) or "",
        "httponly": is_http_only(cookie) or "",
        "samesite": same_site_of(cookie) or "",
        "expires": "" if cookie.expires is None else _http_date(cookie.expires),
    }
    dict.update(made, attributes)
    return made


def _readable(octets: str) -> str:
    try:
        text = octets.encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        text = octets
    return CONTROLS.sub("\ufffd", text)


def _http_date(moment: float) -> str:
    return formatdate(min(max(moment, 0), _LAST_DATE), usegmt=True)


class Name(str):
    """
    The name of a cookie, as a key that is sorted by its place, before other texts.

    Args:
        name: The name.
        place: Where it stands.
        again: Another one of this name stands before it: then it is equal to nothing.
    """

    __slots__ = ("_again", "_place")

    _again: bool
    _place: int

    def __new__(cls, name: str, place: int, *, again: bool) -> Name:
        made = super().__new__(cls, name)
        made._place = place
        made._again = again
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, int], dict[str, bool]]:
        return (str(self), self._place), {"again": self._again}

    def __eq__(self, other: object) -> bool:
        if self._again or (isinstance(other, Name) and other._again):
            return self is other
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __lt__(self, other: str) -> bool:
        return not isinstance(other, Name) or self._place < other._place

    def __gt__(self, other: str) -> bool:
        return isinstance(other, Name) and self._place > other._place


# From a program


def set_cookie_field(name: str, cookie: object) -> str:
    """
    The Set-Cookie field of a cookie that a program gives, octets above 0x7F as latin-1 characters.

    Args:
        name: Its name, if the cookie is its value.
        cookie: A text, or a Morsel, whose own name counts.

    Raises:
        TypeError: It is neither.
        ValueError: It would end the cookie or the field.
    """
    if isinstance(cookie, Morsel):
        name, value = cookie.key, cookie.coded_value
        attributes = [
            attribute if setting is True else f"{attribute}={setting}"
            for attribute, setting in cookie.items()
            if setting
        ]
    elif isinstance(cookie, str):
        value, attributes = str(cookie), []
    else:
        raise TypeError(
            f"cookie {shown(name)}: expected a text or a Morsel, got {type(cookie).__name__}"
        )
    if isinstance(name, str):
        name = str(name)  # perhaps the member of an enumeration
    checked_extra({name: value}, "cookies")
    field = "; ".join([f"{name}={value}", *attributes])
    if any(map(_INJECTING.search, attributes)):
        raise ValueError(
            f"cookie {shown(name)}: an attribute has a ';', CR, LF or NUL in it, which would end it"
        )
    if not is_text(field):
        raise ValueError(f"cookie {shown(name)}: half of a surrogate pair is no text; encode it")
    return octets_of(field)
