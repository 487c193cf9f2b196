"""What cookies lose in a format that cannot hold all of what they have.

Rules of this file:
- Counts what the cookies at hand really have: a format that knows no SameSite costs nothing where no
  cookie has one.
"""

from __future__ import annotations

from cookietin.cookie import is_host_only, is_http_only, others_of, same_site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from cookietin.cookie import CookieFields

# Attributes that have a word of their own in `HELD`, or a column in every format.
_KNOWN = frozenset(("httponly", "samesite", "partitioned"))


def _has_attributes(cookie: CookieFields) -> bool:
    return any(str(key).lower() not in _KNOWN for key in others_of(cookie))


def _is_rfc2965(cookie: CookieFields) -> bool:
    rare = cookie.version, cookie.port, cookie.comment, cookie.comment_url, cookie.rfc2109
    return any(rare)


# For each word of `HELD`, whether a cookie has anything of that kind.
_HAS: dict[str, Callable[[CookieFields], bool]] = {
    "host_only": is_host_only,
    "expires": lambda cookie: cookie.expires is not None,
    "session": lambda cookie: cookie.expires is None,
    "http_only": is_http_only,
    "same_site": lambda cookie: same_site_of(cookie) is not None,
    "partition_key": lambda cookie: getattr(cookie, "_partition_key", None) is not None,
    "creation_time": lambda cookie: getattr(cookie, "_creation_time", None) is not None,
    "last_access_time": lambda cookie: getattr(cookie, "_last_access_time", None) is not None,
    "path_specified": lambda cookie: bool(cookie.path_specified),
    "attributes": _has_attributes,
    "rfc2965": _is_rfc2965,
}


def losses(cookies: Iterable[CookieFields], loses: Collection[str]) -> dict[str, int]:
    """
    How many cookies lose what.

    Args:
        loses: What a format cannot hold, as `Format.loses`.

    Returns:
        Words of `HELD`, in its order, and for each the number of cookies, none of them 0.
    """
    everything = list(cookies)
    counted = {word: sum(map(has, everything)) for word, has in _HAS.items() if word in loses}
    return {word: number for word, number in counted.items() if number}


def lost_by(format: str) -> frozenset[str]:
    """What a format cannot hold; nothing, where a class of jar is all there is of it."""
    from cookietin.formats import registry

    try:
        return registry.named(format).loses
    except ValueError:
        return frozenset()
