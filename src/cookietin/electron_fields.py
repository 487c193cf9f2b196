"""Cookies in the fields of Electron's Cookies API, which browser extensions use as well.

Rules of this file:
- Plain types only, as JSON has them.
- What is read is checked: a field that nobody knows is a mistake, not to be passed over. No message
  holds a value.
"""

from __future__ import annotations

import math

from cookietin.cookie import is_host_only, is_http_only, same_site_of
from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from cookietin.cookie import CookieFields

    AnyCookie = TypeVar("AnyCookie", bound=CookieFields)

_SAME_SITES = {
    None: "unspecified",
    "None": "no_restriction",
    "Lax": "lax",
    "Strict": "strict",
}
_SAME_SITES_READ = {word: said for said, word in _SAME_SITES.items()}

_TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "value": (str,),
    "domain": (str,),
    "hostOnly": (bool,),
    "path": (str,),
    "secure": (bool,),
    "httpOnly": (bool,),
    "session": (bool,),
    "expirationDate": (int, float),
    "sameSite": (str,),
    "partitionKey": (str,),
}


def to_dict(cookie: CookieFields) -> dict[str, object]:
    """The fields of a cookie; see `Cookie.to_dict`."""
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name
    fields: dict[str, object] = {
        "name": name,
        "value": value,
        "domain": cookie.domain,
        "hostOnly": is_host_only(cookie),
        "path": cookie.path,
        "secure": bool(cookie.secure),
        "httpOnly": is_http_only(cookie),
        "session": cookie.expires is None,
        "sameSite": _SAME_SITES[same_site_of(cookie)],
    }
    if cookie.expires is not None:
        fields["expirationDate"] = cookie.expires
    partition_key = getattr(cookie, "_partition_key", None)
    if partition_key is not None:
        fields["partitionKey"] = partition_key
    return fields


def read(fields: Mapping[str, object], cookie_class: type[AnyCookie]) -> AnyCookie:
    """The cookie of some fields; see `Cookie.from_dict`."""
    known: Any = _checked(fields)
    domain, expires = known["domain"].lower(), known.get("expirationDate")
    host_only = known.get("hostOnly", not domain.startswith("."))
    bare = domain.removeprefix(".")
    rest: dict[str, Any] = {}
    if known.get("httpOnly"):
        rest["HttpOnly"] = None
    same_site = _SAME_SITES_READ[known.get("sameSite", "unspecified")]
    if same_site is not None:
        rest["SameSite"] = same_site
    name, value = known["name"], known["value"]
    made = cookie_class(
        0,
        name or value,
        value if name else None,
        None,
        False,
        bare if host_only else "." + bare,
        not host_only,
        not host_only,
        known.get("path", "/"),
        True,
        known.get("secure", False),
        expires,
        expires is None,
        None,
        None,
        rest,
    )
    if "partitionKey" in known:
        made._partition_key = known["partitionKey"]
        made._rest["Partitioned"] = None
    return made


def _checked(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that say something, each of its type, and none against another."""
    for key, value in fields.items():
        if key not in _TYPES:
            raise ValueError(f"{shown(key)} is no field of a cookie; there are {', '.join(_TYPES)}")
        if value is None:
            continue  # as JSON has what is not known
        if not isinstance(value, _TYPES[key]) or (
            isinstance(value, bool) and bool not in _TYPES[key]
        ):
            raise TypeError(
                f"{key}: expected {_TYPES[key][-1].__name__}, got {type(value).__name__}"
            )
    known = {key: value for key, value in fields.items() if value is not None}
    missing = [key for key in ("name", "value", "domain") if key not in known]
    if missing:
        raise ValueError(f"a cookie needs {', '.join(missing)}")
    if not known["domain"] or not (known["name"] or known["value"]):
        raise ValueError("a cookie needs a domain, and a name or a value")
    if known.get("sameSite", "unspecified") not in _SAME_SITES_READ:
        words = ", ".join(_SAME_SITES_READ)
        raise ValueError(f"sameSite: {shown(known['sameSite'])} is none of {words}")
    expires: Any = known.get("expirationDate")
    if expires is not None and not math.isfinite(expires):
        raise ValueError("expirationDate: expected seconds since the epoch")
    if known.get("session", expires is None) is not (expires is None):
        raise ValueError("session says the opposite of expirationDate")
    return known
