"""The demo: log in to a shop over real HTTP, and say what becomes of every cookie.

`urllib.request` with our jar talks to `demo_web`; the jar is saved; a second process loads the
file and is still logged in. Whatever is printed has happened, and is compared with what should
have.

Rules of this file:
- Traffic goes through the opener and its jar. What explains it is played over a copy of the jar,
  and the two must agree.
- Prints names, domains and reasons; no value of a cookie.
- Nothing outlives it: folder, server and second process end in every case, and each wait is bounded.
"""

from __future__ import annotations

import io
import itertools
import os
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
import urllib.response
from email.message import Message
from http.client import HTTPException
from typing import NamedTuple

from cookietin.context import UrlRequest, target_of
from cookietin.cookiejar.file_jars import MozillaCookieJar
from cookietin.cookiejar.stdlib import original
from cookietin.demo_web import (
    OTHER,
    SHOP,
    TIMEOUT,
    USER,
    WWW,
    Exchange,
    LoopbackProxy,
    Recorder,
    Shop,
    names_of,
    serving,
)
from cookietin.policy.classic_rules import refusal_to_return
from cookietin.policy.decision import Reason, reasons_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cookietin.cookie import CookieFields
    from cookietin.policy.decision import Decision

TIMEOUT_OF_SECOND = 30.0
FAULTS = (OSError, HTTPException, subprocess.SubprocessError)

# Widths of the columns, the blank after each included; 100 in all.
COOKIE_COLUMNS = (4, 10, 42, 44)
REQUEST_COLUMNS = (4, 52, 44)
NAME_WIDTH = 10  # of the third, which goes on with what the server asked

INTRODUCTION = """\
A shop runs on port {port} of this machine; urllib.request and a MozillaCookieJar log in to it.
Names of cookies are shown, values are not. A cookie that is set without a Domain goes to its host
and, as with http.cookiejar, to the subdomains of that host.
"""


class Step(NamedTuple):
    """What happens, or ought to, in one exchange: names of cookies sent, and what became of others."""

    method: str
    url: str
    status: int
    sent: str = ""
    became: str = ""
    text: str = ""


ACCOUNT = f"{SHOP}/account"
SECURE_URL = "https://shop.example/"
LOGGED_IN = f"logged in as {USER}"
FIRST = (
    Step("GET", ACCOUNT, 302),
    Step("GET", f"{SHOP}/login", 200, "", "form kept", "please log in"),
    Step("POST", f"{SHOP}/login", 303, "form", "sid kept, remember kept, form removed"),
    Step("GET", ACCOUNT, 200, "sid remember", "theme kept, tab kept, card kept", LOGGED_IN),
    Step("GET", f"{WWW}/", 200, "sid remember theme", "cart kept, offer kept", LOGGED_IN),
    Step("GET", f"{WWW}/", 200, "sid remember theme cart", "", LOGGED_IN),
    Step("GET", f"{OTHER}/", 200, "", "ad kept, sid refused, sid refused", "another site"),
    Step("GET", ACCOUNT, 200, "tab sid remember theme", "", LOGGED_IN),
)
SECOND = (
    Step("GET", ACCOUNT, 200, "tab sid remember theme", "", LOGGED_IN),
    Step("GET", f"{WWW}/", 200, "sid remember theme cart", "", LOGGED_IN),
)


# The client


class Browser:
    """
    An opener with a jar, which prints what becomes of the cookies.

    Attributes:
        jar: Its jar.
        exchanges: All exchanges so far.
        steps: The same, as far as they were foreseen.
        disagreements: Where the jar and its explained copy parted, as sentences.
    """

    def __init__(self, jar: MozillaCookieJar, port: int) -> None:
        self.jar = jar
        self.steps: list[Step] = []
        self.disagreements: list[str] = []
        self._given: set[Reason] = set()
        recorder = Recorder()
        self.exchanges: list[Exchange] = recorder.exchanges
        self._opener = urllib.request.build_opener(
            LoopbackProxy(port), urllib.request.HTTPCookieProcessor(jar), recorder
        )
        self._opener.addheaders = [("User-agent", f"cookietin-demo, process {os.getpid()}")]

    def visit(self, method: str, url: str, form: bytes | None = None) -> None:
        """Open a page, follow where it leads, and print a block for each exchange."""
        twin = self.jar.copy()
        before = len(self.exchanges)
        text = self._text_of(urllib.request.Request(url, form, method=method))
        exchanges = self.exchanges[before:]
        for exchange in exchanges:
            self._explain(exchange, twin, text if exchange is exchanges[-1] else "")
        if keys_of(twin) != keys_of(self.jar):
            self.disagreements.append(f"after {method} {url} the jar's copy holds other cookies")

    def _text_of(self, request: urllib.request.Request) -> str:
        try:
            response = self._opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return str(response.read().decode())

    def _explain(self, exchange: Exchange, twin: MozillaCookieJar, text: str) -> None:
        """Play an exchange over a copy of the jar, print it, and note it as a step."""
        method, url, sent, status, location, set_cookies = exchange
        withheld = withheld_from(twin, url)
        if names_of(twin.cookie_header(url)) != sent:
            self.disagreements.append(f"for {method} {url} the jar's copy sends other cookies")
        decisions = twin.store_response(url, set_cookies)
        became = [f"{decision.name} {verdict_of(decision)}" for decision in decisions]
        self.steps.append(Step(method, url, status, " ".join(sent), ", ".join(became), text))
        print()
        number, answer = f"{len(self.steps):>2}", f"{status}, {text or f'go to {location}'}"
        print_row((number, f"{method} {url}", answer), REQUEST_COLUMNS)
        print_row(("", "sent", ", ".join(sent) or "nothing", ""))
        for reasons, names in withheld.items():
            print_row(("", "withheld", ", ".join(names), self._briefly(reasons)))
        for field, decision in zip(set_cookies, decisions, strict=True):
            print_row(decision_row(field, decision))

    def _briefly(self, reasons: Iterable[Reason]) -> str:
        """Reasons as sentences when they are given first, as names afterwards."""
        words = []
        for reason in reasons:
            words.append(reason.name if reason in self._given else str(reason))
            self._given.add(reason)
        return ", ".join(words)


