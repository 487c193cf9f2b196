"""The lock of a shared jar, which locks the database along with the jar.

Rules of this file:
- Acquired, it brings the jar up to date; the outermost release writes what has changed.
- If the database cannot be locked or written, that is raised, and the lock is free.
"""

from __future__ import annotations

from cookietin.watching import TellingLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.sharing import Sharing


class SharingLock(TellingLock):
    """
    The lock of a shared jar: acquired, it locks the database too, and released, it writes what changed.

    Args:
        lock: Whatever the jar had for a lock.
        sharing: Reads and writes.
    """

    __slots__ = ("_sharing",)

    def __init__(self, lock: Any, sharing: Sharing) -> None:
        super().__init__(lock, sharing.watch.listeners)
        self._sharing = sharing

    @property
    def is_held(self) -> bool:
        """Whether any thread holds it."""
        return self._depth > 0

    def acquire(self, *arguments: Any, **named: Any) -> bool:
        if self.plain.acquire(*arguments, **named) is False:
            return False
        self._depth += 1
        if self._depth == 1:
            self._enter(writing=True)
        return True

    __enter__ = acquire

    def acquire_to_read(self) -> None:
        """The same for whoever only reads; should something be changed after all, it is written."""
        self.plain.acquire()
        self._depth += 1
        if self._depth == 1:
            self._enter(writing=False)

    def _enter(self, *, writing: bool) -> None:
        try:
            self._sharing.enter(writing=writing)
        except BaseException:
            super().release()
            raise

    def release(self) -> None:
        if self._depth > 1:
            self._depth -= 1
            self.plain.release()
        elif self._sharing.is_idle:
            self._depth = 0
            self.plain.release()
        else:
            try:
                self._sharing.leave()
            finally:
                super().release()


class ReadingLock:
    """A lock that is acquired to read, for whoever never writes."""

    __slots__ = ("_lock",)

    def __init__(self, lock: SharingLock) -> None:
        self._lock = lock

    def acquire(self) -> bool:
        self._lock.acquire_to_read()
        return True

    __enter__ = acquire

    def release(self) -> None:
        self._lock.release()

    def __exit__(self, *error: object) -> None:
        self._lock.release()
