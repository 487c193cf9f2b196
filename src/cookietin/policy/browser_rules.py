"""The rules of `BrowserCookiePolicy`, as masks of reasons.

RFC 6265bis sections 5.4, 5.7 and 5.8.3, and CHIPS section 2.

Rules of this file:
- `refusal_to_set` and `refusal_to_return` return 0 or the bits of all reasons that apply; they
  change nothing. Two rules need the store as well and stand in `browser_receiving`.
- Cookies of the standard library's own jar are judged as it files them: host-only ones of a host
  without dots under `host.local`, paths escaped.
"""

from __future__ import annotations

from cookietin.cookie import (
    CookieFields,
    is_host_only,
    is_http_only,
    is_partitioned,
    same_site_of,
)
from cookietin.policy.limits import moment_of
from cookietin.reasons import (
    DOMAIN_BLOCKED,
    DOMAIN_MISMATCH,
    DOMAIN_NOT_ALLOWED,
    EXPIRED,
    HTTP_ONLY,
    INVALID_DOMAIN,
    INVALID_HOST,
    INVALID_PARTITIONED,
    INVALID_PREFIX,
    NAMELESS_WITH_EQUALS,
    NOT_ON_PATH,
    PARTITION_MISMATCH,
    PUBLIC_SUFFIX,
    SAME_SITE_LAX,
    SAME_SITE_NONE_INSECURE,
    SAME_SITE_REQUIRED,
    SAME_SITE_STRICT,
    SECURE_ONLY,
)
from cookietin.reasons import (
    SAME_SITE_UNSPECIFIED_TREATED_AS_LAX as SAME_SITE_UNSPECIFIED,
)
from cookietin.rules.classic import escape_path
from cookietin.rules.hosts import canonical_host, domain_matches
from cookietin.rules.paths import path_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.policy.browser import BrowserPolicy
    from cookietin.request_context import RequestFacts
    from cookietin.rules.public_suffix import PublicSuffixes


# 5.6.7.1 "Lax-allowing-unsafe": so long a cookie without SameSite goes with unsafe requests too.
GRACE = 120


def refusal_to_set(policy: BrowserPolicy, cookie: CookieFields, facts: RequestFacts) -> int:
    """Why a cookie of a response may not be set, as far as the store need not be asked."""
    host = facts.host
    if host is None:
        return INVALID_HOST
    mask = (
        0 if is_host_only(cookie) else domain_refusal(host, cookie.domain, policy.public_suffixes)
    )
    if is_host_only(cookie) and not _is_of_host(cookie, host):
        mask |= INVALID_DOMAIN
    mask |= lists_refusal(policy, cookie.domain)
    http_only, same_site = is_http_only(cookie), same_site_of(cookie)
    name = cookie.name
    if name.startswith("__") or not name or cookie.value is None:
        mask |= name_refusal(policy, cookie, facts, http_only=http_only)
    return mask | attributes_refusal(
        policy, facts, bool(cookie.secure), http_only, same_site, is_partitioned(cookie)
    )


def attributes_refusal(
    policy: BrowserPolicy,
    facts: RequestFacts,
    secure: bool,
    http_only: bool,
    same_site: str | None,
    partitioned: bool,
) -> int:
    """What is wrong with the flags of a cookie."""
    mask = 0
    if secure:
        if not facts.secure:
            mask = SECURE_ONLY  # 5.7 step 13
    else:
        if same_site == "None":
            mask = SAME_SITE_NONE_INSECURE  # 5.7 step 19
        if partitioned:
            mask |= INVALID_PARTITIONED
    if same_site is None and policy.same_site_required:
        mask |= SAME_SITE_REQUIRED
    context = facts.context
    if context is not None:
        if http_only and not context.http_api:
            mask |= HTTP_ONLY  # 5.7 step 15
        if facts.cross_site and not (context.top_level and context.http_api):
            mask |= _same_site_refusal(policy, same_site)  # 5.7 step 18
    return mask


def _same_site_refusal(policy: BrowserPolicy, same_site: str | None) -> int:
    """Which rule a cross-site request runs against."""
    if same_site is None:
        return SAME_SITE_UNSPECIFIED if policy.same_site_default == "Lax" else 0
    if same_site == "Lax":
        return SAME_SITE_LAX
    return SAME_SITE_STRICT if same_site == "Strict" else 0


def domain_refusal(host: str, domain: str, suffixes: PublicSuffixes) -> int:
    """
    What is wrong with the Domain attribute of a cookie.

    Args:
        host: Canonical host of the request.
        domain: The cookie's domain, with or without its leading dot.
    """
    bare = domain.removeprefix(".")
    if bare == host:
        return 0
    matches = domain_matches(host, bare)
    # What is not ASCII is no canonical host: not asked, for to map 1,024 octets takes 5 ms and more.
    known = matches or (bare.isascii() and canonical_host(bare) == bare)
    mask = PUBLIC_SUFFIX if known and suffixes.is_suffix(bare) else 0  # 5.7 step 9
    # Ours, not the spec's: browsers ask for the same registrable domain. amazonaws.com is none of
    # the site x.s3.amazonaws.com, although it is no public suffix itself.
    if not matches or (not mask and suffixes.site_of(host) != suffixes.site_of(bare)):
        mask |= INVALID_DOMAIN  # 5.7 step 10
    return mask


