"""Where cookies come from: a file, or standard input.

Rules of this file:
- What is read is read leniently, with session cookies and cookies that have ended, under the standard
  library's rules, which store whatever the file has. A command that judges sets a policy afterwards.
- Standard input, and whatever can be read only once, goes to a private temporary file first: a format
  may have to open it by name.
"""

from __future__ import annotations

import contextlib
import os
import stat
import warnings

from cookietin.cli.outcome import TROUBLE, Stop
from cookietin.cli.output import note, stdin_octets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from cookietin.cookiejar.file_jar import FileCookieJar
    from cookietin.cookiejar.jar import CookieJar
    from cookietin.formats.reading import LoadReport, Problem

STDIN = "-"
MOST_FROM_STREAM = 1 << 29  # octets; more is no file of cookies
MOST_NOTES = 10
_PIECE = 1 << 20


class Source:
    """
    A file that has been read.

    Args:
        name: What messages call it.
        path: Where its octets lie.
        jar: Its cookies.
        report: What could not be read.
        is_stream: The octets came from a stream and lie in a temporary file.

    Attributes: as the arguments, and
        format: Name of its format.
        beside: What it holds beside its cookies.
    """

    def __init__(
        self, name: str, path: str, jar: FileCookieJar, report: LoadReport, *, is_stream: bool
    ) -> None:
        self.name = name
        self.path = path
        self.jar: CookieJar = jar
        self.format: str = str(report.format)
        self.report = report
        self.beside: dict[str, Any] | None = jar._cookietin_beside
        self.is_stream = is_stream

    def note_problems(self) -> None:
        """Say on standard error what could not be read, the first of it line by line."""
        for problem in self.report.problems[:MOST_NOTES]:
            note(place_of(self.name, problem))
        unnamed = self.report.skipped - len(self.report.problems[:MOST_NOTES])
        if unnamed:
            note(f"{self.name}: and {unnamed:,} more could not be read; see `check`")


def place_of(name: str, problem: Problem) -> str:
    """A problem with the place where it is."""
    if problem.line_number is None and problem.entry is None:
        return f"{name}: {problem.problem}"
    return f"{name}, {problem}"


@contextlib.contextmanager
def opened(argument: str, format: str | None = None) -> Iterator[Source]:
    """
    Read a file; what is done to the jar never reaches it.

    Args:
        argument: Its name, "-" for standard input.
        format: Name of its format; None tells it by what the file holds.

    Raises:
        Stop: It cannot be read, or there is no such format.
    """
    with _opened_live(argument, format) as (jar, source):
        if is_live(jar):
            source.jar = jar.copy()
            leave(jar)
        yield source


@contextlib.contextmanager
def _opened_live(argument: str, format: str | None) -> Iterator[tuple[FileCookieJar, Source]]:
    """The same with the jar itself, whose changes may go into the file at once."""
    name = name_of(argument)
    with contextlib.ExitStack() as stack:
        # What goes wrong later is no matter of this file.
        with reading(name):
            path, is_stream = _octets_at(argument, stack)
            jar, report = _read(name, path, format)
        stack.callback(close, jar)
        yield jar, Source(name, path, jar, report, is_stream=is_stream)


@contextlib.contextmanager
def opened_to_change(
    argument: str, format: str | None, *, force: bool
) -> Iterator[tuple[FileCookieJar, str]]:
    """
    Read a file that is to be changed, or begin one.

    Args:
        argument: Its name, "-" for standard input.
        format: Name of its format; needed if there is no such file, or nothing in it.
        force: Although there are entries that cannot be read, and so will be lost.

    Returns:
        The jar, and the name of its format.

    Raises:
        Stop: It cannot be read, or there is no such format; something would be lost.
    """
    if argument != STDIN and _is_nothing(argument):
        if format is None:
            raise Stop(
                f"{argument}: there is no such file, or nothing in it; name a format with --format "
                "to begin one"
            )
        with reading(argument):
            jar, _ = unread(argument, format)
        try:
            yield jar, format
        finally:
            close(jar)
        return
    with _opened_live(argument, format) as (jar, source):
        source.note_problems()
        if source.report.skipped and not force and not _keeps_unread(jar, source):
            raise Stop(
                f"{source.name}: writing it would lose what cannot be read of it, "
                f"{source.report.skipped:,} in all; mend it, or use --force"
            )
        yield jar, source.format


