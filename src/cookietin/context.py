"""Who asks, and for what: the facts of a request that cookie rules look at.

Rules of this file:
- Knows no cookie, no policy and no client. A request is anything shaped as
  `urllib.request.Request`, or a URL.
- Facts are worked out once per request. CPython parses the URL again for every rule and domain.

Sources: RFC 2965 section 1 (request-host, effective host, request-URI path) as CPython reads it.
"""

from __future__ import annotations

import urllib.parse

from cookietin.errors import shown
from cookietin.rules.classic import (
    domain_match,
    effective_host,
    escape_path,
    is_plain_name,
    reach,
)
from cookietin.rules.hosts import PLAIN_SITE, port_of

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
# So that a crawl of 5,000 sites does not read each of them again. One takes 0.25 KB, and 0.65 once its
# domains are a table: 5 MB in all. Hostile ones, with a dot at every second place, would take 4.5 KB
# each, and with so few labels take 1.5.
_MOST_REMEMBERED = 8192
_LONGEST_REMEMBERED = 64
_MOST_LABELS_REMEMBERED = 8

_PLAIN_AUTHORITY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:_")
_PLAIN_PATH = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~!$&'()*+,;=:@"
)


class Host:
    """
    The host of a request.

    Attributes:
        name: Request host, lower case, without port; IPv6 in brackets.
        effective: Effective host name by RFC 2965: `name`, or `name.local` if it has no dot.
        plain: It is a name with dots between its labels alone, and no address.
        domains: Stored domains that can go to this host, as a table; None before anybody has asked
            for them, empty until somebody asks again.
        judged: The Domain attribute that was asked about last, and why the host may not set it, as
            bits of reasons.
    """

    __slots__ = ("domains", "effective", "judged", "name", "plain")

    def __init__(self, name: str, *, plain: bool = False) -> None:
        self.name: str = name
        self.plain: bool = plain or is_plain_name(name)
        self.effective: str = name if self.plain else effective_host(name)
        self.domains: tuple[str, ...] | None = None
        self.judged: tuple[str, int] = ("", 0)


class Target:
    """
    A request as cookie rules see it.

    Attributes:
        request: The request itself, for what is asked rarely.
        host: Its host.
    """

    __slots__ = ("_path", "_url", "host", "request")

    def __init__(self, request: Request, host: Host, url: str, path: str | None = None) -> None:
        self.request: Request = request
        self.host: Host = host
        self._url = url
        self._path = path

    @property
    def path(self) -> str:
        """Path of the URL, escaped, without query; starts with "/"."""
        path = self._path
        if path is None:
            # Read when it is first asked for: most cookies have the path "/".
            path = self._path = path_of_plain_site(self._url)
        return path


def path_of_plain_site(url: str) -> str:
    """The path of a URL for which `plain_host` knows a host: escaped, without query."""
    slash = url.find("/", 8)
    query = url.find("?", slash)
    path = url[slash:] if query < 0 else url[slash:query]
    # 0.15 us for a path of words, and 0.3 by the set.
    if path.replace("/", "").isalnum() and path.isascii():
        return path
    if _PLAIN_PATH.issuperset(path):
        return path
    # There may be a fragment, or a line break, which urlsplit drops.
    return escape_path(urllib.parse.urlsplit(url).path)


# Hosts of the sites asked last, by `http://host:port`, for a crawl asks its sites again: 0.1 us where
# reading takes 0.7. A dict that is emptied when it is full costs half of what `lru_cache` does.
_HOSTS: dict[str, Host] = {}


def plain_host(url: str) -> Host | None:
    """
    The host of a URL whose site has nothing odd in it; None if only urlsplit can tell.

    Nearly every URL is so, and find and slices take 0.3 us where urlsplit takes 3.
    """
    slash = url.find("/", 8)  # behind "https://", or the first letter after "http://"
    if slash < 0:
        return None
    site = url[:slash]
    return _HOSTS.get(site) or _host_of_site(site)


def _host_of_site(site: str) -> Host | None:
    plain = PLAIN_SITE.fullmatch(site)
    if plain is not None and len(site) <= LONGEST_HOST:
        host = Host(plain[1], plain=True)
    else:
        scheme, separator, authority = site.partition("://")
        if not separator or scheme not in ("https", "http") or len(authority) > LONGEST_HOST:
            return None
        if not authority or not _PLAIN_AUTHORITY.issuperset(authority):
            return None
        host = Host(_without_port(authority).lower())
    if len(site) <= _LONGEST_REMEMBERED and site.count(".") < _MOST_LABELS_REMEMBERED:
        if len(_HOSTS) >= _MOST_REMEMBERED:
            _HOSTS.clear()
        _HOSTS[site] = host
    return host


