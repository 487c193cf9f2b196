"""aiohttp: `cookietin.integrations.aiohttp`."""

import asyncio
import contextlib
import contextvars
import copy
import enum
import gc
import http.cookiejar
import importlib.util
import pickle
import types
from http.cookies import CookieError, Morsel, SimpleCookie

import pytest
from integration_checks import NEWS, IntegrationChecks, skip_without
from scenarios import SAFE, SHOP

skip_without("aiohttp")

SCRIPT = """
import asyncio, os, ssl, sys
import aiohttp
from cookietin import MozillaCookieJar
from cookietin.integrations.aiohttp import CookieJar

async def main(file, url):
    jar = MozillaCookieJar(file)
    if os.path.exists(file):
        jar.load(ignore_discard=True)
    tls = ssl.create_default_context(cafile=os.environ["CA_FILE"])
    connector = aiohttp.TCPConnector(ssl=tls)
    async with aiohttp.ClientSession(
        cookie_jar=CookieJar(jar), connector=connector, trust_env=True
    ) as session, session.get(url) as response:
        print(await response.text())
    jar.save(ignore_discard=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def aiohttp(client_module):
    return client_module("aiohttp")


@pytest.fixture
def integration(aiohttp):
    import cookietin.integrations.aiohttp

    return cookietin.integrations.aiohttp


@pytest.fixture
def yarl(client_module):
    return client_module("yarl")


@pytest.fixture
def run():
    """Runs a coroutine in a loop that lives as long as the test, in the context of the caller."""
    with asyncio.Runner() as runner:
        yield lambda coroutine: runner.run(coroutine, context=contextvars.copy_context())


@pytest.fixture
def opener(aiohttp, site, run):
    """Opens sessions made by a function of (jar, context) and keyword arguments of ClientSession."""

    def opener_of(make):
        @contextlib.contextmanager
        def open_session(jar, context=None):
            async def start():
                return make(
                    jar,
                    context,
                    connector=aiohttp.TCPConnector(ssl=site.tls),
                    timeout=aiohttp.ClientTimeout(total=20),
                )

            def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
                async def answer():
                    async with session.request(
                        method, url, headers=headers, cookies=cookies, proxy=site.proxy
                    ) as response:
                        return await response.text()

                return run(answer())

            session = run(start())
            try:
                yield fetch
            finally:
                run(session.close())

        return open_session

    return opener_of


def ways(aiohttp, integration):
    """The two ways to give a session its jar."""

    def attached(jar, context, **arguments):
        return integration.attach(aiohttp.ClientSession(**arguments), jar, context=context)

    def alone(jar, context, **arguments):
        cookie_jar = integration.CookieJar(jar, context=context)
        return aiohttp.ClientSession(cookie_jar=cookie_jar, **arguments)

    return {"attach": attached, "jar alone": alone}


class Checks(IntegrationChecks):
    script = SCRIPT
    context_for_each_request = False  # nothing that a request is given comes to the jar
    own_header = "sid=1; mine=1"  # as in aiohttp without us, theirs join

    @pytest.mark.parametrize(
        "pair",
        [
            pytest.param("a=x==", id="equals signs"),
            pytest.param("a=", id="nothing"),
            pytest.param('a="x y"', id="quotes and a blank"),
            pytest.param('a="x', id="half a pair of quotes"),
            pytest.param("a=x&y/z?1:2,{3}", id="signs that http.cookies quotes"),
            pytest.param("a=gr\u00c3\u00bc\u00c3\u009fe", id="UTF-8"),
            pytest.param("$a=1", id="a name with a dollar"),
            pytest.param("a[0]=1", id="a name with brackets"),
            pytest.param("expires=1", id="a name that is an attribute's"),
        ],
    )
    def test_octets_come_back_as_they_came(self, jar, opened, site, pair):
        """But for those that are no UTF-8, see below."""
        super().test_octets_come_back_as_they_came(jar, opened, site, pair)


class TestAttach(Checks):
    """A session that was there before."""

    test_second_process = None  # the program of the other class shows it

    @pytest.fixture
    def opened(self, aiohttp, integration, opener):
        return opener(ways(aiohttp, integration)["attach"])

    def test_own_header_wins_by_name(self, jar, opened, site):
        jar.store_response(f"{SHOP}/", ["a=1", "b=2"])

        with opened(jar) as fetch:
            fetch(f"{SHOP}/", {"Cookie": "b=own; lone"}, cookies={"c": "3"})

        assert site.cookies() == ["a=1; c=3; b=own; lone"]

    def test_request_class_of_the_program_stays(self, aiohttp, integration, opener, jar, site):
        class Signed(aiohttp.ClientRequest):
            def update_cookies(self, cookies):
                super().update_cookies(cookies)
                self.headers["X-Signed"] = "yes"

            async def send(self, conn):
                sent.append(self.headers.get("X-Signed"))
                return await super().send(conn)

        sent = []
        opened = opener(
            lambda jar, context, **arguments: integration.attach(
                aiohttp.ClientSession(request_class=Signed, **arguments), jar
            )
        )

        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "a=1"))
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "a=1"]
        assert len(sent) == 2


class TestCookieJar(Checks):
    """A jar alone, handed over by aiohttp's own argument."""

    @pytest.fixture
    def opened(self, aiohttp, integration, opener):
        return opener(ways(aiohttp, integration)["jar alone"])

    @pytest.fixture(autouse=True)
    def _skip_lone_words(self, request):
        given = request.node.callspec.params if hasattr(request.node, "callspec") else {}
        _, headers = given.get("scenario") or given.get("row") or (None, [])
        if any("=" not in piece for header in headers for piece in (header or "=").split("; ")):
            pytest.skip("http.cookies writes '=' in each cookie, see the test below")

    def test_lone_word_gets_an_equals_sign(self, jar, opened, site):
        """http.cookies writes one for each; requests of the module's class do not."""
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "a=1", "lone", "b=2"))
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "a=1; lone=; b=2"]

    def test_context_goes_along_redirects_with_the_method_of_each_hop(
        self, same_site_jar, opened, site, subject
    ):
        """aiohttp tells its jar no method, so that of the context counts for all hops."""
        for method in ("GET", "POST"):
            context = subject.RequestContext(method, site_for_cookies=NEWS)
            with opened(same_site_jar, context) as fetch:
                fetch(site.url(f"{SAFE}/", to=f"{SAFE}/2"), method="POST")

        assert site.cookies() == ["lax=1; none=1"] * 2 + ["none=1"] * 2

    def test_request_class_tells_the_method(
        self, aiohttp, integration, opener, same_site_jar, link, site
    ):
        opened = opener(
            lambda jar, context, **arguments: aiohttp.ClientSession(
                cookie_jar=integration.CookieJar(jar, context=context),
                request_class=integration.ClientRequest,
                **arguments,
            )
        )

        with opened(same_site_jar, link) as fetch:
            fetch(site.url(f"{SAFE}/", to=f"{SAFE}/2"), method="POST")

        assert site.cookies() == ["none=1", "lax=1; none=1"]

    def test_cookie_of_the_jar_replaces_one_of_an_own_header(self, jar, opened, site):
        """As aiohttp's own jar does; `attach` lets the program's win."""
        jar.store_response(f"{SHOP}/", ["b=2", "a=1"])

        with opened(jar) as fetch:
            fetch(f"{SHOP}/", {"Cookie": "b=own; c=own"})

        assert site.cookies() == ["a=1; b=2; c=own"]


