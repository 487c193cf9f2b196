"""What can go wrong, apart from what the network says.

Rules of this file:
- A refusal of a cookie that a server sent is a decision (policy.decision), never an exception.
- No message, and no attribute of an error, holds the value of a cookie.
- Every error can be pickled.
"""

from __future__ import annotations

LONGEST_SHOWN = 80


def shown(text: object) -> str:
    """The `repr` of something harmless (a path, a name), cut in the middle to 80 characters."""
    quoted = repr(text)
    if len(quoted) <= LONGEST_SHOWN:
        return quoted
    # The end says most: of a path it is the file.
    half = LONGEST_SHOWN // 4
    return f"{quoted[:half]}...{quoted[half + 3 - LONGEST_SHOWN :]}"


class FormatError(OSError):
    """
    A cookie file does not hold what its format promises.

    Args:
        source: Name of the file, as the caller gave it.
        line_number: The line at fault, counted from 1; None if the file as a whole is meant.
        problem: What was expected, what was found, and what to do; without any cookie's value.

    The jar that was loading stays as it was.
    """

    def __init__(self, source: object, line_number: int | None, problem: str) -> None:
        where = shown(source) if line_number is None else f"{shown(source)}, line {line_number}"
        super().__init__(f"{where}: {problem}")
        self.source = source
        self.line_number = line_number
        self.problem = problem

    def __reduce__(self) -> tuple[type[FormatError], tuple[object, int | None, str]]:
        return type(self), (self.source, self.line_number, self.problem)


class CookieSkippedWarning(UserWarning):
    """A cookie was left out of a file, because the format has no way to write it down."""
