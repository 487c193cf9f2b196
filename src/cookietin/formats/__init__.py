"""Cookies <-> text on an open stream. A format knows neither paths, jars nor the other formats.

Each module has `read`, which makes cookies of a stream or raises FormatError with the line at
fault, and `lines`, which writes cookies down one by one. A cookie that the format cannot hold is
left out with a CookieSkippedWarning: it would forge or break a line.
"""

from __future__ import annotations

import warnings

from cookietin.cookie import CookieFields
from cookietin.errors import CookieSkippedWarning, shown


def warn_skipped(cookie: CookieFields, what: str) -> None:
    """Say that a cookie was left out of a file, by name and never by value."""
    warnings.warn(
        f"cookie {shown(cookie.name)} of {shown(cookie.domain)} was not saved: {what}",
        CookieSkippedWarning,
        stacklevel=2,
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