@pytest.mark.parametrize("way", ["attach", "jar alone"])
def test_jar_that_waits_for_the_calls_of_urllib_gets_them(
    aiohttp, integration, opener, subject, site, way
):
    """A class that a program wrote for http.cookiejar goes on to work."""

    class Written(subject.CookieJar):
        def add_cookie_header(self, request):
            asked.append(request.get_full_url())
            super().add_cookie_header(request)

        def extract_cookies(self, response, request):
            told.append(request.get_full_url().partition("?")[0])
            super().extract_cookies(response, request)

    asked, told = [], []
    opened = opener(ways(aiohttp, integration)[way])

    with opened(Written()) as fetch:
        fetch(site.url(f"{SHOP}/", "a=1"))
        fetch(f"{SHOP}/2")

    assert site.cookies() == [None, "a=1"]
    assert asked[-1] == f"{SHOP}/2"
    assert told == [f"{SHOP}/"]


# Octets that aiohttp cannot send


@pytest.mark.parametrize("way", ["attach", "jar alone"])
@pytest.mark.parametrize(
    "field",
    [
        pytest.param("b=gr\u00fc\u00dfe", id="latin-1"),
        pytest.param("b=\u00c3", id="half a character"),
        pytest.param("b=a\x01b", id="a control character"),
    ],
)
def test_cookie_that_cannot_be_sent_stays_in_the_jar(
    aiohttp, integration, opener, subject, site, field, way
):
    """aiohttp writes UTF-8 and would drop other octets, so that the server saw another value."""
    jar = subject.CookieJar()
    jar.store_response(f"{SHOP}/", ["a=1", field, "c=3"])
    opened = opener(ways(aiohttp, integration)[way])

    with opened(jar) as fetch:
        fetch(f"{SHOP}/")

    assert site.cookies() == ["a=1; c=3"]
    assert jar.get("b") is not None


