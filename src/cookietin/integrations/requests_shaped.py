"""Sessions shaped as those of requests: what the modules for requests and niquests have in common.

The client's own code sends and follows redirects. It does so on a `SessionInside`, which is the session
in all but one thing: its `cookies` are the `RequestCookies` of the request. So whatever that code does
to the cookies of its session, on each hop, comes here, and nobody else sees another jar than ours.

Rules of this file:
- Imports no client.
- Each response is given to the jar once, however often the client offers it.
- The cookies of one request stay with its host, and never go from https to http.
"""

from __future__ import annotations

import http.cookiejar
import weakref
from collections.abc import Mapping
from urllib.parse import urlsplit

from cookietin.context import SCHEMES, UrlRequest
from cookietin.cookie_header import checked_extra, unbroken
from cookietin.cookiejar import CookieJar
from cookietin.integrations.asking import cookie_field, refuse_to_lose
from cookietin.integrations.attached_class import attached_class
from cookietin.integrations.contexts import checked_context, context_for, context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol, Self

    from cookietin.request_context import RequestContext

    class MockRequest(Protocol):
        """A prepared request in the shape of urllib's; both clients have such a class."""

        @property
        def type(self) -> str | None: ...
        def get_full_url(self) -> str: ...
        def get_host(self) -> str: ...

    class MockResponse(Protocol):
        """A response in the shape of urllib's."""

        def info(self) -> Any: ...


