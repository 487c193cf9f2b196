"""scrapy's middleware of the package by itself: requests and responses, no crawl."""

import copy
import http.cookiejar
import importlib
import json
import logging
import os
import pickle
import subprocess
import sys

import pytest
from integration_checks import skip_without

skip_without("scrapy")

SHOP, WWW, OTHER = "http://shop.test/", "http://www.shop.test/", "http://other.test/"
SAFE = "https://shop.test/"
LOGGER = "scrapy.downloadermiddlewares.cookies"
BUILT_IN = "scrapy.downloadermiddlewares.cookies.CookiesMiddleware"
OURS = "cookietin.integrations.scrapy.CookiesMiddleware"
NEWS = "https://news.example"


@pytest.fixture(scope="module")
def scrapy(client_module):
    return client_module("scrapy")


@pytest.fixture(scope="module")
def ours(scrapy):
    return importlib.import_module("cookietin.integrations.scrapy")


@pytest.fixture
def made(ours, scrapy):
    """Makes the middleware of a crawl with these settings."""
    from scrapy.crawler import Crawler

    log = logging.getLogger("cookietin")
    level = log.level

    def make(**settings):
        return ours.CookiesMiddleware.from_crawler(Crawler(scrapy.Spider, settings))

    yield make
    log.setLevel(level)


@pytest.fixture
def send(scrapy):
    """The Cookie field of a request that has passed a middleware, as octets."""

    def send_one(middleware, url, **options):
        request = scrapy.Request(url, **options)
        assert middleware.process_request(request) is None
        return request.headers.get("Cookie")

    return send_one


@pytest.fixture
def receive(scrapy):
    from scrapy.http import Response

    def receive_one(middleware, url, *fields, **options):
        response = Response(url, headers={"Set-Cookie": list(fields)})
        assert middleware.process_response(scrapy.Request(url, **options), response) is response

    return receive_one


# The cookies of a request


@pytest.mark.parametrize(
    ("url", "cookies", "expected"),
    [
        pytest.param(SHOP, {"a": "1", "b": "2"}, b"a=1; b=2", id="a dict"),
        pytest.param(SHOP, [{"name": "a", "value": "1"}], b"a=1", id="a list of dicts"),
        pytest.param(SHOP, {b"a": b"1"}, b"a=1", id="octets"),
        pytest.param(SHOP, {"a": "ü"}, b"a=\xc3\xbc", id="a text goes as UTF-8"),
        pytest.param(SHOP, {"a": b"\xc3\xbc"}, b"a=\xc3\xbc", id="octets in UTF-8"),
        pytest.param(SHOP, {"a": b"\xfc"}, b"a=\xc3\xbc", id="octets in latin-1 go as UTF-8"),
        pytest.param(SHOP, {"a": 1}, b"a=1", id="a number"),
        pytest.param(SHOP, {"a": 9.5}, b"a=9.5", id="a fraction"),
        pytest.param(SHOP, {"a": True}, b"a=True", id="a truth value"),
        pytest.param(SHOP, {"a": ""}, b"a=", id="an empty value"),
        pytest.param(SHOP, {}, None, id="none"),
        pytest.param(
            WWW,
            [{"name": "a", "value": "1", "domain": "shop.test"}],
            b"a=1",
            id="a parent's domain",
        ),
        pytest.param(
            SHOP, [{"name": "a", "value": "1", "domain": "other.test"}], None, id="a foreign domain"
        ),
        pytest.param(SHOP, [{"name": "a", "value": "1", "path": "/b"}], None, id="another path"),
        pytest.param(
            SHOP, [{"name": "a", "value": "1", "secure": True}], None, id="Secure over http"
        ),
        pytest.param(
            SAFE, [{"name": "a", "value": "1", "secure": True}], b"a=1", id="Secure over https"
        ),
        pytest.param(
            SHOP, [{"name": "a", "value": "1", "sameSite": "x"}], b"a=1", id="an unknown entry"
        ),
        pytest.param("data:,", {"a": "1"}, None, id="a URL without a host"),
        pytest.param("file:///tmp/a", {"a": "1"}, None, id="a file"),
    ],
)
def test_cookies_of_a_request(ours, send, url, cookies, expected):
    given = copy.deepcopy(cookies)

    assert send(ours.CookiesMiddleware(), url, cookies=cookies) == expected
    assert cookies == given, "what the program gave was changed"


