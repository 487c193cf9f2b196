"""Which stored cookies are meant: by filters, by name, by what a URL would get.

The filters and the order of results are those of Electron's `cookies.get`.

Rules of this file:
- Changes nothing but what has expired, which is removed before anybody looks.
- An argument of another type is refused; a filter that nobody knows never comes this far.
"""

from __future__ import annotations

import time

from cookietin.collection import CLEARING, index_of, keeps_cookies_in_dict
from cookietin.cookie import has_ended, is_host_only, is_http_only, same_site_of
from cookietin.errors import CookieConflictError, shown
from cookietin.explain import cookies_to_send, mask_on
from cookietin.jar import is_sweep_due, request_of, tick
from cookietin.policy.limits import moment_of
from cookietin.reasons import EXPIRED
from cookietin.rules.hosts import canonical_host, domain_matches
from cookietin.store import every_cookie, every_item, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar

    Filters = Mapping[str, Any]
    Test = Callable[[CookieFields], bool]

_SAME_SITES = {
    "strict": "Strict",
    "lax": "Lax",
    "none": "None",
    "no_restriction": "None",
    "unspecified": None,
}


def query(jar: Jar, filters: Filters, under: Iterable[str] | None = None) -> list[CookieFields]:
    """
    The cookies that all filters agree to, longer paths first, then older ones.

    Args:
        filters: Name of a filter -> value; None asks for nothing.
        under: Where no URL is given, only those that are filed under these domains.
    """
    cookies = _found(jar, filters, under)
    if filters.get("url") is None:
        cookies.sort(key=_age)
        cookies.sort(key=_path_length, reverse=True)
    return cookies


def _found(jar: Jar, filters: Filters, under: Iterable[str] | None = None) -> list[CookieFields]:
    """The same in sending order where a URL is given, and otherwise in that of the jar."""
    tests = tests_of(filters)
    url = filters.get("url")
    request = None if url is None else request_of(url)
    jar._cookies_lock.acquire()
    try:
        now = tick(jar)
        if is_sweep_due(jar, now):
            jar.clear_expired_cookies()
        if request is not None:
            cookies = cookies_to_send(jar, request, now)
            return [cookie for cookie in cookies if all(test(cookie) for test in tests)]
        return [
            cookie
            for cookie in _held(jar, under)
            if all(test(cookie) for test in tests) and not has_ended(cookie, now)
        ]
    finally:
        jar._cookies_lock.release()


def _held(jar: Jar, under: Iterable[str] | None) -> Iterator[CookieFields]:
    """The cookies of a jar, or those of some domains in all partitions."""
    if under is None or not keeps_cookies_in_dict(jar):
        return iter(jar)
    store = index_of(jar)
    keys = [key for domain in under for key in store.keys_of(domain)]
    return every_cookie(dict(store.candidates(keys)))


def _age(cookie: CookieFields) -> float:
    return moment_of(cookie, "_creation_time")


def _path_length(cookie: CookieFields) -> int:
    return len(cookie.path)


def tests_of(filters: Filters) -> list[Test]:
    """
    The filters as predicates, but for `url`, which only the policy can judge.

    Raises:
        TypeError: A value is of another type.
        ValueError: A domain or a host is none; there is no such SameSite.
    """
    tests: list[Test] = []
    for name, value in filters.items():
        if value is not None and name != "url":
            tests.append(_TESTS[name](name, value))
    return tests


def _equal(name: str, value: object) -> Test:
    wanted = _text(name, value)
    return lambda cookie: getattr(cookie, name) == wanted


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a text or None, got {type(value).__name__}")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(
            f"{name}: expected True, False or None for either, got {type(value).__name__}"
        )
    return value


def host_named(name: str, value: object) -> str:
    """The canonical host or domain of an argument, without its leading dot."""
    host = canonical_host(_text(name, value).removeprefix("."))
    if host is None:
        raise ValueError(f"{name}: {shown(value)} is no host name and no address")
    return host


def _bare(cookie: CookieFields) -> str:
    return cookie.domain.removeprefix(".")


def _of_domain(name: str, value: object) -> Test:
    domain = host_named(name, value)

    def test(cookie: CookieFields) -> bool:
        bare = _bare(cookie)
        return domain_matches(bare, domain) or bare == domain + ".local"

    return test


def _for_host(name: str, value: object) -> Test:
    host = host_named(name, value)

    def test(cookie: CookieFields) -> bool:
        bare = _bare(cookie)
        if is_host_only(cookie):
            return bare in (host, host + ".local")
        return domain_matches(host, bare)

    return test


def _is_secure(name: str, value: object) -> Test:
    wanted = _flag(name, value)
    return lambda cookie: bool(cookie.secure) is wanted


