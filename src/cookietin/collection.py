"""The jar as a Python object: iteration, length and truth, copies and pickles.

Rules of this file:
- `_cookies` and `_cookies_lock` keep their names: programs reach for them, put other dicts and
  locks there, and restore jars without `__init__`.
- Knows no policy, header or file.
"""

from __future__ import annotations

import copy
import threading

from cookietin.store import Store, copied, count, every_cookie

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Self

    from cookietin.cookie import CookieFields
    from cookietin.store import Cookies


class Collection:
    """What holds cookies, and a lock for whoever changes them."""

    _cookies: Cookies
    _cookies_lock: Any
    # Made again whenever it does not belong to `_cookies`.
    _store: Store | None = None

    def _indexed(self) -> Store:
        """The index over `_cookies`, which somebody may have put another dict into."""
        store = self._store
        if store is None or store.cookies is not self._cookies:
            store = self._store = Store(self._cookies)
        return store

    def __iter__(self) -> Iterator[CookieFields]:
        """All cookies; the jar may be changed meanwhile."""
        return every_cookie(self._cookies)

    def __len__(self) -> int:
        return count(self._cookies)

    def __bool__(self) -> bool:
        if self.__class__.__len__ is not Collection.__len__:
            return len(self) > 0
        # `len` would count 100,000 cookies for every `jar or {}` of a client.
        return any(True for _ in every_cookie(self._cookies))

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}[{', '.join(map(repr, self))}]>"

    def __str__(self) -> str:
        return f"<{self.__class__.__name__}[{', '.join(map(str, self))}]>"

    # Copies

    def copy(self) -> Self:
        """A jar with copies of the cookies, under the same policy."""
        self._cookies_lock.acquire()
        try:
            state = Collection.__getstate__(self)
            state["_cookies"] = copied(self._cookies)
        finally:
            self._cookies_lock.release()
        made = self.__class__.__new__(self.__class__)
        Collection.__setstate__(made, state)
        return made

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = self.__class__.__new__(self.__class__)
        memo[id(self)] = made
        self._cookies_lock.acquire()
        try:
            state = copy.deepcopy(Collection.__getstate__(self), memo)
        finally:
            self._cookies_lock.release()
        Collection.__setstate__(made, state)
        return made

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        # A lock belongs to a process, and the index is made again.
        state.pop("_cookies_lock", None)
        state.pop("_store", None)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._cookies_lock = threading.RLock()
