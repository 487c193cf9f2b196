"""What the integrations of httpx and httpx2 have to keep beside what all have; sync and async.

A test module gives the fixtures `httpx` (the client) and `ours` (the integration), and derives a class
for each kind of client.

Rules of this file:
- What is httpx's own behaviour is compared with a client of httpx, not written down.
"""

import asyncio
import contextlib
import pickle
import warnings

import pytest
from httpx_attach_checks import AttachChecks
from httpx_auth_checks import AuthChecks
from httpx_cookies_checks import CookiesChecks
from httpx_fixtures import OTHER, SAFE, SHOP, AsyncClients, SyncClients
from httpx_streams_checks import CrowdChecks, Http2Checks
from integration_checks import IntegrationChecks

SCRIPT = """
import os, ssl, sys
from cookietin import open_jar
from cookietin.integrations.{client} import Client

jar = open_jar(sys.argv[1], "mozilla")
tls = ssl.create_default_context(cafile=os.environ["CA_FILE"])
with Client(jar, verify=tls) as client:
    print(client.get(sys.argv[2]).text)
jar.save(ignore_discard=True)
"""

ASYNC_SCRIPT = """
import asyncio, os, ssl, sys
from cookietin import open_jar
from cookietin.integrations.{client} import AsyncClient

async def main():
    jar = open_jar(sys.argv[1], "mozilla")
    tls = ssl.create_default_context(cafile=os.environ["CA_FILE"])
    async with AsyncClient(jar, verify=tls) as client:
        print((await client.get(sys.argv[2])).text)
    jar.save(ignore_discard=True)

asyncio.run(main())
"""


