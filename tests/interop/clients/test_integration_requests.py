"""requests through cookietin.integrations.requests: the checks of all integrations, and its own.

The oldest and the newest version that are supported, each in an environment with pytest and trustme:

    pip install requests==2.28.0 'urllib3<2' MechanicalSoup responses requests-mock
    pytest tests/interop/clients/test_integration_requests.py
"""

import contextlib
import copy
import http.cookiejar
import importlib
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from integration_checks import IntegrationChecks
from scenarios import OTHER, SAFE, SHOP

SCRIPT = """
import os, sys
from cookietin import MozillaCookieJar
from cookietin.integrations.requests import Session

jar = MozillaCookieJar(sys.argv[1])
if os.path.exists(sys.argv[1]):
    jar.load(ignore_discard=True)
with Session(jar) as session:
    session.verify = os.environ["CA_FILE"]
    print(session.get(sys.argv[2], timeout=20).text)
jar.save(ignore_discard=True)
"""


@pytest.fixture
def requests(client_module):
    return client_module("requests")


@pytest.fixture
def ours(requests):
    return importlib.import_module("cookietin.integrations.requests")


@pytest.fixture
def online(site):
    """Lets a session go through the loopback proxy, and ignore everybody's settings."""

    def prepare(session):
        session.trust_env, session.proxies, session.verify = False, site.proxies, site.ca_file
        return session

    return prepare


class TestChecks(IntegrationChecks):
    script = SCRIPT

    @pytest.fixture
    def opened(self, ours, online):
        @contextlib.contextmanager
        def open_one(jar, context=None):
            with online(ours.Session(jar, context=context)) as session:

                def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
                    named = {} if context is None else {"cookie_context": context}
                    return session.request(
                        method, url, headers=headers, cookies=cookies, timeout=20, **named
                    ).text

                yield fetch

        return open_one


@pytest.fixture
def jar(subject):
    return subject.CookieJar()


@pytest.fixture
def session(ours, online, jar):
    with online(ours.Session(jar)) as session:
        yield session


# The session and its jar


def test_session_shows_its_jar(session, site, jar):
    """`session.cookies` is the object that was handed over, filled by the server."""
    session.get(site.url(f"{SHOP}/", "sid=1"), timeout=20)

    assert session.cookies is jar
    assert [cookie.value for cookie in session.cookies] == ["1"]


def test_session_without_a_jar_gets_a_new_one(ours, subject):
    with ours.Session() as one, ours.Session() as other:
        assert type(one.cookies) is subject.CookieJar
        assert one.cookies is not other.cookies


def test_assigned_jar_decides_from_the_next_request_on(session, site, subject, jar):
    session.get(site.url(f"{SHOP}/", "sid=1"), timeout=20)
    session.cookies = other = subject.CookieJar()
    session.get(site.url(f"{SHOP}/", "b=2"), timeout=20)
    session.get(f"{SHOP}/", timeout=20)

    assert site.cookies() == [None, None, "b=2"]
    assert ([cookie.name for cookie in jar], [cookie.name for cookie in other]) == (["sid"], ["b"])


