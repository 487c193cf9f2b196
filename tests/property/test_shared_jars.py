"""Jars that share a database are one jar. Oracle: a plain CookieJar that does the same.

After each step both jars on the file have the cookies of the plain one, in its order, and with all
their attributes; what they return is what it returns. Who replays the changes that one of them tells
of has the jar, too.
"""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.request import Request

import browser_traffic as traffic
from hypothesis import Phase
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
    RequestContext,
    SQLiteCookieJar,
)

NOW = traffic.NOW
LIMITS = Limits(per_site=5, purge_site_to=3, total=9, purge_total_to=7, per_partition=2)

urls = st.sampled_from(
    [
        "https://shop.test/",
        "https://shop.test/a/b",
        "http://shop.test/",
        "https://a.shop.test/",
        "https://other.test/",
        "http://printer/",
    ]
)
names = st.sampled_from("abcd")
fields = st.builds(
    lambda name, value, attributes: "; ".join([f"{name}={value}", *attributes]),
    names,
    st.sampled_from("12"),
    st.lists(
        st.sampled_from(
            [
                "Domain=shop.test",
                "Domain=wrong.test",
                "Path=/a",
                "Path=/",
                "Secure",
                "HttpOnly",
                "SameSite=Lax",
                "Max-Age=0",
                "Max-Age=5",
                "Max-Age=60",
                "Version=1; Comment=c",
                "Secure; Partitioned",
                "odd",
            ]
        ),
        max_size=3,
    ),
)
contexts = st.sampled_from(
    [
        None,
        None,
        RequestContext(partition_key="https://top.test/"),
        RequestContext(http_api=False),
    ]
)
cookies = st.builds(
    lambda version, name, value, domain, path, expires, rest: Cookie(
        version, name, value, None, False, domain, domain.startswith("."), domain.startswith("."),
        path, True, False, expires, expires is None, None, None, rest,
    ),
    st.sampled_from([0, 0, 1, None]),
    names,
    st.sampled_from(["1", "2", None, "ü\0"]),
    st.sampled_from(["shop.test", ".shop.test", "other.test", "", "a/b"]),
    st.sampled_from(["/", "/a"]),
    st.sampled_from([None, NOW - 5, NOW + 5, NOW + 600]),
    st.sampled_from([{}, {"HttpOnly": None}, {"priority": 5}, {"SameSite": "None", "x": [1, "y"]}]),
)  # fmt: skip
who = st.integers(0, 1)


class Response:
    def __init__(self, texts: list[str]) -> None:
        self.message = Message()
        for text in texts:
            self.message["Set-Cookie"] = text

    def info(self) -> Message:
        return self.message


def facts_of(cookie: Any) -> tuple[Any, ...]:
    """
    All that a program can see of a cookie but its last-access-time.

    Creation-times are kept apart by microseconds, which count on from the latest that a jar remembers;
    that may be of a cookie that has gone. Their order shows in what is sent.
    """
    created = cookie.creation_time
    return repr(cookie), created and int(created), cookie.partition_key


def place_of(cookie: Any) -> tuple[Any, ...]:
    return cookie.partition_key, cookie.domain, cookie.path, cookie.name


class Mirror:
    """What can be known from changes alone."""

    def __init__(self, jar: CookieJar) -> None:
        self.cookies = {place_of(cookie): facts_of(cookie) for cookie in jar}
        self.wrong: list[str] = []
        self.origins: set[str] = set()
        jar.subscribe(self)

    def __call__(self, change: Any) -> None:
        place = place_of(change.cookie)
        self.origins.add(change.origin)
        if change.removed:
            if self.cookies.pop(place, None) is None:
                self.wrong.append(f"{change} removes what is not there")
        elif place in self.cookies:
            self.wrong.append(f"{change} meets an occupied place")
        else:
            self.cookies[place] = facts_of(change.cookie)


