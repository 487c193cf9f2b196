"""Random traffic for browser rules: few names, related hosts, so that cookies meet each other.

Rules of this file:
- Knows the public suffixes of its own hosts, by hand, and nothing of the library.
- Every strategy also makes what servers should not send.
"""

from __future__ import annotations

import time
from typing import Any
from unittest import mock

from browser_model import Context
from hypothesis import strategies as st

NOW = 1_767_225_600  # 2026-01-01 00:00:00 GMT, a Thursday

HOSTS = [
    "shop.test",
    "a.shop.test",
    "b.a.shop.test",
    "other.test",
    "x.co.uk",
    "co.uk",
    "me.github.io",
    "github.io",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "shop.test.",
    "me.pages.cloud.test",
]
# That cloud.test is none while pages.cloud.test is one is on purpose: Amazon has such.
SUFFIXES = ["test", "co.uk", "uk", "github.io", "io", "pages.cloud.test"]
PATHS = ["/", "/", "", "/a", "/a/", "/a/b", "/ab", "/a/b/c?d=/e/#f", "/%7eu/x", "/A", "//a", "/a;b"]
DOMAINS = [
    *HOSTS,
    *("." + host for host in HOSTS),
    "Shop.TEST",
    "test",
    "uk",
    "io",
    "pages.cloud.test",
    "cloud.test",
    "cloud.test",
    "test.",
    "",
    ".",
    "..",
    "..shop.test",
    "op.test",
    "shop.test:443",
    '"shop.test"',
    "*.shop.test",
    "shop.test, other.test",
    "sh\xf6p.test",
    "127.0.0.2",
    "0.0.1",
    "::1",
]
COOKIE_PATHS = [
    "/",
    "/",
    "/a",
    "/a/",
    "/a/b",
    "/A",
    "a",
    "",
    '"/a"',
    "/%7Eu",
    "/\xe9",
    "/ab",
    "//a",
]
NAMES = [
    "a",
    "a",
    "a",
    "b",
    "b",
    "c",
    "A",
    "\xe9",
    "x y",
    '"a"',
    "__Secure-a",
    "__Host-a",
    "__host-a",
    "__Http-a",
    "__Host-Http-a",
    "__Host-",
    "__Hostess",
]
VALUES = ["1", "2", "", "x y", '"q"', "a=b", "\xe9\xa0", "a,b=c", "%41", "long" * 8, "__Host-v"]
NAMELESS = ["n", "m", "=n", "= n", "__Host-v", "=__secure-v", "=", "==", "=a=b", "", " ", "__Host-"]
DATES = [
    "Thu, 01 Jan 2026 00:01:00 GMT",
    "Thursday, 01-Jan-26 00:00:30 GMT",
    "Fri Jan  2 12:00:00 2026",
    "1 jan 2026 0:0:1 +0100",
    "Sat, 01 Jan 2028 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 31 Dec 2025 23:59:59 GMT",
    "Thu, 01 Jan 1500 00:00:00 GMT",
    "30 Feb 2027 10:00:00",
    "2026-02-01T00:00:00Z",
    "1 Feb 2026",
    "1st February 2026 10:00:00GMT",
    "1 Feb 026 10:00:00",
    "1 Feb 70 10:00:00",
    "10:00:60 1 Feb 2026",
    "",
    "never",
]
AGES = ["0", "-1", "1", "30", "60", "150", " 3600 ", "9" * 40, "-" + "9" * 40, "+7", "1.5", "0x1"]
AGES += ["", "-", '"60"', "\xb2", "1 2", "007", "-0"]
SAME_SITES = ["Strict", "Lax", "None", "none", "LAX", "strict", "", "x", '"Lax"', "Strict, Lax"]
ODD: dict[str, list[str]] = {
    "Domain": DOMAINS,
    "Path": COOKIE_PATHS,
    "Expires": DATES,
    "Max-Age": AGES,
    "Secure": ["", "x", "false"],
    "HttpOnly": ["", "false"],
    "SameSite": SAME_SITES,
    "Partitioned": ["", "0"],
    "Priority": ["High"],
    "Version": ["1"],
}
SOUND = [
    "Secure",
    "Secure",
    " Secure; Path=/",
    " Secure; SameSite=None",
    " Secure; Partitioned",
    " Secure; SameSite=None; Partitioned; Path=/",
    " Path=/",
    " Path=/a",
    " path=/a/b",
    " Domain=shop.test",
    " Domain=shop.test",
    " domain=.shop.test; Path=/",
    " Domain=a.shop.test",
    " HttpOnly",
    " SameSite=Lax",
    " SameSite=Strict",
    " Max-Age=60",
    " Expires=Thu, 01 Jan 2026 00:01:00 GMT",
]
BLANKS = ["", "", "", " ", "\t", "  "]
PRINTABLE = [*";=,\"' \t\x85\xa0\xb2\xe9\xff./:-_%\\"]
CONTROLS = [*"\0\n\r\x01\x1c\x7f"]
METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"]

