"""Compare two modules with the interface of `http.cookiejar`, side by side.

Run from the root of the repository; see README.md in this directory:

    python -m tests.bench

Exit code 0 if every case gave the same results on both sides, 1 if one did
not or failed, 2 if the arguments make no sense.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from . import report, workloads
from .hostile import ATTACKS, HostileRow, measure_hostile
from .measure import Row, Settings, Sides, measure
from .processes import CODES as PROCESS_CODES
from .processes import measure_import, measure_memory

_ROUNDS, _SAMPLE_SECONDS = 7, 0.1
_QUICK_ROUNDS, _QUICK_SAMPLE_SECONDS = 3, 0.03


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    settings = Settings(
        rounds=options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS),
        sample_seconds=_QUICK_SAMPLE_SECONDS if options.quick else _SAMPLE_SECONDS,
        quick=options.quick,
    )
    codes = _chosen(parser, options.only, _codes(quick=options.quick))
    sides = Sides(_module(parser, options.against), _module(parser, options.subject))
    report.print_head(sides, settings)
    rows = _run_timed(sides, settings, codes)
    report.print_growth(report.growth(rows))
    hostile_rows = _run_hostile(sides, settings, codes)
    everything: list[Row | HostileRow] = [*rows, *hostile_rows]
    report.print_problems(everything)
    if options.json:
        report.write_json(options.json, sides, settings, rows, hostile_rows)
    return 1 if any(row.problem for row in everything) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--against", default="http.cookiejar", help="module to compare with")
    parser.add_argument("--subject", default="cookietin.cookiejar", help="module to judge")
    parser.add_argument(
        "--rounds", type=_positive, help=f"default {_ROUNDS}, quick {_QUICK_ROUNDS}"
    )
    parser.add_argument("--only", metavar="W1,W2", help="codes or their beginnings: W2.1000,W3")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    parser.add_argument("--quick", action="store_true", help="smaller jars, fewer rounds")
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def _module(parser: argparse.ArgumentParser, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        parser.error(f"cannot import {name!r}: {error}; is the package installed or on PYTHONPATH?")


def _codes(*, quick: bool) -> list[str]:
    """Every code, in the order of the table."""
    timed = [case.code for case in workloads.cases(quick=quick)]
    codes = [*timed, *PROCESS_CODES, *(f"W8.{attack.code}" for attack in ATTACKS)]
    return sorted(codes, key=lambda code: code.partition(".")[0])


def _chosen(parser: argparse.ArgumentParser, only: str | None, codes: list[str]) -> list[str]:
    if not only:
        return codes
    wanted = [word.strip().lower() for word in only.split(",") if word.strip()]
    for word in wanted:
        if not any(_begins(code, word) for code in codes):
            parser.error(f"--only {word!r}: no such case; W1 to W9, or a code of the table")
    return [code for code in codes if any(_begins(code, word) for word in wanted)]


def _begins(code: str, word: str) -> bool:
    return f"{code.lower()}.".startswith(f"{word}.")


def _run_timed(sides: Sides, settings: Settings, codes: list[str]) -> list[Row]:
    cases = {case.code: case for case in workloads.cases(quick=settings.quick)}
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
        report.print_row(row)
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


if __name__ == "__main__":
    sys.exit(main())
