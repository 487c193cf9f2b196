"""The traffic: sites, their cookies, requests and responses.

Rules of this file:
- The same seed gives the same bytes: `random.Random(seed)` only, no clock.
- Hosts end in `.test` or `.example`; the cookies are of our own making,
  shaped like those of large sites.
- Nothing here expires or deletes: every expiry-time lies in 2036 or later, so
  that two modules which treat expired cookies differently still agree.
- Messages are real `http.client.HTTPMessage` objects, read from bytes.
"""

from __future__ import annotations

import base64
import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPMessage, parse_headers
from itertools import accumulate
from urllib.request import Request

SEED = 20_260_101

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST_EXPIRY = datetime(2036, 1, 1)  # always spelled as GMT
_EXPIRY_SPAN_SECONDS = 6 * 365 * 86_400

# Responses on large sites mostly set one to three cookies; a few set a dozen.
_HEADER_COUNTS = range(1, 13)
_HEADER_COUNT_WEIGHTS = (30, 22, 14, 9, 7, 5, 4, 3, 2, 2, 1, 1)
_COOKIES_OF_A_SITE = (2, 2, 3, 3, 4, 5, 7, 13)


@dataclass(frozen=True, slots=True)
class Template:
    """A cookie as one kind of site sets it; value sizes in octets."""

    name: str
    value_kind: str
    least: int
    most: int
    attributes: str


TEMPLATES = (
    Template("session_id", "hex", 32, 64, "Path=/; Secure; HttpOnly; SameSite=Lax"),
    Template("sid", "base64", 24, 88, "Domain={site}; Path=/; Expires={date}; HttpOnly; Secure"),
    Template("csrf_token", "base64", 44, 88, "Path=/; Secure; SameSite=Strict; Expires={date}"),
    Template("visitor", "uuid", 36, 36, "expires={date}; path=/; domain=.{site}; Secure"),
    Template(
        "visitor_seen",
        "digits",
        10,
        13,
        "Max-Age=63072000; Path=/; Domain=.{site}; Secure; HttpOnly",
    ),
    Template("lang", "words", 8, 11, "path=/; expires={date}; domain=.{site}; secure"),
    Template("currency", "words", 8, 9, "Path=/; Expires={date}; Secure"),
    Template("ab_bucket", "pairs", 30, 80, "Path=/; Expires={date}; Secure; SameSite=None"),
    Template("experiments", "pairs", 80, 220, "Domain={site}; Path=/; Expires={date}; Secure"),
    Template("consent", "json", 60, 220, "Path=/; Expires={date}; Domain=.{site}; SameSite=Lax"),
    Template("consent_day", "digits", 8, 10, "Max-Age=15552000; Path=/; SameSite=Lax"),
    Template("cart", "base64", 40, 180, "Path=/; HttpOnly; Secure; Expires={date}"),
    Template("basket_total", "quoted", 10, 16, "Path=/shop; Secure"),
    Template("auth", "token", 250, 600, "Path=/; Secure; HttpOnly; SameSite=Lax; Expires={date}"),
    Template("refresh", "token", 140, 320, "Path=/account; Secure; HttpOnly; SameSite=Strict"),
    Template("identity", "token", 600, 1_480, "Path=/; Secure; HttpOnly; SameSite=None"),
    Template(
        "__Secure-account",
        "base64",
        60,
        140,
        "expires={date}; path=/; domain=.{site}; Secure; HttpOnly; Priority=HIGH; SameSite=none",
    ),
    Template("__Host-login", "hex", 32, 64, "Path=/; Secure; HttpOnly; SameSite=Strict"),
    Template("edge_route", "hex", 16, 40, "Path=/; HttpOnly"),
    Template(
        "edge_check", "token", 120, 190, "path=/; expires={date}; domain=.{site}; HttpOnly; Secure"
    ),
    Template("load_balancer", "base64", 100, 160, "Expires={date}; Path=/; Secure; HttpOnly"),
    Template(
        "load_balancer_cors", "base64", 100, 160, "Expires={date}; Path=/; SameSite=None; Secure"
    ),
    Template("last_visit", "quoted", 20, 40, "Expires={date}; Max-Age=31536000; Path=/"),
    Template("referrer", "escaped", 30, 160, "domain=.{site}; path=/; expires={date}; secure"),
    Template("region", "json", 30, 90, "Path=/; Domain={site}; Secure; SameSite=None; Partitioned"),
    Template("theme", "words", 8, 12, "Path=/; Max-Age=31536000; SameSite=Lax; Secure"),
    Template("viewport", "digits", 8, 12, "path=/"),
    Template(
        "metrics", "pairs", 40, 90, "Path=/; Domain=.{site}; Expires={date}; SameSite=Lax; Secure"
    ),
    Template(
        "metrics_session", "pairs", 24, 50, "Path=/; Domain=.{site}; SameSite=Lax; Max-Age=86400"
    ),
    Template(
        "ads_profile",
        "token",
        140,
        400,
        "expires={date}; path=/; domain={site}; Secure; SameSite=None",
    ),
    Template("remember_me", "base64", 60, 120, "expires={date};path=/;secure;HttpOnly"),
    Template("api_hint", "hex", 12, 24, "Path=/api; Version=1; Secure"),
)

# Their expiry-time depends on the second in which they were stored.
RELATIVE_NAMES = frozenset(t.name for t in TEMPLATES if "max-age" in t.attributes.lower())
NONSTANDARD_ATTRIBUTES = ("HttpOnly", "HTTPOnly", "SameSite", "Priority", "Partitioned")