class Checks(IntegrationChecks, AttachChecks, CookiesChecks, AuthChecks, Http2Checks):
    """Of a client of either kind."""

    @pytest.fixture
    def opened(self, make, run):
        @contextlib.contextmanager
        def open_client(jar, context=None):
            client = make(jar, context=context)

            def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
                extensions = None if context is None else {"cookie_context": context}
                request = client.build_request(
                    method, url, headers=headers, cookies=cookies, extensions=extensions
                )
                return run(client.send(request)).text

            yield fetch

        return open_client

    # Requests

    def test_cookies_of_a_request_in_every_form(self, httpx, make, run, site, subject, stdlib, jar):
        """Cookies and jars have domains of their own, which hold."""
        jar.set("sid", "1", url=SHOP)
        client = make(jar)
        cookies = httpx.Cookies()
        given = subject.CookieJar()
        for each in (cookies.jar, given):
            for name, domain in (("a", "shop.test"), ("b", "other.test"), ("sid", "shop.test")):
                httpx.Cookies(each).set(name, "2", domain=domain)

        for form in ({"sid": "2"}, [("sid", "3"), ("x", "é")], cookies, cookies.jar, given):
            run(client.send(client.build_request("GET", SHOP, cookies=form)))

        assert site.cookies() == ["sid=2", "sid=3; x=Ã©", *["a=2; sid=2"] * 3]
        assert jar.to_dict() == {"sid": "1"}

    @pytest.mark.parametrize("family", ["httpx's", "ours"])
    def test_jar_for_one_request_is_asked_for_each_hop(
        self, httpx, make, run, site, subject, jar, family
    ):
        """Its cookies go where their domain and path say; those of no domain stay at the host."""
        given = httpx.Cookies(subject.CookieJar() if family == "ours" else None)
        for name, domain, path in (
            ("a", "shop.test", "/cart"),
            ("b", "shop.test", "/"),
            ("far", "other.test", "/"),
            ("any", "", "/"),
        ):
            given.set(name, "1", domain, path)
        back = site.url(OTHER, to=f"{SHOP}cart")
        start = site.url(f"{SHOP}cart/2", to=site.url(SHOP, to=back))

        run(make(jar).send(make(jar).build_request("GET", start, cookies=given)))

        sent = [sorted(field.split("; ")) for field in site.cookies()]
        assert sent == [["a=1", "any=1", "b=1"], ["any=1", "b=1"], ["far=1"], ["a=1", "b=1"]]
        assert len(jar) == 0

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickled_response_is_the_client_s_alone(self, make, run, site, jar, protocol):
        """Caches and queues pickle responses; who reads them need not have this package."""
        jar.set("other", "secret", url=OTHER)
        client = make(jar)
        start = client.build_request("GET", site.url(SHOP, "sid=1", to=SHOP), cookies={"a": "2"})
        answer = run(client.send(start))

        pickled = pickle.dumps(answer, protocol)
        twin = pickle.loads(pickled)

        assert b"secret" not in pickled
        assert b"cookietin." not in pickled
        assert twin.request.headers["Cookie"] == "sid=1; a=2"

    def test_what_are_no_cookies_of_a_request(self, make, jar):
        with pytest.raises(TypeError, match="cookies: expected a dict") as caught:
            make(jar).build_request("GET", SHOP, cookies="sid=31d4")

        assert "31d4" not in str(caught.value)

    def test_warning_of_httpx_is_httpx_s_own(self, make, plain, run, site, jar):
        """httpx warns of cookies of one request; ours warns where it does, and sends them."""
        told = []
        for client in (make(jar), plain()):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                run(client.get(SHOP, cookies={"a": "1"}))
            told.append([(each.category, str(each.message)) for each in caught])

        assert told[0] == told[1]
        assert site.cookies() == ["a=1", "a=1"]

    def test_cookie_header_of_the_program_is_treated_as_httpx_does(
        self, make, plain, run, site, jar
    ):
        """It stands alone, and only until the first redirect."""
        for client in (make(jar), plain()):
            run(client.get(site.url(SHOP, "sid=1")))
            client.headers["Cookie"] = "of=client"
            target = site.url(SHOP, to=f"{SHOP}2")
            run(client.send(client.build_request("GET", target, headers={"cookie": "mine=1"})))
            run(client.send(client.build_request("GET", target, cookies={"mine": "2"})))

        seen = site.cookies()
        assert seen[:5] == seen[5:] == [None, "mine=1", "sid=1", "of=client", "sid=1"]

    def test_request_that_a_program_made_itself(self, httpx, make, plain, run, site, jar):
        """httpx gives it no cookies, but those of redirects, and learns from its response."""
        for client in (make(jar), plain()):
            run(client.get(site.url(SHOP, "sid=1")))
            run(client.send(httpx.Request("GET", site.url(SHOP, "b=2", to=f"{SHOP}2"))))

        seen = site.cookies()
        assert seen[:3] == seen[3:] == [None, None, "sid=1; b=2"]

    def test_request_that_a_program_made_can_have_its_cookies(
        self, httpx, make, run, site, jar, link
    ):
        """By the method of httpx's Cookies; the jar is asked, with the context of the client."""
        jar.set("sid", "1", url=SHOP)
        client = make(jar, context=link)
        request = httpx.Request("GET", SHOP)

        client.cookies.set_cookie_header(request)
        run(client.send(request))

        assert site.cookies() == ["sid=1"]

    def test_built_request_has_its_cookies(self, make, jar):
        jar.set("sid", "1", url=SHOP)

        request = make(jar, base_url=SHOP).build_request("POST", "/cart", json={"a": 1})

        assert request.headers["Cookie"] == "sid=1"
        assert (str(request.url), request.content[:4]) == (f"{SHOP}cart", b'{"a"')

    def test_next_request_of_a_redirect_that_is_not_followed(self, make, run, site, jar):
        client = make(jar, follow_redirects=False)

        response = run(client.get(site.url(SHOP, "sid=1", to=f"{SHOP}2")))
        run(client.send(response.next_request))

        assert site.cookies() == [None, "sid=1"]

    def test_response_has_the_cookies_that_it_set(self, make, run, site, jar):
        client = make(jar)

        first = run(client.get(site.url(SHOP, "a=1", "b=2", to=site.url(f"{SHOP}2", "c=3"))))
        last = run(client.get(SHOP))

        assert [dict(each.cookies) for each in (first.history[0], first, last)] == [
            {"a": "1", "b": "2"}, {"c": "3"}, {},
        ]  # fmt: skip

    def test_url_that_no_cookie_goes_to(self, httpx, make, run, site, jar):
        """A transport may have a scheme of its own; and httpx builds what it cannot send."""

        def answer(request):
            return httpx.Response(200, headers={"Set-Cookie": "sid=1"})

        client = make(jar, transport=httpx.MockTransport(answer))
        jar.set("sid", "1", url=SHOP)

        built = client.build_request("GET", "/nowhere")
        response = run(
            client.send(client.build_request("GET", "unix://shop.test/", cookies={"a": "1"}))
        )

        assert "Cookie" not in built.headers
        assert response.request.headers["Cookie"] == "a=1"
        assert len(jar) == 1

    # What a program hangs on to a client

    def test_hooks_see_each_hop_and_may_change_it(self, make, run, site, jar):
        seen = []

        def before(request):
            seen.append(request.headers.get("Cookie"))
            if request.url.path == "/3":
                request.headers["Cookie"] = "hook=1"

        def after(response):
            seen.append(len(jar))

        async def before_async(request):
            before(request)

        async def after_async(response):
            after(response)

        asynchronous = self.kind == "AsyncClient"
        client = make(jar)
        client.event_hooks = {
            "request": [before_async if asynchronous else before],
            "response": [after_async if asynchronous else after],
        }

        run(client.get(site.url(SHOP, "a=1", to=site.url(f"{SHOP}2", "b=2", to=f"{SHOP}3"))))

        assert seen == [None, 1, "a=1", 2, "a=1; b=2", 2]
        assert site.cookies() == [None, "a=1", "hook=1"]

    def test_mounts_and_transports_are_asked(self, httpx, make, run, jar):
        def answer(request):
            return httpx.Response(200, headers=[("Set-Cookie", "sid=1"), ("set-cookie", "b=2")])

        client = make(jar, mounts={"all://shop.test": httpx.MockTransport(answer)})

        run(client.get(SHOP))
        response = run(client.get(SHOP))

        assert response.request.headers["Cookie"] == "sid=1; b=2"

    def test_extensions_reach_the_transport_as_they_were(self, httpx, make, run, jar, link):
        """Of each hop, beside what httpx puts there."""
        seen = []

        def answer(request):
            seen.append(request.extensions)
            return httpx.Response(302 if len(seen) == 1 else 200, headers={"Location": "/2"})

        client = make(jar, transport=httpx.MockTransport(answer))

        run(client.get(SHOP, extensions={"cookie_context": link, "mine": 1}))

        for extensions in seen:
            assert sorted(extensions) == ["cookie_context", "mine", "timeout"]
            assert extensions["cookie_context"] is link

    def test_what_is_no_context_is_refused(self, httpx, make, run, site, jar):
        """Before anything is sent."""
        client = make(jar)
        wrong = {"cookie_context": SHOP}
        by_hand = httpx.Request("GET", SHOP, extensions=wrong)

        for refuse in (
            lambda: make(jar, context=SHOP),
            lambda: setattr(client, "cookie_context", SHOP),
            lambda: client.build_request("GET", SHOP, extensions=wrong),
            lambda: run(client.send(by_hand)),
        ):
            with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
                refuse()
        assert site.seen == []

    def test_context_of_a_client_can_change(self, same_site_jar, make, run, site, link, image):
        client = make(same_site_jar)

        for context in (None, link, image):
            client.cookie_context = context
            run(client.get(SAFE))

        assert site.cookies() == ["strict=1; lax=1; none=1", "lax=1; none=1", "none=1"]

    # Jars of programs

    def test_jar_class_for_the_standard_library_is_asked_its_way(self, subject, opened, site, link):
        """A program's class may have replaced what urllib calls, and nothing else."""
        calls = []

        class Mine(subject.CookieJar):
            def add_cookie_header(self, request):
                calls.append((request.get_method(), request.cookie_context))
                super().add_cookie_header(request)

            def extract_cookies(self, response, request):
                calls.append(len(response.info().get_all("Set-Cookie")))
                super().extract_cookies(response, request)

        jar = Mine()
        with opened(jar, link) as fetch:
            fetch(site.url(SHOP, "a=1", "b=2", "c=\xe9"))
            fetch(SHOP, cookies={"b": "3"})
            fetch(OTHER, cookies={"b": "3"})

        assert site.cookies() == [None, "a=1; c=\xe9; b=3", "b=3"]
        assert calls == [("GET", link), 3, ("GET", link), ("GET", link)]


