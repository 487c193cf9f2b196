"""Cookies of the Chrome DevTools Protocol, which Puppeteer shows: a list of objects.

    [
    {"name":"sid","value":"1","domain":".shop.test","path":"/","expires":-1,"httpOnly":true, ...}
    ]

What is written can be given to `page.setCookie` and `browser.setCookie`, and to `Network.setCookies`
and `Storage.setCookies` as it is.

Source: the protocol as of Chromium 156; puppeteer-core 24.43.

Rules of this file:
- A partition was a text once; now it is an object, in which the protocol and Puppeteer call the site
  by different names. All three are read, and an object with both names is written.
- The object with a member `cookies`, which the protocol answers, is read too.
"""

from __future__ import annotations

from cookietin.formats.browser_fields import (
    LOSES,
    SAME_SITES,
    FieldError,
    Fields,
    cookie_of,
    has_cookies,
    has_cross_site_ancestor,
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

name = "puppeteer"
title = "cookies of Puppeteer and the Chrome DevTools Protocol"
loses = LOSES

_FIELDS = frozenset(("expires", "size", "sourceScheme", "sourcePort"))
_OTHERS = frozenset(("expirationDate", "expiry", "hostOnly"))


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return has_cookies(outline_of(head), _FIELDS, _OTHERS)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    return read_list(stream, reading, _cookie)


def _cookie(fields: Fields, cookie_class: type[CookieFields]) -> CookieFields:
    if fields.flag("partitionKeyOpaque"):
        raise FieldError("its partition has no name, and is gone with the page")
    expires = fields.moment("expires")
    return cookie_of(
        fields,
        cookie_class,
        expires=None if expires is None or expires < 0 else expires,
        partition_key=fields.partition(),
    )


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_list(stream, cookies, writing, _object)


def _object(fields: dict[str, Any]) -> dict[str, object]:
    made = {
        "name": fields["name"],
        "value": fields["value"],
        "domain": fields["domain"],
        "path": fields["path"],
        "expires": fields.get("expirationDate", -1),
        "httpOnly": fields["httpOnly"],
        "secure": fields["secure"],
    }
    if fields["sameSite"] in SAME_SITES:
        made["sameSite"] = SAME_SITES[fields["sameSite"]]
    if "partitionKey" in fields:
        made["partitionKey"] = {
            "topLevelSite": fields["partitionKey"],
            "sourceOrigin": fields["partitionKey"],
            "hasCrossSiteAncestor": has_cross_site_ancestor(fields),
        }
    return made
