"""The scenarios that every client plays, and the Cookie header that each request must carry.

Each row says which pages are visited and, redirect hops included, which Cookie header the server must
see. The headers are written down, not only compared, so that two silent jars never agree.

Rules of this file:
- Standard rules first: CPython 3.13 returns host-only cookies to subdomains, and so on; kept. What we
  mend on purpose is in test_mended_defects.py, not here.
- `BROWSER` has what a jar under browser rules does otherwise.
"""

from typing import NamedTuple

import pytest

SHOP, WWW, IMG = "http://shop.test", "http://www.shop.test", "http://img.shop.test"
SAFE, OTHER, BANK = "https://shop.test", "http://other.test", "http://bank.example"


class Visit(NamedTuple):
    """One page a user opens: what it sets, where it leads, which Cookie header the user adds."""

    page: str
    sets: tuple = ()
    to: "Visit | None" = None
    status: str | None = None
    own: str | None = None


def visit(page, *sets, to=None, status=None, own=None):
    return Visit(page, sets, to, status, own)


def row(name, *steps):
    """A scenario: visits, each followed by the Cookie headers of the requests it causes."""
    visits = [step for step in steps if isinstance(step, Visit)]
    headers = [step for step in steps if not isinstance(step, Visit)]
    return pytest.param((visits, headers), id=name)


SESSIONS = [
    row(
        "a login is remembered on the next page",
        *(visit(f"{SHOP}/login", "sid=31d4"), None),
        *(visit(f"{SHOP}/cart"), "sid=31d4"),
    ),
    row(
        "an error page sets cookies too",
        *(visit(f"{SHOP}/gone", "seen=1", status="404"), None),
        *(visit(f"{SHOP}/broken", "oops=1", status="500"), "seen=1"),
        *(visit(f"{SHOP}/"), "seen=1; oops=1"),
    ),
    row(
        "a redirect on one host carries the cookie it sets",
        *(visit(f"{SHOP}/login", "sid=1", to=visit(f"{SHOP}/home", "hello=1")), None, "sid=1"),
        *(visit(f"{SHOP}/"), "sid=1; hello=1"),
    ),
    row(
        "a redirect to another host leaves the cookie at home",
        *(visit(f"{SHOP}/out", "sid=1", to=visit(f"{OTHER}/in", "guest=1")), None, None),
        *(visit(f"{SHOP}/"), "sid=1"),
        *(visit(f"{OTHER}/"), "guest=1"),
    ),
    row(
        "single sign-on goes to another host and comes back",
        visit(
            f"{SHOP}/start",
            "state=s1",
            to=visit(f"{OTHER}/sign-on", "sso=1", to=visit(f"{SHOP}/back", "sid=9")),
        ),
        *(None, None, "state=s1"),
        *(visit(f"{SHOP}/"), "state=s1; sid=9"),
        *(visit(f"{OTHER}/"), "sso=1"),
    ),
    row(
        "a redirect from http to https keeps the login",
        *(visit(f"{SHOP}/", "a=1", to=visit(f"{SAFE}/", "b=2; Secure")), None, "a=1"),
        *(visit(f"{SAFE}/"), "a=1; b=2"),
        *(visit(f"{SHOP}/"), "a=1"),
    ),
    row(
        "a redirect chain counts its hops in one cookie",
        visit(
            f"{SHOP}/1",
            "hop=1",
            to=visit(f"{SHOP}/2", "hop=2", to=visit(f"{SHOP}/3", "hop=3", to=visit(f"{SHOP}/4"))),
        ),
        *(None, "hop=1", "hop=2", "hop=3"),
    ),
    row(
        "a Cookie header given by the user is left alone",
        *(visit(f"{SHOP}/", "sid=1"), None),
        *(visit(f"{SHOP}/", own="mine=1"), "mine=1"),
        *(visit(f"{SHOP}/"), "sid=1"),
    ),
]

