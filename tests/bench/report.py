"""The table on the terminal and the JSON file.

Rules of this file:
- Rows are printed as they are done; a full run takes minutes.
- No ratio for a row with a problem; the problem follows the table in full.
- Names and versions of modules, no paths: a report may be handed on.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from .hostile import HostileRow, Suffered
from .measure import Row, Settings, Sides
from .traffic import SEED

_TIMED = "{:<24}{:<39}{:>9}{:>9}  {:<10}{:>8}  {:<20}{}"
_HOSTILE = "{:<24}{:>9}{:>13}{:>7}{:>11}{:>13}{:>7}  {}"
_GROWTH = (("W2.10.hit", "W2.100000.hit"), ("W2.10.hit", "W2.10000.hit"))


def print_head(sides: Sides, settings: Settings) -> None:
    """Print what is compared, on what."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"against {sides.against.__name__}, subject {sides.subject.__name__}{_dotted(sides)}")
    print(f"{platform.python_implementation()} {platform.python_version()}, ", end="")
    print(f"{platform.platform(terse=True)} {platform.machine()}{load}; ", end="")
    print(f"{settings.rounds} rounds, samples of {settings.sample_seconds} s, CPU time\n")
    columns = ("case", "what", "against", "subject", "unit", "ratio", "[low..high]", "same")
    print(_TIMED.format(*columns), flush=True)


def print_row(row: Row) -> None:
    """Print one timed case: medians, median of the ratios, their spread."""
    medians = row.medians()
    shown = [_number(value) for value in medians] if medians else ["-", "-"]
    ratios = row.ratios()
    ratio = _ratio(statistics.median(ratios)) if ratios else "-"
    spread = f"[{_ratio(min(ratios))}..{_ratio(max(ratios))}]" if ratios else ""
    same = "NO" if row.problem else ("yes" if row.compared else "n/a")
    print(_TIMED.format(row.code, row.title, *shown, row.unit, ratio, spread, same), flush=True)


def growth(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Divide W2 hit of the largest jar by that of the smallest, on each side."""
    by_code = {row.code: row.medians() for row in rows if not row.problem}
    for small_code, large_code in _GROWTH:
        small, large = by_code.get(small_code), by_code.get(large_code)
        if small and large:
            name = f"{large_code} over {small_code}"
            return {name: {"against": large[0] / small[0], "subject": large[1] / small[1]}}
    return {}


def print_growth(figures: dict[str, dict[str, float]]) -> None:
    """Print the growth figures, if the cases they need were run."""
    for name, sides in figures.items():
        print(f"\ngrowth, {name}: ", end="")
        print(f"against {_number(sides['against'])}x, subject {_number(sides['subject'])}x")


def print_hostile_head() -> None:
    """Print the head of the W8 table."""
    columns = ("slope", "ms at 64K", "kept")
    print()
    print(_HOSTILE.format("hostile input", "against:", *columns[1:], "subject:", *columns[1:], ""))


def print_hostile(row: HostileRow) -> None:
    """Print one attack: slope, time at the largest size and the good cookie's fate."""
    cells = [*_suffered(row.against), *_suffered(row.subject)]
    print(_HOSTILE.format(row.code, *cells, "RAISED" if row.problem else ""), flush=True)


def print_worst(rows: Sequence[HostileRow]) -> None:
    """Print the worst slope and the slowest attack of each side."""
    for side in ("against", "subject"):
        suffered = [(row.code, getattr(row, side)) for row in rows if getattr(row, side)]
        if suffered:
            steep = max(suffered, key=lambda pair: pair[1].slope)
            slow = max(suffered, key=lambda pair: pair[1].seconds[-1])
            print(f"{side}: worst slope {steep[1].slope:.2f} ({steep[0]}), ", end="")
            print(f"slowest {slow[1].seconds[-1] * 1_000:.2f} ms ({slow[0]})")


def print_problems(rows: Sequence[Row | HostileRow]) -> None:
    """Print every problem in full."""
    problems = [row for row in rows if row.problem]
    if problems:
        print(f"\n{len(problems)} unequal or failed:")
    for row in problems:
        print(f"  {row.code}: {row.problem}")


def write_json(
    path: Path,
    sides: Sides,
    settings: Settings,
    rows: Sequence[Row],
    hostile_rows: Sequence[HostileRow],
) -> None:
    """Write everything that was measured, every sample of it."""
    report = {
        "interpreter": {
            "implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "build": sys.version,
        },
        "platform": {"system": platform.platform(terse=True), "machine": platform.machine()},
        "against": {"module": sides.against.__name__, "version": _version(sides.against)},
        "subject": {"module": sides.subject.__name__, "version": _version(sides.subject)},
        "settings": asdict(settings) | {"seed": SEED},
        "rows": [asdict(row) | {"ratios": row.ratios()} for row in rows],
        "growth": growth(rows),
        "hostile": [asdict(row) for row in hostile_rows],
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _suffered(side: Suffered | None) -> tuple[str, str, str]:
    if side is None:
        return "-", "raised", "-"
    kept = {True: "yes", False: "NO", None: ""}[side.kept]
    return f"{side.slope:.2f}", f"{side.seconds[-1] * 1_000:.3f}", kept


def _version(module: ModuleType) -> str | None:
    """Return the version of the package a module belongs to; the interpreter's for its own."""
    package = module.__name__.partition(".")[0]
    if package in sys.stdlib_module_names:
        return platform.python_version()
    version = getattr(importlib.import_module(package), "__version__", None)
    return str(version) if version else None


def _dotted(sides: Sides) -> str:
    version = _version(sides.subject)
    return f" {version}" if version else ""


def _number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _ratio(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}x"
    return f"{value:.1f}x" if value >= 10 else f"{value:.2f}x"
