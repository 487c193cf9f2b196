"""What real programs do to a jar behind its back; each has broken a faster jar before.

The projects named were read or run; see also tests/interop, where they run for real.
"""

from __future__ import annotations

import copy
import email.message
import http.cookiejar as stdlib
import pickle
import threading
import time
import urllib.request
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest

import cookietin.cookiejar as ours


def cookie(name: str = "a", domain: str = "example.test", module: Any = ours, **fields: Any) -> Any:
    arguments = {
        "version": 0, "name": name, "value": "1", "port": None, "port_specified": False,
        "domain": domain, "domain_specified": bool(domain),
        "domain_initial_dot": domain.startswith("."), "path": "/", "path_specified": True,
        "secure": False, "expires": None, "discard": True, "comment": None, "comment_url": None,
        "rest": {},
    }  # fmt: skip
    return module.Cookie(**{**arguments, **fields})


def jar_with(*cookies: Any, policy: Any = None) -> ours.CookieJar:
    jar = ours.CookieJar(policy)
    for each in cookies:
        jar.set_cookie(each)
    return jar


def sent(jar: Any, url: str = "http://example.test/") -> str | None:
    request = urllib.request.Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


class Response:
    def __init__(self, *fields: str) -> None:
        self.header = email.message.Message()
        for field in fields:
            self.header["Set-Cookie"] = field

    def info(self) -> email.message.Message:
        return self.header


# The dict


def test_cookies_put_into_the_dict_are_sent() -> None:
    """The nested dict is the only truth: scripts fill it by hand."""
    jar = jar_with(cookie("a", ".example.test"))

    jar._cookies["example.test"] = {"/": {"b": cookie("b")}}
    jar._cookies[".example.test"]["/x"] = {"c": cookie("c", ".example.test", path="/x")}

    assert sent(jar, "http://example.test/x") == "c=1; a=1; b=1"
    assert len(jar) == 3


def test_cookies_taken_out_of_the_dict_are_not_sent() -> None:
    """And emptied by hand."""
    jar = jar_with(cookie("a", ".example.test"), cookie("b"), cookie("c", "test"))

    del jar._cookies["example.test"]

    assert sent(jar) == "a=1; c=1"


def test_assigned_dict_is_used_with_its_order() -> None:
    """`jar._cookies = pickle.load(f)`, written by the standard library's cookies perhaps."""
    jar = jar_with(cookie("old"))
    theirs = {
        "test": {"/": {"t": cookie("t", "test", stdlib)}},
        "example.test": {"/": {"e": cookie("e")}},
    }

    jar._cookies = pickle.loads(pickle.dumps(theirs))

    assert sent(jar) == "t=1; e=1"
    assert [type(each) for each in jar] == [stdlib.Cookie, ours.Cookie]


def test_state_of_an_original_cookie_fits_ours() -> None:
    """Scripts fill cookies from dumps of `vars(cookie)`."""
    made = ours.Cookie.__new__(ours.Cookie)

    made.__dict__.update(vars(cookie("a", module=stdlib, rest={"x": "1"})))

    assert made.get_nonstandard_attr("x") == "1"
    assert repr(made) == repr(cookie("a", rest={"x": "1"}))


class Slotted(ours.Cookie):
    __slots__ = ("note",)


def test_cookie_class_with_slots_can_be_copied() -> None:
    """Its state is a pair, which the default protocol knows."""
    made = Slotted.__new__(Slotted)
    made.__dict__.update(vars(cookie()))
    made.note = "n"

    for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (copied.note, copied.name) == ("n", "a")


def test_domains_keep_the_order_in_which_they_came() -> None:
    """The order of equal paths in the header is the order of insertion, also after a removal."""
    jar = jar_with(cookie("a", ".example.test"), cookie("b"), cookie("c", "test"))
    assert sent(jar) == "a=1; b=1; c=1"

    jar.clear(".example.test")
    jar.set_cookie(cookie("a", ".example.test"))

    assert sent(jar) == "b=1; c=1; a=1"


