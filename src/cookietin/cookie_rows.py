"""Cookie <-> row of a database.

A row says where a cookie is filed (domain and partition, path, name) and what it holds. What hardly any
cookie has lies in a JSON text, `more`, which most rows have not.

Rules of this file:
- Nothing is lost: what comes back is equal in every attribute. What cannot be held is said.
- Knows no database, jar or clock.
"""

from __future__ import annotations

import json
from functools import lru_cache

from cookietin.census import PARTITION
from cookietin.errors import shown
from cookietin.formats import is_encodable
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.cookie import CookieFields

    Key = tuple[str, str, str]
    # What stands in HELD, in that order.
    Held = tuple[Any, ...]

HELD = (
    "value",
    "domain_specified",
    "domain_initial_dot",
    "path_specified",
    "secure",
    "expires",
    "discard",
    "creation_time",
    "last_access_time",
    "attributes",
    "more",
)
LAST_ACCESS_TIME = HELD.index("last_access_time")
DISCARD = HELD.index("discard")
EXPIRES = HELD.index("expires")

_FLAGS = ("domain_specified", "domain_initial_dot", "path_specified", "secure", "discard")
_SELDOM: dict[str, object] = {
    "version": 0,
    "port": None,
    "port_specified": False,
    "comment": None,
    "comment_url": None,
    "rfc2109": False,
}
# What `more` may name.
_IN_MORE = {*_SELDOM, *_FLAGS, "domain", "path", "name", "value", "expires", "_partition_key"}
_TEXTS = {str, type(None)}
_NUMBERS = {int, float, type(None)}
_LARGEST = 2**63 - 1  # an integer of SQLite
_PLAIN_TIMES = (float, int)


class Unholdable(Exception):  # noqa: N818 - a fact about a cookie, for the caller
    """A cookie that no row can hold; the argument says why."""


def held_of(cookie: Any, key: Key) -> Held:
    """
    What a row holds of a cookie.

    Args:
        cookie: Of any class.
        key: Where it is filed; mostly that is what it says itself.

    Raises:
        Unholdable: It cannot be written down.
    """
    flags = tuple([getattr(cookie, flag) for flag in _FLAGS])
    value, expires = cookie.value, cookie.expires
    created = getattr(cookie, "_creation_time", None)
    accessed = getattr(cookie, "_last_access_time", None)
    try:
        others = cookie._others
    except AttributeError:  # of a foreign class
        others = getattr(cookie, "_rest", None)
    more = None
    if not (
        _is_plain(cookie, key)
        and {*map(type, flags)} == {bool}
        and (expires is None or (type(expires) is int and abs(expires) < _LARGEST))
        and (value is None or type(value) is str)
        and (created is None or type(created) in _PLAIN_TIMES)
        and (accessed is None or type(accessed) in _PLAIN_TIMES)
    ):
        more = _json_of(_more_of(cookie, key, value, expires, flags) or None)
        expires = expires if type(expires) in _PLAIN_TIMES and abs(expires) < _LARGEST else None
        created, accessed = _moment(created), _moment(accessed)
        value = value if isinstance(value, str) else None
        flags = tuple([bool(flag) for flag in flags])
    for text in (*key, value or ""):
        if not is_encodable(text):
            raise Unholdable("it holds half a surrogate pair, which UTF-8 cannot write")
    attributes = _attributes_text(others) if others else None
    return (value, *flags[:4], expires, flags[4], created, accessed, attributes, more)


def _is_plain(cookie: Any, key: Key) -> bool:
    """Tell whether a cookie of ours is filed where it says, and has nothing that is seldom."""
    try:
        return (
            cookie._seldom is None
            and PARTITION not in key[0]
            and (cookie.domain, cookie.path, cookie.name) == key
        )
    except AttributeError:
        return False  # of a foreign class


def _moment(moment: Any) -> float | None:
    return moment if type(moment) in _PLAIN_TIMES else None


