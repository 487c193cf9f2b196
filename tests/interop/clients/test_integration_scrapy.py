"""scrapy: `cookietin.integrations.scrapy`, in a crawl and without one."""

import contextlib
import importlib
import logging

import pytest
from integration_checks import IntegrationChecks, skip_without
from scenarios import OTHER, SAFE, SHOP, WWW

skip_without("scrapy")

# A crawl of one page, with the settings of the how-to page and the jar in a file.
SCRIPT = """
import sys, warnings
import scrapy
from scrapy.crawler import CrawlerProcess

class Reader(scrapy.Spider):
    name = "reader"

    async def start(self):
        yield scrapy.Request(sys.argv[2])

    def parse(self, response):
        print(response.text)

process = CrawlerProcess({
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "cookietin.integrations.scrapy.CookiesMiddleware": 700,
    },
    "COOKIES_FILE": sys.argv[1],
    "COOKIES_JAR": "cookietin.MozillaCookieJar",
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
})
warnings.filterwarnings("ignore", "Passing method to twisted")  # scrapy 2.13 itself
process.crawl(Reader)
process.start()
"""


@pytest.fixture(scope="session")
def scrapy(client_module):
    return client_module("scrapy")


@pytest.fixture(scope="session")
def ours(scrapy):
    return importlib.import_module("cookietin.integrations.scrapy")


@pytest.fixture(scope="session")
def crawl(ours):
    from scrapy_crawl import Crawl

    log = logging.getLogger("cookietin")
    level = log.level
    crawl = Crawl()
    log.setLevel(level)  # which the middleware has raised, and other tests look at
    yield crawl
    crawl.close()


@pytest.fixture
def opened(crawl, ours, site):
    """Jars in a crawl, each under a key of its own."""
    middleware = crawl.crawler.get_downloader_middleware(ours.CookiesMiddleware)

    @contextlib.contextmanager
    def open_one(jar, context=None):
        key = next(crawl.keys)
        middleware.jars[key].jar = jar

        def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
            meta = {"cookiejar": key, "proxy": site.proxy}
            if context is not None:
                meta["cookie_context"] = context
            middleware.cookie_context = of_client
            return crawl.fetch(url, meta, headers=headers, cookies=cookies, method=method).text

        of_client = context
        try:
            yield fetch
        finally:
            del middleware.jars[key]

    return open_one


class TestChecks(IntegrationChecks):
    """In scrapy the cookies of a request are stored in its jar, by the rules of the jar."""

    script = SCRIPT
    # As the built-in middleware: a Cookie field of the program is dropped.
    own_header = "sid=1"

    def test_dummy_jar_sends_nothing(self, subject, opened, site):
        with opened(subject.DummyCookieJar()) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=2", to=f"{SHOP}/2"))
            fetch(f"{SHOP}/3", cookies={"mine": "1"})

        assert site.cookies() == [None, None, None]

    def test_cookie_that_the_policy_withholds_stays_on_every_hop(self, subject, opened, site):
        """For the cookies of a request too, once they are in the jar."""

        class Mute(subject.DefaultCookiePolicy):
            def return_ok(self, cookie, request):
                return cookie.name != "mute" and super().return_ok(cookie, request)

        jar = subject.CookieJar(Mute())

        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "mute=1", "a=1", to=f"{SHOP}/next"))
            fetch(f"{SHOP}/", cookies={"mine": "2", "mute": "3"})

        assert site.cookies() == [None, "a=1", "a=1; mine=2"]
        assert {cookie.name: cookie.value for cookie in jar} == {"mute": "3", "a": "1", "mine": "2"}

    def test_cookies_of_one_request_join_those_of_the_jar(self, jar, opened, site):
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1", "theme=light"))
            fetch(f"{SHOP}/", cookies={"theme": "dark"})
            fetch(f"{SHOP}/")

        assert site.cookies() == [None, "sid=1; theme=dark", "sid=1; theme=dark"]

    def test_cookies_of_one_request_win_over_all_paths(self, jar, opened, site):
        """They win on the default-path of the request, where they are stored."""
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/a/b", "t=1; Path=/a", "t=2; Path=/"))
            fetch(f"{SHOP}/a/b", cookies={"t": "3"})
            fetch(f"{SHOP}/a/b", cookies=[{"name": "t", "value": "4", "path": "/"}])

        assert site.cookies() == [None, "t=3; t=2", "t=3; t=4"]

    def test_cookies_of_one_request_go_along_a_redirect_of_the_host(self, jar, opened, site):
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1", to=f"{SHOP}/2"), cookies={"mine": "2"})

        assert site.cookies() == ["mine=2", "mine=2; sid=1"]

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            pytest.param(SHOP, OTHER, id="another site"),
            pytest.param(SHOP, WWW, id="a subdomain"),
            pytest.param(SAFE, SHOP, id="from https to http"),
        ],
    )
    def test_cookies_of_one_request_stay_at_its_host(self, browser_jar, opened, site, start, end):
        """Under browser rules; the standard rules send host-only cookies to subdomains."""
        with opened(browser_jar) as fetch:
            fetch(site.url(f"{start}/", to=f"{end}/2"), cookies={"mine": "2"})

        assert site.cookies() == ["mine=2", None]

    def test_foreign_cookies_are_not_touched(self, foreign, opened, site):
        jar, watched = foreign
        with opened(jar) as fetch:
            fetch(site.url(f"{SHOP}/", "sid=1"))
            before = watched.looks
            fetch(site.url(f"{SHOP}/", "b=2", to=f"{SHOP}/2"), cookies={"mine": "1"})
            fetch("http://bank.example/")
            looks = watched.looks - before

        assert site.cookies() == [None, "sid=1; mine=1", "sid=1; mine=1; b=2", None]
        assert looks == 0
        jar.clear("shop.test")
