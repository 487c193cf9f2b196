"""Which stored domains may belong to one site, so that nobody has to look at all of them.

Domains are kept in families: those that share their last two labels. A registrable domain has two
labels or more, so all domains of a site are in one family; the public suffix list is not asked, and a
family such as co.uk holds many sites.

Rules of this file:
- Knows domains and numbers; no cookie, time or policy. The store tells it which domains come and go.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Between the domain and the partition key of a partitioned cookie; no Domain attribute can have it.
PARTITION = ";"


def family_of(domain: str) -> str:
    """
    The family of a stored domain; partitions of a site have families of their own.

    >>> family_of(".shop.example"), family_of("a.shop.example;https://top.example"), family_of("com")
    ('shop.example', 'shop.example;https://top.example', 'com')
    """
    end = domain.find(PARTITION)
    if end < 0:
        end = len(domain)
    return domain[domain.rfind(".", 0, max(domain.rfind(".", 0, end), 0)) + 1 :].removeprefix(".")


class Census:
    """
    The families of the domains in one store.

    Attributes:
        room: Cookies that the store may take before they have to be counted again; None if nobody
            has counted.
        rooms: The same for single families.
        latest: The latest creation-time that was given out.
    """

    __slots__ = ("_families", "latest", "room", "rooms")

    def __init__(self, domains: Iterable[str], latest: float) -> None:
        self._families: dict[str, dict[str, None]] = {}
        self.latest = latest
        self.room: int | None = None
        self.rooms: dict[str, int] = {}
        for domain in domains:
            self.learn(domain)

    def learn(self, domain: str) -> None:
        """Take note of a domain that has come."""
        family = family_of(domain)
        members = self._families.get(family)
        if members is None:
            members = self._families[family] = {}
        members[domain] = None

    def forget(self, domain: str) -> None:
        """Take note of a domain that has gone."""
        family = family_of(domain)
        members = self._families.get(family)
        if members is not None:
            members.pop(domain, None)
            if not members:
                del self._families[family]
                self.rooms.pop(family, None)

    def members(self, family: str) -> list[str]:
        """The domains of a family."""
        return list(self._families.get(family, ()))
