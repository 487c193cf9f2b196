"""The changes of a shared jar that are still to be written, in order.

Rules of this file:
- Knows neither jar, store nor database; whoever changes a jar notes it down here.
- Order matters: a cookie that goes and comes again stands behind the others.
"""

from __future__ import annotations

from cookietin.changes import Cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.cookie import CookieFields

    Key = tuple[str, str, str]


class Entry:
    """
    One change of a jar that is still to be written.

    Attributes:
        key: Where the cookie is filed; None for all cookies.
        cookie: What was stored; None if it was removed.
        old: What was there.
        place: Number of the change.
        cause: Why it was removed.
    """

    __slots__ = ("cause", "cookie", "key", "old", "place")

    def __init__(
        self,
        key: Key | None,
        old: Any,
        cookie: CookieFields | None = None,
        place: int = 0,
        cause: Cause = Cause.EXPLICIT,
    ) -> None:
        self.key: Key | None = key
        self.old: Any = old
        self.cookie: CookieFields | None = cookie
        self.place: int = place
        self.cause: Cause = cause


class Journal:
    """
    The changes of a jar since it was last written, in order.

    Attributes:
        entries: The changes.
        places: How many were ever noted, here or elsewhere; places in the order of the jar.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.places: int = 0
        self._stored: dict[Key, Entry] = {}

    def stored(self, key: Key, old: CookieFields | None, cookie: CookieFields) -> int:
        """Note that a cookie was stored; its place."""
        self.places += 1
        before = self._stored.get(key)
        if before is not None:
            before.cookie = cookie  # neither comes or goes
        else:
            entry = self._stored[key] = Entry(key, old, cookie, self.places)
            self.entries.append(entry)
        return self.places

    def removed(self, key: Key, old: CookieFields, cause: Cause) -> None:
        """Note that a cookie was removed."""
        self._stored.pop(key, None)
        self.entries.append(Entry(key, old, cause=cause))

    def wiped(self, cookies: dict[Key, CookieFields] | None, cause: Cause) -> None:
        """Note that all cookies were removed; which ones, if somebody might want them back."""
        self._stored.clear()
        self.entries.append(Entry(None, cookies, cause=cause))

    def settle(self) -> None:
        """Change no entry any more: what follows may be undone, and this not."""
        self._stored.clear()

    def forget_since(self, mark: int) -> None:
        """Strike out changes that were undone."""
        del self.entries[mark:]
        self._stored.clear()

    def undone(self, cookies: dict[Key, CookieFields]) -> None:
        """Turn what a jar has into what it had before these changes."""
        for entry in reversed(self.entries):
            if entry.key is None:
                cookies.clear()
                cookies.update(entry.old or {})
            elif entry.old is None:
                cookies.pop(entry.key, None)
            else:
                cookies[entry.key] = entry.old
