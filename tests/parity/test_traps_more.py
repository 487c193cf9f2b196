"""More of what programs and servers do to a jar: hosts, replaced methods, files, odd objects.

Rules of this file:
- Found by a review of the jar under hostile eyes; each test failed once, or keeps a row of
  docs/reference/departures.md true and is named after it.
- Oracle: `http.cookiejar`, wherever a test runs over both modules.
"""

from __future__ import annotations

import copy
import email.message
import http.cookiejar as stdlib
import io
import logging
import pickle
import re
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import random_traffic
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cookietin.cookiejar as ours

URL = "http://example.test/"
FILE_JARS = ["MozillaCookieJar", "LWPCookieJar"]

both = pytest.mark.parametrize("module", [stdlib, ours], ids=["http.cookiejar", "cookietin"])


def cookie(name: str = "a", domain: str = "example.test", module: Any = ours, **fields: Any) -> Any:
    arguments = {
        "version": 0, "name": name, "value": "1", "port": None, "port_specified": False,
        "domain": domain, "domain_specified": domain.startswith("."),
        "domain_initial_dot": domain.startswith("."), "path": "/", "path_specified": True,
        "secure": False, "expires": None, "discard": True, "comment": None, "comment_url": None,
        "rest": {},
    }  # fmt: skip
    return fields.pop("cookie_class", module.Cookie)(**{**arguments, **fields})


def lasting(name: str = "a", **fields: Any) -> Any:
    return cookie(name, **{"expires": 4_102_444_800, "discard": False, **fields})


def filled(jar: Any, *cookies: Any) -> Any:
    for each in cookies:
        jar.set_cookie(each)
    return jar


class Response:
    def __init__(self, *fields: str) -> None:
        self.header: Any = email.message.Message()
        for field in fields:
            self.header["Set-Cookie"] = field

    def info(self) -> Any:
        return self.header


def receive(jar: Any, url: str, *fields: str) -> Any:
    jar.extract_cookies(Response(*fields), urllib.request.Request(url))
    return jar


def sent(jar: Any, url: str = URL) -> str | None:
    request = urllib.request.Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


def names(jar: Any) -> list[str]:
    return [each.name for each in jar]


# IPv6 hosts


@both
def test_ipv6_cookie_is_filed_with_local(module: Any) -> None:
    """Files and dumps of one jar are read by the other."""
    jar = receive(module.CookieJar(), "http://[::1]:8080/", "a=1")

    assert [each.domain for each in jar] == ["[::1].local"]
    assert sent(jar, "http://[::1]/") == "a=1"


@pytest.mark.parametrize(
    ("jar_module", "policy_module"),
    [
        pytest.param(ours, stdlib, id="our jar, their policy"),
        pytest.param(stdlib, ours, id="their jar, our policy"),
    ],
)
def test_ipv6_cookie_is_sent_under_a_policy_of_the_other_module(
    jar_module: Any, policy_module: Any
) -> None:
    """Libraries bring policies derived from either."""
    jar = jar_module.CookieJar(policy_module.DefaultCookiePolicy())

    receive(jar, "http://[::1]/", "a=1")

    assert sent(jar, "http://[::1]/") == "a=1"


def test_stored_ipv6_cookie_is_sent() -> None:
    """It may come from a file that the standard library has written."""
    jar = filled(ours.CookieJar(), cookie(domain="[::1].local"))

    assert sent(jar, "http://[::1]:8080/") == "a=1"
    assert sent(jar, "http://[::2]/") is None
    assert jar.cookie_header("http://[::1]/") == "a=1"


def test_lists_name_an_ipv6_host_by_its_address() -> None:
    """Blocked means neither set nor sent, also for cookies that were there before."""
    jar = filled(ours.CookieJar(), cookie(domain="[::1].local"))

    jar.set_policy(ours.DefaultCookiePolicy(blocked_domains=["[::1]"]))
    assert sent(receive(jar, "http://[::1]/", "b=1"), "http://[::1]/") is None
    jar.set_policy(ours.DefaultCookiePolicy(allowed_domains=["[::1]"]))
    assert sent(receive(jar, "http://[::1]/", "c=1"), "http://[::1]/") == "a=1; c=1"


