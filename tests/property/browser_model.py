"""A naive cookie store: the draft as browsers practise it, written to be read beside the draft.

draft-ietf-httpbis-rfc6265bis; where both browsers agree against its letter, as they do. Section
numbers are the draft's. "Browsers:" marks a rule that is theirs, "Ours:" one that is the library's.

Rules of this file:
- Obvious before fast: one flat list, every question answered by walking all of it.
- Imports nothing of the library, and shares no table and no pattern with it.
- The clock and the public suffixes are arguments.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

PAST = -1
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class Context(NamedTuple):
    """Who asks, and how; a request without one was typed by the user."""

    method: str = "GET"
    site_for_cookies: str | None = None
    top_level: bool = True
    http_api: bool = True
    partition_key: str | None = None


@dataclass
class Settings:
    """The arguments of the policy and of its limits, under their names there."""

    per_site: int = 180
    purge_site_to: int = 150
    total: int = 3300
    purge_total_to: int = 3000
    per_partition: int = 180
    partition_octets: int = 10_240
    max_age_cap: int = 34_560_000
    trust_loopback: bool = True
    lax_allowing_unsafe: bool = False
    same_site_default: str = "Lax"
    same_site_required: bool = False


@dataclass
class Record:
    """A stored cookie."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    partition: str | None
    expires: int | None
    secure: bool
    http_only: bool
    same_site: str | None
    created: int  # ordinal: the order of storing
    created_at: int
    accessed: int

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.name, self.domain, self.host_only, self.path, self.partition)


