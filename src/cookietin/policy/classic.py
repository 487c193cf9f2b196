"""`DefaultCookiePolicy`, as far as it does not need the standard library.

Source: CPython 3.11 to 3.13.

Rules of this file:
- The public methods ask one rule of `classic_rules` each, in the order and under the names that
  the standard library documents, so that subclasses can replace them one by one.
- Who takes the short way past those methods asks `keeps_set_rules` or `keeps_return_rules` first.
- Knows no store, file or client; `_now` is set by the jar, as in the standard library.
"""

from __future__ import annotations

from cookietin.context import target_of
from cookietin.cookie import CookieFields
from cookietin.overrides import Methods
from cookietin.policy import classic_rules as rules
from cookietin.policy.domain_lists import DomainLists
from cookietin.rules.classic import domain_returns, path_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeGuard

    from cookietin.context import Request


class ClassicPolicy(DomainLists):
    """The settings and rules of `DefaultCookiePolicy`; see there."""

    DomainStrictNoDots = 1
    DomainStrictNonDomain = 2
    DomainRFC2965Match = 4
    DomainLiberal = 0
    DomainStrict: int = DomainStrictNoDots | DomainStrictNonDomain

    _now: int

    def __init__(
        self,
        blocked_domains: Iterable[str] | None = None,
        allowed_domains: Iterable[str] | None = None,
        netscape: bool = True,
        rfc2965: bool = False,
        rfc2109_as_netscape: bool | None = None,
        hide_cookie2: bool = False,
        strict_domain: bool = False,
        strict_rfc2965_unverifiable: bool = True,
        strict_ns_unverifiable: bool = False,
        strict_ns_domain: int = DomainLiberal,
        strict_ns_set_initial_dollar: bool = False,
        strict_ns_set_path: bool = False,
        secure_protocols: Iterable[str] = ("https", "wss"),
    ) -> None:
        self.netscape = netscape
        self.rfc2965 = rfc2965
        self.rfc2109_as_netscape = rfc2109_as_netscape
        self.hide_cookie2 = hide_cookie2
        self.strict_domain = strict_domain
        self.strict_rfc2965_unverifiable = strict_rfc2965_unverifiable
        self.strict_ns_unverifiable = strict_ns_unverifiable
        self.strict_ns_domain = strict_ns_domain
        self.strict_ns_set_initial_dollar = strict_ns_set_initial_dollar
        self.strict_ns_set_path = strict_ns_set_path
        self.secure_protocols = secure_protocols
        self._blocked_domains = tuple(blocked_domains or ())
        self._allowed_domains = None
        self.set_allowed_domains(allowed_domains)

    # May it be set?

    def set_ok(self, cookie: CookieFields, request: Request) -> bool:
        """
        Tell whether a cookie that a response carried may be stored.

        Asks `set_ok_version`, `_verifiability`, `_name`, `_path`, `_domain` and `_port`, in that
        order, until one says no. A subclass calls this method first and may then be stricter.
        """
        return (
            self.set_ok_version(cookie, request)
            and self.set_ok_verifiability(cookie, request)
            and self.set_ok_name(cookie, request)
            and self.set_ok_path(cookie, request)
            and self.set_ok_domain(cookie, request)
            and self.set_ok_port(cookie, request)
        )

    def set_ok_version(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the policy takes cookies of this version."""
        return not rules.version_refusal(self, cookie)

    def set_ok_verifiability(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether a third party may set a cookie in an unverifiable transaction."""
        return not rules.verifiability_refusal(self, cookie, request)

    def set_ok_name(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the name is allowed."""
        return not rules.name_refusal(self, cookie)

    def set_ok_path(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the Path attribute fits the request, where the policy asks for that."""
        return not rules.path_to_set_refusal(self, cookie, request)

    def set_ok_domain(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the host may set cookies for this domain."""
        return not rules.domain_to_set_refusal(self, cookie, target_of(request))

    def set_ok_port(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the Port attribute has the port of the request."""
        return not rules.port_to_set_refusal(cookie, request)

    # May it be returned?

    def return_ok(self, cookie: CookieFields, request: Request) -> bool:
        """
        Tell whether a stored cookie may be sent.

        Asks `return_ok_version`, `_verifiability`, `_secure`, `_expires`, `_port` and `_domain`,
        in that order, until one says no; path and lists of domains were asked before.
        """
        return (
            self.return_ok_version(cookie, request)
            and self.return_ok_verifiability(cookie, request)
            and self.return_ok_secure(cookie, request)
            and self.return_ok_expires(cookie, request)
            and self.return_ok_port(cookie, request)
            and self.return_ok_domain(cookie, request)
        )

    def return_ok_version(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the policy sends cookies of this version."""
        return not rules.version_refusal(self, cookie)

    def return_ok_verifiability(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether a third party may get a cookie in an unverifiable transaction."""
        return not rules.verifiability_refusal(self, cookie, request)

    def return_ok_secure(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the request is secure enough for the cookie."""
        return not rules.secure_refusal(self, cookie, request)

    def return_ok_expires(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the cookie has not ended."""
        return not cookie.is_expired(self._now)

    def return_ok_port(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the cookie may go to the port of the request."""
        return not rules.port_to_return_refusal(cookie, request)

    def return_ok_domain(self, cookie: CookieFields, request: Request) -> bool:
        """Tell whether the cookie's domain covers the host."""
        return not rules.domain_to_return_refusal(self, cookie, target_of(request))

    def domain_return_ok(self, domain: str, request: Request) -> bool:
        """Tell whether any cookie filed under a domain may go with the request."""
        target = target_of(request)
        return (
            domain_returns(domain, target.host.name, target.host.effective)
            and not self.is_blocked(domain)
            and not self.is_not_allowed(domain)
        )

    def path_return_ok(self, path: str, request: Request) -> bool:
        """Tell whether cookies of a path may go with the request."""
        return path_matches(target_of(request).path, path)


_LISTS = ("is_blocked", "is_not_allowed")
_SET_RULES = Methods(
    ClassicPolicy,
    (
        *_LISTS,
        "path_return_ok",
        *(name for name in vars(ClassicPolicy) if name.startswith("set_ok")),
    ),
)
_RETURN_RULES = Methods(
    ClassicPolicy,
    (*_LISTS, *(name for name in vars(ClassicPolicy) if "return_ok" in name)),
)
# Rules for domains that give the answers of `domain_returns`.
_DOMAIN_RULES = [Methods(ClassicPolicy, ("domain_return_ok",))]


def keeps_set_rules(policy: object) -> TypeGuard[ClassicPolicy]:
    """Tell whether `set_ok` and all that it asks are the ones of this file."""
    return _SET_RULES.are_kept_by(policy)


def keeps_return_rules(policy: object) -> TypeGuard[ClassicPolicy]:
    """Tell whether `return_ok`, the rules for domain and path, and all they ask are of this file."""
    return _RETURN_RULES.are_kept_by(policy)


def keeps_domain_rule(policy: object) -> bool:
    """Tell whether `domain_return_ok` is a known one, so that domains can be looked up."""
    for rule in _DOMAIN_RULES:  # noqa: SIM110 - the first one holds: a generator costs 0.3 us
        if rule.are_kept_by(policy):
            return True
    return False


def trust_domain_rule(cls: type) -> None:
    """Look domains up for policies with this class's `domain_return_ok` too."""
    _DOMAIN_RULES.append(Methods(cls, ("domain_return_ok",)))
