"""A jar and its file brought together, while other programs do the same.

Under the lock of the file it is read if it has changed, what this jar changed goes into what was read,
and that is written; then what others changed goes into the jar.

Rules of this file:
- Files are read and written by a second jar of the same class, so that a subclass's own way holds. It
  is under the default policy: what is in the file is not judged, and goes back as it was.
- What is in the file and not this jar's business (session cookies of another program, lines that cannot
  be read) stays there.
- If anything fails before the file has been replaced, file and jar are as they were.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import stat
import threading
import time

from cookietin.collection import OF_ONE_JAR, keeps_cookies_in_dict, undone_on_error, watch_on
from cookietin.cookie import has_ended
from cookietin.cookiejar.file_memory import second_jars, store_from_file
from cookietin.cookiejar.policies import DefaultCookiePolicy
from cookietin.cookiejar.unread import real, was_read_leniently
from cookietin.file_lock import locked
from cookietin.formats import Choice
from cookietin.jar import clear_each
from cookietin.store import copied_cookie, key_of, structure
from cookietin.syncing import (
    Base,
    OwnChanges,
    TheirChanges,
    key_of_cookie,
    key_of_row,
    row_of,
    rows_of,
    set_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar
    from cookietin.syncing import Key, Row, Rows

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

_BLOCK = 1 << 20  # octets


def sync(jar: FileCookieJar, name: Path, timeout: float) -> None:
    """Bring a jar and its file together; see `FileCookieJar.sync`."""
    path = real(name)
    with locked(path, timeout), second_jars() as skipped:
        _Meeting(jar, name, path).hold(skipped.cookies)
    skipped.warn()


def has_own_changes(jar: FileCookieJar) -> bool:
    """Tell whether a jar has changes that its file should have."""
    return bool(_Meeting(jar, "", _own_path(jar)).look_at_jar())


def forget_own_changes(jar: FileCookieJar) -> None:
    """Take what a jar has changed for something that others do."""
    base = _base_of(jar, _own_path(jar))
    own = set_of(rows_of(jar))
    jar._cookietin_base = Base(base.of, own, base.held, base.written, base.filed, base.signature)


def _own_path(jar: FileCookieJar) -> str:
    return "" if jar.filename is None else real(jar.filename)


def _base_of(jar: FileCookieJar, path: str) -> Base:
    """What jar and file held when they last met; nothing, if that was another file."""
    base = jar._cookietin_base
    return Base(path) if base is None or base.of != path else base.base()


class _Meeting:
    """
    One sync.

    Args:
        jar: The jar.
        name: Its file, as the caller gave it.
        path: The same without symbolic links.

    Attributes:
        rows: What the jar holds, in its order.
        own: The same as a set.
        puts: Copies of the cookies that the file shall get.
    """

    def __init__(self, jar: FileCookieJar, name: Path, path: str) -> None:
        self.jar = jar
        self.name = name
        self.path = path
        self.base = _base_of(jar, path)
        self.now = time.time()
        self.choice = Choice(session=jar.persist_session, ended=False, now=self.now)
        self.rows: list[Row] = []
        self.own: Rows = frozenset()
        self.puts: dict[Key, CookieFields] = {}

    def hold(self, left_out: list[CookieFields]) -> None:
        """Read, write and take in; cookies that could not be written come to be in `left_out`."""
        signature = _signature(self.path)
        if signature is None:
            # No file is not an empty file: nobody has deleted these cookies one by one.
            self.base = Base(self.path)
        mine = self.look_at_jar()
        if signature is None:
            if not self.puts:
                self.jar._cookietin_base = Base(self.path, self.own)
                return
        elif not mine and signature == self.base.signature:
            return
        second = second_jar(self.jar)
        if was_read_leniently(self.jar, self.name):
            second.lenient = True
        if signature is not None:
            second.load(self.name, True, True)  # by position: subclasses spell these otherwise
        held = set_of(rows_of(second))
        self.base = self.base.looked_up(lambda key: _row_standing(second, key))
        theirs = TheirChanges(self.base, held, mine)
        taken, gone = self._theirs(theirs, second)
        filed, written = self.base.filed, {}
        dropped = self._carry_over(second, mine)
        if dropped or self.puts:
            second.save(self.name, True, False)
            signature = None  # the next sync looks how it reads
            held -= dropped
            filed = {key: other for key, other in filed.items() if key not in mine.removed}
            written = {key: row_of(cookie) for key, cookie in self.puts.items()}
            for cookie in left_out:
                written.pop(key_of_cookie(cookie), None)
        self.jar._cookietin_beside = second._cookietin_beside
        self.jar._cookietin_unread = second._cookietin_unread
        own = self._take_in(taken, gone) if taken or gone else self.own
        self.jar._cookietin_base = Base(self.path, own, held, written, filed, signature)

    def look_at_jar(self) -> OwnChanges:
        """What the jar has changed, and copies of the cookies that the file should get."""
        jar = self.jar
        jar._cookies_lock.acquire()
        try:
            cookies = list(jar)
            self.rows = rows_of(cookies)
            self.own = set_of(self.rows)
            mine = OwnChanges(self.base, self.own, self.now)
            new = set(mine.changed.values())
            if new:
                self.puts = {
                    key_of_cookie(cookie): copied_cookie(cookie)
                    for cookie, row in zip(cookies, self.rows, strict=True)  # in the jar's order
                    if row in new and self.choice.includes(cookie)
                }
        finally:
            jar._cookies_lock.release()
        return mine

    def _theirs(
        self, theirs: TheirChanges, second: FileCookieJar
    ) -> tuple[dict[Key, CookieFields], set[Key]]:
        """What the jar shall take in, and which of its cookies it shall lose."""
        in_jar = {other: key for key, other in self.base.filed.items()}
        taken = {}
        gone = {in_jar.get(key, key) for key in theirs.gone if key not in theirs.put}
        for key in theirs.put:
            cookie = _standing(second, key)
            if cookie is None:
                continue
            had = key in theirs.gone and _standing(self.jar, in_jar.get(key, key)) is not None
            if not has_ended(cookie, self.now) and (had or self.choice.includes(cookie)):
                taken[key] = copied_cookie(cookie)
                if key in in_jar:
                    gone.add(in_jar[key])
            elif had:
                gone.add(in_jar.get(key, key))  # what this jar has is no longer true
        return taken, gone

    def _carry_over(self, second: FileCookieJar, mine: OwnChanges) -> Rows:
        """Do to the second jar what this one did since the base; return what is there no longer."""
        filed = self.base.filed
        dropped, going = set(), []
        for key in (*mine.removed, *mine.changed):
            old = _standing(second, filed.get(key, key))
            if old is not None:
                dropped.add(row_of(old))
                if key not in self.puts or _place(old) != _place(self.puts[key]):
                    going.append(_place(old))
        clear_each(second, going, expired=False)
        for cookie in self.puts.values():
            second.set_cookie(cookie)
        return frozenset(dropped)

    def _take_in(self, taken: dict[Key, CookieFields], gone: set[Key]) -> Rows:
        """Do to the jar what others did to the file; return what of the jar both know."""
        jar = self.jar
        jar._cookies_lock.acquire()
        loading, jar._cookietin_loading = jar._cookietin_loading, True
        try:
            self._leave_what_changed(taken, gone)
            before = structure(jar._cookies)
            watch = watch_on(jar)
            origin = contextlib.nullcontext() if watch is None else watch.loading("remote")
            with undone_on_error(jar), origin:
                try:
                    old = self._lose(gone)
                    old |= {row for key in taken if (row := _row_standing(jar, key)) is not None}
                    store_from_file(jar, list(taken.values()))
                except BaseException:
                    jar._cookies = before
                    raise
            new = {row for key in taken if (row := _row_standing(jar, key)) is not None}
        finally:
            jar._cookietin_loading = loading
            jar._cookies_lock.release()
        return self.own - old | new

    def _leave_what_changed(self, taken: dict[Key, CookieFields], gone: set[Key]) -> None:
        """Leave to the next sync what threads of this program have changed meanwhile."""
        rows = rows_of(self.jar)
        if rows == self.rows:
            return
        for row in set_of(rows) ^ self.own:
            key = key_of_row(row)
            taken.pop(self.base.filed.get(key, key), None)
            gone.discard(key)

    def _lose(self, gone: set[Key]) -> set[Row]:
        """Remove cookies that others have removed."""
        cookies = [each for key in gone if (each := _standing(self.jar, key)) is not None]
        rows = set(map(row_of, cookies))
        for expired in (True, False):
            going = [_place(each) for each in cookies if has_ended(each, self.now) is expired]
            clear_each(self.jar, going, expired=expired)
        return rows


def _place(cookie: CookieFields) -> tuple[str, str, str]:
    """What a jar files a cookie under."""
    return key_of(cookie), cookie.path, cookie.name


def _standing(jar: FileCookieJar, key: Key) -> CookieFields | None:
    """The cookie of a key in a jar."""
    if not keeps_cookies_in_dict(jar):
        return next((cookie for cookie in jar if key_of_cookie(cookie) == key), None)
    domain, path, name, word = key
    names = jar._cookies.get(domain, {}).get(path, {})
    if word is None:
        return names.get(name)
    found = (names.get(word), names.get(""))
    return next((each for each in found if each is not None and key_of_cookie(each) == key), None)


def _row_standing(jar: FileCookieJar, key: Key) -> Row | None:
    """The same as a row."""
    cookie = _standing(jar, key)
    return None if cookie is None else row_of(cookie)


def second_jar(jar: FileCookieJar) -> FileCookieJar:
    """An empty jar of the same class, with the same settings, that judges nothing."""
    if keeps_cookies_in_dict(jar):
        second = jar.__class__.__new__(jar.__class__)
        second.__dict__.update(jar.__dict__)
        second._cookies = {}
        for name in OF_ONE_JAR:
            second.__dict__.pop(name, None)
        second._cookies_lock = threading.RLock()
    else:
        second = copy.deepcopy(jar)  # where it keeps its cookies, only the class knows
        second.clear()
    second._policy = DefaultCookiePolicy()
    return second


def _signature(path: str) -> bytes | None:
    """
    What tells the content of a file from others; None if there is none, or nothing in it.

    Size and time would not: a clock may be set back, and some count in seconds.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    import hashlib

    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "sync needs a regular file; save writes into this one", path)
    digest, size = hashlib.blake2b(digest_size=32), 0
    with open(path, "rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.digest() if size else None
