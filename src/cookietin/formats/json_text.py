"""JSON files: read whole but bounded, checked, and written so that they diff.

RFC 8259, UTF-8. What is common to all formats whose files are JSON; none of them is known here.

Rules of this file:
- No message holds a piece of the file, and no error that leaves carries one along as its context.
- What a hostile file costs is bounded: its size, before it is read, and the depth of what is kept.
- JSON leaves open what a key that is there twice means, and has no NaN: both come out as something
  that fits no field.
"""

from __future__ import annotations

import errno
import io
import json
import math
from itertools import chain, islice

from cookietin.cookie import has_ended
from cookietin.formats.lines import MOST_UNREAD, unread_of
from cookietin.formats.reading import HEAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, BinaryIO

    from cookietin.cookie import CookieFields
    from cookietin.formats import Choice
    from cookietin.formats.reading import Reading, Writing

MOST_OCTETS = 268_435_456
# Where a file is parsed as a whole: lists of nothing take 25 times their size. Of the format `json`
# that is what does not stand a cookie on a line.
MOST_AT_ONCE = 67_108_864
MOST_DEEP = 64

_BLOCK = 256  # so many lines are written at once

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"

# So many digits are a number to `int`, unless the interpreter was told otherwise.
_MOST_DIGITS = 640


class NoNumber:
    """What stands in the place of NaN, Infinity, or a whole number too long to be read."""


class Repeated(dict[str, "Any"]):
    """An object in which a key is there twice."""

    __slots__ = ()


_NO_NUMBER = NoNumber()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else Repeated(fields)


def _no_number(text: str) -> NoNumber:
    return _NO_NUMBER


def _bounded_int(digits: str) -> int | NoNumber:
    return int(digits) if len(digits) <= _MOST_DIGITS else _NO_NUMBER


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
_BOUNDED = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_number, parse_int=_bounded_int
)
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))

# What a value is read as, and nothing that would come back as another.
_SCALARS = frozenset((str, int, float, bool, type(None)))


def document(stream: BinaryIO, reading: Reading) -> Any:
    """What a JSON file holds; see `text_of` and `parsed`."""
    return parsed(text_of(stream, reading, at_once=True), reading)


def parsed(text: str, reading: Reading, *, lines: int = 0) -> Any:
    """
    What a JSON text holds.

    Args:
        lines: So many lines of the file stand before it.

    Returns:
        Objects as dicts, as `Repeated` if a key is there twice; `NoNumber` for what is none.

    Raises:
        FormatError: It is no JSON, nested too deeply, or too much to be parsed as a whole.
    """
    if len(text) > MOST_AT_ONCE:
        raise reading.failed(
            f"expected a cookie on each line in a file of more than {MOST_AT_ONCE >> 20:,} MiB"
        )
    line: int | None = None
    for decoder in (DECODER, _BOUNDED):
        problem = ""
        try:
            return decoder.decode(text)
        except json.JSONDecodeError as error:
            # Python's own parser quotes the text behind the colon.
            said, line = error.msg.partition(":")[0], error.lineno + lines
            problem = f"this is no JSON: {said}; was the file cut off, or edited by hand?"
            break
        except RecursionError:
            problem = "lists and objects are nested too deeply for a file of cookies"
            break
        except ValueError:
            continue  # a whole number with thousands of digits
    # Out here: as its context, the other error would bring the whole text along.
    raise reading.failed(problem or "a number is too long", line)


def text_of(stream: BinaryIO, reading: Reading, *, at_once: bool = False) -> str:
    """
    The text of a file.

    Args:
        at_once: It will be parsed as a whole.

    Raises:
        FormatError: It does not begin as JSON does, is too big, or not in UTF-8.
    """
    head = stream.read(HEAD)
    if head.removeprefix(_BOM).lstrip(_BLANKS)[:1] not in (b"{", b"["):
        raise reading.failed("expected JSON, which begins with { or [", 1)
    most = MOST_AT_ONCE if at_once else MOST_OCTETS
    octets = bounded(stream, most, head)
    if octets is None:
        raise reading.failed(
            f"the file is bigger than {most >> 20:,} MiB, more than any file of cookies"
        )
    octet = at = 0
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (len(octets) - len(error.object))
        octet = octets[at]
    line = octets.count(b"\n", 0, at) + 1
    raise reading.failed(f"expected UTF-8 (octet {octet:#04x}); convert the file", line)


