"""What authentications have to keep, in httpx and httpx2: the jar is asked for each request."""

import pytest
from httpx_fixtures import SHOP, Clients


class AuthChecks(Clients):
    """With the client's own digest authentication, and with flows of a program."""

    @pytest.fixture
    def guarded(self, httpx):
        """A transport that wants digest authentication, and sets a cookie while it says so."""
        seen = []

        def answer(request):
            seen.append(request.headers.get("Cookie"))
            if "Authorization" in request.headers:
                return httpx.Response(200, headers={"Set-Cookie": "in=1"})
            challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'
            headers = [("WWW-Authenticate", challenge), ("Set-Cookie", f"try={len(seen)}")]
            return httpx.Response(401, headers=headers)

        return seen, httpx.MockTransport(answer)

    @pytest.mark.parametrize(
        ("stored", "cookies", "expected"),
        [
            pytest.param(None, None, [None, "try=1"], id="nothing stored"),
            pytest.param("sid", None, ["sid=1", "sid=1; try=1"], id="a cookie stored"),
            pytest.param("try", {"m": "2"}, ["try=1; m=2", "try=1; m=2"], id="and of the request"),
        ],
    )
    def test_digest_asks_the_jar_for_each_request(
        self, httpx, make, run, jar, guarded, stored, cookies, expected
    ):
        seen, transport = guarded
        client = make(jar, transport=transport, auth=httpx.DigestAuth("user", "password"))
        if stored:
            jar.set(stored, "1", url=SHOP)

        response = run(client.send(client.build_request("GET", SHOP, cookies=cookies)))

        assert response.status_code == 200
        assert seen == expected
        assert jar.get("in").value == "1"

    def test_digest_does_not_go_past_the_policy(self, httpx, make, run, subject, guarded):
        """httpx adds the cookies of the 401 by the standard library's rules."""

        class Refuse(subject.DefaultCookiePolicy):
            def set_ok(self, cookie, request):
                return False

        seen, transport = guarded
        jar = subject.CookieJar(Refuse())
        client = make(jar, transport=transport, auth=httpx.DigestAuth("user", "password"))

        run(client.get(SHOP))

        assert seen == [None, None]

    def test_cookie_header_of_an_authentication_stays(self, httpx, make, run, jar, guarded):
        """Flows may set it, and a header of the user's stays through the flow."""

        class Login(httpx.Auth):
            def auth_flow(self, request):
                response = yield request
                request.headers["Cookie"] = response.cookies["try"] + "-by-hand"
                yield request

        seen, transport = guarded
        client = make(jar, transport=transport)

        run(client.get(SHOP, auth=Login()))
        run(client.get(SHOP, headers={"Cookie": "mine=1"}, auth=httpx.DigestAuth("u", "p")))

        assert seen == [None, "1-by-hand", "mine=1", "mine=1"]

    def test_authentication_that_logs_in_by_a_request_of_its_own(self, httpx, make, run, jar, site):
        """What the first response of a flow sets goes with the request that waits for it."""

        class Login(httpx.Auth):
            def auth_flow(self, request):
                yield httpx.Request("GET", site.url(SHOP, "sid=1"))
                yield request

        run(make(jar, auth=Login()).get(f"{SHOP}cart"))

        assert site.cookies() == [None, "sid=1"]
