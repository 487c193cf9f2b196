"""Scripts of random traffic that can be played to any jar with the standard library's interface.

The vocabulary leaves out what the departures page lists (each departure has a test of its own in
tests/parity/test_departures.py); everything else is mixed freely.
"""

from __future__ import annotations

import email.message
import urllib.request
from typing import Any

from hypothesis import strategies as st

HOSTS = [
    "example.test",
    "www.example.test",
    "a.b.example.test",
    "EXAMPLE.test",
    "other.test",
    "xample.test",
    "co.uk",
    "shop.co.uk",
    "localhost",
    "printer",
    "printer.local",
    "192.0.2.7",
    "example.test.",
    "x..example.test",
]
PORTS = ["", "", "", ":80", ":8080", ":443"]
PATHS = ["/", "", "/a", "/a/", "/a/b", "/ab", "/a/b/c.html", "/%7euser/x y", "/ü", "/a;p=1?q=/z/#f"]
DOMAINS = [
    "example.test",
    ".example.test",
    "Example.TEST",
    "www.example.test",
    "b.example.test",
    "xample.test",
    "test",
    ".co.uk",
    "shop.co.uk",
    "..example.test",
    "example.test.",
    "other.test",
    '"example.test"',
]
COOKIE_PATHS = ["/", "/a", "/a/", "/a/b", "a", "", '"/a"', "/%7Euser", "/ü", "/A"]
NAMES = ["a", "b", "A", "$a", "a b", '"a"', "expires", "version", "é"]
VALUES = ["1", "", '"q;x"', "a=b=c", "x,y", "é\xa0", "va lue", '"quoted"', "\\"]
DATES = [
    "Wed, 09 Feb 2038 22:23:32 GMT",
    "Wednesday, 09-Feb-2038 22:23:32 GMT",
    "09-Feb-38 22:23:32 GMT",
    "9 Feb 2038",
    '"Wed, 09 Feb 2038 22:23:32 GMT"',
    "Wed, 09 Feb 2038 22:23:32 +0100",
    "Wed, 09 Feb 2038 22:23:32 PST",
    "Wed, 31 Feb 2038 24:61:00 GMT",
    "2038-02-09",
    "",
    "never",
]
GONE = ["Wed, 09 Feb 1994 22:23:32 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
BLANKS = ["", " ", "  ", "\t", "\x1c", "\xa0", "\x0b"]

blank = st.sampled_from(BLANKS)
any_text = st.text(
    st.sampled_from(list("abAB01;=,\"'\\$ \t\x00\x1c\xa0é/.%-:+")), max_size=24
).filter(lambda text: "max-age" not in text.lower())


def spelled(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name.lower(), name.upper(), name.title()])


def attribute(name: str, values: list[str], *, bare: bool = True) -> st.SearchStrategy[str]:
    with_value = st.builds(
        "{}{}{}={}{}{}".format,
        blank,
        spelled(name),
        blank,
        blank,
        st.sampled_from(values),
        blank,
    )
    return st.one_of(with_value, with_value, spelled(name)) if bare else with_value


def attributes(*, domains: bool, deletions: bool) -> st.SearchStrategy[str]:
    ages = ["0", "-1", "+7", " 60 ", "3600", "0x10", "1e3", "ten", "1_0"]
    return st.one_of(
        attribute("Domain", DOMAINS) if domains else st.just(" HttpOnly"),
        attribute("Path", COOKIE_PATHS),
        attribute("Expires", DATES + (GONE if deletions else [])),
        attribute("Max-Age", ages if deletions else ages[2:], bare=False),
        attribute("Secure", ["", "x"]),
        attribute("HttpOnly", [""]),
        attribute("SameSite", ["Lax", "None"]),
        attribute("Version", ["0", "1", '"1"', "x", "2"]),
        attribute("Port", ["", '"80"', "80,8080", "8080", " 80 , 443", "x"]),
        attribute("Discard", [""]),
        attribute("Comment", ["c"]),
        attribute("CommentURL", ["u"]),
        any_text,
    )


def fields(*, domains: bool = True, deletions: bool = True) -> st.SearchStrategy[str]:
    """The text of one Set-Cookie field."""
    pair = st.one_of(
        st.builds(
            "{}{}={}{}".format, st.sampled_from(NAMES), blank, blank, st.sampled_from(VALUES)
        ),
        st.sampled_from(NAMES),
        any_text,
    )
    rest = st.lists(attributes(domains=domains, deletions=deletions), max_size=6)
    return st.builds(lambda first, others: ";".join([first, *others]), pair, rest)


@st.composite
def urls(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["http", "https"]))
    return f"{scheme}://{draw(st.sampled_from(HOSTS))}{draw(st.sampled_from(PORTS))}" + draw(
        st.sampled_from(PATHS)
    )


def takes_domains(url: str) -> bool:
    """Tell whether a Domain attribute from that URL stays clear of the listed departures."""
    host = url.split("/")[2].partition(":")[0]
    return "." in host and not host.endswith(".local") and not host[-1].isdigit()


class Response:
    """What urllib's openers return, as far as a jar looks at it."""

    def __init__(self, set_cookie: list[str], set_cookie2: list[str]) -> None:
        self._header = email.message.Message()
        for field in set_cookie:
            self._header.add_header("Set-Cookie", field)
        for field in set_cookie2:
            self._header.add_header("Set-Cookie2", field)

    def info(self) -> email.message.Message:
        return self._header


def request_for(url: str, origin: str | None) -> urllib.request.Request:
    request = urllib.request.Request(url)
    if origin is not None:
        request.origin_req_host = origin
        request.unverifiable = True
    return request


def facts(cookie: Any) -> tuple[Any, ...]:
    """All that a program can see of a cookie."""
    return (repr(cookie), str(cookie), sorted(cookie._rest.items(), key=str))


def state(jar: Any) -> list[tuple[Any, ...]]:
    """All that a program can see of a jar."""
    return [facts(cookie) for cookie in jar]
