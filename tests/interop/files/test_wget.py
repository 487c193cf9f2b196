"""wget --load-cookies reads our cookies.txt, --save-cookies writes one that we read.

Only http is asked for, so Secure cookies stay out of it. wget writes 0 for session cookies when told
to keep them, knows no HttpOnly, and takes rows with that prefix for comments.
"""

import pytest

SHOP = "http://shop.test/"


@pytest.fixture
def jar(subject, tmp_path):
    return subject.MozillaCookieJar(tmp_path / "cookies.txt")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(SHOP, id="at the root"),
        pytest.param(SHOP + "deep/er", id="below a path"),
        pytest.param("http://www.other.test/", id="a subdomain of a domain-wide cookie"),
        pytest.param("http://bank.example/", id="a host without cookies"),
    ],
)
def test_wget_sends_what_the_jar_would(wget, jar, filled, site, header_of, pairs, url):
    """A login saved in Python downloads with wget, session cookies included."""
    filled(jar).save(ignore_discard=True)

    wget(f"--load-cookies={jar.filename}", url)

    # wget 1.21 reads rows that start with #HttpOnly_ as comments; nothing we write mends that.
    by_wget, by_us = set(pairs(site.cookies()[0])), set(pairs(header_of(jar, url)))
    assert by_wget - {"hidden=hidden-1"} == by_us - {"hidden=hidden-1"}


def test_every_cookie_of_wget_is_read(wget, subject, site, tmp_path):
    """The standard library takes wget's 0 for 1970 and loses the session."""
    page = site.url(
        SHOP,
        "session=1",
        "wide=2; Domain=shop.test; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        "here=3; Max-Age=86400",
    )
    wget("--save-cookies=wget.txt", "--keep-session-cookies", page)
    jar = subject.MozillaCookieJar()

    jar.load(tmp_path / "wget.txt", ignore_discard=True)

    rows = {c.name: (c.value, c.domain, c.discard, c.expires is None) for c in jar}
    assert rows == {
        "session": ("1", "shop.test", True, True),
        "wide": ("2", ".shop.test", False, False),
        "here": ("3", "shop.test", False, False),
    }


def test_login_of_wget_goes_on_in_python(wget, subject, site, surf, tmp_path, pairs):
    """Both programs send the same header from one file."""
    wget("--save-cookies=wget.txt", "--keep-session-cookies", site.url(SHOP, "a=1", "b=2"))
    site.seen.clear()
    wget(f"--load-cookies={tmp_path / 'wget.txt'}", SHOP)
    jar = subject.MozillaCookieJar()
    jar.load(tmp_path / "wget.txt", ignore_discard=True)

    surf(jar, SHOP)

    by_wget, by_us = site.cookies()
    assert pairs(by_us) == pairs(by_wget) == ["a=1", "b=2"]
