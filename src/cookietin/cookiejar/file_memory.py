"""What a jar remembers of its file: what a load brought, what a save wrote, and what it left out.

A sync compares with that, see `cookietin.syncing`. Jars that never sync only take note, 0.15 us a
cookie.

Rules of this file:
- Opens no file.
- The second jars of a sync remember nothing, and warn of nothing: the sync does.
"""

from __future__ import annotations

import contextlib
import os
import threading

from cookietin.collection import index_of
from cookietin.cookiejar.unread import real
from cookietin.errors import shown, warn_of_skipped
from cookietin.jar import STORING
from cookietin.jar_rules import rules_of
from cookietin.syncing import Noted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar
    from cookietin.formats import Choice

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


class Skipped:
    """Collects the cookies that a format could not hold, to warn about them when all is done."""

    def __init__(self) -> None:
        self.cookies: list[CookieFields] = []
        self.texts: list[str] = []

    def __call__(self, cookie: CookieFields, why: str) -> None:
        name, domain = shown(cookie.name), shown(cookie.domain)
        self.cookies.append(cookie)
        self.texts.append(f"cookie {name} of {domain} was not saved: {why}")

    def warn(self) -> None:
        """Warn the program, or leave that to the sync that goes on."""
        if _told.skipped is not None:
            _told.skipped.cookies += self.cookies
            _told.skipped.texts += self.texts
            return
        for text in self.texts:
            warn_of_skipped(text)


def say_passed_over(text: str) -> None:
    """Warn the program of lines that could not be read; not in a sync, which keeps them."""
    if _told.skipped is None:
        warn_of_skipped(text)


class _Told(threading.local):
    """
    What is going on in this thread.

    Attributes:
        skipped: Of a sync: collects what its second jars leave out.
        loaded: Of a load of a jar's own file: the cookies it brought, by files.
    """

    skipped: Skipped | None = None
    loaded: list[list[CookieFields]] | None = None


_told = _Told()


@contextlib.contextmanager
def second_jars() -> Iterator[Skipped]:
    """Jars of this thread are second ones meanwhile; yields what they leave out."""
    before, _told.skipped = _told.skipped, Skipped()
    try:
        yield _told.skipped
    finally:
        _told.skipped = before


@contextlib.contextmanager
def load_noted(jar: FileCookieJar, name: Path) -> Iterator[None]:
    """Note what a load brings, if it is the jar's own file that is loaded."""
    if _told.skipped is not None or not _is_own(jar, name):
        yield
        return
    keeps = jar._cookietin_loads_at_once
    before: list[CookieFields] = [] if keeps is not None and keeps.are_kept_by(jar) else list(jar)
    outer, _told.loaded = _told.loaded, []
    try:
        yield
        loaded = _told.loaded
    finally:
        _told.loaded = outer
    cookies: list[CookieFields] = [cookie for each in loaded for cookie in each]
    if not loaded:  # a class that reads its files in a way of its own
        known = set(map(id, before))
        cookies = [cookie for cookie in jar if id(cookie) not in known]
    base, noted = jar._cookietin_base, Noted(real(name), cookies)
    if base is None or base.of != noted.of:
        jar._cookietin_base = noted
    else:
        jar._cookietin_base = base.base().loaded(noted.base().own)


def note_loaded(cookies: list[CookieFields]) -> None:
    """Note the cookies of a file, once they are in the jar."""
    if _told.loaded is not None and _told.skipped is None:
        _told.loaded.append(cookies)


def _is_own(jar: FileCookieJar, name: Path) -> bool:
    own = jar.filename
    return own is not None and (name is own or os.fsdecode(name) == os.fsdecode(own))


class Saving(Skipped):
    """
    The same for a jar that is being saved, which remembers what its file then holds.

    Args:
        jar: The jar; nothing has been written yet.
        name: The file.
        choice: What of the jar goes into it.

    Attributes:
        held: The cookies of the jar, to be written; a list is gone through in two thirds of the time.
    """

    def __init__(self, jar: FileCookieJar, name: Path, choice: Choice) -> None:
        super().__init__()
        self._jar = jar
        self._base = jar._cookietin_base
        self._noted: Noted | None = None
        self.held: list[CookieFields] = list(jar)
        if _told.skipped is None and _is_own(jar, name):
            self._noted = Noted(real(name), self.held, choice, self.cookies)

    def done(self) -> None:
        """
        Remember, once the file has been replaced, and warn as `warn` does.

        If another thread has met the file meanwhile, what that one remembers stands: nobody knows
        who was last, and a cookie that is written once more does no harm.
        """
        if self._noted is not None and self._jar._cookietin_base is self._base:
            self._jar._cookietin_base = self._noted
        self.warn()


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
