"""What holds for every jar under browser rules. Each test names its oracle."""

from __future__ import annotations

import http.cookiejar
import time
import urllib.request
import warnings
from collections.abc import Callable
from typing import Any

import browser_traffic as traffic
import pytest
from browser_model import BrowserModel, Context, Settings, Url, domain_matches, path_matches
from hypothesis import example, given
from hypothesis import strategies as st
from random_traffic import Response

from cookietin import BrowserCookiePolicy, CookieJar, Limits, PublicSuffixes, RequestContext
from cookietin.policy.browser import reasons_to_withhold

NOW = traffic.NOW
SUFFIXES = PublicSuffixes(traffic.SUFFIXES)
UNREADABLE = {"NO_COOKIE_CONTENT", "DISALLOWED_CHARACTER", "NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE"}
SWITCHES = st.fixed_dictionaries(
    {},
    optional={
        "trust_loopback": st.booleans(),
        "lax_allowing_unsafe": st.booleans(),
        "same_site_default": st.sampled_from(["Lax", "None"]),
        "same_site_required": st.booleans(),
        "secure_protocols": st.sampled_from([("https", "wss"), ("https",), ()]),
        "blocked_domains": st.sampled_from([(), (".shop.test",), ("shop.test",), ("a.shop.test",)]),
        "allowed_domains": st.sampled_from([None, (), (".shop.test", "localhost"), ("shop.test",)]),
    },
)
rules = BrowserModel(traffic.public_suffix)


@pytest.fixture(autouse=True, scope="module")
def frozen() -> Any:
    """`NOW` for all of this file, except where a test patches it again."""
    with traffic.clock_at(NOW):
        yield


def jar_of(policy_class: Any = BrowserCookiePolicy, **switches: Any) -> CookieJar:
    return CookieJar(policy_class(public_suffixes=SUFFIXES, **switches))


def context_of(context: Context | None) -> RequestContext | None:
    return context and RequestContext(**context._asdict())


def play(jar: CookieJar, script: list[tuple[str, str, Context | None]]) -> list[Any]:
    """Set each field, one a second; the decisions."""
    decisions = []
    for second, (url, field, context) in enumerate(script):
        with traffic.clock_at(NOW + second):
            decisions += jar.store_response(url, [field], context=context_of(context))
    return decisions


def tagged_jar(tagged: list[tuple[str, str]], attribute: str = "") -> CookieJar:
    """A jar in which the cookie "n7" came from the seventh response."""
    jar = jar_of()
    for number, (url, attributes) in enumerate(tagged):
        jar.store_response(url, [f"n{number}=1{attributes}{attribute}"])
    return jar


def numbers_sent(jar: CookieJar, url: str) -> list[int]:
    """Which of the cookies of a tagged jar go with a request."""
    header = jar.cookie_header(url) or ""
    return [int(pair.removeprefix("n").removesuffix("=1")) for pair in header.split("; ") if pair]


def state(jar: CookieJar) -> list[tuple[Any, ...]]:
    return [
        (c.name, c.value, c.domain, c.path, c.expires, c.secure, c.host_only, c.http_only,
         c.same_site, c.partition_key, c.creation_time, c.last_access_time)
        for c in jar
    ]  # fmt: skip


latin = st.text(st.characters(max_codepoint=255), max_size=40)
long_latin = st.lists(
    st.tuples(
        st.one_of(
            latin,
            st.sampled_from(
                [*traffic.PRINTABLE, *traffic.CONTROLS, "a", "1", "Domain=", "Expires="]
            ),
        ),
        st.sampled_from([1, 1, 1, 7, 1000, 4096, 65_536]),
    ),
    max_size=6,
).map(lambda parts: "".join((piece * times)[:65_536] for piece, times in parts)[:65_536])


