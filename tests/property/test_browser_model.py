"""A jar under browser rules does what a naive reading of the draft does. Oracle: browser_model.

After every step of random traffic both hold the same cookies, in the same order of creation, and
have given the same answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import browser_traffic as traffic
import pytest
from browser_model import BrowserModel, Context, Settings
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cookietin import BrowserCookiePolicy, CookieJar, Limits, PublicSuffixes, RequestContext

NOW = traffic.NOW
SUFFIXES = PublicSuffixes(traffic.SUFFIXES)

LIMITS = {
    "default": Settings(),
    "small": Settings(
        per_site=4,
        purge_site_to=2,
        total=7,
        purge_total_to=5,
        per_partition=2,
        partition_octets=9,
    ),
    "a cookie at a time": Settings(
        per_site=2,
        purge_site_to=2,
        total=3,
        purge_total_to=3,
        per_partition=1,
        partition_octets=100,
    ),
}
OF_LIMITS = (
    "per_site",
    "purge_site_to",
    "total",
    "purge_total_to",
    "per_partition",
    "partition_octets",
)


def policy_of(settings: Settings) -> BrowserCookiePolicy:
    """The library's policy under the settings of a model."""
    values = dict(vars(settings))
    limits = Limits(**{name: values.pop(name) for name in OF_LIMITS})
    return BrowserCookiePolicy(public_suffixes=SUFFIXES, limits=limits, **values)


def context_of(context: Context | None) -> RequestContext | None:
    return context and RequestContext(**context._asdict())


def key_of(cookie: Any) -> tuple[Any, ...]:
    """What tells a stored cookie from the others, as the model does."""
    domain = cookie.domain.removeprefix(".")
    return (cookie.name, domain, cookie.host_only, cookie.path, cookie.partition_key)


def facts(cookie: Any, expires: int | None, accessed: float) -> tuple[Any, ...]:
    flags = (cookie.secure, cookie.http_only, cookie.same_site)
    return (cookie.value, expires, *flags, int(accessed))


def library_store(jar: CookieJar, now: int) -> list[tuple[Any, ...]]:
    """The living cookies of a jar by creation; when dead ones are swept is the jar's affair."""
    living = [cookie for cookie in jar if cookie.expires is None or cookie.expires > now]
    living.sort(key=lambda cookie: cookie.creation_time)
    return [(key_of(c), *facts(c, c.expires, c.last_access_time)) for c in living]


def model_store(model: BrowserModel, now: int) -> list[tuple[Any, ...]]:
    model.forget_expired(now)
    records = sorted(model.records, key=lambda record: record.created)
    return [(r.key, *facts(r, r.expires, r.accessed)) for r in records]


near = st.builds(
    "{}://{}".format,
    st.sampled_from(["https", "https", "http"]),
    st.sampled_from(["shop.test/", "shop.test/", "shop.test/a", "a.shop.test/", "[::1]/"]),
)
plain_fields = st.builds(
    "{}={}{}".format,
    st.sampled_from("abcdef"),
    st.sampled_from("12"),
    st.sampled_from(
        [
            "",
            "; Path=/a",
            "; Secure",
            "; HttpOnly",
            "; Max-Age=60",
            "; Domain=shop.test",
            "; Secure; Partitioned",
            "; Secure; Partitioned",
        ]
    ),
)


