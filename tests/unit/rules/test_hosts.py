"""Canonical hosts, addresses, domain-match and loopback."""

from __future__ import annotations

import ipaddress
import time

import idna
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cookietin.rules.hosts import (
    canonical_host,
    domain_matches,
    is_loopback,
    is_numeric,
    mapped_host,
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("www.shop.test", "www.shop.test", id="canonical already"),
        pytest.param("WWW.Shop.TEST", "www.shop.test", id="upper case"),
        pytest.param("shop.test.", "shop.test.", id="trailing dot makes another host"),
        pytest.param("my_host.test", "my_host.test", id="underscore"),
        pytest.param("-a-.test", "-a-.test", id="hyphens at the ends of a label"),
        pytest.param("localhost", "localhost", id="one label"),
        pytest.param("b\xfccher.test", "xn--bcher-kva.test", id="U-label"),
        pytest.param("B\xdcCHER.TEST", "xn--bcher-kva.test", id="U-label in upper case"),
        pytest.param("bu\u0308cher.test", "xn--bcher-kva.test", id="U-label in decomposed form"),
        pytest.param("XN--BCHER-KVA.test", "xn--bcher-kva.test", id="A-label in upper case"),
        pytest.param("fa\xdf.test", "xn--fa-hia.test", id="sharp s is kept, as in browsers"),
        pytest.param("\uff53hop.test", "shop.test", id="full-width letter"),
        pytest.param("shop\u3002test", "shop.test", id="ideographic full stop"),
        pytest.param("shop\uff0etest\uff61", "shop.test.", id="full-width and half-width stops"),
        pytest.param("sh\xadop.test", "shop.test", id="soft hyphen vanishes"),
        pytest.param("xn--a.test", "xn--a.test", id="an A-label is not read"),
        pytest.param("127.0.0.1", "127.0.0.1", id="IPv4 address"),
        pytest.param("010.0.0.1", "010.0.0.1", id="number that is no address stays"),
        pytest.param("[::1]", "[::1]", id="IPv6 address"),
        pytest.param("[2001:DB8:0:0::1]", "[2001:db8::1]", id="IPv6 address is compressed"),
        pytest.param("[::ffff:1.2.3.4]", "[::ffff:102:304]", id="IPv4 in IPv6, as URLs have it"),
        pytest.param("", None, id="nothing"),
        pytest.param(".", None, id="dot alone"),
        pytest.param(".shop.test", None, id="leading dot"),
        pytest.param("shop..test", None, id="empty label"),
        pytest.param("shop.test..", None, id="two trailing dots"),
        pytest.param("sh op.test", None, id="space"),
        pytest.param("shop.test:80", None, id="port"),
        pytest.param("user@shop.test", None, id="user"),
        pytest.param("shop.test/x", None, id="slash"),
        pytest.param("sh%6fp.test", None, id="percent"),
        pytest.param("shop\x00.test", None, id="control"),
        pytest.param("shop\x7f.test", None, id="delete"),
        pytest.param("shop.test\n", None, id="line end"),
        pytest.param("\xad.test", None, id="label that vanishes"),
        pytest.param("\u2100.test", None, id="letter that maps to a slash"),
        pytest.param("sh\uff05.test", None, id="full-width percent"),
        pytest.param("sh\u3000op.test", None, id="ideographic space"),
        pytest.param("sh\ufffdop.test", None, id="code point that no host may hold"),
        pytest.param("sh\ud800op.test", None, id="lone surrogate"),
        pytest.param("[::1", None, id="bracket not closed"),
        pytest.param("[]", None, id="empty brackets"),
        pytest.param("[1.2.3.4]", None, id="IPv4 in brackets"),
        pytest.param("[::1].", None, id="dot behind brackets"),
        pytest.param("[fe80::1%25eth0]", None, id="zone"),
        pytest.param("[fe80::1%1]", None, id="zone that ipaddress reads"),
    ],
)
def test_canonical_host(host: str, expected: str | None) -> None:
    """Cookies are filed under one spelling of a host; what is no host gets none (5.1.2)."""
    assert canonical_host(host) == expected


def test_long_host_is_no_error() -> None:
    """What DNS refuses will not be reached; no need for us to refuse it first."""
    host = "a" * 300 + "." + "b." * 5000 + "test"

    assert canonical_host(host) == host


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        pytest.param("\xfc" * 63 + ".test", True, id="longest U-label"),
        pytest.param("\xfc" * 64 + ".test", False, id="U-label longer than a label"),
        pytest.param("\xfc." * 125 + "test", True, id="longest name of U-labels"),
        pytest.param("\xfc." * 126 + "test", False, id="name longer than the DNS has"),
    ],
)
def test_length_of_u_labels(host: str, is_one: bool) -> None:
    """To write 1,000 different characters as an A-label takes 300 ms, and no name has them."""
    assert (canonical_host(host) is not None) is is_one


@pytest.mark.parametrize(
    "host",
    ["xn--" + "b" * 500_000, "xn--a-" + "9" * 500_000, "\xfc" * 500_000, "\xfc." * 200_000],
    ids=["A-label", "A-label of digits", "U-label", "U-labels"],
)
def test_huge_host_takes_little_time(host: str) -> None:
    """Punycode takes time that grows with the square of a label."""
    start = time.process_time()
    canonical_host(host)

    assert time.process_time() - start < 5


