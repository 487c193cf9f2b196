"""Paths are escaped as CPython escapes them: by `urllib.parse.quote`, and in upper case."""

from __future__ import annotations

import re
import urllib.parse

from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.cookiejar import escape_path
from cookietin.rules.classic import HTTP_PATH_SAFE

ANY_TEXT = st.text(st.characters(codec=None, categories=None)) | st.text(
    st.sampled_from("/%aAfF09gG ~^\x00\x7f\x80\xe9\xff\u0100\u4e00\ud800\U0001f36a")
)


@given(ANY_TEXT)
@example("%%c3%C3%c%3c%zz\xe9")
@example("%\xc3\xa9%e9")
@example("%%3%3c3")
def test_escape_path(path: str) -> None:
    """The escapes that were there are found before the others are written: that changes nothing."""
    quoted = urllib.parse.quote(path, HTTP_PATH_SAFE, errors="surrogatepass")
    expected = re.sub("%[0-9a-fA-F]{2}", lambda escape: escape.group().upper(), quoted)

    assert escape_path(path) == expected
