"""MechanicalSoup: a browser without a screen on top of requests, and so of its isinstance tests."""

import contextlib

import pytest

SHOP = "http://shop.test/"


@pytest.fixture
def open_browser(client_module, site):
    """Browsers with the jar in place, going through the loopback proxy."""
    mechanicalsoup = client_module("mechanicalsoup")

    @contextlib.contextmanager
    def open_one(jar):
        with mechanicalsoup.StatefulBrowser(soup_config={"features": "html.parser"}) as browser:
            browser.session.trust_env = False
            browser.session.proxies = site.proxies
            browser.session.verify = site.ca_file
            browser.set_cookiejar(jar)
            yield browser

    return open_one


@pytest.fixture
def soup_client(open_browser):
    """Opens clients for the scenario table."""

    @contextlib.contextmanager
    def open_client(jar):
        with open_browser(jar) as browser:
            yield lambda url, headers=None: browser.open(url, headers=headers, timeout=20)

    return open_client


def test_browser_sees_no_difference(works_alike, soup_client):
    """set_cookiejar() assigns to the session of requests, which must recognise our class."""
    works_alike(soup_client)


def test_browser_stays_signed_in_after_a_form(open_browser, sign_in_page, site, subject):
    """The form is posted, the redirect followed, and the browser still holds our jar."""
    jar = subject.CookieJar()

    with open_browser(jar) as browser:
        browser.open(sign_in_page, timeout=20)
        browser.select_form("form")
        browser["user"] = "ada"
        browser.submit_selected(timeout=20)

        assert browser.get_cookiejar() is jar
        assert [cookie.name for cookie in jar] == ["visit", "sid"]
    assert [request.method for request in site.seen] == ["GET", "POST", "GET"]
    assert site.cookies() == [None, "visit=1", "visit=1; sid=1"]
