"""What browser rules cost: `BrowserCookiePolicy` against `DefaultCookiePolicy`, in jars of ours.

    python -m tests.bench.policies

The same workloads and the same way of measuring as in `python -m tests.bench`: A B A B in one process,
CPU time, the median of the rounds' ratios. What the two store differs by their rules, so only the times
are compared. The list of public suffixes is loaded before the clock starts; the last line says how long
that takes in a fresh process.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from http.cookiejar import CookiePolicy
from types import ModuleType

import cookietin.cookiejar

from . import workloads
from .measure import Settings, Sides, measure

_CODES = ("W1.", "W2.10.", "W2.1000.", "W3.", "W4.")
_LOADING = """
import time
from cookietin import PublicSuffixes
begin = time.process_time()
PublicSuffixes().version
print(1000 * (time.process_time() - begin))
"""


class _BrowserJar(cookietin.cookiejar.CookieJar):
    def __init__(self, policy: CookiePolicy | None = None) -> None:
        super().__init__(policy or cookietin.cookiejar.BrowserCookiePolicy())


def _under_browser_rules() -> ModuleType:
    """The module, with another default policy."""
    module = ModuleType("under_browser_rules")
    vars(module).update({**vars(cookietin.cookiejar), "CookieJar": _BrowserJar})
    return module


def main() -> None:
    cookietin.cookiejar.BrowserCookiePolicy().public_suffixes.version  # noqa: B018 - loads the list
    sides = Sides(cookietin.cookiejar, _under_browser_rules())
    settings = Settings(rounds=7, sample_seconds=0.1, quick=False)
    print(f"{'case':<14}{'what':<42}{'default':>9}{'browser':>9}  unit        times")
    for case in workloads.cases(quick=False):
        if not case.code.startswith(_CODES):
            continue
        row = measure(case, sides, settings)
        medians = row.medians()
        if medians is None:
            sys.exit(f"{case.code}: {row.problem}")
        times = [b / a for a, b in zip(row.against, row.subject, strict=True)]
        print(
            f"{case.code:<14}{case.title:<42}{medians[0]:>9.2f}{medians[1]:>9.2f}  {case.unit:<12}"
            f"{statistics.median(times):.2f}x  [{min(times):.2f}..{max(times):.2f}]"
        )
    loading = subprocess.run(
        [sys.executable, "-c", _LOADING], capture_output=True, text=True, check=True
    )
    print(f"loading the list of public suffixes: {float(loading.stdout):.0f} ms, once")


if __name__ == "__main__":
    main()
