"""CPython's own cookie tests, run against ours.

Rules of this file:
- The tests are those of the running interpreter; none is copied, none is left out.
- Each substitute gets a child process and a folder of its own: the tests write files, and
  some import http.cookiejar only while they run.
- The harness is tested as well: it must praise the standard library and catch broken copies.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cookietin

CHILD = Path(__file__).with_name("cpython_suite_child.py")

# Counted on 3.11.7, 3.12.1 and 3.13.0: fewer means that the harness lost some.
LEAST_RUN = {"test_http_cookiejar": 77, "test_urllib2": 3, "test_urllib2_localnet": 0}

# Debian and others ship the interpreter without its tests.
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("test") is None
    or importlib.util.find_spec("test.test_http_cookiejar") is None,
    reason="this interpreter comes without test.test_http_cookiejar",
)


def start_child(substitute, folder):
    """The finished child process that ran CPython's tests against `substitute`."""
    paths = [str(Path(cookietin.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        # Warnings are errors: from 3.12 on the module must not use what is deprecated.
        [sys.executable, "-P", "-W", "error", str(CHILD), substitute],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def suite_report(substitute, folder):
    """What the child process printed; its traceback if it printed nothing."""
    child = start_child(substitute, folder)
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout)


def mishaps(report):
    """Every failure and error of a report, by test."""
    return {
        test: text
        for module in LEAST_RUN
        for kind in ("failures", "errors")
        for test, text in report[module][kind].items()
    }


@pytest.mark.parametrize(
    "substitute",
    [
        pytest.param("cookietin.cookiejar", id="the module cookietin.cookiejar"),
        pytest.param("cookietin", id="the package itself"),
        pytest.param("copy", id="the standard library, as a control"),
    ],
)
def test_substitute_passes_cpythons_cookie_tests(substitute, tmp_path):
    """A drop-in keeps what CPython promises its users by test."""
    report = suite_report(substitute, tmp_path)

    assert report["strangers"] == []
    assert mishaps(report) == {}
    assert [test for module in LEAST_RUN for test in report[module]["skipped"]] == []
    for module, least in LEAST_RUN.items():
        assert report[module]["run"] >= least, module


def test_harness_catches_a_policy_without_secure_check(tmp_path):
    """If a jar that leaks Secure cookies passed, the passing of ours would mean nothing."""
    report = suite_report("copy without secure check", tmp_path)

    assert report["strangers"] == []
    assert "test_secure_block" in {test.rpartition(".")[2] for test in mishaps(report)}


def test_harness_catches_a_missing_name(tmp_path):
    """A substitute that lacks a name must stop the run, not shrink it."""
    child = start_child("copy without a name", tmp_path)

    assert child.returncode != 0
    assert "cannot import name 'http2time'" in child.stderr
