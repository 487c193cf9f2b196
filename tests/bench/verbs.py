"""The plain verbs against the urllib-shaped ones, of one jar class on the same traffic.

    python -m tests.bench.verbs
    python -m tests.bench.verbs --subject tests.bench.browser_rules --json verbs.json

`store_response(url, values)` is compared with `extract_cookies`, `cookie_header(url)` with
`add_cookie_header`; the ratio is urllib-shaped time over verb time, so above 1 the verbs are faster. The
urllib side gets ready requests and responses, as in `python -m tests.bench`; the verbs get the URL as a
text and the Set-Cookie values as a list of texts. Cookies and headers are compared.

Exit code 0 if both ways gave the same results, 1 if not, 2 for arguments that make no sense.

Rules of this file:
- The workloads are those of `workloads.py`; only what is called in the timed part differs.
- Headers are kept, for one side keeps them in its requests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType

from . import arguments, goals, records, report, workloads
from .facts import Facts, cookie_facts, header_texts
from .goals import Goal
from .measure import Case, Sides, Workload, measure

GOAL = Goal(1)
_SIDES = ("urllib", "verb")


class StoreResponse(workloads.Extract):
    """W1: the URL and the Set-Cookie values of a response."""

    def prepare(self, count: int) -> None:
        super().prepare(count)
        self._plain = [(x.url, list(x.set_cookie)) for x in self._exchanges[:count]]

    def run(self, count: int) -> None:
        store = self._jar.store_response  # type: ignore[attr-defined]  # a jar of ours
        for url, values in self._plain:
            store(url, values)


class CookieHeader(workloads.Add):
    """W2: the URL of a request."""

    def prepare(self, count: int) -> None:
        self._asked = self._urls[:count]

    def run(self, count: int) -> None:
        header = self._jar.cookie_header  # type: ignore[attr-defined]  # a jar of ours
        self._headers: list[str | None] = [header(url) for url in self._asked]

    def facts(self) -> Facts:
        return [("cookies held", len(self._jar)), *header_texts(self._asked, self._headers)]


class PlainCrawl(workloads.Crawl):
    """W3: each request asks for its header and stores what the answer sets."""

    def __init__(self, requests: int, sites: int, module: ModuleType) -> None:
        super().__init__(requests, sites, module)
        self._plain = [(x.url, list(x.set_cookie)) for x in self._exchanges]

    def run(self, count: int) -> None:
        header, store = self._jar.cookie_header, self._jar.store_response  # type: ignore[attr-defined]
        self._headers: list[str | None] = []
        keep = self._headers.append
        for url, values in self._plain:
            keep(header(url))
            store(url, values)

    def facts(self) -> Facts:
        urls = [url for url, _values in self._plain]
        return header_texts(urls, self._headers) + cookie_facts(self._jar)


_VERBS: dict[Callable[..., object], Callable[..., Workload]] = {
    workloads.Extract: StoreResponse,
    workloads.Add: CookieHeader,
    workloads.Crawl: PlainCrawl,
}
_CODES = ("W1.", "W2.10.", "W2.1000.", "W3.")


def cases(*, quick: bool) -> list[Case]:
    """Return the cases of `workloads.py` that a verb can do, with the verb as the subject's way."""
    made = []
    for case in workloads.cases(quick=quick):
        if case.code.startswith(_CODES):
            assert isinstance(case.make, partial)
            verb = partial(_VERBS[case.make.func], *case.make.args)
            made.append(replace(case, make_subject=verb))
    return made


def main(given: Sequence[str] | None = None) -> int:
    """Measure both ways and return the exit code."""
    parser = arguments.parser("tests.bench.verbs", __doc__)
    parser.add_argument("--subject", default=goals.SUBJECT, help="module with both ways")
    options = parser.parse_args(given)
    settings = arguments.settings(options)
    by_code = {case.code: case for case in cases(quick=options.quick)}
    codes = arguments.chosen(parser, options.only, list(by_code))
    module = arguments.module(parser, options.subject)
    sides = Sides(module, module)
    goal = None if options.quick else GOAL
    print(f"urllib-shaped methods against plain verbs, of {module.__name__}")
    report.print_machine(settings)
    report.print_columns(*_SIDES)
    rows = []
    for code in codes:
        row = measure(by_code[code], sides, settings)
        report.print_row(row, goal, row.ratio())
        rows.append(row)
    report.print_problems(rows)
    records.write(
        options.json,
        "verbs",
        **records.compared(sides, settings),
        rows=[records.row_record(row, goal, row.ratio()) for row in rows],
    )
    return 1 if any(row.problem for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