def test_cookies_of_a_request_are_stored(ours, send):
    """As the built-in middleware does it, and Secure where the request is (scrapy 2.11.2)."""
    middleware = ours.CookiesMiddleware()
    send(middleware, SAFE, cookies={"a": "1"})
    send(middleware, SAFE, cookies=[{"name": "b", "value": "2", "secure": False}])

    assert send(middleware, SAFE) == b"a=1; b=2"
    assert send(middleware, SHOP) == b"b=2"


@pytest.mark.parametrize(
    ("cookies", "error", "message"),
    [
        pytest.param({"a": "s3cret; b=2"}, ValueError, "value of cookie 'a'", id="a semicolon"),
        pytest.param({"a": "s3cret\r\nX: 1"}, ValueError, "value of cookie 'a'", id="a line break"),
        pytest.param({"a": b"s3cret\0"}, ValueError, "value of cookie 'a'", id="NUL in octets"),
        pytest.param({"a=b": "s3cret"}, ValueError, "'a=b' cannot be", id="= in a name"),
        pytest.param(
            [{"name": "a", "value": "s3cret", "path": "/;Secure"}],
            ValueError,
            "the path of cookie 'a'",
            id="an attribute in a path",
        ),
        pytest.param({"a": ["s3cret"]}, TypeError, "as its value, got list", id="a list as value"),
        pytest.param(["a=s3cret"], TypeError, "expected a dict for each, got str", id="texts"),
        pytest.param("a=s3cret", TypeError, "or a list of dicts, got str", id="one text"),
    ],
)
def test_cookie_of_a_request_that_cannot_be_is_refused(ours, scrapy, cookies, error, message):
    middleware, request = ours.CookiesMiddleware(), scrapy.Request(SHOP)
    request.cookies = cookies

    with pytest.raises(error, match=message) as caught:
        middleware.process_request(request)

    assert "s3cret" not in str(caught.value)
    assert len(middleware.jars[None]) == 0


@pytest.mark.parametrize(
    ("cookie", "said"),
    [
        pytest.param({"value": "s3cret"}, "cookie without a name: 'name' is missing", id="no name"),
        pytest.param({"name": "a"}, "cookie 'a': 'value' is missing", id="no value"),
        pytest.param({"name": "a", "value": None}, "cookie 'a': 'value' is missing", id="None"),
    ],
)
def test_cookie_without_name_or_value_is_left_out_with_a_warning(ours, send, caplog, cookie, said):
    middleware = ours.CookiesMiddleware()

    with caplog.at_level(logging.INFO, logger=LOGGER):
        sent = send(middleware, SHOP, cookies=[cookie, {"name": "b", "value": "2"}])

    assert sent == b"b=2"
    assert said in caplog.text
    assert "s3cret" not in caplog.text


# Jars and keys


def test_each_key_has_a_jar(ours, send, receive):
    middleware = ours.CookiesMiddleware()
    for key in (None, "alice", 7):
        receive(middleware, SHOP, f"sid={key}", meta={"cookiejar": key})

    assert [send(middleware, SHOP, meta={"cookiejar": key}) for key in (None, "alice", 7, "x")] == [
        b"sid=None", b"sid=alice", b"sid=7", None,
    ]  # fmt: skip
    assert list(middleware.jars) == [None, "alice", 7, "x"]


def test_dont_merge_cookies_keeps_the_jar_out(ours, send, receive):
    middleware, meta = ours.CookiesMiddleware(), {"dont_merge_cookies": True}
    receive(middleware, SHOP, "sid=1")
    receive(middleware, SHOP, "no=1", meta=meta)

    assert send(middleware, SHOP, meta=meta) is None
    assert send(middleware, SHOP, meta=meta, headers={"Cookie": "own=1"}) == b"own=1"
    assert send(middleware, SHOP) == b"sid=1"


def test_cookie_field_of_a_program_is_replaced(ours, send, receive):
    middleware = ours.CookiesMiddleware()

    assert send(middleware, SHOP, headers={"Cookie": "own=1"}) is None
    receive(middleware, SHOP, "sid=1")
    assert send(middleware, SHOP, headers={"Cookie": "own=1"}) == b"sid=1"


