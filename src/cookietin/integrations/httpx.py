"""httpx: clients whose cookies are those of a jar, sync and async, over HTTP/1.1 and HTTP/2.

    client = Client(CookieJar())              AsyncClient is the same
    client = attach(existing_client, jar)     of any subclass of httpx's two

The jar decides what is set and what is returned, for each request of a redirect and of an
authentication too, and no cookie is copied for a request. All else is httpx's own: hooks, auth,
transports, mounts, `send`, `stream`, `build_request`, and `response.cookies`.

Rules of this file:
- All that matters is in `httpx_family` and `httpx_cookies`, which httpx2 needs too; there is also said
  what they rely on (looked at: httpx 0.26.0 and 0.28.1).

What the API of httpx makes impossible:
- `client.get(..., cookies=...)` warns that per-request cookies are deprecated, as httpx always does;
  `build_request` and `stream` do not.
- A `httpx.Request` that a program makes by itself gets no cookies before the first redirect.
- `response.cookies` has what the response set by the standard library's rules, whatever the jar says.
"""

from __future__ import annotations

from cookietin.integrations.versions import needs, require

require("httpx")

import httpx

from cookietin.integrations.httpx_cookies import JarCookies
from cookietin.integrations.httpx_family import JarClient, attached

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    from typing import TypeVar

    from cookietin.cookiejar import CookieJar
    from cookietin.request_context import RequestContext

    CookieTypes = httpx.Cookies | http.cookiejar.CookieJar | dict[str, str] | list[tuple[str, str]]

    AnyClient = TypeVar("AnyClient", bound=httpx.Client | httpx.AsyncClient)

__all__ = ["AsyncClient", "Client", "Cookies", "attach"]

needs("httpx", Client=(httpx,), AsyncClient=(httpx,), Cookies=(httpx,))
needs(
    "httpx",
    _merge_cookies=(httpx.Client, httpx.AsyncClient),
    _build_redirect_request=(httpx.Client, httpx.AsyncClient),
    _send_handling_redirects=(httpx.Client, httpx.AsyncClient),
    extract_cookies=(httpx.Cookies,),
)


class Cookies(JarCookies, httpx.Cookies):  # type: ignore[misc]  # its jar is one of ours
    __doc__ = JarCookies.__doc__

    _plain = httpx.Cookies


class Client(JarClient, httpx.Client):
    __doc__ = JarClient.__doc__

    _cookies_class = Cookies

    if TYPE_CHECKING:

        @property
        def cookies(self) -> Cookies: ...
        @cookies.setter
        def cookies(self, cookies: CookieTypes | None) -> None: ...


class AsyncClient(JarClient, httpx.AsyncClient):
    __doc__ = JarClient.__doc__

    _cookies_class = Cookies

    if TYPE_CHECKING:

        @property
        def cookies(self) -> Cookies: ...
        @cookies.setter
        def cookies(self, cookies: CookieTypes | None) -> None: ...


def attach(
    client: AnyClient, jar: CookieJar, *, context: RequestContext | None = None
) -> AnyClient:
    """
    Let a jar decide on the cookies of an existing client.

    Args:
        client: A `Client` or `AsyncClient` of httpx, or of a subclass, whose own methods stay in
            force. It may have a jar by now, from which nothing is taken.
        jar: Any jar of `cookietin`.
        context: Who causes its requests; later the attribute `cookie_context`.

    Returns:
        The same client.

    Raises:
        TypeError: The client, jar or context is none.
        ValueError: The client has cookies of its own.
    """
    return attached(client, jar, context, {httpx.Client: Client, httpx.AsyncClient: AsyncClient})
