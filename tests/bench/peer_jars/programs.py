"""Jars in another process: tough-cookie on node, and Go's.

`tough.js` and `main.go` speak JSON, one object a line; a case goes to them as a file. They stay up
for the whole run, so that node's compiler has seen their code before it is timed.

Rules of this file:
- Nothing is installed here and nothing is written into the repository: what is absent says how
  to get it, and Go's program is built in a temporary folder.
- A program that ends or reports an error raises `PeerError`; the other sides go on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .recording import Recording
from .sides import BROWSER, Absent, Facts, PeerError, Side

_HERE = Path(__file__).parent
_DEBIAN_SOURCES = Path("/usr/share/gocode")
_ENDS_WITHIN = 5.0
_SHOWN = 200


def cache_folder() -> Path:
    """Where peers of other languages are looked for, if no folder is given."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cookietin-bench"


class Program(Side):
    """A jar in a child process that answers orders."""

    like = BROWSER

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], scratch: Path
    ) -> None:
        self.name = name
        self._case = scratch / f"{name}.json"
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            text=True,
            encoding="utf-8",
        )
        try:
            self.version = self._answer()["version"]
        except PeerError:
            self.close()
            raise

    def load(self, recording: Recording) -> int | None:
        self._case.write_text(json.dumps(recording.as_json()), encoding="utf-8")
        held: int | None = self._ask(do="load", file=str(self._case))["held"]
        return held

    def chunk(self, count: int) -> float:
        seconds: float = self._ask(do="chunk", count=count)["seconds"]
        return seconds

    def facts(self) -> Facts:
        return Facts(**self._ask(do="facts"))

    def close(self) -> None:
        try:
            self._process.communicate(timeout=_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            print(json.dumps(order), file=self._process.stdin, flush=True)
        except OSError as error:
            raise PeerError(f"{self.name} has ended: {error}") from error
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError as error:
            raise PeerError(f"{self.name} said {line[:_SHOWN]!r}") from error
        if "error" in answer:
            raise PeerError(f"{self.name}: {answer['error'][:_SHOWN]}")
        return answer


class Tough(Program):
    """tough-cookie; node compiles what it has seen often: on the crawl it took 20 passes, 2 s."""

    warm_up = 2.5


def tough_cookie(cache: Path, scratch: Path) -> Side:
    """Start node, with tough-cookie from the cache folder or from NODE_PATH."""
    how = f"npm install --prefix {_shown(cache)} tough-cookie"
    node = shutil.which("node")
    if node is None:
        raise Absent(f"node not found; install node, then {how}")
    known = [str(cache / "node_modules"), *filter(None, [os.environ.get("NODE_PATH")])]
    path = {"NODE_PATH": os.pathsep.join(known)}
    found = subprocess.run(
        [node, "-e", "require('tough-cookie')"],
        env={**os.environ, **path},
        capture_output=True,
        check=False,
    )
    if found.returncode:
        raise Absent(f"not found by node; {how}")
    return Tough("tough-cookie", [node, str(_HERE / "tough.js")], path, scratch)


def go_jar(cache: Path, scratch: Path) -> Side:
    """Build Go's program and start it."""
    go = shutil.which("go")
    if go is None:
        raise Absent("go not found; apt-get install golang-go golang-golang-x-net-dev")
    program = scratch / "go-jar"
    module = cache / "go"
    if (module / "go.mod").is_file():
        shutil.copy(_HERE / "main.go", module)
        folder, environment = module, {}
    else:
        folder = _HERE
        paths = [*filter(None, [os.environ.get("GOPATH")]), str(_DEBIAN_SOURCES)]
        environment = {"GO111MODULE": "off", "GOPATH": os.pathsep.join(paths)}
    built = subprocess.run(
        [go, "build", "-o", str(program), "main.go"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        first = (built.stderr.strip().splitlines() or ["no reason given"])[0].rstrip(": ")
        raise Absent(
            f"go build: {first[:_SHOWN]}; apt-get install golang-golang-x-net-dev, or in "
            f"{_shown(module)}: go mod init peers && go get golang.org/x/net/publicsuffix"
        )
    return Program("go", [str(program)], {}, scratch)


def _shown(folder: Path) -> str:
    """Spell a folder without the name of its user."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