def test_retry_sends_what_the_jar_has_by_then(ours, scrapy, receive):
    """A retry is a copy of the request, with the Cookie field of the first try."""
    middleware, request = ours.CookiesMiddleware(), scrapy.Request(SHOP)
    receive(middleware, SHOP, "sid=1")
    middleware.process_request(request)
    receive(middleware, SHOP, "sid=2")

    again = request.copy()
    middleware.process_request(again)

    assert again.headers.getlist("Cookie") == [b"sid=2"]


def test_wrapper_is_the_one_that_spiders_know(ours, scrapy, subject, make_cookie):
    """`jars[key]` is a scrapy.http.cookies.CookieJar, around a jar of ours."""
    from scrapy.http import Response
    from scrapy.http.cookies import CookieJar

    wrapper = ours.CookiesMiddleware().jars["a"]
    request = scrapy.Request(SHOP)
    response = Response(SHOP, headers={"Set-Cookie": ["a=1", "b=\xfc"]})

    assert isinstance(wrapper, CookieJar)
    assert type(wrapper.jar) is subject.CookieJar
    assert isinstance(wrapper.policy, ours.CookiePolicy)
    assert [cookie.name for cookie in wrapper.make_cookies(response, request)] == ["a", "b"]
    assert len(wrapper) == 0
    wrapper.extract_cookies(response, request)
    wrapper.set_cookie(make_cookie(subject, "c", "3", "shop.test"))
    wrapper.set_cookie_if_ok(make_cookie(subject, "no", "4", ".other.test"), request)
    wrapper.add_cookie_header(request)
    assert request.headers["Cookie"] == b"a=1; b=\xc3\xbc; c=3"
    assert [cookie.name for cookie in wrapper] == ["a", "b", "c"]
    wrapper.clear("shop.test", "/", "c")
    assert list(wrapper._cookies["shop.test"]["/"]) == ["a", "b"]
    wrapper.clear_session_cookies()
    assert len(wrapper) == 0
    wrapper.set_policy(subject.BrowserCookiePolicy())
    assert isinstance(wrapper.policy, subject.BrowserCookiePolicy)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_jar_can_be_copied_for_another_key(ours, send, receive, duplicate):
    """scrapy issue 1448."""
    middleware = ours.CookiesMiddleware()
    receive(middleware, SHOP, "sid=1")

    middleware.jars["b"] = duplicate(middleware.jars[None])
    receive(middleware, SHOP, "sid=2", meta={"cookiejar": "b"})

    assert send(middleware, SHOP) == b"sid=1"
    assert send(middleware, SHOP, meta={"cookiejar": "b"}) == b"sid=2"


def test_what_is_no_jar_of_ours_is_refused(ours):
    middleware = ours.CookiesMiddleware()

    with pytest.raises(TypeError, match="expected a CookieJar of cookietin, got MozillaCookieJar"):
        middleware.jars[None].jar = http.cookiejar.MozillaCookieJar()


def test_octets_come_back_as_they_came(ours, send, receive, subject, make_cookie):
    """Latin-1 characters in the jar; what a program has put there beyond them goes as UTF-8."""
    middleware = ours.CookiesMiddleware()
    receive(middleware, SHOP, b"a=gr\xfc\xdfe", b"b=gr\xc3\xbc")
    middleware.jars[None].set_cookie(make_cookie(subject, "c", "\u2603", "shop.test"))

    assert send(middleware, SHOP) == b"a=gr\xfc\xdfe; b=gr\xc3\xbc; c=\xe2\x98\x83"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, b"a=voil\xc3", id="the default rules cut it, as http.cookiejar does"),
        pytest.param("cookietin.BrowserCookiePolicy", b"a=voil\xc3\xa0", id="browsers keep it"),
    ],
)
def test_octet_that_is_a_blank_in_latin_1(made, send, receive, policy, expected):
    """UTF-8 has 0xA0 and 0x85 at the end of some letters; the page says what becomes of them."""
    middleware = made(COOKIES_POLICY=policy)
    receive(middleware, SHOP, "a=voil\u00e0")

    assert send(middleware, SHOP) == expected


