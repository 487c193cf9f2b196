"""What can go wrong, apart from what the network says.

Rules of this file:
- A refusal of a cookie that a server sent is a decision (policy.decision), never an exception.
- No message, and no attribute of an error, holds the value of a cookie.
- Every error can be pickled.
"""

from __future__ import annotations

import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cookietin.policy.decision import Reason

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


class CookieRejected(ValueError):  # noqa: N818 - as the field says it
    """
    A cookie that a program wanted to set was refused; the jar is as it was.

    Args:
        name: Its name.
        reasons: All reasons, members of `Reason`.

    Attributes: as the arguments. Neither they nor the message hold the cookie's value.
    """

    def __init__(self, name: str, reasons: Sequence[Reason]) -> None:
        said = " ".join(str(reason) for reason in reasons)
        super().__init__(f"cookie {shown(name)} was refused: {said or 'the policy said no'}")
        self.name = name
        self.reasons: tuple[Reason, ...] = tuple(reasons)

    def __reduce__(self) -> tuple[type[CookieRejected], tuple[str, Sequence[Reason]]]:
        return type(self), (self.name, self.reasons)


class CookieConflictError(ValueError):
    """Several cookies have the name that was asked for, and the caller wanted one (`strict=True`)."""


class ChangesMissedError(Exception):
    """
    Who reads `changes()` was too slow, and some changes were not kept for him.

    Args:
        missed: How many.
    """

    def __init__(self, missed: int) -> None:
        super().__init__(
            f"{missed} changes were missed, for the reader was too slow; read the jar anew, then go on"
        )
        self.missed = missed

    def __reduce__(self) -> tuple[type[ChangesMissedError], tuple[int]]:
        return type(self), (self.missed,)


class CookieSkippedWarning(UserWarning):
    """A cookie was left out of a file, because the format has no way to write it down."""


def warn_of_skipped(text: str) -> None:
    """Warn of cookies that were left out, at the line of the program that called into the package."""
    package, level, frame = __name__.partition(".")[0], 1, sys._getframe()
    # Ours, since `skip_file_prefixes` came with Python 3.12.
    while frame.f_back is not None and _is_within(package, frame.f_globals):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, CookieSkippedWarning, stacklevel=level)


def _is_within(package: str, names: dict[str, object]) -> bool:
    return str(names.get("__name__")).partition(".")[0] == package
