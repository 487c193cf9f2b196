"""Cookies from Firefox's database, whatever its version, while Firefox writes it."""

import importlib.util
import io
import os
import pathlib
import random
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading

import pytest

from cookietin import BrowserCookiePolicy, RequestContext, open_jar
from cookietin.cookie import CookieFields
from cookietin.errors import CookieSkippedWarning, FormatError
from cookietin.formats import Choice, firefox, sqlite_copy
from cookietin.formats.reading import HEAD, Reading

NOW = 1_767_225_600
HERE = pathlib.Path(__file__).parent


def _load(name):
    """A module beside this one; in importlib mode, pytest puts no folder on sys.path."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


databases = _load("firefox_databases")


@pytest.fixture
def make(tmp_path):
    """Makes a database whose connection stays open: its rows stand in the log alone."""
    connections = []

    def create(version=17, *rows, wal=True):
        path = tmp_path / "cookies.sqlite"
        connections.append(databases.create(path, version, *rows, wal=wal))
        return path

    create.connections = connections
    yield create
    for connection in connections:
        connection.close()


def companion_of(path):
    def companion(suffix):
        try:
            return open(f"{path}{suffix}", "rb")
        except FileNotFoundError:
            return None

    return companion


def read(path, *, lenient=False, companion=None, ended=False, now=NOW):
    choice = Choice(session=True, ended=ended, now=now)
    reading = Reading(
        path, choice, CookieFields, lenient=lenient, companion=companion or companion_of(path)
    )
    with open(path, "rb") as stream:
        return list(firefox.read(stream, reading)), reading


def names(path, **options):
    return [cookie.name for cookie in read(path, **options)[0]]


VERSIONS = [pytest.param(version, id=f"version {version}") for version in databases.COLUMNS]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cookie_of_every_version(make, version):
    """The profile of an old Firefox counts seconds, that of a new one milliseconds."""
    path = make(
        version,
        {"host": ".shop.test", "path": "/a", "isSecure": 1, "isHttpOnly": 1, "value": "x\tü"},
    )

    (cookie,), _ = read(path)

    assert (cookie.name, cookie.value) == ("sid", "x\tü".encode().decode("latin-1"))
    assert (cookie.domain, cookie.host_only, cookie.path) == (".shop.test", False, "/a")
    assert (cookie.secure, cookie.http_only) == (True, True)
    assert (cookie.expires, cookie.discard) == (NOW + 3600, False)
    assert cookie.creation_time == NOW - 3600


@pytest.mark.parametrize(
    ("version", "row", "expected"),
    [
        pytest.param(17, {"sameSite": 256}, None, id="256 is none"),
        pytest.param(17, {"sameSite": 0, "isSecure": 1}, "None", id="0 with Secure is None"),
        pytest.param(17, {"sameSite": 0}, None, id="0 without Secure is none"),
        pytest.param(17, {"sameSite": 1}, "Lax", id="1 is Lax"),
        pytest.param(17, {"sameSite": 2}, "Strict", id="2 is Strict"),
        pytest.param(17, {"sameSite": 77}, None, id="an unknown number is none"),
        pytest.param(14, {"sameSite": 1, "rawSameSite": 1}, "Lax", id="old: Lax was said"),
        pytest.param(14, {"sameSite": 1, "rawSameSite": 0}, None, id="old: Lax by default"),
        pytest.param(
            14, {"sameSite": 0, "rawSameSite": 0, "isSecure": 1}, "None", id="old: None, Secure"
        ),
        pytest.param(9, {"sameSite": 2}, "Strict", id="older: one column"),
    ],
)
def test_same_site(make, version, row, expected):
    """As Firefox 153 read them when it brought such databases up to date."""
    (cookie,), _ = read(make(version, row))

    assert cookie.same_site == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("shop.test", ("shop.test", True), id="host-only"),
        pytest.param(".shop.test", (".shop.test", False), id="with its subdomains"),
        pytest.param("127.0.0.1", ("127.0.0.1", True), id="IPv4"),
        pytest.param("[::1]", ("[::1]", True), id="IPv6"),
        pytest.param("localhost", ("localhost", True), id="localhost"),
    ],
)
def test_hosts(make, host, expected):
    (cookie,), _ = read(make(17, {"host": host}))

    assert (cookie.domain, cookie.host_only) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param("", None, id="none"),
        pytest.param("^partitionKey=%28https%2Ctop.test%29", "https://top.test", id="a site"),
        pytest.param("^partitionKey=%28http%2C127.0.0.1%29", "http://127.0.0.1", id="an address"),
        pytest.param("^partitionKey=%28http%2C%5B%2B%2B1%5D%29", "http://[::1]", id="IPv6"),
        pytest.param(
            "^partitionKey=%28https%2Ctop.test%2C8443%29", "https://top.test", id="without port"
        ),
    ],
)
def test_partitions(make, attributes, expected):
    (cookie,), _ = read(make(17, {"originAttributes": attributes}))

    assert cookie.partition_key == expected


def test_a_partitioned_cookie_is_sent_in_its_partition_alone(make):
    """The key that is read is the one that browser rules file such cookies under."""
    path = make(
        17,
        {
            "host": "chat.test",
            "isSecure": 1,
            "originAttributes": "^partitionKey=%28https%2Ctop.test%29",
            "isPartitionedAttributeSet": 1,
            "expiry": 4_000_000_000_000,
        },
    )

    jar = open_jar(path, "firefox", BrowserCookiePolicy())

    def sent(key):
        return jar.cookie_header(
            "https://chat.test/",
            context=RequestContext(
                site_for_cookies="https://chat.test/", partition_key=key
            ),
        )  # fmt: skip

    assert sent("https://www.top.test/page") == "sid=1"
    assert sent("https://other.test/") is None
    assert [cookie.has_nonstandard_attr("Partitioned") for cookie in jar] == [True]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param({"originAttributes": "^userContextId=2"}, "container", id="a container"),
        pytest.param(
            {"originAttributes": "^userContextId=2&partitionKey=%28https%2Ctop.test%29"},
            "container",
            id="a partition in a container",
        ),
        pytest.param({"originAttributes": "^privateBrowsingId=1"}, "identity", id="private"),
        pytest.param({"originAttributes": "^firstPartyDomain=a.test"}, "identity", id="isolation"),
        pytest.param({"originAttributes": "nonsense"}, "identity", id="no attributes"),
        pytest.param({"originAttributes": "^partitionKey=x"}, "partitionKey", id="no key"),
        pytest.param(
            {"originAttributes": "^partitionKey=%28https%2Ctop.test%2Cf%29"}, "frames", id="frames"
        ),
        pytest.param({"host": ""}, "host", id="no host"),
        pytest.param({"host": "a b"}, "host", id="a host that is none"),
        pytest.param({"host": None}, "host", id="NULL"),
        pytest.param({"value": None}, "value", id="no value"),
        pytest.param({"expiry": "soon"}, "expiry", id="a text for a number"),
        pytest.param({"expiry": 1.5}, "expiry", id="a fraction"),
        pytest.param({"isSecure": "s3cr3t"}, "isSecure", id="a text for a flag"),
        pytest.param({"name": "", "value": ""}, "neither", id="neither name nor value"),
    ],
)
def test_a_row_that_is_passed_over_costs_no_other(make, row, problem):
    path = make(17, {"name": "good"}, {"name": "bad", "value": "s3cr3t", **row})

    cookies, reading = read(path, lenient=True)

    assert [cookie.name for cookie in cookies] == ["good"]
    assert [noted.entry for noted in reading.problems] == [2]
    assert problem in str(reading.problems[0])
    assert "s3cr3t" not in str(reading.problems[0])
    with pytest.raises(FormatError, match="entry 2: "):
        read(path)


def test_odd_rows_are_cookies(make):
    """Firefox has had nameless cookies, and expiry-times beyond all calendars."""
    path = make(
        17,
        {"name": "", "value": "lone", "path": ""},
        {"name": "for-ever", "expiry": 2**63 - 1},
        {"name": "young", "creationTime": 0},
    )

    cookies, _ = read(path)

    found = {cookie.name: cookie for cookie in cookies}
    assert (found["lone"].value, found["lone"].path) == (None, "/")
    assert found["for-ever"].expires == 253_402_300_799
    assert found["young"].creation_time is None


def test_expired_cookies_are_left_out_unless_asked_for(make):
    path = make(17, {"expiry": databases.expiry(17, NOW - 1)})

    assert names(path) == []
    assert names(path, ended=True) == ["sid"]


def test_cookies_come_in_the_order_of_their_creation(make):
    """Of two cookies that a request takes along, the older goes first (6265bis 5.8.3)."""
    path = make(
        17, {"name": "b", "creationTime": 2_000_000}, {"name": "a", "creationTime": 1_000_000}
    )

    assert names(path) == ["a", "b"]


def test_a_dump_into_a_new_file_has_lost_its_version(make):
    path = make(17, {})
    make.connections[0].execute("PRAGMA user_version = 0")

    (cookie,), _ = read(path)

    assert cookie.expires == NOW + 3600


# While Firefox runs.


def test_what_stands_in_the_log_alone_is_read(make):
    """The newest cookies, and with a new profile all: the database has not even a table yet."""
    path = make(17, {})

    assert b"moz_cookies" not in path.read_bytes()
    assert names(path) == ["sid"]


def test_the_profile_is_left_as_it_is(make, tmp_path):
    """No file more, none changed, no lock: Firefox must not notice."""
    path = make(17, {})
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    names(path)

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
    make.connections[0].execute("PRAGMA wal_checkpoint(TRUNCATE)")  # it would be busy


def test_a_database_locked_for_ever_is_read(tmp_path):
    """Firefox takes the exclusive lock and keeps it."""
    path = tmp_path / "cookies.sqlite"
    connection = databases.create(path)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    databases.insert(connection)

    assert names(path) == ["sid"]
    connection.close()


def test_the_copy_is_private_and_removed(make, monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = make(17, {}, {"name": "two"})
    choice = Choice(session=True, ended=False, now=NOW)
    reading = Reading(path, choice, CookieFields, companion=companion_of(path))

    with open(path, "rb") as stream:
        cookies = firefox.read(stream, reading)
        next(cookies)
        (inside,) = folder.iterdir()
        mode = stat.S_IMODE(inside.stat().st_mode)
        cookies.close()

    assert mode == 0o700
    assert list(folder.iterdir()) == []


def test_a_log_that_begins_anew_meanwhile_costs_no_cookie(make):
    """Database first, then a log of which the older part is gone: that pair would lack cookies."""
    path = make(17, {"name": "old"})
    (connection,) = make.connections
    opened = []

    def companion(suffix):
        opened.append(suffix)
        if len(opened) == 2:  # the database has just been copied, without "old"
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            databases.insert(connection, name="new")
        return companion_of(path)(suffix)

    assert names(path, companion=companion) == ["old", "new"]
    assert len(opened) == 6  # two rounds


def test_a_log_that_vanishes_meanwhile_costs_no_cookie(make):
    """Firefox ends: it moves the log into the database and removes it."""
    path = make(17, {"name": "old"})
    opened = []

    def companion(suffix):
        opened.append(suffix)
        if len(opened) == 2:
            make.connections[0].close()
        return companion_of(path)(suffix)

    assert names(path, companion=companion) == ["old"]


def test_a_database_that_never_rests_is_an_error(make, monkeypatch):
    """Better none than some of the cookies."""
    monkeypatch.setattr(sqlite_copy, "_PAUSE", 0)
    path = make(17, {"name": "s3cr3t"})
    (connection,) = make.connections

    def companion(suffix):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        databases.insert(connection, name=f"c{random.random()}")
        return companion_of(path)(suffix)

    with pytest.raises(FormatError, match="try again, or close that program"):
        names(path, companion=companion)


def test_a_checkpoint_alone_changes_nothing(make):
    """It moves what stands in the log into the database; the log still has all of it."""
    path = make(17, {"name": "old"})
    (connection,) = make.connections
    opened = []

    def companion(suffix):
        opened.append(suffix)
        if len(opened) == 2:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        return companion_of(path)(suffix)

    assert names(path, companion=companion) == ["old"]
    assert len(opened) == 3  # one round


def test_no_cookie_is_lost_that_was_committed_before(tmp_path):
    """
    A process commits and checkpoints all the time; a reading has all of a moment after its start.

    It may say that the database never rests. COOKIETIN_READINGS=1000 reads as often.
    """
    path = tmp_path / "cookies.sqlite"
    child = subprocess.Popen(
        [sys.executable, str(HERE / "firefox_databases.py"), "write", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    committed = [0]
    first = threading.Event()

    def follow():
        for line in child.stdout:
            committed[0] = int(line)
            if committed[0] >= 5:
                first.set()

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    wrong, taken = [], 0
    readings = int(os.environ.get("COOKIETIN_READINGS", "25"))
    try:
        assert first.wait(20)
        for _ in range(readings):
            before = committed[0]
            try:
                found = names(path)
            except FormatError:
                continue
            taken += 1
            newest = int(found[-1][1:])
            expected = range(max(0, newest + 1 - databases.KEPT), newest + 1)
            if newest + 1 < before or found != [f"c{number}" for number in expected]:
                wrong.append((before, found))
    finally:
        child.stdin.close()
        child.wait(20)
        follower.join(20)
        child.stdout.close()

    assert wrong == []
    assert taken > readings // 2


def test_a_database_with_a_rollback_journal(make):
    """As other programs leave it that have copied a profile's database."""
    path = make(17, {}, wal=False)

    assert names(path) == ["sid"]


