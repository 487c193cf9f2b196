"""The jars that docs/reference/comparison.md compares, each as its users have it.

A peer is a context manager that plays visits from an empty jar: it yields a function from visits to the
Cookie header of the last one.

Rules of this file:
- Python's clients make real requests, through the loopback server that plays every host. Jars of other
  languages are asked as their clients ask them, in a child process.
- A peer that is not there is `AbsentError`; nothing is installed.
- Who causes a request is told where there is a way to tell.
"""

import asyncio
import contextlib
import importlib
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from comparison_questions import Visit

from cookietin import RequestContext

HERE = Path(__file__).parent
# What Go's jar is told of the list of public suffixes, by its caller.
SUFFIXES = ("co.uk", "github.io")
FAR_AWAY = "https://elsewhere.example/"


class AbsentError(Exception):
    """The peer is not installed."""


def imported(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise AbsentError(str(error)) from error


def _play(site, visits, fetch):
    """Make the visits; the Cookie header that the server saw at the last one."""
    site.seen.clear()
    for visit in visits:
        fetch(site.url(visit.url, *visit.sets), visit)
    return site.seen[-1].cookie


def _context(visit):
    if visit.partition is not None:
        return RequestContext(partition_key=visit.partition)
    if visit.cross_site:
        return RequestContext(site_for_cookies=FAR_AWAY)
    return None


def _urllib(make_jar):
    @contextlib.contextmanager
    def peer(site):
        def play(visits):
            opener = urllib.request.build_opener(
                urllib.request.ProxyHandler(site.proxies),
                urllib.request.HTTPSHandler(context=site.tls),
                urllib.request.HTTPCookieProcessor(make_jar()),
            )

            def fetch(url, visit):
                request = urllib.request.Request(url)
                request.cookie_context = _context(visit)
                with opener.open(request, timeout=20) as response:
                    response.read()

            with contextlib.closing(opener):
                return _play(site, visits, fetch)

        yield play

    return peer


def _standard_jar():
    return importlib.import_module("http.cookiejar").CookieJar()


def _our_jar():
    return importlib.import_module("cookietin").CookieJar()


def _browser_jar():
    ours = importlib.import_module("cookietin")
    return ours.CookieJar(ours.BrowserCookiePolicy())


@contextlib.contextmanager
def _requests(site):
    requests = imported("requests")

    def play(visits):
        with requests.Session() as session:
            session.trust_env = False
            session.proxies, session.verify = site.proxies, site.ca_file
            return _play(site, visits, lambda url, visit: session.get(url, timeout=20))

    yield play


def _httpx(name):
    @contextlib.contextmanager
    def peer(site):
        package = imported(name)

        def play(visits):
            with package.Client(proxy=site.proxy, verify=site.tls, trust_env=False) as client:
                try:
                    return _play(site, visits, lambda url, visit: client.get(url))
                except UnicodeEncodeError as error:  # of a header that it makes itself
                    return type(error).__name__

        yield play

    return peer


@contextlib.contextmanager
def _aiohttp(site):
    aiohttp = imported("aiohttp")
    loop = asyncio.new_event_loop()

    async def visit_all(visits):
        site.seen.clear()
        # `unsafe`, since its jar takes no cookies from addresses otherwise.
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            for visit in visits:
                url = site.url(visit.url, *visit.sets)
                async with session.get(url, proxy=site.proxy, ssl=site.tls) as response:
                    await response.read()
        return site.seen[-1].cookie

    try:
        yield lambda visits: loop.run_until_complete(visit_all(visits))
    finally:
        loop.close()


@contextlib.contextmanager
def _httpr(site):
    httpr = imported("httpr")

    def play(visits):
        client = httpr.Client(proxy=site.proxy, ca_cert_file=site.ca_file)
        return _play(site, visits, lambda url, visit: client.get(url))

    yield play


def _program(command, environment=None):
    """A jar in a child process."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        text=True,
        encoding="utf-8",
    )

    def play(visits):
        process.stdin.write(json.dumps([visit._asdict() for visit in visits]) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert "error" not in answer, answer
        return answer["header"]

    return process, play


@contextlib.contextmanager
def _tough(site):
    node = shutil.which("node")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cookietin-bench"
    known = [str(cache / "node_modules"), *filter(None, [os.environ.get("NODE_PATH")])]
    path = {"NODE_PATH": os.pathsep.join(known)}
    found = (
        node
        and not subprocess.run(
            [node, "-e", "require('tough-cookie')"],
            env={**os.environ, **path},
            capture_output=True,
            check=False,
        ).returncode
    )
    if not found:
        raise AbsentError("node finds no tough-cookie: npm install tough-cookie, and set NODE_PATH")
    process, play = _program([node, str(HERE / "comparison_tough.js")], path)
    with process:
        process.stdout.readline()
        yield play
        process.stdin.close()


@contextlib.contextmanager
def _go(site):
    go = shutil.which("go")
    if go is None:
        raise AbsentError("go is not installed")
    command = [go, "run", str(HERE / "comparison_go.go"), *SUFFIXES]
    process, play = _program(command, {"GO111MODULE": "off", "GOFLAGS": ""})
    with process:
        process.stdout.readline()
        yield play
        process.stdin.close()


# By the heading of the column on the page.
PEERS = {
    "http.cookiejar": _urllib(_standard_jar),
    "requests": _requests,
    "httpx": _httpx("httpx"),
    "httpx2": _httpx("httpx2"),
    "aiohttp": _aiohttp,
    "httpr": _httpr,
    "tough-cookie": _tough,
    "Go": _go,
    "cookietin": _urllib(_our_jar),
    "with browser rules": _urllib(_browser_jar),
}


def _muting(policy):
    """A policy that lets neither `in` come nor `out` go."""

    class Muting(policy):
        def set_ok(self, cookie, request):
            return cookie.name != "in" and super().set_ok(cookie, request)

        def return_ok(self, cookie, request):
            return cookie.name != "out" and super().return_ok(cookie, request)

    return Muting()


def played_with_policies(peer, site):
    """
    Whether a jar's policy is asked on set and on return, by what a server sees.

    Args:
        peer: One of those that take a jar with a policy.
    """
    ours = importlib.import_module("cookietin")
    standard = importlib.import_module("http.cookiejar")
    if peer in ("cookietin", "with browser rules"):
        browser = peer == "with browser rules"
        policy = _muting(ours.BrowserCookiePolicy if browser else ours.DefaultCookiePolicy)
        play = _urllib(lambda: ours.CookieJar(policy))
    elif peer == "http.cookiejar":
        play = _urllib(lambda: standard.CookieJar(_muting(standard.DefaultCookiePolicy)))
    else:
        play = _handed_over(peer, lambda: standard.CookieJar(_muting(standard.DefaultCookiePolicy)))
    page = "http://shop.test/"
    with play(site) as visits:
        seen = visits([Visit(page, ("in=1", "out=1", "b=1")), Visit(page)])
    names = {piece.partition("=")[0] for piece in seen.split("; ")}
    return {
        "set": "no" if "in" in names else "yes",
        "return": "no" if "out" in names else "yes",
    }


def _handed_over(peer, make_jar):
    """A client that was given a jar in place of its own."""

    @contextlib.contextmanager
    def given(site):
        package = imported(peer)

        def play(visits):
            if peer == "requests":
                client = package.Session()
                client.trust_env = False
                client.cookies, client.proxies = make_jar(), site.proxies
            else:
                client = package.Client(cookies=make_jar(), proxy=site.proxy, trust_env=False)
            with client:
                return _play(site, visits, lambda url, visit: client.get(url))

        yield play

    return given
