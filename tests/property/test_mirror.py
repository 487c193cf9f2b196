"""Who replays a jar's changes has the jar. Oracle: the jar itself, compared with a dict after each step.

Both policies, from one thread and from several. The dict knows nothing but the changes: one that
removes deletes a key, any other fills one that is empty.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.request import Request

import browser_traffic as traffic
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    CookieRejected,
    DefaultCookiePolicy,
    Limits,
    LWPCookieJar,
    MozillaCookieJar,
    RequestContext,
)

NOW = traffic.NOW
REMOVED = {"explicit", "overwrite", "expired", "evicted", "expired-overwrite"}
LIMITS = Limits(per_site=5, purge_site_to=3, total=9, purge_total_to=7, per_partition=2)

urls = st.sampled_from(
    [
        "https://shop.test/",
        "https://shop.test/a/b",
        "http://shop.test/",
        "https://a.shop.test/",
        "https://other.test/",
    ]
)
names = st.sampled_from("abcd")
values = st.sampled_from("12")
fields = st.builds(
    lambda name, value, attributes: "; ".join([f"{name}={value}", *attributes]),
    names,
    values,
    st.lists(
        st.sampled_from(
            [
                "Domain=shop.test",
                "Domain=wrong.test",
                "Path=/a",
                "Secure",
                "HttpOnly",
                "SameSite=Lax",
                "Max-Age=0",
                "Max-Age=-1",
                "Max-Age=5",
                "Max-Age=60",
                "Secure; Partitioned",
            ]
        ),
        max_size=3,
    ),
)
contexts = st.sampled_from(
    [
        None,
        RequestContext(partition_key="https://top.test/"),
        RequestContext(partition_key="https://top.test/"),
        RequestContext(partition_key="https://another.test/"),
        RequestContext(http_api=False),
    ]
)
cookies = st.builds(
    lambda name, value, domain, path, expires: Cookie(
        0, name, value, None, False, domain, domain.startswith("."), domain.startswith("."),
        path, True, False, expires, expires is None, None, None, {},
    ),
    names,
    values,
    st.sampled_from(["shop.test", ".shop.test", "other.test"]),
    st.sampled_from(["/", "/a"]),
    st.sampled_from([None, NOW - 5, NOW + 5, NOW + 600]),
)  # fmt: skip


class Response:
    def __init__(self, texts: list[str]) -> None:
        self.message = Message()
        for text in texts:
            self.message["Set-Cookie"] = text

    def info(self) -> Message:
        return self.message


def key_of(cookie: Any) -> tuple[Any, ...]:
    return (cookie.partition_key, cookie.domain, cookie.path, cookie.name)


def facts_of(cookie: Any) -> tuple[Any, ...]:
    flags = (bool(cookie.secure), cookie.http_only, cookie.same_site)
    return (cookie.value, cookie.expires, *flags)


class Mirror:
    """What can be known from changes alone."""

    def __init__(self) -> None:
        self.cookies: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self.seq = 0
        self.news: list[Any] = []
        self.displaced: tuple[Any, ...] | None = None
        self.wrong: list[str] = []  # a callback that raises is only logged

    def __call__(self, change: Any) -> None:
        key = key_of(change.cookie)
        self.news.append(change)
        self.seq += 1
        if change.seq != self.seq:
            self.wrong.append(f"seq {change.seq} came as number {self.seq}")
        if change.removed is not (change.cause in REMOVED):
            self.wrong.append(f"removed is {change.removed} for {change.cause}")
        if self.displaced is not None and (change.removed or key != self.displaced):
            self.wrong.append(f"{change} follows an overwrite of another cookie")
        self.displaced = key if change.cause == "overwrite" else None
        if change.removed:
            if self.cookies.pop(key, None) is None:
                self.wrong.append(f"{change} removes what is not there")
        elif key in self.cookies:
            self.wrong.append(f"{change} meets an occupied key")
        else:
            self.cookies[key] = facts_of(change.cookie)

    def compare(self, jar: CookieJar) -> None:
        assert self.wrong == []
        assert self.displaced is None
        assert self.cookies == {key_of(cookie): facts_of(cookie) for cookie in jar}


class MirroredJar(RuleBasedStateMachine):
    """All operations that change a jar, and some that notice what has expired."""

    jar: Any
    limited = False

    @initialize(lwp=st.booleans())
    def begin(self, lwp: bool) -> None:
        self.jar = (LWPCookieJar if lwp else MozillaCookieJar)(policy=self.policy())
        self.now = NOW
        self.mirror = Mirror()
        self.jar.subscribe(self.mirror)
        self.folder = tempfile.TemporaryDirectory()
        self.file = str(Path(self.folder.name, "cookies.txt"))
        self.saved = False

    def policy(self) -> Any:
        return DefaultCookiePolicy()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def act(self, call: Callable[[], Any], origin: str = "jar") -> list[Any]:
        """Do it; the changes that were told."""
        self.mirror.news = []
        with traffic.clock_at(self.now):
            self.result = call()
        news = self.mirror.news
        assert {change.origin for change in news} <= {origin}
        return news

    @invariant()
    def mirror_shows_the_jar(self) -> None:
        if hasattr(self, "mirror"):
            self.mirror.compare(self.jar)
            assert self.limited or not any(c.cause == "evicted" for c in self.mirror.news)

    @rule(url=urls, texts=st.lists(fields, min_size=1, max_size=4), context=contexts)
    def store_response(self, url: str, texts: list[str], context: RequestContext | None) -> None:
        news = self.act(lambda: self.jar.store_response(url, texts, context=context))

        allowed = {decision.name for decision in self.result if decision.allowed}
        told = {c.cookie.name for c in news if c.cause not in ("expired", "evicted")}
        assert told <= allowed
        gone = [key_of(cookie) for decision in self.result for cookie in decision.evicted]
        assert [key_of(c.cookie) for c in news if c.cause == "evicted"] == gone

    @rule(url=urls, name=names, then=st.sampled_from(["1", "2", "2; Max-Age=0"]))
    def set_over_an_expired_one(self, url: str, name: str, then: str) -> None:
        """Nobody has noticed yet that it ended."""
        self.act(lambda: self.jar.store_response(url, [f"{name}=1; Max-Age=5"]))
        self.mirror.compare(self.jar)
        self.now += 5
        self.act(lambda: self.jar.store_response(url, [f"{name}={then}"]))

    @rule(url=urls, text=fields, context=contexts)
    def refused(self, url: str, text: str, context: RequestContext | None) -> None:
        """A refused cookie changes nothing."""
        news = self.act(lambda: self.jar.store_response(url, [text], context=context))

        (decision,) = self.result
        assert decision.allowed or news == []

    @rule(url=urls, texts=st.lists(fields, min_size=1, max_size=3))
    def extract_cookies(self, url: str, texts: list[str]) -> None:
        self.act(lambda: self.jar.extract_cookies(Response(texts), Request(url)))

    @rule(url=urls, texts=st.lists(fields, min_size=1, max_size=3))
    def make_cookies(self, url: str, texts: list[str]) -> None:
        news = self.act(lambda: self.jar.make_cookies(Response(texts), Request(url)))

        assert {change.cause for change in news} <= {"expired-overwrite"}

    @rule(cookie=cookies)
    def set_cookie(self, cookie: Cookie) -> None:
        self.act(lambda: self.jar.set_cookie(cookie))

    @rule(pick=st.integers(0, 20))
    def set_the_same_again(self, pick: int) -> None:
        stored = list(self.jar)
        if stored:
            self.act(lambda: self.jar.set_cookie(stored[pick % len(stored)]))

    @rule(
        name=names,
        value=st.sampled_from(["1", "2", "\n"]),
        url=urls,
        options=st.sampled_from(
            [
                {},
                {"http_only": True},
                {"expires": 0},
                {"max_age": 5},
                {"domain": "shop.test"},
                {"secure": True, "partitioned": True},
            ]
        ),
    )
    def set(self, name: str, value: str, url: str, options: dict[str, Any]) -> None:
        def call() -> bool:
            try:
                self.jar.set(name, value, url=url, **options)
            except CookieRejected:
                return False
            return True

        news = self.act(call)

        assert self.result or news == []

    @rule(url=urls, name=names)
    def remove(self, url: str, name: str) -> None:
        news = self.act(lambda: self.jar.remove(url, name))

        assert [c.cause for c in news if c.cause != "expired"] == ["explicit"] * self.result

    @rule(
        filters=st.sampled_from(
            [
                {"domain": "shop.test"},
                {"session": True},
                {"name": "a", "secure": False},
                {"path": "/a"},
            ]
        )
    )
    def delete(self, filters: dict[str, Any]) -> None:
        news = self.act(lambda: self.jar.delete(**filters))

        assert [c.cause for c in news if c.cause != "expired"] == ["explicit"] * self.result

    @rule(url=urls, values=st.dictionaries(names, st.sampled_from(["1", "2", "\n"]), max_size=3))
    def replace(self, url: str, values: dict[str, str]) -> None:
        """All or, if one is refused, none: then nothing is told."""
        before = dict(self.mirror.cookies)

        def call() -> bool:
            try:
                self.jar.replace(values, url=url)
            except CookieRejected:
                return False
            return True

        news = self.act(call)

        if not self.result:
            assert news == []
            assert self.mirror.cookies == before

    @rule(ready=st.lists(cookies, max_size=3), keep=st.booleans())
    def replace_by_cookies(self, ready: list[Cookie], keep: bool) -> None:
        kept = list(self.jar) if keep else []
        self.act(lambda: self.jar.replace([*kept, *ready]))

    @rule(pick=st.integers(0, 20), depth=st.sampled_from([0, 1, 2, 3, 3, 3]))
    def clear(self, pick: int, depth: int) -> None:
        stored = list(self.jar)
        if stored:
            like = stored[pick % len(stored)]
            news = self.act(lambda: self.jar.clear(*(like.domain, like.path, like.name)[:depth]))

            assert {change.cause for change in news} == {"explicit"}

    @rule(name=st.sampled_from(["clear_session_cookies", "clear_expired_cookies"]))
    def clear_some(self, name: str) -> None:
        news = self.act(getattr(self.jar, name))

        cause = "explicit" if "session" in name else "expired"
        assert {change.cause for change in news} <= {cause}

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(url=urls, context=contexts, extracted=st.booleans())
    def ask(self, url: str, context: RequestContext | None, extracted: bool) -> None:
        if extracted:
            news = self.act(lambda: self.jar.add_cookie_header(Request(url)))
        else:
            news = self.act(lambda: self.jar.cookie_header(url, context=context))

        assert {change.cause for change in news} <= {"expired"}

    @rule()
    def query(self) -> None:
        self.act(self.jar.query)

    @rule()
    def save(self) -> None:
        if all(cookie.partition_key is None for cookie in self.jar):
            self.act(lambda: self.jar.save(self.file, ignore_discard=True, ignore_expires=True))
            self.saved = True

    @rule(way=st.sampled_from(["load", "revert"]), everything=st.booleans())
    def load(self, way: str, everything: bool) -> None:
        if self.saved:
            self.act(lambda: getattr(self.jar, way)(self.file, everything, everything), "load")

    @rule(way=st.sampled_from(["load", "revert"]))
    def fail_to_load(self, way: str) -> None:
        path = Path(self.folder.name, "other.txt")
        path.write_text("no cookies here\n")

        def call() -> None:
            with pytest.raises(OSError, match=r"other\.txt"):
                getattr(self.jar, way)(path)

        assert self.act(call) == []


class MirroredBrowserJar(MirroredJar):
    """The same under browser rules, with limits that are soon met."""

    limited = True

    def policy(self) -> Any:
        return BrowserCookiePolicy(public_suffixes=["test"], limits=LIMITS)


TestDefaultPolicy = MirroredJar.TestCase
TestBrowserPolicy = MirroredBrowserJar.TestCase
TestDefaultPolicy.settings = TestBrowserPolicy.settings = hypothesis_settings(
    max_examples=hypothesis_settings().max_examples, stateful_step_count=30
)


@pytest.mark.parametrize("machine", [MirroredJar, MirroredBrowserJar])
def test_several_threads(machine: Any) -> None:
    """Each thread does what it likes with one jar; the order of changes is the jar's."""
    jar = CookieJar(machine().policy())
    mirror = Mirror()
    jar.subscribe(mirror)
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            start.wait(30)
            for n in range(150):
                url = f"https://h{(n + number) % 3}.test/"
                jar.store_response(url, [f"{'abcd'[n % 4]}={n % 2}", f"e{number}={n}; Max-Age=60"])
                jar.cookie_header(url)
                if n % 7 == number:
                    jar.remove(url, "a")
                if n % 31 == number:
                    jar.replace({"f": "1"}, url=url)
                if n % 43 == number:
                    jar.clear()
        except BaseException as error:  # noqa: BLE001 - it fails the test
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert mirror.seq > 600
    mirror.compare(jar)
