"""Compare jars of other clients and languages with ours, on the same traffic.

Run from the root of the repository; see README.md in this directory:

    python -m tests.bench.peers

Peers that are not installed are skipped, and the head of the table says how to get them.
Exit code 0 if the table was made, whatever the verdict, 1 if a base of the comparison failed,
2 if the arguments make no sense.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, nullcontext
from pathlib import Path

from . import workloads
from .measure import Case, collector_off
from .peer_jars import tables
from .peer_jars.line_up import PEERS, LineUp, line_up
from .peer_jars.programs import cache_folder
from .peer_jars.recording import record
from .peer_jars.sides import BROWSER, DEFAULT, STANDARD
from .peer_jars.turns import Row, measure

_CODES = ("W1.", "W2.10.", "W2.1000.", "W2.100000.", "W3.", "W4.")
_ROUNDS, _SAMPLE_SECONDS = 5, 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    cases = _cases(parser, options.only)
    names = _peers(parser, options.peers)
    with (
        tempfile.TemporaryDirectory(prefix="bench-peers-") as scratch,
        closing(line_up(names, options.cache, Path(scratch))) as line,
    ):
        tables.print_head(line, options.rounds, _SAMPLE_SECONDS, collecting=options.collector)
        rows = [_run(case, line, options) for case in cases]
        if any(row.code == tables.GOAL_CODE for row in rows):
            tables.print_verdict(tables.verdict(rows))
        if options.json:
            settings = {
                "rounds": options.rounds,
                "sample_seconds": _SAMPLE_SECONDS,
                "collector": options.collector,
            }
            tables.write_json(options.json, line, rows, settings)
    return 1 if any(row.failed & {STANDARD, DEFAULT, BROWSER} for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rounds", type=_positive, default=_ROUNDS, help=f"default {_ROUNDS}")
    parser.add_argument("--only", metavar="W1,W3", help="codes or their beginnings: W2.1000,W3")
    parser.add_argument("--peers", metavar="A,B", help=f"of {', '.join(PEERS)}; default all")
    parser.add_argument("--json", type=Path, help="write figures and samples to this file")
    parser.add_argument(
        "--cache", type=Path, default=cache_folder(), help="folder with tough-cookie's node_modules"
    )
    parser.add_argument(
        "--collector", action="store_true", help="leave Python's cyclic collector on"
    )
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def _cases(parser: argparse.ArgumentParser, only: str | None) -> list[Case]:
    cases = [case for case in workloads.cases(quick=False) if case.code.startswith(_CODES)]
    wanted = _words(only)
    for word in wanted:
        if not any(_begins(case.code, word) for case in cases):
            parser.error(f"--only {word!r}: no such case; W1 to W4, or a code of the table")
    if not wanted:
        return cases
    return [case for case in cases if any(_begins(case.code, word) for word in wanted)]


def _peers(parser: argparse.ArgumentParser, chosen: str | None) -> list[str]:
    if chosen is None:
        return list(PEERS)
    wanted = _words(chosen)
    known = {name.lower(): name for name in PEERS}
    for word in wanted:
        if word not in known:
            parser.error(f"--peers {word!r}: no such peer; known are {', '.join(PEERS)}")
    return [name for word, name in known.items() if word in wanted]


def _words(text: str | None) -> list[str]:
    return [word.strip().lower() for word in (text or "").split(",") if word.strip()]


def _begins(code: str, word: str) -> bool:
    return f"{code.lower()}.".startswith(f"{word}.")


def _run(case: Case, line: LineUp, options: argparse.Namespace) -> Row:
    recording = record(case)
    with nullcontext() if options.collector else collector_off():
        row = measure(recording, line.sides, options.rounds, _SAMPLE_SECONDS)
    tables.print_row(row, line.sides)
    return row


if __name__ == "__main__":
    sys.exit(main())
