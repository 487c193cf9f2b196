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
from cookietin.jar import JarRules
from cookietin.store import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar
    from cookietin.receiving import Received


class BrowserJarRules(JarRules):
    """A jar under browser rules."""

    def receive(
        self, jar: Jar, fields: list[str], request: Request, now: int, *, directly: bool
    ) -> list[Received]:
        return browser_receiving.receive(jar, fields, request, now, directly=directly)

    def make(self, jar: Jar, fields: list[str], request: Request, now: int) -> list[CookieFields]:
        return browser_receiving.make(jar, fields, request, now)

    def may_set(self, jar: Jar, cookie: CookieFields, request: Request, now: int) -> bool:
        return browser_receiving.may_set(jar, cookie, request, now)

    def put(self, jar: Jar, cookie: CookieFields) -> None:
        store, now = index_of(jar), int(time.time())
        if jar._cookietin_loading:
            # The standard library's formats have a nameless cookie as a name without a value.
            if cookie.value is None:
                cookie.name, cookie.value = "", cookie.name
            keep_loaded(store, cookie, now)
        else:
            evicted = keep(store, jar._policy, cookie, key_of(cookie), now)
            census_of(store).evicted = evicted

    def cookies_for_request(self, jar: Jar, request: Request) -> list[CookieFields]:
        return browser_matching.cookies_for_request(jar, request)

    def pieces(self, cookies: list[CookieFields]) -> list[str]:
        browser_matching.sort_by_path_and_age(cookies)
        return browser_matching.pairs_of(cookies)