def _is_session(name: str, value: object) -> Test:
    wanted = _flag(name, value)
    return lambda cookie: (cookie.expires is None) is wanted


def _is_http_only(name: str, value: object) -> Test:
    wanted = _flag(name, value)
    return lambda cookie: is_http_only(cookie) is wanted


def same_site_named(value: object) -> str | None:
    """ "Strict", "Lax", "None", or None for "unspecified", however a caller spells it."""
    known = str(_text("same_site", value)).lower()
    if known not in _SAME_SITES:
        raise ValueError(
            f"same_site: {shown(value)} is none of 'Strict', 'Lax', 'None' (or 'no_restriction') "
            "and 'unspecified'"
        )
    return _SAME_SITES[known]


def _has_same_site(name: str, value: object) -> Test:
    wanted = same_site_named(value)
    return lambda cookie: same_site_of(cookie) == wanted


def _of_partition(name: str, value: object) -> Test:
    wanted = _text(name, value)
    return lambda cookie: (getattr(cookie, "_partition_key", None) or "") == wanted


_TESTS: dict[str, Callable[[str, object], Test]] = {
    "name": _equal,
    "domain": _of_domain,
    "host": _for_host,
    "path": _equal,
    "secure": _is_secure,
    "session": _is_session,
    "http_only": _is_http_only,
    "same_site": _has_same_site,
    "partition_key": _of_partition,
}


def get(
    jar: Jar,
    name: str,
    default: Any,
    domain: str | None,
    path: str | None,
    url: str | None,
    *,
    strict: bool,
) -> Any:
    """The cookie of a name; see `PlainVerbs.get`."""
    found = _found(jar, {"url": url, "name": _text("name", name), "path": path})
    if domain is not None:
        bare = host_named("domain", domain)
        found = [cookie for cookie in found if _bare(cookie) in (bare, bare + ".local")]
    if not found:
        return default
    if strict and len(found) > 1:
        raise CookieConflictError(
            f"{len(found)} cookies are named {shown(name)}; name a domain, a path or a url"
        )
    # Of those first set at one time, or at none that is known, the one that the jar has last.
    return found[0] if url is not None else sorted(found, key=_age)[-1]


def newest_values(jar: Jar) -> dict[str, str]:
    """Names and values of the whole jar; of several cookies of one name the newest."""
    return {cookie.name: cookie.value or "" for cookie in sorted(_found(jar, {}), key=_age)}


def holds(jar: Jar, thing: object) -> bool:
    """Tell whether a jar has a cookie of a name, or a cookie itself."""
    if isinstance(thing, str):
        if keeps_cookies_in_dict(jar):
            filed = list(jar._cookies.values())
            return any(thing in names for paths in filed for names in list(paths.values()))
        return any(cookie.name == thing for cookie in jar)
    return any(cookie is thing or cookie == thing for cookie in jar)


def remove(jar: Jar, cookies: list[CookieFields]) -> int:
    """
    Remove these very cookies, as far as they are still there; the caller holds the jar's lock.

    Returns:
        How many went.
    """
    gone = 0
    if not keeps_cookies_in_dict(jar):
        for cookie in cookies:
            jar.clear(cookie.domain, cookie.path, cookie.name)
            gone += 1
        return gone
    store = index_of(jar)
    clear = store.discard if CLEARING.are_kept_by(jar) else jar.clear
    lost = set()
    for cookie in cookies:
        key = key_of(cookie), cookie.path, cookie.name
        if store.get(*key) is cookie:
            clear(*key)
            gone += 1
        else:
            lost.add(id(cookie))
    # Changed in place since they were filed: only a search finds them.
    for domain, path, name, cookie in every_item(jar._cookies) if lost else ():
        if id(cookie) in lost:
            clear(domain, path, name)
            gone += 1
    return gone


def delete(jar: Jar, filters: Filters) -> int:
    """
    Remove what all filters agree to.

    Raises:
        ValueError: There is no filter.
    """
    if not filters:
        raise ValueError("delete: give at least one filter; clear() removes all cookies")
    jar._cookies_lock.acquire()
    try:
        return remove(jar, query(jar, filters))
    finally:
        jar._cookies_lock.release()


def matcher(jar: Jar, url: str | None, name: str | None) -> Test | None:
    """A predicate for changes: cookies of a name, that could go with a request for a URL."""
    if name is not None:
        _text("name", name)
    if url is None:
        return None if name is None else lambda cookie: cookie.name == name
    request = request_of(url)

    def test(cookie: CookieFields) -> bool:
        if name is not None and cookie.name != name:
            return False
        return not mask_on(jar, request, cookie, int(time.time())) & ~EXPIRED

    return test
