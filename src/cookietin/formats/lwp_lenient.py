"""Set-Cookie3 files read so that one odd line costs no other.

Rules of this file:
- Text is octets, as it is to Perl: only ASCII blanks separate words.
- Neither a comment nor a blank line is a problem, nor that the first line is missing. Any other line
  is a cookie, or it is reported.
- No problem holds a piece of its line.
- A cookie that is written without expires and without discard is one that persists, and whose end
  is unknown: Perl writes so what came with Max-Age (HTTP::Cookies 6.10).
- Lines in the common form go the short way; a property test binds it to the careful one.
"""

from __future__ import annotations

from cookietin.formats.lines import BOM, TOO_LONG, Lines
from cookietin.formats.lwp import MAGIC, PREFIX, cookie_of
from cookietin.formats.set_cookie3 import CommonForm
from cookietin.rules.header_words import join_header_words, split_octets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading
    from cookietin.rules.header_words import Pairs

_BLANKS = " \t\r\n\x0b\x0c\0"


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    lines = Lines(stream, reading)
    try:
        yield from _cookies(lines, reading)
        lines.end()
    finally:
        lines.close()


def _cookies(lines: Lines, reading: Reading) -> Iterator[CookieFields]:
    choice, cookie_class = reading.choice, reading.cookie_class
    in_common_form = CommonForm(cookie_class, keep_discard=True).cookie
    for number, line in lines.numbered():
        # Elsewhere what is a blank to one of the patterns is none to another.
        if line.isascii() and line[:-1].isprintable() and line.startswith(PREFIX):
            cookie = in_common_form(line) if lines.is_whole(line) else None
            if cookie is not None and cookie.domain:
                lines.found = True
                if choice.includes(cookie):
                    yield cookie
                continue
        if not lines.is_whole(line):
            lines.pass_over(line, number, TOO_LONG)
            continue
        parts = parts_of(line)
        if isinstance(parts, str):
            lines.pass_over(line, number, parts)
            continue
        if not parts:
            lines.heed(line, number)
        for pairs in parts:
            made = cookie_from(pairs, cookie_class)
            if isinstance(made, str):
                # Alone: the others of its line are not to be found again when it is written back.
                alone = line if len(parts) == 1 else f"{PREFIX} {join_header_words([pairs])}\n"
                lines.pass_over(alone, number, made)
                continue
            lines.found = True
            if choice.includes(made):
                yield made


def parts_of(line: str) -> list[Pairs] | str:
    """
    The words of a line, a list of pairs for each of its cookies, or what is wrong with it.

    A comment or a blank line has none.
    """
    text = line.strip(_BLANKS)
    if not text or text.startswith("#"):
        return []
    if text[: len(PREFIX)].lower() != PREFIX.lower():
        return f"expected '{PREFIX}' before a cookie, or '#' before a comment"
    if "\0" in text:
        return "expected text, found a NUL octet in it"
    return split_octets(text[len(PREFIX) :]) or "expected a cookie, found nothing"


def cookie_from(pairs: Pairs, cookie_class: type[CookieFields]) -> CookieFields | str:
    """The cookie of some words, or what is wrong with it."""
    made = cookie_of(pairs, cookie_class, keep_discard=True)
    if isinstance(made, str):
        return made
    if not made.domain:
        return "expected a domain, found an empty one"
    if not made.domain.isascii():
        # Octets of UTF-8 perhaps: only those of ASCII have a lower case.
        domain = next(value for key, value in reversed(pairs[1:]) if key.lower() == "domain")
        made.domain = (domain or "").encode("latin-1").lower().decode("latin-1")
    return made


def looks_like(head: bytes) -> bool:
    """Tell whether a file that begins so has Set-Cookie3 lines: it says so, or the first one is."""
    text = head.decode("latin-1").removeprefix(BOM)
    for line in text.replace("\r", "\n").split("\n"):
        bare = line.strip(_BLANKS)
        if MAGIC.match(bare):
            return True
        if bare and not bare.startswith("#"):
            return isinstance(parts_of(line), list)
    return False
