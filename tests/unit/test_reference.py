"""docs/reference/api.md has every public name, and docstrings say what callers need.

A name that nobody can look up is no interface.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cookietin import cookiejar
from cookietin.cookiejar import CookieJar

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
INTEGRATIONS = Path(inspect.getfile(CookieJar)).parents[1] / "integrations"
# What the interface of `http.cookiejar` is made of; a class or a page says what they are.
PROTOCOL = {"request", "response", "cookie"}
# Where a docstring sends its reader.
ELSEWHERE = re.compile(
    r"see `|(?:arguments|switches) of `|are those of|[Aa]s (?:for )?`|on request"
)
# Methods that only refuse, under the names of what they refuse.
REFUSING = {"FrozenCookieJar", "DummyCookieJar"}


def public_callables() -> Iterator[tuple[str, object]]:
    """Functions, and the methods that a class of ours defines."""
    for name in cookiejar.__all__:
        thing = getattr(cookiejar, name)
        if not inspect.isclass(thing):
            yield name, thing
            continue
        for method, value in inspect.getmembers(thing, inspect.isroutine):
            ours = str(getattr(value, "__module__", "")).startswith("cookietin")
            if ours and not method.startswith("_"):
                yield f"{name}.{method}", value


CALLABLES = dict(public_callables())


@pytest.mark.parametrize("name", cookiejar.__all__)
def test_name_is_in_the_reference(name: str) -> None:
    """As a class, a function or an exception of `cookietin`."""
    assert re.search(rf"^\.\. auto\w+:: cookietin\.{name}\b", PAGE, re.MULTILINE)
    assert inspect.getdoc(getattr(cookiejar, name))


@pytest.mark.parametrize(
    "name", [name for name in CALLABLES if name.partition(".")[0] not in REFUSING]
)
def test_docstring_says_what_the_arguments_are(name: str) -> None:
    """Each by its name, or where to look."""
    thing = CALLABLES[name]
    said = inspect.getdoc(thing) or ""

    arguments = {
        argument
        for argument in inspect.signature(thing).parameters  # type: ignore[arg-type]  # it is callable
        if argument not in {"self", "cls", *PROTOCOL} and not argument.startswith("_")
    }

    assert said
    if len(arguments) > 1 and not ELSEWHERE.search(said):
        assert {
            argument for argument in arguments if not re.search(rf"\b{argument}\b", said)
        } == set()


@pytest.mark.parametrize(
    "module",
    sorted(path.stem for path in INTEGRATIONS.glob("[a-z]*.py") if path.stem != "versions"),
)
def test_integrations_are_in_the_reference(module: str) -> None:
    """What `__all__` of a module names; read, not imported, since its client may be absent."""
    tree = ast.parse((INTEGRATIONS / f"{module}.py").read_text("utf-8"))
    exported = {
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
    }

    assert ast.get_docstring(tree)
    assert {
        name
        for name in exported
        if not re.search(
            rf"^\.\. (?:auto|py:)\w+:: cookietin\.integrations\.{module}\.{name}\b",
            PAGE,
            re.MULTILINE,
        )
    } == set()


def test_contexts_are_in_the_reference() -> None:
    """What all integrations share."""
    assert ".. autofunction:: cookietin.integrations.cookie_context" in PAGE