@pytest.mark.parametrize("kind", ["dict", "RequestsCookieJar", "CookieJar", "NoneType"])
def test_what_is_no_jar_of_ours_is_refused(ours, requests, session, jar, kind):
    """Their policy would not be asked; the message says what to write, and shows no value."""
    other = {
        "dict": {"sid": "secret"},
        "RequestsCookieJar": requests.cookies.cookiejar_from_dict({"sid": "secret"}),
        "CookieJar": http.cookiejar.CookieJar(),
        "NoneType": None,
    }[kind]

    def assign():
        session.cookies = other

    for refuse in (assign, lambda: ours.attach(requests.Session(), other)):
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
        pytest.param({"cookies": {"a": 1}}, "cookies: cookie 'a'", id="a value that is a number"),
        pytest.param({"cookies": {"a b=c": "1"}}, "cookies: .*cannot be the name", id="a name"),
        pytest.param({"cookie_context": "GET"}, "expected a RequestContext", id="context"),
    ],
)
def test_wrong_arguments_of_a_request(session, site, arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        session.get(f"{SHOP}/", timeout=20, **arguments)

    assert site.seen == []


def test_wrong_arguments_of_a_session(ours, requests, jar):
    for refuse, message in (
        (lambda: ours.Session({}), "jar: expected a CookieJar"),
        (lambda: ours.Session(jar, context="x"), "context: expected a RequestContext"),
        (lambda: ours.attach(requests.Session(), jar, context="x"), "context: expected"),
        (lambda: ours.attach(requests, jar), "session: expected a requests.Session, got module"),
    ):
        with pytest.raises(TypeError, match=message):
            refuse()


# Sessions that are there


def test_attached_session_keeps_what_it_had(ours, requests, online, site, jar):
    """Adapters, hooks and settings stay, and are called as before: once for each hop."""
    calls = []

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request, **named):
            calls.append(
                ("send", request.path_url.partition("?")[0], request.headers.get("Cookie"))
            )
            return super().send(request, **named)

    session, adapter = online(requests.Session()), Adapter()
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


def test_attaching_again_changes_the_jar_alone(ours, requests, subject, jar):
    context = subject.RequestContext(site_for_cookies=SAFE)
    session = ours.attach(requests.Session(), subject.CookieJar(), context=context)

    ours.attach(session, jar)

    assert (type(session), session.cookies, session.cookie_context) == (ours.Session, jar, None)


@pytest.fixture
def shop_session(requests):
    """A program's own class, which overrides what such classes override."""
    return importlib.import_module("sessions_of_programs").shop_session(requests)


def test_class_of_a_program_stays_outermost(ours, shop_session, online, site, jar):
    """`super()` leads from the program's methods through ours to those of requests."""
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


def test_programs_class_derived_from_ours(ours, online, site, jar):
    class Mine(ours.Session):
        def send(self, request, **named):
            request.headers["X-Mine"] = "1"
            return super().send(request, **named)

    with online(Mine(jar)) as session:
        answer = session.get(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), timeout=20)

    assert answer.request.headers["X-Mine"] == "1"
    assert site.cookies() == [None, "sid=1"]


# Pickles and copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", ["ours", "attached", "attached, of a program's class"])
def test_session_is_pickled_with_its_jar(
    ours, requests, shop_session, online, site, subject, kind, protocol
):
    """Adapters and settings come along as in requests; the new session goes on where the old was."""
    context = subject.RequestContext("GET", f"{SHOP}/")
    jar = subject.CookieJar.from_dict({"sid": "1"}, url=SHOP)
    session = {
        "ours": lambda: ours.Session(jar, context=context),
        "attached": lambda: ours.attach(requests.Session(), jar, context=context),
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


def test_copied_session_shares_the_jar(ours, shop_session, jar):
    session = ours.attach(shop_session("t0"), jar)

    twin = copy.copy(session)

    assert type(twin) is type(session)
    assert twin.cookies is jar


def test_pickled_response_has_no_jar_in_it(session, site, jar):
    """Caches and queues pickle responses; the logins of other sites are none of their business."""
    jar.set("other", "secret", url=OTHER)
    answer = session.get(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), timeout=20)

    pickled = pickle.dumps(answer)
    twin = pickle.loads(pickled)

    assert b"secret" not in pickled
    assert b"cookietin" not in pickled
    assert [dict(each.cookies) for each in (*twin.history, twin)] == [{"sid": "1"}, {}]
    assert twin.request.headers["Cookie"] == "sid=1"


# Responses


def test_response_history_shows_what_each_hop_set(session, site):
    answer = session.get(site.url(f"{SHOP}/", "sid=1", to=site.url(OTHER, "b=2")), timeout=20)

    assert [dict(hop.cookies) for hop in (*answer.history, answer)] == [{"sid": "1"}, {"b": "2"}]


def test_redirect_can_be_followed_by_hand(session, site):
    answer = session.get(
        site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), allow_redirects=False, timeout=20
    )
    session.send(answer.next, timeout=20)

    assert site.cookies() == [None, "sid=1"]


