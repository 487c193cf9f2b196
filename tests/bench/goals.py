"""The goals: how much better than `http.cookiejar` each case is meant to be.

Rules of this file:
- They hold for `cookietin.cookiejar` under its default policy against `http.cookiejar`, at full
  size: of other modules, policies and sizes nothing was promised.
- A ratio is against over subject, as in the table. Where less is better (growth, slope, octets) the
  goal says "at most"; where a share is asked for, it stands in brackets beside the ratio.
- A case is judged by the median of its ratios. Without equal results no goal is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .hostile import HostileRow, Suffered
from .measure import Row, Settings, Sides

AGAINST, SUBJECT = "http.cookiejar", "cookietin.cookiejar"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a figure, at least it or at most it; `aside` says the same in other words."""

    bound: float
    at_most: bool = False
    unit: str = "x"
    aside: str = ""

    def met(self, figure: float | None) -> bool:
        """Tell whether a figure keeps the bound; no figure does not."""
        if figure is None:
            return False
        return figure <= self.bound if self.at_most else figure >= self.bound

    def text(self) -> str:
        """Return the bound for a table: `>=5x`."""
        sign = "<=" if self.at_most else ">="
        return f"{sign}{round(self.bound, 2):,g}{self.unit}{self.aside}"

    def record(self, figure: float | None) -> dict[str, object]:
        """Return the bound and its judgement for the JSON file."""
        return {"bound": self.bound, "text": self.text(), "met": self.met(figure)}


def _share(share: float) -> Goal:
    """Ask the subject to take at most that share of what the other side takes."""
    return Goal(1 / share, aside=f" ({share:g} of it)")


RATIOS = {
    "W1.1": Goal(4.2),
    "W1.5": Goal(5),
    "W1.12": Goal(5),
    "W2.10.hit": Goal(10),
    "W2.10.hit10": Goal(13),
    "W2.10.miss": Goal(11),
    "W2.1000.hit": Goal(325),
    "W2.1000.hit10": Goal(325),
    "W2.1000.miss": Goal(850),
    "W2.100000.hit": Goal(20_000),
    "W2.100000.hit10": Goal(30_000),
    "W2.100000.miss": Goal(75_000),
    "W3.crawl": Goal(125),
    "W3.crawl.20000": Goal(700),
    "W4.extract": Goal(4.5),
    "W4.add": Goal(33),
    "W5.mozilla.load.100000": Goal(1.6),
    "W5.mozilla.save.100000": Goal(2.2),
    "W5.lwp.load.100000": Goal(6),
    "W5.lwp.save.100000": Goal(3.5),
    "W6.import": _share(1.15),
    "W6.bytes.set": _share(0.55),
    "W7.make": Goal(1.4),
    "W7.set": Goal(1),
    "W7.iterate": Goal(6),
    "W7.len": Goal(100),
    "W7.copy": Goal(4.5),
    "W9.threads": Goal(50, aside=", 0 lost"),
}
# How many times longer W2 takes in the largest jar than in the smallest: see `report.growth`.
GROWTH = {"W2.100000.hit over W2.10.hit": Goal(1.8, at_most=True)}
SLOPE = Goal(1.15, at_most=True, unit="")
MILLISECONDS = Goal(10, at_most=True, unit=" ms")


def hold(sides: Sides, settings: Settings) -> bool:
    """Tell whether the goals hold for these modules and sizes."""
    names = sides.against.__name__, sides.subject.__name__
    return names == (AGAINST, SUBJECT) and not settings.quick


def faults(suffered: Suffered | None) -> list[str]:
    """Say which goals of W8 one attack misses; it misses all when the module raised."""
    if suffered is None:
        return ["raised"]
    said = []
    if not SLOPE.met(suffered.slope):
        said.append(f"slope {suffered.slope:.2f}")
    milliseconds = suffered.seconds[-1] * 1_000
    if not MILLISECONDS.met(milliseconds):
        said.append(f"{milliseconds:.1f} ms")
    return said


def missed(rows: Sequence[Row], growth: dict[str, dict[str, float]]) -> list[str]:
    """Return the codes of what was measured and misses its goal, W8 left out."""
    timed = [
        row.code for row in rows if row.code in RATIOS and not RATIOS[row.code].met(row.ratio())
    ]
    grown = [
        name
        for name, figures in growth.items()
        if name in GROWTH and not GROWTH[name].met(figures["subject"])
    ]
    return timed + grown


def missed_attacks(rows: Sequence[HostileRow], side: str = "subject") -> dict[str, list[str]]:
    """Return what each attack misses on a side, by its code."""
    said = {row.code: faults(getattr(row, side)) for row in rows}
    return {code: texts for code, texts in said.items() if texts}