HOSTS = [
    row(
        "a host-only cookie also reaches subdomains under the standard rules",
        *(visit(f"{SHOP}/", "here=1"), None),
        *(visit(f"{WWW}/"), "here=1"),
        *(visit(f"{OTHER}/"), None),
    ),
    row(
        "a host-only cookie of a subdomain reaches neither parent nor sibling",
        *(visit(f"{WWW}/", "here=1"), None),
        *(visit(f"{SHOP}/"), None),
        *(visit(f"{IMG}/"), None),
        *(visit(f"{WWW}/"), "here=1"),
    ),
    row(
        "a domain-wide cookie reaches parent and siblings",
        *(visit(f"{WWW}/", "wide=1; Domain=shop.test"), None),
        *(visit(f"{SHOP}/"), "wide=1"),
        *(visit(f"{IMG}/"), "wide=1"),
        *(visit("http://a.b.shop.test/"), "wide=1"),
        *(visit("http://notshop.test/"), None),
    ),
    row(
        "a leading dot in Domain changes nothing for the hosts reached",
        *(visit(f"{WWW}/", "wide=1; Domain=.shop.test"), None),
        *(visit(f"{SHOP}/"), "wide=1"),
        *(visit(f"{IMG}/"), "wide=1"),
    ),
    row(
        "a foreign Domain is refused and its neighbours are stored",
        *(visit(f"{SHOP}/", "a=1", "evil=1; Domain=bank.example", "b=2"), None),
        *(visit(f"{BANK}/"), None),
        *(visit(f"{SHOP}/"), "a=1; b=2"),
    ),
    row(
        "a sibling's Domain is refused",
        *(visit(f"{WWW}/", "evil=1; Domain=img.shop.test"), None),
        *(visit(f"{IMG}/"), None),
        *(visit(f"{WWW}/"), None),
    ),
    row(
        "a child's Domain is refused",
        *(visit(f"{SHOP}/", "evil=1; Domain=www.shop.test"), None),
        *(visit(f"{WWW}/"), None),
    ),
    row(
        "a Domain of one label is refused",
        *(visit(f"{SHOP}/", "evil=1; Domain=test", "dot=1; Domain=.test"), None),
        *(visit(f"{SHOP}/"), None),
        *(visit(f"{OTHER}/"), None),
    ),
    row(
        "ports of one host share their cookies",
        *(visit("http://shop.test:8080/", "p=1"), None),
        *(visit("http://shop.test:9090/", "q=2"), "p=1"),
        *(visit(f"{SHOP}/"), "p=1; q=2"),
        *(visit("https://shop.test:8443/"), "p=1; q=2"),
    ),
    row(
        "an address is a host of its own",
        *(visit("http://127.0.0.1/", "a=1"), None),
        *(visit("http://127.0.0.2/", "b=2"), None),
        *(visit("http://127.0.0.1/"), "a=1"),
    ),
    row(
        "a host without a dot keeps its cookies",
        *(visit("http://localhost/", "a=1"), None),
        *(visit("http://localhost:8000/"), "a=1"),
        *(visit(f"{SHOP}/"), None),
    ),
    row(
        "the cookies of thirty other hosts stay at home",
        *(
            step
            for number in range(30)
            for step in (visit(f"http://host{number}.test/", f"n={number}"), None)
        ),
        *(visit("http://host7.test/"), "n=7"),
        *(visit(f"{SHOP}/"), None),
    ),
]

PATHS = [
    row(
        "a path-bound cookie stays below its path",
        *(visit(f"{SHOP}/login", "in=1; Path=/account"), None),
        *(visit(f"{SHOP}/account"), "in=1"),
        *(visit(f"{SHOP}/account/orders"), "in=1"),
        *(visit(f"{SHOP}/accounts"), None),
        *(visit(f"{SHOP}/"), None),
    ),
    row(
        "the default-path is the folder of the page",
        *(visit(f"{SHOP}/docs/a/page", "at=1"), None),
        *(visit(f"{SHOP}/docs/a/other"), "at=1"),
        *(visit(f"{SHOP}/docs/b"), None),
    ),
    row(
        "one name on two paths is sent twice, longest path first",
        *(visit(f"{SHOP}/", "lang=en; Path=/"), None),
        *(visit(f"{SHOP}/de/", "lang=de; Path=/de"), "lang=en"),
        *(visit(f"{SHOP}/de/"), "lang=de; lang=en"),
        *(visit(f"{SHOP}/fr/"), "lang=en"),
    ),
    row(
        "one name host-only and domain-wide is sent twice, oldest domain first",
        *(visit(f"{WWW}/", "x=wide; Domain=shop.test", "x=here"), None),
        *(visit(f"{WWW}/"), "x=wide; x=here"),
        *(visit(f"{IMG}/"), "x=wide"),
    ),
    row(
        "an escaped path matches however its hex digits are spelled",
        *(visit(f"{SHOP}/", "e=1; Path=/caf%c3%a9"), None),
        *(visit(f"{SHOP}/caf%C3%A9/menu"), "e=1"),
        *(visit(f"{SHOP}/cafe"), None),
    ),
]

