"""The policy classes by their public names."""

from __future__ import annotations

from cookietin.cookiejar.stdlib import original
from cookietin.policy.classic import ClassicPolicy, trust_domain_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.cookiejar import Cookie as AnyCookie

    from cookietin.context import Request


class CookiePolicy(original.CookiePolicy):
    """
    Decides which cookies are set and which are returned. Base class for policies of one's own.

    A subclass defines `set_ok` and `return_ok`; `domain_return_ok` and `path_return_ok` may spare it
    work, since a domain or path that they refuse is not looked into.

    The attributes `netscape`, `rfc2965` and `hide_cookie2` are read by the jar. The standard
    library's base has none, so that a minimal subclass fails there.
    """

    netscape: bool = True
    rfc2965: bool = False
    hide_cookie2: bool = False

    # What a jar does otherwise under a policy with browser rules, see `cookietin.jar.JarRules`.
    _jar_rules: object = None

    def set_ok(self, cookie: AnyCookie, request: Request) -> bool:
        """Tell whether a cookie that a response carried may be stored."""
        raise NotImplementedError

    def return_ok(self, cookie: AnyCookie, request: Request) -> bool:
        """Tell whether a stored cookie may be sent."""
        raise NotImplementedError

    def domain_return_ok(self, domain: str, request: Request) -> bool:
        """Tell whether any cookie filed under a domain may be sent; asked for every domain held."""
        return True

    def path_return_ok(self, path: str, request: Request) -> bool:
        """Tell whether any cookie of a path may be sent."""
        return True


class DefaultCookiePolicy(ClassicPolicy, CookiePolicy, original.DefaultCookiePolicy):  # type: ignore[misc]  # requests are wider here
    """
    The standard library's rules for Netscape, RFC 2109 and RFC 2965 cookies.

    Args:
        blocked_domains: Domains that neither set nor get cookies; see `is_blocked`.
        allowed_domains: The only domains that do; None for all.
        netscape: Take and send Netscape cookies (all that servers use today).
        rfc2965: Take and send RFC 2965 cookies.
        rfc2109_as_netscape: Treat RFC 2109 cookies (`Set-Cookie` with `Version=1`) as Netscape
            cookies; None means: when RFC 2965 is off.
        hide_cookie2: Send no Cookie2 field.
        strict_domain: Refuse domains like ".co.uk".
        strict_rfc2965_unverifiable: Third parties set and get no RFC 2965 cookies in unverifiable
            transactions.
        strict_ns_unverifiable: Nor Netscape cookies.
        strict_ns_domain: Sum of `DomainStrictNoDots` (the host has no dot before the part that
            matches the Domain), `DomainStrictNonDomain` (a cookie without Domain goes back only to
            its own host) and `DomainRFC2965Match`; `DomainLiberal` is none, `DomainStrict` the
            first two.
        strict_ns_set_initial_dollar: Refuse names that start with "$".
        strict_ns_set_path: Refuse a Path that does not path-match the request.
        secure_protocols: Schemes over which Secure cookies go.

    All settings but the two lists are attributes that may be assigned.

    A subclass may replace `set_ok`, `return_ok`, `domain_return_ok`, `path_return_ok`,
    `is_blocked`, `is_not_allowed` and each of the rules that they ask; the jar then calls them.
    """


# niquests and others bring policies derived from the original's.
trust_domain_rule(original.DefaultCookiePolicy)
