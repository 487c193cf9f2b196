"""`client.cookies` of httpx and httpx2, over a jar: a mapping for users, and how the client asks.

Rules of this file:
- Imports no client: `httpx` and `httpx2` put `JarCookies` before their client's Cookies.
- In the jar, octets are latin-1 characters, and they go back as they came. Users of httpx read what a
  server sent as UTF-8 where it is, so the mapping and `cookies=` translate. (httpx itself sends no
  cookie that is not ASCII: it raises UnicodeEncodeError.)
- No value is in what is raised or printed.
"""

from __future__ import annotations

import http.cookiejar
from collections.abc import Mapping, MutableMapping

from cookietin.context import SCHEMES
from cookietin.cookie_header import checked_extra
from cookietin.cookiejar import CookieJar
from cookietin.errors import shown
from cookietin.integrations.asking import checked_jar, cookie_field, take_fields
from cookietin.integrations.contexts import checked_context, context_for
from cookietin.jar_rules import rules_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cookietin.request_context import RequestContext

    class _Cookies(MutableMapping[str, str]):
        """What the Cookies of both clients have."""

        def set(self, name: str, value: str, domain: str = "", path: str = "/") -> None: ...
        def get(  # type: ignore[override]  # as the clients have it
            self,
            name: str,
            default: str | None = None,
            domain: str | None = None,
            path: str | None = None,
        ) -> str | None: ...
else:
    _Cookies = object

# The attribute of requests that were built here; httpx lets requests have more.
ASKED = "_cookietin_asked"


class Asked:
    """
    What a request that was built here has got from its jar.

    Attributes:
        given: Cookies for it alone.
        field: The Cookie field, None for none.
    """

    __slots__ = ("field", "given")

    def __init__(self, given: Given, field: bytes | None) -> None:
        self.given: Given = given
        self.field: bytes | None = field

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        # As None: a pickled request or response is read where this package may be missing.
        return type(None), ()


class Given:
    """
    Cookies of a program for one request, and for its redirects as far as they may go along.

    Args:
        cookies: Names and values that were checked, or a jar.
        at_home: The request goes to the host that they were given for; names and values, and cookies
            of no domain, go to no other one.
    """

    __slots__ = ("at_home", "cookies")

    def __init__(
        self, cookies: dict[str, str] | http.cookiejar.CookieJar, *, at_home: bool = True
    ) -> None:
        self.cookies: dict[str, str] | http.cookiejar.CookieJar = cookies
        self.at_home: bool = at_home

    def on_redirect(self, before: Any, after: Any) -> Given:
        """What of them goes along from one URL to another."""
        return Given(self.cookies, at_home=self.at_home and is_as_safe(before, after))

    def extra_for(self, url: str) -> dict[str, str]:
        """Their names and values for this URL."""
        if isinstance(self.cookies, dict):
            return self.cookies if self.at_home else {}
        pairs = self._pairs_of_jar(self.cookies, url)
        if not self.at_home:
            unbound = {cookie.name for cookie in self.cookies if not cookie.domain}
            pairs = {name: value for name, value in pairs.items() if name not in unbound}
        return pairs

    @staticmethod
    def _pairs_of_jar(jar: http.cookiejar.CookieJar, url: str) -> dict[str, str]:
        if isinstance(jar, CookieJar):
            return jar.to_dict(url=url)
        # A few, and for one request: the standard library's own jar cannot be asked for names.
        copy = CookieJar()
        for cookie in jar:
            copy.set_cookie(cookie)
        return {name: latin_1_of(value) for name, value in copy.to_dict(url=url).items()}


NOTHING = Given({})


