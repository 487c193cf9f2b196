"""Which stored domains may belong to one site, so that nobody has to look at all of them.

Domains are kept in families: those that share their last two labels. A registrable domain has two
labels or more, so all domains of a site are in one family; the public suffix list is not asked, and a
family such as co.uk holds many sites.

Rules of this file:
- Knows domains and numbers; no cookie, time or policy. The store tells it which domains come and go.
- Rooms are lower bounds: that many cookies may come before somebody has to count.
"""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# Between the domain and the partition key of a partitioned cookie; no host can have it.
PARTITION = "/"


# 0.05 us against 0.45, and a response mostly sets cookies of one domain.
@lru_cache(maxsize=1024)
def family_of(domain: str) -> str:
    """
    The family of a stored domain; partitions of a site have families of their own.

    >>> family_of(".shop.example"), family_of("a.shop.example/https://top.example"), family_of("com")
    ('shop.example', 'shop.example/https://top.example', 'com')
    """
    end = domain.find(PARTITION)
    if end < 0:
        end = len(domain)
    return domain[domain.rfind(".", 0, max(domain.rfind(".", 0, end), 0)) + 1 :].removeprefix(".")


class Census:
    """
    The families of the domains in one store.

    Attributes:
        size: How many domains it knows.
        latest: The latest creation-time that was given out.
        limits, suffixes: The limits, and the public suffixes, that the rooms were counted for.
        room: Room in the whole store.
        rooms: Room in families; None in those that were counted by their sites.
        site_rooms: Room at the sites of these.
        evicted: What the last cookie that was stored has driven out.
    """

    __slots__ = (
        "_families", "evicted", "latest", "limits", "room", "rooms", "site_rooms", "size", "suffixes",
    )  # fmt: skip

    def __init__(self, domains: Iterable[str], latest: float) -> None:
        self._families: dict[str, dict[str, None]] = {}
        self.size: int = 0
        self.latest: float = latest
        self.limits: object = None
        self.suffixes: object = None
        self.room: int = 0
        self.rooms: dict[str, int | None] = {}
        self.site_rooms: dict[str, int] = {}
        self.evicted: tuple[Any, ...] = ()
        for domain in domains:
            self.learn(domain)

    def learn(self, domain: str) -> None:
        """Take note of a domain that has come."""
        self._families.setdefault(family_of(domain), {})[domain] = None
        self.size += 1

    def forget(self, domain: str) -> None:
        """Take note of a domain that has gone."""
        family = family_of(domain)
        members = self._families.get(family, {})
        if domain in members:
            del members[domain]
            self.size -= 1
            if not members:
                del self._families[family]
                self.rooms.pop(family, None)

    def fits(self, domains: dict[str, Any]) -> bool:
        """Tell whether these seem to be the domains it knows: as many, and the last of them known."""
        if self.size != len(domains):
            return False
        last = next(reversed(domains), None)
        return last is None or last in self._families.get(family_of(last), ())

    def members(self, family: str) -> list[str]:
        """The domains of a family."""
        return list(self._families.get(family, ()))

    def count_anew(self) -> None:
        """Forget all rooms: cookies have come by another way, or under other limits."""
        self.room = 0
        self.rooms.clear()
        self.site_rooms.clear()
