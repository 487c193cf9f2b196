"""Hosts: what is an address, and where a port begins.

Sources: RFC 3986 section 3.2.2 (host), RFC 6265bis section 5.1.3 (an address matches only itself).
"""

from __future__ import annotations

import re

_IPV4 = re.compile(
    r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII
)


def is_ip_address(host: str) -> bool:
    """
    Tell whether a host, as a URL spells it, is an address and not a name.

    IPv6 addresses stand in brackets. Other spellings of IPv4 (hexadecimal, fewer than
    four numbers) are names here: a URL library turns them into four numbers first.

    >>> is_ip_address("127.0.0.1"), is_ip_address("[::1]"), is_ip_address("1.2.3.4.example")
    (True, True, False)
    """
    bracketed = host.startswith("[") and host.endswith("]")
    return bracketed or _IPV4.fullmatch(host) is not None


def port_of(authority: str) -> str:
    """
    The port written in `host:port`, "" if there is none.

    CPython cuts at the first colon, which lies inside an IPv6 address (gh-135993).

    >>> port_of("[::1]:8080"), port_of("[::1]"), port_of("shop.example:80")
    ('8080', '', '80')
    """
    bracket = authority.rfind("]")
    colon = authority.find(":", bracket + 1)
    return "" if colon < 0 else authority[colon + 1 :]
