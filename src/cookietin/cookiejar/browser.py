"""`BrowserCookiePolicy` by its public name. It is imported when it is first asked for."""

from __future__ import annotations

from cookietin.browser_jar import BrowserJarRules
from cookietin.cookiejar.policies import CookiePolicy
from cookietin.policy.browser import BrowserPolicy


class BrowserCookiePolicy(BrowserPolicy, CookiePolicy):  # type: ignore[misc]  # requests are wider here
    """
    Today's browser rules: RFC 6265bis as Chromium and Firefox practise it.

    Args:
        trust_loopback: Treat http to localhost and names below it, 127.0.0.0/8 and [::1] as secure.
        public_suffixes: Under which names others register names: a `PublicSuffixes`, or what makes
            one (the file name of a list, its lines, or an object with a look-up of its own). None for
            the list that the package publicsuffixlist ships.
        max_age_cap: Longest lifetime in seconds, for Max-Age and Expires; None for no cap.
        limits: How many cookies a jar keeps, see `Limits`; None for as many as come.
        lax_allowing_unsafe: Send cookies without SameSite with unsafe cross-site top-level requests
            too (POST), for 120 seconds after they were first set, as Chromium does.
        same_site_default: What a cookie without SameSite acts as: "Lax", or "None" as in Firefox.
        same_site_required: Refuse cookies without SameSite, or with an unknown one.
        allow_nameless_equals: Take cookies like "=a=b", which the draft does and browsers do not.
        secure_protocols: Schemes that are secure.
        blocked_domains: Domains that neither set nor get cookies; see `is_blocked`.
        allowed_domains: The only domains that do; None for all.

    Settings are attributes of the same names, but for the two lists, and may be assigned while no
    other thread uses the policy.

    Raises:
        TypeError: An argument is of another type.
        ValueError: `max_age_cap` or `same_site_default` is out of range.

    A subclass may replace `set_ok`, `return_ok`, `domain_return_ok`, `path_return_ok`, `is_blocked`
    and `is_not_allowed`; the jar then calls them. In the standard library's own jar the policy judges
    what that jar has parsed; see docs/reference/which-rules-hold.md for what is lost there.
    """

    _jar_rules = BrowserJarRules()
