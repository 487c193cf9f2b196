"""HTTP Archive 1.2, which the developer tools of browsers, Playwright and proxies record.

Only read. The cookies are those that a browser would hold after the recording: what the responses
set, in the order in which the requests started, and what the requests sent although no response set
or deleted it.

Of a response its Set-Cookie fields count, each by browser rules for the URL of its request, with
Max-Age from `startedDateTime`; where it has none, its `cookies` do. A domain there that is the host
itself may be either kind of cookie: it is taken for the narrower one, unless a dot stands before it.

Of a request its `cookies` count if they say whose they are (Chromium's do), otherwise the pairs of the
Cookie field: as session cookies of that host alone, with the path "/", Secure if they went over https
alone. Of several values the last counts.

Values are octets. Objects hold them as UTF-8; fields hold them either so, or, as Chromium writes them,
as windows-1252. What reads as UTF-8 that was taken for windows-1252 is that.

Sources: HAR 1.2 (softwareishard.com), and what Chromium 156, Firefox 153 and Playwright record.

Rules of this file:
- A wrong entry costs no other. Entries are counted from 1.
- A file may hold the bodies of all pages: it is refused past 256 MiB, before it is read, and what
  is not needed of an entry is dropped as soon as that has been read.
"""

from __future__ import annotations

import re

from cookietin.formats import is_encodable
from cookietin.formats.recorded import RecordedCookies, facts_of_url
from cookietin.set_cookie.rfc6265 import parse
from cookietin.shared_attributes import SharedAttributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading
    from cookietin.request_context import RequestFacts
    from cookietin.set_cookie import Attributes, BrowserCookie

name = "har"
title = "HTTP Archive (HAR) of browsers, Playwright and proxies"
loses: frozenset[str] = frozenset(("partition_key", "last_access_time", "attributes", "rfc2965"))
write = None

LARGEST = 256 << 20  # octets

_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')
# What `parse` says of a field without attributes.
_NOTHING_MORE: Attributes = (None, False, None, None, False, False, None, False, None, True)
_SAME_SITES = {"strict": "Strict", "lax": "Lax", "none": "None"}
# What an entry is read for; bodies and timings are most of a file.
_DROPPED = ("content", "postData", "timings", "cache", "_webSocketMessages", "_initiator")


