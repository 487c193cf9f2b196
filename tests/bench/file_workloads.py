"""W5: cookies.txt and LWP files, saved and loaded.

Rules of this file:
- Persistent cookies only, in the form that a load gives: what the modules do
  with session cookies and with the spelling of HttpOnly may differ.
- Files that were saved are compared by what `http.cookiejar` loads from them;
  files to be loaded are written by `http.cookiejar`, for both sides.
- Only CPU time counts: waiting for the disk is not measured.
"""

from __future__ import annotations

import http.cookiejar
import tempfile
from functools import partial
from http.cookiejar import FileCookieJar
from pathlib import Path
from types import ModuleType

from .facts import Facts, cookie_facts
from .measure import Case, Workload
from .stored import fill

_FORMATS = (("mozilla", "MozillaCookieJar"), ("lwp", "LWPCookieJar"))


class _FileWorkload(Workload):
    fixed = True

    def __init__(self, class_name: str, size: int, module: ModuleType) -> None:
        self.limit = size
        self._class_name = class_name
        self._module = module
        self._directory = tempfile.TemporaryDirectory(prefix="cookie-bench-")
        self._path = Path(self._directory.name, "cookies.txt")

    def _jar(self, module: ModuleType) -> FileCookieJar:
        jar: FileCookieJar = getattr(module, self._class_name)(str(self._path))
        return jar

    def _filled(self, module: ModuleType) -> FileCookieJar:
        jar = self._jar(module)
        fill(jar, module, self.limit, for_files=True)
        return jar


class Save(_FileWorkload):
    """Save a full jar over the file of the time before."""

    def __init__(self, class_name: str, size: int, module: ModuleType) -> None:
        super().__init__(class_name, size, module)
        self._full = self._filled(module)

    def run(self, count: int) -> None:
        self._full.save()

    def facts(self) -> Facts:
        reader = self._jar(http.cookiejar)
        reader.load()
        return cookie_facts(reader)


class Load(_FileWorkload):
    """Load a file into an empty jar."""

    def __init__(self, class_name: str, size: int, module: ModuleType) -> None:
        super().__init__(class_name, size, module)
        self._filled(http.cookiejar).save()

    def prepare(self, count: int) -> None:
        self._empty = self._jar(self._module)

    def run(self, count: int) -> None:
        self._empty.load()

    def facts(self) -> Facts:
        return cookie_facts(self._empty)


def cases(*, quick: bool) -> list[Case]:
    """Return the W5 cases; five rounds are enough where one takes seconds."""
    return [
        Case(
            f"W5.{code}.{verb}.{size}",
            f"{verb} {code}, {size:,} cookies",
            "us/cookie",
            partial(workload, class_name, size),
            most_rounds=5 if size > 10_000 else 1_000,
        )
        for size in ((1_000,) if quick else (10_000, 100_000))
        for code, class_name in _FORMATS
        for verb, workload in (("save", Save), ("load", Load))
    ]
