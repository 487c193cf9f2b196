"""A short run of the fuzz loop; `python tests/property/fuzz_formats.py` runs it for longer."""

from __future__ import annotations

from typing import Any

import fuzz_formats
import pytest

from cookietin.formats import mozilla

FORMATS = fuzz_formats.formats_at_hand()


@pytest.mark.parametrize("format", FORMATS, ids=[format.name for format in FORMATS])
def test_mutated_files_do_no_harm(format: Any) -> None:
    """Oracle: none needed. The blocks are the first of a long run with the same seed."""
    results = list(fuzz_formats.fuzz(format, 500, seed=1))

    assert [finding for _, findings in results for finding in findings] == []


def test_a_finding_can_be_had_again() -> None:
    """A report names seed and block; without the same inputs it would be of no use."""
    once, again = (list(fuzz_formats.inputs_of(mozilla, 7, 3, size=200)) for _ in range(2))

    assert again == once
    assert len(set(once)) > 100


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param("zq7SECRET", id="a value in a problem"),
        pytest.param("", id="an exception"),
    ],
)
def test_harm_is_reported_with_its_input(monkeypatch: pytest.MonkeyPatch, problem: str) -> None:
    """A fuzz loop that finds nothing must be one that could have."""

    def broken(stream: object, reading: fuzz_formats.Reading) -> list[object]:
        if not problem:
            raise IndexError("broken")
        reading.lenient = True
        reading.skip(problem)
        return []

    monkeypatch.setattr(mozilla, "read", broken)

    _, found = fuzz_formats.fuzz_block(mozilla, 1, 0, 20, 5)

    assert len(found) == 20
    assert all("mozilla: seed 1, block 0, input " in finding for finding in found)
