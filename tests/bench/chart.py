"""Draw what the benchmarks measured, for the docs.

    python -m tests.bench --json bench.json
    python -m tests.bench.peers --json peers.json
    python -m tests.bench.chart bench.json peers.json docs/_static/speed.svg

A panel a case, a line a jar, time on a logarithmic axis that all panels share. The dots come from
peers.json, where all jars took adjacent turns; where it lacks a case, from bench.json. How many
times as fast as `http.cookiejar` we are comes from bench.json, which has more rounds.

Rules of this file:
- The same two files give the same bytes, with the same matplotlib: no dates, salted ids, text as
  paths.
- A jar without a figure keeps its line, and the line says why. One that sends fewer cookies than
  browser rules demand gets an asterisk.
- The end of the name of the picture says its kind: svg for the docs, png to look at.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .peer_jars.sides import BROWSER, DEFAULT, STANDARD

_TITLES = {
    "W2.10.hit": "Cookie header, 10 cookies in the jar",
    "W1.5": "Take 5 Set-Cookie fields",
    "W2.1000.hit": "Cookie header, 1,000 cookies in the jar",
    "W3.crawl": "Crawl, each of 2,000 requests to 500 sites",
    "W2.100000.hit": "Cookie header, 100,000 cookies in the jar",
    "W4.add": "Cookie header, 180 cookies with deep paths",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How the jars of one kind look, and what the legend says of them."""

    text: str
    colour: str
    marker: str
    fill: str


_OURS = Kind("cookietin", "#0b4f9e", "o", "#0b4f9e")
_OURS_STRICT = Kind("cookietin under browser rules", "#0b4f9e", "o", "white")
_STANDARD = Kind("the standard library", "#b3261e", "D", "#b3261e")
_PYTHON = Kind("other Python clients", "#a0671b", "s", "#e0a458")
_OTHERS = Kind("other languages", "#3c6e47", "^", "#6fae7d")
_KINDS = (_OURS, _OURS_STRICT, _STANDARD, _PYTHON, _OTHERS)

_JARS = {
    DEFAULT: ("cookietin", _OURS),
    BROWSER: ("cookietin, browser rules", _OURS_STRICT),
    STANDARD: ("http.cookiejar", _STANDARD),
    "requests": ("requests", _PYTHON),
    "httpx": ("httpx", _PYTHON),
    "httpx2": ("httpx2", _PYTHON),
    "aiohttp": ("aiohttp", _PYTHON),
    "tough-cookie": ("tough-cookie, node", _OTHERS),
    "go": ("net/http/cookiejar, Go", _OTHERS),
}

_SETTINGS = {
    "svg.hashsalt": "cookietin",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
}
_SENDS_ENOUGH = 0.9
_COLUMNS, _PANEL_INCHES, _LINE_INCHES, _EDGE_INCHES = 2, 0.78, 0.215, 1.65
_INK, _FAINT, _GRID = "#1d1d1f", "#6b6b70", "#dedee3"
_NEAR_ZERO = 1e-6  # where the lines begin: left of every axis
_LONGEST_NOTE = 50
_LABEL_ROOM = 14.0  # the axis goes on so many times beyond the slowest jar, for its label


@dataclass(slots=True)
class Panel:
    """
    One case: microseconds of each jar, None without a figure, and how much faster we are.

    `notes` are for the jars without a figure; `sparing` send fewer cookies than the others.
    """

    title: str
    figures: dict[str, float | None]
    ratio: float | None
    notes: dict[str, str]
    sparing: set[str]


@dataclass(slots=True)
class Story:
    """What is drawn: the panels, the jars that have a line in them, what was measured on what."""

    panels: list[Panel] = field(default_factory=list)
    jars: list[str] = field(default_factory=list)
    source: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the picture and return the exit code: 2 if that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chart", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("bench", type=Path, help="what python -m tests.bench --json wrote")
    parser.add_argument("peers", type=Path, help="what python -m tests.bench.peers --json wrote")
    parser.add_argument("picture", type=Path, help="the file to write, .svg or .png")
    options = parser.parse_args(arguments)
    story = tell(_read(parser, options.bench), _read(parser, options.peers))
    if not story.panels:
        parser.error(f"neither file has one of the cases {', '.join(_TITLES)}")
    try:
        matplotlib = importlib.import_module("matplotlib")
    except ImportError:
        parser.error("matplotlib not found; pip install -e '.[bench]'")
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(_SETTINGS):
        draw(story, options.picture)
    return 0