def test_clear_binds_a_new_dict() -> None:
    """requests copies a jar shallowly, clears the copy and refills it."""
    jar = jar_with(cookie())
    alias = jar._cookies

    jar.clear()

    assert jar._cookies == {}
    assert alias != {}


def test_two_jars_on_one_dict() -> None:
    """Shallow copies made by hand see each other's cookies."""
    one, other = ours.CookieJar(), ours.CookieJar()
    other._cookies = one._cookies

    one.set_cookie(cookie("a", expires=int(time.time()) + 60))
    other.set_cookie(cookie("b", ".example.test"))

    assert sent(one) == sent(other) == "a=1; b=1"


# The lock


class OnlyAcquireRelease:
    """scrapy's replacement."""

    def acquire(self) -> None: ...
    def release(self) -> None: ...


def test_lock_may_be_replaced() -> None:
    """`with` would fail on it."""
    jar = ours.MozillaCookieJar()
    jar._cookies_lock = OnlyAcquireRelease()

    jar.store_response("http://example.test/", ["a=1", "b=1; Max-Age=5"])
    jar.clear_session_cookies()
    jar.clear_expired_cookies()

    assert (sent(jar), len(jar), bool(jar)) == ("b=1", 1, True)
    assert len(copy.copy(jar)) == len(copy.deepcopy(jar)) == 1
    jar.clear("example.test")
    assert not jar


def test_lock_lives_in_the_instance_dict() -> None:
    """RequestsCookieJar pops it from there to be pickled."""
    assert "_cookies_lock" in vars(ours.CookieJar())


# Making and copying


def test_jar_restored_without_init() -> None:
    """curl_cffi makes one by object.__new__ and __dict__.update."""
    jar = jar_with(cookie())
    made = object.__new__(ours.CookieJar)

    made.__dict__.update(
        _policy=jar._policy, _cookies=jar._cookies, _cookies_lock=threading.RLock()
    )

    assert sent(made) == "a=1"
    made.set_cookie(cookie("b"))
    assert len(made) == 2


class RequestsLike(ours.CookieJar, MutableMapping[str, Any]):
    """The shape of requests' jar: a mapping, iterated over cookies, pickled by hand."""

    def __getitem__(self, name: str) -> Any:
        return next(each.value for each in self if each.name == name)

    def __setitem__(self, name: str, value: str) -> None:
        self.set_cookie(cookie(name, "", value=value))

    def __delitem__(self, name: str) -> None:
        for each in list(self):
            if each.name == name:
                self.clear(each.domain, each.path, each.name)

    def set_cookie(self, cookie: Any) -> None:
        cookie.value = str(cookie.value).strip('"')
        super().set_cookie(cookie)

    def __getstate__(self) -> Any:
        state = self.__dict__.copy()
        state.pop("_cookies_lock")
        return state

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)
        if "_cookies_lock" not in self.__dict__:
            self._cookies_lock = threading.RLock()


def test_jar_that_is_a_mapping_too() -> None:
    """Our jar comes first in the MRO, and hides nothing that the mapping needs."""
    jar = RequestsLike()

    jar["a"] = '"quoted"'
    jar.update({"b": "2"})
    jar.extract_cookies(Response('c="3"'), urllib.request.Request("http://example.test/"))

    assert sent(jar) == "a=quoted; b=2; c=3"
    made = pickle.loads(pickle.dumps(jar))
    assert (type(made), sent(made)) == (RequestsLike, "a=quoted; b=2; c=3")
    assert jar.pop("a") == "quoted"
    assert len(copy.deepcopy(made)) == 3


def test_cookie_without_domain_goes_everywhere() -> None:
    """requests files `session.cookies.set(name, value)` under the empty domain."""
    jar = jar_with(cookie("a", ""))

    assert sent(jar, "http://any.test/x") == sent(jar, "http://localhost/") == "a=1"


