"""The dialect of requests' jars, spoken by ours: the same calls on both, with theirs as the oracle.

Rules of this file:
- A row of `SAME` is played on a jar of the client and on each of ours; results, exceptions and what is
  in the jar afterwards have to be equal.
- What is different has a test of its own, which says why.
"""

import collections
import copy
import http.cookiejar
import http.cookies
import importlib
import pickle

import pytest
from scenarios import SHOP

NOW = 1_767_225_600


@pytest.fixture(params=["requests", "niquests"])
def client(request, client_module):
    return client_module(request.param)


@pytest.fixture
def ours(client):
    return importlib.import_module(f"cookietin.integrations.{client.__name__}")


@pytest.fixture
def file_jar(ours, subject):
    """What a program makes of the mixin and another jar of ours."""

    class Jar(ours.RequestsVerbs, subject.MozillaCookieJar):
        pass

    return Jar


@pytest.fixture
def shared_jar(ours, subject):
    class Jar(ours.RequestsVerbs, subject.SQLiteCookieJar):
        pass

    return Jar


def filled(jar):
    jar.set("sid", "1", domain="shop.test", path="/")
    jar.set("sid", "2", domain="news.test", path="/a")
    jar.set("theme", "dark", domain=".shop.test", path="/")
    jar["everywhere"] = "yes"
    jar["empty"] = ""
    return jar


def plain(thing):
    """What can be compared of a result."""
    if isinstance(thing, http.cookiejar.CookieJar):
        return [plain(cookie) for cookie in thing]
    if isinstance(thing, http.cookiejar.Cookie):
        return {**vars(thing), "_rest": dict(thing._rest)}
    if isinstance(thing, collections.abc.Iterator):
        return list(map(plain, thing))
    return thing


def played(call, jar, cookies):
    """What a call returns or raises, and what the jar has then."""
    try:
        outcome = plain(call(jar, cookies))
    except Exception as error:  # noqa: BLE001 - whatever the oracle raises
        names_one = type(error) is KeyError and str(error).startswith("\"name='")
        outcome = type(error), str(error) if names_one else None
    return outcome, plain(jar)


def morsel(**attributes):
    made = http.cookies.SimpleCookie({"m": "v w"})["m"]
    made.update({name.replace("_", "-"): value for name, value in attributes.items()})
    return made


def without_value(jar):
    cookie = jar.set("lone", "x", domain="shop.test")
    jar.clear("shop.test", "/", "lone")
    cookie.value = None
    jar.set_cookie(cookie)
    return jar


def other_jar(*pairs):
    jar = http.cookiejar.CookieJar()
    for name, value in pairs:
        cookie = http.cookiejar.Cookie(
            *(0, name, value, None, False, "shop.test", True, False, "/", True),
            *(False, None, True, None, None, {}),
        )
        jar.set_cookie(cookie)
    return jar


def given_back(change):
    """A row of a call that returns nothing of interest."""
    return lambda jar, cookies: (change(jar, cookies), None)[1]


