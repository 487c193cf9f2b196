"""requests: sessions whose jar decides on every hop, and nothing is copied for a request.

    from cookietin import CookieJar
    from cookietin.integrations.requests import Session
    session = Session(CookieJar())

Cookies come in where requests itself hands a response to `session.cookies`: after the response hooks,
and for HTTPDigestAuth before its second request. They go out when a request is prepared, and again
for each redirect and for the second request of HTTPDigestAuth.

Relied on, as in requests 2.28.0 to 2.34.2, beside the documentation:
- `Session.send` and `Session.resolve_redirects` reach the jar by `self.cookies`, and prepare a
  redirect by `PreparedRequest.copy` and `PreparedRequest.prepare_cookies(request._cookies)`.
- `merge_setting`, `merge_hooks` and `get_netrc_auth` make what a session adds to a request.
- `MockRequest` shows a prepared request as urllib's.

Impossible or different:
- `session.cookies` of a `Session()` has the methods of requests' jars, see `requests_verbs`; a jar that
  the program gives stays what it is.
- `response.cookies` is made by the adapter, under the standard library's policy.
- A request that `Request.prepare()` made has no cookies of a session, as in requests; on its redirects
  the jar is asked.

Rules of this file:
- What requests does is left to requests; only preparing is done here, since it copies the jar there.
"""

from __future__ import annotations

from cookietin.integrations.versions import needs, require

require("requests")

import requests
import requests.cookies
from requests.cookies import MockRequest
from requests.structures import CaseInsensitiveDict

from cookietin.cookiejar import CookieJar
from cookietin.integrations.contexts import checked_context, context_of, said_of_request
from cookietin.integrations.requests_shaped import (
    JarPreparedRequest,
    JarSession,
    RequestCookies,
    SessionInside,
    attach_to,
    checked_jar,
    cookies_of,
)
from cookietin.integrations.requests_verbs import ClientVerbs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, ClassVar, TypeVar

    from cookietin.request_context import RequestContext

    AnySession = TypeVar("AnySession", bound=requests.Session)

__all__ = ["RequestsCookieJar", "RequestsVerbs", "Session", "attach"]

# Typed in some versions, and differently.
_theirs: Any = requests.sessions

needs(
    "requests",
    get_netrc_auth=(_theirs,),
    merge_setting=(_theirs,),
    merge_hooks=(_theirs,),
    resolve_redirects=(requests.Session,),
    prepare_cookies=(requests.PreparedRequest,),
    copy=(requests.PreparedRequest,),
    _cookies=(requests.PreparedRequest(),),
    get_full_url=(MockRequest,),
    get_host=(MockRequest,),
    create_cookie=(requests.cookies,),
    morsel_to_cookie=(requests.cookies,),
)


class RequestsVerbs(ClientVerbs):
    """
    The methods of requests' jars, for a jar of any class of ours, before which it stands.

    >>> from cookietin import MozillaCookieJar
    >>> class Jar(RequestsVerbs, MozillaCookieJar):
    ...     "A file of cookies, which can be asked as requests' jars can."
    >>> jar = Jar("cookies.txt")
    >>> jar.set("sid", "1", domain="shop.example").name, jar["sid"]
    ('sid', '1')
    >>> isinstance(jar, requests.cookies.RequestsCookieJar)
    True
    """

    _cookietin_dialect: ClassVar[Any] = requests.cookies


class RequestsCookieJar(RequestsVerbs, CookieJar, requests.cookies.RequestsCookieJar):  # type: ignore[misc]  # other arguments
    """
    A `cookietin.CookieJar` that has all methods of requests' class of this name, and is one.

    Args:
        policy: Decides which cookies are set and returned; default `DefaultCookiePolicy()`.

    >>> jar = RequestsCookieJar()
    >>> jar["sid"] = "1"
    >>> jar["sid"], "sid" in jar, jar.get_dict()
    ('1', True, {'sid': '1'})
    """


# What `RequestsVerbs` is put before is taken for one, too.
requests.cookies.RequestsCookieJar.register(RequestsVerbs)


