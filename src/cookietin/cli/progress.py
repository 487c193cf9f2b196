"""How far the reading of a file is, on standard error, if it takes longer than a second.

Rules of this file:
- Only on a terminal; the line is gone when the file has been read.
- What is shown are the octets that the format has been given, of those that the file has. A format may
  go on thinking when it has them all: then the bar stands at its end.
"""

from __future__ import annotations

import io
import os
import sys
import threading

from cookietin.tables import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, BinaryIO, Self, TextIO

DELAY = 1.0  # seconds
_INTERVAL = 0.2
_WIDTH = 30


class Progress:
    """
    Shows how far a file has been read, as a context manager.

    Args:
        name: What the file is called.
        size: Its octets.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = harmless(name)
        self._size = size
        self.octets = 0
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def through(self, stream: BinaryIO) -> BinaryIO:
        """A stream that reads another one, and counts."""
        return io.BufferedReader(_Counted(stream, self), 1 << 18)

    def __enter__(self) -> Self:
        if sys.stderr is not None and sys.stderr.isatty():
            # A thread, since a format may not come back for octets for a long time.
            self._thread = threading.Thread(target=self._watch, args=(sys.stderr,), daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, terminal: TextIO) -> None:
        if self._done.wait(DELAY):
            return
        bar = _rich_bar(terminal, self._name, self._size)
        if bar is None:
            self._paint_plainly(terminal)
            return
        shown, task = bar
        shown.update(task, completed=self.octets)
        with shown:
            while not self._done.wait(_INTERVAL):
                shown.update(task, completed=self.octets)

    def _paint_plainly(self, terminal: TextIO) -> None:
        is_done = False
        while not is_done:
            part = min(1.0, self.octets / self._size) if self._size else 1.0
            bar = "#" * int(part * _WIDTH)
            line = f"reading {self._name} [{bar:<{_WIDTH}}] {part:4.0%}"
            terminal.write("\r" + line)
            terminal.flush()
            is_done = self._done.wait(_INTERVAL)
        terminal.write("\r" + " " * len(line) + "\r")
        terminal.flush()


def _rich_bar(terminal: TextIO, name: str, size: int) -> tuple[Any, Any] | None:
    """A bar of rich and the task in it, None where it has to be plain."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
    except ImportError:
        return None
    columns = TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn()
    shown = Progress(*columns, console=Console(file=terminal), transient=True)
    return shown, shown.add_task(f"reading {name}", total=size)


class _Counted(io.RawIOBase):
    """A stream that tells how many octets went through it."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def fileno(self) -> int:
        return self._stream.fileno()

    def readinto(self, buffer: Any) -> int:
        octets = self._stream.read(len(buffer))
        buffer[: len(octets)] = octets
        self._progress.octets += len(octets)
        return len(octets)
