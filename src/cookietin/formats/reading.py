"""What a format is, and what goes with one reading or one writing of a file.

A format is an object, mostly a module, with the attributes of `Format`. It works on open binary
streams, since only it knows what octets mean in its files.

Rules of this file:
- Knows no format, path or jar.
- No problem that is noted down holds a cookie's value, or a piece of a line that may hold one.
- What a hostile file costs is bounded: so many problems are kept, the others are counted.
"""

from __future__ import annotations

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError, shown
from cookietin.formats import HEAD as HEAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO, Protocol

    from cookietin.formats import Choice, Skip

    class Format(Protocol):
        """
        A file format.

        Attributes:
            name: How callers name it.
            title: What it is, in a few words.
            loses: Which of `HELD` it cannot hold.
            write: None if the format is only read.
        """

        name: str
        title: str
        loses: frozenset[str]

        def sniff(self, head: bytes) -> bool:
            """Tell whether a file that begins so (64 KiB, or all of it) is in this format."""

        def read(self, stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
            """
            The cookies of a file, in its order.

            An entry that cannot be read goes to `reading.skip`, which raises if reading is strict.

            Raises:
                FormatError: The file as a whole is not in this format.
            """

        @property
        def write(self) -> Callable[[BinaryIO, Iterable[CookieFields], Writing], None] | None:
            """Write cookies on an open stream; those that cannot be held go to `writing.skip`."""


# What a cookie can hold beside its name, value, domain, path and Secure, in the words of `loses`.
HELD = {
    "host_only": "whether it goes to its host alone",
    "expires": "its expiry-time",
    "session": "that it ends with the session",
    "http_only": "HttpOnly",
    "same_site": "SameSite",
    "partition_key": "the partition it belongs to",
    "creation_time": "when it was first set",
    "last_access_time": "when it was last set or sent",
    "path_specified": "whether the server gave a Path",
    "attributes": "attributes that have no meaning here",
    "rfc2965": "version, ports and comments of RFC 2965 and RFC 2109 cookies",
}

MOST_PROBLEMS = 1_000


class Problem:
    """
    One line or entry of a file that could not be read.

    Attributes:
        line_number: The line, counted from 1; None where the format has none.
        entry: Which of the file's entries, counted from 1; None where lines count.
        problem: What was expected, what was found, what to do; without any cookie's value.
    """

    __slots__ = ("entry", "line_number", "problem")

    def __init__(
        self, problem: str, line_number: int | None = None, entry: int | None = None
    ) -> None:
        self.line_number: int | None = line_number
        self.entry: int | None = entry
        self.problem: str = problem

    def __str__(self) -> str:
        if self.line_number is not None:
            return f"line {self.line_number}: {self.problem}"
        return self.problem if self.entry is None else f"entry {self.entry}: {self.problem}"

    def __repr__(self) -> str:
        return f"<Problem {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self.line_number, self.entry, self.problem


class LoadReport:
    """
    What the reading of a file brought; iterates over its problems.

    Attributes:
        source: Name of the file, as the caller gave it.
        format: Name of its format; None where a class of the program read it.
        cookies: How many cookies were taken.
        skipped: How many lines or entries could not be read.
        problems: The first 1,000 of them.
    """

    def __init__(
        self,
        source: object,
        format: str | None,
        cookies: int,
        problems: Iterable[Problem] = (),
        skipped: int | None = None,
    ) -> None:
        self.source = source
        self.format = format
        self.cookies = cookies
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.skipped: int = len(self.problems) if skipped is None else skipped

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        head = f"{shown(self.source)}: {self.cookies:,} cookies, {self.skipped:,} problems"
        unnamed = self.skipped - len(self.problems)
        more = [f"and {unnamed:,} more"] if unnamed else []
        return "\n".join([head, *map(str, self.problems), *more])

    def __repr__(self) -> str:
        return f"<LoadReport {shown(self.source)}: {self.cookies} cookies, {self.skipped} problems>"


def _no_companion(suffix: str) -> None:
    """Where a stream is all there is."""


class Reading:
    """
    One reading of a file.

    Args:
        source: Name of the file, for messages.
        choice: Which cookies are made of what is read.
        cookie_class: Class of the cookies.
        lenient: Pass over what cannot be read, and note it down; otherwise it raises.
        companion: Opens the file whose name is that of the source and a suffix, or returns None.

    Attributes:
        problems: What was passed over, at most the first 1,000.
        skipped: How much was passed over.
        beside: What the file holds beside its cookies, for whoever writes it again.
        unread: What was passed over, as the format writes it again; None if it could not be kept.
    """

    def __init__(
        self,
        source: object,
        choice: Choice,
        cookie_class: type[CookieFields],
        *,
        lenient: bool = False,
        companion: Callable[[str], BinaryIO | None] = _no_companion,
    ) -> None:
        self.source = source
        self.choice = choice
        self.cookie_class = cookie_class
        self.lenient = lenient
        self.companion = companion
        self.problems: list[Problem] = []
        self.skipped: int = 0
        self.beside: dict[str, Any] = {}
        self.unread: bytes | None = b""

    def skip(self, problem: str, *, line: int | None = None, entry: int | None = None) -> None:
        """
        Pass over a line or an entry.

        Raises:
            FormatError: Reading is strict.
        """
        noted = Problem(problem, line, entry)
        if not self.lenient:
            raise FormatError(self.source, line, problem if line is not None else str(noted))
        self.skipped += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(noted)

    def failed(self, problem: str, line: int | None = None) -> FormatError:
        """The error that says what is wrong with the file as a whole."""
        return FormatError(self.source, line, problem)


class Writing:
    """
    One writing of a file.

    Args:
        choice: Which cookies are written.
        skip: Hears of cookies that the format cannot hold, and why.
        cookie_class: A class whose attributes say all; cookies of others are asked one by one.
        beside: What the file held beside its cookies, as `Reading` found it.
        unread: The same of what could not be read of it. A format that keeps that writes it again,
            and writes nothing if it is None.
    """

    def __init__(
        self,
        choice: Choice,
        skip: Skip,
        cookie_class: type[CookieFields],
        beside: dict[str, Any] | None = None,
        unread: bytes | None = b"",
    ) -> None:
        self.choice = choice
        self.skip = skip
        self.cookie_class = cookie_class
        self.beside: dict[str, Any] = {} if beside is None else beside
        self.unread = unread
