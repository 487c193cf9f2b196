"""Dates are read token by token. Oracle: the algorithm of 5.1.1 as the model has it."""

from __future__ import annotations

import browser_model
from hypothesis import given
from hypothesis import strategies as st

from cookietin.rules.dates import BEFORE_1601, cookie_date

NUMBERS = ["1", "09", "31", "70", "99", "123", "1601", "2028", "10000", "\xb2", "\u0663"]
TIMES = ["1:2:3", "23:59:59", "1:2:345", "12:60:00", "::", "12:x"]
NAMES = ["jan", "FEB", "Marx", "aug", "\u017fep", "\xe9", "x1", "1x"]
TOKENS = st.sampled_from([*NUMBERS, *TIMES, *NAMES])
DELIMITERS = st.sampled_from([" ", " ", ", ", "-", "/", "\t", "~", "[", "", ".", ":"])


@given(st.lists(st.tuples(TOKENS, DELIMITERS), max_size=9), st.sampled_from(["", " ", "x"]))
def test_cookie_date(pieces: list[tuple[str, str]], before: str) -> None:
    """A token goes to the first of time, day, month and year that it fits and that is missing."""
    text = before + "".join(token + delimiter for token, delimiter in pieces)
    expected = browser_model.cookie_date(text)

    actual = cookie_date(text)

    assert (actual == BEFORE_1601) == (expected == browser_model.PAST)
    assert actual in (expected, BEFORE_1601)
