"""What the tests of the command line share: files of cookies, and a way to run a command."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from cookietin import cli
from cookietin.formats import registry

# All values begin with "secret-of", which stands nowhere else.
COOKIES = """\
# Netscape HTTP Cookie File
#HttpOnly_.shop.test\tTRUE\t/\tTRUE\t0\tsid\tsecret-of-sid
www.shop.test\tFALSE\t/account\tFALSE\t4102444800\ttheme\tsecret-of-theme
www.shop.test\tFALSE\t/\tFALSE\t1577836800\told\tsecret-of-old
www.shop.test\tFALSE\t/\tFALSE\t0\t\tsecret-of-word
"""

WITH_SAME_SITE = """\
#LWP-Cookies-2.0
Set-Cookie3: sid=secret-of-sid; path="/"; domain="shop.test"; path_spec; secure; discard; \
SameSite=Strict; HttpOnly=None; version=0
Set-Cookie3: theme=secret-of-theme; path="/"; domain="shop.test"; path_spec; discard; version=0
"""


class Ran:
    """How a command ended."""

    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code = code
        self.octets = out
        self.out = out.decode(errors="replace")
        self.err = err.decode()

    def __repr__(self) -> str:
        return f"<{self.code}: {self.out!r} {self.err!r}>"


Run = Callable[..., Ran]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; wrong usage ends it as in a process of its own."""

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            code = cli.main([str(each) for each in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(code, *capsysbinary.readouterr())

    return run


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two formats are enough here; whoever runs the tests may have set NO_COLOR."""
    ours = {name: registry._OURS[name] for name in ("mozilla", "lwp")}
    monkeypatch.setattr(registry, "_OURS", ours)
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cookies.txt with a login, a theme, a cookie that has ended and a nameless one."""
    made = tmp_path / "cookies.txt"
    made.write_text(COOKIES)
    made.chmod(0o600)
    return made


@pytest.fixture
def rich_file(tmp_path: Path) -> Path:
    """A file in a format that holds SameSite."""
    made = tmp_path / "cookies.lwp"
    made.write_text(WITH_SAME_SITE)
    made.chmod(0o600)
    return made
