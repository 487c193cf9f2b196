"""The child of `guard`: runs each case on one module, with marks around what counts.

    valgrind --tool=callgrind --dump-before=getppid python -m tests.bench.guard_counts MODULE

Rules of this file:
- A mark is a call of `os.getppid`, at which callgrind writes down what it has counted since the mark
  before. Nothing else here may call it.
- Each case runs once to warm up, then once between two marks, with fresh objects.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from functools import partial

from . import workloads
from .file_workloads import Load
from .measure import Case

# As small as the ratios allow: under valgrind all is fifty times slower.
_RESPONSES, _ASKED = 40, 4
_REQUESTS, _SITES, _LOADED = 80, 20, 1_000


class _FewResponses(workloads.Extract):
    limit = _RESPONSES


def guarded() -> list[tuple[Case, int]]:
    """Return what is guarded, with how many operations are counted."""
    extract = partial(_FewResponses, 5)
    hit, miss = (partial(workloads.Add, 1_000, asked) for asked in ("hit", "miss"))
    crawl = partial(workloads.Crawl, _REQUESTS, _SITES)
    load = partial(Load, "MozillaCookieJar", _LOADED)
    crawl_title = f"crawl: {_REQUESTS} requests, {_SITES} sites"
    load_title = f"load mozilla, {_LOADED:,} cookies"
    return [
        (Case("W1.5", "extract, 5 headers", "us", extract), _RESPONSES),
        (Case("W2.1000.hit", "add, 1,000 cookies: 5 match", "us", hit), _ASKED),
        (Case("W2.1000.miss", "add, 1,000 cookies: none match", "us", miss), _ASKED),
        (Case("W3.crawl", crawl_title, "us/request", crawl), _REQUESTS),
        (Case("W5.mozilla.load", load_title, "us/cookie", load), _LOADED),
    ]


def main(name: str) -> None:
    """Run every case on the module of that name."""
    module = importlib.import_module(name)
    gc.disable()
    for case, count in guarded():
        workload = case.make(module)
        workload.prepare(count)
        workload.run(count)
        workload.prepare(count)
        os.getppid()
        workload.run(count)
        os.getppid()


if __name__ == "__main__":
    main(sys.argv[1])
