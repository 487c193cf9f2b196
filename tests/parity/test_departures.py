"""Each departure from http.cookiejar that docs/reference/departures.md lists, one test a row.

Where the row says what the standard library does, the test sees it do that: a row whose reason has
gone away fails, and can leave the page.
"""

from __future__ import annotations

import copy
import email
import email.message
import http.cookiejar as stdlib
import io
import logging
import pickle
import time
import urllib.request
import warnings
from pathlib import Path
from typing import Any

import pytest

import cookietin.cookiejar as ours

LATEST = 253_402_300_799


class Response:
    def __init__(self, fields: list[str], name: str = "Set-Cookie") -> None:
        self.header = email.message.Message()
        for field in fields:
            self.header.add_header(name, field)

    def info(self) -> email.message.Message:
        return self.header


def receive(jar: Any, url: str, *fields: str, name: str = "Set-Cookie") -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="http.cookiejar bug!")
        jar.extract_cookies(Response(list(fields), name), urllib.request.Request(url))
    return jar


def names(jar: Any) -> list[str]:
    return [cookie.name for cookie in jar]


def sent(jar: Any, url: str) -> str | None:
    request = urllib.request.Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


def cookie(module: Any = ours, name: str = "a", value: str = "1", **fields: Any) -> Any:
    arguments = {
        "version": 0, "name": name, "value": value, "port": None, "port_specified": False,
        "domain": "example.test", "domain_specified": False, "domain_initial_dot": False,
        "path": "/", "path_specified": True, "secure": False, "expires": 2_145_916_800,
        "discard": False, "comment": None, "comment_url": None, "rest": {},
    }  # fmt: skip
    return module.Cookie(**{**arguments, **fields})


# Which cookies are set, sent and deleted


def test_another_site_cannot_delete() -> None:
    """Any page could log the user out of any site."""

    def attacked(module: Any) -> Any:
        jar = receive(module.CookieJar(), "http://www.bank.test/", "sid=1; Domain=bank.test")
        return receive(jar, "http://evil.test/", "sid=; Domain=bank.test; Max-Age=0")

    assert names(attacked(ours)) == ["sid"]
    assert names(attacked(stdlib)) == []


def test_make_cookies_asks_before_it_deletes() -> None:
    """The same hole, one step earlier."""
    jar = receive(ours.CookieJar(), "http://www.bank.test/", "sid=1; Domain=bank.test")

    jar.make_cookies(
        Response(["sid=; Domain=bank.test; Max-Age=0"]), urllib.request.Request("http://evil.test/")
    )

    assert names(jar) == ["sid"]


def test_own_site_still_deletes() -> None:
    """Logging out has to work."""
    jar = receive(ours.CookieJar(), "http://www.bank.test/", "sid=1; Domain=bank.test")

    receive(jar, "http://bank.test/", "sid=; Domain=bank.test; Max-Age=0")

    assert names(jar) == []


def test_rfc2109_deletion_is_judged_as_netscape() -> None:
    """A server that writes Version=1 everywhere can log out too."""
    jar = receive(ours.CookieJar(), "http://www.bank.test/", "sid=1; Version=1")

    receive(jar, "http://www.bank.test/", "sid=; Version=1; Max-Age=0")

    assert names(jar) == []


@pytest.mark.parametrize("host", ["localhost", "printer"])
def test_domain_of_a_host_without_dot_is_sent(host: str) -> None:
    """gh-90233: frameworks on a developer's machine set Domain=localhost."""
    jar = receive(ours.CookieJar(), f"http://{host}/", f"a=1; Domain={host}")
    theirs = receive(stdlib.CookieJar(), f"http://{host}/", f"a=1; Domain={host}")

    assert sent(jar, f"http://{host}/") == "a=1"
    assert sent(theirs, f"http://{host}/") is None


def test_longer_host_cannot_set_for_a_host_without_dot() -> None:
    """Once sent, such cookies must not come from a neighbour."""
    jar = receive(ours.CookieJar(), "http://evilprinter/", "a=1; Domain=printer")

    assert names(jar) == []
    assert names(receive(stdlib.CookieJar(), "http://evilprinter/", "a=1; Domain=printer")) == ["a"]