@pytest.mark.parametrize(
    "hook", ["set_cookie", "clear_expired_cookies", "_cookies_for_request", "clear"]
)
def test_replaced_methods_are_called(hook: str) -> None:
    """httpx2 indexes a jar by overriding these, and relies on being called."""
    calls = []

    def replacement(self: Any, *arguments: Any) -> Any:
        calls.append(hook)
        return getattr(ours.CookieJar, hook)(self, *arguments)

    jar = type("Hooked", (ours.CookieJar,), {hook: replacement})()
    jar.store_response("http://example.test/", ["a=1", "b=1"])
    jar.store_response("http://example.test/", ["a=; Max-Age=0"])
    jar.cookie_header("http://example.test/")

    assert calls == {"set_cookie": [hook] * 2}.get(hook, [hook])


def test_method_replaced_on_the_instance_is_called() -> None:
    """Monkey-patching one jar."""
    jar, stored = ours.CookieJar(), []
    jar.set_cookie = stored.append  # type: ignore[method-assign]

    jar.store_response("http://example.test/", ["a=1"])

    assert [each.name for each in stored] == ["a"]


@pytest.mark.parametrize(
    "step",
    [
        "make_cookies",
        "_cookies_from_attrs_set",
        "_normalized_cookie_tuples",
        "_cookie_from_cookie_tuple",
        "_process_rfc2109_cookies",
    ],
)
def test_replaced_step_of_parsing_is_called(step: str) -> None:
    """mechanize replaces `_normalized_cookie_tuples`."""
    calls = []

    def replacement(self: Any, *arguments: Any) -> Any:
        calls.append(step)
        return getattr(ours.CookieJar, step)(self, *arguments)

    jar = type("Hooked", (ours.CookieJar,), {step: replacement})()
    jar.extract_cookies(Response("a=1; Version=1"), urllib.request.Request("http://example.test/"))

    assert set(calls) == {step}
    assert sent(jar) == "a=1"


def test_cookies_for_domain_can_be_replaced_and_called() -> None:
    """scrapy calls it for the hosts that it has found itself."""
    calls = []

    class Hooked(ours.CookieJar):
        def _cookies_for_domain(self, domain: str, request: Any) -> Any:
            calls.append(domain)
            return super()._cookies_for_domain(domain, request)

    jar = Hooked()
    jar.set_cookie(cookie())
    jar.set_cookie(cookie("b", "other.test"))

    assert sent(jar) == "a=1"
    assert calls == ["example.test"]
    request = urllib.request.Request("http://example.test/")
    assert [each.name for each in jar._cookies_for_domain("example.test", request)] == ["a"]
    with pytest.raises(KeyError):
        jar._cookies_for_domain("test", request)


# Policies


def test_policy_of_the_original_works() -> None:
    """niquests and others bring policies derived from the standard library's."""

    class Local(stdlib.DefaultCookiePolicy):
        def return_ok_secure(self, cookie: Any, request: Any) -> bool:
            return True

    jar = jar_with(cookie(secure=True), cookie("b", "other.test"), policy=Local())

    jar.store_response("http://example.test/", ["c=1"])

    assert sent(jar) == "a=1; c=1"


def test_our_policy_works_in_the_original_jar() -> None:
    """httpx copies our cookies into a plain jar; scrapy takes a policy class."""
    jar = stdlib.CookieJar(ours.DefaultCookiePolicy(strict_ns_domain=2))
    jar.set_cookie(cookie())
    jar.extract_cookies(Response("b=1"), urllib.request.Request("http://example.test/"))

    assert sent(jar) == "a=1; b=1"
    assert sent(jar, "http://www.example.test/") == "a=1"


def test_domain_rule_of_ones_own_is_asked_about_every_domain() -> None:
    """The documentation promises it, and "send everything everywhere" policies rely on it."""
    asked = []

    class Everywhere(ours.DefaultCookiePolicy):
        def domain_return_ok(self, domain: str, request: Any) -> bool:
            asked.append(domain)
            return True

        def return_ok_domain(self, cookie: Any, request: Any) -> bool:
            return True

    jar = jar_with(
        cookie("a"), cookie("b", "other.test"), cookie("c", ".x.test"), policy=Everywhere()
    )

    assert sent(jar, "http://nowhere.test/") == "a=1; b=1; c=1"
    assert asked == ["example.test", "other.test", ".x.test"]


