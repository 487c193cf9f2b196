"""`show`, `explain` and `header`: what a file holds and what would be sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def names_in(text: str) -> list[str]:
    """The first column below the heading."""
    return [line.split(" ")[0] for line in text.splitlines()[1:]]


def test_show_lists_all_that_the_file_holds(run: Run, file: Path) -> None:
    """Session cookies and cookies that have ended, too: they are in the file."""
    shown = run("show", file)

    assert shown.code == 0
    assert shown.err == ""
    assert shown.out == (
        "name   value  domain         path      ends                            attributes\n"
        "sid    ***    .shop.test     /         session                         Secure HttpOnly\n"
        "theme  ***    www.shop.test  /account  2100-01-01 00:00:00Z\n"
        "old    ***    www.shop.test  /         2020-01-01 00:00:00Z (expired)\n"
        "       ***    www.shop.test  /         session\n"
    )


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        pytest.param(["--name", "sid"], ["sid"], id="name"),
        pytest.param(["--name", ""], [""], id="no name"),
        pytest.param(["--name", "secret-of-word"], [], id="a value is no name"),
        pytest.param(["--domain", "www.shop.test"], ["theme", "old", ""], id="domain"),
        pytest.param(["--host", "shop.test"], ["sid"], id="host"),
        pytest.param(["--path", "/account"], ["theme"], id="path"),
        pytest.param(["--secure"], ["sid"], id="Secure"),
        pytest.param(["--no-session"], ["theme", "old"], id="persistent"),
        pytest.param(["--http-only"], ["sid"], id="HttpOnly"),
        pytest.param(["--expired"], ["old"], id="ended"),
        pytest.param(["--no-expired", "--no-session"], ["theme"], id="two filters have to agree"),
        pytest.param(["--url", "https://shop.test/"], ["sid"], id="what a URL gets"),
        pytest.param(
            ["--url", "https://www.shop.test/account"], ["theme", "sid", ""], id="sending order"
        ),
    ],
)
def test_show_filters(run: Run, file: Path, filters: list[str], names: list[str]) -> None:
    """The filters are those of `query`, but nothing is removed before anybody looks."""
    shown = run("show", file, *filters)

    assert shown.code == 0
    assert names_in(shown.out) == names


def test_show_values_on_request(run: Run, file: Path) -> None:
    """Whoever asks for them gets them."""
    shown = run("show", file, "--values")

    assert shown.out.count("secret-of-") == 4


def test_show_as_json(run: Run, file: Path) -> None:
    """The keys are those of the reference page; a masked value is said to be one."""
    document = json.loads(run("show", file, "--name", "theme", "--json").out)

    assert document == {
        "file": str(file),
        "format": "mozilla",
        "values_masked": True,
        "cookies": [
            {
                "name": "theme",
                "value": "***",
                "domain": "www.shop.test",
                "hostOnly": True,
                "path": "/account",
                "secure": False,
                "httpOnly": False,
                "session": False,
                "sameSite": "unspecified",
                "expirationDate": 4102444800,
            }
        ],
        "unread": [],
    }


def test_show_reads_standard_input(run: Run, file: Path) -> None:
    """The format is told by content, so a stream needs no name."""
    shown = run("show", "-", "--name", "sid", stdin=file.read_bytes())

    assert names_in(shown.out) == ["sid"]


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        pytest.param(["https://shop.test/"], b"sid=secret-of-sid\n", id="the value alone"),
        pytest.param(
            ["https://shop.test/", "--with-name"], b"Cookie: sid=secret-of-sid\n", id="whole field"
        ),
        pytest.param(
            ["https://www.shop.test/account/x"],
            b"theme=secret-of-theme; sid=secret-of-sid; secret-of-word\n",
            id="sending order, none that has ended",
        ),
        pytest.param(["http://shop.test/"], b"", id="nothing to send"),
        pytest.param(["https://shop.test/", "--script"], b"", id="HttpOnly is hidden from scripts"),
    ],
)
def test_header(run: Run, file: Path, arguments: list[str], out: bytes) -> None:
    """A script takes what is printed as it stands, so nothing else may be there."""
    sent = run("header", file, *arguments)

    assert (sent.octets, sent.err) == (out, "")
    assert sent.code == (0 if out else 1)


def test_header_prints_octets_as_the_server_sent_them(run: Run, tmp_path: Path) -> None:
    """A value in Latin-1 must not come out in UTF-8."""
    file = tmp_path / "cookies.txt"
    line = b"shop.test\tFALSE\t/\tFALSE\t0\tsid\t\xe9\xff\n"
    file.write_bytes(b"# Netscape HTTP Cookie File\n" + line)

    assert run("header", file, "http://shop.test/").octets == b"sid=\xe9\xff\n"


def test_explain_gives_every_reason(run: Run, file: Path) -> None:
    """It is the first command of whoever misses a cookie."""
    explained = run("explain", file, "http://www.shop.test/?token=1")

    assert explained.code == 0
    assert explained.out.startswith("http://www.shop.test/: 1 sent, 3 withheld\n")
    for reason in "NOT_ON_PATH", "EXPIRED", "SECURE_ONLY":
        assert f"    {reason}: " in explained.out


@pytest.mark.parametrize(
    ("context", "sent"),
    [
        pytest.param([], True, id="a user has typed the address"),
        pytest.param(["--cross-site"], False, id="a link on another site"),
        pytest.param(["--site-for-cookies", "https://www.shop.test"], True, id="the same site"),
        pytest.param(["--cross-site", "--policy", "default"], True, id="rules without SameSite"),
    ],
)
def test_explain_asks_who_asks(run: Run, rich_file: Path, context: list[str], sent: bool) -> None:
    """SameSite=Strict depends on nothing else."""
    explained = run("explain", rich_file, "https://shop.test/", "--json", *context)

    cookies = {each["name"]: each for each in json.loads(explained.out)["cookies"]}
    assert cookies["sid"]["sent"] is sent
    assert cookies["sid"]["value"] == "***"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["show", "{}", "--url", "https://www.shop.test/"], id="show"),
        pytest.param(["explain", "{}", "https://www.shop.test/"], id="explain"),
        pytest.param(["header", "{}", "https://www.shop.test/"], id="header"),
        pytest.param(["check", "{}"], id="check"),
        pytest.param(["diff", "{}", "{}"], id="diff"),
        pytest.param(["convert", "{}", "-", "--to", "lwp"], id="convert"),
    ],
)
def test_file_that_is_looked_at_stays_as_it_is(run: Run, file: Path, words: list[str]) -> None:
    """Nor is anything left beside it, although a cookie in it has ended."""
    before = file.read_bytes(), file.stat().st_mtime_ns

    ended = run(*(word.replace("{}", str(file)) for word in words))

    assert ended.code in (0, 1)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("Partitioned=x; secure", "Secure Partitioned", id="Partitioned"),
        pytest.param("SameSite=None; secure", "Secure SameSite=None", id="SameSite"),
    ],
)
def test_show_attributes(run: Run, tmp_path: Path, line: str, shown: str) -> None:
    """All that a cookie has of them."""
    file = tmp_path / "cookies.lwp"
    place = 'path="/"; domain="shop.test"; discard'
    file.write_text(f"#LWP-Cookies-2.0\nSet-Cookie3: a=1; {place}; {line}; version=0\n")

    assert run("show", file).out.splitlines()[1].endswith(f"session  {shown}")


def test_cookie_that_ends_after_all_calendars(run: Run, tmp_path: Path) -> None:
    """A number is shown then."""
    file = tmp_path / "cookies.txt"
    line = "shop.test\tFALSE\t/\tFALSE\t999999999999999\tsid\t1\n"
    file.write_text(f"# Netscape HTTP Cookie File\n{line}")

    assert "999999999999999 seconds after 1970" in run("show", file).out


def test_explain_where_there_is_nothing(run: Run, file: Path) -> None:
    """The first line is all."""
    explained = run("explain", file, "https://other.test/")

    assert (explained.code, explained.out) == (0, "https://other.test/: 0 sent, 0 withheld\n")