def _read(parser: argparse.ArgumentParser, path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        parser.error(f"{path}: {error}")
    if not isinstance(report, dict) or not isinstance(report.get("rows"), list):
        parser.error(f"{path}: no rows; was it written with --json?")
    return report


def tell(bench: Mapping[str, Any], peers: Mapping[str, Any]) -> Story:
    """Choose what to draw from the two reports."""
    ours = {row["code"]: row for row in bench["rows"] if not row.get("problem")}
    theirs = {row["code"]: row for row in peers["rows"]}
    story = Story()
    for code, title in _TITLES.items():
        row = theirs.get(code, {})
        figures = row.get("figures") or _medians(ours.get(code))
        if not figures:
            continue
        ratios = ours.get(code, {}).get("ratios")
        shown = {name: figures.get(name) for name in _JARS}
        ratio = statistics.median(ratios) if ratios else None
        story.panels.append(Panel(title, shown, ratio, row.get("notes", {}), _sparing(row)))
    story.jars = [name for name in _JARS if any(panel.figures[name] for panel in story.panels)]
    story.source = _source(peers, story)
    return story


def _sparing(row: Mapping[str, Any]) -> set[str]:
    """Name the jars that sent clearly fewer cookies than ours under browser rules."""
    sent = {name: facts["sent"] for name, facts in row.get("facts", {}).items()}
    return {name for name in sent if sent[name] < _SENDS_ENOUGH * sent.get(BROWSER, 0)}


def _medians(row: Mapping[str, Any] | None) -> dict[str, float]:
    if not row or not row["against"] or not row["subject"]:
        return {}
    return {
        STANDARD: statistics.median(row["against"]),
        DEFAULT: statistics.median(row["subject"]),
    }


def _source(peers: Mapping[str, Any], story: Story) -> str:
    """Say what the figures are and of which versions, in three lines."""
    interpreter, machine = peers["interpreter"], peers["platform"]["machine"]
    versions = peers.get("versions", {})
    named = [f"{name} {versions[name]}" for name in story.jars if name in versions]
    sparing = any(panel.sparing & set(story.jars) for panel in story.panels)
    return (
        "CPU time of one operation, median of the rounds; further left is faster. "
        "The ratios are from a run of those two alone.\n"
        f"{'* Sends fewer cookies than the others. ' if sparing else ''}"
        f"{interpreter['implementation']} {interpreter['version']}, {machine}.\n"
        f"{', '.join(text for text in named if not text.startswith((STANDARD, BROWSER)))}."
    )


def draw(story: Story, picture: Path) -> None:
    """Draw the panels, the legend and the source, and write the file."""
    figure_module = importlib.import_module("matplotlib.figure")
    rows = -(-len(story.panels) // _COLUMNS)
    panel_inches = _PANEL_INCHES + _LINE_INCHES * len(story.jars)
    height = rows * panel_inches + _EDGE_INCHES
    figure = figure_module.Figure(figsize=(10, height), facecolor="white")
    grid = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False)
    figure.subplots_adjust(
        left=0.175,
        right=0.985,
        top=1 - 0.83 / height,
        bottom=0.98 / height,
        wspace=0.04,
        hspace=0.62 / (panel_inches - 0.62),
    )
    axes = list(grid.flat)
    for ax, panel in zip(axes, story.panels, strict=False):
        _draw_panel(ax, panel, story.jars)
    for place in range(len(story.panels), len(axes)):
        axes[place].set_visible(False)
        axes[place - _COLUMNS].tick_params(labelbottom=True)
    _scale(axes[0], story)
    _legend(figure, height)
    figure.text(0.015, 0.12 / height, story.source, color=_FAINT, fontsize=7.5, va="bottom")
    metadata = {"Title": "Time of cookie jars, operation by operation"}
    if picture.suffix == ".svg":
        metadata |= dict.fromkeys(("Date", "Creator"))
    figure.savefig(picture, dpi=150, metadata=metadata)


def _draw_panel(ax: Any, panel: Panel, jars: Sequence[str]) -> None:
    ax.set_title(panel.title, loc="left", fontsize=9.5, fontweight="bold", color=_INK, pad=16)
    if panel.ratio:
        text = f"cookietin: {_times(panel.ratio)} as fast as http.cookiejar"
        ax.text(0, 1.025, text, transform=ax.transAxes, color=_OURS.colour, fontsize=8.5)
    for line, name in enumerate(jars):
        _draw_line(ax, line, name, panel)
    ax.set_yticks(range(len(jars)), [_JARS[name][0] for name in jars])
    for label in ax.get_yticklabels():
        if label.get_text() == _JARS[DEFAULT][0]:
            label.set(fontweight="bold", color=_OURS.colour)
    ax.tick_params(length=0, labelcolor=_INK)
    ax.spines[:].set_visible(False)
    ax.grid(axis="x", color=_GRID, linewidth=0.7)
    ax.set_axisbelow(True)


def _draw_line(ax: Any, line: int, name: str, panel: Panel) -> None:
    """Draw the dot of one jar with its time, or why there is none."""
    kind, value = _JARS[name][1], panel.figures[name]
    if not value:
        note = panel.notes.get(name, "")
        text = note if 0 < len(note) <= _LONGEST_NOTE else "no figure"
        left = ax.get_yaxis_transform()
        ax.text(0.01, line, text, transform=left, va="center", color=_FAINT, fontsize=8)
        return
    ax.hlines(line, _NEAR_ZERO, value, color=kind.colour, linewidth=1, alpha=0.35, zorder=2)
    ax.plot(
        [value], [line], kind.marker, color=kind.colour, markerfacecolor=kind.fill,
        markersize=6, markeredgewidth=1.2, zorder=3,
    )  # fmt: skip
    ax.annotate(
        _spelled(value) + ("*" if name in panel.sparing else ""), (value, line), (7, 0),
        textcoords="offset points", va="center", color=_INK, fontsize=8,
        fontweight="bold" if kind is _OURS else "normal",
    )  # fmt: skip


def _scale(ax: Any, story: Story) -> None:
    """Give all panels one axis, from the fastest jar to beyond the slowest."""
    ticker = importlib.import_module("matplotlib.ticker")
    values = [value for panel in story.panels for value in panel.figures.values() if value]
    ax.set_xscale("log")
    ax.set_xlim(min(values) / 3, max(values) * _LABEL_ROOM)
    ax.set_ylim(len(story.jars) - 0.4, -0.6)  # the first jar on top
    ax.xaxis.set_major_locator(ticker.LogLocator(base=10, numticks=20))
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: _spelled(value)))
    ax.xaxis.set_minor_locator(ticker.NullLocator())


def _legend(figure: Any, height: float) -> None:
    lines = importlib.import_module("matplotlib.lines")
    handles = [
        lines.Line2D(
            [], [], linestyle="", marker=kind.marker, color=kind.colour,
            markerfacecolor=kind.fill, markersize=6, label=kind.text,
        )
        for kind in _KINDS
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.005, 1 - 0.05 / height),
        ncols=len(handles), frameon=False, fontsize=8.5, labelcolor=_INK,
        handletextpad=0.2, columnspacing=1.6,
    )  # fmt: skip


def _spelled(microseconds: float) -> str:
    """Spell a time with two or three digits and its unit."""
    value, unit = (microseconds, "µs") if microseconds < 1_000 else (microseconds / 1_000, "ms")
    if value >= 1_000:
        value, unit = value / 1_000, "s"
    return f"{value:.3g} {unit}" if value >= 1 else f"{value:.2g} {unit}"


def _times(ratio: float) -> str:
    if ratio >= 1_000:
        return f"{round(ratio, -2):,.0f} times"
    return f"{ratio:.0f} times" if ratio >= 20 else f"{ratio:.1f} times"


if __name__ == "__main__":
    sys.exit(main())
