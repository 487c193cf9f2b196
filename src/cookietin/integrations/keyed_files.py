"""One file for each of many jars, which lie beside each other and are told apart by a key.

    cookies/shop.json            the jar of the key None
    cookies/shop.alice.json      that of "alice"
    cookies/shop.7.json          that of 7

Rules of this file:
- No two keys share a file, on file systems that know no case either: a jar is a login. Nor does a key
  have the file of a lock.
- A jar is loaded before anybody gets it. A file that cannot be read gives no jar, and is as it was.
- Knows no client.
"""

from __future__ import annotations

import hashlib
import os
import re

from cookietin.cookiejar import FileCookieJar, open_jar
from cookietin.errors import shown
from cookietin.file_lock import SUFFIX
from cookietin.integrations.asking import checked_jar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    from collections.abc import Callable, Iterable

    from cookietin.cookiejar import CookieJar

    MakeJar = Callable[..., object]

_BETWEEN = re.compile(r"(\.[a-z0-9_%-]+)?")  # what stands between stem and ending, whatever the key
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
# File systems know names of 255 octets; the file's own name and ".lock" stand there too.
_LONGEST = 120
_NEW_FORMAT = "json"  # which loses nothing


class KeyedFiles:
    """
    The files of the jars, by key.

    Args:
        path: The file of the key None; a folder that is missing is made, for its owner alone.
        policy: What the jars get.
        make_jar: What makes them; None for a jar in the format of the file, JSON for a new one. A
            class of jars with files is called with the file's name and the policy, and keeps session
            cookies; a function is called with the policy, and its jar is given the name.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        policy: http.cookiejar.CookiePolicy,
        make_jar: MakeJar | None = None,
    ) -> None:
        self._stem, self._ending = os.path.splitext(os.path.abspath(path))
        self._policy = policy
        self._make_jar = make_jar
        self._jars_bring_names = False

    def path_of(self, key: object) -> str:
        """
        The file of a key.

        Raises:
            TypeError: The key is neither a text nor a whole number nor None.
        """
        if key is None:
            return self._stem + self._ending
        return f"{self._stem}.{_name_of(key)}{self._ending}"

    def open(self, key: object) -> CookieJar:
        """
        A new jar with the cookies of a key's file, if there is one.

        Raises:
            TypeError: The key has no file; what was made is no jar with a file.
            LoadError: The file cannot be read as cookies.
            OSError: It cannot be opened.
        """
        path = self.path_of(key)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        is_new = not os.path.exists(path) or os.path.getsize(path) == 0
        make_jar = self._make_jar
        if make_jar is None:
            return open_jar(path, _NEW_FORMAT if is_new else None, policy=self._policy)
        if isinstance(make_jar, type) and issubclass(make_jar, FileCookieJar):
            jar: object = make_jar(path, policy=self._policy, persist_session=True)
        else:
            make: MakeJar = make_jar
            jar = make(policy=self._policy)
        if not isinstance(checked_jar(jar), FileCookieJar):
            raise TypeError(
                f"jar: expected a jar with a file, such as JSONCookieJar, got {type(jar).__name__}, "
                "which cannot be saved"
            )
        assert isinstance(jar, FileCookieJar)
        if jar.filename is None:
            jar.filename = path
        elif not isinstance(make_jar, type):
            self._jars_bring_names = True
        if not is_new:
            jar.load()
        return jar

    def name(self, jar: FileCookieJar, key: object, others: Iterable[object]) -> None:
        """
        Name the file of a jar that a program has put under a key.

        It may have none, or be a copy of the jar of another key, whose file has nothing to do with what
        becomes of the copy. Other files are the program's choice.

        Args:
            others: The jars of other keys. One that is among them stays with its file.

        Raises:
            TypeError: The key has no file.
        """
        if jar.filename is None:
            jar.filename = self.path_of(key)
        elif not self._jars_bring_names and self._is_of_a_key(jar.filename):
            path = self.path_of(key)
            if jar.filename != path and not any(other is jar for other in others):
                jar.filename = path

    def _is_of_a_key(self, filename: str) -> bool:
        path, stem, ending = os.path.abspath(filename), self._stem, self._ending
        if not path.startswith(stem) or not path.endswith(ending):
            return False
        return bool(_BETWEEN.fullmatch(path[len(stem) : len(path) - len(ending)]))


def _name_of(key: object) -> str:
    """The part of a file's name that stands for a key."""
    if isinstance(key, int):
        # True is the key 1 for a dict, too. A number above this would not fit into a name.
        return _shortened(str(int(key)))
    if isinstance(key, str):
        octets = key.encode("utf-8", "surrogatepass")
        name = "".join(chr(each) if chr(each) in _PLAIN else f"%{each:02x}" for each in octets)
        if name.removeprefix("-").isdecimal():
            name = f"%{octets[0]:02x}{name[1:]}"  # "7" is another key than 7
        elif f".{name}" == SUFFIX:
            name = f"%{octets[0]:02x}{name[1:]}"  # "shop.lock" is the lock of "shop"
        return _shortened(name or "%")
    raise TypeError(
        f"cookiejar: expected a text, a whole number or None as the key of a jar that has a file, "
        f"got {shown(key)}"
    )


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return "%%" + hashlib.sha256(name.encode()).hexdigest()
