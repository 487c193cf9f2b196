"""Set-Cookie3, the format of libwww-perl: a line a cookie, in words of a header field.

Loses nothing about RFC 2965 cookies. Reads what Perl's HTTP::Cookies writes under
`#LWP-Cookies-1.0` and what CPython writes under `#LWP-Cookies-2.0`; writes the latter.

Source: `LWPCookieJar` of CPython 3.11 to 3.13; HTTP::Cookies 6.10.
"""

from __future__ import annotations

import re
from functools import partial
from io import TextIOWrapper

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import first_line_matches, is_encodable, lines_of, octets_of_lines, written
from cookietin.late_pattern import LatePattern
from cookietin.rules.classic_dates import LATEST, iso2time, time2isoz
from cookietin.rules.header_words import join_header_words, split_header_words, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, BinaryIO, TextIO

    from cookietin.formats import Choice, LeftOut, Skip
    from cookietin.formats.reading import Reading, Writing

name = "lwp"
title = "Set-Cookie3 of Perl's libwww-perl"
loses: frozenset[str] = frozenset(("partition_key", "creation_time", "last_access_time"))

MAGIC = re.compile(r"^\#LWP-Cookies-(\d+\.\d+)", re.ASCII)
FIRST_LINE = "#LWP-Cookies-2.0\n"
PREFIX = "Set-Cookie3:"

BOOLEANS = frozenset(("port_spec", "path_spec", "domain_dot", "secure", "discard"))
VALUES = frozenset(("version", "port", "path", "domain", "expires", "comment", "commenturl"))

_EARLIEST = -62_135_596_800  # 0001-01-01 00:00:00, where `datetime` begins

