"""A jar under browser rules in the hands of real clients: pages are read as a browser reads them.

urllib asks the jar what to send. requests and httpx copy the cookies of a jar into one of their own for
each request, with the standard library's rules: there browser rules hold for what is stored.
"""

import contextlib
import urllib.request

import pytest

SHOP, WWW, SAFE, OTHER = (
    "http://shop.test/", "http://www.shop.test/", "https://shop.test/", "http://other.test/",
)  # fmt: skip


@pytest.fixture
def jar(subject):
    return subject.CookieJar(policy=subject.BrowserCookiePolicy())


@pytest.fixture
def fetch_all(surf, site):
    """Fetches URLs in turn with one jar; the Cookie headers that the server saw."""

    def visit(jar, *urls):
        surf(jar, *urls)
        return site.cookies()

    return visit


@contextlib.contextmanager
def with_requests(requests, site, jar):
    with requests.Session() as session:
        session.trust_env, session.proxies, session.verify = False, site.proxies, site.ca_file
        session.cookies = jar
        yield lambda url: session.get(url, timeout=20).content


@contextlib.contextmanager
def with_httpx(httpx, site, jar):
    proxy = httpx.Proxy(site.proxy)
    with httpx.Client(
        cookies=jar, proxy=proxy, verify=site.tls, trust_env=False, follow_redirects=True
    ) as client:
        client.cookies.jar = jar  # httpx has copied it
        yield lambda url: client.get(url).content


@pytest.mark.parametrize(
    ("name", "opened"),
    [("requests", with_requests), ("httpx", with_httpx)],
    ids=["requests", "httpx"],
)
def test_what_other_clients_store(jar, client_module, site, name, opened):
    """What a browser refuses does not come in, and what it reads otherwise is read so."""
    with opened(client_module(name), site, jar) as fetch:
        fetch(
            site.url(SHOP, "a=1; Path=/x; Path=/", "s=1; Secure", "d=1; Domain=test", "__Host-h=1")
        )
        fetch(site.url(SAFE, "s=2; Secure", to=site.url(OTHER, "guest=1")))

    assert [(cookie.name, cookie.value, cookie.domain, cookie.path) for cookie in jar] == [
        ("a", "1", "shop.test", "/"),
        ("s", "2", "shop.test", "/"),
        ("guest", "1", "other.test", "/"),
    ]


def test_host_only_cookies_stay_at_home(jar, fetch_all, site):
    """The default policy sends them to subdomains."""
    assert fetch_all(jar, site.url(SHOP, "a=1", "b=2; Domain=shop.test"), WWW, OTHER, SHOP) == [
        None, "b=2", None, "a=1; b=2",
    ]  # fmt: skip


def test_secure_cookies_over_both_schemes(jar, fetch_all, site):
    """Neither set nor replaced over http, and sent over https alone."""
    seen = fetch_all(
        jar,
        site.url(SHOP, "early=1; Secure"),
        site.url(SAFE, "sid=1; Secure", "open=1"),
        site.url(SHOP, "sid=evil", "open=2"),
        SAFE,
        SHOP,
    )

    assert seen == [None, None, "open=1", "sid=1; open=2", "open=2"]


def test_no_supercookies(jar, fetch_all, site):
    """A public suffix of the shipped list, and a bare top-level domain."""
    seen = fetch_all(
        jar,
        site.url("http://mallory.github.io/", "x=1; Domain=github.io", "y=1; Domain=io", "z=1"),
        "http://alice.github.io/",
        "http://mallory.github.io/",
    )

    assert seen == [None, None, "z=1"]


def test_cookies_of_a_redirect(jar, fetch_all, site):
    """Each hop is judged by its own URL."""
    seen = fetch_all(
        jar, site.url(SHOP, "hop=1", "nameless", to=site.url(OTHER, "guest=1", to=SHOP)), OTHER
    )

    assert seen == [None, None, "hop=1; nameless", "guest=1"]


def test_the_last_attribute_counts_and_a_deletion_too(jar, fetch_all, site):
    seen = fetch_all(
        jar,
        site.url(SHOP, "a=1; Path=/x; Path=/", "b=1", "b=; Max-Age=0", 'q="x; y"'),
        SHOP,
    )

    assert seen == [None, 'a=1; q="x']


def test_a_cross_site_request_of_urllib(jar, subject, site, surf):
    """The program says who asks; a redirect handler carries it on."""
    surf(jar, site.url(SAFE, "strict=1; SameSite=Strict", "lax=1; SameSite=Lax"))

    class CarryContext(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, req, *arguments):
            new = super().redirect_request(req, *arguments)
            new.cookie_context = getattr(req, "cookie_context", None)
            return new

    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(site.proxies),
        urllib.request.HTTPSHandler(context=site.tls),
        urllib.request.HTTPCookieProcessor(jar),
        CarryContext(),
    )
    request = urllib.request.Request(site.url(OTHER, to=SAFE))
    request.cookie_context = subject.RequestContext(site_for_cookies="https://news.example")
    with opener.open(request, timeout=20) as response:
        response.read()

    assert site.cookies() == [None, None, "lax=1"]
