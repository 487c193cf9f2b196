"""The standard library's own `http.cookiejar`, also where this package stands in its place.

A program may put `cookietin` at `sys.modules["http.cookiejar"]` before anything has imported the
original. Our classes derive from the original's, so it is then loaded aside, without a place in
`sys.modules`.
"""

from __future__ import annotations

import http
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = ["load", "original", "patchable"]

_NAME = "http.cookiejar"


def load() -> ModuleType:
    """The original module."""
    present = sys.modules.get(_NAME)
    if present is None:
        from http import cookiejar

        return cookiejar
    if not present.__name__.startswith("cookietin"):
        return present
    # Imported where they are needed, here and elsewhere: each takes 0.2 ms.
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec(_NAME, http.__path__)
    if spec is None or spec.loader is None:
        raise ImportError(f"the standard library has no {_NAME}", name=_NAME)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    import http.cookiejar as original
else:
    original = load()


def patchable(name: str) -> Any:
    """A constant of the module that a program may have replaced, here or in the original."""
    return vars(sys.modules["cookietin.cookiejar"]).get(name) or getattr(original, name)