def keys_of(jar: MozillaCookieJar) -> list[tuple[str, str, str]]:
    """What tells the cookies of a jar apart, in the jar's order."""
    return [(cookie.domain, cookie.path, cookie.name) for cookie in jar]


# The explanation


def withheld_from(jar: MozillaCookieJar, url: str) -> dict[tuple[Reason, ...], list[str]]:
    """Names of stored cookies that do not go with a request, by the reasons why."""
    target = target_of(UrlRequest(url))
    policy, now = jar._policy, int(time.time())
    names: dict[tuple[Reason, ...], list[str]] = {}
    for cookie in jar:
        mask = refusal_to_return(policy, cookie, target, now)
        if not policy.path_return_ok(cookie.path, target.request):
            mask |= Reason.NOT_ON_PATH.bit
        if mask:
            names.setdefault(reasons_of(mask), []).append(cookie.name)
    return names


def decision_row(field: str, decision: Decision) -> tuple[str, str, str, str]:
    """What became of one Set-Cookie field; shows its attributes, not its value."""
    attributes = field.partition(";")[2].strip() or "(no attributes)"
    if decision.cookie is None or decision.reasons:
        why = " ".join(map(str, decision.reasons))
    elif decision.removed:
        why = "ended by its own site"
    else:
        why = reach_of(decision.cookie)
    return "", verdict_of(decision), f"{decision.name:<{NAME_WIDTH}}{attributes}", why


def verdict_of(decision: Decision) -> str:
    if not decision.allowed:
        return "refused"
    return "removed" if decision.removed else "kept"


def reach_of(cookie: CookieFields) -> str:
    """Where a cookie goes, and until when."""
    words = f"for {cookie.domain.removeprefix('.')}"
    if cookie.domain_specified:
        words += " and its subdomains"
    if cookie.path != "/":
        words += f" from {cookie.path} down"
    if cookie.secure:
        words += ", over https only"
    if cookie.expires is None:
        return f"{words}, until the session ends"
    return words + time.strftime(", until %Y-%m-%d %H:%M:%S UTC", time.gmtime(cookie.expires))


def print_row(cells: Sequence[str], widths: Sequence[int] = COOKIE_COLUMNS) -> None:
    """Print the cells of a row side by side, each on as many lines as it needs."""
    indents = ("", "", " " * NAME_WIDTH, "")
    columns = [
        textwrap.wrap(cell, width - 1, subsequent_indent=indent, break_on_hyphens=False)
        for cell, width, indent in zip(cells, widths, indents, strict=False)
    ]
    for line in itertools.zip_longest(*columns, fillvalue=""):
        padded = [f"{text:<{width}}" for text, width in zip(line, widths, strict=True)]
        print("".join(padded).rstrip())


# The story


def run() -> bool:
    """
    Play the demo, both processes, and tell whether all went as it should.

    What did not is said on stderr, a line each.
    """
    try:
        failures = _play(Shop())
    except BrokenPipeError:
        raise  # of our own output
    except FAULTS as error:
        failures = [f"{type(error).__name__}: {error}"]
    return _say(failures)


def run_second(filename: str, port: int) -> bool:
    """Play the second process: load a file, go to the server at this port, still be logged in."""
    try:
        jar = MozillaCookieJar(filename)
        jar.load(ignore_discard=True)
        browser = Browser(jar, port)
        for step in SECOND:
            browser.visit(step.method, step.url)
    except FAULTS as error:
        return _say([f"second process: {type(error).__name__}: {error}"])
    failures = [*differences("request", SECOND, browser.steps), *browser.disagreements]
    return _say([f"second process: {failure}" for failure in failures])


def _say(failures: list[str]) -> bool:
    sys.stdout.flush()
    for failure in failures:
        print(f"demo failed: {failure}", file=sys.stderr)
    return not failures


