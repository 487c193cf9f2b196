"""How a jar is watched: a store that says what it displaced, and a lock that says when to tell.

A jar that nobody listens to has neither: its store and its lock are the plain ones, and it pays nothing.

Rules of this file:
- The store says what came and what it displaced; the jar names the cause, by the store's method or by
  `naming`.
- Changes that a program makes in `_cookies` past the jar are not seen.
- The lock may be replaced by programs, and swapped here while a thread waits for it: whatever is
  released was acquired, perhaps by another name.
"""

from __future__ import annotations

import contextlib

from cookietin.changes import CAUSES, Cause, Listeners, Subscription
from cookietin.cookie import is_http_only, same_site_of
from cookietin.store import Store, copied_cookie, every_cookie, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from cookietin.changes import Callback
    from cookietin.collection import Collection
    from cookietin.cookie import CookieFields
    from cookietin.store import Cookies


class Watch:
    """
    What makes one jar's changes known.

    Attributes:
        jar: Whose changes they are.
        listeners: Who is told.
        cause: What it is called when a cookie is removed now.
        origin: Where changes come from now.
    """

    def __init__(self, jar: Collection) -> None:
        self.listeners: Listeners = Listeners(self._end)
        self.cause: Cause = Cause.EXPLICIT
        self.origin: str = "jar"
        self.jar = jar

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, ()  # a copy or a pickle of the jar has listeners of its own

    def store(self, cookies: Cookies) -> WatchedStore:
        """An index over the jar's dict."""
        return WatchedStore(cookies, self)

    def stored(self, old: CookieFields | None, cookie: CookieFields) -> None:
        """Note that a cookie was stored, and which it displaced."""
        self._deliver_after_all()
        cause = Cause.INSERTED
        if old is not None:
            self._note(old, Cause.OVERWRITE)
            if old.value == cookie.value:
                cause = (
                    Cause.INSERTED_NO_CHANGE_OVERWRITE
                    if _terms_of(old) == _terms_of(cookie)
                    else Cause.INSERTED_NO_VALUE_CHANGE_OVERWRITE
                )
        self._note(cookie, cause)

    def removed(self, cookies: Iterable[CookieFields], cause: Cause | None = None) -> None:
        """Note that cookies are gone, for the present cause or the given one."""
        self._deliver_after_all()
        for cookie in cookies:
            self._note(cookie, cause or self.cause)

    def wiped(self) -> None:
        """Note that all cookies of the jar are gone."""
        self.removed(every_cookie(self.jar._cookies))

    def _note(self, cookie: CookieFields, cause: Cause) -> None:
        self.listeners.note(_copied(cookie), cause, self.origin)

    @contextlib.contextmanager
    def naming(self, cause: str) -> Iterator[None]:
        """Call removals so meanwhile."""
        before, self.cause = self.cause, CAUSES[cause]
        try:
            yield
        finally:
            self.cause = before

    @contextlib.contextmanager
    def loading(self, origin: str = "load") -> Iterator[None]:
        """Say that changes come from a file meanwhile; the caller holds the jar's lock."""
        before, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = before

    @contextlib.contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """Strike out what was noted meanwhile if this raises, since the jar is put back then."""
        listeners = self.listeners
        mark = listeners.mark()
        listeners.held += 1
        try:
            yield
        except BaseException:
            listeners.forget_since(mark)
            raise
        finally:
            listeners.held -= 1

    def _end(self) -> None:
        """Stop watching, if nobody listens any more."""
        jar = self.jar
        if jar._cookietin_watch is not self:
            return  # the lock that is about to be released may have outlived its watch
        lock = jar._cookies_lock
        lock.acquire()
        try:
            if jar._cookietin_watch is self and not self.listeners:
                jar._cookietin_watch = jar._cookietin_index = None
                jar._cookies_lock = plain_lock(jar)
        finally:
            lock.release()

    def _deliver_after_all(self) -> None:
        """See to it that changes are told even if a program has put another lock into the jar."""
        lock = self.jar._cookies_lock
        # Whoever listened may have gone in the middle of an operation.
        if type(lock) is not TellingLock and self.jar._cookietin_watch is self:
            self.jar._cookies_lock = TellingLock(lock, self.listeners)


def _nothing() -> None:
    return None


def watch_of(jar: Collection) -> Watch:
    """The watch of a jar, begun if there is none; the caller holds the jar's lock."""
    watch = jar._cookietin_watch
    if watch is None or watch.jar is not jar:
        watch = jar._cookietin_watch = Watch(jar)
        jar._cookietin_index = None  # made anew, as a watched one
        jar._cookies_lock = TellingLock(plain_lock(jar), watch.listeners)
    return watch


def subscribe(
    jar: Collection,
    callback: Callback,
    causes: frozenset[Cause],
    matches: Callable[[CookieFields], bool] | None,
) -> Subscription:
    """Tell a callback of a jar's changes from now on."""
    lock = jar._cookies_lock
    lock.acquire()
    try:
        listeners = watch_of(jar).listeners
        subscription = Subscription(listeners, callback, causes, matches)
        listeners.add(subscription)
    finally:
        lock.release()
    return subscription


