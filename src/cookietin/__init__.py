"""cookietin: a drop-in for `http.cookiejar` that loses no file and finds cookies without a search.

Under `BrowserCookiePolicy` it follows today's browser rules, RFC 6265bis.

    import cookietin as cookiejar

A cookie passes these rooms, in this order:

    set_cookie/      the text of a Set-Cookie field is read
    canonical        defaults are applied
    policy/          may it be set, may it be returned?
    store            domain -> path -> name
    matching         which go with a request, in which order
    cookie_header    the text of the Cookie field

`jar` puts them in order and holds the one clock and the one lock; `context` has the facts of a
request, `rules/` the pure functions that all use. Browser rules have an order of their own, in
`browser_receiving` and `browser_matching`, `request_context` for who asks, and `eviction` for limits.
`explain`, `query`, `setting` and `changes` answer, set and tell what `http.cookiejar` cannot;
`formats/` and `files` keep cookies on the disk, `syncing` and `autosave` share a file with others, and
`sharing` and `database` keep a jar in SQLite. `cookiejar` is the face that `http.cookiejar` has,
`jar_pool` holds many of its jars, and `cli/` has the commands.

The names below are imported when they are first asked for.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def _face() -> ModuleType:
    import importlib

    return importlib.import_module("cookietin.cookiejar")


def __getattr__(name: str) -> object:
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(_face(), name)
    if getattr(value, "__name__", "").startswith("cookietin.cookiejar."):
        # A room of the face, not one of ours: `from cookietin import jar` means the other.
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in ("debug", "logger"):  # these change
        globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_face())})
