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
from cookietin.cookiejar.file_memory import say_skipped, second_jars, store_from_file
from cookietin.cookiejar.policies import DefaultCookiePolicy
from cookietin.file_lock import locked
from cookietin.formats import Choice
from cookietin.jar import clear_each
from cookietin.store import copied_cookie, key_of, structure
from cookietin.syncing import (
    Base,
    OwnChanges,
    TheirChanges,
    filed_under,
    key_of_cookie,
    row_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar
    from cookietin.syncing import Key, Rows

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

_BLOCK = 1 << 20  # octets


def sync(jar: FileCookieJar, name: Path, timeout: float) -> None:
    """Bring a jar and its file together; see `FileCookieJar.sync`."""
    path = os.path.realpath(os.fsdecode(name))
    with locked(path, timeout), second_jars() as texts:
        _Meeting(jar, name, path).hold()
    say_skipped(texts, stacklevel=3)


def has_own_changes(jar: FileCookieJar) -> bool:
    """Tell whether a jar has changes that its file should have."""
    return bool(_Meeting(jar, "", "").look_at_jar())


def forget_own_changes(jar: FileCookieJar) -> None:
    """Take what a jar has changed for something that others do."""
    base = Base({}, {}) if jar._cookietin_base is None else jar._cookietin_base.base()
    own = {key_of_cookie(cookie): row_of(cookie) for cookie in jar}
    jar._cookietin_base = Base(own, base.held, base.filed, base.signature, assumed=base.assumed)


class _Meeting:
    """
    One sync.

    Args:
        jar: The jar.
        name: Its file, as the caller gave it.
        path: The same without symbolic links.
    """

    def __init__(self, jar: FileCookieJar, name: Path, path: str) -> None:
        self.jar = jar
        self.name = name
        self.path = path
        base = jar._cookietin_base
        self.base = Base({}, {}) if base is None else base.base()
        self.choice = Choice(session=jar.persist_session, ended=False, now=time.time())
        self.own: Rows = {}
        self.puts: dict[Key, CookieFields] = {}
        self.held: Rows = {}
        self.found: dict[Key, CookieFields] = {}

    def hold(self) -> None:
        signature = _signature(self.path)
        if signature is None:
            # No file is not an empty file: nobody has deleted these cookies one by one.
            self.base = Base({}, {})
        mine = self.look_at_jar()
        if signature is None:
            if not self.puts:
                return
        elif not mine and signature == self.base.signature:
            return
        second = second_jar(self.jar)
        if signature is not None:
            second.load(self.name, True, True)  # by position: subclasses spell these otherwise
        self.found = {key_of_cookie(cookie): cookie for cookie in second}
        self.held = {key: row_of(cookie) for key, cookie in self.found.items()}
        self.base = self.base.looked_up(self.held)
        taken, gone = self._theirs(mine)
        held, filed = self.held, self.base.filed
        if self._carry_over(second, mine):
            second.save(self.name, True, False)
            signature, held, filed = self._look_back(mine)
        self.jar._cookietin_beside = second._cookietin_beside
        if taken or gone:
            self._take_in(taken, gone)
        self.jar._cookietin_base = Base(self.own, held, filed, signature)

    def _theirs(self, mine: OwnChanges) -> tuple[dict[Key, CookieFields], list[Key]]:
        """What the jar shall take in, and what it shall lose."""
        theirs = TheirChanges(self.base, self.held, mine)
        taken, gone = {}, [key for key in theirs.gone if key in self.own]
        for filed, key in theirs.put.items():
            cookie = self.found[filed]
            had = key in self.own and filed in self.base.held
            ended = has_ended(cookie, self.choice.until or 0.0)
            if not ended and (had or self.choice.includes(cookie)):
                taken[key_of_cookie(cookie)] = cookie
                if filed != key:
                    gone.append(key)
            elif had:
                gone.append(key)  # what this jar has is no longer true
        return taken, gone

    def look_at_jar(self) -> OwnChanges:
        """What the jar has changed, and copies of the cookies that the file should get."""
        jar = self.jar
        jar._cookies_lock.acquire()
        try:
            cookies = {key_of_cookie(cookie): cookie for cookie in jar}
            self.own = {key: row_of(cookie) for key, cookie in cookies.items()}
            mine = OwnChanges(self.base, self.own, time.time())
            self.puts = {
                key: copied_cookie(cookies[key])
                for key in cookies  # in the order of the jar
                if key in mine.changed and self.choice.includes(cookies[key])
            }
        finally:
            jar._cookies_lock.release()
        return mine

    def _carry_over(self, second: FileCookieJar, mine: OwnChanges) -> bool:
        """Do to the second jar what this one did since the base; tell whether that was anything."""
        filed = self.base.filed
        going = []
        for key in (*mine.removed, *mine.changed):
            old = self.found.get(filed.get(key, key))
            if old is not None and (key not in self.puts or _place(old) != _place(self.puts[key])):
                going.append(_place(old))
                del self.found[filed.get(key, key)]
        clear_each(second, going, expired=False)
        for key, cookie in self.puts.items():
            self.found[key] = cookie
            second.set_cookie(cookie)
        return bool(going or self.puts)

    def _look_back(self, mine: OwnChanges) -> tuple[bytes | None, Rows, dict[Key, Key]]:
        """How the file reads that was written: its signature, what it holds, and under which keys."""
        signature = _signature(self.path)
        third = second_jar(self.jar)
        third.load(self.name, True, True)
        now_held = {key_of_cookie(cookie): row_of(cookie) for cookie in third}
        moment = self.choice.until or 0.0
        expected = {
            key: self.held[key]
            for key, cookie in self.found.items()
            if key not in self.puts and not has_ended(cookie, moment)
        }
        filed = {key: other for key, other in self.base.filed.items() if key not in mine}
        for key in self.puts:
            other = filed_under(key, now_held, self.own)
            if other is not None:
                expected[other] = now_held[other]
                if other != key:
                    filed[key] = other
        # Somebody without the lock may have come in between: then the next sync looks again.
        return signature if expected == now_held else None, expected, filed

    def _take_in(self, taken: dict[Key, CookieFields], gone: list[Key]) -> None:
        """Do to the jar what others did to the file."""
        jar = self.jar
        jar._cookies_lock.acquire()
        loading, jar._cookietin_loading = jar._cookietin_loading, True
        try:
            before = structure(jar._cookies)
            watch = watch_on(jar)
            origin = contextlib.nullcontext() if watch is None else watch.loading("remote")
            with undone_on_error(jar), origin:
                try:
                    for key in gone:
                        self._lose(key)
                    for key, cookie in taken.items():
                        self._put(key, cookie)
                except BaseException:
                    jar._cookies = before
                    raise
        finally:
            jar._cookietin_loading = loading
            jar._cookies_lock.release()

    def _lose(self, key: Key) -> None:
        cookie = _standing(self.jar, key)
        # What a thread of this program has changed meanwhile is for the next sync.
        if cookie is not None and row_of(cookie) == self.own.get(key):
            expired = has_ended(cookie, self.choice.until or 0.0)
            clear_each(self.jar, [_place(cookie)], expired=expired)
            del self.own[key]

    def _put(self, key: Key, cookie: CookieFields) -> None:
        old = _standing(self.jar, key)
        if (None if old is None else row_of(old)) != self.own.get(key):
            return
        store_from_file(self.jar, [copied_cookie(cookie)])
        made = _standing(self.jar, key)
        if made is not None:
            self.own[key] = row_of(made)


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
