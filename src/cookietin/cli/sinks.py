"""Where cookies go: a file, or standard output.

Rules of this file:
- A file is replaced as a whole or not at all; a new one is for its owner alone (0600).
- What holds something is not written over unless the caller says so.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import warnings

from cookietin.cli.outcome import TROUBLE, USAGE, Stop
from cookietin.cli.output import put_octets
from cookietin.cli.sources import close, unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.file_jar import FileCookieJar

STDOUT = "-"

# What SQLite has beside a database that is open, and would apply to another one in its place.
_OF_OPEN_DATABASE = ("-wal", "-journal")

_LONGEST_WAIT = 60.0  # seconds for a lock, as `sync` waits


def octets_in(
    format: str, cookies: Iterable[CookieFields], beside: dict[str, Any] | None = None
) -> tuple[bytes, list[str]]:
    """
    Octets of a file in a format, and sentences on the cookies that it cannot hold.

    Args:
        beside: What the file held beside its cookies, if it was in the same format.
    """
    import tempfile

    with writing("a temporary file"), tempfile.TemporaryDirectory(prefix="cookietin-") as folder:
        path = os.path.join(folder, "octets")
        jar, _ = unread(path, format)
        jar._cookietin_beside = beside
        put_all(jar, cookies)
        left_out = save(jar, path)
        close(jar)
        with open(path, "rb") as stream:
            return stream.read(), left_out


def put_all(jar: FileCookieJar, cookies: Iterable[CookieFields]) -> None:
    """Store cookies at once: in a database, that is one transaction."""
    jar._cookies_lock.acquire()
    try:
        for cookie in cookies:
            jar.set_cookie(cookie)
    finally:
        jar._cookies_lock.release()


def save(jar: FileCookieJar, path: str) -> list[str]:
    """Write a jar's file with all that it has; return sentences on the cookies left out."""
    return _heard(lambda: jar.save(path, ignore_discard=True, ignore_expires=True))


def keep(jar: FileCookieJar, path: str) -> list[str]:
    """
    Bring a jar's changes into its file, beside those that other programs made meanwhile.

    Where the jar cannot do that, its file is written anew. Returns what `save` does.
    """
    sync = getattr(jar, "sync", None)
    with writing(path):
        if sync is None or not holds_something(path):
            return save(jar, path)
        return _heard(sync)


@contextlib.contextmanager
def locked_for(argument: str, format: str | None) -> Iterator[None]:
    """
    Hold the lock that `sync` takes on a file, while it is read and written anew.

    Standard output, devices and pipes have none, and a database has locks of its own.

    Args:
        argument: The file.
        format: Name of its format, if it is to be begun.

    Raises:
        Stop: Another program has held it for too long; the file of the lock cannot be made.
    """
    from cookietin.file_lock import locked
    from cookietin.formats.registry import DATABASE

    with contextlib.ExitStack() as stack:
        if argument != STDOUT and format != DATABASE and _is_replaced(argument):
            with writing(argument):
                stack.enter_context(locked(os.path.realpath(argument), _LONGEST_WAIT))
        yield


def _is_replaced(path: str) -> bool:
    """Tell whether a file is, or would be, one that is written as a whole."""
    from cookietin.open_databases import HEADER, is_open_here

    if is_open_here(path):
        return False
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as stream:
            return stream.read(len(HEADER)) != HEADER
    except FileNotFoundError:
        return True
    except OSError:
        return False  # whoever reads it will say what is wrong


def _heard(write: Any) -> list[str]:
    from cookietin.errors import CookieSkippedWarning

    unsupported: io.UnsupportedOperation | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            write()
        except io.UnsupportedOperation as error:
            unsupported = error
    if unsupported is not None:
        raise Stop(str(unsupported), USAGE)
    return [str(each.message) for each in caught if issubclass(each.category, CookieSkippedWarning)]


def put(argument: str, octets: bytes) -> None:
    """Write octets to a file, in place of what it held, or to standard output."""
    from cookietin import files

    if argument == STDOUT:
        put_octets(octets)
        return

    def write(stream: BinaryIO) -> None:
        stream.write(octets)

    for suffix in _OF_OPEN_DATABASE:
        if os.path.exists(argument + suffix):
            raise Stop(
                f"{argument}: there is {argument}{suffix}, so a program may have this database open; "
                "merge into it instead"
            )
    with writing(argument):
        files.replace(argument, write)


@contextlib.contextmanager
def writing(name: str) -> Iterator[None]:
    """Turn what is wrong with writing a file into one line about it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Stop(f"{name}: {error.strerror or error}", TROUBLE) from None


def holds_something(argument: str) -> bool:
    """Tell whether there is a file that writing would take something from."""
    if argument == STDOUT:
        return False
    try:
        found = os.stat(argument)
    except OSError:
        return False  # whoever writes it will say what is wrong
    return stat.S_ISREG(found.st_mode) and found.st_size > 0
