"""Compare two modules with the interface of `http.cookiejar`, side by side.

Run from the root of the repository; see README.md in this directory:

    python -m tests.bench

Exit code 0 if every case gave the same results on both sides, 1 if one did
not or failed, 2 if the arguments make no sense.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import arguments, goals, records, report, workloads
from .hostile import ATTACKS, HostileRow, measure_hostile
from .measure import Case, Row, Settings, Sides, measure
from .processes import CODES as PROCESS_CODES
from .processes import measure_import, measure_memory


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmark and return the exit code."""
    parser = arguments.parser("tests.bench", __doc__)
    parser.add_argument("--against", default=goals.AGAINST, help="module to compare with")
    parser.add_argument("--subject", default=goals.SUBJECT, help="module to judge")
    parser.add_argument(
        "--long", action="store_true", help="with the long crawl: many minutes more"
    )
    options = parser.parse_args(given)
    settings = arguments.settings(options)
    cases = {case.code: case for case in workloads.cases(quick=options.quick, long=options.long)}
    codes = arguments.chosen(parser, options.only, _codes(list(cases)))
    sides = Sides(
        arguments.module(parser, options.against), arguments.module(parser, options.subject)
    )
    judged = goals.hold(sides, settings)
    report.print_head(sides, settings)
    rows = _run_timed(sides, settings, codes, cases, goals.RATIOS if judged else {})
    growth = report.growth(rows)
    report.print_growth(growth, goals.GROWTH if judged else {})
    hostile_rows = _run_hostile(sides, settings, codes)
    if judged:
        _print_judgement(rows, growth, hostile_rows)
    everything: list[Row | HostileRow] = [*rows, *hostile_rows]
    report.print_problems(everything)
    records.write(
        options.json,
        "bench",
        **records.compared(sides, settings),
        rows=records.rows_record(rows, goals.RATIOS if judged else {}),
        growth=records.growth_record(growth, goals.GROWTH if judged else {}),
        hostile=records.hostile_record(hostile_rows, judged=judged),
    )
    return 1 if any(row.problem for row in everything) else 0


def _codes(timed: list[str]) -> list[str]:
    """Every code, in the order of the table."""
    codes = [*timed, *PROCESS_CODES, *(f"W8.{attack.code}" for attack in ATTACKS)]
    return sorted(codes, key=lambda code: code.partition(".")[0])


def _run_timed(
    sides: Sides,
    settings: Settings,
    codes: list[str],
    cases: dict[str, Case],
    goals_of: dict[str, goals.Goal],
) -> list[Row]:
    rows = []
    for code in codes:
        if code in cases:
            row = measure(cases[code], sides, settings)
        elif code == "W6.import":
            row = measure_import(sides, settings)
        elif code in PROCESS_CODES:
            row = measure_memory(code, sides, settings)
        else:
            continue
        report.print_row(row, goals_of.get(code), row.ratio())
        rows.append(row)
    return rows


def _run_hostile(sides: Sides, settings: Settings, codes: list[str]) -> list[HostileRow]:
    attacks = [attack for attack in ATTACKS if f"W8.{attack.code}" in codes]
    if not attacks:
        return []
    report.print_hostile_head()
    rows = []
    for attack in attacks:
        row = measure_hostile(attack, sides, quick=settings.quick)
        report.print_hostile(row)
        rows.append(row)
    report.print_worst(rows)
    return rows


def _print_judgement(
    rows: list[Row], growth: dict[str, dict[str, float]], hostile_rows: list[HostileRow]
) -> None:
    if hostile_rows:
        report.print_hostile_goal("subject", goals.missed_attacks(hostile_rows))
    judged = [row.code for row in rows if row.code in goals.RATIOS]
    judged += [name for name in growth if name in goals.GROWTH]
    report.print_missed(goals.missed(rows, growth), len(judged))


if __name__ == "__main__":
    sys.exit(main())