SECURITY = [
    row(
        "a Secure cookie is returned over https only",
        *(visit(f"{SAFE}/", "s=1; Secure", "open=1"), None),
        *(visit(f"{SHOP}/"), "open=1"),
        *(visit(f"{SAFE}/"), "s=1; open=1"),
        *(visit("https://www.shop.test/"), "s=1; open=1"),
    ),
    row(
        "a Secure cookie set over http is stored under the standard rules",
        *(visit(f"{SHOP}/", "s=1; Secure"), None),
        *(visit(f"{SHOP}/"), None),
        *(visit(f"{SAFE}/"), "s=1"),
    ),
    row(
        "HttpOnly in any spelling hides nothing from an HTTP client",
        *(visit(f"{SHOP}/", "a=1; HttpOnly", "b=2; httponly", "c=3; HTTPOnly=x"), None),
        *(visit(f"{SHOP}/"), "a=1; b=2; c=3"),
    ),
    row(
        "SameSite and unknown attributes are carried along",
        *(visit(f"{SHOP}/", "a=1; SameSite=Lax; Priority=High; Partitioned"), None),
        *(visit(f"{SHOP}/"), "a=1"),
    ),
]

LIFETIMES = [
    row(
        "Max-Age=0 logs out",
        *(visit(f"{SHOP}/", "sid=1", "keep=1"), None),
        *(visit(f"{SHOP}/logout", "sid=; Max-Age=0"), "sid=1; keep=1"),
        *(visit(f"{SHOP}/"), "keep=1"),
    ),
    row(
        "a past Expires logs out",
        *(visit(f"{SHOP}/", "sid=1; Domain=shop.test"), None),
        *(
            visit(f"{WWW}/", "sid=; Domain=shop.test; Expires=Thu, 01 Jan 1970 00:00:01 GMT"),
            "sid=1",
        ),
        *(visit(f"{SHOP}/"), None),
    ),
    row(
        "deleting on one path leaves the other path alone",
        *(visit(f"{SHOP}/", "x=root; Path=/", "x=deep; Path=/deep"), None),
        *(visit(f"{SHOP}/deep", "x=; Path=/deep; Max-Age=0"), "x=deep; x=root"),
        *(visit(f"{SHOP}/deep"), "x=root"),
    ),
    row(
        "a cookie that arrives expired is never sent",
        *(visit(f"{SHOP}/", "old=1; Expires=Wed, 01 Jan 2020 00:00:00 GMT", "new=1"), None),
        *(visit(f"{SHOP}/"), "new=1"),
    ),
    row(
        "a lifetime in either notation makes a persistent cookie",
        *(visit(f"{SHOP}/", "a=1; Max-Age=7200"), None),
        *(visit(f"{SHOP}/", "b=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT"), "a=1"),
        *(visit(f"{SHOP}/", "c=3; Expires=Friday, 01-Jan-2100 00:00:00 GMT"), "a=1; b=2"),
        *(visit(f"{SHOP}/"), "a=1; b=2; c=3"),
    ),
    row(
        "Max-Age outranks Expires",
        *(visit(f"{SHOP}/", "a=1; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT"), None),
        *(visit(f"{SHOP}/", "b=2; Expires=Wed, 01 Jan 2020 00:00:00 GMT; Max-Age=60"), None),
        *(visit(f"{SHOP}/"), "b=2"),
    ),
]

