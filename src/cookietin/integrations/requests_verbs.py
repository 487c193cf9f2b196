"""The methods of requests' jars, for jars of ours; shared by the modules for requests and niquests.

What a program asks of `session.cookies` by names: `session.cookies["sid"]`, `get_dict()`.
Meaning and exceptions are those of `requests.cookies.RequestsCookieJar`, as in 2.34.2. Where both
have a method (`get`, `set`, `in`), it is requests'. Names are looked for in the whole jar, in its order.

Different from requests, since it is safer:
- A value or name that would end the cookie or the header is refused, and so is what is no text.
- A cookie for all hosts is refused where browser rules would never send it.
- What a server has set goes back as it was written, and so does what `set_cookie` stores: `\\"` is taken
  out of a value in quotes only where a program gives it as a text.
- A copy has the class of the jar, where requests' copies are of its own class.
- No value is in what is printed, or in an error.

Rules of this file:
- Imports no client.
- Nothing that the short ways of a jar depend on is replaced here: not `set_cookie`, not `__iter__`.
"""

from __future__ import annotations

import copy
import http.cookiejar
from collections.abc import Mapping
from http.cookies import Morsel

from cookietin.cookie_header import checked_extra
from cookietin.cookiejar import Cookie
from cookietin.errors import shown
from cookietin.jar_rules import rules_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, ClassVar

    from cookietin.cookiejar import CookieJar as _Jar
else:
    _Jar = object


