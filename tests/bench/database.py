"""What an SQLiteCookieJar takes: python -m tests.bench.database

Committed responses a second by one process and by several, opening a large jar, and what a request costs
more than with a jar in memory; all in one run.

Rules of this file:
- Writers share one file and write to different sites, each response two cookies.
- The best of some rounds counts for what takes microseconds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

from cookietin import CookieJar, SQLiteCookieJar

YEAR = 365 * 86_400


def write(path: str, writer: int, operations: int, start: Any) -> None:
    jar = SQLiteCookieJar(path)
    len(jar)
    start.wait()
    for number in range(operations):
        jar.store_response(
            f"https://h{number % 50}.w{writer}.test/",
            [f"a={number}; Max-Age={YEAR}; HttpOnly", f"b={number}; Path=/; Secure"],
        )


def responses_a_second(processes: int, operations: int) -> float:
    """How many responses all of them commit in a second."""
    fork = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "jar.sqlite"))
        SQLiteCookieJar(path).sync()
        start = fork.Barrier(processes + 1)
        workers = [
            fork.Process(target=write, args=(path, number, operations, start))
            for number in range(processes)
        ]
        for worker in workers:
            worker.start()
        start.wait()
        begun = time.perf_counter()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - begun
        assert all(worker.exitcode == 0 for worker in workers)
    return processes * operations / seconds


def fill(jar: CookieJar, cookies: int) -> None:
    for site in range(cookies // 10):
        jar.store_response(
            f"https://www.s{site}.test/",
            [f"n{number}=v{site}; Max-Age={YEAR}; Secure" for number in range(10)],
        )


def opening(path: str, url: str) -> tuple[float, float]:
    """Milliseconds until a request has its cookies, and until the whole jar is there."""
    begun = time.perf_counter()
    jar = SQLiteCookieJar(path)
    assert jar.cookie_header(url)
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    len(jar)
    whole = time.perf_counter() - begun
    jar.close()
    return first * 1000, whole * 1000


def request(jar: CookieJar, urls: list[str], rounds: int) -> float:
    """Microseconds a request takes, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for url in urls:
            jar.cookie_header(url)
        best = min(best, time.perf_counter() - begun)
    return best / len(urls) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--cookies", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    for processes in (1, 4):
        rate = responses_a_second(processes, arguments.operations)
        print(f"{processes} process(es): {rate:,.0f} committed responses a second")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "jar.sqlite"))
        jar = SQLiteCookieJar(path)
        jar._cookies_lock.acquire()  # in one transaction, to fill it fast
        try:
            fill(jar, arguments.cookies)
        finally:
            jar._cookies_lock.release()
        jar.close()
        for _ in range(3):
            first, whole = opening(path, "https://www.s77.test/")
            print(
                f"{arguments.cookies:,} cookies: {first:.1f} ms to the first request, "
                f"{whole:.0f} ms more for the whole jar"
            )
        plain = CookieJar()
        fill(plain, arguments.cookies)
        urls = [f"https://www.s{site}.test/" for site in range(0, arguments.cookies // 10, 10)]
        lazy = SQLiteCookieJar(path)
        request(lazy, urls, 1)
        beside = request(plain, urls, arguments.rounds)
        some = request(lazy, urls, arguments.rounds)
        len(lazy)
        all_read = request(lazy, urls, arguments.rounds)
        print(
            f"a request: {beside:.1f} us in memory; {some - beside:+.1f} us with some domains read, "
            f"{all_read - beside:+.1f} us with all"
        )
        lazy.close()


if __name__ == "__main__":
    main()