def bounded(stream: BinaryIO, most: int, head: bytes = b"") -> bytes | None:
    """
    All of a stream; None if it is more than `most` octets, which is asked before it is read.

    Args:
        head: What has been read of it.
    """
    if (_size_of(stream) or 0) > most:
        return None
    octets = head + stream.read(most + 1)
    return octets if len(octets) <= most else None


def _size_of(stream: BinaryIO) -> int | None:
    """How many octets a stream holds, None if it cannot tell."""
    if not stream.seekable():
        return None
    at = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(at)
    return size


def is_plain(value: object) -> bool:
    """Tell whether JSON can hold a value, without changing it and without nesting too deeply."""
    level: list[Any] = [value]
    for _ in range(MOST_DEEP):
        below: list[Any] = []
        for each in level:
            kind = each.__class__
            if kind is dict:
                if not all(key.__class__ is str for key in each):
                    return False
                below.extend(each.values())
            elif kind is list:
                below.extend(each)
            elif kind not in _SCALARS or each != each or each in _INFINITIES:
                return False
        if not below:
            return True
        level = below
    return False


_INFINITIES = (float("inf"), float("-inf"))


def beside(members: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """
    Note what a file holds beside its cookies, and return it.

    Raises:
        FormatError: It could not be written again.
    """
    if not all(map(is_plain, members.values())):
        raise reading.failed(
            "what stands beside the cookies could not be written again: there is a key twice, a "
            "number that is none, or it is nested too deeply"
        )
    reading.beside.update(members)
    return members


class Unread:
    """
    The entries of a file that could not be read, kept so that saving over it does not lose them.

    Args:
        reading: Its reading; whoever reads the entries calls `end` behind the last one.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._texts: list[bytes] = []
        self._size: float = 0

    def keep(self, entry: object) -> None:
        """Keep an entry; if it could not be written again as it is, none is kept."""
        if self._size <= MOST_UNREAD:
            text = encoded(entry).encode() if is_plain(entry) else None
            self._texts.append(text or b"")
            self._size = math.inf if text is None else self._size + len(text)

    def end(self) -> None:
        self._reading.unread = b",\n".join(self._texts) if self._size <= MOST_UNREAD else None


def is_chosen(cookie: CookieFields, choice: Choice) -> bool:
    """As `Choice.includes`, of cookies too of whose expiry a program made nonsense."""
    return bool(choice.session or not cookie.discard) and (
        choice.until is None or not has_ended(cookie, choice.until)
    )


def encoded(value: object) -> str:
    """A plain value as JSON in ASCII, on one line."""
    return _ENCODER.encode(value)


def write_file(
    stream: BinaryIO,
    first: str,
    lines: Iterable[str],
    members: dict[str, Any],
    writing: Writing,
    *,
    at_once: bool = True,
) -> None:
    """
    Write a file with a line for each cookie, so that it can be compared and merged line by line.

    Args:
        first: What comes before the first cookie: `[` at its end.
        lines: Objects as JSON, each on one line.
        members: What comes after the list, if it is an object's.
        writing: Entries that could not be read when the file was, come last in the list.
        at_once: It is parsed as a whole when it is read.

    Raises:
        OSError: The file would be too big to be read again.
    """
    most = MOST_AT_ONCE if at_once else MOST_OCTETS
    unread = unread_of(writing)
    rest = chain(lines, [unread.decode()] if unread else ())
    size = stream.write(first.encode())
    before = "\n"
    while block := list(islice(rest, _BLOCK)):
        size += stream.write((before + ",\n".join(block)).encode())
        before = ",\n"
        if size > most:
            break
    others = "".join(f",\n{encoded(key)}:{encoded(value)}" for key, value in members.items())
    size += stream.write(f"\n]{others}{'}' if first.startswith('{') else ''}\n".encode())
    if size > most:
        raise OSError(
            errno.EFBIG,
            f"more than {most >> 20:,} MiB of JSON, which could not be read again; save fewer "
            "cookies, or in SQLite",
        )