def test_policy_is_asked_once_for_each_cookie(made, subject, send, receive):
    asked = []

    class Asked(subject.DefaultCookiePolicy):
        def set_ok(self, cookie, request):
            asked.append(("set", cookie.name))
            return super().set_ok(cookie, request)

        def return_ok(self, cookie, request):
            asked.append(("return", cookie.name))
            return super().return_ok(cookie, request)

    middleware = made(COOKIES_POLICY=Asked)
    receive(middleware, SHOP, "a=1", "b=2")
    send(middleware, SHOP, cookies={"c": "3"})

    assert asked == [
        ("set", "a"), ("set", "b"), ("set", "c"), ("return", "a"), ("return", "b"), ("return", "c"),
    ]  # fmt: skip


# The default policy: that of the built-in middleware


@pytest.mark.parametrize(
    ("url", "field", "then", "expected"),
    [
        pytest.param(
            "http://a.co.uk/", "x=1; Domain=co.uk", "http://b.co.uk/", None, id="a public suffix"
        ),
        pytest.param(
            "http://a.github.io/",
            "x=1; Domain=github.io",
            "http://b.github.io/",
            None,
            id="a private public suffix",
        ),
        pytest.param(
            "http://co.uk/", "x=1; Domain=co.uk", "http://co.uk/", b"x=1", id="the suffix itself"
        ),
        pytest.param(
            "http://co.uk/", "x=1; Domain=co.uk", "http://a.co.uk/", b"x=1", id="and below, as there"
        ),
        pytest.param(WWW, "x=1; Domain=shop.test", SHOP, b"x=1", id="a registrable domain"),
        pytest.param(
            "http://localhost/", "x=1; Domain=localhost", "http://localhost/", b"x=1",
            id="localhost (scrapy issue 6410)",
        ),
        pytest.param(
            "http://127.0.0.1/", "x=1; Domain=127.0.0.1", "http://127.0.0.1/", b"x=1",
            id="an address",
        ),
    ],
)  # fmt: skip
def test_public_suffixes(ours, send, receive, url, field, then, expected):
    middleware = ours.CookiesMiddleware()

    receive(middleware, url, field)

    assert send(middleware, then) == expected


# Settings


def test_cookies_enabled(made):
    from scrapy.exceptions import NotConfigured

    with pytest.raises(NotConfigured):
        made(COOKIES_ENABLED=False)


@pytest.mark.parametrize("given", ["path", "class", "object"])
def test_browser_policy(made, subject, send, receive, given):
    policy = {
        "path": "cookietin.BrowserCookiePolicy",
        "class": subject.BrowserCookiePolicy,
        "object": subject.BrowserCookiePolicy(),
    }[given]
    middleware = made(COOKIES_POLICY=policy)

    receive(middleware, SHOP, "here=1", "early=1; Secure")

    assert send(middleware, SHOP) == b"here=1"
    assert send(middleware, WWW) is None
    assert middleware.jars["a"].policy is middleware.jars["b"].policy


def test_function_makes_each_jar(made, subject, send, receive):
    made_jars = []

    def make(policy):
        made_jars.append(subject.CookieJar(policy))
        return made_jars[-1]

    middleware = made(COOKIES_JAR=make)
    receive(middleware, SHOP, "sid=1", meta={"cookiejar": 1})

    assert [cookie.name for cookie in made_jars[0]] == ["sid"]
    assert middleware.jars[1].jar is made_jars[0]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        pytest.param({"COOKIES_JAR": "CookieJar"}, ValueError, "COOKIES_JAR: .*path", id="a bare name"),
        pytest.param(
            {"COOKIES_JAR": "cookietin.Nothing"}, ImportError, "COOKIES_JAR: .*Nothing", id="no such jar"
        ),
        pytest.param(
            {"COOKIES_JAR": http.cookiejar.CookieJar},
            TypeError,
            "COOKIES_JAR: expected a CookieJar of cookietin",
            id="a jar of the standard library",
        ),
        pytest.param({"COOKIES_JAR": 3}, TypeError, "COOKIES_JAR: expected a class", id="a number"),
        pytest.param(
            {"COOKIES_JAR": lambda: None}, TypeError, "COOKIES_JAR: .*policy=", id="takes no policy"
        ),
        pytest.param(
            {"COOKIES_POLICY": "cookietin.CookieJar"}, TypeError, "COOKIES_POLICY: .*CookieJar",
            id="a jar as policy",
        ),
        pytest.param({"COOKIES_CONTEXT": NEWS}, TypeError, "COOKIES_CONTEXT: .*got str", id="context"),
        pytest.param({"COOKIES_MAX_JARS": 0}, ValueError, "COOKIES_MAX_JARS: .*got 0", id="no jars"),
        pytest.param({"COOKIES_MAX_JARS": "x"}, ValueError, "COOKIES_MAX_JARS", id="no number"),
        pytest.param({"COOKIES_FILE": 3}, TypeError, "COOKIES_FILE.*int", id="no path"),
        pytest.param(
            {"DOWNLOADER_MIDDLEWARES": {OURS: 700}}, ValueError, "built-in.*None", id="both are on"
        ),
    ],
)  # fmt: skip
def test_setting_that_cannot_be_is_refused_at_the_door(made, settings, error, message):
    with pytest.raises(error, match=message):
        made(**settings)


