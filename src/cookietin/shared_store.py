"""A store whose changes are written to a database, and what tells of them.

Rules of this file:
- A change is noted down in the journal as it happens.
- Nothing is changed before the database is locked for writing, and others' changes have been taken in.
- Knows no SQL and no row.
"""

from __future__ import annotations

import contextlib

from cookietin.changes import Cause
from cookietin.lazy_cookies import LazyCookies, WholeCookies
from cookietin.store import NEVER, Store, every_item, key_of
from cookietin.watching import Watch, WatchedStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from cookietin.collection import Collection
    from cookietin.cookie import CookieFields
    from cookietin.sharing import Sharing
    from cookietin.store import Cookies, Paths

    Key = tuple[str, str, str]


class SharedWatch(Watch):
    """What makes the changes of a shared jar known: to its database always, to listeners if any."""

    origin: str

    def __init__(self, jar: Collection, sharing: Sharing) -> None:
        super().__init__(jar)
        self.sharing = sharing

    def store(self, cookies: Cookies) -> SharedStore:
        return SharedStore(cookies, self)

    def stored(self, old: CookieFields | None, cookie: CookieFields) -> None:
        if self.listeners:
            super().stored(old, cookie)

    def removed(self, cookies: Iterable[CookieFields], cause: Cause | None = None) -> None:
        if self.listeners:
            super().removed(cookies, cause)

    def wiped(self) -> None:
        sharing = self.sharing
        sharing.begin()
        known = None
        if self.listeners:
            known = {item[:3]: item[3] for item in every_item(sharing.cookies)}
            super().wiped()
        sharing.journal.wiped(known, self.cause)

    @contextlib.contextmanager
    def coming_from(self, origin: str) -> Iterator[None]:
        """Say that changes come from elsewhere meanwhile."""
        before, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = before

    @contextlib.contextmanager
    def undone_on_error(self) -> Iterator[None]:
        self.sharing.begin()
        journal = self.sharing.journal
        mark = len(journal.entries)
        journal.settle()
        with super().undone_on_error():
            try:
                yield
            except BaseException:
                journal.forget_since(mark)
                raise

    def _end(self) -> None:
        """The database goes on listening."""

    def _deliver_after_all(self) -> None:
        """The jar sees to that itself, whatever lock it is given."""


