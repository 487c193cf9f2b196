"""One jar's part in a database: what it knows of it, and what it has still to write.

An operation that may change something locks the database first and takes in what others have committed;
so secure-overwrite, creation-times and evictions are decided on what is there. Then it works in memory,
as any jar does, and what changed is committed when the jar's lock is released: all of it, or nothing.
An operation that only reads asks whether anybody has committed, and takes that in.

Rules of this file:
- The caller holds the jar's lock, but where programs ask the dict past it.
- Revisions order what happened; time is never compared.
- Memory is at most what the database has and what the running operation has changed, beside the cookies
  that no row can hold (`local`) and what programs change past the jar.
"""

from __future__ import annotations

import os
import threading
import warnings
import weakref

from cookietin.census import family_of
from cookietin.changes import CAUSES, Cause
from cookietin.collection import index_of
from cookietin.cookie_rows import (
    DISCARD,
    LAST_ACCESS_TIME,
    Unholdable,
    fill,
    held_of,
    unreadable,
)
from cookietin.database import DOMAIN_PLACE, HELD_AT, HELD_TO, MADE, Database
from cookietin.errors import CookieSkippedWarning, FormatError, shown
from cookietin.lazy_cookies import LazyCookies
from cookietin.shared_store import Journal, SharedStore, SharedWatch, SharingLock
from cookietin.store import NEVER, every_cookie, every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from cookietin.cookie import CookieFields
    from cookietin.cookie_rows import Held, Key
    from cookietin.database import Row
    from cookietin.store import Cookies

    class SharedJar(Protocol):
        """What a jar has to have."""

        _cookietin_cookies: Cookies
        _cookietin_index: Any
        _cookietin_lock: SharingLock
        _cookie_class: type[CookieFields]
        persist_session: bool
        lenient: bool


# A last-access-time that moved by less is not written (Chromium's cookie store has the same).
ACCESS_SECONDS = 60


