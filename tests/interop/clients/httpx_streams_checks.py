"""What many requests at once have to keep, in httpx and httpx2: over HTTP/2, and a crowd on one jar."""

import asyncio
import ssl

import pytest
from httpx_fixtures import SAFE, Clients

OTHERS = "https://other.test/"
STREAMS = 50
CROWD = 1_000


class Http2Checks(Clients):
    """Over TLS with ALPN, to a server that speaks HTTP/2 alone."""

    @pytest.fixture
    def server(self, client_module):
        trustme, _ = client_module("trustme"), client_module("h2")
        from http2_server import running

        authority = trustme.CA()
        with running(authority, "shop.test", "other.test") as server:
            server.trust = authority.configure_trust
            yield server

    @pytest.fixture
    def make_http2(self, make, server):
        """Makes a client of the integration that speaks HTTP/2."""
        tls = ssl.create_default_context()
        server.trust(tls)
        return lambda jar: make(jar, http2=True, verify=tls, proxy=server.proxy)

    def test_login_over_http2(self, make_http2, server, run, site, jar):
        """Hosts, redirects, cookies of a request and octets, as over HTTP/1.1."""
        client = make_http2(jar)
        back = site.url(f"{SAFE}back", "c=3; Secure")
        away = site.url(OTHERS, "b=\xe9", to=back)

        request = client.build_request("GET", site.url(SAFE, "a=1", to=away), cookies={"m": "0"})
        response = run(client.send(request))
        run(client.get(SAFE))
        run(client.get(OTHERS))

        assert response.http_version == "HTTP/2"
        assert server.connections == ["h2", "h2"]
        assert [cookie for _, cookie in server.seen] == [
            "m=0", None, "a=1", "a=1; c=3", "b=\xe9",
        ]  # fmt: skip


class CrowdChecks(Clients):
    """Of an async client."""

    def test_many_streams_of_one_connection(self, make_http2, server, run, site, jar):
        """All are open at once, each has its cookies, and what each sets is kept."""
        client = make_http2(jar)
        jar.set("sid", "1", url=SAFE)
        pages = [
            site.url(f"{SAFE}{number}", f"c{number}={number}; Path=/{number}")
            + f"&together={STREAMS}"
            for number in range(STREAMS)
        ]

        async def crowd():
            await client.get(SAFE)  # so that there is a connection
            for _ in range(2):
                await asyncio.gather(*map(client.get, pages))

        run(crowd())

        assert server.connections == ["h2"]
        assert sorted(server.seen) == sorted(
            [
                (SAFE, "sid=1"),
                *((f"{SAFE}{number}", "sid=1") for number in range(STREAMS)),
                *((f"{SAFE}{number}", f"c{number}={number}; sid=1") for number in range(STREAMS)),
            ]
        )

    @pytest.mark.parametrize("foreign", [0, 10_000])
    def test_thousand_requests_at_once_on_one_jar(
        self, httpx, make, run, subject, jar, make_cookie, foreign
    ):
        """
        Every user on its host logs in, is redirected and comes back, all of them at once.

        The transport answers nobody until a thousand wait, three times over.
        """
        for number in range(foreign):
            jar.set_cookie(make_cookie(subject, "f", "1", f"host{number}.example"))
        transport = _gate(httpx)
        client = make(jar, transport=transport, timeout=None)

        async def visit(number):
            host = f"https://user{number}.shop.test"
            await client.get(f"{host}/login?set=sid%3D{number}")  # redirected to /home
            cookies = {"mine": str(number)}
            response = await client.send(
                client.build_request("GET", f"{host}/cart", cookies=cookies)
            )
            return response.request.headers["Cookie"]

        async def crowd():
            return await asyncio.gather(*map(visit, range(CROWD)))

        sent = run(crowd())

        assert sent == [f"sid={number}; mine={number}" for number in range(CROWD)]
        assert transport.homes == {
            f"user{number}.shop.test": f"sid={number}" for number in range(CROWD)
        }
        assert transport.most_at_once == CROWD
        assert len(jar) == foreign + CROWD


def _gate(httpx):
    """A transport that lets a thousand requests through at a time."""

    class Gate(httpx.AsyncBaseTransport):
        def __init__(self):
            self.homes, self.waiting, self.most_at_once = {}, [], 0

        async def handle_async_request(self, request):
            place = asyncio.get_running_loop().create_future()
            self.waiting.append(place)
            self.most_at_once = max(self.most_at_once, len(self.waiting))
            if len(self.waiting) == CROWD:
                for each in self.waiting:
                    each.set_result(None)
                self.waiting = []
            await place
            if "set" in request.url.params:
                headers = {"Set-Cookie": request.url.params["set"], "Location": "/home"}
                return httpx.Response(302, headers=headers)
            if request.url.path == "/home":
                self.homes[request.url.host] = request.headers.get("Cookie")
            return httpx.Response(200)

    return Gate()
