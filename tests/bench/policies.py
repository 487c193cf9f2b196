"""What browser rules cost: `BrowserCookiePolicy` against `DefaultCookiePolicy`, in jars of ours.

    python -m tests.bench.policies
    python -m tests.bench.policies --only W1,W3,W8 --json policies.json

The same workloads and the same way of measuring as in `python -m tests.bench`: A B A B in one process,
CPU time, the median of the rounds' ratios. What the two store differs by their rules, so only the times
are compared. Hostile input (W8) is measured under both policies. The list of public suffixes is loaded
before the clock starts; the last line says how long that takes in a fresh process.

Exit code 0, 1 if a case failed, 2 for arguments that make no sense.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Sequence

from cookietin import cookiejar

from . import arguments, browser_rules, goals, records, report, workloads
from .goals import Goal
from .hostile import ATTACKS, HostileRow, measure_hostile
from .measure import Case, Row, Settings, Sides, measure

POLICIES = ("default", "browser")
# Here less is better: how many times as long as the default policy takes.
TIMES = {f"W1.{headers}": Goal(1.3, at_most=True) for headers in (1, 5, 12)} | {
    "W3.crawl": Goal(1.3, at_most=True)
}
_CODES = ("W1.", "W2.10.", "W2.1000.", "W3.", "W4.")
_LOADING = """
import time
from cookietin import PublicSuffixes
begin = time.process_time()
PublicSuffixes().version
print(1000 * (time.process_time() - begin))
"""
_ROW = "{:<14}{:<42}{:>9}{:>9}  {:<12}{:>6}  {:<14}{:<7}{}"


def main(given: Sequence[str] | None = None) -> int:
    """Measure both policies and return the exit code."""
    parser = arguments.parser("tests.bench.policies", __doc__)
    options = parser.parse_args(given)
    settings = arguments.settings(options)
    cases = {c.code: c for c in workloads.cases(quick=options.quick) if c.code.startswith(_CODES)}
    attacks = {f"W8.{attack.code}": attack for attack in ATTACKS}
    codes = arguments.chosen(parser, options.only, [*cases, *attacks])
    cookiejar.BrowserCookiePolicy().public_suffixes.version  # noqa: B018 - loads the list
    sides = Sides(cookiejar, browser_rules)
    report.print_machine(settings)
    judged = {} if options.quick else TIMES
    rows = _run_timed(sides, settings, [cases[code] for code in codes if code in cases], judged)
    hostile_rows = [
        measure_hostile(attacks[code], sides, quick=options.quick)
        for code in codes
        if code in attacks
    ]
    _print_hostile(hostile_rows)
    loading = _loading_milliseconds()
    print(f"\nloading the list of public suffixes: {loading:.0f} ms, once")
    records.write(
        options.json,
        "policies",
        **records.compared(sides, settings),
        rows=[
            records.row_record(row, judged.get(row.code), _median(row)) | {"times": _times(row)}
            for row in rows
        ],
        hostile=[
            {"code": row.code, **{name: _hostile_record(row, name) for name in POLICIES}}
            for row in hostile_rows
        ],
        loading_milliseconds=loading,
    )
    raised = any(row.against is None or row.subject is None for row in hostile_rows)
    return 1 if raised or any(row.problem for row in rows) else 0


def _run_timed(
    sides: Sides, settings: Settings, cases: list[Case], judged: dict[str, Goal]
) -> list[Row]:
    rows = []
    if cases:
        columns = ("case", "what", *POLICIES, "unit", "times", "[low..high]", "goal", "met")
        print(_ROW.format(*columns), flush=True)
    for case in cases:
        row = measure(case, sides, settings)
        if len(row.subject) == len(row.against) > 0:
            # What they store differs by their rules.
            row.problem, row.compared = None, False
        _print_row(row, judged.get(case.code))
        rows.append(row)
    return rows


def _times(row: Row) -> list[float]:
    """Browser over default, by round."""
    return [1 / ratio for ratio in row.ratios()]


def _median(row: Row) -> float | None:
    times = _times(row)
    return statistics.median(times) if times else None


def _print_row(row: Row, goal: Goal | None) -> None:
    medians, median, times = row.medians(), _median(row), _times(row)
    if medians is None or median is None:
        print(f"{row.code:<14}{row.title:<42}failed: {row.problem}", flush=True)
        return
    spread = f"[{min(times):.2f}..{max(times):.2f}]"
    judged = (goal.text(), "yes" if goal.met(median) else "NO") if goal else ("", "")
    shown = (report.number(medians[0]), report.number(medians[1]), row.unit, f"{median:.2f}x")
    print(_ROW.format(row.code, row.title, *shown, spread, *judged).rstrip(), flush=True)


def _print_hostile(rows: list[HostileRow]) -> None:
    """Print W8 under both policies, and which attacks miss a goal under which."""
    if not rows:
        return
    report.print_hostile_head(POLICIES)
    for row in rows:
        report.print_hostile(row)
    report.print_worst(rows, POLICIES)
    for name, side in zip(POLICIES, ("against", "subject"), strict=True):
        report.print_hostile_goal(name, goals.missed_attacks(rows, side))


def _hostile_record(row: HostileRow, name: str) -> dict[str, object]:
    suffered = row.against if name == POLICIES[0] else row.subject
    return records.suffered_record(suffered)


def _loading_milliseconds() -> float:
    command = [sys.executable, "-c", _LOADING]
    loading = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(loading.stdout)


if __name__ == "__main__":
    sys.exit(main())
