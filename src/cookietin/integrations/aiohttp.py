"""aiohttp: a jar for `ClientSession(cookie_jar=...)`, and requests that know their method.

    session = aiohttp.ClientSession(cookie_jar=CookieJar(jar))      the jar decides
    session = attach(aiohttp.ClientSession(), jar)                  and is told the method as well

aiohttp asks its jar on every hop and hands it the Set-Cookie fields as they came, but writes the Cookie
field by `http.cookies`: sorted, and one cookie for each name. So the cookies that a jar is asked for
stand here under keys that keep their place.

Rules of this file:
- What goes out is the text that the jar gives, and what comes in goes to the jar as it came: nothing
  is quoted, unquoted, parsed or sorted on the way.
- Octets above 0x7F are latin-1 characters in the jar and UTF-8 for aiohttp.
- No `repr` shows a value, as those of `http.cookies` do.

What is relied on, as of aiohttp 3.14.0 to 3.14.5, beside `AbstractCookieJar`: a session calls
`filter_cookies` for each hop and loads the cookies of one request into what it returns, and
`ClientRequest` has them written by its `update_cookies`. `attach` sets `_cookie_jar` and
`_request_class`. Before 3.14 aiohttp carries the cookies of one request along to other hosts.

What aiohttp makes impossible:
- `filter_cookies` is told no method. Without `attach` or `request_class=ClientRequest` the method of
  the context counts for SameSite, a cookie without "=" gets one, and a cookie of the jar replaces one
  of its name in a Cookie field that the program wrote.
- It writes fields as UTF-8: a cookie with other octets stays in the jar and is not sent. Nor is one
  with control characters, for which it would refuse the request.
- There is no place for the context of one request; a block has one, `cookie_context(...)`.
- A response that a client middleware keeps for itself, such as the first 401 of digest
  authentication, is not shown to any jar.
- Names of `cookies=` have to be names for `http.cookies`, which raises CookieError.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from http.cookies import BaseCookie
from types import MappingProxyType, SimpleNamespace

from cookietin.integrations.asking import (
    checked_jar,
    cookie_field,
    refuse_to_lose,
    take_fields,
)
from cookietin.integrations.contexts import checked_context, context_for
from cookietin.integrations.morsels import (
    CONTROLS,
    Cookies,
    Name,
    is_text,
    morsel,
    morsel_of,
    octets_of,
    set_cookie_field,
    shown_names,
    text_of,
)
from cookietin.integrations.versions import needs, require

require("aiohttp")

import aiohttp
from aiohttp.abc import AbstractCookieJar
from aiohttp.hdrs import COOKIE
from yarl import URL

import cookietin.cookiejar
from cookietin.context import SCHEMES
from cookietin.cookie import has_ended, is_host_only
from cookietin.cookie_header import checked_extra
from cookietin.errors import shown
from cookietin.jar import fields_of
from cookietin.query import remove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from http.cookies import Morsel, SimpleCookie
    from typing import Any, TypeVar

    from _typeshed import SupportsItems
    from aiohttp.typedefs import LooseCookies

    from cookietin.request_context import RequestContext

    Session = TypeVar("Session", bound=aiohttp.ClientSession)

__all__ = ["ClientRequest", "CookieJar", "attach"]

needs(
    "aiohttp",
    filter_cookies=(AbstractCookieJar,),
    update_cookies_from_headers=(AbstractCookieJar,),
    update_cookies=(AbstractCookieJar, aiohttp.ClientRequest),
)

# For these aiohttp refuses the request.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

_NOWHERE = URL()


class CookieJar(AbstractCookieJar):
    """
    A jar of cookietin where aiohttp wants one of its own: `ClientSession(cookie_jar=CookieJar(jar))`.

    Args:
        jar: Any jar of `cookietin.cookiejar`, also one that other sessions have; default a new
            `CookieJar()`.
        context: Who causes the requests of the session.

    Attributes:
        jar: The jar, with all that it can do.
        cookie_context: The context.

    It can be made before an event loop runs. aiohttp's own interface works on the jar. Its Morsels are
    copies, with values as aiohttp has them: decoded as UTF-8, in `value` without quotes, in
    `coded_value` as they came.

    Raises:
        TypeError: The jar or the context is none.
    """

    def __init__(
        self,
        jar: cookietin.cookiejar.CookieJar | None = None,
        *,
        context: RequestContext | None = None,
    ) -> None:
        # Without that of the base class, which looks for a running loop and needs it for nothing.
        self.jar: cookietin.cookiejar.CookieJar = (
            cookietin.cookiejar.CookieJar() if jar is None else checked_jar(jar)
        )
        self.cookie_context: RequestContext | None = checked_context(context)

    # What the session asks

    def filter_cookies(self, request_url: URL | str) -> BaseCookie[str]:
        """
        The cookies that go with a request, in sending order.

        Args:
            request_url: Its URL. There are none for other schemes than http, https, ws and wss.

        Returns:
            A mapping from names to Morsels. Of several cookies of one name `[name]` is the first; the
            views have all of them.
        """
        return _RequestCookies(self, _asked(request_url))

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        """Take the Set-Cookie fields of one response, as aiohttp decoded them."""
        url = _asked(response_url)
        if url is not None:
            self._take(url, [octets_of(field) for field in fields_of(headers)])

    def _take(self, url: str, fields: list[str]) -> None:
        context = context_for(None, self.cookie_context)
        take_fields(self.jar, url, _method_of(context), context, fields)

    # What programs ask

    def update_cookies(self, cookies: LooseCookies, response_url: URL = _NOWHERE) -> None:
        """
        Take cookies as if a response had set them; the policy decides.

        Args:
            cookies: Names and values, or Morsels with attributes.
            response_url: The URL that set them. A cookie belongs to a host here: those of
                `ClientSession(cookies=...)`, which aiohttp sends to all hosts, are refused.

        Raises:
            ValueError: No URL was given; a cookie would end the field.
            TypeError: A value is neither text nor Morsel.
        """
        items: Any = cookies.items() if isinstance(cookies, Mapping) else cookies
        fields = [set_cookie_field(name, cookie) for name, cookie in items]
        if not fields:
            return
        url = _asked(response_url)
        if url is None:
            raise ValueError(
                "update_cookies: a cookie belongs to a host; give the URL that sets it: "
                "session.cookie_jar.update_cookies({...}, URL('https://shop.example/'))"
            )
        self._take(url, fields)

    def clear(self, predicate: Callable[[Morsel[str]], bool] | None = None) -> None:
        """Remove all cookies, or those of which the predicate, given a Morsel, says yes."""
        if predicate is None:
            self.jar.clear()
            return
        jar: Any = self.jar  # what type checkers see of it is its public face
        gone = [cookie for cookie in jar if predicate(morsel_of(cookie))]
        jar._cookies_lock.acquire()
        try:
            remove(jar, gone)
        finally:
            jar._cookies_lock.release()

    def clear_domain(self, domain: str) -> None:
        """Remove the cookies of a domain and its subdomains."""
        self.jar.delete(domain=domain)

    def __iter__(self) -> Iterator[Morsel[str]]:
        jar: Any = self.jar
        now = time.time()
        return (morsel_of(cookie) for cookie in jar if not has_ended(cookie, now))

    def __len__(self) -> int:
        return len(self.jar)

    @property
    def cookies(self) -> MappingProxyType[tuple[str, str], SimpleCookie]:
        """The cookies by domain and path: a copy, in time of the size of the jar."""
        filed: dict[tuple[str, str], SimpleCookie] = {}
        for each in self:
            names = filed.setdefault((each["domain"], each["path"]), Cookies())
            dict.__setitem__(names, each.key, each)
        return MappingProxyType(filed)

    @property
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        """Domain, path and name of the host-only cookies: a copy."""
        return frozenset(
            (each.domain, each.path, each.name) for each in self.jar if is_host_only(each)
        )

    @property
    def unsafe(self) -> bool:
        """True: hosts that are IP addresses have cookies, if the policy agrees."""
        return True

    @property
    def quote_cookie(self) -> bool:
        """False: values go as they are, those of `cookies=` too."""
        return False


class ClientRequest(aiohttp.ClientRequest):
    """
    A request that asks the jar with its own method: `ClientSession(request_class=ClientRequest)`.

    To be used with `cookie_jar=CookieJar(jar)`; with other jars it is aiohttp's.
    """

    def update_cookies(self, cookies: LooseCookies | None) -> None:
        """Write the Cookie field."""
        if not isinstance(cookies, _RequestCookies):
            super().update_cookies(cookies)
            return
        header = cookies.header(self.method, self.headers.popall(COOKIE, []))
        if header:
            self.headers[COOKIE] = header


def attach(
    session: Session, jar: cookietin.cookiejar.CookieJar, *, context: RequestContext | None = None
) -> Session:
    """
    Let a jar decide on the cookies of a session, with the method of each request.

    Args:
        session: Any ClientSession without cookies of its own; its `request_class` is kept, with the
            Cookie field written by this module's.
        jar: Any jar of `cookietin.cookiejar`.
        context: Who causes its requests.

    Returns:
        The session; its `cookie_jar` is a `CookieJar` of this module.

    Raises:
        TypeError: The session, the jar or the context is none.
        ValueError: The session has cookies of its own.
        ImportError: The session has not what this relies on.
    """
    if not isinstance(session, aiohttp.ClientSession):
        raise TypeError(f"session: expected a ClientSession, got {type(session).__name__}")
    needs("aiohttp", _cookie_jar=(session,), _request_class=(session,))
    checked_jar(jar)
    if not isinstance(session.cookie_jar, CookieJar):
        refuse_to_lose("session", len(session.cookie_jar), "session.cookie_jar.clear()")
    session._cookie_jar = CookieJar(jar, context=context)
    base = session._request_class
    if not issubclass(base, ClientRequest):
        plain = base is aiohttp.ClientRequest
        session._request_class = (
            ClientRequest if plain else type(base.__name__, (ClientRequest, base), {})
        )
    return session


class _RequestCookies(BaseCookie[str]):
    """
    The cookies for one request.

    Args:
        owner: Whom to ask for them.
        url: Of the request; None if no cookie can go there.
    """

    def __init__(self, owner: CookieJar, url: str | None) -> None:
        super().__init__()
        self._owner = owner
        self._url = url
        self._extra: dict[str, str] = {}
        self._fill(context_for(None, owner.cookie_context))

    def _fill(self, context: RequestContext | None) -> None:
        """Ask the jar."""
        self.clear()
        self._context = context
        self._pieces = self._pieces_for(context)
        for place, piece in enumerate(self._pieces):
            if not CONTROLS.search(piece):
                name, _, value = piece.partition("=")
                key = Name(name, place, again=name in self)
                dict.__setitem__(self, key, morsel(name, value))

    def _pieces_for(self, context: RequestContext | None) -> list[str]:
        if self._url is None:
            pieces = [f"{name}={value}" for name, value in self._extra.items()]
        else:
            jar, method = self._owner.jar, _method_of(context)
            field = cookie_field(jar, self._url, method, context, self._extra)
            pieces = field.split("; ") if field else []
        texts = [text_of(piece) for piece in pieces if not _UNSENDABLE.search(piece)]
        return [text for text in texts if text is not None]

    def load(self, rawdata: str | SupportsItems[str, str | Morsel[Any]]) -> None:
        """Add the cookies of one request, which come as what another jar's `filter_cookies` gave."""
        if not isinstance(rawdata, BaseCookie):
            super().load(rawdata)
            return
        given = {str(each.key): each.coded_value for each in rawdata.values()}
        checked_extra(given, "cookies")
        for name, value in given.items():
            if _UNSENDABLE.search(value) or not is_text(name + value):
                raise ValueError(
                    f"cookies: the value of cookie {shown(name)} has characters that aiohttp "
                    "cannot send; encode it first"
                )
        self._extra.update((octets_of(name), octets_of(value)) for name, value in given.items())
        self._fill(self._context)

    def header(self, method: str, own: list[str]) -> str:
        """
        The text of the Cookie field, now that the method is known.

        Args:
            own: Cookie fields that the program wrote; theirs win by name and come last.
        """
        context = context_for(method, self._owner.cookie_context)
        pieces = self._pieces if context == self._context else self._pieces_for(context)
        own = list(filter(None, own))
        if own:
            names = {piece.partition("=")[0].strip() for field in own for piece in field.split(";")}
            pieces = [piece for piece in pieces if piece.partition("=")[0] not in names]
        return "; ".join([*pieces, *own])

    def __repr__(self) -> str:
        return shown_names(self)


