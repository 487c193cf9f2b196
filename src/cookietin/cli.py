"""The commands of `python -m cookietin`.

Rules of this file:
- Reads arguments and returns exit codes: 0 success, 1 failure, 2 wrong usage.
- A command imports what it needs when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys

import cookietin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SUCCESS, FAILURE, USAGE = 0, 1, 2
INTERRUPTED = 130  # what shells report for SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Args:
        arguments: Those after the program's name; None reads `sys.argv`.

    Returns:
        The exit code.

    Raises:
        SystemExit: After `--help`, `--version` and arguments that make no sense.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code = _run(parser, options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`| head`); what is left to flush at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cookietin",
        description="A drop-in for http.cookiejar.",
    )
    parser.add_argument("--version", action="version", version=f"cookietin {cookietin.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    demo = commands.add_parser(
        "demo",
        help="log in to a server on this machine and show what becomes of each cookie",
        description="Log in to a server on 127.0.0.1, browse it, save cookies.txt, load it in a "
        "second process that is still logged in, and show what became of each cookie. "
        "Exits 0 only if everything went as it should; leaves nothing behind.",
    )
    # How the demo starts its second process; of no use to anybody else.
    demo.add_argument("--second", nargs=2, metavar=("FILE", "PORT"), help=argparse.SUPPRESS)
    return parser


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    return _demo(parser, options.second)


def _demo(parser: argparse.ArgumentParser, second: Sequence[str] | None) -> int:
    from cookietin import demo

    if second is None:
        succeeded = demo.run()
    else:
        filename, port = second
        if not (port.isascii() and port.isdecimal()):
            parser.error(f"--second: expected a port number, got {port[:80]!r}")
        succeeded = demo.run_second(filename, int(port))
    return SUCCESS if succeeded else FAILURE
