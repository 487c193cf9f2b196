"""One case on every side: adjacent turns, and what the results have in common.

Rules of this file:
- A round lets each side take one sample, one after the other; a ratio is taken within a round.
- Every side repeats as often as fills a sample; a slow one takes fewer turns, not shorter ones.
- Other results than those of the column with the same rules are a note, not a failure: peers have
  rules of their own. A jar that does not hold the cookies of the case gets no figure.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..measure import MICROSECONDS
from .recording import Recording
from .sides import Facts, PeerError, Side

# A side that needs more seconds than this for a sample takes so many turns at most.
_SLOW_SECONDS, _SLOW_TURNS = 1.0, 2
_HOLDS_ENOUGH = 0.9


@dataclass(slots=True)
class Row:
    """The samples of a case in microseconds, by side and round, and what to know about them."""

    code: str
    title: str
    unit: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def figure(self, name: str) -> float | None:
        """Return the median of a side's samples."""
        samples = self.samples.get(name)
        return statistics.median(samples) if samples else None

    def ratios(self, name: str, over: str) -> list[float]:
        """Return one side's time over another's, by round; above 1 the other is faster."""
        pairs = zip(self.samples.get(name, []), self.samples.get(over, []), strict=False)
        return [one / other for one, other in pairs if other > 0]

    def note(self, name: str, text: str) -> None:
        """Add a remark to a figure."""
        self.notes[name] = "; ".join(filter(None, [self.notes.get(name), text]))


class _Meter:
    """A side in one case, and how many exchanges a chunk of it has."""

    def __init__(self, side: Side, recording: Recording, target: float) -> None:
        self.side = side
        self._target = target
        self._all = len(recording.asked)
        self._units = recording.units / self._all
        self._in_parts = recording.in_parts
        self._count = 1 if recording.in_parts else self._all
        self.is_slow = False

    def calibrate(self) -> None:
        """Find the chunk that lasts a quarter of a sample; also warms up."""
        warm = 0.0
        while self._in_parts or warm < self.side.warm_up:
            seconds = self.side.chunk(self._count)
            warm += seconds
            if seconds < self._target / 4 and self._count < self._all:
                self._count = min(2 * self._count, self._all)
            elif warm >= self.side.warm_up:
                return

    def sample(self) -> float:
        """Return microseconds per operation over at least a sample's time."""
        spent, done = 0.0, 0
        while spent < self._target:
            spent += self.side.chunk(self._count)
            done += self._count
        self.is_slow = spent > _SLOW_SECONDS
        return spent / (done * self._units) * MICROSECONDS


def measure(recording: Recording, sides: Sequence[Side], rounds: int, target: float) -> Row:
    """Measure one case on all sides; `target` is the CPU time of a sample in seconds."""
    row = Row(recording.code, recording.title, recording.unit)
    meters = [_Meter(side, recording, target) for side in sides]
    meters = [meter for meter in meters if _ready(row, meter, recording)]
    for turn in range(rounds):
        for meter in meters:
            if turn < _SLOW_TURNS or not meter.is_slow:
                _sample(row, meter)
    for meter in meters:
        _collect(row, meter.side, recording)
    for side in sides:
        _compare(row, side)
    return row


def _ready(row: Row, meter: _Meter, recording: Recording) -> bool:
    """Load a case and warm up; False if the side cannot do the case."""
    side = meter.side
    try:
        held = side.load(recording)
        wanted = len(recording.stored) + sum(len(x.set_cookie) for x in recording.received)
        if recording.in_parts and held is not None and held < _HOLDS_ENOUGH * wanted:
            row.note(side.name, f"holds {held:,} of {wanted:,} cookies: not measured")
            return False
        meter.calibrate()
    except Exception as error:  # noqa: BLE001 - another's code is called
        _fail(row, side, error)
        return False
    remark = side.remark(recording)
    if remark:
        row.note(side.name, remark)
    return True


def _sample(row: Row, meter: _Meter) -> None:
    name = meter.side.name
    if name in row.failed:
        return
    try:
        row.samples.setdefault(name, []).append(meter.sample())
    except Exception as error:  # noqa: BLE001 - another's code is called
        _fail(row, meter.side, error)


def _collect(row: Row, side: Side, recording: Recording) -> None:
    if side.name in row.failed:
        return
    try:
        if recording.in_parts:
            side.chunk(recording.compared)
        row.facts[side.name] = side.facts()
    except Exception as error:  # noqa: BLE001 - another's code is called
        _fail(row, side, error)


def _fail(row: Row, side: Side, error: Exception) -> None:
    row.failed.add(side.name)
    row.samples.pop(side.name, None)
    what = str(error) if isinstance(error, PeerError) else f"{type(error).__name__}: {error}"
    row.note(side.name, f"failed: {what}")


def _compare(row: Row, side: Side) -> None:
    """Note where a side's results differ from those of the column with the same rules."""
    facts, expected = row.facts.get(side.name), row.facts.get(side.like)
    if facts is None or expected is None or side.name == side.like:
        return
    parts = [
        f"{what.format(f'{actual:,}')} ({side.like}: {wanted:,})"
        for what, actual, wanted in (
            ("holds {}", facts.held, expected.held),
            ("sent {} cookies", facts.sent, expected.sent),
            ("sent {} octets", facts.octets, expected.octets),
        )
        if actual is not None and wanted is not None and actual != wanted
    ]
    if parts:
        row.note(side.name, ", ".join(parts))
