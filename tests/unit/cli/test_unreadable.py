"""Entries that cannot be read: told, never lost in silence; and formats that are only read.

The format here is one of another package: a word a line, which is a cookie's name or "bad".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cookietin.cookie import CookieFields
from cookietin.formats import registry
from cookietin.formats.reading import Reading

Run = Callable[..., Any]


class Words:
    """A format that is only read, and has something beside its cookies."""

    name = "words"
    title = "a word a line"
    loses: frozenset[str] = frozenset()
    write = None

    def sniff(self, head: bytes) -> bool:
        return head.startswith(b"words\n")

    def read(self, stream: Any, reading: Reading) -> Iterator[CookieFields]:
        reading.beside["origins"] = ["secret-of-origins"]
        for number, line in enumerate(stream, 1):
            word = line.decode().strip()
            if word == "bad":
                reading.skip("expected a good word", line=number)
            elif number > 1:
                yield reading.cookie_class(
                    0, word, "secret-of", None, False, "shop.test", False, False, "/", True, False,
                    None, True, None, None, {},
                )  # fmt: skip


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with two cookies and an entry that is none."""
    monkeypatch.setitem(registry._registered, "words", Words())
    file = tmp_path / "words.txt"
    file.write_text("words\nsid\nbad\ntheme\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param(["show", "{}"], 0, id="show"),
        pytest.param(["header", "{}", "http://shop.test/"], 0, id="header"),
        pytest.param(["explain", "{}", "http://shop.test/"], 0, id="explain"),
        pytest.param(["convert", "{}", "-", "--to", "mozilla"], 1, id="convert"),
        pytest.param(["merge", "-", "{}", "--format", "mozilla"], 1, id="merge"),
    ],
)
def test_entry_is_named_and_costs_no_other(
    run: Run, words: Path, command: list[str], code: int
) -> None:
    """Where cookies are passed on, the code says that not all were."""
    ended = run(*(each.replace("{}", str(words)) for each in command))

    assert ended.code == code
    assert f"cookietin: {words}, line 3: expected a good word\n" in ended.err
    assert "sid" in ended.out
    assert "theme" in ended.out


def test_check_lists_it(run: Run, words: Path) -> None:
    """In its place."""
    checked = run("check", words)

    assert (checked.code, checked.err) == (1, "")
    assert checked.out == (
        f"{words}, line 3: expected a good word\n{words}: words, 2 cookies, 1 finding\n"
    )


def test_json_has_it(run: Run, words: Path) -> None:
    """With line and entry."""
    document = json.loads(run("show", words, "--json").out)

    assert document["unread"] == [{"line": 3, "entry": None, "problem": "expected a good word"}]


def test_notes_end_after_ten(run: Run, words: Path) -> None:
    """A terminal is small; `check` has them all."""
    words.write_text("words\n" + "bad\n" * 13)

    assert run("show", words).err.splitlines()[-2:] == [
        f"cookietin: {words}: and 3 more could not be read; see `check`",
        f"cookietin: {words}: no cookies",
    ]
    assert run("check", words).out.count("expected a good word") == 13


@pytest.mark.parametrize(
    "command", [["set", "{}", "a=1", "--domain", "a.test"], ["rm", "{}", "--name", "sid"]]
)
def test_file_is_not_written_without_its_bad_entries(
    run: Run, words: Path, command: list[str]
) -> None:
    """A person may have to mend them; `--force` says that nobody will."""
    refused = run(*(each.replace("{}", str(words)) for each in command))
    forced = run(*(each.replace("{}", str(words)) for each in command), "--force")

    assert refused.code == 2
    assert "writing it would lose what cannot be read of it, 1 in all" in refused.err
    assert forced.code == 2
    assert forced.err.endswith("words files are only read; save in another format\n")


def test_format_that_is_only_read_is_not_written(run: Run, words: Path, file: Path) -> None:
    """Wrong usage, and one line."""
    converted = run("convert", file, "-", "--to", "words")

    assert (converted.code, converted.out) == (2, "")
    assert converted.err == "cookietin: words files are only read; save in another format\n"


def test_what_a_file_has_beside_cookies_is_missed(run: Run, words: Path) -> None:
    """By its name, not by what it is."""
    converted = run("convert", words, "-", "--to", "lwp")

    assert (
        "cookietin: lwp cannot hold what the file has beside its cookies: origins\n"
        in converted.err
    )
    assert "secret-of-origins" not in converted.err
