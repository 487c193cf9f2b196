"""Which changes are told, row by row of the state table of causes, and how they are told.

Rules of this file:
- The clock stands at NOW until a test moves it.
- Under both policies, unless a row is about limits, which the default policy does not have.
"""

from __future__ import annotations

import copy
import gc
import logging
import pickle
import sys
import threading
import weakref
from email.message import Message
from typing import Any
from urllib.request import Request

import pytest

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    CookieRejected,
    DefaultCookiePolicy,
    Limits,
    LWPCookieJar,
    MozillaCookieJar,
)

NOW = 1_767_225_600
URL = "https://shop.example/"
DEADLINE = 30
SECRET = "hunter2"
MOZILLA = "# Netscape HTTP Cookie File\nshop.example\tFALSE\t/\tFALSE\t{expires}\ta\t{value}\n"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    class Clock:
        now = NOW

    monkeypatch.setattr("time.time", lambda: Clock.now)
    return Clock


def browser_policy(**limits):
    return BrowserCookiePolicy(public_suffixes=["example"], limits=Limits(**limits))


POLICIES = {"default": DefaultCookiePolicy, "browser": browser_policy}


@pytest.fixture(params=sorted(POLICIES))
def jar(request):
    """A jar that can be saved, under each of the policies."""
    return MozillaCookieJar(policy=POLICIES[request.param]())


def cookie(
    name="a", value="1", *, expires=None, path="/", domain="shop.example", cls=Cookie, **others
):
    known = {
        "version": 0,
        "port": None,
        "port_specified": False,
        "domain_specified": domain.startswith("."),
        "domain_initial_dot": domain.startswith("."),
        "path_specified": True,
        "secure": False,
        "discard": expires is None,
        "comment": None,
        "comment_url": None,
        "rest": {},
    }
    return cls(
        name=name, value=value, domain=domain, path=path, expires=expires, **{**known, **others}
    )


def respond(jar, *fields, url=URL):
    return jar.store_response(url, list(fields))


class Response:
    def __init__(self, *fields):
        self.message = Message()
        for field in fields:
            self.message["Set-Cookie"] = field

    def info(self):
        return self.message


def listen(jar, **filters):
    """The changes that a jar tells of from now on."""
    told: list[Any] = []
    jar.subscribe(told.append, **filters)
    return told


def said(told):
    """Cause, name and value of each, as one text."""
    return [f"{each.cause} {each.cookie.name}={each.cookie.value}" for each in told]


# Act of a row -> what it does to a jar; `moved` is the clock.
def fields(*texts):
    return lambda jar, clock: respond(jar, *texts)


def storing(*cookies):
    return lambda jar, clock: [jar.set_cookie(each) for each in cookies]


def after(seconds, act):
    def later(jar, clock):
        clock.now += seconds
        act(jar, clock)

    return later


def calling(name, *arguments, **named):
    return lambda jar, clock: getattr(jar, name)(*arguments, **named)


def extracting(*texts):
    return lambda jar, clock: jar.extract_cookies(Response(*texts), Request(URL))


def making(*texts):
    return lambda jar, clock: jar.make_cookies(Response(*texts), Request(URL))


def refused(act, error):
    def attempt(jar, clock):
        with pytest.raises(error):
            act(jar, clock)

    return attempt