_OTHER_HEADERS = (
    "Date: Thu, 01 Jan 2026 10:00:00 GMT",
    "Server: edge/2.4",
    "Content-Type: text/html; charset=utf-8",
    "Content-Length: 48211",
    "Connection: keep-alive",
    "Cache-Control: private, no-store, max-age=0",
    "Vary: Accept-Encoding, Cookie",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains",
    "X-Content-Type-Options: nosniff",
    'ETag: W/"bc53-18f2a6c1d40"',
)


class ValueText:
    """Slices of text made once: building 100,000 values must not take minutes."""

    def __init__(self, rng: random.Random) -> None:
        raw = rng.randbytes(65_536)
        self._rng = rng
        self._texts = {
            "hex": raw.hex(),
            "base64": base64.b64encode(raw).decode(),
            "token": base64.urlsafe_b64encode(raw).decode(),
            "digits": "".join(rng.choices("0123456789", k=8_192)),
            "words": "".join(rng.choices("abcdefghijklmnopqrstuvwxyz_-", k=8_192)),
            "uuid": "-".join(raw[i : i + 4].hex() for i in range(0, 32_768, 4)),
            "pairs": "&".join(f"k{byte % 40}={byte}" for byte in raw[:16_384]),
            "json": "".join(f"%22k{byte % 40}%22:{byte}%2C" for byte in raw[:8_192]),
            "escaped": "".join(f"https%3A%2F%2Fnews.test%2F{byte}" for byte in raw[:2_048]),
        }

    def cut(self, kind: str, least: int, most: int) -> str:
        """A value of that kind, between `least` and `most` octets long."""
        length = self._rng.randint(least, most)
        if kind == "quoted":
            return '"' + self.cut("digits", least - 2, most - 2) + '"'
        text = self._texts[kind]
        start = self._rng.randrange(len(text) - length)
        return text[start : start + length]


def date_text(rng: random.Random) -> str:
    """A date in the future: 80 % IMF, 17 % Netscape hyphens, 3 % RFC 850."""
    moment = _FIRST_EXPIRY + timedelta(seconds=rng.randrange(_EXPIRY_SPAN_SECONDS))
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    clock = f"{moment:%H:%M:%S} GMT"
    spelling = rng.random()
    if spelling < 0.80:
        return f"{day[:3]}, {moment.day:02} {month} {moment.year} {clock}"
    if spelling < 0.97:
        return f"{day[:3]}, {moment.day:02}-{month}-{moment.year} {clock}"
    year = moment.year if spelling < 0.985 else f"{moment.year % 100:02}"
    return f"{day}, {moment.day:02}-{month}-{year} {clock}"


@dataclass(frozen=True, slots=True)
class Site:
    """A site, the hosts that it answers on and the cookies that it uses."""

    name: str
    hosts: tuple[str, ...]
    templates: tuple[Template, ...]


class Response:
    """What a jar asks of a response: `info()`."""

    __slots__ = ("_headers",)

    def __init__(self, headers: HTTPMessage) -> None:
        self._headers = headers

    def info(self) -> HTTPMessage:
        """Return the headers of the response."""
        return self._headers


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the Set-Cookie values of its response."""

    url: str
    set_cookie: tuple[str, ...]

    def request(self) -> Request:
        """Build a fresh request."""
        return Request(self.url)

    def response(self) -> Response:
        """Build a fresh response, with ten other headers around Set-Cookie."""
        lines = [*_OTHER_HEADERS[:6]]
        lines += [f"Set-Cookie: {value}" for value in self.set_cookie]
        lines += _OTHER_HEADERS[6:]
        return Response(parse_headers(io.BytesIO("\r\n".join([*lines, "", ""]).encode())))


class Traffic:
    """Sites by popularity, and an endless supply of exchanges with them."""

    def __init__(self, site_count: int, *, seed: int = SEED) -> None:
        self._rng = random.Random(seed)
        self._values = ValueText(self._rng)
        self.sites = tuple(self._site(number) for number in range(site_count))
        # Zipf(1.0): the site of rank r is asked in proportion to 1 / r.
        self._weights = tuple(accumulate(1 / rank for rank in range(1, site_count + 1)))

    def exchanges(self, count: int, *, headers: int | None = None) -> list[Exchange]:
        """
        Draw exchanges.

        Args:
            count: How many.
            headers: Set-Cookie headers in each; None draws 1 to 12, at most
                as many as the site has cookies.
        """
        rng = self._rng
        sites = rng.choices(self.sites, cum_weights=self._weights, k=count)
        if headers:
            return [self._exchange(site, headers) for site in sites]
        sizes = rng.choices(_HEADER_COUNTS, _HEADER_COUNT_WEIGHTS, k=count)
        return [
            self._exchange(site, min(size, len(site.templates)))
            for site, size in zip(sites, sizes, strict=True)
        ]

    def set_cookie(self, template: Template, site: str) -> str:
        """Spell the Set-Cookie value of a template on a site."""
        value = self._values.cut(template.value_kind, template.least, template.most)
        attributes = template.attributes.format(site=site, date=date_text(self._rng))
        return f"{template.name}={value}; {attributes}"

    def _site(self, number: int) -> Site:
        name = f"site{number:05}.{'test' if number % 3 else 'example'}"
        templates = self._rng.sample(TEMPLATES, self._rng.choice(_COOKIES_OF_A_SITE))
        return Site(name, (name, f"www.{name}", f"api.{name}"), tuple(templates))

    def _exchange(self, site: Site, headers: int) -> Exchange:
        host = self._rng.choices(site.hosts, (20, 65, 15))[0]
        path = self._rng.choice(("/", "/account/orders", "/api/v2/items", "/shop/c/shoes/page"))
        url = f"https://{host}{path}?n={self._rng.randrange(10_000)}"
        templates = site.templates if headers <= len(site.templates) else TEMPLATES
        chosen = self._rng.sample(templates, headers)
        return Exchange(url, tuple(self.set_cookie(template, site.name) for template in chosen))
