"""Cookies <-> octets on an open stream. A format knows neither paths, jars nor the other formats.

What a format is stands in `reading.Format`: mostly it is a module, with `sniff`, `read` and `write`.
A cookie that it cannot hold would forge or break an entry: it is left out, and the caller is told by
`skip`. `registry` knows them all by name.

The two formats of the standard library work on text as well (`read_text`, `lines`). They have a short
way for what nearly all cookies and lines are, and a careful way for anything, which the short way
leaves the rest to. A property test binds them together.
"""

from __future__ import annotations

from io import StringIO, TextIOWrapper
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    from cookietin.cookie import CookieFields

    # Hears of a cookie that was left out, and why.
    Skip = Callable[[CookieFields, str], object]
    LeftOut = list[tuple[CookieFields, str]]

# So many cookies are written down, and their lines checked, at once.
_BLOCK = 256

HEAD = 65_536  # so many octets of a file tell its format


class Choice:
    """
    Which cookies are saved or loaded.

    Args:
        session: Session cookies too.
        ended: Cookies that have ended too.
        now: Seconds since the epoch.

    Attributes:
        session: As given.
        until: What ends at or before this moment is left out; None if nothing is.
    """

    __slots__ = ("session", "until")

    def __init__(self, *, session: bool, ended: bool, now: float) -> None:
        self.session: bool = session
        self.until: float | None = None if ended else now

    def includes(self, cookie: CookieFields) -> bool:
        """Tell whether a cookie, of any class, is among them."""
        return bool(self.session or not cookie.discard) and (
            self.until is None or not cookie.is_expired(self.until)
        )


def is_encodable(text: str) -> bool:
    """Tell whether UTF-8 can write a text, that is, whether it holds no half surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def octets_of(text: str) -> bytes:
    """
    The octets of a text whose characters are octets, as those of a server's fields are.

    A text with other characters, which no server sends but a program may set, is written in UTF-8.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def octets_of_lines(text: str) -> bytes:
    """The octets of lines, each for itself: one that needs UTF-8 changes no other."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b"".join([octets_of(line) for line in StringIO(text, newline="\n")])


def first_line_matches(stream: TextIO, matches: Callable[[str], object]) -> bool:
    """
    Pass over the first line of a stream, and tell whether it is as it has to be.

    Of a line without end only so much is read as tells that it is none.
    """
    if not isinstance(stream, TextIOWrapper):
        return bool(matches(stream.readline()))  # some programs' `readline` takes no size
    piece = stream.readline(HEAD)
    if not matches(piece):
        return False
    while piece and not piece.endswith("\n"):
        piece = stream.readline(HEAD)
    return True


def lines_of(stream: TextIO) -> Iterable[str]:
    """The lines that are left of a stream; programs hand over objects with `readline` alone."""
    return stream if hasattr(stream, "__iter__") else iter(stream.readline, "")


def written(
    cookies: Iterable[CookieFields],
    choice: Choice,
    skip: Skip,
    *,
    block_of: Callable[[list[CookieFields], Choice, LeftOut], str | None],
    line_of: Callable[[CookieFields, LeftOut], str],
) -> Iterator[str]:
    """
    The lines of cookies, some at a time.

    Args:
        choice: Which of them.
        skip: Hears of the cookies that are left out, in their order.
        block_of: The short way: the lines of all these cookies, or None if one needs a closer look.
        line_of: The careful way: the line of a cookie, empty if it is left out.
    """
    rest = iter(cookies)
    while block := list(islice(rest, _BLOCK)):
        left_out: LeftOut = []
        text = block_of(block, choice, left_out)
        if text is None:
            left_out = []
            text = "".join(
                [line_of(cookie, left_out) for cookie in block if choice.includes(cookie)]
            )
        yield text
        for cookie, why in left_out:
            skip(cookie, why)
