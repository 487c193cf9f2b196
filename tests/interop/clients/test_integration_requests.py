"""requests through cookietin.integrations.requests: the checks of all integrations, and its own.

The oldest and the newest version that are supported, each in an environment with pytest and trustme:

    pip install requests==2.28.0 'urllib3<2' MechanicalSoup responses requests-mock
    pip install cachecontrol requests-cache requests-futures requests-oauthlib requests-toolbelt
    pytest tests/interop/clients/test_integration_requests.py
"""

import contextlib
import importlib

import pytest
from integration_checks import IntegrationChecks
from request_checks import RequestChecks
from scenarios import SAFE, SHOP
from session_checks import SessionChecks

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
def client(client_module):
    return client_module("requests")


@pytest.fixture
def ours(client):
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


class TestSessions(SessionChecks):
    """What sessions keep beside."""


class TestRequests(RequestChecks):
    """What requests keep beside."""


# What is built on requests


@pytest.fixture
def session(ours, online):
    with online(ours.Session()) as session:
        yield session


def test_responses_library(session, client_module):
    """It answers in place of HTTPAdapter.send."""
    responses = client_module("responses")
    with responses.RequestsMock() as web:
        web.get(SHOP, headers={"Set-Cookie": "sid=1"})
        web.get(f"{SHOP}/2", match=[responses.matchers.header_matcher({"Cookie": "sid=1"})])
        session.get(SHOP)
        session.get(f"{SHOP}/2")

    assert [cookie.name for cookie in session.cookies] == ["sid"]


def test_requests_mock_library(session, client_module):
    """It answers in place of the adapter; its answers fill no session's jar, in requests neither."""
    requests_mock = client_module("requests_mock")
    session.cookies.set("sid", "1", url=SHOP)
    with requests_mock.Mocker() as web:
        web.get(f"{SHOP}/", status_code=302, headers={"Location": f"{SHOP}/2"})
        web.get(f"{SHOP}/2", text="here")
        answer = session.get(f"{SHOP}/")

    assert answer.text == "here"
    assert [each.headers["Cookie"] for each in web.request_history] == ["sid=1", "sid=1"]


def made_by_cachecontrol(client_module):
    return client_module("cachecontrol").CacheControl(client_module("requests").Session())


def made_by_requests_cache(client_module):
    return client_module("requests_cache").CachedSession(backend="memory")


def made_by_requests_futures(client_module):
    """Its methods return futures."""
    return client_module("requests_futures.sessions").FuturesSession()


def made_by_requests_oauthlib(client_module):
    token = {"access_token": "t", "token_type": "Bearer"}
    return client_module("requests_oauthlib").OAuth2Session("me", token=token)


def made_by_requests_toolbelt(client_module):
    return client_module("requests_toolbelt.sessions").BaseUrlSession(SAFE)


@pytest.mark.parametrize(
    "make",
    [
        made_by_cachecontrol,
        made_by_requests_cache,
        made_by_requests_futures,
        made_by_requests_oauthlib,
        made_by_requests_toolbelt,
    ],
)
def test_sessions_of_other_libraries(make, ours, online, client_module, site, subject):
    """They override what sessions have, each in its own way, and `attach` takes them all."""
    jar = subject.CookieJar()

    with ours.attach(online(make(client_module)), jar) as session:
        for url in (site.url(f"{SAFE}/1", "sid=1", to=f"{SAFE}/2"), f"{SAFE}/3"):
            answer = session.get(url, cookies={"mine": "2"}, timeout=20)
            answer = answer.result() if hasattr(answer, "result") else answer
            assert answer.status_code == 200

    assert site.cookies() == ["mine=2", "sid=1; mine=2", "sid=1; mine=2"]
    assert len(jar) == 1


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


def test_method_may_be_octets(ours, online, site, subject):
    """requests takes `b"GET"`, and so do sessions that were told who asks."""
    jar = subject.CookieJar(subject.BrowserCookiePolicy())
    jar.store_response(SHOP, ["sid=1; SameSite=Lax"])
    news = subject.RequestContext(site_for_cookies="https://news.example/")

    with online(ours.Session(jar, context=news)) as session:
        for method in (b"GET", b"POST"):
            session.request(method, SHOP, timeout=20)

    assert site.cookies() == ["sid=1", None]