LABELS = st.one_of(
    st.text(min_size=1, max_size=6),
    st.text("abcXYZ0189-_", min_size=1, max_size=6),
    st.sampled_from(["xn--bcher-kva", "XN--A", "B\xfccher", "\u516c\u53f8", "0x1F", "09"]),
)
ANY_HOST = st.builds(
    lambda labels, dot, end: dot.join(labels) + end,
    st.lists(LABELS, min_size=1, max_size=4),
    st.sampled_from(["."] * 4 + ["\u3002"]),
    st.sampled_from(["", "", ".", ".."]),
)


@given(ANY_HOST)
@example("fa\xdf.test")
@example("\u212aelvin.test")
def test_canonical_host_is_its_own(host: str) -> None:
    """Oracle: the function itself, of which a canonical host is a fixed point."""
    canonical = canonical_host(host)

    if canonical is not None:
        assert canonical.isascii()
        assert canonical == canonical.lower()
        assert canonical_host(canonical) == canonical
        assert canonical_host(mapped_host(host)) == canonical
        assert mapped_host(host).count(".") == canonical.count(".")


@given(ANY_HOST)
@example("b\xfccher.test")
def test_canonical_host_agrees_with_idna(host: str) -> None:
    """Oracle: idna's strict encoding after UTS 46, wherever it gives an answer."""
    try:
        expected = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return

    assert canonical_host(host) == expected


@given(st.ip_addresses(v=6), st.booleans())
@example(ipaddress.IPv6Address("::ffff:0:0"), False)
def test_spellings_of_an_ipv6_address_are_one_host(
    address: ipaddress.IPv6Address, upper: bool
) -> None:
    """Oracle: ipaddress reads back the address it was made from."""
    text = address.exploded.upper() if upper else address.exploded

    canonical = canonical_host(f"[{text}]")

    assert canonical is not None
    assert ipaddress.IPv6Address(canonical[1:-1]) == address
    assert canonical == canonical_host(canonical) == canonical_host(f"[{address.compressed}]")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="IPv4 address"),
        pytest.param("127.0.0.1.", True, id="with a trailing dot"),
        pytest.param("010.0.0.1", True, id="leading zero"),
        pytest.param("127.1", True, id="fewer numbers"),
        pytest.param("1.2.3.4.5", True, id="too many numbers"),
        pytest.param("1.2.3.999", True, id="number too large"),
        pytest.param("2130706433", True, id="one number"),
        pytest.param("0x7f000001", True, id="one hexadecimal number"),
        pytest.param("10.0.0.0xa", True, id="last one is hexadecimal"),
        pytest.param("10.0.0.0x", True, id="0x alone is zero"),
        pytest.param("shop.test.1", True, id="name that ends in a number"),
        pytest.param("[::1]", True, id="IPv6 address"),
        pytest.param("1.2.3.4.example", False, id="numbers below a name"),
        pytest.param("shop.test", False, id="name"),
        pytest.param("cafe", False, id="hexadecimal digits without 0x"),
        pytest.param("a.0xg", False, id="no hexadecimal digit"),
        pytest.param("a.1x", False, id="digit and x"),
        pytest.param("a1", False, id="name with a digit"),
        pytest.param("a.-1", False, id="minus one"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_numeric_host(host: str, expected: bool) -> None:
    """Such a host is an address or none at all, never a name with parents (WHATWG URL)."""
    assert is_numeric(host) is expected


@pytest.mark.parametrize(
    ("host", "domain", "expected"),
    [
        pytest.param("shop.test", "shop.test", True, id="equal"),
        pytest.param("a.b.shop.test", "shop.test", True, id="subdomain"),
        pytest.param("myshop.test", "shop.test", False, id="suffix inside a label"),
        pytest.param("shop.test", "a.shop.test", False, id="parent of the domain"),
        pytest.param("shop.test.", "shop.test", False, id="trailing dot in the host"),
        pytest.param("shop.test", "shop.test.", False, id="trailing dot in the domain"),
        pytest.param("a.shop.test.", "shop.test.", True, id="trailing dot in both"),
        pytest.param("shop.test.", "", False, id="no domain"),
        pytest.param("10.0.0.1", "10.0.0.1", True, id="address with itself"),
        pytest.param("10.0.0.1", "0.0.1", False, id="end of an address"),
        pytest.param("011.0.0.1", "0.0.1", False, id="end of what is no address"),
        pytest.param("10.0.0.0x1", "0.0.0x1", False, id="end of a hexadecimal address"),
        pytest.param("[::1]", "[::1]", True, id="IPv6 address with itself"),
    ],
)
def test_domain_match(host: str, domain: str, expected: bool) -> None:
    """Cookies of a domain reach its subdomains and nobody else (5.1.3)."""
    assert domain_matches(host, domain) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("localhost", True, id="localhost"),
        pytest.param("localhost.", True, id="localhost with a trailing dot"),
        pytest.param("app.localhost", True, id="below localhost"),
        pytest.param("127.0.0.1", True, id="127.0.0.1"),
        pytest.param("127.255.255.255", True, id="last of 127.0.0.0/8"),
        pytest.param("[::1]", True, id="IPv6 loopback"),
        pytest.param("128.0.0.1", False, id="other address"),
        pytest.param("127.0.0.256", False, id="no address"),
        pytest.param("127.0.0.1.shop.test", False, id="name that begins like loopback"),
        pytest.param("localhost.test", False, id="name that begins with localhost"),
        pytest.param("notlocalhost", False, id="name that ends with localhost"),
        pytest.param("[::2]", False, id="other IPv6 address"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    """What is trusted without TLS must be this machine."""
    assert is_loopback(host) is expected