@pytest.mark.parametrize(
    ("way", "expected"), [("attach", "a=1; b=x\ty; c=3"), ("jar alone", "a=1; c=3")]
)
def test_tab_needs_our_request_class(
    aiohttp, integration, opener, subject, site, monkeypatch, way, expected
):
    """http.cookies refuses it, by an error that shows the value, in newer versions of Python."""

    def set_state(morsel, state):
        if any(ord(char) < 32 for text in state.values() for char in text):
            raise CookieError(f"Control characters are not allowed in cookies: {state}")
        restore(morsel, state)

    restore = Morsel.__setstate__
    monkeypatch.setattr(Morsel, "__setstate__", set_state)
    jar = subject.CookieJar()
    jar.store_response(f"{SHOP}/", ["a=1", "b=x\ty", "c=3"])
    opened = opener(ways(aiohttp, integration)[way])

    with opened(jar) as fetch:
        fetch(f"{SHOP}/")

    assert site.cookies() == [expected]
    assert [each.value for each in integration.CookieJar(jar)] == ["1", "x\ufffdy", "3"]


def test_names_and_values_may_be_members_of_enumerations(
    aiohttp, integration, opener, subject, site, yarl
):
    """They are texts, which aiohttp takes."""

    class Known(enum.StrEnum):
        SID = "sid"

    jar = subject.CookieJar()
    integration.CookieJar(jar).update_cookies({Known.SID: Known.SID}, yarl.URL(f"{SHOP}/"))

    with opener(ways(aiohttp, integration)["jar alone"])(jar) as fetch:
        fetch(f"{SHOP}/")
        fetch(f"{SHOP}/", cookies={Known.SID: "mine"})

    assert site.cookies() == ["sid=sid", "sid=mine"]


def test_value_of_one_request_that_cannot_be_sent_is_refused(
    aiohttp, integration, opener, subject, site
):
    opened = opener(ways(aiohttp, integration)["jar alone"])

    with opened(subject.CookieJar()) as fetch:
        fetch(f"{SHOP}/", cookies={"mine": "gr\u00fc\u20ac"})
        with pytest.raises(ValueError, match="'mine' has characters that aiohttp cannot send"):
            fetch(f"{SHOP}/", cookies={"mine": "\udcfc"})

    assert site.cookies() == ["mine=gr\u00c3\u00bc\u00e2\u0082\u00ac"]


# aiohttp's own server: websockets, addresses, many requests at once


@pytest.fixture
def web(aiohttp, run):
    """A server for all hosts: `seen` is what it was asked, `open` makes sessions that go there."""
    from aiohttp import abc, web

    class Resolver(abc.AbstractResolver):
        async def resolve(self, host, port=0, family=0):
            address = {"hostname": host, "host": "127.0.0.1", "port": port}
            return [{**address, "family": 2, "proto": 0, "flags": 0}]

        async def close(self):
            """Nothing is open."""

    async def answer(request):
        seen.append((request.host.partition(":")[0], request.path, request.headers.get("Cookie")))
        headers = [("Set-Cookie", value) for value in request.query.getall("set-cookie", [])]
        if request.headers.get("Upgrade") != "websocket":
            return web.Response(text=request.headers.get("Cookie", ""), headers=headers)
        socket = web.WebSocketResponse()
        socket.headers.extend(headers)
        await socket.prepare(request)
        await socket.send_str(request.headers.get("Cookie", ""))
        await socket.close()
        return socket

    async def start():
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner

    def open_session(**arguments):
        connector = aiohttp.TCPConnector(resolver=Resolver())
        return aiohttp.ClientSession(connector=connector, **arguments)

    seen = []
    runner = run(start())
    yield types.SimpleNamespace(seen=seen, open=open_session, port=runner.addresses[0][1])
    run(runner.cleanup())
    gc.collect()  # what was left open warns here, and not in another test


