"""Cookies of a shared jar that are read when somebody asks for them.

Rules of this file:
- Changes nothing but what has been read.
- Programs ask from any thread, past the jar's lock: it is taken here.
"""

from __future__ import annotations

from cookietin.census import family_of
from cookietin.cookie_rows import DISCARD, fill, unreadable
from cookietin.database import DOMAIN_PLACE, HELD_AT, HELD_TO, Database
from cookietin.errors import FormatError
from cookietin.lazy_cookies import LazyCookies
from cookietin.store import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from cookietin.cookie import CookieFields
    from cookietin.sharing_lock import SharingLock
    from cookietin.sqlite_file import Row
    from cookietin.store import Cookies

    class SharedJar(Protocol):
        """What a jar has to have."""

        _cookietin_cookies: Cookies
        _cookietin_index: Any
        _cookietin_lock: SharingLock
        _cookie_class: type[CookieFields]
        persist_session: bool
        lenient: bool


class RowSource:
    """
    Reads the cookies of one jar.

    Args:
        jar: The jar.
        database: Where they are.
        made: Makes the error that is raised of a FormatError.
    """

    def __init__(
        self, jar: SharedJar, database: Database, made: Callable[[FormatError], Exception]
    ) -> None:
        self.jar = jar
        self.database = database
        self.made = made

    @property
    def cookies(self) -> Cookies:
        """The jar's dict, without a look whether it is up to date."""
        return self.jar._cookietin_cookies

    def has_read(self, domain: str) -> bool:
        cookies = self.cookies
        return not isinstance(cookies, LazyCookies) or family_of(domain) in cookies.families

    def cookie_of(self, row: Row) -> CookieFields | None:
        """The cookie of a row; None for one that this jar does not take."""
        held, jar = row[HELD_AT:HELD_TO], self.jar
        if held[DISCARD] and not jar.persist_session:
            return None
        cookie_class = jar._cookie_class
        cookie = cookie_class.__new__(cookie_class)
        try:
            fill(cookie, row[:HELD_AT], held)
        except (ValueError, TypeError, AttributeError):
            damaged = True
        else:
            return cookie
        if damaged and not jar.lenient:
            raise self.made(FormatError(self.database.source, None, unreadable(row[:HELD_AT])))
        return None

    def read_family(self, cookies: LazyCookies, family: str) -> None:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            if family in cookies.families or cookies.whole:
                return
            self._fill(cookies, self.database.family(family))
            cookies.families.add(family)
        finally:
            lock.release()

    def read_all(self, cookies: LazyCookies) -> None:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            if cookies.whole:
                return
            rows = self.database.all_rows()
            held = dict(zip(dict.keys(cookies), dict.values(cookies), strict=True))
            dict.clear(cookies)
            unread: list[Row] = []
            for row in rows:
                domain = row[0]
                if family_of(domain) not in cookies.families:
                    unread.append(row)
                elif domain in held:
                    self._fill(cookies, unread)
                    unread = []
                    dict.__setitem__(cookies, domain, held.pop(domain))
            self._fill(cookies, unread)
            dict.update(cookies, held)
            cookies.complete()
        finally:
            lock.release()

    def _fill(self, cookies: LazyCookies, rows: Iterable[Row]) -> None:
        """Put the cookies of rows into a dict."""
        places = cookies.places
        domain = path = None
        names: dict[str, CookieFields] = {}
        paths: dict[str, dict[str, CookieFields]] = {}
        for row in rows:
            cookie = self.cookie_of(row)
            if cookie is None:
                continue
            if row[0] != domain:
                domain, path = row[0], None
                places[domain] = row[DOMAIN_PLACE]
                paths = {}
                dict.__setitem__(cookies, domain, paths)
            if row[1] != path:
                path = row[1]
                names = paths[path] = {}
            names[row[2]] = cookie

    def has_any(self) -> bool:
        """See `lazy_cookies.Source`."""
        lock = self.jar._cookietin_lock
        lock.acquire_to_read()
        try:
            return self.database.has_any()
        finally:
            lock.release()

    def read_ending(self, now: float) -> None:
        """Read the domains of cookies that have ended."""
        cookies = self.cookies
        if isinstance(cookies, LazyCookies) and not cookies.whole:
            for family in self.database.families_ending(now):
                if family not in cookies.families:
                    self.read_family(cookies, family)

    def earliest_of(self, cookies: Cookies) -> float:
        """No cookie of a dict ends before this moment."""
        if isinstance(cookies, LazyCookies):
            return self.earliest_after(-NEVER)
        return -NEVER if cookies else NEVER

    def earliest_after(self, moment: float) -> float:
        """The earliest expiry-time after a moment of what need not have been read."""
        earliest = self.database.earliest(moment)
        return NEVER if earliest is None else earliest