SOON = "a=1; Max-Age=5"
ROWS = [
    # Setting
    pytest.param([], fields("a=1"), ["inserted a=1"], id="set, empty slot, live"),
    pytest.param([], fields("a=1; Max-Age=0"), [], id="set, empty slot, already expired"),
    pytest.param(
        ["a=1"], fields("a=2"), ["overwrite a=1", "inserted a=2"], id="set, taken, other value"
    ),
    pytest.param(
        ["a=1"],
        fields("a=1"),
        ["overwrite a=1", "inserted-no-change-overwrite a=1"],
        id="set, taken, nothing differs",
    ),
    pytest.param(
        ["a=1; Max-Age=60"],
        after(10, fields("a=1; Max-Age=50")),
        ["overwrite a=1", "inserted-no-change-overwrite a=1"],
        id="set, taken, another Max-Age to the same moment",
    ),
    *(
        pytest.param(
            [before],
            fields(now),
            ["overwrite a=1", "inserted-no-value-change-overwrite a=1"],
            id=f"set, taken, same value, {what} differs",
        )
        for before, now, what in [
            ("a=1", "a=1; Secure", "Secure"),
            ("a=1; HttpOnly", "a=1", "HttpOnly"),
            ("a=1; SameSite=Lax", "a=1; SameSite=Strict", "SameSite"),
            ("a=1; Max-Age=5", "a=1; Max-Age=6", "expiry-time"),
            ("a=1; Max-Age=5", "a=1", "having an expiry-time"),
        ]
    ),
    pytest.param(
        ["a=1; Max-Age=60"],
        after(1, fields("a=1; Max-Age=60")),
        ["overwrite a=1", "inserted-no-value-change-overwrite a=1"],
        id="set, taken, Max-Age is renewed",
    ),
    pytest.param(
        ["a=1"], fields("a=2; Max-Age=0"), ["expired-overwrite a=1"], id="set, taken, expired"
    ),
    pytest.param(
        [SOON],
        after(9, fields("a=2")),
        ["overwrite a=1", "inserted a=2"],
        id="set, taken by an expired one, live",
    ),
    pytest.param(
        [SOON],
        after(9, fields("a=2; Max-Age=-1")),
        ["expired-overwrite a=1"],
        id="set, taken by an expired one, expired",
    ),
    pytest.param([], fields("a=1; Domain=other.example"), [], id="set, refused for its Domain"),
    pytest.param(
        ["a=1"], fields("a=2; Max-Age=0; Domain=other.example"), [], id="a deletion, refused"
    ),
    pytest.param(
        ["a=1", "a=2; Domain=shop.example"],
        fields("a=3; Max-Age=0; Domain=shop.example"),
        ["expired-overwrite a=2"],
        id="host-only and domain cookie are two slots",
    ),
    pytest.param([], extracting("a=1"), ["inserted a=1"], id="extract_cookies"),
    pytest.param(["a=1"], making("b=1", "a=2"), [], id="make_cookies stores nothing"),
    pytest.param(
        ["a=1"], making("a=2; Max-Age=0"), ["expired-overwrite a=1"], id="make_cookies deletes"
    ),
    pytest.param([], storing(cookie()), ["inserted a=1"], id="set_cookie, empty slot"),
    pytest.param(
        ["a=1"],
        storing(cookie("a", "2")),
        ["overwrite a=1", "inserted a=2"],
        id="set_cookie, taken",
    ),
    pytest.param(
        [],
        storing(cookie("a", "1", expires=NOW - 5)),
        ["inserted a=1"],
        id="set_cookie of an expired one stores it",
    ),
    pytest.param(
        [],
        calling("set", "a", "1", url=URL),
        ["inserted a=1"],
        id="set by the program",
    ),
    pytest.param(
        ["a=1"],
        calling("set", "a", "2", url=URL, expires=0),
        ["expired-overwrite a=1"],
        id="set by the program, expired",
    ),
    pytest.param(
        ["a=1; HttpOnly"],
        refused(calling("set", "a", "2", url=URL), CookieRejected),
        [],
        id="set by the program, refused for HttpOnly",
    ),
    # Reading
    pytest.param(
        [SOON, "b=1"],
        after(9, calling("cookie_header", URL)),
        ["expired a=1"],
        id="cookies for a url notice what has expired",
    ),
    pytest.param(
        [SOON], after(9, calling("cookie_header", URL + "x")), ["expired a=1"], id="on any path"
    ),
    pytest.param(
        [SOON],
        after(9, lambda jar, clock: jar.add_cookie_header(Request(URL))),
        ["expired a=1"],
        id="add_cookie_header notices",
    ),
    pytest.param([SOON], after(9, calling("query")), ["expired a=1"], id="list all"),
    pytest.param(["a=1"], calling("cookie_header", URL), [], id="access-times"),
    pytest.param([SOON], after(9, lambda jar, clock: list(jar)), [], id="the clock passes"),
    pytest.param([SOON], after(9, calling("explain", URL)), [], id="explain changes nothing"),
    pytest.param(["a=1"], calling("explain_set", URL, "a=2"), [], id="explain_set changes nothing"),
    # Removing
    pytest.param(["a=1", "b=1"], calling("remove", URL, "a"), ["explicit a=1"], id="remove"),
    pytest.param(["a=1"], calling("remove", URL, "x"), [], id="remove, nothing matched"),
    pytest.param(
        ["a=1", "b=1"],
        calling("delete", session=True),
        ["explicit a=1", "explicit b=1"],
        id="delete",
    ),
    pytest.param(["a=1"], calling("delete", "x"), [], id="delete, nothing matched"),
    pytest.param(["a=1", "b=2"], calling("clear"), ["explicit a=1", "explicit b=2"], id="clear()"),
    pytest.param([], calling("clear"), [], id="clear() of an empty jar"),
    pytest.param(
        ["a=1", "b=2; Path=/b"],
        calling("clear", "shop.example"),
        ["explicit a=1", "explicit b=2"],
        id="clear(domain)",
    ),
    pytest.param(
        ["a=1", "b=2; Path=/b"],
        calling("clear", "shop.example", "/b"),
        ["explicit b=2"],
        id="clear(domain, path)",
    ),
    pytest.param(
        ["a=1", "b=2"],
        calling("clear", "shop.example", "/", "b"),
        ["explicit b=2"],
        id="clear(domain, path, name)",
    ),
    pytest.param(
        ["a=1"],
        refused(calling("clear", "shop.example", "/", "x"), KeyError),
        [],
        id="clear of nothing",
    ),
    pytest.param(
        ["a=1", "b=2; Max-Age=60"],
        calling("clear_session_cookies"),
        ["explicit a=1"],
        id="clear_session_cookies",
    ),
    pytest.param(
        [SOON, "b=1"],
        after(9, calling("clear_expired_cookies")),
        ["expired a=1"],
        id="clear_expired_cookies",
    ),
    pytest.param(
        ["a=1"],
        calling("replace", {"b": "2"}, url=URL),
        ["explicit a=1", "inserted b=2"],
        id="replace",
    ),
    pytest.param(
        ["a=1"],
        refused(calling("replace", {"b": "2", "c": "\n"}, url=URL), CookieRejected),
        [],
        id="replace, refused half-way",
    ),
    pytest.param(
        ["a=1"],
        lambda jar, clock: jar.for_url(URL).update(a="2", b="3"),
        ["overwrite a=1", "inserted a=2", "inserted b=3"],
        id="a view is written",
    ),
    pytest.param(
        ["a=1"],
        lambda jar, clock: jar.for_url(URL).pop("a"),
        ["explicit a=1"],
        id="a view is deleted from",
    ),
]