def test_built_in_middleware_is_off(made, ours):
    assert made(DOWNLOADER_MIDDLEWARES={BUILT_IN: None, OURS: 700})


def test_log_of_the_package_is_for_those_who_ask(made):
    """scrapy lets all loggers speak that have no level; each request would explain itself."""
    log = logging.getLogger("cookietin")
    log.setLevel(logging.NOTSET)
    made()
    assert log.level == logging.INFO

    log.setLevel(logging.DEBUG)
    made()
    assert log.level == logging.DEBUG


def test_number_of_jars_is_bound(made, receive, send):
    middleware = made(COOKIES_MAX_JARS="2")
    for key in ("a", "b", "a", "c"):
        receive(middleware, SHOP, f"sid={key}", meta={"cookiejar": key})

    assert list(middleware.jars) == ["a", "c"]
    assert send(middleware, SHOP, meta={"cookiejar": "b"}) is None


# Who asks


def test_context_of_settings_and_of_a_request(made, subject, send, receive):
    image = subject.RequestContext(site_for_cookies=NEWS, top_level=False)
    middleware = made(COOKIES_POLICY="cookietin.BrowserCookiePolicy", COOKIES_CONTEXT=image)
    own = {"cookie_context": subject.RequestContext(site_for_cookies=SAFE, top_level=False)}
    fields = ["lax=1; SameSite=Lax", "none=1; Secure; SameSite=None"]
    receive(middleware, SAFE, *fields)
    assert send(middleware, SAFE) == b"none=1"

    receive(middleware, SAFE, *fields, meta=own)
    assert send(middleware, SAFE, meta=own) == b"none=1; lax=1"
    assert send(middleware, SAFE) == b"none=1"


def test_what_is_no_context_is_refused(ours, send, subject):
    middleware = ours.CookiesMiddleware()

    with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
        send(middleware, SHOP, meta={"cookie_context": NEWS})
    with pytest.raises(TypeError, match="expected a RequestContext or None, got str"):
        ours.CookiesMiddleware(context=NEWS)


# Files


def test_jars_come_back_from_files(made, receive, send, tmp_path):
    """One file for each key; session cookies too, since a crawl is a login."""
    file = tmp_path / "new" / "shop.json"
    first = made(COOKIES_FILE=file)
    for key in (None, "alice", 7):
        receive(first, SHOP, f"sid={key}", meta={"cookiejar": key})
    first.save_jars()

    second = made(COOKIES_FILE=str(file))

    names = sorted(path.name for path in file.parent.iterdir() if path.suffix != ".lock")
    assert names == ["shop.7.json", "shop.alice.json", "shop.json"]
    assert list(second.jars) == [None]
    assert [send(second, SHOP, meta={"cookiejar": key}) for key in (None, "alice", 7, "bob")] == [
        b"sid=None", b"sid=alice", b"sid=7", None,
    ]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_files_are_for_their_owner_alone(made, receive, tmp_path):
    file = tmp_path / "new" / "shop.json"
    middleware = made(COOKIES_FILE=file)
    receive(middleware, SHOP, "sid=1")
    middleware.save_jars()

    assert [oct(path.stat().st_mode & 0o777) for path in (file.parent, file)] == ["0o700", "0o600"]


