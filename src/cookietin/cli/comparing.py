"""`diff`: how the cookies of two files differ.

Rules of this file:
- One key, one cookie: domain, path, name and partition. What else differs is named field by field.
- A field that one of the two formats cannot hold is not compared, and that is said.
- Order, creation-time and last-access-time are no difference.
"""

from __future__ import annotations

from cookietin.cli.losses import lost_by
from cookietin.cli.outcome import NO, YES, Stop
from cookietin.cli.output import fields_of, note, say, say_json, title_of
from cookietin.cli.sources import STDIN, opened
from cookietin.tables import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from cookietin.cli.sources import Source
    from cookietin.cookie import CookieFields

    Key = tuple[str, str, str, object]

_KEY = ("name", "domain", "path", "partitionKey")
# Fields of a cookie by the word of `HELD` without which they cannot be compared.
_FIELDS_OF_HELD = {
    "host_only": ("hostOnly",),
    "expires": ("expirationDate", "session"),
    "session": ("session",),
    "http_only": ("httpOnly",),
    "same_site": ("sameSite",),
}


def diff(options: argparse.Namespace) -> int:
    """Print which cookies two files do not have in common."""
    if options.first == options.second == STDIN:
        raise Stop("only one of the two can be standard input")
    with (
        opened(options.first, getattr(options, "from")) as first,
        opened(options.second, options.to) as second,
    ):
        compared = _Comparison(first, second)
    if options.json:
        say_json(compared.document(values=options.values))
    else:
        for source in (first, second):
            source.note_problems()
        compared.tell(values=options.values)
    return NO if compared.differs else YES


class _Comparison:
    """What two files have, and what only one of them has."""

    def __init__(self, first: Source, second: Source) -> None:
        self.files = first.name, second.name
        self.passed_over = _incomparable(first, second)
        before, after = _by_key(first), _by_key(second)
        self.removed = [cookie for key, cookie in before.items() if key not in after]
        self.added = [cookie for key, cookie in after.items() if key not in before]
        self.changed: list[tuple[CookieFields, CookieFields, list[str]]] = []
        for key, cookie in before.items():
            if key in after:
                fields = _different(cookie, after[key], self.passed_over)
                if fields:
                    self.changed.append((cookie, after[key], fields))

    @property
    def differs(self) -> bool:
        return bool(self.removed or self.added or self.changed)

    def tell(self, *, values: bool) -> None:
        """Print it as text."""
        if self.passed_over:
            note(f"not compared, since not both formats hold it: {', '.join(self.passed_over)}")
        for cookie in self.removed:
            say(f"- {title_of(cookie)}")
        for cookie in self.added:
            say(f"+ {title_of(cookie)}")
        for old, new, fields in self.changed:
            say(f"~ {title_of(old)}: {'; '.join(_said(old, new, fields, values=values))}")

    def document(self, *, values: bool) -> dict[str, object]:
        """It as plain types, for JSON."""
        return {
            "files": list(self.files),
            "values_masked": not values,
            "not_compared": self.passed_over,
            "removed": [fields_of(cookie, values=values) for cookie in self.removed],
            "added": [fields_of(cookie, values=values) for cookie in self.added],
            "changed": [
                {
                    "fields": fields,
                    "before": fields_of(old, values=values),
                    "after": fields_of(new, values=values),
                }
                for old, new, fields in self.changed
            ],
        }


def _incomparable(first: Source, second: Source) -> list[str]:
    lost = lost_by(first.format) | lost_by(second.format)
    fields = (field for word, fields in _FIELDS_OF_HELD.items() if word in lost for field in fields)
    return list(dict.fromkeys(fields))


def _by_key(source: Source) -> dict[Key, CookieFields]:
    return {
        (cookie.domain, cookie.path, cookie.name, getattr(cookie, "_partition_key", None)): cookie
        for cookie in source.jar
    }


def _different(old: CookieFields, new: CookieFields, passed_over: Collection[str]) -> list[str]:
    """Names of the fields in which two cookies of one key differ."""
    before, after = fields_of(old, values=True), fields_of(new, values=True)
    names = dict.fromkeys([*before, *after])
    return [
        name
        for name in names
        if name not in _KEY and name not in passed_over and before.get(name) != after.get(name)
    ]


def _said(old: CookieFields, new: CookieFields, fields: list[str], *, values: bool) -> list[str]:
    before, after = fields_of(old, values=values), fields_of(new, values=values)
    return [
        # Masked, both would read alike.
        "value"
        if name == "value" and not values
        else f"{name} {harmless(before.get(name))} -> {harmless(after.get(name))}"
        for name in fields
    ]
