"""Views of a shared jar, which do not lock the database to read."""

from __future__ import annotations

from cookietin.cookiejar.frozen import FrozenCookieJar
from cookietin.sharing_lock import ReadingLock
from cookietin.views import CookieView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.sqlite_jar import SQLiteCookieJar


def reading_lock(jar: SQLiteCookieJar) -> ReadingLock:
    return ReadingLock(jar._cookietin_lock)


class SharedView(CookieView):
    """A view that does not lock the database to read."""

    __slots__ = ()

    _jar: SQLiteCookieJar

    def _cookies(self, name: str | None = None) -> list[CookieFields]:
        with reading_lock(self._jar):
            return super()._cookies(name)


class FrozenSharedJar(FrozenCookieJar):
    """A frozen view that does not lock the database to read."""

    _jar: SQLiteCookieJar

    def __init__(self, jar: SQLiteCookieJar) -> None:
        super().__init__(jar)

    @property
    def _cookies_lock(self) -> Any:
        return reading_lock(self._jar)

    @property
    def _cookietin_index(self) -> Any:  # type: ignore[override]  # it is the other jar's
        return self._jar._cookietin_sharing.index

    def __reduce__(self) -> Any:
        return FrozenSharedJar, (self._jar,)
