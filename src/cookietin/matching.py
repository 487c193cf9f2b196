"""Stages 4 and 5: which stored cookies go with a request, by the standard library's rules.

RFC 2965 section 3.3.4 and the Netscape specification, as `DefaultCookiePolicy` reads them.

Rules of this file:
- Hot path: a cookie that stays at home costs no allocation and no call.
- Changes nothing. Knows neither files, clients nor the clock; `now` is an argument.
- For policies whose rules nobody replaced: the caller has asked `keeps_return_rules`. A property
  test binds this walk to the methods that it stands for.
"""

from __future__ import annotations

import math

from cookietin.context import Target, is_third_party
from cookietin.cookie import CookieFields
from cookietin.policy.classic import ClassicPolicy
from cookietin.policy.classic_rules import EXPIRED, refusal_to_return
from cookietin.rules.classic import domain_returns, path_matches
from cookietin.store import Paths, Store


def returnable(
    store: Store, policy: ClassicPolicy, target: Target, now: int, plain: frozenset[type]
) -> list[CookieFields]:
    """
    The cookies to send, in the order of insertion of their domains, paths and names.

    Args:
        now: Seconds since the epoch.
        plain: Classes of cookies whose `is_expired` compares `expires` with the moment.
    """
    if target.domains is None:
        # No name in the DNS is that long; search, as CPython does.
        host, erhn = target.host, target.erhn
        found = [item for item in store.cookies.items() if domain_returns(item[0], host, erhn)]
    else:
        found = store.candidates(target.domains)
    if policy._blocked_domains or policy._allowed_domains is not None:
        found = [
            item
            for item in found
            if not (policy.is_blocked(item[0]) or policy.is_not_allowed(item[0]))
        ]
    return _through(found, store, policy, target, now, plain) if found else []


def _through(
    found: list[tuple[str, Paths]],
    store: Store,
    policy: ClassicPolicy,
    target: Target,
    now: int,
    plain: frozenset[type],
) -> list[CookieFields]:
    request = target.request
    path = target.path
    # With these switches off, only expiry and Secure are left to ask of a version 0 cookie.
    simple = (
        policy.netscape
        and not policy.strict_ns_domain & policy.DomainStrictNonDomain
        and not (policy.strict_ns_unverifiable and request.unverifiable and is_third_party(request))
    )
    secure: bool | None = None  # asked for by the first Secure cookie
    cookies = []
    for domain, paths in found:
        for cookie_path, names in paths.items():
            if cookie_path != "/" and not path_matches(path, cookie_path):
                continue
            for cookie in names.values():
                if (
                    simple
                    and cookie.version == 0
                    and not cookie.port
                    and cookie.domain == domain  # it may have been changed since it was stored
                    and cookie.__class__ in plain
                ):
                    expires = cookie.expires
                    if expires is not None and expires <= now:
                        # Changed in place, perhaps: then nothing else announces that it has ended.
                        store.earliest = min(store.earliest, expires)
                        continue
                    if cookie.secure:
                        if secure is None:
                            secure = request.type in policy.secure_protocols
                        if not secure:
                            continue
                else:
                    refusal = refusal_to_return(policy, cookie, target, now)
                    if refusal & EXPIRED:
                        store.earliest = -math.inf
                    if refusal:
                        continue
                cookies.append(cookie)
    return cookies
