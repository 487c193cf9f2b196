"""The store: domain -> path -> name -> cookie, and the index over it.

The nested dict is the only truth: programs read, assign and pickle `jar._cookies`. It is its own
index by domain. `Store` adds what can be made again from it at any time: the order in which domains
came (for a deterministic Cookie header) and the earliest expiry (so that nobody scans for expired
cookies in vain).

Rules of this file:
- Knows no time, policy, event or lock.
- Whoever changes the dict past this class costs speed, not cookies: what is remembered here is
  checked against the dict before use. Some things cannot be seen: a domain that is taken out and
  put back keeps its old place in the header, an expiry put in counts when it is looked at, and
  cookies put in count for limits when they are next counted.
- No empty dicts stay behind (CPython keeps them for ever).
"""

from __future__ import annotations

import copy
import math

from cookietin.census import PARTITION
from cookietin.cookie import CookieFields
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import ClassVar

    from cookietin.census import Census

    Removal = Callable[["Store", str, str, str], None]

Names = dict[str, CookieFields]
Paths = dict[str, Names]
Cookies = dict[str, Paths]

NEVER = math.inf


class Store:
    """
    An index over one nested dict of cookies.

    Attributes:
        cookies: The dict itself; live, owned by the jar.
        earliest: No cookie that came through `put` ends before this moment (seconds since the
            epoch); -inf while nobody has looked.
        census: Families of the domains, once somebody has asked for them.
    """

    __slots__ = ("_numbers", "_partitioned", "_seen", "census", "cookies", "earliest")

    # Somebody is told what comes and goes: nothing may be put into the dict past the methods.
    watched = False

    def __init__(self, cookies: Cookies) -> None:
        self.cookies: Cookies = cookies
        self.earliest: float = NEVER if not cookies else -math.inf
        # Domain -> its place in the order of insertion; `_seen` counts all that ever came.
        self._numbers: dict[str, int] = {}
        self._seen = 0
        self.census: Census | None = None
        self._partitioned = False

    def put(self, cookie: CookieFields, *, counted: bool = False) -> None:
        """
        Store a cookie, in place of one of the same domain, partition, path and name.

        Args:
            counted: The caller keeps the rooms of the census.
        """
        domain, path = cookie.domain, cookie.path
        try:
            if cookie._seldom is not None:
                domain = key_of(cookie)
        except AttributeError:
            domain = key_of(cookie)  # of a foreign class
        if self.census is not None and not counted:
            self.census.count_anew()
        cookies = self.cookies
        paths = cookies[domain] if domain in cookies else self._room_for(domain)
        if path in paths:
            paths[path][cookie.name] = cookie
        else:
            paths[path] = {cookie.name: cookie}
        try:
            expires = cookie.expires
            if expires is not None and expires < self.earliest:
                self.earliest = expires
        except (TypeError, AttributeError):
            self.earliest = -math.inf  # no number, so only its `is_expired` knows

    def put_all(self, cookies: Iterable[CookieFields]) -> None:
        """
        Store cookies of the package's own classes as `put` would one by one.

        Neighbours of one domain and path share the look-ups: 0.1 us each, where `put` takes 0.3.
        """
        if self.census is not None:
            self.census.count_anew()
        held, earliest = self.cookies, self.earliest
        domain = path = None
        names: Names = {}
        for cookie in cookies:
            if cookie._seldom is not None:
                self.put(cookie)
                earliest = min(earliest, self.earliest)
                continue
            if cookie.domain != domain or cookie.path != path:
                domain, path = cookie.domain, cookie.path
                paths = held[domain] if domain in held else self._room_for(domain)
                if path not in paths:
                    paths[path] = {}
                names = paths[path]
            names[cookie.name] = cookie
            expires = cookie.expires
            if expires is not None and expires < earliest:
                earliest = expires
        self.earliest = earliest

    def names_for(self, domain: str, path: str) -> Names:
        """The dict for cookies of a domain and path, which the caller fills if it is new."""
        paths = self.cookies[domain] if domain in self.cookies else self._room_for(domain)
        if path not in paths:
            paths[path] = {}
        return paths[path]

    def _room_for(self, domain: str) -> Paths:
        """An empty dict for a domain that has come."""
        paths: Paths = {}
        self.cookies[domain] = paths
        self._numbers[domain] = self._seen = self._seen + 1
        if PARTITION in domain:
            self._partitioned = True
        if self.census is not None:
            self.census.learn(domain)
        return paths

    def get(self, domain: str, path: str, name: str) -> CookieFields | None:
        """The cookie of that domain, path and name."""
        return self.cookies.get(domain, {}).get(path, {}).get(name)

    def discard(self, domain: str, path: str, name: str) -> None:
        """Remove one cookie; KeyError, with the key that is missing, if there is none."""
        paths = self.cookies[domain]
        names = paths[path]
        del names[name]
        if not names:
            self.discard_path(domain, path)

    # The same, said by whoever knows the reason: the cookie has ended, a limit asks for its room, a
    # server has sent it as ended, or one of its key comes next.
    expire: ClassVar[Removal] = discard
    evict: ClassVar[Removal] = discard
    delete: ClassVar[Removal] = discard
    displace: ClassVar[Removal] = discard

    def discard_path(self, domain: str, path: str) -> None:
        """Remove the cookies of a domain and path; KeyError if there are none."""
        paths = self.cookies[domain]
        del paths[path]
        if not paths:
            self.discard_domain(domain)

    def discard_domain(self, domain: str) -> None:
        """Remove the cookies of a domain; KeyError if there are none."""
        del self.cookies[domain]
        self._numbers.pop(domain, None)
        if self.census is not None:
            self.census.forget(domain)

    @property
    def partitioned(self) -> bool:
        """Whether there may be cookies that are filed under a domain and a partition."""
        if len(self._numbers) != len(self.cookies):
            self._count_again()
        return self._partitioned

    def keys_of(self, domain: str) -> list[str]:
        """What cookies of a domain are filed under: the domain, and each of its partitions."""
        if not self.partitioned or PARTITION in domain:
            return [domain]
        start = domain + PARTITION
        return [domain, *(key for key in list(self.cookies) if key.startswith(start))]

    def candidates(self, domains: Iterable[str]) -> list[tuple[str, Paths]]:
        """Those of the given domains that hold cookies, in the order in which they first came."""
        cookies = self.cookies
        found = [(domain, cookies[domain]) for domain in domains if domain in cookies]
        return self._sorted(found) if len(found) > 1 else found

    def above(self, host: str) -> list[tuple[str, Paths]]:
        """The candidates among a host and its parents; see `rules.classic.returning_domains`."""
        cookies = self.cookies
        found = []
        if "" in cookies:
            found.append(("", cookies[""]))
        if (dotted := "." + host) in cookies:
            found.append((dotted, cookies[dotted]))
        if host in cookies:
            found.append((host, cookies[host]))
        dot = host.find(".")
        while dot >= 0:
            if (parent := host[dot:]) in cookies:
                found.append((parent, cookies[parent]))
            dot += 1
            if (parent := host[dot:]) in cookies:
                found.append((parent, cookies[parent]))
            dot = host.find(".", dot)
        return self._sorted(found) if len(found) > 1 else found

    def _sorted(self, found: list[tuple[str, Paths]]) -> list[tuple[str, Paths]]:
        """Put domains in the order in which they came."""
        numbers = self._numbers
        if len(numbers) != len(self.cookies):
            numbers = self._count_again()
        try:
            if len(found) == 2:
                (first, _), (second, _) = found
                if numbers[first] > numbers[second]:
                    found.reverse()
                return found
            found.sort(key=lambda item: numbers[item[0]])
        except KeyError:
            numbers = self._count_again()
            found.sort(key=lambda item: numbers[item[0]])
        return found

    def _count_again(self) -> dict[str, int]:
        """Number the domains anew, after the dict was filled or changed by somebody else."""
        self._numbers = numbers = {domain: at for at, domain in enumerate(self.cookies, 1)}
        self._seen = len(numbers)
        self._partitioned = any(PARTITION in domain for domain in self.cookies)
        return numbers

    def ended(self, now: float) -> list[tuple[str, str, str]]:
        """
        Domain, path and name of every cookie that has ended, and note when the next one will.

        Reads every cookie: ask only once `earliest` has come.
        """
        gone = []
        earliest = NEVER
        for domain, path, name, cookie in every_item(self.cookies):
            if cookie.is_expired(now):
                gone.append((domain, path, name))
            elif cookie.expires is not None:
                try:
                    earliest = min(earliest, cookie.expires)
                except TypeError:
                    earliest = -math.inf
        self.earliest = earliest
        return gone


