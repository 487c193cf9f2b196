"""What was typed, as options.

Rules of this file:
- The arguments of a command are described when that command was named: the others cost nothing.
- Wrong usage is one line. Of an option that nobody expected it shows what stands before "=", and of
  another argument nothing, for it may be a piece of a cookie's value.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

import cookietin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

CODES = """\
exit codes:
  0    done: all was kept, alike, nothing to complain of, something to send
  1    done, but: something lost, refused, different, to complain of; nothing there
  2    the arguments make no sense, or a file is there that should not be replaced
  3    a file cannot be read or written, or is in no format that is known
  130  interrupted
  141  whoever reads the output has gone
"""

# What a command is called -> where it is, and what it does.
COMMANDS = {
    "show": ("asking", "list the cookies of a file"),
    "explain": ("asking", "say of each cookie whether a request gets it, and why it does not"),
    "header": ("asking", "print the value of the Cookie field for a request"),
    "check": ("checking", "say what is wrong with a file, line by line"),
    "convert": ("converting", "write the cookies of a file in another format"),
    "merge": ("converting", "put the cookies of several files into one"),
    "diff": ("comparing", "say how the cookies of two files differ"),
    "set": ("changing", "set a cookie in a file"),
    "rm": ("changing", "remove cookies from a file"),
    "demo": ("playing", "log in to a server on this machine and show what becomes of each cookie"),
}


class _Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        from cookietin.cli.output import note

        command = self.prog.rpartition(" ")[2] if " " in self.prog else ""
        where = f"{command}: " if command in COMMANDS else ""
        note(f"{where}{message}; see `{self.prog} --help`")
        self.exit(2)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        options, unexpected = self.parse_known_args(args, namespace)
        if unexpected:
            at_fault = _command_in(self, options)
            first = unexpected[0].partition("=")[0]
            if not first.startswith("-"):
                at_fault.error(
                    f"nobody expected so many arguments: {len(unexpected)} too many; "
                    "quote what has blanks in it"
                )
            at_fault.error(f"nobody expected the argument {first[:80]!r}")
        return options


def _command_in(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Any:
    return getattr(options, "parser", parser)


def parsed(arguments: Sequence[str] | None) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """
    The parser and the options; `options.run` is the command, `options.parser` its parser.

    Raises:
        SystemExit: The arguments make no sense; or help or the version was asked for.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    is_module = sys.argv[0].endswith(os.path.join("cookietin", "__main__.py"))
    name = "python -m cookietin" if is_module else "cookietin"
    parser = _Parser(
        prog=name,
        description="Look at files of cookies, ask what they would send, change and convert them.",
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cookietin {cookietin.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    wanted = given[0] if given and given[0] in COMMANDS else None
    for command, (room, text) in COMMANDS.items():
        if command == wanted or wanted is None:
            described = commands.add_parser(
                command,
                help=text,
                description=text[0].upper() + text[1:] + ".",
                epilog=CODES,
                formatter_class=argparse.RawDescriptionHelpFormatter,
                allow_abbrev=False,
            )
            _DESCRIBED[command](described)
            described.set_defaults(run=_Run(room, command), parser=described)
    return parser, parser.parse_args(given)


class _Run:
    """A command that is imported when it runs."""

    def __init__(self, room: str, command: str) -> None:
        self._room = room
        self._command = command

    def __call__(self, options: argparse.Namespace) -> int:
        room = importlib.import_module(f"cookietin.cli.{self._room}")
        code: int = getattr(room, _NAMES.get(self._command, self._command))(options)
        return code


# Where the command's name is one of Python's.
_NAMES = {"set": "set_cookie", "rm": "remove"}


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the file; - for standard input")
    _format(parser)


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", metavar="NAME", help="its format; otherwise what the file holds tells it"
    )


def _filters(parser: argparse.ArgumentParser, *, url: bool = True) -> None:
    group = parser.add_argument_group("which cookies; all of these have to agree")
    group.add_argument("--url", help="those that go with a request for it")
    group.add_argument("--name", help="of exactly this name")
    group.add_argument("--domain", help="of this domain and its subdomains")
    group.add_argument("--host", help="those that a request to this host could have")
    group.add_argument("--path", help="of exactly this path")
    for option, text in (
        ("--secure", "Secure"),
        ("--session", "without an expiry-time"),
        ("--http-only", "HttpOnly"),
        ("--expired", "that have ended"),
    ):
        group.add_argument(option, action=argparse.BooleanOptionalAction, help=f"those {text}")
    group.add_argument("--same-site", help="Strict, Lax, None or unspecified")
    group.add_argument("--partition-key", metavar="SITE", help="of this partition; '' for none")
    _policy(parser)


def _policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy",
        choices=("browser", "default"),
        default="browser",
        help="whose rules decide: today's browsers', or the standard library's default policy",
    )