def test_a_transaction_under_way_in_a_rollback_journal_is_an_error(make, monkeypatch):
    monkeypatch.setattr(sqlite_copy, "_PAUSE", 0)
    path = make(17, {}, wal=False)
    (connection,) = make.connections
    connection.execute("PRAGMA cache_spill = OFF")
    path.with_name(path.name + "-journal").write_bytes(
        b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504)
    )

    with pytest.raises(FormatError, match="close that program"):
        names(path)
    path.with_name(path.name + "-journal").unlink()


# Files that are something else.


def error_of(octets, companions=None):
    choice = Choice(session=True, ended=False, now=NOW)
    reading = Reading(
        "cookies.sqlite",
        choice,
        CookieFields,
        lenient=True,
        companion=lambda suffix: (companions or {}).get(suffix),
    )
    with pytest.raises(FormatError) as caught:
        list(firefox.read(io.BytesIO(octets), reading))
    return str(caught.value)


@pytest.fixture
def whole(make, tmp_path):
    """The octets of a database of some pages, without a log."""
    path = make(17, *[{"name": f"c{n}", "value": "s3cr3t" * 500} for n in range(40)])
    (connection,) = make.connections
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def test_a_truncated_database_is_an_error(whole):
    """It may look whole, if the last pages are missing."""
    for length in (0, 50, 100, 4096, len(whole) // 2, len(whole) - 32768):
        assert "s3cr3t" not in error_of(whole[:length])


def test_a_broken_schema_that_is_not_utf8_is_an_error(whole):
    """SQLite quotes it, and Python cannot decode what SQLite says (found by the fuzz loop)."""
    assert "damaged" in error_of(
        whole.replace(b"CREATE TABLE moz_cookies", b"CREATE TAB\xea\xa4 moz_cookies")
    )


def test_another_database_is_an_error(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()

    assert "moz_cookies" in error_of(path.read_bytes())


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE moz_cookies (name, value, host)")
    connection.close()

    assert "not there: path, expiry" in error_of(path.read_bytes())


def test_a_view_is_no_table(tmp_path):
    """A view may compute for ever; a stranger's database is not asked for one."""
    path = tmp_path / "view.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE VIEW moz_cookies AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS name, x AS value, 'a.test' AS host, '/' AS path, x AS expiry FROM n"
        )
    connection.close()

    assert "not there" in error_of(path.read_bytes())


def test_a_log_that_is_none_is_an_error(whole):
    assert "-wal" in error_of(whole, {"-wal": io.BytesIO(b"x" * 100)})


def test_sniff(whole, make):
    assert firefox.sniff(whole[:HEAD])
    assert not firefox.sniff(b"SQLite format 3\0" + bytes(1000))
    assert not firefox.sniff(b"# Netscape HTTP Cookie File\nmoz_cookies")
    ours = bytearray(whole)
    ours[68:72] = b"ctin"
    assert not firefox.sniff(bytes(ours[:HEAD]))


def test_open_jar_reads_a_profile(make):
    path = make(
        17,
        {"expiry": 4_000_000_000_000},
        {"name": "work", "originAttributes": "^userContextId=2", "expiry": 4_000_000_000_000},
    )

    with pytest.warns(CookieSkippedWarning, match="container"):
        jar = open_jar(path, "firefox", BrowserCookiePolicy())

    assert jar.cookie_header("http://shop.test/") == "sid=1"
    with pytest.raises(OSError, match="only read"):
        jar.save()
