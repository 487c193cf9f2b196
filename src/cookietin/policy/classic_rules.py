"""The rules of `DefaultCookiePolicy`, one function each.

Source: CPython 3.11 to 3.13. Departures are security fixes; each is marked where it is made and
listed in docs/reference/departures.md.

Rules of this file:
- A rule returns 0 or the bits of its reasons; it changes nothing.
- `refusal_to_set` and `refusal_to_return` add up all rules, so that a mask holds every reason.
"""

from __future__ import annotations

from cookietin.context import is_third_party, request_port
from cookietin.cookie import CookieFields
from cookietin.reasons import (
    COUNTRY_SECOND_LEVEL,
    DOLLAR_NAME,
    DOMAIN_BLOCKED,
    DOMAIN_MISMATCH,
    DOMAIN_NOT_ALLOWED,
    EXPIRED,
    HOST_ONLY,
    HOST_PREFIX_WITH_DOT,
    INVALID_PORT,
    INVALID_VERSION,
    NETSCAPE_OFF,
    NO_EMBEDDED_DOT,
    NOT_ON_PATH,
    PORT_MISMATCH,
    RFC2965_OFF,
    SECURE_ONLY,
    THIRD_PARTY,
)
from cookietin.rules.classic import domain_match, domain_returns, is_address, liberal_is_HDN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.context import Request, Target
    from cookietin.policy.classic import ClassicPolicy


# Second-level names under which countries register names, as CPython 3.13 lists them.
_GENERIC = "com edu org net gov mil int aero biz cat coop info jobs mobi museum name pro travel"
COUNTRY_SECOND_LEVELS = frozenset(("co", "ac", "eu", *_GENERIC.split()))


def version_refusal(policy: ClassicPolicy, cookie: CookieFields) -> int:
    version = cookie.version
    if version is None:
        # CPython raises TypeError when such a cookie is to be sent.
        return INVALID_VERSION
    if version > 0:
        return 0 if policy.rfc2965 else RFC2965_OFF
    return NETSCAPE_OFF if version == 0 and not policy.netscape else 0


def verifiability_refusal(policy: ClassicPolicy, cookie: CookieFields, request: Request) -> int:
    version = cookie.version
    if version is None:
        return 0
    if version > 0:
        strict = policy.strict_rfc2965_unverifiable
    else:
        strict = version == 0 and policy.strict_ns_unverifiable
    return THIRD_PARTY if strict and request.unverifiable and is_third_party(request) else 0


def name_refusal(policy: ClassicPolicy, cookie: CookieFields) -> int:
    # Such a name could pose as an attribute before a server that reads RFC 2965 (3.2.2).
    if policy.strict_ns_set_initial_dollar and cookie.version == 0 and cookie.name.startswith("$"):
        return DOLLAR_NAME
    return 0


def path_to_set_refusal(policy: ClassicPolicy, cookie: CookieFields, request: Request) -> int:
    if not cookie.path_specified or cookie.version is None:
        return 0
    if cookie.version > 0 or (cookie.version == 0 and policy.strict_ns_set_path):
        return 0 if policy.path_return_ok(cookie.path, request) else NOT_ON_PATH
    return 0


def domain_to_set_refusal(policy: ClassicPolicy, cookie: CookieFields, target: Target) -> int:
    domain = cookie.domain
    mask = 0
    if policy.is_blocked(domain):
        mask |= DOMAIN_BLOCKED
    if policy.is_not_allowed(domain):
        mask |= DOMAIN_NOT_ALLOWED
    if not cookie.domain_specified:
        return mask
    if policy.strict_domain and _is_country_second_level(domain):
        mask |= COUNTRY_SECOND_LEVEL
    mask |= host_may_set(domain, target)
    if cookie.version is None:
        return mask
    strict = policy.strict_ns_domain
    rfc2965 = cookie.version > 0
    if (rfc2965 or strict & policy.DomainRFC2965Match) and not domain_match(
        target.host.effective, domain
    ):
        mask |= DOMAIN_MISMATCH
    if (
        (rfc2965 or strict & policy.DomainStrictNoDots)
        and "." in target.host.name[: -len(domain)]
        and liberal_is_HDN(target.host.name)
    ):
        mask |= HOST_PREFIX_WITH_DOT
    return mask