class JarCookies(_Cookies):
    """
    The cookies of a client: its jar, as a mapping such as the client's users know.

    What is set here is stored without asking the policy. A name without domain is one for all hosts,
    as the client has it, and only the default policy sends such cookies.

    Attributes:
        jar: The jar itself.
        context: Who causes the requests of the client.
    """

    jar: CookieJar
    context: RequestContext | None

    # The client's own class, of which this is a subclass.
    _plain: ClassVar[type[Any]]

    def __init__(self, jar: CookieJar, context: RequestContext | None = None) -> None:
        self.jar = checked_jar(jar)
        self.context = checked_context(context)

    # As a mapping

    def set(self, name: str, value: str, domain: str = "", path: str = "/") -> None:
        """
        Store a cookie.

        Args:
            name: Its name.
            value: Its value; a text that is not ASCII goes as UTF-8.
            domain: To whom it goes; with a leading dot to subdomains as well.
            path: Its path.

        Raises:
            TypeError: Name or value is no text.
            ValueError: One of them would end the cookie or the header; there is no domain, and the
                jar has browser rules.
        """
        (value,) = checked_pairs({name: value}).values()
        self._need_domain(domain)
        super().set(name, value, domain, path)

    def get(  # type: ignore[override]  # as the clients have it
        self,
        name: str,
        default: str | None = None,
        domain: str | None = None,
        path: str | None = None,
    ) -> str | None:
        """The value of a cookie; of several, `CookieConflict`, as the client has it."""
        value = super().get(name, None, domain, path)
        return default if value is None else text_of(value)

    def update(self, cookies: Any = None) -> None:  # type: ignore[override]  # as the clients have it
        """Store more: names and values, or the cookies of another jar, which are copied."""
        for cookie in self._cookies_of(cookies):
            self.jar.set_cookie(cookie)

    def __bool__(self) -> bool:
        return len(self.jar) > 0

    def __repr__(self) -> str:
        each = ", ".join(f"<Cookie {cookie.name} for {cookie.domain} />" for cookie in self.jar)
        return f"<Cookies[{each}]>"

    def _put_in_place(self, cookies: Any) -> None:
        """Make these the cookies of the jar, and no others."""
        self.jar.replace(self._cookies_of(cookies))

    def _cookies_of(self, given: Any) -> list[http.cookiejar.Cookie]:
        """The cookies in what the client takes as cookies."""
        if given is None or isinstance(given, dict | list):
            # The client's own class makes cookies of them.
            made = self._plain()
            for name, value in checked_pairs(dict(given or {})).items():
                made.set(name, value)
            given = made
        cookies = list(self._jar_in(given))
        for cookie in cookies:
            self._need_domain(cookie.domain)
        return cookies

    def _need_domain(self, domain: str) -> None:
        # Browser rules know no cookie that all hosts get, so that it would lie there for nothing.
        if not domain and rules_of(self._policy) is not None:
            raise ValueError(
                "cookies: the policy of this jar sends no cookie without a domain; name it: "
                "client.cookies.set(name, value, domain='shop.example')"
            )

    @property
    def _policy(self) -> Any:
        return self.jar._policy  # type: ignore[attr-defined]  # of every jar

    # As the client asks

    def set_cookie_header(self, request: Any) -> None:
        """Give a request the Cookie field that the jar has for it, unless it has one."""
        self.write(request, NOTHING)

    def extract_cookies(self, response: Any) -> None:
        """Give the jar the cookies of a response."""
        request = response.request
        if is_asked_about(request.url):
            lines = response.headers.raw
            fields = [
                line.decode("latin-1") for name, line in lines if name.lower() == b"set-cookie"
            ]
            context = self._context_of(request)
            take_fields(self.jar, str(request.url), request.method, context, fields)

    def write(self, request: Any, given: Given) -> None:
        """
        Give a request its Cookie field, and remember it there.

        Args:
            request: One that was just built. A Cookie field that it has is left as it is.
            given: Cookies for it alone.
        """
        if "cookie" in request.headers or not is_asked_about(request.url):
            return
        context, url = self._context_of(request), str(request.url)
        extra = given.extra_for(url)
        text = cookie_field(self.jar, url, request.method, context, extra)
        field = None if text is None else octets_of(text)
        if field is not None:
            # As octets: a text that is not ASCII would become UTF-8.
            request.headers.update([(b"Cookie", field)])
        setattr(request, ASKED, Asked(given, field))

    def _context_of(self, request: Any) -> RequestContext | None:
        return context_for(request.method, self.context, context_given_to(request))

    def given_by(self, cookies: Any) -> Given:
        """
        What the client takes as cookies of one request.

        Raises:
            TypeError: They are no cookies.
            ValueError: One of them would end the cookie or the header.
        """
        if isinstance(cookies, dict | list):
            return Given(checked_pairs(dict(cookies)))
        jar = self._jar_in(cookies)
        # What the jar gives anyway may have two cookies of one name; as names and values it has one.
        return NOTHING if jar is self.jar else Given(jar)

    def _jar_in(self, given: Any) -> http.cookiejar.CookieJar:
        jar = given.jar if isinstance(given, self._plain) else given
        if isinstance(jar, http.cookiejar.CookieJar):
            return jar
        raise TypeError(
            f"cookies: expected a dict, a list of pairs, a CookieJar or the client's Cookies, "
            f"got {type(given).__name__}"
        )


