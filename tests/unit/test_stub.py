"""The stub of the face repeats signatures for type checkers; it must not fall behind the code."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import cookietin.cookiejar
from cookietin.cookiejar import (
    CookieJar,
    Decision,
    FileCookieJar,
    FormatCookieJar,
    JSONCookieJar,
    SQLiteCookieJar,
)

_STUB = Path(inspect.getfile(cookietin.cookiejar)).with_suffix(".pyi")
_CLASSES = {
    node.name: node
    for node in ast.parse(_STUB.read_text("utf-8")).body
    if isinstance(node, ast.ClassDef)
}
_ROOMS = ("cookietin.plain_verbs", "cookietin.listening")
_METHODS = [
    *(
        (CookieJar, name)
        for room in CookieJar.__mro__
        if room.__module__ in _ROOMS
        for name in vars(room)
        if not name.startswith("_")
    ),
    *((CookieJar, name) for name in ("frozen", "store_response", "cookie_header")),
    *((Decision, name) for name in ("to_dict", "table")),
    *((FileCookieJar, name) for name in ("load", "revert", "sync", "flush", "close")),
    *((SQLiteCookieJar, name) for name in ("copy", "open", "names", "delete_jar")),
    *(
        (cls, "__init__")
        for cls in (FileCookieJar, FormatCookieJar, JSONCookieJar, SQLiteCookieJar)
    ),
]


@pytest.mark.parametrize(("cls", "name"), _METHODS, ids=[name for _, name in _METHODS])
def test_method_has_the_arguments_of_the_code(cls: type, name: str) -> None:
    """Names, order, kinds, and whether there is a default."""
    declared = [
        node
        for node in _CLASSES[cls.__name__].body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    assert declared, f"{name} is missing from the stub"
    arguments = declared[-1].args  # of overloads, the widest
    positional = [
        argument.arg for argument in arguments.args if argument.arg not in ("self", "cls")
    ]
    keyword = [argument.arg for argument in arguments.kwonlyargs]
    optional = {
        argument
        for argument, default in zip(keyword, arguments.kw_defaults, strict=True)
        if default is not None
    }

    method = inspect.getattr_static(cls, name)
    function = method.__func__ if isinstance(method, classmethod) else method
    real = inspect.signature(function).parameters.values()
    by_kind = [
        [each.name for each in real if each.kind is kind and each.name not in ("self", "cls")]
        for kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    ]

    assert [positional, keyword] == by_kind
    assert optional == {
        each.name
        for each in real
        if each.kind is inspect.Parameter.KEYWORD_ONLY and each.default is not each.empty
    }


def test_every_public_name_is_declared() -> None:
    declared = next(
        ast.literal_eval(node.value)
        for node in ast.parse(_STUB.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )

    assert declared == cookietin.cookiejar.__all__
