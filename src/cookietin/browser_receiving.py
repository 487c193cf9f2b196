"""From the Set-Cookie fields of one response to stored cookies, by browser rules.

    Set-Cookie text -> set_cookie.rfc6265 -> canonical -> policy -> store

RFC 6265bis section 5.7. The fields are taken one after the other: of a set and a deletion in one
response the last counts.

Rules of this file:
- Hot path: while nobody has replaced a rule, the flags are judged as they were parsed, and the policy's
  methods are not called. A property test binds this to `refusal_to_set`.
- Asks the policy's own `set_ok` where it has been replaced, and calls the jar's own `set_cookie` and
  `clear` where these have.
- The caller holds the jar's lock. Knows no clock; `now` is an argument.
"""

from __future__ import annotations

import contextlib

from cookietin.canonical import browser_cookie
from cookietin.collection import CLEARING, clear_as, index_of
from cookietin.cookie import has_ended, is_http_only
from cookietin.eviction import census_of, forget, keep, keep_at_once
from cookietin.guards import Guards
from cookietin.jar import Jar
from cookietin.policy.browser import asks_more_of_cookies, keeps_set_rules, latest_expiry
from cookietin.policy.browser_rules import (
    attributes_refusal,
    domain_refusal,
    name_refusal,
    refusal_to_set,
)
from cookietin.reasons import (
    INVALID_HOST,
    OVERWRITE_HTTP_ONLY,
    OVERWRITE_SECURE,
    REFUSED_BY_POLICY,
)
from cookietin.request_context import facts_of
from cookietin.set_cookie.rfc6265 import parse, parse_refused
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.eviction import Queues
    from cookietin.policy.browser import BrowserPolicy
    from cookietin.receiving import Outcome, Received
    from cookietin.request_context import RequestFacts
    from cookietin.set_cookie import Attributes
    from cookietin.store import Store


def receive(
    jar: Jar, fields: list[str], request: Request, now: int, directly: bool, follows: bool
) -> list[Received]:
    """
    Put the Set-Cookie fields of one response through all stages.

    Args:
        directly: Put cookies into the store, since the jar's `set_cookie` does no more.
        follows: No rule of the policy has been replaced.
    """
    policy: BrowserPolicy = jar._policy
    facts = facts_of(request, policy)
    if facts.host is None:
        return [("", None, INVALID_HOST, False, ()) for _ in fields]
    ours = follows or keeps_set_rules(policy)
    context, secure = facts.context, facts.secure
    # Then flags, name and domain are all that can be wrong, and sound flags need no second look.
    quick = (
        ours
        and not asks_more_of_cookies(policy)
        and (context is None or (context.http_api and not facts.cross_site))
    )
    suffixes, limits, latest = policy.public_suffixes, policy.limits, latest_expiry(policy, now)
    # Cookies of one host mostly share their Domain.
    judged, verdict = facts.site.judged_by(suffixes)
    cookie_class = jar._cookie_class
    store = index_of(jar)
    at_once = quick and directly and not store.watched and facts.partition_key is None
    guards = None if secure or not at_once else Guards(store, now)
    queues: Queues = {}
    slow: _SlowWay | None = None
    received: list[Received] = []
    for field in fields:
        parsed = parse(field)
        if isinstance(parsed, int):
            if slow is None:
                slow = _SlowWay(jar, request, facts, now, ours, quick, directly, guards, queues)
            received.append(("", None, parsed | slow.else_wrong(field), False, ()))
            continue
        name, value, expires, attributes = parsed
        cookie = browser_cookie(
            name, value, expires, attributes, facts, now, latest, suffixes, cookie_class
        )
        domain = attributes[0]
        if domain is not None and domain != judged and quick:
            judged, verdict = domain, domain_refusal(facts.host, domain, suffixes)
            # In one piece, since jars of other threads may know the site.
            facts.site.judged = judged, verdict, suffixes
        if (
            at_once
            and attributes[9]
            and (secure or not attributes[4])
            and (domain is None or not verdict)
            and name
            and (name[0] != "_" or name[:2] != "__")  # one look for most
            and ((expires := cookie.expires) is None or expires > now)
            and (guards is None or not guards.may_forbid(cookie.domain, name))
            and keep_at_once(store, limits, suffixes, cookie, now, queues)
        ):
            received.append(cookie)
            continue
        if slow is None:
            slow = _SlowWay(jar, request, facts, now, ours, quick, directly, guards, queues)
        received.append(slow.outcome_of(cookie, attributes, 0 if domain is None else verdict))
    return received


