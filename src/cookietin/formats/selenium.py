"""Cookies of Selenium: what `driver.get_cookies()` gives, and `driver.add_cookie` takes one by one.

    [
    {"name":"sid","value":"1","domain":".shop.test","path":"/","secure":true,"httpOnly":true, ...}
    ]

Source: W3C WebDriver, section 14 (serialized cookie).

Rules of this file:
- A cookie without `expiry` is a session cookie; the number is a whole one.
- WebDriver knows no partitions: a cookie of one is left out, since it would go to all.
"""

from __future__ import annotations

from cookietin.formats.browser_fields import (
    LOSES,
    SAME_SITES,
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
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading, Writing

name = "selenium"
title = "cookies of Selenium"
loses: frozenset[str] = LOSES | {"partition_key"}

_FIELDS = frozenset(("domain",))
_OTHERS = frozenset(("expires", "expirationDate", "hostOnly", "session", "storeId"))


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return has_cookies(outline_of(head), _FIELDS, _OTHERS)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    return read_list(stream, reading, _cookie)


def _cookie(fields: Fields, cookie_class: type[CookieFields]) -> CookieFields:
    return cookie_of(fields, cookie_class, expires=fields.moment("expiry"))


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_list(stream, cookies, writing, _object)


def _object(fields: dict[str, Any]) -> dict[str, object]:
    if "partitionKey" in fields:
        raise FieldError("Selenium's cookies cannot say to which partition it belongs")
    made = {
        "name": fields["name"],
        "value": fields["value"],
        "domain": fields["domain"],
        "path": fields["path"],
        "secure": fields["secure"],
        "httpOnly": fields["httpOnly"],
    }
    if "expirationDate" in fields:
        made["expiry"] = fields["expirationDate"]
    if fields["sameSite"] in SAME_SITES:
        made["sameSite"] = SAME_SITES[fields["sameSite"]]
    return made
