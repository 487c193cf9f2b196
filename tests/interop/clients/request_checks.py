"""What the requests of requests and niquests have to keep beside what every integration keeps.

A test module derives a class from `RequestChecks` (named `Test...`) and gives it the fixtures of
`WithSession`.

Rules of this file:
- What is asked of `client` is what both have under one name.
"""

import copy
import doctest
import gc
import http.cookiejar
import io
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from scenarios import OTHER, SHOP
from session_checks import WithSession


class RequestChecks(WithSession):
    """The checks; see the module."""

    def test_examples_of_the_docstrings(self, ours):
        assert doctest.testmod(ours, optionflags=doctest.ELLIPSIS).failed == 0

    # Responses

    def test_response_history_shows_what_each_hop_set(self, session, site):
        answer = session.get(site.url(f"{SHOP}/", "sid=1", to=site.url(OTHER, "b=2")), timeout=20)

        assert [dict(hop.cookies) for hop in (*answer.history, answer)] == [
            {"sid": "1"},
            {"b": "2"},
        ]

    def test_redirect_can_be_followed_by_hand(self, session, site):
        answer = session.get(
            site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), allow_redirects=False, timeout=20
        )
        session.send(answer.next, timeout=20)

        assert site.cookies() == [None, "sid=1"]

    def test_hook_can_fill_a_jar_of_its_own(self, session, site, client, jar):
        """Programs do so by the client's own function, which reads the raw response."""
        other = client.cookies.RequestsCookieJar()

        def collect(response, **_):
            client.cookies.extract_cookies_to_jar(other, response.request, response.raw)

        session.get(site.url(f"{SHOP}/", "sid=1"), hooks={"response": collect}, timeout=20)

        assert dict(other) == {"sid": "1"}
        assert len(jar) == 1

    def test_header_of_a_mock_need_not_be_a_message(self, session, client, jar):
        """Libraries and tests put what they like where a jar looks for Set-Cookie."""

        class Fields(dict):
            __slots__ = ()

            def get_all(self, name, default=None):
                return self.get(name, default)

        class Mock(client.adapters.BaseAdapter):
            def send(self, request, **named):
                response, response.raw = client.Response(), Raw()
                response.status_code, response.request, response.url = 200, request, request.url
                return response

            def close(self):
                pass

        class Raw(io.BytesIO):
            class _original_response:  # noqa: N801 - the client's name
                msg = Fields({"Set-Cookie": ["sid=1"]})

        session.mount("http://", Mock())

        session.get(f"{SHOP}/")

        assert [cookie.name for cookie in jar] == ["sid"]

    # Authentication: a second request inside of the first

    @pytest.fixture
    def digest(self, client, session):
        """Sends requests with digest authentication; the page's status has to be 401."""

        class Asking(client.adapters.HTTPAdapter):
            def build_response(self, request, raw):
                response = super().build_response(request, raw)
                response.headers["WWW-Authenticate"] = 'Digest realm="r", nonce="n", qop="auth"'
                return response

        session.mount("http://", Asking())

        def get(url, **named):
            auth = client.auth.HTTPDigestAuth("ada", "pw")
            return session.get(url, auth=auth, timeout=20, **named)

        return get

    def test_digest_sends_what_the_first_answer_set(self, digest, site, jar):
        """And each answer is given to the jar once."""
        told = []
        url = site.url(f"{SHOP}/", "n=1", status="401")

        with jar.subscribe(lambda change: told.append(change.cause)):
            answer = digest(url, cookies={"mine": "2"})

        assert answer.request.headers["Authorization"].startswith("Digest ")
        assert site.cookies() == ["mine=2", "n=1; mine=2"]
        assert told == ["inserted", "overwrite", "inserted-no-change-overwrite"]

    def test_digest_does_not_send_what_the_first_answer_removed(self, digest, site, jar):
        jar.set("n", "1", url=SHOP)

        digest(site.url(f"{SHOP}/", "n=; Max-Age=0", status="401"))

        assert site.cookies() == ["n=1", None]

    def test_digest_leaves_a_header_of_the_program_alone(self, digest, site):
        digest(site.url(f"{SHOP}/", "n=1", status="401"), headers={"Cookie": "own=1"})

        assert site.cookies() == ["own=1", "own=1"]

    def test_authentication_sees_the_cookie_field(self, session, site, jar):
        """Schemes that sign a request sign what is sent."""
        jar.set("sid", "1", url=SHOP)
        signed = []

        def sign(request):
            signed.append(request.headers["Cookie"])
            return request

        session.get(f"{SHOP}/", auth=sign, timeout=20)

        assert signed == site.cookies() == ["sid=1"]

    def test_netrc_and_session_settings_are_used(self, session, site, monkeypatch, tmp_path):
        """Preparing is ours; it has to read what the client reads."""
        (tmp_path / "netrc").write_text("machine shop.test login ada password pw")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        session.trust_env = True
        session.params, session.headers["X-A"] = {"status": "201"}, "1"

        answer = session.get(
            f"{SHOP}/", params={"set-cookie": "a=1"}, headers={"X-A": None}, timeout=20
        )

        assert answer.status_code == 201
        assert answer.request.headers["Authorization"].startswith("Basic ")
        assert "X-A" not in answer.request.headers
        assert [cookie.name for cookie in session.cookies] == ["a"]

    # The cookies of one request

    @pytest.mark.parametrize("family", ["ours", "the standard library's", "the client's"])
    def test_jar_for_one_request(self, session, site, jar, subject, client, make_cookie, family):
        """It is asked by its own rules, wins by name, and neither jar learns from the other."""
        given = {
            "ours": subject.CookieJar,
            "the standard library's": http.cookiejar.CookieJar,
            "the client's": client.cookies.RequestsCookieJar,
        }[family]()
        for cookie in (("theme", "dark", "shop.test"), ("far", "1", "other.test")):
            given.set_cookie(make_cookie(http.cookiejar, *cookie))
        jar.store_response(SHOP, ["sid=1", "theme=light"])

        session.get(site.url(f"{SHOP}/", to=f"{OTHER}/"), cookies=given, timeout=20)
        session.get(f"{SHOP}/", timeout=20)

        assert site.cookies() == ["sid=1; theme=dark", "far=1", "sid=1; theme=light"]
        assert len(given) == 2

    def test_jar_for_one_request_is_asked_with_the_method_of_each_hop(
        self, ours, online, site, subject
    ):
        """A Lax cookie goes where a form of another site has led to."""
        news = subject.RequestContext(site_for_cookies="https://news.example/")
        given = subject.CookieJar(subject.BrowserCookiePolicy())
        given.store_response(SHOP, ["sid=1; SameSite=Lax"])

        with online(ours.Session(context=news)) as session:
            session.post(
                site.url(f"{SHOP}/", to=f"{SHOP}/2", status=303), cookies=given, timeout=20
            )

        assert site.cookies() == [None, "sid=1"]

    def test_cookie_of_no_domain_in_a_jar_for_one_request_stays_at_the_host(
        self, session, site, client
    ):
        """`cookiejar_from_dict` makes such cookies, which would go to every host."""
        given = client.cookies.cookiejar_from_dict({"mine": "1"})

        session.get(site.url(f"{SHOP}/", to=site.url(f"{OTHER}/", to=f"{SHOP}/2")), cookies=given)

        assert site.cookies() == ["mine=1", None, "mine=1"]

    def test_cookies_of_one_request_beside_a_header_of_the_program(self, session, site):
        """The header alone is sent, as in the client; on a redirect the jar's and the request's."""
        session.get(
            site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"),
            headers={"Cookie": "own=1"},
            cookies={"mine": "2"},
            timeout=20,
        )

        assert site.cookies() == ["own=1", "sid=1; mine=2"]

    # Requests that come from elsewhere

    def test_request_that_was_prepared_without_a_session(self, session, site, client, jar):
        """It has its own cookies, as usual; for its redirects the jar is asked, and not copied."""
        jar.set("sid", "1", url=SHOP)
        far = site.url(f"{OTHER}/", to=f"{SHOP}/3")
        prepared = client.Request(
            "GET",
            site.url(f"{SHOP}/", "a=1", to=site.url(f"{SHOP}/2", to=far)),
            cookies={"mine": "2"},
        ).prepare()

        answer = session.send(prepared, proxies=site.proxies, timeout=20)

        assert site.cookies() == ["mine=2", "sid=1; a=1; mine=2", None, "sid=1; a=1; mine=2"]
        assert answer.history[0].request is prepared
        assert [cookie.name for cookie in jar] == ["sid", "a"]

    def test_request_that_another_session_prepared(
        self, ours, online, session, site, subject, client
    ):
        """The session that sends it is the one that learns."""
        url = site.url(f"{SHOP}/", "a=1", to=f"{SHOP}/2")
        with ours.Session(subject.CookieJar.from_dict({"sid": "1"}, url=SHOP)) as other:
            prepared = other.prepare_request(client.Request("GET", url, cookies={"mine": "2"}))

        session.send(prepared, proxies=site.proxies, timeout=20)

        assert site.cookies() == ["sid=1; mine=2", "a=1; mine=2"]
        assert [len(each) for each in (session.cookies, other.cookies)] == [1, 1]

    def test_copied_request_is_sent_as_the_first_one(self, session, site, client):
        """Programs copy prepared requests to send them again, by `copy` or by their method."""
        url = site.url(f"{SHOP}/", "a=1", to=f"{SHOP}/2")
        prepared = session.prepare_request(client.Request("GET", url, cookies={"mine": "2"}))

        for twin in (prepared.copy(), copy.copy(prepared), pickle.loads(pickle.dumps(prepared))):
            site.seen.clear()
            session.send(twin, proxies=site.proxies, timeout=20)
            assert site.cookies()[0] == "mine=2"
            assert site.cookies()[1].startswith("a=1")

    @pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
    def test_copied_request_is_caused_by_the_same_page(
        self, ours, client, online, site, subject, way
    ):
        """What was said when it was prepared holds for the redirects of its copies."""
        jar = subject.CookieJar(subject.BrowserCookiePolicy())
        jar.store_response(SHOP, ["sid=1; SameSite=Strict"])
        news = subject.RequestContext(site_for_cookies="https://news.example/")
        request = client.Request("GET", site.url(f"{SHOP}/", to=f"{SHOP}/2"), cookies={"a": "1"})

        with online(ours.Session(jar, context=news)) as session:
            prepared = session.prepare_request(request)
            session.cookie_context = None
            session.send(way(prepared), proxies=site.proxies, timeout=20)

        assert site.cookies() == ["a=1", "a=1"]
        assert len(jar) == 1

    def test_request_that_is_sent_over_and_over_keeps_no_response(self, session, site, client):
        """Programs that poll a page prepare its request once."""
        prepared = session.prepare_request(client.Request("GET", site.url(f"{SHOP}/", "a=1")))
        headers = []

        for _ in range(3):
            answer = session.send(prepared, proxies=site.proxies, timeout=20)
            headers.append(weakref.ref(answer.raw._original_response.msg))
            del answer
        gc.collect()

        # The connection has the last one.
        assert [header() for header in headers[:-1]] == [None, None]
        assert prepared.url.startswith(SHOP)

    def test_request_that_was_not_prepared_is_refused_by_the_client(self, session, client):
        with pytest.raises(ValueError, match="PreparedRequest"):
            session.send(client.Request("GET", SHOP))

    # Hosts and addresses

    def test_host_field_stands_for_the_host(self, session, site, jar):
        """As in the client: programs test virtual hosts so. No other host gets cookies by it."""
        jar.set("sid", "1", url=SHOP)
        far = site.url("http://bank.example/", "far=1; Domain=shop.test", "fix=1")
        start = site.url("http://other.test/", "a=1", to=site.url("http://other.test/2", to=far))

        session.get(start, headers={"Host": "shop.test"}, timeout=20)

        assert site.cookies() == ["sid=1", "sid=1; a=1", None]
        assert [(cookie.domain, cookie.name) for cookie in jar] == [
            ("shop.test", "sid"), ("shop.test", "a"), ("bank.example", "fix"),
        ]  # fmt: skip

    def test_schemes_of_adapters_go_on_working(self, session, client, jar):
        """To a jar they are like http; a file has no host, and gets what the request brings."""
        seen = []

        class Local(client.adapters.BaseAdapter):
            def send(self, request, **named):
                seen.append(request.headers.get("Cookie"))
                response, response.raw = client.Response(), io.BytesIO()
                response.status_code, response.request, response.url = 200, request, request.url
                return response

            def close(self):
                pass

        jar.store_response("http://%2Frun%2Fapp.sock/", ["sid=1", "s=1; Secure"])
        for scheme in ("file:", "httpunix:"):
            session.mount(scheme, Local())
            session.get(f"{scheme}//%2Frun%2Fapp.sock/")
        session.get("file:///etc/motd")
        session.get("file:///etc/motd", cookies={"a": "1"})

        assert seen == ["sid=1", "sid=1", None, "a=1"]

    @pytest.mark.parametrize("location", ["nonsense://x/", "http://[bad/", "//"])
    def test_odd_location_is_for_the_client_to_refuse(
        self, session, online, site, client, location
    ):
        """What a server writes raises what it raises in the client, and the jar keeps what it got."""
        url, errors = site.url(f"{SHOP}/", "sid=1", to=location), []

        with online(client.Session()) as plain:
            for each in (session, plain):
                with pytest.raises((client.RequestException, ValueError)) as caught:
                    each.get(url, timeout=20)
                errors.append(caught.type)

        assert errors[0] is errors[1]
        assert [cookie.name for cookie in session.cookies] == ["sid"]

    # Threads

    def test_threads_share_a_session(self, session, site):
        """Each request has its own cookies, and the jar has all that was set."""

        def visit(number):
            url = site.url(
                f"{SHOP}/{number}", f"c{number}=1; Path=/{number}", to=f"{SHOP}/{number}"
            )
            answer = session.get(url, cookies={"mine": str(number)}, timeout=20)
            return [hop.request.headers["Cookie"] for hop in (*answer.history, answer)]

        with ThreadPoolExecutor(8) as threads:
            sent = list(threads.map(visit, range(64)))

        assert sent == [[f"mine={n}", f"c{n}=1; mine={n}"] for n in range(64)]
        assert len(session.cookies) == 64
