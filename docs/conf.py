"""Settings of Sphinx for the pages in this folder.

The HTML: python -m sphinx -W --keep-going -n -b html docs docs/_build/html
The examples: python -m sphinx -W -b doctest docs docs/_build/doctest

Rules of this file:
- No network: no intersphinx, no remote images.
- What the code knows is asked of the code: the version, the docstrings, the reasons.
"""

from __future__ import annotations

import doctest
import inspect
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import cookietin
from cookietin.formats import registry
from cookietin.formats.reading import HELD

project = "cookietin"
author = "The cookietin developers"
project_copyright = author
version = release = cookietin.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
# The figures are no page: another page includes them.
exclude_patterns = ["_build", "reference/speed-figures.md"]
# In docstrings, `name` is code.
default_role = "code"
nitpicky = True
# What cookies of the standard library and ours have in common; no public name.
nitpick_ignore = [("py:class", "CookieFields")]

myst_heading_anchors = 3

html_theme = "furo"
html_title = f"cookietin {version}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]

autodoc_member_order = "bysource"
# The docstrings say what the arguments are; the annotations name classes of other projects.
autodoc_typehints = "none"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# As a list of fields: an entry of its own for each attribute would repeat what autodoc makes.
napoleon_use_ivar = True
napoleon_custom_sections = ["Source"]

# Messages of exceptions count, unlike in Sphinx's default.
doctest_default_flags = doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1
# Each page plays in a folder of its own and reaches servers on this machine directly. `_missing` is for
# `skipif` of blocks that need a client.
doctest_global_setup = """
import importlib.util as _importing, os as _os, tempfile as _tempfile
def _missing(*names):
    return any(_importing.find_spec(name) is None for name in names)
_before = _os.getcwd(), dict(_os.environ)
_folder = _tempfile.TemporaryDirectory()
_os.chdir(_folder.name)
_os.environ["no_proxy"] = "*"
"""
doctest_global_cleanup = """
_os.chdir(_before[0])
_os.environ.clear()
_os.environ.update(_before[1])
_folder.cleanup()
"""


class FactsTable(SphinxDirective):
    """A table of what the code knows, made from it, so that it cannot fall behind."""

    heading: tuple[str, ...]
    widths: tuple[int, ...]

    def facts(self) -> Iterable[Any]:
        raise NotImplementedError

    def cells(self, fact: Any) -> tuple[nodes.Node, ...]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        group = nodes.tgroup(cols=len(self.widths))
        group.extend(nodes.colspec(colwidth=width) for width in self.widths)
        group += nodes.thead("", _row(*map(nodes.Text, self.heading)))
        group += nodes.tbody("", *(_row(*self.cells(fact)) for fact in self.facts()))
        return [nodes.table("", group)]


class EnumTable(FactsTable):
    """A table of every member of an enum."""

    enum: type[Any]

    def facts(self) -> Iterable[Any]:
        self.env.note_dependency(inspect.getfile(self.enum))
        return self.enum


class FormatsTable(FactsTable):
    heading = ("format", "what it is", "can be", "loses")
    widths = (12, 30, 12, 46)

    def facts(self) -> Iterable[Any]:
        formats = [registry.named(name) for name in registry.names()]
        for format in formats:
            self.env.note_dependency(inspect.getfile(format))
        return formats

    def cells(self, fact: Any) -> tuple[nodes.Node, ...]:
        lost = "; ".join(said for field, said in HELD.items() if field in fact.loses)
        return (
            nodes.literal(text=fact.name),
            nodes.Text(fact.title),
            nodes.Text("read" if fact.write is None else "read, written"),
            nodes.Text(lost or "nothing"),
        )


class ReasonsTable(EnumTable):
    enum = cookietin.Reason
    heading = ("reason", "sentence", "written down in")
    widths = (28, 52, 20)

    def cells(self, fact: Any) -> tuple[nodes.Node, ...]:
        return (
            nodes.literal(text=fact.name),
            nodes.Text(fact.sentence),
            nodes.Text(fact.section),
        )


class CausesTable(EnumTable):
    enum = cookietin.Cause
    heading = ("cause", "the cookie", "when")
    widths = (30, 12, 58)

    def cells(self, fact: Any) -> tuple[nodes.Node, ...]:
        fate = "is gone" if fact.removed else "was stored"
        return nodes.literal(text=fact.value), nodes.Text(fate), nodes.Text(fact.sentence)


def _row(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def _add_arguments(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Bring the arguments of a cookie, which its base class explains, to the class of the face."""
    if obj is cookietin.Cookie:
        fields = inspect.getdoc(cookietin.Cookie.__bases__[0]) or ""
        _, heading, arguments = fields.partition("Args:")
        lines.extend(["", *(heading + arguments).splitlines()])


def _show_examples(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Show the examples of an integration without running them: tests/interop does, each by itself."""
    if not name.startswith("cookietin.integrations."):
        return
    shown: list[str] = []
    for line in lines:
        if line.startswith(">>>") and (not shown or not shown[-1].strip()):
            shown += [".. code-block:: pycon", ""]
        inside = ".. code-block:: pycon" in shown
        shown.append(f"   {line}" if inside and line else line)
    lines[:] = shown


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("reasons-table", ReasonsTable)
    app.add_directive("causes-table", CausesTable)
    app.add_directive("formats-table", FormatsTable)
    # Before napoleon reads the sections, at 500.
    app.connect("autodoc-process-docstring", _add_arguments, priority=400)
    app.connect("autodoc-process-docstring", _show_examples, priority=400)
    return {"parallel_read_safe": True}
