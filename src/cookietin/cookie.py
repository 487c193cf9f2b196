"""Cookie, the value that travels through every stage.

Rules of this file:
- Holds attributes and answers questions about them; knows no policy, store, header or clock but
  the one that `is_expired` falls back on.
- Its attributes may be changed by whoever holds it, and it stays equal to itself alone, as the
  standard library's does.
- A jar may hold 100,000 of them, so what hardly any cookie has costs the others no room: `_seldom`
  is None unless one of those attributes is there, and `_others` unless the server sent some.

Source: `http.cookiejar.Cookie` of CPython 3.11 to 3.13.
"""

from __future__ import annotations

import copy
import time

from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Up to so many bits `int(float(n)) == n`, as CPython computes it.
_EXACT_BITS = 53

# Version, port, port_specified, comment, comment_url and rfc2109 of nearly all cookies.
_PLAIN = (0, None, False, None, None, False)

FIELDS = (
    "version",
    "name",
    "value",
    "port",
    "port_specified",
    "domain",
    "domain_specified",
    "domain_initial_dot",
    "path",
    "path_specified",
    "secure",
    "expires",
    "discard",
    "comment",
    "comment_url",
)


# Not the method of a subclass, which may ask for what is just being set.
_set = object.__setattr__


class Seldom:
    """
    An attribute that hardly any cookie has.

    It lies in the dict `_seldom` of the cookie. Where that is None, all of them have their defaults:
    one look tells a plain cookie.
    """

    __slots__ = ("_default", "_name")

    def __init__(self, default: object) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, cookie: Any, owner: type | None = None) -> Any:
        if cookie is None:
            return self
        seldom = cookie._seldom
        return self._default if seldom is None else seldom.get(self._name, self._default)

    def __set__(self, cookie: Any, value: object) -> None:
        try:
            seldom = cookie._seldom
        except AttributeError:
            complete(cookie)
            seldom = None
        if value is not self._default:
            if seldom is None:
                seldom = {}
                _set(cookie, "_seldom", seldom)
            seldom[self._name] = value
        elif seldom is not None:
            seldom.pop(self._name, None)
            _set(cookie, "_seldom", seldom or None)


class CookieFields:
    """
    The attributes of a cookie.

    Args:
        version: 0 for Netscape cookies and whatever is treated as such, 1 for RFC 2965 and 2109.
        name: Its name.
        value: Its value; None for a cookie that is a lone word.
        port: Ports it may go to ("80,8080"), or None.
        port_specified: The server named the ports.
        domain: Host or domain it was filed under, with a leading dot if a Domain was given.
        domain_specified: The server gave a Domain.
        domain_initial_dot: That Domain began with a dot.
        path: Path it is bound to.
        path_specified: The server gave a Path.
        secure: It goes over https only.
        expires: Seconds since the epoch at which it ends, or None for a session cookie.
        discard: It ends with the session.
        comment: Comment of the server, or None.
        comment_url: Link to a comment, or None.
        rest: Other attributes, by name as spelled; copied.
        rfc2109: It came as an RFC 2109 cookie.

    `creation_time`, `last_access_time` and `partition_key` are None unless the jar's policy has
    browser rules.

    Raises:
        ValueError: `port_specified` without a port; a version or expiry that is no number.
    """

    name: str
    value: str | None
    domain: str
    domain_specified: bool
    domain_initial_dot: bool
    path: str
    path_specified: bool
    secure: bool
    expires: int | None
    discard: bool
    # Of cookies that were stored under browser rules; None for others.
    _creation_time: float | None
    _last_access_time: float | None
    _others: dict[str, Any] | None
    _seldom: dict[str, Any] | None

    _plain: tuple[object, ...] = _PLAIN

    if TYPE_CHECKING:
        version: int | None
        port: str | None
        port_specified: bool
        comment: str | None
        comment_url: str | None
        rfc2109: bool
        _partition_key: str | None
    else:
        __slots__ = (
            "_creation_time",
            "_last_access_time",
            "_others",
            "_seldom",
            "discard",
            "domain",
            "domain_initial_dot",
            "domain_specified",
            "expires",
            "name",
            "path",
            "path_specified",
            "secure",
            "value",
        )

        version = Seldom(0)
        port = Seldom(None)
        port_specified = Seldom(False)
        comment = Seldom(None)
        comment_url = Seldom(None)
        rfc2109 = Seldom(False)
        _partition_key = Seldom(None)

    def __init__(
        self,
        version: int | str | None,
        name: str,
        value: str | None,
        port: str | None,
        port_specified: bool,
        domain: str,
        domain_specified: bool,
        domain_initial_dot: bool,
        path: str,
        path_specified: bool,
        secure: bool,
        expires: float | str | None,
        discard: bool,
        comment: str | None,
        comment_url: str | None,
        rest: dict[str, Any],
        rfc2109: bool = False,
    ) -> None:
        if expires is not None and (type(expires) is not int or expires >> _EXACT_BITS):
            expires = int(float(expires))
        self._seldom = None
        if (version, port, port_specified, comment, comment_url, rfc2109) != self._plain:
            if port is None and port_specified is True:
                raise ValueError("if port is None, port_specified must be false")
            self.version = version if version is None else int(version)
            self.port = port
            self.port_specified = port_specified
            self.comment = comment
            self.comment_url = comment_url
            self.rfc2109 = rfc2109
        self.name = name
        self.value = value
        # RFC 2965 3.3.3: domains are compared without regard to case. `lower` makes a new text of 60
        # octets each time, where many cookies may share the caller's.
        lower = domain.lower()
        self.domain = domain if lower == domain else lower
        self.domain_specified = domain_specified
        self.domain_initial_dot = domain_initial_dot
        self.path = path
        self.path_specified = path_specified
        self.secure = secure
        self.expires = expires
        self.discard = discard
        self._creation_time = self._last_access_time = None
        self._others = _kept(rest) if rest or rest.__class__ is not dict else None

    @property
    def _rest(self) -> dict[str, Any]:
        """Other attributes; programs read and write this by its name."""
        others = self._others
        if others is None or others.__class__ is SharedAttributes:
            others = dict(others or ())
            _set(self, "_others", others)
        return others

    @_rest.setter
    def _rest(self, others: dict[str, Any]) -> None:
        self._others = others

    # What follows is read from the attributes above, and from `_rest`: change those.

    @property
    def host_only(self) -> bool:
        """Whether the cookie goes to its own host alone, since it had no Domain attribute."""
        return is_host_only(self)

    @property
    def http_only(self) -> bool:
        """Whether the server said HttpOnly."""
        return is_http_only(self)

    @property
    def same_site(self) -> str | None:
        """What the server said of SameSite, "Strict", "Lax" or "None"; None if nothing known."""
        return same_site_of(self)

    @property
    def session(self) -> bool:
        """Whether the cookie has no expiry-time, and ends with the session."""
        return self.expires is None

    # What only the jar writes.

    @property
    def creation_time(self) -> float | None:
        """Seconds since the epoch at which it was first set; kept when it is set again."""
        return self._creation_time

    @property
    def last_access_time(self) -> float | None:
        """Seconds since the epoch at which it was last set or sent."""
        return self._last_access_time

    @property
    def partition_key(self) -> str | None:
        """Site of the top-level document for a partitioned cookie, or None."""
        return self._partition_key

    def has_nonstandard_attr(self, name: str) -> bool:
        """Tell whether the server sent another attribute, its `name` spelled exactly so."""
        return name in (self._others or ())

    def get_nonstandard_attr(self, name: str, default: Any = None) -> Any:
        """Another attribute, `name` spelled exactly so: a text, None without a value, or `default`."""
        return (self._others or {}).get(name, default)

    def set_nonstandard_attr(self, name: str, value: Any) -> None:
        """Set another attribute to a `value`, under a `name` that is kept as it is spelled."""
        self._rest[name] = value

    def is_expired(self, now: float | None = None) -> bool:
        """Tell whether it has ended at `now` (seconds since the epoch, default the present)."""
        if now is None:
            now = time.time()
        return self.expires is not None and self.expires <= now

    def __str__(self) -> str:
        port = "" if self.port is None else ":" + self.port
        pair = self.name if self.value is None else f"{self.name}={self.value}"
        return f"<Cookie {pair} for {self.domain}{port}{self.path}>"

    def __repr__(self) -> str:
        shown = [f"{field}={getattr(self, field)!r}" for field in FIELDS]
        shown.append(f"rest={self._rest!r}")
        shown.append(f"rfc2109={self.rfc2109!r}")
        return f"{self.__class__.__name__}({', '.join(shown)})"


