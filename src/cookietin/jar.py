"""The jar: the stages in order, the one clock and the one lock.

    Set-Cookie text -> set_cookie -> canonical -> policy -> store      (`receiving`)
    store -> matching -> cookie_header -> Cookie text                  (`_cookies_for_request`)

Rules of this file:
- The clock is read here, once per operation; everything below is told what time it is.
- The lock is taken by acquire and release: programs put objects in its place that have nothing else.
- Whatever a subclass may have replaced is called through `self`; a short way past such a method is
  taken only while it is ours.
- `_policy` and `_now` keep their names: programs reach for them.
- Knows no HTTP library; a request is anything shaped as `urllib.request.Request`.
"""

from __future__ import annotations

import math
import threading
import time

from cookietin import logs
from cookietin.census import PARTITION
from cookietin.collection import CLEARING, Collection, clear_as, index_of, keeps_cookies_in_dict
from cookietin.context import SCHEMES, UrlRequest, plain_host, target_of
from cookietin.cookie_header import (
    NON_WORD,
    QUOTABLE,
    attributes_of,
    checked_extra,
    is_broken,
    sort_by_path,
    unbroken,
)
from cookietin.jar_rules import JarRules, rules_of
from cookietin.matching import candidates, pieces_to_send, returnable
from cookietin.overrides import Methods
from cookietin.policy.classic import keeps_domain_rule, keeps_return_rules
from cookietin.receiving import decisions_of, receive
from cookietin.short_ways import CLASSIC, followed_rules
from cookietin.store import every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.policy.decision import Decision
    from cookietin.receiving import Received
    from cookietin.request_context import RequestContext