def _more_of(cookie: Any, key: Key, value: Any, expires: Any, flags: tuple[Any, ...]) -> Any:
    """What is out of the ordinary in a cookie, by the names of its attributes."""
    more: dict[str, Any] = {}
    filed, path, name = key
    domain, separator, partition = filed.partition(PARTITION)
    for attribute, filed_as in (("domain", domain), ("path", path), ("name", name)):
        if getattr(cookie, attribute) != filed_as:
            more[attribute] = getattr(cookie, attribute)
    for attribute, usual in _SELDOM.items():
        found = getattr(cookie, attribute, usual)
        if found != usual or type(found) is not type(usual):
            more[attribute] = found
    own = getattr(cookie, "_partition_key", None)
    if own != (partition if separator else None):
        more["_partition_key"] = own
    if value is not None and type(value) is not str:
        more["value"] = value
    if expires is not None and not (type(expires) is int and abs(expires) < _LARGEST):
        more["expires"] = expires
    odd = {
        flag: found for flag, found in zip(_FLAGS, flags, strict=True) if type(found) is not bool
    }
    return more | odd


def _json_of(thing: Any) -> str | None:
    """A JSON text that gives the same again; None for None."""
    if thing is None:
        return None
    try:
        text = json.dumps(thing, separators=(",", ":"))
        same = json.loads(text) == thing
    except (TypeError, ValueError, RecursionError):
        same = False
    if not same:
        raise Unholdable("it has an attribute that JSON cannot hold")
    return text


def _attributes_text(others: Any) -> str | None:
    if not isinstance(others, dict):
        raise Unholdable("it has other attributes that are no dict")
    items = tuple(others.items())
    if all(type(key) is str and (value is None or type(value) is str) for key, value in items):
        return _attributes_json(items)
    return _json_of(dict(items))


# Nearly all cookies of a jar share a few of them: 0.2 us, where `json.dumps` takes 3.
@lru_cache(maxsize=256)
def _attributes_json(items: tuple[tuple[str, str | None], ...]) -> str:
    return json.dumps(dict(items), separators=(",", ":"))


@lru_cache(maxsize=256)
def _attributes(text: str) -> SharedAttributes:
    return SharedAttributes(_object(text))


def _object(text: str) -> dict[str, Any]:
    """The object of a JSON text; ValueError if it has none."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("expected a JSON object")
    return found


def fill(cookie: CookieFields, key: Key, held: Held) -> None:
    """
    Give a cookie that was made without `__init__` all its attributes.

    Raises:
        ValueError: The row is no cookie's.
    """
    filed, path, name = key
    cookie.domain, cookie.path, cookie.name = filed, path, name
    (
        cookie.value,
        domain_specified,
        domain_initial_dot,
        path_specified,
        secure,
        cookie.expires,
        discard,
        cookie._creation_time,
        cookie._last_access_time,
        attributes,
        more,
    ) = held
    cookie.domain_specified = domain_specified == 1
    cookie.domain_initial_dot = domain_initial_dot == 1
    cookie.path_specified = path_specified == 1
    cookie.secure = secure == 1
    cookie.discard = discard == 1
    cookie._seldom = None
    cookie._others = None if attributes is None else _attributes(attributes)
    if PARTITION in filed:
        cookie.domain, _, cookie._partition_key = filed.partition(PARTITION)
    if type(cookie.value) not in _TEXTS or type(cookie.expires) not in _NUMBERS:
        raise ValueError("expected texts and numbers")  # SQLite takes anything in any column
    if more is not None:
        for attribute, value in _object(more).items():
            if attribute not in _IN_MORE:
                raise ValueError("no attribute of a cookie")
            setattr(cookie, attribute, value)


def unreadable(key: Key) -> str:
    """What is said of a row that is no cookie's."""
    return (
        f"the row of cookie {shown(key[2])} of {shown(key[0])} is damaged; delete it, or restore the "
        "file from a copy"
    )
