"""niquests through cookietin.integrations.niquests: the checks of all integrations, and its own.

In environments of their own, since urllib3-future takes the place of urllib3; with the oldest and the
newest version that are supported:

    pip install niquests==3.12.0 h2 pytest hypothesis trustme
    pytest tests/interop/clients/test_integration_niquests.py
"""

import asyncio
import contextlib
import contextvars
import gc
import http.cookiejar
import importlib
import pickle

import pytest
from integration_checks import IntegrationChecks, skip_without
from request_checks import RequestChecks
from scenarios import SAFE, SHOP
from session_checks import SessionChecks

skip_without("niquests")

SCRIPT = """
import os, sys
from cookietin import MozillaCookieJar
from cookietin.integrations.niquests import Session

jar = MozillaCookieJar(sys.argv[1])
if os.path.exists(sys.argv[1]):
    jar.load(ignore_discard=True)
with Session(jar) as session:
    print(session.get(sys.argv[2], timeout=20, verify=os.environ["CA_FILE"]).text)
jar.save(ignore_discard=True)
"""

ASYNC_SCRIPT = """
import asyncio, os, sys
from cookietin import MozillaCookieJar
from cookietin.integrations.niquests import AsyncSession

async def main():
    jar = MozillaCookieJar(sys.argv[1])
    if os.path.exists(sys.argv[1]):
        jar.load(ignore_discard=True)
    async with AsyncSession(jar) as session:
        answer = await session.get(sys.argv[2], timeout=20, verify=os.environ["CA_FILE"])
        print(answer.text)
    jar.save(ignore_discard=True)

asyncio.run(main())
"""


@pytest.fixture
def client(client_module):
    return client_module("niquests")


@pytest.fixture
def ours(client):
    return importlib.import_module("cookietin.integrations.niquests")


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


class TestAsyncChecks(IntegrationChecks):
    script = ASYNC_SCRIPT

    @pytest.fixture
    def opened(self, ours, online):
        @contextlib.contextmanager
        def open_one(jar, context=None):
            with asyncio.Runner() as runner:
                session = online(ours.AsyncSession(jar, context=context))

                def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
                    named = {} if context is None else {"cookie_context": context}
                    answer = session.request(
                        method, url, headers=headers, cookies=cookies, timeout=20, **named
                    )
                    return runner.run(answer, context=contextvars.copy_context()).text

                yield fetch
                runner.run(session.close())

        return open_one


class TestSessions(SessionChecks):
    """What sessions keep beside."""


class TestRequests(RequestChecks):
    """What requests keep beside."""


# Arguments and settings


@pytest.fixture
def jar(subject):
    return subject.CookieJar()


@pytest.fixture(params=["Session", "AsyncSession"])
def kind(ours, request):
    return getattr(ours, request.param)


def test_cookies_of_the_constructor_beside_a_jar_are_refused(kind, client, jar):
    """niquests would pour them into a jar of its own, or take the jar itself."""
    theirs = client.cookies.cookiejar_from_dict({"sid": "secret"})
    for arguments in (
        {"jar": jar, "cookies": {"sid": "secret"}},
        {"jar": jar, "cookies": theirs},
        {"cookies": theirs},
    ):
        with pytest.raises(TypeError, match="the first argument") as caught:
            kind(**arguments)
        assert "secret" not in str(caught.value)


def test_cookies_of_the_constructor_go_into_a_new_jar(kind, ours, client):
    """Names and values as in niquests, for all hosts; of a plain jar the cookies are copied."""
    plain = http.cookiejar.CookieJar()
    plain.set_cookie(cookie := client.cookies.create_cookie("sid", "1", domain="shop.test"))

    by_name, copied = kind(cookies={"sid": "1"}), kind(cookies=plain)

    assert type(by_name.cookies) is type(copied.cookies) is ours.RequestsCookieJar
    assert by_name.cookies.cookie_header("https://any.test/") == "sid=1"
    assert copied.cookies.list_domains() == ["shop.test"]
    assert next(iter(copied.cookies)) is not cookie


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"jar": {}}, "jar: expected a CookieJar", id="jar"),
        pytest.param({"context": "x"}, "context: expected a RequestContext", id="context"),
    ],
)
def test_wrong_arguments(kind, arguments, message):
    with pytest.raises(TypeError, match=message):
        kind(**arguments)


