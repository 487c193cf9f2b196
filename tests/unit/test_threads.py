"""One jar, many threads: adding, reading and clearing at the same time.

Rules of this file:
- Threads start together and switch as often as the interpreter can; loops are bounded.
- An exception in any thread fails the test; a thread that hangs fails it, too.
- Where nothing was cleared, nothing is lost.
"""

import copy
import pickle
import sys
import threading
from contextlib import suppress
from email.message import Message
from urllib.request import Request

import pytest

from cookietin import cookiejar

ROUNDS = 150
DEADLINE = 60


class Response:
    """A response that sets cookies."""

    def __init__(self, *set_cookie_values):
        self.headers = Message()
        for value in set_cookie_values:
            self.headers["Set-Cookie"] = value

    def info(self):
        """The headers, as urllib's responses give them."""
        return self.headers


class BareLock:
    """A lock that has acquire and release, and not `with`, as Scrapy puts one into its jars."""

    def __init__(self):
        self.lock = threading.RLock()
        self.depth = 0
        self.taken = 0

    def acquire(self):
        """Waits for the lock."""
        self.lock.acquire()
        self.depth += 1
        self.taken += 1

    def release(self):
        """Gives the lock back; too often is an error."""
        self.depth -= 1
        self.lock.release()


@pytest.fixture(autouse=True)
def hasty_switching():
    """Threads that change places every few microseconds meet in narrow places."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(former)


@pytest.fixture(params=["own lock", "lock with acquire and release only"])
def jar(request):
    """An empty jar; scrapy, niquests and others replace the lock."""
    jar = cookiejar.CookieJar()
    if request.param != "own lock":
        jar._cookies_lock = BareLock()
    return jar


def add(jar, host, name, value="1"):
    """Stores one cookie the way a client does."""
    jar.extract_cookies(Response(f"{name}={value}; Path=/"), Request(f"http://{host}/"))


def sent(jar, host):
    """The Cookie header of a request, as the pairs it consists of."""
    request = Request(f"http://{host}/")
    jar.add_cookie_header(request)
    return [pair for pair in (request.get_header("Cookie") or "").split("; ") if pair]


def run_together(*jobs):
    """
    Runs every job in a thread of its own, all starting at once.

    Raises the first exception that any of them raised.
    """
    start = threading.Barrier(len(jobs))
    failures = []

    def work(job):
        try:
            start.wait(DEADLINE)
            job()
        except BaseException as failure:  # noqa: BLE001 - raised again in the main thread
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[job], daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    if failures:
        raise failures[0]
    assert [thread.name for thread in threads if thread.is_alive()] == []


def repeat(action):
    """A job that does the action ROUNDS times, with the number of the round."""

    def job():
        for number in range(ROUNDS):
            action(number)

    return job


def test_threads_that_add_to_one_host_lose_nothing(jar):
    """The first cookie of a host makes the dicts that hold it: two threads must not both."""
    run_together(
        *(
            repeat(lambda number, thread=thread: add(jar, "shop.example", f"t{thread}n{number}"))
            for thread in range(4)
        )
    )

    assert len(jar) == 4 * ROUNDS
    assert len({cookie.name for cookie in jar}) == 4 * ROUNDS


def test_threads_that_add_to_new_hosts_lose_nothing(jar):
    """Every round a new host: all four threads want to make its place at the same time."""
    run_together(
        *(
            repeat(lambda number, thread=thread: add(jar, f"h{number}.example", f"t{thread}"))
            for thread in range(4)
        )
    )

    found = {(cookie.domain, cookie.name) for cookie in jar}
    assert found == {(f"h{number}.example", f"t{t}") for number in range(ROUNDS) for t in range(4)}


def test_threads_that_read_while_others_add_see_whole_cookies(jar):
    """A crawler iterates, counts and sends while its workers store."""
    add(jar, "shop.example", "first")

    def read(number):
        assert all(isinstance(cookie, cookiejar.Cookie) for cookie in jar)
        assert len(jar) >= 1
        assert sent(jar, "shop.example")[0] == "first=1"
        assert "first" in str(jar)

    run_together(
        repeat(lambda number: add(jar, "shop.example", f"a{number}")),
        repeat(lambda number: add(jar, f"h{number}.example", "b")),
        repeat(read),
        repeat(read),
    )

    assert len(jar) == 1 + 2 * ROUNDS
    assert len(sent(jar, "shop.example")) == 1 + ROUNDS


def test_threads_that_overwrite_one_cookie_leave_one(jar):
    """A refreshed session id is one cookie, and a reader finds it at every moment."""
    add(jar, "shop.example", "sid", "start")

    def read(number):
        (pair,) = sent(jar, "shop.example")
        assert pair.startswith("sid=")

    run_together(
        repeat(lambda number: add(jar, "shop.example", "sid", f"a{number}")),
        repeat(lambda number: add(jar, "shop.example", "sid", f"b{number}")),
        repeat(read),
    )

    assert len(jar) == 1
    assert sent(jar, "shop.example")[0] in {f"sid=a{ROUNDS - 1}", f"sid=b{ROUNDS - 1}"}


def test_clearing_everything_while_others_add_and_read(jar):
    """A log-out in one tab: others may see the jar full or empty, never broken."""

    def read(number):
        assert None not in list(jar)
        assert len(jar) >= 0
        assert all("=" in pair for pair in sent(jar, "shop.example"))

    run_together(
        repeat(lambda number: add(jar, "shop.example", f"a{number}")),
        repeat(lambda number: add(jar, f"h{number}.example", "b")),
        repeat(lambda number: jar.clear()),
        repeat(read),
        repeat(read),
    )
    jar.clear()

    assert list(jar) == []
    add(jar, "shop.example", "works")
    assert sent(jar, "shop.example") == ["works=1"]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(["cleared.example"], id="a domain"),
        pytest.param(["cleared.example", "/"], id="a path"),
        pytest.param(["cleared.example", "/", "c0"], id="a cookie"),
    ],
)
def test_clearing_a_part_loses_nothing_elsewhere(place, jar):
    """What is cleared is one site's; the logins of the others stay."""

    def clear(number):
        # Nothing there at the moment: that is what KeyError is for.
        with suppress(KeyError):
            jar.clear(*place)

    def read(number):
        assert None not in list(jar)
        sent(jar, "cleared.example")

    run_together(
        repeat(lambda number: add(jar, "cleared.example", "c0")),
        repeat(lambda number: add(jar, "kept.example", f"k{number}")),
        repeat(clear),
        repeat(clear),
        repeat(read),
    )

    assert len(sent(jar, "kept.example")) == ROUNDS
    assert {cookie.domain for cookie in jar} - {"cleared.example"} == {"kept.example"}


