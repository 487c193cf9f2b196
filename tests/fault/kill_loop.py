"""Kills a process that saves, again and again, and looks at the file each time.

Started by test_kill.py; the task comes as JSON on standard input:

    module    module to take the jars from
    jar       name of the class of jar
    versions  two files with the only contents that the target may ever have
    target    file that is saved to
    kills     how many processes to kill
    seed      of the random instants

This process has one thread and everything loaded, so that forking is cheap and safe.
Each child saves the two versions in turn and for ever; it is killed (SIGKILL) at a random
instant between its start and the end of its sixth save.
"""

import collections
import importlib
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

# Twice what is needed on an idle machine: on a busy one a save may take twice as long as measured.
SAVES_PER_CHILD = 6


def save_for_ever(jars, target, ready):
    """The child's life: it ends by a signal, or by an error that shows as exit status 1."""
    try:
        os.write(ready, b"!")
        while True:
            for jar in jars:
                jar.save(target)
    finally:
        os._exit(1)


def kill_one(jars, target, delay):
    """
    Start a child, kill it `delay` seconds after it said that it is ready.

    Returns:
        The signal that ended it; 0 if it ended by itself.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        save_for_ever(jars, target, writing)
    os.read(reading, 1)
    # Not a sleep that hopes for something: the instant of the kill is what varies.
    select.select([], [], [], delay)
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    os.close(reading)
    os.close(writing)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def seconds_per_save(jars, target):
    """How long one save takes here and now."""
    start = time.perf_counter()
    for jar in jars * 3:
        jar.save(target)
    return (time.perf_counter() - start) / (3 * len(jars))


def state_of(target, versions, jar_class, sizes):
    """What is at the target: the index of a version, "absent", "torn" or "unloadable"."""
    try:
        octets = target.read_bytes()
    except FileNotFoundError:
        return "absent"
    if octets not in versions:
        return "torn"
    jar = jar_class(target)
    try:
        jar.load()
    except OSError:
        return "unloadable"
    version = versions.index(octets)
    return str(version) if len(jar) == sizes[version] else "unloadable"


def main(task):
    """Does the task and returns the report."""
    jar_class = getattr(importlib.import_module(task["module"]), task["jar"])
    target = Path(task["target"])
    jars = [jar_class(), jar_class()]
    for jar, version in zip(jars, task["versions"], strict=True):
        jar.load(version)
    versions = [Path(version).read_bytes() for version in task["versions"]]
    sizes = [len(jar) for jar in jars]
    chance = random.Random(task["seed"])
    span = SAVES_PER_CHILD * seconds_per_save(jars, target)

    states, forbidden, signals = collections.Counter(), [], collections.Counter()
    for number in range(task["kills"]):
        # Every third child makes the file anew: then there may also be none.
        if number % 3 == 0:
            target.unlink(missing_ok=True)
        present = target.exists()
        delay = chance.uniform(0, span)
        signals[kill_one(jars, target, delay)] += 1
        state = state_of(target, versions, jar_class, sizes)
        states[state] += 1
        if state in {"torn", "unloadable"} or (state == "absent" and present):
            forbidden.append(f"{state} after kill {number}, {delay:.6f} s after the start")

    left = [path for path in target.parent.iterdir() if path != target]
    return {
        "signals": {str(number): count for number, count in signals.items()},
        "states": states,
        "forbidden": forbidden,
        "left_behind": {path.name: oct(path.lstat().st_mode & 0o7777) for path in left},
    }


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