def test_settings_of_niquests_are_passed_on(kind, jar):
    session = kind(jar, disable_ipv6=True, retries=2)

    assert (session._disable_ipv6, session.retries, session.cookies) == (True, 2, jar)


def test_every_argument_of_preparing_is_passed_on(client, ours):
    """A newer niquests may ask for more, and preparing is ours."""
    known = {"self", "method", "url", "headers", "files", "data", "params", "auth", "cookies"}
    known |= {"hooks", "json", "base_url", *ours._NEWER}

    assert set(ours._PREPARE) == known


def test_base_url_is_used(ours, online, client, site):
    with online(ours.Session(base_url=SHOP)) as session:
        session.get(site.url("/", "sid=1", to="/2"), timeout=20)

    assert [request.url for request in site.seen] == [f"{SHOP}/", f"{SHOP}/2"]
    assert site.cookies() == [None, "sid=1"]


def test_responses_can_be_kept_from_the_jar(ours, online, site, jar):
    """As in niquests: what is in the jar goes on being sent."""
    jar.set("sid", "1", url=SHOP)
    try:
        session = ours.Session(jar, allow_incoming_cookies=False)
    except TypeError:
        pytest.skip("this version has no such setting")

    with online(session):
        session.get(site.url(f"{SHOP}/", "new=1", to=f"{SHOP}/2"), timeout=20)

    assert site.cookies() == ["sid=1", "sid=1"]
    assert len(jar) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.test/", "sid=1; s=1"),
        ("wss://shop.test/", "sid=1; s=1"),
        ("sse://shop.test/", "sid=1; s=1"),
        ("psse://shop.test/", "sid=1"),
        ("ws://shop.test/", "sid=1"),
    ],
)
def test_secure_schemes(ours, client, subject, url, expected):
    """niquests names events over https sse, and events over http psse."""
    jar = subject.CookieJar()
    jar.store_response("https://shop.test/", ["sid=1", "s=1; Secure"])

    with ours.Session(jar) as session:
        prepared = session.prepare_request(client.Request("GET", url))

    assert prepared.headers["Cookie"] == expected


# asyncio


@pytest.fixture
def run(ours, online, jar):
    """Runs a coroutine function with an open AsyncSession."""

    def run_one(function, session=None):
        async def main():
            async with online(session or ours.AsyncSession(jar)) as opened:
                return await function(opened)

        return asyncio.run(main())

    return run_one


@pytest.mark.parametrize("way", ["attached", "attached, of a program's class", "from a pickle"])
def test_async_session_of_any_make(client, ours, run, site, subject, way):
    class Mine(client.AsyncSession):
        async def send(self, request, **named):
            request.headers["X-Mine"] = "1"
            return await super().send(request, **named)

    jar = subject.CookieJar()
    session = {
        "attached": lambda: ours.attach(client.AsyncSession(), jar),
        "attached, of a program's class": lambda: ours.attach(Mine(), jar),
        "from a pickle": lambda: pickle.loads(pickle.dumps(ours.AsyncSession(jar))),
    }[way]()

    async def visit(session):
        await session.get(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), timeout=20)
        return await session.get(f"{SHOP}/3", cookies={"mine": "2"}, timeout=20)

    answer = run(visit, session)

    assert isinstance(session, ours.AsyncSession)
    assert site.cookies() == [None, "sid=1", "sid=1; mine=2"]
    assert answer.request.headers.get("X-Mine") == ("1" if isinstance(session, Mine) else None)


def test_tasks_share_a_session(run, site, jar):
    """Each request has its own cookies, and the jar has all that was set."""

    async def visit(session):
        async def one(number):
            url = site.url(
                f"{SHOP}/{number}", f"c{number}=1; Path=/{number}", to=f"{SHOP}/{number}"
            )
            answer = await session.get(url, cookies={"mine": str(number)}, timeout=20)
            return [hop.request.headers["Cookie"] for hop in (*answer.history, answer)]

        return await asyncio.gather(*map(one, range(64)))

    assert run(visit) == [[f"mine={n}", f"c{n}=1; mine={n}"] for n in range(64)]
    assert len(jar) == 64