def test_hook_can_fill_a_jar_of_its_own(session, site, requests, jar):
    """Programs do so by requests' own function, which reads the raw response."""
    other = requests.cookies.RequestsCookieJar()

    def collect(response, **_):
        requests.cookies.extract_cookies_to_jar(other, response.request, response.raw)

    session.get(site.url(f"{SHOP}/", "sid=1"), hooks={"response": collect}, timeout=20)

    assert dict(other) == {"sid": "1"}
    assert len(jar) == 1


# Authentication: a second request inside of the first


@pytest.fixture
def digest(requests, session):
    """Sends requests with digest authentication; the page's status has to be 401."""

    class Asking(requests.adapters.HTTPAdapter):
        def build_response(self, request, raw):
            response = super().build_response(request, raw)
            response.headers["WWW-Authenticate"] = 'Digest realm="r", nonce="n", qop="auth"'
            return response

    session.mount("http://", Asking())

    def get(url, **named):
        auth = requests.auth.HTTPDigestAuth("ada", "pw")
        return session.get(url, auth=auth, timeout=20, **named)

    return get


def test_digest_sends_what_the_first_answer_set(digest, site, jar):
    """And each answer is given to the jar once."""
    told = []
    url = site.url(f"{SHOP}/", "n=1", status="401")

    with jar.subscribe(lambda change: told.append(change.cause)):
        answer = digest(url, cookies={"mine": "2"})

    assert answer.request.headers["Authorization"].startswith("Digest ")
    assert site.cookies() == ["mine=2", "n=1; mine=2"]
    assert told == ["inserted", "overwrite", "inserted-no-change-overwrite"]


def test_digest_does_not_send_what_the_first_answer_removed(digest, site, jar):
    jar.set("n", "1", url=SHOP)

    digest(site.url(f"{SHOP}/", "n=; Max-Age=0", status="401"))

    assert site.cookies() == ["n=1", None]


def test_digest_leaves_a_header_of_the_program_alone(digest, site):
    digest(site.url(f"{SHOP}/", "n=1", status="401"), headers={"Cookie": "own=1"})

    assert site.cookies() == ["own=1", "own=1"]


def test_authentication_sees_the_cookie_field(session, site, jar):
    """Schemes that sign a request sign what is sent."""
    jar.set("sid", "1", url=SHOP)
    signed = []

    def sign(request):
        signed.append(request.headers["Cookie"])
        return request

    session.get(f"{SHOP}/", auth=sign, timeout=20)

    assert signed == site.cookies() == ["sid=1"]


def test_netrc_and_session_settings_are_used(session, site, monkeypatch, tmp_path):
    """Preparing is ours; it has to read what requests reads."""
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


@pytest.mark.parametrize("family", ["ours", "the standard library's", "requests' own"])
def test_jar_for_one_request(session, site, jar, subject, requests, make_cookie, family):
    """It is asked by its own rules, wins by name, and neither jar learns from the other."""
    given = {
        "ours": subject.CookieJar,
        "the standard library's": http.cookiejar.CookieJar,
        "requests' own": requests.cookies.RequestsCookieJar,
    }[family]()
    for cookie in (("theme", "dark", "shop.test"), ("far", "1", "other.test")):
        given.set_cookie(make_cookie(http.cookiejar, *cookie))
    jar.store_response(SHOP, ["sid=1", "theme=light"])

    session.get(site.url(f"{SHOP}/", to=f"{OTHER}/"), cookies=given, timeout=20)
    session.get(f"{SHOP}/", timeout=20)

    assert site.cookies() == ["sid=1; theme=dark", "far=1", "sid=1; theme=light"]
    assert len(given) == 2


def test_cookie_of_no_domain_in_a_jar_for_one_request_stays_at_the_host(session, site, requests):
    """`cookiejar_from_dict` makes such cookies, which would go to every host."""
    given = requests.cookies.cookiejar_from_dict({"mine": "1"})

    session.get(site.url(f"{SHOP}/", to=site.url(f"{OTHER}/", to=f"{SHOP}/2")), cookies=given)

    assert site.cookies() == ["mine=1", None, "mine=1"]


