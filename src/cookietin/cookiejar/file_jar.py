"""`FileCookieJar`: what all jars with a file have in common.

Saving replaces the file as a whole or not at all; loading takes a file as a whole or not at all.

Rules of this file:
- Opens files and turns FormatError into LoadError. What a line looks like is the formats' business,
  and how a file is replaced that of `files`.
"""

from __future__ import annotations

import contextlib
import io
import os
import time

from cookietin import files
from cookietin.collection import watch_on
from cookietin.cookiejar.cookie import Cookie
from cookietin.cookiejar.file_memory import (
    load_noted,
    note_loaded,
    say_passed_over,
    store_from_file,
)
from cookietin.cookiejar.shared_file import SharedFile
from cookietin.cookiejar.stdlib import original, patchable
from cookietin.cookiejar.unread import note_lenient, note_strict, unread_in, was_read_leniently
from cookietin.errors import FormatError, shown
from cookietin.formats import Choice
from cookietin.overrides import Methods
from cookietin.store import structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO, ClassVar

    from cookietin.autosave import Autosave
    from cookietin.cookie import CookieFields
    from cookietin.formats import Skip
    from cookietin.formats.reading import Format, LoadReport

    Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

# What storing a file's cookies at once goes past.
LOADING = ("_really_load", "set_cookie")


class LoadError(original.LoadError):
    """
    A cookie file could not be read; the jar is as it was.

    Attributes:
        source: Name of the file, as the caller gave it.
        line_number: The line at fault, counted from 1; None if none is.
        problem: What was expected, what was found, what to do.

    None of them holds a cookie's value. They are None where a program raised the error itself.
    """

    source: object = None
    line_number: int | None = None
    problem: str | None = None


def load_error(error: FormatError) -> LoadError:
    made = LoadError(str(error))
    made.source, made.line_number = error.source, error.line_number
    made.problem = error.problem
    return made


