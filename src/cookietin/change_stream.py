"""The changes of a jar for `async for`.

Rules of this file:
- Never blocks whoever changes the jar, in whichever thread: a change is put into a bounded queue.
- A reader that is too slow is told so: what is in the queue comes first, then `ChangesMissedError`, and
  then the changes after those that were missed. Nothing is lost in silence.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import threading
import weakref

from cookietin.errors import ChangesMissedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from cookietin.changes import Callback, CookieChange, Subscription


class ChangeStream:
    """
    An asynchronous iterator over a jar's changes; `CookieJar.changes` makes it.

    Changes count from the moment it was made. It may be read by one task at a time, and ends when it is
    closed: by `close`, by a `with` statement, or when nobody holds it any more.

    Args:
        subscribe: Called with the callback that is to be told of changes.
        limit: How many changes wait for the reader at most.
    """

    def __init__(self, subscribe: Callable[[Callback], Subscription], limit: int) -> None:
        if type(limit) is not int:
            raise TypeError(f"limit: expected a whole number, got {type(limit).__name__}")
        if limit < 1:
            raise ValueError(f"limit: expected at least 1, got {limit}")
        self._limit = limit
        self._waiting: collections.deque[CookieChange] = collections.deque()
        self._missed = 0
        self._lock = threading.Lock()
        self._reader: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None = None
        # The jar holds the callback: not this object, so that it can be forgotten.
        itself = weakref.ref(self)

        def tell(change: CookieChange) -> None:
            stream = itself()
            if stream is not None:
                stream._take(change)

        self._subscription = subscribe(tell)
        # The garbage collector may run while any lock is held. Not at exit: a thread that is stopped
        # then may have one.
        weakref.finalize(self, self._subscription.forget).atexit = False

    def _take(self, change: CookieChange) -> None:
        with self._lock:
            if self._missed or len(self._waiting) >= self._limit:
                self._missed += 1
            else:
                self._waiting.append(change)
            self._wake()

    def _wake(self) -> None:
        """Let the reader look again; the caller holds the lock."""
        reader, self._reader = self._reader, None
        if reader is not None:
            loop, future = reader
            with contextlib.suppress(RuntimeError):  # the loop was closed
                loop.call_soon_threadsafe(_set, future)

    def close(self) -> None:
        """End: the reader gets what is in the queue, and then no more."""
        self._subscription.close()
        with self._lock:
            self._wake()

    async def aclose(self) -> None:
        """The same, as asynchronous iterators have it."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> CookieChange:
        while True:
            with self._lock:
                if self._waiting:
                    return self._waiting.popleft()
                if self._missed:
                    missed, self._missed = self._missed, 0
                    raise ChangesMissedError(missed)
                if self._subscription.closed:
                    raise StopAsyncIteration
                if self._reader is not None:
                    raise RuntimeError("another task reads these changes already")
                loop = asyncio.get_running_loop()
                future: asyncio.Future[None] = loop.create_future()
                self._reader = loop, future
            try:
                await future
            finally:
                with self._lock:
                    # Nobody has woken it if it was cancelled.
                    if self._reader == (loop, future):
                        self._reader = None


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
