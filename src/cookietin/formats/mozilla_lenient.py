"""cookies.txt as programs really write it, read so that one odd line costs no other.

Rules of this file:
- What is a field, curl decides (asked: 7.88): fields are separated by tabs, which may be doubled;
  a value may be missing, and a path; a value with a tab in it is none.
- What a field says is read more kindly than curl does: an empty expiry is a session, a date is
  understood, a port behind the domain (wget's) is dropped, `#httponly_` counts in any case.
- Neither a comment nor a blank line is a problem. Any other line is a cookie, or it is reported.
- No problem holds a piece of its line.
- A line as nearly all are goes the short way; a property test binds it to the careful one.
"""

from __future__ import annotations

import math
import re

from cookietin.formats.lines import BOM, TOO_LONG, WIDE_BOMS, Lines
from cookietin.formats.mozilla import HTTPONLY_ATTRIBUTE, HTTPONLY_PREFIX, MAGIC
from cookietin.formats.reading import HEAD
from cookietin.rules.classic_dates import LATEST, http2time, iso2time
from cookietin.rules.hosts import is_numeric
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading

    # domain, domain_specified, domain_initial_dot, other attributes
    Place = tuple[str, bool, bool, SharedAttributes | None]
    # place, path, secure, expires, name, value
    Row = tuple[Place, str, bool, int, str, str]

_FIELDS = 7
_FLAGS = {"TRUE": True, "FALSE": False}
_WORDS = frozenset(_FLAGS)
_HTTP_ONLY = SharedAttributes({HTTPONLY_ATTRIBUTE: ""})
_EXACT = 2**53  # below it `int(float(n)) == n`
_MOST_PLACES = 4096