def test_file_keeps_its_format(made, receive, subject, tmp_path):
    """A cookies.txt from a browser logs the crawl in, and is still one afterwards."""
    file = tmp_path / "cookies.txt"
    jar = subject.MozillaCookieJar(file)
    jar.set("sid", "1", url=SHOP, max_age=60)
    jar.save()

    middleware = made(COOKIES_FILE=file)
    receive(middleware, SHOP, "b=2")
    middleware.save_jars()

    assert file.read_text().startswith("# Netscape HTTP Cookie File")
    assert [cookie.name for cookie in subject.open_jar(file, "mozilla")] == ["sid", "b"]


@pytest.mark.parametrize("name", ["MozillaCookieJar", "LWPCookieJar", "SQLiteCookieJar"])
def test_class_says_the_format_of_a_new_file(made, receive, send, tmp_path, name):
    settings = {"COOKIES_JAR": f"cookietin.{name}", "COOKIES_FILE": tmp_path / "cookies"}
    first = made(**settings)
    receive(first, SHOP, "sid=1")
    first.save_jars()

    second = made(**settings)
    assert send(second, SHOP) == b"sid=1"
    assert type(second.jars[None].jar).__name__ == name
    second.save_jars()


def test_file_that_cannot_be_read_stops_the_crawl_and_stays(made, subject, tmp_path):
    file = tmp_path / "cookies.json"
    file.write_text("{ broken")

    with pytest.raises(subject.LoadError):
        made(COOKIES_FILE=file)

    assert file.read_text() == "{ broken"


def test_file_of_a_key_that_cannot_be_read_fails_its_requests_alone(
    made, subject, send, receive, tmp_path
):
    (tmp_path / "shop.a.json").write_text("{ broken")
    middleware = made(COOKIES_FILE=tmp_path / "shop.json")

    with pytest.raises(subject.LoadError):
        send(middleware, SHOP, meta={"cookiejar": "a"})
    receive(middleware, SHOP, "sid=1")
    middleware.save_jars()

    assert "a" not in middleware.jars
    assert (tmp_path / "shop.a.json").read_text() == "{ broken"
    assert len(subject.open_jar(tmp_path / "shop.json")) == 1


def test_jar_that_cannot_be_saved_does_not_keep_the_others_from_it(
    made, receive, subject, tmp_path, caplog
):
    middleware = made(COOKIES_FILE=tmp_path / "new" / "shop.json")
    for key in ("a", "b", None):
        receive(middleware, SHOP, "sid=s3cret", meta={"cookiejar": key})
    middleware.jars["a"].jar.filename = str(tmp_path / "gone" / "a.json")
    middleware.jars["b"].jar = subject.CookieJar()

    with caplog.at_level(logging.WARNING, logger=LOGGER):
        middleware.save_jars()

    assert "jar of the key 'a' is not saved" in caplog.text
    assert "jar of the key 'b' is not saved" in caplog.text
    assert "s3cret" not in caplog.text
    assert len(subject.open_jar(tmp_path / "new" / "shop.json")) == 1


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copy_of_a_jar_goes_to_the_file_of_its_own_key(made, receive, send, tmp_path, duplicate):
    """The file of the other key would get this one's login."""
    first = made(COOKIES_FILE=tmp_path / "shop.json")
    receive(first, SHOP, "sid=a", meta={"cookiejar": "a"})
    first.jars["b"] = duplicate(first.jars["a"])
    receive(first, SHOP, "sid=b", meta={"cookiejar": "b"})
    first.save_jars()

    second = made(COOKIES_FILE=tmp_path / "shop.json")
    assert [send(second, SHOP, meta={"cookiejar": key}) for key in "ab"] == [b"sid=a", b"sid=b"]


def test_jar_under_two_keys_stays_with_its_file(made, receive, send, tmp_path):
    """In another file it would forget what the first has, and take removed cookies for new ones."""
    middleware = made(COOKIES_FILE=tmp_path / "shop.json")
    receive(middleware, SHOP, "sid=1", "gone=1", meta={"cookiejar": "a"})
    middleware.jars["b"] = middleware.jars["a"]
    middleware.save_jars()
    receive(middleware, SHOP, "gone=; Max-Age=0", meta={"cookiejar": "b"})
    middleware.save_jars()

    assert send(middleware, SHOP, meta={"cookiejar": "b"}) == b"sid=1"
    assert [path.name for path in tmp_path.glob("*.json")] == ["shop.a.json"]


