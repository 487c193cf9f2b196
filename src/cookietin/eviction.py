"""Storing under browser rules: creation-times are kept, and limits hold afterwards.

RFC 6265bis sections 5.7 (steps 5, 23 and 24, and the end) and 6.1; CHIPS for partitions.

Rules of this file:
- Counts as little as it can: a family of domains (see `census`) is counted again only when it may
  have come to its limit, and only then is the public suffix list asked.
- The caller holds the jar's lock. Knows no clock; `now` is an argument.
"""

from __future__ import annotations

from cookietin.census import PARTITION, Census, family_of
from cookietin.policy.limits import eviction_rank
from cookietin.store import count, every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.cookie import CookieFields
    from cookietin.policy.browser import BrowserPolicy
    from cookietin.policy.limits import Limits
    from cookietin.store import Store

    # What a cookie is filed under: domain (and partition), path, name.
    Key = tuple[str, str, str]
    Item = tuple[Key, CookieFields]

# Creation-times within a second are kept apart by microseconds, so that their order is total.
_TICK = 0.000_001


def census_of(store: Store) -> Census:
    """The census of a store, made when it is first asked for."""
    census = store.census
    if census is None:
        latest = max(
            [getattr(item[3], "creation_time", None) or 0.0 for item in every_item(store.cookies)],
            default=0.0,
        )
        census = store.census = Census(store.cookies, latest)
    return census


def key_of(cookie: CookieFields) -> str:
    """What a cookie is filed under: its domain, and its partition."""
    partition_key = getattr(cookie, "partition_key", None)
    if partition_key is None:
        return cookie.domain
    return f"{cookie.domain}{PARTITION}{partition_key}"


def keep(
    store: Store, policy: BrowserPolicy, cookie: CookieFields, under: str, now: int
) -> tuple[CookieFields, ...]:
    """
    Store a cookie, in place of the one of the same key.

    Args:
        under: What it is filed under, its `key_of`.

    Returns:
        The cookies that had to go, in the order in which they went; not the one it replaces, and
        not those that had expired. The new one may be among them.
    """
    path, name = cookie.path, cookie.name
    paths = store.cookies.get(under)
    names = None if paths is None else paths.get(path)
    old = None if names is None else names.get(name)
    if names is not None and old is not None:
        if old.is_expired(now):
            old = None
            store.discard(under, path, name)
        elif old is not cookie:
            created = getattr(old, "creation_time", None)
            if created is not None:
                # Mostly a cookie replaces its like, and nothing has to be counted.
                cookie.creation_time = created
                cookie.last_access_time = now
                names[name] = cookie
                expires = cookie.expires
                if expires is not None and expires < store.earliest:
                    store.earliest = expires
                return ()
    census = census_of(store)
    if old is not cookie:
        _stamp(cookie, old, census, now)
    store.put(cookie, under if under != cookie.domain else None)
    return () if old is not None else _hold(store, policy, census, under, now)


def _hold(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int
) -> tuple[CookieFields, ...]:
    """Make the limits hold after one more cookie was filed under a key."""
    limits = policy.limits
    evicted: tuple[CookieFields, ...] = ()
    if PARTITION in under:
        evicted = _hold_partition(store, policy, census, under, now)
    elif limits.per_site is not None:
        family = family_of(under)
        room = census.rooms.get(family, 0)
        if room > 0:
            census.rooms[family] = room - 1
        else:
            evicted = _hold_sites(store, policy, census, family, now)
    if limits.total is not None:
        if census.room:
            census.room -= 1
        else:
            evicted += _hold_total(store, limits, census, now)
    return evicted


def keep_loaded(store: Store, cookie: CookieFields, now: int) -> None:
    """
    Store a cookie from a file, as one that was created now unless it says otherwise.

    Evicts nothing: what a user has saved is the user's. The next cookie that is stored brings the jar
    back within its limits.
    """
    under = key_of(cookie)
    census = census_of(store)
    _stamp(cookie, store.get(under, cookie.path, cookie.name), census, now)
    store.put(cookie, under if under != cookie.domain else None)
    census.room = None
    census.rooms.clear()