class FileCookieJar(SharedFile, original.FileCookieJar):
    """
    A jar with a file; base class for the formats.

    Args:
        filename: The file that `load`, `revert` and `save` use when they are not given one.
        delayload: A hint that the standard library documents and nobody uses.
        policy: As for `CookieJar`.
        lenient: Read what can be read of a file, and say in `load_report` what cannot; see `load`.
        persist_session: Save and load session cookies too, without being asked each time.
        autosave: Save changes by itself, see `autosave`; not before a file name is known.

    Nothing is read before `load` or `revert`. A subclass for a format of its own defines
    `_really_load(f, filename, ignore_discard, ignore_expires)` and `save`.
    """

    filename: str | None
    delayload: bool
    lenient: bool = False
    persist_session: bool = False

    # Methods that a load goes through, where it stores nothing before the whole file has been read.
    _cookietin_loads_at_once: ClassVar[Methods | None] = None
    # What a subclass replaces that reads its files in a way of its own.
    _cookietin_reads: ClassVar[Methods | None] = None
    _cookietin_is_text: ClassVar[bool] = True
    _cookietin_format: Format | None = None
    _cookietin_report: LoadReport | None = None
    # What the file held beside cookies when it was last read; see `Reading.beside`.
    _cookietin_beside: dict[str, Any] | None = None
    # Files that were read leniently, by real path, and their lines that could not be read.
    _cookietin_unread: dict[str, bytes | None] | None = None
    # What a file's octets pass on the way to its format, for whoever wants to see how far it is.
    _cookietin_through: Callable[[BinaryIO], BinaryIO] | None = None

    def __init__(
        self,
        filename: str | os.PathLike[str] | None = None,
        delayload: bool = False,
        policy: original.CookiePolicy | None = None,
        *,
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None:
        SharedFile.__init__(self, policy)
        self.filename = None if filename is None else os.fspath(filename)
        self.delayload = bool(delayload)
        if lenient is not None:
            self.lenient = lenient
        if persist_session is not None:
            self.persist_session = persist_session
        if autosave is not None:
            self.autosave = autosave

    @property
    def load_report(self) -> LoadReport | None:
        """What the last `load` or `revert` brought, and what it had to pass over; None before one."""
        return self._cookietin_report

    def save(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
    ) -> None:
        """
        Write the cookies to a file, in place of what it held.

        Args:
            filename: The file; default the jar's own.
            ignore_discard: Save session cookies too; `persist_session` does the same.
            ignore_expires: Save cookies that have ended too.

        The old file stands, byte for byte, until the new one is complete. A cookie that the format
        cannot hold is left out; a `CookieSkippedWarning` says so, once the file has been replaced.

        Raises:
            ValueError: There is no file name.
            OSError: The file cannot be written; it is as it was.
        """
        raise NotImplementedError

    def load(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None:
        """
        Add the cookies of a file to those of the jar, in place of those of the same key.

        Args:
            filename: The file; default the jar's own.
            ignore_discard: Load session cookies too; `persist_session` does the same.
            ignore_expires: Load cookies that have ended too.
            lenient: Take what can be read. Lines that cannot are passed over, and stand in
                `load_report`; a `CookieSkippedWarning` says so. Default the jar's own `lenient`.

        Raises:
            ValueError: There is no file name; this class knows no lenient reading.
            LoadError: The file is not of this format, or not in UTF-8; the jar is as it was.
            OSError: The file cannot be read; the jar is as it was.
        """
        name = named(self, filename)
        ignore_discard = ignore_discard or self.persist_session
        before, self._cookietin_loading = self._cookietin_loading, True
        try:
            passes_over = self.lenient if lenient is None else lenient
            with load_noted(self, name):
                if passes_over or not self._cookietin_is_text:
                    self._cookietin_load_octets(name, ignore_discard, ignore_expires, passes_over)
                else:
                    self._cookietin_load_text(name, ignore_discard, ignore_expires)
        finally:
            self._cookietin_loading = before
        report = self._cookietin_report
        if report is not None and report.skipped:
            say_passed_over(
                f"{shown(name)}: {report.skipped:,} could not be read and were passed over, "
                f"first {report.problems[0]}; load_report has all"
            )

    def _cookietin_begin(self, *, is_empty: bool) -> None:
        """Do what `open_jar` does with a new jar: read its file, if that holds anything."""
        if not is_empty:
            self.load()

    def _cookietin_load_octets(
        self, name: Path, ignore_discard: bool, ignore_expires: bool, lenient: bool
    ) -> None:
        """Load a file of octets by its format."""
        format = self._cookietin_format
        reads = self._cookietin_reads
        if format is None or (reads is not None and not reads.are_kept_by(self)):
            raise ValueError(f"{type(self).__name__} reads its files itself, not leniently")
        from cookietin.formats.reading import LoadReport, Reading

        choice = choice_of(ignore_discard, ignore_expires)
        reading = Reading(name, choice, Cookie, lenient=lenient, companion=_companion_of(name))
        with open(name, "rb") as stream, restored_on_error(self):
            through = self._cookietin_through
            octets = stream if through is None else through(stream)
            taken = take(self, format.read(octets, reading))
        if lenient:
            note_lenient(self, name, reading.unread)
        else:
            note_strict(self, name)
        self._cookietin_beside = reading.beside
        self._cookietin_report = LoadReport(
            name, format.name, taken, reading.problems, reading.skipped
        )

    def _cookietin_load_text(self, name: Path, ignore_discard: bool, ignore_expires: bool) -> None:
        """Load a file of text by `_really_load`, which may be a subclass's."""
        from cookietin.formats.lines import check_lines

        undecodable: UnicodeDecodeError | None = None
        at_fault: FormatError | None = None
        reads = self._cookietin_reads
        self._cookietin_report = None
        try:
            with open(name, encoding="utf-8") as stream, restored_on_error(self):
                if reads is not None and reads.are_kept_by(self):
                    check_lines(stream.buffer, name)  # type: ignore[arg-type]  # of `open`
                self._really_load(  # type: ignore[attr-defined]  # by contract
                    stream, name, ignore_discard, ignore_expires
                )
        except UnicodeDecodeError as error:
            undecodable = error
        except FormatError as error:
            at_fault = error
        # Raised out here: as its context, the other error would bring the octets of the file along.
        if undecodable is not None:
            at_fault = _not_utf8(name)
            if at_fault is None:
                raise undecodable  # the subclass's own affair
        if at_fault is not None:
            raise load_error(at_fault)
        note_strict(self, name)

    def revert(
        self,
        filename: Path | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None:
        """
        Replace the cookies of the jar by those of a file; takes the arguments of `load`.

        Raises what `load` raises; then the jar is as it was.
        """
        name = named(self, filename)
        self._cookies_lock.acquire()
        try:
            before, base = self._cookies, self._cookietin_base
            with _said_unless_undone(self):
                watch = watch_on(self)
                if watch is not None:
                    watch.wiped()
                self._cookies = {}
                self._cookietin_base = None
                try:
                    if lenient is None:  # a subclass's `load` may know no such argument
                        self.load(name, ignore_discard, ignore_expires)
                    else:
                        self.load(name, ignore_discard, ignore_expires, lenient=lenient)
                except BaseException:
                    self._cookies, self._cookietin_base = before, base
                    raise
        finally:
            self._cookies_lock.release()


def named(jar: FileCookieJar, filename: Path | None) -> Path:
    name = jar.filename if filename is None else filename
    if name is None:
        raise ValueError(patchable("MISSING_FILENAME_TEXT"))
    return name


@contextlib.contextmanager
def _said_unless_undone(jar: FileCookieJar) -> Iterator[None]:
    """Tell listeners that what happens meanwhile comes from a file; nothing if it raises."""
    watch = watch_on(jar)
    if watch is None:
        yield
    else:
        with watch.loading(), watch.undone_on_error():
            yield


@contextlib.contextmanager
def restored_on_error(jar: FileCookieJar) -> Iterator[None]:
    """Put a jar back if this raises, where a subclass may store cookie by cookie and fail half-way."""
    loads_at_once = jar._cookietin_loads_at_once
    if loads_at_once is not None and loads_at_once.are_kept_by(jar):
        yield
        return
    jar._cookies_lock.acquire()
    try:
        before = structure(jar._cookies)
        with _said_unless_undone(jar):
            try:
                yield
            except BaseException:
                jar._cookies = before
                raise
    finally:
        jar._cookies_lock.release()


def _companion_of(name: Path) -> Callable[[str], BinaryIO | None]:
    """What opens the files that lie beside one."""

    def companion(suffix: str) -> BinaryIO | None:
        try:
            return open(os.fsdecode(name) + suffix, "rb")
        except FileNotFoundError:
            return None

    return companion


def choice_of(ignore_discard: bool, ignore_expires: bool) -> Choice:
    return Choice(session=ignore_discard, ended=ignore_expires, now=time.time())


def take(jar: FileCookieJar, cookies: Iterable[CookieFields]) -> int:
    """Store the cookies that a format reads, once it has read them all; return how many."""
    at_fault: FormatError | None = None
    try:
        whole = list(cookies)
    except FormatError as error:
        at_fault = error
    if at_fault is not None:
        raise load_error(at_fault)
    jar._cookies_lock.acquire()
    try:
        with _said_unless_undone(jar):
            store_from_file(jar, whole)
        note_loaded(whole)
    finally:
        jar._cookies_lock.release()
    return len(whole)


def save_octets(
    jar: FileCookieJar, name: str, choice: Choice, skip: Skip, cookies: Iterable[CookieFields]
) -> None:
    """Write a jar's file by its format."""
    from cookietin.formats.reading import Writing

    format = jar._cookietin_format
    write = None if format is None else format.write
    if write is None:
        raise io.UnsupportedOperation(
            f"{format and format.name} files are only read; save in another format"
        )
    beside = dict(jar._cookietin_beside or ())
    unread = unread_in(jar, name) if was_read_leniently(jar, name) else b""
    writing = Writing(choice, skip, Cookie, beside, unread)
    files.replace(name, lambda stream: write(stream, cookies, writing))


def note_report(jar: FileCookieJar, source: object, taken: int) -> None:
    """Note that a file of text was read without any problem."""
    from cookietin.formats.reading import LoadReport

    format = jar._cookietin_format
    jar._cookietin_report = LoadReport(source, None if format is None else format.name, taken)


def _not_utf8(name: Path) -> FormatError | None:
    """Find the first line of a file that is not UTF-8."""
    from cookietin.formats.lines import NOT_UTF8, not_utf8

    if not os.path.isfile(name):
        return FormatError(name, None, NOT_UTF8)  # a pipe cannot be read twice
    with open(name, "rb") as stream:
        return not_utf8(stream, name)
