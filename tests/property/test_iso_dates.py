"""Dates in ISO 8601's forms, by slices and tables. Oracle: the pattern, `datetime`, CPython."""

from __future__ import annotations

import datetime
import http.cookiejar as stdlib

from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules import classic_dates

dates = st.one_of(
    st.sampled_from(["2026-01-01 00:00:00Z", "2026-01-01 00:00:01Z", "0000-01-01 00:00:00Z", ""]),
    st.sampled_from(["2026-02-31 24:59:61Z", "1969-12-31 23:59:59Z", "2026-01-01 00:00:00z", "9"]),
    st.builds(
        lambda at, character: (
            f"{'2026-01-10 03:20:00Z'[:at]}{character}{'2026-01-10 03:20:00Z'[at + 1 :]}"
        ),
        st.integers(0, 20),
        st.sampled_from("0126Zz-:/T .٣"),
    ),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01 00:00:00Z ", " 2026-01-01 00:00:00", "٣"]),
)


@given(dates, st.booleans())
@example("2026-01-01 24:00:61Z", False)
def test_iso_dates_are_read_as_by_the_pattern(text: str, expiry: bool) -> None:
    """The first time a day comes, and when it is known."""
    expected = classic_dates._read_iso_date(text, expiry=expiry)

    assert classic_dates.iso2time(text, expiry=expiry) == expected
    assert classic_dates.iso2time(text, expiry=expiry) == expected


@given(st.integers(-62_135_596_800, 253_402_300_799))
@example(0)
@example(-1)
@example(-62_135_596_800)
def test_iso_dates_are_written_as_by_datetime(moment: int) -> None:
    """And by CPython; they are read back as what they were."""
    written = classic_dates.time2isoz(moment)

    as_datetime = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    assert written == as_datetime.isoformat(" ").replace("+00:00", "Z")
    assert written == stdlib.time2isoz(moment)
    assert classic_dates.iso2time(written, expiry=True) == (
        moment if as_datetime.year >= 1601 else classic_dates._read_iso_date(written, expiry=True)
    )
