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
from functools import partial
from io import TextIOWrapper

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import first_line_matches, is_encodable, lines_of, octets_of_lines, written
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any, BinaryIO, TextIO

    from cookietin.formats import Choice, LeftOut, Skip
    from cookietin.formats.reading import Reading, Writing

name = "mozilla"
title = "cookies.txt of Netscape, Mozilla, curl and wget"
loses: frozenset[str] = frozenset(
    (
        "same_site",
        "partition_key",
        "creation_time",
        "last_access_time",
        "path_specified",
        "attributes",
        "rfc2965",
    )
)

MAGIC = re.compile(r"#( Netscape)? HTTP Cookie File")
FIRST_LINES = (
    "# Netscape HTTP Cookie File\n"
    "# http://www.netscape.com/newsref/std/cookie_spec.html\n"
    "# This is a generated file!  Do not edit.\n\n"
)
HTTPONLY_PREFIX = "#HttpOnly_"
HTTPONLY_ATTRIBUTE = "HTTPOnly"  # as CPython stores it after reading

_FIELDS = 7
_HTTP_ONLY = SharedAttributes({HTTPONLY_ATTRIBUTE: ""})
_EXACT = 2**53  # below it `int(float(n)) == n`


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    from cookietin.formats.mozilla_lenient import looks_like

    return looks_like(head)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`; octets of values are latin-1 characters, as a server's are."""
    if reading.lenient:
        from cookietin.formats.mozilla_lenient import read as read_leniently

        yield from read_leniently(stream, reading)
        return
    from cookietin.formats.lines import check_lines

    check_lines(stream, reading.source)
    text = TextIOWrapper(stream, encoding="latin-1")
    try:
        yield from read_text(text, reading.source, reading.choice, reading.cookie_class)
    finally:
        text.detach()  # it would close the stream, which is its opener's


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """
    See `Format.write`; the octets of values are those that a server has sent.

    Lines that could not be read when the file was, come last.
    """
    from cookietin.formats.lines import unread_of

    unread = unread_of(writing)
    stream.write(FIRST_LINES.encode())
    for text in lines(cookies, writing.choice, writing.skip, writing.cookie_class):
        stream.write(octets_of_lines(text))
    stream.write(unread)


def read_text(
    stream: TextIO,
    source: object,
    choice: Choice,
    cookie_class: type[CookieFields],
    *,
    magic: re.Pattern[str] = MAGIC,
) -> Iterator[CookieFields]:
    """
    The cookies of a file, in the order of its lines.

    Args:
        stream: At the beginning of the text; it needs no more than `readline`.
        source: Name of the file, for error messages.
        choice: Which cookies are made of the lines.
        cookie_class: Class of the cookies; its `__init__` is not called.
        magic: What the first line has to match.

    Raises:
        FormatError: The first line is another format's, or a line is no cookie.
    """
    _check_magic(stream, source, magic)
    session, until = choice.session, choice.until
    new = cookie_class.__new__
    names: dict[str, str] = {}
    known_domain = known_flag = known_path = place = None
    for line_number, line in enumerate(lines_of(stream), 2):
        others = None
        if line.startswith(HTTPONLY_PREFIX):
            line, others = line[len(HTTPONLY_PREFIX) :], _HTTP_ONLY
        try:
            domain, subdomains, path, secure, expiry, name, value = line.split("\t")
            expires = int(expiry, 10)  # 0.11 us, where `int(expiry)` takes 0.15
        except ValueError:
            expires = -1
        else:
            if domain != known_domain or subdomains != known_flag:
                known_domain, known_flag = domain, subdomains
                place = _place(domain, subdomains)
        if place is None or not 0 <= expires < _EXACT or not name:
            cookie = _odd_cookie(line, others, cookie_class)
            if isinstance(cookie, str):
                raise FormatError(source, line_number, cookie)
            if cookie is not None and choice.includes(cookie):
                yield cookie
            continue
        if expires:
            if until is not None and expires <= until:
                continue
        elif not session:
            continue
        if path != known_path:
            known_path = path
        # Attribute by attribute, as in `canonical.plain_cookie`. Neighbours share the texts of
        # domain and path, and all cookies those of names: 130 octets less for each.
        cookie = new(cookie_class)
        cookie.name = names.setdefault(name, name)
        cookie.value = value.removesuffix("\n")
        cookie.domain, cookie.domain_specified, cookie.domain_initial_dot = place
        cookie.path = known_path
        cookie.path_specified = False
        cookie.secure = secure == "TRUE"
        cookie.expires = expires or None
        cookie.discard = not expires
        cookie._creation_time = cookie._last_access_time = cookie._seldom = None
        cookie._others = others
        yield cookie


def _check_magic(stream: TextIO, source: object, magic: re.Pattern[str]) -> None:
    if not first_line_matches(stream, magic.match):
        raise FormatError(
            source,
            1,
            "does not look like a Netscape format cookies file: "
            "expected '# Netscape HTTP Cookie File' as first line; add it if the rest is right",
        )


def _place(field: str, subdomains: str) -> tuple[str, bool, bool] | None:
    """
    What the first two fields say: domain, domain_specified, domain_initial_dot.

    None if the line needs a closer look, for it may be no cookie.
    """
    dotted = field.startswith(".")
    if not dotted and not field[:1].isalnum():
        return None  # a comment, perhaps, or a blank line
    domain = field.lower()
    if subdomains == "TRUE":
        return domain if dotted else "." + domain, True, dotted
    if dotted:
        return (domain[1:], False, False) if subdomains == "FALSE" else None
    return domain, False, False


def _odd_cookie(
    line: str, others: SharedAttributes | None, cookie_class: type[CookieFields]
) -> CookieFields | str | None:
    """The cookie of any line, None if it holds none, or what is wrong with it."""
    # Not stripped: the last field may be empty.
    fields = line.removesuffix("\n").split("\t")
    first = line[:1]
    if len(fields) != _FIELDS or first in ("#", "$") or first.isspace():
        bare = line.strip()
        if not bare or bare.startswith(("#", "$")):
            return None
    cookie = _cookie(fields, dict(others or ()), cookie_class)
    return _problem(fields) if cookie is None else cookie


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
    fields: list[str], rest: dict[str, Any], cookie_class: type[CookieFields]
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


def lines(
    cookies: Iterable[CookieFields],
    choice: Choice,
    skip: Skip,
    cookie_class: type[CookieFields],
) -> Iterator[str]:
    """
    The cookies as texts of whole lines; those that cannot be written go to `skip`.

    Args:
        choice: Which of them.
        cookie_class: A class whose attributes say all; cookies of others are asked one by one.
    """
    block_of = partial(_block, cookie_class=cookie_class)
    return written(cookies, choice, skip, block_of=block_of, line_of=_checked_line)


def _block(
    cookies: list[CookieFields],
    choice: Choice,
    left_out: LeftOut,
    *,
    cookie_class: type[CookieFields],
) -> str | None:
    """The lines of some cookies, None if there is one that breaks its line."""
    session, until = choice.session, choice.until
    domain = path = start = None
    texts: list[str] = []
    add = texts.append
    for cookie in cookies:
        if cookie.__class__ is not cookie_class or cookie._seldom is not None:
            line = _checked_line(cookie, left_out) if choice.includes(cookie) else ""
            if line:
                add(line)
            continue
        if cookie.discard and not session:
            continue
        expires = cookie.expires
        if expires is None:
            expires = 0
        elif until is not None and expires <= until:
            continue
        elif not expires:
            expires = _written_expiry(expires)
        if cookie.domain != domain or cookie.path != path:
            domain, path = cookie.domain, cookie.path
            dotted = domain.startswith(".")
            if not dotted and not domain[:1].isalnum():
                return None  # a comment, perhaps
            start = f"{domain}\t{'TRUE' if dotted else 'FALSE'}\t{path}"
        name, value = cookie.name, cookie.value
        if value is None:
            name, value = "", name
        others = cookie._others
        prefix = HTTPONLY_PREFIX if others and _names_http_only(others) else ""
        secure = "TRUE" if cookie.secure else "FALSE"
        add(f"{prefix}{start}\t{secure}\t{expires}\t{name}\t{value}\n")
    text = "".join(texts)
    # Each line has that many tabs and one line break of its own: a single one more shows.
    whole = (
        text.count("\t") == (_FIELDS - 1) * len(texts)
        and text.count("\n") == len(texts)
        and "\r" not in text
        and is_encodable(text)
    )
    return text if whole else None


def _checked_line(cookie: CookieFields, left_out: LeftOut) -> str:
    """The line of any cookie; nothing if it cannot be written, and why goes to `left_out`."""
    line = _line(cookie)
    if line.count("\t") != _FIELDS - 1 or "\n" in line or "\r" in line:
        problem = "cookies.txt cannot hold a tab or a line break"
    elif line.lstrip().startswith(("#", "$")):
        problem = "its line would be taken for a comment"
    elif getattr(cookie, "_partition_key", None) is not None:
        problem = "cookies.txt cannot say to which partition it belongs"
    elif not is_encodable(line):
        problem = "it holds half a surrogate pair, which UTF-8 cannot write"
    else:
        prefix = HTTPONLY_PREFIX if _names_http_only(getattr(cookie, "_rest", None) or ()) else ""
        return f"{prefix}{line}\n"
    left_out.append((cookie, problem))
    return ""


def _line(cookie: CookieFields) -> str:
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name
    subdomains = "TRUE" if cookie.domain.startswith(".") else "FALSE"
    secure = "TRUE" if cookie.secure else "FALSE"
    expires = _written_expiry(cookie.expires)
    return f"{cookie.domain}\t{subdomains}\t{cookie.path}\t{secure}\t{expires}\t{name}\t{value}"


def _written_expiry(expires: int | None) -> int:
    if expires is None:
        return 0
    # What ended at 0 has ended in 1970; 0 would make a session cookie of it.
    return 1 if expires == 0 else expires


def _names_http_only(others: Collection[str]) -> bool:
    """Tell whether HttpOnly is there, in any spelling (CPython knows just "HTTPOnly")."""
    if "HttpOnly" in others or HTTPONLY_ATTRIBUTE in others:
        return True
    return any(str(name).lower() == "httponly" for name in others)
