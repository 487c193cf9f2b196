"""Which cookies of a file a command is about, by which rules, and who asks.

Rules of this file:
- Reads options alone; what makes no sense is said with the option's name.
- A cookie that has ended is among the chosen unless somebody says otherwise: it is in the file.
"""

from __future__ import annotations

import contextlib
import time

from cookietin.cli.outcome import USAGE, Stop
from cookietin.cli.output import pair_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from http.cookiejar import CookiePolicy

    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.jar import CookieJar
    from cookietin.request_context import RequestContext

FILTERS = (
    "url",
    "name",
    "domain",
    "host",
    "path",
    "secure",
    "session",
    "http_only",
    "same_site",
    "partition_key",
)


@contextlib.contextmanager
def sensible() -> Iterator[None]:
    """Turn what the library says about an argument into the end of the command."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise Stop(str(error), USAGE) from None


def filters_of(options: argparse.Namespace) -> dict[str, object]:
    """The filters that were given, in the words of `CookieJar.query`."""
    named = {name: getattr(options, name) for name in FILTERS}
    return {name: value for name, value in named.items() if value is not None}


def chosen(jar: CookieJar, options: argparse.Namespace) -> list[CookieFields]:
    """
    The cookies of a jar that all filters agree to: with a URL in sending order, else in the file's.

    Raises:
        Stop: A filter makes no sense.
    """
    from cookietin.query import tests_of

    filters = filters_of(options)
    name = filters.pop("name", None)  # `query` knows a nameless cookie by its value
    with sensible():
        tests = tests_of(filters)
        found: list[CookieFields] = list(jar)
        if options.url is not None:
            jar.set_policy(policy_of(options))
            found = [verdict.cookie for verdict in jar.explain(options.url).sent]
    wanted, now = getattr(options, "expired", None), time.time()
    return [
        cookie
        for cookie in found
        if all(test(cookie) for test in tests)
        and (name is None or pair_of(cookie)[0] == name)
        and (wanted is None or cookie.is_expired(now) is wanted)
    ]


def policy_of(options: argparse.Namespace) -> CookiePolicy:
    """The rules that were asked for."""
    if options.policy == "default":
        from cookietin.cookiejar import DefaultCookiePolicy

        return DefaultCookiePolicy()
    from cookietin.cookiejar.browser import BrowserCookiePolicy

    # A file may hold more than a browser does: nothing is driven out of it.
    return BrowserCookiePolicy(limits=None)


def context_of(options: argparse.Namespace) -> RequestContext | None:
    """
    Who asks, None if nothing was said about it.

    Raises:
        Stop: A site is none.
    """
    site = "null" if options.cross_site else options.site_for_cookies
    said = site, options.partition, options.method, options.subresource, options.script
    if said == (None, None, "GET", False, False):
        return None  # the jar has a short way for that
    from cookietin.request_context import RequestContext

    with sensible():
        return RequestContext(
            options.method,
            site,
            not options.subresource,
            not options.script,
            options.partition,
        )