def test_jar_without_a_file_that_a_spider_assigns_is_saved(made, receive, send, subject, tmp_path):
    """One with a file that is none of the keys' stays with it."""
    first = made(COOKIES_FILE=tmp_path / "shop.json")
    for key, file in ("a", None), ("b", tmp_path / "own.json"):
        first.jars[key].jar = subject.JSONCookieJar(file)
        receive(first, SHOP, f"sid={key}", meta={"cookiejar": key})
    first.save_jars()

    second = made(COOKIES_FILE=tmp_path / "shop.json")
    assert [send(second, SHOP, meta={"cookiejar": key}) for key in "ab"] == [b"sid=a", None]
    assert (tmp_path / "own.json").exists()


def test_jar_keeps_the_file_that_a_function_gave_it(made, receive, subject, tmp_path):
    file = tmp_path / "shop.all.json"
    middleware = made(
        COOKIES_FILE=tmp_path / "shop.json",
        COOKIES_JAR=lambda policy: subject.JSONCookieJar(file, policy=policy),
    )
    receive(middleware, SHOP, "sid=1", meta={"cookiejar": "a"})
    middleware.save_jars()

    assert {path.name for path in tmp_path.iterdir()} == {"shop.all.json", "shop.all.json.lock"}


def test_jar_whose_class_fails_does_not_keep_the_others_from_being_saved(
    made, receive, subject, tmp_path, caplog
):
    """Nor is shown what its error says, which may be a value."""

    class Failing(subject.JSONCookieJar):
        def save(self, *arguments, **options):
            raise RuntimeError(f"cannot save {next(iter(self)).value}")

    middleware = made(COOKIES_FILE=tmp_path / "shop.json")
    middleware.jars["a"].jar = Failing()
    for key in ("a", None):
        receive(middleware, SHOP, "sid=s3cret", meta={"cookiejar": key})

    with caplog.at_level(logging.WARNING, logger=LOGGER):
        middleware.save_jars()

    assert "jar of the key 'a' is not saved: RuntimeError" in caplog.text
    assert "s3cret" not in caplog.text
    assert (tmp_path / "shop.json").exists()


def test_nothing_is_written_where_nothing_changed(made, tmp_path):
    made(COOKIES_FILE=tmp_path / "shop.json").save_jars()

    assert list(tmp_path.iterdir()) == []


def test_two_crawls_share_a_file(made, receive, send, tmp_path):
    """The last to close does not undo what the first has learned."""
    one, two = made(COOKIES_FILE=tmp_path / "c.json"), made(COOKIES_FILE=tmp_path / "c.json")
    receive(one, SHOP, "a=1")
    receive(two, OTHER, "b=2")
    one.save_jars()
    two.save_jars()

    third = made(COOKIES_FILE=tmp_path / "c.json")
    assert [send(third, SHOP), send(third, OTHER)] == [b"a=1", b"b=2"]


def test_jar_that_had_to_go_comes_back_from_its_file(made, receive, send, tmp_path):
    middleware = made(COOKIES_FILE=tmp_path / "shop.json", COOKIES_MAX_JARS=1)
    for key in ("a", "b"):
        receive(middleware, SHOP, f"sid={key}", meta={"cookiejar": key})

    assert send(middleware, SHOP, meta={"cookiejar": "a"}) == b"sid=a"
    assert len(middleware.jars) == 1


def test_no_two_keys_share_a_file(subject):
    """Not where file systems know no case, either: the login of one would be that of the other."""
    from cookietin.integrations.keyed_files import KeyedFiles

    files = KeyedFiles("c.json", subject.DefaultCookiePolicy())
    keys = [
        None, "", "a", "A", "ä", "Ä", "7", 7, "-7", -7, "%", "%37", ".", "..", "a.b", "a/b", "a\\b",
        "con", "None", "x" * 300, "x" * 301, 10**200, 10**200 + 1, "\0", "a b", "\ud800",
    ]  # fmt: skip
    paths = [files.path_of(key) for key in keys]

    assert len({path.lower() for path in paths}) == len(keys)
    assert {os.path.dirname(path) for path in paths} == {os.getcwd()}
    assert all(len(os.path.basename(path)) < 200 and path.isascii() for path in paths)


