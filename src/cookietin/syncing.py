"""What a jar changed, what others changed in its file, and both together.

A base is what was known when jar and file last met. It has two sides, since a cookie that went through
a file is seldom what it was: the jar now is compared with the jar then, and the file now with the file
then, never the jar with the file. So no format has to hold all of a cookie, and nothing that a format
rounds off looks like a change.

Rules of this file:
- Knows no file, format, lock or clock; compares and never stores.
- Moments of creation and last access are no change.
- Who changed a cookie wins over who did not; of two, who syncs last.
"""

from __future__ import annotations

from operator import attrgetter

from cookietin.census import PARTITION
from cookietin.cookie import others_of
from cookietin.shared_attributes import SharedAttributes
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self

    from cookietin.cookie import CookieFields
    from cookietin.formats import Choice

    # Domain with partition, path, name, and the text of a lone word.
    Key = tuple[str, str, str, str | None]
    # A cookie as it was: domain, path and name first.
    Row = tuple[Any, ...]
    Rows = dict[Key, Row]

_FIELDS = (
    "domain",
    "path",
    "name",
    "value",
    "expires",
    "secure",
    "discard",
    "domain_specified",
    "path_specified",
)
_EXPIRES, _DISCARD = _FIELDS.index("expires"), _FIELDS.index("discard")
_OTHERS, _SELDOM = len(_FIELDS), len(_FIELDS) + 1
_row_of = attrgetter(*_FIELDS, "_others", "_seldom")  # 0.2 us, where a tuple display takes 0.4
_RFC2965 = ("version", "port", "port_specified", "comment", "comment_url", "rfc2109")
_PARTITION_KEY = "_partition_key"


def row_of(cookie: CookieFields) -> Row:
    """A cookie as it is now; later changes of it do not show."""
    try:
        row: Row = _row_of(cookie)
    except AttributeError:  # of a foreign class
        seldom = {name: getattr(cookie, name, None) for name in _RFC2965}
        return *(getattr(cookie, name, None) for name in _FIELDS), dict(others_of(cookie)), seldom
    return row if row[_OTHERS] is row[_SELDOM] is None else _kept(row)


def _kept(row: Row) -> Row:
    others, seldom = row[_OTHERS], row[_SELDOM]
    if others.__class__ is not SharedAttributes:
        others = dict(others) if others else None
    return *row[:_OTHERS], others, dict(seldom) if seldom else None


def rows_of(cookies: Iterable[CookieFields]) -> list[Row]:
    """The rows of many cookies."""
    return list(map(row_of, cookies))


def key_of_cookie(cookie: CookieFields) -> Key:
    """
    What tells a cookie of a file from the others there.

    A lone word is a cookie without a value to the standard library, and one without a name to a
    browser. In a file it is the same line, which its text tells from others.
    """
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name
    return key_of(cookie), cookie.path, name, None if name else value


def _key_of_row(row: Row) -> Key:
    domain, path, name, value = row[:4]
    seldom = row[_SELDOM]
    if seldom and seldom.get(_PARTITION_KEY) is not None:
        domain = f"{domain}{PARTITION}{seldom[_PARTITION_KEY]}"
    if value is None:
        name, value = "", name
    return domain, path, name, None if name else value


def by_key(rows: Iterable[Row]) -> Rows:
    """Rows by their keys; the last of a key counts."""
    return {_key_of_row(row): row for row in rows}


def _ends_by(row: Row, now: float) -> bool:
    expires = row[_EXPIRES]
    try:
        return expires is not None and expires <= now
    except TypeError:
        return False


def _with_empty_name(row: Row) -> Row:
    """A lone word as browser rules have it."""
    return (*row[:2], "", row[2], *row[4:]) if row[3] is None else row


def _as_filed(row: Row) -> tuple[object, ...]:
    """What all formats hold of a cookie, in one spelling."""
    _, _, name, value, expires, secure = row[:6]
    return name if value is None else value, 1 if expires == 0 else expires, bool(secure)


class _Memory:
    """What is not changed, so that copies of a jar share it; a pickle goes without."""

    __slots__ = ()

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, ()


def _nothing() -> None:
    return None


