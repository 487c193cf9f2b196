"""`SQLiteCookieJar`: a jar that many processes and threads of one machine share, in one file.

Rules of this file:
- A face. What is shared and how stands in `sharing`; SQL in `database`.
- Methods that only read say so here; every other operation locks the database when it takes the jar's
  lock, so that what it decides on is what is there.
"""

from __future__ import annotations

import copy
import functools
import os
import threading

from cookietin.cookiejar.file_jar import (
    FileCookieJar,
    choice_of,
    load_error,
    named,
    restored_on_error,
    take,
)
from cookietin.cookiejar.jar import CookieJar
from cookietin.cookiejar.shared_views import FrozenSharedJar, SharedView, reading_lock
from cookietin.database import Database
from cookietin.differences import note_differences
from cookietin.formats.reading import LoadReport
from cookietin.overrides import Methods
from cookietin.sharing import Sharing
from cookietin.sharing_lock import SharingLock
from cookietin.store import copied, every_cookie, every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from cookietin.change_stream import ChangeStream
    from cookietin.changes import Subscription
    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.frozen import FrozenCookieJar
    from cookietin.cookiejar.stdlib import original
    from cookietin.store import Cookies
    from cookietin.views import CookieView

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]
    Method = TypeVar("Method", bound=Callable[..., Any])

DEFAULT_NAME = "default"


def _reading(method: Method) -> Method:
    """A method of other jars that changes nothing, or only what the store itself begins to write."""

    @functools.wraps(method)
    def reading(self: SQLiteCookieJar, *arguments: Any, **named: Any) -> Any:
        lock = self._cookietin_lock
        lock.acquire_to_read()
        try:
            return method(self, *arguments, **named)
        finally:
            lock.release()

    return reading  # type: ignore[return-value]  # of the same signature


