"""Set-Cookie3, the format of libwww-perl: a line a cookie, in words of a header field.

Loses nothing about RFC 2965 cookies. Reads what Perl's HTTP::Cookies writes under
`#LWP-Cookies-1.0` and what CPython writes under `#LWP-Cookies-2.0`; writes the latter.

Source: `LWPCookieJar` of CPython 3.11 to 3.13; HTTP::Cookies 6.10.
"""

from __future__ import annotations

import re

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import is_encodable, warn_skipped
from cookietin.rules.classic_dates import LATEST, iso2time, time2isoz
from cookietin.rules.header_words import split_header_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TextIO

    Join = Callable[[Iterable[Sequence[tuple[str, str | None]]]], str]

MAGIC = re.compile(r"^\#LWP-Cookies-(\d+\.\d+)", re.ASCII)
FIRST_LINE = "#LWP-Cookies-2.0\n"
PREFIX = "Set-Cookie3:"

_EARLIEST = -62_135_596_800  # 0001-01-01 00:00:00, where `datetime` begins

_BOOLEANS = frozenset(("port_spec", "path_spec", "domain_dot", "secure", "discard"))
_VALUES = frozenset(("version", "port", "path", "domain", "expires", "comment", "commenturl"))
_TOKEN = re.compile(r"[^=\s;,]+")


def read(
    stream: TextIO,
    source: object,
    cookie_class: type[CookieFields],
    *,
    magic: re.Pattern[str] = MAGIC,
) -> Iterator[CookieFields]:
    """
    The cookies of a file, in the order of its lines; other lines are passed over.

    Args:
        stream: At the beginning of the text.
        source: Name of the file, for error messages.
        cookie_class: Class of the cookies.
        magic: What the first line has to match.

    Raises:
        FormatError: The first line is another format's, or a line is no cookie.
    """
    if not magic.search(stream.readline()):
        raise FormatError(
            source,
            1,
            "does not look like a Set-Cookie3 (LWP) format file: "
            "expected '#LWP-Cookies-2.0' as first line; add it if the rest is right",
        )
    for line_number, line in enumerate(stream, 2):
        if not line.startswith(PREFIX):
            continue
        for pairs in split_header_words([line[len(PREFIX) :].strip()]):
            try:
                yield _cookie(pairs, cookie_class)
            except _BadLineError as error:
                raise FormatError(source, line_number, str(error)) from None


class _BadLineError(ValueError):
    pass


def _cookie(pairs: list[tuple[str, str | None]], cookie_class: type[CookieFields]) -> CookieFields:
    (name, value), *attributes = pairs
    known: dict[str, Any] = dict.fromkeys(_BOOLEANS, False)
    rest: dict[str, str | None] = {}
    for key, content in attributes:
        lower = key.lower()
        if lower in _BOOLEANS:
            known[lower] = True if content is None else content
        elif lower in _VALUES:
            known[lower] = content
        else:
            rest[key] = content
    get = known.get
    domain, path, written = get("domain"), get("path"), get("expires")
    if domain is None or path is None:
        raise _BadLineError("expected a domain and a path; the line holds no whole cookie")
    expires = None if written is None else iso2time(written, expiry=True)
    try:
        return cookie_class(
            get("version"),
            name,
            value,
            get("port"),
            known["port_spec"],
            domain,
            domain.startswith("."),
            known["domain_dot"],
            path,
            known["path_spec"],
            known["secure"],
            expires,
            True if expires is None else known["discard"],
            get("comment"),
            get("commenturl"),
            rest,
        )
    except ValueError:
        raise _BadLineError(
            "expected a whole number as version, and a port where port_spec is"
        ) from None


def words(cookie: CookieFields) -> list[tuple[str, str | None]]:
    """The (name, value) pairs of one line."""
    pairs: list[tuple[str, str | None]] = [
        (cookie.name, cookie.value if cookie.value is None else str(cookie.value)),
        ("path", cookie.path),
        ("domain", cookie.domain),
    ]
    if cookie.port is not None:
        pairs.append(("port", cookie.port))
    for field, key in (
        ("path_specified", "path_spec"),
        ("port_specified", "port_spec"),
        ("domain_initial_dot", "domain_dot"),
        ("secure", "secure"),
    ):
        if getattr(cookie, field):
            pairs.append((key, None))
    if cookie.expires:
        # The format ends with the year 9999; CPython raises there, after emptying the file.
        pairs.append(("expires", time2isoz(min(max(cookie.expires, _EARLIEST), LATEST))))
    if cookie.discard:
        pairs.append(("discard", None))
    if cookie.comment:
        pairs.append(("comment", cookie.comment))
    if cookie.comment_url:
        pairs.append(("commenturl", cookie.comment_url))
    rest = cookie._rest
    pairs.extend((key, str(rest[key])) for key in sorted(rest))
    pairs.append(("version", str(cookie.version)))
    return pairs


def lines(cookies: Iterable[CookieFields], join: Join) -> Iterator[str]:
    """
    The cookies as lines, each with its end; those that cannot be written are left out.

    Args:
        join: `join_header_words`, with the quoting that the caller wants.
    """
    for cookie in cookies:
        path: str | None = cookie.path  # a program may have set it to None
        if path is None:
            warn_skipped(cookie, "Set-Cookie3 needs a path")
            continue
        pairs = words(cookie)
        line = join([pairs])
        if "\n" in line or "\r" in line:
            warn_skipped(cookie, "Set-Cookie3 cannot hold a line break")
        elif not all(_TOKEN.fullmatch(key) for key, _ in pairs):
            warn_skipped(cookie, "a name in Set-Cookie3 cannot hold a blank, '=', ',' or ';'")
        elif not is_encodable(line):
            warn_skipped(cookie, "it holds half a surrogate pair, which UTF-8 cannot write")
        else:
            yield f"{PREFIX} {line}\n"
