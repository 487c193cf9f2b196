"""Words of a header field are split as CPython splits them. Oracle: `http.cookiejar`."""

from __future__ import annotations

import http.cookiejar as stdlib

from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules.header_words import split_header_words


@given(st.text(alphabet='ab=;,"\\ \n\t\x85é', max_size=20))
@example('a="b\\\nc", d')
@example('a="b"c=,=;,d')
def test_header_words_are_split_as_by_cpython(text: str) -> None:
    """One pattern stands for all pieces of the grammar."""
    assert split_header_words([text]) == stdlib.split_header_words([text])
