"""A jar seen as a mapping of names to values: for one URL, or for one domain.

Rules of this file:
- Views are live: they hold no cookie and ask the jar each time.
- What is written can be read back: a cookie that is there keeps all but its value, and a new one is
  host-only with the path "/".
"""

from __future__ import annotations

from collections.abc import MutableMapping

from cookietin.cookie import is_host_only, is_http_only, is_partitioned, same_site_of
from cookietin.errors import shown
from cookietin.jar import request_of
from cookietin.query import host_named, query, remove
from cookietin.request_context import RequestContext
from cookietin.setting import CookieToSet, set_cookie
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar


class CookieView(MutableMapping[str, str]):
    """
    Names and values of a jar's cookies, live; `CookieJar.for_url` and `for_domain` make it.

    Of several cookies of one name the first counts: that with the longest path, and then the older
    one. `del` removes them all. Writing checks as `CookieJar.set` does, and raises what it raises; a
    cookie that is there already keeps its domain, path, flags and expiry-time.
    """

    __slots__ = ("_domain", "_jar", "_url")

    def __init__(self, jar: Jar, *, url: str | None = None, domain: str | None = None) -> None:
        self._jar = jar
        self._domain = None if domain is None else host_named("domain", domain)
        if url is None:
            url = f"https://{self._domain}/"
        request_of(url)  # which says what is wrong with it
        self._url = url

    def _cookies(self, name: str | None = None) -> list[CookieFields]:
        """The cookies that are seen, those of a name alone where one is given."""
        if self._domain is None:
            return query(self._jar, {"url": self._url, "name": name})
        own = (self._domain, self._domain + ".local")
        found = query(self._jar, {"name": name}, [dot + each for each in own for dot in ("", ".")])
        return [cookie for cookie in found if cookie.domain.removeprefix(".") in own]

    def __getitem__(self, name: str) -> str:
        for cookie in self._cookies(_name(name)):
            return _value_of(cookie)
        raise KeyError(name)

    def __setitem__(self, name: str, value: str) -> None:
        jar = self._jar
        jar._cookies_lock.acquire()
        try:
            there = self._cookies(_name(name))
            cookie = there[0] if there else None
            if cookie is None:
                wanted = CookieToSet(name, value, 0, url=self._url, path="/")
            else:
                wanted = _like(cookie, value, self._url)
            made = set_cookie(jar, wanted)
            if cookie is not None and key_of(made) != key_of(cookie):
                remove(jar, [cookie])  # filed by a program as no server can
        finally:
            jar._cookies_lock.release()

    def __delitem__(self, name: str) -> None:
        jar = self._jar
        jar._cookies_lock.acquire()
        try:
            if not remove(jar, self._cookies(_name(name))):
                raise KeyError(name)
        finally:
            jar._cookies_lock.release()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(cookie.name for cookie in self._cookies()))

    def __len__(self) -> int:
        return len({cookie.name for cookie in self._cookies()})

    def __repr__(self) -> str:
        of = self._domain or request_of(self._url).host
        return f"<CookieView of {of}: {', '.join(map(shown, self)) or 'nothing'}>"


def _name(name: object) -> str:
    """A key of a mapping that has texts for keys."""
    if not isinstance(name, str):
        raise KeyError(name)
    return name


def _value_of(cookie: CookieFields) -> str:
    return "" if cookie.value is None else cookie.value


def _like(cookie: CookieFields, value: str, url: str) -> CookieToSet:
    """The same cookie with another value."""
    bare = cookie.domain.removeprefix(".")
    request = request_of(url)
    scheme = "https" if cookie.secure else request.type
    host = bare.removesuffix(".local") if "." not in request.target.host.name else bare
    wanted = CookieToSet(
        cookie.name,
        value,
        0,
        url=f"{scheme}://{host}/",
        domain=None if is_host_only(cookie) else bare,
        path=cookie.path,
        secure=bool(cookie.secure),
        http_only=is_http_only(cookie),
        expires=cookie.expires,
        same_site=same_site_of(cookie),
        partitioned=is_partitioned(cookie),
    )
    context = RequestContext(
        http_api=wanted.http_only, partition_key=getattr(cookie, "_partition_key", None)
    )
    wanted.request = request_of(wanted.request.get_full_url(), context)
    return wanted