blank = st.sampled_from(BLANKS)


def clock_at(now: int) -> Any:
    """`with clock_at(NOW):` stops the clock that jars read."""

    def stopped() -> int:
        return now

    return mock.patch.object(time, "time", stopped)


def public_suffix(host: str) -> str:
    """The longest of SUFFIXES that the host ends with, or its last label."""
    labels = host.removesuffix(".").split(".")
    ends = [".".join(labels[start:]) for start in range(len(labels))]
    suffix = next((end for end in ends if end in SUFFIXES), labels[-1])
    return suffix + "." if host.endswith(".") else suffix


def mostly(
    usual: st.SearchStrategy[str], odd: st.SearchStrategy[str], *, times: int = 3
) -> st.SearchStrategy[str]:
    """The usual one so many times as often; `st.one_of` counts a repeated strategy once."""
    return st.integers(0, times).flatmap(lambda number: odd if number == times else usual)


def spelled(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name, name.lower(), name.upper()])


def attribute(name: str, values: list[str]) -> st.SearchStrategy[str]:
    """A name with one of the values, now and then bare."""
    with_value = st.builds(
        "{}{}{}={}{}{}".format, blank, spelled(name), blank, blank, st.sampled_from(values), blank
    )
    return mostly(with_value, spelled(name))


def attributes(*, domains: bool = True) -> st.SearchStrategy[str]:
    """One attribute, in most cases one that leaves the cookie storable."""
    sound = [text for text in SOUND if domains or "domain" not in text.lower()]
    known = [attribute(name, values) for name, values in ODD.items() if domains or name != "Domain"]
    over_long = st.builds(
        "{}{}".format,
        st.sampled_from(["Path=/", "Max-Age=", "Secure=", "SameSite=", "Expires="]),
        st.sampled_from(["1" * 1024, "1" * 1025, "/" * 1024]),
    )
    return mostly(st.sampled_from(sound), st.one_of(*known, over_long))


def pairs() -> st.SearchStrategy[str]:
    with_name = st.builds(
        "{}{}{}={}{}{}".format,
        blank,
        st.sampled_from(NAMES),
        blank,
        blank,
        st.sampled_from(VALUES),
        blank,
    )
    return mostly(with_name, st.sampled_from(NAMELESS), times=9)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with a few characters replaced, inserted or lost."""
    text = draw(texts)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 1))
        special = draw(st.sampled_from(["", *PRINTABLE, *PRINTABLE, *PRINTABLE, *CONTROLS]))
        text = text[:start] + special + text[end:]
    return text


def fields() -> st.SearchStrategy[str]:
    """The text of one Set-Cookie field."""
    rest = st.lists(attributes(), max_size=7)
    formed = st.builds(lambda pair, others: ";".join([pair, *others]), pairs(), rest)
    return mostly(formed, mutated(formed), times=7)


def urls(*, schemes: tuple[str, ...] = ("https", "https", "http", "wss")) -> st.SearchStrategy[str]:
    # The first three hosts share a site, where most things can happen.
    hosts = st.one_of(st.sampled_from(HOSTS[:3]), st.sampled_from([*HOSTS, "SHOP.test"]))
    ports = st.sampled_from(["", "", "", ":8080"])
    return st.builds("{}://{}{}{}".format, st.sampled_from(schemes), hosts, ports, paths)


paths = st.sampled_from(PATHS)
origins = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["https", "https", "http"]),
    st.one_of(st.sampled_from(HOSTS[:3]), st.sampled_from(HOSTS)),
    st.sampled_from(["", "/page", ":8080/page?q"]),
)


def contexts() -> st.SearchStrategy[Context | None]:
    """None is a caller that gives no context."""
    full = st.builds(
        Context,
        method=st.sampled_from(METHODS),
        site_for_cookies=st.one_of(st.none(), st.just("null"), origins),
        top_level=st.booleans(),
        http_api=st.sampled_from([True, True, True, False]),
        partition_key=st.one_of(st.none(), origins),
    )
    return st.one_of(st.none(), full)


def scripts(
    field: st.SearchStrategy[str] | None = None, *, max_size: int = 10, **kinds: Any
) -> st.SearchStrategy[list[tuple[str, str, Context | None]]]:
    """A list of (url, Set-Cookie field, context), to be played in order."""
    context = kinds.get("context", contexts())
    return st.lists(
        st.tuples(urls(), fields() if field is None else field, context),
        min_size=1,
        max_size=max_size,
    )


def tagged(*, domains: bool = True) -> st.SearchStrategy[list[tuple[str, str]]]:
    """A list of (url, attributes), for a test that gives each cookie a name of its own."""
    rest = st.lists(attributes(domains=domains), max_size=5).map(
        lambda some: "".join(";" + a for a in some)
    )
    return st.lists(st.tuples(urls(), rest), min_size=1, max_size=8)