class Jar(Collection):
    """A collection of cookies; the public classes of `cookiejar` complete it."""

    # Class of the cookies that the jar makes, and classes whose `is_expired` is the plain one.
    _cookie_class: ClassVar[type[CookieFields]]
    _plain_cookies: ClassVar[frozenset[type]]

    _policy: Any
    _now: int

    # What is quoted in values of RFC 2965 cookies, and how.
    non_word_re = NON_WORD
    quote_re = QUOTABLE

    def __init__(self, policy: Any) -> None:
        self._policy = policy
        self._cookies_lock = threading.RLock()
        self._cookies = {}

    def set_policy(self, policy: Any) -> None:
        """Use another policy from now on; stored cookies stay."""
        self._policy = policy

    # In

    def store_response(
        self,
        url: str,
        set_cookie_values: Iterable[str],
        *,
        context: RequestContext | None = None,
    ) -> list[Decision]:
        """
        Take the Set-Cookie fields of one response.

        Args:
            url: Absolute http, https, ws or wss URL of the request.
            set_cookie_values: The fields' values, one text each, in the order in which they came;
                octets above 0x7F as latin-1 characters.
            context: Who caused the request, and how, for a policy with browser rules; None for an
                address that a user typed.

        Returns:
            What became of each field, in the same order. What a server sends never raises.

        Raises:
            TypeError: The values are one text, or one is no text; the context is none.
            ValueError: The URL is not absolute, has no host or another scheme.
        """
        request = request_of(url, context)
        fields = fields_of(set_cookie_values)
        self._cookies_lock.acquire()
        try:
            received = receive_fields(self, fields, request)
        finally:
            self._cookies_lock.release()
        decisions = decisions_of(received)
        if logs.is_on():
            logs.log_refused(request.url, decisions)
        return decisions

    def set_cookie(self, cookie: CookieFields) -> None:
        """Store a cookie without asking the policy, in place of one of its domain, path and name."""
        self._cookies_lock.acquire()
        try:
            rules = getattr(self._policy, "_jar_rules", None)
            if rules is None or not isinstance(rules, JarRules):
                store = self._cookietin_index
                if store is None or store.cookies is not self._cookies:
                    store = index_of(self)
                store.put(cookie)
            else:
                rules.put(self, cookie)
        finally:
            self._cookies_lock.release()

    # Out

    def cookie_header(
        self,
        url: str,
        *,
        extra: Mapping[str, str] | None = None,
        context: RequestContext | None = None,
    ) -> str | None:
        """
        The value of the Cookie field for a request.

        Args:
            url: Absolute http, https, ws or wss URL.
            extra: Cookies for this request alone, name -> value. They replace stored ones of the
                same name in the field, come last in it, and are not stored.
            context: Who causes the request, and how; see `store_response`.

        Returns:
            The field's value, None when there is nothing to send. A stored cookie with CR, LF or
            NUL in it is left out.

        Raises:
            TypeError: The URL, or a name or value of an extra cookie, is no text; the context is
                none.
            ValueError: The URL is not absolute, has no host or another scheme; an extra cookie
                would end the field or itself.
        """
        pieces = None
        if context is None and not extra and type(url) is str and not logs.is_on():
            self._cookies_lock.acquire()
            try:
                self._policy._now = self._now = now = int(time.time())
                pieces = short_way_to_pieces(self, None, url, now)
                store = self._cookietin_index
                due = store is not None and store.earliest <= now
            finally:
                self._cookies_lock.release()
            if due and pieces is not None:
                self.clear_expired_cookies()
        if pieces is None:
            pieces = _pieces_the_long_way(self, url, extra, context)
        text = "; ".join(pieces)
        return ("; ".join(unbroken(pieces)) if is_broken(text) else text) or None

    def _cookietin_log_withheld(self, request: Request) -> None:
        """Tell the logger which stored cookies stay at home; `PlainVerbs` can."""

    def _cookies_for_request(self, request: Request) -> list[CookieFields]:
        """The cookies that the policy lets go with a request."""
        if not self._cookies:
            return []
        policy = self._policy
        rules = rules_of(policy)
        if rules is not None:
            return rules.cookies_for_request(self, request)
        if not keeps_domain_rule(policy):
            # It has to be asked about all domains, as the documentation says.
            asked = [domain for domain in self._cookies if PARTITION not in domain]
            return [each for domain in asked for each in self._cookies_for_domain(domain, request)]
        store, target = index_of(self), target_of(request)
        found = candidates(store, target.host)
        if keeps_return_rules(policy) and WALK.are_kept_by(self):
            return returnable(found, store, policy, target, policy._now, self._plain_cookies)
        return [each for domain, _ in found for each in self._cookies_for_domain(domain, request)]

    def _cookies_for_domain(self, domain: str, request: Request) -> list[CookieFields]:
        """The cookies filed under a domain that the policy lets go with a request."""
        policy = self._policy
        if not policy.domain_return_ok(domain.partition(PARTITION)[0], request):
            return []
        cookies = []
        for path, names in list(self._cookies[domain].items()):
            if policy.path_return_ok(path, request):
                for cookie in list(names.values()):
                    if policy.return_ok(cookie, request):
                        cookies.append(cookie)
                    elif cookie.is_expired(policy._now):
                        # Changed in place, perhaps: then nothing else announces that it has ended.
                        index_of(self).earliest = -math.inf
        return cookies

    def _cookie_attrs(self, cookies: list[CookieFields]) -> list[str]:
        """The pieces of the Cookie field; sorts the given list, longer paths first."""
        rules = getattr(self._policy, "_jar_rules", None)
        if rules is not None and isinstance(rules, JarRules):
            return rules.pieces(cookies)
        sort_by_path(cookies)
        return attributes_of(cookies, self.non_word_re, self.quote_re)

    # Away

    def clear_session_cookies(self) -> None:
        """Remove all cookies that end with the session."""
        self._cookies_lock.acquire()
        try:
            if keeps_cookies_in_dict(self):
                items = list(every_item(self._cookies))
                ended = [item[:3] for item in items if item[3].discard]
            else:
                ended = [(each.domain, each.path, each.name) for each in self if each.discard]
            clear_each(self, ended, expired=False)
        finally:
            self._cookies_lock.release()

    def clear_expired_cookies(self) -> None:
        """
        Remove all cookies that have ended.

        The jar does this by itself after each request when one is due. A program needs it only
        after it has changed the `expires` of stored cookies in place.
        """
        self._cookies_lock.acquire()
        try:
            now = time.time()
            if keeps_cookies_in_dict(self):
                ended = index_of(self).ended(now)
            else:
                ended = [
                    (each.domain, each.path, each.name) for each in self if each.is_expired(now)
                ]
            clear_each(self, ended, expired=True)
        finally:
            self._cookies_lock.release()


def clear_each(jar: Jar, keys: list[tuple[str, str, str]], *, expired: bool) -> None:
    """Remove some cookies by what they are filed under, through the jar's own `clear`."""
    if CLEARING.are_kept_by(jar) and keeps_cookies_in_dict(jar):
        store = index_of(jar)
        clear = store.expire if expired else store.discard
        for key in keys:
            clear(*key)
    else:
        for key in keys:
            clear_as(jar, "expired" if expired else "explicit", *key)


