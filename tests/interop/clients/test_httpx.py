"""httpx: Client(cookies=jar), sync and async.

httpx fills the jar it was given, and copies every cookie into a standard CookieJar per request:
our Cookie has to work inside the standard library's jar and policy.
"""

import asyncio
import contextlib

import pytest

SHOP = "http://shop.test/"
LOGIN = "http://shop.test/login"


@pytest.fixture
def httpx(client_module):
    return client_module("httpx")


@pytest.fixture
def settings(site):
    """How a client reaches the loopback proxy, and nothing else."""
    return {
        "proxy": site.proxy,
        "verify": site.tls,
        "trust_env": False,
        "follow_redirects": True,
        "timeout": 20,
    }


@pytest.fixture
def httpx_client(httpx, settings):
    @contextlib.contextmanager
    def open_client(jar):
        with httpx.Client(cookies=jar, **settings) as client:
            yield lambda url, headers=None: client.get(url, headers=headers).content

    return open_client


@pytest.fixture
def async_client(httpx, settings):
    @contextlib.contextmanager
    def open_client(jar):
        with asyncio.Runner() as runner:
            client = httpx.AsyncClient(cookies=jar, **settings)
            yield lambda url, headers=None: runner.run(client.get(url, headers=headers)).content
            runner.run(client.aclose())

    return open_client


def test_client_sees_no_difference(works_alike, httpx_client):
    """The jar of the client is filled and read as the standard library's is."""
    works_alike(httpx_client)


def test_async_client_sees_no_difference(works_alike, async_client):
    """The same jar under an event loop: nothing may block on a lock or need a thread."""
    works_alike(async_client)


def test_client_keeps_the_very_jar(httpx, settings, site, subject):
    """Users save the jar they handed over; a hidden copy would lose the login."""
    jar = subject.CookieJar()

    with httpx.Client(cookies=jar, **settings) as client:
        client.get(site.url(LOGIN, "sid=1"))

        assert client.cookies.jar is jar
    assert [cookie.value for cookie in jar] == ["1"]


def test_empty_jar_is_false_and_still_learns(httpx, settings, site, subject):
    """`if cookies or self.cookies` skips an empty jar when sending, never when storing."""
    jar = subject.CookieJar()

    with httpx.Client(cookies=jar, **settings) as client:
        truth_before = bool(client.cookies)
        client.get(site.url(LOGIN, "sid=1"))
        client.get(SHOP)

        assert (truth_before, bool(client.cookies)) == (False, True)
    assert site.cookies() == [None, "sid=1"]


def test_mapping_of_httpx_works_over_our_jar(httpx, subject, make_cookie):
    """httpx.Cookies reads by iteration and deletes by clear(domain, path, name)."""
    jar = subject.CookieJar()
    for number in range(3):
        jar.set_cookie(make_cookie(subject, f"c{number}", str(number), "shop.test"))
    cookies = httpx.Cookies(jar)

    cookies.delete("c1")
    cookies.set("new", "9", domain="other.test")

    assert dict(cookies) == {"c0": "0", "c2": "2", "new": "9"}
    assert [cookie.name for cookie in jar] == ["c0", "c2", "new"]


def test_clearing_one_domain_through_httpx(httpx, subject, make_cookie):
    """Cookies.clear(domain) passes its argument to the jar's own clear()."""
    jar = subject.CookieJar()
    for domain in ("shop.test", "other.test"):
        jar.set_cookie(make_cookie(subject, "a", "1", domain))

    httpx.Cookies(jar).clear(domain="shop.test")

    assert [cookie.domain for cookie in jar] == ["other.test"]


def test_cookies_of_our_jar_can_be_poured_into_a_client(
    httpx, settings, site, subject, make_cookie
):
    """client.cookies.update(jar) puts our cookies into a standard jar under a standard policy."""
    jar = subject.CookieJar()
    jar.set_cookie(make_cookie(subject, "sid", "1", ".shop.test"))
    jar.set_cookie(make_cookie(subject, "safe", "2", ".shop.test", secure=True))
    jar.set_cookie(make_cookie(subject, "old", "3", ".shop.test", expires=1))

    with httpx.Client(**settings) as client:
        client.cookies.update(jar)
        client.get("http://www.shop.test/")
        client.get("https://www.shop.test/")

    assert site.cookies() == ["sid=1", "sid=1; safe=2"]


def test_ten_requests_at_once_share_the_jar(httpx, settings, site, subject, make_cookie):
    """Concurrent tasks read and fill one jar between awaits."""
    jar = subject.CookieJar()
    jar.set_cookie(make_cookie(subject, "sid", "1", "shop.test"))

    async def crowd():
        async with httpx.AsyncClient(cookies=jar, **settings) as client:
            pages = [site.url(f"http://h{n}.shop.test/", f"c{n}={n}") for n in range(10)]
            await asyncio.gather(*(client.get(page) for page in pages))

    asyncio.run(crowd())

    assert site.cookies() == ["sid=1"] * 10
    assert sorted(cookie.name for cookie in jar) == sorted(["sid", *(f"c{n}" for n in range(10))])
