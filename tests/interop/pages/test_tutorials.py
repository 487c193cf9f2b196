"""The tutorials, typed line by line into an interactive Python, as their reader does it.

doctest takes a statement as a whole; an interpreter takes a line, and an empty line ends a statement.
"""

import code
import contextlib
import doctest
import io
import re

import pytest
from page_blocks import DOCS, ROOT, blocks_of
from page_examples import FLAGS

TUTORIALS = sorted((DOCS / "tutorial").glob("*.md"))
_OPTION = re.compile(r"#\s*doctest:\s*\+NORMALIZE_WHITESPACE")


def typed(page):
    """The examples of a page: lines with their prompts, and what is printed."""
    for block in blocks_of(page):
        if block.language != "{doctest}":
            continue
        lines, printed = [], []
        for line in re.sub(r"^:skipif: .*\n", "", block.text).splitlines():
            if line.startswith((">>>", "...")) and not (line.startswith("...") and printed):
                if printed or (lines and line.startswith(">>>")):
                    yield lines, printed
                    lines, printed = [], []
                lines.append(line)
            elif line or printed:
                printed.append(line)
        yield lines, printed


@pytest.mark.parametrize(
    "page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in TUTORIALS]
)
def test_tutorial_can_be_typed_in(page, tmp_path, monkeypatch):
    """Each prompt is the one that the interpreter shows, each output what it prints."""
    for block in blocks_of(page):
        for client in re.findall(r"^:skipif: _missing\(\"(\w+)\"", block.text, re.MULTILINE):
            pytest.importorskip(client)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "*")
    console = code.InteractiveConsole()

    for lines, printed in typed(page):
        said, more = io.StringIO(), False
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            for line in lines:
                assert line.startswith("..." if more else ">>>"), f"{page.name}: {line}"
                more = console.push(line[4:])
        assert not more, f"{page.name}: goes on after {lines[-1]!r}"
        flags = FLAGS | (doctest.NORMALIZE_WHITESPACE if _OPTION.search("".join(lines)) else 0)
        want = "".join(f"{line}\n" for line in printed).rstrip("\n")
        want = f"{want}\n" if want else ""
        assert doctest.OutputChecker().check_output(want, said.getvalue(), flags), (
            lines,
            want,
            said.getvalue(),
        )