def _play(shop: Shop) -> list[str]:
    """Play both processes; what did not go as it should, as sentences."""
    with tempfile.TemporaryDirectory(prefix="cookietin-demo-") as folder, serving(shop) as port:
        filename = os.path.join(folder, "cookies.txt")
        browser = Browser(MozillaCookieJar(filename), port)
        print(INTRODUCTION.format(port=port))
        print_row(("", "what", f"{'cookie':<{NAME_WIDTH}}what the server asked", "why"))
        failures = [
            *_browse(browser),
            *_save(browser.jar, filename),
            *_start_second(filename, port),
        ]
    failures += differences("request", FIRST, browser.steps) + browser.disagreements
    failures += _what_the_server_missed(shop)
    if not failures:
        print()
        print(f"All {len(FIRST)} + {len(SECOND)} requests went as they should.")
        print(f"The server knew the second process as {USER}, by the cookies in the file alone.")
    return failures


def _browse(browser: Browser) -> list[str]:
    """The first process on its way; the failures are those that show in no step."""
    browser.visit("GET", ACCOUNT)
    browser.visit("POST", f"{SHOP}/login", f"user={USER}".encode())
    browser.visit("GET", f"{WWW}/")
    _wait_for_the_end_of_offers(browser.jar)
    browser.visit("GET", f"{WWW}/")
    browser.visit("GET", f"{OTHER}/")
    ours = "sid" in names_of(browser.jar.cookie_header(SECURE_URL))
    theirs = _standard_library_keeps("sid", browser.exchanges)
    print(f"    The shop's sid is {'kept' if ours else 'lost'}; ", end="")
    print(f"http.cookiejar, given the same answers, has {'kept' if theirs else 'lost'} it.")
    browser.visit("GET", ACCOUNT)
    secure = names_of(browser.jar.cookie_header(SECURE_URL))
    print()
    print(f"To {SECURE_URL} the jar would send {', '.join(secure)}.")
    return [] if "card" in secure else ["the Secure cookie 'card' would not be sent over https"]


def _wait_for_the_end_of_offers(jar: MozillaCookieJar) -> None:
    """Wait until the cookie that lives for one second has ended."""
    last = max((cookie.expires or 0 for cookie in jar if cookie.name == "offer"), default=0)
    print()
    print("    ... a second passes ...")
    while 0 < last - time.time() <= 2:
        time.sleep(0.02)


def _standard_library_keeps(name: str, exchanges: Iterable[Exchange]) -> bool:
    """Tell whether the standard library's jar still has a cookie after the same answers."""
    jar = original.CookieJar()
    for exchange in exchanges:
        header = Message()
        for field in exchange.set_cookies:
            header["Set-Cookie"] = field
        response = urllib.response.addinfourl(io.BytesIO(), header, exchange.url)
        request = urllib.request.Request(exchange.url)
        jar.extract_cookies(response, request)  # type: ignore[arg-type]  # info() is enough
    return any(cookie.name == name for cookie in jar)


def _save(jar: MozillaCookieJar, filename: str) -> list[str]:
    """Save the jar, session cookies included, and look at the file's permissions."""
    jar.save(ignore_discard=True)
    mode = stat.S_IMODE(os.stat(filename).st_mode)
    print(f"Saved {len(jar)} cookies in {os.path.basename(filename)}, permissions {mode:04o}.")
    if os.name == "posix" and mode != 0o600:
        return [f"cookies.txt: expected permissions 0600, got {mode:04o}"]
    return []


def _start_second(filename: str, port: int) -> list[str]:
    """Run the second process to its end and print what it says."""
    print()
    print("A second process loads the file; all it has besides is the port.")
    command = [sys.executable, "-m", "cookietin", "demo", "--second", filename, str(port)]
    child = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_OF_SECOND, check=False
    )
    print(child.stdout, end="")
    sys.stdout.flush()
    print(child.stderr, end="", file=sys.stderr)
    return [f"the second process ended with {child.returncode}"] if child.returncode else []


# What should have been


def differences(
    what: str, expected: Sequence[tuple[object, ...]], actual: Sequence[tuple[object, ...]]
) -> list[str]:
    """Where two lists of the same things part, as sentences."""
    pairs = enumerate(itertools.zip_longest(map(tuple, expected), map(tuple, actual)), 1)
    return [
        f"{what} {number}: expected {wanted}, got {got}"
        for number, (wanted, got) in pairs
        if wanted != got
    ]


def _what_the_server_missed(shop: Shop) -> list[str]:
    """Where the server's notes part from what both processes should have sent."""
    expected = [
        (step.method, step.url, step.sent, USER if step.text == LOGGED_IN else None)
        for step in (*FIRST, *SECOND)
    ]
    actual = [(seen.method, seen.url, " ".join(seen.cookies), seen.user) for seen in shop.seen]
    found = differences("request at the server", expected, actual)
    clients = len({seen.client for seen in shop.seen})
    return found if clients == 2 else [*found, f"the server saw {clients} processes, not 2"]