@pytest.mark.parametrize(("before", "act", "expected"), ROWS)
def test_row(jar, clock, before, act, expected) -> None:
    """Who listens learns what happened, why, and in which order (Electron's causes)."""
    for field in before:
        respond(jar, field)
    told = listen(jar)

    act(jar, clock)

    assert said(told) == expected
    assert [each.seq for each in told] == list(range(1, len(told) + 1))
    assert {each.origin for each in told} <= {"jar"}
    assert all(each.removed is (not each.cause.startswith("inserted")) for each in told)


@pytest.mark.parametrize(
    ("before", "act"),
    [
        pytest.param(["a=1; Secure"], ("http://shop.example/", "a=2"), id="over a Secure cookie"),
        pytest.param([], ("http://shop.example/", "a=2; Secure"), id="Secure over http"),
        pytest.param([], (URL, "__Host-a=2"), id="prefix without what it promises"),
        pytest.param([], (URL, "a=2; SameSite=None"), id="SameSite=None without Secure"),
    ],
)
def test_refused_by_browser_rules(before, act) -> None:
    """Any refusal, also one for a stored cookie's sake, is no change."""
    jar = CookieJar(browser_policy())
    respond(jar, *before)
    told = listen(jar)

    (decision,) = respond(jar, act[1], url=act[0])

    assert not decision.allowed
    assert told == []


