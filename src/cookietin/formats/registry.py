"""The formats by name, and which of them a file is in.

Rules of this file:
- A format is imported when it is named or asked, not before.
- What a file is in is told by its content, never by its name.
- Formats of other packages are found by their entry points, in the group `cookietin.formats`; none
  of them can take the name of one of ours.
"""

from __future__ import annotations

import importlib

from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.formats.reading import Format

GROUP = "cookietin.formats"

# In the order in which they are asked: what a later one would take as well stands first.
_OURS = {
    "mozilla": "cookietin.formats.mozilla",
    "lwp": "cookietin.formats.lwp",
    "json": "cookietin.formats.json",
    "playwright": "cookietin.formats.playwright",
    "har": "cookietin.formats.har",
    "puppeteer": "cookietin.formats.puppeteer",
    "selenium": "cookietin.formats.selenium",
    "extension": "cookietin.formats.extension",
    "electron": "cookietin.formats.electron",
    "curl": "cookietin.formats.curl",
    "firefox": "cookietin.formats.firefox",
}
# A jar in a database is no format, and is named like one.
DATABASE = "sqlite"
_registered: dict[str, Format] = {}
_entry_points: dict[str, Any] | None = None


def register(format: Format) -> None:
    """
    Make a format known under its name, in this process.

    Raises:
        ValueError: One of ours has that name.
        TypeError: Something that a format needs is missing.
    """
    for attribute in ("name", "title", "loses", "sniff", "read", "write"):
        if not hasattr(format, attribute):
            raise TypeError(f"a format needs {attribute!r}; see cookietin.formats.reading.Format")
    if format.name in _OURS or format.name == DATABASE:
        raise ValueError(f"{shown(format.name)} is the name of a format that comes with cookietin")
    _registered[format.name] = format


def _others() -> dict[str, Any]:
    """Entry points of formats that other packages bring, by name."""
    global _entry_points
    if _entry_points is None:
        from importlib.metadata import entry_points

        _entry_points = {each.name: each for each in entry_points(group=GROUP)}
    return _entry_points


def names() -> list[str]:
    """Names of all formats, ours first."""
    return list(dict.fromkeys([*_OURS, *_registered, *_others()]))


def named(name: str) -> Format:
    """
    The format of a name.

    Raises:
        TypeError: The name is no text.
        ValueError: There is none of that name; the message lists all.
    """
    if not isinstance(name, str):
        raise TypeError(f"format: expected a name, got {type(name).__name__}")
    if name in _OURS:
        return importlib.import_module(_OURS[name])
    if name not in _registered:
        entry_point = _others().get(name)
        if entry_point is None:
            known = ", ".join([*names(), DATABASE])
            raise ValueError(f"format: {shown(name)} is none; there are {known}")
        register(entry_point.load())
        if name not in _registered:
            raise ValueError(f"format: the entry point {shown(name)} has a format of another name")
    return _registered[name]


def sniff(head: bytes) -> str | None:
    """
    The name of the format that a file is in.

    Args:
        head: How the file begins, `reading.HEAD` octets or all it has.

    Returns:
        None if no format knows it. A format of another package that cannot be imported, or that
        raises, is passed over; it raises where it is named.
    """

    def sniffs(name: str) -> bool:
        if name in _OURS:
            return named(name).sniff(head)
        try:
            return named(name).sniff(head)
        except Exception:  # noqa: BLE001 - another's code; it must not keep a file closed
            return False

    # Ours first, for to look for entry points takes 20 ms.
    return next(filter(sniffs, _OURS), None) or next(filter(sniffs, names()), None)