def host_may_set(domain: str, target: Target) -> int:
    """The Netscape rule: the host ends with the domain, and the domain is no bare word."""
    host, erhn = target.host.name, target.host.effective
    undotted = domain.removeprefix(".")
    if is_address(host):
        # An address has no parents. CPython lets 127.0.0.1 set cookies for .0.0.1.
        return 0 if undotted == host else DOMAIN_MISMATCH
    mask = 0
    if "." not in undotted and not erhn.endswith(".local"):
        mask |= NO_EMBEDDED_DOT
    if not (
        erhn.endswith(domain)
        or erhn.startswith(".")
        or ("." + erhn).endswith(domain)
        # Domain=printer from the host "printer". CPython asks without the leading dot, so that
        # "evilprinter" could set it too.
        or f".{erhn}".endswith(f".{undotted}.local")
    ):
        mask |= DOMAIN_MISMATCH
    return mask


def _is_country_second_level(domain: str) -> bool:
    """Tell whether a domain is like ".co.uk"."""
    _, *labels = domain.split(".")
    return (
        domain.startswith(".")
        and len(labels) == 2
        and labels[0] in COUNTRY_SECOND_LEVELS
        and len(labels[1]) == 2
    )


def port_to_set_refusal(cookie: CookieFields, request: Request) -> int:
    if not cookie.port_specified:
        return 0
    asked = request_port(request) or "80"
    for port in (cookie.port or "").split(","):
        try:
            int(port)
        except ValueError:
            return INVALID_PORT
        if port == asked:
            return 0
    return PORT_MISMATCH


def port_to_return_refusal(cookie: CookieFields, request: Request) -> int:
    if not cookie.port:
        return 0
    asked = request_port(request) or "80"
    return 0 if asked in cookie.port.split(",") else PORT_MISMATCH


def secure_refusal(policy: ClassicPolicy, cookie: CookieFields, request: Request) -> int:
    return SECURE_ONLY if cookie.secure and request.type not in policy.secure_protocols else 0


def domain_to_return_refusal(policy: ClassicPolicy, cookie: CookieFields, target: Target) -> int:
    domain = cookie.domain
    version = cookie.version
    mask = 0
    if (
        version == 0
        and not cookie.domain_specified
        and policy.strict_ns_domain & policy.DomainStrictNonDomain
        and domain != target.host.effective
    ):
        mask |= HOST_ONLY
    if version is not None and version > 0:
        if not domain_match(target.host.effective, domain):
            mask |= DOMAIN_MISMATCH
    elif version == 0 and not domain_returns(domain, target.host.name, target.host.effective):
        # The host itself counts, not just its effective name: CPython stores the cookies of
        # Domain=localhost since 3.11 and never sends them (gh-90233).
        mask |= DOMAIN_MISMATCH
    return mask


def refusal_to_set(policy: ClassicPolicy, cookie: CookieFields, target: Target) -> int:
    """All reasons why a cookie may not be set, 0 if there is none; `set_ok` in one call."""
    request = target.request
    return (
        version_refusal(policy, cookie)
        | verifiability_refusal(policy, cookie, request)
        | name_refusal(policy, cookie)
        | path_to_set_refusal(policy, cookie, request)
        | domain_to_set_refusal(policy, cookie, target)
        | port_to_set_refusal(cookie, request)
    )


def refusal_to_return(policy: ClassicPolicy, cookie: CookieFields, target: Target, now: int) -> int:
    """All reasons why a stored cookie may not be sent, path apart; `return_ok` in one call."""
    request = target.request
    return (
        version_refusal(policy, cookie)
        | verifiability_refusal(policy, cookie, request)
        | secure_refusal(policy, cookie, request)
        | (EXPIRED if cookie.is_expired(now) else 0)
        | port_to_return_refusal(cookie, request)
        | domain_to_return_refusal(policy, cookie, target)
    )


def is_liberal(policy: ClassicPolicy) -> bool:
    """
    Tell whether no switch is on that could refuse a plain Netscape cookie.

    Then `host_may_set` is the only rule left for one with a Domain, and none for one without:
    0.1 us once a response, where all rules take 1 us a cookie.
    """
    return (
        policy.netscape,
        policy.strict_domain,
        policy.strict_ns_unverifiable,
        policy.strict_ns_domain,
        policy.strict_ns_set_initial_dollar,
        policy.strict_ns_set_path,
        policy._blocked_domains,
        policy._allowed_domains,
    ) == _LIBERAL


_LIBERAL = (True, False, False, 0, False, False, (), None)
