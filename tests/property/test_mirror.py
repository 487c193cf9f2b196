"""Replaying the changes of a jar over an empty dict gives the jar, whatever was done to it.

Oracle: the jar's own cookies after each step. Under both policies, with small limits, with files that
load and files that do not, and from several threads.
"""

from __future__ import annotations

import email.message
import threading
import urllib.request
import warnings
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cookietin.cookiejar import (
    BrowserCookiePolicy,
    Cause,
    Cookie,
    CookieChange,
    CookieJar,
    CookieRejected,
    CookieSkippedWarning,
    DefaultCookiePolicy,
    Limits,
    LoadError,
    LWPCookieJar,
    MozillaCookieJar,
    RequestContext,
)

START = 1_767_225_600
STORED = {
    Cause.INSERTED,
    Cause.INSERTED_NO_CHANGE_OVERWRITE,
    Cause.INSERTED_NO_VALUE_CHANGE_OVERWRITE,
}

HOSTS = st.sampled_from(["shop.test", "www.shop.test", "news.test"])
SCHEMES = st.sampled_from(["https", "http"])
NAMES = st.sampled_from(["a", "b", "__Host-c", "$d"])
VALUES = st.sampled_from(["1", "2"])
PATHS = st.sampled_from(["/", "/x", "/x/y"])
ATTRIBUTES = st.lists(
    st.sampled_from(
        [
            "Domain=shop.test",
            "Domain=test",
            "Path=/",
            "Path=/x",
            "Secure",
            "HttpOnly",
            "SameSite=None",
            "Max-Age=0",
            "Max-Age=10",
            "Max-Age=1000",
            "Partitioned",
        ]
    ),
    max_size=4,
)
FIELDS = st.lists(
    st.builds(
        lambda name, value, rest: "; ".join([f"{name}={value}", *rest]), NAMES, VALUES, ATTRIBUTES
    ),
    min_size=1,
    max_size=4,
)
CONTEXTS = st.sampled_from(
    [
        None,
        RequestContext(partition_key="https://top.test"),
        RequestContext(http_api=False),
        RequestContext(site_for_cookies="https://other.test"),
    ]
)

Key = tuple[str | None, str, str, str]


def key_of(cookie: Any) -> Key:
    """The identity of a slot: partition, domain with its dot, path and name."""
    return getattr(cookie, "partition_key", None), cookie.domain, cookie.path, cookie.name


def facts_of(cookie: Any) -> tuple[object, ...]:
    return cookie.value, cookie.expires, bool(cookie.secure), cookie.http_only, cookie.same_site


class Mirror:
    """A dict that is kept up by changes, and what has to hold of each of them."""

    def __init__(self) -> None:
        self.held: dict[Key, tuple[object, ...]] = {}
        self.seen: list[CookieChange] = []
        self.overwritten: Key | None = None

    def __call__(self, change: CookieChange) -> None:
        key = key_of(change.cookie)
        assert change.seq == len(self.seen) + 1
        self.seen.append(change)
        assert change.removed == (change.cause not in STORED)
        if self.overwritten is not None:
            assert change.cause in STORED
            assert key == self.overwritten
            self.overwritten = None
        elif change.cause in STORED:
            assert change.cause is Cause.INSERTED
        if change.removed:
            assert self.held.pop(key) == facts_of(change.cookie)
        else:
            assert key not in self.held
            self.held[key] = facts_of(change.cookie)
        if change.cause is Cause.OVERWRITE:
            self.overwritten = key

    def check(self, jar: CookieJar) -> None:
        assert self.overwritten is None
        assert self.held == {key_of(cookie): facts_of(cookie) for cookie in jar}


class Response:
    def __init__(self, fields: list[str]) -> None:
        self._headers = email.message.Message()
        for field in fields:
            self._headers["Set-Cookie"] = field

    def info(self) -> email.message.Message:
        return self._headers


def a_cookie(name: str, value: str, host: str, path: str, expires: int | None) -> Cookie:
    return Cookie.from_dict(
        {"name": name, "value": value, "domain": host, "path": path, "expirationDate": expires}
    )


