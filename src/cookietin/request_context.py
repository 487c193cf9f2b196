"""Who asks, and from where: a request as browser rules see it.

RFC 6265bis sections 5.1 and 5.2; the partition key is that of CHIPS section 2.

Rules of this file:
- Knows no cookie and no policy. A request is anything shaped as `urllib.request.Request`.
- Nothing is derived from `unverifiable`: only the caller knows who caused a request.
- The path is compared as it is sent, octet by octet. (`context.Target` has it escaped, as CPython
  does.)
"""

from __future__ import annotations

import urllib.parse
from functools import cached_property

from cookietin.errors import shown
from cookietin.rules.hosts import PLAIN_SITE, canonical_host, is_loopback, is_numeric
from cookietin.rules.paths import default_path
from cookietin.rules.same_site import is_safe, is_same_site, site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import NoReturn, Protocol

    from cookietin.context import Request

    class Sites(Protocol):
        """What tells the site of a canonical host; `PublicSuffixes` does."""

        def site_of(self, host: str) -> str: ...

    class Trust(Protocol):
        """What a policy says about requests."""

        trust_loopback: bool

        @property
        def secure_protocols(self) -> Container[str]: ...
        @property
        def public_suffixes(self) -> Sites: ...


# RFC 1035 2.3.4: no name in the DNS is longer.
LONGEST_HOST = 255
# Longer ones, with a dot at every second place, would fill the memory with their parents' names.
_LONGEST_REMEMBERED = 72

# Of these an authority is whole, whatever follows it in the URL.
_PLAIN_AUTHORITY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:_")
# What a path may hold and still be found by a search for "?".
_PLAIN_PATH = frozenset(map(chr, range(0x21, 0x7F))) - frozenset("#?")
_ODD = frozenset("@/?#[")
_AS_IT_STANDS = "".join(map(chr, range(0x21, 0x7F)))


class RequestContext:
    """
    Who asks, and from where, for rules on SameSite, HttpOnly and partitions.

    Args:
        method: HTTP method of the request, as sent: "GET". The own method of a urllib request
            counts as well: both have to be safe where one has to be.
        site_for_cookies: Absolute URL or origin of the page that caused the request; None if nobody
            did, as for an address that a user typed: then the request is same-site. "null" is an
            opaque origin, to which everything is cross-site.
        top_level: The response becomes the document that the user sees; False for images, scripts,
            frames and fetches.
        http_api: False where a script asks, which HttpOnly cookies are hidden from.
        partition_key: Absolute URL or origin of the top-level document; Partitioned cookies are
            stored apart for each of its sites. None: they are cookies like others.

    Contexts do not change, and are equal if their arguments are. A request without one is same-site
    and top-level. Of a chain of redirects each request is judged by its own URL; urllib makes a new
    request for each, without the attribute: see docs/how-to/browser-rules.md for a handler that
    carries it along.

    Raises:
        TypeError: An argument is of another type.
        ValueError: `site_for_cookies` or `partition_key` has no scheme or no host.
    """

    __slots__ = (
        "_asker",
        "_partition",
        "http_api",
        "method",
        "partition_key",
        "site_for_cookies",
        "top_level",
    )

    method: str
    site_for_cookies: str | None
    top_level: bool
    http_api: bool
    partition_key: str | None
    _asker: tuple[str, str] | None
    _partition: tuple[str, str] | None

    def __init__(
        self,
        method: str = "GET",
        site_for_cookies: str | None = None,
        top_level: bool = True,
        http_api: bool = True,
        partition_key: str | None = None,
    ) -> None:
        if not isinstance(method, str):
            raise TypeError(f"method: expected a text, got {type(method).__name__}")
        put = object.__setattr__
        put(self, "method", method)
        put(self, "site_for_cookies", site_for_cookies)
        put(self, "top_level", bool(top_level))
        put(self, "http_api", bool(http_api))
        put(self, "partition_key", partition_key)
        opaque = site_for_cookies == "null"
        put(self, "_asker", _OPAQUE if opaque else _origin("site_for_cookies", site_for_cookies))
        put(self, "_partition", _origin("partition_key", partition_key))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name}: a RequestContext does not change; make another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name}: a RequestContext does not change; make another one")

    def _arguments(self) -> tuple[str, str | None, bool, bool, str | None]:
        return (
            self.method,
            self.site_for_cookies,
            self.top_level,
            self.http_api,
            self.partition_key,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RequestContext):
            return NotImplemented
        return self._arguments() == other._arguments()

    def __hash__(self) -> int:
        return hash(self._arguments())

    def __reduce__(self) -> tuple[type[RequestContext], tuple[object, ...]]:
        return type(self), self._arguments()

    def __repr__(self) -> str:
        names = ("method", "site_for_cookies", "top_level", "http_api", "partition_key")
        given = zip(names, self._arguments(), strict=True)
        return f"RequestContext({', '.join(f'{name}={value!r}' for name, value in given)})"


