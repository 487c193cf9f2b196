"""Formats that other packages bring, by entry points as an installed package has them."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from cookietin.cookiejar import LoadError, open_jar
from cookietin.formats import registry

MODULE = """
name, title, loses = "words", "words", frozenset()

def sniff(head):
    return head.startswith(b"words")

def read(stream, reading):
    stream.readline()
    for number, line in enumerate(stream, 2):
        words = line.decode().split()
        if len(words) != 3:
            reading.skip("expected three words", line=number)
            continue
        domain, name, value = words
        yield reading.cookie_class(
            0, name, value, None, False, domain, False, False, "/", False, False, None, True,
            None, None, {},
        )

def write(stream, cookies, writing):
    stream.write(b"words\\n")
    for each in cookies:
        if writing.choice.includes(each):
            stream.write(f"{each.domain} {each.name} {each.value}\\n".encode())
"""

ENTRY_POINTS = """[cookietin.formats]
missing = cookietin_test_no_such_module
no_format = json
har = cookietin_test_words
words = cookietin_test_words
"""


@pytest.fixture(autouse=True)
def _package(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package is installed in a folder of its own."""
    folder = tmp_path / "site"
    (folder / "words-1.dist-info").mkdir(parents=True)
    (folder / "cookietin_test_words.py").write_text(MODULE)
    (folder / "words-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: words\nVersion: 1\n"
    )
    (folder / "words-1.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(registry, "_entry_points", None)
    monkeypatch.setattr(registry, "_registered", {})
    yield
    sys.modules.pop("cookietin_test_words", None)


def test_format_of_an_entry_point_is_told_read_and_written(tmp_path: Any) -> None:
    """Nobody has to import or register it, and broken ones before it do not matter."""
    file = tmp_path / "file"
    file.write_text("words\nshop.test sid 31d4\n")
    jar = open_jar(file)

    jar.save(tmp_path / "again")

    assert jar.cookie_header("http://shop.test/") == "sid=31d4"
    assert (tmp_path / "again").read_text() == file.read_text()


def test_file_that_nobody_knows_is_an_error_beside_a_broken_package(tmp_path: Any) -> None:
    """A package that cannot be imported made ModuleNotFoundError of it."""
    file = tmp_path / "file"
    file.write_text("garbage")

    with pytest.raises(LoadError, match="found none of the formats"):
        open_jar(file)


@pytest.mark.parametrize(
    ("name", "expected"), [("missing", ModuleNotFoundError), ("no_format", TypeError)]
)
def test_broken_format_is_an_error_where_it_is_named(name: str, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        registry.named(name)


def test_no_package_takes_the_name_of_a_format_of_ours() -> None:
    assert registry.named("har").__name__ == "cookietin.formats.har"  # type: ignore[attr-defined]
