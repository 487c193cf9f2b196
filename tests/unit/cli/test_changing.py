"""`set` and `rm`: what they change, what they refuse, and what they never lose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_set_begins_a_file(run: Run, tmp_path: Path) -> None:
    """For its owner alone, in the format that is named."""
    file = tmp_path / "new.txt"

    kept = run(
        "set", file, "sid=1", "--url", "https://shop.test/", "--format", "mozilla", "--path", "/a"
    )

    assert (kept.code, kept.err) == (0, "")
    assert kept.out == "set sid for shop.test/a, ends with the session\n"
    assert file.read_text().endswith("\nshop.test\tFALSE\t/a\tFALSE\t0\tsid\t1\n")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["--secure"], "shop.test\tFALSE\t/\tTRUE\t0\tsid\t1", id="Secure"),
        pytest.param(["--domain", "shop.test"], ".shop.test\tTRUE\t/", id="Domain"),
        pytest.param(["--http-only"], "#HttpOnly_shop.test\tFALSE\t/", id="HttpOnly"),
        pytest.param(["--expires", "2027-01-31"], "\t1801353600\tsid", id="a date"),
        pytest.param(["--expires", "1801353601"], "\t1801353601\tsid", id="seconds since 1970"),
        pytest.param(["--policy", "default"], "shop.test\tFALSE\t/\tFALSE", id="default policy"),
    ],
)
def test_set_attributes(run: Run, tmp_path: Path, arguments: list[str], line: str) -> None:
    """The options are those of `CookieJar.set`."""
    file = tmp_path / "new.txt"
    place = ["--url", "https://shop.test/", "--format", "mozilla"]

    # A year from now may be more than the 400 days of browser rules.
    kept = run("set", file, "sid=1", *place, *arguments)

    assert kept.code == 0, kept
    assert line in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "stdin", "value"),
    [
        pytest.param(["sid=-"], b"secret-of\n", b"secret-of", id="a line break is the shell's"),
        pytest.param(
            ["sid", "--value-from-stdin"], b"secret-of\xe9", b"secret-of\xe9", id="octets"
        ),
        pytest.param(["sid=secret-of\udce9"], b"", b"secret-of\xe9", id="octets of an argument"),
        pytest.param(["sid=a=b"], b"", b"a=b", id="a value with an equals sign"),
        pytest.param(["sid="], b"", b"", id="an empty value"),
    ],
)
def test_value(run: Run, file: Path, arguments: list[str], stdin: bytes, value: bytes) -> None:
    """From standard input a value stays out of the list of processes."""
    kept = run("set", file, *arguments, "--url", "https://new.test/", stdin=stdin)

    assert kept.code == 0, kept
    assert b"new.test\tFALSE\t/\tFALSE\t0\tsid\t" + value + b"\n" in file.read_bytes()
    assert "secret-of" not in kept.out + kept.err


def test_set_keeps_the_rest_of_the_file(run: Run, file: Path) -> None:
    """Session cookies of other programs included."""
    run("set", file, "sid=1", "--url", "https://new.test/")

    text = file.read_text()
    assert all(f"secret-of-{each}" in text for each in ("sid", "theme", "word"))


def test_refusal_gives_every_reason(run: Run, file: Path) -> None:
    """One line each, and the file is as it was."""
    before = file.read_bytes()

    refused = run("set", file, "__Host-a=secret-of", "--url", "http://co.uk/", "--domain", "co.uk")

    assert (refused.code, refused.out) == (1, "")
    assert [line.split(": ")[2] for line in refused.err.splitlines()] == ["INVALID_PREFIX"]
    assert file.read_bytes() == before


def test_set_to_the_past_removes(run: Run, file: Path) -> None:
    """As a server does."""
    gone = run("set", file, "theme=1", "--url", "https://www.shop.test/account/", "--max-age", "0")

    assert gone.out == "removed theme for www.shop.test/account, since it has ended\n"
    assert "theme" not in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["sid=1"], "give url='https://shop.example/', or domain=", id="no place"),
        pytest.param(["sid", "--url", "http://a.test/"], "expected NAME=VALUE", id="no value"),
        pytest.param(["sid=1", "--url", "a.test"], "url: ", id="URL is none"),
        pytest.param(["sid=1", "--domain", "a b"], "'a b' is no host name", id="domain is none"),
        pytest.param(
            ["sid=1", "--domain", "a.test", "--expires", "03/04/05"],
            "expires",
            id="date is unclear",
        ),
        pytest.param(
            ["sid=1", "--domain", "a.test", "--max-age", "soon"], "invalid float", id="no seconds"
        ),
        pytest.param(
            ["sid=1", "--domain", "a.test", "--same-site", "x"], "'x' is none of", id="SameSite"
        ),
        pytest.param(["sid=1", "--value-from-stdin"], "name alone", id="two values"),
    ],
)
def test_set_refuses_nonsense(run: Run, file: Path, arguments: list[str], said: str) -> None:
    """One line, code 2, and the file is as it was."""
    before = file.read_bytes()

    refused = run("set", file, *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert refused.err.count("\n") == 1
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("filters", "said", "left"),
    [
        pytest.param(["--name", "sid"], "removed 1 cookie\n", ["theme", "word"], id="by name"),
        pytest.param(["--expired"], "removed 1 cookie\n", ["sid", "theme", "word"], id="ended"),
        pytest.param(["--domain", "shop.test"], "removed 4 cookies\n", [], id="by domain"),
        pytest.param(
            ["--url", "https://www.shop.test/"], "removed 2 cookies\n", ["theme"], id="by URL"
        ),
        pytest.param(["--name", "x"], "removed 0 cookies\n", ["sid", "theme", "word"], id="none"),
    ],
)
def test_rm(run: Run, file: Path, filters: list[str], said: str, left: list[str]) -> None:
    """It says how many, and 1 is its code if there were none."""
    removed = run("rm", file, *filters)

    assert removed.out == said
    assert removed.code == (1 if "removed 0" in said else 0)
    text = file.read_text()
    assert [each for each in ("sid", "theme", "word") if f"secret-of-{each}" in text] == left


def test_rm_without_a_filter_is_refused(run: Run, file: Path) -> None:
    """It would be everything."""
    before = file.read_bytes()

    refused = run("rm", file)

    assert refused.code == 2
    assert "say which cookies" in refused.err
    assert file.read_bytes() == before


def test_rm_between_pipes(run: Run, file: Path) -> None:
    """The rest goes to standard output, the number to standard error."""
    removed = run("rm", "-", "--domain", "www.shop.test", stdin=file.read_bytes())

    assert removed.code == 0
    assert removed.err == "cookietin: removed 3 cookies\n"
    assert removed.octets.endswith(
        b"\n\n#HttpOnly_.shop.test\tTRUE\t/\tTRUE\t0\tsid\tsecret-of-sid\n"
    )


def test_cookie_that_the_file_cannot_hold(run: Run, file: Path) -> None:
    """It is not said to be set, and the others stay."""
    kept = run("set", file, "sid=secret-of\tsid", "--url", "https://new.test/")

    assert (kept.code, kept.out) == (1, "")
    assert kept.err == (
        "cookietin: cookie 'sid' of 'new.test' was not saved: cookies.txt cannot hold a tab or a "
        "line break\n"
    )
    assert file.read_text().count("secret-of") >= 3


def test_set_between_pipes(run: Run, file: Path) -> None:
    """The file goes to standard output, what was done to standard error."""
    kept = run("set", "-", "n=1", "--url", "https://new.test/", stdin=file.read_bytes())

    assert kept.code == 0
    assert kept.err == "cookietin: set n for new.test/, ends with the session\n"
    assert kept.octets.endswith(b"\nnew.test\tFALSE\t/\tFALSE\t0\tn\t1\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["-", "sid=-", "--domain", "a.test"], "cannot both come", id="twice stdin"),
        pytest.param(
            ["{}", "sid=-", "--domain", "a.test"], "more than 1,048,576 octets", id="no value"
        ),
    ],
)
def test_value_that_standard_input_cannot_give(
    run: Run, file: Path, arguments: list[str], said: str
) -> None:
    """Not beside the file, and not a whole film."""
    stdin = bytes((1 << 20) + 1)

    refused = run("set", *(each.replace("{}", str(file)) for each in arguments), stdin=stdin)

    assert refused.code == 2
    assert said in refused.err
