"""The jar: the stages in order, the one clock and the one lock.

    Set-Cookie text -> set_cookie -> canonical -> policy -> store      (`_receive`)
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

import threading
import time

from cookietin.canonical import cookie_of, plain_cookie
from cookietin.collection import Collection
from cookietin.context import UrlRequest, target_of
from cookietin.cookie import CookieFields
from cookietin.cookie_header import attributes_of, checked_extra, sort_by_path
from cookietin.matching import returnable
from cookietin.policy.classic import (
    keeps_domain_rule,
    keeps_return_rules,
    keeps_set_rules,
)
from cookietin.policy.classic_rules import (
    host_may_set,
    is_liberal,
    refusal_to_set,
)
from cookietin.policy.decision import Decision, Reason
from cookietin.set_cookie.netscape import parse
from cookietin.store import every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from cookietin.context import Request, Target
    from cookietin.set_cookie import ParsedCookie

NETSCAPE_OFF = Reason.NETSCAPE_OFF.bit
NOT_ASKED = -1
REFUSED_BY_POLICY = Reason.REFUSED_BY_POLICY.bit

# What became of one field: name, cookie or None, reasons as bits, whether it was a deletion.
Received = tuple[str, CookieFields | None, int, bool]


class Jar(Collection):
    """A collection of cookies; the public classes of `cookiejar` complete it."""

    # Class of the cookies that the jar makes, and classes whose `is_expired` is the plain one.
    _cookie_class: ClassVar[type[CookieFields]]
    _plain_cookies: ClassVar[frozenset[type]]

    _policy: Any
    _now: int

    def __init__(self, policy: object | None = None) -> None:
        self._policy = self._default_policy() if policy is None else policy
        self._cookies_lock = threading.RLock()
        self._cookies = {}

    def _default_policy(self) -> object:
        raise NotImplementedError

    def set_policy(self, policy: Any) -> None:
        """Use another policy from now on; stored cookies stay."""
        self._policy = policy

    def _tick(self) -> int:
        """Read the clock and tell the policy."""
        self._policy._now = self._now = now = int(time.time())
        return now

    # In

    def store_response(self, url: str, set_cookie_values: Iterable[str]) -> list[Decision]:
        """
        Take the Set-Cookie fields of one response.

        Args:
            url: Absolute http, https, ws or wss URL of the request.
            set_cookie_values: The fields' values, one text each, in the order in which they came;
                octets above 0x7F as latin-1 characters.

        Returns:
            What became of each field, in the same order. What a server sends never raises.

        Raises:
            TypeError: The values are one text, or one is no text.
            ValueError: The URL is not absolute, has no host or another scheme.
        """
        request = UrlRequest(url)
        if isinstance(set_cookie_values, str | bytes):
            raise TypeError("set_cookie_values: expected a list with one text for each field")
        fields = list(set_cookie_values)
        for field in fields:
            if not isinstance(field, str):
                raise TypeError(
                    f"set_cookie_values: expected texts, got {type(field).__name__}; "
                    "decode octets as latin-1"
                )
        self._cookies_lock.acquire()
        try:
            received = self._receive(fields, request, self._tick())
        finally:
            self._cookies_lock.release()
        return [
            Decision(name, cookie, mask, removed=removed)
            for name, cookie, mask, removed in received
        ]

    def _receive(self, fields: list[str], request: Request, now: int) -> list[Received]:
        """
        Put the Set-Cookie fields of one response through all stages.

        Deletions come first, wherever they stand in the response: CPython deletes while it parses.
        """
        policy = self._policy
        if not policy.netscape:
            return [("", None, NETSCAPE_OFF, False) for _ in fields]
        target = target_of(request)
        ours = keeps_set_rules(policy)
        liberal = ours and is_liberal(policy)
        judged, verdict = "", 0  # cookies of one response mostly share their Domain
        cookie: CookieFields | int
        received: list[Received] = []
        for field in fields:
            parsed = parse(field, now)
            if isinstance(parsed, int):
                cookie = parsed
            elif len(parsed) == 7:
                cookie = plain_cookie(*parsed, target, self._cookie_class)
            else:
                cookie = self._rfc2109_cookie(parsed, target)
            if isinstance(cookie, int):
                received.append(("", None, cookie, False))
                continue
            if liberal and cookie.version == 0 and not cookie.port_specified:
                if cookie.domain_specified and cookie.domain != judged:
                    judged = cookie.domain
                    verdict = host_may_set(judged, target)
                mask = verdict if cookie.domain_specified else 0
            else:
                mask = refusal_to_set(policy, cookie, target) if ours else NOT_ASKED
            expires = cookie.expires
            ended = expires is not None and expires <= now
            if ended:
                if mask == NOT_ASKED:
                    mask = self._asked(cookie, request)
                if mask == 0:
                    self._delete(cookie)
            received.append((cookie.name, cookie, mask, ended))
        return self._store_received(received, request)

    def _store_received(self, received: list[Received], request: Request) -> list[Received]:
        """Store what the policy agrees to, asking it where its rules are not ours."""
        replaced = self.__class__.set_cookie is not Jar.set_cookie or "set_cookie" in self.__dict__
        for at, (name, cookie, mask, ended) in enumerate(received):
            if cookie is None or ended:
                continue
            if mask == NOT_ASKED:
                mask = self._asked(cookie, request)
                received[at] = (name, cookie, mask, False)
            if mask == 0:
                if replaced:
                    self.set_cookie(cookie)
                else:
                    # Asked for each time: the policy may have cleared the jar.
                    self._indexed().put(cookie)
        return received

    def _rfc2109_cookie(self, parsed: ParsedCookie, target: Target) -> CookieFields | int:
        """A cookie that came with a version, or with attributes of RFC 2109."""
        cookie = cookie_of(parsed, target, self._cookie_class)
        if not isinstance(cookie, int) and cookie.version == 1:
            cookie.rfc2109 = True
            if self._takes_rfc2109_as_netscape():
                cookie.version = 0
        return cookie

    def _asked(self, cookie: CookieFields, request: Request) -> int:
        """What a policy with rules of its own says."""
        return 0 if self._policy.set_ok(cookie, request) else REFUSED_BY_POLICY

    def _takes_rfc2109_as_netscape(self) -> bool:
        policy = self._policy
        as_netscape = getattr(policy, "rfc2109_as_netscape", None)
        return bool(not policy.rfc2965 if as_netscape is None else as_netscape)

    def _delete(self, cookie: CookieFields) -> None:
        """Remove the stored cookie that one which has ended names, if there is one."""
        domain, path, name = cookie.domain, cookie.path, cookie.name
        store = self._indexed()
        if store.get(domain, path, name) is None:
            # Filed without the dot, by a program or a file: CPython does not find it (gh-108931).
            domain = domain.removeprefix(".")
            stored = store.get(domain, path, name)
            if stored is None or not stored.domain_specified:
                return
        self.clear(domain, path, name)

    def set_cookie(self, cookie: CookieFields) -> None:
        """Store a cookie without asking the policy, in place of one of its domain, path and name."""
        self._cookies_lock.acquire()
        try:
            self._indexed().put(cookie)
        finally:
            self._cookies_lock.release()

    # Out

    def cookie_header(self, url: str, *, extra: Mapping[str, str] | None = None) -> str | None:
        """
        The value of the Cookie field for a request.

        Args:
            url: Absolute http, https, ws or wss URL.
            extra: Cookies for this request alone, name -> value. They replace stored ones of the
                same name in the field, come last in it, and are not stored.

        Returns:
            The field's value, None when there is nothing to send.

        Raises:
            ValueError: The URL is not absolute, has no host or another scheme; an extra cookie
                would end the field or itself.
        """
        request = UrlRequest(url)
        added = checked_extra(extra) if extra else {}
        self._cookies_lock.acquire()
        try:
            now = self._tick()
            cookies = self._cookies_for_request(request)
            if added:
                cookies = [cookie for cookie in cookies if cookie.name not in added]
            pieces = self._cookie_attrs(cookies)
            due = self._is_sweep_due(now)
        finally:
            self._cookies_lock.release()
        if due:
            self.clear_expired_cookies()
        pieces.extend(f"{name}={value}" for name, value in added.items())
        return "; ".join(pieces) or None

    def _cookies_for_request(self, request: Request) -> list[CookieFields]:
        """The cookies that the policy lets go with a request."""
        policy = self._policy
        if (
            keeps_return_rules(policy)
            and self.__class__._cookies_for_domain is Jar._cookies_for_domain
        ):
            return returnable(
                self._indexed(), policy, target_of(request), policy._now, self._plain_cookies
            )
        return [
            cookie
            for domain in self._domains_to_ask(request)
            for cookie in self._cookies_for_domain(domain, request)
        ]

    def _domains_to_ask(self, request: Request) -> list[str]:
        """The stored domains that the policy has to be asked about: all, if the rule is its own."""
        if self._knows_domain_rule():
            domains = target_of(request).domains
            if domains is not None:
                return [domain for domain, _ in self._indexed().candidates(domains)]
        return list(self._cookies)

    def _knows_domain_rule(self) -> bool:
        return keeps_domain_rule(self._policy)

    def _cookies_for_domain(self, domain: str, request: Request) -> list[CookieFields]:
        """The cookies filed under a domain that the policy lets go with a request."""
        policy = self._policy
        if not policy.domain_return_ok(domain, request):
            return []
        return [
            cookie
            for path, names in list(self._cookies[domain].items())
            if policy.path_return_ok(path, request)
            for cookie in list(names.values())
            if policy.return_ok(cookie, request)
        ]

    def _cookie_attrs(self, cookies: list[CookieFields]) -> list[str]:
        """The pieces of the Cookie field; sorts the given list, longer paths first."""
        sort_by_path(cookies)
        return attributes_of(cookies)

    # Away

    def clear(
        self, domain: str | None = None, path: str | None = None, name: str | None = None
    ) -> None:
        """
        Remove all cookies, or those of a domain, of a domain and path, or the one of that name.

        Raises:
            KeyError: There is no such cookie; the argument is the key that was not found.
            ValueError: A path without a domain, or a name without a domain and a path.
        """
        self._cookies_lock.acquire()
        try:
            if name is not None:
                if domain is None or path is None:
                    raise ValueError("domain and path must be given to remove a cookie by name")
                self._indexed().discard(domain, path, name)
            elif path is not None:
                if domain is None:
                    raise ValueError("domain must be given to remove cookies by path")
                self._indexed().discard_path(domain, path)
            elif domain is not None:
                self._indexed().discard_domain(domain)
            else:
                # A new dict: shallow copies of the jar may still hold the old one.
                self._cookies = {}
        finally:
            self._cookies_lock.release()

    def clear_session_cookies(self) -> None:
        """Remove all cookies that end with the session."""
        self._cookies_lock.acquire()
        try:
            for domain, path, name, cookie in list(every_item(self._cookies)):
                if cookie.discard:
                    self.clear(domain, path, name)
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
            for domain, path, name in self._indexed().ended(time.time()):
                self.clear(domain, path, name)
        finally:
            self._cookies_lock.release()

    def _is_sweep_due(self, now: int) -> bool:
        """Tell whether a cookie may have ended: once a second at most, or if a subclass looks itself."""
        return (
            self._indexed().earliest <= now
            or self.__class__.clear_expired_cookies is not Jar.clear_expired_cookies
        )