class JarMachine(RuleBasedStateMachine):
    """What a program, a server and the clock do to a jar."""

    file_jar: type[Any] = MozillaCookieJar
    limited = False

    def policy(self) -> Any:
        return DefaultCookiePolicy()

    @initialize()
    def begin(self) -> None:
        self.now = float(START)
        self.clock = pytest.MonkeyPatch()
        self.clock.setattr("time.time", lambda: self.now)
        self.folder = Path(mkdtemp())
        self.jar = self.file_jar(str(self.folder / "cookies.txt"), policy=self.policy())
        self.mirror = Mirror()
        self.errors: list[BaseException] = []
        self.subscription = self.jar.subscribe(self.listen)

    def listen(self, change: CookieChange) -> None:
        try:
            self.mirror(change)
        except AssertionError as error:  # the jar would log it and go on
            self.errors.append(error)

    def teardown(self) -> None:
        self.clock.undo()

    @invariant()
    def mirrored(self) -> None:
        if self.errors:
            raise self.errors[0]
        self.mirror.check(self.jar)
        if not self.limited:
            assert all(change.cause is not Cause.EVICTED for change in self.mirror.seen)

    @rule(scheme=SCHEMES, host=HOSTS, path=PATHS, fields=FIELDS, context=CONTEXTS)
    def respond(
        self, scheme: str, host: str, path: str, fields: list[str], context: RequestContext | None
    ) -> None:
        before = len(self.mirror.seen)

        decisions = self.jar.store_response(f"{scheme}://{host}{path}", fields, context=context)

        if not any(decision.allowed for decision in decisions):
            assert len(self.mirror.seen) == before

    @rule(scheme=SCHEMES, host=HOSTS, path=PATHS, fields=FIELDS, extract=st.booleans())
    def respond_to_urllib(
        self, scheme: str, host: str, path: str, fields: list[str], extract: bool
    ) -> None:
        request = urllib.request.Request(f"{scheme}://{host}{path}")
        method = self.jar.extract_cookies if extract else self.jar.make_cookies
        method(Response(fields), request)

    @rule(scheme=SCHEMES, host=HOSTS, path=PATHS, urllib_shaped=st.booleans())
    def request(self, scheme: str, host: str, path: str, urllib_shaped: bool) -> None:
        url = f"{scheme}://{host}{path}"
        if urllib_shaped:
            self.jar.add_cookie_header(urllib.request.Request(url))
        else:
            self.jar.cookie_header(url)

    @rule(seconds=st.sampled_from([1, 20, 2000]))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(
        name=NAMES,
        value=VALUES,
        host=HOSTS,
        path=PATHS,
        expires=st.sampled_from([None, START - 1, START + 10, START + 9999]),
    )
    def put(self, name: str, value: str, host: str, path: str, expires: int | None) -> None:
        """Even one that has ended is stored, as in the standard library."""
        self.jar.set_cookie(a_cookie(name, value, host, path, expires))

    @rule(at=st.integers(0, 20))
    def put_again(self, at: int) -> None:
        cookies = list(self.jar)
        if cookies:
            self.jar.set_cookie(cookies[at % len(cookies)])

    @rule(
        name=NAMES,
        value=VALUES,
        host=HOSTS,
        domain=st.sampled_from([None, "shop.test"]),
        http_only=st.booleans(),
        max_age=st.sampled_from([None, 0, 10]),
    )
    def set(
        self,
        name: str,
        value: str,
        host: str,
        domain: str | None,
        http_only: bool,
        max_age: int | None,
    ) -> None:
        before = len(self.mirror.seen)
        try:
            self.jar.set(
                name,
                value,
                url=f"https://{host}/x/y",
                domain=domain,
                http_only=http_only,
                max_age=max_age,
            )
        except CookieRejected:
            assert len(self.mirror.seen) == before

    @rule(host=HOSTS, name=NAMES)
    def remove(self, host: str, name: str) -> None:
        self.jar.remove(f"https://{host}/x/y", name)

    @rule(
        filters=st.fixed_dictionaries(
            {}, optional={"name": NAMES, "domain": HOSTS, "secure": st.booleans()}
        )
    )
    def delete(self, filters: dict[str, Any]) -> None:
        if filters:
            self.jar.delete(**filters)

    @rule(names=st.lists(NAMES, max_size=3), host=HOSTS, fails=st.booleans())
    def replace(self, names: list[str], host: str, fails: bool) -> None:
        before = len(self.mirror.seen)
        cookies = dict.fromkeys(names, "3") | ({"bad;name": "1"} if fails else {})
        try:
            self.jar.replace(cookies, url=f"https://{host}/")
        except CookieRejected:
            assert len(self.mirror.seen) == before

    @rule(at=st.integers(0, 20), depth=st.integers(0, 3))
    def clear(self, at: int, depth: int) -> None:
        cookies = list(self.jar)
        if cookies:
            cookie = cookies[at % len(cookies)]
            key = (cookie.domain, cookie.path, cookie.name)[:depth]
            self.jar.clear(*key)

    @rule()
    def clear_session(self) -> None:
        self.jar.clear_session_cookies()

    @rule()
    def clear_expired(self) -> None:
        self.jar.clear_expired_cookies()

    @rule(everything=st.booleans())
    def save(self, everything: bool) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CookieSkippedWarning)
            self.jar.save(ignore_discard=everything, ignore_expires=everything)

    @rule(revert=st.booleans(), broken=st.booleans(), everything=st.booleans())
    def load(self, revert: bool, broken: bool, everything: bool) -> None:
        file = Path(self.jar.filename)
        if not file.exists():
            return
        if broken:
            file = file.with_name("broken.txt")
            file.write_text(Path(self.jar.filename).read_text() + "\nno\tcookie\n")
        before = len(self.mirror.seen)
        method = self.jar.revert if revert else self.jar.load
        try:
            method(str(file), ignore_discard=everything, ignore_expires=everything)
        except LoadError:
            assert len(self.mirror.seen) == before
        told = self.mirror.seen[before:]
        assert all(change.origin == "load" for change in told)
        assert all(change.cookie is not cookie for change in told for cookie in self.jar)