def test_address_has_no_parent_domain() -> None:
    """A cookie of one machine must not go to another whose address ends alike."""
    jar = receive(ours.CookieJar(), "http://127.0.0.1/", "a=1; Domain=.0.0.1")
    theirs = receive(stdlib.CookieJar(), "http://127.0.0.1/", "a=1; Domain=.0.0.1")
    jar.set_cookie(cookie(name="b", domain=".0.0.1", domain_specified=True))

    assert sent(jar, "http://10.0.0.1/") is None
    assert sent(theirs, "http://10.0.0.1/") == "a=1"


def test_address_as_its_own_domain_works() -> None:
    """Both browsers accept it."""
    for host in ("127.0.0.1", "[::1]"):
        jar = receive(ours.CookieJar(), f"http://{host}/", f"a=1; Domain={host}")

        assert sent(jar, f"http://{host}/") == "a=1"
    assert (
        sent(receive(stdlib.CookieJar(), "http://[::1]/", "a=1; Domain=[::1]"), "http://[::1]/")
        is None
    )


def test_block_list_can_name_an_ipv6_host() -> None:
    """gh-135768."""
    policy = ours.DefaultCookiePolicy(blocked_domains=["[::1]"])
    theirs = stdlib.DefaultCookiePolicy(blocked_domains=["[::1]"])

    assert names(receive(ours.CookieJar(policy), "http://[::1]/", "a=1")) == []
    assert names(receive(stdlib.CookieJar(theirs), "http://[::1]/", "a=1")) == ["a"]


def test_port_of_an_ipv6_host() -> None:
    """gh-135993."""
    jar = receive(ours.CookieJar(), "http://[::1]:8080/", "a=1; Port=8080")

    assert sent(jar, "http://[::1]:8080/") == "a=1"
    assert sent(jar, "http://[::1]:8081/") is None
    assert names(receive(stdlib.CookieJar(), "http://[::1]:8080/", "a=1; Port=8080")) == []


def test_domain_match_looks_at_the_end() -> None:
    """gh-150522."""
    assert not ours.domain_match("x.y.test.evil.example", ".y.test")
    assert stdlib.domain_match("x.y.test.evil.example", ".y.test")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("Expires=Wed, 09 Foo 2038 22:23:32 GMT", id="month that does not exist"),
        pytest.param("Max-Age", id="Max-Age without a value"),
        pytest.param("Max-Age=" + "9" * 400, id="Max-Age of 400 digits"),
        pytest.param("Max-Age=" + "9" * 4000, id="Max-Age of 4,000 digits"),
        pytest.param("Expires=09 Feb " + "9" * 5000, id="year of 5,000 digits"),
        pytest.param("Path=/\udcff", id="octet in Path"),
    ],
)
def test_bad_cookie_costs_no_other(bad: str) -> None:
    """One careless script on a page must not lose the login that comes with it."""
    fields = ("first=1", f"bad=1; {bad}", "last=1")

    assert {"first", "last"} <= set(
        names(receive(ours.CookieJar(), "http://example.test/", *fields))
    )
    assert names(receive(stdlib.CookieJar(), "http://example.test/", *fields)) == []


def test_set_cookie2_with_expires_costs_no_other() -> None:
    """RFC 2965 has no Expires; servers that mix both exist."""

    def received(module: Any) -> list[str]:
        jar = module.CookieJar(module.DefaultCookiePolicy(rfc2965=True))
        dated = 'a=1; Version=1; Expires="Wed, 09 Feb 2038 22:23:32 GMT", b=1; Version=1'
        return names(receive(jar, "http://www.example.test/", dated, name="Set-Cookie2"))

    assert received(ours) == ["a", "b"]
    assert received(stdlib) == []


def test_octets_in_a_parsed_message_cost_no_other() -> None:
    """A message parsed from octets has Header objects for fields that are not ASCII."""
    header = email.message_from_bytes(b"Set-Cookie: a=\xff\r\nSet-Cookie: b=1\r\n\r\n")
    response = Response([])
    response.header = header
    jar = ours.CookieJar()

    jar.extract_cookies(response, urllib.request.Request("http://example.test/"))

    assert names(jar) == ["a", "b"]


