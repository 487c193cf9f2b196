"""What sessions of requests and niquests have to keep beside what every integration keeps.

A test module derives a class from `SessionChecks` (named `Test...`) and gives it the fixtures of
`WithSession`.

Rules of this file:
- What is asked of `client` is what both have under one name.
"""

import copy
import gc
import http.cookiejar
import importlib
import pickle
import weakref

import pytest
from scenarios import OTHER, SAFE, SHOP


class WithSession:
    """
    A session of ours with a jar.

    Fixtures of the test module: `client`, the module of the client; `ours`, that of the integration;
    `online`, which lets a session go through the loopback proxy.
    """

    @pytest.fixture
    def jar(self, subject):
        return subject.CookieJar()

    @pytest.fixture
    def session(self, ours, online, jar):
        with online(ours.Session(jar)) as session:
            yield session


class SessionChecks(WithSession):
    """The checks; see the module."""

    # The session and its jar

    def test_session_shows_its_jar(self, session, site, jar):
        """`session.cookies` is the object that was handed over, filled by the server."""
        session.get(site.url(f"{SHOP}/", "sid=1"), timeout=20)

        assert session.cookies is jar
        assert [cookie.value for cookie in session.cookies] == ["1"]

    def test_session_without_a_jar_gets_a_new_one(self, ours):
        with ours.Session() as one, ours.Session() as other:
            assert type(one.cookies) is ours.RequestsCookieJar
            assert one.cookies is not other.cookies

    def test_assigned_jar_decides_from_the_next_request_on(self, session, site, subject, jar):
        session.get(site.url(f"{SHOP}/", "sid=1"), timeout=20)
        session.cookies = other = subject.CookieJar()
        session.get(site.url(f"{SHOP}/", "b=2"), timeout=20)
        session.get(f"{SHOP}/", timeout=20)

        assert site.cookies() == [None, None, "b=2"]
        assert ([cookie.name for cookie in jar], [cookie.name for cookie in other]) == (
            ["sid"],
            ["b"],
        )

    @pytest.mark.parametrize("kind", ["dict", "RequestsCookieJar", "CookieJar", "NoneType"])
    def test_what_is_no_jar_of_ours_is_refused(self, ours, client, session, jar, kind):
        """Their policy would not be asked; the message says what to write, and shows no value."""
        other = {
            "dict": {"sid": "secret"},
            "RequestsCookieJar": client.cookies.cookiejar_from_dict({"sid": "secret"}),
            "CookieJar": http.cookiejar.CookieJar(),
            "NoneType": None,
        }[kind]

        def assign():
            session.cookies = other

        for refuse in (assign, lambda: ours.attach(client.Session(), other)):
            with pytest.raises(TypeError, match=f"got {kind}.*session.cookies.set") as caught:
                refuse()
            assert "secret" not in str(caught.value)
        assert session.cookies is jar

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            pytest.param(
                {"cookies": [("a", "1")]}, "cookies: expected a dict or a CookieJar", id="list"
            ),
            pytest.param(
                {"cookies": {"a": 1}}, "cookies: cookie 'a'", id="a value that is a number"
            ),
            pytest.param({"cookies": {"a b=c": "1"}}, "cookies: .*cannot be the name", id="a name"),
            pytest.param({"cookie_context": "GET"}, "expected a RequestContext", id="context"),
        ],
    )
    def test_wrong_arguments_of_a_request(self, session, site, arguments, message):
        with pytest.raises((TypeError, ValueError), match=message):
            session.get(f"{SHOP}/", timeout=20, **arguments)

        assert site.seen == []

    def test_wrong_arguments_of_a_session(self, ours, client, jar):
        for refuse, message in (
            (lambda: ours.Session({}), "jar: expected a CookieJar"),
            (lambda: ours.Session(jar, context="x"), "context: expected a RequestContext"),
            (lambda: ours.attach(client.Session(), jar, context="x"), "context: expected"),
            (lambda: ours.attach(client, jar), "session: expected a .*Session, got module"),
        ):
            with pytest.raises(TypeError, match=message):
                refuse()

    def test_what_is_assigned_as_context_is_looked_at(self, session, site):
        session.cookie_context = SHOP

        with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
            session.get(f"{SHOP}/", timeout=20)

        assert site.seen == []

    # Sessions that are there

    def test_attach_loses_no_cookies_in_silence(self, ours, client, jar):
        """Nobody would see them again; with the jar itself in that place there is nothing to lose."""
        session, with_jar = client.Session(), client.Session()
        session.cookies.set("sid", "31d4")
        jar.set("own", "1", url=f"{SHOP}/")
        with_jar.cookies = jar

        with pytest.raises(ValueError, match="it has 1 cookies of its own") as caught:
            ours.attach(session, jar)

        assert "31d4" not in str(caught.value)
        assert type(session) is client.Session
        assert ours.attach(with_jar, jar).cookies is jar

    def test_attached_session_keeps_what_it_had(self, ours, client, online, site, jar):
        """Adapters, hooks and settings stay, and are called as before: once for each hop."""
        calls = []

        class Adapter(client.adapters.HTTPAdapter):
            def send(self, request, **named):
                calls.append(
                    ("send", request.path_url.partition("?")[0], request.headers.get("Cookie"))
                )
                return super().send(request, **named)

        session, adapter = online(client.Session()), Adapter()
        session.mount("http://", adapter)
        session.headers["X-Mine"] = "1"
        session.hooks["response"].append(
            lambda response, **_: calls.append(("hook", response.connection is adapter))
        )

        attached = ours.attach(session, jar)
        with session:
            session.get(site.url(f"{SHOP}/a", "sid=1", to=f"{SHOP}/b"), timeout=20)

        assert attached is session
        assert type(session) is ours.Session
        assert session.cookies is jar
        assert session.get_adapter(SHOP) is adapter
        assert session.headers["X-Mine"] == "1"
        assert calls == [
            ("send", "/a", None), ("hook", True), ("send", "/b", "sid=1"), ("hook", True),
        ]  # fmt: skip

    def test_attaching_again_changes_the_jar_alone(self, ours, client, subject, jar):
        context = subject.RequestContext(site_for_cookies=SAFE)
        session = ours.attach(client.Session(), subject.CookieJar(), context=context)

        ours.attach(session, jar)

        assert (type(session), session.cookies, session.cookie_context) == (ours.Session, jar, None)

    @pytest.fixture
    def shop_session(self, client):
        """A program's own class, which overrides what such classes override."""
        return importlib.import_module("sessions_of_programs").shop_session(client)

    def test_class_of_a_program_stays_outermost(self, ours, shop_session, online, site, jar):
        """`super()` leads from the program's methods through ours to those of client."""
        session = ours.attach(online(shop_session("t0")), jar)
        with session:
            session.get(site.url("/login", "sid=1", to="/home"), timeout=20)
            session.get("/cart", cookies={"theme": "dark"}, timeout=20)

        assert isinstance(session, shop_session)
        assert isinstance(session, ours.Session)
        assert type(session).__name__ == "ShopSession"
        assert session.token == "t0"
        assert site.cookies() == [None, "sid=1", "sid=1; theme=dark"]
        assert session.log == ["prepare /login", "send", "send", "prepare /cart", "send"]
        assert type(ours.attach(shop_session("t1"), jar)) is type(session)

    def test_class_of_a_program_is_not_held(self, ours, client, jar):
        """A test suite, say, makes one for each test."""
        known = []

        for _ in range(2):
            kind = type("Mine", (client.Session,), {})
            ours.attach(kind(), jar).close()
            known.append(weakref.ref(kind))
            del kind
        for _ in range(2):  # ours goes first, then the program's
            gc.collect()

        assert [each() for each in known] == [None, None]

    def test_programs_class_derived_from_ours(self, ours, online, site, jar):
        class Mine(ours.Session):
            def send(self, request, **named):
                request.headers["X-Mine"] = "1"
                return super().send(request, **named)

        with online(Mine(jar)) as session:
            answer = session.get(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), timeout=20)

        assert answer.request.headers["X-Mine"] == "1"
        assert site.cookies() == [None, "sid=1"]

    # Who causes a request

    def test_context_of_a_request_is_not_that_of_requests_made_meanwhile(
        self, ours, client, online, site, subject
    ):
        """Hooks and authentication fetch what they need by sessions of their own, or by this one."""
        news = subject.RequestContext(site_for_cookies="https://news.example/")
        own = subject.RequestContext(site_for_cookies=SHOP)
        jar = subject.CookieJar(subject.BrowserCookiePolicy())
        jar.store_response(SHOP, ["sid=1; SameSite=Strict"])
        session = online(ours.attach(client.Session(), jar, context=news))
        other = online(ours.Session(jar, context=news))

        def sign(request):
            for each in (session, other):
                each.get(f"{SHOP}/token", timeout=20)
            return request

        with session, other:
            session.get(
                site.url(f"{SHOP}/", to=f"{SHOP}/2"), auth=sign, cookie_context=own, timeout=20
            )

        assert site.cookies() == [None, None, "sid=1", "sid=1"]

    # Pickles and copies

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    @pytest.mark.parametrize("kind", ["ours", "attached", "attached, of a program's class"])
    def test_session_is_pickled_with_its_jar(
        self, ours, client, shop_session, online, site, subject, kind, protocol
    ):
        """Settings come along as usual; the new session goes on where the old was."""
        context = subject.RequestContext("GET", f"{SHOP}/")
        jar = subject.CookieJar.from_dict({"sid": "1"}, url=SHOP)
        session = {
            "ours": lambda: ours.Session(jar, context=context),
            "attached": lambda: ours.attach(client.Session(), jar, context=context),
            "attached, of a program's class": lambda: ours.attach(
                shop_session("t0"), jar, context=context
            ),
        }[kind]()

        with pickle.loads(pickle.dumps(online(session), protocol)) as twin:
            twin.get(site.url(f"{SHOP}/", "b=2"), timeout=20)
            twin.get(f"{SHOP}/", timeout=20)

        assert type(twin) is type(session)
        assert twin.cookie_context == context
        assert site.cookies() == ["sid=1", "sid=1; b=2"]
        assert len(jar) == 1

    def test_copied_session_shares_the_jar(self, ours, shop_session, jar):
        session = ours.attach(shop_session("t0"), jar)

        twin = copy.copy(session)

        assert type(twin) is type(session)
        assert twin.cookies is jar

    def test_pickled_response_has_no_jar_in_it(self, session, site, jar):
        """Caches and queues pickle responses; the logins of other sites are none of their business."""
        jar.set("other", "secret", url=OTHER)
        answer = session.get(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), timeout=20)

        pickled = pickle.dumps(answer)
        twin = pickle.loads(pickled)

        assert b"secret" not in pickled
        assert b"cookietin" not in pickled
        assert [dict(each.cookies) for each in (*twin.history, twin)] == [{"sid": "1"}, {}]
        assert twin.request.headers["Cookie"] == "sid=1"