class BrowserMachine(JarMachine):
    limited = True

    def policy(self) -> Any:
        return BrowserCookiePolicy(
            limits=Limits(per_site=6, purge_site_to=4, total=9, purge_total_to=7, per_partition=3)
        )


class LwpMachine(JarMachine):
    file_jar = LWPCookieJar


_SETTINGS = settings(stateful_step_count=30)

TestDefaultPolicy = JarMachine.TestCase
TestDefaultPolicy.settings = _SETTINGS
TestBrowserPolicy = BrowserMachine.TestCase
TestBrowserPolicy.settings = _SETTINGS
TestLwpFiles = LwpMachine.TestCase
TestLwpFiles.settings = _SETTINGS


@pytest.mark.parametrize("policy", [DefaultCookiePolicy, BrowserCookiePolicy])
def test_several_threads(policy: type[Any]) -> None:
    """Each change is told in the thread that made it, and all in the order in which they happened."""
    jar = CookieJar(policy())
    mirror = Mirror()
    errors: list[BaseException] = []
    threads_of: list[tuple[str, str]] = []

    def listen(change: CookieChange) -> None:
        threads_of.append((change.cookie.name, threading.current_thread().name))
        try:
            mirror(change)
        except AssertionError as error:
            errors.append(error)

    def work(own: str) -> None:
        for turn in range(100):
            jar.store_response(
                "https://shop.test/",
                [f"{own}={turn % 3}", f"{own}=gone; Path=/x; Max-Age={turn % 2}"],
            )
            jar.set(own, str(turn), url="https://news.test/")
            jar.cookie_header("https://shop.test/")
            if turn % 10 == 0:
                jar.delete(name=own)

    jar.subscribe(listen)
    threads = [threading.Thread(target=work, args=(f"t{n}",), name=f"t{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not errors
    mirror.check(jar)
    assert all(name == thread for name, thread in threads_of)
