"""The commands of `cookietin`, which is `python -m cookietin` as well.

The life of a command: `arguments` reads what was typed, one of the rooms of commands (`asking`,
`checking`, `comparing`, `converting`, `changing`) answers, and `outcome` says how it ended. Files come
in by `sources` and go out by `sinks`; what a terminal is shown passes through `output`.

Rules of this package:
- A room is imported when its command runs, and so is whatever it needs.
- No value of a cookie is printed unless somebody asks for it with `--values`; `header` and `convert`,
  which are asked for nothing else, are the exceptions.
- What a server may have written is made harmless before a terminal gets it.
- What is wrong with the input is one line that says what and where, never a traceback.
"""

from __future__ import annotations

import contextlib
import os
import sys

from cookietin.cli.outcome import BROKEN_PIPE, INTERRUPTED, TROUBLE, USAGE, Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Args:
        arguments: Those after the program's name; None reads `sys.argv`.

    Returns:
        The exit code; `outcome` has them all.

    Raises:
        SystemExit: After `--help`, `--version` and arguments that make no sense.
    """
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Stop as stop:
        return _say(str(stop), stop.code)
    except BrokenPipeError:
        # The reader has seen enough (`| head`).
        _give_up_output()
        return BROKEN_PIPE
    except OSError as error:
        # What is read or written under a name has said so itself: this is standard output, or
        # whatever the system has run out of.
        _give_up_output()
        where = "standard output" if error.filename is None else error.filename
        return _say(f"{where}: {error.strerror or error}", TROUBLE)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    from cookietin.cli.arguments import parsed

    parser, options = parsed(arguments)
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    return options.run(options)  # type: ignore[no-any-return]  # as every command does


def _say(text: str, code: int) -> int:
    from cookietin.cli.output import note

    note(text)
    return code


def _give_up_output() -> None:
    """Send what is left to flush at exit nowhere."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError):  # it may be no file of the system
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
