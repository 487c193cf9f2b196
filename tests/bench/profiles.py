"""Where the remaining time goes: the opcodes that W1 and W3 execute, function by function.

    python -m tests.bench.profiles [--json profiles.json]

A sampling profiler disturbs what takes microseconds, and a busy machine disturbs the profiler. Opcodes
are counted, so two runs agree. They stand for the interpreter's share: what a call into C takes is not
seen apart, but it is called from the function that is named.

Exit code 0.

Rules of this file:
- The workloads of `workloads.py`, after they have run twice; the crawl is a small one, for counting
  makes the standard library a thousand times slower.
- Opcodes for one operation; functions below 2 % are added up.
"""

from __future__ import annotations

import argparse
import collections
import http.cookiejar
import sys
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from types import FrameType, ModuleType
from typing import Any

import cookietin.cookiejar

from . import records
from .measure import Workload
from .workloads import Crawl, Extract

_LEAST_SHARE = 0.02
_CASES: dict[str, tuple[str, Callable[[ModuleType], Workload], int]] = {
    "W1.5": ("extract, 5 headers", lambda module: Extract(5, module), 64),
    "W3.crawl": (
        "crawl: 200 requests, 50 sites",
        lambda module: Crawl(200, 50, module),
        200,
    ),
}

Counted = collections.Counter[tuple[str, str]]


def main(given: Sequence[str] | None = None) -> int:
    """Print both profiles and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profiles", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--json", type=Path, help="write them to this file")
    options = parser.parse_args(given)
    rows = []
    for code, (title, make, count) in _CASES.items():
        _, theirs = _opcodes(make(http.cookiejar), count)
        calls, ours = _opcodes(make(cookietin.cookiejar), count)
        row = _row(code, title, ours, calls, theirs, count)
        rows.append(row)
        _print(row)
    records.write(options.json, "profiles", rows=rows)
    return 0


def _opcodes(workload: Workload, count: int) -> tuple[Counted, Counted]:
    """Return calls and opcodes by module and function, of `count` operations."""
    for _ in range(2):
        workload.prepare(count)
        workload.run(count)
    workload.prepare(count)
    calls: Counted = collections.Counter()
    opcodes: Counted = collections.Counter()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        function = frame.f_code
        key = PurePath(function.co_filename).stem, function.co_qualname
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            calls[key] += 1
        elif event == "opcode":
            opcodes[key] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        workload.run(count)
    finally:
        sys.settrace(before)
    return calls, opcodes


def _row(
    code: str, title: str, ours: Counted, calls: Counted, theirs: Counted, count: int
) -> dict[str, object]:
    total = sum(ours.values())
    functions = [
        {
            "function": f"{module}.{name}",
            "share": opcodes / total,
            "opcodes": opcodes / count,
            "calls": calls[module, name] / count,
        }
        for (module, name), opcodes in ours.most_common()
        if opcodes / total >= _LEAST_SHARE
    ]
    return {
        "code": code,
        "title": title,
        "against": sum(theirs.values()) / count,
        "subject": total / count,
        "functions": functions,
    }


def _print(row: dict[str, Any]) -> None:
    print(f"\n{row['code']}, {row['title']}: {row['subject']:,.0f} opcodes an operation, ", end="")
    print(f"http.cookiejar {row['against']:,.0f}")
    for each in row["functions"]:
        print(f"  {each['share']:6.1%}{each['opcodes']:9.1f}  {each['function']}", end="")
        print(f"  ({each['calls']:.2f} calls)")
    rest = 1 - sum(each["share"] for each in row["functions"])
    print(f"  {rest:6.1%}           all others")


if __name__ == "__main__":
    sys.exit(main())
