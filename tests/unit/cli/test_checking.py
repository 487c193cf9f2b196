"""`check`: everything that is wrong with a file, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEAD = "# Netscape HTTP Cookie File\n"
ENDS = 4_102_444_800  # in 2100


def write(folder: Path, text: str, name: str = "cookies.txt") -> Path:
    file = folder / name
    file.write_bytes(text.encode("latin-1"))
    file.chmod(0o600)
    return file


def test_sound_file_has_no_findings(run: Run, tmp_path: Path) -> None:
    """The last line is all there is."""
    file = write(tmp_path, f"{HEAD}shop.test\tFALSE\t/\tTRUE\t{ENDS}\t__Host-sid\tsecret-of\n")

    checked = run("check", file)

    assert (checked.code, checked.err) == (0, "")
    assert checked.out == f"{file}: mozilla, 1 cookie, 0 findings\n"


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        pytest.param(
            "shop.test\tFALSE\t/\tFALSE\t86400\tsid\tsecret-of",
            "expired",
            "sid for shop.test/: has ended at 1970-01-02 00:00:00Z",
            id="ended",
        ),
        pytest.param(
            ".co.uk\tTRUE\t/\tFALSE\t0\tsid\tsecret-of",
            "public-suffix",
            "sid for .co.uk/: its domain is a public suffix",
            id="domain is a public suffix",
        ),
        pytest.param(
            "shop.test\tFALSE\t/\tFALSE\t0\t__Secure-sid\tsecret-of",
            "prefix",
            "its name promises Secure; browsers",
            id="__Secure- without Secure",
        ),
        pytest.param(
            ".shop.test\tTRUE\t/a\tTRUE\t0\t__host-sid\tsecret-of",
            "prefix",
            "its name promises no Domain and Path=/; browsers",
            id="__Host- with a Domain and a path, in any case",
        ),
        pytest.param(
            "shop.test\tFALSE\t/\tTRUE\t0\t__Host-Http-sid\tsecret-of",
            "prefix",
            "its name promises HttpOnly; browsers",
            id="__Host-Http- without HttpOnly",
        ),
        pytest.param(
            "shop.test\tFALSE\t/\tFALSE\t0\tsid\tsecret-of\x1b[2J",
            "control-character",
            "sid for shop.test/: it holds control characters",
            id="control character in a value",
        ),
        pytest.param(
            f"shop.test\tFALSE\t/\tFALSE\t0\tsid\tsecret-of{'x' * 4096}",
            "size",
            "name and value have more than 4,096 octets",
            id="larger than browsers take",
        ),
        pytest.param(
            "shop.test\tFALSE\t/\tFALSE\t0\tsid\tsecret-of\nshop.test\tFALSE\t/\tFALSE\t0\tsid\t2",
            "duplicate",
            "sid for shop.test/: is there more than once; the last one counts",
            id="one key twice",
        ),
        pytest.param(
            "shop.test\tFALSE\t/\tFALSE\t0\tsid\tsecret-of\xe9",
            "strict",
            ", line 2: lenient reading alone takes it: expected UTF-8",
            id="not UTF-8",
        ),
    ],
)
def test_finding(run: Run, tmp_path: Path, line: str, kind: str, said: str) -> None:
    """Each is one line of text, one entry of JSON, and shows no value."""
    file = write(tmp_path, f"{HEAD}{line}\n")

    checked, document = run("check", file), json.loads(run("check", file, "--json").out)

    assert checked.code == 1
    first, summary = checked.out.splitlines()
    assert first.startswith(str(file))
    assert said in first
    assert summary.endswith("1 cookie, 1 finding")
    assert [finding["kind"] for finding in document["findings"]] == [kind]
    assert "secret-of" not in checked.out + str(document)


@pytest.mark.parametrize(
    ("attributes", "kinds"),
    [
        pytest.param("SameSite=None; secure", [], id="SameSite=None with Secure"),
        pytest.param("SameSite=None", ["same-site"], id="SameSite=None without Secure"),
        pytest.param("SameSite=Lax", [], id="SameSite=Lax"),
        pytest.param("Partitioned=x", ["partitioned"], id="Partitioned without Secure"),
    ],
)
def test_attributes_that_need_secure(
    run: Run, tmp_path: Path, attributes: str, kinds: list[str]
) -> None:
    """Browsers refuse these without a word."""
    line = f'Set-Cookie3: sid=1; path="/"; domain="shop.test"; discard; {attributes}; version=0\n'
    file = write(tmp_path, f"#LWP-Cookies-2.0\n{line}")

    document = json.loads(run("check", file, "--json").out)

    assert [finding["kind"] for finding in document["findings"]] == kinds


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        pytest.param(0o644, "may have it read (mode 0644); chmod 600", id="readable"),
        pytest.param(0o622, "may have it written (mode 0622); chmod 600", id="writable"),
    ],
)
def test_file_open_to_others(run: Run, tmp_path: Path, mode: int, said: str) -> None:
    """Cookies are passwords."""
    file = write(tmp_path, HEAD)
    file.chmod(mode)

    checked = run("check", file)

    assert checked.code == 1
    assert said in checked.out


def test_standard_input_has_no_mode(run: Run) -> None:
    """Nor has the temporary file that it goes to."""
    checked = run("check", "-", stdin=HEAD.encode())

    assert checked.out == "standard input: mozilla, 0 cookies, 0 findings\n"


def test_empty_file(run: Run, tmp_path: Path) -> None:
    """Nothing tells its format, so it has to be named."""
    file = write(tmp_path, "")

    assert run("check", file).code == 3
    assert "there is nothing in it" in run("check", file, "--format", "lwp").out
