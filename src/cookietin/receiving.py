"""From the Set-Cookie fields of one response to stored cookies, and what became of each field.

    Set-Cookie text -> set_cookie -> canonical -> policy -> store

Rules of this file:
- Hot path: on the short way a cookie costs no call of a policy's method.
- Asks the policy's own `set_ok` where any of its rules has been replaced, and calls the jar's own
  `set_cookie` and `clear` where these have.
- The caller holds the jar's lock. Knows no clock; `now` is an argument.
"""

from __future__ import annotations

import contextlib

from cookietin.canonical import cookie_of, plain_cookie
from cookietin.collection import CLEARING, clear_as, index_of, keeps_cookies_in_dict
from cookietin.context import target_of
from cookietin.policy.classic import ClassicPolicy, keeps_set_rules
from cookietin.policy.classic_rules import host_may_set, is_liberal, refusal_to_set
from cookietin.reasons import (
    NETSCAPE_OFF,
    REFUSED_BY_POLICY,
)
from cookietin.set_cookie.netscape import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.context import Request, Target
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar
    from cookietin.policy.decision import Decision
    from cookietin.set_cookie import ParsedCookie

NOT_ASKED = -1

# What became of one field: the cookie if it was set, and nothing had to go for it. Otherwise name,
# cookie or None, reasons as bits, whether it was a deletion, and which cookies had to go.
if TYPE_CHECKING:
    Outcome = tuple[str, CookieFields | None, int, bool, tuple[CookieFields, ...]]
    Received = CookieFields | Outcome


def decisions_of(received: list[Received]) -> list[Decision]:
    """What became of each field, for the caller of the jar."""
    from cookietin.policy.decision import Decision  # see `reasons`

    return [
        Decision(entry[0], entry[1], entry[2], removed=entry[3], evicted=entry[4])
        if isinstance(entry, tuple)
        else Decision(entry.name, entry)
        for entry in received
    ]


def receive(
    jar: Jar, fields: list[str], request: Request, now: int, directly: bool, follows: bool
) -> list[Received]:
    """
    Put the Set-Cookie fields of one response through all stages.

    Deletions come first, wherever they stand in the response: CPython deletes while it parses.

    Args:
        directly: Put cookies into the store, since the jar's `set_cookie` does no more.
        follows: All rules of the policy are the standard library's.

    Raises:
        ValueError: The request has no URL to speak of.
    """
    policy = jar._policy
    if not getattr(policy, "netscape", True):
        return [("", None, NETSCAPE_OFF, False, ()) for _ in fields]
    target = target_of(request)
    ours = follows or keeps_set_rules(policy)
    liberal = ours and is_liberal(policy)
    host = target.host
    judged, verdict = host.judged  # cookies of one host mostly share their Domain
    cookie_class = jar._cookie_class
    received: list[Received] = []
    all_set = True
    parsed: Any  # one of three forms, told apart by their last part
    for field in fields:
        parsed = parse(field, now)
        name, value, expires, attributes = parsed
        if liberal and type(attributes) is tuple:
            cookie = plain_cookie(name, value, expires, attributes, target, cookie_class)
            mask = 0
            if cookie.domain_specified:
                if cookie.domain != judged:
                    judged = cookie.domain
                    verdict = host_may_set(judged, target)
                    # In one piece, since jars of other threads may know the host.
                    host.judged = judged, verdict
                mask = verdict
            if not mask and (expires is None or expires > now):
                received.append(cookie)
                continue
            outcome = _outcome(jar, cookie, mask, request, now)
        else:
            outcome = _judged(jar, parsed, target, now, ours)
        received.append(outcome)
        if isinstance(outcome, tuple):
            all_set = False
    if all_set and directly:
        index_of(jar).put_all(received)  # type: ignore[arg-type]  # all are cookies
        return received
    return _stored(jar, received, request, directly)