class SharedStore(WatchedStore):
    """A store that notes in the journal what comes and goes, and that need not have read all."""

    __slots__ = ("_sharing",)

    _watch: SharedWatch
    earliest: float

    def __init__(self, cookies: Cookies, watch: SharedWatch) -> None:
        super().__init__(cookies, watch)
        self._sharing = watch.sharing
        places = getattr(cookies, "places", None)
        if places is None:  # a dict of a program's, or one that was empty once
            places = self._sharing.places_of(cookies)
        self._numbers = places
        self._partitioned = True
        self.earliest = self._sharing.earliest_of(cookies)

    @property
    def whole(self) -> bool:
        """Whether all has been read."""
        return getattr(self.cookies, "whole", True)

    def candidates(self, domains: Iterable[str]) -> list[tuple[str, Paths]]:
        cookies = self.cookies
        if not isinstance(cookies, WholeCookies):
            return super().candidates(domains)
        # Not by `in`, which asks for each domain whether its family was read: 4 us a request.
        if isinstance(cookies, LazyCookies):
            cookies.read_for(domains)
        get = cookies.read
        found = [(domain, paths) for domain in domains if (paths := get(domain)) is not None]
        return self._sorted(found) if len(found) > 1 else found

    def _live(self) -> SharedStore:
        """This store, or the one in its place if the jar had to be read anew to be written."""
        sharing = self._sharing
        sharing.begin()
        return self if self.cookies is sharing.cookies else sharing.index

    # Changes, by the jar

    def put(self, cookie: CookieFields, *, counted: bool = False) -> None:
        store = self._live()
        if store is not self:
            store.put(cookie)
            return
        key = key_of(cookie), cookie.path, cookie.name
        self._seen = self._sharing.journal.stored(key, self.get(*key), cookie)
        super().put(cookie, counted=counted)

    def _room_for(self, domain: str) -> Paths:
        before = self._seen
        self._seen = before - 1  # which the base counts up
        return super()._room_for(domain)

    def displace(self, domain: str, path: str, name: str) -> None:
        store = self._live()
        old = store.get(domain, path, name)
        super(SharedStore, store).displace(domain, path, name)
        if old is not None:
            self._sharing.journal.removed((domain, path, name), old, Cause.OVERWRITE)

    def _remove(self, domain: str, path: str, name: str, cause: Cause | None) -> None:
        store = self._live()
        old = store.get(domain, path, name)
        super(SharedStore, store)._remove(domain, path, name, cause)
        if old is not None:
            self._sharing.journal.removed((domain, path, name), old, cause or self._watch.cause)

    def discard_path(self, domain: str, path: str) -> None:
        store = self._live()
        going = list(store.cookies.get(domain, {}).get(path, {}).items())
        super(SharedStore, store).discard_path(domain, path)
        for name, cookie in going:
            self._sharing.journal.removed((domain, path, name), cookie, self._watch.cause)

    def discard_domain(self, domain: str) -> None:
        store = self._live()
        going = list(every_item({domain: store.cookies.get(domain, {})}))
        super(SharedStore, store).discard_domain(domain)
        for _, path, name, cookie in going:
            self._sharing.journal.removed((domain, path, name), cookie, self._watch.cause)

    def ended(self, now: float) -> list[Key]:
        # What has ended is looked for when nobody else can prolong it any more.
        store = self._live()
        if store is not self:
            return store.ended(now)
        self._sharing.read_ending(now)
        read = Store({domain: self.cookies[domain] for domain in self._read_domains()})
        gone = read.ended(now)
        self.earliest = min(read.earliest, self._sharing.earliest_after(now))
        return gone

    def _read_domains(self) -> list[str]:
        return list(dict.keys(self.cookies))

    # Changes that others have written

    def take(self, key: Key, cookie: CookieFields, place: int) -> None:
        """Put a cookie where the database has it, which nobody has to be told of."""
        domain, path, name = key
        cookies = self.cookies
        paths = dict.get(cookies, domain)
        if paths is None:
            paths = {}
            dict.__setitem__(cookies, domain, paths)
            self._numbers[domain] = place
            if self.census is not None:
                self.census.learn(domain)
        paths.setdefault(path, {})[name] = cookie
        self.expect(cookie.expires)
        census = self.census
        if census is not None:
            census.count_anew()
            created = cookie._creation_time
            if created is not None and created > census.latest:
                census.latest = created

    def lose(self, key: Key) -> None:
        """Take a cookie out that the database has no more."""
        domain, path, name = key
        paths = dict.__getitem__(self.cookies, domain)
        del paths[path][name]
        if not paths[path]:
            del paths[path]
        if not paths:
            dict.__delitem__(self.cookies, domain)
            self._numbers.pop(domain, None)
            if self.census is not None:
                self.census.forget(domain)
        if self.census is not None:
            self.census.count_anew()

    def expect(self, expires: Any) -> None:
        """Note when a cookie ends that may not have been read."""
        try:
            if expires is not None and expires < self.earliest:
                self.earliest = expires
        except TypeError:
            self.earliest = -NEVER

    def place_of(self, domain: str) -> float:
        """The place of a domain; before all others if it is not known."""
        return self._numbers.get(domain, -NEVER)

    def move(self, domain: str, place: int) -> None:
        """Put a domain behind all others."""
        cookies = self.cookies
        paths = dict.pop(cookies, domain, None)
        if paths is not None:
            dict.__setitem__(cookies, domain, paths)
            self._numbers[domain] = place

    def arrange(self, domain: str, order: Iterable[tuple[str, str]]) -> None:
        """Put the cookies of a domain in an order of paths and names; others come behind."""
        paths = dict.get(self.cookies, domain)
        if paths is None:
            return
        arranged: Paths = {}
        for path, name in order:
            cookie = paths.get(path, {}).get(name)
            if cookie is not None:
                arranged.setdefault(path, {})[name] = cookie
        for path, names in paths.items():
            arranged[path] = {**arranged.get(path, {}), **names}
        paths.clear()
        paths.update(arranged)

    # Order

    @property
    def partitioned(self) -> bool:
        # Of what has not been read nobody knows.
        return super().partitioned if self.whole else True

    def _sorted(self, found: list[tuple[str, Paths]]) -> list[tuple[str, Paths]]:
        numbers = self._numbers
        found.sort(key=lambda item: numbers.get(item[0], NEVER))
        return found

    def _count_again(self) -> dict[str, int]:
        numbers = self._numbers
        for domain in [each for each in numbers if each not in self.cookies]:
            del numbers[domain]
        last = max(numbers.values(), default=0)
        for domain in self.cookies:
            numbers.setdefault(domain, last)
        self._partitioned = any("/" in domain for domain in self.cookies)
        return numbers
