"""Reasons and decisions: why a cookie was set or refused, sent or withheld.

Rules of this file:
- On the hot path a refusal is an int, the sum of its reasons' bits. `Reason` and `Decision` are
  made at the edge, when somebody asks.
- Messages name cookies, domains and rules, never values.
"""

from __future__ import annotations

import enum

from cookietin import reasons
from cookietin.cookie import CookieFields
from cookietin.errors import shown
from cookietin.tables import HEADING, MASKED, as_html, as_text


class Reason(enum.Enum):
    """
    Why a cookie is not set or not sent.

    Attributes:
        bit: Its bit in a mask of reasons.
        sentence: What is wrong, and what would change it.
        section: Where the rule is written down.
    """

    bit: int
    sentence: str
    section: str

    def __new__(cls, bit: int, section: str, sentence: str) -> Reason:
        member = object.__new__(cls)
        member._value_ = bit
        member.bit = bit
        member.section = section
        member.sentence = sentence
        return member

    NO_COOKIE_CONTENT = (
        reasons.NO_COOKIE_CONTENT,
        "RFC 6265 5.2, RFC 6265bis 5.7 step 2",
        "The field does not begin with a cookie; write it as name=value.",
    )
    ATTRIBUTE_WITHOUT_VALUE = (
        reasons.ATTRIBUTE_WITHOUT_VALUE,
        "RFC 2109 4.1",
        "An attribute that needs a value has none; give it one or leave it out.",
    )
    INVALID_MAX_AGE = (
        reasons.INVALID_MAX_AGE,
        "RFC 2965 3.2.2",
        "Max-Age is not a whole number of seconds; give one, or leave it out.",
    )
    INVALID_VERSION = (
        reasons.INVALID_VERSION,
        "RFC 2965 3.2.2",
        "Version is missing or not a whole number; Netscape cookies have none, others 1.",
    )
    RFC2965_OFF = (
        reasons.RFC2965_OFF,
        "RFC 2965",
        "The policy takes no RFC 2965 cookies; construct it with rfc2965=True.",
    )
    NETSCAPE_OFF = (
        reasons.NETSCAPE_OFF,
        "Netscape specification",
        "The policy takes no Netscape cookies; construct it with netscape=True.",
    )
    THIRD_PARTY = (
        reasons.THIRD_PARTY,
        "RFC 2965 3.3.6",
        "The request is unverifiable and goes to a third party; name its origin in origin_req_host, or "
        "switch strict_rfc2965_unverifiable or strict_ns_unverifiable off.",
    )
    DOLLAR_NAME = (
        reasons.DOLLAR_NAME,
        "RFC 2965 3.2.2",
        "The name starts with '$', which the policy reserves; choose another, or switch "
        "strict_ns_set_initial_dollar off.",
    )
    NOT_ON_PATH = (
        reasons.NOT_ON_PATH,
        "RFC 6265bis 5.1.4",
        "The path of the request does not path-match the cookie's; Path=/ covers all.",
    )
    DOMAIN_BLOCKED = (
        reasons.DOMAIN_BLOCKED,
        "policy",
        "The domain is on the policy's block list; take it off with set_blocked_domains.",
    )
    DOMAIN_NOT_ALLOWED = (
        reasons.DOMAIN_NOT_ALLOWED,
        "policy",
        "The domain is not on the policy's allow list; add it with set_allowed_domains.",
    )
    COUNTRY_SECOND_LEVEL = (
        reasons.COUNTRY_SECOND_LEVEL,
        "policy",
        "The domain is a second-level domain of a country, such as .co.uk; leave Domain out, or switch "
        "strict_domain off.",
    )
    NO_EMBEDDED_DOT = (
        reasons.NO_EMBEDDED_DOT,
        "RFC 2965 3.3.2",
        "The domain has no dot inside and the host is not local; leave Domain out.",
    )
    DOMAIN_MISMATCH = (
        reasons.DOMAIN_MISMATCH,
        "RFC 6265bis 5.1.3",
        "The host does not domain-match the cookie's domain; it takes that host, or a Domain that "
        "covers both.",
    )
    HOST_PREFIX_WITH_DOT = (
        reasons.HOST_PREFIX_WITH_DOT,
        "RFC 2965 3.3.2",
        "The host has a dot before the part that matches the domain; give a longer Domain, or switch "
        "DomainStrictNoDots off.",
    )
    HOST_ONLY = (
        reasons.HOST_ONLY,
        "policy",
        "The cookie has no Domain and the host is not the one that set it; give it one, or switch "
        "DomainStrictNonDomain off.",
    )
    INVALID_PORT = (
        reasons.INVALID_PORT,
        "RFC 2965 3.2.2",
        'A port in the cookie\'s list is not a number; write Port="80,8080", or leave it out.',
    )
    PORT_MISMATCH = (
        reasons.PORT_MISMATCH,
        "RFC 2965 3.3.2",
        "The port of the request is not in the cookie's list; add it, or leave Port out.",
    )
    SECURE_ONLY = (
        reasons.SECURE_ONLY,
        "RFC 6265bis 5.7 step 13, 5.8.3",
        "The cookie is Secure and the connection is not; use https.",
    )
    EXPIRED = (
        reasons.EXPIRED,
        "RFC 6265bis 5.7",
        "The cookie has expired; the server has to set it anew.",
    )
    REFUSED_BY_POLICY = (
        reasons.REFUSED_BY_POLICY,
        "policy",
        "A method that the policy or the jar has replaced said no; it gives no reason, so look there.",
    )
    DISALLOWED_CHARACTER = (
        reasons.DISALLOWED_CHARACTER,
        "RFC 6265bis 5.6",
        "The field has a control character in it, or its name or value has what would end them; "
        "encode it.",
    )
    NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE = (
        reasons.NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE,
        "RFC 6265bis 5.6",
        "Name and value are longer than 4,096 octets together; shorten them.",
    )
    NAMELESS_WITH_EQUALS = (
        reasons.NAMELESS_WITH_EQUALS,
        "policy",
        "The cookie has no name and a '=' in its value, so that it would come back as another one; "
        "give it a name, or construct the policy with allow_nameless_equals=True.",
    )
    INVALID_HOST = (
        reasons.INVALID_HOST,
        "RFC 6265bis 5.1.2",
        "The host of the request is no host name and no address, so it has no cookies; mend the URL.",
    )
    INVALID_DOMAIN = (
        reasons.INVALID_DOMAIN,
        "RFC 6265bis 5.7 step 10",
        "The host does not domain-match the Domain attribute, or lies on another site; "
        "leave Domain out for a host-only cookie.",
    )
    PUBLIC_SUFFIX = (
        reasons.PUBLIC_SUFFIX,
        "RFC 6265bis 5.7 step 9",
        "The domain is a public suffix, under which others register names; "
        "leave Domain out for a host-only cookie.",
    )
    INVALID_PATH = (
        reasons.INVALID_PATH,
        "RFC 6265bis 5.6.4",
        "The path that a program gave does not begin with '/', is longer than 1,024 octets, or has a "
        "';', a control character or a blank at its end; mend or encode it.",
    )
    INVALID_PREFIX = (
        reasons.INVALID_PREFIX,
        "RFC 6265bis 5.4",
        "The name, or the value of a nameless cookie, begins with __Secure-, __Host-, __Http- or "
        "__Host-Http-, and the cookie lacks what that promises: Secure for all, Path=/ and no Domain "
        "for Host, HttpOnly for Http.",
    )
    OVERWRITE_SECURE = (
        reasons.OVERWRITE_SECURE,
        "RFC 6265bis 5.7 step 16",
        "A Secure cookie of that name would be hidden or replaced over a connection that is not "
        "secure; set it over https.",
    )
    HTTP_ONLY = (
        reasons.HTTP_ONLY,
        "RFC 6265bis 5.7 step 15, 5.8.3",
        "The cookie is HttpOnly and who asks is not HTTP; ask with http_api=True.",
    )
    OVERWRITE_HTTP_ONLY = (
        reasons.OVERWRITE_HTTP_ONLY,
        "RFC 6265bis 5.7 step 23",
        "An HttpOnly cookie would be replaced by who is not HTTP; give http_api=True, or to set() "
        "http_only=True.",
    )
    SAME_SITE_STRICT = (
        reasons.SAME_SITE_STRICT,
        "RFC 6265bis 5.7 step 18, 5.8.3",
        "The cookie is SameSite=Strict and the request is cross-site; SameSite=None and Secure "
        "would allow it.",
    )
    SAME_SITE_LAX = (
        reasons.SAME_SITE_LAX,
        "RFC 6265bis 5.7 step 18, 5.8.3",
        "The cookie is SameSite=Lax and the request is cross-site and no top-level navigation by a "
        "safe method; SameSite=None and Secure would allow it.",
    )
    SAME_SITE_UNSPECIFIED_TREATED_AS_LAX = (
        reasons.SAME_SITE_UNSPECIFIED_TREATED_AS_LAX,
        "RFC 6265bis 5.7 step 18, 5.8.3",
        "The cookie has no SameSite, which counts as Lax, and the request is cross-site and no "
        "top-level navigation by a safe method; add SameSite=None and Secure.",
    )
    SAME_SITE_NONE_INSECURE = (
        reasons.SAME_SITE_NONE_INSECURE,
        "RFC 6265bis 5.7 step 19",
        "The cookie is SameSite=None and not Secure; add Secure.",
    )
    SAME_SITE_REQUIRED = (
        reasons.SAME_SITE_REQUIRED,
        "policy",
        "The cookie has no SameSite, or an unknown one, which the policy asks for; add one, or switch "
        "same_site_required off.",
    )
    INVALID_PARTITIONED = (
        reasons.INVALID_PARTITIONED,
        "CHIPS 2.1",
        "The cookie is Partitioned and not Secure; add Secure.",
    )
    PARTITION_MISMATCH = (
        reasons.PARTITION_MISMATCH,
        "CHIPS 2.2",
        "The cookie was set under another top-level site; ask with that site as partition_key.",
    )

    def to_dict(self) -> dict[str, str]:
        """Name, sentence and section as texts, for JSON."""
        return {"name": self.name, "sentence": self.sentence, "section": self.section}

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence} ({self.section})"


