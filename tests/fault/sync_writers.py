"""Several processes write to one file, some are killed, and their ledgers are compared with it.

    python tests/fault/sync_writers.py --processes 4 --operations 2000 --kills 200
    python tests/fault/sync_writers.py --processes 4 --operations 200 --module http.cookiejar

Each operation sets a cookie of its own and has it written: by `sync`, or by what programs do with the
standard library (load, add, save; an empty jar after a failed load). Then the writer notes the operation
in its ledger, with fsync. A killed writer (SIGKILL) is followed by another one, which goes on after
the last line of the ledger. Readers load the file all the time.

What must hold: whatever is in a ledger is in the file, after each kill and at the end; no load fails;
no cookie is there with another value than the one that was set.

This process has one thread and everything loaded, so that forking is cheap and safe.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from pathlib import Path

EXPIRES = 4_102_444_800  # the year 2100
DOMAINS = 97
READER_PAUSE = 0.01  # seconds, so that the writers get on


def name_of(writer, operation):
    """The cookie of an operation."""
    return f"w{writer}-{operation}"


def value_of(name):
    """Long enough that half of it would show."""
    return f"{name}-" * 4 + "end"


def cookie_of(module, writer, operation):
    name = name_of(writer, operation)
    return module.Cookie(
        0, name, value_of(name), None, False, f"shop{operation % DOMAINS}.test", False, False,
        "/", True, False, EXPIRES, False, None, None, {},
    )  # fmt: skip


def committed(ledger):
    """How many operations a ledger says were done; they come in order."""
    try:
        return ledger.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def write_by_sync(jar_class, module, path):
    """A writer's way with ours: one jar, and a sync after each change."""
    jar = jar_class(path)
    with contextlib.suppress(FileNotFoundError):
        jar.load()

    def write(writer, operation):
        jar.set_cookie(cookie_of(module, writer, operation))
        jar.sync()

    return write


def write_by_save(jar_class, module, path):
    """A writer's way with the standard library: load, add, save."""

    def write(writer, operation):
        jar = jar_class(path)
        with contextlib.suppress(OSError):  # LoadError is one
            jar.load()
        jar.set_cookie(cookie_of(module, writer, operation))
        jar.save()

    return write


def fork(life, *arguments):
    """Start a process that ends after `life`; exit status 1 if that raises."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        life(*arguments)
        status = 0
    finally:
        os._exit(status)


class Campaign:
    """One run; see the beginning of the file."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.module = importlib.import_module(arguments.module)
        self.jar_class = getattr(self.module, arguments.jar)
        self.path = str(folder / "cookies")
        self.ledgers = [folder / f"ledger-{writer}" for writer in range(arguments.processes)]
        self.readings = folder / "readings"
        self.chance = random.Random(arguments.seed)
        self.lost = []
        self.killed = 0

    @property
    def way(self):
        return write_by_sync if hasattr(self.jar_class, "sync") else write_by_save

    def warm_up(self):
        """Import whatever a write needs, so that a new writer starts at once."""
        path = self.path + "-warm-up"
        for _ in range(2):
            self.way(self.jar_class, self.module, path)(0, 0)

    def write(self, writer):
        """A writer's life."""
        ledger = os.open(self.ledgers[writer], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        write = self.way(self.jar_class, self.module, self.path)
        for operation in range(committed(self.ledgers[writer]), self.arguments.operations):
            write(writer, operation)
            os.write(ledger, b"%d\n" % operation)
            os.fsync(ledger)

    def read(self):
        """A reader's life: until it is told to end (SIGTERM)."""
        ended = []
        signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
        found = {"loads": 0, "failed": 0, "halves": 0}
        while not ended:
            jar = self.jar_class(self.path)
            try:
                jar.load()
            except FileNotFoundError:
                pass  # nobody has written yet
            except OSError:
                found["failed"] += 1
            found["loads"] += 1
            found["halves"] += sum(each.value != value_of(each.name) for each in jar)
            select.select([], [], [], READER_PAUSE)
        self.readings.write_text(json.dumps(found))

    def check(self, when):
        """Note what the ledgers have and the file does not."""
        done = [committed(ledger) for ledger in self.ledgers]
        jar = self.jar_class(self.path)
        try:
            jar.load()
        except OSError as error:
            if any(done):
                self.lost.append(f"{when}: {type(error).__name__}")
            return
        there = {each.name for each in jar}
        missing = sum(
            name_of(writer, operation) not in there
            for writer, count in enumerate(done)
            for operation in range(count)
        )
        if missing:
            self.lost.append(f"{when}: {missing} cookies")

    def run(self):
        """Have it written, read and killed; return how many writers failed by themselves."""
        self.warm_up()
        reader = fork(self.read)
        writers = {fork(self.write, writer): writer for writer in range(len(self.ledgers))}
        total = self.arguments.operations * len(self.ledgers)
        marks = sorted(self.chance.uniform(0, total * 0.95) for _ in range(self.arguments.kills))
        failed = 0
        while writers:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process:
                writer = writers.pop(process)
                if os.WIFSIGNALED(status):
                    self.check(f"after kill {self.killed}")
                    writers[fork(self.write, writer)] = writer
                failed += not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) != 0
                continue
            if marks and sum(map(committed, self.ledgers)) >= marks[0]:
                marks.pop(0)
                # Not a sleep that hopes for something: the instant of the kill is what varies.
                select.select([], [], [], self.chance.uniform(0, 0.03))
                os.kill(self.chance.choice(list(writers)), signal.SIGKILL)
                self.killed += 1
            else:
                select.select([], [], [], 0.002)
        os.kill(reader, signal.SIGTERM)
        os.waitpid(reader, 0)
        return failed

    def report(self):
        """Run it, and say what came of it."""
        start = time.monotonic()
        failed = self.run()
        seconds = time.monotonic() - start
        if hasattr(self.jar_class, "sync"):
            self.check("at the end")
        jar = self.jar_class(self.path)
        try:
            jar.load()
        except OSError:
            jar = ()
        return {
            "writes": self.arguments.operations * len(self.ledgers),
            "survived": sum(each.value == value_of(each.name) for each in jar),
            "kills": self.killed,
            "writers that failed": failed,
            "lost": self.lost,
            **json.loads(self.readings.read_text()),
            "seconds": round(seconds, 1),
        }


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--module", default="cookietin.cookiejar")
    parser.add_argument("--jar", default="MozillaCookieJar")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", help="where to write; default the folder for temporary files")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="sync-writers-", dir=arguments.folder) as folder:
        return Campaign(arguments, Path(folder)).report()


if __name__ == "__main__":
    report = main()
    print(json.dumps(report, indent=1))
    sys.exit(bool(report["lost"] or report["failed"] or report["halves"]))