SAME = {
    # One cookie
    "[] of one": lambda jar, _: jar["theme"],
    "[] of several": lambda jar, _: jar["sid"],
    "[] of none": lambda jar, _: jar["nothing"],
    "[] of a cookie without a value": lambda jar, _: without_value(jar)["lone"],
    "get": lambda jar, _: jar.get("theme"),
    "get of none": lambda jar, _: (jar.get("nothing"), jar.get("nothing", "d")),
    "get of several": lambda jar, _: jar.get("sid"),
    "get by domain": lambda jar, _: jar.get("sid", domain="news.test"),
    "get by another domain": lambda jar, _: jar.get("theme", domain="shop.test"),
    "get by path, by place": lambda jar, _: jar.get("sid", None, None, "/a"),
    "get with an unknown argument": lambda jar, _: jar.get("sid", url=SHOP),
    "in": lambda jar, _: ["sid" in jar, "theme" in jar, "nothing" in jar, 1 in jar],
    "a cookie in": lambda jar, _: [cookie in jar for cookie in jar],
    "a cookie without a value in": lambda jar, _: "lone" in without_value(jar),
    "[]=": given_back(lambda jar, _: jar.__setitem__("new", "1")),
    "[]= of one that is there for all hosts": given_back(
        lambda jar, _: jar.__setitem__("everywhere", "no")
    ),
    "[]= of several": given_back(lambda jar, _: jar.__setitem__("sid", "3")),
    "[]= of None": given_back(lambda jar, _: jar.__setitem__("sid", None)),
    "[]= of a quoted value": given_back(lambda jar, _: jar.__setitem__("q", '"\\"a\\" b"')),
    "[]= of a value with a backslash": given_back(lambda jar, _: jar.__setitem__("q", 'a\\"b')),
    "[]= of a latin-1 value": given_back(lambda jar, _: jar.__setitem__("q", "\xe9")),
    "set": lambda jar, _: jar.set("new", "1"),
    "set with all attributes": lambda jar, _: jar.set(
        *("new", "1"), domain=".shop.test", path="/b", secure=True, expires=NOW * 2, rest={},
        discard=False, version=0, port="80", comment="c", comment_url="u", rfc2109=True,
    ),
    "set with a domain that is None": lambda jar, _: jar.set("new", "1", domain=None),
    "set with an unknown argument": lambda jar, _: jar.set("new", "1", httponly=True),
    "set of None": lambda jar, _: jar.set("sid", None),
    "set of None by domain": lambda jar, _: jar.set("sid", None, domain="shop.test"),
    "set of None by path": lambda jar, _: jar.set("sid", None, path="/a"),
    "set of a morsel": lambda jar, _: jar.set("other", morsel(domain="a.test", path="/")),
    "set of a morsel that ends": lambda jar, _: jar.set(
        "m", morsel(path="/", expires="Sat, 01-Jan-2050 00:00:00 GMT", secure=True, httponly=True)
    ),
    "set of a morsel with a wrong Max-Age": lambda jar, _: jar.set("m", morsel(max_age="soon")),
    "set of a morsel with a wrong Expires": lambda jar, _: jar.set("m", morsel(expires="soon")),
    "del": given_back(lambda jar, _: jar.__delitem__("sid")),
    "del of none": given_back(lambda jar, _: jar.__delitem__("nothing")),
    "pop": lambda jar, _: jar.pop("theme"),
    "pop of none": lambda jar, _: jar.pop("nothing"),
    "pop with a default": lambda jar, _: jar.pop("nothing", "d"),
    "pop of several": lambda jar, _: jar.pop("sid"),
    "setdefault": lambda jar, _: [jar.setdefault("theme", "x"), jar.setdefault("new", "y")],
    "setdefault of None": lambda jar, _: jar.setdefault("new"),
    "pop of too much": lambda jar, _: jar.pop("theme", "a", "b"),
    "popitem of nothing": lambda jar, _: (jar.clear(), jar.popitem())[1],
    # Overviews
    "dict": lambda jar, _: dict(jar),
    "keys": lambda jar, _: jar.keys(),
    "values": lambda jar, _: jar.values(),
    "items": lambda jar, _: jar.items(),
    "iterkeys": lambda jar, _: jar.iterkeys(),
    "itervalues": lambda jar, _: jar.itervalues(),
    "iteritems": lambda jar, _: jar.iteritems(),
    "iteration": lambda jar, _: iter(jar),
    "len and truth": lambda jar, _: (len(jar), bool(jar)),
    "get_dict": lambda jar, _: jar.get_dict(),
    "get_dict by domain": lambda jar, _: jar.get_dict("shop.test"),
    "get_dict by path": lambda jar, _: jar.get_dict(path="/a"),
    "list_domains": lambda jar, _: jar.list_domains(),
    "list_paths": lambda jar, _: jar.list_paths(),
    "multiple_domains": lambda jar, _: jar.multiple_domains(),
    "multiple_domains of one domain twice": lambda jar, _: (
        jar.set("b", "1", domain="shop.test"),
        jar.multiple_domains(),
    )[1],
    "== a dict": lambda jar, _: (jar == dict(jar), jar == {}, jar != {}, jar == 1),
    "== a jar": lambda jar, cookies: jar == filled(cookies.RequestsCookieJar()),
    "hash": lambda jar, _: hash(jar),
    "a mapping": lambda jar, cookies: (
        isinstance(jar, collections.abc.MutableMapping),
        isinstance(jar, cookies.RequestsCookieJar),
    ),
    "get_policy": lambda jar, _: jar.get_policy() is jar._policy,
    # Many
    "update with a dict": given_back(lambda jar, _: jar.update({"a": "1", "sid": None})),
    "update with pairs": given_back(lambda jar, _: jar.update([("a", "1"), ("b", "2")])),
    "update with morsels": given_back(
        lambda jar, _: jar.update(http.cookies.SimpleCookie("a=1; b=2"))
    ),
    "update with a jar": given_back(lambda jar, _: jar.update(other_jar(("a", "1"), ("sid", "9")))),
    "update with itself": given_back(lambda jar, _: jar.update(jar)),
    "update with None": given_back(lambda jar, _: jar.update(None)),
    "update with nothing": given_back(lambda jar, _: jar.update()),
    "update with names": given_back(lambda jar, _: jar.update(a="1")),
    "clear": given_back(lambda jar, _: jar.clear()),
    "clear of a domain": given_back(lambda jar, _: jar.clear("shop.test")),
    "clear of none": given_back(lambda jar, _: jar.clear("nobody.test")),
    # Copies
    "copy": lambda jar, _: jar.copy(),
    "copy.copy": lambda jar, _: copy.copy(jar),
    "copy.deepcopy": lambda jar, _: copy.deepcopy(jar),
    "copy has copies": lambda jar, _: {*map(id, jar)} & {*map(id, jar.copy())},
    # What the client's functions do with a jar
    "dict_from_cookiejar": lambda jar, cookies: {each.name: each.value for each in jar},
    "cookiejar_from_dict": lambda jar, cookies: cookies.cookiejar_from_dict(
        {"a": "1", "sid": "3"}, cookiejar=jar
    ),
    "cookiejar_from_dict without overwriting": lambda jar, cookies: cookies.cookiejar_from_dict(
        {"a": "1", "sid": "3"}, cookiejar=jar, overwrite=False
    ),
    "merge_cookies of a dict": lambda jar, cookies: cookies.merge_cookies(jar, {"a": "1"}),
    "merge_cookies of a jar": lambda jar, cookies: cookies.merge_cookies(jar, other_jar(("a", "1"))),
    "merge_cookies into theirs": lambda jar, cookies: cookies.merge_cookies(
        cookies.RequestsCookieJar(), jar
    ),
    "remove_cookie_by_name": given_back(
        lambda jar, cookies: cookies.remove_cookie_by_name(jar, "sid", domain="shop.test")
    ),
    "_copy_cookie_jar": lambda jar, cookies: cookies._copy_cookie_jar(jar),
}  # fmt: skip


@pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in SAME.items()])
def test_same_as_theirs(client, ours, file_jar, call):
    """A program that was written for requests' jar finds what it knows."""
    cookies = client.cookies
    expected = played(call, filled(cookies.RequestsCookieJar()), cookies)
    for kind in (ours.RequestsCookieJar, file_jar):
        assert played(call, filled(kind()), cookies) == expected


def test_functions_of_utils(client, ours):
    """`requests.utils` has three, by their documented names."""
    jar = filled(ours.RequestsCookieJar())

    same = client.utils.add_dict_to_cookiejar(jar, {"theme": "light"})

    assert same is jar
    assert client.utils.dict_from_cookiejar(jar)["sid"] == "2"
    assert jar.get("theme", domain="") == "light"


# What is different


def test_empty_value_is_a_value(ours):
    """As in newer versions of requests; for older ones and niquests there is no such cookie."""
    jar = filled(ours.RequestsCookieJar())

    assert (jar["empty"], jar.get("empty", "d"), "empty" in jar) == ("", "", True)


def test_popitem_says_why_and_shows_no_value(client, ours):
    """It fails in requests too, by a KeyError with a whole cookie in its text."""
    jar = ours.RequestsCookieJar()
    jar["sid"] = "secret"
    with pytest.raises(KeyError) as caught:
        jar.popitem()

    assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        pytest.param("a", "secret; b=2", ValueError, id="a value with a semicolon"),
        pytest.param("a", "secret\r\nX: 1", ValueError, id="a value with a line break"),
        pytest.param("a=b", "secret", ValueError, id="a name with an equals sign"),
        pytest.param("", "secret", ValueError, id="no name"),
        pytest.param("a", 1234567, TypeError, id="a number"),
        pytest.param("a", b"secret", TypeError, id="octets"),
        pytest.param(b"a", "secret", TypeError, id="a name in octets"),
    ],
)
def test_what_would_end_the_header_is_refused(ours, name, value, error):
    """Requests stores it, and sends two cookies for one; nothing is stored, and no value is shown."""
    jar = ours.RequestsCookieJar()
    jar["old"] = "1"
    for change in (
        lambda: jar.__setitem__(name, value),
        lambda: jar.set(name, value, domain="shop.test"),
        lambda: jar.update({"first": "1", "old": None, name: value}),
        lambda: jar.setdefault(name, value),
    ):
        with pytest.raises(error, match=r"^cookies: ") as caught:
            change()
        assert "secret" not in str(caught.value)
        assert "1234567" not in str(caught.value)
    assert dict(jar) == {"old": "1"}


