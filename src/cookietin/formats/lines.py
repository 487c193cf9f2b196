"""The lines of a file that may hold anything: what the readers of such files have in common.

Rules of this file:
- Octets are latin-1 characters. A line ends with LF, CR LF or a lone CR.
- Memory is bounded, whatever the file holds: no more than 64 KiB of a line are looked at, and of
  what cannot be read 1 MiB is kept.
- A file is given up only while no line of it has been a cookie. Once one was, it is read to its end.
"""

from __future__ import annotations

import codecs
import io
from functools import partial
from io import TextIOWrapper
from itertools import chain

from cookietin.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from cookietin.formats.reading import Reading, Writing

# The longest line that is looked at; a cookie of a browser has 4 KiB, a line that curl reads 5.
LONGEST_LINE = 65_536
TOO_LONG = f"expected at most {LONGEST_LINE:,} octets a line, found more"
# Given up after so many lines that cannot be read, or so many octets, without any cookie. To look at
# a line costs something too, even if it is blank.
MOST_USELESS_LINES = 10_000
MOST_USELESS = 16 << 20
_COST_OF_LINE = 16
# So many octets that could not be read are kept, to be written back.
MOST_UNREAD = 1 << 20

# The longest line of a file that is read strictly. The standard library knows no limit, and takes
# several times the memory of a line; beyond this one there is no cookie.
LONGEST_STRICT_LINE = 1 << 20
# A file of at most that size is small, whatever its lines are: it is not looked through before.
SMALL_FILE = 32 << 20

NOT_UTF8 = "expected UTF-8; convert the file, with iconv for instance"

BOM = "\xef\xbb\xbf"  # of UTF-8, as latin-1 characters
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16


class Lines:
    """
    The lines of a file, and what has become of those that are no cookies.

    Args:
        stream: The file.
        reading: Its reading, which hears of the problems.

    Attributes:
        found: A line was a cookie; whoever reads them says so.
    """

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
        self._text = TextIOWrapper(stream, encoding="latin-1")
        self._reading = reading
        self._useless = 0
        self._unread: list[str] = []
        self._unread_size = 0
        self.found = False

    def numbered(self) -> Iterator[tuple[int, str]]:
        """
        The lines with their numbers, less a byte order mark at the beginning.

        A line that is too long comes without its line break, and in part; see `pass_over`.

        Raises:
            FormatError: The file is in UTF-16.
        """
        readline = partial(self._text.readline, LONGEST_LINE)
        first = readline()
        if first[:2].encode("latin-1") in WIDE_BOMS:
            raise self._reading.failed(
                "expected octets, found UTF-16; convert the file, with iconv for instance"
            )
        first = first.removeprefix(BOM)
        if first:
            yield 1, first
        yield from enumerate(iter(readline, ""), 2)

    def close(self) -> None:
        """Leave the stream as it is, to whoever opened it."""
        self._text.detach()

    def is_whole(self, line: str) -> bool:
        """Tell whether a line is short enough to be looked at."""
        return len(line) < LONGEST_LINE or line.endswith("\n")

    def pass_over(self, line: str, number: int, problem: str) -> None:
        """
        Note that a line cannot be read, and keep it.

        Raises:
            FormatError: It is one of too many in a file without any cookie.
        """
        self._reading.skip(problem, line=number)
        self._keep(line)
        self.heed(line, number)
        piece = line
        while not self.is_whole(piece):
            piece = self._text.readline(LONGEST_LINE)
            self._keep(piece)
            self.heed(piece, number)
        if not piece.endswith("\n"):
            self._keep("\n")

    def heed(self, line: str, number: int) -> None:
        """
        Take note of a line that is no cookie, be it a comment.

        Raises:
            FormatError: It is one of too many in a file without any cookie.
        """
        if self.found:
            return
        self._useless += len(line) + _COST_OF_LINE
        if self._useless > MOST_USELESS or self._reading.skipped > MOST_USELESS_LINES:
            raise self._none_found(f"found none up to line {number:,}, and gave up")

    def end(self) -> None:
        """
        Say what is left when all lines have been read.

        Raises:
            FormatError: There are lines that cannot be read, and no cookie.
        """
        if self._reading.skipped and not self.found:
            raise self._none_found(f"none of {self._reading.skipped:,} can be read")
        if self._unread_size > MOST_UNREAD:
            self._reading.unread = None
        else:
            self._reading.unread = "".join(self._unread).encode("latin-1")

    def _none_found(self, why: str) -> FormatError:
        problems = self._reading.problems
        first = f"; first, {problems[0]}" if problems else ""
        return self._reading.failed(f"expected lines with cookies, {why}{first}")

    def _keep(self, text: str) -> None:
        self._unread_size += len(text)
        if self._unread_size <= MOST_UNREAD:
            self._unread.append(text)
        else:
            self._unread.clear()


def unread_of(writing: Writing) -> bytes:
    """
    What could not be read of a file, for whoever writes it again.

    Raises:
        OSError: It could not be kept, and writing would lose it.
    """
    if writing.unread is None:
        raise io.UnsupportedOperation(
            f"what could not be read of this file could not be kept, for it is more than "
            f"{MOST_UNREAD:,} octets, or odd JSON; saving over it would lose that; "
            "save under another name"
        )
    return writing.unread


def not_utf8(stream: BinaryIO, source: object) -> FormatError | None:
    """Find the first line that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line_number = 1
    # By pieces: a line may have no end.
    for piece in chain(iter(partial(stream.readline, LONGEST_LINE), b""), [b""]):
        ends = piece.endswith(b"\n")
        try:
            decoder.decode(piece, final=ends or not piece)
        except UnicodeDecodeError as error:
            octet = error.object[error.start]
            return FormatError(source, line_number, f"{NOT_UTF8} (octet {octet:#04x})")
        line_number += ends
    return None


def check_lines(stream: BinaryIO, source: object) -> None:
    """
    Look for a line without end, before a file is read line by line; the stream is then as it was.

    The first line may be as long as it likes. Small files are not looked at, nor files without a
    size, such as pipes, which cannot be read twice.

    Raises:
        FormatError: There is a line of more than `LONGEST_STRICT_LINE` octets.
    """
    start = stream.tell() if stream.seekable() else None
    if start is None or stream.seek(0, io.SEEK_END) - start <= SMALL_FILE:
        if start is not None:
            stream.seek(start)
        return
    stream.seek(start)
    line_number = _line_without_end(stream)
    stream.seek(start)
    if line_number is not None:
        raise FormatError(
            source,
            line_number,
            f"expected at most {LONGEST_STRICT_LINE:,} octets a line, found more; "
            "is it another file?",
        )


def _line_without_end(stream: BinaryIO) -> int | None:
    line_number, length, after_cr = 1, 0, False
    # In blocks of at most that size: a line within one is short enough.
    while block := stream.read(min(LONGEST_LINE, LONGEST_STRICT_LINE)):
        breaks = block.count(b"\n") + block.count(b"\r")
        if not breaks:
            first = last = len(block)
        else:
            first = min(at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0)
            last = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        # The first line tells the format; `first_line_matches` needs no memory for it.
        if length + first > LONGEST_STRICT_LINE and line_number > 1:
            return line_number
        # CR LF is one line break, across blocks too.
        line_number += breaks - block.count(b"\r\n") - (after_cr and block[:1] == b"\n")
        length = len(block) - last if breaks else length + len(block)
        after_cr = block[-1:] == b"\r"
    return None
