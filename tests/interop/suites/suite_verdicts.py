"""What two runs of the same tests say about our module, and how a person reads it.

Rules of this file:
- What passes with the standard library passes with ours: anything else is a regression, but for the
  departures that the recipe lists, and a departure that does not show is one, too.
"""

import datetime
import platform
from collections import Counter
from typing import NamedTuple

MISSING = ("missing", "was not run")


class Verdict(NamedTuple):
    """How the tests of a client compare; names of tests, each in one of the sets."""

    client: str
    version: str
    in_place: str  # what was in place: our module, or our integration
    both: list[str]
    neither: dict[str, str]  # test: what the standard library's run said
    skipped: list[str]
    departed: dict[str, str]  # test: reason
    only_theirs: dict[str, str]  # test: what our run said
    only_ours: dict[str, str]  # test: what the standard library's run said
    stale: list[str]  # departures that do not show
    notice: int | None  # tests that fail if the jar does nothing

    @property
    def regressed(self):
        """Whether anything is wrong with ours, or with the recipe."""
        return bool(self.only_theirs or self.stale)

    @property
    def tests(self):
        """How many were run."""
        parts = (
            self.both,
            self.neither,
            self.skipped,
            self.departed,
            self.only_theirs,
            self.only_ours,
        )
        return sum(map(len, parts))


def compare(recipe, version, theirs, ours, deaf=None):
    """The verdict on two records of outcomes: `{test: (outcome, why)}`; `deaf` is a third."""
    parts = {"both": [], "neither": {}, "skipped": [], "departed": {}, "only_theirs": {}}
    only_ours = {}
    for test in theirs | ours:
        before, why = theirs.get(test, MISSING)
        after, why_not = ours.get(test, MISSING)
        reason = departure(recipe, test)
        if before == after == "passed":
            parts["both"].append(test)
        elif before == "passed" and reason:
            parts["departed"][test] = reason
        elif before == "passed":
            parts["only_theirs"][test] = f"{after}: {why_not}"
        elif after == "passed":
            only_ours[test] = f"{before}: {why}"
        elif before == "failed":
            parts["neither"][test] = why
        else:
            parts["skipped"].append(test)
    stale = [
        name for name in recipe.departures if any(is_named(test, name) for test in parts["both"])
    ]
    notice = deaf and sum(deaf.get(test, MISSING)[0] != "passed" for test in parts["both"])
    return Verdict(
        recipe.client,
        version,
        recipe.in_place,
        **parts,
        only_ours=only_ours,
        stale=stale,
        notice=notice,
    )


def departure(recipe, test):
    """The reason why a test may fail with ours, or None."""
    return next((why for name, why in recipe.departures.items() if is_named(test, name)), None)


def is_named(test, name):
    """Whether a name of pytest's or of unittest's ends as the recipe's does."""
    return ("." + test.replace("::", ".").partition("[")[0]).endswith("." + name.replace("::", "."))


HEAD = (
    "client",
    "version",
    "in place",
    "tests",
    "pass with both",
    "fail with both",
    "skipped",
    "only standard library",
    "of these on purpose",
    "only ours",
    "notice a jar that does nothing",
)


def title(verdict):
    """Which client, and what was in place."""
    return f"{verdict.client} {verdict.version}, `{verdict.in_place}` in place"


def row(verdict):
    """The cells of a client in the table."""
    lost = len(verdict.departed) + len(verdict.only_theirs)
    notice = "" if verdict.notice is None else verdict.notice
    counts = (verdict.tests, len(verdict.both), len(verdict.neither), len(verdict.skipped), lost)
    cells = (verdict.client, verdict.version, verdict.in_place, *counts, len(verdict.departed))
    return [str(cell) for cell in (*cells, len(verdict.only_ours), notice)]


def table(verdicts):
    """All clients as a Markdown table, columns aligned for the terminal."""
    rows = [list(HEAD), *(row(verdict) for verdict in verdicts)]
    widths = [max(len(cells[n]) for cells in rows) for n in range(len(HEAD))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        + " |"
        for cells in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def details(verdict):
    """What is to be said about single tests of a client, as lines of Markdown."""
    lines = []
    for title, tests in (
        ("Pass with the standard library alone; a regression", said_in_code(verdict.only_theirs)),
        ("Pass with the standard library alone; on purpose", verdict.departed),
        ("Pass with ours alone", said_in_code(verdict.only_ours)),
        ("Fail with both", said_in_code(verdict.neither)),
    ):
        if tests:
            lines += [f"{title}:", "", *by_reason(tests), ""]
    if verdict.stale:
        lines += [
            "Listed as a departure, but passes:",
            "",
            *(f"- `{t}`" for t in verdict.stale),
            "",
        ]
    return lines


def said_in_code(tests):
    """What a run said, so that Markdown takes nothing in it for its own."""
    return {
        test: f"`{(why or 'no reason').replace('`', chr(39))[:160]}`" for test, why in tests.items()
    }


def by_reason(tests):
    """One line for each test; or for each reason, if it is that of many tests."""
    counts = Counter(tests.values())
    lines = {}
    for test, why in tests.items():
        if counts[why] > 3:
            lines[why] = f"- {counts[why]} tests, `{test}` among them: {why}"
        else:
            lines[test] = f"- `{test}`: {why}"
    return list(lines.values())


def page(verdicts, recipes, command):
    """The page of the documentation."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        "# The clients' own tests",
        "",
        "Other people's programs have tests of their cookies.",
        "They were run from the sdists of the clients, test by test: with the standard library's "
        "`http.cookiejar`, and with `cookietin.cookiejar` in its place.",
        "What passes with the first has to pass with the second.",
        "",
        f"Made on {today} with {platform.python_implementation()} {platform.python_version()} by "
        f"`{command}`.",
        "",
        table(verdicts),
        "",
        "The last column says how many of the tests that pass with both look at cookies: "
        "they fail if the jar neither stores nor sends.",
        "",
    ]
    for verdict, recipe in zip(verdicts, recipes, strict=True):
        lines += [f"## {title(verdict)}", ""]
        lines += ["Run: " + ", ".join(f"`{name}`" for name in recipe.tests) + ".", ""]
        if recipe.left_out:
            lines += ["Left out:", ""]
            lines += [*(f"- `{name}`: {why}" for name, why in recipe.left_out.items()), ""]
        lines += details(verdict)
    return "\n".join(lines).rstrip() + "\n"
