"""The code blocks of README.md and of the pages in docs, and who runs each.

Rules of this file:
- A block has one runner, or a reason why it has none; nothing is run twice, nothing slips through.
- Sphinx runs directives, in CI's step for the docs.
"""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^(```+)(\S+)[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
# What Sphinx runs.
EXAMPLES = ("{doctest}", "{testcode}", "{testoutput}", "{testsetup}", "{testcleanup}")
# What is no code: directives that show something, drawings.
NO_CODE = (
    "{toctree}",
    "{eval-rst}",
    "{container}",
    "{image}",
    "{include}",
    "{causes-table}",
    "{reasons-table}",
    "{formats-table}",
    "text",
)
# tests/unit/cli/test_pages.py types them in.
CONSOLE_PAGES = ("docs/how-to/convert-a-file.md", "docs/reference/command-line.md")
# Pages whose console blocks ask the server of test_console_blocks.py, and what they need.
CLIENT_CONSOLES = {
    "docs/how-to/use-with-httpie.md": "httpie",
    "docs/how-to/use-with-yt-dlp.md": "yt_dlp",
}

# Blocks that this suite does not run: by page and first line, the reason.
EXCEPTIONS = {
    (
        "README.md",
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/python -m cookietin demo",
    ): "installs from an index; CI runs it, word for word, in its step readme_commands",
    (
        "README.md",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ): "installs from an index; CI runs it, word for word, in its step readme_commands",
    (
        "docs/how-to/use-with-yt-dlp.md",
        "$ python yt_dlp_with_cookietin.py --cookies for-yt-dlp.txt --quiet --output video.mp4 "
        "http://127.0.0.1:8000/video.mp4",
    ): "tests/interop/substitution runs yt-dlp so, which takes seconds to start",
    ("docs/index.md", "python -m cookietin demo"): "CI runs it in a step for each Python",
    ("docs/contributing.md", "python3 -m venv .venv"): "installs from an index, as CI does",
    ("docs/contributing.md", ".venv/bin/python -m pytest"): "is the run that this test is part of",
    (
        "docs/contributing.md",
        ".venv/bin/python -m pytest tests/parity/test_departures.py",
    ): "is a part of the run that this test is part of",
    (
        "docs/contributing.md",
        "HYPOTHESIS_PROFILE=thorough .venv/bin/python -m pytest tests/property",
    ): "takes an hour; CI runs the same tests with fewer examples",
    (
        "docs/contributing.md",
        ".venv/bin/python tests/property/fuzz_browser.py --inputs 10000000 --processes 2",
    ): "takes hours; CI runs it with fewer inputs",
    (
        "docs/contributing.md",
        ".venv/bin/python tests/interop/suites/run.py --count "
        "--page docs/reference/clients-own-tests.md \\",
    ): "takes half an hour; CI runs the quick ones of these tests",
    (
        "docs/contributing.md",
        ".venv/bin/python docs/life_of_a_cookie.py",
    ): "tests/unit/test_life_of_a_cookie.py draws, and compares",
    ("docs/contributing.md", ".venv/bin/ruff check ."): "is CI's steps linters and docs",
    (
        "docs/contributing.md",
        ".venv/bin/python -m tests.bench.policies",
    ): "measures for minutes on a machine that is idle",
    (
        "docs/contributing.md",
        'git tag -a v0.1.0 -m "cookietin 0.1.0"',
    ): "installs from an index; CI's step distributions builds and checks so in a clone",
    (
        "docs/reference/speed.md",
        "$ python -m tests.bench --long --rounds 5 --json bench.json",
    ): "measures for an hour; CI runs the same benchmark with --quick",
    (
        "docs/reference/comparison.md",
        "python -m pytest tests/interop/peers tests/interop/browsers/test_comparison.py",
    ): "is a part of the run that this test is part of",
    (
        "docs/how-to/browser-rules.md",
        "python -m pip install --upgrade publicsuffixlist",
    ): "installs from an index; CI installs the newest at each run",
}


# The line with which the page of an integration says how to install its client.
EXTRA = re.compile(r"pip install 'cookietin\[(\w+)\]'\n")


class Block(NamedTuple):
    """A fenced block: its page as README.md names it, its line, the word behind the fence, its text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def first_line(self):
        return self.text.partition("\n")[0]

    @property
    def where(self):
        return f"{self.page}:{self.line}"


def pages():
    """README.md and all pages of docs."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks_of(page):
    """The blocks of a page, in their order."""
    text = page.read_text("utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found[2], found[3])
        for found in _BLOCK.finditer(text)
    ]


BLOCKS = [block for page in pages() for block in blocks_of(page)]
SHELL = [
    block
    for block in BLOCKS
    if block.language == "sh"
    and (block.page, block.first_line) not in EXCEPTIONS
    and not EXTRA.fullmatch(block.text)
]