class JarAndModel(RuleBasedStateMachine):
    """The same traffic for both."""

    @initialize(
        limits=st.sampled_from(sorted(LIMITS)),
        switches=st.fixed_dictionaries(
            {
                "lax_allowing_unsafe": st.booleans(),
                "same_site_default": st.sampled_from(["Lax", "None"]),
                "trust_loopback": st.booleans(),
                "same_site_required": st.sampled_from([False, False, False, True]),
                "max_age_cap": st.sampled_from([34_560_000, 100]),
            }
        ),
    )
    def begin(self, limits: str, switches: dict[str, Any]) -> None:
        self.start(Settings(**{**vars(LIMITS[limits]), **switches}))

    def start(self, settings: Settings) -> None:
        self.now = NOW
        self.model = BrowserModel(traffic.public_suffix, settings)
        self.jar = CookieJar(policy_of(settings))

    def library(self, call: Callable[[], Any]) -> Any:
        with traffic.clock_at(self.now):
            return call()

    def response(self, url: str, fields: list[str], context: Context | None) -> None:
        decisions = self.library(
            lambda: self.jar.store_response(url, fields, context=context_of(context))
        )
        told = [self.model.set(url, text, self.now, context or Context()) for text in fields]

        assert [d.allowed for d in decisions] == [t.allowed for t in told]
        for decision, (_, evicted) in zip(decisions, told, strict=True):
            living = [c for c in decision.evicted if not c.is_expired(self.now)]
            assert sorted(map(key_of, living), key=repr) == sorted(
                (record.key for record in evicted), key=repr
            )

    def request(self, url: str, context: Context | None) -> None:
        header = self.library(lambda: self.jar.cookie_header(url, context=context_of(context)))

        assert header == self.model.get(url, self.now, context or Context())

    def compare(self) -> None:
        assert library_store(self.jar, self.now) == model_store(self.model, self.now)

    @rule(
        url=traffic.urls(),
        fields=st.lists(traffic.fields(), min_size=1, max_size=4),
        context=traffic.contexts(),
    )
    def set(self, url: str, fields: list[str], context: Context | None) -> None:
        self.response(url, fields, context)
        self.compare()

    @rule(
        url=near,
        fields=st.lists(plain_fields, min_size=2, max_size=4),
        key=st.sampled_from([None, "https://shop.test", "http://other.test/x"]),
        http_api=st.sampled_from([True, True, True, False]),
    )
    def fill(self, url: str, fields: list[str], key: str | None, http_api: bool) -> None:
        """Plain cookies that are nearly all stored, so that limits are met."""
        self.response(url, fields, Context(partition_key=key, http_api=http_api))
        self.compare()

    @rule(url=near, other_site=st.booleans())
    def visit(self, url: str, other_site: bool) -> None:
        """Typed by the user, or a form of another site."""
        form = Context(method="POST", site_for_cookies="https://other.test/form")
        self.request(url, form if other_site else None)
        self.compare()

    @rule(url=traffic.urls(), context=traffic.contexts())
    def get(self, url: str, context: Context | None) -> None:
        self.request(url, context)
        self.compare()

    @rule(
        hops=st.lists(
            st.tuples(traffic.urls(), st.lists(traffic.fields(), max_size=2)),
            min_size=2,
            max_size=4,
        ),
        context=traffic.contexts(),
    )
    def redirects(self, hops: list[tuple[str, list[str]]], context: Context | None) -> None:
        """5.2: the chain does not count, each URL is judged for itself."""
        for url, fields in hops:
            self.request(url, context)
            self.response(url, fields, context)
        self.compare()

    @rule(seconds=st.sampled_from([1, 1, 29, 60, 119, 120, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.wait(seconds)
        self.compare()

    @rule(all_of_them=st.sampled_from([False, False, True]))
    def clear(self, all_of_them: bool) -> None:
        if all_of_them:
            self.library(self.jar.clear)
            self.model.records = []
        else:
            self.end_session()
        self.compare()

    def end_session(self) -> None:
        self.library(self.jar.clear_session_cookies)
        self.model.end_session()

    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(pick=st.integers(0, 20))
    def clear_one(self, pick: int) -> None:
        """By domain, path and name: the one without a partition, if there is one."""
        self.model.forget_expired(self.now)
        if not self.model.records:
            return
        like = self.model.records[pick % len(self.model.records)].key[:-1]
        alike = [record for record in self.model.records if record.key[:-1] == like]
        plain = [record for record in alike if record.partition is None]
        if not plain and len(alike) > 1:
            return  # one of them goes; which, nobody has promised
        gone = (plain or alike)[0]
        domain = gone.domain if gone.host_only else "." + gone.domain
        self.library(lambda: self.jar.clear(domain, gone.path, gone.name))
        self.model.records = [record for record in self.model.records if record is not gone]
        self.compare()


TestJarAndModel = JarAndModel.TestCase
TestJarAndModel.settings = hypothesis_settings(
    max_examples=hypothesis_settings().max_examples, stateful_step_count=30
)

SHOP, PLAIN, CLOUD = "https://shop.test/", "http://shop.test/", "https://me.pages.cloud.test/"
AT_SHOP, AT_OTHER = Context(partition_key=SHOP), Context(partition_key="https://other.test/")
POST = Context(method="POST", site_for_cookies="https://other.test/")
LINK = Context(site_for_cookies="https://other.test/")
FRAME = Context(site_for_cookies="https://a.shop.test/", top_level=False)
SCRIPT = Context(http_api=False)


@pytest.mark.parametrize(
    ("switches", "steps"),
    [
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1", "a=2; Secure; Partitioned", "b=1; Max-Age=9"], AT_SHOP),
                ("end_session",),
                ("request", SHOP, AT_SHOP),
            ],
            id="the session ends for a cookie and its partitioned twin",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["d=1; Secure; Partitioned", "d=2; Max-Age=60"], AT_SHOP),
                ("wait", 60),
                ("request", SHOP, None),
                ("request", SHOP, AT_SHOP),
            ],
            id="a cookie expires and its partitioned twin does not",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["d=1; Secure; Partitioned; Max-Age=60", "d=2"], AT_SHOP),
                ("wait", 60),
                ("request", SHOP, AT_SHOP),
            ],
            id="a partitioned cookie expires and its twin does not",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 1},
            [
                ("response", SHOP, ["d=1; Secure; Partitioned", "d=2", "e=1", "f=1"], AT_SHOP),
                ("request", SHOP, AT_SHOP),
            ],
            id="a cookie is evicted and its partitioned twin is not",
        ),
        pytest.param(
            {"per_partition": 1},
            [
                ("response", SHOP, ["d=1; Secure; Partitioned", "d=2"], AT_SHOP),
                ("response", SHOP, ["d=3; Secure; Partitioned"], AT_OTHER),
                ("wait", 1),
                ("response", SHOP, ["e=1; Secure; Partitioned"], AT_SHOP),
                ("request", SHOP, AT_SHOP),
                ("request", SHOP, AT_OTHER),
            ],
            id="a partitioned cookie is evicted and its twins are not",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["d=1; Secure; Partitioned"], AT_SHOP),
                ("response", PLAIN, ["d=2"], AT_SHOP),
                ("response", PLAIN, ["d=3"], None),
            ],
            id="a partitioned Secure cookie guards its partition only",
        ),
        pytest.param(
            {"lax_allowing_unsafe": True},
            [
                ("response", SHOP, ["a=1", "b=1; SameSite=Lax"], None),
                ("wait", 119),
                ("response", SHOP, ["a=2"], None),
                ("request", SHOP, POST),
                ("wait", 1),
                ("request", SHOP, POST),
                ("wait", 1),
                ("request", SHOP, POST),
            ],
            id="two minutes of unsafe requests from creation",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 2},
            [
                ("response", SHOP, ["a=1; Path=/a", "b=1; Path=/b"], None),
                ("wait", 1),
                ("request", SHOP + "a", None),
                ("wait", 1),
                ("response", SHOP, ["c=1"], None),
            ],
            id="the cookie that was not asked for lately goes first",
        ),
        pytest.param(
            {"per_site": 2, "purge_site_to": 2},
            [
                ("response", SHOP, ["a=1; Secure", "b=1; Secure", "c=1"], None),
                ("response", SHOP, ["d=1; Secure"], None),
            ],
            id="a newcomer that is not Secure goes before the others",
        ),
        pytest.param(
            {"total": 3, "purge_total_to": 1},
            [
                ("response", SHOP, ["a=1; Secure; Partitioned", "b=1; Secure"], AT_SHOP),
                ("response", "https://other.test/", ["c=1; Secure", "d=1"], None),
            ],
            id="partitioned cookies count in the total",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1; HttpOnly", "a=1; Domain=shop.test"], None),
                ("response", SHOP, ["a=2", "a=2; Domain=shop.test", "a=; Max-Age=0"], SCRIPT),
            ],
            id="a script leaves HttpOnly cookies alone",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1; SameSite=Lax", "b=1", "c=1; SameSite=Strict"], None),
                ("request", SHOP, LINK),
                ("request", SHOP, LINK._replace(http_api=False)),
                ("request", SHOP, LINK._replace(top_level=False)),
                ("request", SHOP, LINK._replace(site_for_cookies=PLAIN)),
                ("response", SHOP, ["d=1; SameSite=Strict"], LINK),
                ("response", SHOP, ["e=1; SameSite=Lax", "f=1"], LINK._replace(top_level=False)),
            ],
            id="links and frames of another site",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1; Secure; Path=/in"], None),
                ("response", PLAIN, [f"a=2; Path={path}" for path in ("/", "/i", "/inn")], None),
                ("response", PLAIN, ["a=3; Path=/in", "a=4; Path=/in/x", "A=5; Path=/in"], None),
                ("response", "http://a.shop.test/", ["a=6; Path=/in", "a=7; Path=/"], None),
            ],
            id="a Secure cookie guards the paths at and under its own",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1; Secure; Path=/", "b=1; Secure; Domain=shop.test"], None),
                ("response", "http://a.shop.test/", ["a=2; Domain=shop.test", "b=2"], None),
            ],
            id="a Secure cookie guards domains above and below",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, [f"a=1; Path=/a; Path=/{'p' * 1023}"], None),
                ("response", SHOP, [f"b=1; Path=/a; Path=/{'p' * 1024}"], None),
                ("response", SHOP, [f"c=1; Max-Age={'9' * 1024}"], None),
                ("response", SHOP, [f"d=1; Secure={'x' * 1025}", f"{'n' * 96}={'v' * 4000}"], None),
                ("response", SHOP, [f"{'n' * 96}={'v' * 4001}; Max-Age=0"], None),
            ],
            id="attributes and pairs about as long as they may be",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1; SameSite=Strict"], None),
                ("request", "wss://shop.test/", FRAME),
                ("request", "ws://shop.test/", FRAME),
                ("request", "ws://shop.test/", FRAME._replace(site_for_cookies=PLAIN)),
            ],
            id="a WebSocket of the page's own site",
        ),
        pytest.param(
            {},
            [("response", CLOUD, ["a=1; Domain=cloud.test", "b=1; Domain=pages.cloud.test"], None)],
            id="a domain above the public suffix",
        ),
        pytest.param(
            {},
            [
                ("response", "http://[::1]/", ["a=1; Secure; Domain=[::1]", "b=1"], None),
                ("request", "http://[::1]:80/", None),
            ],
            id="loopback of IPv6 is a secure connection",
        ),
        pytest.param(
            {},
            [
                ("response", SHOP, ["a=1", "b=1; Max-Age=0; Max-Age=x", "c=1"], None),
                ("response", SHOP, ["a=; Expires=1 Jan 1500 00:00:00", "c=2; Expires=x"], None),
            ],
            id="dates long ago and dates that are none",
        ),
    ],
)
def test_rare_meetings(switches: dict[str, Any], steps: list[tuple[Any, ...]]) -> None:
    """What random traffic seldom brings about, and what it has found."""
    both = JarAndModel()
    both.start(Settings(**switches))

    for name, *arguments in steps:
        getattr(both, name)(*arguments)
        both.compare()
