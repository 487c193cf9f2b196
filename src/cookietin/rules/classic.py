"""The standard library's own rules on hosts, domains and paths.

Source: `http.cookiejar` of CPython 3.11 to 3.13, which restates RFC 2965 section 1 and adds
liberties of its own. These functions keep its results; where one departs, the line says so and
docs/reference/departures.md lists it. For today's rules see `hosts.py` and its neighbours.
"""

from __future__ import annotations

import re
import urllib.parse

from cookietin.late_pattern import LatePattern
from cookietin.rules.hosts import is_ip_address
from cookietin.rules.paths import path_matches as path_matches

# What `escape_path` leaves alone besides letters, digits and "_.-~".
HTTP_PATH_SAFE = "%/;:@&=+$,!~*'()"

# A path of these characters only is what `escape_path` would return: "%" is missing here,
# because the letters of an escape are turned to upper case.
_CLEAN_PATH = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/;:@&=+$,!*'()"
)

_LAST_OF_ADDRESSES = frozenset("0123456789].")
_ENDS_IN_NUMBER = LatePattern(r"\.\d+$", re.ASCII)
_LOWER_ESCAPE = LatePattern(r"(%(?:[a-f][0-9a-fA-F]|[0-9A-F][a-f]))")


def is_HDN(text: str) -> bool:  # noqa: N802 - the standard library's name
    """Tell whether a text is a host domain name in the sense of RFC 2965: no address, no outer dot."""
    if not text or text[0] == "." or text[-1] == ".":
        return False
    return _ENDS_IN_NUMBER.search(text) is None


def liberal_is_HDN(text: str) -> bool:  # noqa: N802 - the standard library's name
    """Tell whether a text is no IPv4 address, which is all that block and allow lists ask."""
    return _ENDS_IN_NUMBER.search(text) is None


def domain_match(A: str, B: str) -> bool:
    """
    Tell whether host A domain-matches domain B by RFC 2965 section 1.

    Equal texts match, addresses included. Otherwise B starts with a dot, is a name after it,
    and A is a name that ends with B. CPython looks for B anywhere in A (gh-150522).

    >>> domain_match("x.y.com", ".y.com"), domain_match("x.y.com", "y.com")
    (True, False)
    >>> domain_match("x.y.com.evil.example", ".y.com")
    False
    """
    A, B = A.lower(), B.lower()
    if A == B:
        return True
    if not B.startswith(".") or not is_HDN(A) or not is_HDN(B[1:]):
        return False
    return A.endswith(B) and len(A) > len(B)


def user_domain_match(A: str, B: str) -> bool:
    """
    Tell whether domain A is meant by entry B of a block or allow list.

    An entry with a leading dot means every longer name, one without means just itself;
    addresses have to be equal.

    >>> user_domain_match("a.example.com", ".example.com"), user_domain_match("b.com", "b.com")
    (True, True)
    >>> user_domain_match("example.com", ".example.com")
    False
    """
    A, B = A.lower(), B.lower()
    if B.startswith(".") and liberal_is_HDN(A) and liberal_is_HDN(B):
        return A.endswith(B)
    return A == B


def reach(h: str) -> str:
    """
    The reach of a host by RFC 2965 section 1: its parent domain with a leading dot.

    A host without a parent of two labels (or ".local") reaches only itself.

    >>> reach("www.acme.com"), reach("acme.com"), reach("acme.local")
    ('.acme.com', 'acme.com', '.local')
    """
    _, dot, parent = h.partition(".")
    if dot and is_HDN(h) and ("." in parent or parent == "local"):
        return "." + parent
    return h


def effective_host(host: str) -> str:
    """
    The effective host name by RFC 2965 section 1: a name without a dot gets ".local".

    CPython appends it to IPv6 addresses too; kept, since cookies are filed under this name and
    travel between its jars and ours.

    >>> effective_host("printer"), effective_host("example.com"), effective_host("[::1]")
    ('printer.local', 'example.com', '[::1].local')
    """
    return host if "." in host else host + ".local"


