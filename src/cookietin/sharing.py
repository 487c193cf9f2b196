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
import weakref

from cookietin.census import family_of
from cookietin.changes import CAUSES, Cause
from cookietin.collection import index_of
from cookietin.cookie_rows import (
    DISCARD,
    EXPIRES,
    Unholdable,
    held_of,
)
from cookietin.database import DOMAIN_PLACE, HELD_AT, MADE, Database
from cookietin.differences import are_alike
from cookietin.errors import FormatError, shown, warn_of_skipped
from cookietin.journal import Journal
from cookietin.lazy_cookies import LazyCookies
from cookietin.row_source import RowSource
from cookietin.shared_store import SharedStore, SharedWatch
from cookietin.store import every_cookie, every_item
from cookietin.watching import held_for_fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cookietin.cookie import CookieFields
    from cookietin.cookie_rows import Held, Key
    from cookietin.store import Cookies


class Sharing(RowSource):
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
        super().__init__(jar, Database(path, name, made), made)
        self.watch: SharedWatch = SharedWatch(jar, self)
        self.journal: Journal = Journal()
        self.local: set[Key] = set()
        self._revision = -1  # nothing is known
        self._number: int | None = None
        self._version = -1
        self._opened = 0
        self._writing = False
        self._mark = 0
        # What listeners were told, where memory was lost.
        self._told: dict[Key, CookieFields] | None = None
        self._held_for_fork = False
        self.has_touched: bool = False
        _all.add(self)

    @property
    def index(self) -> SharedStore:
        return index_of(self.jar)  # type: ignore[arg-type, return-value]  # by SharedWatch.store

    @property
    def is_known(self) -> bool:
        """Whether the database was ever read."""
        return self._revision >= 0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to write, and nobody to tell."""
        return not self._writing and not self.watch.listeners

    def places_of(self, cookies: Cookies) -> dict[str, int]:
        """The places of a dict's domains, the last one for those that the database does not know."""
        known = self.database.places() if cookies else {}
        return {domain: known.get(domain, self.journal.places) for domain in cookies}

    # Around an operation

    def enter(self, *, writing: bool) -> None:
        """Begin an operation."""
        if writing:
            self.begin()
            return
        database = self.database
        if (
            database.version() != self._version
            or database.opened != self._opened
            or self._revision < 0
        ):
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
        journal, touched = self.journal, self.has_touched
        self.has_touched = False
        if not journal.entries and not touched:
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
            warn_of_skipped(text)

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
            elif (held := self.held(key, entry.cookie, skipped)) is None:
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

    def held(self, key: Key, cookie: CookieFields, skipped: list[str]) -> Held | None:
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

    def before_fork(self) -> None:
        """
        Close the connection, which the child must not know of; the next operation opens it again.

        SQLite keeps a table of the files and locks of a process. A child that inherits one believes that
        it holds its parent's locks, and damages the file (https://sqlite.org/howtocorrupt.html, 2.6).
        """
        self._held_for_fork = held_for_fork(self.jar._cookietin_lock.plain)
        if self._held_for_fork and not self._writing:
            self.database.close_file()

    def after_fork(self) -> None:
        """Go on, in the parent and in the child."""
        if self._held_for_fork:
            self._held_for_fork = False
            self.jar._cookietin_lock.plain.release()

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
            if old is None or not are_alike(old, cookie, key):
                self.watch.stored(old, cookie)

    def _take_changes(self, since: int) -> None:
        """Take in what came and went after a revision."""
        database, store = self.database, self.index
        moved: dict[str, int] = {}
        unsure: dict[str, None] = {}
        with self.watch.coming_from("remote"):
            for row in database.written_since(since):
                key = row[:HELD_AT]
                if not self.has_read(key[0]):
                    store.expect(row[HELD_AT + EXPIRES])
                    continue
                cookie = self.cookie_of(row)
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
                if self.has_read(domain):
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


_all: weakref.WeakSet[Sharing] = weakref.WeakSet()


def _before_fork() -> None:
    for each in list(_all):
        each.before_fork()


def _after_fork() -> None:
    for each in list(_all):
        each.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
