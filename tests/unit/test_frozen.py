"""Jars that do not learn: frozen ones send, dummies do neither."""

from __future__ import annotations

import copy
import http.server
import pickle
import threading
import urllib.request

import pytest

from cookietin import BrowserCookiePolicy, CookieJar, DummyCookieJar

URL = "https://shop.example/"


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(self.headers.get_all("Cookie", []))
        self.send_response(200)
        self.send_header("Set-Cookie", "learnt=1; Path=/")
        self.send_header("Set-Cookie", "sid=; Max-Age=0; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        running.seen = []
        running.url = f"http://127.0.0.1:{running.server_port}/"
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def by_urllib(jar, url):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for _ in range(2):
        with opener.open(url, timeout=10):
            pass


def by_requests(jar, url):
    requests = pytest.importorskip("requests")
    with requests.Session() as session:
        session.cookies = jar
        for _ in range(2):
            session.get(url, timeout=10)


def by_httpx(jar, url):
    httpx = pytest.importorskip("httpx")
    with httpx.Client(cookies=jar) as client:
        client.cookies.jar = jar
        for _ in range(2):
            client.get(url)


@pytest.fixture(params=[by_urllib, by_requests, by_httpx])
def visit_twice(request):
    return request.param


def test_frozen_jar_sends_and_does_not_learn(server, visit_twice):
    """What clients call on it never raises, and leaves the jar as it was."""
    jar = CookieJar()
    jar.set("sid", "1", url=server.url)

    visit_twice(jar.frozen(), server.url)

    assert server.seen == [["sid=1"], ["sid=1"]]
    assert jar.to_dict() == {"sid": "1"}


def test_dummy_jar_neither_sends_nor_learns(server, visit_twice):
    """For a client that wants a jar."""
    jar = DummyCookieJar()

    visit_twice(jar, server.url)

    assert server.seen == [[], []]
    assert len(jar) == 0


@pytest.mark.parametrize("policy", [None, BrowserCookiePolicy()], ids=["default", "browser"])
def test_frozen_jar_is_a_live_view(policy):
    """What the jar learns elsewhere is sent from here, too."""
    jar = CookieJar(policy)
    frozen = jar.frozen()

    jar.set("a", "1", url=URL)

    assert frozen.cookie_header(URL) == "a=1"
    assert (len(frozen), bool(frozen), "a" in frozen) == (1, True, True)
    assert list(frozen) == list(jar)
    assert frozen.get("a") is jar.get("a")
    assert frozen.to_dict(url=URL) == {"a": "1"}
    assert [each.sent for each in frozen.explain(URL)] == [True]
    for other in (frozen.copy(), copy.deepcopy(frozen), pickle.loads(pickle.dumps(frozen))):
        assert other.cookie_header(URL) == "a=1"


@pytest.mark.parametrize(
    "change",
    [
        lambda jar: jar.set("b", "2", url=URL),
        lambda jar: jar.remove(URL, "a"),
        lambda jar: jar.delete(name="a"),
        lambda jar: jar.replace({}),
        lambda jar: jar.clear(),
        lambda jar: jar.clear_session_cookies(),
        lambda jar: jar.set_cookie(jar.get("a")),
        lambda jar: jar.set_policy(None),
        lambda jar: jar.for_url(URL).update(b="2"),
        lambda jar: jar.for_url(URL).update(a="2"),
        lambda jar: jar.for_url(URL).clear(),
    ],
)
@pytest.mark.parametrize("policy", [None, BrowserCookiePolicy()], ids=["default", "browser"])
def test_frozen_jar_refuses_what_a_program_asks(change, policy):
    """In silence it would be a lie."""
    jar = CookieJar(policy)
    jar.set("a", "1", url=URL)

    with pytest.raises(TypeError, match="this jar is frozen"):
        change(jar.frozen())

    assert jar.to_dict() == {"a": "1"}


def test_frozen_jar_says_what_would_become_of_a_response():
    """And stores nothing, nor deletes."""
    jar = CookieJar()
    jar.set("a", "1", url=URL)

    decisions = jar.frozen().store_response(URL, ["b=2", "a=; Max-Age=0", "c=3; Domain=x.test"])

    assert [each.verdict for each in decisions] == ["set", "removed", "refused"]
    assert jar.to_dict() == {"a": "1"}


def test_frozen_jar_tells_of_the_changes_of_its_jar():
    """It has none of its own."""
    jar = CookieJar()
    heard = []

    with jar.frozen().subscribe(heard.append):
        jar.set("a", "1", url=URL)

    assert [change.cookie.name for change in heard] == ["a"]


def test_dummy_jar_keeps_nothing_and_says_so():
    """A value that is asked for and not kept is an error, a response is none."""
    jar = DummyCookieJar()

    assert [each.verdict for each in jar.store_response(URL, ["a=1"])] == ["set"]
    with pytest.raises(TypeError, match="holds no cookies"):
        jar.set("a", "1", url=URL)
    with pytest.raises(ValueError, match="REFUSED_BY_POLICY"):
        jar.for_url(URL)["a"] = "1"
    assert (len(jar), jar.cookie_header(URL)) == (0, None)
    assert jar.cookie_header(URL, extra={"b": "2"}) == "b=2"


@pytest.mark.parametrize("values", ["sid=1", b"sid=1", [b"sid=1"], [None]], ids=repr)
@pytest.mark.parametrize("jar", [CookieJar().frozen(), DummyCookieJar()], ids=["frozen", "dummy"])
def test_fields_are_checked_as_by_any_jar(jar, values):
    """One text would be read letter by letter."""
    with pytest.raises(TypeError, match="set_cookie_values"):
        jar.store_response("https://shop.example/", values)
