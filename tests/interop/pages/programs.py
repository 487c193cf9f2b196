"""Programs of this environment under the names that pages call them by."""

import sys
from pathlib import Path

SHIMS = {
    "python": 'exec "{python}" "$@"',
    "cookietin": 'exec "{python}" -m cookietin "$@"',
    "http": 'exec "{python}" -m httpie "$@"',
    "yt-dlp": 'exec "{python}" -m yt_dlp --ignore-config --no-cache-dir "$@"',
    # Another machine is this one.
    "ssh": 'shift; exec "$@"',
}


def shims(folder):
    """
    Make them in a new folder.

    Returns:
        The folder, for the beginning of PATH.
    """
    made = Path(folder) / "bin"
    made.mkdir()
    for name, line in SHIMS.items():
        shim = made / name
        shim.write_text(f"#!/bin/sh\n{line.format(python=sys.executable)}\n")
        shim.chmod(0o755)
    return made
