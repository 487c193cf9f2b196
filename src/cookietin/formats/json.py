"""cookietin's own format, which loses nothing: JSON with a cookie on each line.

    {"format":"cookietin","version":1,"cookies":[
    {"domain":".shop.test","path":"/","name":"sid","value":"1","secure":true},
    {"domain":"shop.test","path":"/","name":"word","value":null}
    ]}

Rules of this file:
- The fields are the attributes of a cookie, under their names. What most cookies have is left out:
  see `_cookie` for the defaults. A cookie without a value is a lone word, which is not one with an
  empty value.
- Texts are kept as they are, character by character; what is not ASCII is escaped.
- A field that nobody knows is a problem: it may say where the cookie must not go. What a file holds
  beside its cookies is kept.
- A field more, or one that means something else, is a version more.
"""

from __future__ import annotations

import math
import re
from json.encoder import encode_basestring_ascii as quoted

from cookietin.cookie import CookieFields, others_of
from cookietin.formats.json_lines import plain_cookies
from cookietin.formats.json_outline import outline_of
from cookietin.formats.json_text import (
    Unread,
    beside,
    encoded,
    is_chosen,
    is_plain,
    parsed,
    text_of,
    write_file,
)
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, BinaryIO

    from cookietin.formats.reading import Reading, Writing

    # One dict for all cookies whose other attributes are alike.
    Shared = dict[tuple[tuple[str, str | None], ...], SharedAttributes]
    # By the identity of other attributes: those, so that they live on, and their text.
    Texts = dict[int, tuple[Mapping[str, Any], str]]

name = "json"
title = "JSON of cookietin, which loses nothing"
loses: frozenset[str] = frozenset()

FORMAT = "cookietin"
VERSION = 1

_FIRST = f'{{"format":"{FORMAT}","version":{VERSION},"cookies":['
_TEXT = "a text"
_NUMBER = "a number"
_FLAG = "true or false"

_FLAGS = ("false", "true")
_MISSING = object()
_PAIR = re.compile(r"\\ud[89ab]..\\ud[c-f]..")  # in a `repr`

# What hardly any cookie has, by the attribute's name: default, and what else it may be.
_SELDOM: dict[str, tuple[Any, tuple[type, ...], str]] = {
    "version": (0, (int, type(None)), "a whole number or null"),
    "port": (None, (str,), _TEXT),
    "port_specified": (False, (bool,), _FLAG),
    "comment": (None, (str,), _TEXT),
    "comment_url": (None, (str,), _TEXT),
    "rfc2109": (False, (bool,), _FLAG),
    "partition_key": (None, (str,), _TEXT),
}
_ATTRIBUTE_OF = {field: "_" * (field == "partition_key") + field for field in _SELDOM}


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return outline_of(head).format == FORMAT


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    session, until, cookie_class = (
        reading.choice.session,
        reading.choice.until,
        reading.cookie_class,
    )
    shared: Shared = {}
    unread = Unread(reading)
    for entry, cookie in enumerate(_found(text_of(stream, reading), reading), 1):
        if cookie.__class__ is not cookie_class:
            fields = cookie
            cookie = _cookie(
                fields.copy() if fields.__class__ is dict else fields, cookie_class, shared
            )
            if isinstance(cookie, str):
                reading.skip(cookie, entry=entry)
                unread.keep(fields)
                continue
        expires = cookie.expires
        if (cookie.discard and not session) or (
            until is not None and expires is not None and expires <= until
        ):
            continue
        yield cookie
    unread.end()


def _found(text: str, reading: Reading) -> Iterator[Any]:
    """What stands in the list of cookies: cookies, where that was sure, and what may be some."""
    at = 0
    if text.startswith(_FIRST):
        at = yield from plain_cookies(text, len(_FIRST), reading.cookie_class)
    rest = _FIRST + text[at:] if at else text
    yield from _listed(parsed(rest, reading, lines=text.count("\n", 0, at)), reading)