@pytest.mark.parametrize(
    ("limits", "before", "then", "expected"),
    [
        pytest.param(
            {"per_site": 3, "purge_site_to": 2},
            ["a=1", "b=1", "c=1"],
            "d=1",
            ["inserted d=1", "evicted a=1", "evicted b=1"],
            id="a site is full",
        ),
        pytest.param(
            {"per_site": 3, "purge_site_to": 2},
            ["a=1; Max-Age=5", "b=1", "c=1"],
            "d=1",
            ["inserted d=1", "expired a=1"],
            id="expired ones make room for a site",
        ),
        pytest.param(
            {"per_site": 3, "purge_site_to": 1},
            ["a=1; Max-Age=5", "b=1"],
            "d=1",
            ["inserted d=1"],
            id="under the limit not even expired ones go",
        ),
        pytest.param(
            {"per_site": None, "total": 3, "purge_total_to": 2},
            ["a=1; Max-Age=5", "b=1", "c=1"],
            "d=1",
            ["inserted d=1", "expired a=1"],
            id="expired ones make room in the jar",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 2},
            ["a=1; Secure", "b=1; Secure"],
            "c=1",
            ["inserted c=1", "evicted c=1"],
            id="the newcomer itself goes",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 1},
            ["a=1", "b=1"],
            "a=2",
            ["overwrite a=1", "inserted a=2"],
            id="who takes another's place evicts nobody",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 1},
            ["a=1; Max-Age=5", "b=1"],
            "a=2",
            ["overwrite a=1", "inserted a=2"],
            id="nor who takes the place of an expired one",
        ),
    ],
)
def test_collection(clock, limits, before, then, expected) -> None:
    """After a cookie was stored: expired ones of its site first, then victims, then the jar."""
    jar = CookieJar(browser_policy(**limits))
    for field in before:
        respond(jar, field)
    told = listen(jar)
    clock.now += 9

    respond(jar, then)

    assert said(told) == expected


@pytest.mark.parametrize("way", ["load", "revert"])
def test_file(jar, tmp_path, way) -> None:
    """Whoever mirrors the jar needs what comes from files, and may tell it apart."""
    path = tmp_path / "cookies.txt"
    path.write_text(MOZILLA.format(expires=NOW + 60, value="2"))
    respond(jar, "a=1", "b=1")
    told = listen(jar)

    getattr(jar, way)(path)

    wiped = {"load": ["overwrite a=1"], "revert": ["explicit a=1", "explicit b=1"]}
    assert said(told) == [*wiped[way], "inserted a=2"]
    assert {each.origin for each in told} == {"load"}
    respond(jar, "c=1")
    assert told[-1].origin == "jar"


class HalfWay(MozillaCookieJar):
    """Stores a cookie before it finds the file wanting."""

    def _really_load(self, f, filename, ignore_discard, ignore_expires):
        self.set_cookie(cookie("half", "1"))
        raise OSError("half-way")


class BareLock:
    """As Scrapy and others put it into a jar: it has acquire and release."""

    def __init__(self):
        self._lock = threading.RLock()
        self.acquire, self.release = self._lock.acquire, self._lock.release


@pytest.mark.parametrize("lock", ["own lock", "bare lock"])
@pytest.mark.parametrize("way", ["load", "revert"])
@pytest.mark.parametrize(
    "cls", [MozillaCookieJar, LWPCookieJar, HalfWay], ids=["mozilla", "lwp", "half-way"]
)
def test_failing_file(tmp_path, cls, way, lock) -> None:
    """What was undone has not happened; the lock may have been replaced a moment ago."""
    path = tmp_path / "cookies.txt"
    path.write_text("no cookies here\n")
    jar = cls()
    respond(jar, "a=1")
    told = listen(jar)
    if lock == "bare lock":
        jar._cookies_lock = BareLock()

    with pytest.raises(OSError, match=r"half-way|cookies\.txt"):
        getattr(jar, way)(path)

    assert told == []
    assert [each.name for each in jar] == ["a"]
    respond(jar, "b=1")
    assert [(each.seq, each.origin) for each in told] == [(1, "jar")]


# Delivery


@pytest.fixture
def hasty_switching():
    """Threads that change places every few microseconds meet in narrow places."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(former)


def in_another_thread(act):
    """Run it there; whether it came to an end."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    return not thread.is_alive()


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(fields("a=1"), id="store_response"),
        pytest.param(storing(cookie()), id="set_cookie"),
        pytest.param(extracting("a=1"), id="extract_cookies"),
        pytest.param(calling("set", "a", "1", url=URL), id="set"),
        pytest.param(calling("replace", {"a": "1"}, url=URL), id="replace"),
    ],
)
def test_lock_is_released_before(jar, clock, act) -> None:
    """A callback may wait for a thread that makes a request."""
    freed = []
    jar.subscribe(lambda change: freed.append(in_another_thread(lambda: jar.cookie_header(URL))))

    act(jar, clock)

    assert freed == [True]