@pytest.mark.parametrize(
    ("host", "entry"), [("[::1]", "[::1]"), ("[::1]", "[::1].local"), ("127.0.0.1", "127.0.0.1")]
)
def test_lists_name_an_address_with_and_without_domain(host: str, entry: str) -> None:
    """A Domain attribute equal to the address must not evade a block, nor miss an allowance."""
    fields = ("a=1", f"b=1; Domain={host}")
    blocking = ours.DefaultCookiePolicy(blocked_domains=[entry])
    allowing = ours.DefaultCookiePolicy(allowed_domains=[entry])

    assert names(receive(ours.CookieJar(blocking), f"http://{host}/", *fields)) == []
    allowed = receive(ours.CookieJar(allowing), f"http://{host}/", *fields)
    assert sorted(names(allowed)) == ["a", "b"]
    theirs = stdlib.DefaultCookiePolicy(blocked_domains=["127.0.0.1"])
    evading = receive(stdlib.CookieJar(theirs), "http://127.0.0.1/", "b=1; Domain=127.0.0.1")
    assert names(evading) == ["b"]


def test_domain_of_an_ipv6_host_is_sent_beside_a_cookie_without() -> None:
    """`Domain=[::1]` is filed under another name than a cookie without Domain."""
    jar = receive(ours.CookieJar(), "http://[::1]/", "a=1; Domain=[::1]", "b=1")

    assert sent(jar, "http://[::1]/") == "a=1; b=1"


# IPv4 addresses


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        pytest.param("http://u@127.0.0.1/", ".0.0.1", id="user"),
        pytest.param("http://u:p@127.0.0.1/", ".0.0.1", id="user and password"),
        pytest.param("http://127.0.0.1./", ".0.0.1.", id="final dot"),
        pytest.param("http://u@127.0.0.1.:80/", ".0.0.1.", id="user, final dot and port"),
    ],
)
def test_address_stays_an_address_whatever_is_around_it(url: str, domain: str) -> None:
    """It has no parents, or a cookie of one machine would go to another."""
    jar = receive(ours.CookieJar(), url, f"a=1; Domain={domain}")
    assert names(jar) == []
    assert names(receive(stdlib.CookieJar(), url, f"a=1; Domain={domain}")) == ["a"]

    jar.set_cookie(cookie("b", domain))

    assert sent(receive(jar, url, "own=1"), url) == "own=1"


# Replaced methods

HOOKS = [
    "make_cookies",
    "_cookies_from_attrs_set",
    "_normalized_cookie_tuples",
    "_cookie_from_cookie_tuple",
    "_process_rfc2109_cookies",
    "set_cookie",
    "clear",
    "clear_expired_cookies",
    "_cookies_for_request",
    "_cookies_for_domain",
    "_cookie_attrs",
]