# What most cookies with other attributes have: one dict for all, and not 184 octets for each.
_COMMON = {
    form: SharedAttributes([form])
    for form in (("HttpOnly", None), ("HTTPOnly", ""), ("HttpOnly", ""), ("SameSite", "Lax"))
}


def _kept(rest: Any) -> Any:
    """Other attributes as a cookie keeps them: a copy, or a dict that many share."""
    if rest.__class__ is not dict:
        return copy.copy(rest)
    if len(rest) == 1:
        (form,) = rest.items()
        try:
            return _COMMON.get(form) or rest.copy()
        except TypeError:
            pass  # a program may keep anything there
    return rest.copy()


def complete(cookie: CookieFields) -> None:
    """Give a cookie that was made without `__init__` what only cookies of ours have."""
    for name in ("_others", "_seldom", "_creation_time", "_last_access_time"):
        if not hasattr(cookie, name):
            _set(cookie, name, None)


def others_of(cookie: Any) -> Mapping[str, Any]:
    """The other attributes of a cookie of any class; only to be read."""
    try:
        return cookie._others or {}
    except AttributeError:
        return getattr(cookie, "_rest", None) or {}


# As functions too: cookies of foreign classes have no such properties.

_SAME_SITES = {"strict": "Strict", "lax": "Lax", "none": "None"}


def is_host_only(cookie: Any) -> bool:
    """Tell whether a cookie goes to its own host alone."""
    return not cookie.domain_specified and not cookie.domain.startswith(".")


def has_ended(cookie: Any, now: float) -> bool:
    """Tell whether a cookie has ended; one whose expiry a program made nonsense of has not."""
    try:
        return cookie.is_expired(now)  # type: ignore[no-any-return]  # of a foreign class, perhaps
    except TypeError:
        return False


def is_http_only(cookie: Any) -> bool:
    """Tell whether the server said HttpOnly."""
    return _has(cookie, "httponly")


def is_partitioned(cookie: Any) -> bool:
    """Tell whether the server said Partitioned; in which partition it is, is another matter."""
    return _has(cookie, "partitioned")


def _has(cookie: Any, attribute: str) -> bool:
    # CPython keeps other attributes as the server spelled them.
    return any(str(key).lower() == attribute for key in others_of(cookie))


def same_site_of(cookie: Any) -> str | None:
    """What the server said of SameSite: "Strict", "Lax", "None"; None if nothing known."""
    for key, value in others_of(cookie).items():
        if str(key).lower() == "samesite":
            return _SAME_SITES.get(str(value).strip().lower())
    return None
