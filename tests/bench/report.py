"""The table on the terminal.

Rules of this file:
- Rows are printed as they are done; a full run takes minutes.
- No ratio for a row with a problem; the problem follows the table in full.
- Names and versions of modules, no paths: a report may be handed on.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from . import goals
from .goals import Goal
from .hostile import HostileRow, Suffered
from .measure import Row, Settings, Sides
from .records import version

_TIMED = "{:<24}{:<39}{:>9}{:>9}  {:<10}{:>8}  {:<20}{:<5}{:<21}{}"
_HOSTILE = "{:<24}{:>9}{:>13}{:>7}{:>11}{:>13}{:>7}  {}"
_SIDES = ("against", "subject")
_GROWTH = (("W2.10.hit", "W2.100000.hit"), ("W2.10.hit", "W2.10000.hit"))


def print_head(sides: Sides, settings: Settings) -> None:
    """Print what is compared, on what."""
    number = version(sides.subject)
    dotted = f" {number}" if number else ""
    print(f"against {sides.against.__name__}, subject {sides.subject.__name__}{dotted}")
    print_machine(settings)
    print_columns("against", "subject")


def print_machine(settings: Settings) -> None:
    """Print interpreter, platform and how long is measured."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.python_implementation()} {platform.python_version()}, ", end="")
    print(f"{platform.platform(terse=True)} {platform.machine()}{load}; ", end="")
    print(f"{settings.rounds} rounds, samples of {settings.sample_seconds} s, CPU time\n")


def print_columns(against: str, subject: str) -> None:
    """Print the head of the table."""
    columns = ("case", "what", against, subject, "unit", "ratio", "[low..high]", "same")
    print(_TIMED.format(*columns, "goal", "met").rstrip(), flush=True)


def print_row(row: Row, goal: Goal | None, figure: float | None) -> None:
    """
    Print one case: medians, median of the ratios, their spread.

    Args:
        row: What was measured.
        goal: What it is meant to reach, if anything.
        figure: What the goal is judged by.
    """
    medians = row.medians()
    shown = [number(value) for value in medians] if medians else ["-", "-"]
    ratio, ratios = row.ratio(), row.ratios()
    spread = f"[{times(min(ratios))}..{times(max(ratios))}]" if ratios else ""
    same = "NO" if row.problem else ("yes" if row.compared else "n/a")
    judged = (goal.text(), "yes" if goal.met(figure) else "NO") if goal else ("", "")
    cells = (row.unit, times(ratio) if ratio else "-", spread, same, *judged)
    print(_TIMED.format(row.code, row.title, *shown, *cells).rstrip(), flush=True)


def growth(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Divide W2 hit of the largest jar by that of the smallest, on each side."""
    by_code = {row.code: row.medians() for row in rows if not row.problem}
    for small_code, large_code in _GROWTH:
        small, large = by_code.get(small_code), by_code.get(large_code)
        if small and large:
            name = f"{large_code} over {small_code}"
            return {name: {"against": large[0] / small[0], "subject": large[1] / small[1]}}
    return {}


def print_growth(figures: dict[str, dict[str, float]], goals_of: dict[str, Goal]) -> None:
    """Print the growth figures, if the cases they need were run."""
    for name, sides in figures.items():
        print(f"\ngrowth, {name}: ", end="")
        print(f"against {times(sides['against'])}, subject {times(sides['subject'])}", end="")
        goal = goals_of.get(name)
        print(f"; goal {goal.text()}: {_met(goal.met(sides['subject']))}" if goal else "")


def print_hostile_head(names: Sequence[str] = _SIDES) -> None:
    """Print the head of the W8 table."""
    columns = ("ms at 64K", "kept")
    print()
    heads = (f"{names[0]}:", *columns, f"{names[1]}:", *columns)
    print(_HOSTILE.format("hostile input: slope", *heads, "").rstrip())


def print_hostile(row: HostileRow) -> None:
    """Print one attack: slope, time at the largest size and the good cookie's fate."""
    cells = [*_suffered(row.against), *_suffered(row.subject)]
    print(_HOSTILE.format(row.code, *cells, "RAISED" if row.problem else ""), flush=True)


def print_worst(rows: Sequence[HostileRow], names: Sequence[str] = _SIDES) -> None:
    """Print the worst slope and the slowest attack of each side."""
    for side, name in zip(_SIDES, names, strict=True):
        suffered = [(row.code, getattr(row, side)) for row in rows if getattr(row, side)]
        if suffered:
            steep = max(suffered, key=lambda pair: pair[1].slope)
            slow = max(suffered, key=lambda pair: pair[1].seconds[-1])
            print(f"{name}: worst slope {steep[1].slope:.2f} ({steep[0]}), ", end="")
            print(f"slowest {slow[1].seconds[-1] * 1_000:.2f} ms ({slow[0]})")


def print_hostile_goal(name: str, missed: dict[str, list[str]]) -> None:
    """Print whether a side met the goals of W8, and which attacks miss them."""
    asked = f"slopes {goals.SLOPE.text()}, times {goals.MILLISECONDS.text()} at 64 KiB"
    print(f"{name}: goal {asked}: {_met(not missed)}")
    for code, texts in missed.items():
        print(f"  {code}: {', '.join(texts)}")


def print_missed(missed: Sequence[str], judged: int) -> None:
    """Print how many goals were met, and which were not; W8 has said so itself."""
    if judged:
        print(f"\ngoals met: {judged - len(missed)} of {judged}", end="")
        print(f"; missed: {', '.join(missed)}" if missed else "")


def print_problems(rows: Sequence[Row | HostileRow]) -> None:
    """Print every problem in full."""
    problems = [row for row in rows if row.problem]
    if problems:
        print(f"\n{len(problems)} unequal or failed:")
    for row in problems:
        print(f"  {row.code}: {row.problem}")


def number(value: float) -> str:
    """Write a figure with three digits or more."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def times(value: float) -> str:
    """Write a ratio."""
    if value >= 100:
        return f"{value:,.0f}x"
    return f"{value:.1f}x" if value >= 10 else f"{value:.2f}x"


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


def _suffered(side: Suffered | None) -> tuple[str, str, str]:
    if side is None:
        return "-", "raised", "-"
    kept = {True: "yes", False: "NO", None: ""}[side.kept]
    return f"{side.slope:.2f}", f"{side.seconds[-1] * 1_000:.3f}", kept
