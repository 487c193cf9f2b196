"""curl -b reads our cookies.txt, curl -c writes one that we read; values stay below 0x80."""

import pytest

SHOP = "http://shop.test/"
SAFE = "https://shop.test/"
FUTURE = 4_000_000_000


@pytest.fixture
def jar(subject, tmp_path):
    return subject.MozillaCookieJar(tmp_path / "cookies.txt")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(SHOP, id="over http"),
        pytest.param(SAFE, id="over https, Secure included"),
        pytest.param(SHOP + "deep/er", id="below a path"),
        pytest.param("http://other.test/", id="another host"),
        pytest.param("http://www.other.test/", id="a subdomain of a domain-wide cookie"),
        pytest.param("http://bank.example/", id="a host without cookies"),
    ],
)
def test_curl_sends_what_the_jar_would(curl, jar, filled, site, header_of, pairs, url):
    """A script saves its login for curl: session cookies must arrive, which needs expiry 0."""
    filled(jar).save(ignore_discard=True)

    curl("-b", str(jar.filename), url)

    assert pairs(site.cookies()[0]) == pairs(header_of(jar, url))


def test_curl_keeps_the_session_cookie(curl, jar, filled, site, pairs):
    """CPython writes an empty expiry here, which curl refuses as a broken line."""
    filled(jar).save(ignore_discard=True)

    curl("-b", str(jar.filename), SHOP)

    assert "session=session-1" in pairs(site.cookies()[0])


def test_curl_does_not_get_session_cookies_that_were_not_saved(curl, jar, filled, site, pairs):
    """save() keeps its old meaning: session cookies end with the program unless asked for."""
    filled(jar).save()

    curl("-b", str(jar.filename), SHOP)

    assert pairs(site.cookies()[0]) == ["here=here-1", "hidden=hidden-1", "wide=wide-1"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("a b", id="blank inside"),
        pytest.param('"quoted"', id="quotes"),
        pytest.param("a=b==", id="equals signs"),
        pytest.param("", id="empty"),
        pytest.param("#hash", id="hash sign"),
        pytest.param("{1:[2,3]}", id="brackets and commas"),
    ],
)
def test_curl_sends_the_value_octet_by_octet(curl, jar, make_cookie, subject, site, value):
    """Quotes belong to the value, and nothing is escaped on the way through the file."""
    jar.set_cookie(make_cookie(subject, "v", value, "shop.test", expires=FUTURE))
    jar.save()

    curl("-b", str(jar.filename), SHOP)

    assert site.cookies() == [f"v={value}"]


def test_curl_keeps_our_flags_when_it_writes_the_file_again(curl, jar, filled, subject):
    """Read by curl, written by curl, read by us: the round trip of a shared login."""
    filled(jar).save(ignore_discard=True)

    curl("-b", str(jar.filename), "-c", "again.txt", SHOP)
    again = subject.MozillaCookieJar()
    again.load(jar.filename.replace("cookies.txt", "again.txt"), ignore_discard=True)

    def rows(cookies):
        return sorted(
            (c.name, c.value, c.domain, c.path, c.secure, c.expires, c.discard) for c in cookies
        )

    assert rows(again) == rows(jar)
    assert [c.name for c in again if c.has_nonstandard_attr("HttpOnly")] == []
    assert [c.name for c in again if c.has_nonstandard_attr("HTTPOnly")] == ["hidden"]


@pytest.fixture
def file_of_curl(curl, site, tmp_path):
    """What curl -c writes after a login with every kind of cookie."""
    curl(
        *("-c", "curl.txt"),
        site.url(
            SAFE,
            "session=1",
            "wide=2; Domain=shop.test; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
            "hidden=3; HttpOnly; Max-Age=86400",
            "safe=4; Secure; HttpOnly",
            "deep=5; Path=/deep",
            'quoted="6 6"',
            "empty=",
        ),
    )
    return tmp_path / "curl.txt"


