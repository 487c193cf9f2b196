"""The store finds cookies without a search, and forgets what is gone."""

from __future__ import annotations

import time
from typing import Any

import pytest

import cookietin.cookiejar as cookiejar
from cookietin.store import NEVER, Store, count, every_cookie


def cookie(name: str, domain: str, path: str = "/", expires: int | None = None) -> cookiejar.Cookie:
    return cookiejar.Cookie(
        0, name, "1", None, False, domain, False, False, path, True, False, expires,
        expires is None, None, None, {},
    )  # fmt: skip


class Counting(dict[str, Any]):
    """A dict that counts who walks through it."""

    walks = 0

    def __iter__(self) -> Any:
        self.walks += 1
        return super().__iter__()

    def items(self) -> Any:
        self.walks += 1
        return super().items()

    values = keys = items  # type: ignore[assignment]


def test_a_request_walks_through_no_domains() -> None:
    """Cost must not depend on how many other domains are held."""
    jar = cookiejar.CookieJar()
    jar._cookies = Counting()
    for number in range(50):
        jar.set_cookie(cookie("a", f"h{number}.test", expires=int(time.time()) + 100))
    jar.set_cookie(cookie("b", ".h7.test"))
    jar.cookie_header("http://h7.test/")  # the first request after an assignment counts once
    before = jar._cookies.walks

    header = jar.cookie_header("http://h7.test/")
    jar.store_response("http://h8.test/", ["c=1; Max-Age=60"])

    assert header == "a=1; b=1"
    assert jar._cookies.walks == before


def test_expired_cookies_are_looked_for_once_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not at each request, however many end."""
    jar, scans = cookiejar.CookieJar(), []
    scan = Store.ended
    monkeypatch.setattr(Store, "ended", lambda store, now: scans.append(now) or scan(store, now))
    clock = [1000]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    for number in range(20):
        jar.set_cookie(cookie("a", f"h{number}.test", expires=1000 + number))

    for second in (1000, 1000, 1000, 1001, 1001, 1030, 1030, 1031):
        clock[0] = second
        jar.cookie_header("http://other.test/")

    assert scans == [1000, 1001, 1030]
    assert len(jar) == 0


def test_no_empty_dict_stays() -> None:
    """A crawler would collect them for ever."""
    store = Store({})
    store.put(cookie("a", "x.test", "/a"))
    store.put(cookie("b", "x.test", "/b"))

    store.discard("x.test", "/a", "a")
    assert store.cookies.keys() == {"x.test"}
    assert store.cookies["x.test"].keys() == {"/b"}
    store.discard("x.test", "/b", "b")
    assert store.cookies == {}
    with pytest.raises(KeyError, match=r"x\.test"):
        store.discard_path("x.test", "/")


def test_candidates_come_in_order_of_insertion() -> None:
    """Whatever the order in which they are asked for."""
    store = Store({})
    for domain in ("b", ".a", "a"):
        store.put(cookie("x", domain))

    assert [domain for domain, _ in store.candidates(["a", "c", ".a", "b"])] == ["b", ".a", "a"]
    store.discard_domain("b")
    store.put(cookie("x", "b"))
    assert [domain for domain, _ in store.candidates(["a", ".a", "b"])] == [".a", "a", "b"]


def test_index_is_made_again_for_a_dict_of_somebody_else() -> None:
    """Changed past the store: slower once, never wrong."""
    store = Store({"z": {"/": {"x": cookie("x", "z")}}, "y": {"/": {"x": cookie("x", "y")}}})

    assert [domain for domain, _ in store.candidates(["y", "z"])] == ["z", "y"]
    del store.cookies["z"]
    store.cookies["z"] = {"/": {"x": cookie("x", "z")}}
    store.cookies["w"] = {}
    assert [domain for domain, _ in store.candidates(["w", "y"])] == ["y", "w"]


def test_earliest_expiry_is_a_bound() -> None:
    """No cookie that came through `put` ends before it."""
    store = Store({})
    assert store.earliest == NEVER
    store.put(cookie("a", "x.test", expires=50))
    store.put(cookie("b", "x.test", expires=40))
    store.put(cookie("c", "x.test"))
    assert store.earliest == 40

    assert store.ended(45) == [("x.test", "/", "b")]
    store.discard("x.test", "/", "b")

    assert store.earliest == 50
    assert count(store.cookies) == len(list(every_cookie(store.cookies))) == 2
    assert store.get("x.test", "/", "a") is not None
    assert store.get("y.test", "/", "a") is None


def test_host_longer_than_the_dns_allows_is_searched_for() -> None:
    """A table of its parents would grow with the square of its length."""
    host = ".".join(["label"] * 100) + ".test"
    jar = cookiejar.CookieJar()
    jar.set_cookie(cookie("a", host))
    jar.set_cookie(cookie("b", "other.test"))
    jar.set_cookie(cookie("c", ".label.test"))

    assert jar.cookie_header(f"http://{host}/") == "a=1; c=1"
    assert jar.cookie_header(f"http://x.{host}/") == "a=1; c=1"
