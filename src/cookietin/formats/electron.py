"""Cookies of Electron: a list of what `session.cookies.get({})` gives.

    [
    {"name":"sid","value":"1","domain":".shop.test","hostOnly":false,"path":"/","secure":true, ...}
    ]

The fields are those of `Cookie.to_dict`, with texts decoded as browsers do it.

Rules of this file:
- Unlike `Cookie.from_dict`, which a program calls, this passes over fields that nobody knows: a newer
  Electron may have written them. `session` has to agree with `expirationDate` all the same.
"""

from __future__ import annotations

from cookietin.formats.browser_fields import (
    LOSES,
    FieldError,
    Fields,
    cookie_of,
    has_cookies,
    read_list,
    write_list,
)
from cookietin.formats.json_outline import outline_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading, Writing

name = "electron"
title = "cookies of Electron"
loses = LOSES

_FIELDS = frozenset(("expirationDate", "hostOnly", "session"))
_OTHERS = frozenset(("expires", "expiry"))


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return has_cookies(outline_of(head), _FIELDS, _OTHERS)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    return read_list(stream, reading, _cookie)


def _cookie(fields: Fields, cookie_class: type[CookieFields]) -> CookieFields:
    expires = fields.moment("expirationDate")
    if fields.flag("session") not in (None, expires is None):
        raise FieldError("session says the opposite of expirationDate")
    return cookie_of(
        fields,
        cookie_class,
        expires=expires,
        host_only=fields.flag("hostOnly"),
        partition_key=fields.partition(),
    )


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_list(stream, cookies, writing, dict)
