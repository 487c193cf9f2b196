"""A file of cookies that many processes share: SQLite with a write-ahead log.

Tables: `jars` (a row a jar, by name), `cookies` (a row a cookie, by where it is filed) and `gone` (what
was removed, and in which revision). Each commit of a jar is one revision more; who knows a revision
reads what came and went since. Time is never compared.

Rules of this file:
- Knows sqlite3; no jar, policy, cookie or event. A row is a tuple, see `ROW`.
- An error says the file and what to do, never what a row holds.
- A connection does not cross a fork, and belongs to whoever holds the jar's lock.
"""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import time
import weakref

from cookietin.cookie_rows import HELD
from cookietin.errors import FormatError
from cookietin.file_systems import network_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from cookietin.cookie_rows import Held, Key

    Row = tuple[Any, ...]
    # Number of the jar in the file, None while it has no row; its revision; up to which revision `gone`
    # was thinned out; the last place that was given out.
    Standing = tuple[int | None, int, int, int]

APPLICATION_ID = 0x636B746E  # "cktn"
HEADER = b"SQLite format 3\x00"
_ID_AT = 68  # where the header has the application id (https://sqlite.org/fileformat2.html)

# A row: where it is filed, what it holds, the revisions in which it was made and last written, and the
# place of its domain, in the order in which domains came.
ROW = ("filed", "path", "name", *HELD, "made", "revision", "domain_place")
HELD_AT, HELD_TO = 3, 3 + len(HELD)
MADE, REVISION, DOMAIN_PLACE = HELD_TO, HELD_TO + 1, HELD_TO + 2

# So many revisions, what was removed is remembered; who is further behind reads the jar anew.
REMEMBERED = 4096
_THINNED_EVERY = 512

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE jars (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            revision INTEGER NOT NULL DEFAULT 0,
            places INTEGER NOT NULL DEFAULT 0
        )""",
        """CREATE TABLE cookies (
            jar INTEGER NOT NULL REFERENCES jars (id),
            family TEXT NOT NULL,
            filed TEXT NOT NULL,
            path TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT,
            domain_specified INTEGER NOT NULL,
            domain_initial_dot INTEGER NOT NULL,
            path_specified INTEGER NOT NULL,
            secure INTEGER NOT NULL,
            expires,
            discard INTEGER NOT NULL,
            creation_time REAL,
            last_access_time REAL,
            attributes TEXT,
            more TEXT,
            made INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            domain_place INTEGER NOT NULL,
            path_place INTEGER NOT NULL,
            place INTEGER NOT NULL,
            PRIMARY KEY (jar, family, filed, path, name)
        ) WITHOUT ROWID""",
        """CREATE TABLE gone (
            jar INTEGER NOT NULL REFERENCES jars (id),
            filed TEXT NOT NULL,
            path TEXT NOT NULL,
            name TEXT NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (jar, filed, path, name)
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE gone ADD COLUMN cause TEXT NOT NULL DEFAULT 'explicit'",
        "ALTER TABLE jars ADD COLUMN floor INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX cookies_by_revision ON cookies (jar, revision)",
        "CREATE INDEX cookies_by_expiry ON cookies (jar, expires) WHERE expires IS NOT NULL",
        "CREATE INDEX gone_by_revision ON gone (jar, revision)",
    ),
)
VERSION = len(STEPS)

