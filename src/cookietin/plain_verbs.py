"""What a jar offers beyond the standard library's names: ask, set and remove; `listening` has the rest.

Forms and meanings are those of Electron's Cookies API, of httpr's cookie store, and of what requests and
httpx have made people used to.

Rules of this file:
- A face: what is done stands in rooms that are imported when somebody first asks, so that a program
  which does not ask pays nothing.
- Subclasses of clients have methods of the same names and other arguments (`set`, `get`), so nothing
  here calls another method of this file through `self`.
"""

from __future__ import annotations

import time

from cookietin.listening import Listening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta
    from typing import Any, Self

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.cookiejar.cookie import Cookie
    from cookietin.explain import Explanation
    from cookietin.policy.decision import Decision
    from cookietin.request_context import RequestContext
    from cookietin.views import CookieView


class PlainVerbs(Listening):
    """The methods that `http.cookiejar` does not have; completed by the public classes."""

    # Ask

    def explain(
        self, url: str, *, context: RequestContext | None = None, all: bool = False
    ) -> Explanation:
        """
        Say of each stored cookie whether it goes with a request, and why it does not.

        Args:
            url: Absolute http, https, ws or wss URL.
            context: Who causes the request, and how; see `store_response`.
            all: Look at the whole jar; otherwise at cookies of the same registrable domain, and at
                others that go.

        Returns:
            A sequence of verdicts in sending order, which prints as a table, with values masked.
            It agrees with `cookie_header`. Nothing is changed, not even last-access-times.

        Raises:
            TypeError: The URL is no text; the context is none.
            ValueError: The URL is not absolute, has no host or another scheme.
        """
        from cookietin.explain import explain

        return explain(self, url, context, everything=all)

    def _cookietin_log_withheld(self, request: Request) -> None:
        from cookietin.explain import log_withheld

        log_withheld(self, request)

    def explain_set(
        self, url: str, set_cookie_value: str, *, context: RequestContext | None = None
    ) -> Decision:
        """
        Say what would become of one Set-Cookie field, and store nothing.

        Args:
            url: Absolute http, https, ws or wss URL of the request.
            set_cookie_value: The field's value.
            context: Who caused the request, and how; see `store_response`.

        Returns:
            What `store_response` would return for it; it prints as a table.
            Time: O(number of stored cookies).

        Raises what `explain` raises.
        """
        from cookietin.explain import explain_set

        return explain_set(self, url, set_cookie_value, context)

    def query(
        self,
        *,
        url: str | None = None,
        name: str | None = None,
        domain: str | None = None,
        host: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        session: bool | None = None,
        http_only: bool | None = None,
        same_site: str | None = None,
        partition_key: str | None = None,
    ) -> list[Cookie]:
        """
        The stored cookies that all given filters agree to; without any, all of them.

        Args:
            url: They go with a request for this URL that a user typed.
            name: They have exactly this name.
            domain: Their domain is this one or a subdomain of it; a leading dot does not count.
            host: A request to this host could have them, path and scheme apart.
            path: They have exactly this path.
            secure: They are Secure, or not.
            session: They have no expiry-time, or have one.
            http_only: They are HttpOnly, or not.
            same_site: "Strict", "Lax", "None" (or "no_restriction"), or "unspecified".
            partition_key: Site of the partition they are in, "" for those in none.

        Returns:
            The cookies as the jar holds them, longer paths first, then older ones. Cookies that have
            ended are removed first. Last-access-times stay.

        Raises:
            TypeError: There is no such filter, or a value is of another type.
            ValueError: A URL, domain, host or SameSite is none.
        """
        from cookietin.query import query

        return query(self, _filters(locals()))  # type: ignore[return-value]

    def get(
        self,
        name: str,
        default: Any = None,
        domain: str | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        strict: bool = False,
    ) -> Any:
        """
        The cookie of a name; its value is in the attribute `value`.

        Args:
            name: Its name.
            default: What to return if there is none.
            domain: Its domain, with or without a leading dot.
            path: Its path.
            url: It goes with a request for this URL.
            strict: Raise if several cookies are meant.

        Returns:
            A `Cookie`, or `default`. Of several, with a URL the one that is sent first, otherwise the
            newest by creation-time; where there is none, as under the default policy, the one that
            the jar has last.

        Raises:
            CookieConflictError: Several are meant, and `strict` was given.
            TypeError, ValueError: As `query`.
        """
        from cookietin.query import get

        return get(self, name, default, domain, path, url, strict=strict)

    def __contains__(self, thing: object) -> bool:
        from cookietin.query import holds

        return holds(self, thing)

    def for_url(self, url: str) -> CookieView:
        """
        The cookies for a URL as a live mapping from names to values.

        Args:
            url: Absolute http, https, ws or wss URL, of a request that a user typed.

        Reading shows what a client would send there; writing sets cookies, as `set` does: a new one is
        host-only with the path "/", and one that is there keeps all but its value.
        """
        from cookietin.views import CookieView

        return CookieView(self, url=url)

    def for_domain(self, domain: str) -> CookieView:
        """
        The cookies of a domain as a live mapping from names to values.

        Args:
            domain: With or without a leading dot; cookies of its subdomains and parents are not
                meant, those of all its paths are.
        """
        from cookietin.views import CookieView

        return CookieView(self, domain=domain)

    def to_dict(self, *, url: str | None = None) -> dict[str, str]:
        """
        Names and values, as a new dict.

        Args:
            url: Those that go with a request for it; of several of one name the one sent first.
                None for the whole jar; of several of one name the newest, as `get` has it.
        """
        if url is not None:
            from cookietin.views import CookieView

            return dict(CookieView(self, url=url))
        from cookietin.query import newest_values

        return newest_values(self)

    # Change

    @classmethod
    def from_dict(
        cls,
        cookies: Mapping[str, str],
        *,
        url: str | None = None,
        domain: str | None = None,
        **arguments: Any,
    ) -> Self:
        """
        A new jar with session cookies from a dict of names and values.

        Args:
            cookies: Names and values.
            url: They belong to its host, with the path "/".
            domain: Or they belong to this domain and its subdomains.
            arguments: Those of the jar's constructor.

        Raises what `set` raises.
        """
        from cookietin.setting import set_all

        jar = cls(**arguments)
        set_all(jar, cookies, url=url, domain=domain)
        return jar

    def set(
        self,
        name: str,
        value: str,
        *,
        url: str | None = None,
        domain: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        http_only: bool = False,
        expires: float | datetime | timedelta | str | None = None,
        max_age: float | timedelta | None = None,
        same_site: str | None = "Lax",
        partitioned: bool = False,
    ) -> Cookie:
        """
        Store a cookie, after checks, in place of one of its domain, path and name.

        Args:
            name: Its name; under browser rules it may be empty where the value is not.
            value: Its value; octets above 0x7F as latin-1 characters.
            url: It belongs to this URL's host, and is judged as if set from there.
            domain: It belongs to this domain and its subdomains; has to cover the URL's host. Without
                a URL it is judged as if set by the domain itself over https.
            path: Default the default-path of the URL (RFC 6265bis 5.1.4).
            secure: It goes over secure connections only; default only with SameSite=None.
            http_only: It is hidden from scripts. Without this the call cannot replace a cookie that is.
            expires: When it ends: seconds since the epoch, a datetime (UTC if it has no time zone), a
                timedelta from now, or a text that can be read in one way. A moment that has passed
                removes the stored cookie. Browser rules end it after 400 days (`max_age_cap`).
            max_age: Or in how many seconds it ends. Without either it ends with the session.
            same_site: "Strict", "Lax", "None" (or "no_restriction"); "unspecified" or None for none.
            partitioned: It belongs to the partition of the URL's site (CHIPS).

        Returns:
            The cookie as it is stored.

        Raises:
            CookieRejected: The policy refuses it, or it would not come through whole; with every
                reason. The jar is as it was.
            TypeError: An argument is of another type.
            ValueError: Neither a URL nor a domain, or one that is none; an expiry that is none.
        """
        from cookietin.setting import CookieToSet, set_cookie

        wanted = CookieToSet(
            name,
            value,
            time.time(),
            url=url,
            domain=domain,
            path=path,
            secure=secure,
            http_only=http_only,
            expires=expires,
            max_age=max_age,
            same_site=same_site,
            partitioned=partitioned,
        )
        self._cookies_lock.acquire()
        try:
            return set_cookie(self, wanted)  # type: ignore[return-value]
        finally:
            self._cookies_lock.release()

    def remove(self, url: str, name: str) -> int:
        """
        Remove all cookies of a name that go with a request for a URL, on whichever path and domain.

        Args:
            url: Absolute http, https, ws or wss URL.
            name: Their name.

        Returns:
            How many went; 0 is no error.

        Raises:
            TypeError, ValueError: As `query`.
        """
        from cookietin.query import delete

        return delete(self, {"url": url, "name": name})

    def delete(
        self,
        name: str | None = None,
        domain: str | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        host: str | None = None,
        secure: bool | None = None,
        session: bool | None = None,
        http_only: bool | None = None,
        same_site: str | None = None,
        partition_key: str | None = None,
    ) -> int:
        """
        Remove the cookies that all given filters agree to; the filters are those of `query`.

        Returns:
            How many went.

        Raises:
            ValueError: No filter was given; to remove all there is `clear`.
            TypeError: There is no such filter, or a value is of another type.
        """
        from cookietin.query import delete

        return delete(self, _filters(locals()))

    def replace(
        self,
        cookies: Mapping[str, str] | Iterable[CookieFields],
        *,
        url: str | None = None,
        domain: str | None = None,
    ) -> None:
        """
        Put other cookies in place of all that the jar has: all or, if one is refused, none.

        Args:
            cookies: Names and values, for a URL or a domain; or cookies, which are stored as they are.
            url: The cookies of names and values belong to its host, with the path "/".
            domain: Or to this domain and its subdomains.

        Raises what `set` raises; then the jar is as it was, and nobody is told of a change.
        """
        from cookietin.setting import replace

        replace(self, cookies, url=url, domain=domain)


def _filters(arguments: dict[str, Any]) -> dict[str, Any]:
    """The filters among the arguments of a method."""
    return {
        name: value for name, value in arguments.items() if name in _FILTERS and value is not None
    }


_FILTERS = frozenset(
    (
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
)
