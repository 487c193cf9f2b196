"""Throw mutated files at the readers of formats that are only read.

    python tests/property/fuzz_readers.py --inputs 300000 --seed 1 --readers har curl
    python tests/property/fuzz_readers.py --inputs 20000 --seed 1 --readers firefox

Inputs come in blocks with a seed of their own, so that a finding can be had again by its block. Exits
with 1 if anything was found.

Looked for: exceptions other than FormatError, a value in an error or a report, and cookies with what
would end a Cookie field in a place where no server could have put it.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import random
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from cookietin.cookie import CookieFields
from cookietin.errors import FormatError
from cookietin.formats import Choice, curl, firefox, har
from cookietin.formats.reading import Reading

NOW = 1_767_225_600
BLOCK = 1_000
SECRET = "s3cr3t"
READERS = {"har": har, "curl": curl, "firefox": firefox}

Files = dict[str, bytes]  # by suffix; "" is the file itself

_ODD: list[Any] = [None, True, 0, -1, 1e308, 10**30, "", "x", "\ud800", "\0", [], [[]], {}, {"": 0}]
_WORDS: list[bytes] = [
    *(b"Set-Cookie: ", b"; Domain=shop.test", b"; Path=/", b"; Max-Age=-1", b"HTTP/1.1 200 OK\r\n"),
    *(
        b"> ",
        b"< ",
        b"\r",
        b"\n",
        b"\0",
        b"\xff",
        b"\xc3",
        b'"',
        b"{",
        b"]",
        b"\\ud800",
        b"Host: [::",
    ),
    *(
        b"> GET http://[/ HTTP/1.1\r\n",
        b"< \r\n",
        b"1e999",
        b"9" * 5000,
        b"; Secure",
        b"moz_cookies",
    ),
]
_FIELDS = (
    f"sid={SECRET}; Path=/; HttpOnly; SameSite=Lax",
    f"a={SECRET}; Domain=shop.test; Max-Age=60",
    f"__Host-a={SECRET}; Secure; Path=/; Expires=Wed, 09 Jun 2038 10:18:14 GMT",
)


def har_document() -> Any:
    """A recording in which every field that is read is there."""
    said = {
        "name": "b",
        "value": SECRET,
        "path": "/",
        "domain": ".shop.test",
        "expires": "2038-01-01T00:00:00Z",
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    entry = {
        "startedDateTime": "2026-01-01T00:00:00.000+01:00",
        "request": {
            "url": "https://www.shop.test/a/b?c",
            "headers": [{"name": "Cookie", "value": f"c={SECRET}; d"}],
            "cookies": [said],
        },
        "response": {
            "headers": [{"name": "set-cookie", "value": "\n".join(_FIELDS)}],
            "cookies": [said],
            "content": {"text": SECRET},
        },
    }
    second = copy.deepcopy(entry)
    second["response"]["headers"] = []  # type: ignore[index]  # it is a dict
    return {"log": {"version": "1.2", "creator": {"name": "Firefox"}, "entries": [entry, second]}}


def har_files(rng: random.Random) -> Files:
    """A recording that is wrong in its structure, or in its octets."""
    document = har_document()
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        _replace(rng, document)
    return {"": json.dumps(document, ensure_ascii=rng.random() < 0.5).encode(errors="replace")}


def _replace(rng: random.Random, node: Any) -> None:
    """Put something odd in the place of a node, or into its text."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if not isinstance(node[key], dict | list) or rng.random() < 0.15:
            break
        node = node[key]
    if isinstance(node[key], str) and rng.random() < 0.6:
        octets = mutated(rng, node[key].encode(errors="replace"))
        node[key] = octets.decode(rng.choice(("latin-1", "cp1252")), "replace")
    elif isinstance(node, dict) and rng.random() < 0.3:
        del node[key]
    else:
        node[key] = copy.deepcopy(rng.choice(_ODD))


def curl_files(rng: random.Random) -> Files:
    """A dump, verbose or plain, of a redirect and what follows."""
    responses = [
        f"HTTP/1.1 302 Found\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nSet-Cookie: {_FIELDS[0]}\r\n"
        f"Set-Cookie: {_FIELDS[1]}\r\n\r\n",
        f"HTTP/2 200 \r\nset-cookie: {_FIELDS[2]}\r\nSet-Cookie: b=; Max-Age=0\r\n\r\n",
    ]
    if rng.random() < 0.7:
        marked = ["".join(f"< {line}" for line in each.splitlines(True)) for each in responses]
        request = "> GET /a/b HTTP/1.1\r\n> Host: www.shop.test\r\n> \r\n"
        return {"": f"*   Trying...\n{request}{marked[0]}* x\n{request}{marked[1]}".encode()}
    return {"": f"{responses[0]}{responses[1]}<html>\n".encode()}