@both
@pytest.mark.parametrize("place", ["subclass", "class", "instance"])
@pytest.mark.parametrize("hook", HOOKS)
def test_replaced_method_is_called_wherever_it_was_replaced(
    module: Any, place: str, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs subclass, their tests patch the class, and some patch one jar."""
    calls = []
    kept = getattr(module.CookieJar, hook)

    def replacement(self: Any, *arguments: Any) -> Any:
        calls.append(hook)
        return kept(self, *arguments)

    if place == "subclass":
        jar = type("Hooked", (module.CookieJar,), {hook: replacement})()
    else:
        jar = module.CookieJar()
        if place == "class":
            monkeypatch.setattr(module.CookieJar, hook, replacement)
        else:
            monkeypatch.setattr(jar, hook, replacement.__get__(jar), raising=False)
    receive(jar, URL, "a=1; Version=1", "b=1")
    receive(jar, URL, "b=; Max-Age=0")

    assert sent(jar) == "a=1"
    assert set(calls) == {hook}


@both
def test_what_a_patched_class_makes_is_stored(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of programs plant cookies so."""
    monkeypatch.setattr(
        module.CookieJar, "make_cookies", lambda *_: [cookie("planted", module=module)]
    )

    jar = receive(module.CookieJar(), URL, "a=1")

    assert sent(jar) == "planted=1"


@both
def test_domain_rule_patched_on_the_original_policy_is_asked(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer decides, also about domains that are none of the host's."""
    asked = []
    monkeypatch.setattr(
        stdlib.DefaultCookiePolicy,
        "domain_return_ok",
        lambda self, domain, request: asked.append(domain) or True,
    )
    jar = module.CookieJar(stdlib.DefaultCookiePolicy())
    filled(jar, cookie(module=module), cookie("b", "other.test", module))

    assert sent(jar) == "a=1"
    assert asked == ["example.test", "other.test"]


def policy_with_property(module: Any) -> Any:
    class Switched(module.DefaultCookiePolicy):
        strict_ns_domain = property(
            lambda self: self.DomainStrictNonDomain, lambda self, value: None
        )

    return Switched()


@both
@pytest.mark.parametrize(
    ("rule", "stored"),
    [
        pytest.param("set_ok", ["a"], id="set_ok"),
        pytest.param("return_ok", ["a", "b"], id="return_ok"),
    ],
)
def test_rule_assigned_to_a_policy_whose_setting_is_a_property(
    module: Any, rule: str, stored: list[str]
) -> None:
    """Such an object has no more attributes than one without a rule of its own."""
    policy = policy_with_property(module)
    setattr(policy, rule, lambda cookie, request: cookie.name == "a")
    jar = module.CookieJar(policy)

    receive(jar, URL, "a=1", "b=1")

    assert names(jar) == stored
    assert sent(jar) == "a=1"


@both
def test_setting_that_is_a_property_counts(module: Any) -> None:
    """Cookies without Domain stay with their host under that switch."""
    jar = receive(module.CookieJar(policy_with_property(module)), URL, "a=1")

    assert sent(jar) == "a=1"
    assert sent(jar, "http://www.example.test/") is None


# Jars that keep cookies elsewhere


def elsewhere(module: Any) -> Any:
    class Elsewhere(module.CookieJar):
        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[tuple[str, str, str], Any] = {}
            self.cleared: list[Any] = []

        def __iter__(self) -> Iterator[Any]:
            return iter(list(self.kept.values()))

        def set_cookie(self, cookie: Any) -> None:
            self.kept[cookie.domain, cookie.path, cookie.name] = cookie

        def clear(self, domain: Any = None, path: Any = None, name: Any = None) -> None:
            self.cleared.append((domain, path, name))
            del self.kept[domain, path, name]

    return Elsewhere()


@both
def test_length_and_truth_of_a_jar_that_keeps_cookies_elsewhere(module: Any) -> None:
    """Databases behind a jar are real."""
    jar = elsewhere(module)
    assert (len(jar), bool(jar)) == (0, False) or module is stdlib  # it has no __bool__

    receive(jar, URL, "a=1", "b=1")

    assert (len(jar), bool(jar)) == (2, True)


@both
@pytest.mark.parametrize(
    ("act", "gone"),
    [
        pytest.param(lambda jar: jar.clear_expired_cookies(), "old", id="clear_expired_cookies"),
        pytest.param(
            lambda jar: jar.clear_session_cookies(), "session", id="clear_session_cookies"
        ),
        pytest.param(lambda jar: receive(jar, URL, "kept=; Max-Age=0"), "kept", id="Max-Age=0"),
    ],
)
def test_clear_of_a_jar_that_keeps_cookies_elsewhere_is_called(
    module: Any, act: Callable[[Any], None], gone: str
) -> None:
    """It is the only one who knows how to remove a cookie."""
    jar = elsewhere(module)
    filled(
        jar,
        lasting("old", module=module, expires=1),
        cookie("session", module=module),
        lasting("kept", module=module),
    )

    act(jar)

    assert jar.cleared == [("example.test", "/", gone)]
    assert gone not in names(jar)


@both
def test_key_error_of_an_overridden_clear_is_swallowed(module: Any) -> None:
    """A server that deletes what is not there does nothing wrong."""
    jar = elsewhere(module)

    receive(jar, URL, "b=1", "absent=; Max-Age=0", "c=1")

    assert jar.cleared == [("example.test", "/", "absent")]
    assert names(jar) == ["b", "c"]


# Names of subclasses

TAKEN = ("_store", "_take", "_chosen", "_named", "_lines", "_delete", "_receive", "_tick")


@pytest.mark.parametrize("jar_class", FILE_JARS)
def test_attributes_of_a_subclass_do_not_collide(jar_class: str, tmp_path: Path) -> None:
    """A private name is anybody's where the standard library has none."""
    taken = dict.fromkeys(TAKEN, "theirs")
    jar = type("Own", (getattr(ours, jar_class),), taken)(tmp_path / "cookies")
    vars(jar).update(taken)

    receive(jar, URL, "a=1; Max-Age=600", "b=1; Max-Age=600", "s=1")
    receive(jar, URL, "b=; Max-Age=0")
    jar.save()
    jar.revert()
    jar.clear_session_cookies()
    jar.clear_expired_cookies()

    assert sent(jar) == jar.cookie_header(URL) == sent(copy.deepcopy(jar)) == "a=1"
    assert [getattr(jar, name) for name in TAKEN] == ["theirs"] * len(TAKEN)


# Cookies and copies


@pytest.mark.parametrize(
    "field", ["a=1", "a", "a=1; HttpOnly; x=y; Path=/; Domain=example.test", "a=1; Version=1"]
)
def test_state_of_a_received_cookie_is_that_of_the_original(field: str) -> None:
    """`vars(cookie)` is dumped, compared and put into other cookies."""
    (mine,) = receive(ours.CookieJar(), URL, field)
    (theirs,) = receive(stdlib.CookieJar(), URL, field)

    assert vars(mine) == vars(theirs)


def test_state_of_a_made_cookie_is_that_of_the_original() -> None:
    """The same, where a program calls the class."""
    for rest in ({}, {"HttpOnly": None}):
        assert vars(cookie(rest=rest)) == vars(cookie(module=stdlib, rest=rest))


@both
def test_copied_cookie_shares_its_other_attributes(module: Any) -> None:
    """As any object; `copy.deepcopy` is there for more."""
    made = cookie(module=module, rest={"x": "1"})

    assert copy.copy(made)._rest is made._rest
    assert copy.deepcopy(made)._rest is not made._rest


class Remembering(ours.CookieJar):
    """A jar with a say in how it is copied."""

    def __getstate__(self) -> Any:
        return {**super().__getstate__(), "mark": "by __getstate__"}

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        self.restored = True


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(copy.deepcopy, id="deepcopy"),
        pytest.param(copy.copy, id="copy"),
        pytest.param(lambda jar: pickle.loads(pickle.dumps(jar)), id="pickle"),
    ],
)
def test_copies_honour_the_state_methods_of_a_subclass(make: Callable[[Any], Any]) -> None:
    """A subclass drops what cannot be copied there, and restores it."""
    made = make(filled(Remembering(), cookie()))

    assert (made.mark, made.restored, names(made)) == ("by __getstate__", True, ["a"])


