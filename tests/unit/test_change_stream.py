"""Changes for `async for`: from any thread, bounded, and nothing lost in silence."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from cookietin.cookiejar import (
    BrowserCookiePolicy,
    ChangesMissedError,
    CookieChange,
    CookieJar,
    DefaultCookiePolicy,
)

SHOP = "https://shop.test/"


def put(jar: CookieJar, *names: str) -> None:
    for name in names:
        jar.set(name, "1", url=SHOP)


def test_changes_come_in_order() -> None:
    async def read() -> list[str]:
        jar = CookieJar()
        with jar.changes() as changes:
            put(jar, "a", "b", "c")
            return [(await anext(changes)).cookie.name for _ in range(3)]

    assert asyncio.run(read()) == ["a", "b", "c"]


def test_reader_wakes_for_another_thread() -> None:
    async def read() -> CookieChange:
        jar = CookieJar()
        with jar.changes() as changes:
            reader = asyncio.create_task(anext(changes))
            await asyncio.sleep(0)
            thread = threading.Thread(target=put, args=(jar, "a"))
            thread.start()
            change = await asyncio.wait_for(reader, 10)
            thread.join()
            return change

    assert asyncio.run(read()).cookie.name == "a"


def test_filters() -> None:
    async def read() -> str:
        jar = CookieJar()
        with jar.changes(name="b", causes=["explicit"]) as changes:
            put(jar, "a", "b")
            jar.clear()
            return str(await anext(changes))

    assert "explicit 'b'" in asyncio.run(read())


def test_slow_reader_is_told_and_goes_on() -> None:
    """What waited comes first; then how many were missed; then the changes after those."""

    async def read() -> tuple[list[str], int, str, list[int]]:
        jar = CookieJar()
        with jar.changes(limit=2) as changes:
            put(jar, "a", "b", "c", "d", "e")
            waited = [await anext(changes) for _ in range(2)]
            with pytest.raises(ChangesMissedError) as caught:
                await anext(changes)
            put(jar, "f")
            after = await anext(changes)
        names = [change.cookie.name for change in waited]
        return names, caught.value.missed, after.cookie.name, [waited[-1].seq, after.seq]

    assert asyncio.run(read()) == (["a", "b"], 3, "f", [2, 6])


def test_close_ends_the_loop_after_what_waits() -> None:
    async def read() -> list[str]:
        jar = CookieJar()
        changes = jar.changes()
        put(jar, "a")
        changes.close()
        put(jar, "b")
        return [change.cookie.name async for change in changes]

    assert asyncio.run(read()) == ["a"]


def test_close_wakes_a_waiting_reader() -> None:
    async def read() -> list[CookieChange]:
        changes = CookieJar().changes()

        async def collect() -> list[CookieChange]:
            return [change async for change in changes]

        reader = asyncio.create_task(collect())
        await asyncio.sleep(0)
        await changes.aclose()
        return await asyncio.wait_for(reader, 10)

    assert asyncio.run(read()) == []


def test_cancelled_reader_loses_nothing() -> None:
    async def read() -> str:
        jar = CookieJar()
        async with jar.changes() as changes:
            reader = asyncio.create_task(anext(changes))
            await asyncio.sleep(0)
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            put(jar, "a")
            return (await anext(changes)).cookie.name

    assert asyncio.run(read()) == "a"


def test_two_readers_are_an_error() -> None:
    async def read() -> None:
        with CookieJar().changes() as changes:
            reader = asyncio.create_task(anext(changes))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another task"):
                await anext(changes)
            reader.cancel()

    asyncio.run(read())


def test_stream_outlives_its_loop() -> None:
    """Who changes the jar must not notice that the reader's loop has gone."""
    jar = CookieJar()

    async def begin() -> object:
        changes = jar.changes()
        reader = asyncio.create_task(anext(changes))
        await asyncio.sleep(0)
        reader.cancel()
        return changes

    changes = asyncio.run(begin())
    put(jar, "a")

    async def go_on() -> str:
        return (await anext(changes)).cookie.name

    assert asyncio.run(go_on()) == "a"


def test_forgotten_stream_stops_listening() -> None:
    jar = CookieJar()
    plain = type(jar._cookies_lock)
    changes = jar.changes()
    del changes
    gc.collect()
    put(jar, "a")

    assert jar._cookietin_watch is None
    assert type(jar._cookies_lock) is plain


@pytest.mark.parametrize(("limit", "error"), [(0, ValueError), (True, TypeError), ("9", TypeError)])
def test_limit_is_checked(limit: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="limit"):
        CookieJar().changes(limit=limit)


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_a_thousand_tasks_share_a_jar(policy: type) -> None:
    """Each logs in on a loopback server and is known there afterwards; a reader sees every cookie."""
    tasks = 1000
    # More than browsers keep for one site.
    jar = CookieJar(policy(limits=None) if policy is BrowserCookiePolicy else policy())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        name = head.split(" ", 2)[1].rpartition("/")[2]
        if "/login/" in head:
            answer = f"Set-Cookie: {name}=1; Path=/page/{name}\r\n"
        else:
            answer = f"X-Known: {f'Cookie: {name}=1' in head}\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{answer}Content-Length: 0\r\n\r\n".encode("latin-1"))
        await writer.drain()
        writer.close()

    async def fetch(port: int, path: str) -> str:
        url = f"http://127.0.0.1:{port}{path}"
        header = jar.cookie_header(url)
        field = f"Cookie: {header}\r\n" if header else ""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{field}\r\n".encode("latin-1"))
        answer = (await reader.read()).decode("latin-1")
        writer.close()
        await writer.wait_closed()
        values = [
            line.partition(": ")[2]
            for line in answer.split("\r\n")
            if line.startswith("Set-Cookie: ")
        ]
        jar.store_response(url, values)
        return answer

    async def work() -> tuple[list[bool], set[str]]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        few = asyncio.Semaphore(100)  # connections, which a machine has not without end

        async def one(number: int) -> bool:
            async with few:
                await fetch(port, f"/login/c{number}")
            async with few:
                return "X-Known: True" in await fetch(port, f"/page/c{number}")

        with jar.changes(limit=4 * tasks) as changes:
            known = await asyncio.gather(*(one(number) for number in range(tasks)))
            changes.close()
            seen = {change.cookie.name async for change in changes}
        server.close()
        await server.wait_closed()
        return known, seen

    known, seen = asyncio.run(asyncio.wait_for(work(), 120))

    assert all(known)
    assert seen == {f"c{number}" for number in range(tasks)}
    assert len(jar) == tasks