# Creators of what Chromium has recorded, whose fields are octets read as windows-1252.
_CHROMIUM = ("WebInspector", "Playwright")
# Its characters that are no octets of latin-1 (WHATWG Encoding).
_WINDOWS_1252 = {
    bytes([octet]).decode("cp1252"): octet
    for octet in range(0x80, 0xA0)
    if octet not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


class _EntryError(ValueError):
    """What is wrong with an entry; without any value."""


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    return _START.match(head) is not None


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    recording = _Recording(reading)
    started = []
    entries, by_octets = _entries(stream, reading)
    for number, entry in enumerate(entries, 1):
        try:
            exchange = _Exchange.of(entry, by_octets=by_octets)
        except _EntryError as error:
            reading.skip(str(error), entry=number)
            continue
        if exchange is not None:
            started.append((exchange.started, number, exchange))
    # HAR 1.2: the order of entries is the recorder's affair; readers sort if they have to.
    started.sort(key=lambda item: item[:2])
    for _, number, exchange in started:
        recording.receive(exchange, number)
    for _, number, exchange in started:
        recording.send(exchange, number)
    for cookie in recording.cookies():
        if reading.choice.includes(cookie):
            yield cookie


class _Exchange:
    """A request and its response, as far as they are about cookies."""

    def __init__(
        self,
        facts: RequestFacts,
        started: float,
        set_by: list[Any],
        sent: list[dict[str, Any]],
    ) -> None:
        self.facts = facts
        self.started = started
        self.set_by = set_by  # Set-Cookie fields, or objects of HAR
        self.sent = sent  # objects; those made of a Cookie field name no domain

    @classmethod
    def of(cls, entry: object, *, by_octets: bool) -> _Exchange | None:
        """
        The exchange of an entry, None if it has no cookies.

        Args:
            by_octets: Characters beyond ASCII in its fields are octets.

        Raises:
            _EntryError: It is not as HAR 1.2 says.
        """
        request, response = _object(entry, "request"), _object(entry, "response")
        texts = _fields(response, "set-cookie")
        # Chromium joins several by line breaks.
        fields = [_field_octets(field, by_octets) for text in texts for field in text.split("\n")]
        set_by: list[Any] = fields or _objects(response)
        texts = _fields(request, "cookie")
        pairs = [pair for text in texts for pair in _pairs(_field_octets(text, by_octets))]
        sent = [cookie for cookie in _objects(request) if cookie.get("domain")]
        sent = [_as_sent(cookie, pairs) for cookie in sent] or pairs
        if not set_by and not sent:
            return None
        url = request.get("url")
        facts = facts_of_url(url) if isinstance(url, str) else None
        if facts is None:
            raise _EntryError("expected the http or https URL of a request, found another 'url'")
        started = _moment(entry.get("startedDateTime"))  # type: ignore[attr-defined]  # checked
        if started is None:
            raise _EntryError("expected an ISO 8601 date with its time as 'startedDateTime'")
        return cls(facts, started, set_by, sent)


class _Recording:
    """What the exchanges leave behind."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._received = RecordedCookies(reading.cookie_class)
        self._sent = RecordedCookies(reading.cookie_class)
        self._insecure: set[tuple[str, str]] = set()

    def receive(self, exchange: _Exchange, number: int) -> None:
        """Take what a response set."""
        facts, now = exchange.facts, int(exchange.started)
        for given in exchange.set_by:
            try:
                if isinstance(given, str):
                    problem = self._received.receive(given, facts, now)
                else:
                    problem = self._received.take(_cookie(given, facts), facts, now)
            except _EntryError as error:
                problem = str(error)
            if problem is not None:
                self._reading.skip(problem, entry=number)

    def send(self, exchange: _Exchange, number: int) -> None:
        """Take what a request sent, and no response has set or deleted."""
        facts, now = exchange.facts, int(exchange.started)
        for given in exchange.sent:
            try:
                parsed = _cookie(given, facts)
            except _EntryError as error:
                self._reading.skip(str(error), entry=number)
                continue
            name, value, expires, attributes = parsed
            if self._received.is_answered(name or value, facts):
                continue
            if "domain" not in given:
                parsed = name, value, None, self._seen_over(name, facts)
            elif expires is not None and expires <= now:
                # It was sent, so it had not ended: Chromium writes 1969 for a session cookie.
                parsed = name, value, None, attributes
            problem = self._sent.take(parsed, facts, now)
            if problem is not None:
                self._reading.skip(problem, entry=number)

    def _seen_over(self, name: str, facts: RequestFacts) -> Attributes:
        """The attributes of a cookie of which nothing is known but the requests it went with."""
        key = facts.host or "", name
        if facts.site.scheme not in ("https", "wss"):
            self._insecure.add(key)
        return None, False, "/", None, key not in self._insecure, False, None, False, None, True

    def cookies(self) -> Iterable[CookieFields]:
        """All of them, those of the responses first."""
        yield from self._received.by_key.values()
        yield from self._sent.by_key.values()


def _cookie(given: dict[str, Any], facts: RequestFacts) -> BrowserCookie:
    """
    What an object of HAR 1.2 says of a cookie.

    Raises:
        _EntryError: It is none that a server can set.
    """
    name, value = _text(given, "name"), _text(given, "value")
    pair = parse(f"{name}={value}" if name else value)
    if isinstance(pair, int) or pair[:2] != (name, value) or pair[2:] != (None, _NOTHING_MORE):
        raise _EntryError("a cookie's name or value is none that a server can set")
    domain, path = _text(given, "domain").lower(), _text(given, "path")
    expires = given.get("expires")
    moment = None if expires in (None, "") else _moment(expires)
    if expires and moment is None:
        raise _EntryError("expected an ISO 8601 date as 'expires' of a cookie, or none")
    bare = domain.removeprefix(".")
    rest: SharedAttributes = SharedAttributes()
    http_only = given.get("httpOnly") is True
    if http_only:
        rest["HttpOnly"] = None
    same_site = _SAME_SITES.get(_text(given, "sameSite").lower())
    if same_site is not None:
        rest["SameSite"] = same_site
    attributes: Attributes = (
        "." + bare if bare and (domain != bare or bare != facts.host) else None,
        domain != bare,
        path if path.startswith("/") else None,
        None,
        given.get("secure") is True,
        http_only,
        same_site,
        False,
        rest or None,
        True,
    )
    return name, value, None if moment is None else int(moment), attributes


def _text(given: dict[str, Any], field: str) -> str:
    text = given.get(field)
    if text is not None and not isinstance(text, str):
        raise _EntryError(f"expected a text as '{field}' of a cookie")
    return text or ""


def _octets(text: str) -> str:
    """A text in UTF-8, as latin-1 characters, which cookies are made of."""
    if text.isascii():
        return text
    # Half a surrogate pair becomes what no server can set; a cookie with it is passed over.
    return text.encode(errors="replace").decode("latin-1") if is_encodable(text) else "\0"


def _field_octets(text: str, by_octets: bool) -> str:
    """The octets of a header field, as latin-1 characters, whichever way it was recorded."""
    if text.isascii():
        return text
    try:
        octets = bytes([_WINDOWS_1252.get(character) or ord(character) for character in text])
        if not by_octets:
            octets.decode()
    except ValueError:
        return _octets(text)
    return octets.decode("latin-1")


def _pairs(field: str) -> Iterator[dict[str, Any]]:
    """The cookies of a Cookie field."""
    for text in field.split(";"):
        pair = text.strip()
        name, equals, value = pair.partition("=")
        if pair:
            yield {"name": name, "value": value} if equals else {"name": "", "value": pair}


def _as_sent(cookie: dict[str, Any], pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """A cookie with its value as it was sent: Chromium leaves out what is not UTF-8."""
    values = [pair["value"] for pair in pairs if pair["name"] == cookie.get("name")]
    return {**cookie, "value": values[0]} if len(values) == 1 else cookie


def _object(entry: object, field: str) -> dict[str, Any]:
    found = entry.get(field) if isinstance(entry, dict) else None
    if not isinstance(found, dict):
        raise _EntryError(f"expected an object as '{field}' of an entry")
    return found


def _objects(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The cookies of a request or a response, in octets; some recorders leave the list out."""
    return [
        {key: _octets(text) if isinstance(text, str) else text for key, text in each.items()}
        for each in _list(message, "cookies")
    ]


def _fields(message: dict[str, Any], name: str) -> Iterator[str]:
    """The values of header fields of a name."""
    for field in _list(message, "headers"):
        named, value = field.get("name"), field.get("value")
        if isinstance(named, str) and named.lower() == name:
            if not isinstance(value, str):
                raise _EntryError("expected a text as 'value' of a header field")
            yield value


def _list(message: dict[str, Any], field: str) -> list[dict[str, Any]]:
    found = message.get(field) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _EntryError(f"expected a list of objects as '{field}'")
    return found


def _moment(text: object) -> float | None:
    """Seconds since the epoch of an ISO 8601 date with a time, None if it is none."""
    from datetime import UTC, datetime

    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _entries(stream: BinaryIO, reading: Reading) -> tuple[list[object], bool]:
    """The entries of a file, and whether characters beyond ASCII in its fields are octets."""
    document = _document(stream, reading)
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise reading.failed("expected a HAR file: an object 'log' with a list 'entries'")
    creator = log.get("creator") if isinstance(log, dict) else None
    return entries, isinstance(creator, dict) and creator.get("name") in _CHROMIUM


def _document(stream: BinaryIO, reading: Reading) -> object:
    import json

    from cookietin.formats.json_text import bounded

    text = bounded(stream, LARGEST)
    if text is None:
        raise reading.failed(
            f"expected at most {LARGEST >> 20} MiB, found more; record without bodies, "
            "or take them out: jq 'del(.log.entries[].response.content)'"
        )
    line = None
    try:
        return json.loads(text, object_hook=_without_bodies)
    except json.JSONDecodeError as error:
        line = error.lineno
        problem = f"expected JSON, which ends or breaks at column {error.colno}; was it cut off?"
    except UnicodeDecodeError:
        problem = "expected JSON in UTF-8"
    except RecursionError:
        problem = "expected a HAR file, found JSON that is nested too deep"
    except ValueError:  # a number of thousands of digits
        problem = "expected a HAR file, found JSON with a number that is too long"
    # Raised out here: as its context, the other error would bring the text of the file along.
    raise reading.failed(problem, line)


def _without_bodies(found: dict[str, Any]) -> dict[str, Any]:
    for field in _DROPPED:
        found.pop(field, None)
    return found