_MARK = re.compile(r"#[ \t]*httponly_[ \t]*", re.IGNORECASE | re.ASCII)
_PORT = re.compile(r"(\[[^\]]*\]|[^:]*):\d*", re.ASCII)
_NOT_IN_DOMAINS = re.compile(r"[\0- \x7f/;,=]")
_NUMBER = re.compile(r"[+-]?\d+(?:_\d+)*(?:\.\d*)?(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_DATE = 64


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    lines = Lines(stream, reading)
    try:
        yield from _cookies(lines, reading)
        lines.end()
    finally:
        lines.close()


def _cookies(lines: Lines, reading: Reading) -> Iterator[CookieFields]:
    session, until = reading.choice.session, reading.choice.until
    cookie_class = reading.cookie_class
    new = cookie_class.__new__
    names: dict[str, str] = {}
    places: dict[tuple[str, str], Place | None] = {}
    known_path: str | None = None
    for number, line in lines.numbered():
        try:
            first, subdomains, path, secure, expiry, name, value = line.split("\t")
            expires = int(expiry, 10)
            flag = _FLAGS[secure]
            place = places[first, subdomains]
        except KeyError:
            place = _learn_place(places, first, subdomains) if secure in _FLAGS else None
            flag = secure == "TRUE"
        except ValueError:
            place = None
        if (
            place is None
            or not 0 <= expires < _EXACT
            or not name
            or (path != known_path and path[:1] != "/")
            or value[-1:] != "\n"
            or "\0" in line
        ):
            row = odd_row(line) if lines.is_whole(line) else TOO_LONG
            if row is None:
                lines.heed(line, number)
                continue
            if isinstance(row, str):
                lines.pass_over(line, number, row)
                continue
            place, path, flag, expires, name, value = row
            sent: str | None = value
        else:
            sent = value[:-1]
        lines.found = True
        if expires:
            if until is not None and expires <= until:
                continue
        elif not session:
            continue
        if path != known_path:
            known_path = path
        # Attribute by attribute, as in `formats.mozilla`.
        cookie = new(cookie_class)
        if not name:
            name, sent = value, None
        cookie.name = names.setdefault(name, name)
        cookie.value = sent
        cookie.domain, cookie.domain_specified, cookie.domain_initial_dot, cookie._others = place
        cookie.path = known_path
        cookie.path_specified = False
        cookie.secure = flag
        cookie.expires = expires or None
        cookie.discard = not expires
        cookie._creation_time = cookie._last_access_time = cookie._seldom = None
        yield cookie


def _learn_place(
    places: dict[tuple[str, str], Place | None], first: str, subdomains: str
) -> Place | None:
    """What the first two fields of a line say; None if it needs a closer look."""
    field = first.removeprefix(HTTPONLY_PREFIX)
    place = None
    if field[:1] == "." or field[:1].isalnum():
        found = _place(field, subdomains, http_only=field != first)
        place = None if isinstance(found, str) else found
    if len(places) >= _MOST_PLACES:
        places.clear()
    places[first, subdomains] = place
    return place


def odd_row(line: str) -> Row | str | None:
    """What a line says, None if it is a comment or blank, or what is wrong with it."""
    # Some exporters pad lines with NUL.
    text = line.removesuffix("\n").strip("\0").lstrip(" \t")
    if not text or text.isspace():
        return None
    mark = _MARK.match(text)
    if mark is None:
        return None if text[0] in "#$" else _row(text, http_only=False)
    row = _row(text[mark.end() :], http_only=True)
    # "# HttpOnly_ marks ..." is a comment after all.
    return None if isinstance(row, str) and not text[1:2].isalpha() else row


def _row(text: str, *, http_only: bool) -> Row | str:
    """The row of a line, or what is wrong with it; never a piece of the line itself."""
    if "\0" in text:
        return "expected text, found a NUL octet in it"
    fields = text.split("\t")
    while len(fields) > _FIELDS and not fields[-1]:
        fields.pop()
    if len(fields) > _FIELDS:
        fields = [field for field in fields if field]  # to curl, many tabs are one
    found = len(fields)
    if found in (_FIELDS - 2, _FIELDS - 1) and {fields[1].upper(), fields[2].upper()} <= _WORDS:
        fields.insert(2, "/")
    if len(fields) == _FIELDS - 1:
        fields.append("")
    if len(fields) != _FIELDS:
        return _expected_fields(found)
    domain, subdomains, path, secure, expiry, name, value = fields
    place = _place(domain.strip(" "), subdomains.strip(" "), http_only=http_only)
    if isinstance(place, str):
        return place
    expires = _expires(expiry.strip())
    if expires is None:
        return "expected seconds since 1970 as fifth field, or 0 for a session cookie"
    if not name and not value:
        return "expected a name as sixth field, found neither name nor value"
    path = path.strip('"')
    if not path.startswith("/"):
        path = "/"
    return place, path, secure.strip(" ").upper() == "TRUE", expires, name, value


def _expected_fields(found: int) -> str:
    why = "is there a tab in the value?" if found > _FIELDS else "were tabs turned into spaces?"
    return f"expected {_FIELDS} fields with tabs between, found {found}; {why}"


def _place(field: str, subdomains: str, *, http_only: bool) -> Place | str:
    """What the first two fields say, or what is wrong with them."""
    match = _PORT.fullmatch(field)
    if match is not None:
        field = match[1]  # wget writes the port, which is nothing to a cookie
    dotted = field.startswith(".")
    host = field.lstrip(".")
    if not host or _NOT_IN_DOMAINS.search(host):
        return "expected a domain as first field"
    # Of ASCII alone: others are pieces of UTF-8 perhaps.
    host = host.lower() if host.isascii() else host.encode("latin-1").lower().decode("latin-1")
    others = _HTTP_ONLY if http_only else None
    # An address has no subdomains, and curl sends it the cookie whatever the flag is.
    if subdomains.upper() == "TRUE" and not is_numeric(host):
        return "." + host, True, dotted, others
    return host, False, False, others


def _expires(text: str) -> int | None:
    """Seconds since 1970, 0 for a session cookie; None if there is no telling."""
    if not text:
        return 0
    match = _NUMBER.match(text)
    if match is None or match.end() != len(text):
        date = _date(text)
        if date is not None:
            return date or 1  # it has ended
        if match is None:
            return None
    number = float(match[0])  # what stands behind it, curl does not look at
    if math.isinf(number):
        return LATEST if number > 0 else 1
    return int(number)


def _date(text: str) -> int | None:
    if len(text) > _LONGEST_DATE:
        return None
    date = iso2time(text)
    return http2time(text) if date is None else date


def looks_like(head: bytes) -> bool:
    """
    Tell whether a file that begins so is a cookies.txt.

    Its first line says so, behind a byte order mark or comments perhaps; or at least every other of
    its lines is a cookie beyond doubt, as in files of aria2, which have no such line.
    """
    if head.startswith(WIDE_BOMS):
        # `read` says what to do about it.
        head = head[: len(head) & ~1].decode("utf-16", "replace").encode("latin-1", "replace")
    lines = head.decode("latin-1").removeprefix(BOM).replace("\r", "\n").split("\n")
    if len(head) >= HEAD:
        lines.pop()  # in part only
    clear = others = 0
    for line in lines:
        bare = line.strip("\0 \t")
        if not bare:
            continue
        if bare[0] == "#" and MAGIC.match(bare):
            return True
        if is_clear(bare):
            clear += 1
        elif bare[0] not in "#$":
            others += 1
    return clear > 0 and clear >= others


def is_clear(line: str) -> bool:
    """Tell whether a line can be nothing but a cookie."""
    row = odd_row(line)
    if row is None or isinstance(row, str):
        return False
    fields = [field for field in line.split("\t") if field]
    return fields[1].upper() in _FLAGS and fields[2].startswith("/") and fields[3].upper() in _FLAGS
