"""What changed in a jar and why, and how whoever listens is told.

The causes are those of Electron's Cookies API and Chromium's cookie store; when each of them is used
stands in docs/reference/changes.md.

Rules of this file:
- Knows no jar, store, policy or file: somebody else notes changes down, under the jar's lock, and says
  when that has been released.
- Changes are told in the order in which they happened, each in the thread that made it. Threads take
  turns for that, and what a callback changes is told once its turn has come.
- A callback that raises is reported without the value of any cookie, and stops nobody.
"""

from __future__ import annotations

import collections
import enum
import threading

from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn, Self

    from cookietin.cookie import CookieFields

    Callback = Callable[["CookieChange"], object]


class Cause(enum.StrEnum):
    """
    Why a cookie came or went; each is a text, equal to its value.

    Attributes:
        removed: The cookie is gone; otherwise it was stored.
        sentence: When this is the cause.
    """

    removed: bool
    sentence: str

    def __new__(cls, value: str, removed: bool, sentence: str) -> Cause:
        member = str.__new__(cls, value)
        member._value_ = value
        member.removed = removed
        member.sentence = sentence
        return member

    INSERTED = (
        "inserted",
        False,
        "The cookie was stored: none of its key was there, or one with another value.",
    )
    INSERTED_NO_CHANGE_OVERWRITE = (
        "inserted-no-change-overwrite",
        False,
        "The cookie was stored in place of one with the same value, expiry-time, Secure, HttpOnly "
        "and SameSite.",
    )
    INSERTED_NO_VALUE_CHANGE_OVERWRITE = (
        "inserted-no-value-change-overwrite",
        False,
        "The cookie was stored in place of one with the same value, and its expiry-time, Secure, "
        "HttpOnly or SameSite differs.",
    )
    EXPLICIT = ("explicit", True, "The program removed the cookie.")
    OVERWRITE = (
        "overwrite",
        True,
        "The cookie makes room for one of the same key, which is told of next.",
    )
    EXPIRED = ("expired", True, "The cookie had ended, and that was noticed.")
    EVICTED = ("evicted", True, "The cookie had to go because of a limit.")
    EXPIRED_OVERWRITE = (
        "expired-overwrite",
        True,
        "A cookie of the same key came already expired, which removes this one.",
    )


CAUSES: dict[str, Cause] = {cause.value: cause for cause in Cause}


class CookieChange:
    """
    One change of a jar; it does not change itself.

    Attributes:
        cookie: A copy of the cookie as it was stored, or as it was when it went.
        cause: Why.
        seq: Number of the change in its jar, one more than that of the change before.
        origin: "jar" for what happened in the program, "load" for what came with a file, "remote" for
            what another jar did to the same file.
    """

    __slots__ = ("cause", "cookie", "origin", "seq")

    cookie: CookieFields
    cause: Cause
    seq: int
    origin: str

    def __init__(self, cookie: CookieFields, cause: Cause, seq: int, origin: str = "jar") -> None:
        put = object.__setattr__
        put(self, "cookie", cookie)
        put(self, "cause", cause)
        put(self, "seq", seq)
        put(self, "origin", origin)

    @property
    def removed(self) -> bool:
        """Whether the cookie is gone; otherwise it was stored."""
        return self.cause.removed

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name}: a CookieChange does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name}: a CookieChange does not change")

    def __reduce__(self) -> tuple[type[CookieChange], tuple[object, ...]]:
        return type(self), (self.cookie, self.cause, self.seq, self.origin)

    def __repr__(self) -> str:
        cookie = self.cookie
        return (
            f"<CookieChange {self.seq}: {self.cause.value} {shown(cookie.name)} of "
            f"{shown(cookie.domain)} {shown(cookie.path)}>"
        )


def causes_of(causes: Iterable[Cause | str] | None) -> frozenset[Cause]:
    """
    The causes that a caller has named; all for None.

    Raises:
        TypeError: One text is given in place of several.
        ValueError: There is no such cause.
    """
    if causes is None:
        return frozenset(Cause)
    if isinstance(causes, str):
        raise TypeError("causes: expected several, as in causes=['inserted']")
    wanted = list(causes)
    for cause in wanted:
        if cause not in CAUSES:
            raise ValueError(f"causes: {shown(cause)} is none; there are {', '.join(CAUSES)}")
    return frozenset(CAUSES[cause] for cause in wanted)


class Subscription:
    """
    What `subscribe` returns: changes are told until it is closed.

    The jar holds it, and with it the callback, by a strong reference: who drops the subscription goes
    on being called. It can be used in a `with` statement, which closes it.
    """

    __slots__ = ("__weakref__", "_callback", "_causes", "_listeners", "_matches", "_since")

    def __init__(
        self,
        listeners: Listeners,
        callback: Callback,
        causes: frozenset[Cause],
        matches: Callable[[CookieFields], bool] | None,
    ) -> None:
        self._listeners: Listeners | None = listeners
        self._callback = callback
        self._causes = causes
        self._matches = matches
        self._since = listeners.seq

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._listeners is None

    def close(self) -> None:
        """Be told no more, not even of what has already happened; may be called again."""
        listeners = self._listeners
        self.forget()
        if listeners is not None and not listeners:
            listeners.emptied()

    def forget(self) -> None:
        """The same without the jar's lock, for whoever cannot wait for it; the jar finds out later."""
        listeners, self._listeners = self._listeners, None
        if listeners is not None:
            listeners.remove(self)

    def forked(self) -> None:
        """Wait no more for threads that a child process has not."""
        if self._listeners is not None:
            self._listeners.forked()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Subscription {'closed' if self.closed else 'open'}>"

    def tell(self, change: CookieChange) -> None:
        """Call the callback, if it asked for changes like this one."""
        if (
            self._listeners is not None
            and change.seq > self._since
            and change.cause in self._causes
            and (self._matches is None or self._matches(change.cookie))
        ):
            self._callback(change)


