"""Which files a jar has read leniently, and the lines of them that it could not read and has to keep.

Rules of this file:
- Lines belong to their file: in another they would be new, and break it for strict readers.
- A file is known by its real path. What a jar knows is replaced and never changed, so that copies of
  a jar may share it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookiejar.file_jar import FileCookieJar

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def note_lenient(jar: FileCookieJar, name: Path, unread: bytes | None) -> None:
    """Note that a file is one of octets, and its lines; None if they were too many to be kept."""
    jar._cookietin_unread = {**(jar._cookietin_unread or {}), real(name): unread}


def note_strict(jar: FileCookieJar, name: Path) -> None:
    """Note that all of a file could be read."""
    if jar._cookietin_unread:
        others = dict(jar._cookietin_unread)
        others.pop(real(name), None)
        jar._cookietin_unread = others


def was_read_leniently(jar: FileCookieJar, name: Path) -> bool:
    """Tell whether a file, to this jar, is one of octets."""
    return real(name) in (jar._cookietin_unread or ())


def unread_in(jar: FileCookieJar, name: Path) -> bytes | None:
    """The lines that could not be read, of a file that was read leniently."""
    return (jar._cookietin_unread or {})[real(name)]


def real(name: Path) -> str:
    """What a file is known by: its absolute path without symbolic links."""
    return os.path.realpath(os.fsdecode(name))
