"""Many small jars, as a program has that keeps one for each account: time and octets of a jar.

    python -m tests.bench.small_jars
    python -m tests.bench.small_jars --jars 10000 --json jars.json

An empty jar is made and weighed with its policy and lock. Then come jars of five cookies each, all in
one process: octets for each jar by `tracemalloc` (at most 10,000 of them, for it is exact) and by what
the process grows. Below stands the least that such a jar can take: texts and numbers of its cookies and
the objects that hold them, by `sys.getsizeof`; the last line is what remains for all else.

Exit code 0, 1 if a case failed, 2 for arguments that make no sense.

Rules of this file:
- Every weighing has a process of its own, for both sides the same.
- Goals are bounds for the subject's figure, not for a ratio.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.cookiejar import CookieJar
from types import ModuleType
from typing import Any

from . import arguments, goals, records, report
from .facts import Facts
from .goals import Goal
from .jar_weights import COOKIES
from .measure import Case, Row, Settings, Sides, Workload, measure

GOALS = {
    "jars.make": Goal(2, at_most=True, unit=" us"),
    "jars.empty": Goal(1_024, at_most=True, unit=" B"),
}
_JARS, _QUICK_JARS = 100_000, 2_000
_MOST_TRACED = 10_000
_CODES = ("jars.make", "jars.empty", "jars.five")
_SHARES = (
    ("jars.five.texts", "texts and numbers of the cookies", "texts"),
    ("jars.five.objects", "cookie objects that hold them", "objects"),
)


class MakeJar(Workload):
    """`CookieJar()`."""

    limit = 4_096

    def __init__(self, module: ModuleType) -> None:
        self._make = module.CookieJar

    def prepare(self, count: int) -> None:
        self._jars: list[CookieJar] = []  # those of the last time end here

    def run(self, count: int) -> None:
        make = self._make
        self._jars = [make() for _ in range(count)]

    def facts(self) -> Facts:
        return [("cookies", sum(map(len, self._jars)))]


def main(given: Sequence[str] | None = None) -> int:
    """Measure small jars of both sides and return the exit code."""
    parser = arguments.parser("tests.bench.small_jars", __doc__)
    parser.add_argument("--against", default=goals.AGAINST, help="module to compare with")
    parser.add_argument("--subject", default=goals.SUBJECT, help="module to judge")
    parser.add_argument("--jars", type=arguments.positive, help=f"default {_JARS:,}")
    options = parser.parse_args(given)
    settings = arguments.settings(options)
    codes = arguments.chosen(parser, options.only, _CODES)
    sides = Sides(
        arguments.module(parser, options.against), arguments.module(parser, options.subject)
    )
    jars = options.jars or (_QUICK_JARS if options.quick else _JARS)
    judged = GOALS if goals.hold(sides, settings) else {}
    report.print_head(sides, settings)
    rows = []
    for row in _rows(codes, sides, settings, jars):
        report.print_row(row, judged.get(row.code), _figure(row))
        rows.append(row)
    report.print_problems(rows)
    records.write(
        options.json,
        "jars",
        **records.compared(sides, settings),
        jars=jars,
        rows=[records.row_record(row, judged.get(row.code), _figure(row)) for row in rows],
    )
    return 1 if any(row.problem for row in rows) else 0


def _rows(codes: Sequence[str], sides: Sides, settings: Settings, jars: int) -> Iterator[Row]:
    if "jars.make" in codes:
        yield measure(Case("jars.make", "CookieJar()", "us", MakeJar), sides, settings)
    if "jars.empty" in codes:
        count = min(jars, _MOST_TRACED)
        row, _found = _weigh("jars.empty", "empty jar, policy, lock", "empty", sides, count)
        yield row
    if "jars.five" in codes:
        yield from _jars_of_five(sides, jars)


def _jars_of_five(sides: Sides, jars: int) -> Iterator[Row]:
    title = f"of {jars:,} jars, {COOKIES} cookies each"
    yield _weigh("jars.five.resident", f"growth {title}", "resident", sides, jars)[0]
    traced = min(jars, _MOST_TRACED)
    title = f"one of {traced:,} jars, {COOKIES} cookies"
    whole, found = _weigh("jars.five.traced", title, "traced", sides, traced)
    yield whole
    if not found:
        return
    rest = [side["bytes"] for side in found]
    for code, share_title, name in _SHARES:
        shares = [side[name] for side in found]
        rest = [left - share for left, share in zip(rest, shares, strict=True)]
        yield _row(code, f"  {share_title}", shares)
    yield _row("jars.five.rest", "  all else", rest)


def _weigh(
    code: str, title: str, way: str, sides: Sides, count: int
) -> tuple[Row, list[dict[str, Any]]]:
    """Weigh both sides in children; without results where the system cannot tell or one failed."""
    found = []
    for module in (sides.against, sides.subject):
        try:
            found.append(_child(way, module.__name__, count))
        except subprocess.CalledProcessError as error:
            row = _row(code, title, [])
            row.problem = f"{module.__name__}: {error.stderr.strip().splitlines()[-1]}"
            return row, []
    figures = [side["bytes"] for side in found if side["bytes"] is not None]
    return _row(code, title, figures), found


def _child(way: str, name: str, count: int) -> dict[str, Any]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    command = [sys.executable, "-m", "tests.bench.jar_weights", way, name, str(count)]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    weights: dict[str, Any] = json.loads(child.stdout)
    return weights


def _row(code: str, title: str, figures: list[float]) -> Row:
    against, subject = figures[:1], figures[1:]
    return Row(code, title, "B/jar", against=against, subject=subject, compared=False)


def _figure(row: Row) -> float | None:
    """Return what a goal is judged by: the subject's median."""
    medians = row.medians()
    return medians[1] if medians and not row.problem else None


if __name__ == "__main__":
    sys.exit(main())
