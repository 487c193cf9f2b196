"""`CookieJar`: our jar in the shape of the standard library's.

Rules of this file:
- Methods that programs override or call are here under the standard library's names, private ones
  included. Each says who relies on it, or keeps the long way that a subclass may interrupt.
"""

from __future__ import annotations

import time
import warnings
from email.message import Message
from http.client import HTTPMessage

from cookietin import logs
from cookietin.canonical import cookie_of
from cookietin.context import target_of
from cookietin.cookie import CookieFields
from cookietin.cookiejar import debugging
from cookietin.cookiejar.cookie import Cookie
from cookietin.cookiejar.policies import DefaultCookiePolicy
from cookietin.cookiejar.stdlib import original
from cookietin.jar import Jar, is_sweep_due, short_way_to_pieces, tick
from cookietin.jar_rules import rules_of
from cookietin.late_pattern import LatePattern
from cookietin.overrides import Methods
from cookietin.plain_verbs import PlainVerbs
from cookietin.receiving import decisions_of, delete, receive, refusal_by, takes_rfc2109_as_netscape
from cookietin.rules.header_words import split_header_words
from cookietin.set_cookie.netscape import normalized, parse_ns_headers
from cookietin.short_ways import CLASSIC, followed_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol

    from cookietin.context import Request
    from cookietin.cookiejar.frozen import FrozenCookieJar
    from cookietin.receiving import Received

    class Response(Protocol):
        """What a jar asks of a response; what urllib's openers return has it."""

        def info(self) -> Any: ...


# Messages whose fields can be read in one pass: 1.4 us, where two get_all take 3 to 6.
_PLAIN_MESSAGES: frozenset[Any] = frozenset((HTTPMessage, Message))
_PLAIN_PARSING = Message().policy
_FOLD = LatePattern(r"\r?\n[ \t]+")