@pytest.mark.parametrize("digits", [309, 4000, 5000, 60_000])
def test_huge_max_age_ends_with_the_year_9999(digits: int) -> None:
    """However many digits there are, the cookie is kept and every format can write it."""
    jar = receive(ours.CookieJar(), "http://example.test/", "a=1; Max-Age=" + "9" * digits)

    assert [c.expires for c in jar] == [LATEST]
    receive(jar, "http://example.test/", "a=1; Max-Age=-" + "9" * digits)
    assert names(jar) == []


@pytest.mark.parametrize(
    "date",
    ["Wed, 31 Dec 1969 23:59:59 GMT", "Mon, 01 Jan 1601 00:00:00 GMT", "31-Dec-69 23:59:59 GMT",
     "Thu, 01-Jan-70 00:00:00 GMT", "01-Jan-76"],
)  # fmt: skip
def test_old_dates_delete(date: str) -> None:
    """These are how servers log a user out."""
    jar = receive(ours.CookieJar(), "http://example.test/", "sid=1")
    theirs = receive(stdlib.CookieJar(), "http://example.test/", "sid=1")

    assert names(receive(jar, "http://example.test/", f"sid=; Expires={date}")) == []
    assert names(receive(theirs, "http://example.test/", f"sid=; Expires={date}")) == ["sid"]


def test_date_helpers_keep_their_years() -> None:
    """`http2time` is public, and CPython's tests pin it."""
    for date in ("Wed, 31 Dec 1969 23:59:59 GMT", "Thu, 01-Jan-70 00:00:00 GMT", "1 Jan 1969"):
        assert ours.http2time(date) == stdlib.http2time(date)
    assert ours.http2time("Wed, 09 Foo 1994 22:23:32 GMT") is None
    assert ours.iso2time("1994-02-03 14:15:29.5") == 760_284_929
    with pytest.raises(ValueError, match="invalid literal"):
        stdlib.iso2time("1994-02-03 14:15:29.5")


def test_deletion_finds_a_cookie_filed_without_the_dot() -> None:
    """gh-108931: requests' `cookies.set(name, value, domain="example.test")` files it so."""

    def deleted(module: Any) -> Any:
        jar = module.CookieJar()
        jar.set_cookie(cookie(module, domain_specified=True))
        return receive(jar, "http://example.test/", "a=; Domain=example.test; Max-Age=0")

    assert names(deleted(ours)) == []
    assert names(deleted(stdlib)) == ["a"]


def test_deletion_with_domain_spares_a_host_only_cookie() -> None:
    """They are two cookies, as in the standard library."""
    jar = receive(ours.CookieJar(), "http://example.test/", "a=1")

    receive(jar, "http://example.test/", "a=; Domain=example.test; Max-Age=0")

    assert names(jar) == ["a"]


def test_cookie_without_version_stays_at_home() -> None:
    """A file or a program brings such; no request may fail over it."""
    jar, theirs = ours.CookieJar(), stdlib.CookieJar()
    jar.set_cookie(cookie(version=None))
    theirs.set_cookie(cookie(stdlib, version=None))

    assert sent(jar, "http://example.test/") is None
    with pytest.raises(TypeError):
        sent(theirs, "http://example.test/")


# Files (faults have their own folder)


def rows(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if "\t" in line]


def cookies_txt(path: Path, *lines: str) -> Path:
    path.write_text(
        "# Netscape HTTP Cookie File\n" + "".join(f"{line}\n" for line in lines), "utf-8"
    )
    return path


def test_session_cookies_are_written_with_expiry_0(tmp_path: Path) -> None:
    """gh-61366: curl and wget refuse rows with an empty expiry."""
    path = tmp_path / "cookies.txt"
    jar = ours.MozillaCookieJar(path)
    jar.set_cookie(cookie(expires=None, discard=True))

    jar.save(ignore_discard=True)

    assert rows(path) == ["example.test\tFALSE\t/\tFALSE\t0\ta\t1"]


