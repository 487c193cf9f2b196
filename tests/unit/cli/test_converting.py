"""`convert` and `merge`: nothing is lost in silence, and no file by accident."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cookietin import LWPCookieJar, MozillaCookieJar
from cookietin.cli import sinks
from cookietin.file_lock import locked

Run = Callable[..., Any]


def names_in(file: Path, jar_class: type = MozillaCookieJar) -> list[str]:
    """Names of all cookies of a file, "" for a nameless one."""
    jar = jar_class(file)
    jar.load(ignore_discard=True, ignore_expires=True)
    return [cookie.name if cookie.value is not None else "" for cookie in jar]


def test_convert_takes_all_that_the_file_holds(run: Run, file: Path, tmp_path: Path) -> None:
    """Session cookies and cookies that have ended are cookies of the file, too."""
    output = tmp_path / "cookies.lwp"

    converted = run("convert", file, output, "--to", "lwp")

    assert (converted.code, converted.out, converted.err) == (0, "", "")
    assert names_in(output, LWPCookieJar) == ["sid", "theme", "old", ""]
    assert output.stat().st_mode & 0o777 == 0o600


def test_convert_there_and_back(run: Run, file: Path) -> None:
    """Through two pipes, by content alone, the file comes back as it was."""
    there = run("convert", "-", "-", "--to", "lwp", stdin=file.read_bytes())

    back = run("convert", "-", "-", "--to", "mozilla", stdin=there.octets)

    assert back.code == 0
    assert back.octets.split(b"\n\n", 1)[1] == file.read_bytes().split(b"\n", 1)[1]


def test_convert_chooses(run: Run, file: Path) -> None:
    """With the filters of `show`."""
    converted = run("convert", file, "-", "--to", "mozilla", "--no-expired", "--no-session")

    assert converted.out.splitlines()[4:] == [
        "www.shop.test\tFALSE\t/account\tFALSE\t4102444800\ttheme\tsecret-of-theme"
    ]


def test_convert_says_which_attributes_are_lost(run: Run, rich_file: Path, tmp_path: Path) -> None:
    """It counts the cookies that have them, and they are no cookies lost."""
    output = tmp_path / "cookies.txt"

    converted = run("convert", rich_file, output, "--to", "mozilla")

    assert converted.code == 0
    assert converted.err.splitlines() == [
        "cookietin: mozilla cannot hold SameSite: lost by 1 cookie",
        "cookietin: mozilla cannot hold whether the server gave a Path: lost by 2 cookies",
    ]
    assert names_in(output) == ["sid", "theme"]


def test_strict_convert_writes_nothing_unless_all_is_kept(
    run: Run, rich_file: Path, tmp_path: Path
) -> None:
    """SameSite is worth a refusal to some."""
    output = tmp_path / "cookies.txt"

    converted = run("convert", rich_file, output, "--to", "mozilla", "--strict")

    assert converted.code == 1
    assert converted.err.endswith("nothing was written, for --strict wants everything kept\n")
    assert not output.exists()


def test_convert_names_cookies_that_the_format_cannot_hold(run: Run, tmp_path: Path) -> None:
    """A tab ends a field of cookies.txt; the others are written."""
    file = tmp_path / "cookies.lwp"
    line = 'Set-Cookie3: sid={}; path="/"; domain="{}"; discard; version=0\n'
    broken, whole = line.format('"secret-of\tsid"', "a.test"), line.format("1", "b.test")
    file.write_text(f"#LWP-Cookies-2.0\n{broken}{whole}")

    converted = run("convert", file, "-", "--to", "mozilla")

    assert converted.code == 1
    assert "b.test\tFALSE\t/\tFALSE\t0\tsid\t1\n" in converted.out
    assert converted.err == (
        "cookietin: cookie 'sid' of 'a.test' was not saved: cookies.txt cannot hold a tab or a "
        "line break\n"
    )


def test_convert_as_json_reports_the_same(run: Run, rich_file: Path, tmp_path: Path) -> None:
    """For a script that converts many files."""
    output = tmp_path / "cookies.txt"

    document = json.loads(run("convert", rich_file, output, "--to", "mozilla", "--json").out)

    assert document == {
        "format": "mozilla",
        "written": 2,
        "left_out": [],
        "lost": {"same_site": 1, "path_specified": 2},
        "lost_beside": [],
        "unread": [],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["out.txt", "--to", "lwp"], "there is such a file; --force", id="a file"),
        pytest.param(["new.txt"], "name the format to write with --to; there", id="no format"),
        pytest.param(["-", "--to", "txt"], "'txt' is none; there are mozilla, lwp", id="unknown"),
        pytest.param(["-", "--to", "lwp", "--json"], "cannot both go to standard", id="JSON too"),
    ],
)
def test_convert_refuses(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """What is there is not written over by a slip, and no format is guessed from a name."""
    monkeypatch.chdir(file.parent)
    Path("out.txt").write_bytes(file.read_bytes())

    converted = run("convert", file, *arguments)

    assert (converted.code, converted.out) == (2, "")
    assert said in converted.err
    assert Path("out.txt").read_bytes() == file.read_bytes()
    assert not Path("new.txt").exists()


def test_forced_convert_keeps_the_format_of_the_file_it_replaces(
    run: Run, file: Path, rich_file: Path
) -> None:
    """Its content says which."""
    converted = run("convert", file, rich_file, "--force")

    assert converted.code == 0
    assert names_in(rich_file, LWPCookieJar) == ["sid", "theme", "old", ""]


def test_merge_adds_and_the_last_file_wins(run: Run, file: Path, tmp_path: Path) -> None:
    """Of one domain, path and name there is one cookie: that of the file named last."""
    head, place = "# Netscape HTTP Cookie File\n", "www.shop.test\tFALSE\t/account\tFALSE\t0"
    others = [tmp_path / "a.txt", tmp_path / "b.txt"]
    others[0].write_text(f"{head}{place}\ttheme\tfirst\nnew.test\tFALSE\t/\tFALSE\t0\tn\t1\n")
    others[1].write_text(f"{head}{place}\ttheme\tlast\n")

    merged = run("merge", file, *others)

    assert (merged.code, merged.err) == (0, "")
    assert names_in(file) == ["sid", "theme", "old", "", "n"]
    assert f"{place}\ttheme\tlast\n" in file.read_text()


def test_merge_begins_a_file_in_the_format_that_is_named(
    run: Run, file: Path, rich_file: Path, tmp_path: Path
) -> None:
    """And reads each file in its own."""
    output = tmp_path / "new"

    unnamed = run("merge", output, file, rich_file)
    merged = run("merge", output, file, rich_file, "--format", "lwp")

    assert unnamed.code == 2
    assert "name a format with --format to begin one" in unnamed.err
    assert merged.code == 0
    assert len(names_in(output, LWPCookieJar)) == 6


def test_merge_waits_for_the_lock_of_a_sync(
    run: Run, file: Path, rich_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program syncs between the reading and the writing would be lost."""
    before = file.read_bytes()
    monkeypatch.setattr(sinks, "_LONGEST_WAIT", 0.01)

    with locked(str(file), 1):
        kept_out = run("merge", file, rich_file)
    unchanged = file.read_bytes() == before
    let_in = run("merge", file, rich_file)

    assert (kept_out.code, kept_out.out, unchanged) == (3, "", True)
    assert "another program has held the lock" in kept_out.err
    assert let_in.code == 0
    assert file.read_bytes() != before


def test_merge_to_standard_output(run: Run, file: Path) -> None:
    """No file is touched."""
    before = file.read_bytes()

    merged = run("merge", "-", file, "-", "--format", "mozilla", stdin=before)

    assert merged.code == 0
    assert merged.octets.count(b"secret-of-") == 4
    assert file.read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_may_not_be_written(run: Run, file: Path, tmp_path: Path) -> None:
    """One line, and the file at fault in it."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)

    converted = run("convert", file, folder / "out", "--to", "lwp")

    assert converted.code == 3
    assert converted.err == f"cookietin: {folder / 'out'}: Permission denied\n"
