"""Every row of httpr's page on its cookie store, on a loopback server, under both policies.

Where httpr falls short of its own page (stored cookies are dropped from a request that brings its own,
or are masked by `cookies = {}`), the test says so and holds the better behaviour.
"""

from __future__ import annotations

import asyncio
import http.server
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from cookietin.cookiejar import (
    BrowserCookiePolicy,
    CookieJar,
    DefaultCookiePolicy,
    DummyCookieJar,
    JarPool,
)


class _Shop(http.server.BaseHTTPRequestHandler):
    """/login/NAME=VALUE sets a cookie; every page answers with the Cookie fields that it got."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/login/"):
            for pair in self.path.removeprefix("/login/").split("&"):
                self.send_header("Set-Cookie", f"{pair}; Path=/")
        self.end_headers()
        self.wfile.write("|".join(self.headers.get_all("Cookie", [])).encode("latin-1"))

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=[DefaultCookiePolicy, BrowserCookiePolicy])
def policy(request: pytest.FixtureRequest) -> object:
    return request.param()


def get(jar: CookieJar, url: str) -> str:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    with opener.open(url, timeout=10) as response:
        return response.read().decode("latin-1")


def send(jar: CookieJar, url: str, extra: dict[str, str] | None = None) -> str:
    """A client that asks the jar for the field itself."""
    header = jar.cookie_header(url, extra=extra)
    request = urllib.request.Request(url, headers={} if header is None else {"Cookie": header})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as response:
        jar.store_response(url, response.headers.get_all("Set-Cookie", []))
        return response.read().decode("latin-1")


def test_initial_cookies(shop, policy):
    jar = CookieJar.from_dict({"a": "1", "b": "2"}, url=shop, policy=policy)

    assert get(jar, f"{shop}/page") == "a=1; b=2"


def test_initial_cookies_belong_to_a_host(policy):
    """In httpr they go to every host."""
    with pytest.raises(ValueError, match="url"):
        CookieJar.from_dict({"a": "1"}, policy=policy)


def test_per_request_cookies_are_merged_and_the_caller_wins(shop, policy):
    """In httpr the stored ones are dropped from that request."""
    jar = CookieJar(policy)
    get(jar, f"{shop}/login/stored=1&both=jar")

    assert send(jar, f"{shop}/page", {"both": "mine", "once": "1"}) == "stored=1; both=mine; once=1"


def test_per_request_cookies_are_not_stored(shop, policy):
    jar = CookieJar(policy)
    send(jar, f"{shop}/page", {"once": "1"})

    assert send(jar, f"{shop}/page") == ""
    assert len(jar) == 0


@pytest.mark.parametrize("value", ["1; admin=1", "1\r\nX: y", "1\n", "\0"])
def test_per_request_cookie_cannot_inject(shop, policy, value):
    """In httpr a ';' makes a second cookie."""
    with pytest.raises(ValueError, match="once"):
        send(CookieJar(policy), f"{shop}/page", {"once": value})


def test_cookies_of_one_response(policy):
    jar = CookieJar(policy)

    decisions = jar.store_response("https://shop.test/", ["a=1", "b=2; Path=/x", "a=3"])

    assert [decision.name for decision in decisions] == ["a", "b", "a"]
    cookies = {each.name: each.cookie.value for each in decisions if each.allowed}
    assert cookies == {"a": "3", "b": "2"}


def test_current_cookies_include_those_of_the_server(shop, policy):
    """httpr shows configured ones only."""
    jar = CookieJar.from_dict({"mine": "1"}, url=shop, policy=policy)
    get(jar, f"{shop}/login/sid=2")

    assert {cookie.name for cookie in jar.query()} == {"mine", "sid"}
    assert jar.to_dict(url=shop) == {"mine": "1", "sid": "2"}


def test_in_place_changes_count(shop, policy):
    """In httpr they are lost in silence."""
    jar = CookieJar(policy)
    get(jar, f"{shop}/login/sid=1")
    view = jar.for_url(shop)
    view["x"] = "1"
    del view["sid"]

    assert get(jar, f"{shop}/page") == "x=1"


def test_replace_all(shop, policy):
    jar = CookieJar.from_dict({"a": "1"}, url=shop, policy=policy)
    jar.replace({"b": "2"}, url=shop)

    assert get(jar, f"{shop}/page") == "b=2"


def test_clear_all_and_the_next_login_works(shop, policy):
    """httpr masks its store, and after `cookies = None` the old session is back."""
    jar = CookieJar(policy)
    get(jar, f"{shop}/login/sid=1")
    jar.clear()

    assert get(jar, f"{shop}/page") == ""
    get(jar, f"{shop}/login/sid=2")
    assert get(jar, f"{shop}/page") == "sid=2"


def test_store_off(shop, policy):
    jar = DummyCookieJar(policy)
    get(jar, f"{shop}/login/sid=1")

    assert get(jar, f"{shop}/page") == ""


def test_store_frozen(shop, policy):
    """The third way, which httpr lacks: send, and do not learn."""
    jar = CookieJar.from_dict({"a": "1"}, url=shop, policy=policy)
    frozen = jar.frozen()
    get(frozen, f"{shop}/login/a=2&b=2")

    assert get(frozen, f"{shop}/page") == "a=1"


@pytest.mark.parametrize("number", [0, 1, 3])
def test_one_cookie_header(shop, policy, number):
    """With nothing to send there is none; httpr sends an empty one."""
    cookies = {f"c{each}": "1" for each in range(number)}
    jar = CookieJar.from_dict(cookies, url=shop, policy=policy)

    sent = get(jar, f"{shop}/page")

    assert sent == "; ".join(f"c{each}=1" for each in range(number))
    assert (jar.cookie_header(shop) is None) is (number == 0)


def test_the_same_from_async_code(shop, policy):
    jar = CookieJar(policy)

    async def use() -> list[str]:
        await asyncio.to_thread(get, jar, f"{shop}/login/sid=1")
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(asyncio.to_thread(get, jar, f"{shop}/page")) for _ in range(5)
            ]
        return [task.result() for task in tasks]

    assert asyncio.run(use()) == ["sid=1"] * 5


def test_many_sessions_side_by_side(shop, policy):
    pool = JarPool(lambda: CookieJar(policy))
    for user in "alice", "bob":
        get(pool[user], f"{shop}/login/sid={user}")

    assert [get(pool[user], f"{shop}/page") for user in ("bob", "alice")] == [
        "sid=bob",
        "sid=alice",
    ]


def test_expiry_and_path(policy):
    jar = CookieJar(policy)
    jar.store_response(
        "https://shop.test/", ["a=1; Max-Age=1000", "b=2; Path=/x", "c=3; Max-Age=0"]
    )

    assert jar.cookie_header("https://shop.test/") == "a=1"
    assert jar.cookie_header("https://shop.test/x") == "b=2; a=1"


def test_debugging_view(policy):
    """Values are masked unless asked for."""
    jar = CookieJar(policy)
    jar.store_response("https://shop.test/", ["sid=secret; Secure"])

    shown = str(jar.explain("http://shop.test/"))

    assert "sid" in shown
    assert "SECURE_ONLY" in shown
    assert "secret" not in shown
    assert "secret" in jar.explain("http://shop.test/").table(values=True)
