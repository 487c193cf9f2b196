"""How long a jar holds the event loop while 1,000 users of a client are at work at once.

    python -m tests.bench.concurrent_clients httpx
    python -m tests.bench.concurrent_clients httpx aiohttp --users 1000 --json concurrent.json

Every user logs in on its site, is redirected to its home and opens three more pages. All of them do so
at once with one jar, a hundred to a client, over loopback, where a child process plays every site as a
proxy. (The pool of httpx takes minutes where a thousand wait for its connections, and a server may lose
some of a thousand that it is offered at once.)
Each row is such a crowd, with another jar:

    others     how many cookies of other sites the jar has
    calls      how often the client asked the jar or told it
    p50, p99   of the CPU time that a call held the event loop, the collector of garbage apart
    longest    the longest call, the same way
    collector  the longest run of the collector that happened to begin within a call
    wall       the longest call by the clock, which counts other programs and the collector too
    jar        the share of the jar in the CPU time of the whole crowd
    first      CPU time of the first questions to the jar, before the crowd comes

Exit code 0 if every user got the right cookies on every request and no call of a jar held the loop for
longer than 1 ms; 1 if not.

Rules of this file:
- The calls are timed from outside: attributes of the jar that call its methods.
- First questions read the list of public suffixes and make tables. A program can ask them before it has
  a loop, so they are not part of the crowd.
- Users share sites, so that clients can keep their connections; the path tells them apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import cookietin

from .clients import filled

# How the jar is made, and how many cookies of other sites it has. Browser rules keep 3,300 cookies and
# then evict; the last jar does so again and again, and must take those of the others.
JARS: dict[str, tuple[Callable[[], Any], int]] = {
    "default": (lambda: cookietin.DefaultCookiePolicy(), 0),
    "default, full": (lambda: cookietin.DefaultCookiePolicy(), 10_000),
    "browser": (lambda: cookietin.BrowserCookiePolicy(), 0),
    "browser, full": (lambda: cookietin.BrowserCookiePolicy(limits=None), 10_000),
    "browser, at limits": (lambda: cookietin.BrowserCookiePolicy(), 3_000),
}
SITES = 20
USERS_OF_A_CLIENT = 100
CONNECTIONS_OF_A_CLIENT = 20
PAGES = ("login", "cart", "pay", "thanks")  # the first of them leads to the home page
LONGEST = 1e-3
HEADING = (
    "{:18}   others    calls   p50 us   p99 us  longest ms  collector ms  wall ms     jar  first ms"
)
Fetch = Callable[[str], Awaitable[str]]
Opened = Callable[[Any, str], contextlib.AbstractAsyncContextManager[Fetch]]

SERVER = """
import asyncio

async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            line, *fields = head.decode("latin-1").split("\\r\\n")
            url = line.split(" ")[1]
            user = url.split("/")[3]
            cookie = [each.split(": ", 1)[1] for each in fields if each.lower().startswith("cookie:")]
            body = " | ".join(cookie).encode("latin-1")
            answer = ["HTTP/1.1 200 OK"]
            if url.endswith("/login"):
                home = url.replace("/login", "/home")
                sets = [f"sid={user}; HttpOnly", f"theme=dark; Max-Age=3600; Path=/{user}"]
                answer = ["HTTP/1.1 302 Found", f"Location: {home}"]
                answer += [f"Set-Cookie: {each}" for each in sets]
            elif url.endswith("/cart"):
                answer.append(f"Set-Cookie: step={user}")
            elif url.endswith("/pay"):
                sets = ["step=; Max-Age=0", f"theme=light; Max-Age=3600; Path=/{user}"]
                answer += [f"Set-Cookie: {each}" for each in sets]
            answer += [f"Content-Length: {len(body)}", "", ""]
            writer.write("\\r\\n".join(answer).encode("latin-1") + body)
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def expected(user: int) -> list[str]:
    """The Cookie header of each page of a user; that of the first is what its redirect carries."""
    sid = f"sid=u{user}"
    return [
        f"{sid}; theme=dark",
        f"{sid}; theme=dark",
        f"{sid}; theme=dark; step=u{user}",
        f"{sid}; theme=light",
    ]


# Ways to open a client on a jar and a proxy; each yields what gets the text of a page.


def like_httpx(client: str) -> Opened:
    """httpx or httpx2."""

    @contextlib.asynccontextmanager
    async def opened(jar: cookietin.CookieJar, proxy: str) -> AsyncIterator[Fetch]:
        module = importlib.import_module(client)
        integration = importlib.import_module(f"cookietin.integrations.{client}")
        async with integration.AsyncClient(
            jar,
            proxy=proxy,
            trust_env=False,
            follow_redirects=True,
            timeout=None,
            limits=module.Limits(max_connections=CONNECTIONS_OF_A_CLIENT),
        ) as session:

            async def fetch(url: str) -> str:
                return str((await session.get(url)).text)

            yield fetch

    return opened


