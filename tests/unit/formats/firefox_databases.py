"""Databases as Firefox makes them, in the shape of several schema versions, and one that lives.

    python tests/unit/formats/firefox_databases.py write PATH      # a writer that does not stop

The writer says how many cookies it has committed, one number a line, and ends with its stdin.
"""

import select
import sqlite3
import sys

NOW = 1_767_225_600
KEPT = 200  # so many cookies the writer leaves
_COMMON = """
    id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL DEFAULT '', name TEXT, value TEXT,
    host TEXT, path TEXT, expiry INTEGER, lastAccessed INTEGER, creationTime INTEGER,
    isSecure INTEGER, isHttpOnly INTEGER, inBrowserElement INTEGER DEFAULT 0
"""
_SAME_SITE = ", sameSite INTEGER DEFAULT 0"
_SCHEME_MAP = ", schemeMap INTEGER DEFAULT 0"
_PARTITIONED = ", isPartitionedAttributeSet INTEGER DEFAULT 0"
COLUMNS = {
    9: _COMMON + _SAME_SITE,
    12: _COMMON + _SAME_SITE + ", rawSameSite INTEGER DEFAULT 0" + _SCHEME_MAP,
    14: _COMMON + _SAME_SITE + ", rawSameSite INTEGER DEFAULT 0" + _SCHEME_MAP + _PARTITIONED,
    15: _COMMON + _SAME_SITE + _SCHEME_MAP + _PARTITIONED,
    16: _COMMON + _SAME_SITE + _SCHEME_MAP + _PARTITIONED,
    17: _COMMON + _SAME_SITE + _SCHEME_MAP + _PARTITIONED + ", updateTime INTEGER",
}
COLUMNS[23] = COLUMNS[17] + ", somethingNew TEXT DEFAULT 'x'"


def expiry(version, seconds):
    """An expiry-time as Firefox of this version has it."""
    return seconds * (1000 if version >= 16 else 1)


def create(path, version=17, *rows, wal=True):
    """Make a database with these rows and return the connection, which keeps the log alive."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA page_size = 32768")
    connection.execute("PRAGMA synchronous = OFF")
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(
        f"CREATE TABLE moz_cookies ({COLUMNS[version]}, CONSTRAINT moz_uniqueid "
        "UNIQUE (name, host, path, originAttributes))"
    )
    connection.execute(f"PRAGMA user_version = {version}")
    for row in rows:
        insert(connection, version, **row)
    return connection


def insert(connection, version=17, **given):
    """Insert a cookie; what is not given is as a plain Set-Cookie field has it."""
    row = {
        "name": "sid",
        "value": "1",
        "host": "shop.test",
        "path": "/",
        "expiry": expiry(version, NOW + 3600),
        "lastAccessed": (NOW - 60) * 1_000_000,
        "creationTime": (NOW - 3600) * 1_000_000,
        "isSecure": 0,
        "isHttpOnly": 0,
        **given,
    }
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO moz_cookies ({columns}) VALUES ({marks})", list(row.values()))


def write(path):
    """Commit cookie after cookie, and begin the log anew now and then, as Firefox may any time."""
    connection = create(path)
    number = 0
    while not select.select([sys.stdin], [], [], 0.001)[0]:
        connection.execute("BEGIN")
        insert(connection, name=f"c{number}", value="v" * 2000, creationTime=number + 1)
        connection.execute("DELETE FROM moz_cookies WHERE name = ?", [f"c{number - KEPT}"])
        connection.execute("COMMIT")
        number += 1
        print(number, flush=True)
        if number % 40 == 0:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    write(sys.argv[2])