class Batch:
    """The changes of one operation, which are told in one turn."""

    __slots__ = ("changes", "turn")

    def __init__(self, turn: int, changes: list[CookieChange]) -> None:
        self.turn: int = turn
        self.changes: list[CookieChange] = changes


class Listeners:
    """
    Who listens to one jar, and what they have still to be told.

    Args:
        emptied: To be called, without the lock of this object, when the last one has gone.

    Attributes:
        emptied: As the argument.
        seq: Number of the last change that was noted down.
        held: What was noted down may still be undone, so nobody is told yet, if it is not 0.
    """

    def __init__(self, emptied: Callable[[], object]) -> None:
        self.seq: int = 0
        self.emptied = emptied
        self.held = 0
        self._subscriptions: tuple[Subscription, ...] = ()
        self._noted: list[CookieChange] = []
        self._turns = 0  # given out so far
        self._turn = 0  # whose it is
        self._ended: set[int] = set()
        self._turn_ends = threading.Condition()
        # Of threads that are telling, by their identity: what comes behind.
        self._behind: dict[int, collections.deque[Batch]] = {}

    def __bool__(self) -> bool:
        return bool(self._subscriptions)

    def add(self, subscription: Subscription) -> None:
        """Tell one more; the caller holds the jar's lock."""
        with self._turn_ends:
            self._subscriptions = (*self._subscriptions, subscription)

    def remove(self, subscription: Subscription) -> None:
        """Tell one less."""
        with self._turn_ends:
            self._subscriptions = tuple(
                each for each in self._subscriptions if each is not subscription
            )

    def forked(self) -> None:
        """Take the turns of threads that a child process has not for ended."""
        self._turn_ends = threading.Condition()
        if threading.get_ident() not in self._behind:
            self._turn = self._turns
            self._ended.clear()
            self._behind.clear()

    # Under the jar's lock

    def note(self, cookie: CookieFields, cause: Cause, origin: str) -> None:
        """Note a change down."""
        self.seq += 1
        self._noted.append(CookieChange(cookie, cause, self.seq, origin))

    def mark(self) -> int:
        """Where `forget_since` may return to."""
        return len(self._noted)

    def forget_since(self, mark: int) -> None:
        """Strike out changes that were undone."""
        self.seq -= len(self._noted) - mark
        del self._noted[mark:]

    def take(self) -> Batch | None:
        """What was noted down since the last time; None for nothing, or nothing yet."""
        if self.held or not self._noted:
            return None
        noted, self._noted = self._noted, []
        self._turns += 1
        return Batch(self._turns, noted)

    def put_back(self, batch: Batch) -> None:
        """Take it later: the lock has never been released in the meantime."""
        self._noted[:0] = batch.changes
        self._turns -= 1

    # After the lock was released

    def tell(self, batch: Batch) -> None:
        """
        Tell of changes when their turn has come.

        Raises:
            BaseException: What is no Exception, such as KeyboardInterrupt, comes through, once all
                have been told.
        """
        me = threading.get_ident()
        behind = self._behind.get(me)
        if behind is not None:
            behind.append(batch)  # one of our callbacks has changed the jar
            return
        self._behind[me] = behind = collections.deque([batch])
        interrupt: BaseException | None = None
        try:
            while behind:
                batch = behind.popleft()
                try:
                    self._await(batch.turn)
                    for change in batch.changes:
                        interrupt = self._tell_all(change) or interrupt
                finally:
                    self._end(batch.turn)
        finally:
            del self._behind[me]
            for batch in behind:
                self._end(batch.turn)
        if interrupt is not None:
            raise interrupt

    def _tell_all(self, change: CookieChange) -> BaseException | None:
        interrupt = None
        for subscription in self._subscriptions:
            try:
                subscription.tell(change)
            except Exception as error:  # noqa: BLE001 - a callback may raise anything
                _report(change, error)
            except BaseException as error:  # noqa: BLE001 - it is raised when all is told
                interrupt = error
        return interrupt

    def _await(self, turn: int) -> None:
        with self._turn_ends:
            while self._turn != turn - 1:
                self._turn_ends.wait()

    def _end(self, turn: int) -> None:
        with self._turn_ends:
            self._ended.add(turn)
            while self._turn + 1 in self._ended:
                self._turn += 1
                self._ended.discard(self._turn)
            self._turn_ends.notify_all()


def _report(change: CookieChange, error: Exception) -> None:
    """Say that a callback has raised, where, and at which change."""
    import logging
    import traceback

    # Not the error's text: it may hold a value. Lines of code do not.
    where = "".join(traceback.format_tb(error.__traceback__))
    logging.getLogger("cookietin").error(
        "a callback raised %s at %r; the others were told\n%s", type(error).__name__, change, where
    )
