"""A jar under browser rules stays within its limits, and says what it evicted."""

from __future__ import annotations

import copy
import pickle

import pytest

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    CookieJar,
    Limits,
    MozillaCookieJar,
    RequestContext,
)

NOW = 1_767_225_600


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = NOW

    monkeypatch.setattr("time.time", lambda: Clock.now)
    return Clock


def jar(**limits) -> CookieJar:
    policy = BrowserCookiePolicy(limits=Limits(**limits), public_suffixes=["test", "co.test"])
    return CookieJar(policy=policy)


def names(jar) -> list[str]:
    return [cookie.name for cookie in jar]


def fill(jar, url, *fields):
    """Store field by field; return the names of what was evicted."""
    return [
        cookie.name
        for field in fields
        for decision in jar.store_response(url, [field])
        for cookie in decision.evicted
    ]


def test_numbers_of_chromium():
    """At the 181st cookie of a site 31 go at once, as Chromium and Firefox were seen to do."""
    jar = CookieJar(policy=BrowserCookiePolicy(public_suffixes=["test"]))
    for n in range(180):
        assert jar.store_response(f"https://h{n % 3}.shop.test/", [f"c{n}=1"])[0].evicted == ()

    decision = jar.store_response("https://shop.test/", ["last=1"])[0]

    assert [cookie.name for cookie in decision.evicted] == [f"c{n}" for n in range(31)]
    assert len(jar) == 150


def test_sites_under_one_public_suffix_do_not_share():
    """a.co.test and b.co.test are of one family of domains, and of two sites."""
    tin = jar(per_site=3, purge_site_to=2)

    assert fill(tin, "https://a.co.test/", "a=1", "b=1", "c=1") == []
    assert fill(tin, "https://b.co.test/", "a=1", "b=1", "c=1") == []
    assert fill(tin, "https://x.b.co.test/", "d=1") == ["a", "b"]
    assert len(tin) == 5


def test_order_of_going(clock):
    """Not Secure before Secure, then what was used longest ago (6.1)."""
    tin = jar(per_site=4, purge_site_to=2)
    fill(tin, "https://shop.test/", "s1=1; Secure; Path=/s", "n1=1; Path=/n1", "n2=1; Path=/n2")
    clock.now += 10
    assert tin.cookie_header("https://shop.test/n1") == "n1=1"
    fill(tin, "https://shop.test/", "s2=1; Secure")

    assert fill(tin, "https://shop.test/", "s3=1; Secure") == ["n2", "n1", "s1"]


def test_expired_cookies_go_first_and_are_not_counted(clock):
    """They do not count for eviction; nobody is told that they went for another."""
    tin = jar(per_site=3, purge_site_to=1)
    fill(tin, "https://shop.test/", "a=1; Max-Age=5", "b=1; Max-Age=5", "c=1")
    clock.now += 5

    assert fill(tin, "https://shop.test/", "d=1") == []
    assert names(tin) == ["c", "d"]


def test_a_newcomer_may_be_what_goes():
    """If it is not Secure and all others are."""
    tin = jar(per_site=2, purge_site_to=2)

    evicted = fill(tin, "https://shop.test/", "a=1; Secure", "b=1; Secure", "c=1")

    assert evicted == ["c"]
    assert names(tin) == ["a", "b"]


def test_total():
    tin = jar(per_site=None, total=5, purge_total_to=3)

    evicted = [name for n in range(6) for name in fill(tin, f"https://s{n}.test/", f"c{n}=1")]

    assert evicted == ["c0", "c1", "c2"]
    assert len(tin) == 3


def test_replacing_evicts_nothing():
    tin = jar(per_site=2, purge_site_to=1)

    assert fill(tin, "https://shop.test/", "a=1", "b=1", "a=2", "b=2", "a=3") == []


def test_deleted_cookies_make_room():
    tin = jar(per_site=2, purge_site_to=1, total=2, purge_total_to=1)
    for n in range(20):
        assert fill(tin, "https://shop.test/", f"c{n}=1", f"c{n}=; Max-Age=0") == []
    tin.clear()

    assert fill(tin, "https://shop.test/", "a=1", "b=1") == []
    assert fill(tin, "https://shop.test/", "c=1") == ["a", "b"]