@cache
def database() -> Files:
    """A small database with some rows in its log alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cookies.sqlite")
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT, name TEXT, "
            "value TEXT, host TEXT, path TEXT, expiry INTEGER, lastAccessed INTEGER, "
            "creationTime INTEGER, isSecure INTEGER, isHttpOnly INTEGER, sameSite INTEGER, "
            "isPartitionedAttributeSet INTEGER, UNIQUE (name, host, path, originAttributes))"
        )
        connection.execute("PRAGMA user_version = 17")
        for number in range(24):
            if number == 16:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            attributes = "^partitionKey=%28https%2Ctop.test%29" if number % 3 == 0 else ""
            row = attributes, f"c{number}", SECRET * 9, ".shop.test", "/", NOW * 2000, number
            connection.execute(
                "INSERT INTO moz_cookies VALUES (NULL, ?, ?, ?, ?, ?, ?, 1, ?, 1, 0, 0, 0)", row
            )
        files = {}
        for suffix in ("", "-wal"):
            with open(path + suffix, "rb") as stream:
                files[suffix] = stream.read()
        connection.close()
    return files


def firefox_files(rng: random.Random) -> Files:
    """A database and its log, or one of them alone."""
    files = dict(database())
    if rng.random() < 0.2:
        del files["-wal"]
    return files


MAKERS: dict[str, Callable[[random.Random], Files]] = {
    "har": har_files,
    "curl": curl_files,
    "firefox": firefox_files,
}


def mutated(rng: random.Random, octets: bytes) -> bytes:
    """Octets with something changed in them."""
    at = rng.randint(0, len(octets))
    kind = rng.randrange(6)
    if kind == 0 and octets:
        changed = bytearray(octets)
        for _ in range(rng.choice((1, 1, 2, 8))):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return bytes(changed)
    if kind == 1:
        return octets[:at]
    if kind == 2:
        return octets[:at] + octets[at + rng.randint(1, 40) :]
    if kind == 3:
        return octets[:at] + octets[at : at + 40] * rng.choice((2, 3, 60)) + octets[at + 40 :]
    if kind == 4 and octets:
        changed = bytearray(octets)
        changed[at : at + 4] = rng.randbytes(4)
        return bytes(changed)
    return octets[:at] + rng.choice(_WORDS) + octets[at:]


def inputs_of(reader: str, seed: int, block: int, size: int = BLOCK) -> Iterator[Files]:
    """The inputs of a block; the same ones for the same numbers."""
    rng = random.Random(f"{reader}/{seed}/{block}")
    for _ in range(size):
        files = MAKERS[reader](rng)
        for _ in range(rng.choice((0, 1, 1, 2, 5))):
            suffix = rng.choice(list(files))
            files[suffix] = mutated(rng, files[suffix])
        yield files


def try_reader(reader: str, files: Files, *, lenient: bool) -> int:
    """Read files; raise whatever is wrong with how that goes. Returns the number of cookies."""

    def companion(suffix: str) -> io.BytesIO | None:
        return io.BytesIO(files[suffix]) if suffix in files else None

    choice = Choice(session=True, ended=True, now=NOW)
    reading = Reading("file", choice, CookieFields, lenient=lenient, companion=companion)
    format = READERS[reader]
    format.sniff(files[""][:65_536])
    cookies: list[CookieFields] = []
    said = ""
    try:
        cookies = list(format.read(io.BytesIO(files[""]), reading))
    except FormatError as error:
        said = str(error)
    said += "".join(map(str, reading.problems))
    if SECRET[1:-1] in said:
        raise AssertionError(f"a value in {said}")
    for cookie in cookies:
        if reader != "firefox" and any(char in str(cookie) for char in "\r\n\0"):
            raise AssertionError("a cookie with a character that ends a Cookie field")
        if not cookie.domain or not cookie.path.startswith("/"):
            raise AssertionError("a cookie that belongs nowhere")
    return len(cookies)


def fuzz_block(reader: str, seed: int, block: int, size: int) -> tuple[int, list[str]]:
    """How many cookies came out of a block, and what was found: ready to print."""
    found, taken = [], 0
    for number, files in enumerate(inputs_of(reader, seed, block, size)):
        try:
            taken += try_reader(reader, files, lenient=number % 4 != 0)
        except Exception:  # noqa: BLE001  # whatever it is, it is what we look for
            found.append(
                f"{reader}, seed {seed}, block {block}, input {number}: {files[''][:200]!r}\n"
                f"{traceback.format_exc()}"
            )
    return taken, found


def fuzz(reader: str, inputs: int, seed: int) -> tuple[int, list[str]]:
    """The same for so many inputs."""
    taken, found = 0, []
    for block, start in enumerate(range(0, inputs, BLOCK)):
        more, problems = fuzz_block(reader, seed, block, min(BLOCK, inputs - start))
        taken += more
        found += problems
    return taken, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    arguments = parser.parse_args()
    findings = 0
    for reader in arguments.readers:
        taken, found = fuzz(reader, arguments.inputs, arguments.seed)
        findings += len(found)
        print(
            *found,
            f"{reader}: {arguments.inputs:,} inputs, {taken:,} cookies, {len(found)} findings",
        )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
