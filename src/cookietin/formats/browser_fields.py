"""Cookies in the fields that browsers and their drivers share: name, value, domain, path, secure ...

What is common to the formats of browsers; none of them is known here. They differ in a few fields, and
turn them into those of `electron_fields`, which says the most.

Rules of this file:
- A field that nobody knows is passed over, and null is as good as none: browsers add fields with
  each version.
- Read leniently, 0 and 1 and "true" and "false" are flags, and a text of digits is a number; strictly,
  they are problems.
- No problem shows a field's value.
"""

from __future__ import annotations

import math

from cookietin import electron_fields
from cookietin.formats.browser_text import decoded
from cookietin.formats.browser_text import encoded as octets
from cookietin.formats.json_text import Unread, beside, document, encoded, is_chosen, write_file
from cookietin.rules.classic_dates import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.json_outline import Outline
    from cookietin.formats.reading import Reading, Writing

# What no file of a browser holds; see `reading.HELD`.
LOSES = frozenset(("creation_time", "last_access_time", "path_specified", "attributes", "rfc2965"))

SAME_SITES = {"no_restriction": "None", "lax": "Lax", "strict": "Strict"}

# Any format's word, in any spelling, in the words of `electron_fields`.
_SAME_SITES_READ = {
    "strict": "strict",
    "lax": "lax",
    "none": "no_restriction",
    "no_restriction": "no_restriction",
    "unspecified": "unspecified",
    "": "unspecified",
}
_FLAGS = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}
# The protocol's word and Puppeteer's.
_SITES = ("topLevelSite", "sourceOrigin")
_MOST = 2**53


class FieldError(ValueError):
    """Says why the fields of a cookie cannot be read, or not be written."""


class Fields:
    """
    The fields of one object, asked by name and type.

    Args:
        found: What stands in the file.
        lenient: Take what is meant.

    Raises:
        FieldError: There is no such object; a field is of another type.
    """

    __slots__ = ("_fields", "_lenient")

    def __init__(self, found: object, *, lenient: bool) -> None:
        if found.__class__ is not dict:
            raise FieldError("expected an object in which each field is there once")
        self._fields: dict[str, Any] = found
        self._lenient = lenient

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def text(self, key: str) -> str | None:
        text = self._fields.get(key)
        if text is not None and text.__class__ is not str:
            raise FieldError(f"{key}: expected a text")
        return text

    def flag(self, key: str) -> bool | None:
        flag = self._fields.get(key)
        if flag is None or flag is True or flag is False:
            return flag
        if self._lenient and flag.__class__ in (int, str):
            known = _FLAGS.get(flag.lower() if flag.__class__ is str else flag)
            if known is not None:
                return known
        raise FieldError(f"{key}: expected true or false")

    def moment(self, key: str) -> float | None:
        """Seconds since the epoch."""
        moment = self._fields.get(key)
        if self._lenient and moment.__class__ is str and moment.replace(".", "", 1).isdecimal():
            moment = float(moment)
        if moment is None:
            return None
        if moment.__class__ not in (int, float) or not -_MOST < moment < _MOST:
            raise FieldError(f"{key}: expected seconds since 1970")
        return moment

    def partition(self) -> str | None:
        """The site of the partition, which may be the text itself or stand in an object."""
        key = self._fields.get("partitionKey")
        if key.__class__ is dict and key:
            key = next((key[name] for name in _SITES if key.get(name) is not None), key)
        if key is None or key == {}:
            return None
        if key.__class__ is not str:
            raise FieldError("partitionKey: expected a site")
        return key or None

    def same_site(self) -> str:
        word = self.text("sameSite") or ""
        if word.lower() not in _SAME_SITES_READ:
            raise FieldError("sameSite: expected one of None, Lax, Strict")
        return _SAME_SITES_READ[word.lower()]


def cookie_of(
    fields: Fields,
    cookie_class: type[CookieFields],
    *,
    expires: float | None,
    host_only: bool | None = None,
    partition_key: str | None = None,
) -> CookieFields:
    """
    The cookie of some fields.

    Args:
        expires: None for a session cookie.
        host_only: None if a leading dot in the domain says so.
        partition_key: Site of its partition.

    Raises:
        TypeError, ValueError: They make no cookie.
    """
    known: dict[str, object] = {
        "domain": fields.text("domain"),
        "hostOnly": host_only,
        "secure": fields.flag("secure"),
        "httpOnly": fields.flag("httpOnly"),
        "sameSite": fields.same_site(),
        "expirationDate": expires,
        "partitionKey": partition_key,
    }
    for key in ("name", "value", "path"):
        text = fields.text(key)
        try:
            known[key] = text if text is None else octets(text)
        except UnicodeEncodeError:
            raise FieldError(f"{key}: there is half a surrogate pair in it") from None
    return electron_fields.read(known, cookie_class)


