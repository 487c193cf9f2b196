"""The bar: only on a terminal, only for what takes long, by the octets that were read."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from cookietin import MozillaCookieJar
from cookietin.cli import progress
from cookietin.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal as standard error, put there within the test, for pytest has one of its own."""
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setattr(progress, "DELAY", 0.01)
    monkeypatch.setattr(progress, "_INTERVAL", 0.001)
    return made


def wait_for(terminal: Terminal, text: str) -> None:
    """Until the other thread has painted it."""
    for _ in range(1000):
        if text in terminal.getvalue():
            return
        time.sleep(0.005)


def test_plain_bar_shows_the_octets_that_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of them are half a bar, and the line is wiped in the end."""
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = terminal_of(monkeypatch)

    with Progress("a\x1bb", 200) as bar:
        stream = bar.through(io.BytesIO(bytes(100)))
        stream.read()
        wait_for(terminal, " 50%")

    shown = terminal.getvalue()
    assert f"reading a\\x1bb [{'#' * 15}{' ' * 15}]  50%" in shown
    assert shown.endswith(" \r")


def test_rich_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, where rich is there."""
    pytest.importorskip("rich")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = terminal_of(monkeypatch)

    with Progress("[red]name", 200) as bar:
        bar.through(io.BytesIO(bytes(100))).read()
        wait_for(terminal, "100/200")

    assert "reading [red]name" in terminal.getvalue()


def test_nothing_is_shown_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most files are read at once."""
    terminal = terminal_of(monkeypatch)
    monkeypatch.setattr(progress, "DELAY", 60)

    with Progress("name", 200) as bar:
        bar.through(io.BytesIO(bytes(200))).read()

    assert terminal.getvalue() == ""


def test_nothing_is_shown_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a bar helps nobody."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "DELAY", 0)

    with Progress("name", 200) as bar:
        assert bar._thread is None

    assert log.getvalue() == ""


def test_jar_reads_through_it(file: Path) -> None:
    """What a jar reads of its file is counted, all of it."""
    size = file.stat().st_size
    bar = Progress("name", size)
    jar = MozillaCookieJar(file, lenient=True)
    jar._cookietin_through = bar.through

    jar.load(ignore_discard=True, ignore_expires=True)

    assert bar.octets == size
    assert len(jar) == 4


def test_stream_can_be_sought() -> None:
    """Some formats look at the beginning twice."""
    stream = Progress("name", 3).through(io.BytesIO(b"abc"))

    first = stream.read(2)
    stream.seek(0)

    assert (first, stream.read()) == (b"ab", b"abc")
