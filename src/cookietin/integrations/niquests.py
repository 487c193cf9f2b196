"""niquests: sessions, for asyncio too, whose jar decides on every hop, and nothing is copied.

    from cookietin import CookieJar
    from cookietin.integrations.niquests import Session
    session = Session(CookieJar())

Cookies come in where niquests hands a response to `session.cookies`: after the response hooks, and for
HTTPDigestAuth before its second request; of a multiplexed response when it is resolved, by `gather` or
by the first look at it. They go out when a request is prepared, and again for each redirect.

Relied on, as in niquests 3.12.0 to 3.21.2, beside the documentation:
- `send` and `resolve_redirects` reach the jar by `self.cookies`, for multiplexed requests by what that
  was when they were sent, and prepare a redirect by `PreparedRequest.copy` and
  `PreparedRequest.prepare_cookies(request._cookies)`.
- `merge_setting`, `merge_hooks` and `get_netrc_auth` make what a session adds to a request.
- `MockRequest` shows a prepared request as urllib's.

Impossible or different:
- Of multiplexed requests that are under way together none sends what another one will bring.
- `allow_incoming_cookies=False` keeps responses from the jar, as in niquests.
- What is different in requests is so here (`cookietin.integrations.requests`).

Rules of this file:
- What niquests does is left to niquests; only preparing is done here, since it copies the jar there.
"""

from __future__ import annotations

import inspect

from cookietin.integrations.versions import needs, require

require("niquests")

import niquests
import niquests.cookies
import niquests.sessions
from niquests.cookies import MockRequest
from niquests.structures import CaseInsensitiveDict

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
    from http.cookiejar import CookiePolicy
    from typing import Any, ClassVar, TypeVar

    from cookietin.request_context import RequestContext

    AnySession = TypeVar("AnySession", bound=niquests.Session)

__all__ = ["AsyncSession", "RequestsCookieJar", "RequestsVerbs", "Session", "attach"]

_theirs: Any = niquests.sessions

needs(
    "niquests",
    get_netrc_auth=(_theirs,),
    merge_setting=(_theirs,),
    merge_hooks=(_theirs,),
    resolve_redirects=(niquests.Session, niquests.AsyncSession),
    prepare_cookies=(niquests.PreparedRequest,),
    copy=(niquests.PreparedRequest,),
    _cookies=(niquests.PreparedRequest(),),
    get_full_url=(MockRequest,),
    get_host=(MockRequest,),
    create_cookie=(niquests.cookies,),
    morsel_to_cookie=(niquests.cookies,),
)

# What newer versions ask for, of the session or of the request.
_PREPARE = inspect.signature(niquests.PreparedRequest.prepare).parameters
_NEWER = [name for name in ("override_scheme", "json_encoder") if name in _PREPARE]


class RequestsVerbs(ClientVerbs):
    """The methods of niquests' jars, for a jar of any class of ours; as requests' `RequestsVerbs`."""

    _cookietin_dialect: ClassVar[Any] = niquests.cookies


class RequestsCookieJar(RequestsVerbs, CookieJar, niquests.cookies.RequestsCookieJar):  # type: ignore[misc]  # other arguments
    """
    A `cookietin.CookieJar` that has all methods of niquests' class of this name, and is one.

    Args:
        policy: Decides which cookies are set and returned; default `DefaultCookiePolicy()`.
        thread_free: As in niquests; the jar has its lock all the same.
    """

    def __init__(self, policy: CookiePolicy | None = None, thread_free: bool = False) -> None:
        super().__init__(policy)


# What `RequestsVerbs` is put before is taken for one, too.
niquests.cookies.RequestsCookieJar.register(RequestsVerbs)


