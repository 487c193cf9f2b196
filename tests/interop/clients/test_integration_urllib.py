"""urllib: `cookietin.integrations.urllib.build_opener`."""

import contextlib
import urllib.error
import urllib.request

import pytest
from integration_checks import IntegrationChecks

SHOP = "http://shop.test/"

SCRIPT = """
import os, ssl, sys, urllib.request
from cookietin import MozillaCookieJar
from cookietin.integrations.urllib import build_opener

jar = MozillaCookieJar(sys.argv[1])
if os.path.exists(sys.argv[1]):
    jar.load(ignore_discard=True)
tls = ssl.create_default_context(cafile=os.environ["CA_FILE"])
opener = build_opener(jar, urllib.request.HTTPSHandler(context=tls))
with opener.open(sys.argv[2]) as response:
    print(response.read().decode())
jar.save(ignore_discard=True)
opener.close()
"""


@pytest.fixture
def opened(site):
    """Openers of the package."""
    from cookietin.integrations.urllib import build_opener

    @contextlib.contextmanager
    def open_client(jar, context=None):
        opener = build_opener(
            jar,
            urllib.request.ProxyHandler(site.proxies),
            urllib.request.HTTPSHandler(context=site.tls),
            context=context,
        )

        def fetch(url, headers=None, *, cookies=None, method="GET", context=None):
            request = urllib.request.Request(
                url, b"" if method == "POST" else None, headers or {}, method=method
            )
            if context is not None:
                request.cookie_context = context
            if cookies is not None:
                pytest.skip("urllib has no cookies of one request")
            try:
                with opener.open(request, timeout=20) as response:
                    return response.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return error.read().decode()

        yield fetch
        opener.close()

    return open_client


class TestUrllib(IntegrationChecks):
    script = SCRIPT


def test_what_is_no_jar_is_refused(subject):
    from cookietin.integrations.urllib import build_opener

    for wrong, kind in (({}, "dict"), (subject.CookieJar, "type")):
        with pytest.raises(TypeError, match=f"expected a CookieJar, got {kind}"):
            build_opener(wrong)


def test_what_is_no_context_is_refused(subject):
    """At the door for an opener, before it is sent for a request."""
    from cookietin.integrations.urllib import build_opener

    opener = build_opener(subject.CookieJar())
    request = urllib.request.Request(SHOP)
    request.cookie_context = SHOP

    for refuse in (
        lambda: build_opener(subject.CookieJar(), context=SHOP),
        lambda: opener.open(request),
    ):
        with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
            refuse()


class RefusesRedirects(urllib.request.HTTPRedirectHandler):
    """As programs write it."""

    def redirect_request(self, *arguments):
        return None


class CountsRedirects(urllib.request.HTTPRedirectHandler):
    """Follows as the standard library does."""

    count = 0

    def redirect_request(self, *arguments):
        self.count += 1
        return super().redirect_request(*arguments)


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(RefusesRedirects, id="a class"),
        pytest.param(RefusesRedirects(), id="an object"),
    ],
)
def test_handler_of_the_program_decides_on_redirects(site, subject, handler):
    """It keeps a Cookie header of the program from other hosts (docs/how-to/use-with-urllib.md)."""
    from cookietin.integrations.urllib import build_opener

    opener = build_opener(subject.CookieJar(), urllib.request.ProxyHandler(site.proxies), handler)
    start = urllib.request.Request(
        site.url(SHOP, to="http://other.test/"), headers={"Cookie": "sid=1"}
    )

    with contextlib.closing(opener), pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(start, timeout=20)
    caught.value.close()

    assert site.cookies() == ["sid=1"]


@pytest.fixture
def strict_jar(subject):
    """A jar with a cookie that goes with same-site requests alone."""
    jar = subject.CookieJar(subject.BrowserCookiePolicy())
    jar.store_response(SHOP, ["sid=1; SameSite=Strict"])
    return jar


def test_handler_of_the_program_carries_the_context_along(site, subject, strict_jar):
    """Openers that share a handler, too."""
    from cookietin.integrations.urllib import build_opener

    handler, proxies = CountsRedirects(), urllib.request.ProxyHandler(site.proxies)
    for _ in range(2):
        opener = build_opener(strict_jar, proxies, handler)
        request = urllib.request.Request(site.url(SHOP, to=SHOP))
        request.cookie_context = subject.RequestContext(site_for_cookies="https://news.example/")
        with contextlib.closing(opener), opener.open(request, timeout=20):
            pass

    assert site.cookies() == [None] * 4
    assert handler.count == 2


def test_context_of_a_block_does_not_stay_with_a_request(site, subject, strict_jar):
    """A program opens one request again and again; what it said itself stays."""
    from cookietin.integrations import cookie_context
    from cookietin.integrations.urllib import build_opener

    news = subject.RequestContext(site_for_cookies="https://news.example/")
    own = subject.RequestContext(site_for_cookies=SHOP)
    proxies = urllib.request.ProxyHandler(site.proxies)
    request = urllib.request.Request(site.url("http://other.test/", to=SHOP))

    with contextlib.closing(build_opener(strict_jar, proxies, context=news)) as opener:
        with cookie_context(own), opener.open(request, timeout=20):
            pass
        with opener.open(request, timeout=20):
            pass

    assert site.cookies() == [None, "sid=1", None, None]
