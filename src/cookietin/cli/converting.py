"""`convert` and `merge`: cookies from one file, or several, into another one.

Rules of this file:
- Everything that the input holds goes along, session cookies and cookies that have ended included,
  unless an option says otherwise. What does not is told, on standard error.
- The exit code is about cookies. Attributes that a format knows nothing of are told, and count with
  `--strict` alone, which then writes nothing.
"""

from __future__ import annotations

import contextlib
import os

from cookietin.cli.asking import unread_of
from cookietin.cli.choosing import chosen
from cookietin.cli.losses import losses, lost_by
from cookietin.cli.outcome import NO, USAGE, YES, Stop
from cookietin.cli.output import counted, note, say_json
from cookietin.cli.sinks import (
    STDOUT,
    holds_something,
    locked_for,
    octets_in,
    put,
    put_all,
    save,
    writing,
)
from cookietin.cli.sources import check_format, opened, opened_to_change, unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cookietin.cli.sources import Source
    from cookietin.cookiejar.file_jar import FileCookieJar


def convert(options: argparse.Namespace) -> int:
    """Write the cookies of a file in another format."""
    if options.json and options.output == STDOUT:
        raise Stop("--json and the cookies cannot both go to standard output", USAGE)
    if holds_something(options.output) and not options.force:
        raise Stop(f"{options.output}: there is such a file; --force replaces it", USAGE)
    format = _format_for(options)
    with opened(options.input, getattr(options, "from")) as source:
        cookies = chosen(source.jar, options)
        beside = source.beside
        kept = beside if format == source.format else None
        report = _Report([source], format)
        octets, report.left_out = octets_in(format, cookies, kept)
        report.written = len(cookies) - len(report.left_out)
        report.lost = losses(cookies, lost_by(format))
        if beside and format != source.format:
            report.beside = sorted(word for word, held in beside.items() if held)
        code = report.code(strict=options.strict)
        writes = not (code and options.strict)
        if writes:
            put(options.output, octets)
        report.tell(as_json=options.json, writes=writes)
    return code


def _format_for(options: argparse.Namespace) -> str:
    """The format to write: as named, or that of the file which is replaced."""
    if options.to is not None:
        check_format(options.to)
        return str(options.to)
    if holds_something(options.output):
        with opened(options.output) as replaced:
            return replaced.format
    from cookietin.formats import registry

    known = ", ".join([*registry.names(), registry.DATABASE])
    raise Stop(f"name the format to write with --to; there are {known}")


def merge(options: argparse.Namespace) -> int:
    """Add the cookies of files to those of another one; of one key the last file's counts."""
    if options.json and options.output == STDOUT:
        raise Stop("--json and the cookies cannot both go to standard output", USAGE)
    with contextlib.ExitStack() as stack:
        # A stream may take its time: what others wait for is locked afterwards.
        sources = [stack.enter_context(opened(each)) for each in options.inputs]
        stack.enter_context(locked_for(options.output, options.format))
        jar, format = _begun(options, stack)
        added = [cookie for source in sources for cookie in source.jar]
        put_all(jar, added)
        report = _Report(sources, format)
        report.lost = losses(added, lost_by(format))
        if options.output == STDOUT:
            octets, report.left_out = octets_in(format, jar)
            put(STDOUT, octets)
        else:
            with writing(options.output):
                report.left_out = save(jar, options.output)
        report.written = len(jar) - len(report.left_out)
        report.tell(as_json=options.json, writes=True)
    return report.code(strict=False)


def _begun(options: argparse.Namespace, stack: contextlib.ExitStack) -> tuple[FileCookieJar, str]:
    """The jar to add to, with what its file has, and its format."""
    if options.output != STDOUT:
        target = opened_to_change(options.output, options.format, force=options.force)
        return stack.enter_context(target)
    if options.format is None:
        raise Stop("name the format to write with --format")
    return unread(os.devnull, options.format)[0], str(options.format)


class _Report:
    """What became of the cookies of some files, in another one."""

    def __init__(self, sources: list[Source], format: str) -> None:
        self.sources = sources
        self.format = format
        self.written = 0
        self.left_out: list[str] = []
        self.lost: dict[str, int] = {}
        self.beside: list[str] = []

    def code(self, *, strict: bool) -> int:
        """The exit code."""
        unread = any(source.report.skipped for source in self.sources)
        lost = bool(self.lost or self.beside)
        return NO if unread or self.left_out or (strict and lost) else YES

    def tell(self, *, as_json: bool, writes: bool) -> None:
        """Say it, on standard error or as JSON."""
        if as_json:
            say_json(
                {
                    "format": self.format,
                    "written": self.written if writes else 0,
                    "left_out": self.left_out,
                    "lost": self.lost,
                    "lost_beside": self.beside,
                    "unread": [each for source in self.sources for each in unread_of(source)],
                }
            )
            return
        from cookietin.formats.reading import HELD

        for source in self.sources:
            source.note_problems()
        for text in self.left_out:
            note(text)
        for word, number in self.lost.items():
            note(f"{self.format} cannot hold {HELD[word]}: lost by {counted(number, 'cookie')}")
        for word in self.beside:
            note(f"{self.format} cannot hold what the file has beside its cookies: {word}")
        if not writes:
            note("nothing was written, for --strict wants everything kept")
