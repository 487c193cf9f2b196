"""`check`: what is wrong with a file of cookies, line by line, and with the cookies in it.

Rules of this file:
- Three kinds of findings: what cannot be read, what the standard library's strict reading would refuse,
  and cookies that are legal but useless or dangerous.
- Names and domains are shown, values never.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import time
import warnings

from cookietin.cli.outcome import NO, YES
from cookietin.cli.output import counted, moment_text, pair_of, say, say_json, title_of
from cookietin.cli.sources import Source, close, leave, opened, unread
from cookietin.cookie import is_host_only, is_http_only, is_partitioned, same_site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cookietin.cookie import CookieFields

# 6265bis 5.6: browsers refuse more octets of name and value.
_LONGEST_PAIR = 4096


class Finding:
    """
    One thing that is wrong.

    Attributes:
        kind: A word for machines.
        text: What it is, and what to do.
        cookie: The cookie at fault, None if the file or a line is.
        line: Its line, None if it has none.
        entry: Which of the file's cookies it is.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        cookie: CookieFields | None = None,
        line: int | None = None,
        entry: int | None = None,
    ) -> None:
        self.kind = kind
        self.text = text
        self.cookie = cookie
        self.line = line
        self.entry = entry

    def to_dict(self) -> dict[str, object]:
        """The finding in plain types, for JSON."""
        fields: dict[str, object] = {"kind": self.kind, "text": self.text}
        if self.cookie is not None:
            name, _ = pair_of(self.cookie)
            fields["cookie"] = {
                "name": name,
                "domain": self.cookie.domain,
                "path": self.cookie.path,
            }
        else:
            fields["line"], fields["entry"] = self.line, self.entry
        return fields


def check(options: argparse.Namespace) -> int:
    """Print what is wrong with a file."""
    with opened(options.file, options.format) as source:
        findings = list(_findings(source))
        unnamed = source.report.skipped - len(source.report.problems)
        if options.json:
            say_json(
                {
                    "file": source.name,
                    "format": source.format,
                    "cookies": len(source.jar),
                    "findings": [finding.to_dict() for finding in findings],
                    "unnamed": unnamed,
                }
            )
        else:
            for finding in findings:
                say(_line_of(source, finding))
            if unnamed:
                say(f"{source.name}: and {unnamed:,} more that cannot be read")
            cookies, number = counted(len(source.jar), "cookie"), counted(len(findings), "finding")
            say(f"{source.name}: {source.format}, {cookies}, {number}")
    return NO if findings else YES


def _line_of(source: Source, finding: Finding) -> str:
    if finding.cookie is not None:
        return f"{source.name}: {title_of(finding.cookie)}: {finding.text}"
    if finding.line is not None:
        return f"{source.name}, line {finding.line}: {finding.text}"
    where = source.name if finding.entry is None else f"{source.name}, entry {finding.entry}"
    return f"{where}: {finding.text}"


def _findings(source: Source) -> Iterator[Finding]:
    for problem in source.report:
        yield Finding("unreadable", problem.problem, None, problem.line_number, problem.entry)
    yield from _strictly(source)
    yield from _of_mode(source)
    yield from _duplicates(source)
    now = time.time()
    for cookie in source.jar:
        for kind, text in _of_cookie(cookie, now):
            yield Finding(kind, text, cookie)


def _strictly(source: Source) -> Iterator[Finding]:
    """What a strict reading says, where a lenient one has nothing to say."""
    from cookietin.cookiejar.file_jar import LoadError

    if source.report.skipped:
        return  # it stops at the first of them
    jar, is_empty = unread(source.path, source.format)
    if is_empty:
        yield Finding("empty", "there is nothing in it")
    try:
        if not is_empty:
            jar.load(source.path, ignore_discard=True, ignore_expires=True, lenient=False)
    except LoadError as error:
        text = f"lenient reading alone takes it: {error.problem}"
        yield Finding("strict", text, line=error.line_number)
    finally:
        leave(jar)
        close(jar)


def _of_mode(source: Source) -> Iterator[Finding]:
    if source.is_stream or os.name != "posix":
        return
    mode = stat.S_IMODE(os.stat(source.path).st_mode)
    if mode & 0o077:
        who = "written" if mode & 0o022 else "read"
        text = f"others than its owner may have it {who} (mode {mode:04o}); chmod 600"
        yield Finding("mode", text)


def _duplicates(source: Source) -> Iterator[Finding]:
    """Cookies of one key, of which the last one counts; read once more, since a jar keeps no two."""
    if source.report.cookies == len(source.jar):
        return
    from cookietin.cookiejar.cookie import Cookie
    from cookietin.formats import Choice, registry
    from cookietin.formats.reading import Reading

    try:
        format = registry.named(source.format)
    except ValueError:
        return  # a database, which has each key once
    choice = Choice(session=True, ended=True, now=0)
    seen: dict[tuple[object, ...], int] = {}
    with open(source.path, "rb") as stream:
        octets = io.BytesIO(stream.read())
    for cookie in format.read(octets, Reading(source.name, choice, Cookie, lenient=True)):
        partition = getattr(cookie, "_partition_key", None)
        key = cookie.domain, cookie.path, cookie.name, partition
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:
            text = "is there more than once; the last one counts"
            yield Finding("duplicate", text, cookie)


def _of_cookie(cookie: CookieFields, now: float) -> Iterator[tuple[str, str]]:
    """What is useless or dangerous about a cookie: a word for it, and a sentence."""
    name, value = pair_of(cookie)
    if cookie.expires is not None and cookie.is_expired(now):
        yield "expired", f"has ended at {moment_text(cookie.expires)}"
    if not is_host_only(cookie) and _is_public_suffix(cookie.domain):
        text = "its domain is a public suffix, under which others have names; no browser sends it"
        yield "public-suffix", text
    broken = _broken_promise(name or value, cookie)
    if broken:
        yield "prefix", f"its name promises {broken}; browsers refuse it"
    if not cookie.secure:
        if same_site_of(cookie) == "None":
            yield "same-site", "SameSite=None without Secure; browsers refuse it"
        if is_partitioned(cookie) or getattr(cookie, "_partition_key", None) is not None:
            yield "partitioned", "Partitioned without Secure; browsers refuse it"
    texts = (name, value, cookie.domain, cookie.path)
    if any(_has_control(text) for text in texts):
        yield "control-character", "it holds control characters; HTTP clients refuse to send it"
    if len(name) + len(value) > _LONGEST_PAIR:
        yield "size", f"name and value have more than {_LONGEST_PAIR:,} octets; browsers refuse it"


def _is_public_suffix(domain: str) -> bool:
    from cookietin.rules.public_suffix import SHIPPED

    with contextlib.suppress(ValueError), warnings.catch_warnings():  # no host name at all
        return SHIPPED.is_public_suffix(domain.removeprefix("."))
    return False


def _broken_promise(name: str, cookie: CookieFields) -> str:
    """What a name with a prefix promises and its cookie lacks (6265bis 4.1.3 and 5.4)."""
    start = name[:12].lower()
    if not start.startswith(("__secure-", "__host-", "__http-")):
        return ""
    lacking = [] if cookie.secure else ["Secure"]
    if start.startswith("__host-"):
        if not is_host_only(cookie):
            lacking.append("no Domain")
        if cookie.path != "/":
            lacking.append("Path=/")
    if start.startswith(("__http-", "__host-http-")) and not is_http_only(cookie):
        lacking.append("HttpOnly")
    return " and ".join(lacking)


def _has_control(text: str) -> bool:
    return any(char < " " or char == "\x7f" for char in text)
