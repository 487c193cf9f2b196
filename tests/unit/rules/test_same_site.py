"""Which requests are same-site, and which methods are safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cookietin.rules.public_suffix import PublicSuffixes
from cookietin.rules.same_site import is_safe, is_same_site

SUFFIXES = PublicSuffixes(["test", "example", "pages.example"])


@pytest.mark.parametrize(
    ("origin", "other", "expected"),
    [
        pytest.param("https shop.test", "https shop.test", True, id="same origin"),
        pytest.param("https a.shop.test", "https b.shop.test", True, id="one registrable domain"),
        pytest.param("https shop.test", "https a.b.shop.test", True, id="host and its subdomain"),
        pytest.param("https shop.test", "https bank.test", False, id="two registrable domains"),
        pytest.param("http shop.test", "https shop.test", False, id="two schemes"),
        pytest.param("ws shop.test", "http a.shop.test", True, id="ws counts as http"),
        pytest.param("https shop.test", "wss a.shop.test", True, id="wss counts as https"),
        pytest.param("ws shop.test", "wss shop.test", False, id="ws and wss are two schemes"),
        pytest.param("https a.pages.example", "https b.pages.example", False, id="two tenants"),
        pytest.param("https pages.example", "https pages.example", True, id="a suffix with itself"),
        pytest.param("https pages.example", "https a.pages.example", False, id="suffix and tenant"),
        pytest.param("http 10.0.0.1", "http 10.0.0.1", True, id="an address with itself"),
        pytest.param("http 10.0.0.1", "http 11.0.0.1", False, id="addresses have no parents"),
        pytest.param("http [::1]", "http [::1]", True, id="an IPv6 address with itself"),
        pytest.param("https shop.test", "https shop.test.", False, id="trailing dot"),
    ],
)
def test_same_site(origin: str, other: str, expected: bool) -> None:
    """A site is a scheme and a registrable domain; equal hosts do where there is none."""
    assert is_same_site(*origin.split(), *other.split(), SUFFIXES.site_of) is expected
    assert is_same_site(*other.split(), *origin.split(), SUFFIXES.site_of) is expected


@pytest.mark.parametrize(
    ("origin", "other"),
    [
        pytest.param("https shop.test", "wss shop.test", id="equal hosts"),
        pytest.param("http shop.test", "https www.shop.test", id="two schemes"),
    ],
)
def test_public_suffixes_are_asked_only_if_need_be(origin: str, other: str) -> None:
    """A program that stays on its host never loads the list."""

    def site_of(host: str) -> str:
        raise AssertionError(host)

    is_same_site(*origin.split(), *other.split(), site_of)


SCHEMES = st.sampled_from(["http", "https", "ws", "wss"])
HOSTS = st.sampled_from(
    ["shop.test", "a.shop.test", "test", "a.pages.example", "pages.example", "10.0.0.1", "[::1]"]
)


@given(st.tuples(SCHEMES, HOSTS), st.tuples(SCHEMES, HOSTS), st.tuples(SCHEMES, HOSTS))
def test_same_site_is_an_equivalence(
    one: tuple[str, str], two: tuple[str, str], three: tuple[str, str]
) -> None:
    """Oracle: a site is a thing, so being of one is reflexive, symmetric and transitive."""

    def same(a: tuple[str, str], b: tuple[str, str]) -> bool:
        return is_same_site(*a, *b, SUFFIXES.site_of)

    assert same(one, one)
    assert same(one, two) is same(two, one)
    assert not (same(one, two) and same(two, three)) or same(one, three)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_method_is_safe(method: str) -> None:
    """Lax cookies go with cross-site navigations that only read (5.8.3)."""
    assert is_safe(method)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "CONNECT", "get", "", "GET "])
def test_method_is_not_safe(method: str) -> None:
    """Methods are case-sensitive (RFC 9110 9.1): "get" is one that nobody knows."""
    assert not is_safe(method)
