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
from cookietin.collection import index_of, keeps_cookies_in_dict
from cookietin.context import target_of
from cookietin.policy.classic import keeps_set_rules
from cookietin.policy.classic_rules import host_may_set, is_liberal, refusal_to_set
from cookietin.policy.decision import Reason
from cookietin.set_cookie.netscape import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.context import Request, Target
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar
    from cookietin.set_cookie import ParsedCookie

NETSCAPE_OFF = Reason.NETSCAPE_OFF.bit
REFUSED_BY_POLICY = Reason.REFUSED_BY_POLICY.bit
NOT_ASKED = -1

# What became of one field: name, cookie or None, reasons as bits, whether it was a deletion, and which
# cookies had to go for it.
if TYPE_CHECKING:
    Received = tuple[str, CookieFields | None, int, bool, tuple[CookieFields, ...]]


def receive(
    jar: Jar, fields: list[str], request: Request, now: int, *, directly: bool
) -> list[Received]:
    """
    Put the Set-Cookie fields of one response through all stages.

    Deletions come first, wherever they stand in the response: CPython deletes while it parses.

    Args:
        directly: Put cookies into the store, since the jar's `set_cookie` does no more.

    Raises:
        ValueError: The request has no URL to speak of.
    """
    policy = jar._policy
    if not getattr(policy, "netscape", True):
        return [("", None, NETSCAPE_OFF, False, ()) for _ in fields]
    target = target_of(request)
    ours = keeps_set_rules(policy)
    liberal = ours and is_liberal(policy)
    judged, verdict = "", 0  # cookies of one response mostly share their Domain
    cookie_class = jar._cookie_class
    cookie: CookieFields | int
    received: list[Received] = []
    for field in fields:
        parsed = parse(field, now)
        if isinstance(parsed, int):
            received.append(("", None, parsed, False, ()))
            continue
        if isinstance(parsed[3], tuple):
            cookie = plain_cookie(*parsed, target, cookie_class)
        else:
            cookie = _rfc2109_cookie(jar, parsed, target)
            if isinstance(cookie, int):
                received.append(("", None, cookie, False, ()))
                continue
        if liberal and (cookie._seldom is None or _is_plain_netscape(cookie)):
            mask = 0
            if cookie.domain_specified:
                if cookie.domain != judged:
                    judged = cookie.domain
                    verdict = host_may_set(judged, target)
                mask = verdict
        else:
            mask = refusal_to_set(policy, cookie, target) if ours else NOT_ASKED
        expires = cookie.expires
        ended = expires is not None and expires <= now
        if ended:
            if mask == NOT_ASKED:
                mask = _asked(policy, cookie, request)
            if mask == 0:
                delete(jar, cookie)
        received.append((cookie.name, cookie, mask, ended, ()))
    return _stored(jar, received, request, directly=directly)


def _is_plain_netscape(cookie: CookieFields) -> bool:
    return cookie.version == 0 and not cookie.port_specified


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


def _stored(
    jar: Jar, received: list[Received], request: Request, *, directly: bool
) -> list[Received]:
    """Store what the policy agrees to, asking it where its rules are not ours."""
    store = index_of(jar)
    for at, (name, cookie, mask, ended, _) in enumerate(received):
        if cookie is None or ended:
            continue
        if mask == NOT_ASKED:
            mask = _asked(jar._policy, cookie, request)
            received[at] = (name, cookie, mask, False, ())
            store = index_of(jar)  # the policy may have cleared the jar
        if mask == 0:
            if directly:
                store.put(cookie)
            else:
                jar.set_cookie(cookie)
    return received


def _asked(policy: Any, cookie: CookieFields, request: Request) -> int:
    """What a policy with rules of its own says."""
    return 0 if policy.set_ok(cookie, request) else REFUSED_BY_POLICY


def delete(jar: Jar, cookie: CookieFields) -> None:
    """Remove the stored cookie that one which has ended names, if there is one."""
    domain, path, name = cookie.domain, cookie.path, cookie.name
    if keeps_cookies_in_dict(jar):
        store = index_of(jar)
        stored = store.get(domain.removeprefix("."), path, name)
        if store.get(domain, path, name) is None and stored is not None and stored.domain_specified:
            # Filed without the dot, by a program or a file: CPython does not find it (gh-108931).
            domain = stored.domain
        if store.partitioned and store.get(domain, path, name) is None:
            return  # `clear` would take the one of a partition
    with contextlib.suppress(KeyError):
        jar.clear(domain, path, name)
