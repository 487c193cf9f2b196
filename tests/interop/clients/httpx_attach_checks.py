"""What `attach` and the constructors have to keep, in httpx and httpx2, sync and async."""

import gc
import weakref

import pytest
from httpx_fixtures import SHOP, Clients


class AttachChecks(Clients):
    """Which clients and jars are taken, and what stays as it was."""

    def test_attach_keeps_what_a_subclass_does(
        self, httpx, ours, settings, closing, run, site, jar
    ):
        """The user's methods stay the outermost, and the jar decides below them."""

        class Mine(getattr(httpx, self.kind)):
            """Of a user."""

            def build_request(self, *args, **kwargs):
                request = super().build_request(*args, **kwargs)
                request.headers["X-Seen"] = request.headers.get("Cookie", "-")
                return request

        client = closing(Mine(**settings))

        attached = ours.attach(client, jar)
        run(client.get(site.url(SHOP, "sid=1")))
        response = run(client.get(SHOP))

        assert attached is client
        assert isinstance(client, Mine)
        assert isinstance(client, getattr(ours, self.kind))
        assert (type(client).__name__, type(client).__doc__) == ("Mine", "Of a user.")
        assert response.request.headers["X-Seen"] == "sid=1"
        assert client.cookies.jar is jar

    def test_clients_of_one_class_stay_so(self, httpx, ours, settings, closing, jar):
        """Programs ask `type(one) is type(other)`, and make clients as they go."""

        class Mine(getattr(httpx, self.kind)):
            pass

        one, other = (ours.attach(closing(Mine(**settings)), jar) for _ in range(2))

        assert type(one) is type(other)

    def test_class_of_a_program_is_not_held(self, httpx, ours, run, settings, jar):
        """A test suite, say, makes one for each test."""
        known = []

        for _ in range(2):
            kind = type("Mine", (getattr(httpx, self.kind),), {})
            client = ours.attach(kind(**settings), jar)
            run(client.close() if self.kind == "Client" else client.aclose())
            known.append(weakref.ref(kind))
            del kind, client
        for _ in range(2):  # ours goes first, then the program's
            gc.collect()

        assert [each() for each in known] == [None, None]

    def test_attach_again_hands_over_another_jar(self, plain, ours, run, site, subject):
        first, second = subject.CookieJar(), subject.CookieJar()
        client = ours.attach(plain(), first)
        run(client.get(site.url(SHOP, "sid=1")))

        ours.attach(client, second)
        run(client.get(SHOP))

        assert type(client) is getattr(ours, self.kind)
        assert site.cookies() == [None, None]
        assert (len(first), len(second)) == (1, 0)

    def test_attach_takes_a_client_that_has_the_jar(self, plain, ours, run, site, jar):
        """Programs have Client(cookies=jar) today."""
        jar.set("sid", "1", url=SHOP)

        run(ours.attach(plain(cookies=jar), jar).get(SHOP))

        assert site.cookies() == ["sid=1"]

    def test_attach_loses_no_cookies_in_silence(self, plain, ours, jar):
        client = plain(cookies={"sid": "31d4"})

        with pytest.raises(ValueError, match="it has 1 cookies of its own") as caught:
            ours.attach(client, jar)

        assert "31d4" not in str(caught.value)
        assert not isinstance(client, ours.Client | ours.AsyncClient)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            pytest.param(
                ("client", {}), "jar: expected a CookieJar of cookietin, got dict", id="jar"
            ),
            pytest.param(
                ("client", "jar", SHOP), "context: expected a RequestContext", id="context"
            ),
            pytest.param(("text", "jar"), "client: expected a Client or AsyncClient", id="client"),
        ],
    )
    def test_attach_refuses_what_it_cannot_take(self, plain, ours, jar, arguments, message):
        known = {"client": plain(), "jar": jar}
        client, given, *context = [
            known.get(each, each) if isinstance(each, str) else each for each in arguments
        ]

        with pytest.raises(TypeError, match=message):
            ours.attach(client, given, context=context[0] if context else None)

    def test_jar_of_the_standard_library_is_refused(self, ours, stdlib, subject):
        with pytest.raises(TypeError, match="expected a CookieJar of cookietin"):
            getattr(ours, self.kind)(stdlib.CookieJar())
        with pytest.raises(TypeError, match="give it one of the two"):
            getattr(ours, self.kind)(subject.CookieJar(), cookies=subject.CookieJar())
