"""Plays the vectors of data/ against a jar, and tells what it did.

Rules of this file:
- Knows the recorded files and the public face of cookietin; not how the policy decides.
- Compares nothing: the tests do.
- Adds nothing that a browser did not do. No URL is normalised: those of the files are as they were
  sent (test_urls_are_as_a_client_sends_them holds that).
- The clock is the recorded one, so that no date in the vectors expires.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from cookietin import BrowserCookiePolicy, CookieJar, RequestContext
from cookietin.policy.browser import reasons_to_withhold

DATA = Path(__file__).with_name("data")

# When the web-platform-tests are played. Eight of them have an Expires in June 2027.
WPT_NOW = 1_767_225_600

Case = dict[str, Any]


@dataclass
class Step:
    """What the jar did at one step of a case."""

    op: str
    header: str | None
    decisions: list[Any] = field(default_factory=list)
    # (name as the recording shows it, names of our reasons), one for each cookie kept at home.
    withheld: list[tuple[str, frozenset[str]]] = field(default_factory=list)


@dataclass
class Replay:
    """What the jar did in a whole case, and what it holds at the end."""

    steps: list[Step]
    cookies: list[Any]
    ended: float

    @property
    def cookie_headers(self) -> list[str | None]:
        return [step.header for step in self.steps if step.op == "check"]


def _load(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_bytes())


@functools.cache
def wpt_cases() -> dict[str, Case]:
    """The cases of web-platform-tests by id; a shared value."""
    return {case["id"]: case for case in _load("wpt-cookies.json")["cases"]}


@functools.cache
def _browser_file() -> dict[str, Any]:
    return _load("browser-cases.json")


@functools.cache
def browser_cases() -> dict[str, Case]:
    """The recorded cases by id; a shared value."""
    return {case["id"]: case for case in _browser_file()["cases"]}


def started(case: Case) -> int:
    """
    When the recording of a case began, in seconds since the epoch.

    Told by any stored cookie that has an expiry-time; the others began within half a minute of
    `meta.recorded_at`, and none of them depends on it.
    """
    for cookie in case["chromium"]["stored"]:
        if "expires_at" in cookie:
            return cookie["expires_at"] - cookie["expires_in"]
    recorded_at = datetime.datetime.fromisoformat(_browser_file()["meta"]["recorded_at"])
    return int(recorded_at.timestamp())


def context_of(step: Case) -> RequestContext:
    """
    Who launched the request of a step.

    A top-level document is its own partition. A fetch belongs to the page that makes it.
    """
    url, page = step["url"], step.get("from")
    match step.get("via"):
        case None:
            return RequestContext(partition_key=url)
        case "link":
            return RequestContext(site_for_cookies=page, partition_key=url)
        case "post":
            return RequestContext(method="POST", site_for_cookies=page, partition_key=url)
        case "fetch":
            return RequestContext(site_for_cookies=page, top_level=False, partition_key=page)
        case other:
            raise ValueError(f"unknown way to a page: {other!r}")


def recorded_text(octets: str) -> str:
    """
    What the recording shows of a header: UTF-8, malformed sequences left out.

    Args:
        octets: One character for each octet.

    >>> recorded_text("caf\\xc3\\xa9\\xff")
    'café'
    >>> recorded_text("v\\xc3(w")  # the octet that C3 announces goes with it
    'vw'
    """
    raw = octets.encode("latin-1")
    text, at = [], 0
    while at < len(raw):
        lead = raw[at]
        length = 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        with contextlib.suppress(UnicodeDecodeError):
            text.append(raw[at : at + length].decode())
        at += length
    return "".join(text)


def recorded_value(value: str, like: str) -> str:
    """
    A value of ours, shortened if the recording shortened its own.

    >>> recorded_value("v" * 50, "v" * 40 + "...(50)") == "v" * 40 + "...(50)"
    True
    """
    text = recorded_text(value)
    return f"{text[:40]}...({len(text)})" if re.search(r"\.\.\.\(\d+\)\Z", like) else text


def starts_like(line: str, start: str) -> bool:
    """Whether `start`, from a list of refusals, is the start of this Set-Cookie line."""
    text = recorded_text(line.partition("\r")[0].strip(" \t"))
    return text.startswith(start[:-3]) if start.endswith("...") else text == start


def chromium_refusals(case: Case) -> dict[tuple[int, int], str]:
    """Chromium's reasons by step and line; lines that it refused without one are not there."""
    refusals: dict[tuple[int, int], str] = {}
    for step, reasons, start in case["chromium"].get("refused", []):
        lines = case["steps"][step]["set_cookie"]
        at = next(
            at
            for at, line in enumerate(lines)
            if (step, at) not in refusals and starts_like(line, start)
        )
        refusals[step, at] = reasons
    return refusals


def reason_names(reasons: Iterable[Any]) -> frozenset[str]:
    return frozenset(reason.name for reason in reasons)


def browser_policy(*, lax_allowing_unsafe: bool = True) -> BrowserCookiePolicy:
    """
    The policy that stands for Chromium 156.

    Chromium sends a cookie without SameSite with a cross-site POST for two minutes after it was
    set; that is a MAY of 6265bis (5.6.7.2), and off by default here.
    """
    return BrowserCookiePolicy(lax_allowing_unsafe=lax_allowing_unsafe)


@functools.cache
def replay_browser_case(case_id: str, *, lax_allowing_unsafe: bool = True) -> Replay:
    """Plays a recorded case. Each step is a whole visit: the request, then the response."""
    case = browser_cases()[case_id]
    policy = browser_policy(lax_allowing_unsafe=lax_allowing_unsafe)
    jar = CookieJar(policy=policy)
    steps = []
    with mock.patch.object(time, "time", return_value=float(started(case))) as clock:
        for recorded in case["steps"]:
            url, context = recorded["url"], context_of(recorded)
            step = Step(recorded["op"], None)
            if step.op == "check":
                step.withheld = [
                    (recorded_text(cookie.name), reason_names(reasons))
                    for cookie in jar
                    if (reasons := reasons_to_withhold(policy, cookie, url, time.time(), context))
                ]
            step.header = jar.cookie_header(url, context=context)
            if step.op == "wait":
                clock.return_value += recorded["seconds"]
            if step.op == "set":
                step.decisions = jar.store_response(url, recorded["set_cookie"], context=context)
            steps.append(step)
        return Replay(steps, list(jar), time.time())


def replay_wpt_case(case: Case, *, allow_nameless_equals: bool = True) -> list[str | None]:
    """
    Plays a case of web-platform-tests; one Cookie field for each `get` step.

    6265bis keeps a nameless cookie with "=" in its value, and web-platform-tests ask for that; both
    browsers refuse it, and so does the default policy. These tests are played under the draft's rule.
    """

    def empty_jar() -> CookieJar:
        return CookieJar(
            policy=BrowserCookiePolicy(
                trust_loopback=False, allow_nameless_equals=allow_nameless_equals
            )
        )

    jar = empty_jar()
    headers = []
    with mock.patch.object(time, "time", return_value=float(WPT_NOW)):
        for step in case["steps"]:
            if step.get("new_jar"):
                jar = empty_jar()
            elif "set" in step:
                jar.store_response(step["set"], step["set_cookie"])
            else:
                headers.append(jar.cookie_header(step["get"]))
    return headers