class _SlowWay:
    """
    Judges, stores or deletes a cookie that `receive` could not tell at once what to do with.

    Args:
        ours: No rule of the policy has been replaced.
        quick: A cookie's flags, name and domain are all that can be wrong with it.
        guards, queues: Those of the response; no guards if none were needed yet.
    """

    __slots__ = (
        "_directly", "_facts", "_guarded", "_guards", "_jar", "_now", "_ours", "_queues", "_quick",
        "_request",
    )  # fmt: skip

    def __init__(
        self,
        jar: Jar,
        request: Request,
        facts: RequestFacts,
        now: int,
        ours: bool,
        quick: bool,
        directly: bool,
        guards: Guards | None,
        queues: Queues,
    ) -> None:
        self._jar = jar
        self._request = request
        self._facts = facts
        self._now = now
        self._ours = ours
        self._quick = quick
        self._directly = directly
        self._guarded = is_guarded(facts)
        self._guards = guards
        # Where programs are asked about a cookie, or store it, they may change others meanwhile.
        self._queues = queues if ours and directly else None

    def outcome_of(self, cookie: CookieFields, attributes: Attributes, verdict: int) -> Outcome:
        """
        What becomes of a cookie.

        Args:
            attributes: What it was made of.
            verdict: On its Domain; of no account where that is not all that can be wrong.
        """
        jar, facts, now = self._jar, self._facts, self._now
        policy: BrowserPolicy = jar._policy
        name, expires = cookie.name, cookie.expires
        if self._quick:
            mask = verdict
            if not attributes[9] or (attributes[4] and not facts.secure):
                mask |= attributes_refusal(policy, facts, *attributes[4:8])
            if name[:2] in _TELLING:
                mask |= name_refusal(policy, cookie, facts, http_only=attributes[5])
        elif self._ours:
            mask = refusal_to_set(policy, cookie, facts)
        else:
            mask = _asked(policy, cookie, self._request, facts)
        store = index_of(jar)  # the policy may have cleared the jar
        mask |= self._refusal_of_store(store, cookie)
        ended = expires is not None and expires <= now
        evicted: tuple[CookieFields, ...] = ()
        if mask == 0:
            if ended:
                delete(jar, cookie, self._queues)
            elif self._directly:
                evicted = keep(store, policy, cookie, key_of(cookie), now, self._queues)
            else:
                evicted = _stored_by_jar(jar, cookie)
        return name, cookie, mask, ended, evicted

    def else_wrong(self, field: str) -> int:
        """What speaks against a field beside that no cookie can be read from it."""
        if not self._ours:
            return 0
        jar, facts = self._jar, self._facts
        policy: BrowserPolicy = jar._policy
        cookie = browser_cookie(
            *parse_refused(field),
            facts,
            self._now,
            self._now,
            policy.public_suffixes,
            jar._cookie_class,
        )
        return refusal_to_set(policy, cookie, facts) | self._refusal_of_store(index_of(jar), cookie)

    def _refusal_of_store(self, store: Store, cookie: CookieFields) -> int:
        if not self._guarded:
            return 0
        guards = self._guards
        if guards is None or self._queues is None:
            guards = self._guards = Guards(store, self._now)
        return refusal_of_store(store, cookie, self._facts, self._now, guards)


def _stored_by_jar(jar: Jar, cookie: CookieFields) -> tuple[CookieFields, ...]:
    """Store a cookie by a `set_cookie` of the jar's own; what had to go for it."""
    census_of(index_of(jar)).evicted = ()
    jar.set_cookie(cookie)
    return census_of(index_of(jar)).evicted


def make(jar: Jar, fields: list[str], request: Request, now: int) -> list[CookieFields]:
    """
    The cookies of a response, before the policy is asked about them.

    As in the standard library, one that has already ended is left out and deletes the stored one; the
    policy is asked about that first.
    """
    policy: BrowserPolicy = jar._policy
    facts = facts_of(request, policy)
    latest = latest_expiry(policy, now)
    cookies = []
    for field in fields:
        parsed = parse(field)
        if isinstance(parsed, int) or facts.host is None:
            continue
        cookie = browser_cookie(
            *parsed, facts, now, latest, policy.public_suffixes, jar._cookie_class
        )
        if not cookie.is_expired(now):
            cookies.append(cookie)
        elif may_set(jar, cookie, request, now):
            delete(jar, cookie)
    return cookies


def may_set(jar: Jar, cookie: CookieFields, request: Request, now: int) -> bool:
    """Ask the policy, and the stored cookies, whether a ready cookie may be stored."""
    policy: BrowserPolicy = jar._policy
    if not policy.set_ok(cookie, request):
        return False
    facts = facts_of(request, policy)
    if not is_guarded(facts):
        return True
    store = index_of(jar)
    return not refusal_of_store(store, cookie, facts, now, Guards(store, now))


# Names that promise something begin with two underscores; nameless cookies have none.
_TELLING = ("__", "")


def _asked(
    policy: BrowserPolicy, cookie: CookieFields, request: Request, facts: RequestFacts
) -> int:
    """What a policy with a rule of its own says; where our rules say no as well, their reasons."""
    if policy.set_ok(cookie, request):
        return 0
    return refusal_to_set(policy, cookie, facts) or REFUSED_BY_POLICY


def is_guarded(facts: RequestFacts) -> bool:
    """Tell whether stored cookies may forbid one that comes with this request."""
    return not facts.secure or (facts.context is not None and not facts.context.http_api)


def refusal_of_store(
    store: Store, cookie: CookieFields, facts: RequestFacts, now: int, guards: Guards
) -> int:
    """Whether a stored cookie forbids this one."""
    mask = 0
    if not facts.secure and guards.forbid(cookie):
        mask |= OVERWRITE_SECURE
    if facts.context is not None and not facts.context.http_api:
        old = store.get(key_of(cookie), cookie.path, cookie.name)
        if old is not None and is_http_only(old) and not has_ended(old, now):
            mask |= OVERWRITE_HTTP_ONLY  # 5.7 step 23
    return mask


def delete(jar: Jar, cookie: CookieFields, queues: Queues | None = None) -> None:
    """
    Remove the stored cookie that one which has ended names, if there is one.

    Args:
        queues: See `eviction.keep`.
    """
    store = index_of(jar)
    key, path, name = key_of(cookie), cookie.path, cookie.name
    if store.get(key, path, name) is None:
        if key[:1] != ".":
            return
        # Filed without the dot, by a program: a domain cookie all the same.
        key = key.removeprefix(".")
        stored = store.get(key, path, name)
        if stored is None or not (cookie.domain_specified and stored.domain_specified):
            return
    if CLEARING.are_kept_by(jar):
        # Not the jar's `clear`, which clears all partitions of a domain.
        store.delete(key, path, name)
        if queues:
            forget(queues, (key, path, name))
    else:
        if queues:
            queues.clear()
        with contextlib.suppress(KeyError):
            clear_as(jar, "expired-overwrite", key, path, name)
