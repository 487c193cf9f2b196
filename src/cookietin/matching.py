"""Stages 4 and 5: which stored cookies go with a request, by the standard library's rules.

RFC 2965 section 3.3.4 and the Netscape specification, as `DefaultCookiePolicy` reads them.

Rules of this file:
- Hot path: a cookie that stays at home costs no allocation and no call.
- Changes nothing but when the store is to be swept. Knows neither files, clients nor the clock; `now`
  is an argument.
- For policies whose rules nobody replaced: the caller has asked `keeps_return_rules`. A property
  test binds this walk to the methods that it stands for.
"""

from __future__ import annotations

import math
from operator import itemgetter

from cookietin.context import LONGEST_HOST, Host, Target, is_third_party, path_of_plain_site
from cookietin.cookie import CookieFields
from cookietin.policy.classic import ClassicPolicy
from cookietin.policy.classic_rules import refusal_to_return
from cookietin.reasons import EXPIRED, SECURE_ONLY
from cookietin.rules.classic import (
    domain_returns,
    path_matches,
    returning_domains,
)
from cookietin.rules.paths import FEW_PATHS, MOST_SEGMENTS, matching_paths
from cookietin.store import Names, Paths, Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.context import Request


def candidates(store: Store, host: Host) -> list[tuple[str, Paths]]:
    """The domains whose cookies can go to a host, in the order in which they first came."""
    domains = host.domains
    if domains:
        return store.candidates(domains)
    name = host.name
    if len(name) > LONGEST_HOST:
        # No name in the DNS is that long, and the table would be: search, as CPython does.
        erhn = host.effective
        return [item for item in store.cookies.items() if domain_returns(item[0], name, erhn)]
    if domains is None and host.plain:
        # A table is worth 0.9 us only for hosts that are asked again.
        host.domains = ()
        return store.above(name)
    host.domains = domains = returning_domains(name)
    return store.candidates(domains)


def pieces_to_send(
    found: list[tuple[str, Paths]],
    store: Store,
    policy: ClassicPolicy,
    request: Request | None,
    url: str,
    now: int,
    cookie_class: type[CookieFields],
) -> list[str] | None:
    """
    The pieces of the Cookie field, longer paths first, where all cookies are plain.

    Args:
        found: The candidates.
        request: What says the scheme; None if it is that of the URL.
        url: The request's; its site is plain.
        now: Seconds since the epoch.
        cookie_class: The class of the jar's own cookies, whose attributes say all.

    Returns:
        None if a rule needs a closer look: then `returnable` has the answer.
    """
    # With these switches off, only expiry and Secure are left to ask of a version 0 cookie.
    if (
        not policy.netscape
        or policy.strict_ns_domain & policy.DomainStrictNonDomain
        or policy.strict_ns_unverifiable
        or policy._blocked_domains
        or policy._allowed_domains is not None
    ):
        return None
    request_path = ""  # read when a path other than "/" asks for it
    secure: bool | None = None  # asked for by the first Secure cookie
    pieces_of_root: list[str] = []
    groups: list[tuple[int, list[str]]] = []
    for domain, paths in found:
        items: Iterable[tuple[str, Names]] = paths.items()
        known_to_fit = len(paths) > FEW_PATHS and url.count("/") < MOST_SEGMENTS
        if known_to_fit:
            request_path = request_path or path_of_plain_site(url)
            items = [(path, paths[path]) for path in matching_paths(request_path) if path in paths]
        for path, names in items:
            if path == "/":
                pieces = pieces_of_root
            else:
                request_path = request_path or path_of_plain_site(url)
                if not known_to_fit and not path_matches(request_path, path):
                    continue
                if not path:
                    return None  # no server can set it, and its place is behind "/"
                pieces = []
                groups.append((len(path), pieces))
            for cookie in names.values():
                if (
                    type(cookie) is not cookie_class
                    or cookie._seldom is not None
                    or cookie.domain != domain  # both may have been changed since it was stored
                    or cookie.path != path
                ):
                    return None
                expires = cookie.expires
                if expires is not None and expires <= now:
                    # Changed in place, perhaps: then nothing else announces that it has ended.
                    store.earliest = min(store.earliest, expires)
                    continue
                if cookie.secure and not secure:
                    if secure is None:
                        scheme = url[: url.find(":")] if request is None else request.type
                        secure = scheme in policy.secure_protocols
                    if not secure:
                        continue
                value = cookie.value
                pieces.append(cookie.name if value is None else f"{cookie.name}={value}")
    if not groups:
        return pieces_of_root
    if len(groups) > 1:
        groups.sort(key=_LENGTH, reverse=True)
    ordered: list[str] = []
    for _, pieces in groups:
        ordered += pieces
    ordered += pieces_of_root
    return ordered


_LENGTH = itemgetter(0)


def returnable(
    found: list[tuple[str, Paths]],
    store: Store,
    policy: ClassicPolicy,
    target: Target,
    now: int,
    plain: frozenset[type],
) -> list[CookieFields]:
    """
    The cookies to send, in the order of insertion of their domains, paths and names.

    Args:
        found: The candidates.
        now: Seconds since the epoch.
        plain: Classes of cookies whose `is_expired` compares `expires` with the moment.
    """
    request = target.request
    simple = (
        policy.netscape
        and not policy.strict_ns_domain & policy.DomainStrictNonDomain
        and not (policy.strict_ns_unverifiable and request.unverifiable and is_third_party(request))
    )
    cookies = []
    for domain, paths in found:
        if policy.is_blocked(domain) or policy.is_not_allowed(domain):
            continue
        for path, names in paths.items():
            if path != "/" and not path_matches(target.path, path):
                continue
            for cookie in names.values():
                if (
                    simple
                    and cookie.__class__ in plain
                    and cookie.version == 0
                    and not cookie.port
                    and cookie.domain == domain  # it may have been changed since it was stored
                ):
                    refusal = EXPIRED if cookie.is_expired(now) else 0
                    if cookie.secure and request.type not in policy.secure_protocols:
                        refusal |= SECURE_ONLY
                else:
                    refusal = refusal_to_return(policy, cookie, target, now)
                if refusal & EXPIRED:
                    # Changed in place, perhaps: then nothing else announces that it has ended.
                    store.earliest = -math.inf
                if not refusal:
                    cookies.append(cookie)
    return cookies
