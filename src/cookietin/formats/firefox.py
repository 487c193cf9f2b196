"""Firefox's cookies.sqlite, out of a profile, while Firefox runs or not.

Only read. Firefox writes cookies down some moments after it has got them, and session cookies never:
those stand in no cookies.sqlite.

What the columns mean was asked of Firefox 153, which brings databases of all versions up to date: expiry
counts milliseconds from version 16 on, and seconds before; sameSite 256 is none, and so is 0 without
Secure; before version 15 a rawSameSite of 0 beside a sameSite of 1 is none, too.

A partitionKey "(https,shop.test)" is the partition "https://shop.test"; its port is left out, as browser
rules have sites without. Cookies of containers, of private windows and of other identities belong to
another user, so to say: they are passed over and reported. So are those of frames with a page of
another site between them and the top-level page, which is a partition that browser rules do not have.

Values are octets, as latin-1 characters. Firefox keeps them as UTF-8: what the server sent that was none
it has replaced itself, and sends so.

Rules of this file:
- Goes by the names of the columns that are there, whatever the version.
- No row costs another.
"""

from __future__ import annotations

import re
import urllib.parse

from cookietin.formats.sqlite_copy import MAGIC, opened_copy
from cookietin.rules.classic_dates import LATEST
from cookietin.rules.hosts import canonical_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading

name = "firefox"
title = "cookies.sqlite of a Firefox profile"
loses: frozenset[str] = frozenset(("session", "path_specified", "attributes", "rfc2965"))
write = None

_NEEDED = ("name", "value", "host", "path", "expiry")
# The others, and what holds where an older Firefox had no such column.
_OTHERS = {
    "originAttributes": b"",
    "creationTime": 0,
    "lastAccessed": 0,
    "isSecure": 0,
    "isHttpOnly": 0,
    "sameSite": 256,
    "rawSameSite": None,
    "isPartitionedAttributeSet": 0,
}
_MILLISECONDS = 16  # schema version from which expiry counts them
_SAME_SITES = {1: "Lax", 2: "Strict"}
_PARTITION = re.compile(r"\(([a-z]+),([^,()]+)(?:,(\d+))?(,f)?\)", re.ASCII)


class _RowError(ValueError):
    """Why a row is passed over; without any value."""


def sniff(head: bytes) -> bool:
    """See `Format.sniff`; a jar of ours has an application id, Firefox's databases have none."""
    return head.startswith(MAGIC) and head[68:72] == bytes(4) and b"moz_cookies" in head


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    with opened_copy(stream, reading) as connection:
        rows = _rows(connection, reading)
        milliseconds = _counts_milliseconds(connection)
        for number, row in enumerate(rows, 1):
            try:
                cookie = _cookie(row, reading, milliseconds=milliseconds)
            except _RowError as error:
                reading.skip(str(error), entry=number)
                continue
            if reading.choice.includes(cookie):
                yield cookie


def _rows(connection: sqlite3.Connection, reading: Reading) -> Iterator[dict[str, Any]]:
    """The rows of the table by names of columns, oldest first."""
    columns = _columns(connection)
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        raise reading.failed(
            f"expected a Firefox database, whose table moz_cookies has columns {', '.join(_NEEDED)}; "
            f"not there: {', '.join(missing)}"
        )
    asked = [column for column in (*_NEEDED, *_OTHERS) if column in columns]
    order = " ORDER BY creationTime" if "creationTime" in columns else ""
    # Names of columns are ours, not the file's.
    cursor = connection.execute(f"SELECT {', '.join(asked)} FROM moz_cookies{order}")
    return ({**_OTHERS, **dict(zip(asked, row, strict=True))} for row in cursor)


def _columns(connection: sqlite3.Connection) -> set[str]:
    """The columns of the table; none if it is no table but a view, say, which may do anything."""
    table = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'moz_cookies'"
    ).fetchone()
    if table is None or not str(table[0], "latin-1").upper().startswith("CREATE TABLE"):
        return set()
    columns = connection.execute("PRAGMA table_info(moz_cookies)")
    return {str(column[1], "latin-1") for column in columns}