def domain_in_lists(domain: str) -> str:
    """
    The name under which block and allow lists know a stored domain.

    That of an address is the address itself, which has no subdomains (gh-135768 for IPv6).

    >>> domain_in_lists("[::1].local"), domain_in_lists(".[::1]"), domain_in_lists("printer.local")
    ('[::1]', '[::1]', 'printer.local')
    """
    bare = domain.removeprefix(".")
    if bare.startswith("["):
        return bare.removesuffix(".local")
    return bare if is_ip_address(bare) else domain


def is_address(host: str) -> bool:
    """
    Tell whether a request host is an address, whatever CPython leaves around it.

    Its request hosts keep a user and password, and a final dot.
    """
    if host[-1:] not in _LAST_OF_ADDRESSES:  # as of nearly all: 0.1 us against 1
        return False
    return is_ip_address(host.rpartition("@")[2].removesuffix("."))


def escape_path(path: str) -> str:
    """
    Percent-encode what no URL path may hold (as UTF-8), and write all escapes in upper case.

    Lone surrogates, which CPython cannot encode and then loses the whole response for,
    are encoded too.

    >>> escape_path("/a b/%c3%a9")
    '/a%20b/%C3%A9'
    """
    if _CLEAN_PATH.issuperset(path):  # 0.17 us against 0.82 us
        return path
    if "%" in path:
        # Before `quote`, which writes its own in upper case, and split off, since a call for each
        # would cost more than the rest: 64 KB of them take 5 ms instead of 60.
        pieces = _LOWER_ESCAPE.split(path)
        pieces[1::2] = map(str.upper, pieces[1::2])
        path = "".join(pieces)
    return urllib.parse.quote(path, HTTP_PATH_SAFE, errors="surrogatepass")


def domain_returns(cookie_domain: str, host: str, erhn: str) -> bool:
    """
    Tell whether cookies filed under a domain may go to a host, by the Netscape rule.

    The host or one of its parents has to carry that name, with or without a leading dot; cookies
    without a Domain attribute go to subdomains as well, as CPython has it. The empty domain, which
    only a program can set, means every host. An address matches only itself: CPython sends a
    cookie of ".0.0.1" to 127.0.0.1 and 10.0.0.1 alike.

    Args:
        cookie_domain: Domain as stored, lower case.
        host: Request host, lower case.
        erhn: `effective_host(host)`.
    """
    if not cookie_domain:
        return True
    dotted = cookie_domain if cookie_domain.startswith(".") else "." + cookie_domain
    bare = dotted[1:]
    if bare in (host, erhn):
        # A request host that starts with a dot gets none in addition.
        return not bare.startswith(".") or is_address(host)
    # No copy of the host: it may have 64 KB, and all stored domains are asked about it.
    return (host.endswith(dotted) or erhn.endswith(dotted)) and not is_address(host)


def _dotted(host: str) -> str:
    return host if host.startswith(".") else "." + host


def returning_domains(host: str) -> tuple[str, ...]:
    """
    Every domain for which `domain_returns` holds, to be looked up instead of searched.

    Two for each label of the host and of its effective name, and the empty one, so the
    result grows with the square of the host's length: ask only for hosts that DNS allows.

    >>> returning_domains("a.b")
    ('', '.a.b', 'a.b', '.b', 'b')
    """
    if is_plain_name(host):
        domains = ["", "." + host, host]
        dot = host.find(".")
        while dot >= 0:
            domains.append(host[dot:])
            domains.append(host[dot + 1 :])
            dot = host.find(".", dot + 1)
        return tuple(domains)
    names = [host] if "." in host else [host, host + ".local"]
    if is_address(host):
        bare = [name for name in names if not name.startswith(".")]
        return ("", *bare, *("." + name for name in names))
    domains = [""]
    for name in names:
        name = _dotted(name)
        dot = 0
        while dot >= 0:
            domains.append(name[dot:])
            if not name.startswith(".", dot + 1) and len(name) > dot + 1:
                domains.append(name[dot + 1 :])
            dot = name.find(".", dot + 1)
    return tuple(dict.fromkeys(domains))


def is_plain_name(host: str) -> bool:
    """
    Tell whether a host is a name with dots between its labels alone: nearly all are.

    Its effective name is itself.
    """
    return (
        "." in host
        and ".." not in host
        and host[0] != "."
        and host[-1] not in ".]0123456789"  # with these an address could end
        and "@" not in host
    )