STORING = Methods(Jar, ("set_cookie",))
WALK = Methods(Jar, ("_cookies_for_domain",))
_SENDING = Methods(
    Jar,
    (*WALK.names, "_cookies_for_request", "_cookie_attrs", "clear_expired_cookies", "__iter__"),
)
_SWEEP = Methods(Jar, ("clear_expired_cookies", "__iter__"))


_TEXTS = {str}
_SITES = tuple(scheme + "://" for scheme in SCHEMES)


def fields_of(set_cookie_values: Iterable[str]) -> list[str]:
    """The Set-Cookie fields that a caller gives; TypeError if they are no texts, or one text."""
    if isinstance(set_cookie_values, str | bytes):
        raise TypeError("set_cookie_values: expected a list with one text for each field")
    fields = list(set_cookie_values)
    if {*map(type, fields)} != _TEXTS:
        for field in fields:
            if not isinstance(field, str):
                raise TypeError(
                    f"set_cookie_values: expected texts, got {type(field).__name__}; "
                    "decode octets as latin-1"
                )
    return fields


def request_of(url: str, context: RequestContext | None = None) -> UrlRequest:
    """The request for a URL; TypeError if the context is none."""
    if context is None:
        return UrlRequest(url)
    from cookietin.request_context import RequestContext

    if not isinstance(context, RequestContext):
        raise TypeError(f"context: expected a RequestContext or None, got {type(context).__name__}")
    return UrlRequest(url, context)


def receive_fields(jar: Jar, fields: list[str], request: Request) -> list[Received]:
    """Put the Set-Cookie fields of a response through all stages; the caller holds the lock."""
    now = tick(jar)
    policy = jar._policy
    directly = STORING.are_kept_by(jar)
    followed = followed_rules(jar, policy)
    rules = None if followed is CLASSIC else followed or rules_of(policy)
    if rules is None:
        return receive(jar, fields, request, now, directly, followed is CLASSIC)
    return rules.receive(jar, fields, request, now, directly, followed is not None)


def tick(jar: Jar) -> int:
    """Read the clock, and tell the jar and its policy."""
    jar._policy._now = jar._now = now = int(time.time())
    return now


def short_way_to_pieces(jar: Jar, request: Request | None, url: str, now: int) -> list[str] | None:
    """
    The pieces of the Cookie field, past the steps that a subclass or a policy might have replaced.

    Args:
        request: What is known of the request beside its URL; None for nothing.

    None if any step was replaced, or if the URL, a cookie or a rule needs a closer look.
    """
    policy = jar._policy
    if not _SENDING.are_kept_by(jar):
        return None
    rules = followed_rules(jar, policy)
    if rules is not CLASSIC:
        if rules is None or getattr(request, "cookie_context", None) is not None:
            return None
        if request is None and not url.startswith(_SITES):
            return None  # the long way says what is wrong with it
        return rules.pieces_for_url(jar, url, now)
    host = plain_host(url)
    if host is None or policy.rfc2965:  # then there may be a Cookie2 field
        return None
    if not jar._cookies:
        return []
    # `index_of` and `candidates`, without the calls where all is known: 3 % of a request without match.
    store, domains = jar._cookietin_index, host.domains
    if store is None or store.cookies is not jar._cookies:
        store = index_of(jar)
    found = store.candidates(domains) if domains else candidates(store, host)
    if not found:
        return []
    return pieces_to_send(found, store, policy, request, url, now, jar._cookie_class)


def _pieces_the_long_way(
    jar: Jar, url: str, extra: Mapping[str, str] | None, context: RequestContext | None
) -> list[str]:
    """The pieces of the Cookie field by all the documented steps, with those for one request."""
    request = request_of(url, context)
    added = checked_extra(extra) if extra else {}
    jar._cookies_lock.acquire()
    try:
        if logs.is_on():
            jar._cookietin_log_withheld(request)
        now = tick(jar)
        cookies = jar._cookies_for_request(request)
        if added:
            cookies = [cookie for cookie in cookies if cookie.name not in added]
        pieces = jar._cookie_attrs(cookies)
        due = is_sweep_due(jar, now)
    finally:
        jar._cookies_lock.release()
    if due:
        jar.clear_expired_cookies()
    return [*pieces, *(f"{name}={value}" for name, value in added.items())]


def is_sweep_due(jar: Jar, now: int) -> bool:
    """
    Tell whether a cookie may have ended.

    For the jar's own cookies that is once a second at most. A subclass that looks itself is asked
    after each request.
    """
    return index_of(jar).earliest <= now or not _SWEEP.are_kept_by(jar)
