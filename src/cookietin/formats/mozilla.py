"""cookies.txt, the format of Netscape, Mozilla, curl and wget.

A line a cookie, seven fields with tabs between: domain, whether it goes to subdomains, path, whether
it is Secure, expiry-time, name, value. `#HttpOnly_` before the domain marks HttpOnly.

Source: `MozillaCookieJar` of CPython 3.11 to 3.13, and what curl 7.88 and wget 1.21 read and write.

Rules of this file:
- An expiry of 0 or nothing is a session cookie; 0 is written, since curl and wget read no other
  (gh-61366).
- A domain that goes to subdomains gets the leading dot that Set-Cookie would have given it, one
  that does not loses it: curl goes by the flag alone.
- A cookie with an empty name is a lone word: its text stands in the last field.
"""

from __future__ import annotations

import re

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import is_encodable, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from cookietin.formats import Skip

MAGIC = re.compile(r"#( Netscape)? HTTP Cookie File")
HTTPONLY_PREFIX = "#HttpOnly_"
HTTPONLY_ATTRIBUTE = "HTTPOnly"  # as CPython stores it after reading

_FIELDS = 7


def read(
    stream: TextIO,
    source: object,
    cookie_class: type[CookieFields],
    *,
    magic: re.Pattern[str] = MAGIC,
) -> Iterator[CookieFields]:
    """
    The cookies of a file, in the order of its lines.

    Args:
        stream: At the beginning of the text; it needs no more than `readline`.
        source: Name of the file, for error messages.
        cookie_class: Class of the cookies.
        magic: What the first line has to match.

    Raises:
        FormatError: The first line is another format's, or a line is no cookie.
    """
    if not magic.match(stream.readline()):
        raise FormatError(
            source,
            1,
            "does not look like a Netscape format cookies file: "
            "expected '# Netscape HTTP Cookie File' as first line; add it if the rest is right",
        )
    for line_number, line in enumerate(lines_of(stream), 2):
        http_only = line.startswith(HTTPONLY_PREFIX)
        if http_only:
            line = line[len(HTTPONLY_PREFIX) :]
        # Not stripped: the last field may be empty.
        fields = line.removesuffix("\n").split("\t")
        first = line[:1]
        if len(fields) != _FIELDS or first in ("#", "$") or first.isspace():
            bare = line.strip()
            if not bare or bare.startswith(("#", "$")):
                continue
        cookie = _cookie(fields, {HTTPONLY_ATTRIBUTE: ""} if http_only else {}, cookie_class)
        if cookie is None:
            raise FormatError(source, line_number, _problem(fields))
        yield cookie


def _problem(fields: list[str]) -> str:
    """What is wrong with a line; never a piece of the line itself."""
    if len(fields) != _FIELDS:
        return (
            f"expected {_FIELDS} fields with tabs between, found {len(fields)}; "
            "were tabs turned into spaces?"
        )
    if fields[0].startswith(".") and fields[1] not in ("TRUE", "FALSE"):
        return "expected TRUE or FALSE as second field"
    return "expected seconds since 1970 as fifth field, or 0 for a session cookie"


def _cookie(
    fields: list[str], rest: dict[str, str], cookie_class: type[CookieFields]
) -> CookieFields | None:
    """The cookie of a line, None if it is none."""
    try:
        domain, subdomains, path, secure, expiry, name, value = fields
        expires = int(float(expiry)) if expiry else 0
    except (ValueError, OverflowError):
        return None
    dotted = domain.startswith(".")
    domain_specified = subdomains == "TRUE"
    if domain_specified:
        if not dotted:
            domain = "." + domain
    elif dotted:
        if subdomains != "FALSE":
            return None
        domain = domain[1:]
    return cookie_class(
        0,
        name or value,
        value if name else None,
        None,
        False,
        domain,
        domain_specified,
        domain_specified and dotted,
        path,
        False,
        secure == "TRUE",
        expires or None,
        not expires,
        None,
        None,
        rest,
    )


def lines(cookies: Iterable[CookieFields], skip: Skip) -> Iterator[str]:
    """The cookies as lines, each with its end; those that cannot be written go to `skip`."""
    for cookie in cookies:
        line = _line(cookie)
        if line.count("\t") != _FIELDS - 1 or "\n" in line or "\r" in line:
            skip(cookie, "cookies.txt cannot hold a tab or a line break")
        elif line.lstrip().startswith(("#", "$")):
            skip(cookie, "its line would be taken for a comment")
        elif getattr(cookie, "partition_key", None) is not None:
            skip(cookie, "cookies.txt cannot say to which partition it belongs")
        elif not is_encodable(line):
            skip(cookie, "it holds half a surrogate pair, which UTF-8 cannot write")
        else:
            prefix = HTTPONLY_PREFIX if _is_http_only(cookie) else ""
            yield f"{prefix}{line}\n"


def _line(cookie: CookieFields) -> str:
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name
    subdomains = "TRUE" if cookie.domain.startswith(".") else "FALSE"
    secure = "TRUE" if cookie.secure else "FALSE"
    expires = cookie.expires
    if expires is None:
        expires = 0
    elif expires == 0:
        expires = 1  # it has ended in 1970; 0 would make a session cookie of it
    return f"{cookie.domain}\t{subdomains}\t{cookie.path}\t{secure}\t{expires}\t{name}\t{value}"


def _is_http_only(cookie: CookieFields) -> bool:
    """Tell whether the server said HttpOnly, in any spelling (CPython knows just "HTTPOnly")."""
    return any(str(name).lower() == "httponly" for name in getattr(cookie, "_rest", None) or ())