class SyncChecks(SyncClients, Checks):
    def test_response_that_is_streamed(self, make, site, jar):
        client = make(jar)

        with client.stream("GET", site.url(SHOP, "sid=1"), cookies={"a": "1"}) as response:
            stored = len(jar)
            response.read()

        assert stored == 1
        assert site.cookies() == ["a=1"]


class AsyncChecks(AsyncClients, Checks, CrowdChecks):
    def test_response_that_is_streamed(self, make, run, site, jar):
        client = make(jar)

        async def act():
            async with client.stream(
                "GET", site.url(SHOP, "sid=1"), cookies={"a": "1"}
            ) as response:
                stored = len(jar)
                await response.aread()
                return stored

        assert run(act()) == 1
        assert site.cookies() == ["a=1"]

    def test_stream_of_events(self, httpx, make, run, jar):
        """Of httpx2; its websocket goes the same way, by `stream`."""
        if not hasattr(httpx.AsyncClient, "sse"):
            pytest.skip("this version has none")
        headers = {"Content-Type": "text/event-stream", "Set-Cookie": "b=2"}
        transport = httpx.MockTransport(lambda request: httpx.Response(200, headers=headers))
        client = make(jar, transport=transport)
        jar.set("sid", "1", url=SHOP)

        async def act():
            async with client.sse(SHOP) as source:
                return source.response.request.headers["Cookie"]

        assert run(act()) == "sid=1"
        assert sorted(jar.to_dict()) == ["b", "sid"]

    def test_contexts_of_tasks_do_not_mix(self, same_site_jar, make, run, site, link, image):
        """A block holds in its own task, while others wait for their answers."""
        from cookietin.integrations import cookie_context

        client = make(same_site_jar)

        async def visit(context, page):
            with cookie_context(context):
                await client.get(site.url(f"{SAFE}{page}", to=f"{SAFE}{page}/2"))

        async def crowd():
            await asyncio.gather(
                *(visit(c, n) for c, n in ((link, "l"), (image, "i"), (None, "n")))
            )

        run(crowd())

        assert {(seen.url[-3:], seen.cookie) for seen in site.seen if seen.url[-2:] == "/2"} == {
            ("l/2", "lax=1; none=1"), ("i/2", "none=1"), ("n/2", "strict=1; lax=1; none=1"),
        }  # fmt: skip
