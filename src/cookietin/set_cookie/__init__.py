"""Stage 1: the text of a Set-Cookie field -> parsed cookie. Knows no request, host, policy or store.

A ParsedCookie is the tuple (name, value, standard, rest) that the standard library's
`CookieJar._normalized_cookie_tuples` returns, because programs override that method:

- name: the cookie's name; value: its value, or None for a lone word.
- standard: the attributes that rules know, by lower-case name: "domain" (lower case), "path",
  "expires" (seconds since the epoch, from Expires or Max-Age), "secure", "discard", "version",
  "port", "comment", "commenturl". An attribute that was not given is not there.
- rest: every other attribute by its name as it was spelled; None if there is none.

A PlainCookie is the same without a dict for `standard`, for the attributes that servers send today:
(name, value, domain, path, expires, secure, rest), None for what was not given.

A text that holds no cookie is an int instead: the bits of the reasons (policy.decision.Reason).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rest = dict[str, str | None]
    ParsedCookie = tuple[str, str | None, dict[str, Any], Rest | None]
    PlainCookie = tuple[
        str, str | None, str | None, str | None, int | None, bool | str, Rest | None
    ]

# Bits of refusals that the text alone decides; `policy.decision.Reason` puts them into words.
NO_COOKIE_CONTENT = 1 << 0
ATTRIBUTE_WITHOUT_VALUE = 1 << 1
INVALID_MAX_AGE = 1 << 2
INVALID_VERSION = 1 << 3
