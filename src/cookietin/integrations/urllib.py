"""urllib: an opener with a jar, whose requests and redirects carry the context.

urllib.request needs no integration: `HTTPCookieProcessor(jar)` asks the jar on every hop. It makes a
new request for each redirect, though, without the attribute `cookie_context`.

Rules of this file:
- The opener is the standard library's, and so are all handlers but the two that are here.
"""

from __future__ import annotations

import urllib.request

from cookietin.integrations.contexts import checked_context, context_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPMessage, HTTPResponse
    from http.cookiejar import CookieJar
    from typing import IO, TypeVar

    from cookietin.request_context import RequestContext

    Handler = urllib.request.BaseHandler | type[urllib.request.BaseHandler]
    Response = TypeVar("Response", bound=HTTPResponse)


def build_opener(
    jar: CookieJar, *handlers: Handler, context: RequestContext | None = None
) -> urllib.request.OpenerDirector:
    """
    An opener whose requests get their cookies from a jar and give it those of the responses.

    Args:
        jar: Any jar of `cookietin.cookiejar`.
        handlers: More handlers, as for `urllib.request.build_opener`.
        context: Who causes its requests; a request may say otherwise by its attribute
            `cookie_context`, and a block by `cookie_context(...)`.

    Returns:
        What `urllib.request.build_opener` returns. It learns nothing about other openers.

    Raises:
        TypeError: The jar has no `add_cookie_header`; the context is none.

    >>> from cookietin import CookieJar
    >>> opener = build_opener(CookieJar())
    """
    if not hasattr(jar, "add_cookie_header"):
        raise TypeError(f"jar: expected a CookieJar, got {type(jar).__name__}")
    processor = _CookieProcessor(jar)
    processor.context = checked_context(context)
    return urllib.request.build_opener(processor, _RedirectHandler, *handlers)


class _CookieProcessor(urllib.request.HTTPCookieProcessor):
    """Tells the jar who causes each request."""

    context: RequestContext | None

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        given = checked_context(getattr(request, "cookie_context", None))
        used = context_for(request.get_method(), self.context, given)
        if used is not None:
            # What the request itself said is kept for the redirects, with another method perhaps.
            request.cookie_context = used  # type: ignore[attr-defined]  # the jar reads it there
        return super().http_request(request)

    https_request = http_request  # urllib finds handlers by these names


class _RedirectHandler(urllib.request.HTTPRedirectHandler):
    """Carries the context along."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        context = getattr(req, "cookie_context", None)
        if new is not None and context is not None:
            new.cookie_context = context  # type: ignore[attr-defined]  # the jar reads it there
        return new
