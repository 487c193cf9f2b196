"""The guard: fails when cookietin has become much slower beside `http.cookiejar`.

    python -m tests.bench.guard

It counts instructions with `valgrind --tool=callgrind`, which a busy machine does not change, on both
modules under the same interpreter. The ratio of the two must not fall below a floor. Without valgrind
it says so and takes CPU time of interleaved rounds instead, with half of each floor.

Exit code 0 if every floor holds, 1 if one does not or a side failed.

Rules of this file:
- It guards against gross loss alone; how fast is fast enough stands in `goals.py`.
- Hash seed fixed, garbage collector off, one child for each side, both at a time.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import goals
from .guard_counts import guarded
from .measure import Settings, Sides, measure
from .report import number, times

# Instructions of http.cookiejar over those of cookietin: about 80 % of the ratio when the floor was set,
# on the one of CPython 3.11 and 3.13 where it was lower. Raise them when cookietin has become faster.
FLOORS = {
    "W1.5": 3.4,
    "W2.1000.hit": 135,
    "W2.1000.miss": 300,
    "W3.crawl": 9.0,
    "W5.mozilla.load": 1.15,
}
_SHARE_WITHOUT_VALGRIND = 0.5
_TIMED = Settings(rounds=5, sample_seconds=0.05, quick=True)
_LONGEST_SECONDS = 600
_ROW = "{:<18}{:<38}{:>13}{:>13}{:>9}{:>8}  {}"
_MARKED = re.compile(r"^desc: Trigger: --dump-before=getppid$", re.MULTILINE)
_SUMMARY = re.compile(r"^(?:summary|totals): (\d+)$", re.MULTILINE)

Figures = dict[str, tuple[float, float]]


class GuardError(Exception):
    """A side could not be measured; the text says which and why."""


def main() -> int:
    """Judge every case and return the exit code."""
    try:
        if shutil.which("valgrind"):
            unit, share, figures = "instructions", 1.0, _counted()
        else:
            print("no valgrind: CPU time instead of instructions, and half of the floors")
            unit, share, figures = "us", _SHARE_WITHOUT_VALGRIND, _timed()
    except GuardError as failure:
        print(failure)
        return 1
    print(f"{unit} for one operation, {goals.AGAINST} and {goals.SUBJECT}")
    print(_ROW.format("case", "what", "against", "subject", "ratio", "floor", "holds"))
    fallen = []
    for case, _count in guarded():
        against, subject = figures[case.code]
        ratio, floor = against / subject, FLOORS[case.code] * share
        holds = ratio >= floor
        fallen += [] if holds else [case.code]
        cells = (number(against), number(subject), times(ratio), times(floor))
        print(_ROW.format(case.code, case.title, *cells, "yes" if holds else "NO"))
    if fallen:
        print(f"fallen below the floor: {', '.join(fallen)}; see {Path(__file__).name}")
    return 1 if fallen else 0


def _counted() -> Figures:
    """Count instructions of both sides for one operation of each case."""
    with tempfile.TemporaryDirectory(prefix="cookie-bench-") as directory:
        names = (goals.AGAINST, goals.SUBJECT)
        children: list[subprocess.Popen[str]] = []
        try:
            for place, name in enumerate(names):
                children.append(_start(name, Path(directory, str(place))))
            for name, child in zip(names, children, strict=True):
                _finish(name, child)
        finally:
            for child in children:
                child.kill()
                child.wait()
        against, subject = (
            _read(name, Path(directory, str(place))) for place, name in enumerate(names)
        )
    return {code: (against[code], subject[code]) for code in against}


def _start(name: str, counts: Path) -> subprocess.Popen[str]:
    environment = dict(os.environ, PYTHONHASHSEED="0")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "tests.bench.guard_counts", name]
    # Once without valgrind, which stores byte code and shows errors fifty times sooner.
    try:
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        raise GuardError(f"{name}: failed\n{error.stderr}") from error
    valgrind = ("valgrind", "--tool=callgrind", "--dump-before=getppid")
    return subprocess.Popen(
        [*valgrind, f"--callgrind-out-file={counts}", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(name: str, child: subprocess.Popen[str]) -> None:
    try:
        _out, said = child.communicate(timeout=_LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        raise GuardError(f"{name}: not done after {_LONGEST_SECONDS} s under valgrind") from None
    if child.returncode:
        raise GuardError(f"{name}: failed under valgrind\n{said}")


def _read(name: str, counts: Path) -> dict[str, float]:
    """Read what was counted up to each mark: `counts.1` before the first case, `counts.2` in it."""
    found = {}
    for place, (case, count) in enumerate(guarded()):
        part = counts.with_name(f"{counts.name}.{2 * place + 2}")
        text = part.read_text(encoding="utf-8", errors="replace") if part.exists() else ""
        summary = _SUMMARY.search(text)
        if not _MARKED.search(text) or summary is None:
            raise GuardError(f"{name}: valgrind wrote no count for {case.code}")
        found[case.code] = int(summary[1]) / count
    beyond = counts.with_name(f"{counts.name}.{2 * len(found) + 1}")
    if beyond.exists():
        raise GuardError(f"{name}: more marks than cases; does something call os.getppid?")
    return found


def _timed() -> Figures:
    """Take CPU time of both sides, median of interleaved rounds."""
    sides = Sides(importlib.import_module(goals.AGAINST), importlib.import_module(goals.SUBJECT))
    found = {}
    for case, _count in guarded():
        row = measure(case, sides, _TIMED)
        medians = row.medians()
        if row.problem or medians is None:
            raise GuardError(f"{case.code}: {row.problem}")
        found[case.code] = medians
    return found


if __name__ == "__main__":
    sys.exit(main())
