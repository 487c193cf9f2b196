"""Stage 1: the text of a Set-Cookie field -> parsed cookie. Knows no request, host, policy or store.

A ParsedCookie is the tuple (name, value, standard, rest) that the standard library's
`CookieJar._normalized_cookie_tuples` returns, because programs override that method:

- name: the cookie's name; value: its value, or None for a lone word.
- standard: the attributes that rules know, by lower-case name: "domain" (lower case), "path",
  "expires" (seconds since the epoch, from Expires or Max-Age), "secure", "discard", "version",
  "port", "comment", "commenturl". An attribute that was not given is not there.
- rest: every other attribute by its name as it was spelled; None if there is none.

A PlainCookie is the form for the attributes that servers send today: name, value, expiry-time, and
the other attributes as one tuple, which cookies share.

Under browser rules a parsed cookie is a BrowserCookie instead: name ("" for a nameless cookie), value,
expiry-time by Expires, and the other attributes as one tuple, which cookies share.

Of a text that holds no cookie there are only the bits of the reasons (policy.decision.Reason): as an
int, or as Refused, in the form of a PlainCookie.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.shared_attributes import SharedAttributes

    Rest = dict[str, str | None]
    ParsedCookie = tuple[str, str | None, dict[str, Any], Rest | None]
    # Domain with a leading dot, whether it came with one, path, Max-Age in seconds, Secure (CPython
    # keeps the text of "Secure=x"), others. None for what was not given.
    PlainAttributes = tuple[
        str | None, bool, str | None, int | None, bool | str, SharedAttributes | None
    ]
    PlainCookie = tuple[str, str | None, int | None, PlainAttributes]
    Refused = tuple[str, None, None, int]
    # Domain with a leading dot, whether it came with one, path, Max-Age in seconds, Secure, HttpOnly,
    # SameSite ("Strict", "Lax", "None"), Partitioned, the last three as `Cookie._rest` has them, and
    # whether it is Secure or nothing in it asks for that. None for what was not given.
    Attributes = tuple[
        str | None, bool, str | None, int | None, bool, bool, str | None, bool,
        SharedAttributes | None, bool,
    ]  # fmt: skip
    # Name, value, Expires in seconds since the epoch (None for none), and the other attributes.
    BrowserCookie = tuple[str, str, int | None, Attributes]