def test_who_holds_the_lock_hears_when_it_is_released(jar) -> None:
    """A program may take the lock for several operations, and a thread may have waited for it."""
    told = []
    jar._cookies_lock.acquire()
    try:
        jar.subscribe(told.append)
        respond(jar, "a=1")
        respond(jar, "b=1")

        assert told == []
    finally:
        jar._cookies_lock.release()

    assert said(told) == ["inserted a=1", "inserted b=1"]


def test_each_thread_tells_what_it_did() -> None:
    """In order of seq, in the thread that made the change."""
    jar = CookieJar()
    told = []
    jar.subscribe(lambda change: told.append((change, threading.current_thread().name)))
    start = threading.Barrier(4)

    def work(name):
        start.wait(DEADLINE)
        for n in range(100):
            jar.set_cookie(cookie(f"{name}-{n}", "1"))

    threads = [threading.Thread(target=work, args=(n,), name=n) for n in "pqrs"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)

    assert [change.seq for change, _ in told] == list(range(1, 401))
    assert all(change.cookie.name.startswith(f"{where}-") for change, where in told)


def test_callback_changes_the_jar(jar) -> None:
    """What it does is told after all listeners have heard of the first change."""
    told = []

    def first(change):
        told.append(f"first {change.cookie.name}")
        if change.cookie.name == "a":
            respond(jar, "b=1")
            told.append("stored b")

    jar.subscribe(first)
    jar.subscribe(lambda change: told.append(f"second {change.cookie.name}"))

    respond(jar, "a=1")

    assert told == ["first a", "stored b", "second a", "first b", "second b"]


def test_callback_raises(jar, caplog) -> None:
    """The others hear of it, the jar goes on, and the log holds no cookie's value."""

    def fail(change):
        raise ValueError(f"cannot use {change.cookie.value}")

    jar.subscribe(fail)
    told = listen(jar)

    with caplog.at_level(logging.ERROR, logger="cookietin"):
        respond(jar, f"a={SECRET}")

    assert said(told) == [f"inserted a={SECRET}"]
    assert [record.name for record in caplog.records] == ["cookietin"]
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupt_comes_through(jar, error) -> None:
    """When all have been told, and without leaving the jar locked."""

    def stop(change):
        raise error

    subscription = jar.subscribe(stop)
    told = listen(jar)

    with pytest.raises(error):
        respond(jar, "a=1", "b=1")

    assert said(told) == ["inserted a=1", "inserted b=1"]
    subscription.close()
    assert in_another_thread(lambda: respond(jar, "c=1"))
    assert told[-1].cookie.name == "c"


def test_closing_inside_a_callback(jar) -> None:
    """Nothing more is told, not even of what has happened in the same operation."""
    told = []

    def once(change):
        told.append(change)
        subscription.close()

    subscription = jar.subscribe(once)

    respond(jar, "a=1", "b=1")

    assert said(told) == ["inserted a=1"]
    assert subscription.closed


def test_closing_another_inside_a_callback(jar) -> None:
    """Who is closed by one who hears first does not hear of it."""
    told = []
    jar.subscribe(lambda change: second.close())
    second = jar.subscribe(told.append)

    respond(jar, "a=1")

    assert told == []


def test_subscribing_inside_a_callback(jar) -> None:
    """Changes count from then on, not those that were being told."""
    told = []
    jar.subscribe(lambda change: told or jar.subscribe(told.append))

    respond(jar, "a=1", "b=1")
    assert told == []
    respond(jar, "c=1")

    assert {change.cookie.name for change in told} == {"c"}