def read_list(
    stream: BinaryIO,
    reading: Reading,
    cookie_of: Callable[[Fields, type[CookieFields]], CookieFields],
) -> Iterator[CookieFields]:
    """
    The cookies of a file: of a list, or of the member `cookies` of an object.

    What that object has beside is kept.
    """
    unread = Unread(reading)
    for entry, found in enumerate(_listed(document(stream, reading), reading), 1):
        try:
            cookie = cookie_of(Fields(found, lenient=reading.lenient), reading.cookie_class)
        except (TypeError, ValueError) as error:
            problem = str(error)
        else:
            if reading.choice.includes(cookie):
                yield cookie
            continue
        # Out here: the error's frames hold the fields.
        reading.skip(problem, entry=entry)
        unread.keep(found)
    unread.end()


def _listed(whole: Any, reading: Reading) -> list[Any]:
    if whole.__class__ is dict:
        listed = whole.pop("cookies", [] if "origins" in whole else None)
        beside(whole, reading)
        whole = listed
    if whole.__class__ is not list:
        raise reading.failed("expected a list of cookies, or an object with one as 'cookies'")
    return whole


def write_list(
    stream: BinaryIO,
    cookies: Iterable[CookieFields],
    writing: Writing,
    object_of: Callable[[dict[str, Any]], dict[str, object]],
    *,
    members: dict[str, Any] | None = None,
) -> None:
    """
    Write a list of cookies, or an object with one, if there is something beside it.

    Args:
        object_of: What a cookie looks like in the file, of its fields as `fields_of` has them.
        members: What is always there beside the cookies.
    """
    others = {**(members or {}), **writing.beside}
    first = '{"cookies":[' if others else "["
    write_file(stream, first, _lines(cookies, writing, object_of), others, writing)


def _lines(
    cookies: Iterable[CookieFields],
    writing: Writing,
    object_of: Callable[[dict[str, Any]], dict[str, object]],
) -> Iterator[str]:
    for cookie in cookies:
        if not is_chosen(cookie, writing.choice):
            continue
        try:
            line = encoded(object_of(fields_of(cookie)))
        except FieldError as error:
            writing.skip(cookie, str(error))
        else:
            yield line


def fields_of(cookie: CookieFields) -> dict[str, Any]:
    """
    The fields of a cookie, in the words of `electron_fields`, as browsers take them.

    The domain has a leading dot unless the cookie goes to its host alone. An expiry-time lies within
    the years 1970 to 9999: browsers refuse what lies beyond, and take -1, some of them 0, for a
    session cookie.

    Raises:
        FieldError: It cannot be written.
    """
    fields = electron_fields.to_dict(cookie)
    for key in ("name", "value", "domain", "path"):
        text = fields[key]
        if not isinstance(text, str):
            raise FieldError(f"its {key} is no text")
        fields[key] = shown = decoded(text) if key != "domain" else text
        try:
            shown.encode()
        except UnicodeEncodeError:
            raise FieldError(f"its {key} holds half a surrogate pair") from None
    if not fields["domain"] or not (fields["name"] or fields["value"]):
        raise FieldError("it has no domain, or neither a name nor a value")
    if not fields["hostOnly"]:
        fields["domain"] = "." + cookie.domain.removeprefix(".")
    if "expirationDate" in fields:
        fields["expirationDate"] = _written_expiry(fields["expirationDate"])
    partition_key = fields.get("partitionKey", "")
    if not isinstance(partition_key, str):
        raise FieldError("its partition is no site")
    return fields


def _written_expiry(expires: object) -> int:
    if not isinstance(expires, int | float) or not -math.inf < expires < math.inf:
        raise FieldError("its expiry-time is no number")
    return int(min(max(expires, 1), LATEST))


def has_cross_site_ancestor(fields: dict[str, Any]) -> bool:
    """
    Tell whether a partitioned cookie is one of a site within another one, as Chromium distinguishes.

    Ours, not Chromium's: a site that lies within another one within itself is not known here.
    """
    site = fields["partitionKey"].partition("://")[2]
    domain = fields["domain"].removeprefix(".")
    return not (domain == site or domain.endswith("." + site))


def has_cookies(outline: Outline, any_of: frozenset[str], none_of: frozenset[str]) -> bool:
    """Tell whether the first cookies have one of some fields, and none of others."""
    fields = outline.fields
    return (
        "name" in fields
        and "value" in fields
        and not fields.isdisjoint(any_of)
        and fields.isdisjoint(none_of)
    )