def test_clearing_session_and_expired_cookies_while_others_add(jar):
    """Housekeeping in one thread takes what it should, and nothing that another has just set."""

    def add_kinds(number):
        add(jar, "shop.example", f"s{number}")
        add(jar, "shop.example", f"p{number}", "1; Max-Age=86400")
        add(jar, "shop.example", f"p{number}", "2; Max-Age=86400")

    def clear(number):
        jar.clear_session_cookies()
        jar.clear_expired_cookies()

    run_together(repeat(add_kinds), repeat(clear), repeat(lambda number: sent(jar, "shop.example")))
    jar.clear_session_cookies()

    assert sorted(cookie.name for cookie in jar) == sorted(f"p{n}" for n in range(ROUNDS))


@pytest.mark.parametrize(
    "duplicate",
    [
        pytest.param(copy.copy, id="copy"),
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(lambda jar: pickle.loads(pickle.dumps(jar)), id="pickle"),
    ],
)
def test_copying_while_others_add_and_clear_gives_whole_jars(duplicate):
    """Requests copies the jar of a session for every request, whatever its threads do."""
    jar = cookiejar.CookieJar()
    add(jar, "kept.example", "k")

    def check(number):
        found = {cookie.name: cookie.value for cookie in duplicate(jar)}
        assert found["k"] == "1"

    def clear(number):
        with suppress(KeyError):
            jar.clear("shop.example")

    run_together(
        repeat(lambda number: add(jar, "shop.example", f"a{number}")),
        repeat(lambda number: add(jar, f"h{number}.example", "b")),
        repeat(clear),
        repeat(check),
    )


