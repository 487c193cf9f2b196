"""What an import brings along, and what waits until it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cookietin
from cookietin.integrations.versions import OLDEST

# Imports the modules in turn. What the clients' own imports warn about is not ours to judge.
IMPORT_ALL = """
import importlib, sys, warnings

clients, modules = sys.argv[1].split(), sys.argv[2:]
absent = set()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for client in clients:
        try:
            importlib.import_module(client)
        except ModuleNotFoundError as error:
            absent.add(error.name)
for module in modules:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name not in absent:
            raise
    else:
        print(module)
"""


def test_jars_with_files_are_imported_when_they_are_asked_for() -> None:
    """A program whose cookies stay in memory should not pay for files; README has the figure."""
    script = (
        "import sys, cookietin.cookiejar as face\n"
        "face.CookieJar()\n"
        "rooms = ('formats', 'files', 'file_lock', 'syncing', 'cookiejar.file_jar')\n"
        "early = [room for room in rooms if 'cookietin.' + room in sys.modules]\n"
        "from cookietin.cookiejar import *\n"
        "print(early, MozillaCookieJar is face.MozillaCookieJar, issubclass(LoadError, OSError))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[] True True"


def test_every_module_is_imported_without_a_warning() -> None:
    """Programs that make errors of warnings import us too, on whatever Python they have."""
    root = Path(cookietin.__file__).parent
    files = [path.relative_to(root.parent).with_suffix("") for path in root.rglob("*.py")]
    modules = sorted(".".join(file.parts).removesuffix(".__init__") for file in files)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL, " ".join(OLDEST), *modules],
        capture_output=True,
        text=True,
    )

    assert not done.stderr, done.stderr
    assert done.returncode == 0
    left_out = set(modules) - set(done.stdout.split())
    assert {module for module in left_out if ".integrations." not in module} == set()