def test_websocket_upgrade_sends_and_learns(integration, subject, web, run):
    """RFC 6455 4.1: the handshake is a request; Secure cookies wait for wss."""
    jar = subject.CookieJar()
    jar.store_response("https://shop.test/", ["sid=1", "safe=1; Secure", "deep=1; Path=/live"])

    async def talk():
        async with integration.attach(web.open(), jar) as session:
            for name in ("a", "b"):
                url = f"ws://shop.test:{web.port}/live?set-cookie={name}%3D1"
                async with session.ws_connect(url) as socket:
                    yield (await socket.receive()).data
            async with session.get(f"http://shop.test:{web.port}/") as response:
                yield await response.text()

    async def collect():
        return [text async for text in talk()]

    texts = run(collect())

    assert texts == ["deep=1; sid=1", "deep=1; sid=1; a=1", "sid=1; a=1; b=1"]


def test_hosts_that_are_addresses_have_cookies(integration, subject, web, run):
    """aiohttp's own jar has them only if it is `unsafe`."""
    jar = integration.CookieJar(subject.CookieJar())

    async def visit():
        async with web.open(cookie_jar=jar) as session:
            for url in (f"http://127.0.0.1:{web.port}/?set-cookie=a%3D1",) * 2:
                async with session.get(url):
                    pass

    run(visit())

    assert [cookie for *_, cookie in web.seen] == [None, "a=1"]
    assert jar.unsafe


@pytest.mark.parametrize("foreign", [0, 10_000], ids=["a small jar", "10,000 foreign cookies"])
def test_thousand_requests_at_once_have_the_right_cookies(
    integration, subject, make_cookie, web, run, foreign
):
    """On one jar, each host with cookies of its own, while all responses set more."""
    jar = subject.CookieJar()
    for number in range(foreign):
        jar.set_cookie(make_cookie(subject, "a", "1", f"host{number}.example"))
    hosts, rounds = [f"user{number}.shop.test" for number in range(100)], range(10)
    jar.store_response("http://shop.test/", ["all=1; Domain=shop.test"])
    for host in hosts:
        jar.store_response(f"http://{host}/", [f"sid={host}", f"deep={host}; Path=/2"])

    async def visit(session, host, turn):
        url = f"http://{host}:{web.port}/{turn}?set-cookie=got{turn}%3D{host}"
        async with session.get(url, cookies={"turn": str(turn)}) as response:
            return host, turn, await response.text()

    async def visit_all():
        async with integration.attach(web.open(), jar) as session:
            visits = [visit(session, host, turn) for turn in rounds for host in hosts]
            return await asyncio.gather(*visits)

    answers = run(visit_all())

    assert len(answers) == 1_000
    for host, turn, text in answers:
        sent = [piece.partition("=")[::2] for piece in text.split("; ")]
        names = [name for name, _ in sent if not name.startswith("got")]
        assert names == [*(["deep"] if turn == 2 else []), "all", "sid", "turn"]
        assert {value for _, value in sent} <= {host, "1", str(turn)}
    assert len(jar) == foreign + 1 + 100 * 2 + 1_000
    assert jar.cookie_header(f"http://{hosts[7]}/5", extra={"all": ""}).count("got") == 10


# The interface of aiohttp's own jars


@pytest.fixture
def jar(subject):
    return subject.CookieJar(subject.BrowserCookiePolicy())


@pytest.fixture
def adapter(integration, jar):
    """Made where no event loop runs."""
    return integration.CookieJar(jar)


@pytest.fixture
def full(adapter, jar):
    """Cookies of all kinds."""
    fields = [
        "sid=s3cret; HttpOnly; Secure; SameSite=Lax; Max-Age=60",
        'quoted="s3cret x"; Domain=shop.test; Path=/a',
        "t=s3cret1; Path=/a",
        "t=s3cret2; Path=/",
        "gr\u00c3\u00bc=s3cret\u00c3\u00bc",
    ]
    jar.store_response("https://www.shop.test/", fields)
    jar.store_response("https://other.test/", ["o=s3cret"])
    return adapter


def test_filtered_cookies_can_be_read(full, yarl):
    found = full.filter_cookies(yarl.URL("https://www.shop.test/a"))

    assert [each.key for each in found.values()] == ["quoted", "t", "sid", "t", "gr\u00fc"]
    assert [each.coded_value for each in found.values()][:2] == ['"s3cret x"', "s3cret1"]
    assert found["quoted"].value == "s3cret x"
    assert found["t"].value == "s3cret1"
    assert found["gr\u00fc"].value == "s3cret\u00fc"
    assert "t" in found
    assert "o" not in found
    assert [each.key for each in full.filter_cookies("https://other.test/").values()] == ["o"]


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_filtered_cookies_can_be_copied(full, yarl, duplicate):
    """Those of aiohttp's own jar can."""
    copied = duplicate(full.filter_cookies(yarl.URL("https://www.shop.test/a")))

    assert [each.key for each in copied.values()] == ["quoted", "t", "sid", "t", "gr\u00fc"]
    assert sorted(copied) == list(copied)
    assert copied["t"].value == "s3cret1"
    assert "s3cret" not in repr(list(copied.items()))


