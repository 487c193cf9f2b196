"""Saves one jar under a limit of the operating system, and tells how that went.

Started by the fault tests; the task comes as JSON on standard input:

    jar       name of a class of cookietin.cookiejar
    source    file to load the jar from, before any limit is set
    target    file to save it to
    warm_up   file to save it to before the limits are set, so that nothing is left to import
    size      most octets that a file may have (RLIMIT_FSIZE)
    deadly    true: past that size the kernel kills the process instead of failing the write
    free      how many more files may be opened (RLIMIT_NOFILE)
    user      numeric user to become (needs root)
    umask     mask for new files

Only jar, source, target and warm_up are required.
"""

import json
import os
import resource
import signal
import sys

from cookietin import cookiejar


def lowest_free_descriptor():
    """The number that the next opened file would get."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def open_descriptors():
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))


def allow_files(count):
    """Sets the soft limit, which can be lifted again."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, ceiling_of_files()))


def ceiling_of_files():
    """The hard limit of open files."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def set_limits(task):
    """Puts the limits of the task on this process."""
    # Python starts with SIGXFSZ ignored, so that a write fails with EFBIG; said here again.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if task.get("deadly") else signal.SIG_IGN)
    if "size" in task:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (task["size"], task["size"]))
    if "umask" in task:
        os.umask(task["umask"])
    if "user" in task:
        os.setgroups([])
        os.setgid(task["user"])
        os.setuid(task["user"])
    if "free" in task:
        allow_files(lowest_free_descriptor() + task["free"])


def main(task):
    """Does the task and returns the report."""
    jar = getattr(cookiejar, task["jar"])()
    jar.load(task["source"])
    jar.save(task["warm_up"])
    before = [(cookie, repr(cookie)) for cookie in jar]
    descriptors = open_descriptors()
    set_limits(task)

    report = {"raised": None, "errno": None}
    try:
        jar.save(task["target"])
    except OSError as error:
        report = {"raised": type(error).__name__, "errno": error.errno}

    allow_files(ceiling_of_files())
    return {
        **report,
        "jar_unchanged": [(cookie, repr(cookie)) for cookie in jar] == before,
        "descriptors_left_open": open_descriptors() - descriptors,
    }


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