@pytest.mark.parametrize("expiry", ["0", ""])
def test_expiry_0_and_nothing_are_session_cookies(tmp_path: Path, expiry: str) -> None:
    """gh-61366: the standard library takes curl's 0 for 1970 and throws the login away."""
    path = cookies_txt(tmp_path / "cookies.txt", f"example.test\tFALSE\t/\tFALSE\t{expiry}\ta\t1")
    jar = ours.MozillaCookieJar(path)

    jar.load(ignore_discard=True)

    (loaded,) = jar
    assert (loaded.expires, loaded.discard) == (None, True)
    jar.clear()
    jar.load()
    assert names(jar) == []


@pytest.mark.parametrize("spelling", ["HttpOnly", "httponly", "HTTPOnly"])
def test_http_only_is_written_in_any_spelling(tmp_path: Path, spelling: str) -> None:
    """gh-83157: servers send HttpOnly, CPython looks for HTTPOnly."""
    path = tmp_path / "cookies.txt"
    jar = receive(
        ours.MozillaCookieJar(path), "http://example.test/", f"a=1; Max-Age=60; {spelling}"
    )

    jar.save()

    assert rows(path)[0].startswith("#HttpOnly_example.test\t")


@pytest.mark.parametrize(
    ("domain", "flag", "filed", "specified"),
    [
        pytest.param("example.test", "TRUE", ".example.test", True, id="TRUE without dot"),
        pytest.param(".example.test", "FALSE", "example.test", False, id="FALSE with dot"),
        pytest.param(".example.test", "TRUE", ".example.test", True, id="TRUE with dot"),
        pytest.param("example.test", "FALSE", "example.test", False, id="FALSE without dot"),
    ],
)
def test_flag_of_the_row_decides(
    tmp_path: Path, domain: str, flag: str, filed: str, specified: bool
) -> None:
    """Browser exporters leave the dot out; curl goes by the flag."""
    path = cookies_txt(tmp_path / "cookies.txt", f"{domain}\t{flag}\t/\tFALSE\t2145916800\ta\t1")
    jar = ours.MozillaCookieJar(path)

    jar.load()

    (loaded,) = jar
    assert (loaded.domain, loaded.domain_specified) == (filed, specified)


