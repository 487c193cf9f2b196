"""Replacing a file so that a crash leaves the old one or the new one, whole.

Rules of this file:
- Knows no cookie and no format; writes what its caller writes.
- What stands at the path when something fails is what stood there before, byte for byte.

How: the new text goes to a temporary file in the same folder, which is flushed, synced to the disk
and renamed over the old file; then the folder is synced (POSIX rename(2), fsync(2)).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, TextIO

TEMPORARY_SUFFIX = ".cookietin-tmp"


def replace(path: str, write: Callable[[BinaryIO], None]) -> None:
    """Write a file of octets anew, all or nothing; see `replace_text`."""
    replace_text(path, lambda stream: write(stream.buffer))


def replace_text(path: str, write: Callable[[TextIO], None]) -> None:
    """
    Write a UTF-8 text file anew, all or nothing.

    Args:
        path: The file. A symbolic link stays one, and its target is replaced. A file that is there
            keeps its permissions; a new one is for its owner alone (0600). What cannot be replaced
            (a terminal, a pipe, whatever lies below /dev or /proc) is written into.
        write: Writes the text on the stream it is given.

    Raises:
        OSError: No room, no permission to write the file or in its folder, the path is a
            folder ...; the old file is untouched.
    """
    try:
        present: os.stat_result | None = os.stat(path)
    except FileNotFoundError:
        present = None
    if present is not None and (
        not stat.S_ISREG(present.st_mode) or os.path.abspath(path).startswith(("/dev/", "/proc/"))
    ):
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            write(stream)
        return
    path = os.path.realpath(path)
    if present is not None:
        # A rename asks about the folder alone; a write-protected file is meant to stay.
        os.close(os.open(path, os.O_WRONLY))
    temporary = _write_beside(path, present, write)
    try:
        os.replace(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EXDEV):
            os.unlink(temporary)
            raise
        _copy_over(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(os.path.dirname(path))


def _copy_over(temporary: str, path: str) -> None:
    """
    Write a file that is a mount point itself, as in containers, where no rename can replace it.

    The temporary file, which is complete, goes away only once the copy is.
    """
    with open(temporary, "rb") as whole, open(path, "r+b") as stream:
        stream.write(whole.read())
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
    os.unlink(temporary)


def _write_beside(
    path: str, present: os.stat_result | None, write: Callable[[TextIO], None]
) -> str:
    """Write a temporary file in the folder of a path, synced to the disk, and return its name."""
    folder, name = os.path.split(path)
    # A name may have 255 octets in all, and a character four.
    descriptor, temporary = tempfile.mkstemp(
        prefix=f".{name[:32]}.", suffix=TEMPORARY_SUFFIX, dir=folder
    )
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            write(stream)
            stream.flush()
            if hasattr(os, "fchmod"):  # on Windows a new file inherits the folder's permissions
                if present is None:
                    os.fchmod(descriptor, 0o600)  # whatever the umask has left of mkstemp's
                else:
                    _take_over_permissions(descriptor, path, present)
            os.fsync(descriptor)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _take_over_permissions(descriptor: int, path: str, present: os.stat_result) -> None:
    """Give a new file the owner and the permissions of the one that it replaces."""
    mode = stat.S_IMODE(present.st_mode)
    made = os.fstat(descriptor)
    if made.st_uid != present.st_uid:
        # Only root may give a file away; for others it becomes theirs.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, present.st_uid, -1)
    if made.st_gid != present.st_gid:
        try:
            os.fchown(descriptor, -1, present.st_gid)
        except PermissionError:
            mode &= ~0o070  # these permissions were meant for another group
    access_list = _access_list(path)
    if access_list is not None:
        # Under an access list the group's bits are a mask, and say nothing about the group.
        os.fchmod(descriptor, mode & ~0o070)
        with contextlib.suppress(OSError):
            os.setxattr(descriptor, _ACCESS_LIST, access_list)
    else:
        os.fchmod(descriptor, mode)


_ACCESS_LIST = "system.posix_acl_access"


def _access_list(path: str) -> bytes | None:
    """The POSIX access control list of a file, None if it has none."""
    if not hasattr(os, "getxattr"):
        return None
    try:
        return os.getxattr(path, _ACCESS_LIST)
    except OSError:
        return None


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