def cookie_date(text: str) -> int | None:
    """5.1.1."""
    time = day = month = year = None
    for token in re.split(r"[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]", text):
        if time is None and re.match(r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([^0-9]|\Z)", token):
            time = [int(number) for number in re.findall("[0-9]+", token)[:3]]
        elif day is None and re.match(r"[0-9]{1,2}([^0-9]|\Z)", token):
            day = int(re.findall("[0-9]+", token)[0])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and re.match(r"[0-9]{2,4}([^0-9]|\Z)", token):
            year = int(re.findall("[0-9]+", token)[0])
    if time is None or day is None or month is None or year is None:
        return None
    year += 2000 if year <= 69 else 1900 if year <= 99 else 0
    if not 1 <= day <= 31 or time[0] > 23 or time[1] > 59 or time[2] > 59:
        return None
    if year < 1601:
        return PAST  # Browsers: long ago, not invalid.
    try:
        moment = datetime.datetime(year, month, day, *time, tzinfo=datetime.UTC)
    except ValueError:
        return None
    return int(moment.timestamp())


def parse(text: str) -> tuple[str, str, dict[str, str]] | None:
    """5.6. Name, value and the attributes by lower-case name; None: ignore the field."""
    if any((ord(char) < 0x20 and char != "\t") or char == "\x7f" for char in text):
        return None
    pair, *pieces = text.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    name, value = name.strip(" \t"), value.strip(" \t")
    if name + value == "" or len(name) + len(value) > 4096:
        return None
    if name == "" and "=" in value:  # Browsers.
        return None
    attributes = {}
    for piece in pieces:
        key, _, argument = piece.partition("=")
        argument = argument.strip(" \t")
        if len(argument) <= 1024:
            attributes[key.strip(" \t").lower()] = argument  # Browsers: the last one's text counts.
    return name, value, attributes


def is_ip(host: str) -> bool:
    return host.startswith("[") or re.fullmatch(r"[0-9]+(\.[0-9]+){3}", host) is not None


def domain_matches(host: str, domain: str) -> bool:
    """5.1.3."""
    return host == domain or (host.endswith("." + domain) and not is_ip(host))


def path_matches(request_path: str, cookie_path: str) -> bool:
    """5.1.4."""
    if request_path == cookie_path:
        return True
    ends = cookie_path.endswith("/") or request_path[len(cookie_path) :].startswith("/")
    return request_path.startswith(cookie_path) and ends


def default_path(request_path: str) -> str:
    """5.1.4."""
    return request_path[: request_path.rfind("/")] or "/"


class Url(NamedTuple):
    """The parts of a URL that cookies look at."""

    scheme: str
    host: str
    path: str

    @classmethod
    def of(cls, text: str) -> Url:
        parts = urlsplit(text)
        host = parts.hostname or ""
        return cls(parts.scheme, f"[{host}]" if ":" in host else host, parts.path or "/")


class Told(NamedTuple):
    """What became of a field."""

    allowed: bool
    evicted: list[Record]


@dataclass
class BrowserModel:
    """The store, and the two things that happen to it."""

    public_suffix: Callable[[str], str]
    settings: Settings = field(default_factory=Settings)
    records: list[Record] = field(default_factory=list)
    stored: int = 0

    def site(self, host: str) -> str:
        """The registrable domain, or the host itself if it has none."""
        suffix = self.public_suffix(host)
        if is_ip(host) or host == suffix:
            return host
        return host.removesuffix("." + suffix).split(".")[-1] + "." + suffix

    def schemeful_site(self, text: str) -> str:
        url = Url.of(text)
        # Fetch: a WebSocket's handshake is a request for http or https.
        scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
        return f"{scheme}://{self.site(url.host)}"

    def is_same_site(self, url: str, context: Context) -> bool:
        """5.2."""
        asker = context.site_for_cookies
        if asker is None or asker == "null":
            return asker is None
        return self.schemeful_site(url) == self.schemeful_site(asker)

    def is_secure(self, url: Url) -> bool:
        loops = url.host in ("localhost", "[::1]") or url.host.endswith(".localhost")
        loops = loops or (is_ip(url.host) and url.host.startswith("127."))
        return url.scheme in ("https", "wss") or (loops and self.settings.trust_loopback)

    def acts_as(self, record: Record) -> str:
        return record.same_site or self.settings.same_site_default

    def forget_expired(self, now: int) -> None:
        self.records = [r for r in self.records if r.expires is None or r.expires > now]

    def domain(self, host: str, attribute: str) -> tuple[str, bool] | None:
        """5.7, steps 7 to 10: the domain and the host-only-flag; None: ignore the field."""
        domain = attribute.removeprefix(".").lower()
        alone = is_ip(host) or host == self.public_suffix(host)
        if attribute == "" or (domain == host and alone):
            return host, True
        if domain == "" or not domain.isascii() or not domain_matches(host, domain):
            return None
        if domain == self.public_suffix(domain) or self.site(domain) != self.site(host):
            return None  # Browsers: the second half.
        return domain, False

    def record(self, url: Url, text: str, now: int, context: Context) -> Record | None:
        """5.7, steps 1 to 17: the cookie that a field asks for."""
        parsed = parse(text)
        if parsed is None:
            return None
        name, value, attributes = parsed
        domain = self.domain(url.host, attributes.get("domain", ""))
        if domain is None:
            return None
        age, date = attributes.get("max-age", ""), cookie_date(attributes.get("expires", ""))
        expires = None
        if re.fullmatch("-?[0-9]+", age):
            # No more digits than the cap can have: int() refuses thousands of them.
            expires = PAST if age[0] == "-" else now + int(age.lstrip("0")[:12] or "0")
        elif date is not None:
            expires = date
        if expires is not None:
            expires = min(expires, now + self.settings.max_age_cap)
        path = attributes.get("path", "")
        same_site = {"strict": "Strict", "lax": "Lax", "none": "None"}
        partition = context.partition_key if "partitioned" in attributes else None
        return Record(
            name=name,
            value=value,
            domain=domain[0],
            host_only=domain[1],
            path=path if path.startswith("/") else default_path(url.path),
            partition=partition and self.schemeful_site(partition),
            expires=expires,
            secure="secure" in attributes,
            http_only="httponly" in attributes,
            same_site=same_site.get(attributes.get("samesite", "").lower()),
            created=self.stored,
            created_at=now,
            accessed=now,
        )

    def may_set(self, cookie: Record, url: str, text: str, context: Context) -> bool:
        """5.7, steps 13 to 23."""
        secure = self.is_secure(Url.of(url))
        attributes = parse(text)[2]  # type: ignore[index]  # a record was made of it
        if cookie.secure and not secure:
            return False
        if cookie.http_only and not context.http_api:
            return False
        for old in self.records:
            # Ours: a partition is a store of its own.
            if old.secure and not cookie.secure and not secure and old.partition is None:
                related = domain_matches(old.domain, cookie.domain)
                related = related or domain_matches(cookie.domain, old.domain)
                if old.name == cookie.name and related and path_matches(cookie.path, old.path):
                    return False
            if old.key == cookie.key and old.http_only and not context.http_api:
                return False
        near = (context.top_level and context.http_api) or self.is_same_site(url, context)
        if self.acts_as(cookie) != "None" and not near:
            return False
        if cookie.same_site == "None" and not cookie.secure:
            return False
        if cookie.same_site is None and self.settings.same_site_required:
            return False
        if "partitioned" in attributes and not cookie.secure:
            return False
        return self.prefix_holds(cookie, attributes)

    def prefix_holds(self, cookie: Record, attributes: dict[str, str]) -> bool:
        """5.4, and layered cookies for the two with Http."""
        prefixes = ("__secure-", "__host-", "__http-", "__host-http-")
        if cookie.name == "":
            return not cookie.value.lower().startswith(prefixes)
        name = cookie.name.lower()
        if name.startswith(prefixes) and not cookie.secure:
            return False
        if name.startswith(("__http-", "__host-http-")) and not cookie.http_only:
            return False
        # A default-path of "/" is not enough.
        at_host = cookie.host_only and attributes.get("path") == "/"
        return at_host or not name.startswith("__host-")

    def set(self, url: str, text: str, now: int, context: Context) -> Told:
        """5.7: one field of a response."""
        self.forget_expired(now)
        cookie = self.record(Url.of(url), text, now, context)
        if cookie is None or not self.may_set(cookie, url, text, context):
            return Told(False, [])
        for old in self.records:
            if old.key == cookie.key:
                cookie.created, cookie.created_at = old.created, old.created_at
        self.records = [old for old in self.records if old.key != cookie.key]
        if cookie.expires is not None and cookie.expires <= now:
            return Told(True, [])
        self.records.append(cookie)
        self.stored += 1
        return Told(True, self.enforce_limits(cookie))

    def enforce_limits(self, newest: Record) -> list[Record]:
        """Ours, where the draft leaves it open: the numbers and the order of browsers."""
        limits, before = self.settings, self.records
        site = self.site(newest.domain)

        def alike() -> list[Record]:
            near = [r for r in self.records if r.partition == newest.partition]
            return [r for r in near if self.site(r.domain) == site]

        if newest.partition is None:
            if len(alike()) > limits.per_site:
                while len(alike()) > limits.purge_site_to:
                    self.evict_one(alike())
        else:
            while (
                len(alike()) > limits.per_partition
                or sum(len(r.name) + len(r.value) for r in alike()) > limits.partition_octets
            ):
                self.evict_one(alike())
        if len(self.records) > limits.total:
            while len(self.records) > limits.purge_total_to:
                self.evict_one(self.records)
        return [record for record in before if record not in self.records]

    def evict_one(self, among: list[Record]) -> None:
        victim = min(among, key=lambda r: (r.secure, r.accessed, r.created))
        self.records = [record for record in self.records if record is not victim]

    def may_return(self, cookie: Record, url: str, now: int, context: Context) -> bool:
        """5.8.3."""
        target = Url.of(url)
        if cookie.host_only and target.host != cookie.domain:
            return False
        if not cookie.host_only and not domain_matches(target.host, cookie.domain):
            return False
        if not cookie.host_only and cookie.domain == self.public_suffix(cookie.domain):
            return False
        if not path_matches(target.path, cookie.path):
            return False
        if cookie.secure and not self.is_secure(target):
            return False
        if cookie.http_only and not context.http_api:
            return False
        if cookie.partition is not None:
            key = context.partition_key
            if key is None or self.schemeful_site(key) != cookie.partition:
                return False
        if self.is_same_site(url, context) or self.acts_as(cookie) == "None":
            return True
        if cookie.same_site == "Strict" or not context.top_level or not context.http_api:
            return False
        fresh = cookie.same_site is None and now - cookie.created_at <= 120
        safe = context.method in ("GET", "HEAD", "OPTIONS", "TRACE")
        return safe or (fresh and self.settings.lax_allowing_unsafe)

    def get(self, url: str, now: int, context: Context) -> str | None:
        """5.8: the text of the Cookie field."""
        self.forget_expired(now)
        found = [r for r in self.records if self.may_return(r, url, now, context)]
        for record in found:
            record.accessed = now
        found.sort(key=lambda r: (-len(r.path), r.created))
        texts = [f"{r.name}={r.value}" if r.name else r.value for r in found]
        return "; ".join(texts) or None

    def end_session(self) -> None:
        self.records = [record for record in self.records if record.expires is not None]
