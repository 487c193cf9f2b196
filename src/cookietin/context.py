"""Who asks, and for what: the facts of a request that cookie rules look at.

Rules of this file:
- Knows no cookie, no policy and no client. A request is anything shaped as
  `urllib.request.Request`, or a URL.
- Facts are worked out once per request. CPython parses the URL again for every rule and domain.

Sources: RFC 2965 section 1 (request-host, effective host, request-URI path) as CPython reads it.
"""

from __future__ import annotations

import urllib.parse
from functools import lru_cache

from cookietin.errors import shown
from cookietin.rules.classic import (
    domain_match,
    effective_host,
    escape_path,
    reach,
    returning_domains,
)
from cookietin.rules.hosts import port_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from cookietin.request_context import RequestContext

    class Request(Protocol):
        """What a jar and its policy ask of a request; `urllib.request.Request` has it all."""

        @property
        def host(self) -> str: ...
        @property
        def type(self) -> str: ...
        @property
        def unverifiable(self) -> bool: ...
        @property
        def origin_req_host(self) -> str: ...
        def get_full_url(self) -> str: ...
        def has_header(self, header_name: str, /) -> bool: ...
        def add_unredirected_header(self, key: str, val: str, /) -> None: ...


DEFAULT_HTTP_PORT = "80"
SCHEMES = ("http", "https", "ws", "wss")

# RFC 1035 2.3.4: no name in the DNS is longer, so none longer is worth a table of its parents.
LONGEST_HOST = 255
# Those of a thousand longer ones, with a dot at every second place, would take 45 MB.
_LONGEST_REMEMBERED = 64

_PLAIN_AUTHORITY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:_")
_PLAIN_PATH = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~!$&'()*+,;=:@"
)


class Target:
    """
    A request as cookie rules see it.

    Attributes:
        request: The request itself, for what is asked rarely.
        host: Request host, lower case, without port; IPv6 in brackets.
        erhn: Effective host name by RFC 2965: `host`, or `host.local` if it has no dot.
        path: Path of the URL, escaped, without query; starts with "/".
        domains: Stored domains that can go to this host, or None when the host is longer than
            the DNS allows and the table would be too.
    """

    __slots__ = ("domains", "erhn", "host", "path", "request")

    def __init__(
        self, request: Request, host: str, erhn: str, domains: tuple[str, ...] | None, path: str
    ) -> None:
        self.request = request
        self.host = host
        self.erhn = erhn
        self.domains = domains
        self.path = path


