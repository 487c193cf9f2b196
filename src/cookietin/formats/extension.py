"""Cookies of browser extensions: what EditThisCookie, Cookie-Editor and others export as JSON.

    [
    {"domain":".shop.test","hostOnly":false,"httpOnly":true,"name":"sid","path":"/", ...}
    ]

The fields are those of `chrome.cookies.Cookie`; both extensions import what is written.

Rules of this file:
- Extensions differ: `hostOnly` may be missing, and then the domain's dot tells; SameSite may be null
  or in capitals; `session` beats `expirationDate`, as it does when they import.
- `firstPartyDomain` of Firefox binds a cookie to a site in a way that is no partition: such a cookie
  is passed over.
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
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading, Writing

name = "extension"
title = "JSON of browser extensions such as EditThisCookie and Cookie-Editor"
loses = LOSES

_FIELDS = frozenset(("storeId", "id", "firstPartyDomain"))
_OTHERS = frozenset(("expires", "expiry"))

# Chrome's ordinary profile. EditThisCookie imports into the store that is named, Cookie-Editor into
# that of the page.
_STORE = "0"


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return has_cookies(outline_of(head), _FIELDS, _OTHERS)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    return read_list(stream, reading, _cookie)


def _cookie(fields: Fields, cookie_class: type[CookieFields]) -> CookieFields:
    if fields.text("firstPartyDomain"):
        raise FieldError("it is bound to a site by firstPartyDomain")
    return cookie_of(
        fields,
        cookie_class,
        expires=None if fields.flag("session") else fields.moment("expirationDate"),
        host_only=fields.flag("hostOnly"),
        partition_key=fields.partition(),
    )


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_list(stream, cookies, writing, _object)


def _object(fields: dict[str, Any]) -> dict[str, object]:
    made = {**fields, "storeId": _STORE}
    if "partitionKey" in fields:
        made["partitionKey"] = {"topLevelSite": fields["partitionKey"]}
    return made