def test_with_statement_and_closing_twice(jar) -> None:
    told = []

    with jar.subscribe(told.append) as subscription:
        respond(jar, "a=1")
    respond(jar, "b=1")
    subscription.close()

    assert said(told) == ["inserted a=1"]
    assert "closed" in repr(subscription)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["inserted a=1", "inserted b=1", "explicit a=1"], id="none"),
        pytest.param({"name": "a"}, ["inserted a=1", "explicit a=1"], id="name"),
        pytest.param({"url": URL + "b/x"}, ["inserted b=1"], id="url goes by paths"),
        pytest.param({"url": "https://other.example/"}, [], id="url of another host"),
        pytest.param({"causes": ["explicit"]}, ["explicit a=1"], id="causes"),
        pytest.param({"causes": []}, [], id="no cause"),
        pytest.param({"causes": ["inserted"], "name": "b"}, ["inserted b=1"], id="two of them"),
    ],
)
def test_filters(jar, filters, expected) -> None:
    told = listen(jar, **filters)

    respond(jar, "a=1; Path=/a", "b=1; Path=/b")
    jar.clear("shop.example", "/a")

    assert said(told) == expected


def test_url_filter_tells_of_the_end(jar, clock) -> None:
    """A cookie that has ended goes with no request any more; its going is told all the same."""
    told = listen(jar, url=URL)
    respond(jar, SOON)
    clock.now += 9

    jar.clear_expired_cookies()

    assert said(told) == ["inserted a=1", "expired a=1"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"callback": None}, TypeError, id="callback that cannot be called"),
        pytest.param({"name": 1}, TypeError, id="name is no text"),
        pytest.param({"url": "shop.example"}, ValueError, id="url is none"),
        pytest.param({"causes": "inserted"}, TypeError, id="one text for causes"),
        pytest.param({"causes": ["explicid"]}, ValueError, id="no such cause"),
        pytest.param({"cause": ["explicit"]}, TypeError, id="no such filter"),
    ],
)
def test_wrong_arguments(jar, arguments, error) -> None:
    """Refused at the door: the jar is not watched."""
    with pytest.raises(error):
        jar.subscribe(**{"callback": print, **arguments})

    assert jar._cookietin_watch is None


def test_change_is_a_snapshot(jar) -> None:
    """What the jar does with a cookie later does not reach who has been told."""
    told = listen(jar)
    respond(jar, "a=1")

    next(iter(jar)).value = "2"

    assert told[0].cookie.value == "1"
    assert "a" in repr(told[0])
    with pytest.raises(AttributeError):
        told[0].seq = 9
    assert pickle.loads(pickle.dumps(told[0])).seq == told[0].seq


def test_last_one_closed(jar) -> None:
    """A jar that nobody listens to has its plain lock and index again, and pays nothing."""
    lock = jar._cookies_lock
    subscriptions = [jar.subscribe(print, name="-"), jar.subscribe(print, name="-")]
    respond(jar, "a=1")
    assert jar._cookies_lock is not lock

    for subscription in subscriptions:
        subscription.close()
    respond(jar, "b=1")

    assert jar._cookies_lock is lock
    assert jar._cookietin_watch is None
    assert not jar._cookietin_index.watched


class Closing(Cookie):
    """Whoever looks at its expiry-time ends a subscription."""

    def __getattribute__(self, name):
        if name == "expires" and Closing.subscription is not None:
            Closing.subscription.close()
        return super().__getattribute__(name)

    subscription: Any = None


def test_last_one_closed_in_the_middle(jar) -> None:
    """By the garbage collector, for instance: the operation goes on, and the lock is plain."""
    lock = jar._cookies_lock
    made = cookie(cls=Closing)
    Closing.subscription = jar.subscribe(print)

    jar.set_cookie(made)
    Closing.subscription = None

    assert jar._cookies_lock is lock
    assert jar._cookietin_watch is None
    assert in_another_thread(lambda: respond(jar, "b=1"))


