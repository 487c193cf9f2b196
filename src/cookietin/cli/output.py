"""What a command says: texts, tables and JSON on standard output, notes on standard error.

Rules of this file:
- Whatever a server may have written is made harmless: control characters and marks that turn the
  direction of writing are shown as escapes, and rich is given texts, never markup.
- Tables are rich's only on a terminal that is wide enough, where rich is there and nobody has said
  `--plain` or NO_COLOR.
- A character that the terminal's encoding does not know is shown as an escape, too.
"""

from __future__ import annotations

import os
import sys

from cookietin.cli.outcome import TROUBLE, Stop
from cookietin.tables import MASKED, as_text, harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, BinaryIO, TextIO

    from cookietin.cookie import CookieFields

    # The cells of a row, the sentences that belong to it, and how rich colours it.
    StyledRow = tuple[Sequence[str], Sequence[str], str]

PROGRAM = "cookietin"
_NARROWEST = 60  # columns


def note(text: str) -> None:
    """Say something on standard error, in one line."""
    if sys.stderr is not None:
        sys.stderr.write(_encodable(sys.stderr, f"{PROGRAM}: {harmless(text)}\n"))
        sys.stderr.flush()


def say(text: str) -> None:
    """Say something on standard output, in one line."""
    _stdout().write(_encodable(_stdout(), f"{harmless(text)}\n"))


def say_json(document: Mapping[str, object]) -> None:
    """Print one JSON document, in ASCII."""
    import json

    text = json.dumps(document, indent=2)
    # The one control character that JSON does not escape.
    _stdout().write(text.replace("\x7f", "\\u007f") + "\n")


def put_octets(octets: bytes) -> None:
    """Write octets on standard output as they are; what a terminal would obey is an escape there."""
    stream = _stdout()
    stream.flush()
    if stream.isatty():
        text = octets.decode("utf-8", "backslashreplace")
        for line in text.removesuffix("\n").split("\n"):
            shown = "\t".join(map(harmless, line.split("\t")))
            stream.write(_encodable(stream, shown + "\n"))
        return
    stream.buffer.write(octets)
    stream.buffer.flush()


def show_table(heading: Sequence[str], rows: Iterable[StyledRow], *, plain: bool) -> None:
    """
    Print a table.

    Args:
        heading: Names of the columns.
        plain: No boxes and colours, even on a terminal.
    """
    stream = _stdout()
    console = None if plain else _console(stream)
    if console is None:
        text = as_text(heading, [(cells, sentences) for cells, sentences, _ in rows])
        stream.write(_encodable(stream, text + "\n"))
    else:
        _show_rich(console, heading, rows)


def _show_rich(console: Any, heading: Sequence[str], rows: Iterable[StyledRow]) -> None:
    from rich.box import ROUNDED
    from rich.table import Table
    from rich.text import Text

    everything = list(rows)
    table = Table(box=ROUNDED, header_style="bold")
    for name in heading:
        table.add_column(Text(name), overflow="fold")
    explains = any(sentences for _, sentences, _ in everything)
    if explains:
        table.add_column(Text("why"), overflow="fold")
    for cells, sentences, style in everything:
        shown = [Text(harmless(cell)) for cell in cells]
        if explains:
            shown.append(Text("\n".join(map(harmless, sentences))))
        table.add_row(*shown, style=style)
    console.print(table)


def _console(stream: TextIO) -> Any:
    """rich's console, None where texts are to be plain."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    # Below that a column has no room for a letter, and rich leaves it out.
    return console if console.width >= _NARROWEST else None


def counted(number: int, word: str) -> str:
    """ "1 cookie", "2 cookies"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def pair_of(cookie: CookieFields) -> tuple[str, str]:
    """Name and value; the standard library has a nameless cookie's value where others have names."""
    if cookie.value is None:
        return "", str(cookie.name)
    return str(cookie.name), str(cookie.value)


def shown_value(cookie: CookieFields, *, values: bool) -> str:
    return pair_of(cookie)[1] if values else MASKED


def title_of(cookie: CookieFields) -> str:
    """Which cookie is meant, in one line without its value."""
    name = pair_of(cookie)[0]
    partition = getattr(cookie, "_partition_key", None)
    inside = "" if partition is None else f" in the partition of {partition}"
    return f"{harmless(name) or '(nameless)'} for {harmless(cookie.domain + cookie.path)}{inside}"


def fields_of(cookie: CookieFields, *, values: bool) -> dict[str, object]:
    """A cookie in Electron's fields, for JSON; the value only on request."""
    from cookietin.electron_fields import to_dict

    fields = to_dict(cookie)
    if not values:
        fields["value"] = MASKED
    return fields


def moment_text(seconds: float) -> str:
    """A moment as people write it, in UTC."""
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    except (OverflowError, ValueError):
        return f"{seconds} seconds after 1970"
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment.year > 999 else moment.isoformat()


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise Stop("there is no standard output", TROUBLE)
    return sys.stdout


def stdin_octets() -> BinaryIO:
    """Standard input as octets."""
    if sys.stdin is None:
        raise Stop("there is no standard input", TROUBLE)
    return sys.stdin.buffer


def _encodable(stream: TextIO, text: str) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