def test_every_cookie_of_curl_is_read(subject, file_of_curl):
    """The standard library takes curl's 0 for 1970 and reads none of its session cookies."""
    jar = subject.MozillaCookieJar()

    jar.load(file_of_curl, ignore_discard=True)

    rows = {c.name: (c.value, c.domain, c.path, c.secure, c.discard) for c in jar}
    assert rows == {
        "session": ("1", "shop.test", "/", False, True),
        "wide": ("2", ".shop.test", "/", False, False),
        "hidden": ("3", "shop.test", "/", False, False),
        "safe": ("4", "shop.test", "/", True, True),
        "deep": ("5", "shop.test", "/deep", False, True),
        "quoted": ('"6 6"', "shop.test", "/", False, True),
        "empty": ("", "shop.test", "/", False, True),
    }
    assert {c.name: c.expires for c in jar if c.name in ("session", "wide")} == {
        "session": None,
        "wide": 4_102_444_800,
    }


def test_flag_httponly_of_curl_is_read(subject, file_of_curl):
    """The rows start with #HttpOnly_, which a careless reader takes for comments."""
    jar = subject.MozillaCookieJar()

    jar.load(file_of_curl, ignore_discard=True)

    hidden = sorted(c.name for c in jar if c.has_nonstandard_attr("HTTPOnly"))
    assert hidden == ["hidden", "safe"]


def test_session_cookies_of_curl_are_left_out_unless_asked_for(subject, file_of_curl):
    """load() keeps its old meaning as save() does."""
    jar = subject.MozillaCookieJar()

    jar.load(file_of_curl)

    assert sorted(cookie.name for cookie in jar) == ["hidden", "wide"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(SHOP, id="over http"),
        pytest.param(SAFE, id="over https, Secure included"),
        pytest.param(SHOP + "deep/er", id="below a path"),
        pytest.param("http://other.test/", id="another host"),
    ],
)
def test_jar_sends_what_curl_would(curl, subject, file_of_curl, site, surf, pairs, url):
    """A login made with curl goes on in Python, with the same header."""
    site.seen.clear()
    curl("-b", str(file_of_curl), url)
    jar = subject.MozillaCookieJar()
    jar.load(file_of_curl, ignore_discard=True)

    surf(jar, url)

    by_curl, by_us = site.cookies()
    assert pairs(by_us) == pairs(by_curl)


@pytest.mark.parametrize(
    ("spelling", "starts"),
    [
        pytest.param("HttpOnly", "#HttpOnly_shop.test", id="as servers spell it"),
        pytest.param("httponly", "#HttpOnly_shop.test", id="lower case"),
        pytest.param("HTTPOnly", "#HttpOnly_shop.test", id="as CPython spells it"),
        pytest.param("SameSite=Lax", "shop.test", id="without the flag"),
    ],
)
def test_prefix_is_written_for_any_spelling(curl, jar, surf, site, spelling, starts):
    """The flag comes from a real Set-Cookie; CPython's writer looks for one spelling only."""
    surf(jar, site.url(SHOP, f"sid=1; Max-Age=3600; {spelling}"))
    site.seen.clear()

    jar.save()

    with open(jar.filename, encoding="utf-8") as stream:
        assert [line.split("\t")[0] for line in stream if "sid" in line] == [starts]
    curl("-b", str(jar.filename), SHOP)
    assert site.cookies() == ["sid=1"]


@pytest.mark.parametrize(
    ("expiry", "domain"),
    [
        pytest.param("0", ".shop.test", id="expiry 0"),
        pytest.param("", ".shop.test", id="empty expiry"),
        pytest.param(str(FUTURE), "shop.test", id="TRUE without a leading dot"),
    ],
)
def test_row_of_a_browser_exporter_is_read(subject, surf, site, tmp_path, expiry, domain):
    """Exporters differ in what they call a session and in the dot; the login is meant alike."""
    path = tmp_path / "exported.txt"
    path.write_text(f"# Netscape HTTP Cookie File\n{domain}\tTRUE\t/\tFALSE\t{expiry}\tsid\t1\n")
    jar = subject.MozillaCookieJar(path)

    jar.load(ignore_discard=True)
    surf(jar, "http://www.shop.test/")

    assert site.cookies() == ["sid=1"]
    assert [(cookie.domain, cookie.discard) for cookie in jar] == [
        (".shop.test", expiry in ("", "0"))
    ]