_KNOWN = BOOLEANS | VALUES
_TOKEN = LatePattern(r"[^=\s;,]+")
# The same where text is octets: 0xA0, the end of "\xe0" in UTF-8, is no blank there.
_OCTETS = LatePattern(r"[^=\s;,]+", re.ASCII)
_BARE_OCTETS = re.compile(r"\w+", re.ASCII)


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    from cookietin.formats.lwp_lenient import looks_like

    return looks_like(head)


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`; octets of values are latin-1 characters, as a server's are."""
    if reading.lenient:
        from cookietin.formats.lwp_lenient import read as read_leniently

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
    choice, skip, cookie_class = writing.choice, writing.skip, writing.cookie_class
    stream.write(FIRST_LINE.encode())
    for text in lines(cookies, choice, skip, cookie_class, bare=_BARE_OCTETS, token=_OCTETS):
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
    The cookies of a file, in the order of its lines; other lines are passed over.

    Args:
        stream: At the beginning of the text; it needs no more than `readline`.
        source: Name of the file, for error messages.
        choice: Which cookies are made of the lines.
        cookie_class: Class of the cookies; its `__init__` may not be called.
        magic: What the first line has to match.

    Raises:
        FormatError: The first line is another format's, or a line is no cookie.
    """
    if not first_line_matches(stream, magic.search):
        raise FormatError(
            source,
            1,
            "does not look like a Set-Cookie3 (LWP) format file: "
            "expected '#LWP-Cookies-2.0' as first line; add it if the rest is right",
        )
    from cookietin.formats.set_cookie3 import CommonForm

    in_common_form = CommonForm(cookie_class).cookie
    for line_number, line in enumerate(lines_of(stream), 2):
        if not line.startswith(PREFIX):
            continue
        common = in_common_form(line)
        if common is not None:
            if choice.includes(common):
                yield common
            continue
        for pairs in split_header_words([line[len(PREFIX) :].strip()]):
            cookie = cookie_of(pairs, cookie_class)
            if isinstance(cookie, str):
                raise FormatError(source, line_number, cookie)
            if choice.includes(cookie):
                yield cookie


def sorted_out(
    pairs: Iterable[tuple[str, str | None]],
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """The attributes that the format knows, by lower-case names, and the others."""
    known: dict[str, Any] = dict.fromkeys(BOOLEANS, False)
    others: dict[str, str | None] = {}
    for key, content in pairs:
        lower = key.lower()
        if lower in BOOLEANS:
            known[lower] = True if content is None else content
        elif lower in VALUES:
            known[lower] = content
        else:
            others[key] = content
    return known, others


def cookie_of(
    pairs: list[tuple[str, str | None]],
    cookie_class: type[CookieFields],
    *,
    keep_discard: bool = False,
) -> CookieFields | str:
    """
    The cookie of a line, or what is wrong with it.

    Args:
        keep_discard: One without expires ends with the session only if the line says so.
    """
    (name, value), *attributes = pairs
    known, rest = sorted_out(attributes)
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
    discard = known["discard"]
    if expires is None and not (keep_discard and written is None):
        discard = True
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
        discard,
        get("comment"),
        get("commenturl"),
        rest,
    )


def _written_date(expires: int) -> str:
    if not _EARLIEST <= expires <= LATEST:
        # The format ends with the year 9999; CPython raises there, after emptying the file.
        expires = min(max(expires, _EARLIEST), LATEST)
    return time2isoz(expires)


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
        pairs.append(("expires", _written_date(cookie.expires)))
    if cookie.discard:
        pairs.append(("discard", None))
    if cookie.comment:
        pairs.append(("comment", cookie.comment))
    if cookie.comment_url:
        pairs.append(("commenturl", cookie.comment_url))
    pairs.extend(_other_words(cookie._rest))
    if cookie.version is not None:
        pairs.append(("version", str(cookie.version)))
    return pairs


def _other_words(others: Mapping[str, Any] | None) -> list[tuple[str, str | None]]:
    if not others:
        return []
    # Others would read as something else: a server may send an attribute "port_spec".
    writable = [key for key in others if _TOKEN.fullmatch(key) and key.lower() not in _KNOWN]
    return [(key, str(others[key])) for key in sorted(writable)]


def lines(
    cookies: Iterable[CookieFields],
    choice: Choice,
    skip: Skip,
    cookie_class: type[CookieFields],
    *,
    bare: re.Pattern[str],
    token: LatePattern = _TOKEN,
) -> Iterator[str]:
    """
    The cookies as texts of whole lines; those that cannot be written go to `skip`.

    Args:
        choice: Which of them.
        cookie_class: A class whose attributes say all; cookies of others are asked one by one.
        bare: What may stand without quotes, see `join_header_words`.
        token: What may be a name.
    """
    return written(
        cookies,
        choice,
        skip,
        block_of=partial(_block, cookie_class=cookie_class, bare=bare, token=token),
        line_of=partial(_checked_line, bare=bare, token=token),
    )


def _block(
    cookies: list[CookieFields],
    choice: Choice,
    left_out: LeftOut,
    *,
    cookie_class: type[CookieFields],
    bare: re.Pattern[str],
    token: LatePattern,
) -> str | None:
    """The lines of some cookies, None if there is one that breaks its line."""
    path = domain = others = None
    place = other_words = ""
    tokens: set[str] = set()
    texts: list[str] = []
    for cookie in cookies:
        if not choice.includes(cookie):
            continue
        name, value = cookie.name, cookie.value
        if (
            cookie.__class__ is not cookie_class
            or cookie._seldom is not None
            or (value is not None and value.__class__ is not str)
            or (name not in tokens and not _learn_token(tokens, name, token))
        ):
            line = _checked_line(cookie, left_out, bare=bare, token=token)
            if line:
                texts.append(line)
            continue
        if cookie.path != path or cookie.domain != domain:
            path, domain = cookie.path, cookie.domain
            if not path:
                return None  # a program may have set it to None
            place = f"{word('path', path, bare)}; {word('domain', domain, bare)}"
        if cookie._others is not others:
            others = cookie._others
            other_words = "".join([f"; {word(*pair, bare)}" for pair in _other_words(others)])
        end = f'; expires="{_written_date(cookie.expires)}"' if cookie.expires else ""
        texts.append(
            f"{PREFIX} {word(name, value, bare)}; {place}"
            f"{'; path_spec' if cookie.path_specified else ''}"
            f"{'; domain_dot' if cookie.domain_initial_dot else ''}"
            f"{'; secure' if cookie.secure else ''}"
            f"{end}"
            f"{'; discard' if cookie.discard else ''}"
            f"{other_words}; version=0\n"
        )
    text = "".join(texts)
    # Each line has one line break of its own: a single one more shows.
    whole = text.count("\n") == len(texts) and "\r" not in text and is_encodable(text)
    return text if whole else None


def _learn_token(tokens: set[str], name: Any, token: LatePattern) -> bool:
    """Tell whether a name can begin a line, and note it if so."""
    if name.__class__ is not str or not token.fullmatch(name):
        return False
    tokens.add(name)
    return True


def _checked_line(
    cookie: CookieFields,
    left_out: LeftOut,
    *,
    bare: re.Pattern[str],
    token: LatePattern = _TOKEN,
) -> str:
    """The line of any cookie; nothing if it cannot be written, and why goes to `left_out`."""
    path: str | None = cookie.path  # a program may have set it to None
    if path is None:
        left_out.append((cookie, "Set-Cookie3 needs a path"))
        return ""
    pairs = words(cookie)
    line = join_header_words([pairs], bare=bare)
    if "\n" in line or "\r" in line:
        problem = "Set-Cookie3 cannot hold a line break"
    elif getattr(cookie, "_partition_key", None) is not None:
        problem = "Set-Cookie3 cannot say to which partition it belongs"
    elif not token.fullmatch(pairs[0][0]):
        problem = "a name in Set-Cookie3 cannot be empty or hold a blank, '=', ',' or ';'"
    elif not is_encodable(line):
        problem = "it holds half a surrogate pair, which UTF-8 cannot write"
    else:
        return f"{PREFIX} {line}\n"
    left_out.append((cookie, problem))
    return ""