def _without_port(authority: str) -> str:
    # CPython cuts off digits only: the host of "http://a:x/" is "a:x".
    head, colon, port = authority.rpartition(":")
    return head if colon and port.isascii() and port.isdecimal() else authority


def target_of(request: Request) -> Target:
    """
    The facts of a urllib-shaped request.

    Raises:
        ValueError: The URL is none (brackets without an IPv6 address).
    """
    if request.__class__ is UrlRequest:
        return request.target
    url = request.get_full_url()
    host = plain_host(url)
    return _target_of_odd_url(request, url) if host is None else Target(request, host, url)


def _target_of_odd_url(request: Request, url: str) -> Target:
    parts = urllib.parse.urlsplit(url)
    path = escape_path(parts.path)
    if not path.startswith("/"):
        path = "/" + path
    authority = parts.netloc
    if not authority:
        # Only here do requests need get_header; not all that are urllib-shaped have it.
        authority = request.get_header("Host", "")  # type: ignore[attr-defined]
    return Target(request, Host(_without_port(authority).lower()), url, path)


def request_host(request: Request) -> str:
    """Request host by RFC 2965, lower case, without port; from the Host header if the URL has none."""
    return target_of(request).host.name


def eff_request_host(request: Request) -> tuple[str, str]:
    """Request host and effective host name by RFC 2965, both lower case."""
    host = target_of(request).host
    return host.name, host.effective


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

    __slots__ = ("_headers", "_host", "_site", "_target", "cookie_context", "url")

    unverifiable = False
    _host: Host
    _target: Target | None
    _headers: dict[str, str] | None
    _site: tuple[str, str] | None  # scheme and authority, once somebody asks

    def __init__(self, url: str, cookie_context: RequestContext | None = None) -> None:
        if not isinstance(url, str):
            raise TypeError(f"url: expected a text, got {type(url).__name__}")
        self.cookie_context: RequestContext | None = cookie_context
        self._headers = self._site = self._target = None
        self.url: str = url
        host = plain_host(url)
        if host is None:
            self._read_odd_url(url)
        else:
            self._host = host

    def _read_odd_url(self, url: str) -> None:
        try:
            parts = urllib.parse.urlsplit(url)
        except ValueError as error:
            # Without what it says: that may be the URL's netloc, with a password in it.
            problem = "brackets in the host that hold no IPv6 address"
            if "NFKC" in str(error):
                problem = "a host with characters that stand for others, such as / or @"
            raise ValueError(
                f"url: expected an absolute http, https, ws or wss URL with a host, got {problem}"
            ) from None
        # Some clients end the host at a backslash, as browsers do, others go on to an "@" behind it.
        if parts.scheme not in SCHEMES or not parts.hostname or "\\" in parts.netloc:
            # Without the URL: its path or query may be a secret.
            raise ValueError(
                "url: expected an absolute http, https, ws or wss URL with a host, "
                f"got scheme {shown(parts.scheme)} and host {shown(parts.hostname or '')}"
            )
        # A user and a password before "@" are no part of the host (RFC 3986 3.2).
        host = parts.netloc.rpartition("@")[2]
        if host != parts.netloc:
            self.url = parts._replace(netloc=host).geturl()
        self._site = parts.scheme, host
        self._target = _target_of_odd_url(self, self.url)

    @property
    def target(self) -> Target:
        """The facts of the request; made when they are first asked for, since they name it in turn."""
        target = self._target
        if target is None:
            target = self._target = Target(self, self._host, self.url)
        return target

    @property
    def type(self) -> str:
        return self._scheme_and_host()[0]

    @property
    def host(self) -> str:
        return self._scheme_and_host()[1]

    def _scheme_and_host(self) -> tuple[str, str]:
        if self._site is None:
            scheme, _, rest = self.url.partition("://")
            self._site = scheme, rest.partition("/")[0]
        return self._site

    @property
    def origin_req_host(self) -> str:
        return self.target.host.name

    def get_full_url(self) -> str:
        return self.url

    def has_header(self, header_name: str) -> bool:
        return header_name in (self._headers or ())

    def get_header(self, header_name: str, default: str | None = None) -> str | None:
        return (self._headers or {}).get(header_name, default)

    def header_items(self) -> list[tuple[str, str]]:
        return list((self._headers or {}).items())

    def add_unredirected_header(self, key: str, val: str) -> None:
        if self._headers is None:
            self._headers = {}
        self._headers[key] = val