def _method_of(context: RequestContext | None) -> str:
    """The method of a request of which aiohttp tells none."""
    return "GET" if context is None else context.method


def _asked(url: URL | str) -> str | None:
    """A URL as the jar has it; None for one that no cookie can go to, such as that of a Unix socket."""
    if not isinstance(url, URL):
        url = URL(url)
    return str(url) if url.scheme in SCHEMES and url.raw_host else None


def _writes_as_given() -> bool:
    """Tell whether aiohttp writes cookies as they are, which its own rules would change in all ways."""
    cookies: BaseCookie[str] = BaseCookie()
    for place, (name, value) in enumerate(
        [("b", '"x y"'), ("path", ""), ("a[]", "1=="), ("b", "2")]
    ):
        dict.__setitem__(cookies, Name(name, place, again=place == 3), morsel(name, value))
    stand_in = SimpleNamespace(headers={})
    try:
        aiohttp.ClientRequest.update_cookies(stand_in, cookies)  # type: ignore[arg-type]  # as far as it looks
    except Exception:  # noqa: BLE001 - whatever another version raises
        return False
    return bool(stand_in.headers.get(COOKIE) == 'b="x y"; path=; a[]=1==; b=2')


if not _writes_as_given():
    raise ImportError(
        "cookietin.integrations.aiohttp does not know this version of aiohttp: ClientRequest changes "
        "the cookies that it is given; see docs/reference/clients.md for the versions that are tested",
        name="aiohttp",
    )
