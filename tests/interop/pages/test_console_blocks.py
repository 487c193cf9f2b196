"""What pages on clients of the command line show, typed in, with a shop on this machine to ask."""

import http.server
import os
import pty
import re
import shutil
import subprocess
import threading

import pytest
from page_blocks import CLIENT_CONSOLES, EXCEPTIONS, ROOT, blocks_of
from programs import shims

SHOP = "http://127.0.0.1:8000"
LOGIN = "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t31d4\n"
_PYTHON = re.compile(r'^>>> program = """$(.*?)^\.\.\. """$.*?open\("(\w+\.py)"', re.M | re.S)


class Shop(http.server.BaseHTTPRequestHandler):
    """`/login` sets a cookie and leads home, `/video.mp4` another; all say which ones they got."""

    def do_GET(self):
        moved, video = self.path == "/login", self.path == "/video.mp4"
        text = f"you sent: {self.headers['Cookie']}\n".encode()
        self.send_response(302 if moved else 200)
        self.send_header("Content-Type", "video/mp4" if video else "text/plain")
        self.send_header("Content-Length", str(len(text)))
        if moved:
            self.send_header("Set-Cookie", "sid=31d4; Path=/; HttpOnly; Max-Age=3600")
            self.send_header("Location", "/home")
        if video:
            self.send_header("Set-Cookie", "seen=1; Path=/; Max-Age=3600")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(text)

    do_HEAD = do_GET  # noqa: N815 - a name of http.server

    def log_message(self, *arguments):
        """Silent."""


@pytest.fixture(scope="module")
def port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def type_in(port, source_root, tmp_path):
    """Runs a command of a page in a folder with a login, and returns all that it prints."""
    bash = shutil.which("bash") or pytest.skip("bash is not installed")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "cookies.txt").write_text(LOGIN)
    environment = {
        "PATH": f"{shims(tmp_path)}:{os.environ['PATH']}",
        "PYTHONPATH": source_root,
        "HOME": str(tmp_path),
        "HTTPIE_CONFIG_DIR": str(tmp_path / "httpie"),
        "no_proxy": "*",
    }

    def run(command):
        # A terminal, as the reader has; HTTPie would read a body from anything else.
        keyboard, terminal = pty.openpty()
        done = subprocess.run(
            [bash, "-c", command.replace(":8000", f":{port}")],
            cwd=folder,
            env=environment,
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        os.close(keyboard)
        os.close(terminal)
        return done.stdout.decode().replace(f":{port}", ":8000")

    run.folder = folder
    return run


@pytest.mark.parametrize(("page", "client"), CLIENT_CONSOLES.items())
def test_page_shows_what_is_printed(client_module, type_in, page, client):
    """Word for word, where it does not say "..."."""
    client_module(client)
    for lines, name in _programs(ROOT / page):
        (type_in.folder / name).write_text(lines)

    for command, printed in _commands(ROOT / page):
        said = type_in(command)
        pattern = re.escape(printed.rstrip()).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, said.rstrip()), (command, said)


def _commands(page):
    for block in blocks_of(page):
        if block.language == "console" and (block.page, block.first_line) not in EXCEPTIONS:
            yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.M)


def _programs(page):
    """Programs that an example of the page writes down."""
    for found in _PYTHON.finditer(page.read_text("utf-8")):
        yield re.sub(r"^\.\.\. ?", "", found[1], flags=re.M), found[2]
