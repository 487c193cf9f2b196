"""A program that was typed for http.cookiejar stays so, and what we add is typed too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cookietin

pytest.importorskip("mypy", reason="mypy comes with the lint extra")

PROGRAM = """
import urllib.request
import {module} as cookiejar

class Policy(cookiejar.DefaultCookiePolicy):
    def return_ok(self, cookie: cookiejar.Cookie, request: urllib.request.Request) -> bool:
        return super().return_ok(cookie, request)

class Jar(cookiejar.CookieJar):
    def set_cookie(self, cookie: cookiejar.Cookie) -> None:
        super().set_cookie(cookie)
    def add_cookie_header(self, request: urllib.request.Request) -> None:
        super().add_cookie_header(request)

class File(cookiejar.MozillaCookieJar):
    def save(
        self, filename: str | None = None, ignore_discard: bool = False, ignore_expires: bool = False
    ) -> None:
        super().save(filename, ignore_discard, ignore_expires)

jar: cookiejar.CookieJar = Jar(Policy(rfc2965=True))
names: list[str] = [cookie.name for cookie in jar]
text: str = cookiejar.LWPCookieJar().as_lwp_str()
"""
OURS = """
decision = cookiejar.MozillaCookieJar().store_response("http://a.test/", ["a=1"])[0]
reasons: tuple[cookiejar.Reason, ...] = decision.reasons
header: str | None = jar.cookie_header("http://a.test/", extra={"b": "1"})
moment: int | None = cookiejar.http2time("x")

class Careful(cookiejar.BrowserCookiePolicy):
    def set_ok(self, cookie: cookiejar.Cookie, request: urllib.request.Request) -> bool:
        return cookie.secure and super().set_ok(cookie, request)

limits = cookiejar.Limits(per_site=None, total=100)
suffixes = cookiejar.PublicSuffixes(["test"])
careful = cookiejar.CookieJar(Careful(limits=limits, public_suffixes=suffixes))
context = cookiejar.RequestContext("POST", site_for_cookies="https://b.test")
decision = careful.store_response("http://a.test/", ["a=1"], context=context)[0]
gone: tuple[cookiejar.Cookie, ...] = decision.evicted
sites: list[str | None] = [cookie.same_site for cookie in careful]
plain: cookiejar.CookieJar = cookiejar.JarPool()["alice"]
def save(key: object, jar: cookiejar.MozillaCookieJar) -> None:
    jar.save(str(key))
pool = cookiejar.JarPool(cookiejar.MozillaCookieJar, max_jars=9, on_evict=save)
pool["alice"].save()
either: cookiejar.MozillaCookieJar | int = pool.pop("bob", 1)
pairs: list[cookiejar.MozillaCookieJar] = [jar for key, jar in pool.items()]
try:
    cookiejar.LWPCookieJar("x").load()
except cookiejar.LoadError as error:
    line: int | None = error.line_number

jar_of_file: cookiejar.FileCookieJar = cookiejar.open_jar("x", lenient=True)
with jar_of_file:
    jar_of_file.set("a", "b", url="https://a.test/")
report: cookiejar.LoadReport | None = jar_of_file.load_report
if report is not None:
    places: list[tuple[int | None, int | None, str]] = [
        (problem.line_number, problem.entry, problem.problem) for problem in report.problems
    ]
    counts: int = report.cookies + report.skipped + len(list(report))
jar_of_file.sync(timeout=1.5)
jar_of_file.flush()
jar_of_file.close()
jar_of_file.autosave = cookiejar.Autosave(interval=5, operations=9)
when: cookiejar.Autosave | None = jar_of_file.autosave
with cookiejar.MozillaCookieJar("x", lenient=True, persist_session=True) as lines:
    lines.load(ignore_discard=True, lenient=False)
with cookiejar.SQLiteCookieJar("x.db", name="alice") as shared:
    jars: list[str] = shared.names("x.db")
    was_there: bool = cookiejar.SQLiteCookieJar.delete_jar("x.db", shared.name)
    shared.revert()
memory: cookiejar.CookieJar = shared.copy()
cookiejar.JSONCookieJar("x.json", autosave=when).save()
format_name: str = cookiejar.FormatCookieJar("x", format="har").format

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from cookietin.cookie import CookieFields
from cookietin.cookiejar.cookie import Cookie
from cookietin.formats import registry
from cookietin.formats.reading import Reading, Writing

class Ours:
    name = "ours"
    title = "a format of ours"
    loses = frozenset({"expires"})
    def sniff(self, head: bytes) -> bool:
        return head.startswith(b"#ours")
    def read(self, stream: BinaryIO, reading: Reading) -> Iterator[CookieFields]:
        reading.skip("expected more", line=1)
        yield Cookie.from_dict({"name": "a", "value": "b", "domain": "a.test"})
    def write(
        self, stream: BinaryIO, cookies: Iterable[CookieFields], writing: Writing
    ) -> None:
        for cookie in cookies:
            if writing.choice.includes(cookie):
                writing.skip(cookie, "too long")

registry.register(Ours())
"""
WRONG = """
cookiejar.MozilaCookieJar()
jar.store_response(1, ["a=1"])
"""


def complaints(tmp_path: Path, program: str) -> list[str]:
    (tmp_path / "program.py").write_text(program)
    source = Path(cookietin.__file__).parents[1]
    installed = source.name == "site-packages"  # where mypy looks anyway
    environment = {**os.environ, **({} if installed else {"MYPYPATH": str(source)})}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "program.py"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [line for line in done.stdout.splitlines() if ": error: " in line]


@pytest.mark.parametrize("module", ["http.cookiejar", "cookietin.cookiejar", "cookietin"])
def test_program_typed_for_the_standard_library_stays_typed(tmp_path: Path, module: str) -> None:
    """One import changes, and no annotation."""
    assert complaints(tmp_path, PROGRAM.format(module=module)) == []


@pytest.mark.parametrize("module", ["cookietin.cookiejar", "cookietin"])
def test_our_own_names_are_typed(tmp_path: Path, module: str) -> None:
    """And mistakes are found, though the package imports its names lazily."""
    program = PROGRAM.format(module=module)

    assert complaints(tmp_path, program + OURS) == []
    assert len(complaints(tmp_path, program + WRONG)) == 2
