"""How many cookies a jar keeps, and which go first.

RFC 6265bis sections 5.7 (end) and 6.1; the numbers are Chromium's, and CHIPS's for partitions.

Rules of this file:
- Numbers and an order. Knows no store; who counts is `eviction`.
"""

from __future__ import annotations

from cookietin.rules.classic_dates import LATEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.cookie import CookieFields


class Limits:
    """
    How many cookies a jar keeps under browser rules.

    Args:
        per_site: Cookies of all hosts of one registrable domain, expired ones not counted. One more,
            and so many go that `purge_site_to` are left.
        purge_site_to: At most `per_site`.
        total: Cookies of the jar. One more, and so many go that `purge_total_to` are left.
        purge_total_to: At most `total`.
        per_partition: Partitioned cookies of one registrable domain in one partition; they are not
            counted in `per_site`. They go one by one.
        partition_octets: Octets of their names and values together.

    None switches a limit off; the number that it would have been purged to is then not used.

    Expired cookies go first, then those without Secure, then the others; of these the ones that
    were set or sent longest ago. Limits do not change, and are equal if their numbers are.

    Raises:
        TypeError: A limit is no whole number.
        ValueError: A limit is below 1, or is to be purged to more than itself.
    """

    __slots__ = (
        "partition_octets",
        "per_partition",
        "per_site",
        "purge_site_to",
        "purge_total_to",
        "total",
    )

    per_site: int | None
    purge_site_to: int
    total: int | None
    purge_total_to: int
    per_partition: int | None
    partition_octets: int | None

    def __init__(
        self,
        *,
        per_site: int | None = 180,
        purge_site_to: int | None = None,
        total: int | None = 3300,
        purge_total_to: int | None = None,
        per_partition: int | None = 180,
        partition_octets: int | None = 10_240,
    ) -> None:
        self._set("per_site", per_site)
        self._set("total", total)
        self._set("per_partition", per_partition)
        self._set("partition_octets", partition_octets)
        self._set("purge_site_to", _purged(per_site, purge_site_to, 5, 6))
        self._set("purge_total_to", _purged(total, purge_total_to, 10, 11))
        for most, purged in (("per_site", "purge_site_to"), ("total", "purge_total_to")):
            limit, left = getattr(self, most), getattr(self, purged)
            if limit is not None and left > limit:
                raise ValueError(f"{purged}: expected at most {most}={limit}, got {left}")

    def _set(self, name: str, number: int | None) -> None:
        if number is not None:
            if type(number) is not int:
                raise TypeError(f"{name}: expected a whole number or None, got {number!r}")
            if number < 1:
                raise ValueError(f"{name}: expected at least 1, got {number}")
        object.__setattr__(self, name, number)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: Limits do not change; make others")

    def _numbers(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Limits):
            return NotImplemented
        return self._numbers() == other._numbers()

    def __hash__(self) -> int:
        return hash(tuple(self._numbers().values()))

    def __reduce__(self) -> tuple[object, ...]:
        return _limits, (self._numbers(),)

    def __repr__(self) -> str:
        return f"Limits({', '.join(f'{name}={n!r}' for name, n in self._numbers().items())})"


def _purged(limit: int | None, left: int | None, part: int, whole: int) -> int | None:
    """What is left after a purge, if the caller does not say: 150 of 180, 3,000 of 3,300."""
    if left is not None:
        return left
    return 1 if limit is None else max(1, limit * part // whole)


def _limits(numbers: dict[str, int | None]) -> Limits:
    return Limits(**numbers)


def eviction_rank(cookie: CookieFields) -> tuple[bool, float, float]:
    """What cookies are sorted by when some have to go: first those that rank lowest (6.1)."""
    used: Any = getattr(cookie, "_last_access_time", None)
    created: Any = getattr(cookie, "_creation_time", None)
    # What our jars write: 0.3 us against 1.
    if not (
        created.__class__ is float
        and used.__class__ is int
        and 0 <= created <= LATEST
        and 0 < used <= LATEST
    ):
        created = moment_of(cookie, "_creation_time")
        used = moment_of(cookie, "_last_access_time") or created
    return bool(cookie.secure), used, created


def moment_of(cookie: CookieFields | None, attribute: str) -> float:
    """One of a cookie's times in seconds since the epoch; 0 if it has none, or what is no time."""
    moment = getattr(cookie, attribute, None)
    if moment is None:
        return 0.0
    # Programs may write anything; a NaN compares with nothing.
    return moment if isinstance(moment, int | float) and 0 <= moment <= LATEST else 0.0
