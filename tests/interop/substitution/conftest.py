"""Runs the scripts of this folder in child processes, each combination once per session."""

import json
import pathlib
import subprocess
import sys

import pytest

RUNNER = pathlib.Path(__file__).parent / "scripts" / "run.py"
LIBRARIES = {"with_urllib": (), "with_yt_dlp": ("yt_dlp", "requests")}


@pytest.fixture(scope="session")
def _outcomes():
    return {}


@pytest.fixture
def outcome(_outcomes, client_module, loopback_environment, source_root):
    """What the functions of a script found with a module in place of http.cookiejar."""
    environment = {**loopback_environment, "PYTHONPATH": source_root, "PYTHONIOENCODING": "utf-8"}

    def run(module, state, script):
        key = (module, state, script.stem)
        if key not in _outcomes:
            own_name = (script.stem.removeprefix("with_"),)
            for library in LIBRARIES.get(script.stem, own_name):
                client_module(library)
            command = [sys.executable, "-P", str(RUNNER), module, state, str(script)]
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, done.stderr
            _outcomes[key] = json.loads(done.stdout)
        return _outcomes[key]

    return run
