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
from cookietin.formats import is_encodable, warn_skipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

MAGIC = re.compile(r"#( Netscape)? HTTP Cookie File")
HTTPONLY_PREFIX = "#HttpOnly_"
HTTPONLY_ATTRIBUTE = "HTTPOnly"  # as CPython stores it after reading

_FIELDS = 7


def read(
    stream: TextIO, source: object, cookie_class: type[CookieFields]
) -> Iterator[CookieFields]:
    """
    The cookies of a file, in the order of its lines.

    Args:
        stream: At the beginning of the text.
        source: Name of the file, for error messages.
        cookie_class: Class of the cookies.

    Raises:
        FormatError: The first line is another format's, or a line is no cookie.
    """
    if not MAGIC.match(stream.readline()):
        raise FormatError(
            source,
            1,
            "does not look like a Netscape format cookies file: "
            "expected '# Netscape HTTP Cookie File' as first line; add it if the rest is right",
        )
    for line_number, line in enumerate(stream, 2):
        rest = {}
        if line.startswith(HTTPONLY_PREFIX):
            rest[HTTPONLY_ATTRIBUTE] = ""
            line = line[len(HTTPONLY_PREFIX) :]
        bare = line.strip()
        if not bare or bare.startswith(("#", "$")):
            continue
        # Not stripped: the last field may be empty.
        fields = line.removesuffix("\n").split("\t")
        if len(fields) != _FIELDS:
            raise FormatError(
                source,
                line_number,
                f"expected {_FIELDS} fields with tabs between, found {len(fields)}; "
                "were tabs turned into spaces?",
            )
        try:
            yield _cookie(fields, rest, cookie_class)
        except (ValueError, OverflowError) as error:
            problem = str(error) if isinstance(error, _BadFieldError) else _BAD_EXPIRY
            raise FormatError(source, line_number, problem) from None


class _BadFieldError(ValueError):
    pass


_BAD_EXPIRY = "expected seconds since 1970 as fifth field, or 0 for a session cookie"


def _cookie(
    fields: list[str], rest: dict[str, str], cookie_class: type[CookieFields]
) -> CookieFields:
    domain, subdomains, path, secure, expiry, name, value = fields
    if subdomains == "TRUE":
        domain_specified = True
        initial_dot = domain.startswith(".")
        if not initial_dot:
            domain = "." + domain
    else:
        domain_specified = initial_dot = False
        if domain.startswith("."):
            if subdomains != "FALSE":
                raise _BadFieldError("expected TRUE or FALSE as second field")
            domain = domain[1:]
    expires = int(float(expiry)) if expiry else 0
    return cookie_class(
        0,
        name or value,
        value if name else None,
        None,
        False,
        domain,
        domain_specified,
        initial_dot,
        path,
        False,
        secure == "TRUE",
        expires or None,
        not expires,
        None,
        None,
        rest,
    )


def lines(cookies: Iterable[CookieFields]) -> Iterator[str]:
    """The cookies as lines, each with its end; those that cannot be written are left out."""
    for cookie in cookies:
        line = _line(cookie)
        if line.count("\t") != _FIELDS - 1 or "\n" in line or "\r" in line:
            warn_skipped(cookie, "cookies.txt cannot hold a tab or a line break")
        elif line.lstrip().startswith(("#", "$")):
            warn_skipped(cookie, "its line would be taken for a comment")
        elif not is_encodable(line):
            warn_skipped(cookie, "it holds half a surrogate pair, which UTF-8 cannot write")
        else:
            prefix = HTTPONLY_PREFIX if _is_http_only(cookie) else ""
            yield f"{prefix}{line}\n"


def _line(cookie: CookieFields) -> str:
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name
    subdomains = "TRUE" if cookie.domain.startswith(".") else "FALSE"
    secure = "TRUE" if cookie.secure else "FALSE"
    expires = cookie.expires or 0
    return f"{cookie.domain}\t{subdomains}\t{cookie.path}\t{secure}\t{expires}\t{name}\t{value}"


def _is_http_only(cookie: CookieFields) -> bool:
    """Tell whether the server said HttpOnly, in any spelling (CPython knows just "HTTPOnly")."""
    # Through the public method where there is no dict of ours: cookies of other classes come too.
    rest = getattr(cookie, "_nonstandard", None)
    if rest is None:
        rest = getattr(cookie, "_rest", {})
    return any(name.lower() == "httponly" for name in rest)