def key_of(cookie: CookieFields) -> str:
    """What a cookie is filed under: its domain, and its partition if it has one."""
    try:
        partition_key = cookie._partition_key
    except AttributeError:  # of a foreign class
        return cookie.domain
    if partition_key is None:
        return cookie.domain
    return f"{cookie.domain}{PARTITION}{partition_key}"


def every_item(cookies: Cookies) -> Iterator[tuple[str, str, str, CookieFields]]:
    """Domain, path, name and cookie of all that are stored; survives changes meanwhile."""
    for domain, paths in list(cookies.items()):
        for path, names in list(paths.items()):
            for name, cookie in list(names.items()):
                yield domain, path, name, cookie


def every_cookie(cookies: Cookies) -> Iterator[CookieFields]:
    """All cookies by domain, path and name in order of insertion; survives changes meanwhile."""
    for paths in list(cookies.values()):
        for names in list(paths.values()):
            yield from list(names.values())


def count(cookies: Cookies) -> int:
    """How many cookies there are, without looking at any; survives changes meanwhile."""
    return sum([len(names) for paths in list(cookies.values()) for names in list(paths.values())])


def structure(cookies: Cookies) -> Cookies:
    """The same cookies in dicts of their own."""
    return {
        domain: {path: names.copy() for path, names in paths.items()}
        for domain, paths in cookies.items()
    }


def copied(cookies: Cookies) -> Cookies:
    """The same cookies in dicts of their own, each cookie copied."""
    made = structure(cookies)
    for paths in made.values():
        for names in paths.values():
            for name, cookie in names.items():
                names[name] = copied_cookie(cookie)
    return made


def copied_cookie(cookie: CookieFields) -> CookieFields:
    """A copy of a cookie that shares nothing with it."""
    made = copy.copy(cookie)
    # `copy.copy` shares the dict of other attributes, as the standard library's cookies do.
    others = getattr(made, "_others", None)
    if others is not None:
        if others.__class__ is not SharedAttributes:
            made._others = others.copy() or None
    elif not hasattr(made, "_others") and isinstance(getattr(made, "_rest", None), dict):
        made._rest = made._rest.copy()
    return made
