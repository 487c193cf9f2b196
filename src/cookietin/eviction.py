"""Storing under browser rules: creation-times are kept, and limits hold afterwards.

RFC 6265bis sections 5.7 (steps 5, 23 and 24, and the end) and 6.1; CHIPS for partitions.

Rules of this file:
- Counts as little as it can: a family of domains (see `census`) is counted again only when it may
  have come to its limit, and only then is the public suffix list asked.
- The caller holds the jar's lock. Knows no clock; `now` is an argument.
"""

from __future__ import annotations

from cookietin.census import PARTITION, Census, family_of
from cookietin.cookie import has_ended
from cookietin.eviction_queue import EvictionQueue
from cookietin.policy.limits import moment_of
from cookietin.store import count, every_item, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cookietin.cookie import CookieFields
    from cookietin.eviction_queue import Item, Key
    from cookietin.policy.browser import BrowserPolicy
    from cookietin.policy.limits import Limits
    from cookietin.rules.public_suffix import PublicSuffixes
    from cookietin.store import Store

    # Of the cookies without a partition (False), and of those with one (True): a response sets cookies
    # of one site, and in one partition.
    Queues = dict[bool, EvictionQueue]

# Creation-times within a second are kept apart by microseconds, so that their order is total.
_TICK = 0.000_001


def census_of(store: Store) -> Census:
    """The census of a store, made when it is first asked for, and whenever it is out of date."""
    census = store.census
    if census is None or not census.fits(store.cookies):
        latest = max(
            [moment_of(item[3], "_creation_time") for item in every_item(store.cookies)],
            default=0.0,
        )
        census = store.census = Census(store.cookies, latest)
    return census


def keep(
    store: Store,
    policy: BrowserPolicy,
    cookie: CookieFields,
    under: str,
    now: int,
    queues: Queues | None = None,
) -> tuple[CookieFields, ...]:
    """
    Store a cookie, in place of the one of the same key.

    Args:
        under: What it is filed under, its `key_of`.
        queues: Empty at the first cookie of a response, and then for its others alone; None for a
            cookie that comes by itself.

    Returns:
        The cookies that had to go, in the order in which they went; not the one it replaces, and
        not those that had expired. The new one may be among them.
    """
    path, name = cookie.path, cookie.name
    paths = store.cookies.get(under)
    names = None if paths is None else paths.get(path)
    old = None if names is None else names.get(name)
    if names is not None and old is not None:
        if has_ended(old, now):
            old = None
            store.displace(under, path, name)
        elif (
            old is not cookie
            and not store.watched
            and old.__class__ is cookie.__class__
            # Cookies of foreign classes may have neither.
            and getattr(old, "_creation_time", None) is not None
            and getattr(cookie, "_partition_key", None) is None
            and (cookie.expires is None or cookie.expires.__class__ is int)
        ):
            # Mostly a cookie replaces its like, and nothing has to be counted.
            cookie._creation_time = old._creation_time
            cookie._last_access_time = now
            names[name] = cookie
            if cookie.expires is not None and cookie.expires < store.earliest:
                store.earliest = cookie.expires
            if queues:
                _queue_up(queues, (under, path, name), cookie)
            return ()
    return _keep_new(store, policy, cookie, old, under, now, queues)


def keep_at_once(
    store: Store,
    limits: Limits,
    suffixes: PublicSuffixes,
    cookie: CookieFields,
    now: int,
    queues: Queues,
) -> bool:
    """
    Store a cookie where nothing has to be counted: it replaces its like, or there is room.

    Args:
        limits, suffixes: Those of the policy.
        cookie: One that the jar has made, without a partition.
        queues: See `keep`.

    Returns:
        Whether it was stored; otherwise nothing has happened, and `keep` has to look closer.
    """
    domain, path, name = cookie.domain, cookie.path, cookie.name
    cookies = store.cookies
    paths = cookies.get(domain)
    names = None if paths is None else paths.get(path)
    if names is not None and name in names:
        old = names[name]
        if (
            type(old) is not type(cookie)
            or old._seldom is not None
            or old._creation_time is None
            or ((expires := old.expires) is not None and expires <= now)
        ):
            return False
        cookie._creation_time = old._creation_time
    else:
        census = store.census
        if (
            census is None
            or census.room <= 0
            or census.size != len(cookies)
            or census.limits is not limits
            or census.suffixes is not suffixes
        ):
            return False
        place = family_of(domain)
        rooms: dict[str, Any] = census.rooms
        room = rooms.get(place)
        if room is None and place in rooms:  # its sites were counted
            place, rooms = suffixes.site_of(domain.removeprefix(".")), census.site_rooms
            # One that nobody has met has no cookie yet.
            room = rooms.get(place, limits.per_site)
        if not room:
            return False
        rooms[place] = room - 1
        census.room -= 1
        created = census.latest + _TICK
        census.latest = cookie._creation_time = created if created >= now else float(now)
        if names is None:
            names = store.names_for(domain, path)
    cookie._last_access_time = now
    names[name] = cookie
    expires = cookie.expires
    if expires is not None and expires < store.earliest:
        store.earliest = expires
    if queues and False in queues:
        queues[False].put_later(cookie)
    return True