def test_cookies_of_one_request_beside_a_header_of_the_program(session, site):
    """The header alone is sent, as in requests; on a redirect the jar's and the request's."""
    session.get(
        site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"),
        headers={"Cookie": "own=1"},
        cookies={"mine": "2"},
        timeout=20,
    )

    assert site.cookies() == ["own=1", "sid=1; mine=2"]


# Requests that come from elsewhere


def test_request_that_was_prepared_without_a_session(session, site, requests, jar):
    """It has its own cookies, as in requests; for its redirects the jar is asked, and not copied."""
    jar.set("sid", "1", url=SHOP)
    far = site.url(f"{OTHER}/", to=f"{SHOP}/3")
    prepared = requests.Request(
        "GET", site.url(f"{SHOP}/", "a=1", to=site.url(f"{SHOP}/2", to=far)), cookies={"mine": "2"}
    ).prepare()

    answer = session.send(prepared, proxies=site.proxies, timeout=20)

    assert site.cookies() == ["mine=2", "sid=1; a=1; mine=2", None, "sid=1; a=1; mine=2"]
    assert answer.history[0].request is prepared
    assert [cookie.name for cookie in jar] == ["sid", "a"]


def test_request_that_another_session_prepared(ours, online, session, site, subject, requests):
    """The session that sends it is the one that learns."""
    url = site.url(f"{SHOP}/", "a=1", to=f"{SHOP}/2")
    with ours.Session(subject.CookieJar.from_dict({"sid": "1"}, url=SHOP)) as other:
        prepared = other.prepare_request(requests.Request("GET", url, cookies={"mine": "2"}))

    session.send(prepared, proxies=site.proxies, timeout=20)

    assert site.cookies() == ["sid=1; mine=2", "a=1; mine=2"]
    assert [len(each) for each in (session.cookies, other.cookies)] == [1, 1]


def test_copied_request_is_sent_as_the_first_one(session, site, requests):
    """Programs copy prepared requests to send them again, by `copy` or by their method."""
    url = site.url(f"{SHOP}/", "a=1", to=f"{SHOP}/2")
    prepared = session.prepare_request(requests.Request("GET", url, cookies={"mine": "2"}))

    for twin in (prepared.copy(), copy.copy(prepared), pickle.loads(pickle.dumps(prepared))):
        site.seen.clear()
        session.send(twin, proxies=site.proxies, timeout=20)
        assert site.cookies()[0] == "mine=2"
        assert site.cookies()[1].startswith("a=1")


def test_request_that_was_not_prepared_is_refused_by_requests(session, requests):
    with pytest.raises(ValueError, match="PreparedRequest"):
        session.send(requests.Request("GET", SHOP))


# Hosts and addresses


def test_host_field_stands_for_the_host(session, site, jar):
    """As in requests: programs test virtual hosts so. No other host gets cookies by it."""
    jar.set("sid", "1", url=SHOP)
    far = site.url("http://bank.example/", "far=1; Domain=shop.test", "fix=1")
    start = site.url("http://other.test/", "a=1", to=site.url("http://other.test/2", to=far))

    session.get(start, headers={"Host": "shop.test"}, timeout=20)

    assert site.cookies() == ["sid=1", "sid=1; a=1", None]
    assert [(cookie.domain, cookie.name) for cookie in jar] == [
        ("shop.test", "sid"), ("shop.test", "a"), ("bank.example", "fix"),
    ]  # fmt: skip


def test_other_schemes_get_the_cookies_of_the_request_alone(session, requests, jar):
    """A jar knows http and https; adapters for files and sockets must go on working."""
    seen = []

    class Local(requests.adapters.BaseAdapter):
        def send(self, request, **named):
            seen.append(request.headers.get("Cookie"))
            response = requests.Response()
            response.status_code, response.request, response.url = 200, request, request.url
            return response

        def close(self):
            pass

    session.mount("local:", Local())

    session.get("local:///etc/motd")
    session.get("local:///etc/motd", cookies={"a": "1"})

    assert seen == [None, "a=1"]


