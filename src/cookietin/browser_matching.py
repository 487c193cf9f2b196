"""Which stored cookies go with a request, and in which order, by browser rules.

RFC 6265bis section 5.8.3; CHIPS for partitions.

Rules of this file:
- Hot path: without a context, a cookie that stays at home costs no allocation and no call.
- Changes nothing but last-access-time, and when the store is to be swept. Knows neither files,
  clients nor the clock; `now` is an argument.
- The short walk is for policies whose rules nobody replaced; a property test binds it to
  `refusal_to_return`. Others are asked, as the standard library's jar asks.
"""

from __future__ import annotations

import math
from operator import attrgetter

from cookietin.census import PARTITION
from cookietin.collection import index_of
from cookietin.cookie import has_ended, is_host_only
from cookietin.jar import WALK
from cookietin.judging import asking_judge
from cookietin.policy.browser import keeps_domain_rule, keeps_return_rules
from cookietin.policy.browser_rules import (
    context_refusal,
    lists_refusal,
    refusal_to_return,
)
from cookietin.policy.limits import moment_of
from cookietin.reasons import DOMAIN_MISMATCH, EXPIRED, INVALID_HOST, NOT_ON_PATH
from cookietin.request_context import facts_of, is_secure, path_of, plain_site
from cookietin.rules.paths import FEW_PATHS, MOST_SEGMENTS, matching_paths, path_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar
    from cookietin.judging import Judge
    from cookietin.policy.browser import BrowserPolicy
    from cookietin.request_context import RequestFacts, Site
    from cookietin.store import Names, Paths, Store


def cookies_for_request(jar: Jar, request: Request) -> list[CookieFields]:
    """The cookies that the policy lets go with a request, in the order of the store."""
    policy: BrowserPolicy = jar._policy
    now = policy._now
    facts = facts_of(request, policy)
    if facts.host is None:
        return []
    store = index_of(jar)
    domains = _keys_of(facts) if store.partitioned else facts.domains
    if keeps_return_rules(policy) and WALK.are_kept_by(jar):
        cookies = _returnable(store, policy, domains, facts, now, jar._cookie_class)
    else:
        # A rule of the policy's own has to be asked about all domains, as the documentation says.
        if keeps_domain_rule(policy):
            asked = [domain for domain, _ in store.candidates(domains)]
        else:
            asked = [each for each in jar._cookies if PARTITION not in each or each in domains]
        cookies = [
            cookie
            for domain in asked
            for cookie in jar._cookies_for_domain(domain, request)
            if not has_ended(cookie, now)  # a policy that wraps ours may not know what time it is
        ]
    for cookie in cookies:
        try:
            cookie._last_access_time = now
        except AttributeError:
            continue
    return cookies


def keys_for(policy: BrowserPolicy, request: Request) -> tuple[str, ...]:
    """What cookies that may go with a request can be filed under."""
    facts = facts_of(request, policy)
    return () if facts.host is None else _keys_of(facts)


def judge(policy: BrowserPolicy, request: Request, now: int) -> Judge:
    """Say of stored cookies why they do not go with a request, with all reasons."""
    facts = facts_of(request, policy)
    domains = set(_keys_of(facts))

    def ours(domain: str, path: str, cookie: CookieFields) -> int:
        if facts.host is None:
            return INVALID_HOST
        mask = refusal_to_return(policy, cookie, facts, now)
        mask |= lists_refusal(policy, domain.partition(PARTITION)[0])
        if not path_matches(facts.path, path):
            mask |= NOT_ON_PATH
        # Filed elsewhere than its attributes say, since a program has changed them.
        return mask or (0 if domain in domains else DOMAIN_MISMATCH)

    if keeps_return_rules(policy) or facts.host is None:
        return ours

    def is_asked(domain: str) -> bool:
        return domain in domains or (PARTITION not in domain and not keeps_domain_rule(policy))

    asked = asking_judge(policy, request, ours, is_asked)
    # A policy that wraps ours may not know what time it is.
    return lambda domain, path, cookie: (
        asked(domain, path, cookie) or (EXPIRED if has_ended(cookie, now) else 0)
    )


def _keys_of(facts: RequestFacts) -> tuple[str, ...]:
    """What cookies for a request can be filed under, in its own partition too."""
    if facts.partition_key is None:
        return facts.domains
    end = PARTITION + facts.partition_key
    return (*facts.domains, *(domain + end for domain in facts.domains))


def pieces_for_url(jar: Jar, url: str, now: int) -> list[str] | None:
    """
    The pieces of the Cookie field, where all cookies are plain and nobody is named who asks.

    The caller knows that no rule of the policy has been replaced.

    Returns:
        None if a rule needs a closer look: then `cookies_for_request` has the answer.
    """
    policy: BrowserPolicy = jar._policy
    if policy._blocked_domains or policy._allowed_domains is not None:
        return None
    site = plain_site(url)
    if site is None or site.host is None:
        return None
    store = index_of(jar)
    found = store.candidates(site.domains)
    if not found:
        return []
    groups = _groups_of(found, store, policy, site, url, now, jar._cookie_class)
    if groups is None:
        return None
    ordered: list[str] = []
    for length in sorted(groups, reverse=True) if len(groups) > 1 else groups:
        times, pieces = groups[length]
        if times == sorted(times):
            ordered += pieces  # mostly they stand in the order in which they came
        else:
            order = sorted(range(len(times)), key=times.__getitem__)
            ordered += [pieces[at] for at in order]
    return ordered


