"""The table of peers on the terminal, the verdict on the crawl, and the JSON file.

Rules of this file:
- Rows are printed as they are done; a full run takes minutes.
- A ratio is the median of the rounds' ratios: how many times as long as cookietin a side takes.
- Names and versions, no paths: a report may be handed on.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .line_up import LineUp
from .sides import BROWSER, DEFAULT, Side
from .turns import Row

_LINE = "{:<23}{:>10}{:>14}{:>14}  {}"
GOAL_CODE = "W3.crawl"
# How many times as fast as these cookietin under browser rules is meant to be on the crawl.
GOALS = {"tough-cookie": 1.2, "go": 1.5}


def print_head(line: LineUp, rounds: int, sample_seconds: float, *, collecting: bool) -> None:
    """Print what is compared, on what, and what is missing."""
    print(f"{platform.python_implementation()} {platform.python_version()}, ", end="")
    print(f"{platform.platform(terse=True)} {platform.machine()}{_load()}; ", end="")
    print(f"{rounds} rounds, samples of {sample_seconds} s, CPU time; ", end="")
    print(f"cyclic collector of Python {'on' if collecting else 'off'}, of node and Go on")
    print(", ".join(f"{side.name} {side.version}" for side in line.sides))
    for name, why in line.absent.items():
        print(f"skipped: {name}: {why}")
    print(_LINE.format("", "time", "over default", "over browser", "").rstrip(), flush=True)


def print_row(row: Row, sides: Sequence[Side]) -> None:
    """Print one case: a line for each side."""
    print(f"\n{row.code}: {row.title}; {row.unit}")
    for side in sides:
        figure = row.figure(side.name)
        shown = "-" if figure is None else _number(figure)
        ratios = [_ratio(row.ratios(side.name, base)) for base in (DEFAULT, BROWSER)]
        line = _LINE.format(f"  {side.name}", shown, *ratios, row.notes.get(side.name, ""))
        print(line.rstrip(), flush=True)


def verdict(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Judge the crawl: how many times as fast as a peer our jar is under browser rules."""
    crawls = [row for row in rows if row.code == GOAL_CODE]
    result = []
    for name, goal in GOALS.items():
        ratios = [ratio for row in crawls for ratio in row.ratios(name, BROWSER)]
        middle = statistics.median(ratios) if ratios else None
        met = None if middle is None else middle >= goal
        result.append({"peer": name, "goal": goal, "ratio": middle, "ratios": ratios, "met": met})
    return result


def print_verdict(judged: Sequence[dict[str, Any]]) -> None:
    """Print the verdict, and how busy the machine is, for a busy one judges the peers unfairly."""
    print(f"\ncrawl, cookietin under browser rules{_load()} now:")
    for each in judged:
        asked = f"asked: at least {each['goal']}x"
        if each["met"] is None:
            print(f"  {each['peer']}: not measured ({asked})")
            continue
        spread = f"[{min(each['ratios']):.2f}x..{max(each['ratios']):.2f}x]"
        print(f"  {each['ratio']:.2f}x as fast as {each['peer']} {spread}, ", end="")
        print(f"{asked}: {'met' if each['met'] else 'NOT MET'}")


def write_json(path: Path, line: LineUp, rows: Sequence[Row], settings: dict[str, Any]) -> None:
    """Write the medians, every sample, what the jars did, and the notes."""
    names = [side.name for side in line.sides]
    report = {
        "kind": "peers",
        "interpreter": {
            "implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "build": sys.version,
        },
        "platform": {"system": platform.platform(terse=True), "machine": platform.machine()},
        "versions": {side.name: side.version for side in line.sides},
        "absent": line.absent,
        "settings": settings,
        "columns": names,
        "rows": [
            {
                "code": row.code,
                "title": row.title,
                "unit": row.unit,
                "figures": {name: row.figure(name) for name in names},
                "samples": row.samples,
                "facts": {name: asdict(facts) for name, facts in row.facts.items()},
                "notes": row.notes,
            }
            for row in rows
        ],
        "verdict": verdict(rows),
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _load() -> str:
    return f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def _number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def _ratio(ratios: Sequence[float]) -> str:
    if not ratios:
        return "-"
    value = statistics.median(ratios)
    if value >= 100:
        return f"{value:,.0f}x"
    return f"{value:.1f}x" if value >= 10 else f"{value:.2f}x"