def test_partitions_have_limits_of_their_own():
    """CHIPS: 180 and 10 KiB for a site and a partition; they do not count for the site."""
    tin = jar(per_site=2, purge_site_to=1, per_partition=2, partition_octets=100)
    context = RequestContext(partition_key="https://top.test")
    other = RequestContext(partition_key="https://other.test")
    field = "; Secure; Partitioned"

    def put(pair, context):
        decision = tin.store_response("https://shop.test/", [pair + field], context=context)[0]
        return [cookie.name for cookie in decision.evicted]

    assert fill(tin, "https://shop.test/", "x=1", "y=1") == []
    assert [put(f"{n}=1", context) for n in "abcd"] == [[], [], ["a"], ["b"]]
    assert [put(f"{n}=1", other) for n in "ab"] == [[], []]
    assert put("e=" + 99 * "x", context) == ["c", "d"]
    assert put("f=" + 100 * "x", context) == ["e", "f"]
    assert len(tin) == 4


def test_set_cookie_evicts_too():
    """It asks no policy whether, but the jar stays within its bounds."""
    tin = jar(per_site=2, purge_site_to=1)
    for n in range(5):
        tin.set_cookie(
            Cookie(0, f"c{n}", "1", None, False, "shop.test", False, False, "/", True, False, None,
                   True, None, None, {})
        )  # fmt: skip
        assert len(tin) <= 2


def test_loading_evicts_nothing(tmp_path):
    """What a user has saved is the user's; the next response brings the jar within its limits."""
    big = MozillaCookieJar(tmp_path / "cookies.txt")
    big.store_response("https://shop.test/", [f"c{n}=1; Max-Age=999" for n in range(10)])
    big.save()
    policy = BrowserCookiePolicy(limits=Limits(per_site=5), public_suffixes=["test"])
    tin = MozillaCookieJar(tmp_path / "cookies.txt", policy=policy)

    tin.load()

    assert len(tin) == 10
    assert len(tin.store_response("https://shop.test/", ["x=1"])[0].evicted) == 7
    assert len(tin) == 4


def test_loading_evicts_nothing_where_the_jar_stores_itself(tmp_path):
    class Own(MozillaCookieJar):
        def set_cookie(self, cookie):
            super().set_cookie(cookie)

    big = MozillaCookieJar(tmp_path / "cookies.txt")
    big.store_response("https://shop.test/", [f"c{n}=1" for n in range(10)] + ["word"])
    big.save(ignore_discard=True)
    policy = BrowserCookiePolicy(limits=Limits(per_site=5), public_suffixes=["test"])
    tin = Own(tmp_path / "cookies.txt", policy=policy)

    tin.load(ignore_discard=True)

    assert len(tin) == 11
    assert tin.cookie_header("https://shop.test/").endswith("; word")
    assert names(tin)[-1] == ""


def test_no_limits():
    policy = BrowserCookiePolicy(limits=None, public_suffixes=["test"])
    tin = CookieJar(policy=policy)

    tin.store_response("https://shop.test/", [f"c{n}=1" for n in range(4000)])

    assert len(tin) == 4000


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda jar: pickle.loads(pickle.dumps(jar))]
)
def test_copies_count_anew(copied):
    tin = jar(per_site=3, purge_site_to=1)
    fill(tin, "https://shop.test/", "a=1", "b=1")
    made = copied(tin)

    assert fill(made, "https://shop.test/", "c=1", "d=1") == ["a", "b", "c"]
    assert names(tin) == ["a", "b"]


def test_octets_of_a_partition_hold_on_update():
    """A cookie may grow after it was let in."""
    tin = jar(partition_octets=100)
    context = RequestContext(partition_key="https://top.test")
    for value in ("1", 60 * "x"):
        for name in "abc":
            field = f"{name}={value}; Secure; Partitioned"
            tin.store_response("https://shop.test/", [field], context=context)
            assert sum(len(each.name + each.value) for each in tin) <= 100

    assert names(tin) == ["c"]


def test_other_limits_hold_at_once():
    """A policy may be changed, or get others, while the jar is full."""
    tin = jar()
    fill(tin, "https://shop.test/", *(f"a{n}=1" for n in range(50)))
    tin._policy.limits = Limits(per_site=5, purge_site_to=5)
    assert len(fill(tin, "https://shop.test/", "b=1")) == 46
    assert len(tin) == 5

    tin._policy.limits = None
    fill(tin, "https://shop.test/", *(f"c{n}=1" for n in range(300)))
    assert len(tin) == 305
    tin.set_policy(BrowserCookiePolicy(public_suffixes=["test"]))
    fill(tin, "https://shop.test/", "d=1")
    assert len(tin) == 150


