"""`loses` of the formats that are only read: exactly what it names does not arrive."""

import io
import json
import sqlite3

import pytest

from cookietin.cookie import CookieFields
from cookietin.formats import Choice, curl, firefox, har
from cookietin.formats.reading import HELD, Reading

NOW = 1_767_225_600
FIELDS = (
    "all=1; Domain=shop.test; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax; Priority=High",
    "few=1",
    "ports=1; Version=1; Port=443; Comment=x",
)

# Tells whether cookies say something.
SAYS = {
    "host_only": lambda cookies: {c.host_only for c in cookies} == {True, False},
    "expires": lambda cookies: any(c.expires for c in cookies),
    "session": lambda cookies: any(c.session for c in cookies),
    "http_only": lambda cookies: any(c.http_only for c in cookies),
    "same_site": lambda cookies: any(c.same_site for c in cookies),
    "partition_key": lambda cookies: any(c.partition_key for c in cookies),
    "creation_time": lambda cookies: any(c.creation_time for c in cookies),
    "last_access_time": lambda cookies: any(c.last_access_time for c in cookies),
    "path_specified": lambda cookies: {bool(c.path_specified) for c in cookies} == {True, False},
    "attributes": lambda cookies: any("Priority" in c._rest for c in cookies),
    "rfc2965": lambda cookies: any(c.version or c.port or c.comment for c in cookies),
}


def recording():
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"url": "https://www.shop.test/a/b"},
        "response": {"headers": [{"name": "Set-Cookie", "value": value} for value in FIELDS]},
    }
    return json.dumps({"log": {"entries": [entry]}}).encode()


def dump():
    fields = "".join(f"< Set-Cookie: {value}\r\n" for value in FIELDS)
    return (
        "> GET /a/b HTTP/1.1\r\n> Host: www.shop.test\r\n> \r\n< HTTP/1.1 200 OK\r\n"
        f"< Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n{fields}< \r\n"
    ).encode()


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE moz_cookies (originAttributes, name, value, host, path, expiry, lastAccessed, "
        "creationTime, isSecure, isHttpOnly, sameSite)"
    )
    for host, attributes in (("www.shop.test", ""), (".shop.test", "^partitionKey=(https,a.test)")):
        row = attributes, "sid", "1", host, "/", NOW + 60, NOW * 10**6, NOW * 10**6, 1, 1, 1
        connection.execute(f"INSERT INTO moz_cookies VALUES ({', '.join('?' * len(row))})", row)
    connection.commit()
    octets = connection.serialize()
    connection.close()
    return octets


@pytest.mark.parametrize(
    ("format", "make"),
    [
        pytest.param(har, recording, id="har"),
        pytest.param(curl, dump, id="curl"),
        pytest.param(firefox, database, id="firefox"),
    ],
)
def test_what_is_lost_is_what_loses_names(format, make):
    """Callers decide by it whether a conversion keeps what they need."""
    reading = Reading("file", Choice(session=True, ended=False, now=NOW), CookieFields)

    cookies = list(format.read(io.BytesIO(make()), reading))

    assert {held for held in HELD if not SAYS[held](cookies)} == format.loses
