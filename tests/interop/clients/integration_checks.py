"""What every integration has to keep, checked over a real loopback server, http and https.

A test module of an integration derives a class from `IntegrationChecks` (named `Test...`) and gives it a
fixture `opened`:

    opened(jar, context=None) -> context manager that yields `fetch`
    fetch(url, headers=None, *, cookies=None, method="GET", context=None) -> the last page's text

`opened` goes through `site.proxies` and trusts `site.ca_file`; `fetch` follows redirects and runs in the
calling thread (an asyncio client runs its loop there).

Rules of this file:
- The server's record (`site.seen`) is what counts, and beside it what the jar holds.
- What a client cannot do is said by an attribute of the class, with the reason beside it.
"""

import importlib.util
import json
import subprocess
import sys
from collections import Counter

import pytest
from cost_checks import CostChecks
from scenarios import BROWSER, OTHER, SAFE, SHOP, WWW

NEWS = "https://news.example"


def skip_without(client):
    """Skip the test module that calls this where a client is not installed."""
    if importlib.util.find_spec(client) is None:
        pytest.skip(f"{client} is not installed", allow_module_level=True)


class IntegrationChecks(CostChecks):
    """The checks; see the module."""

    # Whether fetch takes `context`: the client has a native place for what one request says.
    context_for_each_request = True
    # What the server sees where the program gives a Cookie header and the jar has `sid=1`.
    own_header = "mine=1"
    # A program that logs in or reads a page with a jar in a file; see `test_second_process`.
    script = ""

    @pytest.fixture
    def jar(self, subject):
        return subject.CookieJar()

    @pytest.fixture
    def browser_jar(self, subject):
        return subject.CookieJar(subject.BrowserCookiePolicy())

    # The tables

    def test_standard_rules(self, scenario, play, opened, subject, by_urllib):
        """The same requests and the same jar as urllib with the standard library's jar."""
        visits, headers = scenario
        expected = by_urllib(visits)
        headers = [self.own_header if header == "mine=1" else header for header in headers]

        seen, held = play(opened, subject, visits)

        assert [request.cookie for request in seen] == headers
        assert [request.url for request in seen] == [request.url for request in expected[0]]
        assert held == expected[1]

    @pytest.mark.parametrize("row", BROWSER)
    def test_browser_rules(self, row, play, opened, subject):
        """The policy of the jar is asked for what goes out as well as for what comes in."""
        visits, headers = row

        seen, _ = play(opened, subject, visits, subject.BrowserCookiePolicy())

        assert [request.cookie for request in seen] == headers

    # The policy

    @pytest.mark.parametrize("family", ["DefaultCookiePolicy", "BrowserCookiePolicy"])
    def test_policy_is_asked_on_every_hop(self, subject, opened, site, family):
        """Once for each cookie that comes, and for what goes, by the URL of the hop."""
        asked = {"set": Counter(), "return": Counter()}

        class Asked(getattr(subject, family)):
            def set_ok(self, cookie, request):
                asked["set"][request.get_full_url().partition("?")[0], cookie.name] += 1
                return super().set_ok(cookie, request)

            def return_ok(self, cookie, request):
                asked["return"][request.get_full_url().partition("?")[0], cookie.name] += 1
                return super().return_ok(cookie, request)

        jar = subject.CookieJar(Asked())
        back = site.url(f"{SHOP}/back", "c=3")
        start = site.url(f"{SHOP}/", "a=1", to=site.url(f"{OTHER}/", "b=2", to=back))

        with opened(jar) as fetch:
            fetch(start)
            fetch(f"{SHOP}/end")

        assert site.cookies() == [None, None, "a=1", "a=1; c=3"]
        assert asked["set"] == {
            (f"{SHOP}/", "a"): 1, (f"{OTHER}/", "b"): 1, (f"{SHOP}/back", "c"): 1,
        }  # fmt: skip
        assert {key for key, times in asked["return"].items() if times} == {
            (f"{SHOP}/back", "a"), (f"{SHOP}/end", "a"), (f"{SHOP}/end", "c"),
        }  # fmt: skip

    def test_methods_that_a_jar_class_replaced_decide(self, subject, opened, site):
        """Programs wrote such classes for http.cookiejar, and urllib calls them."""

        class Mine(subject.CookieJar):
            def add_cookie_header(self, request):
                if not request.get_full_url().endswith("/public"):
                    super().add_cookie_header(request)

            def make_cookies(self, response, request):
                made = super().make_cookies(response, request)
                return [cookie for cookie in made if cookie.name != "ad"]

        jar = Mine()

        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1", "ad=2", to=f"{SHOP}/public"))
            fetch(f"{SHOP}/end")

        assert site.cookies() == [None, None, "sid=1"]
        assert [cookie.name for cookie in jar] == ["sid"]

    def test_cookie_that_the_policy_withholds_stays_on_every_hop(self, subject, opened, site):
        class Mute(subject.DefaultCookiePolicy):
            def return_ok(self, cookie, request):
                return cookie.name != "mute" and super().return_ok(cookie, request)

        jar = subject.CookieJar(Mute())

        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "mute=1", "a=1", to=f"{SHOP}/next"))
            fetch(f"{SHOP}/", cookies={"mine": "2"})

        assert site.cookies() == [None, "a=1", "a=1; mine=2"]
        assert {cookie.name for cookie in jar} == {"mute", "a"}

    def test_cookie_that_the_policy_refuses_never_comes_back(self, subject, opened, site):
        """Not by a copy of the client's own either."""

        class Refuse(subject.DefaultCookiePolicy):
            def set_ok(self, cookie, request):
                return cookie.name != "no" and super().set_ok(cookie, request)

        jar = subject.CookieJar(Refuse())

        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "no=1", "a=1", to=site.url(f"{SHOP}/next", "no=2")))
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "a=1", "a=1"]
        assert [cookie.name for cookie in jar] == ["a"]

    # What the jar is told, and when

    def test_jar_is_the_only_memory(self, jar, opened, site):
        """What a program does to its jar holds from the next request on."""
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1"))
            jar.set("own", "2", url=f"{SHOP}/")
            fetch(f"{SHOP}/")
            jar.clear()
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "sid=1; own=2", None]

    def test_each_change_is_told_once(self, jar, opened, site):
        """A client that hands a response over twice would show here."""
        told = []
        with jar.subscribe(lambda change: told.append((change.cookie.name, change.cause))):  # noqa: SIM117
            with opened(jar) as fetch:
                fetch(site.url(f"{SHOP}/", "a=1", to=site.url(f"{SHOP}/2", "b=2", "a=2")))
                fetch(site.url(f"{SHOP}/3", "b=; Max-Age=0"))

        assert told == [
            ("a", "inserted"),
            ("b", "inserted"),
            ("a", "overwrite"),
            ("a", "inserted"),
            ("b", "expired-overwrite"),
        ]

    def test_frozen_jar_sends_and_does_not_learn(self, jar, opened, site):
        jar.set("sid", "1", url=f"{SHOP}/")

        with opened(jar.frozen()) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=2", "new=1", to=f"{SHOP}/2"))
            fetch(f"{SHOP}/3")

        assert site.cookies() == ["sid=1"] * 3
        assert len(jar) == 1

    def test_dummy_jar_sends_nothing(self, subject, opened, site):
        with opened(subject.DummyCookieJar()) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=2", to=f"{SHOP}/2"))
            fetch(f"{SHOP}/3", cookies={"mine": "1"})

        assert site.cookies() == [None, None, "mine=1"]

    def test_two_clients_share_a_jar(self, jar, opened, site):
        with opened(jar) as first, opened(jar) as second:
            first(site.url(f"{SHOP}/", "sid=1"))
            second(site.url(f"{SHOP}/", "b=2"))
            first(f"{SHOP}/")

        assert site.cookies() == [None, "sid=1", "sid=1; b=2"]

    # Octets

    @pytest.mark.parametrize(
        "pair",
        [
            pytest.param("a=x==", id="equals signs"),
            pytest.param("a=", id="nothing"),
            pytest.param('a="x y"', id="quotes and a blank"),
            pytest.param('a="x', id="half a pair of quotes"),
            pytest.param("a=x&y/z?1:2,{3}", id="signs that http.cookies quotes"),
            pytest.param("a=gr\u00fc\u00dfe", id="octets above 0x7F"),
            pytest.param("$a=1", id="a name with a dollar"),
            pytest.param("a[0]=1", id="a name with brackets"),
        ],
    )
    def test_octets_come_back_as_they_came(self, jar, opened, site, pair):
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", pair))
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, pair]

    # The cookies of one request

    def test_cookies_of_one_request_join_those_of_the_jar(self, jar, opened, site):
        """The caller's win by name, the others stay, and nothing is learned."""
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1", "theme=light"))
            fetch(f"{SHOP}/", cookies={"theme": "dark"})
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "sid=1; theme=dark", "sid=1; theme=light"]

    def test_cookies_of_one_request_win_over_all_paths(self, jar, opened, site):
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/a/b", "t=1; Path=/a", "t=2; Path=/"))
            fetch(f"{SHOP}/a/b")
            fetch(f"{SHOP}/a/b", cookies={"t": "3"})

        assert site.cookies() == [None, "t=1; t=2", "t=3"]

    def test_cookies_of_one_request_go_along_a_redirect_of_the_host(self, jar, opened, site):
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), cookies={"mine": "2"})

        assert site.cookies() == ["mine=2", "sid=1; mine=2"]

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            pytest.param(SHOP, OTHER, id="another site"),
            pytest.param(SHOP, WWW, id="a subdomain"),
            pytest.param(SAFE, SHOP, id="from https to http"),
        ],
    )
    def test_cookies_of_one_request_stay_at_its_host(self, jar, opened, site, start, end):
        """A redirect must not carry a secret of the program to whom it was not given."""
        with opened(jar) as fetch:
            fetch(site.url(f"{start}/", to=f"{end}/2"), cookies={"mine": "2"})

        assert site.cookies() == ["mine=2", None]

    @pytest.mark.parametrize("value", ["1; evil=2", "1\r\nX-Evil: 2", "1\0"])
    def test_cookie_of_one_request_that_would_inject_is_refused(self, jar, opened, site, value):
        with opened(jar) as fetch, pytest.raises(ValueError, match=r"cookies: .*mine") as caught:
            fetch(f"{SHOP}/", cookies={"mine": value})

        assert "evil" not in str(caught.value).lower()
        assert site.seen == []

    # Who asks

    @pytest.fixture
    def same_site_jar(self, browser_jar):
        browser_jar.store_response(
            f"{SAFE}/",
            ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "none=1; Secure; SameSite=None"],
        )
        return browser_jar

    @pytest.fixture
    def link(self, subject):
        """A link on another site that a user clicks."""
        return subject.RequestContext(site_for_cookies=NEWS)

    @pytest.fixture
    def image(self, subject):
        """A picture on a page of another site."""
        return subject.RequestContext(site_for_cookies=NEWS, top_level=False)

    def test_context_of_the_client(self, same_site_jar, opened, site, link, image):
        for context in (None, link, image):
            with opened(same_site_jar, context) as fetch:
                fetch(f"{SAFE}/")

        assert site.cookies() == ["strict=1; lax=1; none=1", "lax=1; none=1", "none=1"]

    def test_context_of_a_block(self, same_site_jar, opened, site, link, image):
        from cookietin.integrations import cookie_context

        with opened(same_site_jar, image) as fetch:
            with cookie_context(link):
                fetch(f"{SAFE}/")
            with cookie_context(None):
                fetch(f"{SAFE}/")
            fetch(f"{SAFE}/")

        assert site.cookies() == ["lax=1; none=1", "strict=1; lax=1; none=1", "none=1"]

    def test_context_of_one_request(self, same_site_jar, opened, site, link, image):
        if not self.context_for_each_request:
            pytest.skip("the client has no place for it; a block has")

        with opened(same_site_jar, image) as fetch:
            fetch(f"{SAFE}/", context=link)
            fetch(f"{SAFE}/")

        assert site.cookies() == ["lax=1; none=1", "none=1"]

    def test_context_goes_along_redirects_with_the_method_of_each_hop(
        self, same_site_jar, opened, site, link
    ):
        """6265bis 5.2: Lax cookies go with safe methods alone; a 302 turns POST into GET."""
        with opened(same_site_jar, link) as fetch:
            fetch(site.url(f"{SAFE}/", to=f"{SAFE}/2"), method="POST")

        assert [(request.method, request.cookie) for request in site.seen] == [
            ("POST", "none=1"),
            ("GET", "lax=1; none=1"),
        ]

    def test_context_holds_for_what_is_set(self, browser_jar, opened, site, image):
        """6265bis 5.7 step 17: a page of another site cannot set SameSite cookies by a picture."""
        with opened(browser_jar, image) as fetch:
            fetch(
                site.url(f"{SAFE}/", "lax=1; SameSite=Lax", "none=1; Secure; SameSite=None", "a=1")
            )

        assert [cookie.name for cookie in browser_jar] == ["none"]

    # Files

    def test_second_process(self, subject, loopback_environment, site, source_root, tmp_path):
        """A jar on disk logs a second process in: one runs to log in, one to read the page."""
        file = tmp_path / "cookies.txt"
        login = site.url(f"{SAFE}/login", "sid=31d4; Secure; HttpOnly", "theme=dark; Max-Age=60")
        environment = {**loopback_environment, "PYTHONPATH": source_root, "CA_FILE": site.ca_file}

        answers = []
        for url in (login, f"{SAFE}/home"):
            child = subprocess.run(
                [sys.executable, "-W", "error", "-c", self.script, str(file), url],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert child.returncode == 0, child.stderr
            answers.append(json.loads(child.stdout)["cookie"])

        assert answers == [None, "sid=31d4; theme=dark"]
        assert len(subject.open_jar(file)) == 2
