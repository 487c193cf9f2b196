"""The cookies that recorded responses set, read by browser rules: what `har` and `curl` go by.

RFC 6265bis sections 5.6 and 5.7, as in `browser_receiving`, without a jar.

Rules of this file:
- A recording says what servers sent. What a browser would have refused from this server (another
  site's Domain, Secure over http, a broken prefix) is no cookie here either.
- Of several cookies of one key the last counts, in the place of the first; a deletion removes.
- No problem that is returned holds a value, or a piece of the field.
"""

from __future__ import annotations

from cookietin.canonical import browser_cookie
from cookietin.context import UrlRequest
from cookietin.reasons import DISALLOWED_CHARACTER, NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE
from cookietin.request_context import facts_of
from cookietin.rules.classic_dates import LATEST
from cookietin.rules.hosts import domain_matches
from cookietin.rules.public_suffix import SHIPPED
from cookietin.set_cookie.rfc6265 import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.request_context import RequestFacts
    from cookietin.set_cookie import Attributes, BrowserCookie

    Key = tuple[str, str, str]

_NOWHERE: frozenset[str] = frozenset()


class _Trust:
    """What browsers hold for secure."""

    trust_loopback = True
    secure_protocols = frozenset(("https", "wss"))
    public_suffixes = SHIPPED


def facts_of_url(url: str) -> RequestFacts | None:
    """The facts of a recorded request, None if cookies are not made for such a URL."""
    try:
        facts = facts_of(UrlRequest(url), _Trust)
    except ValueError:
        return None
    return None if facts.host is None else facts


class RecordedCookies:
    """
    The cookies that a browser would hold after the responses that it is given.

    Args:
        cookie_class: Class of the cookies.

    Attributes:
        by_key: The cookies by domain, path and name.
    """

    def __init__(self, cookie_class: type[CookieFields]) -> None:
        self.by_key: dict[Key, CookieFields] = {}
        self._cookie_class = cookie_class
        # Names that responses have set or deleted, and for which domains.
        self._answered: dict[str, set[str]] = {}

    def receive(self, field: str, facts: RequestFacts, now: int) -> str | None:
        """
        Take one Set-Cookie field.

        Args:
            field: Its value, octets as latin-1 characters.
            facts: The request whose response carried it.
            now: When, in seconds since the epoch.

        Returns:
            None, or why a browser would have refused it.
        """
        parsed = parse(field)
        if isinstance(parsed, int):
            return _unreadable(parsed)
        return self.take(parsed, facts, now)

    def receive_anywhere(self, field: str, now: int) -> str | None:
        """Take a Set-Cookie field of an unknown host: its Domain says where it belongs."""
        parsed = parse(field)
        if isinstance(parsed, int):
            return _unreadable(parsed)
        domain = parsed[3][0]
        if domain is None:
            return (
                "a cookie without Domain belongs to the host that set it, which is not said here; "
                "dump with 'curl -v URL 2> file', which names it"
            )
        facts = facts_of_url(f"https://{domain.removeprefix('.')}/")
        if facts is None:
            return "the Domain of a Set-Cookie field is no host"
        return self.take(parsed, facts, now)

    def take(self, parsed: BrowserCookie, facts: RequestFacts, now: int) -> str | None:
        """Take a cookie that has been read already; the same as `receive`."""
        name, value, expires, attributes = parsed
        cookie = browser_cookie(
            name, value, expires, attributes, facts, now, LATEST, SHIPPED, self._cookie_class
        )
        problem = _refusal(cookie, attributes, facts)
        if problem is not None:
            return problem
        if not name:
            # A lone word, as the formats of the standard library have it.
            cookie.name, cookie.value = value, None
        key = cookie.domain, cookie.path, cookie.name
        self._answered.setdefault(cookie.name, set()).add(cookie.domain)
        if cookie.expires is not None and cookie.expires <= now:
            self.by_key.pop(key, None)
            return None
        old = self.by_key.get(key)
        cookie._creation_time = float(now) if old is None else old._creation_time
        self.by_key[key] = cookie
        return None

    def is_answered(self, name: str, facts: RequestFacts) -> bool:
        """Tell whether a response has set or deleted a cookie of this name for a request's host."""
        return not self._answered.get(name, _NOWHERE).isdisjoint(facts.domains)


def _unreadable(mask: int) -> str:
    if mask & DISALLOWED_CHARACTER:
        return "expected a Set-Cookie field, found a control character in it"
    if mask & NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE:
        return "expected at most 4,096 octets of name and value in a Set-Cookie field"
    return "expected a Set-Cookie field, found one without name and value"


def _refusal(cookie: CookieFields, attributes: Attributes, facts: RequestFacts) -> str | None:
    """Why a browser refuses a cookie from this host; None if it does not."""
    host = facts.host or ""
    if cookie.domain_specified:
        bare = cookie.domain.removeprefix(".")
        if not domain_matches(host, bare):
            return "the Domain of a Set-Cookie field is not that of the host that sent it"
        if SHIPPED.is_suffix(bare) or SHIPPED.site_of(bare) != SHIPPED.site_of(host):
            return "the Domain of a Set-Cookie field is a public suffix"
    if cookie.secure and not facts.secure:
        return "a Secure cookie came over http, which browsers refuse"
    if not attributes[9]:
        return "SameSite=None and Partitioned need Secure; browsers refuse the cookie"
    prefix = (cookie.name or cookie.value or "")[:12].lower()
    promises_host = prefix.startswith("__host-")
    if promises_host or prefix.startswith(("__secure-", "__http-")):
        kept = bool(cookie.name) and cookie.secure and facts.secure
        if promises_host:
            kept = kept and not cookie.domain_specified
            kept = kept and cookie.path_specified and cookie.path == "/"
        if "http-" in prefix:
            kept = kept and attributes[5]
        if not kept:
            return "the cookie breaks what the prefix of its name promises; browsers refuse it"
    return None
