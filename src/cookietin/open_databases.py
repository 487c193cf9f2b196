"""Which files are databases of ours, and which of them this process has open.

Rules of this file:
- Does not import sqlite3: whoever looks at a file of any format asks here first.
"""

from __future__ import annotations

import os
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.sqlite_file import SQLiteFile

APPLICATION_ID = 0x636B746E  # "cktn"
HEADER = b"SQLite format 3\x00"
_ID_AT = 68  # where the header has the application id (https://sqlite.org/fileformat2.html)


def is_ours(head: bytes) -> bool:
    """Tell by how a file begins whether it is one of these databases."""
    return (
        head[: len(HEADER)] == HEADER
        and int.from_bytes(head[_ID_AT : _ID_AT + 4], "big") == APPLICATION_ID
    )


open_here: weakref.WeakSet[SQLiteFile] = weakref.WeakSet()


def is_open_here(path: str) -> bool:
    """
    Tell whether this process has a file open as a database.

    Then nobody may open and close it otherwise: POSIX takes all locks of the process away from a file
    when any descriptor of it is closed (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    real = os.path.realpath(path)
    return any(each.path == real and each.is_open for each in list(open_here))