def _stamp(cookie: CookieFields, old: CookieFields | None, census: Census, now: int) -> None:
    """Set creation-time and last-access-time (5.7 steps 5 and 23)."""
    created = getattr(old, "creation_time", None)
    if created is None:
        created = getattr(cookie, "creation_time", None)
    if created is None:
        created = max(float(now), census.latest + _TICK)
    census.latest = max(census.latest, created)
    cookie.creation_time = created
    cookie.last_access_time = now


def _hold_sites(
    store: Store, policy: BrowserPolicy, census: Census, family: str, now: int
) -> tuple[CookieFields, ...]:
    """Count the sites of a family, purge the one that has too many, and note how much room is left."""
    limits = policy.limits
    limit = limits.per_site or 0
    members = census.members(family)
    if _count(store, members) <= limit:
        # Fewer than one site may have: no need to ask for sites.
        census.rooms[family] = limit - _count(store, members)
        return ()
    site_of = policy.public_suffixes.site_of
    sites: dict[str, list[str]] = {}
    for domain in members:
        sites.setdefault(site_of(domain.removeprefix(".")), []).append(domain)
    evicted: list[CookieFields] = []
    most = 0
    for domains in sites.values():
        held = _count(store, domains)
        if held > limit:
            items = _living(store, domains, now)
            held = len(items)
            if held > limit:
                evicted += _evict(store, items, held - limits.purge_site_to)
                held = limits.purge_site_to
        most = max(most, held)
    census.rooms[family] = limit - most
    return tuple(evicted)


def _hold_total(store: Store, limits: Limits, census: Census, now: int) -> tuple[CookieFields, ...]:
    """Count the whole jar, purge it if it has too many, and note how much room is left."""
    limit = limits.total or 0
    held = count(store.cookies)
    evicted: tuple[CookieFields, ...] = ()
    if held > limit:
        items = _living(store, list(store.cookies), now)
        held = len(items)
        if held > limit:
            evicted = _evict(store, items, held - limits.purge_total_to)
            held = limits.purge_total_to
    census.room = limit - held
    return evicted


def _hold_partition(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int
) -> tuple[CookieFields, ...]:
    """Evict one by one until a site's cookies in one partition are few and small enough."""
    limits = policy.limits
    domain, _, _ = under.partition(PARTITION)
    site_of = policy.public_suffixes.site_of
    site = site_of(domain.removeprefix("."))
    domains = [
        member
        for member in census.members(family_of(under))
        if site_of(member.partition(PARTITION)[0].removeprefix(".")) == site
    ]
    items = _living(store, domains, now)
    most, octets = limits.per_partition, limits.partition_octets
    held = sum(_octets(cookie) for _, cookie in items)
    surplus = 0
    order = _in_order(items)
    while (most is not None and len(items) - surplus > most) or (
        octets is not None and held > octets and surplus < len(items)
    ):
        held -= _octets(order[surplus][1])
        surplus += 1
    return _evict(store, items, surplus)


def _octets(cookie: CookieFields) -> int:
    return len(cookie.name) + len(cookie.value or "")


def _count(store: Store, domains: Iterable[str]) -> int:
    cookies = store.cookies
    return sum([len(names) for domain in domains for names in cookies.get(domain, {}).values()])


def _living(store: Store, domains: Iterable[str], now: int) -> list[Item]:
    """The cookies of some domains, after the expired ones were removed (6.1: these go first)."""
    living: list[Item] = []
    cookies = store.cookies
    for domain in domains:
        for path, names in list(cookies.get(domain, {}).items()):
            for name, cookie in list(names.items()):
                if cookie.is_expired(now):
                    store.discard(domain, path, name)
                else:
                    living.append(((domain, path, name), cookie))
    return living


def _in_order(items: list[Item]) -> list[Item]:
    """The items in the order in which they are evicted."""
    return sorted(items, key=lambda item: eviction_rank(item[1]))


def _evict(store: Store, items: list[Item], surplus: int) -> tuple[CookieFields, ...]:
    """Remove the first so many."""
    if surplus <= 0:
        return ()
    going = _in_order(items)[:surplus]
    for key, _ in going:
        store.discard(*key)
    return tuple(cookie for _, cookie in going)
