"""What an import brings along, and what waits until it is asked for."""

from __future__ import annotations

import subprocess
import sys


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