class Noted(_Memory):
    """
    What a load or a save left behind; put in order only if there is ever a sync.

    Args:
        rows: What was loaded; or what the jar held when it was saved.
        choice: Which of them went into the file; None if all came from it.
        left_out: Places of cookies that the format could not hold.
    """

    __slots__ = ("_choice", "_left_out", "_rows")

    def __init__(
        self, rows: list[Row], choice: Choice | None = None, left_out: Iterable[Key] = ()
    ) -> None:
        self._rows = rows
        self._choice = choice
        self._left_out = left_out

    def base(self) -> Base:
        own = by_key(self._rows)
        choice = self._choice
        if choice is None:
            return Base(own, own)
        held = {
            key: row
            for key, row in own.items()
            if (choice.session or not row[_DISCARD])
            and (choice.until is None or not _ends_by(row, choice.until))
        }
        for key in self._left_out:
            held.pop(key, None)
        return Base(own, held, assumed=True)


class Base(_Memory):
    """
    What jar and file held when they last met.

    Attributes:
        own: What the jar held of what is known since.
        held: What the file held.
        filed: Where a cookie has another key in the file than in the jar: key in the jar -> in the file.
        signature: Of the file that held this; None if it has to be read again.
        assumed: `held` is what was written, and nobody has looked how it reads.
    """

    __slots__ = ("assumed", "filed", "held", "own", "signature")

    def __init__(
        self,
        own: Rows,
        held: Rows,
        filed: dict[Key, Key] | None = None,
        signature: bytes | None = None,
        *,
        assumed: bool = False,
    ) -> None:
        self.own = own
        self.held = held
        self.filed = {} if filed is None else filed
        self.signature = signature
        self.assumed = assumed

    def base(self) -> Base:
        return self

    def loaded(self, rows: Rows) -> Base:
        """The base after cookies were loaded; what the file lacks now is found out by a sync."""
        return Base({**self.own, **rows}, {**self.held, **rows}, self.filed)

    def looked_up(self, found: Rows) -> Base:
        """The same, once it is known how a file reads that was written and not looked at."""
        if not self.assumed:
            return self
        filed = {key: filed_under(key, found, self.own) or key for key in self.held}
        held = {filed[key]: row for key, row in self.held.items()}
        filed = {key: other for key, other in filed.items() if other != key}
        return Base(self.own, held, filed, assumed=True)

    def seen(self, row: Row, then: Row | None) -> bool:
        """Tell whether a cookie of the file is as it was."""
        if then is None:
            return False
        if self.assumed:
            return _as_filed(row) == _as_filed(then)
        return row == then or _with_empty_name(row) == _with_empty_name(then)


class OwnChanges:
    """
    What a jar has changed since a base.

    Attributes:
        changed: Keys of cookies that are new or other.
        removed: Keys of cookies that are gone, and had not ended.
    """

    __slots__ = ("changed", "removed")

    def __init__(self, base: Base, own: Rows, now: float) -> None:
        then = base.own
        self.changed = {key for key, row in own.items() if then.get(key) != row}
        self.removed = {
            key for key, row in then.items() if key not in own and not _ends_by(row, now)
        }

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)

    def __contains__(self, key: Key) -> bool:
        return key in self.changed or key in self.removed


class TheirChanges:
    """
    What others have changed in a file since a base, as far as the jar did not.

    Attributes:
        put: Key in the file -> key in the jar, of cookies that are new or other.
        gone: Keys in the jar of cookies that the file has no longer.
    """

    __slots__ = ("gone", "put")

    def __init__(self, base: Base, held: Rows, mine: OwnChanges) -> None:
        in_jar = {filed: key for key, filed in base.filed.items()}
        self.put = {
            key: in_jar.get(key, key)
            for key, row in held.items()
            if not base.seen(row, base.held.get(key)) and in_jar.get(key, key) not in mine
        }
        self.gone = [
            in_jar.get(key, key)
            for key in base.held
            if key not in held and in_jar.get(key, key) not in mine
        ]


def filed_under(key: Key, held: Rows, own: Rows) -> Key | None:
    """
    Where a file holds the cookie of a key; None if it does not.

    Some programs give a cookie a Domain without the dot that the standard library files it under;
    formats then write one or the other.
    """
    if key in held:
        return key
    domain, *rest = key
    other: Key = (domain[1:] if domain.startswith(".") else "." + domain, *rest)  # type: ignore[assignment]
    return other if other in held and other not in own else None
