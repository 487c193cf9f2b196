"""What `client.cookies` and `client.cookies = ...` have to keep, in httpx and httpx2, sync and async."""

import pytest
from httpx_fixtures import SHOP, Clients


class CookiesChecks(Clients):
    """The mapping that users of httpx know, over the jar."""

    def test_client_without_a_jar_has_one(self, make, run, site, subject):
        client = make()

        run(client.get(site.url(SHOP, "sid=1")))

        assert type(client.cookies.jar) is subject.CookieJar
        assert client.cookies["sid"] == "1"

    def test_constructor_takes_cookies_as_httpx_does(self, make, run, site, jar):
        clients = [make(cookies=jar), make(cookies={"a": "1"}), make(cookies=[("b", "2")])]
        jar.set("sid", "1", url=SHOP)

        for client in clients:
            run(client.get(SHOP))

        assert clients[0].cookies.jar is jar
        assert site.cookies() == ["sid=1", "a=1", "b=2"]

    def test_cookies_are_the_mapping_that_users_know(self, httpx, make, plain, run, site, jar):
        """Each line gives what it gives with httpx's own."""
        results = []
        for client in (make(jar), plain()):
            cookies = client.cookies
            run(client.get(site.url(SHOP, "sid=1", "theme=dark; Path=/a", "old=1")))
            cookies.set("lang", "de", domain="shop.test", path="/a")
            cookies["all"] = "0"
            cookies.update({"more": "1"})
            cookies.update(httpx.Cookies([("pair", "2")]))
            del cookies["old"]
            seen = [
                cookies["sid"],
                cookies.get("theme", None, "shop.test", "/a"),
                cookies.get("theme", "none", "shop.test", "/b"),
                cookies.get("nothing"),
                cookies.pop("pair"),
                sorted(cookies),
                sorted(cookies.items()),
                len(cookies),
                bool(cookies),
                "sid" in cookies,
                isinstance(cookies, httpx.Cookies),
            ]
            run(client.get(f"{SHOP}a/b"))
            cookies.delete("sid", "shop.test", "/")
            cookies.clear("shop.test", "/a")
            seen += [sorted(cookies), cookies.clear(), bool(cookies)]
            results.append(seen)

        mine, its = site.cookies()[1], site.cookies()[3]
        assert results[0] == results[1]
        assert sorted(mine.split("; ")) == sorted(its.split("; "))
        assert client.cookies is client.cookies

    def test_name_that_several_cookies_have(self, httpx, make, run, site, jar):
        client = make(jar)
        run(client.get(site.url(SHOP, "t=1; Path=/", "t=2; Path=/a")))

        with pytest.raises(httpx.CookieConflict):
            client.cookies["t"]
        with pytest.raises(KeyError):
            client.cookies["nothing"]

    def test_no_value_is_shown(self, make, jar):
        jar.set("sid", "31d4", url=SHOP)

        shown = repr(make(jar).cookies)

        assert shown == "<Cookies[<Cookie sid for shop.test />]>"

    def test_text_goes_as_utf_8_and_comes_so(self, make, plain, run, site, jar):
        """httpx reads it so too, and cannot send it; the jar has the octets, as latin-1 characters."""
        page = site.url(SHOP, "town=\xc5\x81\xc3\xb3d\xc5\xba; Path=/x")
        client, its = make(jar), plain()
        client.cookies.set("city", "Krak\xf3w", domain="shop.test")

        run(client.get(page))
        run(its.get(page))
        run(client.get(site.url(f"{SHOP}2", "old=\xe9; Path=/x")))

        assert client.cookies["town"] == its.cookies["town"] == "\u0141\xf3d\u017a"
        assert (client.cookies["city"], client.cookies["old"]) == ("Krak\xf3w", "\xe9")
        assert site.cookies() == ["city=Krak\xc3\xb3w", None, "city=Krak\xc3\xb3w"]
        assert jar.get("city").value == "Krak\xc3\xb3w"

    def test_characters_that_are_no_octets_go_as_utf_8(
        self, make, run, site, jar, make_cookie, subject
    ):
        """A program can store them; then they must not stop the requests."""
        jar.set_cookie(make_cookie(subject, "price", "5 \u20ac", "shop.test"))
        jar.set_cookie(make_cookie(subject, "octet", "\xe9", "shop.test"))

        run(make(jar).get(SHOP))

        assert site.cookies() == ["price=5 \xe2\x82\xac; octet=\xe9"]

    def test_cookies_that_the_client_would_refuse_stay_at_home(
        self, make, run, site, jar, make_cookie, subject
    ):
        """The request must not fail for them, with an error that shows a value."""
        for name, value in (("a", "x\x0by"), ("b", "2\x0c"), ("c", "3"), ("d", "4 ")):
            jar.set_cookie(make_cookie(subject, name, value, "shop.test"))

        run(make(jar).get(SHOP))

        assert site.cookies() == ["c=3; d=4"]

    @pytest.mark.parametrize("value", ["1; evil=2", "1\r\nX-Evil: 2", "evil\x0b"])
    def test_value_that_would_inject_is_refused(self, make, jar, value):
        client = make(jar)

        for refuse in (
            lambda: client.cookies.set("mine", value, domain="shop.test"),
            lambda: client.cookies.update({"mine": value}),
            lambda: setattr(client, "cookies", {"mine": value}),
        ):
            with pytest.raises(ValueError, match=r"^cookies: .*'mine'") as caught:
                refuse()
            assert "evil" not in str(caught.value).lower()
        assert len(jar) == 0

    def test_cookie_for_all_hosts_is_refused_where_it_would_lie_for_nothing(
        self, make, browser_jar
    ):
        """Browser rules send no cookie without a domain."""
        client = make(browser_jar)

        with pytest.raises(ValueError, match=r"name it: client\.cookies\.set"):
            client.cookies["sid"] = "1"
        client.cookies.set("sid", "1", domain="shop.test")

        assert browser_jar.cookie_header(SHOP) == "sid=1"

    def test_jar_that_is_assigned_is_the_jar(self, make, run, site, subject, link):
        first, second = subject.CookieJar(), subject.CookieJar()
        second.set("sid", "2", url=SHOP)
        client = make(first, context=link)
        first.set("sid", "1", url=SHOP)

        client.cookies = second
        run(client.get(SHOP))

        assert client.cookies.jar is second
        assert client.cookie_context is link
        assert site.cookies() == ["sid=2"]

    @pytest.mark.parametrize(
        ("assigned", "left"),
        [
            pytest.param({}, {}, id="an empty dict"),
            pytest.param(None, {}, id="None"),
            pytest.param({"b": "2"}, {"b": "2"}, id="a dict"),
            pytest.param([("b", "2"), ("c", "3")], {"b": "2", "c": "3"}, id="pairs"),
        ],
    )
    def test_cookies_that_are_assigned_take_the_place_of_others(self, make, jar, assigned, left):
        """`client.cookies = {}` is how programs log out; the jar must not go on sending."""
        client = make(jar)
        jar.set("sid", "1", url=SHOP)

        client.cookies = assigned

        assert client.cookies.jar is jar
        assert jar.to_dict() == left

    def test_cookies_of_clients_can_be_assigned(self, httpx, make, jar, subject):
        client, other = make(jar), make(subject.CookieJar())
        jar.set("sid", "1", url=SHOP)

        client.cookies = client.cookies
        other.cookies = client.cookies

        assert jar.to_dict() == other.cookies.jar.to_dict() == {"sid": "1"}
        assert other.cookies.jar is not jar

    def test_what_cannot_be_assigned(self, make, stdlib, jar):
        client = make(jar)

        for given in (stdlib.CookieJar(), "sid=31d4"):
            with pytest.raises(TypeError, match=r"client\.cookies\.update") as caught:
                client.cookies = given
            assert "31d4" not in str(caught.value)
        assert client.cookies.jar is jar

    def test_jar_of_the_client_for_one_request_adds_nothing(self, make, run, site, jar):
        """Programs write `cookies=client.cookies`; cookies of one name and two paths stay two."""
        jar.store_response(f"{SHOP}cart/", ["a=1; Path=/", "a=2; Path=/cart"])
        client = make(jar)

        for given in (client.cookies, jar):
            run(client.send(client.build_request("GET", f"{SHOP}cart/", cookies=given)))

        assert site.cookies() == ["a=2; a=1"] * 2