def test_iteration_survives_clearing_by_its_own_body(jar):
    """`for cookie in jar: jar.clear(...)` is what people write."""
    for number in range(20):
        add(jar, f"h{number % 3}.example", f"c{number}")

    for cookie in jar:
        jar.clear(cookie.domain, cookie.path, cookie.name)

    assert len(jar) == 0


def test_reading_waits_for_no_iteration_that_was_left(jar):
    """An iterator that nobody finishes must not keep the lock."""
    for number in range(5):
        add(jar, "shop.example", f"c{number}")
    unfinished = iter(jar)
    next(unfinished)

    run_together(lambda: jar.clear())

    assert len(jar) == 0
    unfinished.close() if hasattr(unfinished, "close") else None


def test_jar_with_a_bare_lock_gives_it_back_whatever_happens():
    """The lock is used by acquire and release alone, in pairs, also when a call fails."""
    jar = cookiejar.CookieJar()
    lock = jar._cookies_lock = BareLock()

    add(jar, "shop.example", "c")
    sent(jar, "shop.example")
    jar.set_cookie(next(iter(jar)))
    jar.make_cookies(Response("d=1"), Request("http://shop.example/"))
    jar.clear_session_cookies()
    jar.clear_expired_cookies()
    len(jar), list(jar), str(jar), repr(jar)
    for place in [["no.example"], ["no.example", "/"], ["no.example", "/", "c"], []]:
        with suppress(KeyError):
            jar.clear(*place)

    assert lock.depth == 0
    # Taken at all: a jar that never locks would pass the line above.
    assert lock.taken >= 6


def test_bare_lock_is_given_back_when_a_policy_raises():
    """A policy of one's own may fail; the next thread must not wait for ever."""

    class Failing(cookiejar.DefaultCookiePolicy):
        def set_ok(self, cookie, request):
            raise RuntimeError("policy")

        def return_ok(self, cookie, request):
            raise RuntimeError("policy")

    jar = cookiejar.CookieJar()
    add(jar, "shop.example", "c")
    lock = jar._cookies_lock = BareLock()
    jar.set_policy(Failing())

    for action in (lambda: add(jar, "shop.example", "d"), lambda: sent(jar, "shop.example")):
        with pytest.raises(RuntimeError, match="policy"):
            action()

    assert lock.depth == 0


@pytest.mark.parametrize("kind", ["MozillaCookieJar", "LWPCookieJar"])
def test_jar_with_a_bare_lock_saves_loads_and_reverts(kind, tmp_path):
    """Files use the same lock; a failed revert gives it back."""
    jar = getattr(cookiejar, kind)(tmp_path / "cookies")
    lock = jar._cookies_lock = BareLock()
    add(jar, "shop.example", "c", "1; Max-Age=86400")

    jar.save()
    jar.load()
    jar.revert()
    (tmp_path / "cookies").write_text("spoilt\n")
    with pytest.raises(cookiejar.LoadError):
        jar.revert()

    assert lock.depth == 0
    assert [cookie.name for cookie in jar] == ["c"]


@pytest.mark.parametrize("kind", ["MozillaCookieJar", "LWPCookieJar"])
def test_saving_while_others_add_and_clear_writes_loadable_files(kind, tmp_path):
    """A jar is saved every minute while a crawl goes on."""
    jar = getattr(cookiejar, kind)(tmp_path / "cookies")
    add(jar, "kept.example", "k", "1; Max-Age=86400")

    def clear(number):
        with suppress(KeyError):
            jar.clear("shop.example")

    def save(number):
        if number % 10 == 0:
            jar.save()
            found = getattr(cookiejar, kind)(tmp_path / "cookies")
            found.load()
            assert "k" in {cookie.name for cookie in found}

    run_together(
        repeat(lambda number: add(jar, "shop.example", f"c{number}", "1; Max-Age=86400")),
        repeat(clear),
        repeat(save),
    )