@pytest.mark.parametrize("name", ["cookies", ".cookies", "cookies.lock"])
def test_no_key_has_the_file_of_a_lock(subject, name):
    """A lock beside a file that has no ending, or this one, would be a jar."""
    from cookietin.file_lock import lock_path
    from cookietin.integrations.keyed_files import KeyedFiles

    files = KeyedFiles(name, subject.DefaultCookiePolicy())

    assert files.path_of("lock") != lock_path(files.path_of(None))


def test_key_that_has_no_file_is_refused(made, send, tmp_path):
    middleware = made(COOKIES_FILE=tmp_path / "c.json")

    with pytest.raises(TypeError, match="expected a text, a whole number or None as the key"):
        send(middleware, SHOP, meta={"cookiejar": ("a", 1)})


def test_jar_that_cannot_be_saved_is_refused_at_the_door(made, tmp_path):
    with pytest.raises(TypeError, match=r"expected a jar with a file.*got CookieJar"):
        made(COOKIES_FILE=tmp_path / "c.json", COOKIES_JAR="cookietin.CookieJar")


# COOKIES_DEBUG


def test_debug_says_what_was_sent_withheld_and_refused(made, send, receive, caplog):
    middleware = made(COOKIES_DEBUG=True)

    with caplog.at_level(logging.DEBUG, logger=LOGGER):
        send(middleware, SHOP)
        receive(
            middleware, SHOP, "sid=s3cret", "x=s3cret; Domain=other.test", "safe=s3cret; Secure"
        )
        send(middleware, SHOP, cookies=[{"name": "y", "value": "s3cret", "domain": "bank.example"}])

    received, refused, sent = [record.getMessage() for record in caplog.records]
    assert {record.name for record in caplog.records} == {LOGGER}
    assert "s3cret" not in caplog.text
    assert [line.split()[:2] for line in received.splitlines()[:3]] == [
        ["Received", "cookies"], ["name", "domain"], ["set", "sid"],
    ]  # fmt: skip
    assert "refused  x" in received
    assert "DOMAIN_MISMATCH" in received
    assert refused.startswith(f"Refused cookies of: <GET {SHOP}>\n")
    assert sent.startswith(f"Sending cookies to: <GET {SHOP}>\n{SHOP}: 1 sent, 1 withheld\n")
    assert "withheld  safe" in sent
    assert "SECURE_ONLY" in sent


def test_debug_changes_nothing(made, send, receive, subject):
    """Not for a jar that a program has taught another way, either."""

    class Counted(subject.CookieJar):
        count = 0

        def extract_cookies(self, response, request):
            self.count += 1
            super().extract_cookies(response, request)

    for jar in (subject.CookieJar, Counted):
        middleware = made(COOKIES_DEBUG=True, COOKIES_JAR=jar)
        receive(middleware, SHOP, "sid=1")
        assert send(middleware, SHOP, cookies={"b": "2"}) == b"sid=1; b=2"
    assert middleware.jars[None].jar.count == 2


# A crawl of its own, twice

CRAWLER = os.path.join(os.path.dirname(__file__), "scrapy_spiders.py")


def test_spiders_stop_and_go_on(scrapy, site, loopback_environment, source_root, tmp_path):
    """JOBDIR: what is waiting when a crawl stops is sent by the next, with the login of the first."""
    environment = {
        **loopback_environment,
        "PYTHONPATH": source_root,
        "LOGIN": site.url(f"{SHOP}login", "sid=31d4", to=site.url(SHOP, "seen=1")),
        "PAGE": f"{SHOP}page",
    }
    said = []
    for _ in range(2):
        child = subprocess.run(
            [sys.executable, "-P", "-W", "error", CRAWLER, str(tmp_path)],
            env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert child.returncode == 0, child.stderr
        said.append(json.loads(child.stdout))

    # Two keys log in, then the first crawl stops; the second one has two pages left.
    assert site.cookies() == [None, "sid=31d4", None, "sid=31d4"] + ["sid=31d4; seen=1"] * 2
    assert said == [
        {"alice": {"sid": "31d4", "seen": "1"}, "7": {"sid": "31d4", "seen": "1"}},
        {"alice": {"sid": "31d4", "seen": "1"}, "7": {"sid": "31d4", "seen": "1"}},
    ]
