"""Files of garbage, up to a gigabyte: a clear error for every format, and bounded memory.

Rules of this file:
- The big files are sparse: they take no room, and are read like any other.
- Memory is measured in a child process, as the most that it ever held.
"""

import io
import subprocess
import sys

import pytest

from cookietin.errors import FormatError
from cookietin.formats import lines

GIGABYTE = 1 << 30
ROOM = 64  # MiB beside what the interpreter takes

BEGINNINGS = {
    "mozilla": b"# Netscape HTTP Cookie File\n",
    "lwp": b"#LWP-Cookies-2.0\n",
    "json": b'{"format":"cookietin","version":1,"cookies":[\n',
    "playwright": b'{"cookies":[{"name":"a","value":"',
    "har": b'{"log":{"entries":[',
    "puppeteer": b"[",
    "selenium": b"[",
    "extension": b"[",
    "electron": b"[",
    "curl": b"HTTP/1.1 200 OK\r\nSet-Cookie: a=",
    "firefox": b"SQLite format 3\0",
}

LOAD = f"""
import resource, sys, warnings
from cookietin.cookiejar import LoadError, open_jar

most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
warnings.simplefilter("ignore")
resource.setrlimit(resource.RLIMIT_AS, ({GIGABYTE // 2}, {GIGABYTE // 2}))
try:
    open_jar(sys.argv[1], sys.argv[2], lenient=sys.argv[3] == "leniently")
except LoadError as error:
    print(error.problem)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10) - most
assert grown < {ROOM}, grown
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory as in Linux")
@pytest.mark.parametrize("way", ["strictly", "leniently"])
@pytest.mark.parametrize("format", BEGINNINGS)
def test_gigabyte_of_garbage_is_an_error_in_bounded_memory(format, way, tmp_path):
    """Whoever is handed a file does not know its size; a process that is killed loses its jars."""
    path = tmp_path / "garbage"
    with open(path, "wb") as file:
        file.write(BEGINNINGS[format])
        file.truncate(GIGABYTE)

    done = subprocess.run(
        [sys.executable, "-c", LOAD, path, format, way], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    # What follows header fields in a dump may be any body, however long.
    assert done.stdout.strip() or (format, way) == ("curl", "leniently")


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        pytest.param(b"123456789", None, id="the first line, which is passed over"),
        pytest.param(b"\n12345678", None, id="as long as may be, without an end"),
        pytest.param(b"\n123456789", 2, id="one octet more"),
        pytest.param(b"1234\n12345678\n12345678", None, id="across blocks"),
        pytest.param(b"1234\n12345678\n123456789\n", 3, id="one octet more across blocks"),
        pytest.param(b"1234567\r\n\r\n\r12345678\n123456789", 5, id="CR and CR LF"),
        pytest.param(b"\n" * 20 + b"x" * 9, 21, id="behind blank lines"),
    ],
)
def test_line_without_end_is_named(octets, line, monkeypatch):
    """In whatever blocks the file is looked through, and by the line breaks of text."""
    monkeypatch.setattr(lines, "LONGEST_STRICT_LINE", 8)
    monkeypatch.setattr(lines, "SMALL_FILE", 8)
    stream = io.BytesIO(octets)

    found = None
    try:
        lines.check_lines(stream, "cookies.txt")
    except FormatError as error:
        found = error.line_number

    assert (found, stream.tell()) == (line, 0)