def test_cookies_from_under_another_policy_are_counted():
    policy = BrowserCookiePolicy(limits=Limits(per_site=5), public_suffixes=["test"])
    tin = CookieJar(policy=policy)
    fill(tin, "https://shop.test/", "a=1")
    tin.set_policy(None)
    tin._policy = policy.__class__(limits=None, public_suffixes=["test"])
    fill(tin, "https://shop.test/", *(f"b{n}=1" for n in range(9)))
    tin._policy = policy

    assert len(fill(tin, "https://shop.test/", "c=1")) == 7


def test_other_public_suffixes_make_other_sites():
    tin = jar(per_site=3, purge_site_to=3)
    for n in range(6):
        fill(tin, f"https://h{n}.co.test/", "a=1", "b=1")
    tin._policy.public_suffixes = ["test"]
    fill(tin, "https://new.co.test/", "a=1")

    assert len(tin) == 3


def test_domains_that_were_moved_in_the_dict():
    """A program may do that; nothing raises."""
    tin = jar(per_site=2, purge_site_to=2)
    for host in ("a.co.test", "b.co.test"):
        fill(tin, f"https://{host}/", "a=1", "b=1")
    tin._cookies["c.co.test"] = tin._cookies.pop("b.co.test")
    context = RequestContext(partition_key="https://top.test")
    tin.store_response("https://a.test/", ["a=1; Secure; Partitioned"], context=context)
    top = "https://top.test"
    tin._cookies[f"b.test/{top}"] = tin._cookies.pop(f"a.test/{top}")

    fill(tin, "https://c.co.test/", "x=1", "y=1", "z=1")
    tin.store_response("https://b.test/", ["x=1; Secure; Partitioned"], context=context)
    assert {"x"} <= {cookie.name for cookie in tin if cookie.domain == "b.test"}


def test_hosts_with_odd_characters_are_no_partitions():
    """Each would have limits of its own, and `clear` would reach them."""
    tin = jar(per_site=5, purge_site_to=5)
    for n in range(20):
        fill(tin, f"https://x;{n}.shop.test/", "a=1")

    assert len(tin) == 5
    tin.store_response("https://shop.test/", ["b=1"])
    tin.clear("shop.test")
    assert len(tin) == 4


def test_a_full_site_does_not_hide_from_its_family():
    """Once a family was counted by sites, each of them has its own room."""
    tin = jar(per_site=3, purge_site_to=3)
    fill(tin, "https://a.co.test/", "a=1", "b=1", "c=1")
    for n in range(10):
        assert fill(tin, f"https://b{n}.co.test/", "a=1", "b=1", "c=1") == []
    assert fill(tin, "https://b3.co.test/", "d=1") == ["a"]
    assert fill(tin, "https://a.co.test/", "d=1") == ["a"]


def test_evicted_where_the_jar_stores_itself():
    """requests' jar has a `set_cookie` of its own, for instance."""

    class Own(CookieJar):
        def set_cookie(self, cookie):
            super().set_cookie(cookie)

    policy = BrowserCookiePolicy(
        limits=Limits(per_site=2, purge_site_to=1), public_suffixes=["test"]
    )

    assert fill(Own(policy=policy), "https://shop.test/", "a=1", "b=1", "c=1") == ["a", "b"]


def test_limits_are_values():
    assert Limits() == Limits(per_site=180, purge_site_to=150, total=3300, purge_total_to=3000)
    assert pickle.loads(pickle.dumps(Limits(total=None))) == Limits(total=None)
    assert hash(Limits()) == hash(Limits())
    assert eval(repr(Limits(per_site=7))) == Limits(per_site=7)
    with pytest.raises(AttributeError, match="do not change"):
        Limits().total = 5


@pytest.mark.parametrize(
    ("numbers", "error"),
    [
        ({"per_site": 0}, ValueError),
        ({"total": -1}, ValueError),
        ({"per_site": 1.5}, TypeError),
        ({"total": True}, TypeError),
        ({"per_site": 5, "purge_site_to": 6}, ValueError),
        ({"total": 5, "purge_total_to": 6}, ValueError),
    ],
)
def test_wrong_limits(numbers, error):
    with pytest.raises(error, match=next(iter(numbers))):
        Limits(**numbers)
