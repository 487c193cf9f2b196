"""The page of figures in the docs, made from the JSON files that the commands write.

    python -m tests.bench --long --json bench.json
    python -m tests.bench.verbs --json verbs.json
    python -m tests.bench.page bench.json verbs.json policies.json jars.json peers.json

Takes the files in any order, any number of them, one of each kind, and writes tables in Markdown into
docs/reference/speed-figures.md, or where `--out` says.

Exit code 0, 2 for files that are none of ours.

Rules of this file:
- Figures and the names of what was measured, no prose, no dates: a page of prose includes this one.
- Nothing is measured or judged here: goals were judged where they were measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from .report import number, times

Report: TypeAlias = dict[str, Any]

_OUT = Path("docs/reference/speed-figures.md")
_TOP = (
    "<!-- Made by python -m tests.bench.page from its JSON files: do not edit, make it again. -->"
)
_NONE = "-"


def main(given: Sequence[str] | None = None) -> int:
    """Write the page and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, help="what the commands wrote with --json")
    parser.add_argument("--out", type=Path, default=_OUT, help=f"default {_OUT}")
    options = parser.parse_args(given)
    reports: dict[str, Report] = {}
    for file in options.files:
        try:
            report = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            parser.error(f"cannot read {file}: {error}")
        kind = report.get("kind") if isinstance(report, dict) else None
        if kind not in _SECTIONS:
            parser.error(f"{file} has the kind {kind!r}; known are {', '.join(_SECTIONS)}")
        if kind in reports:
            parser.error(f"{file} is a second file of the kind {kind!r}; give one of each")
        reports[kind] = report
    options.out.write_text("\n".join(_page(reports)), encoding="utf-8")
    print(f"wrote {options.out}")
    return 0


def _page(reports: dict[str, Report]) -> list[str]:
    lines = [_TOP, "", *_machines(reports)]
    for kind, (heading, section) in _SECTIONS.items():
        if kind in reports:
            lines += ["", f"## {heading}", "", *section(reports[kind])]
    return [*lines, ""]


def _machines(reports: dict[str, Report]) -> list[str]:
    """Name interpreter, platform and rounds once, or for each kind where they differ."""
    kinds_of: dict[str, list[str]] = {}
    for kind, report in reports.items():
        words = [_words(report.get("interpreter")), _words(report.get("platform"))]
        settings = report.get("settings") or {}
        if "rounds" in settings:
            quick = " of a quick run" if settings.get("quick") else ""
            words.append(f"{settings['rounds']} rounds{quick}")
        named = ", ".join(words)
        kinds_of.setdefault(named, []).append(_SECTIONS[kind][0])
    if len(kinds_of) == 1:
        return list(kinds_of)
    return [f"- {', '.join(kinds)}: {named}" for named, kinds in kinds_of.items()]


def _words(named: object) -> str:
    """Write an interpreter or a platform, whether it is a text or has parts."""
    if isinstance(named, dict):
        return " ".join(str(value) for key, value in named.items() if key != "build")
    return str(named) if named else "unknown"


