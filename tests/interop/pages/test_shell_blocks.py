"""Shell blocks of the pages, run word for word over loopback, with the programs that they name."""

import re
import shutil
import subprocess

import pytest
from page_blocks import BLOCKS, SHELL
from programs import shims

NETSCAPE = "# Netscape HTTP Cookie File\n"
LOGIN = "#HttpOnly_.shop.example\tTRUE\t/\tFALSE\t0\tsid\t31d4d96e407aad42\n"
HERE = "127.0.0.1\tFALSE\t/\tFALSE\t0\ttheme\tdark\n"
# What a reader of a page has by then.
FILES = {
    "cookies.txt": (NETSCAPE + LOGIN + HERE).encode(),
    "bad.txt": b"\xef\xbb\xbf"
    + NETSCAPE.encode()
    + b"shop.example\tFALSE\t/\tFALSE\t0\tk\tK\xf6ln\n",
    ".cookies.txt.y8xwg1lw.cookietin-tmp": b"",
    "login.har": b'{"log": {"version": "1.2", "entries": [{"response": {"content": {"size": 1}}}]}}',
}
# After a block, a file has to be there with this in it; None: it has to be gone.
LEAVES = {
    "curl --cookie-jar": ("from-curl.txt", b"Netscape"),
    "wget ": ("from-wget.txt", b"HTTP Cookie File"),
    "aria2c ": ("from-aria2.txt", b""),
    "rm ": (".cookies.txt.y8xwg1lw.cookietin-tmp", None),
    "jq ": ("small.har", b'"response": {}'),
    "curl --verbose": ("login.txt", b"> POST /login"),
    "ssh ": ("cookies.lwp", b"#LWP-Cookies-2.0"),
    "iconv ": ("good.txt", "Köln".encode()),
    "sed -i '1s": ("bad.txt", NETSCAPE.encode()[:5]),
}
PROGRAMS = ("aria2c", "curl", "iconv", "jq", "sed", "wget")


@pytest.fixture
def shell(loopback_environment, site, source_root, tmp_path):
    """Runs a script in a folder with the files of the pages; every host is the loopback server."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, octets in FILES.items():
        (folder / name).write_bytes(octets)
    environment = {
        **loopback_environment,
        "PATH": f"{shims(tmp_path)}:{loopback_environment['PATH']}",
        "PYTHONPATH": source_root,
        "CURL_CA_BUNDLE": site.ca_file,
    }

    def run(script):
        bash = shutil.which("bash")
        for program in PROGRAMS:
            if re.search(rf"\b{program}\b", script) and shutil.which(program) is None:
                pytest.skip(f"{program} is not installed")
        if bash is None:
            pytest.skip("bash is not installed")
        done = subprocess.run(
            [bash, "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return folder

    return run


@pytest.mark.parametrize("block", [pytest.param(block, id=block.where) for block in SHELL])
def test_block_runs(shell, site, block):
    """And leaves what its page says."""
    folder = shell(block.text)

    asked = re.findall(r"https?://[^\s\"')]+", block.text)
    assert not asked or {seen.url for seen in site.seen} >= set(asked)
    for line in block.text.splitlines():
        for begins, (name, octets) in LEAVES.items():
            if line.startswith(begins) and (octets is None or name in line):
                left = folder / name
                assert left.exists() == (octets is not None)
                assert octets is None or octets in left.read_bytes()


@pytest.mark.parametrize(
    "block", [pytest.param(block, id=block.where) for block in BLOCKS if block.language == "js"]
)
def test_script_of_electron_runs(tmp_path, block):
    """In node, with a session that gives one cookie."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    stage = (
        "const fs = require('node:fs');"
        "const cookies = { get: async () => [{ name: 'sid', value: '1', domain: 'shop.example' }] };"
        "const session = { defaultSession: { cookies } };"
    )

    subprocess.run(
        [node, "-e", f"{stage} (async () => {{ {block.text} }})()"],
        cwd=tmp_path,
        check=True,
        timeout=30,
    )

    assert '"sid"' in (tmp_path / "cookies.json").read_text()
