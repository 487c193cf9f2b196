"""What a request costs a client, by the number of cookies of other sites in its jar.

    python -m tests.bench.clients
    python -m tests.bench.clients --client requests --client httpx --rounds 9 --json clients.json

Each client that is installed asks a server on 127.0.0.1, which runs in a process of its own, in two
ways: as its users do today (with a jar of `http.cookiejar`; aiohttp with its own, which keeps at most
3,300 cookies), and through our integration. Figures are CPU seconds of the client's thread for one
request, of the fastest of interleaved rounds: whatever else the machine does makes a request dearer.

    growth   the request with the full jar, over the same with an empty jar
    ratio    today's way over ours, with the full jar

Exit code 0 if the growth of every integration with 10,000 cookies is at most 1.2; 1 if not.

Rules of this file:
- Both ways send the same cookie, which the server confirms.
- A client that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.cookiejar
import importlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence

import cookietin

SIZES = (0, 100, 1_000, 10_000)
MOST_GROWTH = 1.2
REQUESTS = 20  # in one measurement
Fetch = Callable[[], str]

SERVER = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True
    def do_GET(self):
        body = (self.headers.get("Cookie") or "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments): pass
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
"""


def filled(jar: http.cookiejar.CookieJar, size: int) -> http.cookiejar.CookieJar:
    """Put one cookie for the server and the given number for other hosts into a jar."""
    # The server's comes last: aiohttp's own jar keeps 3,300 and throws the older ones away.
    hosts = [*(f"host{number}.example" for number in range(size)), "127.0.0.1"]
    for host in hosts:
        jar.set_cookie(
            http.cookiejar.Cookie(
                *(0, "sid", "31d4", None, False, host, False, False, "/", True, False),
                *(None, True, None, None, {}),
            )
        )
    return jar


# Ways to open a client with a jar of so many cookies; each yields what makes one request.


@contextlib.contextmanager
def urllib_today(url: str, size: int) -> Iterator[Fetch]:
    processor = urllib.request.HTTPCookieProcessor(filled(http.cookiejar.CookieJar(), size))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), processor)
    yield lambda: str(opener.open(url).read().decode())


@contextlib.contextmanager
def urllib_ours(url: str, size: int) -> Iterator[Fetch]:
    from cookietin.integrations.urllib import build_opener

    jar = filled(cookietin.CookieJar(), size)
    opener = build_opener(jar, urllib.request.ProxyHandler({}))
    yield lambda: str(opener.open(url).read().decode())


def like_requests(
    client: str, *, ours: bool
) -> Callable[..., contextlib.AbstractContextManager[Fetch]]:
    """requests or niquests."""

    @contextlib.contextmanager
    def opened(url: str, size: int) -> Iterator[Fetch]:
        if ours:
            integration = importlib.import_module(f"cookietin.integrations.{client}")
            session = integration.Session(filled(cookietin.CookieJar(), size))
        else:
            session = importlib.import_module(client).Session()
            session.cookies = filled(http.cookiejar.CookieJar(), size)
        session.trust_env = False
        with session:
            yield lambda: str(session.get(url).text)

    return opened


def like_httpx(
    client: str, *, ours: bool
) -> Callable[..., contextlib.AbstractContextManager[Fetch]]:
    """httpx or httpx2."""

    @contextlib.contextmanager
    def opened(url: str, size: int) -> Iterator[Fetch]:
        if ours:
            integration = importlib.import_module(f"cookietin.integrations.{client}")
            opened = integration.Client(filled(cookietin.CookieJar(), size), trust_env=False)
        else:
            jar = filled(http.cookiejar.CookieJar(), size)
            opened = importlib.import_module(client).Client(cookies=jar, trust_env=False)
        with opened:
            yield lambda: str(opened.get(url).text)

    return opened


