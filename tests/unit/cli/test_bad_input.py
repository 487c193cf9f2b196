"""What is wrong with the input is one line that says what and where, and an exit code."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cookietin.cli import main, sources

Run = Callable[..., Any]
HEAD = "# Netscape HTTP Cookie File\n"
# Every command that reads a file, with what else it needs; "{}" is the file.
READERS = [
    ["show", "{}"],
    ["explain", "{}", "https://shop.test/"],
    ["header", "{}", "https://shop.test/"],
    ["check", "{}"],
    ["convert", "{}", "-", "--to", "lwp"],
    ["merge", "-", "{}", "--format", "lwp"],
    ["diff", "{}", "{}"],
    ["set", "{}", "a=1", "--domain", "a.test"],
    ["rm", "{}", "--name", "a"],
]


def command(words: list[str], file: object) -> list[str]:
    return [word.replace("{}", str(file)) for word in words]


readers = pytest.mark.parametrize("words", READERS, ids=[each[0] for each in READERS])


@readers
def test_file_in_no_known_format(run: Run, tmp_path: Path, words: list[str]) -> None:
    """All formats are named, and nothing of the file is shown."""
    file = tmp_path / "notes"
    file.write_text("secret-of\n")

    ended = run(*command(words, file))

    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        f"cookietin: {file}: expected a file of cookies, found none of the formats "
        "mozilla, lwp, sqlite; name one if it is\n"
    )


@readers
def test_no_file(run: Run, tmp_path: Path, words: list[str]) -> None:
    """`set` and `rm` would begin one, if they knew its format."""
    file = tmp_path / "none"

    ended = run(*command(words, file))

    begins = words[0] in ("set", "rm")
    assert ended.code == (2 if begins else 3)
    assert ended.err.startswith(f"cookietin: {file}: ")
    assert ("--format to begin one" if begins else os.strerror(errno.ENOENT)) in ended.err
    assert ended.err.count("\n") == 1


@readers
def test_folder(run: Run, tmp_path: Path, words: list[str]) -> None:
    """It is there, and no file."""
    ended = run(*command(words, tmp_path))

    assert (ended.code, ended.out) == (3, "")
    assert ended.err == f"cookietin: {tmp_path}: {os.strerror(errno.EISDIR)}\n"


@pytest.mark.parametrize("words", [each for each in READERS if each[0] != "merge"])
def test_wrong_format(run: Run, file: Path, words: list[str]) -> None:
    """The line at fault is named."""
    option = "--from" if words[0] in ("convert", "diff") else "--format"

    ended = run(*command(words, file), option, "lwp")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"cookietin: {file}")
    assert ", line " in ended.err
    assert ended.err.count("\n") == 1
    assert "secret-of" not in ended.err


@readers
def test_unknown_format(run: Run, file: Path, words: list[str]) -> None:
    """Wrong usage, with the names that there are."""
    option = "--from" if words[0] in ("convert", "diff") else "--format"

    ended = run(*command(words, file), option, "txt")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "cookietin: format: 'txt' is none; there are mozilla, lwp, sqlite\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("shop.test", "url", id="no scheme"),
        pytest.param("ftp://shop.test/", "ftp", id="another scheme"),
        pytest.param("https:///a", "host", id="no host"),
    ],
)
@pytest.mark.parametrize("name", ["header", "explain"])
def test_wrong_url(run: Run, file: Path, name: str, url: str, said: str) -> None:
    """A URL that no request has."""
    ended = run(name, file, url)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["show"], id="no file"),
        pytest.param(["show", "a", "--bogus=secret-of"], id="unknown option"),
        pytest.param(["show", "a", "b=secret-of"], id="one argument too many"),
        pytest.param(["show", "a", "--valu"], id="abbreviation"),
        pytest.param(["shaw", "a"], id="unknown command"),
        pytest.param(["show", "a", "--policy", "x"], id="unknown policy"),
        pytest.param(["header", "a"], id="no URL"),
        pytest.param(["demo", "--second", "a", "x"], id="no port"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    """Code 2 and one line, which sends to the help and repeats no value."""
    ended = run(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("cookietin: ")
    assert ended.err.endswith(" --help`\n")
    assert ended.err.count("\n") == 1
    assert "secret-of" not in ended.err


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        pytest.param(["--domain", "a b"], "domain: 'a b' is no host name", id="domain"),
        pytest.param(["--url", "x"], "url", id="URL"),
        pytest.param(["--same-site", "x"], "same_site: 'x' is none of", id="SameSite"),
    ],
)
@pytest.mark.parametrize("name", ["show", "rm"])
def test_wrong_filter(run: Run, file: Path, name: str, filters: list[str], said: str) -> None:
    """Before anything is changed."""
    before = file.read_bytes()

    ended = run(name, file, *filters)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert file.read_bytes() == before


def test_stream_without_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/dev/zero` must not fill the disk."""
    monkeypatch.setattr(sources, "MOST_FROM_STREAM", 100)

    ended = run("show", "-", stdin=b"x" * 101)

    assert ended.code == 3
    assert ended.err == "cookietin: standard input: more than 100 octets\n"


def test_stdin_that_is_closed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`<&-` in a shell."""
    monkeypatch.setattr("sys.stdin", None)

    assert main(["show", "-"]) == 3
    assert capsys.readouterr().err == "cookietin: there is no standard input\n"


@pytest.mark.parametrize("words", [["show", "{}"], ["check", "{}"], ["diff", "{}", "-"]])
def test_nothing_hostile_reaches_a_terminal(run: Run, tmp_path: Path, words: list[str]) -> None:
    """Escape sequences, and marks that turn the direction of writing, are shown as escapes."""
    file = tmp_path / "cookies.txt"
    hostile = "\x1b[2J\x07\x9b31m\u202e[red]"
    fields = ["a.test", "FALSE", f"/{hostile}", "FALSE", "1", hostile, hostile]
    file.write_text(f"{HEAD}#HttpOnly_{chr(9).join(fields)}\n", "utf-8")

    ended = run(*command(words, file), stdin=HEAD.encode())

    said = ended.octets.decode("utf-8")
    assert "\\x1b[2J\\x07" in said
    assert all(char.isprintable() or char == "\n" for char in said)


def test_json_holds_no_control_characters(run: Run, tmp_path: Path) -> None:
    """It may be printed on a terminal, too."""
    file = tmp_path / "cookies.txt"
    file.write_text(f"{HEAD}a.test\tFALSE\t/\tFALSE\t0\t\x1b\x7f\x9b\t1\n", "latin-1")

    shown = run("show", file, "--json")

    assert shown.octets.isascii()
    assert all(char.isprintable() or char == "\n" for char in shown.out)
    assert "\\u001b\\u007f\\u009b" in shown.out


def test_value_with_blanks_and_without_quotes(run: Run, file: Path) -> None:
    """The shell made several arguments of it, and none of them is repeated."""
    ended = run("set", file, "a=one", "secret-of-two", "--url", "https://a.test/")

    assert (ended.code, ended.out) == (2, "")
    assert "quote what has blanks" in ended.err
    assert "secret-of" not in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://[", id="half a bracket"),
        pytest.param("http://me:secret-of-me@a\u2100b.test/", id="a character that holds a slash"),
    ],
)
def test_odd_url_is_named_and_not_shown(run: Run, file: Path, url: str) -> None:
    """What the standard library says of it has user and password in it."""
    ended = run("header", file, url)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("cookietin: url: expected an absolute http")
    assert "secret-of" not in ended.err