def test_no_cookie_goes_where_none_can(full, yarl):
    """Such as to the server behind a Unix socket, with aiohttp's own scheme for it."""
    full.update_cookies_from_headers(["a=1"], yarl.URL("unix://shop.test/"))

    assert not full.filter_cookies(yarl.URL("unix://other.test/"))
    assert not full.filter_cookies(yarl.URL("/a"))
    assert len(full) == 6


def test_cookies_can_be_looked_at(full, yarl):
    morsels = {(each.key, each["path"]): each for each in full}
    sid, quoted = morsels["sid", "/"], morsels["quoted", "/a"]

    assert len(full) == len(morsels) == 6
    assert (sid["domain"], sid["secure"], sid["httponly"]) == ("www.shop.test", True, True)
    assert sid["samesite"] == "Lax"
    assert sid["expires"].endswith(" GMT")
    assert (quoted["domain"], quoted["expires"], quoted["secure"]) == ("shop.test", "", "")
    assert full.cookies["www.shop.test", "/a"]["t"].value == "s3cret1"
    assert ("www.shop.test", "/", "sid") in full.host_only_cookies
    assert ("shop.test", "/a", "quoted") not in full.host_only_cookies
    assert full.quote_cookie is False


def test_nothing_that_is_shown_has_a_value(full, yarl):
    found = full.filter_cookies(yarl.URL("https://www.shop.test/a"))
    shown = [*full, full, found, *found.values(), full.cookies, *full.cookies.values()]

    assert not [text for text in map(repr, shown) if "s3cret" in text]
    assert "'sid'" in repr(found)


def test_clear_by_predicate(full, jar):
    full.clear(lambda morsel: morsel.key == "t" and morsel["path"] == "/a")

    assert [(each.name, each.path) for each in jar if each.name == "t"] == [("t", "/")]
    assert len(jar) == 5


def test_clear_by_predicate_knows_partitions(adapter, jar, subject):
    """A cookie in a partition has a twin outside, of one domain, path and name."""
    context = subject.RequestContext(partition_key="https://news.example")
    field = "a={}; Secure; SameSite=None"
    jar.store_response(SAFE + "/", [field.format(1)])
    jar.store_response(SAFE + "/", [field.format(2) + "; Partitioned"], context=context)

    adapter.clear(lambda morsel: morsel.value == "2")

    assert [each.value for each in jar] == ["1"]


def test_clear_domain_means_subdomains_too(full, jar):
    full.clear_domain("shop.test")

    assert [each.name for each in jar] == ["o"]


def test_clear_all(full, jar):
    full.clear()

    assert len(full) == len(jar) == 0


def test_frozen_jar_is_not_cleared(full, integration, jar):
    frozen = integration.CookieJar(jar.frozen())

    for clear in (
        frozen.clear,
        lambda: frozen.clear(lambda morsel: True),
        lambda: frozen.clear_domain("shop.test"),
    ):
        with pytest.raises(TypeError, match="frozen"):
            clear()

    assert len(list(frozen)) == 6


def test_update_cookies_sets_as_a_response_does(adapter, jar, yarl):
    morsel = SimpleCookie('m="x y"; Path=/p; Max-Age=60; Secure; HttpOnly')["m"]

    adapter.update_cookies({"a": "1=2", "m": morsel}, yarl.URL(SAFE + "/deep/page"))
    adapter.update_cookies([("gr\u00fc", "\u20ac")], yarl.URL(SAFE))

    stored = {each.name: each for each in jar}
    assert (stored["a"].value, stored["a"].path) == ("1=2", "/deep")
    assert (stored["m"].value, stored["m"].path, stored["m"].secure) == ('"x y"', "/p", True)
    assert stored["m"].http_only
    assert stored["m"].expires is not None
    assert stored["gr\u00c3\u00bc"].value == "\u00e2\u0082\u00ac"


