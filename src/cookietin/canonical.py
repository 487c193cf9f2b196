"""Stage 2: ParsedCookie + request -> Cookie. Defaults are applied, nothing is judged.

Sources: `CookieJar._cookie_from_cookie_tuple` of CPython 3.11 to 3.13 (RFC 2965 section 3.3.1 and
the Netscape specification); for `browser_cookie` RFC 6265bis section 5.7. Knows no policy and no
store; a cookie that has already ended comes out as one, for the jar to delete.
"""

from __future__ import annotations

from cookietin.context import request_port
from cookietin.reasons import INVALID_VERSION
from cookietin.rules.classic import escape_path
from cookietin.rules.hosts import is_numeric
from cookietin.set_cookie.netscape import with_dot
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.context import Target
    from cookietin.cookie import CookieFields
    from cookietin.request_context import RequestFacts
    from cookietin.rules.public_suffix import PublicSuffixes
    from cookietin.set_cookie import Attributes, ParsedCookie, PlainAttributes


_new = object.__new__


def default_path(request_path: str, *, netscape: bool) -> str:
    """
    The path a cookie gets when Set-Cookie names none.

    Args:
        request_path: Path of the request, starting with "/".
        netscape: For a version 0 cookie. Others keep the last "/" (RFC 2965 section 3.3.1).

    >>> default_path("/account/login", netscape=True), default_path("/account/", netscape=False)
    ('/account', '/account/')
    """
    last = request_path.rfind("/")
    return (request_path[:last] if netscape else request_path[: last + 1]) or "/"


def plain_cookie(
    name: str,
    value: str | None,
    expires: int | None,
    attributes: PlainAttributes,
    target: Target,
    cookie_class: type[CookieFields],
) -> CookieFields:
    """
    Make the version 0 cookie that a server meant.

    Args:
        name, value, expires, attributes: A PlainCookie.
        target: The request whose response carried it.
        cookie_class: Class of the cookie; its `__init__` is not called.
    """
    domain, initial_dot, path, _, secure, others = attributes
    # Attribute by attribute: 0.3 us in all, where a call with 17 arguments makes it 0.5.
    cookie = _new(cookie_class)
    cookie.name = name
    cookie.value = value
    if domain is None:
        cookie.domain = target.host.effective
        cookie.domain_specified = cookie.domain_initial_dot = False
    else:
        cookie.domain = domain
        cookie.domain_specified = True
        cookie.domain_initial_dot = initial_dot
    if path:
        cookie.path = path if path == "/" else escape_path(path)
        cookie.path_specified = True
    else:
        cookie.path = default_path(target.path, netscape=True)
        cookie.path_specified = False
    cookie.secure = secure  # type: ignore[assignment]  # CPython keeps the text of "Secure=x"
    cookie.expires = expires
    cookie.discard = expires is None
    cookie._creation_time = cookie._last_access_time = cookie._seldom = None
    cookie._others = others
    return cookie


def cookie_of(
    parsed: ParsedCookie, target: Target, cookie_class: type[CookieFields]
) -> CookieFields | int:
    """
    Make the cookie that a server meant, whatever attributes it has.

    Args:
        parsed: From `set_cookie`.
        target: The request whose response carried it.
        cookie_class: Class of the cookie; its `__init__` is not called.

    Returns:
        The cookie, or the bits of the reasons why it is none.
    """
    name, value, standard, rest = parsed
    get = standard.get
    version = get("version")
    if version is not None:
        try:
            version = int(version)
        except ValueError:
            return INVALID_VERSION
    path, expires = get("path"), get("expires")
    if expires is not None:
        expires = int(float(expires))
    domain = get("domain")
    domain, initial_dot = with_dot(domain if domain is None else domain.lower())
    # A subclass may have made these parts, and keep the dict.
    rest = SharedAttributes(rest) if rest else None
    attributes = (domain, initial_dot, path, None, get("secure", False), rest)
    cookie = plain_cookie(name, value, expires, attributes, target, cookie_class)
    cookie.version = version
    if not path:
        cookie.path = default_path(target.path, netscape=version == 0)
    if "port" in standard:
        port = standard["port"]
        cookie.port_specified = port is not None
        # "Port" alone means the port of the request (RFC 2965 3.2.2).
        cookie.port = request_port(target.request) if port is None else "".join(port.split())
    if expires is not None:
        cookie.discard = get("discard", False)
    cookie.comment = get("comment")
    cookie.comment_url = get("commenturl")
    return cookie


def browser_cookie(
    name: str,
    value: str,
    expires: int | None,
    attributes: Attributes,
    facts: RequestFacts,
    now: int,
    latest: int,
    suffixes: PublicSuffixes,
    cookie_class: type[CookieFields],
) -> CookieFields:
    """
    Make the cookie that a server meant, as browsers understand it.

    Args:
        name, value, expires, attributes: A BrowserCookie.
        facts: The request whose response carried it; it has a host.
        now: Seconds since the epoch.
        latest: The last moment at which a cookie may end.
        suffixes: Asked about a Domain that is the host itself.
        cookie_class: Class of the cookie; its `__init__` is not called.
    """
    domain, initial_dot, path, max_age, secure, _, _, partitioned, rest, _ = attributes
    # Attribute by attribute, as in `plain_cookie`.
    cookie = _new(cookie_class)
    cookie._creation_time = cookie._last_access_time = cookie._seldom = None
    cookie.name = name
    cookie.value = value
    cookie.domain_initial_dot = initial_dot
    if domain is None or (domain == facts.domains[1] and _is_alone(facts.domains[0], suffixes)):
        cookie.domain = facts.domains[0]
        cookie.domain_specified = False
    else:
        cookie.domain = domain
        cookie.domain_specified = True
    if path is None:
        cookie.path = facts.default_path
        cookie.path_specified = False
    else:
        cookie.path = path
        cookie.path_specified = True
    cookie.secure = secure
    if max_age is not None:
        # 5.7 step 6: Max-Age beats Expires wherever it stands.
        expires = now + max_age if max_age > 0 else 0
    if expires is None:
        cookie.expires = None
        cookie.discard = True
    else:
        cookie.expires = expires if expires < latest else latest
        cookie.discard = False
    cookie._others = rest
    if partitioned and facts.partition_key is not None:
        cookie._partition_key = facts.partition_key
    return cookie


def _is_alone(host: str, suffixes: PublicSuffixes) -> bool:
    """
    Tell whether a host that names itself as Domain makes a host-only cookie.

    A public suffix does (5.7 step 9). That an address does is ours, not the spec's: browsers do it,
    and so an address may set __Host- cookies.
    """
    return is_numeric(host) or suffixes.is_suffix(host)