def _keep_new(
    store: Store,
    policy: BrowserPolicy,
    cookie: CookieFields,
    old: CookieFields | None,
    under: str,
    now: int,
    queues: Queues | None,
) -> tuple[CookieFields, ...]:
    """Store a cookie that is new, or may count otherwise than the one it replaces."""
    census = store.census
    if census is None or census.size != len(store.cookies):
        census = census_of(store)
    if old is not cookie:
        _stamp(cookie, old, census, now)
    store.put(cookie, counted=True)
    queue = _queue_up(queues, (under, cookie.path, cookie.name), cookie) if queues else None
    if old is not None and PARTITION not in under:
        return ()
    limits = policy.limits
    if queue is None:
        if census.limits is not limits or census.suffixes is not policy.public_suffixes:
            census.count_anew()
            census.limits, census.suffixes = limits, policy.public_suffixes
        evicted = _hold(store, policy, census, under, now, {} if queues is None else queues)
    elif PARTITION in under:
        evicted = _purge_partition(store, limits, queue)
    else:
        evicted = _purge_site(store, limits, census, queue)
    if limits.total is None:
        return evicted
    if census.room > 0:
        census.room += len(evicted) - 1
        return evicted
    gone = _hold_total(store, limits, census, now)
    if gone and queues:
        queues.clear()  # they may have gone from there
    return evicted + gone


def _queue_up(queues: Queues, key: Key, cookie: CookieFields) -> EvictionQueue | None:
    """Let a queue know what was stored; the queue, if it knows where that stands."""
    partitioned = PARTITION in key[0]
    queue = queues.get(partitioned)
    if queue is not None and not (queue.settle() and queue.put(key, cookie)):
        del queues[partitioned]
        return None
    return queue


def forget(queues: Queues, key: Key) -> None:
    """Let a queue know what was removed."""
    partitioned = PARTITION in key[0]
    queue = queues.get(partitioned)
    if queue is None:
        return
    if queue.settle():
        queue.remove(key)
    else:
        del queues[partitioned]


def keep_loaded(store: Store, cookie: CookieFields, now: int) -> None:
    """
    Store a cookie from a file, as one that was created and used now unless the file says otherwise.

    Evicts nothing: what a user has saved is the user's. The next new cookie of a site
    brings that back within its limits, and the jar as a whole.
    """
    census = census_of(store)
    old, used = None, moment_of(cookie, "_last_access_time")
    if not moment_of(cookie, "_creation_time"):
        old = store.get(key_of(cookie), cookie.path, cookie.name)
    _stamp(cookie, old, census, now)
    if used:
        cookie._last_access_time = used
    store.put(cookie)


def _stamp(cookie: CookieFields, old: CookieFields | None, census: Census, now: int) -> None:
    """Set creation-time and last-access-time (5.7 steps 5 and 23)."""
    source = cookie if old is None else old
    created = getattr(source, "_creation_time", None) and moment_of(source, "_creation_time")
    if not created:
        created = census.latest + _TICK
        if created < now:
            created = float(now)
        census.latest = created
    elif census.latest < created <= now:  # a program may write anything
        census.latest = created
    try:
        cookie._creation_time = created
        cookie._last_access_time = now
    except AttributeError:
        pass  # of a foreign class that has no room for them


def _hold(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int, queues: Queues
) -> tuple[CookieFields, ...]:
    """Make the limits of sites and partitions hold after one more cookie was filed under a key."""
    rooms, family = census.rooms, family_of(under)
    room = rooms.get(family, 0)
    if room:  # it was counted, so there is a limit, and it is no partition
        rooms[family] = room - 1
        return ()
    limits = policy.limits
    if PARTITION in under:
        if limits.per_partition is None and limits.partition_octets is None:
            return ()
        return _hold_partition(store, policy, census, under, now, queues)
    if limits.per_site is None:
        return ()
    hold = _hold_site if room is None else _hold_family
    return hold(store, policy, census, under, now, queues)