_COLUMNS = ", ".join(ROW)
_IN_ORDER = "ORDER BY domain_place, path_place, place"
_KEY = "jar = :jar AND family = :family AND filed = :filed"
_PUT = f"""
    INSERT INTO cookies
        (jar, family, filed, path, name, {", ".join(HELD)}, made, revision, place,
         domain_place, path_place)
    VALUES (?1, ?2, ?3, ?4, ?5, {", ".join(f"?{6 + at}" for at in range(len(HELD)))}, ?17, ?17, ?18,
        ifnull((SELECT domain_place FROM cookies
            WHERE jar = ?1 AND family = ?2 AND filed = ?3 LIMIT 1), ?18),
        ifnull((SELECT path_place FROM cookies
            WHERE jar = ?1 AND family = ?2 AND filed = ?3 AND path = ?4 LIMIT 1), ?18))
    ON CONFLICT DO UPDATE SET revision = excluded.revision,
        {", ".join(f"{each} = excluded.{each}" for each in HELD)}
"""
_REMOVE = "DELETE FROM cookies WHERE jar = ? AND family = ? AND filed = ? AND path = ? AND name = ?"
_NOTE_GONE = (
    "INSERT OR REPLACE INTO gone (jar, filed, path, name, revision, cause) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_NOT_GONE = "DELETE FROM gone WHERE jar = ? AND filed = ? AND path = ? AND name = ?"

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


def is_ours(head: bytes) -> bool:
    """Tell by how a file begins whether it is one of these databases."""
    return (
        head[: len(HEADER)] == HEADER
        and int.from_bytes(head[_ID_AT : _ID_AT + 4], "big") == APPLICATION_ID
    )


_open: weakref.WeakSet[Database] = weakref.WeakSet()
_abandoned: list[sqlite3.Connection] = []


def is_open_here(path: str) -> bool:
    """
    Tell whether this process has a file open as a database.

    Then nobody may open and close it otherwise: POSIX takes all locks of the process away from a file
    when any descriptor of it is closed (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    real = os.path.realpath(path)
    return any(each.path == real and each.is_open for each in list(_open))


class Database:
    """
    One jar's connection to a file; opened when it is first used.

    Args:
        path: The file, which is made if there is none; None for one in memory, of this object alone.
        name: Name of the jar.
        made: Makes the error that is raised of a FormatError.
        timeout: How many seconds to wait for a lock.

    Raises, from all methods:
        FormatError: As `made` makes it: the file is no such database, is damaged, or is of a newer
            version.
        TimeoutError: Another process has held a lock for too long.
        OSError: The file cannot be read or written.
    """

    def __init__(
        self,
        path: str | None,
        name: str,
        made: Callable[[FormatError], Exception] = lambda error: error,
        timeout: float = 30.0,
    ) -> None:
        self.path = None if path is None else os.path.realpath(path)
        self.source = path
        self.name = name
        self.timeout = timeout
        self._made = made
        self._connection: sqlite3.Connection | None = None
        self._jar: int | None = None
        self._is_new = False  # its row is not committed yet
        # Of which opening what is known comes: a data version says nothing to another connection.
        self.opened = 0

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
            self.opened += 1
            self._jar = None
            _open.add(self)
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
        version = self._checked_version()
        if version < VERSION:
            self.begin()
            try:
                for step in STEPS[
                    self._checked_version() :
                ]:  # another process may have been faster
                    for statement in step:
                        self._run(statement)
                self._run(f"PRAGMA application_id = {APPLICATION_ID}")
                self._run(f"PRAGMA user_version = {VERSION}")
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
        """The schema version of the file, 0 for an empty one."""
        application = self._value("PRAGMA application_id")
        version: int = self._value("PRAGMA user_version")
        if application != APPLICATION_ID:
            if application or version or self._value("SELECT count(*) FROM sqlite_master"):
                raise self._error("is the database of another program; name another file")
            return 0
        if version > VERSION:
            raise self._error(
                f"is of schema version {version}, and this cookietin knows {VERSION}; use a newer one"
            )
        return version

    def close(self) -> None:
        """Close the connection; the next use opens it again. The last one to close tidies the log up."""
        connection, self._connection = self._connection, None
        _open.discard(self)
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """
        Forget the connection of a parent process without closing it.

        Not even that may be done after a fork (https://sqlite.org/howtocorrupt.html, 2.6).
        """
        if self._connection is not None and self.path is not None:
            _abandoned.append(self._connection)
            self._connection = None
            _open.discard(self)

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
                if code not in _BUSY or connection.in_transaction:
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
            # Short and uneven: transactions take 0.2 ms, and SQLite's own waits go up to 100.
            time.sleep(random.uniform(0.0001, 0.001))

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

    def begin(self) -> None:
        """Begin to write; nobody else can meanwhile."""
        self._run("BEGIN IMMEDIATE")

    def begin_reading(self) -> None:
        """Begin to read what is there at one moment."""
        self._run("BEGIN")

    def commit(self) -> None:
        self._run("COMMIT")
        self._is_new = False

    def rollback(self) -> None:
        """Undo what was written since `begin`."""
        connection = self._connection
        if self._is_new:
            self._jar, self._is_new = None, False
        if connection is not None and connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error:
                self.close()  # which rolls back as well

    def checkpoint(self) -> None:
        """Move the log into the file, as far as nobody reads it."""
        self._run("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    # Reading

    def version(self) -> int:
        """A number that changes when another connection has committed to the file: 3 us."""
        return self._run("PRAGMA data_version").fetchone()[0]  # type: ignore[no-any-return]

    def standing(self) -> Standing:
        """See `Standing`."""
        row = self._run(
            "SELECT id, revision, floor, places FROM jars WHERE name = ?", (self.name,)
        ).fetchone()
        if row is None:
            row = None, 0, 0, 0
        self._jar = row[0]
        return row  # type: ignore[no-any-return]

    def all_rows(self) -> list[Row]:
        """All cookies, in order."""
        return self._rows(f"SELECT {_COLUMNS} FROM cookies WHERE jar = ? {_IN_ORDER}", (self._jar,))

    def family(self, family: str) -> list[Row]:
        """The cookies of a family of domains, in order."""
        return self._rows(
            f"SELECT {_COLUMNS} FROM cookies WHERE jar = ? AND family = ? {_IN_ORDER}",
            (self._jar, family),
        )

    def written_since(self, revision: int) -> list[Row]:
        """What was made or written after a revision, in order."""
        return self._rows(
            f"SELECT {_COLUMNS} FROM cookies WHERE jar = ? AND revision > ? {_IN_ORDER}",
            (self._jar, revision),
        )

    def gone_since(self, revision: int) -> list[tuple[str, str, str, str]]:
        """Where it was filed, and the cause, of what was removed after a revision."""
        return self._rows(
            "SELECT filed, path, name, cause FROM gone WHERE jar = ? AND revision > ? "
            "ORDER BY revision",
            (self._jar, revision),
        )

    def order_of(self, family: str, filed: str) -> list[tuple[str, str, int]]:
        """Path, name and the domain's place of a domain's cookies, in order."""
        return self._rows(
            f"SELECT path, name, domain_place FROM cookies WHERE {_KEY} ORDER BY path_place, place",
            {"jar": self._jar, "family": family, "filed": filed},
        )

    def earliest(self, moment: float) -> float | None:
        """The earliest expiry-time after a moment, None if there is none."""
        return self._value(  # type: ignore[no-any-return]
            "SELECT min(expires) FROM cookies WHERE jar = ? AND expires > ?", (self._jar, moment)
        )

    def families_ending(self, moment: float) -> list[str]:
        """The families of cookies whose expiry-time has come at a moment."""
        rows = self._rows(
            "SELECT DISTINCT family FROM cookies WHERE jar = ? AND expires <= ?",
            (self._jar, moment),
        )
        return [row[0] for row in rows]

    def has_any(self) -> bool:
        """Tell whether the jar has any cookie."""
        return self._value("SELECT 1 FROM cookies WHERE jar = ? LIMIT 1", (self._jar,)) is not None

    # Writing; between `begin` and `commit`

    def jar(self) -> int:
        """The number of the jar, which gets a row if it has none."""
        if self._jar is None:
            self._run("INSERT OR IGNORE INTO jars (name) VALUES (?)", (self.name,))
            self.standing()
            self._is_new = True
        assert self._jar is not None
        return self._jar

    def put(self, family: str, key: Key, held: Held, revision: int, place: int) -> None:
        """Write a cookie."""
        jar = self.jar()
        self._run(_NOT_GONE, (jar, *key))
        self._run(_PUT, (jar, family, *key, *held, revision, place))

    def remove(self, family: str, key: Key, revision: int, cause: str) -> bool:
        """Remove a cookie, and remember that; False if there is none."""
        jar = self.jar()
        if not self._run(_REMOVE, (jar, family, *key)).rowcount:
            return False
        self._run(_NOTE_GONE, (jar, *key, revision, cause))
        return True

    def wipe(self, revision: int, cause: str) -> None:
        """Remove all cookies of the jar."""
        jar = self.jar()
        self._run(
            "INSERT OR REPLACE INTO gone (jar, filed, path, name, revision, cause) "
            "SELECT jar, filed, path, name, ?, ? FROM cookies WHERE jar = ?",
            (revision, cause, jar),
        )
        self._run("DELETE FROM cookies WHERE jar = ?", (jar,))

    def touch(self, accesses: Iterable[tuple[str, Key, float]]) -> None:
        """Note when cookies were last sent; no revision, for nobody has to know at once."""
        for family, key, moment in accesses:
            jar = self.jar()
            self._run(
                "UPDATE cookies SET last_access_time = ? WHERE jar = ? AND family = ? AND filed = ? "
                "AND path = ? AND name = ? AND ifnull(last_access_time, 0) < ?",
                (moment, jar, family, *key, moment),
            )

    def advance(self, revision: int, places: int) -> None:
        """Note that the jar has come to a revision; now and then forget what is long gone."""
        jar = self.jar()
        self._run("UPDATE jars SET revision = ?, places = ? WHERE id = ?", (revision, places, jar))
        if revision % _THINNED_EVERY == 0 and revision > REMEMBERED:
            floor = revision - REMEMBERED
            self._run("UPDATE jars SET floor = ? WHERE id = ?", (floor, jar))
            self._run("DELETE FROM gone WHERE jar = ? AND revision <= ?", (jar, floor))

    def names(self) -> list[str]:
        """The names of all jars in the file."""
        return [row[0] for row in self._rows("SELECT name FROM jars ORDER BY name", ())]

    def delete_jar(self) -> bool:
        """Remove the jar with all it has; False if there is none. In a transaction of its own."""
        self.begin()
        try:
            jar = self.standing()[0]
            if jar is not None:
                self._run("DELETE FROM cookies WHERE jar = ?", (jar,))
                self._run("DELETE FROM gone WHERE jar = ?", (jar,))
                self._run("DELETE FROM jars WHERE id = ?", (jar,))
            self.commit()
        except BaseException:
            self.rollback()
            raise
        return jar is not None