def _groups_of(
    found: list[tuple[str, Paths]],
    store: Store,
    policy: BrowserPolicy,
    site: Site,
    url: str,
    now: int,
    cookie_class: type[CookieFields],
) -> dict[int, tuple[list[float], list[str]]] | None:
    """Creation-times and pieces of cookies, by the length of their paths."""
    host, secure = site.host, is_secure(site, policy)
    is_suffix = policy.public_suffixes.is_suffix
    request_path = ""  # read when a path other than "/" asks for it
    groups: dict[int, tuple[list[float], list[str]]] = {}
    for domain, paths in found:
        if domain[0] != "." and domain != host:
            if _has_domain_cookies(domain, paths, cookie_class):
                return None
            continue  # host-only cookies of a parent
        if domain[0] == "." and domain[1:] != host and is_suffix(domain[1:]):
            return None  # 5.8.3: the list may have changed since the cookies were set
        items: Iterable[tuple[str, Names]] = paths.items()
        known_to_fit = len(paths) > FEW_PATHS and url.count("/") < MOST_SEGMENTS
        if known_to_fit:
            request_path = request_path or path_of(url)
            items = [(path, paths[path]) for path in matching_paths(request_path) if path in paths]
        for path, names in items:
            if path != "/" and not known_to_fit:
                request_path = request_path or path_of(url)
                if not path_matches(request_path, path):
                    continue
            length = len(path)
            if length not in groups:
                groups[length] = [], []
            times, pieces = groups[length]
            for cookie in names.values():
                if (
                    type(cookie) is not cookie_class
                    or cookie._seldom is not None
                    or cookie.domain != domain  # it may have been changed since it was stored
                    or cookie.path != path
                    or type(created := cookie._creation_time) is not float
                ):
                    return None
                expires = cookie.expires
                if expires is not None and expires <= now:
                    # Changed in place, perhaps: then nothing else announces that it has ended.
                    store.earliest = min(store.earliest, expires)
                    continue
                if cookie.secure and not secure:
                    continue
                name, value = cookie.name, cookie.value
                if not name or value is None:
                    pieces.append(value or name)  # a nameless cookie (5.8.3)
                else:
                    pieces.append(f"{name}={value}")
                times.append(created)
                cookie._last_access_time = now
    return groups


def _has_domain_cookies(domain: str, paths: Paths, cookie_class: type[CookieFields]) -> bool:
    """Tell whether programs may have filed domain cookies under a domain without its dot."""
    for names in paths.values():
        for cookie in names.values():
            if (
                type(cookie) is not cookie_class
                or cookie.domain_specified
                or cookie.domain != domain
            ):
                return True
    return False


def _returnable(
    store: Store,
    policy: BrowserPolicy,
    domains: tuple[str, ...],
    facts: RequestFacts,
    now: int,
    cookie_class: type[CookieFields],
) -> list[CookieFields]:
    found = store.candidates(domains)
    if policy._blocked_domains or policy._allowed_domains is not None:
        found = [
            item for item in found if not lists_refusal(policy, item[0].partition(PARTITION)[0])
        ]
    host, path, secure = facts.host, facts.path, facts.secure
    asks = facts.context is not None
    is_suffix = policy.public_suffixes.is_suffix
    cookies = []
    for domain, paths in found:
        if asks and PARTITION in domain:
            plain = False
        elif domain[0] == ".":
            # 5.8.3: the list may have changed since the cookies were set.
            plain = domain[1:] == host or not is_suffix(domain[1:])
        else:
            plain = domain == host
        for cookie_path, names in paths.items():
            if cookie_path != "/" and not path_matches(path, cookie_path):
                continue
            for cookie in names.values():
                if (
                    plain
                    and cookie.domain == domain  # it may have been changed since it was stored
                    and cookie.path == cookie_path
                    and cookie.__class__ is cookie_class
                    and cookie._seldom is None
                ):
                    expires = cookie.expires
                    if expires is not None and expires <= now:
                        # Changed in place, perhaps: then nothing else announces that it has ended.
                        store.earliest = min(store.earliest, expires)
                        continue
                    if cookie.secure and not secure:
                        continue
                    if asks and context_refusal(policy, cookie, facts, now):
                        continue
                elif cookie.domain == domain and domain != host and is_host_only(cookie):
                    continue  # of a parent
                else:
                    refusal = refusal_to_return(policy, cookie, facts, now)
                    if refusal & EXPIRED:
                        store.earliest = -math.inf
                    if refusal:
                        continue
                cookies.append(cookie)
    return cookies


def sort_by_path_and_age(cookies: list[CookieFields]) -> None:
    """
    Put cookies of longer paths first and, of paths alike in length, older cookies (5.8.3), in place.

    Cookies without a creation-time, which a program put into the dict itself, are the oldest.
    """
    if len(cookies) < 2:
        return
    try:
        times = [cookie._creation_time for cookie in cookies]
        if times != sorted(times):  # type: ignore[type-var]  # None raises, as it should
            cookies.sort(key=_TIME)
    except (AttributeError, TypeError):
        # Cookies of programs and of foreign classes may have no such time, or nonsense.
        cookies.sort(key=_creation_time)
    path = cookies[0].path
    for cookie in cookies:
        if cookie.path != path:
            cookies.sort(key=_length_of_path, reverse=True)
            return


_TIME = attrgetter("_creation_time")


def _creation_time(cookie: CookieFields) -> float:
    return moment_of(cookie, "_creation_time")


def _length_of_path(cookie: CookieFields) -> int:
    return len(cookie.path)


def pairs_of(cookies: list[CookieFields]) -> list[str]:
    """The pieces of a Cookie field: `name=value`, or the value of a nameless cookie alone (5.8.3)."""
    return [
        f"{cookie.name}={cookie.value}"
        if cookie.name and cookie.value is not None
        else f"{cookie.value or cookie.name}"
        for cookie in cookies
    ]