@given(long_latin, traffic.urls())
@example("a=1; Max-Age=" + "9" * 60_000, "https://shop.test/")
@example("a=1; Max-Age=" + "9" * 1024, "https://shop.test/")
@example("a=1; Max-Age=-" + "9" * 1023, "https://shop.test/")
@example("a=1; Expires=1 Jan 0000 00:00:00", "https://shop.test/")
@example("a=1; Expires=\xb2 Jan 2027 00:00:00", "https://shop.test/")
@example("a=1; Max-Age=\xb2", "https://shop.test/")
@example("a=1; Domain=" + "xn--a." * 100 + "shop.test", "https://shop.test/")
def test_any_field_raises_nothing(text: str, url: str) -> None:
    """One bad field never loses a login. Oracle: none needed."""
    jar = jar_of()

    decisions = jar.store_response(
        url, ["first=1", text, f"x=1; Domain={text}", f"x=1; Path={text}", "last=1"]
    )

    assert len(decisions) == 5
    assert {"first", "last"} <= {cookie.name for cookie in jar}
    jar.cookie_header(url)


plain_names = st.text("abcABC019!#$%&'*+-.^_`|~", min_size=1, max_size=8).filter(
    lambda name: not name.startswith("__")
)
plain_values = st.text("abcABC019!#$%&'()*+-./:<=>?@[]^_`{|}~\"\\,\xe9", max_size=8)


@given(traffic.urls(), st.dictionaries(plain_names, plain_values, min_size=1, max_size=5))
def test_what_is_set_comes_back(url: str, cookies: dict[str, str]) -> None:
    """Neither quoted nor decoded. Oracle: round trip, twice."""
    pairs = [f"{name}={value}" for name, value in cookies.items()]
    jar, fed = jar_of(), jar_of()

    jar.store_response(url, pairs)
    header = jar.cookie_header(url)
    fed.store_response(url, header.split("; "))

    assert header == "; ".join(pairs)
    assert fed.cookie_header(url) == header
    assert state(fed) == state(jar)


@given(traffic.tagged(domains=False), traffic.urls())
def test_host_only_cookie_is_not_returned_to_another_host(
    responses: list[tuple[str, str]], url: str
) -> None:
    """No Domain attribute, no other host (5.8.3). Oracle: equality of hosts."""
    jar = tagged_jar(responses)

    for number in numbers_sent(jar, url):
        assert Url.of(responses[number][0]).host == Url.of(url).host


@given(traffic.tagged(), traffic.urls())
def test_no_cookie_crosses_registrable_domains(responses: list[tuple[str, str]], url: str) -> None:
    """co.uk is not a site. Oracle: the model's sites, from a list by hand."""
    jar = tagged_jar(responses)

    for number in numbers_sent(jar, url):
        assert rules.site(Url.of(responses[number][0]).host) == rules.site(Url.of(url).host)


@given(traffic.tagged(), traffic.urls(schemes=("http", "ws")))
def test_secure_cookie_is_not_returned_over_a_plain_connection(
    responses: list[tuple[str, str]], url: str
) -> None:
    """Loopback aside. Oracle: every cookie of the jar is Secure."""
    jar = tagged_jar(responses, "; Secure")

    sent = jar.cookie_header(url)

    assert sent is None or Url.of(url).host in ("localhost", "127.0.0.1", "[::1]")


@given(traffic.scripts(context=st.none()), traffic.urls())
def test_order_is_total_and_stable(script: list[Any], url: str) -> None:
    """Servers read the first of two cookies of a name (5.8.3). Oracle: the sort that 5.8.3 asks for."""
    jar = jar_of()
    play(jar, script)
    for second in (10, 10, 11):
        with traffic.clock_at(NOW + second):
            header = jar.cookie_header(url)
            again = jar.cookie_header(url)
            sent = [c for c in jar if not reasons_to_withhold(jar._policy, c, url, NOW + second)]

        keys = {(-len(c.path), c.creation_time) for c in sent}
        in_order = sorted(sent, key=lambda c: (-len(c.path), c.creation_time))
        text = "; ".join(f"{c.name}={c.value}" if c.name else c.value for c in in_order)
        assert len(keys) == len(sent)
        assert again == header
        assert (header or "") == text


LIMITS = [
    {"per_site": 3, "purge_site_to": 2, "total": 5, "purge_total_to": 4, "per_partition": 2},
    {"per_site": 1, "purge_site_to": 1, "total": 2, "purge_total_to": 1, "partition_octets": 5},
    {"per_site": 4, "purge_site_to": 1, "total": None},
    {"per_site": None, "total": 3, "purge_total_to": 1, "per_partition": None},
    {"per_site": 3, "purge_site_to": 3, "per_partition": 1, "partition_octets": None},
]