def test_cookies_without_a_host_are_refused(adapter):
    """aiohttp sends those of ClientSession(cookies=...) to every host."""
    with pytest.raises(ValueError, match="a cookie belongs to a host"):
        adapter.update_cookies({"a": "1"})
    adapter.update_cookies({})

    assert len(adapter) == 0


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        pytest.param({"a": "s3cret; Domain=b"}, ValueError, "has a ';'", id="value with attribute"),
        pytest.param(
            {"a": "s3cret\r\n"}, ValueError, "has a ';', CR, LF", id="value with line end"
        ),
        pytest.param({"a\ud800": "s3cret"}, ValueError, "surrogate", id="half a character"),
        pytest.param({"a": 1}, TypeError, "a text or a Morsel, got int", id="a number"),
    ],
)
def test_what_is_no_cookie_is_refused(adapter, yarl, given, error, message):
    with pytest.raises(error, match=message) as caught:
        adapter.update_cookies(given, yarl.URL(SHOP))

    assert "s3cret" not in str(caught.value)
    assert len(adapter) == 0


def test_morsel_with_a_broken_attribute_is_refused(adapter, yarl):
    morsel = SimpleCookie("a=s3cret")["a"]
    morsel["path"] = "/; Domain=test"

    with pytest.raises(ValueError, match="'a': an attribute has a ';'") as caught:
        adapter.update_cookies({"a": morsel}, yarl.URL(SHOP))

    assert "s3cret" not in str(caught.value)


def test_jar_with_what_http_cookies_refuses_can_be_looked_at(adapter, subject, make_cookie):
    adapter.jar.set_cookie(make_cookie(subject, "a[0]", "x\x01\u20ac", "shop.test", expires=10**14))

    (morsel,) = adapter

    assert (morsel.key, morsel.value) == ("a[0]", "x\ufffd\u20ac")
    assert morsel["expires"] == "Fri, 31 Dec 9999 23:59:59 GMT"


# At the door


@pytest.mark.parametrize("given", [{}, SimpleCookie(), http.cookiejar.CookieJar()])
def test_what_is_no_jar_is_refused(aiohttp, integration, run, given):
    async def attach():
        async with aiohttp.ClientSession() as session:
            integration.attach(session, given)

    for refuse in (lambda: integration.CookieJar(given), lambda: run(attach())):
        with pytest.raises(TypeError, match="expected a CookieJar of cookietin, got"):
            refuse()


def test_what_is_no_context_is_refused(integration, subject):
    with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
        integration.CookieJar(context=SHOP)


def test_what_is_no_session_is_refused(integration, subject):
    with pytest.raises(TypeError, match="expected a ClientSession, got str"):
        integration.attach(SHOP, subject.CookieJar())


def test_attach_loses_no_cookies_in_silence(aiohttp, integration, subject, run, yarl):
    async def attached():
        async with aiohttp.ClientSession() as session:
            session.cookie_jar.update_cookies({"sid": "31d4"}, yarl.URL("http://shop.test/"))
            with pytest.raises(ValueError, match="it has 1 cookies of its own") as caught:
                integration.attach(session, subject.CookieJar())
            session.cookie_jar.clear()
            integration.attach(session, subject.CookieJar())
            return str(caught.value)

    assert "31d4" not in run(attached())


def test_attached_session_shows_its_jar(aiohttp, integration, subject, run):
    jar, context = subject.CookieJar(), subject.RequestContext(site_for_cookies=NEWS)

    async def attach():
        async with aiohttp.ClientSession() as session:
            assert integration.attach(session, jar, context=context) is session
            return session.cookie_jar

    cookie_jar = run(attach())

    assert cookie_jar.jar is jar
    assert cookie_jar.cookie_context == context


def test_jar_is_made_if_none_is_given(integration, subject):
    adapter = integration.CookieJar()

    assert isinstance(adapter.jar, subject.CookieJar)
    assert adapter.cookie_context is None


def _sorting(request, cookies):
    request.headers["Cookie"] = "; ".join(sorted(each.OutputString() for each in cookies.values()))


def _asking_more(request, cookies, more):
    """Of another signature."""


@pytest.mark.parametrize("update_cookies", [_sorting, _asking_more])
def test_version_that_writes_otherwise_is_refused_at_import(
    aiohttp, integration, monkeypatch, update_cookies
):
    """So that no cookie goes wrong unnoticed with an aiohttp that is newer than this."""
    monkeypatch.setattr(aiohttp.ClientRequest, "update_cookies", update_cookies)
    spec = importlib.util.spec_from_file_location("another", integration.__file__)

    with pytest.raises(ImportError, match="does not know this version of aiohttp: ClientRequest"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
