"""Writes down what became of each test of a client.

A pytest plugin, loaded with -p; or, for clients that bring a runner of their own on top of unittest,
the program that starts it: `python -m suite_recorder run_tests.py`.

Rules of this file:
- What it writes says which jar the client had at hand: outcomes alone would not show that.
- Has no influence on any test, but for the classes that SUITE_INSTEAD names.
"""

import importlib
import json
import os
import runpy
import sys
import unittest

PROOF = "SUITE_PROOF"  # module:expression, an object or class that the client makes of a jar
RECORD = "SUITE_RECORD"  # the file that the outcomes go to
INSTEAD = "SUITE_INSTEAD"  # module:name=module:name, ..: classes of ours in place of the client's

# The worst of a test's phases counts; a test whose tear-down fails has failed.
_RANKS = ("passed", "xfailed", "skipped", "failed")
_outcomes = {}


def note(name, outcome, why):
    """Keep an outcome, unless a worse one of the same test is known."""
    before = _outcomes.get(name)
    if before is None or _RANKS.index(outcome) > _RANKS.index(before[0]):
        _outcomes[name] = (outcome, why)


def write_record(status):
    """The outcomes, and the class that the client had at hand."""
    record = {
        "jar": jar_class_in_use(),
        "own": not_replaced(),
        "exit": status,
        "outcomes": _outcomes,
    }
    with open(os.environ[RECORD], "w", encoding="utf-8") as file:
        json.dump(record, file)


def jar_class_in_use():
    """Where the nearest class of a jar comes from that the client's object is made of."""
    module, _, expression = os.environ[PROOF].partition(":")
    made = eval(expression, vars(importlib.import_module(module)))
    for kind in made.__mro__ if isinstance(made, type) else type(made).__mro__:
        if kind.__module__.split(".")[0] in ("cookietin", "http"):
            return f"{kind.__module__}.{kind.__qualname__}"
    return f"no jar: {type(made).__qualname__}"


def put_classes_in_place():
    """Replace classes of the client by ours, wherever the client's modules keep them."""
    for pair in os.environ[INSTEAD].split(","):
        old, new = (named(place) for place in pair.split("="))
        package = old.__module__.split(".")[0]
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] == package:
                for attribute, value in list(vars(module).items()):
                    if value is old:
                        setattr(module, attribute, new)


def not_replaced():
    """The places at which the client still has classes of its own."""
    pairs = [pair.split("=") for pair in os.environ.get(INSTEAD, "").split(",") if pair]
    return [theirs for theirs, ours in pairs if named(theirs) is not named(ours)]


def named(place):
    """The object at module:name."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def pytest_configure(config):
    """Before the files of tests import what is to be replaced."""
    if os.environ.get(INSTEAD):
        put_classes_in_place()


def pytest_runtest_logreport(report):
    """One phase of one test."""
    if report.when != "call" and report.passed:
        return
    outcome, why = report.outcome, first_line(report)
    if hasattr(report, "wasxfail"):
        outcome = "xfailed"  # whether it failed or not, nobody relies on it
    elif why.startswith("[XPASS(strict)]"):
        outcome = "passed"  # what the client knows as a defect is none any more
    note(report.nodeid, outcome, why)


def pytest_collectreport(report):
    """A file that cannot be imported counts as a test that failed."""
    if report.failed:
        note(report.nodeid, "failed", first_line(report))


def first_line(report):
    """What pytest says about a failure, or about what was skipped, in one line."""
    if report.outcome == "passed":
        return ""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash:
        return crash.message.strip().partition("\n")[0]
    return str(report.longrepr).strip().rpartition("\n")[2]


def pytest_sessionfinish(session, exitstatus):
    """Once all is run."""
    write_record(int(exitstatus))


def listen_to_unittest():
    """Hear of the outcomes whatever class of results the client's runner uses."""

    def hear(method, outcome):
        original = getattr(unittest.TestResult, method)

        def heard(self, test, *details):
            why = (
                str(details[0][1] if isinstance(details[0], tuple) else details[0])
                if details
                else ""
            )
            note(test.id(), outcome, why.strip().partition("\n")[0])
            return original(self, test, *details)

        setattr(unittest.TestResult, method, heard)

    hear("addSuccess", "passed")
    hear("addUnexpectedSuccess", "passed")
    hear("addExpectedFailure", "xfailed")
    hear("addSkip", "skipped")
    hear("addFailure", "failed")
    hear("addError", "failed")


def main(script):
    """Run a client's own runner, as it would be run by hand."""
    listen_to_unittest()
    sys.argv = [script]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        write_record(int(bool(ended.code)))
    else:
        write_record(0)


if __name__ == "__main__":
    main(sys.argv[1])