def _listed(whole: Any, reading: Reading) -> list[Any]:
    """The cookies of a file of this format, as they stand in it."""
    if whole.__class__ is not dict or whole.pop("format", None) != FORMAT:
        raise reading.failed(f"expected an object with 'format': '{FORMAT}'; is it another format?")
    version, listed = whole.pop("version", None), whole.pop("cookies", None)
    if version.__class__ is int and version > VERSION:
        raise reading.failed(f"written by a newer cookietin: version {version}; upgrade")
    if version.__class__ is not int or version < 1:
        raise reading.failed("expected a whole number, 1 or more, as 'version'")
    if listed.__class__ is not list:
        raise reading.failed("expected a list as 'cookies'")
    beside(whole, reading)
    return listed


def _cookie(fields: Any, cookie_class: type[CookieFields], shared: Shared) -> CookieFields | str:
    """The cookie of some fields, which are used up, or what is wrong with them."""
    if fields.__class__ is not dict:
        return "expected an object in which each field is there once"
    take = fields.pop
    cookie = cookie_class.__new__(cookie_class)
    cookie.name = name = take("name", _MISSING)
    cookie.value = value = take("value", _MISSING)
    cookie.domain = domain = take("domain", _MISSING)
    cookie.path = path = take("path", _MISSING)
    if not (
        name.__class__ is str
        and (value.__class__ is str or value is None)
        and domain.__class__ is str
        and path.__class__ is str
    ):
        return "expected texts as name, value, domain and path; the value may be null"
    cookie.domain_specified = specified = take("domain_specified", domain[:1] == ".")
    cookie.domain_initial_dot = initial_dot = take("domain_initial_dot", False)
    cookie.path_specified = path_specified = take("path_specified", True)
    cookie.secure = secure = take("secure", False)
    cookie.expires = expires = take("expires", None)
    cookie.discard = discard = take("discard", expires is None)
    cookie._creation_time = created = take("creation_time", None)
    cookie._last_access_time = used = take("last_access_time", None)
    cookie._others = cookie._seldom = None
    if any(
        flag.__class__ is not bool
        for flag in (specified, initial_dot, path_specified, secure, discard)
    ):
        return "expected true or false where a field says whether"
    for moment in (expires, created, used):
        if moment is not None and not _is_number(moment):
            return "expected seconds since 1970 as expires, creation_time and last_access_time"
    return (_with_rest(cookie, fields, shared) if fields else None) or cookie


def _is_number(moment: object) -> bool:
    return moment.__class__ is int or (moment.__class__ is float and math.isfinite(moment))


def _with_rest(cookie: CookieFields, fields: dict[str, Any], shared: Shared) -> str | None:
    """Give a cookie the fields that are left over; what is wrong with them, if anything is."""
    others = fields.pop("attributes", _MISSING)
    if others is not _MISSING:
        if others.__class__ is not dict or not is_plain(others):
            return "expected an object as attributes, in which each name is there once"
        cookie._others = _shared(others, shared)
    for field, content in fields.items():
        if field not in _SELDOM:
            return f"a field has a name that version {VERSION} does not know; was it misspelt?"
        _, types, expected = _SELDOM[field]
        if content.__class__ not in types:
            return f"expected {expected} as {field}"
        setattr(cookie, _ATTRIBUTE_OF[field], content)
    return None


def _shared(others: dict[str, Any], shared: Shared) -> dict[str, Any] | None:
    for content in others.values():
        if content is not None and content.__class__ is not str:
            return others  # which is no key, or one that is equal to another
    key = tuple(others.items())
    known = shared.get(key)
    if known is None:
        known = shared[key] = SharedAttributes(others)
    return known or None


def write(stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing) -> None:
    """See `Format.write`."""
    write_file(stream, _FIRST, _lines(cookies, writing), writing.beside, writing, at_once=False)


def _lines(cookies: Iterable[CookieFields], writing: Writing) -> Iterator[str]:
    """The objects of the cookies that can be held."""
    choice, cookie_class = writing.choice, writing.cookie_class
    session, until = choice.session, choice.until
    texts: Texts = {}
    for cookie in cookies:
        plain, expires = cookie.__class__ is cookie_class, cookie.expires
        if plain and (expires is None or expires.__class__ is int):
            if (cookie.discard and not session) or (
                until is not None and expires is not None and expires <= until
            ):
                continue
        elif not is_chosen(cookie, choice):
            continue
        problem = ""
        try:
            line = _line(cookie, texts, plain=plain)
        except (TypeError, ValueError) as error:
            problem = str(error) if error.__class__ is _UnheldError else _NOT_OF_ITS_TYPE
        else:
            if "\\ud" in line and _has_split_pair(cookie):
                problem = "it holds two halves of a surrogate pair, which JSON would join"
        if problem:
            writing.skip(cookie, problem)
        else:
            yield line


