"""How a command ends: exit codes, and the way to one from wherever something is wrong.

Rules of this file:
- A code says one thing. What a command answers is 0 or 1, as with grep and diff; whoever could not
  answer says 2 or more.
"""

from __future__ import annotations

YES = 0  # done, all kept, alike, nothing to complain of
NO = 1  # refused, something lost, different, something to complain of, nothing there
USAGE = 2  # the arguments make no sense
TROUBLE = 3  # a file cannot be read or written, or is in no format that is known
INTERRUPTED = 130  # what shells report for SIGINT
BROKEN_PIPE = 141  # and for SIGPIPE


class Stop(Exception):  # noqa: N818 - no error of the program
    """
    A command ends here.

    Args:
        text: What was wrong, where, and what to do; without any cookie's value.
        code: The exit code.
    """

    def __init__(self, text: str, code: int = USAGE) -> None:
        super().__init__(text)
        self.code = code