def _hold_family(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int, queues: Queues
) -> tuple[CookieFields, ...]:
    """Count a family and note how much room is left; from its limit on, count its sites instead."""
    limit = policy.limits.per_site or 0
    family = family_of(under)
    members = census.members(family)
    held = _count(store, members)
    if held <= limit:
        # Fewer than one site may have: no need to ask for sites.
        census.rooms[family] = limit - held
        return ()
    census.rooms[family] = None
    for site, domains in _by_site(policy, members).items():
        census.site_rooms[site] = limit - _count(store, domains)
    census.site_rooms[_site(policy, under)] = 0  # which is to be counted without expired cookies
    return _hold_site(store, policy, census, under, now, queues)


def _hold_site(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int, queues: Queues
) -> tuple[CookieFields, ...]:
    """Count a site when it may be full, and purge it if it is."""
    limit = policy.limits.per_site or 0
    site = _site(policy, under)
    # One that nobody has met has this cookie alone.
    room = census.site_rooms.get(site, limit)
    if room > 0:
        census.site_rooms[site] = room - 1
        return ()
    items = _living(store, _of_site(policy, census, under, site), now)
    if len(items) <= limit:
        census.site_rooms[site] = limit - len(items)
        return ()
    queue = queues[False] = EvictionQueue(items, site)
    return _purge_site(store, policy.limits, census, queue)


def _purge_site(
    store: Store, limits: Limits, census: Census, queue: EvictionQueue
) -> tuple[CookieFields, ...]:
    """Purge a site, whose cookies are known, if it is full."""
    room = census.site_rooms.get(queue.site, 0)
    if room > 0:
        census.site_rooms[queue.site] = room - 1
        return ()
    limit = limits.per_site or 0
    surplus = len(queue) - limits.purge_site_to if len(queue) > limit else 0
    census.site_rooms[queue.site] = limit - len(queue) + surplus
    return _evict(store, queue.take(surplus))


def _site(policy: BrowserPolicy, under: str) -> str:
    return policy.public_suffixes.site_of(under.partition(PARTITION)[0].removeprefix("."))


def _of_site(policy: BrowserPolicy, census: Census, under: str, site: str) -> list[str]:
    """The domains of one site; that of the new cookie also where the census does not know it."""
    _, partition, key = under.partition(PARTITION)
    itself = site + partition + key
    below = "." + itself
    # Asked for its site is only what can be of this one: a family may have thousands of members.
    domains = [
        domain
        for domain in census.members(family_of(under))
        if (domain.endswith(below) or domain == itself) and _site(policy, domain) == site
    ]
    return domains if under in domains else [*domains, under]


def _by_site(policy: BrowserPolicy, domains: list[str]) -> dict[str, list[str]]:
    """The domains of a family by their sites."""
    sites: dict[str, list[str]] = {}
    for domain in domains:
        sites.setdefault(_site(policy, domain), []).append(domain)
    return sites


def _hold_total(store: Store, limits: Limits, census: Census, now: int) -> tuple[CookieFields, ...]:
    """Count the whole jar, purge it if it has too many, and note how much room is left."""
    limit = limits.total or 0
    held = count(store.cookies)
    evicted: tuple[CookieFields, ...] = ()
    if held > limit:
        items = _living(store, list(store.cookies), now)
        held = len(items)
        if held > limit:
            evicted = _evict(store, EvictionQueue(items).take(held - limits.purge_total_to))
            held = limits.purge_total_to
    census.room = limit - held
    return evicted


def _hold_partition(
    store: Store, policy: BrowserPolicy, census: Census, under: str, now: int, queues: Queues
) -> tuple[CookieFields, ...]:
    """Count a site's cookies in one partition, and purge it if there are too many."""
    domains = _of_site(policy, census, under, _site(policy, under))
    queue = queues[True] = EvictionQueue(_living(store, domains, now))
    return _purge_partition(store, policy.limits, queue)


def _purge_partition(
    store: Store, limits: Limits, queue: EvictionQueue
) -> tuple[CookieFields, ...]:
    """Evict one by one until a site's cookies in one partition are few and small enough."""
    most, octets = limits.per_partition, limits.partition_octets
    going: list[Item] = []
    while (most is not None and len(queue) > most) or (
        octets is not None and queue.octets > octets and len(queue)
    ):
        going += queue.take(1)
    return _evict(store, going)


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
                if has_ended(cookie, now):
                    store.expire(domain, path, name)
                else:
                    living.append(((domain, path, name), cookie))
    return living


def _evict(store: Store, going: list[Item]) -> tuple[CookieFields, ...]:
    """Remove some cookies."""
    if not going:
        return ()
    for key, _ in going:
        store.evict(*key)
    return tuple([cookie for _, cookie in going])