def _counts_milliseconds(connection: sqlite3.Connection) -> bool:
    ((version,),) = connection.execute("PRAGMA user_version")
    # A dump into a new file loses the version; version 17 brought the column.
    return version >= _MILLISECONDS or (not version and "updateTime" in _columns(connection))


def _cookie(row: dict[str, Any], reading: Reading, *, milliseconds: bool) -> CookieFields:
    """
    The cookie of a row.

    Raises:
        _RowError: It is none, or belongs to another identity.
    """
    partition_key = _partition_of(_text(row, "originAttributes"))
    domain = _domain(_text(row, "host"))
    name, value = _text(row, "name"), _text(row, "value")
    if not name and not value:
        raise _RowError("expected a name or a value, found neither")
    expires = _number(row, "expiry") // (1000 if milliseconds else 1)
    secure = bool(_number(row, "isSecure"))
    dotted = domain.startswith(".")
    path = _text(row, "path")
    cookie = reading.cookie_class(
        0,
        name or value,
        value if name else None,
        None,
        False,
        domain,
        dotted,
        dotted,
        path if path.startswith("/") else "/",
        False,
        secure,
        min(max(expires, 0), LATEST),
        False,
        None,
        None,
        _rest(row, secure=secure),
    )
    if partition_key is not None:
        cookie._partition_key = partition_key
    cookie._creation_time = _moment(row, "creationTime")
    cookie._last_access_time = _moment(row, "lastAccessed")
    return cookie


def _text(row: dict[str, Any], column: str) -> str:
    octets = row[column]
    if not isinstance(octets, bytes):
        raise _RowError(f"expected a text in column {column}")
    return octets.decode("latin-1")


def _number(row: dict[str, Any], column: str) -> int:
    number = row[column]
    if not isinstance(number, int):
        raise _RowError(f"expected a whole number in column {column}")
    return number


def _moment(row: dict[str, Any], column: str) -> float | None:
    """Seconds since the epoch; None if nothing is known."""
    microseconds = _number(row, column)
    return microseconds / 1_000_000 if microseconds > 0 else None


def _rest(row: dict[str, Any], *, secure: bool) -> dict[str, Any]:
    """The attributes that the standard library's cookies keep apart, as it spells them."""
    rest: dict[str, Any] = {}
    if _number(row, "isHttpOnly"):
        rest["HttpOnly"] = None
    same_site = _same_site(row, secure=secure)
    if same_site is not None:
        rest["SameSite"] = same_site
    if _number(row, "isPartitionedAttributeSet"):
        rest["Partitioned"] = None
    return rest


def _same_site(row: dict[str, Any], *, secure: bool) -> str | None:
    same_site = _number(row, "sameSite")
    if row["rawSameSite"] is not None:
        raw = _number(row, "rawSameSite")
        if raw != same_site:
            # What the server said; the other column has what Firefox went by.
            return _SAME_SITES.get(raw)
    if same_site == 0:
        return "None" if secure else None
    return _SAME_SITES.get(same_site)


def _domain(host: str) -> str:
    """The domain of a host as Firefox has it: with a leading dot, or host-only."""
    bare = host.removeprefix(".")
    canonical = canonical_host(bare)
    if canonical is None:
        raise _RowError("expected a host in column host, found none that cookies are made for")
    return canonical if bare == host else "." + canonical


def _partition_of(origin_attributes: str) -> str | None:
    """
    The partition that a cookie's originAttributes name, None for none.

    Raises:
        _RowError: They name another identity.
    """
    if not origin_attributes:
        return None
    said = dict(urllib.parse.parse_qsl(origin_attributes.removeprefix("^"), keep_blank_values=True))
    key = said.pop("partitionKey", None)
    if "userContextId" in said:
        raise _RowError("it belongs to a container of Firefox, which is another identity")
    if said or (key is None and origin_attributes != "^"):
        raise _RowError("its originAttributes name another identity, such as private browsing")
    if key is None:
        return None
    match = _PARTITION.fullmatch(key)
    # As Firefox 153 writes [::1]: "(http,[++1])".
    host = None if match is None else canonical_host(match[2].replace("+", ":"))
    if match is None or host is None:
        raise _RowError("expected a partitionKey such as (https,shop.test)")
    if match[4]:
        raise _RowError("it belongs to frames with another site's page above them")
    return f"{match[1]}://{host}"
