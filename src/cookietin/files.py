"""Replacing a file so that a crash leaves the old one or the new one, whole.

Rules of this file:
- Knows no cookie and no format; writes what its caller writes.
- What stands at the path when something fails is what stood there before, byte for byte.

How: the new text goes to a temporary file in the same folder, which is flushed, synced to the disk
and renamed over the old file; then the folder is synced (POSIX rename(2), fsync(2)).
"""

from __future__ import annotations

import contextlib
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

TEMPORARY_SUFFIX = ".cookietin-tmp"


def replace_text(path: str, write: Callable[[TextIO], None]) -> None:
    """
    Write a UTF-8 text file anew, all or nothing.

    Args:
        path: The file. A symbolic link stays one, and its target is replaced. A file that is there
            keeps its permissions; a new one is for its owner alone (0600). What is no regular file
            (a terminal, a pipe, /dev/stdout) cannot be replaced and is written into.
        write: Writes the text on the stream it is given.

    Raises:
        OSError: No room, no permission to write in the folder, the path is a folder ...; the old
            file is untouched. A file that is itself a mount point cannot be replaced either.
    """
    path = os.path.realpath(path)
    try:
        present: os.stat_result | None = os.stat(path)
    except FileNotFoundError:
        present = None
    if present is not None and not stat.S_ISREG(present.st_mode):
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            write(stream)
        return
    temporary = _write_beside(path, present, write)
    try:
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(os.path.dirname(path))


def _write_beside(
    path: str, present: os.stat_result | None, write: Callable[[TextIO], None]
) -> str:
    """Write a temporary file in the folder of a path, synced to the disk, and return its name."""
    import tempfile  # 5 ms that only a save needs

    folder, name = os.path.split(path)
    descriptor, temporary = tempfile.mkstemp(
        prefix=f".{name[:60]}.", suffix=TEMPORARY_SUFFIX, dir=folder
    )
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            write(stream)
            stream.flush()
            if present is not None:
                _take_over(stream.fileno(), present)
            os.fsync(stream.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _take_over(descriptor: int, present: os.stat_result) -> None:
    """Give a new file the owner and the permissions of the one that it replaces."""
    if not hasattr(os, "fchown"):
        return  # Windows, where a new file inherits the folder's permissions
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (present.st_uid, present.st_gid):
        # Only root may give a file away; for others it stays theirs.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, present.st_uid, present.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(present.st_mode))


def _sync_folder(folder: str) -> None:
    """Make a rename survive a power cut, where the system knows how."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows, or a folder that may be written but not read
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems; the rename itself has been done
    finally:
        os.close(descriptor)