def test_text_of_another_class_is_stored_as_text(ours):
    """Parsers of HTML give such texts; the jar would keep their trees alive, and pickle them."""

    class Text(str):
        __slots__ = ()

        def __str__(self):
            return "not this"

    jar = ours.RequestsCookieJar()
    jar[Text("a")] = Text("1")

    assert [(type(each.name), type(each.value)) for each in jar] == [(str, str)]
    assert jar["a"] == "1"


@pytest.mark.parametrize("kind", ["RequestsCookieJar", "file_jar"])
def test_cookie_without_a_domain_under_browser_rules(request, ours, subject, kind):
    """Nobody would get it; the message says how to name a host."""
    make = ours.RequestsCookieJar if kind == "RequestsCookieJar" else request.getfixturevalue(kind)
    jar = make(policy=subject.BrowserCookiePolicy())
    theirs = filled(ours.RequestsCookieJar())
    for change in (
        lambda: jar.__setitem__("sid", "secret"),
        lambda: jar.set("sid", "secret", path="/"),
        lambda: jar.update({"sid": "secret"}),
        lambda: jar.update(theirs),
        lambda: jar.set("sid", morsel(path="/")),
    ):
        with pytest.raises(ValueError, match=r"name it: session\.cookies\.set") as caught:
            change()
        assert "secret" not in str(caught.value)
    jar.set("sid", "1", domain="shop.test", path="/")

    assert len(jar) == 1
    assert jar.cookie_header(f"{SHOP}/") == "sid=1"
    jar["sid"] = None
    assert len(jar) == 0


def test_value_of_a_server_stays_as_it_is(client, ours):
    """It goes back octet by octet; requests' jar takes the backslashes and the inner quotes out."""
    jar, field = ours.RequestsCookieJar(), 'q="\\"a\\""'
    jar.store_response(f"{SHOP}/", [field])

    assert jar["q"] == field[2:]
    assert jar.cookie_header(f"{SHOP}/") == field


def test_no_value_in_repr(ours, file_jar, shared_jar):
    for kind in (ours.RequestsCookieJar, file_jar, shared_jar):
        jar = kind()
        jar.set("sid", "secret", domain="shop.test")

        assert "sid" in repr(jar)
        assert "secret" not in repr(jar) + str(jar)


# What is ours on such a jar


@pytest.fixture(params=["RequestsCookieJar", "file jar", "shared jar"])
def kind(request, ours, file_jar, shared_jar):
    return {
        "RequestsCookieJar": ours.RequestsCookieJar,
        "file jar": file_jar,
        "shared jar": shared_jar,
    }[request.param]


@pytest.fixture(params=["DefaultCookiePolicy", "BrowserCookiePolicy"])
def jar(request, kind, subject):
    """With a cookie of a server, and one that a program has set for a URL."""
    jar = kind(policy=getattr(subject, request.param)())
    jar.store_response(f"{SHOP}/", ["sid=1; Path=/; HttpOnly"])
    jar.set("theme", "dark", url=f"{SHOP}/", same_site="Strict")
    return jar