class SQLiteCookieJar(FileCookieJar):
    """
    A jar in an SQLite file, which processes and threads of one machine share.

    Args:
        filename: The file; None for a jar in memory. Its first use opens it, and makes it, for its
            owner alone (0600), if there is none.
        delayload, policy, lenient: As for `FileCookieJar`.
        name: Name of the jar; a file holds any number.
        persist_session: Session cookies are written too, unless this is False: then they stay in this
            object, and those of others are not seen.

    Each operation is committed before it returns, whole or not at all, and each sees what others have
    committed before it began. A killed process loses nothing of that; a power cut may cost the last
    commits, never the file. Cookies that a program changes itself, and `_cookies`, are written by
    `save`, `sync`, `flush` and `close`; last-access-times too, and when a cookie is stored again.

    Raises:
        LoadError: From all methods that use the file: it is no such database, is damaged, or is of a
            newer version.
        TimeoutError: Another process has locked it for 30 seconds.
        OSError: It cannot be read or written; or it is on a network file system, where this does not
            work. The jar is as the database has it.
    """

    persist_session = True

    _cookietin_cookies: Cookies
    _cookietin_lock: SharingLock
    _cookietin_sharing: Sharing

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: original.CookiePolicy | None = None,
        *,
        name: str = DEFAULT_NAME,
        lenient: bool | None = None,
        persist_session: bool | None = None,
    ) -> None:
        if not isinstance(name, str):
            raise TypeError(f"name: expected a text, got {type(name).__name__}")
        self._cookietin_share(None if filename is None else os.fsdecode(filename), name)
        super().__init__(
            filename, delayload, policy, lenient=lenient, persist_session=persist_session
        )

    def _cookietin_share(self, path: str | None, name: str) -> None:
        self._cookietin_cookies = {}
        self._cookietin_sharing = sharing = Sharing(self, path, name, load_error)
        self._cookietin_watch = sharing.watch
        self._cookietin_lock = SharingLock(threading.RLock(), sharing)

    @property
    def name(self) -> str:
        """Name of the jar in its file."""
        return self._cookietin_sharing.database.name

    # What programs reach for

    @property
    def _cookies(self) -> Cookies:  # who asks sees what others have done
        lock = self._cookietin_lock
        if not lock._depth:  # `is_held`, without the call
            lock.acquire_to_read()
            lock.release()
        return self._cookietin_cookies

    @_cookies.setter
    def _cookies(self, cookies: Cookies) -> None:
        if cookies and not self._cookietin_sharing.is_known:
            self._cookietin_lock.acquire_to_read()
            self._cookietin_lock.release()
        self._cookietin_cookies = cookies

    @property
    def _cookies_lock(self) -> Any:
        return self._cookietin_lock

    @_cookies_lock.setter
    def _cookies_lock(self, lock: Any) -> None:
        if not isinstance(lock, SharingLock):
            lock = SharingLock(lock, self._cookietin_sharing)
        self._cookietin_lock = lock

    # Reading; for type checkers as other jars have it
    if not TYPE_CHECKING:
        cookie_header = _reading(FileCookieJar.cookie_header)
        add_cookie_header = _reading(FileCookieJar.add_cookie_header)
        explain = _reading(FileCookieJar.explain)
        explain_set = _reading(FileCookieJar.explain_set)
        query = _reading(FileCookieJar.query)
        get = _reading(FileCookieJar.get)
        to_dict = _reading(FileCookieJar.to_dict)
        __contains__ = _reading(FileCookieJar.__contains__)

    def for_url(self, url: str) -> CookieView:
        return SharedView(self, url=url)

    for_url.__doc__ = FileCookieJar.for_url.__doc__

    def for_domain(self, domain: str) -> CookieView:
        return SharedView(self, domain=domain)

    for_domain.__doc__ = FileCookieJar.for_domain.__doc__

    def frozen(self) -> FrozenCookieJar:
        """A live view of this jar that sends its cookies and learns none."""
        return FrozenSharedJar(self)

    @_reading
    def subscribe(self, *arguments: Any, **named: Any) -> Subscription:
        """Call back for each change, others' too (origin "remote"); see `CookieJar.subscribe`."""
        len(self._cookies)  # of what was not read nobody could say that it has gone
        return super().subscribe(*arguments, **named)

    @_reading
    def changes(self, *arguments: Any, **named: Any) -> ChangeStream:
        """The changes from now on, others' too (origin "remote"); see `CookieJar.changes`."""
        len(self._cookies)
        return super().changes(*arguments, **named)

    # Copies

    @_reading
    def copy(self) -> CookieJar:  # type: ignore[override]  # a copy is not shared
        """A CookieJar in memory with copies of the cookies, under the same policy."""
        made = CookieJar(self._policy)
        made._cookies = copied(self._cookies)
        return made

    def __copy__(self) -> CookieJar:  # type: ignore[override]  # see copy
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> CookieJar:  # type: ignore[override]  # see copy
        made = memo[id(self)] = copy.deepcopy(self.copy(), memo)
        return made

    def __getstate__(self) -> dict[str, Any]:
        path = self._cookietin_sharing.database.path
        if path is None:
            raise TypeError("a SQLiteCookieJar without a file cannot be pickled; pickle its copy()")
        state = {
            key: value for key, value in vars(self).items() if not key.startswith("_cookietin_")
        }
        return {**state, "_cookietin_shares": (path, self.name)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        state = dict(state)
        self._cookietin_share(*state.pop("_cookietin_shares"))
        vars(self).update(state)

    # The file

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Write what programs have changed in cookies; or write a copy of the jar into another file.

        Args:
            filename: The file; default the jar's own. In another one, the cookies take the place of
                those of the jar of the same name, in one transaction.
            ignore_discard: Copy session cookies too; `persist_session` does the same.
            ignore_expires: Copy cookies that have ended too.

        Raises:
            ValueError: There is no file name.
            OSError: As the class says.
        """
        name = named(self, filename)
        if self._cookietin_is_own(name, filename):
            self.sync()
            self._cookietin_sharing.database.checkpoint()
            return
        choice = choice_of(ignore_discard or self.persist_session, ignore_expires)
        with reading_lock(self):
            cookies = [item for item in every_item(self._cookies) if choice.includes(item[3])]
        target = SQLiteCookieJar(os.fsdecode(name), policy=self._policy, name=self.name)
        lock = target._cookies_lock
        lock.acquire()
        try:
            target.clear()
            store = target._cookietin_sharing.index
            for *_, cookie in cookies:
                store.put(cookie)
        finally:
            lock.release()
            target._cookietin_sharing.close()

    def load(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None:
        """
        Read cookies anew; or add those of another file, in one transaction.

        Args:
            filename: The file; default the jar's own, of which everything is read, and in-place
                changes of what it holds are lost. Of another one, the jar of the same name is meant.
            ignore_discard: Add session cookies too; `persist_session` does the same.
            ignore_expires: Add cookies that have ended too.
            lenient: Pass over damaged rows; default the jar's own `lenient`.

        Raises:
            ValueError: There is no file name.
            FileNotFoundError: There is no such file.
            OSError: As the class says; the jar is as it was.
        """
        name = named(self, filename)
        if self._cookietin_is_own(name, filename):
            self._cookietin_read_own(wiped=False)
            return
        os.stat(name)
        choice = choice_of(ignore_discard or self.persist_session, ignore_expires)
        cookies = self._cookietin_elsewhere(name, self.lenient if lenient is None else lenient)
        before, self._cookietin_loading = self._cookietin_loading, True
        try:
            with restored_on_error(self):
                taken = take(self, [each for each in cookies if choice.includes(each)])
        finally:
            self._cookietin_loading = before
        self._cookietin_report = LoadReport(name, "sqlite", taken)

    def _cookietin_elsewhere(self, name: Path, lenient: bool) -> list[CookieFields]:
        """The cookies of the jar of this name in another file."""
        source = SQLiteCookieJar(
            os.fsdecode(name), policy=self._policy, name=self.name, lenient=lenient
        )
        try:
            return list(every_cookie(source._cookies))
        finally:
            source._cookietin_sharing.close()

    def revert(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None:
        """
        Forget what was changed in place; or have the cookies of another file in place of the jar's own.

        Takes the arguments of `load`, and raises what it raises; then the jar is as it was.
        """
        name = named(self, filename)
        if self._cookietin_is_own(name, filename):
            self._cookietin_read_own(wiped=True)
        else:
            super().revert(name, ignore_discard, ignore_expires, lenient=lenient)

    def _cookietin_is_own(self, name: Path, given: Path | None) -> bool:
        database = self._cookietin_sharing.database
        if given is None and name == database.source:
            return True  # a relative name, too, whose folder is no longer the working one
        return os.path.realpath(os.fsdecode(name)) == database.path

    def _cookietin_read_own(self, *, wiped: bool) -> None:
        os.stat(self._cookietin_sharing.database.path or "")
        with reading_lock(self):
            taken = self._cookietin_sharing.read_own(wiped=wiped)
        self._cookietin_report = LoadReport(self.filename, "sqlite", taken)

    def open(self) -> None:
        """Open the file now, and make it if there is none; otherwise its first use does."""
        with reading_lock(self):
            pass

    def _cookietin_begin(self, *, is_empty: bool) -> None:
        self.open()

    def sync(self, *, timeout: float = 60.0) -> None:
        """
        Write what programs have changed in cookies and in `_cookies`; take in what others have.

        Args:
            timeout: As for other jars, whose lock it is for; the database has a time of its own.
        """
        self._cookietin_lock.acquire()
        try:
            note_differences(self._cookietin_sharing)
        finally:
            self._cookietin_lock.release()

    def flush(self) -> None:
        """The same as `sync`."""
        self.sync()

    def close(self) -> None:
        """Do what `sync` does, end `autosave`, and close the file; the next use opens it again."""
        self.autosave = None
        if self._cookietin_sharing.database.is_open and self.filename is not None:
            self.sync()
            self._cookietin_sharing.close()

    def _cookietin_forget_changes(self) -> None:
        """All that is unsaved is what programs change themselves, of which others' changes win."""

    @staticmethod
    def names(filename: str | os.PathLike[str]) -> list[str]:
        """The names of all jars in a file, in alphabetical order."""
        database = _database(filename, DEFAULT_NAME)
        try:
            return database.names()
        finally:
            database.close()

    @staticmethod
    def delete_jar(filename: str | os.PathLike[str], name: str) -> bool:
        """Remove the jar `name` and its cookies from `filename`; False if there is no such jar."""
        database = _database(filename, name)
        try:
            return database.delete_jar()
        finally:
            database.close()


SQLiteCookieJar._cookietin_loads_at_once = Methods(SQLiteCookieJar, ("set_cookie",))


def _database(filename: str | os.PathLike[str], name: str) -> Database:
    os.stat(filename)  # nothing is made
    return Database(os.fsdecode(filename), name, load_error)
