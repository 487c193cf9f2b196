"""`BrowserCookiePolicy`, as far as it does not need the standard library.

RFC 6265bis as Chromium 156 and Firefox 153 were seen to practise it.

Rules of this file:
- The public methods ask `browser_rules`. A jar of ours goes past them while nobody has replaced any.
- Knows no store, file or client; `_now` is set by the jar, as in the standard library.
"""

from __future__ import annotations

from cookietin.context import UrlRequest
from cookietin.overrides import Methods
from cookietin.policy import browser_rules as rules
from cookietin.policy.decision import reasons_of
from cookietin.policy.domain_lists import DomainLists
from cookietin.policy.limits import Limits
from cookietin.request_context import facts_of
from cookietin.rules.classic import escape_path
from cookietin.rules.classic_dates import LATEST
from cookietin.rules.paths import path_matches
from cookietin.rules.public_suffix import SHIPPED, PublicSuffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.policy.decision import Reason
    from cookietin.request_context import RequestContext
    from cookietin.rules.public_suffix import Source

# 5.5: 400 days, the most that the draft advises; Chromium and Firefox have it.
MAX_AGE_CAP = 34_560_000
NO_LIMITS = Limits(per_site=None, total=None, per_partition=None, partition_octets=None)


class BrowserPolicy(DomainLists):
    """The settings and rules of `BrowserCookiePolicy`; see there."""

    # What the standard library's jar asks of its policies: no RFC 2965.
    netscape = True
    rfc2965 = False
    hide_cookie2 = True
    rfc2109_as_netscape = True

    _now: int = 0

    def __init__(
        self,
        *,
        trust_loopback: bool = True,
        public_suffixes: Source | PublicSuffixes | None = None,
        max_age_cap: int | None = MAX_AGE_CAP,
        limits: Limits | None = Limits(),  # noqa: B008 - it does not change
        lax_allowing_unsafe: bool = False,
        same_site_default: str = "Lax",
        same_site_required: bool = False,
        allow_nameless_equals: bool = False,
        secure_protocols: Iterable[str] = ("https", "wss"),
        blocked_domains: Iterable[str] = (),
        allowed_domains: Iterable[str] | None = None,
    ) -> None:
        self.trust_loopback = trust_loopback
        self.public_suffixes = public_suffixes
        self.max_age_cap = max_age_cap
        self.limits = limits
        self.lax_allowing_unsafe = lax_allowing_unsafe
        self.same_site_default = same_site_default
        self.same_site_required = same_site_required
        self.allow_nameless_equals = allow_nameless_equals
        self.secure_protocols = secure_protocols
        self.set_blocked_domains(blocked_domains)
        self.set_allowed_domains(allowed_domains)

    @property
    def public_suffixes(self) -> PublicSuffixes:
        return self._public_suffixes

    @public_suffixes.setter
    def public_suffixes(self, source: Source | PublicSuffixes | None) -> None:
        if source is None:
            self._public_suffixes = SHIPPED
        elif isinstance(source, PublicSuffixes):
            self._public_suffixes = source
        else:
            self._public_suffixes = PublicSuffixes(source)

    @property
    def max_age_cap(self) -> int | None:
        return self._max_age_cap

    @max_age_cap.setter
    def max_age_cap(self, seconds: int | None) -> None:
        if seconds is not None and (type(seconds) is not int or seconds < 1):
            raise ValueError(
                f"max_age_cap: expected a whole number of seconds or None, got {seconds!r}"
            )
        self._max_age_cap = seconds

    @property
    def limits(self) -> Limits:
        return self._limits

    @limits.setter
    def limits(self, limits: Limits | None) -> None:
        if limits is not None and not isinstance(limits, Limits):
            raise TypeError(f"limits: expected Limits or None, got {type(limits).__name__}")
        self._limits = NO_LIMITS if limits is None else limits

    @property
    def same_site_default(self) -> str:
        return self._same_site_default

    @same_site_default.setter
    def same_site_default(self, value: str) -> None:
        if value not in ("Lax", "None"):
            raise ValueError(f"same_site_default: expected 'Lax' or 'None', got {value!r}")
        self._same_site_default = value

    @property
    def secure_protocols(self) -> tuple[str, ...]:
        return self._secure_protocols

    @secure_protocols.setter
    def secure_protocols(self, schemes: Iterable[str]) -> None:
        self._secure_protocols = _listed("secure_protocols", schemes)

    def set_blocked_domains(self, blocked_domains: Iterable[str]) -> None:
        """Replace the blocked domains; see `is_blocked` for what an entry means."""
        super().set_blocked_domains(_listed("blocked_domains", blocked_domains))

    def set_allowed_domains(self, allowed_domains: Iterable[str] | None) -> None:
        """Replace the allowed domains; None allows every domain."""
        if allowed_domains is not None:
            allowed_domains = _listed("allowed_domains", allowed_domains)
        super().set_allowed_domains(allowed_domains)

    def set_ok(self, cookie: CookieFields, request: Request) -> bool:
        """
        Tell whether a cookie that a response carried may be stored.

        Two rules look at stored cookies and are the jar's: over a connection that is not secure none
        may take the place of a Secure cookie, and by other ways than HTTP none that of an HttpOnly
        cookie.
        """
        return not rules.refusal_to_set(self, cookie, facts_of(request, self))

    def return_ok(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether a stored cookie may be sent."""
        return not rules.refusal_to_return(self, cookie, facts_of(request, self), self._now)

    def domain_return_ok(self, domain: str, request: Request) -> bool:
        """Tell whether any cookie filed under a domain may be sent."""
        facts = facts_of(request, self)
        covered = domain in facts.domains or (
            # CPython files cookies of "localhost" under "localhost.local".
            facts.host is not None and "." not in facts.host and domain == facts.host + ".local"
        )
        return covered and not rules.lists_refusal(self, domain)

    def path_return_ok(self, path: str, request: Request) -> bool:
        """Tell whether cookies of a path may be sent."""
        sent = facts_of(request, self).path
        # The standard library's jar has its paths escaped.
        return path_matches(sent, path) or path_matches(escape_path(sent), path)


def _listed(argument: str, texts: Iterable[str]) -> tuple[str, ...]:
    """A list of texts; TypeError if it is one text, which is a list of letters too."""
    if isinstance(texts, str):
        raise TypeError(f"{argument}: expected a list of texts, got one text")
    return tuple(texts)


def asks_more_of_cookies(policy: BrowserPolicy) -> bool:
    """Tell whether a setting refuses cookies that browsers set."""
    return (
        policy.same_site_required
        or bool(policy._blocked_domains)
        or policy._allowed_domains is not None
    )


def latest_expiry(policy: BrowserPolicy, now: int) -> int:
    """The last moment at which a cookie that is set now may end."""
    cap = policy.max_age_cap
    if cap is None:
        return LATEST
    latest = now + cap
    return latest if latest < LATEST else LATEST  # `min` would be called for each response


_LISTS = ("is_blocked", "is_not_allowed")
_SET_RULES = Methods(BrowserPolicy, (*_LISTS, "set_ok"))
_RETURN_RULES = Methods(BrowserPolicy, (*_LISTS, "return_ok", "domain_return_ok", "path_return_ok"))
_DOMAIN_RULE = Methods(BrowserPolicy, ("domain_return_ok",))


def keeps_set_rules(policy: object) -> bool:
    """Tell whether `set_ok` and all that it asks are the ones of this file."""
    return isinstance(policy, BrowserPolicy) and _SET_RULES.are_kept_by(policy)


def keeps_return_rules(policy: object) -> bool:
    """Tell whether `return_ok`, the rules for domain and path, and all they ask are of this file."""
    return isinstance(policy, BrowserPolicy) and _RETURN_RULES.are_kept_by(policy)


def keeps_domain_rule(policy: object) -> bool:
    """Tell whether `domain_return_ok` is the one of this file, so that domains can be looked up."""
    return isinstance(policy, BrowserPolicy) and _DOMAIN_RULE.are_kept_by(policy)


def reasons_to_withhold(
    policy: BrowserPolicy,
    cookie: CookieFields,
    url: str,
    now: int,
    context: RequestContext | None = None,
) -> tuple[Reason, ...]:
    """
    Why a stored cookie does not go with a request, all that apply; empty if it goes.

    Args:
        now: Seconds since the epoch.

    Raises:
        TypeError, ValueError: As `cookie_header` does.
    """
    facts = facts_of(UrlRequest(url, context), policy)
    return reasons_of(rules.refusal_to_return(policy, cookie, facts, now))