def test_async_digest_sends_what_the_first_answer_set(client, run, site):
    if not hasattr(client.auth, "AsyncHTTPDigestAuth"):
        pytest.skip("this version sends the second request of digest without waiting for it")

    class Asking(client.adapters.AsyncHTTPAdapter):
        def build_response(self, *arguments):
            response = super().build_response(*arguments)
            response.headers["WWW-Authenticate"] = 'Digest realm="r", nonce="n", qop="auth"'
            return response

    async def visit(session):
        session.mount("http://", Asking())
        auth = client.auth.AsyncHTTPDigestAuth("ada", "pw")
        return await session.get(site.url(f"{SHOP}/", "n=1", status="401"), auth=auth, timeout=20)

    run(visit)

    assert site.cookies() == [None, "n=1"]


def test_async_stream_and_redirect_by_hand(run, site):
    async def visit(session):
        url = site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2")
        answer = await session.get(url, allow_redirects=False, stream=True, timeout=20)
        await answer.content
        last = await session.send(answer.next, timeout=20)
        return last.json()

    assert run(visit) == {"cookie": "sid=1"}


# HTTP/2 and multiplexed requests


@pytest.fixture
def http2(client_module, tmp_path):
    """The server, and what lets a session with these hosts reach it."""
    client_module("h2")
    from http2_server import running

    authority = client_module("trustme").CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with running(authority, "shop.test", "other.test") as server:
        named = {"proxies": {"https": server.proxy}, "verify": str(tmp_path / "ca.pem")}
        yield server, named


def test_multiplexed_responses_reach_the_jar_when_they_are_resolved(ours, http2, site, jar):
    """Each once, and with all hops of a redirect, whose headers the jar gives in turn."""
    server, named = http2
    jar.set("sid", "1", url=SAFE)
    told = []
    far = site.url("https://other.test/3", "far=1", to=f"{SAFE}/4")
    start = site.url(f"{SAFE}/1", "a=1; Secure", to=site.url(f"{SAFE}/2", to=far))

    with ours.Session(jar, multiplexed=True) as session:
        session.trust_env = False
        with jar.subscribe(lambda change: told.append(change.cookie.name)):
            first = session.get(start, **named)
            second = session.get(f"{SAFE}/5", cookies={"mine": "2"}, **named)
            assert first.lazy
            session.gather()

        assert first.text == '{"cookie": "sid=1; a=1"}'
        assert second.text == '{"cookie": "sid=1; mine=2"}'
    assert set(server.connections) == {"h2"}
    assert sorted(server.seen) == [
        ("https://other.test/3", None),
        ("https://shop.test/1", "sid=1"),
        ("https://shop.test/2", "sid=1; a=1"),
        ("https://shop.test/4", "sid=1; a=1"),
        ("https://shop.test/5", "sid=1; mine=2"),
    ]
    assert told == ["a", "far"]


# niquests leaves the connection of a multiplexed redirect open, without us too.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_multiplexed_requests_of_asyncio(ours, http2, site, jar):
    server, named = http2

    async def main():
        async with ours.AsyncSession(jar, multiplexed=True) as session:
            session.trust_env = False
            await session.get(site.url(f"{SAFE}/1", "a=1", to=f"{SAFE}/2"), **named)
            await session.gather()
            for number in range(3, 9):
                await session.get(f"{SAFE}/{number}", cookies={"n": str(number)}, **named)
            await session.gather()

    asyncio.run(main())
    gc.collect()  # here, where its warnings are expected

    assert server.seen == [
        ("https://shop.test/1", None),
        ("https://shop.test/2", "a=1"),
        *((f"https://shop.test/{number}", f"a=1; n={number}") for number in range(3, 9)),
    ]
    assert len(jar) == 1
