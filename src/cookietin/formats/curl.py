"""Header dumps of curl: `-D file`, `-i`, `-v 2> file`, with `-L` as well.

Only read. The cookies are those that a browser would hold after the responses in the dump.

`curl -v` writes the requests down too (`> GET /login HTTP/1.1`, `> Host: shop.test`), so each field is
read for its URL. A plain dump names no URL: there a cookie with a Domain goes to that domain, and one
without cannot be placed. (curl 7.88 reads such dumps with `-b`, and sends the latter to every host that
is an address; that hands one server's session to another.)

Max-Age counts from the response's Date, and from the present if it has none. Whether a request went
over https, a dump does not say reliably: as for curl, Secure cookies are taken in any case. What proxies
answer to CONNECT is passed over.

Source: what curl 7.88 writes and reads; the forms of its lines have not changed since in 8.x.

Rules of this file:
- Line by line, and no line is read further than curl lets header fields grow: a body may follow.
- Values are octets, as latin-1 characters.
"""

from __future__ import annotations

import re
import time

from cookietin.formats.recorded import RecordedCookies, facts_of_url
from cookietin.rules.dates import cookie_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats.reading import Reading
    from cookietin.request_context import RequestFacts

name = "curl"
title = "header dump of curl (-D, -i or -v)"
loses: frozenset[str] = frozenset(("partition_key", "last_access_time", "attributes", "rfc2965"))
write = None

_LONGEST_LINE = 100 * 1024  # octets; curl's own limit for a header field

_STATUS = re.compile(r"HTTP/\d(?:\.\d)? \d{3}(?!\d)")
_REQUEST = re.compile(r"([A-Z]+) (\S+) HTTP/\d")
# `--trace-time` and `--trace-ids` put something before the mark, and the progress meter may stand there.
_MARKED = re.compile(
    r"(?:\r[ \d.kMGTP:-]{60,90}?)?(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[[\dx-]+\] )?([<>]) (.*)", re.DOTALL
)
_MARKED_STATUS = re.compile(r"(?m)^[^\n<]{0,160}< HTTP/\d(?:\.\d)? \d{3}(?!\d)")


def sniff(head: bytes) -> bool:
    """See `Format.sniff`."""
    text = head.decode("latin-1")
    return _STATUS.match(text) is not None or _MARKED_STATUS.search(text) is not None


def read(stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
    """See `Format.read`."""
    dump = _Dump(reading)
    number = 0
    whole = True  # the piece before was the end of a line
    while piece := stream.readline(_LONGEST_LINE):
        number += whole
        if whole:
            dump.read_line(piece.decode("latin-1"), number)
        whole = piece.endswith(b"\n")
    dump.end_response()
    if not dump.responses:
        raise reading.failed(
            "expected header fields as curl writes them, found no line 'HTTP/1.1 200 OK'; "
            "dump with 'curl -v URL 2> file'"
        )
    for cookie in dump.received.by_key.values():
        if reading.choice.includes(cookie):
            yield cookie


class _Dump:
    """What has been read of a dump so far."""

    def __init__(self, reading: Reading) -> None:
        self.responses = 0
        self.received = RecordedCookies(reading.cookie_class)
        self._reading = reading
        self._verbose: bool | None = None  # None before the first line that tells
        self._request: tuple[str, str] | None = None  # method and target
        self._host = ""
        self._in_head = False
        self._date: int | None = None
        self._fields: list[tuple[int, str]] = []

    def read_line(self, line: str, number: int) -> None:
        """Take a line; its number counts from 1."""
        text, ended = line.removesuffix("\n").removesuffix("\r"), line.endswith("\n")
        marked = _MARKED.fullmatch(text)
        if self._verbose is None and (marked or _STATUS.match(text)):
            self._verbose = marked is not None
        if not self._verbose:
            self._read_response_line(text, number, ended=ended)
        elif marked is None:
            return  # what curl says, or a piece of a body
        elif marked[1] == "<":
            self._read_response_line(marked[2], number, ended=ended)
        else:
            self._read_request_line(marked[2])

    def _read_request_line(self, text: str) -> None:
        self.end_response()
        request = _REQUEST.match(text)
        if request is not None:
            self._request, self._host = (request[1], request[2]), ""
        elif text[:5].lower() == "host:":
            self._host = text[5:].strip()

    def _read_response_line(self, text: str, number: int, *, ended: bool) -> None:
        if _STATUS.match(text):
            self.end_response()
            self.responses += 1
            self._in_head = True
        elif not self._in_head:
            return  # a body
        elif not text:
            self.end_response()
        else:
            key, _, value = text.partition(":")
            key = key.strip().lower()
            if key == "date":
                self._date = cookie_date(value)
            elif key == "set-cookie" and ended:
                self._fields.append((number, value))
            elif key == "set-cookie":
                self._reading.skip(
                    "expected a whole line of at most 100 KiB; was the dump cut off?", line=number
                )

    def end_response(self) -> None:
        """Take the cookies of a response whose header fields have all been read."""
        fields, date, self._fields, self._date = self._fields, self._date, [], None
        self._in_head = False
        if not fields or (self._request is not None and self._request[0] == "CONNECT"):
            return
        now = int(time.time()) if date is None else date
        facts = self._facts()
        for number, field in fields:
            if facts is None and self._request is not None:
                problem: str | None = "the request before it names no host that has cookies"
            elif facts is None:
                problem = self.received.receive_anywhere(field, now)
            else:
                problem = self.received.receive(field, facts, now)
            if problem is not None:
                self._reading.skip(problem, line=number)

    def _facts(self) -> RequestFacts | None:
        """The request that is being answered, None if it is not known."""
        if self._request is None:
            return None
        host, target = self._host, self._request[1]
        if not target.startswith("/"):  # the whole URL, to a proxy
            authority, _, path = target.partition("://")[2].partition("/")
            host, target = host or authority.rpartition("@")[2], "/" + path
        return facts_of_url(f"https://{host}{target}")
