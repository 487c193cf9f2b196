"""Cookies <-> text on an open stream. A format knows neither paths, jars nor the other formats.

Each module has `read`, which makes cookies of a stream or raises FormatError with the line at
fault, and `lines`, which writes cookies down one by one. A cookie that the format cannot hold would
forge or break a line: it is left out, and the caller is told by `skip`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

    from cookietin.cookie import CookieFields

    # Hears of a cookie that was left out, and why.
    Skip = Callable[[CookieFields, str], object]


def is_encodable(text: str) -> bool:
    """Tell whether UTF-8 can write a text, that is, whether it holds no half surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def lines_of(stream: TextIO) -> Iterable[str]:
    """The lines that are left of a stream; programs hand over objects with `readline` alone."""
    return stream if hasattr(stream, "__iter__") else iter(stream.readline, "")
