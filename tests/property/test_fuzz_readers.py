"""A short run of the readers' fuzz loop, and arbitrary octets; the script runs it for longer."""

from __future__ import annotations

import fuzz_readers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(("reader", "inputs"), [("har", 500), ("curl", 800), ("firefox", 60)])
def test_mutated_files_raise_nothing_but_format_errors(reader: str, inputs: int) -> None:
    """Oracle: none needed. The inputs are the first of a long run with the same seed."""
    taken, found = fuzz_readers.fuzz(reader, inputs, seed=1)

    assert found == []
    assert taken > inputs // 4  # not all of them were refused at the first octet


@pytest.mark.parametrize(
    ("reader", "start"),
    [
        pytest.param("har", b"", id="anything for HAR"),
        pytest.param("har", b'{"log": {"entries": [', id="as HAR begins"),
        pytest.param("curl", b"", id="anything for a dump"),
        pytest.param("curl", b"HTTP/1.1 200 OK\r\nSet-Cookie: ", id="as a dump begins"),
        pytest.param("firefox", b"", id="anything for a database"),
        pytest.param("firefox", b"SQLite format 3\0", id="as a database begins"),
    ],
)
@settings(max_examples=settings.default.max_examples // 4)
@given(rest=st.binary(max_size=300))
def test_arbitrary_octets_raise_nothing_but_format_errors(
    reader: str, start: bytes, rest: bytes
) -> None:
    """Oracle: none needed."""
    fuzz_readers.try_reader(reader, {"": start + rest, "-wal": rest}, lenient=True)


def test_a_finding_can_be_had_again() -> None:
    """A report names seed and block; without the same inputs it would be of no use."""
    once, again = (list(fuzz_readers.inputs_of("curl", 7, 3, size=50)) for _ in range(2))

    assert again == once
    assert len({each[""] for each in once}) > 20


def test_a_value_in_a_message_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fuzz loop that finds nothing must be one that could have."""

    def told(stream: object, reading: object) -> object:
        raise fuzz_readers.FormatError("file", 1, f"odd: {fuzz_readers.SECRET}")

    monkeypatch.setattr(fuzz_readers.curl, "read", told)

    _, found = fuzz_readers.fuzz("curl", 3, seed=1)

    assert len(found) == 3
    assert all("curl, seed 1, block 0, input " in each and "a value in" in each for each in found)
