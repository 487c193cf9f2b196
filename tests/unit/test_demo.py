"""`python -m cookietin`: the demo tells the truth, fails when it should, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

import cookietin
from cookietin import MozillaCookieJar, cli, demo
from cookietin.demo_web import Shop, names_of, serving

Run = Callable[..., subprocess.CompletedProcess[str]]
PYTHON = [sys.executable, "-W", "error"]


def environment(folder: Path) -> dict[str, str]:
    """That of a child: temporary files in a folder, and proxy settings that lead nowhere."""
    nowhere = "http://127.0.0.1:9"
    return {
        **os.environ,
        "TMPDIR": str(folder),
        "PYTHONWARNINGS": "error",
        "http_proxy": nowhere,
        "all_proxy": nowhere,
        "no_proxy": "*",
    }


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(folder), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo of this module puts its temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def played(folder: Path) -> subprocess.CompletedProcess[str]:
    """The demo as a newcomer runs it, where the surroundings name proxies."""
    return run(folder, *PYTHON, "-m", "cookietin", "demo")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which this process and its children put temporary files."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    monkeypatch.setenv("TMPDIR", str(made))
    return made


def test_demo_succeeds(played: subprocess.CompletedProcess[str], folder: Path) -> None:
    """It is the first thing that a newcomer runs, and must not litter."""
    assert (played.returncode, played.stderr) == (0, "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(r"kept +sid +Domain=shop\.example; Path=/", id="domain-wide login is kept"),
        pytest.param(r"kept +cart +\(no attributes\) +for www\.shop\.example,", id="host-only"),
        pytest.param(r"kept +tab +Path=/account +for shop\.example from /account", id="path"),
        pytest.param(r"withheld +tab +NOT_ON_PATH: .", id="path-bound cookie is withheld"),
        pytest.param(r"withheld +card +SECURE_ONLY: .", id="Secure cookie is withheld over http"),
        pytest.param(r"To https://shop\.example/ .* card\.", id="Secure cookie is kept for https"),
        pytest.param(r"withheld +offer +EXPIRED: .", id="cookie that has ended is withheld"),
        pytest.param(r"removed +form +Path=/login; Max-Age=0", id="own site deletes"),
        pytest.param(
            r"refused +sid +Domain=shop\.example; Path=/ +DOMAIN_MISMATCH: The host does not",
            id="another site's cookie for the shop is refused, with the reason",
        ),
        pytest.param(
            r"refused +sid +Domain=shop\.example; Path=/; +DOMAIN_MISMATCH: The host does not",
            id="another site's deletion of the login is refused, with the reason",
        ),
        pytest.param(r"The shop's sid is kept; http\.cookiejar", id="login survives"),
        pytest.param(
            r" 8  GET http://shop\.example/account +200, logged in as ann", id="to the end"
        ),
    ],
)
def test_table_says_what_became_of_each_cookie(
    played: subprocess.CompletedProcess[str], row: str
) -> None:
    """Every kind of cookie that the demo promises is in its table, with what became of it."""
    assert re.search(row, played.stdout)


def test_second_process_is_logged_in(played: subprocess.CompletedProcess[str]) -> None:
    """The file is worth having only if another process can go on with it."""
    first, second = played.stdout.split("A second process loads the file")

    assert first.endswith("Saved 7 cookies in cookies.txt, permissions 0600.\n\n")
    assert re.search(r" 1  GET http://shop\.example/account +200, logged in as ann", second)
    assert second.endswith("as ann, by the cookies in the file alone.\n")


def test_output_can_be_read_and_shown_around(played: subprocess.CompletedProcess[str]) -> None:
    """It fits a terminal, is plain text, and holds the value of no cookie."""
    assert max(map(len, played.stdout.splitlines())) <= 100
    assert played.stdout.isascii()
    # Values are 16 hexadecimal digits, or stand after the name and a "=".
    assert not re.search(r"[0-9a-f]{16}|\b(sid|form|card|tab|ad|cart)=", played.stdout)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param([], 2, "usage: python -m cookietin", id="no command prints the help"),
        pytest.param(["demmo"], 2, "invalid choice: 'demmo'", id="unknown command"),
        pytest.param(["demo", "--second", "file", "x"], 2, "expected a port", id="port is none"),
        pytest.param(["--help"], 0, "demo", id="help"),
        pytest.param(["--version"], 0, f"cookietin {cookietin.__version__}\n", id="version"),
    ],
)
def test_usage(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    """Wrong usage is 2 and speaks on stderr; an answer to a question is 0 and on stdout."""
    child = run(tmp_path, *PYTHON, "-m", "cookietin", *arguments)

    assert child.returncode == code
    assert said in (child.stderr if code else child.stdout)
    assert not (child.stdout if code else child.stderr)


def test_server_that_answers_otherwise_fails_the_demo(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A login that the jar refuses must show, in both processes and at the server."""
    monkeypatch.setattr(Shop, "login_attributes", "Domain=other.test; Path=/")

    code = cli.main(["demo"])

    said = capsys.readouterr().err
    assert code == 1
    assert "demo failed: request 3: expected ('POST', 'http://shop.example/login', 303" in said
    assert "demo failed: second process: request 1: expected ('GET'" in said
    assert "demo failed: request at the server 4: expected ('GET'" in said
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []


def test_standard_library_is_judged_by_what_it_does() -> None:
    """The demo compares; it does not repeat a claim that a later Python might make untrue."""
    shop = Shop()

    with serving(shop) as port:
        browser = demo.Browser(MozillaCookieJar(), port)
        browser.visit("GET", f"{demo.SHOP}/login")
        browser.visit("POST", f"{demo.SHOP}/login", b"user=ann")

    assert demo._standard_library_keeps("sid", browser.exchanges)
    assert not demo._standard_library_keeps("form", browser.exchanges)


def test_second_process_without_a_login_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If it passed with an empty file, its success would prove nothing."""
    filename = tmp_path / "cookies.txt"
    MozillaCookieJar(filename).save()

    with serving(Shop()) as port:
        code = cli.main(["demo", "--second", str(filename), str(port)])

    assert code == 1
    assert "demo failed: second process: request 1: expected ('GET'" in capsys.readouterr().err


def test_second_process_without_a_server_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it does when the first process has been killed."""
    filename = tmp_path / "cookies.txt"
    MozillaCookieJar(filename).save()
    with serving(Shop()) as port:
        pass

    code = cli.main(["demo", "--second", str(filename), str(port)])

    assert code == 1
    assert "demo failed: second process: URLError: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("where", "name", "value", "said"),
    [
        pytest.param(sys, "executable", os.path.join(os.sep, "no", "python"), "No such", id="none"),
        pytest.param(demo, "TIMEOUT_OF_SECOND", 0.01, "TimeoutExpired", id="takes too long"),
    ],
)
def test_second_process_that_does_not_run_fails_the_demo(
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: object,
    name: str,
    value: object,
    said: str,
) -> None:
    """An exception half-way must not leave a folder, a server or a process behind."""
    monkeypatch.setattr(where, name, value)

    code = cli.main(["demo"])

    last = capsys.readouterr().err.splitlines()[-1]
    assert code == 1
    assert last.startswith("demo failed: ")
    assert said in last
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as Linux has them")
def test_file_that_cannot_be_written_fails_the_demo(tmp_path: Path) -> None:
    """A full disk, as the kernel reports it: no file may be longer than 100 octets."""
    script = (
        "import os, resource, sys; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )

    child = run(tmp_path, sys.executable, "-c", script, *PYTHON, "-m", "cookietin", "demo")

    assert child.returncode == 1
    assert child.stderr.startswith("demo failed: OSError: ")
    assert child.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_reader_that_has_seen_enough_gets_no_traceback(tmp_path: Path) -> None:
    """`python -m cookietin demo | head`."""
    reader, writer = os.pipe()
    os.close(reader)

    child = subprocess.run(
        [*PYTHON, "-m", "cookietin", "demo"],
        env=environment(tmp_path),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)

    assert (child.returncode, child.stderr) == (141, "")  # as shells report SIGPIPE
    assert list(tmp_path.iterdir()) == []


def test_page_that_is_not_there_is_an_answer_too(capsys: pytest.CaptureFixture[str]) -> None:
    """An error page passes through the jar like any other."""
    shop = Shop()

    with serving(shop) as port:
        browser = demo.Browser(MozillaCookieJar(), port)
        browser.visit("GET", "http://nowhere.test/")

    assert [step[:3] for step in browser.steps] == [("GET", "http://nowhere.test/", 404)]
    assert "404, no such page" in capsys.readouterr().out
    assert [seen.url for seen in shop.seen] == ["http://nowhere.test/"]


def test_nothing_but_the_command_imports_the_demo(tmp_path: Path) -> None:
    """Programs that import the package do not pay for it."""
    script = "import sys, cookietin.cookiejar; print([m for m in sys.modules if 'demo' in m])"

    child = run(tmp_path, *PYTHON, "-c", script)

    assert child.stdout == "[]\n"


def test_names_of_a_cookie_field() -> None:
    """A value may hold a "="."""
    assert names_of("a=b=c; d") == ("a", "d")
