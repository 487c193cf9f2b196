"""What every side of the comparison can do, whatever language it is written in.

Rules of this file:
- A side builds requests and responses outside the clock, as its client has them anyhow.
- Seconds are CPU time of the process that the jar lives in, all its threads included.
- A side that cannot be had raises `Absent`, with what to install.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .recording import Recording

STANDARD = "http.cookiejar"
DEFAULT = "cookietin"
BROWSER = "cookietin-browser"


class Absent(Exception):  # noqa: N818 - no error: the run goes on
    """A peer is not installed; the text says how to get it."""


class PeerError(Exception):
    """A peer raised or ended; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a jar did: cookies held (None if it does not tell), cookies and octets sent."""

    held: int | None
    sent: int
    octets: int

    @classmethod
    def of(cls, held: int | None, headers: Iterable[str | None]) -> Facts:
        """Count the cookies and octets of Cookie headers; None and "" are no header."""
        sent = [header for header in headers if header]
        return cls(held, sum(h.count("; ") + 1 for h in sent), sum(map(len, sent)))


class Side(ABC):
    """
    One jar, used as its client uses it.

    `like` is the column with the same rules, whose results should be the same. `warm_up` is how
    many seconds a compiler needs before its code is worth timing.
    """

    name: str
    version: str
    like: Literal["cookietin", "cookietin-browser"]
    warm_up = 0.0

    @abstractmethod
    def load(self, recording: Recording) -> int | None:
        """Make ready for a case; return the cookies that its jar now holds, if it tells."""

    @abstractmethod
    def chunk(self, count: int) -> float:
        """Do the first `count` exchanges of the case; return seconds."""

    @abstractmethod
    def facts(self) -> Facts:
        """Return what the last chunk did; after an extract, what is then sent to its URLs."""

    def remark(self, recording: Recording) -> str | None:
        """Return what a reader of this side's figure has to know."""
        return None

    def close(self) -> None:  # noqa: B027 - most sides start nothing
        """End what was started."""
