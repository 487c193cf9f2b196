"""When a jar is saved by itself, and the thread that does it.

Rules of this file:
- Knows of a jar that it can be watched and has a `flush`; what that does is the jar's business.
- A jar with unsaved changes is kept alive until they are written, one without is not.
- While nothing waits to be written there is no thread.
- A fork waits for who has the jar's lock: a child whose lock a lost thread holds would wait for ever.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref

from cookietin.changes import Cause
from cookietin.errors import shown
from cookietin.watching import held_for_fork, plain_lock, subscribe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from cookietin.changes import CookieChange


class Autosave:
    """
    When a jar saves its changes by itself; it does not change itself.

    Args:
        interval: Seconds after the first unsaved change.
        operations: So many changes are not waited with until then.

    Raises:
        TypeError: One of them is no number.
        ValueError: One of them is not above 0.

    >>> Autosave(interval=5)
    Autosave(interval=5, operations=512)
    """

    __slots__ = ("interval", "operations")

    interval: float
    operations: int

    def __init__(self, interval: float = 30, operations: int = 512) -> None:
        for name, number, kind in (
            ("interval", interval, (int, float)),
            ("operations", operations, int),
        ):
            if not isinstance(number, kind) or isinstance(number, bool):
                raise TypeError(f"{name}: expected a number, got {type(number).__name__}")
            if not 0 < number <= threading.TIMEOUT_MAX:
                raise ValueError(f"{name}: expected a number above 0, got {number!r}")
        put = object.__setattr__
        put(self, "interval", interval)
        put(self, "operations", operations)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name}: an Autosave does not change; assign another one to the jar")

    def __reduce__(self) -> tuple[type[Autosave], tuple[float, int]]:
        return type(self), (self.interval, self.operations)

    def __repr__(self) -> str:
        return f"Autosave(interval={self.interval!r}, operations={self.operations!r})"


class Saver:
    """
    Saves one jar by itself until it is stopped.

    Args:
        jar: The jar.
        when: When.
        unsaved: Whether it has changes already that are not written.
    """

    def __init__(self, jar: Any, when: Autosave, *, unsaved: bool = False) -> None:
        self.when = when
        self._jar = weakref.ref(jar)
        self._begin()
        self._subscription = subscribe(jar, self._noted, frozenset(Cause), None)
        self._held_lock: Any = None  # while the process forks
        _savers.add(self)
        if unsaved:
            self._expect()

    def _begin(self) -> None:
        """As it is with nothing to save, and no thread."""
        self._moment = threading.Condition(threading.Lock())
        self._unsaved: Any = None  # the jar, while it has changes that are not written
        self._saves = 0  # going on
        self._count = 0
        self._due = 0.0
        self._thread: threading.Thread | None = None

    def is_of(self, jar: object) -> bool:
        """Tell whether it saves this jar, and not one whose dict was copied."""
        return self._jar() is jar

    @property
    def has_unsaved(self) -> bool:
        """Whether there are changes that may not be written."""
        return self._unsaved is not None or self._saves > 0

    def stop(self) -> None:
        """Save no more."""
        self._subscription.close()
        _savers.discard(self)
        with self._moment:
            self._unsaved, self._count = None, 0
            self._moment.notify_all()

    def _noted(self, change: CookieChange) -> None:
        if change.origin != "remote":  # which the file has
            self._expect()

    def _expect(self) -> None:
        with self._moment:
            self._count += 1
            if self._unsaved is None:
                self._unsaved = self._jar()
                self._due = time.monotonic() + self.when.interval
            if self._thread is None:
                self._start()
            elif self._count == self.when.operations:
                self._moment.notify_all()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="cookietin-autosave", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None  # the interpreter is ending: `save_all` comes

    def _run(self) -> None:
        while True:
            with self._moment:
                while self._unsaved is not None and self._count < self.when.operations:
                    left = self._due - time.monotonic()
                    if left <= 0:
                        break
                    self._moment.wait(left)
                if self._unsaved is None:
                    self._thread = None
                    return
            self.save()

    def save(self) -> None:
        """Write what is unsaved; an error is logged, and the next moment tries again."""
        with self._moment:
            jar, self._count = self._unsaved if self._unsaved is not None else self._jar(), 0
            self._unsaved = None
            self._saves += 1
        try:
            if jar is not None:
                jar.flush()
        except Exception as error:  # noqa: BLE001 - a subclass's file may fail in any way
            _report(jar, error)
            with self._moment:
                if self._subscription.closed:
                    return
                self._unsaved = jar
                self._due = time.monotonic() + self.when.interval
                if self._count >= self.when.operations:
                    self._count = 0  # not at once again
        finally:
            with self._moment:
                self._saves -= 1

    def before_fork(self) -> None:
        """Let other threads end what they do to the jar."""
        jar = self._jar()
        lock = None if jar is None else plain_lock(jar)
        self._held_lock = lock if lock is not None and held_for_fork(lock) else None

    def after_fork(self) -> None:
        """Go on, in the parent and in the child."""
        lock, self._held_lock = self._held_lock, None
        if lock is not None:
            lock.release()

    def forked(self) -> None:
        """Go on in a child process, which has no thread; what was unsaved is its parent's to save."""
        jar, unsaved = self._jar(), self.has_unsaved
        self._begin()
        self._subscription.forked()
        if jar is not None and unsaved:
            jar._cookietin_forget_changes()


def _report(jar: Any, error: Exception) -> None:
    import logging

    said = (
        f"{type(error).__name__}: {error.strerror or error}" if isinstance(error, OSError) else ""
    )
    logging.getLogger("cookietin").warning(
        "%s could not be saved and stays unsaved until the next try: %s",
        shown(jar.filename),
        said or type(error).__name__,  # the text of another error may hold a value
    )


_savers: weakref.WeakSet[Saver] = weakref.WeakSet()


@atexit.register
def save_all() -> None:
    """Save what is unsaved in this process."""
    for saver in list(_savers):
        saver.save()


def _before_fork() -> None:
    for saver in list(_savers):
        saver.before_fork()


def _after_fork() -> None:
    for saver in list(_savers):
        saver.after_fork()


def _after_fork_in_child() -> None:
    for saver in list(_savers):
        saver.forked()
        saver.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child
    )