class RequestCookies:
    """
    The jar, and the cookies of one request, in the place where the client keeps a copy of its jar.

    Completed by the client's own class of jars, as which it is empty. All hops of a chain of redirects
    have it in common.

    Args:
        jar: Decides.
        context: Who causes the request.
        cookies: Those that the caller gives to this request: names and values, or a jar.

    Raises:
        TypeError: The cookies are neither.
        ValueError: One of them would end the cookie or the header.
    """

    secure_schemes: frozenset[str] = frozenset(("https", "wss"))

    def __init__(
        self, jar: CookieJar, context: RequestContext | None, cookies: object = None
    ) -> None:
        super().__init__()
        self.jar = jar
        self._context = context
        self._given = cookies if isinstance(cookies, http.cookiejar.CookieJar) else None
        self._extra = _checked_cookies(cookies) if self._given is None and cookies else {}
        self._home: tuple[str | None, bool] | None = None
        self._taken: dict[int, Callable[[], object]] = {}

    def of_jar(self, jar: CookieJar) -> Self:
        """The same cookies of the caller, with another jar."""
        twin = type(self)(jar, self._context)
        twin._given, twin._extra, twin._home = self._given, self._extra, self._home
        return twin

    # What the prepared request asks

    def settle(self, request: MockRequest) -> None:
        """Let the cookies of the caller belong to the host of this request."""
        self._look_at(request, self._context)

    def header_for(self, request: MockRequest, method: str | None) -> str | None:
        """The value of the Cookie field for a hop; None if there is nothing to send."""
        # By a name of its own: threads may send one prepared request, and be at different hops.
        context = self._context = context_for(method or "GET", None, self._context)
        at_home, asked = self._look_at(request, context)
        extra = self._extra if at_home else {}
        if asked is None:
            return "; ".join(f"{name}={value}" for name, value in extra.items()) or None
        header = cookie_field(self.jar, asked.url, method or "GET", context, extra)
        if self._given is None:
            return header
        given = _pieces(self._given, asked, at_home=at_home)
        names = {_name(piece) for piece in given}
        stored = [
            piece for piece in (header or "").split("; ") if piece and _name(piece) not in names
        ]
        return "; ".join(stored + given) or None

    def _look_at(
        self, request: MockRequest, context: RequestContext | None
    ) -> tuple[bool, UrlRequest | None]:
        """Whether a hop goes to where the caller's cookies belong, and how the jar sees it."""
        # A Host field that the program gave stands for the host, as in the client. It travels along
        # on redirects, but another host must not get cookies by it.
        url, authority = request.get_full_url(), request.get_host()
        scheme, host = request.type or "", urlsplit("//" + authority).hostname
        secure = scheme in self.secure_schemes
        if self._home is None:
            self._home = host, secure
        at_home = host == self._home[0]
        if not at_home:
            url = urlsplit(url)._replace(netloc=authority).geturl()
        if scheme not in SCHEMES:
            # An adapter's own, such as http+unix. To the client's jar too it is a host, not secure.
            url = ("https" if secure else "http") + url[len(scheme) :]
        try:
            asked = UrlRequest(url, context)
        except ValueError:  # a file, or what a server has put into Location
            asked = None
        return at_home and (secure or not self._home[1]), asked

    # What the client does to a jar

    def extract_cookies(self, response: MockResponse, request: MockRequest) -> None:
        """Give the cookies of a response to the jar, unless it has had them."""
        _, asked = self._look_at(request, self._context)
        if self._take(response.info()) and asked is not None:
            self.jar.extract_cookies(response, asked)  # type: ignore[arg-type]  # shaped as urllib's

    def pass_over(self, raw_response: object) -> None:
        """Take a response as one that the jar has had."""
        header = getattr(getattr(raw_response, "_original_response", None), "msg", None)
        if header is not None:
            self._take(header)

    def _take(self, header: Any) -> bool:
        """Note the header of a response; whether it is a new one."""
        # By identity, and not for longer than the response lives: programs send one prepared request
        # over and over, and headers of urllib3 cannot be hashed.
        key, taken = id(header), self._taken
        known = taken.get(key)
        if known is not None and known() is header:
            return False
        try:
            taken[key] = weakref.ref(header, lambda reference: _forget(taken, key, reference))
        except TypeError:  # a dict, say, of a library that mocks responses
            taken[key] = lambda: header
        return True

    def update(self, *arguments: object, **named: object) -> None:
        """Nothing: the client would pour in what it takes for the cookies of the session."""

    def copy(self) -> Self:
        """Itself, for the next hop."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        # For a second try of the request: with the same jar, and caused by the same page.
        return self.of_jar(self.jar)

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        # As the client's empty jar: neither the jar nor a value comes along with a response.
        return next(each for each in type(self).__mro__[1:] if each is not RequestCookies), ()


class JarPreparedRequest:
    """A prepared request that asks the jar; completed by the client's own class."""

    _mock: Callable[[Any], MockRequest]
    _theirs: type
    # The Cookie field that we wrote: another one is the program's.
    _cookietin_wrote: str | None = None

    @classmethod
    def of(cls, request: Any, cookies: RequestCookies, raw_response: object) -> Any:
        """A copy of a prepared request whose response is there, for its redirect."""
        twin = request.copy()
        twin.__class__ = cls
        twin._cookies = cookies
        cookies.settle(cls._mock(request))
        cookies.pass_over(raw_response)
        return twin

    def prepare_cookies(self: Any, cookies: object) -> None:
        """Ask the jar for the Cookie field, unless the program has given one."""
        if not isinstance(cookies, RequestCookies):
            super().prepare_cookies(cookies)  # type: ignore[misc]  # the client's
            return
        vars(self)["_cookies"] = cookies
        present = self.headers.get("Cookie")
        if present is not None and present != self._cookietin_wrote:
            cookies.settle(self._mock(self))
            return
        field = cookies.header_for(self._mock(self), self.method)
        if field is not None:
            self.headers["Cookie"] = field
        elif present is not None:
            del self.headers["Cookie"]
        self._cookietin_wrote = field

    def copy(self: Any) -> Any:
        """A copy for the next hop, or for a second try."""
        twin = super().copy()  # type: ignore[misc]  # the client's
        twin.__class__ = type(self)
        twin._cookietin_wrote = self._cookietin_wrote
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name != "_cookietin_wrote"}
        return self._theirs, (), state


class SessionInside:
    """A session as the client's own code sees it while it sends a request."""

    __slots__ = ("_session", "cookies")

    def __init__(self, session: object, cookies: RequestCookies) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "cookies", cookies)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._session, name, value)

    @property  # type: ignore[misc]  # so that isinstance and super() take it for the session
    def __class__(self) -> Any:
        return type(self._session)