def _facts_of_site(site: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Host, effective host and domains for `http://host:port`; None if only urlsplit can tell."""
    if len(site) <= _LONGEST_REMEMBERED:
        return _remembered_facts(site)
    return _read_facts(site)


def _read_facts(site: str) -> tuple[str, str, tuple[str, ...]] | None:
    scheme, separator, authority = site.partition("://")
    plain = scheme in ("http", "https") and separator and authority
    if not plain or len(authority) > LONGEST_HOST or not _PLAIN_AUTHORITY.issuperset(authority):
        return None
    return _facts_of_host(authority)


# 0.07 us against 2 us, and a crawl asks its hosts again.
_remembered_facts = lru_cache(maxsize=1024)(_read_facts)


def _facts_of_host(authority: str) -> tuple[str, str, tuple[str, ...]]:
    host = _without_port(authority).lower()
    return host, effective_host(host), returning_domains(host)


def _without_port(authority: str) -> str:
    # CPython cuts off digits only: the host of "http://a:x/" is "a:x".
    head, colon, port = authority.rpartition(":")
    return head if colon and port.isascii() and port.isdecimal() else authority


def _target_of_plain_url(request: Request, url: str) -> Target | None:
    """
    The facts of a URL without anything odd; None if only urlsplit can tell.

    Nearly every URL is plain, and find and slices take 0.7 us where urlsplit takes 3.
    """
    slash = url.find("/", 8)  # behind "https://", or the first letter after "http://"
    if slash < 0:
        return None
    query = url.find("?", slash)
    path = url[slash:] if query < 0 else url[slash:query]
    if not _PLAIN_PATH.issuperset(path):
        return None
    facts = _facts_of_site(url[:slash])
    return None if facts is None else Target(request, facts[0], facts[1], facts[2], path)


def target_of(request: Request) -> Target:
    """
    The facts of a urllib-shaped request.

    Raises:
        ValueError: The URL is none (brackets without an IPv6 address).
    """
    if request.__class__ is UrlRequest:
        return request.target
    url = request.get_full_url()
    return _target_of_plain_url(request, url) or _target_of_odd_url(request, url)


def _target_of_odd_url(request: Request, url: str) -> Target:
    parts = urllib.parse.urlsplit(url)
    path = escape_path(parts.path)
    if not path.startswith("/"):
        path = "/" + path
    authority = parts.netloc
    if not authority:
        # Only here do requests need get_header; not all that are urllib-shaped have it.
        authority = request.get_header("Host", "")  # type: ignore[attr-defined]
    if len(authority) <= LONGEST_HOST:
        return Target(request, *_facts_of_host(authority), path)
    host = _without_port(authority).lower()
    return Target(request, host, effective_host(host), None, path)


def request_host(request: Request) -> str:
    """Request host by RFC 2965, lower case, without port; from the Host header if the URL has none."""
    return target_of(request).host


def eff_request_host(request: Request) -> tuple[str, str]:
    """Request host and effective host name by RFC 2965, both lower case."""
    target = target_of(request)
    return target.host, target.erhn


def request_path(request: Request) -> str:
    """Path of the request's URL, escaped, without query; starts with "/"."""
    return target_of(request).path


def request_port(request: Request) -> str | None:
    """
    Port of the request as text, "80" if its host names none, None if that is no number.

    The default is 80 for https too, as CPython has it. IPv6 hosts are read right (gh-135993).
    """
    authority = request.host
    port = port_of(authority)
    if not port and not authority.endswith(":"):
        return DEFAULT_HTTP_PORT
    try:
        int(port)
    except ValueError:
        return None
    return port


def is_third_party(request: Request) -> bool:
    """Tell whether the host lies outside the reach of the origin's host (RFC 2965 section 3.3.6)."""
    return not domain_match(request_host(request), reach(request.origin_req_host))


class UrlRequest:
    """
    A request known by its URL alone, shaped as urllib's for policies that ask.

    A user typed the address, so to say: verifiable, and its own origin.

    Args:
        url: The URL.
        cookie_context: Who caused the request, and how; for browser rules.

    Raises:
        TypeError: The URL is not a text.
        ValueError: The URL is not absolute, or of a scheme that cookies are not made for.
    """

    __slots__ = ("_headers", "cookie_context", "host", "target", "type", "url")

    unverifiable = False
    target: Target

    def __init__(self, url: str, cookie_context: RequestContext | None = None) -> None:
        if not isinstance(url, str):
            raise TypeError(f"url: expected a text, got {type(url).__name__}")
        self.cookie_context = cookie_context
        self._headers: dict[str, str] = {}
        self.url = url
        target = _target_of_plain_url(self, url)
        if target is None:
            self._read_odd_url(url)
        else:
            self.target = target
            self.type, _, rest = url.partition("://")
            self.host = rest.partition("/")[0]

    def _read_odd_url(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        # Some clients end the host at a backslash, as browsers do, others go on to an "@" behind it.
        if parts.scheme not in SCHEMES or not parts.hostname or "\\" in parts.netloc:
            # Without the URL: its path or query may be a secret.
            raise ValueError(
                "url: expected an absolute http, https, ws or wss URL with a host, "
                f"got scheme {shown(parts.scheme)} and host {shown(parts.hostname or '')}"
            )
        # A user and a password before "@" are no part of the host (RFC 3986 3.2).
        self.host = parts.netloc.rpartition("@")[2]
        self.type = parts.scheme
        if self.host != parts.netloc:
            self.url = parts._replace(netloc=self.host).geturl()
        self.target = _target_of_odd_url(self, self.url)

    @property
    def origin_req_host(self) -> str:
        return self.target.host

    def get_full_url(self) -> str:
        return self.url

    def has_header(self, header_name: str) -> bool:
        return header_name in self._headers

    def get_header(self, header_name: str, default: str | None = None) -> str | None:
        return self._headers.get(header_name, default)

    def header_items(self) -> list[tuple[str, str]]:
        return list(self._headers.items())

    def add_unredirected_header(self, key: str, val: str) -> None:
        self._headers[key] = val