class CookieJar(PlainVerbs, original.CookieJar):
    """
    A collection of cookies, which takes them from responses and gives them to requests.

    Args:
        policy: Decides which cookies are set and returned; default `DefaultCookiePolicy()`.

    It iterates over `Cookie` objects, has a length, and is false when empty. All methods may be
    called from several threads.
    """

    _cookie_class = Cookie
    _plain_cookies = frozenset((Cookie, original.Cookie))

    if TYPE_CHECKING:
        # Cookies of the original's class are welcome; the jar's own are of ours.
        def set_cookie(self, cookie: original.Cookie | CookieFields) -> None: ...
        def __iter__(self) -> Iterator[Cookie]: ...

    def __init__(self, policy: original.CookiePolicy | None = None) -> None:
        Jar.__init__(self, DefaultCookiePolicy() if policy is None else policy)

    def frozen(self) -> FrozenCookieJar:
        """A live view of this jar that sends its cookies and learns none."""
        from cookietin.cookiejar.frozen import FrozenCookieJar

        return FrozenCookieJar(self)

    # Requests

    def add_cookie_header(self, request: Request) -> None:
        """
        Add the Cookie field to a request, unless it has one or there is nothing to send.

        Args:
            request: A `urllib.request.Request`, or what is shaped like one.

        A Cookie2 field is added for policies with `rfc2965` (RFC 2965 section 3.3.5). Afterwards
        cookies that have ended are removed.
        """
        self._cookies_lock.acquire()
        try:
            policy = self._policy
            policy._now = self._now = now = int(time.time())
            pieces = None
            if self._cookies and not debugging.is_on() and not logs.is_on():
                pieces = short_way_to_pieces(self, request, request.get_full_url(), now)
            if pieces is None:
                _add_the_long_way(self, request)
                due = is_sweep_due(self, now)
            else:
                if pieces and not request.has_header("Cookie"):
                    request.add_unredirected_header("Cookie", "; ".join(pieces))
                store = self._cookietin_index
                due = store is not None and store.earliest <= now
        finally:
            self._cookies_lock.release()
        if due:
            self.clear_expired_cookies()

    # Responses

    def extract_cookies(self, response: Response, request: Request) -> None:
        """
        Store the cookies of a response that the policy agrees to.

        Args:
            response: Has `info()`, which returns the header as `email.message.Message` does.
            request: The request that it answers: a `urllib.request.Request`, or what is shaped
                like one.
        """
        self._cookies_lock.acquire()
        try:
            if _take_short_way(self, response, request):
                return
            for cookie in self.make_cookies(response, request):
                if _may_set(self, cookie, request):
                    self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()

    def make_cookies(self, response: Response, request: Request) -> list[Cookie]:
        """
        The cookies of a response, before the policy is asked about them.

        Takes the arguments of `extract_cookies`. As in the standard library, a cookie that comes
        already ended is left out and deletes the stored one; ours asks the policy first.
        """
        self._cookies_lock.acquire()
        try:
            now = tick(self)
            fields, rfc2965_fields = _cookie_fields(response.info())
            policy = self._policy
            rules = rules_of(policy)
            if rules is not None:
                return rules.make(self, _unfolded(fields), request, now)  # type: ignore[return-value]
            if not (fields and getattr(policy, "netscape", True)) and not (
                rfc2965_fields and getattr(policy, "rfc2965", False)
            ):
                return []
            # Set-Cookie2 counts beside a Set-Cookie even where the policy is to refuse it.
            cookies = _guarded(self, split_header_words, rfc2965_fields, request)
            if fields and getattr(policy, "netscape", True):
                others = _guarded(self, parse_ns_headers, fields, request)
                self._process_rfc2109_cookies(others)
                if getattr(policy, "rfc2965", False):
                    # RFC 2965 9.1: of two cookies alike, the one from Set-Cookie2 counts.
                    taken = {(cookie.domain, cookie.path, cookie.name) for cookie in cookies}
                    others = [
                        cookie
                        for cookie in others
                        if (cookie.domain, cookie.path, cookie.name) not in taken
                    ]
                cookies.extend(others)
            return cookies
        finally:
            self._cookies_lock.release()

    def _cookies_from_attrs_set(self, attrs_set: Iterable[Any], request: Request) -> list[Cookie]:
        """Cookies of the lists of (name, value) pairs that the header was split into."""
        cookies = []
        for parsed in self._normalized_cookie_tuples(attrs_set):
            cookie = self._cookie_from_cookie_tuple(parsed, request)
            if cookie is not None:
                cookies.append(cookie)
        return cookies

    def _normalized_cookie_tuples(self, attrs_set: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Tuples (name, value, known attributes, others); mechanize replaces this."""
        tuples = []
        for pairs in attrs_set:
            parsed = normalized(pairs, self._now)
            if not isinstance(parsed, int):
                name, value, standard, rest = parsed
                tuples.append((name, value, standard, rest or {}))
        return tuples

    def _cookie_from_cookie_tuple(self, tup: Any, request: Request) -> Cookie | None:
        """The cookie of one such tuple; None if it is none, or has ended and was a deletion."""
        cookie = cookie_of(tup, target_of(request), Cookie)
        if not isinstance(cookie, Cookie):
            return None
        if cookie.expires is not None and cookie.expires <= self._now:
            self._process_rfc2109_cookies([cookie])
            if self._policy.set_ok(cookie, request):
                delete(self, cookie)
            return None
        return cookie

    def _process_rfc2109_cookies(self, cookies: Iterable[CookieFields]) -> None:
        """Mark cookies that came as Set-Cookie with a version, and treat them as the policy says."""
        as_netscape = takes_rfc2109_as_netscape(self._policy)
        for cookie in cookies:
            if cookie.version == 1:
                cookie.rfc2109 = True
                if as_netscape:
                    cookie.version = 0

    def set_cookie_if_ok(self, cookie: original.Cookie, request: Request) -> None:
        """Store a cookie if the policy agrees."""
        self._cookies_lock.acquire()
        try:
            tick(self)
            if _may_set(self, cookie, request):
                self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()


_MAKING = Methods(
    CookieJar,
    (
        "make_cookies",
        "_cookies_from_attrs_set",
        "_normalized_cookie_tuples",
        "_cookie_from_cookie_tuple",
        "_process_rfc2109_cookies",
    ),
)
_MAKE_COOKIES = Methods(CookieJar, ("make_cookies",))
_MAKING_AND_STORING = Methods(CookieJar, (*_MAKING.names, "set_cookie"))


def _add_the_long_way(jar: CookieJar, request: Request) -> None:
    """Add the Cookie field, and the Cookie2 field where the policy asks for it."""
    policy = jar._policy
    if logs.is_on():
        jar._cookietin_log_withheld(request)
    cookies = jar._cookies_for_request(request)
    pieces = jar._cookie_attrs(cookies)
    if pieces and not request.has_header("Cookie"):
        request.add_unredirected_header("Cookie", "; ".join(pieces))
    if (
        getattr(policy, "rfc2965", False)
        and not getattr(policy, "hide_cookie2", False)
        and not request.has_header("Cookie2")
        and any(cookie.version != 1 for cookie in cookies)
    ):
        request.add_unredirected_header("Cookie2", '$Version="1"')
    if debugging.is_on():
        debugging.log_sent(request.get_full_url(), cookies)


def _may_set(jar: CookieJar, cookie: Any, request: Request) -> bool:
    policy = jar._policy
    rules = rules_of(policy)
    if rules is None:
        allowed = bool(policy.set_ok(cookie, request))
    else:
        allowed = rules.may_set(jar, cookie, request, jar._now)
    if not allowed and logs.is_on():
        refused: Received = cookie.name, cookie, refusal_by(policy, cookie, request), False, ()
        logs.log_refused(request.get_full_url(), decisions_of([refused]))
    return allowed


def _take_short_way(jar: CookieJar, response: Response, request: Request) -> bool:
    """
    Take the cookies of a response past the steps that a subclass might have replaced.

    Returns:
        Whether that was possible: none was replaced, there is no Set-Cookie2, and the request has a
        URL.
    """
    policy = jar._policy
    followed = followed_rules(jar, policy)
    rules = None if followed is CLASSIC else followed or rules_of(policy)
    directly = _MAKING_AND_STORING.are_kept_by(jar)
    if not directly:
        # Browser rules have other steps than those that a subclass may have replaced.
        making = _MAKING if rules is None else _MAKE_COOKIES
        if not making.are_kept_by(jar):
            return False
    fields, rfc2965_fields = _cookie_fields(response.info())
    if rfc2965_fields and rules is None:
        return False
    policy._now = jar._now = now = int(time.time())
    if fields:
        try:
            if rules is None:
                received = receive(jar, fields, request, now, directly, followed is CLASSIC)
            else:
                received = rules.receive(
                    jar, _unfolded(fields), request, now, directly, followed is not None
                )
        except ValueError:
            return False  # no URL: the long way says that these cookies are lost
        if debugging.is_on():
            debugging.log_received(request.get_full_url(), received)
        if logs.is_on():
            logs.log_refused(request.get_full_url(), decisions_of(received))
    return True


def _guarded(
    jar: CookieJar, split: Callable[[list[str]], list[Any]], fields: list[str], request: Request
) -> list[Cookie]:
    """Cookies of the given fields; a step that raises costs these, with a warning."""
    try:
        return jar._cookies_from_attrs_set(split(fields), request)
    except Exception as error:  # noqa: BLE001 - CPython swallows here; a subclass may raise anything
        # Not the error's text: it may hold a value.
        warnings.warn(
            f"http.cookiejar bug! {type(error).__name__} while {type(jar).__name__} made the "
            "cookies of a response; they are lost",
            stacklevel=4,
        )
        return []


def _cookie_fields(headers: Any) -> tuple[list[str], list[str]]:
    """The values of Set-Cookie and of Set-Cookie2 in a header."""
    if headers.__class__ in _PLAIN_MESSAGES and headers.policy is _PLAIN_PARSING:
        # All names at once: 0.05 us for each, where a loop takes 0.1.
        names, values = zip(*headers.raw_items(), strict=True) if len(headers) else ((), ())
        text = "\n".join(names).lower()
        expected = text.count("set-cookie")
        if not expected:
            return [], []
        try:
            if names.count("Set-Cookie") == expected:
                at, fields = -1, []
                for _ in range(expected):
                    at = names.index("Set-Cookie", at + 1)
                    fields.append(values[at])
            else:  # spelled otherwise, or Set-Cookie2
                named = zip(names, values, strict=True)
                fields = [value for name, value in named if name.lower() == "set-cookie"]
            if "set-cookie2" not in text and all(map(str.isascii, fields)):
                return fields, []
        except TypeError:
            pass  # a Header object that a program has put there
    return (
        [_as_text(value) for value in headers.get_all("Set-Cookie", []) or ()],
        [_as_text(value) for value in headers.get_all("Set-Cookie2", []) or ()],
    )


def _unfolded(fields: list[str]) -> list[str]:
    """The fields, with a blank for each line break inside (RFC 9112 5.2); browsers read them so."""
    if "\n" not in "".join(fields):
        return fields
    return [_FOLD.sub(" ", field) for field in fields]


def _as_text(value: Any) -> str:
    """The text of a field, whatever a message makes of its octets; CPython loses the response."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