@both
def test_deepcopy_honours_state_methods_that_call_no_base(module: Any) -> None:
    """The shape of requests' jar."""

    class Own(module.CookieJar):
        def __getstate__(self) -> Any:
            state = self.__dict__.copy()
            state.pop("_cookies_lock")
            return state

        def __setstate__(self, state: Any) -> None:
            self.__dict__.update(state)
            self._cookies_lock = threading.RLock()
            self.restored = True

    jar = filled(Own(), cookie(module=module))
    assert sent(jar) == "a=1"

    made = copy.deepcopy(jar)
    jar.clear()

    assert (made.restored, sent(made)) == (True, "a=1")


# Odd requests and responses


class BareRequest:
    """What a wrapper that checks nothing hands over."""

    unverifiable = False
    host = origin_req_host = "[bad"
    type = "http"

    def get_full_url(self) -> str:
        return "http://[bad/"

    def has_header(self, name: str) -> bool:
        return False


@both
def test_response_to_a_url_that_is_none_costs_its_cookies(module: Any) -> None:
    """With the warning that the standard library gives."""
    jar = module.CookieJar()

    with pytest.warns(UserWarning, match="http.cookiejar bug!"):
        jar.extract_cookies(Response("a=1"), BareRequest())

    assert len(jar) == 0


@both
def test_request_for_a_url_that_is_none_gets_nothing_from_an_empty_jar(module: Any) -> None:
    """Nobody has to look at the URL there."""
    module.CookieJar().add_cookie_header(BareRequest())


@both
def test_request_with_nothing_but_has_header_is_enough_for_an_empty_jar(module: Any) -> None:
    """The stub of somebody's tests."""

    class Stub:
        def has_header(self, name: str) -> bool:
            return False

    module.CookieJar().add_cookie_header(Stub())