# Requests


def is_asked_about(url: Any) -> bool:
    """Tell whether cookies go to a URL; a transport may have schemes of its own."""
    return url.scheme in SCHEMES and bool(url.host)


def is_as_safe(before: Any, after: Any) -> bool:
    """Tell whether a redirect stays on a host, and does not leave https."""
    return before.host == after.host and (before.scheme, after.scheme) != ("https", "http")


def context_given_to(request: Any) -> Any:
    """What a program says of a request by its extensions."""
    return request.extensions.get("cookie_context")


def field_of(request: Any) -> bytes | None:
    """The octets of the Cookie field."""
    fields = [line for name, line in request.headers.raw if name.lower() == b"cookie"]
    return b"; ".join(fields) if fields else None


def checked_pairs(cookies: Mapping[str, str]) -> dict[str, str]:
    """
    Names and values of a program, with the octets of UTF-8 as latin-1 characters.

    Raises:
        TypeError: A name or value is no text.
        ValueError: One would end the cookie or the header.
    """
    pairs = checked_extra(cookies, "cookies")
    for name, value in pairs.items():
        if is_unsendable(name) or is_unsendable(value):
            raise ValueError(
                f"cookies: cookie {shown(name)} has a vertical tab or a form feed in it, which no "
                "client sends; encode it first"
            )
    return {latin_1_of(name): latin_1_of(value) for name, value in pairs.items()}


def latin_1_of(text: str) -> str:
    """The octets of a text in UTF-8, as latin-1 characters."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def text_of(value: str) -> str:
    """What a value of the jar says if its octets are UTF-8; otherwise as it stands."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def octets_of(field: str) -> bytes | None:
    """
    A Cookie field as it goes over the wire; None if nothing is left of it.

    A program may have stored characters that stand for no octet; their cookies go as UTF-8. Cookies that
    the client would refuse the request for, with an error that shows them, stay at home.
    """
    if is_unsendable(field):
        field = "; ".join(each for each in field.split("; ") if not is_unsendable(each))
    # RFC 9110 5.5: blanks at the ends are no part of a value, and clients refuse them.
    field = field.strip(" \t")
    try:
        return field.encode("latin-1") or None
    except UnicodeError:
        return b"; ".join(map(_octets_of_piece, field.split("; ")))


def is_unsendable(text: str) -> bool:
    """Tell whether h11 refuses a field with this text in it, beside what no field has."""
    return "\x0b" in text or "\x0c" in text


def _octets_of_piece(piece: str) -> bytes:
    try:
        return piece.encode("latin-1")
    except UnicodeError:
        return piece.encode("utf-8", "surrogatepass")