def keyed(jar: CookieJar) -> dict[tuple[Any, ...], Any]:
    return {
        (c.domain, c.host_only, c.path, c.name, c.partition_key): c
        for c in jar
        if not c.is_expired(int(time.time()))
    }


def assert_limits_hold(jar: CookieJar, limits: Limits) -> None:
    sites: dict[Any, list[Any]] = {}
    for cookie in keyed(jar).values():
        site = rules.site(cookie.domain.removeprefix("."))
        sites.setdefault((site, cookie.partition_key), []).append(cookie)
    assert limits.total is None or len(keyed(jar)) <= limits.total
    for (_, partition), cookies in sites.items():
        most = limits.per_site if partition is None else limits.per_partition
        assert most is None or len(cookies) <= most
        if partition is not None and limits.partition_octets is not None:
            assert sum(len(c.name) + len(c.value) for c in cookies) <= limits.partition_octets


@pytest.mark.parametrize("numbers", LIMITS, ids=lambda numbers: ", ".join(numbers))
@given(
    script=st.lists(
        st.tuples(
            traffic.urls(schemes=("https", "http")),
            st.builds(
                "{}={}{}".format,
                st.sampled_from("abcdefghijklmnop"),
                st.sampled_from(["1", "long"]),
                st.sampled_from(
                    ["", "; Secure", "; Secure; Partitioned", "; Max-Age=2", "; Max-Age=0"]
                ),
            ),
            st.sampled_from([None, "https://shop.test", "https://other.test"]),
        ),
        max_size=30,
    )
)
def test_limits_hold_and_evicted_names_what_went(
    numbers: dict[str, Any], script: list[Any]
) -> None:
    """Nothing vanishes in silence. Oracle: the store before and after."""
    limits = Limits(**numbers)
    jar = jar_of(limits=limits)
    for second, (url, field, partition) in enumerate(script):
        with traffic.clock_at(NOW + second):
            before = keyed(jar)
            (decision,) = jar.store_response(
                url, [field], context=RequestContext(partition_key=partition)
            )
            after = keyed(jar)
            new = decision.cookie
            key = (new.domain, new.host_only, new.path, new.name, new.partition_key)
            present = dict(before)
            if decision.allowed:
                present.pop(key, None)
            if decision.allowed and not new.is_expired(NOW + second):
                present[key] = new
            gone = [cookie for at, cookie in present.items() if at not in after]
            evicted = [c for c in decision.evicted if not c.is_expired(NOW + second)]

            assert sorted(map(id, evicted)) == sorted(map(id, gone))
            assert after.keys() <= present.keys()
            assert_limits_hold(jar, limits)


@given(SWITCHES, traffic.scripts(), traffic.urls(), traffic.contexts())
def test_a_cookie_is_sent_if_and_only_if_no_reason_withholds_it(
    switches: dict[str, Any], script: list[Any], url: str, context: Context | None
) -> None:
    """The fast walk and the explanation are bound together. Oracle: each is the other's."""
    jar = jar_of(**switches)
    decisions = play(jar, script)
    later = NOW + len(script)
    asked = context_of(context)
    with traffic.clock_at(later):
        cookies = list(jar)
        expected = [
            cookie
            for cookie in cookies
            if reasons_to_withhold(jar._policy, cookie, url, later, asked) == ()
        ]
        expected.sort(key=lambda c: (-len(c.path), c.creation_time))

        header = jar.cookie_header(url, context=asked)

    texts = [f"{c.name}={c.value}" if c.name else c.value for c in expected]
    assert header == ("; ".join(texts) or None)
    for decision in decisions:
        names = {reason.name for reason in decision.reasons}
        assert decision.allowed == (not names)
        assert (decision.cookie is None) == bool(names & UNREADABLE)


def calls_super(name: str) -> Callable[..., Any]:
    def method(self: Any, subject: Any, request: Any) -> Any:
        return getattr(BrowserCookiePolicy, name)(self, subject, request)

    return method


