"""The jar as a Python object: iteration, length and truth, copies and pickles.

Rules of this file:
- `_cookies` and `_cookies_lock` keep their names: programs reach for them, put other dicts and
  locks there, and restore jars without `__init__`.
- A subclass may keep its cookies elsewhere: then its `__iter__` is asked.
- Knows no policy, header or file. What is not public is a function here, so that no subclass has
  an attribute of the same name.
"""

from __future__ import annotations

import contextlib
import copy
import threading

from cookietin.overrides import Methods
from cookietin.store import Store, copied, count, every_cookie, structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Self

    from cookietin.cookie import CookieFields
    from cookietin.store import Cookies
    from cookietin.watching import Watch


class Collection:
    """What holds cookies, and a lock for whoever changes them."""

    _cookies: Cookies
    _cookies_lock: Any
    # Made again whenever it does not belong to `_cookies`.
    _cookietin_index: Store | None = None
    # A policy whose rules are all ours, the sizes of two dicts when that was found out, and whether they
    # are the standard library's. Programs pickle it with the rest of the jar's dict.
    _cookietin_known: tuple[Any, type, int, int, bool] | None = None
    # Whoever listens to the jar's changes; see `watching`.
    _cookietin_watch: Watch | None = None
    # Cookies are coming from a file: what a user has saved drives nothing out.
    _cookietin_loading = False

    def __iter__(self) -> Iterator[CookieFields]:
        """All cookies; the jar may be changed meanwhile."""
        return every_cookie(self._cookies)

    def __len__(self) -> int:
        if keeps_cookies_in_dict(self):
            return count(self._cookies)
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        if self.__class__.__len__ is not _LENGTH:
            return len(self) > 0
        # `len` would count 100,000 cookies for every `jar or {}` of a client.
        return any(True for _ in self)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}[{', '.join(map(repr, self))}]>"

    def __str__(self) -> str:
        return f"<{self.__class__.__name__}[{', '.join(map(str, self))}]>"

    def clear(
        self, domain: str | None = None, path: str | None = None, name: str | None = None
    ) -> None:
        """
        Remove all cookies, or those of a domain, of a domain and path, or the one of that name.

        Domain and path are meant in all partitions. By its name one cookie goes: that without a
        partition, if there is one.

        Raises:
            KeyError: There is no such cookie; the argument is the key that was not found.
            ValueError: A path without a domain, or a name without a domain and a path.
        """
        self._cookies_lock.acquire()
        try:
            if name is not None:
                if domain is None or path is None:
                    raise ValueError("domain and path must be given to remove a cookie by name")
                store = index_of(self)
                if store.partitioned:
                    _discard(store, domain, path, name)
                else:
                    store.discard(domain, path, name)
            elif path is not None:
                if domain is None:
                    raise ValueError("domain must be given to remove cookies by path")
                _discard(index_of(self), domain, path)
            elif domain is not None:
                _discard(index_of(self), domain)
            else:
                watch = watch_on(self)
                if watch is not None:
                    watch.wiped()
                # A new dict: shallow copies of the jar may still hold the old one.
                self._cookies = {}
        finally:
            self._cookies_lock.release()

    def copy(self) -> Self:
        """A jar with copies of the cookies, under the same policy."""
        self._cookies_lock.acquire()
        try:
            state = self.__getstate__()
            # A subclass may have a `__getstate__` that leaves them in.
            for name in OF_ONE_JAR:
                state.pop(name, None)
            state["_cookies"] = copied(self._cookies)
        finally:
            self._cookies_lock.release()
        made = self.__class__.__new__(self.__class__)
        made.__setstate__(state)
        return made

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = self.__class__.__new__(self.__class__)
        memo[id(self)] = made
        self._cookies_lock.acquire()
        try:
            state = copy.deepcopy(self.__getstate__(), memo)
        finally:
            self._cookies_lock.release()
        made.__setstate__(state)
        return made

    def __getstate__(self) -> dict[str, Any]:
        self._cookies_lock.acquire()
        try:
            state = self.__dict__.copy()
            # Whoever pickles it goes through it without the lock.
            state["_cookies"] = structure(self._cookies)
        finally:
            self._cookies_lock.release()
        # A lock belongs to a process, and the index is made again.
        for name in ("_cookies_lock", *OF_ONE_JAR):
            state.pop(name, None)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._cookies_lock = threading.RLock()


OF_ONE_JAR = (
    "_cookietin_index",
    "_cookietin_known",
    "_cookietin_loading",
    "_cookietin_saver",
    "_cookietin_watch",
)
_LENGTH = Collection.__len__
_ITERATION = Methods(Collection, ("__iter__",))
CLEARING = Methods(Collection, ("clear",))


def keeps_cookies_in_dict(jar: Collection) -> bool:
    """Tell whether the nested dict is where a jar's cookies are."""
    return _ITERATION.are_kept_by(jar)


def index_of(jar: Collection) -> Store:
    """The index over a jar's nested dict, which somebody may have replaced."""
    store = jar._cookietin_index
    if store is None or store.cookies is not jar._cookies:
        watch = watch_on(jar)
        made = Store(jar._cookies) if watch is None else watch.store(jar._cookies)
        store = jar._cookietin_index = made
    return store


def watch_on(jar: Collection) -> Watch | None:
    """The watch of a jar, if somebody listens; not one that came with the dict of another jar."""
    watch = jar._cookietin_watch
    return watch if watch is not None and watch.jar is jar else None


@contextlib.contextmanager
def undone_on_error(jar: Collection) -> Iterator[None]:
    """Tell nobody of what changes meanwhile if this raises, since the caller puts the jar back then."""
    watch = watch_on(jar)
    if watch is None:
        yield
    else:
        with watch.undone_on_error():
            yield


def clear_as(jar: Collection, cause: str, domain: str, path: str, name: str) -> None:
    """Remove one cookie by the jar's own `clear`, for another cause than that a program asked for it."""
    watch = watch_on(jar)
    if watch is None:
        jar.clear(domain, path, name)
    else:
        with watch.naming(cause):
            jar.clear(domain, path, name)


def _discard(store: Store, domain: str, *key: str) -> None:
    """
    Remove what a domain, or a domain and path, has in all partitions; or one cookie.

    KeyError, with the key that is missing, if there is none.
    """
    discard = (store.discard_domain, store.discard_path, store.discard)[len(key)]
    gone = False
    for under in store.keys_of(domain):
        with contextlib.suppress(KeyError):
            discard(under, *key)
            gone = True
            if len(key) == 2:
                return  # one by one, as a program counts them that clears cookie after cookie
    if not gone:
        discard(domain, *key)  # which says what is missing
