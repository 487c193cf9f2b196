"""No command prints a value that nobody has asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
SITE = "https://www.shop.test/account"

# Every command, in every way of output; "{}" is a file and "{other}" another one with other values.
COMMANDS = [
    ["show", "{}"],
    ["show", "{}", "--json"],
    ["show", "{}", "--url", SITE],
    ["explain", "{}", SITE],
    ["explain", "{}", "http://www.shop.test/", "--all", "--json"],
    ["check", "{}"],
    ["check", "{}", "--json"],
    ["diff", "{}", "{other}"],
    ["diff", "{}", "{other}", "--json"],
    ["convert", "{}", "{}.new", "--to", "lwp"],
    ["convert", "{}", "{}.new", "--to", "lwp", "--json"],
    ["merge", "{}", "{other}"],
    ["merge", "{}", "{other}", "--json"],
    ["set", "{}", "sid=secret-of", "--domain", "shop.test"],
    ["set", "{}", "__Host-sid=secret-of", "--domain", "shop.test"],
    ["set", "{}", "sid=secret-of;", "--domain", "shop.test"],
    ["rm", "{}", "--domain", "shop.test"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(each) for each in COMMANDS])
def test_no_value_is_shown(run: Run, file: Path, tmp_path: Path, words: list[str]) -> None:
    """Neither of a cookie, nor of a line that cannot be read, nor of an argument."""
    other = tmp_path / "other.txt"
    other.write_text(file.read_text().replace("secret-of-", "secret-of-another-"))

    ended = run(*(word.replace("{}", str(file)).replace("{other}", str(other)) for word in words))

    assert ended.code in (0, 1), ended
    assert ended.out or ended.err or words[0] in ("convert", "merge")
    assert "secret-of" not in ended.out + ended.err


def test_every_command_that_reads_files_is_in_the_table() -> None:
    """A new one has to be masked as well."""
    from cookietin.cli.arguments import COMMANDS as ALL

    # What these two print is what they are asked for.
    assert {words[0] for words in COMMANDS} == set(ALL) - {"demo", "header"}