METHODS = ("set_ok", "return_ok", "domain_return_ok", "path_return_ok")
SUBCLASSES = [*((name,) for name in METHODS), METHODS]


@pytest.mark.parametrize("overridden", SUBCLASSES, ids=", ".join)
@given(
    switches=SWITCHES,
    script=traffic.scripts(),
    asked=st.lists(st.tuples(traffic.urls(), traffic.contexts()), min_size=1, max_size=3),
)
def test_a_subclass_that_changes_nothing_changes_nothing(
    overridden: tuple[str, ...], switches: dict[str, Any], script: list[Any], asked: list[Any]
) -> None:
    """A subclass goes the long way, through the public methods. Oracle: the short way."""
    subclass = type("Policy", (BrowserCookiePolicy,), {n: calls_super(n) for n in overridden})
    fast, slow = jar_of(**switches), jar_of(subclass, **switches)

    decisions = [play(jar, script) for jar in (fast, slow)]

    assert [d.allowed for d in decisions[1]] == [d.allowed for d in decisions[0]]
    assert state(slow) == state(fast)
    with traffic.clock_at(NOW + 30):
        for url, context in asked:
            header = fast.cookie_header(url, context=context_of(context))
            assert slow.cookie_header(url, context=context_of(context)) == header
    assert state(slow) == state(fast)


# A line end before a blank is a folded header, which only the one that holds headers unfolds.
unfolded = traffic.fields().filter(lambda field: "\n" not in field)


@given(traffic.scripts(unfolded))
def test_verbs_take_the_same_path_as_urllib_shaped_calls(script: list[Any]) -> None:
    """`store_response` is no second jar. Oracle: `extract_cookies` and `add_cookie_header`."""
    plain, shaped = jar_of(), jar_of()
    for url, field, given_context in script:
        context = context_of(given_context)
        asked = urllib.request.Request(url)
        if context is not None:
            asked.cookie_context = context
        plain.store_response(url, [field], context=context)
        shaped.extract_cookies(Response([field], []), asked)
        header = plain.cookie_header(url, context=context)
        shaped.add_cookie_header(asked)

        assert asked.get_header("Cookie") == header
        assert state(shaped) == state(plain)


def effective_host(host: str) -> str:
    """http.cookiejar's name for a host."""
    return host if "." in host else host + ".local"


@given(traffic.scripts(context=st.none()), traffic.urls())
def test_policy_in_the_standard_librarys_jar_withholds_what_browsers_withhold(
    script: list[Any], url: str
) -> None:
    """
    Some clients insist on their own jar, which parses and compares its own way.

    Oracle: the model's relations, asked of what http.cookiejar has stored.
    """
    jar = http.cookiejar.CookieJar(BrowserCookiePolicy(public_suffixes=SUFFIXES))
    with warnings.catch_warnings():
        # "http.cookiejar bug!": its parser fails on a bare Max-Age, and on one of 400 digits.
        warnings.simplefilter("ignore", UserWarning)
        for source, field, _ in script:
            jar.extract_cookies(Response([field], []), urllib.request.Request(source))
    request = urllib.request.Request(url)
    target = Url.of(url)
    host = effective_host(target.host)

    sent = jar._cookies_for_request(request)

    for cookie in sent:
        domain = cookie.domain.removeprefix(".")
        assert rules.is_secure(target) or not cookie.secure
        # http.cookiejar spells the escapes of both paths its own way.
        assert path_matches(http.cookiejar.request_path(request), cookie.path)
        assert cookie.domain_specified or domain in (host, target.host)
        assert domain_matches(host, domain) or domain_matches(target.host, domain)
        assert rules.site(target.host) == rules.site(domain) or domain == host


def test_settings_of_the_model_are_those_of_the_library() -> None:
    """Two tables of defaults drift apart. Oracle: the model's."""
    limits, settings = Limits(), Settings()

    for name in ("per_site", "purge_site_to", "total", "purge_total_to", "per_partition"):
        assert getattr(limits, name) == getattr(settings, name)
    assert limits.partition_octets == settings.partition_octets