@pytest.mark.parametrize("location", ["nonsense://x/", "http://[bad/", "//"])
def test_odd_location_is_for_requests_to_refuse(session, online, site, requests, location):
    """What a server writes raises what it raises in requests, and the jar keeps what it got."""
    url, errors = site.url(f"{SHOP}/", "sid=1", to=location), []

    with online(requests.Session()) as plain:
        for each in (session, plain):
            with pytest.raises((requests.RequestException, ValueError)) as caught:
                each.get(url, timeout=20)
            errors.append(caught.type)

    assert errors[0] is errors[1]
    assert [cookie.name for cookie in session.cookies] == ["sid"]


# Threads


def test_threads_share_a_session(session, site):
    """Each request has its own cookies, and the jar has all that was set."""

    def visit(number):
        url = site.url(f"{SHOP}/{number}", f"c{number}=1; Path=/{number}", to=f"{SHOP}/{number}")
        answer = session.get(url, cookies={"mine": str(number)}, timeout=20)
        return [hop.request.headers["Cookie"] for hop in (*answer.history, answer)]

    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(visit, range(64)))

    assert sent == [[f"mine={n}", f"c{n}=1; mine={n}"] for n in range(64)]
    assert len(session.cookies) == 64


# What is built on requests


def test_responses_library(session, jar, client_module):
    """It answers in place of HTTPAdapter.send."""
    responses = client_module("responses")
    with responses.RequestsMock() as web:
        web.get(SHOP, headers={"Set-Cookie": "sid=1"})
        web.get(f"{SHOP}/2", match=[responses.matchers.header_matcher({"Cookie": "sid=1"})])
        session.get(SHOP)
        session.get(f"{SHOP}/2")

    assert [cookie.name for cookie in jar] == ["sid"]


def test_requests_mock_library(session, jar, client_module):
    """It answers in place of the adapter; its answers fill no session's jar, in requests neither."""
    requests_mock = client_module("requests_mock")
    jar.set("sid", "1", url=SHOP)
    with requests_mock.Mocker() as web:
        web.get(f"{SHOP}/", status_code=302, headers={"Location": f"{SHOP}/2"})
        web.get(f"{SHOP}/2", text="here")
        answer = session.get(f"{SHOP}/")

    assert answer.text == "here"
    assert [each.headers["Cookie"] for each in web.request_history] == ["sid=1", "sid=1"]


@pytest.fixture
def soup(client_module, online):
    mechanicalsoup = client_module("mechanicalsoup")

    @contextlib.contextmanager
    def open_browser(session=None):
        with mechanicalsoup.StatefulBrowser(
            session=session, soup_config={"features": "html.parser"}
        ) as browser:
            online(browser.session)
            yield browser

    return open_browser


@pytest.mark.parametrize("way", ["session", "attach"])
def test_mechanicalsoup_signs_in(soup, ours, sign_in_page, site, subject, way):
    """The form is posted and the redirect followed; what the policy mutes stays at home."""

    class Mute(subject.DefaultCookiePolicy):
        def return_ok(self, cookie, request):
            return cookie.name != "visit" and super().return_ok(cookie, request)

    jar = subject.CookieJar(Mute())

    with soup(ours.Session(jar) if way == "session" else None) as browser:
        if way == "attach":
            ours.attach(browser.session, jar)
        browser.open(sign_in_page, timeout=20)
        browser.select_form("form")
        browser["user"] = "ada"
        browser.submit_selected(timeout=20)

        assert browser.get_cookiejar() is jar
        assert [cookie.name for cookie in jar] == ["visit", "sid"]
    assert [request.method for request in site.seen] == ["GET", "POST", "GET"]
    assert site.cookies() == [None, None, "sid=1"]


def test_mechanicalsoup_takes_a_jar_later(soup, ours, site, subject):
    """`set_cookiejar` assigns to the session."""
    later = subject.CookieJar.from_dict({"sid": "1"}, url=SHOP)

    with soup(ours.Session()) as browser:
        browser.set_cookiejar(later)
        browser.open(f"{SHOP}/", timeout=20)

    assert site.cookies() == ["sid=1"]