class Headers:
    def __init__(self, fields: Any) -> None:
        self.fields = fields

    def get_all(self, name: str, default: Any = None) -> Any:
        return self.fields if name == "Set-Cookie" else None


def received_from(headers: Any, module: Any = ours) -> list[tuple[str, str]]:
    response, jar = Response(), module.CookieJar()
    response.header = headers
    jar.extract_cookies(response, urllib.request.Request(URL))
    return [(each.name, each.value) for each in jar]


@both
def test_get_all_may_return_none(module: Any) -> None:
    """That is what it does by itself when a field is absent."""
    assert received_from(Headers(None), module) == []


def test_octets_of_get_all_are_read_as_latin_1() -> None:
    """As every HTTP library of Python decodes fields."""
    assert received_from(Headers([b"a=\xff", "b=1"])) == [("a", "\xff"), ("b", "1")]


# Set-Cookie3 files


def through_lwp(path: Path, *cookies: Any) -> list[Any]:
    filled(ours.LWPCookieJar(path), *cookies).save(ignore_discard=True, ignore_expires=True)
    jar = ours.LWPCookieJar(path)
    jar.load(ignore_discard=True, ignore_expires=True)
    return list(jar)


@pytest.mark.parametrize(
    "name",
    ["port_spec", "path_spec", "domain_dot", "secure", "discard", "Discard", "version", "Port",
     "path", "Domain", "expires", "comment", "CommentURL",
     "a b", "a=b", "a;b", "a,b", "a\tb", "", "a\nb", "a\u2028b"],
)  # fmt: skip
def test_attribute_name_that_lwp_cannot_hold_is_left_out(name: str, tmp_path: Path) -> None:
    """It would read as another attribute, and make the cookie another or the file unreadable."""
    original = lasting(rest={name: "x", "kept": "y"})

    (loaded,) = through_lwp(tmp_path / "cookies", original)

    assert loaded._rest == {"kept": "y"}
    assert {**vars(loaded), "_rest": None} == {**vars(original), "_rest": None}


def test_server_cannot_make_an_lwp_file_unreadable(tmp_path: Path) -> None:
    """The attributes of Set-Cookie are its own choice."""
    jar = receive(
        ours.LWPCookieJar(tmp_path / "cookies"),
        URL,
        "a=1; Max-Age=600; port_spec=x; domain_dot=y; path_spec",
        "b=1; Max-Age=600; a b=c; Commenturl",
    )
    jar.save()

    jar.revert()

    assert sent(jar) == "a=1; b=1"


def test_lwp_line_without_version_survives(tmp_path: Path) -> None:
    """Perl's jar writes one always; programs that write the format by hand do not."""
    line = 'Set-Cookie3: a=1; path="/"; domain="example.test"; discard\n'
    jar = ours.LWPCookieJar(tmp_path / "cookies")
    jar._really_load(io.StringIO("#LWP-Cookies-2.0\n" + line), "cookies", True, True)

    (loaded,) = through_lwp(tmp_path / "cookies", *jar)

    assert (loaded.version, loaded.name, loaded.domain) == (None, "a", "example.test")
    assert "version" not in (tmp_path / "cookies").read_text()


@both
def test_overridden_as_lwp_str_is_what_save_writes(module: Any, tmp_path: Path) -> None:
    """It is the documented way to write something else."""

    class Own(module.LWPCookieJar):
        def as_lwp_str(self, ignore_discard: bool = True, ignore_expires: bool = True) -> str:
            return f"Set-Cookie3: own {ignore_discard} {ignore_expires}\n"

    Own(tmp_path / "cookies").save(ignore_expires=True)

    text = (tmp_path / "cookies").read_text()
    assert text == "#LWP-Cookies-2.0\nSet-Cookie3: own False True\n"


