"""Bits of the reasons why a cookie is not set or not sent.

On the hot path a refusal is an int, the sum of its reasons' bits. `policy.decision.Reason` puts them
into words for whoever asks: making its members takes longer than any other import here.
"""

from __future__ import annotations

NO_COOKIE_CONTENT = 1 << 0
ATTRIBUTE_WITHOUT_VALUE = 1 << 1
INVALID_MAX_AGE = 1 << 2
INVALID_VERSION = 1 << 3
RFC2965_OFF = 1 << 4
NETSCAPE_OFF = 1 << 5
THIRD_PARTY = 1 << 6
DOLLAR_NAME = 1 << 7
NOT_ON_PATH = 1 << 8
DOMAIN_BLOCKED = 1 << 9
DOMAIN_NOT_ALLOWED = 1 << 10
COUNTRY_SECOND_LEVEL = 1 << 11
NO_EMBEDDED_DOT = 1 << 12
DOMAIN_MISMATCH = 1 << 13
HOST_PREFIX_WITH_DOT = 1 << 14
HOST_ONLY = 1 << 15
INVALID_PORT = 1 << 16
PORT_MISMATCH = 1 << 17
SECURE_ONLY = 1 << 18
EXPIRED = 1 << 19
REFUSED_BY_POLICY = 1 << 20
DISALLOWED_CHARACTER = 1 << 21
NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE = 1 << 22
NAMELESS_WITH_EQUALS = 1 << 23
INVALID_HOST = 1 << 24
INVALID_DOMAIN = 1 << 25
PUBLIC_SUFFIX = 1 << 26
INVALID_PREFIX = 1 << 27
OVERWRITE_SECURE = 1 << 28
HTTP_ONLY = 1 << 29
OVERWRITE_HTTP_ONLY = 1 << 30
SAME_SITE_STRICT = 1 << 31
SAME_SITE_LAX = 1 << 32
SAME_SITE_UNSPECIFIED_TREATED_AS_LAX = 1 << 33
SAME_SITE_NONE_INSECURE = 1 << 34
SAME_SITE_REQUIRED = 1 << 35
INVALID_PARTITIONED = 1 << 36
PARTITION_MISMATCH = 1 << 37
