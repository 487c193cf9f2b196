"""The JSON files, which the commands write and `page` reads.

Rules of this file:
- Each file says what it holds (`kind`) and on what it was measured.
- Names and versions, no paths: a report may be handed on.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from . import goals
from .goals import Goal
from .hostile import HostileRow, Suffered
from .measure import Row, Settings, Sides
from .traffic import SEED


def write(path: Path | None, kind: str, **parts: object) -> None:
    """Write a report; nothing happens without a path."""
    if path is None:
        return
    report = {
        "kind": kind,
        "interpreter": {
            "implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "build": sys.version,
        },
        "platform": {"system": platform.platform(terse=True), "machine": platform.machine()},
        **parts,
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def compared(sides: Sides, settings: Settings) -> dict[str, object]:
    """Return what was compared, and how long and how often."""
    return {
        "against": {"module": sides.against.__name__, "version": version(sides.against)},
        "subject": {"module": sides.subject.__name__, "version": version(sides.subject)},
        "settings": asdict(settings) | {"seed": SEED},
    }


def row_record(row: Row, goal: Goal | None, figure: float | None) -> dict[str, object]:
    """Return a row with its ratios, and its goal judged by a figure."""
    judged = goal.record(figure) if goal else None
    return asdict(row) | {"ratios": row.ratios(), "ratio": row.ratio(), "goal": judged}


def rows_record(rows: Sequence[Row], goals: dict[str, Goal]) -> list[dict[str, object]]:
    """Return rows whose goals ask for a ratio."""
    return [row_record(row, goals.get(row.code), row.ratio()) for row in rows]


def growth_record(
    figures: dict[str, dict[str, float]], goals_of: dict[str, Goal]
) -> dict[str, dict[str, object]]:
    """Return how W2 grows, judged by the subject's figure."""
    made: dict[str, dict[str, object]] = {}
    for name, sides in figures.items():
        goal = goals_of.get(name)
        made[name] = sides | {"goal": goal.record(sides["subject"]) if goal else None}
    return made


def hostile_record(rows: Sequence[HostileRow], *, judged: bool) -> list[dict[str, object]]:
    """Return the rows of W8, each with what its subject misses; None where no goal holds."""
    return [asdict(row) | {"missed": goals.faults(row.subject) if judged else None} for row in rows]


def suffered_record(suffered: Suffered | None) -> dict[str, object]:
    """Return what W8 did to one side, and what it misses there."""
    figures = asdict(suffered) if suffered else {}
    return figures | {"missed": goals.faults(suffered)}


def version(module: ModuleType) -> str | None:
    """Return the version of the package a module belongs to; the interpreter's for its own."""
    package = module.__name__.partition(".")[0]
    if package in sys.stdlib_module_names:
        return platform.python_version()
    found = getattr(importlib.import_module(package), "__version__", None)
    return str(found) if found else None
