"""Many jars side by side, each found by its key.

Rules of this file:
- Looks like a mapping and is none: `pool[key]` makes what is missing, while a Mapping's `get`, `in`
  and `==` go through `pool[key]`. So each question is written out, and only `pool[key]` makes.
- One lock, held while a jar is made and never while another's code is told of one that went.
- Knows no rules and no files: what a jar is, its maker says.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar, overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    from collections.abc import Callable, Hashable, Iterator
    from typing import Any

    from cookietin.cookiejar import CookieJar

_Jar = TypeVar("_Jar", bound="http.cookiejar.CookieJar")
_Default = TypeVar("_Default")

_MISSING = object()


class JarPool(Generic[_Jar]):
    """
    Jars by key, for many sessions in one process: one for each user, worker or proxy.

    Args:
        make_jar: Called without arguments for each new key; default `CookieJar`. It runs under the
            lock of the pool, so that it runs once for a key: keep it short, and do not use the pool
            in it. If it raises, the pool stays as it was.
        max_jars: With one jar more, the one that was used longest ago goes; None for no limit.
        on_evict: Called with key and jar after a jar has gone because of `max_jars`, and for no other
            reason. It runs outside the lock, in the thread that asked for the new jar. What it
            raises comes out of `pool[key]`; the new jar is then in the pool, the old one is not.

    `pool[key]` is the jar of that key, made if there is none; threads that ask for one key get one
    jar. Keys are whatever can be hashed. To use a jar is to get it, by `pool[key]` or `get`.

    A pool has a length. `key in pool` makes no jar, `del pool[key]` raises KeyError if there is none,
    and iteration yields the keys as they were when it began, the one used longest ago first.
    All methods may be called from several threads.

    The pool forgets an evicted jar and does not empty it: who holds it may go on using it. From then
    on its key gets another one, even while `on_evict` still runs.

    Raises:
        TypeError: `make_jar` or `on_evict` cannot be called, `max_jars` is no whole number; later, a
            key cannot be hashed, or `make_jar` returned None.
        ValueError: `max_jars` is below 1.

    >>> pool = JarPool(max_jars=1000)
    >>> decisions = pool["alice"].store_response("https://shop.example/", ["sid=1"])
    >>> pool["alice"].cookie_header("https://shop.example/")
    'sid=1'
    >>> "bob" in pool, pool.get("bob"), len(pool)
    (False, None, 1)
    """

    __slots__ = ("__weakref__", "_jars", "_lock", "_make_jar", "_max_jars", "_on_evict")

    @overload
    def __init__(
        self: JarPool[CookieJar],
        make_jar: None = None,
        *,
        max_jars: int | None = None,
        on_evict: Callable[[Hashable, CookieJar], object] | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        make_jar: Callable[[], _Jar],
        *,
        max_jars: int | None = None,
        on_evict: Callable[[Hashable, _Jar], object] | None = None,
    ) -> None: ...

    def __init__(
        self,
        make_jar: Callable[[], Any] | None = None,
        *,
        max_jars: int | None = None,
        on_evict: Callable[[Hashable, Any], object] | None = None,
    ) -> None:
        if max_jars is not None:
            if type(max_jars) is not int:
                raise TypeError(f"max_jars: expected a whole number or None, got {max_jars!r}")
            if max_jars < 1:
                raise ValueError(f"max_jars: expected at least 1, got {max_jars}")
        for name, function in (("make_jar", make_jar), ("on_evict", on_evict)):
            if function is not None and not callable(function):
                raise TypeError(
                    f"{name}: expected a function or None, got {type(function).__name__}; "
                    "jars are made when their key is first asked for"
                )
        if make_jar is None:
            from cookietin.cookiejar import CookieJar

            make_jar = CookieJar
        self._make_jar: Callable[[], Any] = make_jar
        self._max_jars = max_jars
        self._on_evict = on_evict
        # A plain dict finds its oldest key by a walk over all that have left it.
        self._jars: OrderedDict[Hashable, _Jar] = OrderedDict()
        # One that its thread may take twice: a finalizer may run anywhere, and use the pool.
        self._lock = threading.RLock()

    def __getitem__(self, key: Hashable) -> _Jar:
        evicted = None
        with self._lock:
            known = self._jars.get(key)
            if known is not None:
                self._jars.move_to_end(key)
                return known
            jar: _Jar | None = self._make_jar()
            if jar is None:
                raise TypeError("make_jar: expected a jar, got None; does it return what it makes?")
            self._jars[key] = jar
            if self._max_jars is not None and len(self._jars) > self._max_jars:
                evicted = self._jars.popitem(last=False)
        if evicted is not None and self._on_evict is not None:
            self._on_evict(*evicted)
        return jar

    def get(self, key: Hashable) -> _Jar | None:
        """
        The jar of a key, None if there is none; makes none.

        It then counts as used.
        """
        with self._lock:
            jar = self._jars.get(key)
            if jar is not None:
                self._jars.move_to_end(key)
            return jar

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._jars

    def __len__(self) -> int:
        return len(self._jars)

    def __iter__(self) -> Iterator[Hashable]:
        with self._lock:
            return iter(list(self._jars))

    def items(self) -> list[tuple[Hashable, _Jar]]:
        """
        Keys and jars in a list of their own, the one used longest ago first.

        The jars do not count as used.
        """
        with self._lock:
            return list(self._jars.items())

    @overload
    def pop(self, key: Hashable) -> _Jar: ...

    @overload
    def pop(self, key: Hashable, default: _Default) -> _Jar | _Default: ...

    def pop(self, key: Hashable, default: object = _MISSING) -> object:
        """
        Take the jar of a key out of the pool.

        Args:
            default: Returned if there is no jar.

        Raises:
            KeyError: There is neither a jar nor a default.
        """
        with self._lock:
            if default is _MISSING:
                return self._jars.pop(key)
            return self._jars.pop(key, default)

    def __delitem__(self, key: Hashable) -> None:
        self.pop(key)

    def clear(self) -> None:
        """Forget all jars; `on_evict` is not called."""
        with self._lock:
            # Let go of outside the lock: many jars take their time.
            jars, self._jars = self._jars, OrderedDict()
        del jars

    def __repr__(self) -> str:
        most = "" if self._max_jars is None else f" of at most {self._max_jars}"
        return f"<JarPool, {len(self)} jars{most}>"
