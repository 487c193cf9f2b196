"""mechanize.Browser: a program that fills in forms and keeps a login.

mechanize 0.4.10 leaves sockets to the garbage collector (its readline wrapper swallows close()):
their ResourceWarnings are ignored in this module, and collected before the next one starts.
"""

import contextlib
import gc
import warnings

import pytest

SHOP = "http://shop.test/"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module", autouse=True)
def _sockets_left_by_mechanize():
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def mechanize(client_module):
    return client_module("mechanize")


@pytest.fixture
def open_browser(mechanize, site):
    """Browsers with the jar in place; the pages are for programs, so no robots.txt."""

    @contextlib.contextmanager
    def open_one(jar):
        browser = mechanize.Browser()
        browser.set_handle_robots(False)
        browser.set_proxies(site.proxies)
        browser.set_ca_data(context=site.tls)
        browser.set_cookiejar(jar)
        yield browser
        browser.close()

    return open_one


@pytest.fixture
def mechanize_client(mechanize, open_browser):
    """Opens clients for the scenario table."""

    @contextlib.contextmanager
    def open_client(jar):
        with open_browser(jar) as browser:

            def fetch(url, headers=None):
                request = mechanize.Request(url, headers=headers or {})
                with contextlib.suppress(mechanize.HTTPError):
                    browser.open(request, timeout=20)

            yield fetch

    return open_client


def test_browser_sees_no_difference(works_alike, mechanize_client):
    """mechanize hands the jar its own request class and asks the policy both ways."""
    works_alike(mechanize_client)


def test_browser_stays_signed_in_after_a_form(open_browser, sign_in_page, site, subject):
    """The reason people use it: fill in the form, follow the redirect, keep the session."""
    jar = subject.CookieJar()

    with open_browser(jar) as browser:
        browser.open(sign_in_page, timeout=20)
        browser.select_form(nr=0)
        browser["user"] = "ada"
        browser.submit()

    assert [request.method for request in site.seen] == ["GET", "POST", "GET"]
    assert site.cookies() == [None, "visit=1", "visit=1; sid=1"]


def test_browser_puts_its_own_cookies_into_our_jar(open_browser, site, subject):
    """set_simple_cookie() stores mechanize's own Cookie class, which the jar must accept."""
    jar = subject.CookieJar()

    with open_browser(jar) as browser:
        browser.set_simple_cookie("theme", "dark", "shop.test")
        browser.open(SHOP, timeout=20)

    assert site.cookies() == ["theme=dark"]
    assert [(cookie.domain, cookie.name) for cookie in jar] == [("shop.test", "theme")]


def test_mechanize_jar_takes_our_cookies(mechanize, open_browser, site, subject, make_cookie):
    """mechanize has a jar family of its own; cookies travel from ours to it."""
    jar = mechanize.CookieJar()
    jar.set_cookie(make_cookie(subject, "sid", "1", ".shop.test"))

    with open_browser(jar) as browser:
        browser.open("http://www.shop.test/", timeout=20)

    assert site.cookies() == ["sid=1"]


def test_clone_shares_or_copies_like_the_standard_jar(open_browser, site, stdlib, subject):
    """Browser.__copy__ copies the handlers; the clone must stay signed in with either jar."""

    def cookies_with(module):
        site.seen.clear()
        with open_browser(module.CookieJar()) as browser:
            browser.open(site.url(SHOP, "sid=1"), timeout=20)
            clone = browser.__copy__()
            clone.open(SHOP, timeout=20)
            clone.close()
        return site.cookies()

    assert cookies_with(subject) == cookies_with(stdlib) == [None, "sid=1"]
