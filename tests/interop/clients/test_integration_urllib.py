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


def test_what_is_no_jar_is_refused():
    from cookietin.integrations.urllib import build_opener

    with pytest.raises(TypeError, match="expected a CookieJar, got dict"):
        build_opener({})


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