class SharedJars(RuleBasedStateMachine):
    """All operations that change a jar, each by either jar of a file."""

    jars: list[Any]

    @initialize(mirrored=st.booleans())
    def begin(self, mirrored: bool) -> None:
        self.now = NOW
        self.folder = tempfile.TemporaryDirectory()
        self.file = str(Path(self.folder.name, "jar.sqlite"))
        self.plain = CookieJar(self.policy())
        self.jars = [SQLiteCookieJar(self.file, policy=self.policy()) for _ in range(2)]
        self.mirror = Mirror(self.jars[1]) if mirrored else None

    def policy(self) -> Any:
        return DefaultCookiePolicy(rfc2965=True)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            for jar in self.jars:
                jar.close()
            self.folder.cleanup()

    def act(self, at: int, call: Callable[[Any], Any]) -> None:
        """Do it with the plain jar, and with one of the others."""
        with traffic.clock_at(self.now):
            expected = call(self.plain)
            if self.mirror is not None:
                self.mirror.origins.clear()
            actual = call(self.jars[at])
            assert actual == expected
            if self.mirror is not None:
                len(self.jars[1])
                assert self.mirror.origins <= {"jar" if at == 1 else "remote"}

    @invariant()
    def jars_have_what_the_plain_one_has(self) -> None:
        if not hasattr(self, "folder"):
            return
        expected = [facts_of(cookie) for cookie in self.plain]
        for jar in self.jars:
            assert [facts_of(cookie) for cookie in jar] == expected
            assert len(jar) == len(expected)
        if self.mirror is not None:
            assert self.mirror.wrong == []
            assert self.mirror.cookies == {
                place_of(cookie): facts_of(cookie) for cookie in self.plain
            }

    @rule(at=who, url=urls, texts=st.lists(fields, min_size=1, max_size=4), context=contexts)
    def store_response(self, at: int, url: str, texts: list[str], context: Any) -> None:
        self.act(at, lambda jar: repr(jar.store_response(url, texts, context=context)))

    @rule(at=who, url=urls, texts=st.lists(fields, min_size=1, max_size=3))
    def extract_cookies(self, at: int, url: str, texts: list[str]) -> None:
        self.act(at, lambda jar: jar.extract_cookies(Response(texts), Request(url)))

    @rule(at=who, cookie=cookies)
    def set_cookie(self, at: int, cookie: Cookie) -> None:
        import copy

        self.act(at, lambda jar: jar.set_cookie(copy.copy(cookie)))

    @rule(
        at=who,
        name=names,
        value=st.sampled_from(["1", "2", "\n"]),
        url=urls,
        options=st.sampled_from([{}, {"http_only": True}, {"expires": 0}, {"max_age": 5}]),
    )
    def set(self, at: int, name: str, value: str, url: str, options: dict[str, Any]) -> None:
        def call(jar: Any) -> str:
            try:
                return repr(jar.set(name, value, url=url, **options))
            except CookieRejected as error:
                return repr(error)

        self.act(at, call)

    @rule(at=who, url=urls, name=names)
    def remove(self, at: int, url: str, name: str) -> None:
        self.act(at, lambda jar: jar.remove(url, name))

    @rule(
        at=who,
        filters=st.sampled_from(
            [{"domain": "shop.test"}, {"session": True}, {"name": "a"}, {"path": "/a"}]
        ),
    )
    def delete(self, at: int, filters: dict[str, Any]) -> None:
        self.act(at, lambda jar: jar.delete(**filters))

    @rule(at=who, url=urls, values=st.dictionaries(names, st.sampled_from(["1", "\n"]), max_size=3))
    def replace(self, at: int, url: str, values: dict[str, str]) -> None:
        def call(jar: Any) -> None:
            with contextlib.suppress(CookieRejected):
                jar.replace(values, url=url)

        self.act(at, call)

    @rule(at=who, pick=st.integers(0, 20), depth=st.sampled_from([0, 1, 2, 3, 3, 3]))
    def clear(self, at: int, pick: int, depth: int) -> None:
        stored = list(self.plain)
        if stored:
            like = stored[pick % len(stored)]
            self.act(at, lambda jar: _cleared(jar, (like.domain, like.path, like.name)[:depth]))

    @rule(at=who, name=st.sampled_from(["clear_session_cookies", "clear_expired_cookies"]))
    def clear_some(self, at: int, name: str) -> None:
        self.act(at, lambda jar: getattr(jar, name)())

    @rule(at=who, url=urls, name=names, value=st.sampled_from(["7", None]))
    def view(self, at: int, url: str, name: str, value: str | None) -> None:
        def call(jar: Any) -> Any:
            view = jar.for_url(url)
            with contextlib.suppress(KeyError, CookieRejected):
                if value is None:
                    del view[name]
                else:
                    view[name] = value
            return dict(view)

        self.act(at, call)

    @rule(seconds=st.sampled_from([1, 5, 60]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(at=who, url=urls, context=contexts, extracted=st.booleans())
    def ask(self, at: int, url: str, context: Any, extracted: bool) -> None:
        def call(jar: Any) -> Any:
            if not extracted:
                return jar.cookie_header(url, context=context)
            request = Request(url)
            jar.add_cookie_header(request)
            return request.unredirected_hdrs

        self.act(at, call)

    @rule(at=who, url=urls)
    def query(self, at: int, url: str) -> None:
        self.act(at, lambda jar: list(map(facts_of, jar.query(url=url))))
        self.act(at, lambda jar: list(map(facts_of, jar.query(domain="shop.test"))))

    @rule(at=who, url=urls, text=fields)
    def explain(self, at: int, url: str, text: str) -> None:
        self.act(at, lambda jar: str(jar.explain(url, all=True)) + str(jar.explain_set(url, text)))

    @rule(at=who, url=urls)
    def frozen(self, at: int, url: str) -> None:
        self.act(at, lambda jar: jar.frozen().cookie_header(url))

    @rule(way=st.sampled_from(["close", "drop", "pickle", "revert", "load", "save", "closed"]))
    def begin_again(self, way: str) -> None:
        """What the first jar knows comes from the file alone."""
        jar = self.jars[0]
        if way in ("revert", "load", "save"):
            getattr(jar, way)()
            return
        if way != "drop":
            jar.close()
        if way == "pickle":
            self.jars[0] = pickle.loads(pickle.dumps(jar))
        elif way != "closed":
            self.jars[0] = SQLiteCookieJar(self.file, policy=self.policy())

    @rule(at=who, pick=st.integers(0, 20), value=st.sampled_from(["5", "6"]))
    def change_in_place(self, at: int, pick: int, value: str) -> None:
        """Until `sync` it is this jar's alone."""

        def call(jar: Any) -> None:
            stored = list(jar)
            if stored:
                stored[pick % len(stored)].value = value
            if jar is not self.plain:
                jar.sync()

        before, self.mirror = self.mirror, None
        self.act(at, call)
        if before is not None:  # nobody is told of what is changed past the jar
            self.mirror = Mirror(self.jars[1])


def _cleared(jar: Any, key: tuple[str, ...]) -> str | None:
    try:
        return jar.clear(*key)
    except KeyError as error:
        return repr(error)


class SharedBrowserJars(SharedJars):
    """The same under browser rules, with limits that are soon met."""

    def policy(self) -> Any:
        return BrowserCookiePolicy(public_suffixes=["test"], limits=LIMITS)


TestDefaultPolicy = SharedJars.TestCase
TestBrowserPolicy = SharedBrowserJars.TestCase
TestDefaultPolicy.settings = TestBrowserPolicy.settings = hypothesis_settings(
    max_examples=max(hypothesis_settings().max_examples // 5, 10),
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
)