class JarSession:
    """
    What the sessions have beside the client's own methods.

    Attributes:
        cookie_context: Who causes the requests of this session; None for nobody.
    """

    cookie_context: RequestContext | None = None

    @property
    def cookies(self) -> CookieJar:
        """The jar, which shows what servers set; another one can be assigned."""
        try:
            return vars(self)["cookies"]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError("the session has no jar yet: __init__ did not run") from None

    @cookies.setter
    def cookies(self, jar: CookieJar) -> None:
        # The constructor of the client comes first, with an empty jar of its own.
        vars(self)["cookies"] = checked_jar(jar, "cookies") if "cookies" in vars(self) else jar

    def __getstate__(self) -> Any:
        state = super().__getstate__()
        if isinstance(state, dict):
            state["cookie_context"] = self.cookie_context
        return state

    def __reduce_ex__(self, protocol: Any) -> Any:
        made = super().__reduce_ex__(protocol)
        kind = type(self)
        ours, theirs = vars(kind).get("_cookietin_made_of", (None, None))
        if ours is None or isinstance(made, str):
            return made
        # By the class of the program: that of the session was made here, and cannot be found by name.
        make, arguments, *rest = made
        arguments = tuple(theirs if each is kind else each for each in arguments)
        return _restored, (ours, make, arguments, self.cookies, self.cookie_context), *rest


def attach_to(
    session: Any, ours: type[Any], jar: CookieJar, context: RequestContext | None
) -> None:
    """Make a session of any class one that is also of ours, with this jar."""
    checked_jar(jar, "jar")
    checked_context(context)
    if not isinstance(session, JarSession):
        own = getattr(session, "cookies", ())  # not there yet where a pickle is read
        if own is not jar:
            refuse_to_lose("session", len(own), "session.cookies.clear()")
        session.__class__ = attached_class(ours, type(session))
    session.cookies = jar
    session.cookie_context = context


def checked_jar(jar: object, argument: str) -> CookieJar:
    """
    What a program gives as the jar of a session.

    Raises:
        TypeError: It is none of ours.
    """
    if isinstance(jar, CookieJar):
        return jar
    raise TypeError(
        f"{argument}: expected a CookieJar of cookietin, got {type(jar).__name__}, which belongs to no "
        "host or has a policy of its own; assign a new jar to begin with an empty one, use "
        "session.cookies.set(name, value, url=...) for names and values, or "
        "session.cookies.replace(...) for the cookies of another jar"
    )


def cookies_of(session: Any, request: Any, kind: Callable[..., RequestCookies]) -> RequestCookies:
    """The cookies of a request that is to be sent by this session, whoever has prepared it."""
    own = getattr(request, "_cookies", None)
    if not isinstance(own, RequestCookies):
        context = context_of(session, request.method or "GET")
        return kind(session.cookies, context, own)
    return own if own.jar is session.cookies else own.of_jar(session.cookies)


def _checked_cookies(cookies: object) -> dict[str, str]:
    if not isinstance(cookies, Mapping):
        raise TypeError(f"cookies: expected a dict or a CookieJar, got {type(cookies).__name__}")
    return checked_extra(cookies, "cookies")


def _pieces(jar: http.cookiejar.CookieJar, asked: UrlRequest, *, at_home: bool) -> list[str]:
    """The pieces of the Cookie field from a jar that was given for one request."""
    jar.add_cookie_header(asked)  # type: ignore[arg-type]  # it is shaped as urllib's
    pieces = unbroken((asked.get_header("Cookie") or "").split("; "))
    if not at_home:
        # Those of no domain, which would go to any host.
        unbound = {cookie.name for cookie in jar if not cookie.domain}
        pieces = [piece for piece in pieces if _name(piece) not in unbound]
    return [piece for piece in pieces if piece]


def _forget(taken: dict[int, Callable[[], object]], key: int, reference: object) -> None:
    if taken.get(key) is reference:  # another header may have its place by now
        del taken[key]


def _name(piece: str) -> str:
    return piece.partition("=")[0]


def _restored(
    ours: type[Any],
    make: Callable[..., Any],
    arguments: Iterable[Any],
    jar: CookieJar,
    context: RequestContext | None,
) -> Any:
    """An attached session from a pickle, before its state."""
    session = make(*arguments)
    attach_to(session, ours, jar, context)
    return session