@pytest.mark.parametrize("jar_class", ["MozillaCookieJar", "LWPCookieJar"])
def test_files_are_utf8_whatever_the_locale(
    tmp_path: Path, jar_class: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gh-87888: a file moves between machines."""
    path = tmp_path / "cookies"
    jar = getattr(ours, jar_class)(path)
    jar.set_cookie(cookie(value="é€"))

    jar.save()

    assert "é€".encode() in path.read_bytes()


def test_year_past_9999_is_written_as_its_last_second(tmp_path: Path) -> None:
    """CPython raises there, with the file already emptied."""
    jar = ours.LWPCookieJar(tmp_path / "cookies")
    jar.set_cookie(cookie(expires=LATEST + 1))

    jar.save()

    assert "9999-12-31 23:59:59Z" in (tmp_path / "cookies").read_text()
    theirs = stdlib.LWPCookieJar(tmp_path / "theirs")
    theirs.set_cookie(cookie(stdlib, expires=LATEST + 1))
    with pytest.raises(ValueError, match="year 10000 is out of range"):
        theirs.save()


def test_lwp_line_without_path_is_refused() -> None:
    """The standard library loads it, and every later request raises TypeError."""
    jar = ours.LWPCookieJar()
    text = '#LWP-Cookies-2.0\nSet-Cookie3: a=1; domain="example.test"; version=0\n'

    with pytest.raises(ours.LoadError, match="line 2: expected a domain and a path"):
        jar._really_load(io.StringIO(text), "cookies", True, True)


def test_lwp_expiry_before_1970_has_ended() -> None:
    """It is a date, and not none."""
    jar = ours.LWPCookieJar()
    line = 'a=1; path="/"; domain="example.test"; expires="1969-12-31 23:59:59Z"; version=0'

    jar._really_load(
        io.StringIO(f"#LWP-Cookies-2.0\nSet-Cookie3: {line}\n"), "cookies", True, False
    )

    assert names(jar) == []


# The jar as an object


def test_copies_are_real() -> None:
    """requests copies a jar and clears the copy."""
    for make in (
        copy.copy,
        copy.deepcopy,
        lambda jar: pickle.loads(pickle.dumps(jar)),
        ours.CookieJar.copy,
    ):
        jar = receive(ours.CookieJar(), "http://example.test/", "a=1; HttpOnly")

        made = make(jar)

        assert repr(made) == repr(jar)
        assert type(made) is ours.CookieJar
        for stored in made:
            stored.value = "2"
            stored.set_nonstandard_attr("x", "y")
        receive(made, "http://example.test/", "b=1")
        assert [(c.name, c.value, dict(c._rest)) for c in jar] == [("a", "1", {"HttpOnly": None})]
        assert sent(made, "http://example.test/") == "a=2; b=1"


def test_emptied_domains_are_gone() -> None:
    """A crawler's jar must not grow for ever."""
    jar = receive(ours.CookieJar(), "http://example.test/a/b", "a=1")

    jar.clear("example.test", "/a", "a")

    assert jar._cookies == {}
    with pytest.raises(KeyError, match=r"example\.test"):
        jar.clear("example.test")


def test_expiry_changed_in_place_is_noticed_before_sending() -> None:
    """yt-dlp writes `cookie.expires` of stored cookies; no index may trust the old one."""
    jar = receive(ours.CookieJar(), "http://example.test/", "a=1; Max-Age=60")
    for stored in jar:
        stored.expires = int(time.time()) - 1

    assert sent(jar, "http://example.test/") is None
    assert len(jar) == 0


def test_expiry_changed_in_place_waits_for_clear_expired_cookies() -> None:
    """The price of not scanning 100,000 cookies for every request."""
    jar = receive(ours.CookieJar(), "http://example.test/", "a=1; Max-Age=60")
    for stored in jar:
        stored.expires = int(time.time()) - 1
    sent(jar, "http://other.test/")

    assert len(jar) == 1
    jar.clear_expired_cookies()
    assert len(jar) == 0


@pytest.mark.parametrize("base", [ours.CookiePolicy, stdlib.CookiePolicy])
def test_minimal_policy_works(base: type) -> None:
    """The documentation asks for set_ok and return_ok, and no more."""

    class Open(base):  # type: ignore[misc,valid-type]  # two bases, one after the other
        def set_ok(self, cookie: Any, request: Any) -> bool:
            return True

        return_ok = set_ok

    jar = receive(ours.CookieJar(Open()), "http://example.test/", "a=1")

    assert sent(jar, "http://other.test/") == "a=1"
    with pytest.raises(AttributeError):
        receive(stdlib.CookieJar(stdlib.CookiePolicy()), "http://example.test/", "a=1")


@pytest.mark.parametrize("face", ["cookietin", "cookietin.cookiejar"])
def test_debug_logs_no_values(
    face: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs are kept, sent and pasted."""
    module = __import__("importlib").import_module(face)
    monkeypatch.setattr(module, "debug", True, raising=False)
    caplog.set_level(logging.DEBUG, logger="http.cookiejar")

    jar = receive(
        ours.CookieJar(), "http://example.test/?q=SECRET", "a=SECRET", "b=SECRET; Domain=x.test"
    )
    sent(jar, "http://example.test/#SECRET")

    assert "SECRET" not in caplog.text
    assert "<Decision 'a' set>" in caplog.text
    assert "DOMAIN_MISMATCH" in caplog.text
    assert "sending a (example.test/)" in caplog.text


def test_failing_subclass_is_warned_about_without_values() -> None:
    """CPython's warning quotes a traceback, and with it what the server sent."""

    class Broken(ours.CookieJar):
        def _normalized_cookie_tuples(self, attrs_set: Any) -> Any:
            raise ValueError(f"cannot read {attrs_set}")

    with pytest.warns(UserWarning, match="http.cookiejar bug! ValueError") as caught:
        Broken().extract_cookies(
            Response(["a=SECRET"]), urllib.request.Request("http://example.test/")
        )

    assert "SECRET" not in str(caught[0].message)