_OPAQUE = ("", "")


def _origin(argument: str, url: object) -> tuple[str, str] | None:
    """Scheme and canonical host of a URL or an origin."""
    if url is None:
        return None
    if not isinstance(url, str):
        raise TypeError(f"{argument}: expected a text or None, got {type(url).__name__}")
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:  # brackets without an address
        parts = urllib.parse.urlsplit("")
    host = canonical_host(_without_port(parts.netloc.rpartition("@")[2]))
    if not parts.scheme or not host:
        # Without the URL: its path or query may be a secret.
        raise ValueError(
            f"{argument}: expected an absolute URL or an origin such as 'https://shop.example', "
            f"got scheme {shown(parts.scheme)} and host {shown(parts.netloc.rpartition('@')[2])}"
        )
    return parts.scheme, host


class RequestFacts:
    """
    The facts of one request, and what a policy makes of them.

    Attributes:
        host: Canonical host, None if the URL has none: then there are no cookies.
        path: Path of the URL as it is sent, without query; starts with "/".
        default_path: The path of a cookie without a Path.
        domains: What a cookie for this host can be filed under, longest first.
        site: Scheme and host as the URL has them.
        secure: The connection is secure, or trusted like one.
        context: Who asks; None if nobody is named.
        cross_site: The request is cross-site to who asks (5.2).
        safe: Its method only reads.
        partition_key: Site of the top-level document, None where partitions do not matter.
    """

    # Of requests without a context, which are nearly all.
    cross_site: bool = False
    safe: bool = True
    partition_key: str | None = None

    def __init__(
        self,
        site: Site,
        url: str,
        context: RequestContext | None,
        trust: Trust,
        path: str | None = None,
    ) -> None:
        self.site = site
        self.host: str | None = site.host
        self.domains: tuple[str, ...] = site.domains
        self.secure: bool = is_secure(site, trust)
        self.context = context
        self._url = url
        self._path = path
        if context is not None:
            self._read_context(context, site.scheme, trust.public_suffixes)

    @property
    def path(self) -> str:
        path = self._path
        if path is None:
            # Read when it is first asked for: most cookies have the path "/".
            path = self._path = path_of(self._url)
        return path

    @cached_property
    def default_path(self) -> str:
        """What a cookie without a Path gets."""
        return default_path(self.path)

    def _read_context(self, context: RequestContext, scheme: str, sites: Sites) -> None:
        self.safe = is_safe(context.method)
        asker, partition = context._asker, context._partition
        if asker is not None:
            self.cross_site = not is_same_site(*asker, scheme, self.host or "", sites.site_of)
        if partition is not None:
            self.partition_key = site(*partition, sites.site_of)


def facts_of(request: Request, trust: Trust) -> RequestFacts:
    """
    The facts of a urllib-shaped request; its context is the attribute `cookie_context`.

    Raises:
        TypeError: The attribute is no RequestContext.
    """
    context = getattr(request, "cookie_context", None)
    if context is not None and not isinstance(context, RequestContext):
        raise TypeError(
            f"cookie_context: expected a RequestContext or None, got {type(context).__name__}"
        )
    url = request.get_full_url()
    site = plain_site(url)
    if site is None:
        facts = _facts_of_odd_url(url, request, context, trust)
    else:
        facts = RequestFacts(site, url, context, trust)
    return facts if context is None else _with_method(facts, request)


def is_secure(site: Site, trust: Trust) -> bool:
    """Tell whether a connection to a site is secure, or trusted like one."""
    # Ours, not the spec's: browsers trust this machine as they trust https.
    return site.scheme in trust.secure_protocols or (site.loopback and trust.trust_loopback)


def plain_site(url: str) -> Site | None:
    """The site of a URL that has nothing odd in it; None if only urlsplit can tell."""
    slash = url.find("/", 8)  # behind "https://", or the first letter after "http://"
    if slash < 0:
        return None
    origin = url[:slash]
    return _SITES.get(origin) or _remembered_site(origin)


def path_of(url: str) -> str:
    """The path of a URL for which `plain_site` knows a site."""
    slash = url.find("/", 8)
    query = url.find("?", slash)
    path = url[slash:] if query < 0 else url[slash:query]
    if _PLAIN_PATH.issuperset(path):
        return path
    # There may be a fragment, or a line break, which urlsplit drops.
    path = urllib.parse.urlsplit(url).path
    return urllib.parse.quote(path, safe=_AS_IT_STANDS, errors="surrogatepass")


