"""What a policy makes a jar do otherwise than the default policy does.

A policy class says so by an attribute `_jar_rules`. Knows nobody who calls it, and nobody whom it calls.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.jar import Jar
    from cookietin.judging import Judge
    from cookietin.receiving import Received


class JarRules:
    """Called under the jar's lock."""

    @staticmethod
    def are_kept_by(policy: Any) -> bool:
        """Tell whether nobody has replaced a rule of the policy."""
        raise NotImplementedError

    @staticmethod
    def receive(
        jar: Jar, fields: list[str], request: Request, now: int, directly: bool, follows: bool
    ) -> list[Received]:
        """Take the Set-Cookie fields of a response."""
        raise NotImplementedError

    @staticmethod
    def make(jar: Jar, fields: list[str], request: Request, now: int) -> list[CookieFields]:
        """Make the cookies of a response, and delete those that have ended."""
        raise NotImplementedError

    @staticmethod
    def may_set(jar: Jar, cookie: CookieFields, request: Request, now: int) -> bool:
        """Ask the policy, and the stored cookies, whether a cookie may be stored."""
        raise NotImplementedError

    @staticmethod
    def put(jar: Jar, cookie: CookieFields) -> None:
        """Store a cookie."""
        raise NotImplementedError

    @staticmethod
    def cookies_for_request(jar: Jar, request: Request) -> list[CookieFields]:
        """Find the cookies to send."""
        raise NotImplementedError

    @staticmethod
    def keys_for(policy: Any, request: Request) -> tuple[str, ...]:
        """What cookies that may go with a request can be filed under."""
        raise NotImplementedError

    @staticmethod
    def judge(policy: Any, request: Request, now: int) -> Judge:
        """Say of stored cookies why they do not go with a request, with all reasons."""
        raise NotImplementedError

    @staticmethod
    def pieces_for_url(jar: Jar, url: str, now: int) -> list[str] | None:
        """Find the cookies to send and write them down; None if something needs a closer look."""
        raise NotImplementedError

    @staticmethod
    def pieces(cookies: list[CookieFields]) -> list[str]:
        """Sort cookies, and write down the pieces of the Cookie field."""
        raise NotImplementedError


def rules_of(policy: Any) -> JarRules | None:
    """The rules of a policy that make a jar work otherwise; None for the standard library's way."""
    rules = getattr(policy, "_jar_rules", None)
    # Policies may answer for any attribute: mocks do.
    return rules if isinstance(rules, JarRules) else None