HEADERS = [
    row(
        "fifty cookies of one response keep their order",
        *(visit(f"{SHOP}/", *(f"c{number}={number}" for number in range(50))), None),
        *(visit(f"{SHOP}/"), "; ".join(f"c{number}={number}" for number in range(50))),
    ),
    row(
        "an overwritten cookie keeps its place",
        *(visit(f"{SHOP}/", "a=1", "b=2"), None),
        *(visit(f"{SHOP}/", "a=3"), "a=1; b=2"),
        *(visit(f"{SHOP}/"), "a=3; b=2"),
    ),
    row(
        "values come back as they were sent",
        *(visit(f"{SHOP}/", 'q="a b"', "e=a==", "empty=", "comma=1,2", "json={1:[2]}"), None),
        *(visit(f"{SHOP}/"), 'q="a b"; e=a==; empty=; comma=1,2; json={1:[2]}'),
    ),
    row(
        "a cookie without a value comes back without one",
        *(visit(f"{SHOP}/", "lonely", "a=1"), None),
        *(visit(f"{SHOP}/"), "lonely; a=1"),
    ),
    row(
        "attribute names are read in any case and with odd blanks",
        *(visit(f"{SHOP}/", "a=1;PATH=/p;DOMAIN=shop.test;SECURE", "b=2 ;  path = /p ;"), None),
        *(visit(f"{SAFE}/p"), "a=1; b=2"),
        *(visit("https://www.shop.test/p/q"), "a=1; b=2"),
        *(visit(f"{SHOP}/p"), "b=2"),
        *(visit(f"{SAFE}/"), None),
    ),
    row(
        "Version=1 in Set-Cookie is treated as a Netscape cookie",
        *(visit(f"{SHOP}/", 'a="1"; Version=1; Path=/'), None),
        *(visit(f"{SHOP}/"), 'a="1"'),
    ),
]


BROWSER = [
    row(
        "a host-only cookie stays with its host",
        *(visit(f"{SHOP}/", "a=1", "b=2; Domain=shop.test"), None),
        *(visit(f"{WWW}/"), "b=2"),
        *(visit(f"{SHOP}/"), "a=1; b=2"),
    ),
    row(
        "a Secure cookie is neither set nor replaced over http",
        *(visit(f"{SHOP}/", "early=1; Secure"), None),
        *(visit(f"{SAFE}/", "sid=1; Secure", "open=1"), None),
        *(visit(f"{SHOP}/", "sid=evil", "open=2"), "open=1"),
        *(visit(f"{SAFE}/"), "sid=1; open=2"),
        *(visit(f"{SHOP}/"), "open=2"),
    ),
    row(
        "a public suffix has no cookies",
        *(visit("http://mallory.github.io/", "x=1; Domain=github.io", "y=1; Domain=io", "z=1"), None),
        *(visit("http://alice.github.io/"), None),
        *(visit("http://mallory.github.io/"), "z=1"),
    ),
    row(
        "names with a prefix have to keep its promise",
        *(visit(f"{SAFE}/", "__Host-a=1; Secure; Path=/", "__Host-b=1; Secure; Path=/b"), None),
        *(visit(f"{SAFE}/", "__Secure-c=1; Secure", "__Secure-d=1"), "__Host-a=1"),
        *(visit(f"{SAFE}/"), "__Host-a=1; __Secure-c=1"),
    ),
    row(
        "the last of two attributes counts",
        *(visit(f"{SHOP}/a/b", "a=1; Path=/x; Path=/", "b=1; Max-Age=0; Max-Age=60"), None),
        *(visit(f"{SHOP}/a/c"), "b=1; a=1"),
    ),
    row(
        "a field without a name is a value",
        *(visit(f"{SHOP}/", "nameless", "a=1"), None),
        *(visit(f"{SHOP}/"), "nameless; a=1"),
    ),
    row(
        "each hop of a redirect is judged by its own URL",
        visit(
            f"{SHOP}/", "hop=1; Domain=other.test", "own=1",
            to=visit(f"{OTHER}/", "guest=1", to=visit(f"{SHOP}/")),
        ),
        *(None, None, "own=1"),
        *(visit(f"{OTHER}/"), "guest=1"),
    ),
    row(
        "a redirect to http leaves the Secure cookie at home",
        *(visit(f"{SAFE}/", "sid=1; Secure", "a=1", to=visit(f"{SHOP}/")), None, "a=1"),
    ),
    row(
        "an older cookie goes first, longer paths before it",
        *(visit(f"{SHOP}/a/", "c=1; Path=/", "b=1; Path=/a", "a=1; Path=/"), None),
        *(visit(f"{SHOP}/a/", "c=2; Path=/"), "b=1; c=1; a=1"),
        *(visit(f"{SHOP}/a/"), "b=1; c=2; a=1"),
    ),
]  # fmt: skip