class ClientVerbs(_Jar):
    """
    The methods, for whichever client; completed by its module.

    It stands before a jar of ours: `class Jar(RequestsVerbs, MozillaCookieJar): ...`
    """

    # The client's module `cookies`.
    _cookietin_dialect: ClassVar[Any]

    if TYPE_CHECKING:
        _policy: Any
        _cookies_lock: Any

    # One cookie, by its name

    def get(  # type: ignore[override]  # as the clients have it
        self,
        name: str,
        default: str | None = None,
        domain: str | None = None,
        path: str | None = None,
    ) -> str | None:
        """
        The value of a cookie; the cookies themselves are found by `query`.

        Args:
            name: Its name.
            default: What to return if there is none.
            domain: Its domain, exactly as the jar has it.
            path: Its path.

        Raises:
            RuntimeError: There are several: it is `requests.cookies.CookieConflictError`.
        """
        try:
            return self._find_no_duplicates(name, domain, path)
        except KeyError:
            return default

    def set(  # type: ignore[override]  # as the clients have it
        self, name: str, value: str | Morsel[str] | None, **arguments: Any
    ) -> http.cookiejar.Cookie | None:
        """
        Store a cookie without asking the policy; with `url`, do what `cookietin.CookieJar.set` does.

        Args:
            name: Its name.
            value: Its value, or a morsel, which has all the rest; None removes all cookies of that
                name, or those with the domain and path that are given.
            arguments: `domain`, `path`, `secure`, `expires` and others, those of
                `requests.cookies.create_cookie`. Without a domain the cookie goes to all hosts.

        Returns:
            The cookie; None if some were removed.

        Raises:
            TypeError: Name or value is no text; there is no such argument.
            ValueError: Name or value would end the cookie or the header; there is no domain, and the
                jar has browser rules.
            CookieRejected: A URL was given, and the policy refuses the cookie.
        """
        if "url" in arguments:
            return super().set(name, value, **arguments)  # type: ignore[arg-type]  # it looks at it
        if value is None:
            self._drop(name, arguments.get("domain"), arguments.get("path"))
            return None
        made = self._made(name, value, arguments)
        self.set_cookie(made)
        return made

    def __getitem__(self, name: str) -> str:
        return self._find_no_duplicates(name)

    def __setitem__(self, name: str, value: str | Morsel[str] | None) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        self._drop(name, None, None)

    def __contains__(self, name: object) -> bool:
        return any(cookie.name == name and cookie.value is not None for cookie in self)

    def _find_no_duplicates(
        self, name: str, domain: str | None = None, path: str | None = None
    ) -> str:
        """The value of the one cookie that has one; the client's name for it."""
        values = [each.value for each in self._named(name, domain, path) if each.value is not None]
        # Of anything else, a cookie for one, the repr may have a value.
        asked: object = name
        said = shown(asked) if isinstance(asked, str) else type(asked).__name__
        if len(values) > 1:
            raise self._cookietin_dialect.CookieConflictError(
                f"There are multiple cookies with name, {said}; name a domain or a path: "
                "session.cookies.get(name, domain=...)"
            )
        if not values:
            raise KeyError(f"name={said}, domain={domain!r}, path={path!r}")
        return values[0]

    def _named(self, name: str, domain: str | None, path: str | None) -> list[Cookie]:
        return [
            cookie
            for cookie in self
            if cookie.name == name
            and domain in (None, cookie.domain)
            and path in (None, cookie.path)
        ]

    def _drop(self, name: str, domain: str | None, path: str | None) -> None:
        self._cookies_lock.acquire()
        try:
            for cookie in self._named(name, domain, path):
                self.clear(cookie.domain, cookie.path, cookie.name)
        finally:
            self._cookies_lock.release()

    # As a mapping

    def iterkeys(self) -> Iterator[str]:
        """The names, one for each cookie."""
        return (cookie.name for cookie in self)

    def itervalues(self) -> Iterator[str | None]:
        """The values."""
        return (cookie.value for cookie in self)

    def iteritems(self) -> Iterator[tuple[str, str | None]]:
        """The names with the values."""
        return ((cookie.name, cookie.value) for cookie in self)

    def keys(self) -> list[str]:
        """A list of the names, one for each cookie; `dict(jar)` asks for it."""
        return list(self.iterkeys())

    def values(self) -> list[str | None]:
        """A list of the values."""
        return list(self.itervalues())

    def items(self) -> list[tuple[str, str | None]]:
        """A list of the names with the values."""
        return list(self.iteritems())

    def update(
        self,
        other: http.cookiejar.CookieJar | Mapping[str, Any] | Iterable[tuple[str, Any]],
    ) -> None:
        """
        Store more: the cookies of another jar, which are copied, or names and values, as `set` does.

        Raises what `set` raises; then nothing is changed.
        """
        if isinstance(other, http.cookiejar.CookieJar):
            made: list[Any] = [copy.copy(cookie) for cookie in other]
            for cookie in made:
                self._need_domain(cookie.domain)
        else:
            made = [
                name if value is None else self._made(name, value, {})
                for name, value in dict(other).items()
            ]
        self._cookies_lock.acquire()
        try:
            for each in made:
                if isinstance(each, str):
                    self._drop(each, None, None)
                else:
                    self.set_cookie(each)
        finally:
            self._cookies_lock.release()

    def pop(self, name: str, *default: str | None) -> str | None:
        """
        Remove the cookies of a name, and return the value.

        Raises:
            KeyError: There is none, and no default.
            RuntimeError: There are several, which stay: `requests.cookies.CookieConflictError`.
        """
        if len(default) > 1:
            raise TypeError(f"pop: expected a name and a default, got {1 + len(default)} arguments")
        try:
            value = self[name]
        except KeyError:
            if default:
                return default[0]
            raise
        del self[name]
        return value

    def popitem(self) -> tuple[str, str | None]:
        """KeyError, as in requests: iteration gives cookies, which are no names."""
        for cookie in self:
            raise KeyError(f"{type(cookie).__name__}: pop(name) removes the cookie of a name")
        raise KeyError

    def setdefault(self, name: str, default: str | None = None) -> str | None:
        """The value of a cookie, which is stored if there is none."""
        try:
            return self[name]
        except KeyError:
            self[name] = default
        return default

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # as of all mappings

    # Overviews

    def get_dict(self, domain: str | None = None, path: str | None = None) -> dict[str, str | None]:
        """
        Names and values as a new dict; of several cookies of one name the one that the jar has last.

        Args:
            domain: Those with exactly this domain; None for all.
            path: Those with exactly this path; None for all.
        """
        return {
            cookie.name: cookie.value
            for cookie in self
            if domain in (None, cookie.domain) and path in (None, cookie.path)
        }

    def list_domains(self) -> list[str]:
        """The domains, each once."""
        return list(dict.fromkeys(cookie.domain for cookie in self))

    def list_paths(self) -> list[str]:
        """The paths, each once."""
        return list(dict.fromkeys(cookie.path for cookie in self))

    def multiple_domains(self) -> bool:
        """Tell whether two cookies have one domain: so it is in requests, whatever the name says."""
        domains = [cookie.domain for cookie in self]
        return len({*domains}) < len(domains)

    def get_policy(self) -> http.cookiejar.CookiePolicy:
        """The policy of the jar."""
        return self._policy  # type: ignore[no-any-return]  # whatever a program has put there

    def __repr__(self) -> str:
        each = ", ".join(
            f"<Cookie {cookie.name} for {cookie.domain}{cookie.path}>" for cookie in self
        )
        return f"<{type(self).__name__}[{each}]>"

    __str__ = __repr__

    # Cookies that a program makes

    def _made(
        self, name: str, value: str | Morsel[str], arguments: dict[str, Any]
    ) -> http.cookiejar.Cookie:
        """A cookie as the client makes it, after a look at what it would do to the header."""
        dialect = self._cookietin_dialect
        if isinstance(value, Morsel):
            name = value.key
            text = _checked(name, value.value)
            made = dialect.morsel_to_cookie(value)
        else:
            text = _checked(name, value)
            made = dialect.create_cookie(name, value, **arguments)
        self._need_domain(made.domain)
        fields = dict(vars(made))
        fields["name"], fields["value"] = text
        return Cookie(rest=fields.pop("_rest"), **fields)

    def _need_domain(self, domain: str) -> None:
        # Browser rules know no cookie that all hosts get, so that it would lie there for nothing.
        if not domain and rules_of(self._policy) is not None:
            raise ValueError(
                "cookies: the policy of this jar sends no cookie without a domain; name it: "
                "session.cookies.set(name, value, domain='shop.example'), or give url="
            )


def _checked(name: object, value: object) -> tuple[str, str]:
    """
    Name and value of a cookie, as they are stored.

    Raises:
        TypeError: One is no text.
        ValueError: One would end the cookie or the header.
    """
    # Parsers of HTML give texts of classes of their own.
    plain: list[Any] = [
        str.__str__(each) if isinstance(each, str) else each for each in (name, value)
    ]
    ((name, value),) = checked_extra(dict([plain]), "cookies").items()
    if value.startswith('"') and value.endswith('"'):
        value = value.replace('\\"', "")  # as requests stores such values
    return name, value
