"""Draws the life of a cookie, from the names and docstrings of the code, for light and dark pages.

    python docs/life_of_a_cookie.py

Writes `_static/life-of-a-cookie.svg`, `_static/rooms.svg` and the same with `-dark`.

Rules of this file:
- What a box says is the first line of its module's docstring; which rooms lie on which is what
  `pyproject.toml` lets the linter check. Only places on the paper are written down here.
- A module or function that is gone raises LookupError, so that no picture shows it.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import cookietin

DOCS = Path(__file__).resolve().parent
STATIC = DOCS / "_static"
SOURCE = Path(cookietin.__file__).parent

LIGHT = {
    "ink": "#1f2328",
    "faint": "#57606a",
    "line": "#8c959f",
    "box": "#ffffff",
    "edge": "#d0d7de",
    "shared": "#fdf6e3",
    "shared_edge": "#d4a72c",
    "name": "#0550ae",
    "pill": "#fff1e5",
    "pill_edge": "#e16f24",
    "no": "#a40e26",
    "layer": "#f6f8fa",
}
DARK = {
    "ink": "#e6edf3",
    "faint": "#9da7b3",
    "line": "#6e7681",
    "box": "#161b22",
    "edge": "#3d444d",
    "shared": "#272115",
    "shared_edge": "#9e6a03",
    "name": "#79c0ff",
    "pill": "#2d1a0e",
    "pill_edge": "#db6d28",
    "no": "#ff7b72",
    "layer": "#161b22",
}

WIDTH = 760
LEFT, RIGHT, LANE, GAP = 56, 392, 312, 30
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SANS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


class Room(NamedTuple):
    """
    A box of the picture.

    Args:
        module: Name in the package: "set_cookie.netscape".
        calls: A function, or a method with its class, in which the cookie is then.
        lane: "left" for the default policy, "right" for browser rules, "both".
    """

    module: str
    calls: tuple[str, ...]
    lane: str


# From top to bottom: what happens, and the rooms in which it does.
STAGES: tuple[tuple[str, tuple[Room, ...]], ...] = (
    (
        "read",
        (
            Room("set_cookie.netscape", ("parse",), "left"),
            Room("set_cookie.rfc6265", ("parse",), "right"),
        ),
    ),
    ("filled in", (Room("canonical", ("plain_cookie", "browser_cookie"), "both"),)),
    (
        "judged",
        (
            Room("policy.classic_rules", ("refusal_to_set",), "left"),
            Room("policy.browser_rules", ("refusal_to_set",), "right"),
        ),
    ),
    (
        "stored",
        (
            Room("store", ("Store.put",), "left"),
            Room("eviction", ("keep",), "right"),
        ),
    ),
    (
        "matched",
        (
            Room("matching", ("returnable",), "left"),
            Room("browser_matching", ("cookies_for_request",), "right"),
        ),
    ),
    (
        "written",
        (
            Room("cookie_header", ("attributes_of",), "left"),
            Room("browser_matching", ("pairs_of",), "right"),
        ),
    ),
)
# After the stage of this number, what else happens.
ASIDE = {
    3: ("policy.decision", "Decision", "no: a Decision, with every reason"),
    5: ("explain", "explain", "no: it stays at home; explain says why"),
}
# Who leads the cookie through the stages from one number to another.
LEADERS = ((("receiving", "browser_receiving"), 1, 4), (("jar",), 5, 6))


def path_of(module: str) -> Path:
    """The file of a module of the package; that of a package is its `__init__.py`."""
    path = SOURCE.joinpath(*module.split("."))
    for found in path.with_suffix(".py"), path / "__init__.py":
        if found.is_file():
            return found
    raise LookupError(f"the picture shows {module}, and there is no such module")


@functools.cache
def tree_of(module: str) -> ast.Module:
    """What a module is made of."""
    return ast.parse(path_of(module).read_text("utf-8"))


def sentence_of(module: str) -> str:
    """What the first line of its docstring says, without the number of a stage."""
    return _first_line(module, tree_of(module))


def _first_line(name: str, node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    said = ast.get_docstring(node)
    if not said:
        raise LookupError(f"{name} has no docstring")
    first = re.sub(r"^Stages? \d(?: and \d)?(?: under browser rules)?: ", "", said.splitlines()[0])
    first = first.replace("`", "").replace("<->", "\N{LEFT RIGHT ARROW}")
    first = first.replace("->", "\N{RIGHTWARDS ARROW}")
    return first[0].upper() + first[1:]


def found_in(module: str, name: str) -> ast.FunctionDef | ast.ClassDef:
    """
    The function, class or method of a module.

    Raises:
        LookupError: There is none of this name.
    """
    body: list[ast.stmt] = tree_of(module).body
    for part in name.split("."):
        found = [
            node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == part
        ]
        if not found:
            raise LookupError(f"the picture shows {module}.{name}, and there is no such name")
        body = found[0].body
    return found[0]


def said_of(room: Room) -> str:
    """What its module says; of a module that is shown twice, what the function says."""
    again = [each for _, rooms in STAGES for each in rooms if each.module == room.module]
    if again[0] is room:
        return sentence_of(room.module)
    return _first_line(room.module, found_in(room.module, room.calls[0]))


class Paper:
    """An SVG that grows downwards."""

    def __init__(self, colours: dict[str, str], title: str) -> None:
        self._colours, self._title, self._parts = colours, title, []  # type: ignore[var-annotated]  # texts
        self.height = 0.0

    def text(
        self,
        x: float,
        y: float,
        said: str,
        colour: str = "ink",
        *,
        size: float = 12,
        mono: bool = False,
        bold: bool = False,
        anchor: str = "start",
        turned: int = 0,
    ) -> None:
        turn = f' transform="rotate({turned} {x:g} {y:g})"' if turned else ""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" font-family="{MONO if mono else SANS}" font-size="{size:g}"'
            f' font-weight="{600 if bold else 400}" text-anchor="{anchor}"'
            f' fill="{self._colours[colour]}"{turn}>{escape(said)}</text>'
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        edge: str,
        round: float = 8,
    ) -> None:
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round:g}"'
            f' fill="{self._colours[fill]}" stroke="{self._colours[edge]}"/>'
        )
        self.height = max(self.height, y + height)

    def line(
        self, *points: tuple[float, float], colour: str = "line", dashed: bool = False
    ) -> None:
        path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        self._parts.append(
            f'<path d="{path}" fill="none" stroke="{self._colours[colour]}"'
            f' stroke-width="1.5"{dash}/>'
        )

    def arrow(self, x: float, y: float, to: float) -> None:
        """Straight down."""
        self.line((x, y), (x, to - 6))
        self._parts.append(
            f'<path d="M{x - 4:g} {to - 7:g} L{x + 4:g} {to - 7:g} L{x:g} {to:g} Z"'
            f' fill="{self._colours["line"]}"/>'
        )

    def head(self, x: float, y: float, turn: int) -> None:
        """The head of an arrow that points to the right, or with a turn of 1 to the left."""
        self._parts.append(
            f'<path d="M{x + 7 * turn:g} {y - 4:g} L{x + 7 * turn:g} {y + 4:g} L{x:g} {y:g} Z"'
            f' fill="{self._colours["line"]}"/>'
        )

    def svg(self) -> str:
        height = self.height + 12
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}"'
            f' viewBox="0 0 {WIDTH} {height:g}" role="img">\n'
            f"<title>{escape(self._title)}</title>\n" + "\n".join(self._parts) + "\n</svg>\n"
        )


def life(colours: dict[str, str]) -> str:
    """The way of a cookie through the rooms, from a Set-Cookie field to a Cookie field."""
    paper = Paper(colours, "The life of a cookie, from Set-Cookie to Cookie")
    left, right = LEFT + LANE / 2, RIGHT + LANE / 2
    middle = (LEFT + RIGHT + LANE) / 2
    half = _pill(paper, middle, 8, "Set-Cookie: sid=1; Path=/; Secure")
    y, tops = 74.0, {}
    for x, edge in (left, middle - half), (right, middle + half):
        paper.line((edge, 24), (x, 24), (x, 40))
        paper.arrow(x, 40, y)
    paper.text(left - 10, 54, "DefaultCookiePolicy", "faint", mono=True, anchor="end")
    paper.text(right + 10, 54, "BrowserCookiePolicy", "faint", mono=True)
    for number, (verb, rooms) in enumerate(STAGES, 1):
        height = max(_height(room) for room in rooms)
        tops[number] = (y, y + height)
        paper.text(20, y + 22, str(number), "faint", size=20, bold=True, anchor="middle")
        paper.text(20, y + 40, verb, "faint", size=9, anchor="middle")
        for room in rooms:
            _room(paper, room, y, height)
        y += height
        if number in ASIDE:
            y = _aside(paper, number, y)
        if number == 4:
            y = _memory(paper, y)
        if number < len(STAGES):
            for x in (left, right):
                paper.arrow(x, y, y + GAP)
            y += GAP
    half = _pill(paper, middle, y + 18, "Cookie: sid=1")
    for x, edge, turn in (left, middle - half, -1), (right, middle + half, 1):
        paper.line((x, y), (x, y + 34), (edge + 7 * turn, y + 34))
        paper.head(edge, y + 34, turn)
    for modules, first, last in LEADERS:
        _brace(paper, modules, tops[first][0], tops[last][1])
    return paper.svg()


def _height(room: Room) -> float:
    width = 2 * LANE + RIGHT - LEFT - LANE if room.lane == "both" else LANE
    return 50 + 15 * len(_wrapped(said_of(room), width))


def _wrapped(said: str, width: float) -> list[str]:
    return textwrap.wrap(said, int((width - 28) / 6.3))


def _room(paper: Paper, room: Room, y: float, height: float) -> None:
    for name in room.calls:
        found_in(room.module, name)
    both = room.lane == "both"
    x = RIGHT if room.lane == "right" else LEFT
    width = RIGHT + LANE - LEFT if both else LANE
    paper.box(x, y, width, height, *(("shared", "shared_edge") if both else ("box", "edge")))
    paper.text(x + 14, y + 21, room.module.replace(".", "/") + ".py", mono=True, bold=True)
    paper.text(x + 14, y + 38, " or ".join(room.calls), "name", mono=True, size=11.5)
    for number, line in enumerate(_wrapped(said_of(room), width)):
        paper.text(x + 14, y + 56 + 15 * number, line, "faint")


def _aside(paper: Paper, number: int, y: float) -> float:
    module, name, said = ASIDE[number]
    found_in(module, name)
    left, right, half = LEFT + LANE / 2, RIGHT + LANE / 2, 3 * len(said) + 6
    middle = (left + right) / 2
    for x, edge in (left, middle - half), (right, middle + half):
        paper.line((x, y), (x, y + 24))
        paper.line((x, y + 14), (edge, y + 14), colour="no", dashed=True)
    paper.text(middle, y + 18, said, "no", size=11, anchor="middle")
    return y + 24


def _memory(paper: Paper, y: float) -> float:
    """What holds the cookie until a request is made, and who else looks at it."""
    sides = (
        ("store", "domain \N{RIGHTWARDS ARROW} path \N{RIGHTWARDS ARROW} name"),
        ("changes", "who listens is told"),
        ("files", "one program's file"),
        ("database", "a file of many"),
    )
    for x in (LEFT + LANE / 2, RIGHT + LANE / 2):
        paper.arrow(x, y, y + 22)
    y += 22
    paper.box(LEFT, y, RIGHT + LANE - LEFT, 62, "shared", "shared_edge")
    width = (RIGHT + LANE - LEFT) / len(sides)
    for number, (module, said) in enumerate(sides):
        path_of(module)
        x = LEFT + width * (number + 0.5)
        paper.text(x, y + 27, f"{module}.py", mono=True, bold=True, anchor="middle")
        paper.text(x, y + 46, said, "faint", size=11, anchor="middle")
    y += 62
    paper.line((LEFT, y + 26), (RIGHT + LANE, y + 26), dashed=True)
    paper.text((LEFT + RIGHT + LANE) / 2, y + 19, "time passes", "faint", size=11, anchor="middle")
    paper.text(
        (LEFT + RIGHT + LANE) / 2, y + 41, "a request is made", "faint", size=11, anchor="middle"
    )
    return y + 30


def _pill(paper: Paper, x: float, y: float, said: str) -> float:
    """Returns half of its width."""
    width = 7.6 * len(said) + 36
    paper.box(x - width / 2, y, width, 32, "pill", "pill_edge", 16)
    paper.text(x, y + 21, said, mono=True, bold=True, anchor="middle", size=12.5)
    return width / 2


def _brace(paper: Paper, modules: tuple[str, ...], top: float, bottom: float) -> None:
    """Who leads the cookie through some stages, along the edge."""
    for module in modules:
        path_of(module)
    x = RIGHT + LANE + 8
    paper.line((x, top), (x + 8, top), (x + 8, bottom), (x, bottom))
    names = ", ".join(f"{module}.py" for module in modules)
    paper.text(
        x + 26, (top + bottom) / 2, names, "faint", size=11, mono=True, anchor="middle", turned=-90
    )


def rooms(colours: dict[str, str]) -> str:
    """All rooms, from the top: each imports only what lies below it."""
    paper = Paper(colours, "The rooms of cookietin; imports go downwards only")
    y = 8.0
    for layer in layers():
        lines = list(_packed(layer))
        height = 6 + 21 * len(lines)
        paper.box(8, y, WIDTH - 16, height, "layer", "edge", 5)
        for number, line in enumerate(lines):
            x = 20.0
            for module in line:
                path_of(module)
                paper.text(x, y + 18 + 21 * number, module, "name", mono=True, bold=True, size=12)
                x += 7.3 * len(module) + 8
                if len(line) == 1:
                    said = _cut(sentence_of(module), (WIDTH - 24 - x) / 5.75)
                    paper.text(x + 4, y + 18 + 21 * number, said, "faint", size=11.5)
                x += 10
        y += height + 2
    return paper.svg()


def layers() -> list[list[str]]:
    """The layers that the linter checks, from the top, each with its modules."""
    settings = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found = next(each["layers"] for each in contracts if each["type"] == "layers")
    return [[module.strip() for module in layer.split("|")] for layer in found]


def _packed(modules: list[str]) -> Iterator[list[str]]:
    """A layer of few modules has a line for each; one of many, as many in a line as there is room."""
    if len(modules) <= 3:
        yield from ([module] for module in modules)
        return
    line: list[str] = []
    for module in modules:
        if line and sum(7.3 * len(each) + 18 for each in [*line, module]) > WIDTH - 40:
            yield line
            line = []
        line.append(module)
    yield line


def _cut(said: str, characters: float) -> str:
    """As much of a sentence as there is room for, up to a word's end."""
    if len(said) <= characters:
        return said
    return textwrap.shorten(said, int(characters), placeholder=" \N{HORIZONTAL ELLIPSIS}")


def pictures() -> dict[str, str]:
    """All of them, by the name of the file."""
    return {
        "life-of-a-cookie.svg": life(LIGHT),
        "life-of-a-cookie-dark.svg": life(DARK),
        "rooms.svg": rooms(LIGHT),
        "rooms-dark.svg": rooms(DARK),
    }


if __name__ == "__main__":
    for name, svg in pictures().items():
        (STATIC / name).write_text(svg, "utf-8")
