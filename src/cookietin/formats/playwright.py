"""The storage state of Playwright: `context.storage_state(path=...)`.

    {"cookies":[
    {"name":"sid","value":"1","domain":".shop.test","path":"/","expires":-1,"httpOnly":true, ...}
    ],
    "origins":[]}

Source: the protocol of playwright-core 1.65.

Rules of this file:
- `origins`, and whatever else there is beside the cookies, is kept and written again.
- Playwright asks for SameSite in some places, and in Chromium says Lax where a server said nothing: so
  does this. A server's silence is lost.
"""

from __future__ import annotations

from cookietin.formats.browser_fields import (
    LOSES,
    SAME_SITES,
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

name = "playwright"
title = "storage state of Playwright"
loses: frozenset[str] = LOSES | {"same_site"}

_FIELDS = frozenset(("domain", "expires", "sameSite"))
_OTHERS = frozenset(("size", "session", "sourceScheme", "expirationDate", "expiry", "hostOnly"))


def sniff(head: bytes) -> bool:
    """See `Format.sniff`; an object without any cookie is taken too."""
    outline = outline_of(head)
    if outline.is_list or outline.members.isdisjoint(("cookies", "origins")):
        return False
    return not outline.fields or has_cookies(outline, _FIELDS, _OTHERS)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`; a list alone, as `context.cookies()` gives it, is read too."""
    return read_list(stream, reading, _cookie)


def _cookie(fields: Fields, cookie_class: type[CookieFields]) -> CookieFields:
    expires = fields.moment("expires")
    return cookie_of(
        fields,
        cookie_class,
        expires=None if expires is None or expires < 0 else expires,
        partition_key=fields.partition(),
    )


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_list(stream, cookies, writing, _object, members={"origins": []})


def _object(fields: dict[str, Any]) -> dict[str, object]:
    made = {
        "name": fields["name"],
        "value": fields["value"],
        "domain": fields["domain"],
        "path": fields["path"],
        "expires": fields.get("expirationDate", -1),
        "httpOnly": fields["httpOnly"],
        "secure": fields["secure"],
        "sameSite": SAME_SITES.get(fields["sameSite"], "Lax"),
    }
    if "partitionKey" in fields:
        made["partitionKey"] = fields["partitionKey"]
        made["_crHasCrossSiteAncestor"] = has_cross_site_ancestor(fields)
    return made
