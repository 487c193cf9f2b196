"""Which jars are compared, in the order of the columns.

Rules of this file:
- The three bases are always there: every ratio needs them.
- A peer that cannot be had is skipped, with the reason; it never stops a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from . import programs, python_sides
from .sides import Absent, PeerError, Side

Start: TypeAlias = Callable[[Path, Path], Side]

_BASES = (
    python_sides.standard_library,
    python_sides.default_policy,
    python_sides.browser_rules,
)

PEERS: dict[str, Start] = {
    "RequestsCookieJar": lambda cache, scratch: python_sides.requests_jar(),
    "requests": lambda cache, scratch: python_sides.requests_session(),
    "httpx": lambda cache, scratch: python_sides.httpx_client(),
    "IndexedCookieJar": lambda cache, scratch: python_sides.indexed_jar(),
    "httpx2": lambda cache, scratch: python_sides.httpx2_client(),
    "aiohttp": lambda cache, scratch: python_sides.aiohttp_client(),
    "tough-cookie": programs.tough_cookie,
    "go": programs.go_jar,
}


@dataclass(frozen=True, slots=True)
class LineUp:
    """The sides that are there, and why the others are not."""

    sides: list[Side]
    absent: dict[str, str]

    def close(self) -> None:
        """End what was started."""
        for side in self.sides:
            side.close()


def line_up(names: Sequence[str], cache: Path, scratch: Path) -> LineUp:
    """
    Start the bases and the peers of these names.

    Args:
        names: Keys of `PEERS`.
        cache: Where packages of other languages are.
        scratch: A folder for cases and programs, gone after the run.
    """
    result = LineUp([start() for start in _BASES], {})
    for name in names:
        try:
            result.sides.append(PEERS[name](cache, scratch))
        except (Absent, PeerError) as error:
            result.absent[name] = str(error)
    return result
