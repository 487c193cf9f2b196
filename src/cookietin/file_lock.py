"""An advisory lock on a file, held by one holder at a time among all processes of a machine.

The lock is the system's own, on a file beside the one that is meant: flock(2), or LockFile on Windows.
It ends with its holder, however that ends, so there is no stale lock to break.

Rules of this file:
- The file of the lock stays. Who removed it while another waits would let two of them in.
- Knows no cookie and no format. Who does not ask for the lock is not kept out.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time

from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".lock"
_LONGEST_NAME = 255 - len(SUFFIX)  # octets, in nearly all file systems
# Descriptors are not inherited by programs that are started (PEP 446). A symbolic link in place of the
# lock could have any file of the user opened.
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
_SHORTEST_WAIT, _LONGEST_WAIT = 0.001, 0.02  # seconds

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        # Closing is not enough: a process that was forked meanwhile has the descriptor too.
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_TAKEN = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
_open: set[int] = set()  # what a child process has to close, lest it keeps a dead parent's lock


def _after_fork() -> None:
    for descriptor in _open:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def lock_path(path: str) -> str:
    """The file that is locked in place of one, whose path has no symbolic links."""
    folder, name = os.path.split(path)
    if len(os.fsencode(name)) > _LONGEST_NAME:
        import hashlib

        name = f"{name[:32]}.{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}"
    return os.path.join(folder, name + SUFFIX)


@contextlib.contextmanager
def locked(path: str, timeout: float) -> Iterator[None]:
    """
    Hold the lock of a file; threads of one process exclude each other as processes do.

    Args:
        path: The file, without symbolic links; it need not be there.
        timeout: Seconds to wait for another holder at most.

    Raises:
        TimeoutError: Another holder kept it.
        OSError: The file of the lock can be neither opened nor made (0600).
    """
    name = lock_path(path)
    descriptor = os.open(name, _FLAGS, 0o600)
    _open.add(descriptor)
    try:
        _wait_for(descriptor, path, name, timeout)
        yield
    finally:
        # In a child that was forked meanwhile it is closed, and the lock is the parent's.
        if descriptor in _open:
            _open.discard(descriptor)
            with contextlib.suppress(OSError):  # it was never locked
                _unlock(descriptor)
            os.close(descriptor)


def _wait_for(descriptor: int, path: str, name: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    wait = _SHORTEST_WAIT
    while True:
        try:
            _lock(descriptor)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
        else:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(
                errno.ETIMEDOUT,
                f"{shown(path)}: another program has held the lock {shown(name)} for {timeout:g} "
                "seconds; wait for it, or end it: then the lock is free, and its file may stay",
            )
        time.sleep(min(wait, left))
        wait = min(wait * 1.5, _LONGEST_WAIT)
