"""`Cookie` in the shape of the standard library's: `vars()`, copies and pickles.

Rules of this file:
- A cookie keeps its attributes in slots, which take a third of the room of a dict. Programs dump
  `vars(cookie)`, compare it and fill cookies from it, so there is a dict when somebody asks for one.
- Pickles of the standard library's cookies, whose state is that dict, can be restored as ours.
"""

from __future__ import annotations

import contextlib
from collections.abc import MutableMapping

from cookietin.cookie import FIELDS, CookieFields, Seldom, complete
from cookietin.cookiejar.stdlib import original
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

# The attributes of the standard library's cookies, in the order of their dict.
_STATE = (*FIELDS, "rfc2109", "_rest")
_BROWSER_STATE = ("_creation_time", "_last_access_time", "_partition_key")

# Attributes that a program or a subclass has added lie in the dict that the original's class brings.
_added_to = original.Cookie.__dict__["__dict__"].__get__
_drop_added = original.Cookie.__dict__["__dict__"].__delete__
_new = object.__new__

# What reads and writes an attribute, whatever a subclass puts in its place.
_FIELDS = {name: vars(CookieFields)[name] for name in (*_STATE, *_BROWSER_STATE)}
_PLACES = {**_FIELDS, **{name: vars(CookieFields)[name] for name in ("_others", "_seldom")}}
_SELDOM = frozenset(name for name, field in _FIELDS.items() if isinstance(field, Seldom))


class Cookie(CookieFields, original.Cookie):
    """
    A cookie. Programs rarely make one: `CookieJar.make_cookies` does, from what servers send.

    Arguments, attributes and their meaning are those of the standard library; nothing checks
    that they fit together, and all may be changed.
    """

    def to_dict(self) -> dict[str, object]:
        """
        The cookie in the fields of Electron's Cookies API, in plain types for JSON.

        Returns:
            name, value, domain, hostOnly, path, secure, httpOnly, session, expirationDate (seconds
            since the epoch; only if there is one), sameSite ("unspecified", "no_restriction", "lax" or
            "strict") and partitionKey (only if there is one). The value is shown. A lone word, which
            the standard library has as a name without a value, has an empty name there. What is not
            listed is left out: ports, comments, times, other attributes.
        """
        from cookietin.electron_fields import to_dict

        return to_dict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, object]) -> Self:
        """
        A cookie from the fields of Electron's Cookies API; see `to_dict`.

        Args:
            fields: name, value and domain have to be there. Without hostOnly, a domain with a leading
                dot is not; path is "/", flags are off, and a cookie without expirationDate ends
                with the session.

        Raises:
            TypeError: A field is of another type.
            ValueError: A field is missing, unknown, or against another one.
        """
        from cookietin.electron_fields import read

        return read(fields, cls)

    @property
    def __dict__(self) -> CookieState:
        return CookieState(self)

    @__dict__.setter
    def __dict__(self, state: dict[str, Any]) -> None:
        CookieState(self).update(state)

    def __getstate__(self) -> Any:
        return object.__getstate__(self)  # by name, for protocols 0 and 1

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if not _SELDOM.isdisjoint(vars(cls)):
            cls._plain = ()  # then what the constructor is given counts, as in any class
        if cls.__copy__ is Cookie.__copy__:
            # Then `copy.copy` goes by the state methods that the subclass may have.
            cls.__copy__ = None  # type: ignore[assignment]

    def __copy__(self) -> Cookie:
        # Slot by slot: 0.4 us, where the default protocol takes 2.2.
        made = _new(Cookie)
        made.name = self.name
        made.value = self.value
        made.domain = self.domain
        made.domain_specified = self.domain_specified
        made.domain_initial_dot = self.domain_initial_dot
        made.path = self.path
        made.path_specified = self.path_specified
        made.secure = self.secure
        made.expires = self.expires
        made.discard = self.discard
        made._creation_time = self._creation_time
        made._last_access_time = self._last_access_time
        seldom = self._seldom
        made._seldom = None if seldom is None else seldom.copy()
        others = self._others
        if others is None:
            others = self._others = {}
        elif others.__class__ is SharedAttributes:
            others = self._others = dict(others)
        made._others = others  # which both share, as the standard library's copies do
        added = _added_to(self)
        if added:
            _added_to(made).update(added)
        else:
            _drop_added(self)  # it was made by the question
        return made


class CookieState(dict[str, "Any"]):
    """What `vars(cookie)` gives: a dict, whose changes reach the cookie too."""

    __slots__ = ("_cookie",)

    def __init__(self, cookie: Cookie) -> None:
        super().__init__()
        for name, field in _FIELDS.items():
            try:
                value = field.__get__(cookie, Cookie)
            except AttributeError:
                continue  # it was made without `__init__`
            if value is not None or name not in _BROWSER_STATE:
                super().__setitem__(name, value)
        super().update(_added_to(cookie))
        self._cookie = cookie

    def __setitem__(self, name: str, value: Any) -> None:
        complete(self._cookie)
        field = _PLACES.get(name)
        if field is None:
            _added_to(self._cookie)[name] = value
        else:
            field.__set__(self._cookie, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        field = _PLACES.get(name)
        if field is None:
            _added_to(self._cookie).pop(name, None)
        else:
            with contextlib.suppress(AttributeError):
                field.__delete__(self._cookie)

    # A dict's own would go past the two above.
    if not TYPE_CHECKING:
        update = MutableMapping.update
        setdefault = MutableMapping.setdefault
        pop = MutableMapping.pop
        popitem = MutableMapping.popitem
        clear = MutableMapping.clear

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]
        self.update(other)
        return self

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)
