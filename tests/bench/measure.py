"""One workload on two modules: interleaved, in CPU time, and compared.

Rules of this file:
- Rounds go A B A B in one process; a ratio is taken within its round, so that a
  busy neighbour slows both sides of it.
- CPU time of the process, garbage collector off; what `prepare` does is not timed.
- Each side repeats as often as fills a sample; results are compared on the
  same number of operations.
- No ratio without equal results.
"""

from __future__ import annotations

import gc
import statistics
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from types import ModuleType

from .facts import Facts, first_difference

MICROSECONDS = 1e6
_LEAST_COMPARED = 3


class Workload:
    """
    One case on one module.

    `limit` is the most operations that one `prepare` makes ready. A `fixed`
    workload always does exactly `limit` of them: a crawl or a file has a size.
    """

    limit = 512
    fixed = False

    def prepare(self, count: int) -> None:
        """Build fresh objects for `count` operations; not timed."""

    def run(self, count: int) -> None:
        """Do `count` operations; timed."""
        raise NotImplementedError

    def facts(self) -> Facts:
        """Return what the last `run` produced."""
        raise NotImplementedError

    def complaint(self) -> str | None:
        """Return what is wrong on this side, whatever the other one did."""
        return None


@dataclass(frozen=True, slots=True)
class Case:
    """
    A row of the table and how to build its workload for a module.

    `make_subject` builds the subject's, where that does the same in another way. `once_against` is
    for what takes the other side minutes: it gets one round, the first, and the subject all.
    """

    code: str
    title: str
    unit: str
    make: Callable[[ModuleType], Workload]
    most_rounds: int = 1_000
    make_subject: Callable[[ModuleType], Workload] | None = None
    once_against: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """The two modules, by the names they were asked for."""

    against: ModuleType
    subject: ModuleType


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how often; `sample_seconds` is CPU time."""

    rounds: int
    sample_seconds: float
    quick: bool


@dataclass(slots=True)
class Row:
    """The samples of a case, in its unit; `compared` is False without facts."""

    code: str
    title: str
    unit: str
    against: list[float] = field(default_factory=list)
    subject: list[float] = field(default_factory=list)
    problem: str | None = None
    compared: bool = True

    def ratios(self) -> list[float]:
        """
        Against over subject, by round: above 1 the subject is better; empty if unequal.

        A single sample against is divided by every sample of the subject.
        """
        if self.problem:
            return []
        against = self.against * len(self.subject) if len(self.against) == 1 else self.against
        return [a / s for a, s in zip(against, self.subject, strict=True) if s > 0]

    def ratio(self) -> float | None:
        """Return the median of the ratios, None without one."""
        ratios = self.ratios()
        if not ratios:
            return None
        if len(self.against) == 1:
            return self.against[0] / statistics.median(self.subject)
        return statistics.median(ratios)

    def medians(self) -> tuple[float, float] | None:
        """Return the median of each side, None if a side has no samples."""
        if not self.against or not self.subject:
            return None
        return statistics.median(self.against), statistics.median(self.subject)


class SideError(Exception):
    """One of the modules raised; the text says which and where."""


class _Meter:
    """One workload of one side, and how many operations a chunk of it has."""

    def __init__(
        self, side: str, make: Callable[[ModuleType], Workload], module: ModuleType
    ) -> None:
        self._side = side
        with self._blamed():
            self._workload = make(module)
        self._count = self._workload.limit if self._workload.fixed else 1
        self.fixed = self._workload.fixed
        self.limit = self._workload.limit
        self.seconds = 0.0

    def calibrate(self, target: float) -> None:
        """Find the chunk that lasts a quarter of a sample; also warms up."""
        if self.fixed:
            return
        while True:
            elapsed = self.chunk(self._count)
            self.seconds = elapsed / self._count
            if elapsed >= target / 4 or self._count >= self.limit:
                return
            self._count = min(2 * self._count, self.limit)

    def sample(self, target: float) -> float:
        """Return seconds per operation over at least `target` seconds."""
        spent, done = 0.0, 0
        while spent < target:
            spent += self.chunk(self._count)
            done += self._count
        return spent / done

    def chunk(self, count: int) -> float:
        """Prepare and run `count` operations; return the seconds of the run."""
        with self._blamed():
            self._workload.prepare(count)
            start = time.process_time()
            self._workload.run(count)
            return time.process_time() - start

    def facts(self) -> Facts:
        """Return what the last chunk produced."""
        with self._blamed():
            return self._workload.facts()

    def complaint(self) -> str | None:
        """Return what is wrong on this side."""
        text = self._workload.complaint()
        return f"{self._side}: {text}" if text else None

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # another's code is called
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{PurePath(last.filename).name}:{last.lineno}"
            message = f"{self._side} raised {type(error).__name__} at {place}: {error}"
            raise SideError(message) from error


def measure(case: Case, sides: Sides, settings: Settings) -> Row:
    """Measure one case on both sides and compare what they produced."""
    row = Row(case.code, case.title, case.unit)
    target = settings.sample_seconds
    try:
        against = _Meter("against", case.make, sides.against)
        subject = _Meter("subject", case.make_subject or case.make, sides.subject)
        with collector_off():
            against.calibrate(target)
            subject.calibrate(target)
            for number in range(min(settings.rounds, case.most_rounds)):
                if number == 0 or not case.once_against:
                    row.against.append(against.sample(target) * MICROSECONDS)
                row.subject.append(subject.sample(target) * MICROSECONDS)
            row.problem = _disagreement(against, subject, target)
    except SideError as failure:
        row.problem = str(failure)
    return row


@contextmanager
def collector_off() -> Iterator[None]:
    """Collect once, then keep the garbage collector out of what is timed."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        gc.collect()


def _disagreement(against: _Meter, subject: _Meter, target: float) -> str | None:
    """Compare equal numbers of operations; a fixed workload's last timed run is one."""
    if not against.fixed:
        slower = max(against.seconds, subject.seconds, 1e-9)
        count = min(against.limit, max(_LEAST_COMPARED, int(4 * target / slower)))
        against.chunk(count)
        subject.chunk(count)
    return (
        first_difference(against.facts(), subject.facts())
        or against.complaint()
        or subject.complaint()
    )
