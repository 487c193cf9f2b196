"""A file of cookies that many processes share: SQLite with a write-ahead log.

Tables: `jars` (a row a jar, by name), `cookies` (a row a cookie, by where it is filed) and `gone` (what
was removed, and in which revision). Each commit of a jar is one revision more; who knows a revision
reads what came and went since. Time is never compared.

Rules of this file:
- Knows SQL; no jar, policy, cookie or event. A row is a tuple, see `ROW`.
"""

from __future__ import annotations

from cookietin.cookie_rows import HELD
from cookietin.sqlite_file import SQLiteFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ClassVar

    from cookietin.cookie_rows import Held, Key
    from cookietin.errors import FormatError
    from cookietin.sqlite_file import Row

    # Number of the jar in the file, None while it has no row; its revision; up to which revision `gone`
    # was thinned out; the last place that was given out.
    Standing = tuple[int | None, int, int, int]

# A row: where it is filed, what it holds, the revisions in which it was made and last written, and the
# place of its domain, in the order in which domains came.
ROW = ("filed", "path", "name", *HELD, "made", "revision", "domain_place")
HELD_AT, HELD_TO = 3, 3 + len(HELD)
MADE, DOMAIN_PLACE = ROW.index("made"), ROW.index("domain_place")

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

_COLUMNS = ", ".join(ROW)
_IN_ORDER = "ORDER BY domain_place, path_place, place"
_KEY = "jar = :jar AND family = :family AND filed = :filed"
_PUT = f"""
    INSERT INTO cookies
        (jar, family, filed, path, name, {", ".join(HELD)}, made, revision, place,
         domain_place, path_place)
    VALUES (?, ?, ?, ?, ?, {"?, " * len(HELD)} ?, ?, ?,
        ifnull((SELECT domain_place FROM cookies
            WHERE jar = ? AND family = ? AND filed = ? LIMIT 1), ?),
        ifnull((SELECT path_place FROM cookies
            WHERE jar = ? AND family = ? AND filed = ? AND path = ? LIMIT 1), ?))
    ON CONFLICT DO UPDATE SET revision = excluded.revision,
        {", ".join(f"{each} = excluded.{each}" for each in HELD)}
"""
_REMOVE = "DELETE FROM cookies WHERE jar = ? AND family = ? AND filed = ? AND path = ? AND name = ?"
_NOTE_GONE = (
    "INSERT OR REPLACE INTO gone (jar, filed, path, name, revision, cause) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_NOT_GONE = "DELETE FROM gone WHERE jar = ? AND filed = ? AND path = ? AND name = ?"


class Database(SQLiteFile):
    """
    One jar's part of a file.

    Args:
        name: Name of the jar.
        path, made, timeout: As for `SQLiteFile`.
    """

    steps: ClassVar[tuple[tuple[str, ...], ...]] = STEPS

    def __init__(
        self,
        path: str | None,
        name: str,
        made: Callable[[FormatError], Exception] = lambda error: error,
        timeout: float = 30.0,
    ) -> None:
        super().__init__(path, made, timeout)
        self.name = name
        self._jar: int | None = None
        self._is_new = False  # its row is not committed yet

    def commit(self) -> None:
        super().commit()
        self._is_new = False

    def rollback(self) -> None:
        if self._is_new:
            self._jar, self._is_new = None, False
        super().rollback()

    # Reading

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

    def places(self) -> dict[str, int]:
        """The places of all domains."""
        return dict(
            self._rows(
                "SELECT DISTINCT filed, domain_place FROM cookies WHERE jar = ?", (self._jar,)
            )
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
        filed, path, name = key
        domain = (jar, family, filed)
        made = (*domain, path, name, *held, revision, revision, place)
        self._run(_PUT, (*made, *domain, place, *domain, path, place))

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