def test_verbs_of_ours_mean_what_they_did(jar, subject):
    """None of them calls by `self` what has another meaning here."""
    told = []
    with jar.subscribe(lambda change: told.append((change.cookie.name, str(change.cause)))):
        view = jar.for_url(f"{SHOP}/")
        view["theme"] = "light"
        view["new"] = "1"
        del view["new"]
        jar.set("gone", "1", domain="shop.test")
        del jar["gone"]

    assert dict(view) == dict(jar) == jar.to_dict() == {"sid": "1", "theme": "light"}
    assert [cookie.value for cookie in jar.query(name="theme", url=f"{SHOP}/")] == ["light"]
    assert dict(jar.for_domain("shop.test")) == dict(jar)
    assert {each.cookie.name: each.sent for each in jar.explain(f"{SHOP}/")} == {
        "sid": True,
        "theme": True,
    }
    assert jar.explain_set(f"{SHOP}/", "a=1").allowed
    assert {name for name, _ in told} == {"theme", "new", "gone"}
    with pytest.raises(subject.CookieRejected):
        jar.set("bad", "1", url=f"{SHOP}/", domain="news.test")
    assert jar.remove(f"{SHOP}/", "theme") == 1
    assert jar.delete(name="sid") == 1
    jar.replace({"z": "1"}, url=f"{SHOP}/")
    assert jar.frozen().cookie_header(f"{SHOP}/") == jar.cookie_header(f"{SHOP}/") == "z=1"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda jar: jar.copy()])
def test_copies(jar, duplicate):
    """They go on as the jar does, and apart from it."""
    twin = duplicate(jar)
    jar["sid"] = None

    assert twin.to_dict() == {"sid": "1", "theme": "dark"}
    assert twin.cookie_header(f"{SHOP}/") == "sid=1; theme=dark"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(ours, protocol):
    jar = filled(ours.RequestsCookieJar())

    twin = pickle.loads(pickle.dumps(jar, protocol))

    assert type(twin) is ours.RequestsCookieJar
    assert plain(twin) == plain(jar)
    assert twin.get_dict() == jar.get_dict()


def test_file_of_the_mixin(file_jar, tmp_path):
    """Such a jar is a file of cookies in all else."""
    jar = file_jar(str(tmp_path / "cookies.txt"))
    jar.set("sid", "1", domain="shop.test")
    jar.save(ignore_discard=True)
    twin = file_jar(str(tmp_path / "cookies.txt"))
    twin.load(ignore_discard=True)

    assert twin["sid"] == "1"


def test_short_ways_are_kept(kind, ours):
    """What a request costs depends on them: overriding one of these would end them."""
    from cookietin.collection import CLEARING, keeps_cookies_in_dict
    from cookietin.cookiejar.jar import _MAKING_AND_STORING
    from cookietin.jar import _SENDING, STORING

    jar = kind()

    assert keeps_cookies_in_dict(jar)
    for methods in (_SENDING, STORING, CLEARING, _MAKING_AND_STORING):
        assert methods.are_kept_by(jar)


# In a session


def test_session_without_a_jar_speaks_it(ours, client, site):
    """`Session()` in place of the client's, with nothing else changed."""
    with ours.Session() as session:
        session.trust_env, session.proxies = False, site.proxies
        session.cookies["lang"] = "de"
        session.cookies.set("theme", "dark", domain="shop.test", path="/")
        session.get(site.url("http://shop.test/", "sid=1"), timeout=20)
        session.get("http://shop.test/", timeout=20)
        del session.cookies["sid"]
        session.cookies.update({"lang": "en"})
        session.get("http://shop.test/", timeout=20)
        session.get("http://news.test/", timeout=20)

    assert isinstance(session.cookies, ours.RequestsCookieJar)
    assert [sorted((line or "").split("; ")) for line in site.cookies()] == [
        ["lang=de", "theme=dark"],
        ["lang=de", "sid=1", "theme=dark"],
        ["lang=en", "theme=dark"],
        ["lang=en"],
    ]
    assert session.cookies.get_dict() == {"lang": "en", "theme": "dark"}


def test_jar_of_the_program_stays_what_it_is(ours, client, subject):
    jar = subject.CookieJar()
    with ours.Session(jar) as session, ours.attach(client.Session(), jar) as attached:
        assert session.cookies is attached.cookies is jar
