"""Cookies that a program sets by name and value: checked, and judged as if a server had sent them.

The options, their defaults and what is refused are those of Electron's `cookies.set`.

Rules of this file:
- An argument that makes no sense is a TypeError or ValueError; a cookie that would not come through
  whole, or that the policy refuses, is `CookieRejected`, with every reason.
- What is stored goes the way of a Set-Cookie field, so that all rules and events hold.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from datetime import timedelta

from cookietin.canonical import plain_cookie
from cookietin.collection import index_of, keeps_cookies_in_dict, undone_on_error
from cookietin.context import UrlRequest
from cookietin.cookie import has_ended, is_http_only
from cookietin.errors import CookieRejected
from cookietin.explain import try_field
from cookietin.jar import Jar, receive_fields
from cookietin.jar_rules import rules_of
from cookietin.policy.decision import reasons_of
from cookietin.query import host_named, same_site_named
from cookietin.reasons import (
    DISALLOWED_CHARACTER,
    INVALID_PATH,
    NO_COOKIE_CONTENT,
    OVERWRITE_HTTP_ONLY,
    REFUSED_BY_POLICY,
)
from cookietin.receiving import decisions_of
from cookietin.request_context import RequestContext
from cookietin.rules.given_expiry import given_expiry
from cookietin.rules.hosts import canonical_host, is_numeric
from cookietin.set_cookie import netscape
from cookietin.store import key_of, structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from cookietin.cookie import CookieFields

    Expiry = float | datetime | timedelta | str

# What would end a value, or a field; blanks at the ends are lost on the way.
_UNFIT_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f;]|^[ \t]|[ \t]$|[^\x00-\xff]")
_UNFIT_NAME = re.compile(r"[\x00-\x08\x0a-\x1f\x7f;=]|^[ \t]|[ \t]$|[^\x00-\xff]")
_LONGEST_PATH = 1024  # octets; a parser passes over a longer one (6265bis 5.6)
_UNFIT_PATH = re.compile(r"[\x00-\x1f\x7f;]|[ \t]$|[^\x00-\xff]")


class CookieToSet:
    """
    A cookie as a program describes it, checked by itself.

    Raises:
        TypeError: An argument is of another type.
        ValueError: Neither a URL nor a domain; a URL, domain, SameSite or expiry that is none; an
            expiry and a Max-Age.
    """

    def __init__(
        self,
        name: str,
        value: str,
        now: float,
        *,
        url: str | None = None,
        domain: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        http_only: bool = False,
        expires: Expiry | None = None,
        max_age: float | timedelta | None = None,
        same_site: str | None = "Lax",
        partitioned: bool = False,
    ) -> None:
        for argument, given in (("name", name), ("value", value)):
            if not isinstance(given, str):
                raise TypeError(f"{argument}: expected a text, got {type(given).__name__}")
        if path is not None and not isinstance(path, str):
            raise TypeError(f"path: expected a text or None, got {type(path).__name__}")
        self.name = name
        self.value = value
        self.path = path
        self.http_only: bool = bool(http_only)
        self.partitioned: bool = bool(partitioned)
        self.same_site: str | None = None if same_site is None else same_site_named(same_site)
        self.secure: bool = self.same_site == "None" if secure is None else bool(secure)
        self.expires: int | None = _expiry(expires, max_age, now)
        self.domain = None if domain is None else host_named("domain", domain)
        if url is None:
            if self.domain is None:
                raise ValueError(
                    "a cookie belongs to a host: give url='https://shop.example/', or domain="
                )
            url = f"https://{self.domain}/"
        if self.domain is not None and (is_numeric(self.domain) or "." not in self.domain):
            self.domain = self._domain_without_subdomains(url)
        context = RequestContext(
            http_api=self.http_only, partition_key=_site_url(url) if partitioned else None
        )
        self.request: UrlRequest = UrlRequest(url, context)

    def _domain_without_subdomains(self, url: str) -> str | None:
        # An address, and a name without a dot, has no subdomains: the cookie is host-only.
        host = UrlRequest(url).target.host.name
        return None if canonical_host(host) == self.domain else self.domain

    @property
    def mask(self) -> int:
        """Bits of the reasons why it would not come through whole."""
        mask = 0
        if not self.name and not self.value:
            mask |= NO_COOKIE_CONTENT
        if _UNFIT_NAME.search(self.name) or _UNFIT_VALUE.search(self.value):
            mask |= DISALLOWED_CHARACTER
        if self.path is not None and (
            self.path[:1] != "/" or len(self.path) > _LONGEST_PATH or _UNFIT_PATH.search(self.path)
        ):
            mask |= INVALID_PATH
        return mask

    def field(self) -> str:
        """The Set-Cookie field of a server that sets this cookie."""
        parts = [f"{self.name}={self.value}"]
        if self.domain is not None:
            parts.append(f"Domain={self.domain}")
        if self.path is not None:
            parts.append(f"Path={self.path}")
        if self.expires is not None:
            parts.append(f"Expires={email.utils.formatdate(self.expires, usegmt=True)}")
        if self.secure:
            parts.append("Secure")
        if self.http_only:
            parts.append("HttpOnly")
        if self.same_site is not None:
            parts.append(f"SameSite={self.same_site}")
        if self.partitioned:
            parts.append("Partitioned")
        return "; ".join(parts)

    def sound(self) -> CookieToSet:
        """The same with harmless texts in place of unfit ones, so that the rest can be judged."""
        sound = CookieToSet.__new__(CookieToSet)
        vars(sound).update(vars(self))
        sound.name = _UNFIT_NAME.sub("x", self.name) or "x"
        sound.value = _UNFIT_VALUE.sub("x", self.value)
        sound.path = None if self.mask & INVALID_PATH else self.path
        return sound


def _expiry(expires: Expiry | None, max_age: float | timedelta | None, now: float) -> int | None:
    if expires is not None and max_age is not None:
        raise ValueError("give expires or max_age, not both")
    if expires is not None:
        moment = given_expiry(expires, now)
    elif max_age is None:
        return None
    else:
        moment = given_expiry(_lasting(max_age), now)
    return max(moment, 0)  # 1970 has passed as well as any earlier year


def _lasting(max_age: object) -> timedelta:
    """A Max-Age as a span of time."""
    if isinstance(max_age, timedelta):
        return max_age
    if not isinstance(max_age, int | float) or isinstance(max_age, bool):
        raise TypeError(f"max_age: expected seconds or a timedelta, got {type(max_age).__name__}")
    try:
        return timedelta(seconds=max_age)
    except (OverflowError, ValueError):
        raise ValueError(f"max_age: {max_age!r} seconds lead past the year 9999") from None


def _site_url(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]


def set_cookie(jar: Jar, cookie: CookieToSet) -> CookieFields:
    """
    Store a cookie, or remove the stored one if it comes already expired; the caller holds the lock.

    Returns:
        The cookie, as it was stored.

    Raises:
        CookieRejected: With every reason; the jar is as it was.
    """
    mask = cookie.mask
    sound = cookie.sound() if mask else cookie
    mask |= _refusal(jar, sound)
    if mask:
        mask |= try_field(jar, sound.field(), sound.request).mask
        raise CookieRejected(cookie.name, reasons_of(mask))
    (decision,) = decisions_of(receive_fields(jar, [cookie.field()], cookie.request))
    made = decision.cookie
    if made is None or not decision.allowed:
        raise CookieRejected(cookie.name, decision.reasons)
    if not decision.removed and made not in decision.evicted and find(jar, made) is None:
        raise CookieRejected(cookie.name, reasons_of(REFUSED_BY_POLICY))  # by the jar's set_cookie
    return made


def _refusal(jar: Jar, cookie: CookieToSet) -> int:
    """What speaks against a cookie that no policy looks at."""
    if rules_of(jar._policy) is not None:
        return 0  # browser rules know who asks
    if not cookie.name:
        return NO_COOKIE_CONTENT  # the standard library reads no such cookie
    now = int(time.time())
    parsed: Any = netscape.parse(cookie.field(), now)
    name, value, expires, attributes = parsed
    if not isinstance(attributes, tuple):
        return DISALLOWED_CHARACTER
    made = plain_cookie(name, value, expires, attributes, cookie.request.target, jar._cookie_class)
    if (name, value) != (cookie.name, cookie.value):
        return DISALLOWED_CHARACTER  # the standard library's parser reads something else
    if cookie.http_only:
        return 0
    old = find(jar, made)
    guarded = old is not None and is_http_only(old) and not has_ended(old, now)
    return OVERWRITE_HTTP_ONLY if guarded else 0


def find(jar: Jar, cookie: CookieFields) -> CookieFields | None:
    """The stored cookie that another one would replace."""
    if keeps_cookies_in_dict(jar):
        return index_of(jar).get(key_of(cookie), cookie.path, cookie.name)
    key = cookie.domain, cookie.path, cookie.name
    return next((each for each in jar if (each.domain, each.path, each.name) == key), None)


def set_all(jar: Jar, cookies: Mapping[str, str], *, url: str | None, domain: str | None) -> None:
    """Set session cookies for the path "/" from names and values."""
    if not isinstance(cookies, Mapping):
        raise TypeError(f"cookies: expected names and values, got {type(cookies).__name__}")
    wanted = [
        CookieToSet(name, value, 0, url=url, domain=domain, path="/")
        for name, value in cookies.items()
    ]
    jar._cookies_lock.acquire()
    try:
        for cookie in wanted:
            set_cookie(jar, cookie)
    finally:
        jar._cookies_lock.release()


def replace(
    jar: Jar,
    cookies: Mapping[str, str] | Iterable[CookieFields],
    *,
    url: str | None,
    domain: str | None,
) -> None:
    """Put other cookies in place of all, or raise and leave the jar as it was."""
    ready: list[CookieFields] | None = None
    if not isinstance(cookies, Mapping):
        ready = list(cookies)
        for cookie in ready:
            if not hasattr(cookie, "domain"):
                raise TypeError(f"cookies: expected cookies, got {type(cookie).__name__}")
    jar._cookies_lock.acquire()
    try:
        before = jar._cookies
        with undone_on_error(jar):
            jar._cookies = structure(before)
            try:
                jar.clear()
                if ready is None:
                    set_all(jar, cookies, url=url, domain=domain)  # type: ignore[arg-type]
                else:
                    for cookie in ready:
                        jar.set_cookie(cookie)
            except BaseException:
                jar._cookies = before
                raise
    finally:
        jar._cookies_lock.release()
