"""What the pages on the command line show is what it prints, and they leave out no option."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cookietin.cli import arguments

Run = Callable[..., Any]
DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "reference" / "command-line.md"


def steps_of(page: Path) -> list[tuple[str, str]]:
    """Commands of the console blocks, each with what it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    return [
        (command, printed)
        for block in blocks
        for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
    ]


@pytest.mark.parametrize("page", ["reference/command-line.md", "how-to/convert-a-file.md"])
def test_page_shows_what_is_printed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Word for word, where it does not say "..."; a `cat` shows a file that is there."""
    monkeypatch.chdir(tmp_path)
    code = 0
    for command, printed in steps_of(DOCS / page):
        words = shlex.split(command)
        if words[0] == "cat":
            Path(words[1]).write_text(printed)
            Path(words[1]).chmod(0o600)
        elif command == "echo $?":
            assert printed == f"{code}\n"
        else:
            assert words[0] == "cookietin"
            ended = run(*words[1:])
            code = ended.code
            pattern = re.escape(printed).replace(r"\.\.\.", ".*")
            assert re.fullmatch(pattern, ended.out + ended.err), (command, ended)


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command."""
    made = {}
    for command in arguments.COMMANDS:
        made[command] = parser = argparse.ArgumentParser(command)
        arguments._DESCRIBED[command](parser)
    return made


def test_page_has_every_option() -> None:
    """An option that nobody can look up is none."""
    text = PAGE.read_text("utf-8")

    options = {
        option
        for parser in parsers().values()
        for action in parser._actions
        if action.help != argparse.SUPPRESS
        for option in action.option_strings
    } - {"-h", "--help"}

    assert {option for option in options if f"`{option}" not in text} == set()


def test_page_has_every_kind_of_finding() -> None:
    """They are the words that machines read."""
    source = (Path(arguments.__file__).parent / "checking.py").read_text("utf-8")

    kinds = set(re.findall(r'(?:Finding\(|yield )"([a-z-]+)",', source))

    assert len(kinds) == 12
    assert {kind for kind in kinds if f"| `{kind}` |" not in PAGE.read_text("utf-8")} == set()


@pytest.mark.parametrize("command", arguments.COMMANDS)
def test_help(run: Run, command: str) -> None:
    """Each command says what it does, and how it may end."""
    ended = run(command, "--help")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: cookietin {command}")
    assert command == "demo" or "exit codes:" in ended.out