def _keeps_unread(jar: FileCookieJar, source: Source) -> bool:
    """Tell whether the jar writes back what it could not read, as formats of lines do."""
    kept = getattr(jar, "_cookietin_unread", None) or {}
    return not source.is_stream and any(kept.values())


def is_live(jar: FileCookieJar) -> bool:
    """Tell whether a jar has no format to be read and written in, but keeps a database open."""
    return jar._cookietin_format is None


def leave(jar: FileCookieJar) -> None:
    """Let go of a database that was looked at alone; `close` would wait until it may write."""
    sharing = getattr(jar, "_cookietin_sharing", None)
    if sharing is not None:
        sharing.close()


def close(jar: FileCookieJar) -> None:
    """Let go of a database; what is in memory alone, a jar would write when it is closed."""
    if is_live(jar):
        jar.close()


def _is_nothing(path: str) -> bool:
    try:
        return os.stat(path).st_size == 0
    except FileNotFoundError:
        return True
    except OSError:
        return False  # whoever opens it will say what is wrong


def name_of(argument: str) -> str:
    """What messages call a file."""
    return "standard input" if argument == STDIN else argument


def _octets_at(argument: str, stack: contextlib.ExitStack) -> tuple[str, bool]:
    """Where the octets of a file lie, and whether they came from a stream."""
    if argument == STDIN:
        return stack.enter_context(_kept(name_of(argument), stdin_octets())), True
    mode = os.stat(argument).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return argument, False
    # A pipe, such as the shell's <(command), can be read once.
    with open(argument, "rb") as stream:
        return stack.enter_context(_kept(argument, stream)), True


@contextlib.contextmanager
def _kept(name: str, stream: BinaryIO) -> Iterator[str]:
    """The name of a private file with all that a stream holds."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="cookietin-") as folder:
        path = os.path.join(folder, "octets")
        length = 0
        with open(path, "xb") as kept:
            while piece := stream.read(_PIECE):
                length += len(piece)
                if length > MOST_FROM_STREAM:
                    raise Stop(f"{name}: more than {MOST_FROM_STREAM:,} octets", TROUBLE)
                kept.write(piece)
        yield path


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what is wrong with a file into one line about it."""
    from cookietin.cookiejar.file_jar import LoadError
    from cookietin.errors import FormatError

    try:
        yield
    except (LoadError, FormatError) as error:
        where = name if error.line_number is None else f"{name}, line {error.line_number}"
        problem = error.problem or "cannot be read"
    except BrokenPipeError:
        raise
    except OSError as error:
        where, problem = name, error.strerror or str(error)
    else:
        return
    raise Stop(f"{where}: {problem}", TROUBLE)


def _read(name: str, path: str, format: str | None) -> tuple[FileCookieJar, LoadReport]:
    from cookietin.cli.progress import Progress
    from cookietin.formats.reading import LoadReport

    jar, is_empty = unread(path, format)
    if is_empty:
        return jar, LoadReport(name, format, 0)
    with Progress(name, os.stat(path).st_size) as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the report has all
        jar._cookietin_through = progress.through
        jar.load(path, ignore_discard=True, ignore_expires=True)
        jar._cookietin_through = None
    report = jar.load_report
    return jar, LoadReport(name, format, len(jar)) if report is None else report


def unread(path: str, format: str | None) -> tuple[FileCookieJar, bool]:
    """
    A jar for a file, which has loaded nothing yet, and whether there is nothing to load.

    Raises:
        Stop: There is no such format.
    """
    from cookietin.cookiejar.format_jars import unread_jar

    try:
        return unread_jar(path, format, None, lenient=True)
    except ValueError as error:
        raise Stop(str(error)) from None


def check_format(name: str) -> None:
    """
    Look up a format.

    Raises:
        Stop: There is none of that name.
    """
    unread(os.devnull, name)