def plain_lock(jar: Collection) -> Any:
    """The lock of a jar without what tells of changes."""
    lock = jar._cookies_lock
    return lock.plain if isinstance(lock, TellingLock) else lock


# So long a fork waits for a thread that is in the middle of an operation.
_FORK_SECONDS = 10.0


def held_for_fork(lock: Any) -> bool:
    """Acquire the lock of a jar before a fork, so that no thread which the child has not holds it."""
    try:
        return bool(lock.acquire(timeout=_FORK_SECONDS))
    except TypeError:  # a lock of a program's
        return bool(lock.acquire() is not False)


class TellingLock:
    """
    The lock of a watched jar: when it has been released, changes are told.

    Args:
        lock: Whatever the jar had for a lock.
    """

    __slots__ = ("_depth", "_listeners", "plain")

    def __init__(self, lock: Any, listeners: Listeners) -> None:
        self.plain: Any = lock
        self._listeners = listeners
        self._depth = 0

    def acquire(self, *arguments: Any, **named: Any) -> bool:
        acquired = self.plain.acquire(*arguments, **named)
        if acquired is False:
            return False
        self._depth += 1
        return True

    def release(self) -> None:
        if self._depth > 1:
            self._depth -= 1
            self.plain.release()
            return
        # 0 if it was acquired as the plain lock, before this one took its place.
        self._depth = 0
        batch = self._listeners.take()
        try:
            self.plain.release()
        finally:
            if batch is not None:
                # It was acquired as the plain lock before, and this was not the last release.
                if _is_still_held(self.plain):
                    self._listeners.put_back(batch)
                else:
                    self._listeners.tell(batch)
            if not self._listeners:
                self._listeners.emptied()  # the last one was forgotten by the garbage collector

    __enter__ = acquire

    def __exit__(self, *error: object) -> None:
        self.release()


def _is_still_held(lock: Any) -> bool:
    """Tell whether the calling thread holds a lock; of a foreign lock nobody knows."""
    is_owned = getattr(lock, "_is_owned", None)  # what threading.Condition asks
    return is_owned is not None and bool(is_owned())


class WatchedStore(Store):
    """A store that notes down what comes and goes."""

    __slots__ = ("_displaced", "_watch")

    watched = True

    def __init__(self, cookies: Cookies, watch: Watch) -> None:
        super().__init__(cookies)
        self._watch = watch
        self._displaced: tuple[tuple[str, str, str], CookieFields] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, ()  # subclasses pickle the jar's whole dict; the index is made again

    def put(self, cookie: CookieFields, *, counted: bool = False) -> None:
        key = key_of(cookie), cookie.path, cookie.name
        old = self.get(*key)
        if old is None and self._displaced is not None and self._displaced[0] == key:
            old = self._displaced[1]
        self._displaced = None
        super().put(cookie, counted=counted)
        self._watch.stored(old, cookie)

    def put_all(self, cookies: Iterable[CookieFields]) -> None:
        for cookie in cookies:
            self.put(cookie)

    def discard(self, domain: str, path: str, name: str) -> None:
        self._remove(domain, path, name, None)

    def expire(self, domain: str, path: str, name: str) -> None:
        self._remove(domain, path, name, Cause.EXPIRED)

    def evict(self, domain: str, path: str, name: str) -> None:
        self._remove(domain, path, name, Cause.EVICTED)

    def delete(self, domain: str, path: str, name: str) -> None:
        self._remove(domain, path, name, Cause.EXPIRED_OVERWRITE)

    def displace(self, domain: str, path: str, name: str) -> None:
        old = self.get(domain, path, name)
        super().discard(domain, path, name)
        self._displaced = None if old is None else ((domain, path, name), old)

    def _remove(self, domain: str, path: str, name: str, cause: Cause | None) -> None:
        old = self.get(domain, path, name)
        super().discard(domain, path, name)
        if old is not None:
            self._watch.removed([old], cause)

    def discard_path(self, domain: str, path: str) -> None:
        going = list(self.cookies.get(domain, {}).get(path, {}).values())
        super().discard_path(domain, path)
        self._watch.removed(going)

    def discard_domain(self, domain: str) -> None:
        going = list(every_cookie({domain: self.cookies.get(domain, {})}))
        super().discard_domain(domain)
        self._watch.removed(going)


def _copied(cookie: CookieFields) -> CookieFields:
    """A copy for those who listen; of a class that cannot be copied, the cookie itself."""
    try:
        return copied_cookie(cookie)
    except Exception:  # noqa: BLE001 - a foreign class may raise anything
        return cookie


def _terms_of(cookie: Any) -> tuple[object, ...]:
    """What is compared beside the value when a cookie takes the place of another."""
    return cookie.expires, bool(cookie.secure), is_http_only(cookie), same_site_of(cookie)
