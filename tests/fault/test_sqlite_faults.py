"""What breaks an SQLite jar is said clearly, and costs nothing that was committed.

Rules of this file:
- Faults are real: killed processes, permissions, full disks, locks and damaged files.
- No error shows a cookie's value.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
import sqlite_writers

from cookietin import LoadError, SQLiteCookieJar

URL = "https://shop.test/"
SECRET = "s3cret-value"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jar.sqlite"


@pytest.fixture
def filled(path):
    """A closed file with one cookie."""
    with SQLiteCookieJar(path) as jar:
        jar.store_response(URL, [f"a={SECRET}; Max-Age=600"])
    return path


def test_killed_writers_lose_nothing_and_show_nothing_half_written(path):
    """A small run of the campaign in sqlite_writers.py."""
    report = sqlite_writers.run(path, processes=2, operations=200, kills=8, seed=2)

    assert report["kills"] >= 1  # as fast as the machine lets it
    assert report["noted"] == report["operations"] == 400
    wrong = ("lost", "halves seen", "failed reads", "failed writers")
    assert [report[name] for name in wrong] == [0, 0, 0, 0]


def test_a_killed_process_leaves_no_lock(filled):
    """It dies in the middle of a transaction."""
    pid = os.fork()
    if pid == 0:
        jar = SQLiteCookieJar(filled)
        jar._cookies_lock.acquire()
        jar.set("b", "1", url=URL)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)

    with SQLiteCookieJar(filled) as jar:
        jar.store_response(URL, ["c=1"])
        assert [cookie.name for cookie in jar] == ["a", "c"]


def foreign(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE places (url TEXT)")
    connection.commit()
    connection.close()


def newer(path):
    SQLiteCookieJar(path).close()
    with SQLiteCookieJar(path) as jar:
        jar.store_response(URL, [f"a={SECRET}"])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def text(path):
    path.write_text(f"# Netscape HTTP Cookie File\n{SECRET}\n" * 100)


def truncated(path):
    with SQLiteCookieJar(path) as jar:
        for number in range(300):
            jar.store_response(f"https://h{number}.test/", [f"a={SECRET}{number}"])
    os.truncate(path, path.stat().st_size // 4096 // 2 * 4096)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(foreign, "database of another program; name another file", id="foreign"),
        pytest.param(newer, "is of schema version 99, and this cookietin knows 2", id="newer"),
        pytest.param(text, "is no SQLite database, or a damaged one", id="no database"),
        pytest.param(truncated, "is no SQLite database, or a damaged one", id="cut in half"),
    ],
)
def test_a_file_that_is_not_ours_is_said_and_untouched(path, make, message):
    make(path)
    before = path.read_bytes()
    jar = SQLiteCookieJar(path)

    with pytest.raises(LoadError, match=message) as caught:
        len(jar)

    assert str(path) in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.__context__)
    assert path.read_bytes() == before
    jar._cookietin_sharing.close()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("more = '{'", id="no JSON"),
        pytest.param("more = '[1]'", id="no object"),
        pytest.param("""more = '{"__class__": 1}'""", id="no attribute"),
        pytest.param("attributes = '1'", id="no attributes"),
        pytest.param("value = x'00'", id="octets"),
        pytest.param("expires = 'soon'", id="no number"),
    ],
)
def test_a_damaged_row_names_its_cookie(filled, change):
    connection = sqlite3.connect(filled)
    connection.execute(f"UPDATE cookies SET {change}")
    connection.commit()
    connection.close()
    with SQLiteCookieJar(filled, lenient=True) as jar:
        assert len(jar) == 0
    jar = SQLiteCookieJar(filled)

    with pytest.raises(
        LoadError, match=r"the row of cookie 'a' of 'shop\.test' is damaged"
    ) as caught:
        len(jar)

    assert SECRET not in str(caught.value)
    jar._cookietin_sharing.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o500)

    with pytest.raises(PermissionError):
        SQLiteCookieJar(folder / "jar.sqlite").store_response(URL, ["a=1"])

    assert list(folder.iterdir()) == []


def test_a_folder_in_place_of_a_file_is_said(tmp_path):
    with pytest.raises(IsADirectoryError, match="name a file"):
        SQLiteCookieJar(tmp_path).cookie_header(URL)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        SQLiteCookieJar(tmp_path / "none" / "jar.sqlite").cookie_header(URL)


def test_a_lock_that_another_process_holds_is_waited_for_and_said(filled):
    """Readers go on meanwhile."""
    holder = sqlite3.connect(filled, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    jar = SQLiteCookieJar(filled)
    jar._cookietin_sharing.database.timeout = 0.05
    assert jar.cookie_header(URL) == f"a={SECRET}"

    with pytest.raises(TimeoutError, match="another process has locked it"):
        jar.store_response(URL, ["b=1"])

    assert [cookie.name for cookie in jar] == ["a"]
    holder.execute("ROLLBACK")
    jar.store_response(URL, ["b=1"])
    assert [cookie.name for cookie in jar] == ["a", "b"]
    jar.close()
    holder.close()


@pytest.fixture
def small_disk(tmp_path):
    """A mounted file system of 512 KiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a tmpfs needs Linux, root and mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=512k,mode=700"]
    done = subprocess.run(
        ["mount", *options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"mounting a tmpfs is not allowed here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_costs_the_operation_alone(small_disk):
    """The jar has what the database has, and listeners hear of nothing else."""
    jar = SQLiteCookieJar(small_disk / "jar.sqlite")
    changes = []
    subscription = jar.subscribe(changes.append)
    committed = []

    def fill():
        for number in range(1000):
            jar.store_response(URL, [f"n{number}={SECRET * 100}"])
            committed.append(f"n{number}")

    with pytest.raises(OSError, match="full") as caught:
        fill()

    assert caught.value.errno in (errno.ENOSPC, errno.EIO)
    assert SECRET not in str(caught.value)
    assert len(committed) > 5
    assert [cookie.name for cookie in jar] == committed
    assert [change.cookie.name for change in changes] == committed
    with SQLiteCookieJar(small_disk / "jar.sqlite") as other:
        assert [cookie.name for cookie in other] == committed
    subscription.close()
    jar._cookietin_sharing.close()


def test_an_interrupted_operation_is_undone_or_done(filled, monkeypatch):
    """Whatever raises at the commit, the jar has what the database has."""
    jar = SQLiteCookieJar(filled)
    assert len(jar) == 1

    def interrupted(revision, places):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jar._cookietin_sharing.database, "advance", interrupted)
        with pytest.raises(KeyboardInterrupt):
            jar.store_response(URL, ["b=1", "c=1"])

    assert [cookie.name for cookie in jar] == ["a"]
    jar.store_response(URL, ["d=1"])
    assert [cookie.name for cookie in SQLiteCookieJar(filled)] == ["a", "d"]
    jar.close()


def test_a_reader_sees_a_response_as_a_whole(path):
    """A process writes, this one reads."""
    SQLiteCookieJar(path).sync()
    pid = os.fork()
    if pid == 0:
        with SQLiteCookieJar(path) as jar:
            for number in range(150):
                jar.store_response(URL, [f"a={number}", f"b={number}"])
        os._exit(0)
    jar = SQLiteCookieJar(path)
    halves = 0
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        values = {cookie.value for cookie in jar}
        halves += len(values) > 1
        time.sleep(0)

    assert halves == 0
    assert jar.cookie_header(URL) == "a=149; b=149"
    jar.close()
