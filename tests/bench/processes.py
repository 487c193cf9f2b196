"""W6: import time and memory, which need a process or a tracer of their own.

Rules of this file:
- Import time is the CPU time of the import statement in a fresh child; the
  first child of each side only warms the byte code.
- Memory is what tracemalloc sees: `set` has text and arguments made before, so
  counts objects; `extract` parses headers, so counts text too.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from http.cookiejar import CookieJar
from types import ModuleType

from .facts import cookie_facts, first_difference
from .measure import Row, Settings, Sides
from .stored import cookie_arguments
from .traffic import Traffic

_CHILD = (
    "import sys, time; start = time.process_time(); import {name}; "
    "print(time.process_time() - start, len(sys.modules))"
)
CODES = ("W6.import", "W6.bytes.set", "W6.bytes.extract")


def measure_import(sides: Sides, settings: Settings) -> Row:
    """Time `import <module>` in children; twice the rounds, for they are noisy."""
    row = Row("W6.import", "import in a fresh process", "ms", compared=False)
    try:
        for _ in range(1 + 2 * settings.rounds):
            row.against.append(_import_milliseconds(sides.against.__name__))
            row.subject.append(_import_milliseconds(sides.subject.__name__))
    except subprocess.CalledProcessError as error:
        row.problem = f"import fails in a child: {error.stderr.strip().splitlines()[-1]}"
    del row.against[:1], row.subject[:1]
    return row


def _import_milliseconds(name: str) -> float:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    # Without stored byte code every child would compile the subject anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", _CHILD.format(name=name)]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(child.stdout.split()[0]) * 1_000


def measure_memory(code: str, sides: Sides, settings: Settings) -> Row:
    """Weigh a full jar of each side, in bytes for each stored cookie."""
    weigh: Callable[[ModuleType, int], tuple[float, CookieJar]]
    if code == "W6.bytes.set":
        size = 10_000 if settings.quick else 100_000
        row = Row(code, f"memory, {size:,} by set_cookie", "B/cookie")
        weigh = _weigh_set
    else:
        size = 500 if settings.quick else 5_000
        row = Row(code, f"memory, {size:,} responses", "B/cookie")
        weigh = _weigh_extract
    try:
        against, expected = weigh(sides.against, size)
        subject, actual = weigh(sides.subject, size)
    except Exception as error:  # noqa: BLE001 - another's code is called
        row.problem = f"a side raised {type(error).__name__}: {error}"
        return row
    row.against, row.subject = [against], [subject]
    row.problem = first_difference(cookie_facts(expected), cookie_facts(actual))
    return row


def _weigh_set(module: ModuleType, size: int) -> tuple[float, CookieJar]:
    arguments = [cookie_arguments(number) for number in range(size)]

    def build() -> CookieJar:
        jar: CookieJar = module.CookieJar()
        make, put = module.Cookie, jar.set_cookie
        for each in arguments:
            put(make(*each))
        return jar

    return _weighed(build)


def _weigh_extract(module: ModuleType, size: int) -> tuple[float, CookieJar]:
    exchanges = Traffic(size).exchanges(size)

    def build() -> CookieJar:
        jar: CookieJar = module.CookieJar()
        for exchange in exchanges:
            # The message is made here and dropped: what the jar keeps of it is counted.
            response = exchange.response()
            jar.extract_cookies(response, exchange.request())  # type: ignore[arg-type]
        return jar

    return _weighed(build)


def _weighed(build: Callable[[], CookieJar]) -> tuple[float, CookieJar]:
    gc.collect()
    tracemalloc.start()
    try:
        jar = build()
        gc.collect()
        octets, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return octets / sum(1 for _ in jar), jar
