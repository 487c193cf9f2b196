"""httpx and httpx2, which are alike: clients that ask a jar.

How it is done, and what it relies on (looked at: httpx 0.26.0 to 0.28.1, httpx2 2.0.0 to 2.16.2):
- `build_request` gets the stored cookies from `_merge_cookies`, which here has none of them, and then
  the jar is asked. So no cookie is copied.
- `_build_redirect_request` makes the request of each hop, with a copy of all that `self.cookies` has.
  It is given an empty one while it runs, and then the jar is asked.
- Each response is told once, by `self.cookies.extract_cookies(response)`.
- `_send_handling_redirects(request, history=...)` is called for each request of an authentication; a
  history tells that it is not the first.

Rules of this file:
- Imports no client: `httpx` and `httpx2` put `JarClient` before their client's classes.
- Where the client calls a method, signatures are the client's; type checkers see its own.
"""

from __future__ import annotations

from contextvars import ContextVar

from cookietin.cookiejar import CookieJar
from cookietin.integrations.asking import checked_jar, refuse_to_lose
from cookietin.integrations.attached_class import attached_class
from cookietin.integrations.contexts import checked_context
from cookietin.integrations.httpx_cookies import (
    ASKED,
    NOTHING,
    context_given_to,
    field_of,
    is_asked_about,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, TypeVar

    from cookietin.integrations.httpx_cookies import JarCookies
    from cookietin.request_context import RequestContext

    AnyClient = TypeVar("AnyClient")

    class _Client:
        """What the clients of both have, sync and async."""

        def _build_redirect_request(self, request: Any, response: Any) -> Any: ...
        def _send_handling_redirects(self, *args: Any, **kwargs: Any) -> Any: ...
else:
    _Client = object

# The client whose `cookies` is empty while it builds the request of a redirect.
_BUILDING: ContextVar[object] = ContextVar("cookietin_building", default=None)


class JarClient(_Client):
    """
    A client whose cookies are those of a jar; stands before the client's own class.

    Args:
        jar: Decides what is set and what is returned; None for a new `CookieJar()`.
        context: Who causes the requests of this client. One request says otherwise by
            `extensions={"cookie_context": ...}`, and a block by `cookie_context(...)`.
        settings: Those of the client. Its `cookies` are stored in the jar, or are the jar.

    Raises:
        TypeError: The jar is none of ours, or there are two; the context is none.
    """

    _cookies_class: ClassVar[type[JarCookies]]
    _cookietin_cookies: Any

    def __init__(
        self,
        jar: CookieJar | None = None,
        *,
        context: RequestContext | None = None,
        **settings: Any,
    ) -> None:
        cookies = settings.pop("cookies", None)
        if isinstance(cookies, CookieJar):
            if jar is not None:
                raise TypeError("cookies: the client has a jar already; give it one of the two")
            jar, cookies = cookies, None
        self._cookietin_take(CookieJar() if jar is None else jar, context)
        super().__init__(**settings)
        self._cookietin_cookies.update(cookies)

    def _cookietin_take(self, jar: CookieJar, context: RequestContext | None) -> None:
        self._cookietin_cookies = self._cookies_class(jar, context)

    @property
    def cookie_context(self) -> RequestContext | None:
        """Who causes the requests of this client."""
        context: RequestContext | None = self._cookietin_cookies.context
        return context

    @cookie_context.setter
    def cookie_context(self, context: RequestContext | None) -> None:
        self._cookietin_cookies.context = checked_context(context)

    if not TYPE_CHECKING:  # they are typed as the client has them

        @property
        def cookies(self):
            """
            The cookies of the jar, as a mapping.

            A jar that is assigned is the client's from then on. Other cookies take the place of those
            that the jar has; None and an empty dict empty it.
            """
            if _BUILDING.get() is self:
                return self._cookies_class._plain()
            return self._cookietin_cookies

        @cookies.setter
        def cookies(self, cookies):
            self._cookietin_assign(cookies)

        def build_request(self, method, url, *, cookies=None, **settings):
            """Build a request as the client does, with the cookies that the jar has for it."""
            request = super().build_request(method, url, **settings)
            return self._cookietin_built(request, cookies)

        def _merge_cookies(self, cookies=None):
            return None

    def _cookietin_assign(self, cookies: Any) -> None:
        mine = self._cookietin_cookies
        if isinstance(cookies, CookieJar):
            self._cookietin_take(cookies, mine.context)
        elif cookies is None or isinstance(cookies, dict | list | mine._plain):
            if getattr(cookies, "jar", None) is not mine.jar:
                mine._put_in_place(cookies)
        else:
            raise TypeError(
                f"cookies: expected a CookieJar of cookietin, or names and values, got "
                f"{type(cookies).__name__}; to copy its cookies: client.cookies.update(...)"
            )

    def _cookietin_built(self, request: Any, cookies: Any) -> Any:
        checked_context(context_given_to(request))
        mine = self._cookietin_cookies
        if is_asked_about(request.url):
            mine.write(request, mine.given_by(cookies) if cookies else NOTHING)
        elif cookies:
            mine._plain(cookies).set_cookie_header(request)
        return request

    def _build_redirect_request(self, request: Any, response: Any) -> Any:
        # Nothing else runs meanwhile in this context: nothing is awaited, no hook is called.
        token = _BUILDING.set(self)
        try:
            new = super()._build_redirect_request(request, response)
        finally:
            _BUILDING.reset(token)
        asked = getattr(request, ASKED, None)
        given = NOTHING if asked is None else asked.given.on_redirect(request.url, new.url)
        self._cookietin_cookies.write(new, given)
        return new

    def _send_handling_redirects(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        checked_context(context_given_to(request))
        if kwargs.get("history"):
            self._cookietin_ask_again(request, kwargs["history"][-1])
        return super()._send_handling_redirects(request, *args, **kwargs)

    def _cookietin_ask_again(self, request: Any, response: Any) -> None:
        """
        Ask the jar anew for a request of an authentication that is sent once more.

        A Cookie field that somebody put there in the meantime stays, unless it was the client's own
        digest authentication: it takes the cookies of the last response without asking a jar.
        """
        asked = getattr(request, ASKED, None)
        if asked is None:
            return
        field = field_of(request)
        if field is not None and field != asked.field:
            digest = type(request)(request.method, request.url)
            self._cookies_class._plain(response.cookies).set_cookie_header(digest)
            if asked.field is not None or field != field_of(digest):
                return
        request.headers.pop("Cookie", None)
        self._cookietin_cookies.write(request, asked.given)


def attached(
    client: AnyClient,
    jar: CookieJar,
    context: RequestContext | None,
    classes: Mapping[type, type[JarClient]],
) -> AnyClient:
    """
    Make a client one whose jar decides.

    Args:
        client: Of one of the classes that are keys, or of a subclass, which stays the outermost.
        classes: By a class of the client's, ours that stands before it.

    Raises:
        TypeError: The client, jar or context is none.
        ValueError: The client has cookies of its own.
    """
    checked_jar(jar)
    checked_context(context)
    found = [ours for plain, ours in classes.items() if isinstance(client, plain)]
    if not found:
        names = " or ".join(plain.__name__ for plain in classes)
        raise TypeError(f"client: expected a {names}, got {type(client).__name__}")
    if not isinstance(client, JarClient):
        own = client.cookies.jar  # type: ignore[attr-defined]  # it is a client
        if own is not jar:
            refuse_to_lose("client", len(own), "client.cookies.clear()")
        client.__class__ = attached_class(found[0], type(client))
    assert isinstance(client, JarClient)
    client._cookietin_take(jar, context)
    return client
