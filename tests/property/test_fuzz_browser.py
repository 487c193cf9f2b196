"""A short run of the fuzz loop; `python tests/property/fuzz_browser.py` runs it for longer."""

from __future__ import annotations

import math

import fuzz_browser
import pytest


def test_mutated_fields_raise_nothing() -> None:
    """Oracle: none needed. The blocks are the first of a long run with the same seed."""
    results = list(fuzz_browser.fuzz(20_000, seed=1))

    assert [finding for _, findings in results for finding in findings] == []
    assert sum(tried for tried, _ in results) == 20_000


def test_a_finding_can_be_had_again() -> None:
    """A report names seed and block; without the same inputs it would be of no use."""
    once, again = (list(fuzz_browser.inputs_of(7, 3, size=200)) for _ in range(2))

    assert again == once
    assert len(set(once)) > 100


def test_exceptions_are_reported_with_their_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fuzz loop that finds nothing must be one that could have."""

    def broken(text: str) -> int:
        if "\0" in text:
            raise ValueError("NUL")
        return 1

    monkeypatch.setattr(fuzz_browser, "parse", broken)

    _, found = fuzz_browser.fuzz_block((1, 0, 2000, 5000))

    assert found
    assert all("seed 1, block 0, input " in f and "\\x00" in f and "NUL" in f for f in found)


@pytest.mark.parametrize("shape", fuzz_browser.SHAPES)
def test_time_grows_with_the_size(shape: str) -> None:
    """
    Eight times the size may take thirty-two times as long: quadratic would take sixty-four.

    Least of several, and three tries, since other processes only ever make it slower. What takes
    less than two milliseconds passes: below that the clock measures the machine.
    """
    make = fuzz_browser.SHAPES[shape]
    ratio = math.inf
    for _ in range(3):
        large = fuzz_browser.seconds(make(65_536), repeats=2)
        ratio = min(ratio, large / fuzz_browser.seconds(make(8192), repeats=3))
        if large < 0.002 or ratio < 32:
            return

    assert ratio < 32
