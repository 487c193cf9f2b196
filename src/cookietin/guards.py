"""Stored Secure cookies, as guards against what comes over a connection that is not secure.

RFC 6265bis section 5.7 step 16. The store is read once for each domain of a response, not for each
of its cookies: thousands of these took 1.3 s beside 3,000 sites of one family, and 0.6 s from a host
of 120 labels.

Rules of this file:
- Good for one response. Such a connection brings no Secure cookie, so guards may go meanwhile, but
  none comes.
- The caller holds the jar's lock. Knows no policy and no clock; `now` is an argument.
"""

from __future__ import annotations

from cookietin.census import PARTITION, family_of
from cookietin.cookie import has_ended
from cookietin.eviction import census_of
from cookietin.rules.hosts import is_numeric
from cookietin.rules.paths import matching_paths, path_matches
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.store import Store

    # Name -> path -> Secure cookies of that name and path.
    Secure = dict[str, dict[str, list[CookieFields]]]


class Guards:
    """
    The Secure cookies of a store, by which domains they guard.

    Args:
        store: Where they are.
        now: Seconds since the epoch; cookies that have ended guard nothing.
    """

    __slots__ = ("_known", "_now", "_store")

    def __init__(self, store: Store, now: int) -> None:
        self._store = store
        self._now = now
        self._known: dict[str, Secure] = {}

    def may_forbid(self, under: str, name: str) -> bool:
        """Tell whether `forbid` has to be asked about a cookie of that name, filed so."""
        secure = self._known.get(under)
        return name in (self._around(under) if secure is None else secure)

    def forbid(self, cookie: CookieFields) -> bool:
        """Tell whether a cookie that is not Secure would hide a stored one, or pose as it."""
        paths = self._around(key_of(cookie)).get(cookie.name)
        if paths is None:
            return False
        path = cookie.path
        # 5.7 step 16: not symmetric. /login Secure guards /login/en, but not /.
        if path[:1] == "/" and path.count("/") < len(paths):
            matching = [each for each in matching_paths(path) if each in paths]
        else:
            matching = [each for each in paths if path_matches(path, each)]
        get = self._store.get
        return any(
            get(key_of(guard), guard.path, guard.name) is guard  # it may have been evicted
            for each in matching
            for guard in paths[each]
        )

    def _around(self, under: str) -> Secure:
        """Secure cookies whose domain domain-matches the one given, or the other way round."""
        secure = self._known.get(under)
        if secure is not None:
            return secure
        secure = {}
        cookies = self._store.cookies
        for domain in _relatives(self._store, under):
            for path, names in cookies.get(domain, {}).items():
                for name, cookie in names.items():
                    if cookie.secure and not has_ended(cookie, self._now):
                        secure.setdefault(name, {}).setdefault(path, []).append(cookie)
        self._known[under] = secure
        return secure


def _relatives(store: Store, under: str) -> set[str]:
    """What the cookies of a domain, its parents and the names below it are filed under."""
    domain, separator, partition = under.removeprefix(".").partition(PARTITION)
    end = separator + partition
    itself, below = domain + end, "." + domain + end
    # The names below a single label are in families of their own.
    family = census_of(store).members(family_of(under)) if "." in domain else list(store.cookies)
    around = {itself, "." + itself}
    around.update([each for each in family if each.endswith(below)])
    if not is_numeric(domain):
        dot = domain.find(".")
        while dot >= 0:
            around.update((domain[dot:] + end, domain[dot + 1 :] + end))
            dot = domain.find(".", dot + 1)
    return around