@both
def test_as_lwp_str_patched_on_the_class_is_what_save_writes(
    module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, as a test of a program does it."""
    monkeypatch.setattr(module.LWPCookieJar, "as_lwp_str", lambda *_: "own\n")

    module.LWPCookieJar(tmp_path / "cookies").save()

    assert (tmp_path / "cookies").read_text() == "#LWP-Cookies-2.0\nown\n"


def test_join_header_words_quotes_a_value_that_ends_with_a_line_break() -> None:
    """Its pattern ends with "$", which matches before a line break too."""
    assert ours.join_header_words([[("a", "b\n")]]) == 'a="b\n"'
    if not hasattr(stdlib, "HEADER_JOIN_TOKEN_RE"):
        assert stdlib.join_header_words([[("a", "b\n")]]) == "a=b\n"


# Both formats


@pytest.mark.parametrize("jar_class", FILE_JARS)
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    script=st.lists(
        st.tuples(random_traffic.urls(), st.lists(random_traffic.fields(), max_size=4)), max_size=4
    )
)
@example(script=[(URL, ["a=1; Max-Age=600; port_spec", "b=1; a b=c; path_spec=x"])])
@example(script=[(URL, ["=x", "", "a b=1", "#a=1", "$a=1"]), ("http://[::1]/", ["a=1; version"])])
def test_every_file_that_is_written_can_be_loaded(
    jar_class: str, script: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever servers send, the next start of the program finds its cookies. Oracle: round trip."""
    path = tmp_path_factory.mktemp("files") / "cookies"
    jar, loaded = getattr(ours, jar_class)(path), getattr(ours, jar_class)(path)
    for url, fields in script:
        jar.store_response(url, fields)
    with warnings.catch_warnings(record=True) as skipped:
        warnings.simplefilter("always")
        jar.save(ignore_discard=True, ignore_expires=True)

    loaded.load(ignore_discard=True, ignore_expires=True)

    assert {each.category for each in skipped} <= {ours.CookieSkippedWarning}
    assert len(loaded) == len(jar) - len(skipped)
    held = {(each.name, each.value, each.domain, each.path, each.expires) for each in jar}
    assert {(e.name, e.value, e.domain, e.path, e.expires) for e in loaded} <= held


class OnlyReadline:
    """What some programs hand to `_really_load`."""

    def __init__(self, text: str) -> None:
        self.readline = io.StringIO(text).readline


@both
@pytest.mark.parametrize(
    ("jar_class", "text"),
    [
        (
            "MozillaCookieJar",
            "# Netscape HTTP Cookie File\nexample.test\tFALSE\t/\tFALSE\t4102444800\ta\t1\n",
        ),
        (
            "LWPCookieJar",
            '#LWP-Cookies-2.0\nSet-Cookie3: a=1; path="/"; domain="example.test"; version=0\n',
        ),
    ],
)
def test_readline_is_all_that_reading_needs(module: Any, jar_class: str, text: str) -> None:
    """No iteration, no `read`, no position."""
    jar = getattr(module, jar_class)()

    jar._really_load(OnlyReadline(text), "cookies", True, True)

    assert sent(jar) == "a=1"


@pytest.mark.parametrize("jar_class", FILE_JARS)
def test_warning_comes_after_the_file_and_points_at_the_caller(
    jar_class: str, tmp_path: Path
) -> None:
    """Where warnings are errors, the cookies that the format holds are saved nevertheless."""
    path = tmp_path / "cookies"
    jar = getattr(ours, jar_class)(path)
    filled(jar, lasting("a"), lasting("odd", value="x\ny"), lasting("z"))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ours.CookieSkippedWarning, match="odd"):
            jar.save()
    loaded = getattr(ours, jar_class)(path)
    loaded.load()

    assert names(loaded) == ["a", "z"]
    with pytest.warns(ours.CookieSkippedWarning) as caught:
        jar.save()
    assert [each.filename for each in caught] == [__file__]


def test_warning_of_as_lwp_str_points_at_the_caller() -> None:
    """It may be called without a file."""
    jar = filled(ours.LWPCookieJar(), lasting("odd", value="x\ny"))

    with pytest.warns(ours.CookieSkippedWarning) as caught:
        jar.as_lwp_str()

    assert [each.filename for each in caught] == [__file__]


def all_that_is_said(error: BaseException) -> str:
    """The error and those that it came from, with everything that a reporter of errors sends."""
    said: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None:
            said += [str(each), repr(each), repr(each.args), repr(vars(each))]
            said += [repr(getattr(each, "object", None)), repr(getattr(each, "__notes__", None))]
            waiting += [each.__context__, each.__cause__]
    return "\n".join(said)


MOZILLA_ROW = b"example.test\tFALSE\t/\tFALSE\t"
LWP_LINE = b'Set-Cookie3: a=SECRET; path="/"; domain="example.test"; '


