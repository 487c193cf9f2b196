"""The cookies of one site in the order in which they are evicted, kept up while a response is taken.

To rank and sort 180 cookies takes 0.4 ms. A response may bring thousands of fields, and each 31st of
them fills the site again; in a partition each of them does. Within a response nobody else changes a
cookie, so the order is worked out once, and each new cookie finds its place in it.

Rules of this file:
- Knows no store, limit, policy or time. Whoever stores, replaces or removes a cookie says so.
- The order is that of a sort by `eviction_rank` that keeps cookies of one rank as the store has them.
  Where only the store can tell, the queue says that it does not know.
"""

from __future__ import annotations

from bisect import bisect_left

from cookietin.policy.limits import eviction_rank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cookietin.cookie import CookieFields

    # What a cookie is filed under: domain (and partition), path, name.
    Key = tuple[str, str, str]
    Item = tuple[Key, CookieFields]
    Rank = tuple[bool, float, float]


class EvictionQueue:
    """
    Cookies in the order in which they would go.

    Args:
        items: The cookies, with what they are filed under, in the order of the store.
        site: Their site.

    Attributes:
        site: Their site.
        octets: The length of all names and values.
    """

    __slots__ = ("_entries", "_places", "_waiting", "octets", "site")

    def __init__(self, items: Iterable[Item], site: str = "") -> None:
        self.site: str = site
        # The number decides between equal ranks; nothing behind it is ever compared.
        self._entries: list[tuple[Rank, int, Key, CookieFields]] = sorted(
            (eviction_rank(cookie), number, key, cookie)
            for number, (key, cookie) in enumerate(items)
        )
        self._places: dict[Key, tuple[Rank, int]] = {
            key: (rank, number) for rank, number, key, _ in self._entries
        }
        self._waiting: list[CookieFields] = []
        self.octets: int = sum([_octets(entry[3]) for entry in self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def put_later(self, cookie: CookieFields) -> None:
        """Note a cookie that was stored under its own domain; whoever asks more settles first."""
        self._waiting.append(cookie)

    def settle(self) -> bool:
        """Take in what was noted; False if the place of one is unknown, as in `put`."""
        waiting = self._waiting
        if waiting:
            self._waiting = []
            for cookie in waiting:
                if not self.put((cookie.domain, cookie.path, cookie.name), cookie):
                    return False
        return True

    def put(self, key: Key, cookie: CookieFields) -> bool:
        """Take in a cookie that was stored; False if its place is unknown, for another ranks alike."""
        if key in self._places:
            self.remove(key)
        entries = self._entries
        rank = eviction_rank(cookie)
        if not entries or entries[-1][0] < rank:
            # Most are set later than all others, and are like them Secure or not.
            entries.append((rank, 0, key, cookie))
        else:
            at = bisect_left(entries, (rank,))
            if at < len(entries) and entries[at][0] == rank:
                return False
            entries.insert(at, (rank, 0, key, cookie))
        self._places[key] = (rank, 0)
        self.octets += _octets(cookie)
        return True

    def remove(self, key: Key) -> None:
        """Leave out a cookie that was replaced or removed, if it was in here."""
        place = self._places.pop(key, None)
        if place is not None:
            entry = self._entries.pop(bisect_left(self._entries, place))
            self.octets -= _octets(entry[3])

    def take(self, number: int) -> list[Item]:
        """Take out the first so many."""
        going = self._entries[:number]
        del self._entries[:number]
        for _, _, key, cookie in going:
            del self._places[key]
            self.octets -= _octets(cookie)
        return [(key, cookie) for _, _, key, cookie in going]


def _octets(cookie: CookieFields) -> int:
    try:
        return len(cookie.name) + len(cookie.value or "")
    except TypeError:  # a program may have put anything there
        return len(str(cookie.name)) + len(str(cookie.value or ""))