def _with_method(facts: RequestFacts, request: Request) -> RequestFacts:
    """Facts of a request with a context: its own method counts as well, if it says one (5.8.3)."""
    if facts.safe and hasattr(request, "get_method"):
        # A form must not pass for a link because nobody has said so in its context.
        facts.safe = is_safe(request.get_method())
    return facts


def _facts_of_odd_url(
    url: str, request: Request, context: RequestContext | None, trust: Trust
) -> RequestFacts:
    slash = url.find("/", 8)
    if 0 < slash <= _LONGEST_REMEMBERED:
        query = url.find("?", slash)
        path = url[slash:] if query < 0 else url[slash:query]
        scheme, _, authority = url[:slash].partition("://")
        if scheme.isalpha() and _ODD.isdisjoint(authority) and _PLAIN_PATH.issuperset(path):
            # A name that is not ASCII: it stands as it is, where urlsplit would refuse some.
            return RequestFacts(Site(scheme.lower(), authority), url, context, trust, path)
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:  # brackets without an IPv6 address
        return RequestFacts(Site("", ""), url, context, trust, "/")
    authority = parts.netloc
    if not authority:
        # Only here do requests need get_header; not all that are urllib-shaped have it.
        authority = request.get_header("Host", "")  # type: ignore[attr-defined]
    # Clients send other characters as UTF-8, percent-encoded; what is ASCII goes as it stands.
    path = urllib.parse.quote(parts.path, safe=_AS_IT_STANDS, errors="surrogatepass")
    if "\\" in authority:
        # Some clients end the host there, as browsers do, others at "@" behind it.
        authority = ""
    site = Site(parts.scheme or request.type, authority.rpartition("@")[2])
    return RequestFacts(site, url, context, trust, path if path.startswith("/") else "/" + path)


class Site:
    """
    The scheme and host of a URL.

    Attributes:
        scheme: Lower case.
        host: Canonical host, None if there is none.
        domains: What a cookie for this host can be filed under, longest first.
        loopback: The host is this machine.
        judged: The Domain that was judged last, why the host may not set it, as bits of reasons, and
            the public suffixes that were asked.
    """

    __slots__ = ("domains", "host", "judged", "loopback", "scheme")

    def __init__(self, scheme: str, authority: str, *, plain: bool = False) -> None:
        self.scheme: str = scheme
        # A plain name is its own canonical form.
        host = authority if plain else canonical_host(_without_port(authority))
        self.host: str | None = None if host is None or len(host) > LONGEST_HOST else host
        self.domains: tuple[str, ...] = () if self.host is None else _domains(self.host)
        self.loopback: bool = self.host is not None and is_loopback(self.host)
        self.judged: tuple[str, int, object] = ("", 0, None)

    def judged_by(self, suffixes: object) -> tuple[str, int]:
        """The Domain that was judged last by these public suffixes, and the verdict."""
        domain, verdict, asked = self.judged  # in one piece, since other threads may know the site
        return (domain, verdict) if asked is suffixes else ("", 0)


# 0.1 us against 3 us, and a crawl asks its sites again.
_SITES: dict[str, Site] = {}
_MOST_SITES = 8192  # as many as `context` does, for the same reason
_MOST_LABELS_REMEMBERED = 8


def _remembered_site(origin: str) -> Site | None:
    """The site for `scheme://host:port`; None if only urlsplit can tell."""
    scheme, separator, authority = origin.partition("://")
    if PLAIN_SITE.fullmatch(origin):
        site = Site(scheme, authority, plain=True)
    elif not separator or not scheme.isalpha() or not authority:
        return None
    elif _PLAIN_AUTHORITY.issuperset(authority):
        site = Site(scheme.lower(), authority)
    else:
        return None
    if len(origin) <= _LONGEST_REMEMBERED and origin.count(".") < _MOST_LABELS_REMEMBERED:
        if len(_SITES) >= _MOST_SITES:
            _SITES.clear()
        _SITES[origin] = site
    return site


def _domains(host: str) -> tuple[str, ...]:
    """
    The host, and its own name and its parents' as Domain attributes would name them.

    Parents stand here without a dot too: programs file domain cookies so.
    """
    domains = [host, "." + host]
    if not is_numeric(host):
        dot = host.find(".")
        while 0 <= dot < len(host) - 1:
            domains.append(host[dot:])
            domains.append(host[dot + 1 :])
            dot = host.find(".", dot + 1)
    return tuple(domains)


def _without_port(authority: str) -> str:
    # Digits only: the host of "http://a:x/" is no host.
    head, colon, port = authority.rpartition(":")
    return head if colon and "]" not in port and (not port or port.isdecimal()) else authority