class Session(JarSession, requests.Session):  # type: ignore[misc]  # another jar than theirs
    """
    A session whose jar decides which cookies are set and returned, on every hop.

    Args:
        jar: Any jar of `cookietin.cookiejar`; None for a new `RequestsCookieJar`.
        context: Who causes its requests; kept as `cookie_context`. A block says otherwise by
            `cookie_context(...)`, a request by `session.get(url, cookie_context=...)`.

    Attributes:
        cookies: The jar itself. Another one can be assigned.

    Raises:
        TypeError: The jar is none of ours; the context is none.

    >>> with Session() as session:
    ...     _ = session.cookies.set("sid", "1", url="https://shop.example/")
    ...     request = requests.Request("GET", "https://shop.example/", cookies={"theme": "dark"})
    ...     session.prepare_request(request).headers["Cookie"]
    'sid=1; theme=dark'
    """

    def __init__(
        self, jar: CookieJar | None = None, *, context: RequestContext | None = None
    ) -> None:
        jar = RequestsCookieJar() if jar is None else checked_jar(jar, "jar")
        checked_context(context)
        super().__init__()
        self.cookies = jar
        self.cookie_context = context

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Make what is sent of a request and the settings of the session; the jar gives its cookies."""
        method, auth = (request.method or "GET").upper(), request.auth
        if not (auth or self.auth) and self.trust_env:
            auth = _theirs.get_netrc_auth(request.url or "")
        context = context_of(self, method)
        prepared = _PreparedRequest()
        prepared.prepare(
            method,
            request.url,
            _theirs.merge_setting(request.headers, self.headers, CaseInsensitiveDict),
            request.files,
            request.data,
            _theirs.merge_setting(request.params, self.params),
            _theirs.merge_setting(auth, self.auth),
            _Cookies(self.cookies, context, request.cookies),
            _theirs.merge_hooks(request.hooks, self.hooks),
            request.json,
        )
        return prepared

    def request(
        self,
        method: str | bytes,
        url: str | bytes,
        *arguments: Any,
        cookie_context: RequestContext | None = None,
        **named: Any,
    ) -> requests.Response:
        """
        Make a request and send it; arguments are those of `requests.Session.request`, and one more.

        Args:
            cookie_context: Who causes the request, if not who the session or a block says.
        """
        make: Callable[..., requests.Response] = super().request
        with said_of_request(self, cookie_context):
            return make(method, url, *arguments, **named)

    def send(self, request: requests.PreparedRequest, **named: Any) -> requests.Response:
        """Send a prepared request; see `requests.Session.send`."""
        inside: Any = SessionInside(self, cookies_of(self, request, _Cookies))
        return super(Session, type(self)).send(inside, request, **named)

    def resolve_redirects(
        self, resp: requests.Response, req: requests.PreparedRequest, *arguments: Any, **named: Any
    ) -> Generator[requests.Response, None, None]:
        """Follow redirects; see requests' documentation of it."""
        cookies = cookies_of(self, req, _Cookies)
        if cookies is not getattr(req, "_cookies", None) or not isinstance(req, _PreparedRequest):
            req = _PreparedRequest.of(req, cookies, resp.raw)
        inside: Any = SessionInside(self, cookies)
        follow: Any = super(Session, type(self)).resolve_redirects
        return follow(inside, resp, req, *arguments, **named)  # type: ignore[no-any-return]


def attach(
    session: AnySession, jar: CookieJar, *, context: RequestContext | None = None
) -> AnySession:
    """
    Make a jar decide about the cookies of a session that is there.

    Args:
        session: Of requests' class or any subclass of it, without cookies of its own. Its methods,
            adapters, hooks and settings stay; it becomes a `Session` too.
        jar: Any jar of `cookietin.cookiejar`.
        context: Who causes its requests; kept as `cookie_context`.

    Returns:
        The session.

    Raises:
        TypeError: The session, the jar or the context is none.
        ValueError: The session has cookies of its own.

    >>> jar = CookieJar()
    >>> session = attach(requests.Session(), jar)
    >>> session.cookies is jar
    True
    """
    if not isinstance(session, requests.Session):
        raise TypeError(f"session: expected a requests.Session, got {type(session).__name__}")
    attach_to(session, Session, jar, context)
    return session


class _Cookies(RequestCookies, requests.cookies.RequestsCookieJar):  # type: ignore[misc]  # it is no mapping
    """The jar, and the cookies of one request."""


class _PreparedRequest(JarPreparedRequest, requests.PreparedRequest):
    """A prepared request that asks the jar for its Cookie field."""

    _mock = MockRequest
    _theirs = requests.PreparedRequest
