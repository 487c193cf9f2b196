"""An SQLite file of ours: made, checked, migrated, opened and locked.

Rules of this file:
- Knows sqlite3 and the file, and no table.
- An error says the file and what to do, never what a row holds.
- A connection does not cross a fork, and belongs to whoever holds the jar's lock.
"""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import time

from cookietin.errors import FormatError
from cookietin.file_systems import network_type
from cookietin.open_databases import APPLICATION_ID, open_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    Row = tuple[Any, ...]

_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT))
_NUMBERS = {
    sqlite3.SQLITE_FULL: (errno.ENOSPC, "the disk is full; make room and try again"),
    sqlite3.SQLITE_READONLY: (
        errno.EACCES,
        "the file, or its folder, may not be written; the log beside it has to be",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        errno.ENOENT,
        "cannot be opened; is there such a folder, and may it be read and written?",
    ),
    sqlite3.SQLITE_PERM: (errno.EACCES, "may not be opened; check its permissions"),
    sqlite3.SQLITE_IOERR: (errno.EIO, "reading or writing failed; is the disk full or faulty?"),
}


_VERSION = "PRAGMA data_version"


class SQLiteFile:
    """
    A connection to a file; opened when it is first used.

    Args:
        path: The file, which is made if there is none; None for one in memory, of this object alone.
        made: Makes the error that is raised of a FormatError.
        timeout: How many seconds to wait for a lock.

    Raises:
        FormatError: From all methods, as `made` makes it: the file is no such database, is damaged, or
            is of a newer version.
        TimeoutError: Another process has held a lock for too long.
        OSError: The file cannot be read or written.
    """

    # How to get from one schema version to the next, beginning with an empty file.
    steps: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(
        self,
        path: str | None,
        made: Callable[[FormatError], Exception] = lambda error: error,
        timeout: float = 30.0,
    ) -> None:
        self.path: str | None = None if path is None else os.path.realpath(path)
        self.source = path
        self.timeout = timeout
        self._made = made
        self._connection: sqlite3.Connection | None = None
        self._asking: sqlite3.Cursor | None = None
        # Of which opening what is known comes: a data version says nothing to another connection.
        self.opened: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    # Opening and closing

    def open(self) -> sqlite3.Connection:
        """The connection; made, with the file and its tables, if there is none."""
        connection = self._connection
        if connection is None:
            if self.path is not None:
                self._prepare_file(self.path)
            try:
                connection = self._connection = sqlite3.connect(
                    self.path or ":memory:",
                    timeout=0,  # `_run` waits
                    isolation_level=None,
                    check_same_thread=False,
                )
            except sqlite3.Error as error:
                raise self._failed(error) from None
            self._asking = connection.cursor()
            self.opened += 1
            open_here.add(self)
            try:
                self._prepare(connection)
            except BaseException:
                self.close()
                raise
        return connection

    def _prepare_file(self, path: str) -> None:
        network = network_type(path)
        if network is not None:
            raise OSError(
                errno.ENOTSUP,
                f"this is on a network file system ({network}), where SQLite's log loses data; put "
                "the file on a disk of this machine, or let one process own it and use another "
                "format",
                self.source,
            )
        try:
            # Before SQLite makes it as the umask says. The log beside it takes over its permissions.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if os.path.isdir(path):
                raise IsADirectoryError(
                    errno.EISDIR, "is a folder; name a file", self.source
                ) from None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make or migrate the tables, and turn the log on."""
        # In one transaction: another process may be making the file, and of what it is the three answers
        # have to be of one moment.
        self.begin_reading()
        try:
            version = self._checked_version()
        finally:
            self.rollback()
        if version < len(self.steps):
            self.begin()
            try:
                for step in self.steps[
                    self._checked_version() :
                ]:  # another process may have been faster
                    for statement in step:
                        self._run(statement)
                self._run(f"PRAGMA application_id = {APPLICATION_ID}")
                self._run(f"PRAGMA user_version = {len(self.steps)}")
                self.commit()
            except BaseException:
                self.rollback()
                raise
        # After the above, so that the header in the file itself says whose it is.
        mode = self._value("PRAGMA journal_mode = WAL")
        if self.path is not None and mode != "wal":
            raise OSError(
                errno.ENOTSUP,
                f"SQLite cannot keep its log here (journal mode {mode!r}); put the file on a disk of "
                "this machine",
                self.source,
            )
        # A power cut may cost the last commits, and never the file; a killed process costs nothing.
        self._run("PRAGMA synchronous = NORMAL")

    def _checked_version(self) -> int:
        """The schema version of the file, 0 for an empty one; the caller has begun a transaction."""
        application = self._value("PRAGMA application_id")
        version: int = self._value("PRAGMA user_version")
        if application != APPLICATION_ID:
            if application or version or self._value("SELECT count(*) FROM sqlite_master"):
                raise self._error("is the database of another program; name another file")
            return 0
        if version > len(self.steps):
            raise self._error(
                f"is of schema version {version}, and this cookietin knows {len(self.steps)}; "
                "use a newer one"
            )
        return version

    def close(self) -> None:
        """Close the connection; the next use opens it again. The last one to close tidies the log up."""
        connection, self._connection, self._asking = self._connection, None, None
        open_here.discard(self)
        if connection is not None:
            connection.close()

    def close_file(self) -> None:
        """The same, but for one in memory, which would be lost."""
        if self.path is not None:
            self.close()

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()

    # Statements

    def _run(self, sql: str, arguments: Any = ()) -> sqlite3.Cursor:
        """Execute a statement; wait while another process holds a lock that it needs."""
        connection = self._connection or self.open()
        deadline = 0.0
        while True:
            try:
                return connection.execute(sql, arguments)
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                # Within a transaction too: none that reads ever turns into one that writes, and while
                # the file is made, before there is a log, readers and commits wait for one another.
                if code not in _BUSY:
                    raise self._failed(error) from None
            now = time.monotonic()
            deadline = deadline or now + self.timeout
            if now >= deadline:
                raise TimeoutError(
                    errno.ETIMEDOUT,
                    f"another process has locked it for {self.timeout:g} seconds; does one hang, or "
                    "copy it?",
                    self.source,
                )
            # Uneven, and long enough for some others to finish: with four writers on two cores 3,800
            # responses a second, where 0.1 to 1 ms give 2,100; SQLite's own waits go up to 100 ms.
            time.sleep(random.uniform(0.0005, 0.003))

    def _value(self, sql: str, arguments: Any = ()) -> Any:
        row = self._run(sql, arguments).fetchone()
        return None if row is None else row[0]

    def _rows(self, sql: str, arguments: Any) -> list[Row]:
        try:
            return self._run(sql, arguments).fetchall()
        except sqlite3.Error as error:  # a damaged page may come late
            raise self._failed(error) from None

    def _error(self, problem: str) -> Exception:
        return self._made(FormatError(self.source, None, problem))

    def _failed(self, error: sqlite3.Error) -> Exception:
        """The error to raise for one of SQLite's, whose text may hold anything."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            return self._error(
                "is no SQLite database, or a damaged one; restore it from a copy, or name another "
                "file"
            )
        number, what = _NUMBERS.get(
            code, (errno.EIO, f"SQLite says {getattr(error, 'sqlite_errorname', 'no')}")
        )
        if number == errno.EACCES:
            return PermissionError(number, what, self.source)
        return OSError(number, what, self.source)

    def version(self) -> int:
        """
        A number that changes when another connection has committed to the file.

        3 us, asked before each request; of no meaning to another connection, see `opened`.
        """
        asking = self._asking
        if asking is not None:
            try:
                # A cursor that is kept saves 0.5 us; read to its end, it holds nothing.
                return asking.execute(_VERSION).fetchone()[0]  # type: ignore[no-any-return]
            except sqlite3.Error:
                pass  # `_run` waits, or says what is wrong
        return self._run(_VERSION).fetchone()[0]  # type: ignore[no-any-return]

    def begin(self) -> None:
        """Begin to write; nobody else can meanwhile."""
        self._run("BEGIN IMMEDIATE")

    def begin_reading(self) -> None:
        """Begin to read what is there at one moment."""
        self._run("BEGIN")

    def commit(self) -> None:
        self._run("COMMIT")

    def rollback(self) -> None:
        """Undo what was written since `begin`."""
        connection = self._connection
        if connection is not None and connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error:
                self.close()  # which rolls back as well

    def checkpoint(self) -> None:
        """Move the log into the file, as far as nobody reads it."""
        self._run("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
