"""Lists of domains that a user blocks, or allows alone; both policies have them.

Source: `DefaultCookiePolicy` of CPython 3.11 to 3.13.
"""

from __future__ import annotations

from cookietin.rules.classic import domain_in_lists, user_domain_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class DomainLists:
    """Block and allow lists; a subclass sets `_blocked_domains` and `_allowed_domains`."""

    _blocked_domains: tuple[str, ...]
    _allowed_domains: tuple[str, ...] | None

    def blocked_domains(self) -> tuple[str, ...]:
        """The blocked domains."""
        return self._blocked_domains

    def set_blocked_domains(self, blocked_domains: Iterable[str]) -> None:
        """Replace the blocked domains; see `is_blocked` for what an entry means."""
        self._blocked_domains = tuple(blocked_domains)

    def is_blocked(self, domain: str) -> bool:
        """
        Tell whether a domain is blocked.

        An entry with a leading dot blocks every longer name, one without blocks itself alone.
        """
        if not self._blocked_domains:
            return False
        domain = domain_in_lists(domain)
        return any(
            user_domain_match(domain, domain_in_lists(entry)) for entry in self._blocked_domains
        )

    def allowed_domains(self) -> tuple[str, ...] | None:
        """The allowed domains, None if every domain is."""
        return self._allowed_domains

    def set_allowed_domains(self, allowed_domains: Iterable[str] | None) -> None:
        """Replace the allowed domains; None allows every domain."""
        self._allowed_domains = None if allowed_domains is None else tuple(allowed_domains)

    def is_not_allowed(self, domain: str) -> bool:
        """Tell whether there is an allow list and a domain is not on it."""
        allowed = self._allowed_domains
        if allowed is None:
            return False
        domain = domain_in_lists(domain)
        return not any(user_domain_match(domain, domain_in_lists(entry)) for entry in allowed)