class _Common(JarSession):
    """What both kinds of sessions have in common."""

    def __init__(
        self,
        jar: CookieJar | None = None,
        *,
        context: RequestContext | None = None,
        **settings: Any,
    ) -> None:
        cookies = settings.pop("cookies", None)
        if cookies is not None and (
            jar is not None or isinstance(cookies, niquests.cookies.RequestsCookieJar)
        ):
            raise TypeError(
                "cookies: the cookies of this session are in its jar, the first argument; "
                "for names and values there is CookieJar.from_dict(..., url=...)"
            )
        if jar is None:
            jar = RequestsCookieJar()
            if cookies is not None:
                jar.update(cookies)
        checked_jar(jar, "jar")
        checked_context(context)
        super().__init__(**settings)
        self.cookies = jar
        self.cookie_context = context

    def prepare_request(self: Any, request: niquests.Request) -> niquests.PreparedRequest:
        """Make what is sent of a request and the settings of the session; the jar gives its cookies."""
        headers = _theirs.merge_setting(request.headers, self.headers, CaseInsensitiveDict)
        newer = {name: getattr(self, name, getattr(request, name, None)) for name in _NEWER}
        auth = request.auth
        if self.trust_env and not (auth or self.auth or "Authorization" in (headers or {})):
            at_base = self.base_url and "://" not in (request.url or "")
            auth = _theirs.get_netrc_auth(self.base_url if at_base else request.url)
        context = context_of(self, request.method or "GET")
        prepared = _PreparedRequest()
        prepared.prepare(
            request.method,
            request.url,
            headers,
            request.files,
            request.data,
            _theirs.merge_setting(request.params, self.params),
            _theirs.merge_setting(auth, self.auth),
            _Cookies(self.cookies, context, request.cookies),
            _theirs.merge_hooks(request.hooks, self.hooks),
            request.json,
            base_url=self.base_url,
            **newer,
        )
        return prepared

    def resolve_redirects(
        self: Any,
        resp: niquests.Response,
        req: niquests.PreparedRequest,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """Follow redirects: a generator, for asyncio an asynchronous one; see niquests."""
        cookies = cookies_of(self, req, _Cookies)
        if cookies is not getattr(req, "_cookies", None) or not isinstance(req, _PreparedRequest):
            req = _PreparedRequest.of(req, cookies, resp.raw)
        inside: Any = SessionInside(self, cookies)
        theirs: Any = super(_Common, type(self))
        return theirs.resolve_redirects(inside, resp, req, *arguments, **named)


class Session(_Common, niquests.Session):  # type: ignore[misc]  # another jar than theirs
    """
    A session whose jar decides which cookies are set and returned, on every hop.

    Args:
        jar: Any jar of `cookietin.cookiejar`; None for a new `RequestsCookieJar`.
        context: Who causes its requests; kept as `cookie_context`. A block says otherwise by
            `cookie_context(...)`, a request by `session.get(url, cookie_context=...)`.
        settings: Those of `niquests.Session`. `cookies` go into the new jar, if none is given.

    Attributes:
        cookies: The jar itself. Another one can be assigned.

    Raises:
        TypeError: The jar is none of ours; the context is none; `cookies` was given beside a jar, or is
            a jar of niquests' class.
    """

    def request(
        self,
        method: Any,
        url: str,
        *arguments: Any,
        cookie_context: RequestContext | None = None,
        **named: Any,
    ) -> niquests.Response:
        """
        Make a request and send it; arguments are those of `niquests.Session.request`, and one more.

        Args:
            cookie_context: Who causes the request, if not who the session or a block says.
        """
        with said_of_request(self, cookie_context):
            return super().request(method, url, *arguments, **named)

    def send(self, request: niquests.PreparedRequest, **named: Any) -> niquests.Response:
        """Send a prepared request; see `niquests.Session.send`."""
        inside: Any = SessionInside(self, cookies_of(self, request, _Cookies))
        return super(Session, type(self)).send(inside, request, **named)


class AsyncSession(_Common, niquests.AsyncSession):  # type: ignore[misc]  # another jar than theirs
    """
    The same for asyncio.

    Args:
        jar: Any jar of `cookietin.cookiejar`; None for a new `RequestsCookieJar`.
        context: Who causes its requests; kept as `cookie_context`. A block says otherwise by
            `cookie_context(...)`, a request by `await session.get(url, cookie_context=...)`.
        settings: Those of `niquests.AsyncSession`. `cookies` go into the new jar, if none is given.

    Attributes:
        cookies: The jar itself. Another one can be assigned.

    Raises:
        TypeError: The jar is none of ours; the context is none; `cookies` was given beside a jar, or is
            a jar of niquests' class.
    """

    async def request(  # type: ignore[override]  # theirs is so too
        self,
        method: Any,
        url: str,
        *arguments: Any,
        cookie_context: RequestContext | None = None,
        **named: Any,
    ) -> Any:
        """
        Make a request and send it; see `niquests.AsyncSession.request`, and `Session.request` here.

        Returns:
            A `niquests.Response`, or with `stream=True` a `niquests.AsyncResponse`.
        """
        with said_of_request(self, cookie_context):
            return await super().request(method, url, *arguments, **named)

    async def send(  # type: ignore[override]  # theirs is so too
        self, request: niquests.PreparedRequest, **named: Any
    ) -> Any:
        """Send a prepared request; see `niquests.AsyncSession.send`."""
        inside: Any = SessionInside(self, cookies_of(self, request, _Cookies))
        return await super(AsyncSession, type(self)).send(inside, request, **named)


def attach(
    session: AnySession, jar: CookieJar, *, context: RequestContext | None = None
) -> AnySession:
    """
    Make a jar decide about the cookies of a session that is there.

    Args:
        session: Of niquests' `Session` or `AsyncSession`, or any subclass of them, without cookies of
            its own. Its methods, adapters, hooks and settings stay; it becomes one of ours too.
        jar: Any jar of `cookietin.cookiejar`.
        context: Who causes its requests; kept as `cookie_context`.

    Returns:
        The session.

    Raises:
        TypeError: The session, the jar or the context is none.
        ValueError: The session has cookies of its own.
    """
    if not isinstance(session, niquests.Session):
        raise TypeError(f"session: expected a niquests.Session, got {type(session).__name__}")
    ours = AsyncSession if isinstance(session, niquests.AsyncSession) else Session
    attach_to(session, ours, jar, context)
    return session


class _Cookies(RequestCookies, niquests.cookies.RequestsCookieJar):  # type: ignore[misc]  # it is no mapping
    """The jar, and the cookies of one request."""

    # niquests' name for server-sent events over https.
    secure_schemes = RequestCookies.secure_schemes | {"sse"}


class _PreparedRequest(JarPreparedRequest, niquests.PreparedRequest):  # type: ignore[misc]
    """A prepared request that asks the jar for its Cookie field."""

    _mock = MockRequest
    _theirs = niquests.PreparedRequest
