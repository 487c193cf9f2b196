"""The short way of the format `json`: what nearly all cookies look like in a file that it has written.

Rules of this file:
- What it is not sure of is left to the careful way, which starts where this one has stopped. A
  property test binds them together.
- The pattern gives nothing back: a line is read once.
"""

from __future__ import annotations

import json
import re

from cookietin.formats.json_text import DECODER
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from cookietin.cookie import CookieFields

_TEXT = r'"([^"\\\x00-\x1f]*+)"'
_INTEGER = r"-?(?:0|[1-9]\d{0,14})(?!\d)"
_NUMBER = rf"{_INTEGER}(?:\.\d{{1,17}}+)?"
# Flags are there only if they differ from what most cookies have.
_LINE = re.compile(
    rf'\n{{"domain":{_TEXT},"path":{_TEXT},"name":{_TEXT},"value":{_TEXT}'
    r'(,"secure":true)?'
    rf'(?:,"expires":({_INTEGER}))?'
    r'(,"domain_initial_dot":true)?'
    r'(,"path_specified":false)?'
    rf'(?:,"creation_time":({_NUMBER}))?'
    rf'(?:,"last_access_time":({_NUMBER}))?'
    r'(?:,"attributes":(\{[^{}]*+\}))?'
    r"\}(?:,(?=\n\{)|(?=\n\]))",
    re.ASCII,
)
_BETWEEN = re.compile(r",(?=\n\{)|(?=\n\])")


def plain_cookies(
    text: str, at: int, cookie_class: type[CookieFields]
) -> Generator[Any, None, int]:
    """
    The cookies of a text, each made of its line; the fields of those that need a closer look.

    Args:
        text: A whole file.
        at: Where the first cookie begins, with its line.

    Returns:
        Where it has stopped: at the end of the list, or before a cookie that it cannot read.
    """
    match, new = _LINE.match, cookie_class.__new__
    names: dict[str, str] = {}
    known: dict[str | None, SharedAttributes | None] = {None: None}
    known_domain = known_path = ""
    specified = False
    while True:
        found = match(text, at)
        if found is not None:
            (
                domain, path, name, value, secure, expires, initial_dot, default_path, created, used,
                others,
            ) = found.groups()  # fmt: skip
            if others not in known:
                attributes = _attributes(others)
                if attributes is None:
                    found = None
                else:
                    known[others] = attributes
        if found is None:
            try:
                fields, end = DECODER.raw_decode(text, at + 1)
            except (ValueError, RecursionError):
                return at
            between = _BETWEEN.match(text, end)
            if between is None:
                return at
            at = between.end()
            yield fields
            continue
        at = found.end()
        # Neighbours share the texts of domain and path, and all cookies those of names.
        if domain != known_domain:
            known_domain, specified = domain, domain.startswith(".")
        if path != known_path:
            known_path = path
        # Attribute by attribute, as in `canonical.plain_cookie`.
        cookie = new(cookie_class)
        cookie.name = names.setdefault(name, name)
        cookie.value = value
        cookie.domain = known_domain
        cookie.domain_specified = specified
        cookie.domain_initial_dot = initial_dot is not None
        cookie.path = known_path
        cookie.path_specified = default_path is None
        cookie.secure = secure is not None
        if expires is None:
            cookie.expires, cookie.discard = None, True
        else:
            cookie.expires, cookie.discard = int(expires), False
        cookie._creation_time = None if created is None else _number(created)
        cookie._last_access_time = None if used is None else _number(used)
        cookie._others = known[others]
        cookie._seldom = None
        yield cookie


def _number(digits: str) -> float:
    return float(digits) if "." in digits else int(digits)


def _attributes(text: str) -> SharedAttributes | None:
    """Attributes that have texts or nothing as values, None for others."""
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except ValueError:
        return None
    attributes = SharedAttributes(pairs)
    plain = all(content is None or content.__class__ is str for content in attributes.values())
    return attributes if attributes and plain and len(attributes) == len(pairs) else None