@contextlib.asynccontextmanager
async def with_aiohttp(jar: cookietin.CookieJar, proxy: str) -> AsyncIterator[Fetch]:
    """aiohttp."""
    import aiohttp

    from cookietin.integrations.aiohttp import attach

    timeout = aiohttp.ClientTimeout(total=None)
    async with attach(aiohttp.ClientSession(timeout=timeout), jar) as session:

        async def fetch(url: str) -> str:
            async with session.get(url, proxy=proxy) as response:
                return await response.text()

        yield fetch


CLIENTS: dict[str, Opened] = {
    "httpx": like_httpx("httpx"),
    "httpx2": like_httpx("httpx2"),
    "aiohttp": with_aiohttp,
}


class Call(NamedTuple):
    """One call of the jar: seconds by the clock, of CPU, and of the collector within it."""

    wall: float
    cpu: float
    collector: float


class Watch:
    """The calls of a jar, timed."""

    def __init__(self, jar: cookietin.CookieJar) -> None:
        self.calls: list[Call] = []
        self._collector = self._since = 0.0
        for name in ("cookie_header", "store_response"):
            setattr(jar, name, self._timed(getattr(jar, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            before, wall, cpu = self._collector, time.perf_counter(), time.thread_time()
            try:
                return method(*arguments, **more)
            finally:
                spent = time.thread_time() - cpu, self._collector - before
                self.calls.append(Call(time.perf_counter() - wall, *spent))

        return call

    def note_collection(self, phase: str, info: dict[str, int]) -> None:
        """For `gc.callbacks`."""
        if phase == "start":
            self._since = time.thread_time()
        else:
            self._collector += time.thread_time() - self._since


def first_question(jar: cookietin.CookieJar) -> float:
    """Ask a jar and tell it something for the first time, and tell how long it took."""
    start = time.thread_time()
    jar.store_response("https://www.first.example/", ["a=1; Domain=first.example"])
    jar.cookie_header("https://www.first.example/")
    jar.remove("https://www.first.example/", "a")
    return time.thread_time() - start


async def crowd(opened: Opened, jar: cookietin.CookieJar, proxy: str, users: int) -> int:
    """Let all users do all they do; how many of them got a wrong cookie somewhere."""

    async def visit(fetch: Fetch, user: int) -> bool:
        home = f"http://www.site{user % SITES}.example/u{user}"
        return [await fetch(f"{home}/{page}") for page in PAGES] == expected(user)

    async with contextlib.AsyncExitStack() as stack:
        fetches = [
            await stack.enter_async_context(opened(jar, proxy))
            for _ in range(0, users, USERS_OF_A_CLIENT)
        ]
        visits = [visit(fetches[user // USERS_OF_A_CLIENT], user) for user in range(users)]
        right = await asyncio.gather(*visits)
    return right.count(False)


def measured(client: str, proxy: str, users: int, kind: str) -> dict[str, float]:
    """The figures of one crowd."""
    policy, size = JARS[kind]
    jar = filled(cookietin.CookieJar(policy()), size)
    assert isinstance(jar, cookietin.CookieJar)
    first = first_question(jar)
    watch = Watch(jar)
    gc.collect()
    gc.callbacks.append(watch.note_collection)
    start = time.thread_time()
    try:
        wrong = asyncio.run(crowd(CLIENTS[client], jar, proxy, users))
    finally:
        gc.callbacks.remove(watch.note_collection)
    total = time.thread_time() - start
    times = sorted(call.cpu - call.collector for call in watch.calls)
    longest = max(watch.calls, key=lambda call: call.cpu - call.collector)
    return {
        "others": size,
        "wrong": wrong,
        "calls": len(times),
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
        "longest": longest.cpu - longest.collector,
        "collector": max(call.collector for call in watch.calls),
        "wall": max(call.wall for call in watch.calls),
        "jar": sum(call.cpu for call in watch.calls) / total,
        "first": first,
    }


def main(given: Sequence[str] | None = None) -> int:
    """Measure the clients, print the table and return the exit code."""
    parser = argparse.ArgumentParser("tests.bench.concurrent_clients")
    parser.add_argument("clients", nargs="+", choices=CLIENTS)
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--json", help="file to write the figures to")
    options = parser.parse_args(given)
    results: dict[str, dict[str, dict[str, float]]] = {}
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            proxy = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            for client in options.clients:
                print(HEADING.format(client))
                for kind in JARS:
                    row = measured(client, proxy, options.users, kind)
                    results.setdefault(client, {})[kind] = row
                    _print(kind, row)
        finally:
            server.kill()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    rows = [row for each in results.values() for row in each.values()]
    longest = max(row["longest"] for row in rows)
    wrong = sum(row["wrong"] for row in rows)
    print(f"longest call {longest * 1e3:.2f} ms (at most {LONGEST * 1e3:.0f}), wrong: {wrong:.0f}")
    return int(wrong > 0 or longest > LONGEST)


def _print(kind: str, row: dict[str, float]) -> None:
    print(
        f"{kind:18} {row['others']:>8,.0f} {row['calls']:8,.0f} {row['p50'] * 1e6:8.1f} "
        f"{row['p99'] * 1e6:8.1f} {row['longest'] * 1e3:11.3f} {row['collector'] * 1e3:13.3f} "
        f"{row['wall'] * 1e3:8.3f} {row['jar']:7.1%} {row['first'] * 1e3:9.2f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
