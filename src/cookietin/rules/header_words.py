"""Words of a header field: splitting and joining lists of `token; name=value`.

Source: `split_header_words` and `join_header_words` of CPython 3.11 to 3.14; the grammar is that of
RFC 2616 section 4.2 with looser tokens. Set-Cookie2 and the LWP format are written in it.
Time is linear in the length of the text.
"""

from __future__ import annotations

import re

from cookietin.late_pattern import LatePattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Pairs = list[tuple[str, str | None]]

# What stands between words, a name, and its value with or without quotes; at the end of the text it
# matches nothing. One match for each word: 64 KB of "a;" take 24 ms, where one for each piece of the
# grammar takes 58, and 64 KB of commas are one match.
_WORDS = r"""
    ([=\s;,]*)
    (?:
        ([^=\s;,]+)
        (?: \s*=\s* (?: "([^"\\]*(?:\\.[^"\\]*)*)" | ([^\s;,]*) ) )?
    )?
    """
_PIECE = LatePattern(_WORDS, re.X)
# To octets, 0x85 and 0xA0 are no blanks but mostly pieces of UTF-8.
_OCTETS_PIECE = LatePattern(_WORDS, re.X | re.ASCII)
_ESCAPED = LatePattern(r"\\(.)")
_TO_ESCAPE = LatePattern(r"([\"\\])")

# What may stand without quotes: up to CPython 3.13.0, and from gh-130631 on (an RFC 9110 token).
WORD = re.compile(r"\w+")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def split_header_words(header_values: Iterable[str]) -> list[Pairs]:
    """
    Split header values into lists of (name, value) pairs, one list for each comma-separated part.

    A token without "=" has the value None. Values may be quoted, with backslash escapes.

    >>> split_header_words(['foo="bar"; port="80,81"; discard, bar=baz'])
    [[('foo', 'bar'), ('port', '80,81'), ('discard', None)], [('bar', 'baz')]]
    """
    if isinstance(header_values, str):
        # CPython asserts; callers may rely on the class.
        raise AssertionError("header_values: expected a list of texts, not one text")
    result: list[Pairs] = []
    for text in header_values:
        result.extend(_split(text))
    return result


def split_octets(text: str) -> list[Pairs]:
    """Split one header value whose characters are octets, as Perl's HTTP::Headers::Util does."""
    return _split(text, _OCTETS_PIECE)


def _split(text: str, piece: LatePattern = _PIECE) -> list[Pairs]:
    parts: list[Pairs] = []
    pairs: Pairs = []
    for match in piece.finditer(text):
        between, name, quoted, unquoted = match.groups()
        if pairs and "," in between:
            parts.append(pairs)
            pairs = []
        if quoted is not None:
            pairs.append((name, _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted))
        elif name is not None:
            pairs.append((name, unquoted))
    if pairs:
        parts.append(pairs)
    return parts


def join_header_words(
    lists: Iterable[Sequence[tuple[str, str | None]]], *, bare: re.Pattern[str] = WORD
) -> str:
    """
    Write lists of (name, value) pairs as one header value, the inverse of `split_header_words`.

    Args:
        bare: A value that matches this as a whole is written without quotes.

    >>> join_header_words([[("text/plain", None), ("charset", "iso-8859-1")], [("a", "b")]])
    'text/plain; charset="iso-8859-1", a=b'
    """
    return ", ".join(
        "; ".join([word(name, value, bare) for name, value in pairs]) for pairs in lists if pairs
    )


def word(name: str, value: str | None, bare: re.Pattern[str]) -> str:
    """Write one (name, value) pair."""
    if value is None:
        return name
    if bare.fullmatch(value) is not None:
        return f"{name}={value}"
    if '"' in value or "\\" in value:
        value = _TO_ESCAPE.sub(r"\\\1", value)
    return f'{name}="{value}"'
