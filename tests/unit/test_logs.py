"""The logger "cookietin" at level DEBUG: what was refused and withheld, and no value."""

from __future__ import annotations

import email.message
import logging
import subprocess
import sys
import urllib.request

import pytest

from cookietin.cookiejar import BrowserCookiePolicy, CookieJar, DefaultCookiePolicy

URL = "https://user:pw-secret@shop.test/private?token=query-secret"
SECURE = "https://shop.test/private?token=query-secret"
PLAIN = "http://shop.test/private?token=query-secret"


class _Response:
    def __init__(self, *fields: str) -> None:
        self._headers = email.message.Message()
        for field in fields:
            self._headers["Set-Cookie"] = field

    def info(self) -> email.message.Message:
        return self._headers


class _AskedPolicy(DefaultCookiePolicy):
    def set_ok(self, cookie, request):
        return super().set_ok(cookie, request) and cookie.name != "blocked"


class _LongWayJar(CookieJar):
    def make_cookies(self, response, request):
        return super().make_cookies(response, request)


@pytest.fixture(
    params=[
        pytest.param(lambda: CookieJar(), id="default"),
        pytest.param(lambda: CookieJar(BrowserCookiePolicy()), id="browser"),
        pytest.param(lambda: CookieJar(_AskedPolicy()), id="a policy of one's own"),
        pytest.param(lambda: _LongWayJar(), id="a jar of one's own"),
    ]
)
def jar(request):
    return request.param()


FIELDS = ("sid=value-secret; Secure", "ad=value-secret; Domain=other.test")


def test_by_url(jar, caplog):
    with caplog.at_level(logging.DEBUG, "cookietin"):
        jar.store_response(URL, FIELDS)
        header = jar.cookie_header(PLAIN)

    assert header is None
    _check(caplog)


def test_by_request(jar, caplog):
    request = urllib.request.Request(PLAIN)
    with caplog.at_level(logging.DEBUG, "cookietin"):
        jar.extract_cookies(_Response(*FIELDS), urllib.request.Request(SECURE))
        jar.add_cookie_header(request)

    assert not request.has_header("Cookie")
    _check(caplog)


def _check(caplog):
    said = [record.getMessage() for record in caplog.records if record.name == "cookietin"]
    assert len(said) == 2
    assert said[0].startswith("https://shop.test: refused 'ad': ")
    assert "DOMAIN" in said[0]
    assert said[1].startswith("http://shop.test: withheld 'sid' of 'shop.test' '/")
    assert said[1].endswith("SECURE_ONLY")
    assert "secret" not in caplog.text


def test_changes_nothing(jar, caplog):
    """Last-access-times tell which cookie was sent."""
    jar.store_response(URL, ["a=1; Secure", "b=2"])
    quiet = jar.copy()
    with caplog.at_level(logging.DEBUG, "cookietin"):
        header = jar.cookie_header(PLAIN)

    assert header == quiet.cookie_header(PLAIN)
    assert [vars(cookie) for cookie in jar] == [vars(cookie) for cookie in quiet]


def test_quiet_by_default(jar, caplog):
    jar.store_response(URL, FIELDS)
    jar.cookie_header(PLAIN)

    assert not caplog.records


def test_logging_is_not_imported_for_it():
    """It takes as long as the package itself."""
    script = (
        "import sys, cookietin; jar = cookietin.CookieJar(); "
        "jar.store_response('https://shop.test/', ['a=1']); jar.cookie_header('https://shop.test/'); "
        "raise SystemExit('logging' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
