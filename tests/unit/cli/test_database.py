"""Jars that are their own file, as one in a database is: no format, and every change is final."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cookietin import Cookie, CookieJar, FileCookieJar, SQLiteCookieJar
from cookietin.cookiejar import format_jars
from cookietin.formats.reading import LoadReport

Run = Callable[..., Any]


def cookie_of(name: str, expires: int | None) -> Cookie:
    fields = {"name": name, "value": "1", "domain": "shop.test"}
    return Cookie.from_dict(fields if expires is None else {**fields, "expirationDate": expires})


class Database(FileCookieJar):
    """A jar whose cookies are in a "database", which is this class."""

    rows: ClassVar[list[Cookie]] = []
    opened: ClassVar[int] = 0

    def load(self, *arguments: Any, **named: Any) -> None:
        Database.opened += 1
        for cookie in Database.rows:
            self.set_cookie(cookie)
        self._cookietin_report = LoadReport(self.filename, "database", len(self))

    def save(self, filename: Any = None, *arguments: Any, **named: Any) -> None:
        Path(filename).write_bytes(
            b"rows of " + b" ".join(sorted(each.name.encode() for each in self))
        )

    def clear_expired_cookies(self) -> None:
        Database.rows = []

    def copy(self) -> CookieJar:
        made = CookieJar()
        for cookie in self:
            made.set_cookie(cookie)
        return made

    def sync(self) -> None:
        Database.rows = list(self)

    def close(self) -> None:
        Database.opened -= 1


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of such a jar: a login, and a cookie that has ended."""
    monkeypatch.setitem(format_jars._CLASSES, "database", Database)
    monkeypatch.setattr(Database, "rows", [cookie_of("sid", None), cookie_of("old", 1)])
    monkeypatch.setattr(Database, "opened", 0)
    file = tmp_path / "cookies.db"
    file.write_bytes(b"rows")
    return file


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["header", "{}", "http://shop.test/"], id="header"),
        pytest.param(["explain", "{}", "http://shop.test/"], id="explain"),
        pytest.param(["show", "{}", "--url", "http://shop.test/"], id="show"),
        pytest.param(["check", "{}"], id="check"),
    ],
)
def test_looking_changes_nothing(run: Run, database: Path, words: list[str]) -> None:
    """A copy is asked, for to be asked may sweep; and the database is let go of."""
    ended = run(*(word.replace("{}", str(database)) for word in words), "--format", "database")

    assert ended.code in (0, 1), ended
    assert ended.out
    assert [cookie.name for cookie in Database.rows] == ["sid", "old"]
    assert Database.opened == 0


def test_changes_go_into_the_database(run: Run, database: Path) -> None:
    """By the jar's own `sync`."""
    kept = run("set", database, "n=1", "--url", "http://shop.test/", "--format", "database")
    removed = run("rm", database, "--name", "sid", "--format", "database")

    assert (kept.code, removed.code) == (0, 0)
    assert {cookie.name for cookie in Database.rows} >= {"n"}
    assert "sid" not in {cookie.name for cookie in Database.rows}
    assert Database.opened == 0


def test_convert_to_a_database_and_back(run: Run, database: Path, file: Path) -> None:
    """There is no list of what it loses, so nothing is said to be lost."""
    output = database.with_name("new.db")

    there = run("convert", file, output, "--to", "database")
    back = run("convert", database, "-", "--from", "database", "--to", "mozilla")

    assert (there.code, there.err) == (0, "")
    assert output.read_bytes() == b"rows of old secret-of-word sid theme"
    assert "\told\t1\n" in back.out


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_database_that_may_be_open_is_not_replaced(
    run: Run, database: Path, file: Path, suffix: str
) -> None:
    """What lies beside it would be applied to the new one, and break it."""
    beside = Path(f"{database}{suffix}")
    beside.touch()

    refused = run("convert", file, database, "--to", "lwp", "--force")

    assert refused.code == 2
    assert f"there is {beside}, so a program may have this database open" in refused.err
    assert database.read_bytes() == b"rows"


def test_a_jar_in_sqlite_is_a_file_like_any(run: Run, file: Path) -> None:
    """It is told by what it holds, and every command that changes it commits."""
    database = file.with_name("jar.db")

    made = run("convert", file, database, "--to", "sqlite")
    there = run("set", database, "added=1", "--url", "https://shop.test/")
    gone = run("rm", database, "--name", "theme")
    compared = run("diff", file, database)

    assert (made.code, there.code, gone.code, compared.code) == (0, 0, 0, 1)
    with SQLiteCookieJar(database) as jar:
        names = {cookie.name for cookie in jar}
    assert {"sid", "added"} <= names
    assert "theme" not in names


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["show"], id="show"),
        pytest.param(["check"], id="check"),
        pytest.param(["header", "http://shop.test/"], id="header"),
    ],
)
def test_looking_does_not_wait_for_a_writer(run: Run, tmp_path: Path, words: list[str]) -> None:
    """It waited for half a minute until it might write, and then failed, with nothing to write."""
    file = tmp_path / "jar.sqlite"
    with SQLiteCookieJar(file) as jar:
        jar.set_cookie(cookie_of("sid", None))

    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        ended = run(words[0], file, *words[1:])

    assert (ended.code, ended.err) == (0, "")
    assert "sid" in ended.out or words[0] == "check"