def with_aiohttp(*, ours: bool) -> Callable[..., contextlib.AbstractContextManager[Fetch]]:
    """aiohttp; its own jar is filled in its own way."""

    def jar_of(size: int) -> object:
        if ours:
            from cookietin.integrations.aiohttp import CookieJar

            return CookieJar(filled(cookietin.CookieJar(), size))  # type: ignore[arg-type]
        import aiohttp
        import yarl

        jar = aiohttp.CookieJar(unsafe=True)
        for cookie in filled(http.cookiejar.CookieJar(), size):
            jar.update_cookies({"sid": "31d4"}, yarl.URL(f"http://{cookie.domain}/"))
        return jar

    @contextlib.contextmanager
    def opened(url: str, size: int) -> Iterator[Fetch]:
        import aiohttp

        async def get(session: aiohttp.ClientSession) -> str:
            async with session.get(url) as response:
                return await response.text()

        async def open_session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession(cookie_jar=jar_of(size))  # type: ignore[arg-type]

        with asyncio.Runner() as runner:
            session = runner.run(open_session())
            yield lambda: runner.run(get(session))
            runner.run(session.close())

    return opened


WAYS = {
    "urllib": (urllib_today, urllib_ours),
    "requests": (like_requests("requests", ours=False), like_requests("requests", ours=True)),
    "niquests": (like_requests("niquests", ours=False), like_requests("niquests", ours=True)),
    "httpx": (like_httpx("httpx", ours=False), like_httpx("httpx", ours=True)),
    "httpx2": (like_httpx("httpx2", ours=False), like_httpx("httpx2", ours=True)),
    "aiohttp": (with_aiohttp(ours=False), with_aiohttp(ours=True)),
}


def measured(client: str, url: str, rounds: int) -> list[dict[str, float]]:
    """For each size of jar: CPU seconds for one request today and ours, and what follows from them."""
    times: dict[tuple[int, int], list[float]] = {}
    with contextlib.ExitStack() as stack:
        fetches = {}
        for size in SIZES:
            for way, opened in enumerate(WAYS[client]):
                fetch = stack.enter_context(opened(url, size))
                assert fetch() == "sid=31d4", f"{client} sends another cookie"
                fetches[size, way] = fetch
        for _ in range(rounds):
            for key, fetch in fetches.items():
                start = time.thread_time()
                for _request in range(REQUESTS):
                    fetch()
                times.setdefault(key, []).append((time.thread_time() - start) / REQUESTS)
    today, ours = ({size: min(times[size, way]) for size in SIZES} for way in (0, 1))
    return [
        {
            "size": size,
            "today": today[size],
            "ours": ours[size],
            "growth": ours[size] / ours[0],
            "ratio": today[size] / ours[size],
        }
        for size in SIZES
    ]


def main(given: Sequence[str] | None = None) -> int:
    """Measure the clients, print the table and return the exit code."""
    parser = argparse.ArgumentParser("tests.bench.clients")
    parser.add_argument("--client", action="append", choices=WAYS, help="default: all installed")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", help="file to write the figures to")
    options = parser.parse_args(given)
    results = {}
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}/"
            for client in options.client or WAYS:
                try:
                    importlib.import_module(client if client != "urllib" else "urllib.request")
                except ImportError:
                    print(f"{client} is not installed")
                    continue
                results[client] = measured(client, url, options.rounds)
                _print(client, results[client])
        finally:
            server.kill()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    worst = max((rows[-1]["growth"] for rows in results.values()), default=0)
    print(f"largest growth with {SIZES[-1]:,} cookies: {worst:.2f} (at most {MOST_GROWTH})")
    return int(worst > MOST_GROWTH)


def _print(client: str, rows: list[dict[str, float]]) -> None:
    print(f"{client}: other cookies, today ms, ours ms, growth, ratio")
    for row in rows:
        print(
            f"{row['size']:>10,.0f} {row['today'] * 1e3:10.2f} {row['ours'] * 1e3:10.2f} "
            f"{row['growth']:8.2f} {row['ratio']:8.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
