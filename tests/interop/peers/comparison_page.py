"""docs/reference/comparison.md, read as tables: what each cell says, and what stands behind it."""

import functools
import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "comparison.md"
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


@functools.cache
def cells():
    """The cells of all tables: by the first cell of a row, and the heading of a column."""
    found, heading = {}, None
    for line in PAGE.read_text("utf-8").splitlines():
        row = _ROW.match(line)
        if row is None:
            heading = None
            continue
        first, *others = (cell.strip() for cell in row[1].split("|"))
        if heading is None:
            heading = others
        elif not set(first) <= set("-: "):
            found[first] = dict(zip(heading, others, strict=True))
    return found


def footnotes():
    """What each footnote says, by its label."""
    return dict(re.findall(r"^\[\^([\w-]+)\]: (.+)$", PAGE.read_text("utf-8"), re.MULTILINE))