def lists_refusal(policy: BrowserPolicy, domain: str) -> int:
    """Whether the user's lists say no."""
    mask = DOMAIN_BLOCKED if policy.is_blocked(domain) else 0
    return mask | DOMAIN_NOT_ALLOWED if policy.is_not_allowed(domain) else mask


def name_refusal(
    policy: BrowserPolicy, cookie: CookieFields, facts: RequestFacts, *, http_only: bool
) -> int:
    """Whether a cookie keeps what its name promises (5.4), and a nameless one poses as none."""
    name, value = cookie.name, cookie.value
    if value is None:
        name, value = "", name  # a lone word, as the standard library has nameless cookies
    mask = 0
    if not name and "=" in value and not policy.allow_nameless_equals:
        # Ours, not the spec's: "=a=b" would come back as a cookie named "a"; browsers refuse it.
        mask = NAMELESS_WITH_EQUALS
    prefix = _prefix_of(name or value)
    if not prefix:
        return mask
    kept = bool(
        name  # sent without "=", the value of a nameless cookie would pose as a name
        and cookie.secure
        and facts.secure
        and ("http-" not in prefix or http_only)
        and (
            "__host-" not in prefix
            or (is_host_only(cookie) and cookie.path_specified and cookie.path == "/")
        )
    )
    return mask if kept else mask | INVALID_PREFIX


def _prefix_of(name: str) -> str:
    lower = name[:12].lower()
    for prefix in ("__secure-", "__host-http-", "__host-", "__http-"):
        if lower.startswith(prefix):
            return prefix
    return ""


def refusal_to_return(
    policy: BrowserPolicy, cookie: CookieFields, facts: RequestFacts, now: int
) -> int:
    """Why a stored cookie may not be sent; none of what the store's index has sorted out is left out."""
    host = facts.host
    if host is None:
        return INVALID_HOST
    mask = domain_to_return_refusal(policy, cookie, host)
    if not _is_on_path(cookie, facts.path):
        mask |= NOT_ON_PATH
    mask |= lists_refusal(policy, cookie.domain)
    if cookie.is_expired(now):
        mask |= EXPIRED
    if cookie.secure and not facts.secure:
        mask |= SECURE_ONLY
    key = getattr(cookie, "_partition_key", None)
    if key is not None and key != facts.partition_key:
        mask |= PARTITION_MISMATCH
    if facts.context is not None:
        mask |= context_refusal(policy, cookie, facts, now)
    return mask


def domain_to_return_refusal(policy: BrowserPolicy, cookie: CookieFields, host: str) -> int:
    """Whether a stored cookie's domain covers the host."""
    if is_host_only(cookie):
        return 0 if _is_of_host(cookie, host) else DOMAIN_MISMATCH
    bare = cookie.domain.removeprefix(".")
    if not domain_matches(host, bare):
        return DOMAIN_MISMATCH
    # 5.8.3: the list may have changed since the cookie was set.
    return PUBLIC_SUFFIX if bare != host and policy.public_suffixes.is_suffix(bare) else 0


def context_refusal(
    policy: BrowserPolicy, cookie: CookieFields, facts: RequestFacts, now: int
) -> int:
    """Whether who asks may have the cookie (5.8.3)."""
    context = facts.context
    if context is None:
        return 0
    mask = HTTP_ONLY if not context.http_api and is_http_only(cookie) else 0
    if not facts.cross_site:
        return mask
    same_site = same_site_of(cookie)
    refusal = _same_site_refusal(policy, same_site)
    if same_site != "Strict" and context.top_level and context.http_api:
        created = moment_of(cookie, "_creation_time")
        # Within a second creation-times run ahead; what lies further ahead is nonsense.
        fresh = created > 0 and -1 < now - created <= GRACE
        if facts.safe or (same_site is None and fresh and policy.lax_allowing_unsafe):
            refusal = 0
    return mask | refusal


def _is_of_host(cookie: CookieFields, host: str) -> bool:
    domain = cookie.domain
    if domain == host:
        return True
    # CPython files cookies of "localhost" under "localhost.local".
    return _is_foreign(cookie) and "." not in host and domain == host + ".local"


def _is_on_path(cookie: CookieFields, path: str) -> bool:
    if _is_foreign(cookie):
        path = escape_path(path)  # as CPython has escaped the cookie's
    return path_matches(path, cookie.path)


def _is_foreign(cookie: object) -> bool:
    """Tell whether a cookie is the standard library's, made by its own jar."""
    return not isinstance(cookie, CookieFields)
