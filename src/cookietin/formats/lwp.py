"""Set-Cookie3, the format of libwww-perl: a line a cookie, in words of a header field.

Loses nothing about RFC 2965 cookies. Reads what Perl's HTTP::Cookies writes under
`#LWP-Cookies-1.0` and what CPython writes under `#LWP-Cookies-2.0`; writes the latter.

Source: `LWPCookieJar` of CPython 3.11 to 3.13; HTTP::Cookies 6.10.
"""

from __future__ import annotations

import re

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import is_encodable, lines_of
from cookietin.rules.classic_dates import LATEST, iso2time, time2isoz
from cookietin.rules.header_words import split_header_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TextIO

    from cookietin.formats import Skip

    Join = Callable[[Iterable[Sequence[tuple[str, str | None]]]], str]

MAGIC = re.compile(r"^\#LWP-Cookies-(\d+\.\d+)", re.ASCII)
FIRST_LINE = "#LWP-Cookies-2.0\n"
PREFIX = "Set-Cookie3:"

_EARLIEST = -62_135_596_800  # 0001-01-01 00:00:00, where `datetime` begins

_BOOLEANS = frozenset(("port_spec", "path_spec", "domain_dot", "secure", "discard"))
_VALUES = frozenset(("version", "port", "path", "domain", "expires", "comment", "commenturl"))
_KNOWN = _BOOLEANS | _VALUES
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
        stream: At the beginning of the text; it needs no more than `readline`.
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
    for line_number, line in enumerate(lines_of(stream), 2):
        if not line.startswith(PREFIX):
            continue
        for pairs in split_header_words([line[len(PREFIX) :].strip()]):
            cookie = _cookie(pairs, cookie_class)
            if isinstance(cookie, str):
                raise FormatError(source, line_number, cookie)
            yield cookie


def _cookie(
    pairs: list[tuple[str, str | None]], cookie_class: type[CookieFields]
) -> CookieFields | str:
    """The cookie of a line, or what is wrong with it."""
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
    domain, path, port, version = get("domain"), get("path"), get("port"), get("version")
    if domain is None or path is None:
        return "expected a domain and a path; the line holds no whole cookie"
    try:
        version = None if version is None else int(version)
    except ValueError:
        return "expected a whole number as version"
    written = get("expires")
    expires = None if written is None else iso2time(written, expiry=True)
    return cookie_class(
        version,
        name,
        value,
        port,
        known["port_spec"] if port is not None else False,
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


def words(cookie: CookieFields) -> list[tuple[str, str | None]]:
    """The (name, value) pairs of one line."""
    name, value = str(cookie.name), None if cookie.value is None else str(cookie.value)
    if not name and value:
        # A nameless cookie of browser rules is a lone word, as CPython has it.
        name, value = value, None
    pairs: list[tuple[str, str | None]] = [
        (name, value),
        ("path", cookie.path),
        ("domain", cookie.domain),
    ]
    if cookie.port is not None:
        pairs.append(("port", cookie.port))
    if cookie.path_specified:
        pairs.append(("path_spec", None))
    if cookie.port_specified:
        pairs.append(("port_spec", None))
    if cookie.domain_initial_dot:
        pairs.append(("domain_dot", None))
    if cookie.secure:
        pairs.append(("secure", None))
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
    if rest:
        # Others would read as something else: a server may send an attribute "port_spec".
        writable = [key for key in rest if _TOKEN.fullmatch(key) and key.lower() not in _KNOWN]
        pairs.extend([(key, str(rest[key])) for key in sorted(writable)])
    if cookie.version is not None:
        pairs.append(("version", str(cookie.version)))
    return pairs


def lines(cookies: Iterable[CookieFields], join: Join, skip: Skip) -> Iterator[str]:
    """
    The cookies as lines, each with its end; those that cannot be written go to `skip`.

    Args:
        join: `join_header_words`, with the quoting that the caller wants.
    """
    for cookie in cookies:
        path: str | None = cookie.path  # a program may have set it to None
        if path is None:
            skip(cookie, "Set-Cookie3 needs a path")
            continue
        pairs = words(cookie)
        line = join([pairs])
        if "\n" in line or "\r" in line:
            skip(cookie, "Set-Cookie3 cannot hold a line break")
        elif getattr(cookie, "partition_key", None) is not None:
            skip(cookie, "Set-Cookie3 cannot say to which partition it belongs")
        elif not _TOKEN.fullmatch(pairs[0][0]):
            skip(cookie, "a name in Set-Cookie3 cannot be empty or hold a blank, '=', ',' or ';'")
        elif not is_encodable(line):
            skip(cookie, "it holds half a surrogate pair, which UTF-8 cannot write")
        else:
            yield f"{PREFIX} {line}\n"
