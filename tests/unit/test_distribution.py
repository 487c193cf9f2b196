"""What an installed package says of itself, and what its extras ask for."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

import cookietin
from cookietin.cli import main
from cookietin.integrations.versions import OLDEST

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# A name, extras, and a lower bound alone: whoever installs us may have anything newer.
CLEAN = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?>=[0-9][0-9.]*")


@pytest.fixture(scope="module")
def metadata() -> importlib.metadata.PackageMetadata:
    return importlib.metadata.metadata("cookietin")


def test_version_comes_from_one_place(
    metadata: importlib.metadata.PackageMetadata, capsys: pytest.CaptureFixture[str]
) -> None:
    """An installed package that is older than the sources fails here: install it anew."""
    with pytest.raises(SystemExit):
        main(["--version"])

    assert capsys.readouterr().out == f"cookietin {cookietin.__version__}\n"
    assert metadata["Version"] == cookietin.__version__
    assert "version" in PROJECT["dynamic"]


def test_docs_ask_the_package_for_its_version() -> None:
    """Read, not run: Sphinx need not be installed."""
    settings = {
        target.id: ast.unparse(node.value)
        for node in ast.parse((ROOT / "docs/conf.py").read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    assert settings["version"] == settings["release"] == "cookietin.__version__"


def test_licence_is_an_expression_with_its_text(
    metadata: importlib.metadata.PackageMetadata,
) -> None:
    """PEP 639: inventories of software read the expression, and a classifier may not contradict it."""
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert "License" not in metadata
    assert not [text for text in metadata.get_all("Classifier", []) if text.startswith("License")]


def test_licences_of_others_are_named() -> None:
    """The source distribution carries their files, so it says whose they are."""
    named = (ROOT / "tests/THIRD-PARTY.md").read_text("utf-8")
    texts = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("LICENSE*")]

    assert texts
    assert [path for path in texts if path.as_posix() not in named] == []


def test_requirements_are_lower_bounds_alone() -> None:
    """No upper bound, no address, no pin: those of a library bind every program that uses it."""
    required = [*PROJECT["dependencies"], *(text for extra in EXTRAS.values() for text in extra)]
    others = [text for text in required if not text.startswith("cookietin[")]

    assert [text for text in others if not CLEAN.fullmatch(text)] == []


def test_installed_package_requires_what_the_project_says(
    metadata: importlib.metadata.PackageMetadata,
) -> None:
    """Without extras these four and nothing else come along."""
    required = [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]

    assert sorted(required) == sorted(PROJECT["dependencies"])


def test_extras_ask_for_the_oldest_clients_that_are_tested() -> None:
    """An integration refuses what its extra would have installed otherwise."""
    assert {client: EXTRAS[client] for client in OLDEST} == {
        client: [f"{client}>={version}"] for client, version in OLDEST.items()
    }


def test_no_extra_names_a_client_by_another_bound() -> None:
    """A higher one, for tests, would keep the oldest from being tested; extras name extras."""
    elsewhere = [
        text
        for extra, required in EXTRAS.items()
        if extra not in OLDEST
        for text in required
        if re.match(r"[\w.-]+", text)[0].lower() in OLDEST  # type: ignore[index]
    ]

    assert elsewhere == []


def test_page_of_clients_names_the_oldest() -> None:
    """Who plans an upgrade looks there."""
    rows = re.findall(
        r"^\| .* \| `cookietin\[(\w+)\]` \| ([\d.]+) \|",
        (ROOT / "docs/reference/clients.md").read_text("utf-8"),
        re.MULTILINE,
    )

    assert dict(rows) == OLDEST