def test_subscription_and_closing_at_once(hasty_switching) -> None:
    """One who comes while another goes is not lost."""
    jar = CookieJar()
    stop = threading.Event()

    def come_and_go():
        while not stop.is_set():
            jar.subscribe(print, name="-").close()

    threads = [threading.Thread(target=come_and_go, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for n in range(300):
            told = []
            with jar.subscribe(told.append):
                jar.set_cookie(cookie("a", str(n)))
            assert told[-1].cookie.value == str(n)
    finally:
        stop.set()
        for thread in threads:
            thread.join(DEADLINE)
    assert jar._cookietin_watch is None


# Programs that reach into the jar


class Overriding(CookieJar):
    """As client libraries have it: does a little more, and calls super."""

    def set_cookie(self, cookie):
        self.stored = [*getattr(self, "stored", []), cookie.name]
        super().set_cookie(cookie)

    def clear(self, domain=None, path=None, name=None):
        self.cleared = True
        super().clear(domain, path, name)


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_overriding_subclass(clock, policy) -> None:
    """Its methods are called, and causes are named as ever."""
    jar = Overriding(POLICIES[policy]())
    told = listen(jar)

    respond(jar, "a=1", SOON.replace("a", "b", 1), "c=1")
    respond(jar, "a=2; Max-Age=0")
    clock.now += 9
    jar.cookie_header(URL)
    jar.clear_session_cookies()

    assert said(told) == [
        *("inserted a=1", "inserted b=1", "inserted c=1"),
        *("expired-overwrite a=1", "expired b=1", "explicit c=1"),
    ]
    assert jar.stored == ["a", "b", "c"]
    assert jar.cleared


@pytest.mark.parametrize("when", ["before", "after"])
def test_replaced_lock(jar, when) -> None:
    """A lock without `with` serves, whenever it was put there, and is there again at the end."""
    lock = BareLock()
    if when == "before":
        jar._cookies_lock = lock
    told = []
    subscription = jar.subscribe(told.append)
    if when == "after":
        jar._cookies_lock = lock

    respond(jar, "a=1")
    jar.extract_cookies(Response("b=1"), Request(URL))
    subscription.close()

    assert said(told) == ["inserted a=1", "inserted b=1"]
    assert jar._cookies_lock is lock


def test_replaced_dict(jar) -> None:
    """Cookies that a program puts there are not told, those that come later are."""
    told = listen(jar)

    jar._cookies = {"shop.example": {"/": {"a": cookie("a", "1")}}}
    respond(jar, "a=2")

    assert said(told) == ["overwrite a=1", "inserted a=2"]


class LikeRequests(CookieJar):
    """Pickles its whole dict but for the lock, as RequestsCookieJar does."""

    def __getstate__(self):
        state = self.__dict__.copy()
        state.pop("_cookies_lock")
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        if "_cookies_lock" not in self.__dict__:
            self._cookies_lock = threading.RLock()


@pytest.mark.parametrize("cls", [CookieJar, LikeRequests])
@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(lambda jar: pickle.loads(pickle.dumps(jar)), id="pickle"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(lambda jar: jar.copy(), id="own copy"),
    ],
)
@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_copy_of_a_watched_jar(cls, copied, policy) -> None:
    """It works, nobody listens to it, and what happens there is not told of the original."""
    jar = cls(POLICIES[policy]())
    told = listen(jar)
    respond(jar, "a=1")

    other = copied(jar)
    respond(other, "a=2", "b=1")
    other.clear()
    others = listen(other)
    respond(other, "c=1")
    respond(jar, "d=1")

    assert said(told) == ["inserted a=1", "inserted d=1"]
    assert said(others) == ["inserted c=1"]
    assert [each.name for each in jar] == ["a", "d"]


def test_shared_dict_of_attributes() -> None:
    """A jar that was filled from another's `__dict__` does not speak for that."""
    jar = CookieJar()
    told = listen(jar)
    respond(jar, "a=1")

    other = CookieJar.__new__(CookieJar)
    other.__dict__.update(jar.__dict__)
    other.clear()

    assert said(told) == ["inserted a=1"]
    assert len(jar) == 1


def test_frozen_view(jar) -> None:
    """It tells of the jar that it shows."""
    frozen = jar.frozen()
    told = listen(frozen)

    respond(jar, "a=1")

    assert said(told) == ["inserted a=1"]


def test_subscription_is_held_by_the_jar(jar) -> None:
    """Who drops it goes on being called; with the jar, all goes."""
    told = listen(jar)
    gc.collect()
    respond(jar, "a=1")
    assert len(told) == 1

    class Callback:
        def __call__(self, change):
            pass

    callback = Callback()
    gone = weakref.ref(callback)
    other = CookieJar()
    other.subscribe(callback)
    del callback, other
    gc.collect()

    assert gone() is None
