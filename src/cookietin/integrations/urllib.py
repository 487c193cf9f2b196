"""urllib: an opener with a jar, whose requests and redirects carry the context.

urllib.request needs no integration: `HTTPCookieProcessor(jar)` asks the jar on every hop. It makes a
new request for each redirect, though, without the attribute `cookie_context`.

Rules of this file:
- The opener is the standard library's, and so are all handlers but the one that asks the jar.
- A request has the context of its block or opener while the jar looks at it, and no longer.
"""

from __future__ import annotations

import contextlib
import urllib.request

from cookietin.integrations.contexts import checked_context, context_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from http.cookiejar import CookieJar
    from typing import Any

    from cookietin.request_context import RequestContext

    Handler = urllib.request.BaseHandler | type[urllib.request.BaseHandler]


def build_opener(
    jar: CookieJar, *handlers: Handler, context: RequestContext | None = None
) -> urllib.request.OpenerDirector:
    """
    An opener whose requests get their cookies from a jar and give it those of the responses.

    Args:
        jar: Any jar of `cookietin.cookiejar`.
        handlers: More handlers, as for `urllib.request.build_opener`: one that decides on redirects
            takes the place of the standard library's, and its requests get the context too.
        context: Who causes its requests; a request may say otherwise by its attribute
            `cookie_context`, and a block by `cookie_context(...)`.

    Returns:
        What `urllib.request.build_opener` returns. It learns nothing about other openers.

    Raises:
        TypeError: The jar has no `add_cookie_header`; the context is none.

    >>> from cookietin import CookieJar
    >>> opener = build_opener(CookieJar())
    """
    if isinstance(jar, type) or not hasattr(jar, "add_cookie_header"):
        raise TypeError(f"jar: expected a CookieJar, got {type(jar).__name__}")
    processor = _CookieProcessor(jar)
    processor.context = checked_context(context)
    made = [handler() if isinstance(handler, type) else handler for handler in handlers]
    redirecting = [each for each in made if isinstance(each, urllib.request.HTTPRedirectHandler)]
    if not redirecting:
        redirecting = [urllib.request.HTTPRedirectHandler()]
        made += redirecting
    for each in redirecting:
        if not isinstance(each.redirect_request, _Carrying):
            each.redirect_request = _Carrying(each.redirect_request)  # type: ignore[method-assign]
    return urllib.request.build_opener(processor, *made)


class _CookieProcessor(urllib.request.HTTPCookieProcessor):
    """Tells the jar who causes each request."""

    context: RequestContext | None

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        with self._told(request):
            return super().http_request(request)

    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        with self._told(request):
            return super().http_response(request, response)

    https_request = http_request  # urllib finds handlers by these names
    https_response = http_response

    @contextlib.contextmanager
    def _told(self, request: urllib.request.Request) -> Iterator[None]:
        given = checked_context(getattr(request, "cookie_context", None))
        used = context_for(request.get_method(), self.context, given)
        if used is given:
            yield
            return
        request.cookie_context = used  # type: ignore[attr-defined]  # the jar reads it there
        try:
            yield
        finally:
            # A program may open the request again, in another block.
            request.cookie_context = given  # type: ignore[attr-defined]


class _Carrying:
    """`redirect_request` of a handler, which carries along what the program said of the request."""

    def __init__(self, ask: Callable[..., urllib.request.Request | None]) -> None:
        self._ask = ask

    def __call__(
        self, req: urllib.request.Request, *arguments: Any, **named: Any
    ) -> urllib.request.Request | None:
        new = self._ask(req, *arguments, **named)
        context = getattr(req, "cookie_context", None)
        if new is not None and context is not None and not hasattr(new, "cookie_context"):
            new.cookie_context = context  # type: ignore[attr-defined]  # the jar reads it there
        return new
