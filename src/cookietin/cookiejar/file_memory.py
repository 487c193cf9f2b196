"""What a jar remembers of its file: what a load brought, what a save wrote, and what it left out.

A sync compares with that, see `cookietin.syncing`. Jars that never sync only take note: 0.3 us a cookie.

Rules of this file:
- Opens no file.
- The second jars of a sync remember nothing, and warn of nothing: the sync does.
"""

from __future__ import annotations

import contextlib
import os
import threading
import warnings

from cookietin.collection import index_of
from cookietin.errors import CookieSkippedWarning, shown
from cookietin.jar import STORING
from cookietin.jar_rules import rules_of
from cookietin.syncing import Noted, key_of_cookie, rows_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar
    from cookietin.formats import Choice
    from cookietin.syncing import Row

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class _Told(threading.local):
    """
    What is going on in this thread.

    Attributes:
        texts: Of a sync: texts about cookies that were left out.
        loaded: Of a load of a jar's own file: the rows of the cookies it brought.
    """

    texts: list[str] | None = None
    loaded: list[Row] | None = None


_told = _Told()


@contextlib.contextmanager
def second_jars() -> Iterator[list[str]]:
    """Jars of this thread are second ones meanwhile; yields what they would have warned of."""
    before, _told.texts = _told.texts, []
    try:
        yield _told.texts
    finally:
        _told.texts = before


@contextlib.contextmanager
def load_noted(jar: FileCookieJar, name: Path) -> Iterator[None]:
    """Note what a load brings, if it is the jar's own file that is loaded."""
    if _told.texts is not None or not _is_own(jar, name):
        yield
        return
    keeps = jar._cookietin_loads_at_once
    before = [] if keeps is not None and keeps.are_kept_by(jar) else list(jar)
    outer, _told.loaded = _told.loaded, None
    try:
        yield
        rows = _told.loaded
    finally:
        _told.loaded = outer
    if rows is None:  # a class that reads its files in a way of its own
        known = set(map(id, before))
        rows = rows_of(cookie for cookie in jar if id(cookie) not in known)
    base = jar._cookietin_base
    noted = Noted(rows)
    jar._cookietin_base = noted if base is None else base.base().loaded(noted.base().own)


def note_loaded(cookies: list[CookieFields]) -> None:
    """Note the cookies of a file, once they are in the jar."""
    if _told.texts is None:
        _told.loaded = [*(_told.loaded or ()), *rows_of(cookies)]


def _is_own(jar: FileCookieJar, name: Path) -> bool:
    own = jar.filename
    return own is not None and (name is own or os.fsdecode(name) == os.fsdecode(own))


def say_skipped(texts: list[str], stacklevel: int) -> None:
    """Warn of cookies that were left out, or leave it to the sync that goes on in this thread."""
    if _told.texts is not None:
        _told.texts.extend(texts)
        return
    for text in texts:
        warnings.warn(text, CookieSkippedWarning, stacklevel=stacklevel + 1)


class Skipped:
    """Collects the cookies that a format could not hold, to warn about them when all is done."""

    def __init__(self) -> None:
        self.cookies: list[CookieFields] = []
        self._texts: list[str] = []

    def __call__(self, cookie: CookieFields, why: str) -> None:
        name, domain = shown(cookie.name), shown(cookie.domain)
        self.cookies.append(cookie)
        self._texts.append(f"cookie {name} of {domain} was not saved: {why}")

    def warn(self, stacklevel: int = 2) -> None:
        """Warn the caller of the method that calls this."""
        say_skipped(self._texts, stacklevel + 1)


class Saving(Skipped):
    """
    The same for a jar that is being saved, which remembers what its file then holds.

    Args:
        jar: The jar; nothing has been written yet.
        name: The file.
        choice: What of the jar goes into it.
    """

    def __init__(self, jar: FileCookieJar, name: Path, choice: Choice) -> None:
        super().__init__()
        self._jar = jar
        self._choice = choice
        self._rows = rows_of(jar) if _told.texts is None and _is_own(jar, name) else None

    def done(self) -> None:
        """Remember, once the file has been replaced, and warn as `warn` does."""
        if self._rows is not None:
            left_out = list(map(key_of_cookie, self.cookies))
            self._jar._cookietin_base = Noted(self._rows, self._choice, left_out)
        self.warn(3)


def store_from_file(jar: FileCookieJar, cookies: list[CookieFields]) -> None:
    """Store cookies of the package's own class; the caller holds the jar's lock."""
    rules = rules_of(jar._policy)
    if not STORING.are_kept_by(jar):
        for cookie in cookies:
            jar.set_cookie(cookie)
    elif rules is None:
        index_of(jar).put_all(cookies)
    else:
        for cookie in cookies:
            rules.put(jar, cookie)
