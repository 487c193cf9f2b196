"""Many processes write to one SQLite jar while one of them after the other is killed.

    python tests/fault/sqlite_writers.py --processes 4 --operations 2000 --kills 200

Each operation is a response with two cookies of one value. A writer notes an operation in a file of its
own once it has returned; killed, it is started again behind the last one noted. A reader looks at the
jar all the time.

Rules of this file:
- What was noted must be there at the end; of no response may one cookie be seen without the other, ever.
- Writers die by SIGKILL, at whatever they do then.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from cookietin import SQLiteCookieJar

YEAR = 365 * 86_400


def url_of(writer: int, operation: int) -> str:
    return f"https://h{operation % 20}.w{writer}.test/"


def write(path: Path, notes: Path, writer: int, operations: int) -> None:
    """Do the operations that are not noted yet."""
    done = notes.read_bytes().count(b"\n")
    jar = SQLiteCookieJar(path)
    with open(notes, "ab", buffering=0) as stream:
        for operation in range(done, operations):
            value = f"{writer}-{operation}"
            jar.store_response(
                url_of(writer, operation),
                [f"{half}{operation}={value}; Max-Age={YEAR}" for half in "ab"],
            )
            stream.write(b"x\n")


class Writer:
    """A process that writes, and can be killed and started again."""

    def __init__(self, path: Path, number: int, operations: int) -> None:
        self.path = path
        self.number = number
        self.operations = operations
        self.notes = path.with_name(f"notes-{number}")
        self.notes.touch()
        self.pid = 0
        self.status: int | None = None

    @property
    def noted(self) -> int:
        return self.notes.stat().st_size // 2

    def start(self) -> None:
        self.status = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                write(self.path, self.notes, self.number, self.operations)
                code = 0
            except BaseException:  # noqa: BLE001 - the child ends here, and says why
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(code)

    def has_ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def kill(self) -> bool:
        """Kill it and start it again; False if it had ended by itself."""
        if self.has_ended():
            return False
        os.kill(self.pid, signal.SIGKILL)
        _, self.status = os.waitpid(self.pid, 0)
        if not os.WIFSIGNALED(self.status):
            return False
        self.start()
        return True


def halves(jar: SQLiteCookieJar) -> tuple[set[str], int]:
    """The values that the jar has twice, and how many it has once."""
    seen: dict[str, int] = {}
    for cookie in jar:
        seen[cookie.value or ""] = seen.get(cookie.value or "", 0) + 1
    return {value for value, times in seen.items() if times == 2}, list(seen.values()).count(1)


def run(path: Path, processes: int, operations: int, kills: int, seed: int) -> dict[str, float]:
    """Let them write; what was lost, seen in half, or could not be read."""
    chance = random.Random(seed)
    report = {"kills": 0, "reads": 0, "failed reads": 0, "halves seen": 0, "failed writers": 0}
    writers = [Writer(path, number, operations) for number in range(processes)]
    begun = time.monotonic()
    for writer in writers:
        writer.start()
    reader = SQLiteCookieJar(path)
    total = processes * operations
    while [each for each in writers if not each.has_ended()]:
        noted = sum([writer.noted for writer in writers])
        while report["kills"] < kills and noted * kills >= report["kills"] * total * 0.9:
            running = [writer for writer in writers if not writer.has_ended()]
            if not running:
                break
            report["kills"] += chance.choice(running).kill()
            time.sleep(chance.uniform(0, 0.01))
        if report["reads"] % 10 == 0:
            reader.close()
            reader = SQLiteCookieJar(path)
        try:
            report["halves seen"] += halves(reader)[1]
        except OSError as error:
            report["failed reads"] += 1
            print(repr(error), file=sys.stderr)
        report["reads"] += 1
        time.sleep(0.001)
    seconds = time.monotonic() - begun
    report["failed writers"] = sum(writer.status != 0 for writer in writers)
    reader.close()
    with contextlib.closing(SQLiteCookieJar(path)) as jar:
        there, alone = halves(jar)
    report["halves seen"] += alone
    expected = {f"{writer.number}-{number}" for writer in writers for number in range(writer.noted)}
    return {
        **report,
        "operations": total,
        "noted": len(expected),
        "lost": len(expected - there),
        "seconds": round(seconds, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder, "jar.sqlite"), **vars(arguments))
    for name, number in report.items():
        print(f"{name:>15} {number}")
    wrong = ("failed reads", "halves seen", "failed writers", "lost")
    return int(any(report[name] for name in wrong) or report["noted"] != report["operations"])


if __name__ == "__main__":
    sys.exit(main())
