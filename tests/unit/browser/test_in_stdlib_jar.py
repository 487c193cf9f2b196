"""BrowserCookiePolicy in `http.cookiejar.CookieJar`: it judges what that jar has parsed."""

from __future__ import annotations

import email.message
import http.cookiejar
import urllib.request

import pytest

from cookietin import BrowserCookiePolicy, RequestContext


@pytest.fixture
def jar():
    return http.cookiejar.CookieJar(policy=BrowserCookiePolicy(public_suffixes=["test"]))


def store(jar, url, *fields):
    class Response:
        def info(self):
            message = email.message.Message()
            for field in fields:
                message["Set-Cookie"] = field
            return message

    jar.extract_cookies(Response(), urllib.request.Request(url))


def header(jar, url, context=None):
    request = urllib.request.Request(url)
    request.cookie_context = context
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


@pytest.mark.parametrize(
    ("url", "field", "kept"),
    [
        ("https://shop.test/", "a=1", True),
        ("http://shop.test/", "a=1; Secure", False),
        ("http://localhost/", "a=1; Secure", True),
        ("https://shop.test/", "a=1; Domain=test", False),
        ("https://www.shop.test/", "a=1; Domain=shop.test", True),
        ("https://shop.test/", "a=1; Domain=other.test", False),
        ("https://shop.test/", "__Host-a=1; Secure", False),
        ("https://shop.test/", "__Host-a=1; Secure; Path=/", True),
        ("https://shop.test/", "a=1; SameSite=None", False),
        ("https://shop.test/", "a=1; partitioned", False),
    ],
)
def test_what_is_set(jar, url, field, kept):
    store(jar, url, field)

    assert len(jar) == kept
    assert (header(jar, url) is not None) == kept


def test_host_only_cookies_stay_at_their_host(jar):
    """The default policy returns them to subdomains."""
    store(jar, "https://shop.test/", "a=1")

    assert header(jar, "https://shop.test/") == "a=1"
    assert header(jar, "https://www.shop.test/") is None


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]"])
def test_hosts_without_dots(jar, host):
    """That jar files their cookies under host.local."""
    store(jar, f"http://{host}/", "a=1")

    assert header(jar, f"http://{host}/x") == "a=1"


def test_paths_that_the_jar_has_escaped(jar):
    store(jar, "https://shop.test/caf%c3%a9/x", "a=1")

    assert header(jar, "https://shop.test/caf%c3%a9/y") == "a=1"
    assert header(jar, "https://shop.test/") is None


def test_same_site_by_the_request(jar):
    store(jar, "https://shop.test/", "a=1; SameSite=Strict", "b=1; samesite=none; Secure")

    assert header(jar, "https://shop.test/") == "a=1; b=1"
    context = RequestContext(site_for_cookies="https://news.test")
    assert header(jar, "https://shop.test/", context) == "b=1"
