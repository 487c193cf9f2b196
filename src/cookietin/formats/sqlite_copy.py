"""A copy of an SQLite database that another program has open, with what it has just written.

The program may hold a lock for as long as it runs, as Firefox does, so its files are not opened by
SQLite: they are copied, the database and the write-ahead log (`-wal`) beside it, and the copy is opened.

Rules of this file:
- Nothing is written beside the original, and nothing there is locked.
- The copy is one that SQLite may have left after a crash, or there is none. Database first, then the
  log: while the log is the same one, told by its salts, all that a checkpoint may have moved into the
  database meanwhile stands in the log as well. A log that begins anew meanwhile is another one, and
  the copying begins anew.
- The copy lies in a folder that only this user can open, and is gone afterwards.

Source: sqlite.org, "WAL-mode File Format" and "Database File Format".
"""

from __future__ import annotations

import contextlib
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from typing import BinaryIO

    from cookietin.errors import FormatError
    from cookietin.formats.reading import Reading

    # What tells whether the files have changed: of the log its head, of the database head and times.
    State = tuple[bytes, object]

MAGIC = b"SQLite format 3\0"

_HEAD = 100  # octets
_PAGE_SIZE = slice(16, 18)
_PAGE_SIZES = frozenset((1 << power).to_bytes(2, "big") for power in (0, *range(9, 16)))
_READ_VERSION = 19  # 2 where there is a write-ahead log, 1 where there is a rollback journal
_WAL_HEAD = 32
_WAL_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_TRIES = 8
_PAUSE = 0.02  # seconds after the first try, twice as long after each further one
_LONGEST = 1 << 20  # octets of a text or a row


@contextlib.contextmanager
def opened_copy(stream: BinaryIO, reading: Reading) -> Iterator[sqlite3.Connection]:
    """
    A connection to a copy of a database; texts come as octets.

    Args:
        stream: The database.
        reading: Opens the files beside it, by `companion`.

    Raises:
        FormatError: It is no database, a damaged one, or one that changes all the time. Errors of
            SQLite inside the context come out as one, too.
    """
    import sqlite3
    import tempfile

    with tempfile.TemporaryDirectory(prefix="cookietin-") as folder:
        path = os.path.join(folder, "copy.sqlite")
        _copy_whole(stream, reading, path)
        damaged: FormatError | None = None
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.text_factory = bytes
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            connection.execute("PRAGMA synchronous = OFF")  # it need not survive anything
            # What a stranger's schema says is not run with more rights than it needs.
            connection.execute("PRAGMA trusted_schema = OFF")
            if connection.execute("PRAGMA quick_check(1)").fetchall() != [(b"ok",)]:
                raise sqlite3.DatabaseError
            yield connection
        # Where SQLite quotes a schema that is not UTF-8, Python fails to decode its message.
        except (sqlite3.Error, UnicodeDecodeError) as error:
            code = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT")
            damaged = reading.failed(
                f"expected an SQLite database, found a damaged one ({code}); is the copy complete?"
            )
        finally:
            connection.close()
        # Raised out here: the other error may quote what the file holds.
        if damaged is not None:
            raise damaged


def _copy_whole(stream: BinaryIO, reading: Reading, path: str) -> None:
    """Copy a database and its log, again if they change meanwhile."""
    for number in range(_TRIES):
        if number:
            time.sleep(_PAUSE * 2 ** (number - 1))
        before = _state(stream, reading)
        if before is not None:
            _copy(stream, path)
            log = reading.companion("-wal")
            if log is not None:
                with log:
                    _copy(log, path + "-wal")
            elif os.path.exists(path + "-wal"):
                os.remove(path + "-wal")
            if _is_same(before, _state(stream, reading)):
                return
        if not stream.seekable():
            break
    raise reading.failed(
        "expected a database at rest, found one that another program is writing; "
        "try again, or close that program"
    )


def _is_same(before: State, after: State | None) -> bool:
    if after is None or before[0] != after[0]:
        return False
    # With a log, checkpoints may change the database: see above.
    return bool(before[0]) or before[1] == after[1]


def _state(stream: BinaryIO, reading: Reading) -> State | None:
    """What the files are like, None while one is being written."""
    if not stream.seekable():
        return b"", None
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if len(head) < _HEAD or not head.startswith(MAGIC):
        raise reading.failed("expected an SQLite database, found another file")
    if head[_PAGE_SIZE] not in _PAGE_SIZES:
        # Before anything is copied: a file of garbage may be big.
        raise reading.failed(
            "expected an SQLite database, found a damaged one; is the copy complete?"
        )
    if head[_READ_VERSION] == 1 and _is_being_written(reading):
        return None
    log = reading.companion("-wal")
    log_head = b""
    if log is not None:
        with log:
            log_head = log.read(_WAL_HEAD)
    if len(log_head) < _WAL_HEAD:
        log_head = b""  # nothing has been committed to it yet
    elif not log_head.startswith(_WAL_MAGIC):
        raise reading.failed(
            "expected a write-ahead log in the file '-wal' beside it, found another"
        )
    return log_head, (head, _times(stream))


def _is_being_written(reading: Reading) -> bool:
    """Tell whether there is a journal to be rolled back."""
    journal = reading.companion("-journal")
    if journal is None:
        return False
    with journal:
        return journal.read(len(_JOURNAL_MAGIC)) == _JOURNAL_MAGIC


def _times(stream: BinaryIO) -> object:
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError):  # in memory
        return None
    return status.st_size, status.st_mtime_ns


def _copy(source: BinaryIO, path: str) -> None:
    import shutil

    with open(path, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