def test_flags_assigned_later_count() -> None:
    """`jar._policy.strict_ns_domain = ...` in the middle of a session."""
    jar = jar_with(cookie())
    assert sent(jar, "http://www.example.test/") == "a=1"

    jar._policy.strict_ns_domain = ours.DefaultCookiePolicy.DomainStrictNonDomain
    jar.store_response("http://example.test/", ["b=1"])

    assert sent(jar, "http://www.example.test/") == "a=1"  # it says that it had a Domain
    jar._policy.netscape = False
    assert sent(jar) is None


def test_rule_patched_on_the_class_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of programs patch DefaultCookiePolicy."""
    jar = jar_with(cookie(secure=True))
    assert sent(jar) is None

    monkeypatch.setattr(ours.DefaultCookiePolicy, "return_ok_secure", lambda *_: True)

    assert sent(jar) == "a=1"


def test_policy_knows_the_time_before_it_decides() -> None:
    """`policy._now` and `jar._now` are read by rules of programs."""
    seen = []

    class Curious(ours.DefaultCookiePolicy):
        def set_ok(self, cookie: Any, request: Any) -> bool:
            seen.append(self._now)
            return super().set_ok(cookie, request)

    jar = ours.CookieJar(Curious())
    jar.store_response("http://example.test/", ["a=1"])
    jar.set_cookie_if_ok(cookie("b"), urllib.request.Request("http://example.test/"))

    assert [type(each) for each in seen] == [int, int]
    assert jar._now == seen[-1]
    assert len(jar) == 2


def test_private_walk_uses_the_policy_clock() -> None:
    """yt-dlp sets both clocks and calls `_cookies_for_request`."""
    jar = jar_with(cookie(expires=1000))
    request = urllib.request.Request("http://example.test/")

    jar._policy._now = jar._now = 999
    assert [each.name for each in jar._cookies_for_request(request)] == ["a"]
    jar._policy._now = jar._now = 1000
    assert jar._cookies_for_request(request) == []


# Cookies


def test_iteration_survives_removal() -> None:
    """`for c in jar: jar.clear(c.domain, c.path, c.name)`."""
    jar = jar_with(*(cookie(f"n{i}", f"h{i % 3}.test", path=f"/{i % 5}") for i in range(30)))

    for each in jar:
        jar.clear(each.domain, each.path, each.name)

    assert list(jar) == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("value", "2", "a=2"),
        ("secure", True, None),
        ("domain", "other.test", None),
        ("port", "81", None),
    ],
)
def test_cookie_changed_in_place(field: str, value: Any, expected: str | None) -> None:
    """Holders of cookies change them; no index may trust what it saw."""
    jar = jar_with(cookie())
    for each in jar:
        setattr(each, field, value)

    assert sent(jar) == expected


class Foreign:
    """A cookie that is nobody's subclass, as mechanize once had."""

    version, name, value, port, path, secure = 0, "f", "1", None, "/", False
    domain, domain_specified, expires, discard = "example.test", False, None, True
    expired = False

    def is_expired(self, now: float | None = None) -> bool:
        return self.expired


def test_foreign_cookies_are_asked_themselves() -> None:
    """Their `is_expired` may know better than their attributes."""
    foreign = Foreign()
    jar = jar_with(foreign)
    assert sent(jar) == "f=1"

    foreign.expired = True

    assert sent(jar) is None


def test_odd_expiry_of_a_foreign_cookie_raises_no_earlier_than_in_the_original() -> None:
    """`set_cookie` stores whatever it is given."""
    odd = Foreign()
    odd.expires = "soon"

    jar = jar_with(odd)

    assert len(jar) == 1


