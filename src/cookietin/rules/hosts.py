"""Hosts: their canonical form, what is an address, which domains they match, where a port begins.

Sources: RFC 3986 section 3.2.2 (host), RFC 6265bis sections 5.1.2 (canonical host) and 5.1.3
(domain-match), UTS 46 and the WHATWG URL standard for what browsers make of a host.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cookietin.late_pattern import LatePattern

# `https://name`, the name in lower case, with dots between its labels alone, and no address: nearly all
# sites are so. One match takes 0.4 us, and looking at the parts 0.9.
PLAIN_SITE = LatePattern(r"https?://((?:[a-z0-9-]+\.)+[a-z0-9-]*[a-z])", re.ASCII)

_IPV4 = LatePattern(
    r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII
)

_NUMBER = LatePattern(r"\d+|0[xX][0-9a-fA-F]*", re.ASCII)
_LAST_OF_NUMBERS = frozenset("0123456789abcdefABCDEFxX.]")

# RFC 1035 2.3.4, octets.
_LONGEST_LABEL, _LONGEST_NAME = 63, 255

# What a label may hold: ASCII less the forbidden host code points of the WHATWG URL standard.
_LABEL = frozenset(map(chr, range(0x21, 0x7F))) - frozenset("#%/:<>?@[\\]^|.")
_PLAIN = _LABEL | frozenset(".")


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


def is_numeric(host: str) -> bool:
    """
    Tell whether a canonical host is an address, or none at all, so that it has no parents.

    Such a host is in brackets, or ends in a number (WHATWG URL, "ends in a number"): "010.0.0.1" must
    not share cookies with "011.0.0.1".

    >>> is_numeric("[::1]"), is_numeric("127.1"), is_numeric("10.0.0.0x1"), is_numeric("1.2.3.example")
    (True, True, True, False)
    """
    if host[-1:] not in _LAST_OF_NUMBERS:
        return False
    return (
        host.endswith("]")
        or _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]) is not None
    )


def is_loopback(host: str) -> bool:
    """
    Tell whether a canonical host is this machine: localhost and below, 127.0.0.0/8, [::1].

    >>> is_loopback("app.localhost"), is_loopback("127.8.0.1"), is_loopback("localhost.test")
    (True, True, False)
    """
    if host[-1:] not in "1234567890t].":
        return False
    bare = host.removesuffix(".")
    return (
        bare == "localhost"
        or bare.endswith(".localhost")
        or host == "[::1]"
        or (bare.startswith("127.") and _IPV4.fullmatch(bare) is not None)
    )


def domain_matches(host: str, domain: str) -> bool:
    """
    Tell whether a canonical host is a domain or lies below it (5.1.3). Addresses match themselves.

    >>> domain_matches("a.shop.test", "shop.test"), domain_matches("myshop.test", "shop.test")
    (True, False)
    """
    if host == domain:
        return True
    return bool(domain) and host.endswith("." + domain) and not is_numeric(host)


def canonical_host(host: str) -> str | None:
    """
    The host as cookies know it (5.1.2): lower case, A-labels, IPv6 compressed; None if it is none.

    Args:
        host: As a URL spells it, without port. A trailing dot is kept: it makes another host.

    U-labels are mapped as browsers do, by UTS 46, not by IDNA 2008 alone. Its rules on writing
    direction and joiners are left to who made the URL. A host with U-labels that is longer than
    255 characters, or has one longer than 63, is none: the DNS has no such name.

    >>> canonical_host("Shop.TEST"), canonical_host("a b.test"), canonical_host("[0:0::1]")
    ('shop.test', None, '[::1]')
    """
    if _PLAIN.issuperset(host):
        # Ours, not the spec's: whether an A-label means anything is not asked; nor does Chromium.
        lower = host.lower()
        return lower if _has_labels(lower) else None
    return _odd_host(host)


def mapped_host(host: str) -> str:
    """
    A host that has a canonical form, in its own spelling: lower case, but U-labels stay U-labels.

    Label by label it is what `canonical_host` gives.

    >>> mapped_host("WWW.B\u00dcCHER\u3002test")
    'www.b\xfccher.test'
    """
    if host.isascii():
        return host.lower()
    import idna  # 5 ms that few need

    return idna.uts46_remap(host, std3_rules=False, transitional=False)


def _has_labels(host: str) -> bool:
    """Tell whether no label is empty, but for the one behind a trailing dot."""
    return bool(host) and ".." not in host and host[0] != "."


@lru_cache(maxsize=512)
def _odd_host(host: str) -> str | None:
    if host.startswith("[") and host.endswith("]"):
        return _ipv6_host(host[1:-1])
    try:
        mapped = mapped_host(host)
    except UnicodeError:  # code points that no host may hold
        return None
    labels = []
    for label in mapped.split("."):
        if not label.isascii() and (len(label) > _LONGEST_LABEL or len(mapped) > _LONGEST_NAME):
            # A-labels are longer still. Punycode takes the square of the length: 300 ms for 1,000.
            return None
        made = label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        if not _LABEL.issuperset(made):
            return None
        labels.append(made)
    joined = ".".join(labels)
    return joined if _has_labels(joined) else None


def _ipv6_host(text: str) -> str | None:
    import ipaddress  # 7 ms that few need

    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    if address.scope_id is not None:  # a URL has none
        return None
    if address.ipv4_mapped is not None:
        # Python 3.13 writes "::ffff:1.2.3.4" here, older ones and URLs (WHATWG) only hexadecimals.
        low = int(address) & 0xFFFF_FFFF
        return f"[::ffff:{low >> 16:x}:{low & 0xFFFF:x}]"
    return f"[{address.compressed}]"