def reasons_of(mask: int) -> tuple[Reason, ...]:
    """The reasons whose bits are set in a mask, in the order of their definition."""
    return tuple(reason for reason in Reason if mask & reason.bit)


class Decision:
    """
    What became of one Set-Cookie field.

    Attributes:
        name: Name of the cookie, "" if the field held none.
        cookie: The cookie; None if the field held none.
        removed: It was allowed and had already ended: that deletes a stored cookie and stores none.
        evicted: The cookies that had to go to make room for it, under a policy with limits.

    Decisions have no truth value, since two readings lie near: ask `.allowed`.
    """

    __slots__ = ("_mask", "cookie", "evicted", "name", "removed")

    def __init__(
        self,
        name: str,
        cookie: CookieFields | None,
        mask: int = 0,
        *,
        removed: bool = False,
        evicted: tuple[CookieFields, ...] = (),
    ) -> None:
        self.name: str = name
        self.cookie: CookieFields | None = cookie
        self._mask = mask
        self.removed: bool = removed
        self.evicted: tuple[CookieFields, ...] = evicted

    @property
    def mask(self) -> int:
        """Bits of the reasons, 0 if there is none."""
        return self._mask

    @property
    def allowed(self) -> bool:
        """Whether the policy agreed, so that the cookie was stored, or deleted what it named."""
        return not self._mask

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it was refused, all that apply; empty if it was not."""
        return reasons_of(self._mask) if self._mask else ()

    @property
    def verdict(self) -> str:
        """In a word: "set", "removed" or "refused"."""
        return "refused" if self._mask else "removed" if self.removed else "set"

    def to_dict(self, *, values: bool = False) -> dict[str, object]:
        """The decision in plain types, for JSON; the cookie's value only on request."""
        cookie = self.cookie
        return {
            "name": self.name,
            "value": None if cookie is None else cookie.value if values else MASKED,
            "domain": None if cookie is None else cookie.domain,
            "path": None if cookie is None else cookie.path,
            "verdict": self.verdict,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }

    def table(self, *, values: bool = False) -> str:
        """A row for the cookie, and its reasons, as text; with the cookie's value on request."""
        return as_text(HEADING, [self._row(values)])

    def _row(self, values: bool) -> tuple[list[str], list[str]]:
        cells = [self.verdict, self.name]
        cookie = self.cookie
        if cookie is None:
            cells += "", "", ""
        else:
            cells += cookie.domain, cookie.path, str(cookie.value) if values else MASKED
        return cells, [str(reason) for reason in self.reasons]

    def _repr_html_(self) -> str:
        return as_html(HEADING, [self._row(False)])

    def __bool__(self) -> bool:
        raise TypeError("a Decision is neither true nor false; ask its .allowed")

    def __repr__(self) -> str:
        verdict = self.verdict
        if self.reasons:
            verdict += ": " + ", ".join(reason.name for reason in self.reasons)
        return f"<Decision {shown(self.name)} {verdict}>"
