"""Set-Cookie3 lines in their common form, the one that `formats.lwp` and CPython write.

Pair, path, domain and flags in this order, "; " between, without a backslash; of version 0, without
port and comments. Nearly every line is one.

Rules of this file:
- What it reads means what its words mean, by `split_header_words`. A property test binds them.
- What it does not know for certain it leaves to `formats.lwp`, which imports this when it reads a
  file: compiling the patterns takes 2 ms.
"""

from __future__ import annotations

import re

from cookietin.formats.lwp import BOOLEANS, PREFIX, sorted_out
from cookietin.rules.classic_dates import iso2time
from cookietin.rules.header_words import split_header_words
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cookietin.cookie import CookieFields

    # path_specified, domain_initial_dot, secure, discard and other attributes of a cookie.
    _Flags = tuple[Any, Any, Any, Any, SharedAttributes | None]

# Pieces of a line.
_START = re.compile(rf"{PREFIX}\s*([^=\s;,]+)")
_CONTENT = r'=(?:"([^"\\]*)"|([^\s;,"\\]+))'
_PATH = re.compile(f"path{_CONTENT}")
_DOMAIN = re.compile(f"domain{_CONTENT}")
_UNQUOTED = re.compile(r'[^\s;,"\\]+')
_WORD = rf'[^=\s;,"]+(?:{_CONTENT})?'
_WORDS = re.compile(rf"{_WORD}(?:; {_WORD})*\s*")
_EXPIRES = 'expires="'
_DATE_LENGTH = len("1994-02-09 22:23:32Z")
_MOST_FLAGS = 1024


class CommonForm:
    """
    Reads such lines, and keeps what recurs from line to line.

    4 us a line, where `split_header_words` and what `formats.lwp` makes of the words take 20.

    Args:
        cookie_class: Class of the cookies.
        keep_discard: As for `lwp.cookie_of`.
    """

    __slots__ = ("_cookie_class", "_domain", "_flags", "_keep_discard", "_names", "_path")

    def __init__(self, cookie_class: type[CookieFields], *, keep_discard: bool = False) -> None:
        self._cookie_class = cookie_class
        self._keep_discard = keep_discard
        # Texts and what they mean: of paths and domains the last one, of names and flags all.
        self._path: tuple[str | None, str] = None, ""
        self._domain: tuple[str | None, str, bool] = None, "", False
        self._names: dict[str, str] = {}
        self._flags: dict[str, _Flags | None] = {}

    def cookie(self, line: str) -> CookieFields | None:
        """The cookie of a line, None if it has another form."""
        try:
            pair, path, domain, rest = line.split("; ", 3)
            start, value = pair.split("=", 1)
        except ValueError:
            return None
        expires = None
        at = rest.find(_EXPIRES)
        if at >= 0:
            at += len(_EXPIRES)
            expires = iso2time(rest[at : at + _DATE_LENGTH], expiry=True)
            if expires is None:
                return None
            rest = rest[:at] + rest[at + _DATE_LENGTH :]
        name = self._names.get(start) or self._learn_name(start)
        flags = self._flags.get(rest) or self._learn_flags(rest)
        if (
            name is None
            or flags is None
            or (path != self._path[0] and not self._learn_path(path))
            or (domain != self._domain[0] and not self._learn_domain(domain))
        ):
            return None
        content = _value(value)
        if content is None:
            return None
        # Attribute by attribute, as in `canonical.plain_cookie`.
        cookie = self._cookie_class.__new__(self._cookie_class)
        cookie.name = name
        cookie.value = content
        cookie.path = self._path[1]
        _, cookie.domain, cookie.domain_specified = self._domain
        cookie.path_specified, cookie.domain_initial_dot, cookie.secure, discard, others = flags
        cookie.expires = expires
        cookie.discard = discard if expires is not None or self._keep_discard else True
        cookie._creation_time = cookie._last_access_time = cookie._seldom = None
        cookie._others = others
        return cookie

    def _learn_name(self, start: str) -> str | None:
        match = _START.fullmatch(start)
        if match is None:
            return None
        name = self._names[start] = match[1]
        return name

    def _learn_path(self, text: str) -> bool:
        match = _PATH.fullmatch(text)
        if match is None:
            return False
        self._path = text, match[1] or match[2] or ""
        return True

    def _learn_domain(self, text: str) -> bool:
        match = _DOMAIN.fullmatch(text)
        if match is None:
            return False
        domain = match[1] or match[2] or ""
        self._domain = text, domain.lower(), domain.startswith(".")
        return True

    def _learn_flags(self, text: str) -> _Flags | None:
        if len(self._flags) >= _MOST_FLAGS:
            self._flags.clear()
        flags = self._flags[text] = _flags(text)
        return flags


def _value(text: str) -> str | None:
    """What stands behind the first "=" of a line, None if it is more than one word."""
    if not text.startswith('"'):
        return text if _UNQUOTED.fullmatch(text) else None
    if text.count('"') == 2 and text.endswith('"') and "\\" not in text:
        return text[1:-1]
    return None


def _flags(text: str) -> _Flags | None:
    """
    What the end of a line says; its date has been cut out.

    None if that is more than of a cookie of version 0 without port and comments.
    """
    at = text.find(_EXPIRES)
    if not _WORDS.fullmatch(text) or (at > 0 and not text.startswith("; ", at - 2)):
        return None
    (pairs,) = split_header_words([text.strip()])
    known, others = sorted_out(pairs)
    expected = BOOLEANS | {"version"} if at < 0 else BOOLEANS | {"version", "expires"}
    if (
        known.keys() != expected
        or len({key.lower() for key, _ in pairs}) != len(pairs)  # of two the last one counts
        or known["version"] != "0"
        or known.get("expires")
    ):
        return None
    return (
        known["path_spec"],
        known["domain_dot"],
        known["secure"],
        known["discard"],
        SharedAttributes(others) if others else None,
    )
