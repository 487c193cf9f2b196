"""What programs have changed in a shared jar past its methods: in cookies, and in `_cookies`.

Rules of this file:
- The caller has locked the database, and memory has what others have written: so whatever differs was
  changed here.
- A last-access-time is no change that anybody has to be told of.
"""

from __future__ import annotations

from cookietin.census import family_of
from cookietin.changes import Cause
from cookietin.cookie_rows import LAST_ACCESS_TIME, Unholdable, held_of
from cookietin.database import HELD_AT, HELD_TO
from cookietin.lazy_cookies import LazyCookies
from cookietin.store import NEVER, every_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.cookie_rows import Held, Key
    from cookietin.sharing import Sharing
    from cookietin.sqlite_file import Row

# A last-access-time that moved by less is not written (Chromium's cookie store has the same).
ACCESS_SECONDS = 60


def note_differences(sharing: Sharing) -> None:
    """Note what memory has otherwise than the database; the caller has begun to write."""
    cookies, store = sharing.cookies, sharing.index
    families = None
    if isinstance(cookies, LazyCookies) and not cookies.whole:
        families = list(cookies.families)
    database, journal = sharing.database, sharing.journal
    rows: list[Row] = (
        database.all_rows()
        if families is None
        else [row for family in families for row in database.family(family)]
    )
    unseen = {row[:HELD_AT]: row for row in rows}
    touched: list[tuple[str, Key, float]] = []
    present = dict(zip(dict.keys(cookies), dict.values(cookies), strict=True))
    skipped: list[str] = []
    for domain, path, name, cookie in every_item(present):
        key = domain, path, name
        row = unseen.pop(key, None)
        old = None if row is None else row[HELD_AT:HELD_TO]
        held = sharing.held(key, cookie, skipped)
        if held == old:
            continue
        if old is not None and held is not None and _but_for_access(old) == _but_for_access(held):
            if (held[LAST_ACCESS_TIME] or 0) - (old[LAST_ACCESS_TIME] or 0) >= ACCESS_SECONDS:
                touched.append((family_of(domain), key, held[LAST_ACCESS_TIME]))
        elif held is not None or old is not None or key not in sharing.local:
            journal.stored(key, cookie if old is not None else None, cookie)
    for key, row in unseen.items():
        gone = sharing.cookie_of(row)
        if gone is not None:  # not one that this jar passes over
            journal.removed(key, gone, Cause.EXPLICIT)
    database.touch(touched)
    store.earliest = -NEVER
    sharing.has_touched |= bool(touched)


def _but_for_access(held: Held) -> Held:
    return held[:LAST_ACCESS_TIME] + held[LAST_ACCESS_TIME + 1 :]


def are_alike(one: CookieFields, other: CookieFields, key: Key) -> bool:
    """Tell whether two cookies say the same but for when they were last sent."""
    try:
        return _but_for_access(held_of(one, key)) == _but_for_access(held_of(other, key))
    except Unholdable:
        return one is other
