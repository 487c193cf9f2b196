"""Jars, known contents and child processes for the fault tests.

Rules of this file:
- Faults are real: limits, kills, mounts and permissions of the operating system, no mocks.
- A child process reports by one line of JSON; what is a fault is for the test to say.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cookietin
from cookietin import cookiejar

# Saving and loading read the real clock, hence an expiry-time in the year 2100.
EXPIRES = 4_102_444_800

# Scripts for child processes hold no doctests, and import what not every system has.
collect_ignore = ["kill_loop.py", "save_child.py", "sqlite_writers.py", "sync_writers.py"]

JAR_NAMES = ["MozillaCookieJar", "LWPCookieJar"]


@pytest.fixture(params=JAR_NAMES)
def jar_class(request):
    """Each class of jar that writes files."""
    return getattr(cookiejar, request.param)


def new_cookie(name="sid", value="1", **changes):
    """A persistent cookie for shop.example, but for the changes."""
    fields = {
        "version": 0,
        "name": name,
        "value": value,
        "port": None,
        "port_specified": False,
        "domain": "shop.example",
        "domain_specified": False,
        "domain_initial_dot": False,
        "path": "/",
        "path_specified": False,
        "secure": False,
        "expires": EXPIRES,
        "discard": False,
        "comment": None,
        "comment_url": None,
        "rest": {},
    }
    return cookiejar.Cookie(**{**fields, **changes})


@pytest.fixture
def make_cookie():
    """Function `(name, value, **fields)` for a cookie."""
    return new_cookie


@pytest.fixture
def make_jar(jar_class):
    """Function `(count, mark)` for a jar of `count` cookies whose values hold `mark`."""

    def make(count, mark):
        jar = jar_class()
        for number in range(count):
            # Sizes differ from mark to mark, so that mixtures of two files cannot look whole.
            value = f"{mark}-{number}-" + mark * 40
            jar.set_cookie(new_cookie(f"c{number}", value, domain=f"shop{number % 7}.example"))
        return jar

    return make


@pytest.fixture
def contents():
    """Function for everything a jar holds, in order, in a form that compares by value."""
    # The repr of a cookie shows each of its fields, the non-standard attributes included.
    return lambda jar: [repr(cookie) for cookie in jar]


@pytest.fixture
def child_environment():
    """The environment in which a child process finds the same package."""
    paths = [str(Path(cookietin.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


@pytest.fixture
def run_child(child_environment):
    """Function `(script, **task)` that runs a script of this folder and returns its report."""

    def run(script, **task):
        child = subprocess.run(
            [sys.executable, "-W", "error", str(Path(__file__).with_name(script))],
            input=json.dumps(task, default=str),
            env=child_environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert child.stderr == ""
        # A child that died of a signal has no report.
        return json.loads(child.stdout) if child.returncode == 0 else {"died": child.returncode}

    return run
