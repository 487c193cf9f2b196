"""The pictures in the docs are what `docs/life_of_a_cookie.py` draws of the code as it is."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("life_of_a_cookie", DOCS / "life_of_a_cookie.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pictures_are_not_stale(drawing: ModuleType) -> None:
    """If this fails, run `python docs/life_of_a_cookie.py` and look at them."""
    stale = [
        name
        for name, svg in drawing.pictures().items()
        if (DOCS / "_static" / name).read_text("utf-8") != svg
    ]

    assert stale == []


def test_page_shows_every_picture(drawing: ModuleType) -> None:
    """Each in the light and in the dark."""
    page = (DOCS / "explanation" / "life-of-a-cookie.md").read_text("utf-8")

    assert set(re.findall(r"\{image\} \.\./_static/(\S+)", page)) == set(drawing.pictures())


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param("set_cookie.gone", "parse", id="module"),
        pytest.param("store", "gone", id="function"),
        pytest.param("store", "Store.gone", id="method"),
    ],
)
def test_what_is_gone_cannot_be_drawn(drawing: ModuleType, module: str, name: str) -> None:
    """A picture of rooms that are no more is worse than none."""
    with pytest.raises(LookupError, match="gone"):
        drawing.found_in(module, name)


def test_every_room_is_in_a_picture(drawing: ModuleType) -> None:
    """A module that is in no layer is unguarded by the linter as well."""
    shown = {module for layer in drawing.layers() for module in layer}

    there = {
        path.stem
        for path in drawing.SOURCE.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem[0] != "_"
    }

    assert there == shown


def test_pictures_are_for_everyone(drawing: ModuleType) -> None:
    """A title for those who hear pages, and nothing fetched from elsewhere."""
    for svg in drawing.pictures().values():
        assert "<title>" in svg
        assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
