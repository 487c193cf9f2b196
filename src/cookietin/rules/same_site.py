"""Sites: which requests are same-site, and which methods are safe.

RFC 6265bis section 5.2 and HTML's "schemefully same site"; RFC 9110 section 9.2.1.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}


def is_same_site(
    scheme: str, host: str, other_scheme: str, other_host: str, site_of: Callable[[str], str]
) -> bool:
    """
    Tell whether two origins are of one site: the same scheme and registrable domain.

    Args:
        scheme, other_scheme: Lower case; "ws" counts as "http" and "wss" as "https".
        host, other_host: Canonical hosts.
        site_of: Gives a host's registrable domain, or the host itself if it has none (addresses,
            public suffixes); asked only about hosts that differ.

    >>> is_same_site("https", "a.shop.test", "wss", "shop.test", lambda host: "shop.test")
    True
    >>> is_same_site("http", "shop.test", "https", "shop.test", lambda host: "shop.test")
    False
    """
    if _HTTP_SCHEMES.get(scheme, scheme) != _HTTP_SCHEMES.get(other_scheme, other_scheme):
        return False
    return host == other_host or site_of(host) == site_of(other_host)


def site(scheme: str, host: str, site_of: Callable[[str], str]) -> str:
    """
    Scheme and registrable domain of an origin; takes what `is_same_site` takes.

    >>> site("wss", "a.shop.test", lambda host: "shop.test")
    'https://shop.test'
    """
    return f"{_HTTP_SCHEMES.get(scheme, scheme)}://{site_of(host)}"


def is_safe(method: str) -> bool:
    """Tell whether a method, upper case as it is sent, only reads."""
    return method in _SAFE_METHODS
