"""`diff`: which cookies two files do not have in common, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
LINE = "www.shop.test\tFALSE\t/account\tFALSE\t4102444800\ttheme\tsecret-of-theme\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("", "", "", id="alike"),
        pytest.param(LINE, "", "- theme for www.shop.test/account\n", id="removed"),
        pytest.param("", f"a.test{LINE[13:]}", "+ theme for a.test/account\n", id="added"),
        pytest.param(
            LINE,
            LINE.replace("of-theme", "of-other"),
            "~ theme for www.shop.test/account: value\n",
            id="another value, which nobody sees",
        ),
        pytest.param(
            LINE,
            LINE.replace("\tFALSE\t41", "\tTRUE\t42"),
            "~ theme for www.shop.test/account: secure False -> True; "
            "expirationDate 4102444800 -> 4202444800\n",
            id="other attributes",
        ),
        pytest.param(
            LINE,
            LINE.replace("4102444800", "0"),
            "~ theme for www.shop.test/account: session False -> True; "
            "expirationDate 4102444800 -> None\n",
            id="persistent becomes session",
        ),
    ],
)
def test_diff(run: Run, file: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    """Exits as diff(1) does, and says what differs."""
    other = tmp_path / "other.txt"
    text = file.read_text()
    other.write_text(text.replace(old, new) if old else text + new)

    compared = run("diff", file, other)

    assert compared.out == said
    assert compared.code == (1 if said else 0)


def test_order_is_no_difference(run: Run, file: Path) -> None:
    """A jar may write its cookies in any order."""
    head, *lines = file.read_text().splitlines(keepends=True)

    compared = run("diff", file, "-", stdin="".join([head, *reversed(lines)]).encode())

    assert (compared.code, compared.out) == (0, "")


def test_field_that_a_format_cannot_hold_is_not_compared(run: Run, rich_file: Path) -> None:
    """A converted file is like its original, as far as it can be; the rest is said."""
    converted = run("convert", rich_file, "-", "--to", "mozilla").octets

    compared = run("diff", rich_file, "-", stdin=converted)

    assert (compared.code, compared.out) == (0, "")
    assert compared.err.endswith("not compared, since not both formats hold it: sameSite\n")


def test_values_on_request(run: Run, file: Path) -> None:
    """Old and new."""
    other = file.read_bytes().replace(b"of-theme", b"of-other")

    compared = run("diff", file, "-", "--values", stdin=other)

    assert "value secret-of-theme -> secret-of-other" in compared.out


def test_diff_as_json(run: Run, file: Path) -> None:
    """Cookies in Electron's fields, before and after."""
    other = file.read_bytes().replace(b"of-theme", b"of-other").replace(b"\told\t", b"\tnew\t")

    document = json.loads(run("diff", file, "-", "--json", stdin=other).out)

    assert document["values_masked"] is True
    assert [each["name"] for each in document["removed"]] == ["old"]
    assert [each["name"] for each in document["added"]] == ["new"]
    (changed,) = document["changed"]
    assert changed["fields"] == ["value"]
    assert changed["before"]["value"] == changed["after"]["value"] == "***"


def test_standard_input_is_no_two_files(run: Run) -> None:
    """The second would be empty."""
    assert run("diff", "-", "-").code == 2