def _module(side: dict[str, str | None]) -> str:
    return " ".join(filter(None, (side["module"], side["version"])))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Write a table; columns of figures are set to the right."""
    cells = [[str(cell).strip() for cell in row] for row in rows]
    columns = zip(*cells, strict=True) if cells else [()] * len(head)
    rules = ["---:" if all(map(_is_figure, column)) else "---" for column in columns]
    return [_line(head), _line(rules), *map(_line, cells)]


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() or cell == _NONE


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _median(samples: Sequence[float]) -> str:
    return number(statistics.median(samples)) if samples else _NONE


def _spread(ratios: Sequence[float]) -> str:
    return f"{times(min(ratios))} to {times(max(ratios))}" if len(ratios) > 1 else _NONE


def _goal(judged: dict[str, Any] | None) -> tuple[str, str]:
    """Write a goal and whether it was met."""
    if judged is None:
        return _NONE, _NONE
    words = judged["text"].replace(">=", "at least ").replace("<=", "at most ")
    return words, "yes" if judged["met"] else "**no**"


def _rows(report: Report, against: str, subject: str) -> list[str]:
    """Write timed cases: figures, ratio, spread, goal."""
    head = ("case", "what", against, subject, "unit", "ratio", "spread", "goal", "met")
    rows = []
    for row in report["rows"]:
        ratio = _NONE if row["ratio"] is None else times(row["ratio"])
        sides = _median(row["against"]), _median(row["subject"])
        ratios = ratio, _spread(row["ratios"])
        rows.append((row["code"], row["title"], *sides, row["unit"], *ratios, *_goal(row["goal"])))
    return _table(head, rows)


def _compared(report: Report) -> list[str]:
    return _rows(report, _module(report["against"]), _module(report["subject"]))


def _bench(report: Report) -> list[str]:
    names = {side: _module(report[side]) for side in ("against", "subject")}
    lines = _compared(report)
    if report["growth"]:
        rows = [
            (name, times(each["against"]), times(each["subject"]), *_goal(each["goal"]))
            for name, each in report["growth"].items()
        ]
        lines += ["", *_table(("growth", *names.values(), "goal", "met"), rows)]
    return lines + _hostile(report["hostile"], names)


def _hostile(rows: list[Report], names: dict[str, str]) -> list[str]:
    """Write the worst of W8 on each side; `missed` stands in the row or with the side."""
    if not rows:
        return []
    head = ("hostile input", "worst slope", "of", "slowest at 64 KiB", "of", "miss a goal")
    lines = []
    for side, name in names.items():
        suffered = [(row[side], row["code"]) for row in rows if (row[side] or {}).get("seconds")]
        if not suffered:
            continue
        steep = max(suffered, key=lambda pair: pair[0]["slope"])
        slow = max(suffered, key=lambda pair: pair[0]["seconds"][-1])
        worst = (f"{steep[0]['slope']:.2f}", steep[1], f"{slow[0]['seconds'][-1] * 1e3:.2f} ms")
        lines.append((name, *worst, slow[1], _missed(rows, side)))
    return ["", *_table(head, lines)]


def _missed(rows: list[Report], side: str) -> str:
    judged = {row["code"]: (row[side] or {}).get("missed") for row in rows}
    if side == "subject":
        judged = {row["code"]: row["missed"] for row in rows}
    if all(said is None for said in judged.values()):
        return _NONE
    faults = [f"{code} ({', '.join(said)})" for code, said in judged.items() if said]
    return "; ".join(faults) or "none"


def _verbs(report: Report) -> list[str]:
    return _rows(report, "urllib-shaped", "plain verb")


def _policies(report: Report) -> list[str]:
    """Write browser rules over the default policy: less is better here."""
    head = ("case", "what", "default", "browser", "unit", "times", "spread", "goal", "met")
    rows = []
    for row in report["rows"]:
        longer = row["times"]
        sides = _median(row["against"]), _median(row["subject"])
        ratios = times(statistics.median(longer)) if longer else _NONE, _spread(longer)
        rows.append((row["code"], row["title"], *sides, row["unit"], *ratios, *_goal(row["goal"])))
    loading = ("list of public suffixes, once", f"{report['loading_milliseconds']:.0f} ms")
    lines = [*_table(head, rows)] if rows else []
    lines += _hostile(report["hostile"], {"default": "default", "browser": "browser"})
    return [*lines, "", *_table(("loading", "CPU time"), [loading])]


def _peers(report: Report) -> list[str]:
    """Write one column for each peer; null is what it cannot do."""
    columns = report["columns"]
    rows = []
    for row in report["rows"]:
        figures = [row["figures"].get(name) for name in columns]
        shown = [_NONE if figure is None else number(figure) for figure in figures]
        notes = "; ".join(f"{name}: {text}" for name, text in (row.get("notes") or {}).items())
        rows.append((row["code"], row["title"], row["unit"], *shown, notes))
    return _table(("case", "what", "unit", *columns, "notes"), rows)


def _profiles(report: Report) -> list[str]:
    """Write where the opcodes of each case are executed."""
    lines: list[str] = []
    for row in report["rows"]:
        lines += ["", f"{row['code']}, {row['title']}: {row['subject']:,.0f} opcodes an operation"]
        lines += [f"(`http.cookiejar`: {row['against']:,.0f}).", ""]
        shares = [
            (f"`{each['function']}`", f"{each['share']:.1%}", f"{each['calls']:.2f}")
            for each in row["functions"]
        ]
        rest = 1 - sum(each["share"] for each in row["functions"])
        head = ("function", "share", "calls")
        lines += _table(head, [*shares, ("all others", f"{rest:.1%}", _NONE)])
    return lines[1:]


_SECTIONS: dict[str, tuple[str, Callable[[Report], list[str]]]] = {
    "bench": ("Against http.cookiejar", _bench),
    "verbs": ("Plain verbs", _verbs),
    "policies": ("Browser rules", _policies),
    "jars": ("Many small jars", _compared),
    "peers": ("Other jars", _peers),
    "profiles": ("Where the time goes", _profiles),
}

if __name__ == "__main__":
    sys.exit(main())