# Requests


def test_cookie_header_of_the_caller_stays() -> None:
    """And so does its Cookie2."""
    request = urllib.request.Request(
        "http://example.test/", headers={"Cookie": "own=1", "Cookie2": "own"}
    )
    jar = jar_with(cookie(), policy=ours.DefaultCookiePolicy(rfc2965=True))

    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "own=1"
    assert request.get_header("Cookie2") == "own"


def test_header_is_unredirected() -> None:
    """A redirect to another host must not take it along."""
    request = urllib.request.Request("http://example.test/")

    jar_with(cookie()).add_cookie_header(request)

    assert request.unredirected_hdrs == {"Cookie": "a=1"}


def test_request_without_host_uses_its_host_header() -> None:
    """`request_host` by RFC 2965."""
    request = urllib.request.Request("http:///path", headers={"Host": "Example.test:80"})

    jar = jar_with(cookie())
    jar.add_cookie_header(request)

    assert request.get_header("Cookie") == "a=1"


class PropertyRequest:
    """scrapy's wrapper: nothing but what a jar asks for."""

    unverifiable = False
    host = "example.test"
    type = "http"
    origin_req_host = "example.test"

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def get_full_url(self) -> str:
        return "http://example.test/"

    def has_header(self, name: str) -> bool:
        return name in self.headers

    def add_unredirected_header(self, name: str, value: str) -> None:
        self.headers[name] = value


def test_narrow_request_is_enough() -> None:
    """No method of a real Request is called that wrappers do not have."""
    request, jar = PropertyRequest(), ours.CookieJar()

    jar.extract_cookies(Response("a=1"), request)
    jar.add_cookie_header(request)

    assert request.headers == {"Cookie": "a=1"}


def test_response_may_have_any_get_all() -> None:
    """requests hands over urllib3's headers, scrapy an object of its own."""

    class Headers:
        def get_all(self, name: str, default: Any = None) -> Any:
            return ["a=1"] if name == "Set-Cookie" else default

    response = Response()
    response.header = Headers()  # type: ignore[assignment]
    jar = ours.CookieJar()

    jar.extract_cookies(response, urllib.request.Request("http://example.test/"))

    assert sent(jar) == "a=1"


@pytest.fixture
def expired_jar() -> Iterator[ours.CookieJar]:
    jar = jar_with(cookie("old", expires=1), cookie("new", expires=int(time.time()) + 60))
    yield jar
    jar.clear()


def test_expired_cookies_are_gone_after_a_request(expired_jar: ours.CookieJar) -> None:
    """`len` drops, whatever host was asked."""
    assert len(expired_jar) == 2

    sent(expired_jar, "http://other.test/")

    assert [each.name for each in expired_jar] == ["new"]


def test_truth_and_length() -> None:
    """`request.cookies or {}` and `if cookies` in clients; a subclass's length decides."""

    class Long(ours.CookieJar):
        def __len__(self) -> int:
            return 3

    assert not ours.CookieJar()
    assert jar_with(cookie())
    assert Long()
    jar = ours.CookieJar()
    jar._cookies["example.test"] = {"/": {}}
    assert not jar


def test_policy_may_clear_the_jar_while_it_is_asked() -> None:
    """A policy that starts a new session with each login cookie."""

    class Fresh(ours.DefaultCookiePolicy):
        def set_ok(self, cookie: Any, request: Any) -> bool:
            jar.clear()
            return True

    jar = ours.CookieJar(Fresh())
    jar.set_cookie(cookie("old"))

    jar.store_response("http://example.test/", ["sid=1"])

    assert [each.name for each in jar] == ["sid"]


def test_clear_then_store_keeps_the_sweep_going() -> None:
    """The index follows the dict that `clear` has bound."""
    jar = jar_with(cookie("old", expires=int(time.time()) + 60))
    jar.clear()
    jar.set_cookie(cookie("late", expires=1))

    sent(jar, "http://other.test/")

    assert len(jar) == 0
