"""What the logger "cookietin" says at level DEBUG: which cookies were refused and withheld, and why.

Rules of this file:
- Costs 0.2 us an operation while nobody listens, and nothing but a look where the program has not
  imported `logging`; so it is not imported here.
- Names, domains and hosts; never a value, a path or a query of a URL.
"""

from __future__ import annotations

import sys

from cookietin.errors import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cookietin.policy.decision import Decision, Reason

DEBUG = 10

_modules = sys.modules
_logger: Any = None


def is_on() -> bool:
    """Tell whether somebody wants to know."""
    global _logger
    if _logger is None:
        if "logging" not in _modules:
            return False
        import logging

        _logger = logging.getLogger("cookietin")
    return _logger.isEnabledFor(DEBUG)  # type: ignore[no-any-return]


def log_refused(url: str, decisions: Iterable[Decision]) -> None:
    """Say which fields of a response were refused."""
    for decision in decisions:
        if not decision.allowed:
            _logger.debug(
                "%s: refused %s: %s", site_of(url), shown(decision.name), _names(decision.reasons)
            )


def log_withheld(url: str, name: str, domain: str, path: str, reasons: Iterable[Reason]) -> None:
    """Say that a stored cookie does not go with a request."""
    _logger.debug(
        "%s: withheld %s of %s %s: %s",
        site_of(url),
        shown(name),
        shown(domain),
        shown(path),
        _names(reasons),
    )


def _names(reasons: Iterable[Reason]) -> str:
    return ", ".join(reason.name for reason in reasons)


def site_of(url: str) -> str:
    """Scheme and host of a URL: users, paths and queries are secrets."""
    scheme, separator, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    return scheme + separator + authority.rpartition("@")[2]