class _UnheldError(ValueError):
    """Says why a cookie cannot be held."""


_NOT_OF_ITS_TYPE = "its name, domain or path is no text, or a time no number"


def _line(cookie: CookieFields, texts: Texts, *, plain: bool) -> str:
    """The object of a cookie; TypeError or ValueError if it cannot be held."""
    domain, value, expires = cookie.domain, cookie.value, cookie.expires
    secure = ',"secure":true' if cookie.secure else ""
    line = (
        f'{{"domain":{quoted(domain)},"path":{quoted(cookie.path)},"name":{quoted(cookie.name)},'
        f'"value":{"null" if value is None else quoted(value)}{secure}'
    )
    if expires is not None:
        # Written out, and not `_number`, for what nearly all are: 0.1 us less for each.
        line += f',"expires":{expires if expires.__class__ is int else _number(expires)}'
    if (
        cookie.domain_initial_dot
        or cookie.path_specified is not True
        or cookie.domain_specified is not (domain[:1] == ".")
        or cookie.discard is not (expires is None)
    ):
        line += _flags(cookie)
    if plain:
        created, used = cookie._creation_time, cookie._last_access_time
    else:
        created = getattr(cookie, "_creation_time", None)
        used = getattr(cookie, "_last_access_time", None)
    if created is not None:
        line += f',"creation_time":{_number(created)}'
    if used is not None:
        line += f',"last_access_time":{_number(used)}'
    if not plain or cookie._seldom is not None:
        line += _seldom(cookie)
    if others := cookie._others if plain else others_of(cookie):
        line += _known_attributes(others, texts)
    return line + "}"


def _known_attributes(others: Any, texts: Texts) -> str:
    known = texts.get(id(others))
    if known is None:
        known = others, _attributes(others)
        if others.__class__ is SharedAttributes:  # which nobody changes
            texts[id(others)] = known
    return known[1]


def _flags(cookie: CookieFields) -> str:
    """What is otherwise than with most cookies."""
    text = ""
    if cookie.domain_initial_dot:
        text += ',"domain_initial_dot":true'
    if not cookie.path_specified:
        text += ',"path_specified":false'
    if bool(cookie.discard) is not (cookie.expires is None):
        text += f',"discard":{_FLAGS[bool(cookie.discard)]}'
    if bool(cookie.domain_specified) is not cookie.domain.startswith("."):
        text += f',"domain_specified":{_FLAGS[bool(cookie.domain_specified)]}'
    return text


def _number(moment: object) -> str:
    if not _is_number(moment):
        raise TypeError
    return repr(moment)


def _seldom(cookie: CookieFields) -> str:
    """What hardly any cookie has."""
    text = ""
    for field, (default, types, expected) in _SELDOM.items():
        content = getattr(cookie, _ATTRIBUTE_OF[field], default)
        if content is default:
            continue
        if content.__class__ not in types:
            raise _UnheldError(f"its {field} is not {expected}")
        text += f',"{field}":{encoded(content)}'
    return text


def _attributes(others: Any) -> str:
    """Other attributes, which may be of any kind."""
    try:
        members = [
            f"{quoted(key)}:{'null' if content is None else quoted(content)}"
            for key, content in others.items()
        ]
        text = f"{{{','.join(members)}}}"
    except TypeError:
        if not is_plain(dict(others)):
            raise _UnheldError("one of its attributes is nothing that JSON can hold") from None
        text = encoded(dict(others))
    return f',"attributes":{text}'


def _has_split_pair(cookie: CookieFields) -> bool:
    """Tell whether two halves of a surrogate pair stand side by side, as two characters."""
    texts = repr(
        [
            cookie.name, cookie.value, cookie.domain, cookie.path, dict(others_of(cookie)),
            *(getattr(cookie, _ATTRIBUTE_OF[field], None) for field in _SELDOM),
        ]
    )  # fmt: skip
    return _PAIR.search(texts) is not None
