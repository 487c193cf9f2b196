"""What a response with many cookies does is what it does when each comes by itself.

Oracle: a jar that gets every field in a response of its own, and so counts and sorts each time.
"""

from __future__ import annotations

from typing import Any

import browser_traffic as traffic
import pytest
from browser_traffic import NOW
from hypothesis import given
from hypothesis import strategies as st

from cookietin import BrowserCookiePolicy, CookieJar, Decision, Limits, RequestContext

LIMITS: list[dict[str, Any]] = [
    {"per_site": 6, "purge_site_to": 4, "per_partition": 3, "partition_octets": 16},
    {"per_site": 4, "purge_site_to": 4, "total": 7, "purge_total_to": 5, "per_partition": None},
    {"per_site": 3, "purge_site_to": 1, "total": 9, "partition_octets": None, "per_partition": 4},
]
FIELDS = st.builds(
    "{}={}{}{}".format,
    st.sampled_from("abcdefghijklmnop"),
    st.sampled_from(["1", "long"]),
    st.sampled_from(["", "; Path=/", "; Path=/p", "; Path=/p/q/r", "; Domain=shop.test; Path=/"]),
    st.sampled_from(
        ["", "", "; Secure", "; Secure; Partitioned", "; Max-Age=2", "; Max-Age=0",
         "; Max-Age=0; Secure; Partitioned", "; Domain=com.test"]
    ),
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["_creation_time", "_last_access_time", "secure"]),
        st.sampled_from([None, True, NOW, NOW + 1, float(NOW + 2), NOW + 1.000001, -1, "x"]),
    ),
    max_size=3,
)
URLS = [
    "https://shop.test/",
    "https://a.shop.test/p/",
    "https://other.test/",
    "http://shop.test/p/q",
    "http://b.a.shop.test/",
]
RESPONSES = st.lists(
    st.tuples(
        st.sampled_from(URLS),
        st.lists(FIELDS, min_size=1, max_size=12),
        st.sampled_from([None, "https://top.test"]),
        CHANGES,
    ),
    max_size=5,
)


def contents(jar: CookieJar, now: int) -> list[tuple[Any, ...]]:
    return [
        (each.domain, each.path, each.name, each.value, each.partition_key, each.creation_time)
        for each in jar
        if not each.is_expired(now)
    ]


def gone(decisions: list[Decision]) -> list[list[tuple[str, str, str]]]:
    return [[(each.domain, each.path, each.name) for each in d.evicted] for d in decisions]


@pytest.mark.parametrize("numbers", LIMITS, ids=lambda numbers: ", ".join(numbers))
@given(responses=RESPONSES)
def test_a_response_does_what_its_fields_do_one_by_one(
    numbers: dict[str, Any], responses: list[Any]
) -> None:
    """What is remembered within a response, of evictions and of guards, is what would be found."""
    policy = BrowserCookiePolicy(limits=Limits(**numbers), public_suffixes=traffic.SUFFIXES)
    together, apart = CookieJar(policy=policy), CookieJar(policy=policy)
    for second, (url, fields, partition, changes) in enumerate(responses):
        context = None if partition is None else RequestContext(partition_key=partition)
        with traffic.clock_at(NOW + second):
            at_once = together.store_response(url, fields, context=context)
            one_by_one = [
                decision
                for field in fields
                for decision in apart.store_response(url, [field], context=context)
            ]

        assert gone(at_once) == gone(one_by_one)
        assert [d.reasons for d in at_once] == [d.reasons for d in one_by_one]
        assert contents(together, NOW + second) == contents(apart, NOW + second)

        for jar in (together, apart):
            living = [each for each in jar if not each.is_expired(NOW + second)]
            for at, attribute, value in changes:
                if living:
                    setattr(living[at % len(living)], attribute, value)