@pytest.mark.parametrize("method", ["load", "revert"])
@pytest.mark.parametrize(
    ("jar_class", "row"),
    [
        pytest.param(
            "MozillaCookieJar", MOZILLA_ROW + b"0\ta\tSECRET\xff", id="Mozilla, not UTF-8"
        ),
        pytest.param("MozillaCookieJar", MOZILLA_ROW + b"a\tSECRET\t0", id="Mozilla, moved left"),
        pytest.param("MozillaCookieJar", MOZILLA_ROW + b"SECRET\ta\t1", id="Mozilla, exchanged"),
        pytest.param("MozillaCookieJar", MOZILLA_ROW + b"SECRET", id="Mozilla, too short"),
        pytest.param("LWPCookieJar", LWP_LINE + b"version=0; x=\xff", id="LWP, not UTF-8"),
        pytest.param("LWPCookieJar", LWP_LINE + b"version=SECRET", id="LWP, shifted"),
        pytest.param("LWPCookieJar", b"Set-Cookie3: a=SECRET", id="LWP, too short"),
    ],
)
def test_no_value_in_errors_nor_in_what_they_came_from(
    jar_class: str, row: bytes, method: str, tmp_path: Path
) -> None:
    """Reporters of errors send the whole chain, with arguments and attributes."""
    path = tmp_path / "cookies"
    first = {
        "MozillaCookieJar": b"# Netscape HTTP Cookie File",
        "LWPCookieJar": b"#LWP-Cookies-2.0",
    }
    path.write_bytes(first[jar_class] + b"\n" + row + b"\n")
    jar = getattr(ours, jar_class)(path)

    with pytest.raises(ours.LoadError, match="line 2") as caught:
        getattr(jar, method)()

    assert "SECRET" not in all_that_is_said(caught.value)


# cookies.txt


def test_expiry_0_of_a_cookie_is_written_as_1(tmp_path: Path) -> None:
    """It has ended; 0 in the file would make a session cookie of it."""
    path = tmp_path / "cookies.txt"
    jar = filled(ours.MozillaCookieJar(path), cookie(expires=0, discard=False))

    jar.save(ignore_expires=True)

    assert "\t1\ta\t1\n" in path.read_text()
    jar.revert(ignore_discard=True, ignore_expires=True)
    assert [each.is_expired() for each in jar] == [True]
    jar.revert(ignore_discard=True)
    assert names(jar) == []


