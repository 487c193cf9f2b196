"""Strict reading of files whose lines have no end: a clear error, and no memory for it."""

from __future__ import annotations

import tracemalloc

import pytest

from cookietin.cookiejar import LoadError, LWPCookieJar, MozillaCookieJar

LONG = 4_000_000


@pytest.mark.parametrize("jar_class", [MozillaCookieJar, LWPCookieJar])
@pytest.mark.parametrize("octet", [b"x", b"\0", b"\xff"], ids=["letters", "NUL", "no UTF-8"])
def test_first_line_without_end_takes_no_memory(
    tmp_path: object, jar_class: type[MozillaCookieJar], octet: bytes
) -> None:
    """A gigabyte of garbage took two of memory, and ten seconds."""
    path = f"{tmp_path}/garbage"
    with open(path, "wb") as stream:
        stream.write(octet * LONG)
    jar = jar_class(path)

    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match="line 1: "):
            jar.load()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < LONG / 4


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        pytest.param(b"\xc3", 1, id="the file ends within a character"),
        pytest.param(b"\n\xe9\n", 2, id="a lone octet"),
        pytest.param(
            b"# HTTP Cookie File\n#" + "\xe9".encode() * 70_000 + b"\n\xff",
            3,
            id="behind a long line",
        ),
    ],
)
def test_line_that_is_no_utf8_is_named(tmp_path: object, octets: bytes, line: int) -> None:
    """Pieces of a line are no lines, and characters may be cut by them."""
    path = f"{tmp_path}/cookies.txt"
    with open(path, "wb") as stream:
        stream.write(octets)

    with pytest.raises(LoadError, match=r"expected UTF-8") as caught:
        MozillaCookieJar(path).load()

    assert caught.value.line_number == line


def test_first_line_may_be_long(tmp_path: object) -> None:
    """What stands behind the words that count is passed over as a whole."""
    path = f"{tmp_path}/cookies.txt"
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("# Netscape HTTP Cookie File" + "\xe9" * 200_000 + "\n")
        stream.write("shop.test\tFALSE\t/\tFALSE\t4000000000\tn\tv\n")
    jar = MozillaCookieJar(path)

    jar.load()

    assert [cookie.name for cookie in jar] == ["n"]
