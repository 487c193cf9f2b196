"""Verdicts on cookies as text for a terminal and as HTML for a notebook.

Rules of this file:
- Knows texts alone; the caller has left out what nobody may see.
- Whatever a server may have written is made harmless first: control characters, and HTML.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    # The cells of a row, and the sentences that belong to it.
    Row = tuple[Sequence[str], Sequence[str]]

MASKED = "***"
HEADING = ("", "name", "domain", "path", "value")


def harmless(text: object) -> str:
    """A text without control characters, which could move the cursor or forge a line."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown
    )


def as_text(heading: Sequence[str], rows: Iterable[Row]) -> str:
    """Aligned columns, each row followed by its sentences."""
    lines = [([harmless(cell) for cell in cells], sentences) for cells, sentences in rows]
    widths = [
        max(map(len, column))
        for column in zip(heading, *(cells for cells, _ in lines), strict=True)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        return "  ".join(padded).rstrip()

    text = [line(heading)]
    for cells, sentences in lines:
        text.append(line(cells))
        text.extend(f"    {harmless(sentence)}" for sentence in sentences)
    return "\n".join(text)


def as_html(heading: Sequence[str], rows: Iterable[Row]) -> str:
    """A table; the sentences of a row stand in a row of their own below it."""
    import html

    def row(cells: Iterable[str], tag: str) -> str:
        inner = "".join(f"<{tag}>{html.escape(harmless(cell))}</{tag}>" for cell in cells)
        return f"<tr>{inner}</tr>"

    parts = [f"<thead>{row(heading, 'th')}</thead>", "<tbody>"]
    for cells, sentences in rows:
        parts.append(row(cells, "td"))
        if sentences:
            said = "<br>".join(html.escape(harmless(sentence)) for sentence in sentences)
            parts.append(f'<tr><td></td><td colspan="{len(heading) - 1}">{said}</td></tr>')
    parts.append("</tbody>")
    return f"<table>{''.join(parts)}</table>"
