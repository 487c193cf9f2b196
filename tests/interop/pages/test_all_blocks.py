"""Every code block of README.md and docs is run by something, and stays so."""

import re
import tomllib

import pytest
from page_blocks import (
    BLOCKS,
    CLIENT_CONSOLES,
    CONSOLE_PAGES,
    EXAMPLES,
    EXCEPTIONS,
    EXTRA,
    NO_CODE,
    ROOT,
)


def runner(block):
    """Who runs a block: a few words, or None."""
    if (block.page, block.first_line) in EXCEPTIONS:
        return "an exception"
    if block.language in EXAMPLES and block.page != "README.md":
        return "Sphinx"
    if block.language == "console" and block.page in CONSOLE_PAGES:
        return "tests/unit/cli/test_pages.py"
    if block.language == "python" and block.page == "README.md":
        return "tests/unit/test_readme.py"
    if block.language in ("sh", "js", "toml"):
        return "this folder"
    if block.language == "console" and block.page in CLIENT_CONSOLES:
        return "test_console_blocks.py"
    return "nobody needs to" if block.language in NO_CODE else None


def test_every_block_has_a_runner():
    """A block that nobody runs rots."""
    assert [block.where for block in BLOCKS if runner(block) is None] == []


def test_every_exception_is_still_there():
    """And says why."""
    there = {(block.page, block.first_line) for block in BLOCKS}

    assert set(EXCEPTIONS) <= there
    assert all(EXCEPTIONS.values())


def test_what_exceptions_name_exists():
    """Whoever types them in finds the files and modules."""
    excepted = [block for block in BLOCKS if (block.page, block.first_line) in EXCEPTIONS]
    named = {
        word
        for block in excepted
        for word in re.findall(r"(?<![\w./-])tests[/\w.-]*\w", block.text)
    }

    assert named
    assert {
        word
        for word in named
        if not (ROOT / word).exists()
        and not (ROOT / word.replace(".", "/")).exists()
        and not (ROOT / (word.replace(".", "/") + ".py")).exists()
    } == set()


def test_every_extra_that_a_page_installs_is_one():
    """CI installs them all; the line itself asks an index."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]

    named = {found[1] for block in BLOCKS if (found := EXTRA.fullmatch(block.text))}

    assert named <= set(extras)


def test_skipped_examples_name_clients_that_an_extra_has():
    """An example for which nobody installs the client is run by nobody."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    installed = {
        re.match(r"[\w-]+", requirement)[0].lower()
        for requirements in project["optional-dependencies"].values()
        for requirement in requirements
    }
    conditions = [
        condition
        for block in BLOCKS
        for condition in re.findall(r"^:skipif: (.*)$", block.text, re.MULTILINE)
    ]

    named = {
        name
        for condition in conditions
        for name in re.findall(r"\"([\w.]+)\"", condition)
        if name != "importlib.util" and not name.startswith("cookietin.")
    }

    assert {name.lower().replace("_", "-") for name in named} <= {
        name.lower().replace("_", "-") for name in installed
    }


@pytest.mark.parametrize(
    "block",
    [pytest.param(block, id=block.where) for block in BLOCKS if block.language == "toml"],
)
def test_toml_is_toml(block):
    assert tomllib.loads(block.text)
