"""The command as a process: pipes, terminals, signals, and curl."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from cookietin import cli

COMMAND = [sys.executable, "-W", "error", "-m", "cookietin"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and terminals as POSIX has them")


def run_process(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    defaults = {"capture_output": True, "timeout": 60, "check": False}
    return subprocess.run([*COMMAND, *arguments], **{**defaults, **options})  # type: ignore[call-overload,no-any-return]


def test_commands_are_joined_by_pipes(file: Path) -> None:
    """And a shell's <(command) is a file, too."""
    words = " ".join(COMMAND)
    script = f"{words} convert {file} - --to lwp | {words} diff - <(cat {file})"

    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""


def test_reader_that_has_seen_enough(file: Path) -> None:
    """`| head -0`: no traceback, and the code of SIGPIPE."""
    reader, writer = os.pipe()
    os.close(reader)

    ended = run_process(
        "show", str(file), stdout=writer, capture_output=False, stderr=subprocess.PIPE
    )
    os.close(writer)

    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_output_that_cannot_be_written(file: Path) -> None:
    """A full disk behind `>` is no success."""
    with open("/dev/full", "wb") as full:
        ended = run_process(
            "show", str(file), stdout=full, capture_output=False, stderr=subprocess.PIPE
        )

    assert ended.returncode == 3
    assert ended.stderr == b"cookietin: standard output: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="no /proc here")
def test_interrupt() -> None:
    """Ctrl-C while standard input is waited for."""
    # Without "-W error": between opening a file and its `with`, an interrupt leaves a warning.
    with subprocess.Popen(
        [sys.executable, "-m", "cookietin", "show", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Where the tests run in the background, children would ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as child:
        # Ctrl-C is the command's once it reads, and keeps what it has read in a file.
        while child.poll() is None and not has_temporary_file(child.pid):
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)

        out, err = child.communicate(timeout=60)

    assert (child.returncode, out, err) == (130, b"", b"")


def has_temporary_file(pid: int) -> bool:
    """Tell whether a process has one of the command's temporary files open."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            if "cookietin-" in os.readlink(descriptor):
                return True
    return False


def on_terminal(*arguments: str, **environment: str) -> str:
    """What a command shows on a terminal, standard error included."""
    import pty

    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **environment}
    parent, child = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], stdin=child, stdout=child, stderr=child, env=surroundings
    ) as process:
        os.close(child)
        octets = b""
        try:
            while piece := os.read(parent, 65536):
                octets += piece
        except OSError:
            pass  # how Linux says that the other end is closed
        finally:
            os.close(parent)
        process.wait(60)
    return octets.decode().replace("\r\n", "\n")


def test_terminal_gets_a_table_of_rich(file: Path) -> None:
    """With what rich would take for markup as it stands."""
    pytest.importorskip("rich")
    file.write_text(file.read_text().replace("\ttheme\t", "\t[red]theme[/red]\\\x1b[5m\t"))

    shown = on_terminal("show", str(file))

    assert "\u256d" in shown
    assert "\x1b[" in shown
    assert "[red]theme[/red]" in shown
    assert "\\x1b[5m" in shown
    assert "\x1b[5m" not in shown
    assert "secret-of" not in shown


def test_octets_on_a_terminal_are_harmless(tmp_path: Path) -> None:
    """A server may have put an escape sequence into a value; in a pipe it has to stay."""
    file = tmp_path / "cookies.txt"
    file.write_text("a.test\tFALSE\t/\tFALSE\t4102444800\tname\t\x1b]0;title\x07\u202e\n")

    shown = on_terminal("header", str(file), "http://a.test/", "--policy", "default")
    converted = on_terminal("convert", str(file), "-", "--to", "mozilla")

    assert shown == "name=\\x1b]0;title\\x07\\u202e\n"
    assert "\x1b" not in converted
    assert "4102444800\tname\t\\x1b]0;title" in converted


class Terminal(io.TextIOWrapper):
    """Standard output on a terminal, in this process."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "environment", "is_plain"),
    [
        pytest.param([], {"TERM": "xterm"}, False, id="terminal"),
        pytest.param(["--plain"], {"TERM": "xterm"}, True, id="--plain"),
        pytest.param([], {"TERM": "xterm", "NO_COLOR": "1"}, True, id="NO_COLOR"),
        pytest.param([], {"TERM": "xterm", "COLUMNS": "20"}, True, id="no room for columns"),
        pytest.param([], {"TERM": "dumb"}, True, id="terminal that can do nothing"),
    ],
)
def test_plain_text_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., Any],
    file: Path,
    arguments: list[str],
    environment: dict[str, str],
    is_plain: bool,
) -> None:
    """The same as a pipe gets, where somebody wants it."""
    pytest.importorskip("rich")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    plain = run("show", file).out
    octets = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(octets, "utf-8"))

    code = cli.main(["show", str(file), *arguments])

    assert code == 0
    assert (octets.getvalue().decode() == plain) is is_plain


def test_plain_text_without_rich(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any], file: Path
) -> None:
    """The command line does without, and says so nowhere."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setitem(sys.modules, "rich.console", None)
    plain = run("show", file).out
    octets = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(octets, "utf-8"))

    cli.main(["show", str(file)])

    assert octets.getvalue().decode() == plain


def test_terminal_that_knows_ascii_alone(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """A name that it cannot show is shown as an escape."""
    file.write_text(file.read_text().replace("\ttheme\t", "\tth\xe8me\t"), "latin-1")
    octets = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(octets, "ascii"))

    cli.main(["show", str(file)])

    assert b"th\\xe8me" in octets.getvalue()


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str | None]]]:
    """A server on this machine: its port, and the Cookie fields that it got."""
    fields: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fields.append(self.headers["Cookie"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port, fields
        server.shutdown()
        thread.join()


@pytest.mark.skipif(which("curl") is None, reason="no curl here")
def test_header_for_curl(tmp_path: Path, asked: tuple[int, list[str | None]]) -> None:
    """As the reference page shows it."""
    port, fields = asked
    file = tmp_path / "cookies.txt"
    line = "127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\ta b\xe9\n"
    file.write_text(f"# Netscape HTTP Cookie File\n{line}", "latin-1")
    url = f"http://127.0.0.1:{port}/"
    field = f'$({" ".join(COMMAND)} header "{file}" {url})'

    subprocess.run(
        ["bash", "-c", f'curl -s --noproxy "*" -H "Cookie: {field}" {url}'], check=True, timeout=60
    )

    assert fields == ["sid=a b\xe9"]
