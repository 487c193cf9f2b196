"""Jars that do not learn: a frozen view of another jar, and one that keeps nothing.

Rules of this file:
- What a server sends is passed over in silence, since clients hand it on unasked. What a program asks
  for and does not get is a TypeError.
"""

from __future__ import annotations

import time

from cookietin.cookiejar.jar import CookieJar
from cookietin.explain import explain_set
from cookietin.jar import fields_of, is_sweep_due

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from cookietin.change_stream import ChangeStream
    from cookietin.changes import Subscription
    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.cookie import Cookie
    from cookietin.explain import Explanation
    from cookietin.policy.decision import Decision
    from cookietin.request_context import RequestContext


class _UnlearningCookieJar(CookieJar):
    """What a jar does that takes nothing from servers."""

    def extract_cookies(self, response: object, request: Request) -> None:
        """Store nothing."""

    def set_cookie_if_ok(self, cookie: object, request: Request) -> None:
        """Store nothing."""

    def store_response(
        self,
        url: str,
        set_cookie_values: Iterable[str],
        *,
        context: RequestContext | None = None,
    ) -> list[Decision]:
        """Store nothing, and say what would have become of each field, as if it had come alone."""
        return [explain_set(self, url, field, context) for field in fields_of(set_cookie_values)]


class FrozenCookieJar(_UnlearningCookieJar):
    """
    A live view of a jar that sends its cookies and learns none; `CookieJar.frozen` makes it.

    What the jar learns elsewhere is sent from here too. Responses leave no trace, and
    `store_response` says what would have become of their cookies. Methods by which a program changes
    a jar raise TypeError.
    """

    def __init__(self, jar: CookieJar) -> None:
        self._jar = jar

    # What there is belongs to the other jar.

    @property
    def _cookies(self) -> Any:  # type: ignore[override]  # it is the other jar's
        return self._jar._cookies

    @property
    def _cookies_lock(self) -> Any:
        return self._jar._cookies_lock

    @property
    def _policy(self) -> Any:
        return self._jar._policy

    @property
    def _cookietin_watch(self) -> Any:  # type: ignore[override]  # it is the other jar's
        return self._jar._cookietin_watch

    @property
    def _cookie_class(self) -> Any:  # type: ignore[override]  # it is the other jar's
        return self._jar._cookie_class

    @property
    def _plain_cookies(self) -> Any:  # type: ignore[override]  # it is the other jar's
        return self._jar._plain_cookies

    def __iter__(self) -> Any:
        return iter(self._jar)  # which may keep its cookies elsewhere

    def _cookies_for_request(self, request: Request) -> list[CookieFields]:
        return self._jar._cookies_for_request(request)

    def _cookie_attrs(self, cookies: list[CookieFields]) -> list[str]:
        return self._jar._cookie_attrs(cookies)

    def clear_expired_cookies(self) -> None:
        """Remove cookies that have ended from the jar, if any is due."""
        if is_sweep_due(self._jar, int(time.time())):
            self._jar.clear_expired_cookies()

    def make_cookies(self, response: Any, request: Request) -> list[Cookie]:
        """The cookies of a response; those that have ended delete none."""
        return CookieJar(self._jar._policy).make_cookies(response, request)

    def explain(
        self, url: str, *, context: RequestContext | None = None, all: bool = False
    ) -> Explanation:
        """Say of each stored cookie whether it goes with a request; see `CookieJar.explain`."""
        return self._jar.explain(url, context=context, all=all)

    def subscribe(self, *arguments: Any, **named: Any) -> Subscription:
        """Call back for each change of the jar; see `CookieJar.subscribe`."""
        return self._jar.subscribe(*arguments, **named)

    def changes(self, *arguments: Any, **named: Any) -> ChangeStream:
        """The changes of the jar; see `CookieJar.changes`."""
        return self._jar.changes(*arguments, **named)

    def copy(self) -> FrozenCookieJar:
        """A frozen view of a copy of the jar."""
        return FrozenCookieJar(self._jar.copy())

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenCookieJar:
        return self.copy()

    def __reduce__(self) -> Any:
        return FrozenCookieJar, (self._jar,)

    def _refuse(self, *arguments: object, **named: object) -> NoReturn:
        raise TypeError("this jar is frozen: change the one that it was made from")

    # For type checkers these are what other jars have.
    if not TYPE_CHECKING:
        set_cookie = set = clear = clear_session_cookies = _refuse
        remove = delete = replace = set_policy = _refuse


class DummyCookieJar(_UnlearningCookieJar):
    """
    A jar that neither learns nor sends; for clients that want one and shall have no cookies.

    `set_cookie` and responses leave no trace; `set` and `replace` raise TypeError.
    """

    def set_cookie(self, cookie: object) -> None:
        """Store nothing."""

    def _refuse(self, *arguments: object, **named: object) -> NoReturn:
        raise TypeError("a DummyCookieJar holds no cookies; use a CookieJar")

    if not TYPE_CHECKING:
        set = replace = _refuse
