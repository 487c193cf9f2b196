"""Every reason why a stored cookie goes with a request or stays: the explaining path.

`matching` and `browser_matching` answer the same question fast and stop at the first reason. A property
test binds the two.

Rules of this file:
- Changes nothing. Knows no clock; `now` is an argument. The caller holds the jar's lock.
- A policy with rules of its own is asked as the jar asks it; where it says no, the reasons are those of
  the package's rules that say no as well, if any does.
"""

from __future__ import annotations

from cookietin.census import PARTITION
from cookietin.context import target_of
from cookietin.cookie import has_ended
from cookietin.policy.classic import ClassicPolicy, keeps_domain_rule, keeps_return_rules
from cookietin.policy.classic_rules import refusal_to_return
from cookietin.reasons import (
    DOMAIN_BLOCKED,
    DOMAIN_MISMATCH,
    DOMAIN_NOT_ALLOWED,
    EXPIRED,
    NOT_ON_PATH,
    REFUSED_BY_POLICY,
)
from cookietin.rules.classic import domain_returns, path_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cookietin.context import Request
    from cookietin.cookie import CookieFields

    # What a cookie is filed under, domain and path, and the cookie -> bits of reasons, 0 if it goes.
    Judge = Callable[[str, str, CookieFields], int]


def classic_judge(policy: Any, request: Request, now: int) -> Judge:
    """Judge by the standard library's rules, or by those of a policy that has others."""
    target = target_of(request)
    host = target.host

    def judge(domain: str, path: str, cookie: CookieFields) -> int:
        mask = refusal_to_return(policy, cookie, target, now)
        if not domain_returns(domain, host.name, host.effective):
            mask |= DOMAIN_MISMATCH
        if policy.is_blocked(domain):
            mask |= DOMAIN_BLOCKED
        if policy.is_not_allowed(domain):
            mask |= DOMAIN_NOT_ALLOWED
        return mask if path_matches(target.path, path) else mask | NOT_ON_PATH

    if keeps_return_rules(policy):
        return judge

    def foreign(domain: str, path: str, cookie: CookieFields) -> int:
        return EXPIRED if has_ended(cookie, now) else 0

    ours = judge if isinstance(policy, ClassicPolicy) else foreign
    if not keeps_domain_rule(policy):
        return asking_judge(policy, request, ours, lambda domain: PARTITION not in domain)
    return asking_judge(
        policy, request, ours, lambda domain: domain_returns(domain, host.name, host.effective)
    )


def asking_judge(
    policy: Any, request: Request, ours: Judge, is_asked: Callable[[str], bool]
) -> Judge:
    """
    Judge by the methods of a policy.

    Args:
        ours: What the package's rules say, once the policy has said no.
        is_asked: Whether the policy is asked about what is filed under a domain at all.
    """
    domains: dict[str, bool] = {}

    def judge(domain: str, path: str, cookie: CookieFields) -> int:
        if not is_asked(domain):
            return ours(domain, path, cookie) or DOMAIN_MISMATCH
        if domain not in domains:
            domains[domain] = policy.domain_return_ok(domain.partition(PARTITION)[0], request)
        if (
            domains[domain]
            and policy.path_return_ok(path, request)
            and policy.return_ok(cookie, request)
        ):
            return 0
        return ours(domain, path, cookie) or REFUSED_BY_POLICY

    return judge
