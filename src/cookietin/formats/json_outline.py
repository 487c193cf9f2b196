"""What the beginning of a JSON file tells of its format: the names of its fields.

Rules of this file:
- The beginning may end anywhere, in the middle of a character too; nothing is raised.
- Time: O(len(head)). The pattern gives nothing back, so that a text without an end is read once.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"?|[\[\]{}:,]|[^\[\]{}:,"\s]++', re.DOTALL)
_ENOUGH = 8  # so many cookies tell what fields there are


class Outline:
    """
    The names in the beginning of a JSON file.

    Attributes:
        is_list: The whole is a list; otherwise an object, or no JSON.
        members: Names of the whole's members, as far as they were met.
        fields: Names of the fields of the first cookies: of the objects in the whole, if that is a
            list, otherwise in its member `cookies`.
        format: Text of the whole's member `format`, or None.
    """

    __slots__ = ("fields", "format", "is_list", "members")

    def __init__(self) -> None:
        self.is_list: bool = False
        self.members: set[str] = set()
        self.fields: set[str] = set()
        self.format: str | None = None


def outline_of(head: bytes) -> Outline:
    """What the beginning of a file tells; nothing if it is no JSON."""
    outline = Outline()
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").decode("latin-1")
    if text[:1] not in ("{", "["):
        return outline
    outline.is_list = text[0] == "["
    # The objects and lists that are open, and for each the key whose value is being read.
    opened: list[str] = []
    keys: list[str | None] = []
    last: str | None = None
    seen = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark[0] == '"':
            last = token[1]
            if keys == ["format"] and opened == ["{"]:
                outline.format = last
        elif mark in "{[":
            opened.append(mark)
            keys.append(None)
        elif mark in "}]":
            if _is_cookie(opened, keys):
                seen += 1
            opened.pop()
            keys.pop()
            if not opened or seen == _ENOUGH:
                break
        elif mark == ",":
            keys[-1] = None
        elif mark == ":" and last is not None and opened[-1] == "{":
            keys[-1] = last
            if len(opened) == 1:
                outline.members.add(last)
            elif _is_cookie(opened, keys):
                outline.fields.add(last)
    return outline


def _is_cookie(opened: list[str], keys: list[str | None]) -> bool:
    """Tell whether what is open is an object in the list of cookies."""
    if len(opened) == 2:
        return opened == ["[", "{"]
    return opened == ["{", "[", "{"] and keys[0] == "cookies"