@pytest.mark.parametrize("module", [stdlib, ours], ids=["in the original", "in ours"])
def test_patched_magic_line_of_cookies_txt_counts(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs with files of other browsers widen the pattern."""
    monkeypatch.setitem(vars(module), "NETSCAPE_MAGIC_RGX", re.compile("# mine"))
    jar = ours.MozillaCookieJar()
    row = "example.test\tFALSE\t/\tFALSE\t4102444800\ta\t1\n"

    jar._really_load(io.StringIO("# mine\n" + row), "cookies", False, False)

    assert names(jar) == ["a"]
    with pytest.raises(ours.LoadError):
        jar._really_load(io.StringIO("# Netscape HTTP Cookie File\n"), "cookies", False, False)


# What is sent, and what is logged


@pytest.mark.parametrize("breaking", ["\r", "\n", "\r\nX-Injected: 1", "\0"], ids=repr)
@pytest.mark.parametrize("field", ["name", "value"])
def test_cookie_header_leaves_out_what_would_end_the_field(field: str, breaking: str) -> None:
    """Not every client looks at the text before it sends it."""
    jar = filled(ours.CookieJar(), cookie("before"), cookie("after"))
    jar.set_cookie(cookie(**{field: f"odd{breaking}"}))

    assert jar.cookie_header(URL) == "before=1; after=1"
    assert "odd" in (sent(jar) or "")  # urllib's client refuses the request
    assert jar.cookie_header(URL, extra={"before": "2"}) == "after=1; before=2"


@pytest.mark.parametrize("act", ["extract", "send"])
def test_debug_logs_scheme_and_host_only(
    act: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A URL may carry a password, and a path the key to a document."""
    monkeypatch.setattr(ours, "debug", True)
    caplog.set_level(logging.DEBUG, logger="http.cookiejar")
    url = "https://USER:PASSWORD@example.test:8443/PATH/to?QUERY#FRAGMENT"
    jar = filled(ours.CookieJar(), cookie())

    if act == "extract":
        receive(jar, url, "a=1")
    else:
        sent(jar, url)

    assert "https://example.test:8443: " in caplog.text
    for secret in ("USER", "PASSWORD", "PATH", "QUERY", "FRAGMENT"):
        assert secret.lower() not in caplog.text.lower()


def test_debug_log_of_a_cookie_filed_under_a_user_hides_the_user(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CPython, `extract_cookies` files a cookie of `user:password@host` under all of that."""
    monkeypatch.setattr(ours, "debug", True)
    caplog.set_level(logging.DEBUG, logger="http.cookiejar")
    url = "http://USER:PASSWORD@example.test/"
    jar = receive(ours.CookieJar(), url, "a=1")

    assert sent(jar, url) == "a=1"
    assert "password" not in caplog.text.lower()


# What differs on purpose, see docs/reference/departures.md


def test_negative_version_does_not_open_foreign_domains() -> None:
    """CPython asks the Netscape rule for version 0 alone, and the other from 1 on."""

    def attacked(module: Any) -> Any:
        return receive(module.CookieJar(), "http://evil.test/", "a=1; Version=-1; Domain=bank.test")

    assert sent(attacked(ours), "http://bank.test/") is None
    assert names(attacked(ours)) == []
    assert sent(attacked(stdlib), "http://bank.test/") == "a=1"


def test_empty_domain_from_a_host_without_dot_is_refused() -> None:
    """CPython files it under ".", where no request finds it."""
    theirs = receive(stdlib.CookieJar(), "http://printer/", "a=1; Domain=")
    assert [each.domain for each in theirs] == ["."]
    assert sent(theirs, "http://printer/") is None

    jar = receive(ours.CookieJar(), "http://printer/", "a=1; Domain=", "b=1")

    assert names(jar) == ["b"]


def two_domains(module: Any) -> Any:
    jar = filled(
        module.CookieJar(), cookie("a", ".example.test", module), cookie("b", module=module)
    )
    assert sent(jar) == "a=1; b=1"
    return jar


def test_domain_emptied_and_filled_again_comes_last() -> None:
    """An emptied domain is gone, and has lost its place; CPython keeps its empty dict."""

    def refilled(module: Any) -> Any:
        jar = two_domains(module)
        jar.clear(".example.test", "/", "a")
        return filled(jar, cookie("a", ".example.test", module))

    assert sent(refilled(ours)) == "b=1; a=1"
    assert sent(refilled(stdlib)) == "a=1; b=1"


def test_domain_taken_out_and_put_back_keeps_its_place() -> None:
    """Nothing watches the dict; the order remembered fits it still."""

    def put_back(module: Any) -> Any:
        jar = two_domains(module)
        jar._cookies[".example.test"] = jar._cookies.pop(".example.test")
        return jar

    assert sent(put_back(ours)) == "a=1; b=1"
    assert sent(put_back(stdlib)) == "b=1; a=1"


def test_expiry_put_into_the_dict_is_noticed_when_looked_at() -> None:
    """A request to another host does not scan for it."""

    def planted(module: Any) -> Any:
        jar = filled(module.CookieJar(), cookie("a", "other.test", module))
        old = cookie("old", module=module, expires=int(time.time()) - 1)
        jar._cookies["example.test"] = {"/": {"old": old}}
        sent(jar, "http://other.test/")
        return jar

    assert names(planted(stdlib)) == ["a"]
    jar = planted(ours)
    assert names(jar) == ["a", "old"]
    assert sent(jar) is None
    assert names(jar) == ["a"]


def test_cookie_class_with_its_own_is_expired_is_asked_when_looked_at() -> None:
    """It is never sent once it has ended, and leaves with a request that it might have gone with."""

    def ended(module: Any) -> Any:
        class Own(module.Cookie):
            gone = False

            def is_expired(self, now: float | None = None) -> bool:
                return self.gone

        jar = filled(module.CookieJar(), cookie(cookie_class=Own))
        assert sent(jar) == "a=1"
        Own.gone = True
        assert sent(jar) is None
        return jar

    assert names(ended(stdlib)) == names(ended(ours)) == []