def _context(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("who asks; otherwise a user who typed the address")
    group.add_argument("--method", default="GET", help="method of the request")
    asker = group.add_mutually_exclusive_group()
    asker.add_argument("--site-for-cookies", metavar="URL", help="the page that causes the request")
    asker.add_argument("--cross-site", action="store_true", help="the page is of another site")
    group.add_argument(
        "--subresource", action="store_true", help="the response is an image, a script, a frame"
    )
    group.add_argument("--script", action="store_true", help="a script asks, not HTTP")
    group.add_argument(
        "--partition", metavar="URL", help="the top-level document, for partitioned cookies"
    )
    _policy(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--values", action="store_true", help="show values instead of ***")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--plain", action="store_true", help="no boxes, no colours")


def _describe_show(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    _filters(parser)
    _output(parser)


def _describe_explain(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("url", metavar="URL", help="http, https, ws or wss URL of the request")
    parser.add_argument("--all", action="store_true", help="cookies of other sites too")
    _context(parser)
    _output(parser)


def _describe_header(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("url", metavar="URL", help="http, https, ws or wss URL of the request")
    parser.add_argument("--with-name", action="store_true", help="print 'Cookie: ' before it")
    _context(parser)


def _describe_check(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _describe_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="IN", help="the file to read; - for standard input")
    parser.add_argument("output", metavar="OUT", help="the file to write; - for standard output")
    parser.add_argument("--from", metavar="NAME", help="format of IN; otherwise what it holds says")
    parser.add_argument("--to", metavar="NAME", help="format of OUT, unless OUT has one")
    parser.add_argument("--force", action="store_true", help="replace OUT if there is such a file")
    _strict(parser)
    _filters(parser)


def _strict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strict", action="store_true", help="write nothing unless everything is kept"
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON document")


def _describe_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUT", help="the file to add to; - for standard output")
    parser.add_argument("inputs", metavar="IN", nargs="+", help="files to add; the last one wins")
    parser.add_argument("--format", metavar="NAME", help="format of OUT, if there is no OUT yet")
    parser.add_argument("--force", action="store_true", help="even if OUT has unreadable lines")
    parser.add_argument("--json", action="store_true", help="the report as one JSON document")


def _describe_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="a file; - for standard input")
    parser.add_argument("second", metavar="B", help="another one")
    parser.add_argument("--from", metavar="NAME", help="format of A; otherwise what it holds says")
    parser.add_argument("--to", metavar="NAME", help="format of B; otherwise what it holds says")
    _output(parser)


def _describe_set(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("pair", metavar="NAME=VALUE", help="NAME=- reads the value from stdin")
    parser.add_argument(
        "--value-from-stdin", action="store_true", help="NAME alone is given, the value on stdin"
    )
    parser.add_argument("--url", help="set as if by a response of this URL")
    parser.add_argument("--domain", help="for this domain and its subdomains")
    parser.add_argument("--path", help="default that of the URL")
    parser.add_argument("--secure", action="store_true", default=None, help="over https alone")
    parser.add_argument("--http-only", action="store_true", help="hidden from scripts")
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--expires", metavar="DATE", help="2027-01-31T12:00Z, or seconds since 1970")
    ends.add_argument("--max-age", metavar="SECONDS", type=float, help="default: with the session")
    parser.add_argument(
        "--same-site", default="Lax", help="Strict, Lax (default), None, unspecified"
    )
    parser.add_argument("--partitioned", action="store_true", help="in the partition of the URL")
    parser.add_argument("--force", action="store_true", help="even if FILE has unreadable lines")
    _policy(parser)


def _describe_rm(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    _filters(parser)
    parser.add_argument("--force", action="store_true", help="even if FILE has unreadable lines")


def _describe_demo(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Log in to a server on 127.0.0.1, browse it, save cookies.txt, load it in a "
        "second process that is still logged in, and show what became of each cookie. "
        "Exits 0 only if everything went as it should; leaves nothing behind."
    )
    parser.formatter_class = argparse.HelpFormatter
    parser.epilog = None
    # How the demo starts its second process; of no use to anybody else.
    parser.add_argument("--second", nargs=2, metavar=("FILE", "PORT"), help=argparse.SUPPRESS)


_DESCRIBED: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "show": _describe_show,
    "explain": _describe_explain,
    "header": _describe_header,
    "check": _describe_check,
    "convert": _describe_convert,
    "merge": _describe_merge,
    "diff": _describe_diff,
    "set": _describe_set,
    "rm": _describe_rm,
    "demo": _describe_demo,
}