def _judged(jar: Jar, parsed: Any, target: Target, now: int, ours: bool) -> Received:
    """What becomes of a field that is no plain cookie, or that a policy has to be asked about."""
    attributes = parsed[3]
    if isinstance(attributes, int):
        return "", None, attributes, False, ()
    if isinstance(attributes, tuple):
        name, value, expires, _ = parsed
        cookie = plain_cookie(name, value, expires, attributes, target, jar._cookie_class)
    else:
        made = _rfc2109_cookie(jar, parsed, target)
        if isinstance(made, int):
            return "", None, made, False, ()
        cookie = made
    mask = refusal_to_set(jar._policy, cookie, target) if ours else NOT_ASKED
    return _outcome(jar, cookie, mask, target.request, now)


def _outcome(jar: Jar, cookie: CookieFields, mask: int, request: Request, now: int) -> Received:
    """What becomes of a cookie by a mask of reasons; one that has ended deletes its like at once."""
    expires = cookie.expires
    if expires is None or expires > now:
        return (cookie.name, cookie, mask, False, ()) if mask else cookie
    if mask == NOT_ASKED:
        mask = _asked(jar._policy, cookie, request)
    if mask == 0:
        delete(jar, cookie)
    return cookie.name, cookie, mask, True, ()


def _rfc2109_cookie(jar: Jar, parsed: ParsedCookie, target: Target) -> CookieFields | int:
    """A cookie that came with a version, or with attributes of RFC 2109."""
    cookie = cookie_of(parsed, target, jar._cookie_class)
    if not isinstance(cookie, int) and cookie.version == 1:
        cookie.rfc2109 = True
        if takes_rfc2109_as_netscape(jar._policy):
            cookie.version = 0
    return cookie


def takes_rfc2109_as_netscape(policy: Any) -> bool:
    """Tell whether Set-Cookie with a version is treated as without."""
    as_netscape = getattr(policy, "rfc2109_as_netscape", None)
    return bool(not getattr(policy, "rfc2965", False) if as_netscape is None else as_netscape)


def _stored(jar: Jar, received: list[Received], request: Request, directly: bool) -> list[Received]:
    """Store what the policy agrees to, asking it where its rules are not ours."""
    store = index_of(jar)
    for at, entry in enumerate(received):
        if isinstance(entry, tuple):
            name, cookie, mask, _, _ = entry
            if mask != NOT_ASKED or cookie is None:
                continue
            mask = _asked(jar._policy, cookie, request)
            store = index_of(jar)  # the policy may have cleared the jar
            received[at] = (name, cookie, mask, False, ()) if mask else cookie
            if mask:
                continue
            entry = cookie
        if directly:
            store.put(entry)
        else:
            jar.set_cookie(entry)
    return received


def _asked(policy: Any, cookie: CookieFields, request: Request) -> int:
    """What a policy with rules of its own says."""
    return 0 if policy.set_ok(cookie, request) else refusal_by(policy, cookie, request)


def refusal_by(policy: Any, cookie: CookieFields, request: Request) -> int:
    """The reasons of a policy that has said no: those of inherited rules that say no as well."""
    mask = 0
    if isinstance(policy, ClassicPolicy):
        mask = refusal_to_set(policy, cookie, target_of(request))
    return mask or REFUSED_BY_POLICY


def delete(jar: Jar, cookie: CookieFields) -> None:
    """Remove the stored cookie that one which has ended names, if there is one."""
    domain, path, name = cookie.domain, cookie.path, cookie.name
    if keeps_cookies_in_dict(jar):
        store = index_of(jar)
        held = store.get(domain, path, name)
        if held is None:
            stored = store.get(domain.removeprefix("."), path, name)
            if stored is not None and stored.domain_specified:
                # Filed without the dot, by a program or a file: CPython does not find it (gh-108931).
                domain = stored.domain
                held = store.get(domain, path, name)
        if held is None and (store.partitioned or CLEARING.are_kept_by(jar)):
            # `clear` would take the one of a partition, or find nothing: 2 us for each of the
            # thousands of deletions that a hostile server sends.
            return
    with contextlib.suppress(KeyError):
        clear_as(jar, "expired-overwrite", domain, path, name)
