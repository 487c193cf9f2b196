"""What a jar does under browser rules, where that is something else than under the default policy's.

The jar finds this by the attribute `_jar_rules` of its policy. RFC 6265bis sections 5.7 and 5.8.

Rules of this file:
- The caller holds the jar's lock.
"""

from __future__ import annotations

import time

from cookietin import browser_matching, browser_receiving
from cookietin.collection import index_of
from cookietin.eviction import census_of, keep, keep_loaded
from cookietin.jar_rules import JarRules
from cookietin.policy.browser import keeps_return_rules, keeps_set_rules
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar


def _put(jar: Jar, cookie: CookieFields) -> None:
    store, now = index_of(jar), int(time.time())
    if jar._cookietin_loading:
        # The standard library's formats have a nameless cookie as a name without a value.
        if cookie.value is None:
            cookie.name, cookie.value = "", cookie.name
        keep_loaded(store, cookie, now)
    else:
        evicted = keep(store, jar._policy, cookie, key_of(cookie), now)
        census_of(store).evicted = evicted


def _pieces(cookies: list[CookieFields]) -> list[str]:
    browser_matching.sort_by_path_and_age(cookies)
    return browser_matching.pairs_of(cookies)


class BrowserJarRules(JarRules):
    """A jar under browser rules."""

    @staticmethod
    def are_kept_by(policy: object) -> bool:
        return keeps_set_rules(policy) and keeps_return_rules(policy)

    # Type checkers know these from the base class: an assignment has no type of its own to show.
    if not TYPE_CHECKING:
        pieces_for_url = staticmethod(browser_matching.pieces_for_url)
        receive = staticmethod(browser_receiving.receive)
        make = staticmethod(browser_receiving.make)
        may_set = staticmethod(browser_receiving.may_set)
        put = staticmethod(_put)
        cookies_for_request = staticmethod(browser_matching.cookies_for_request)
        keys_for = staticmethod(browser_matching.keys_for)
        judge = staticmethod(browser_matching.judge)
        pieces = staticmethod(_pieces)