class Sharing:
    """
    What stands between one jar and its database.

    Args:
        jar: The jar.
        path, name, made: As for `Database`.

    Attributes:
        watch: What listens to the jar's changes.
        journal: What has still to be written.
        local: Keys of cookies that are in the jar alone: no row can hold them, or they are session
            cookies of a jar that does not persist these.
    """

    def __init__(
        self,
        jar: Any,
        path: str | None,
        name: str,
        made: Callable[[FormatError], Exception],
    ) -> None:
        self.jar: SharedJar = jar
        self.database = Database(path, name, made)
        self.watch = SharedWatch(jar, self)
        self.journal = Journal()
        self.local: set[Key] = set()
        self._made = made
        self._revision = -1  # nothing is known
        self._number: int | None = None
        self._version = -1
        self._opened = 0
        self._writing = False
        self._mark = 0
        # What listeners were told, where memory was lost.
        self._told: dict[Key, CookieFields] | None = None
        _all.add(self)

    @property
    def cookies(self) -> Cookies:
        """The jar's dict, without a look whether it is up to date."""
        return self.jar._cookietin_cookies

    @property
    def index(self) -> SharedStore:
        return index_of(self.jar)  # type: ignore[arg-type, return-value]  # by SharedWatch.store

    @property
    def is_known(self) -> bool:
        """Whether the database was ever read."""
        return self._revision >= 0

    # Around an operation

    def enter(self, *, writing: bool) -> None:
        """Begin an operation."""
        if writing:
            self.begin()
            return
        database = self.database
        if self._revision < 0 or not database.is_open or database.version() != self._version:
            database.open()
            database.begin_reading()
            try:
                self._take_in()
                database.commit()
            except BaseException:
                database.rollback()
                raise

    def begin(self) -> None:
        """Lock the database for writing, and take in what others have written."""
        if self._writing:
            return
        database = self.database
        database.open()
        database.begin()
        try:
            self._take_in()
        except BaseException:
            database.rollback()
            raise
        self._writing = True
        self._mark = self.watch.listeners.mark()

    def leave(self) -> None:
        """End an operation: commit what it has changed."""
        if not self._writing:
            return
        self._writing = False
        journal = self.journal
        if not journal.entries:
            self.database.rollback()  # which costs less than a commit
            return
        try:
            skipped = self._write()
            self.database.commit()
        except BaseException:
            self.database.rollback()
            self._lose_memory()
            raise
        journal.forget_since(0)
        for text in skipped:
            warnings.warn(text, CookieSkippedWarning, stacklevel=4)

    def _write(self) -> list[str]:
        """Write the journal; return what is to be said of cookies that no row can hold."""
        database, revision = self.database, self._revision + 1
        skipped: list[str] = []
        written = False
        for entry in self.journal.entries:
            key = entry.key
            if key is None:
                database.wipe(revision, entry.cause)
                self.local.clear()
                written = True
            elif entry.cookie is None:
                self.local.discard(key)
                written |= database.remove(family_of(key[0]), key, revision, entry.cause)
            elif (held := self._held(key, entry.cookie, skipped)) is None:
                self.local.add(key)
                written |= database.remove(family_of(key[0]), key, revision, Cause.EXPLICIT)
            else:
                self.local.discard(key)
                database.put(family_of(key[0]), key, held, revision, entry.place)
                written = True
        if written:
            self._number = database.jar()
            database.advance(revision, self.journal.places)
            self._revision = revision
        return skipped

    def _held(self, key: Key, cookie: CookieFields, skipped: list[str]) -> Held | None:
        """What is written of a cookie, None if it stays in this jar alone."""
        try:
            held = held_of(cookie, key)
        except Unholdable as why:
            skipped.append(f"cookie {shown(key[2])} of {shown(key[0])} was not saved: {why}")
            return None
        return held if self.jar.persist_session or not held[DISCARD] else None

    def _lose_memory(self) -> None:
        """What was to be written was not: have what the database has, at the next look."""
        listeners = self.watch.listeners
        listeners.forget_since(self._mark)
        if listeners:
            known = {item[:3]: item[3] for item in every_item(self.cookies)}
            self.journal.undone(known)
            self._told = known
        self.journal.forget_since(0)
        self._revision = -1

    def forget(self) -> None:
        """Read everything anew at the next look; what programs changed past the jar is lost."""
        if self.watch.listeners:
            self._told = {item[:3]: item[3] for item in every_item(self.cookies)}
        self._revision = -1

    def read_own(self, *, wiped: bool) -> int:
        """
        Have what the database has; how many cookies that is.

        Args:
            wiped: Lose, and tell as removed, what memory has beside that.
        """
        watch, before = self.watch, self.cookies
        kept = [] if wiped else list(every_item(before))
        with watch.loading():
            if wiped:
                watch.removed(list(every_cookie(before)) if watch.listeners else ())
                self.local.clear()
            fresh = self.jar._cookietin_cookies = LazyCookies(self)
            self.jar._cookietin_index = None
            known = {item[:3]: item[3] for item in kept}
            taken = 0
            for domain, path, name, cookie in every_item(fresh):
                watch.stored(known.pop((domain, path, name), None), cookie)
                taken += 1
            for key, cookie in known.items():
                self.index.take(key, cookie, self.journal.places)
        return taken

    def close(self) -> None:
        """Close the connection; the next operation opens it again."""
        self.database.close()

    def after_fork(self) -> None:
        """Leave the connection to the parent process."""
        self.database.abandon()
        if self._writing:
            self._writing = False
            self._lose_memory()
        lock = self.jar._cookietin_lock
        if isinstance(lock.plain, type(threading.RLock())):
            self.jar._cookietin_lock = SharingLock(threading.RLock(), self)

    # What others have written

    def _take_in(self) -> None:
        """Bring memory up to date; within a transaction."""
        database = self.database
        version = database.version()
        if self._revision >= 0 and version == self._version and database.opened == self._opened:
            return
        number, revision, floor, places = database.standing()
        if self._revision < 0 or number != self._number or not floor <= self._revision <= revision:
            self._read_anew()
        elif revision != self._revision:
            self._take_changes(self._revision)
        self._number, self._revision = number, revision
        self.journal.places = max(self.journal.places, places)
        self._version, self._opened = version, database.opened

    def _read_anew(self) -> None:
        """Forget what was read; tell listeners of the differences."""
        before, listeners = self.cookies, self.watch.listeners
        kept = (
            [
                (key, cookie)
                for key in self.local
                if (cookie := before.get(key[0], {}).get(key[1], {}).get(key[2])) is not None
            ]
            if self._revision >= 0
            else []
        )
        known, self._told = self._told, None
        if listeners and known is None:
            known = {item[:3]: item[3] for item in every_item(before)}
        fresh = self.jar._cookietin_cookies = LazyCookies(self)
        self.jar._cookietin_index = None
        if listeners and known is not None:
            self.read_all(fresh)
            with self.watch.coming_from("remote"):
                self._tell_differences(known)
        store = self.index
        for key, cookie in kept:
            fresh._ask(key[0])
            if store.get(*key) is None:
                store.take(key, cookie, self.journal.places)

    def _tell_differences(self, known: dict[Key, CookieFields]) -> None:
        now = {item[:3]: item[3] for item in every_item(self.cookies)}
        self.watch.removed(
            [known[key] for key in known if key not in now and key not in self.local]
        )
        for key, cookie in now.items():
            old = known.get(key)
            if old is None or not _alike(old, cookie, key):
                self.watch.stored(old, cookie)

    def _take_changes(self, since: int) -> None:
        """Take in what came and went after a revision."""
        database, store = self.database, self.index
        moved: dict[str, int] = {}
        unsure: dict[str, None] = {}
        with self.watch.coming_from("remote"):
            for row in database.written_since(since):
                key = row[:HELD_AT]
                if not self._has_read(key[0]):
                    store.expect(row[HELD_AT + 5])
                    continue
                cookie = self._cookie_of(row)
                old = store.get(*key)
                if old is not None and row[MADE] > since:
                    unsure[key[0]] = None
                if row[DOMAIN_PLACE] > store.place_of(key[0]):
                    moved[key[0]] = row[DOMAIN_PLACE]
                if cookie is None:
                    self._lose(store, key, Cause.EXPLICIT)
                    continue
                store.take(key, cookie, row[DOMAIN_PLACE])
                self.local.discard(key)
                self.watch.stored(old, cookie)
            for *place, cause in database.gone_since(since):
                domain, path, name = place
                if self._has_read(domain):
                    unsure[domain] = None
                    if (domain, path, name) not in self.local:
                        self._lose(store, (domain, path, name), CAUSES[cause])
        for domain in unsure:
            order = database.order_of(family_of(domain), domain)
            store.arrange(domain, [row[:2] for row in order])
        for domain in sorted(moved, key=moved.__getitem__):
            store.move(domain, moved[domain])

    def _lose(self, store: SharedStore, key: Key, cause: Cause) -> None:
        old = store.get(*key)
        if old is not None:
            store.lose(key)
            self.watch.removed([old], cause)

    # Reading lazily

    def _has_read(self, domain: str) -> bool:
        cookies = self.cookies
        return not isinstance(cookies, LazyCookies) or family_of(domain) in cookies.families

    def _cookie_of(self, row: Row) -> CookieFields | None:
        """The cookie of a row; None for one that this jar does not take."""
        held, jar = row[HELD_AT:HELD_TO], self.jar
        if held[DISCARD] and not jar.persist_session:
            return None
        cookie_class = jar._cookie_class
        cookie = cookie_class.__new__(cookie_class)
        try:
            fill(cookie, row[:HELD_AT], held)
        except (ValueError, TypeError, AttributeError):
            damaged = True
        else:
            return cookie
        if damaged and not jar.lenient:
            raise self._made(FormatError(self.database.source, None, unreadable(row[:HELD_AT])))
        return None

    def read_family(self, cookies: LazyCookies, family: str) -> None:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            if family in cookies.families or cookies.whole:
                return
            self._fill(cookies, self.database.family(family))
            cookies.families.add(family)
        finally:
            lock.release()

    def read_all(self, cookies: LazyCookies) -> None:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            if cookies.whole:
                return
            rows = self.database.all_rows()
            held = dict(zip(dict.keys(cookies), dict.values(cookies), strict=True))
            dict.clear(cookies)
            unread: list[Row] = []
            for row in rows:
                domain = row[0]
                if family_of(domain) not in cookies.families:
                    unread.append(row)
                elif domain in held:
                    self._fill(cookies, unread)
                    unread = []
                    dict.__setitem__(cookies, domain, held.pop(domain))
            self._fill(cookies, unread)
            dict.update(cookies, held)
            cookies.complete()
        finally:
            lock.release()

    def _fill(self, cookies: LazyCookies, rows: Iterable[Row]) -> None:
        """Put the cookies of rows into a dict."""
        places = cookies.places
        domain = path = None
        names: dict[str, CookieFields] = {}
        paths: dict[str, dict[str, CookieFields]] = {}
        for row in rows:
            cookie = self._cookie_of(row)
            if cookie is None:
                continue
            if row[0] != domain:
                domain, path = row[0], None
                places[domain] = row[DOMAIN_PLACE]
                paths = {}
                dict.__setitem__(cookies, domain, paths)
            if row[1] != path:
                path = row[1]
                names = paths[path] = {}
            names[row[2]] = cookie

    def has_any(self) -> bool:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            return self.database.has_any()
        finally:
            lock.release()

    def read_ending(self, now: float) -> None:
        """Read the domains of cookies that have ended."""
        cookies = self.cookies
        if isinstance(cookies, LazyCookies) and not cookies.whole:
            for family in self.database.families_ending(now):
                if family not in cookies.families:
                    self.read_family(cookies, family)

    def earliest_of(self, cookies: Cookies) -> float:
        """No cookie of a dict ends before this moment."""
        if isinstance(cookies, LazyCookies):
            return self.earliest_after(-NEVER)
        return -NEVER if cookies else NEVER

    def earliest_after(self, moment: float) -> float:
        """The earliest expiry-time after a moment of what need not have been read."""
        earliest = self.database.earliest(moment)
        return NEVER if earliest is None else earliest

    # What programs have changed past the jar

    def write_differences(self) -> None:
        """Note what memory has otherwise than the database; the caller has begun to write."""
        cookies, store = self.cookies, self.index
        families = None
        if isinstance(cookies, LazyCookies) and not cookies.whole:
            families = list(cookies.families)
        database, journal = self.database, self.journal
        rows: list[Row] = (
            database.all_rows()
            if families is None
            else [row for family in families for row in database.family(family)]
        )
        held_by_key = {row[:HELD_AT]: row[HELD_AT:HELD_TO] for row in rows}
        touched: list[tuple[str, Key, float]] = []
        present = dict(zip(dict.keys(cookies), dict.values(cookies), strict=True))
        skipped: list[str] = []
        for domain, path, name, cookie in every_item(present):
            key = domain, path, name
            old = held_by_key.pop(key, None)
            held = self._held(key, cookie, skipped)
            if held == old:
                continue
            if (
                old is not None
                and held is not None
                and _but_for_access(old) == _but_for_access(held)
            ):
                if (held[LAST_ACCESS_TIME] or 0) - (old[LAST_ACCESS_TIME] or 0) >= ACCESS_SECONDS:
                    touched.append((family_of(domain), key, held[LAST_ACCESS_TIME]))
            elif held is not None or old is not None or key not in self.local:
                journal.stored(key, cookie if old is not None else None, cookie)
        for key, old in held_by_key.items():
            if self.jar.persist_session or not old[DISCARD]:
                journal.removed(key, None, Cause.EXPLICIT)  # type: ignore[arg-type]  # nobody has it
        database.touch(touched)
        store.earliest = -NEVER
        if touched and not journal.entries:
            self._writing = False
            database.commit()


def _but_for_access(held: Held) -> Held:
    return held[:LAST_ACCESS_TIME] + held[LAST_ACCESS_TIME + 1 :]


def _alike(one: CookieFields, other: CookieFields, key: Key) -> bool:
    """Tell whether two cookies say the same but for when they were last sent."""
    try:
        return _but_for_access(held_of(one, key)) == _but_for_access(held_of(other, key))
    except Unholdable:
        return one is other


_all: weakref.WeakSet[Sharing] = weakref.WeakSet()


def _after_fork() -> None:
    for each in list(_all):
        each.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
