"""The drop-in face: every name that `http.cookiejar` offers, with its behaviour.

`import cookietin.cookiejar as cookiejar`, and the old program runs. The classes really inherit from
the standard library's, because requests, niquests and others test `isinstance` and otherwise send
nothing, without an error; every method of the base is shadowed, so that none runs on our state
unnoticed (a test finds any that is not).

Source: CPython 3.11 to 3.14. Deliberate departures: docs/reference/departures.md.

Rules of this package:
- Compatibility lives here: urllib-shaped requests and responses, private names that programs call,
  oddities with the CPython behaviour they keep. Rules live in the rooms below.
- A name that is not ours (a constant, a pattern, whatever a later Python adds) is the original's.
"""

from __future__ import annotations

from cookietin.context import (
    DEFAULT_HTTP_PORT as DEFAULT_HTTP_PORT,
)
from cookietin.context import (
    eff_request_host as eff_request_host,
)
from cookietin.context import (
    is_third_party as is_third_party,
)
from cookietin.context import (
    request_host as request_host,
)
from cookietin.context import (
    request_path as request_path,
)
from cookietin.context import (
    request_port as request_port,
)
from cookietin.cookiejar.cookie import Cookie
from cookietin.cookiejar.jar import CookieJar
from cookietin.cookiejar.policies import (
    CookiePolicy,
    DefaultCookiePolicy,
)
from cookietin.cookiejar.stdlib import original
from cookietin.errors import CookieSkippedWarning
from cookietin.rules.classic import (
    domain_match as domain_match,
)
from cookietin.rules.classic import (
    escape_path as escape_path,
)
from cookietin.rules.classic import (
    is_HDN as is_HDN,
)
from cookietin.rules.classic import (
    liberal_is_HDN as liberal_is_HDN,
)
from cookietin.rules.classic import (
    reach as reach,
)
from cookietin.rules.classic import (
    user_domain_match as user_domain_match,
)
from cookietin.rules.classic_dates import (
    http2time as http2time,
)
from cookietin.rules.classic_dates import (
    iso2time as iso2time,
)
from cookietin.rules.classic_dates import (
    offset_from_tz_string as offset_from_tz_string,
)
from cookietin.rules.classic_dates import (
    time2isoz as time2isoz,
)
from cookietin.rules.classic_dates import (
    time2netscape as time2netscape,
)
from cookietin.rules.header_words import split_header_words as split_header_words
from cookietin.set_cookie.netscape import (
    parse_ns_headers as parse_ns_headers,
)
from cookietin.set_cookie.netscape import (
    strip_quotes as strip_quotes,
)

__all__ = [
    "Autosave",
    "BrowserCookiePolicy",
    "Cause",
    "ChangeStream",
    "ChangesMissedError",
    "Cookie",
    "CookieChange",
    "CookieConflictError",
    "CookieJar",
    "CookiePolicy",
    "CookieRejected",
    "CookieSkippedWarning",
    "CookieView",
    "Decision",
    "DefaultCookiePolicy",
    "DummyCookieJar",
    "Explanation",
    "FileCookieJar",
    "FormatCookieJar",
    "FrozenCookieJar",
    "JSONCookieJar",
    "JarPool",
    "LWPCookieJar",
    "Limits",
    "LoadError",
    "LoadReport",
    "MozillaCookieJar",
    "PublicSuffixes",
    "Reason",
    "RequestContext",
    "SQLiteCookieJar",
    "Subscription",
    "Verdict",
    "open_jar",
]

# Where the names are that not every program needs. The jars with files are among them: what they need
# is a third of all that would be imported.
_LAZY = {
    "Autosave": "cookietin.autosave",
    "BrowserCookiePolicy": "cookietin.cookiejar.browser",
    "Cause": "cookietin.changes",
    "ChangeStream": "cookietin.change_stream",
    "ChangesMissedError": "cookietin.errors",
    "CookieChange": "cookietin.changes",
    "CookieConflictError": "cookietin.errors",
    "CookieRejected": "cookietin.errors",
    "CookieView": "cookietin.views",
    "Decision": "cookietin.policy.decision",
    "DummyCookieJar": "cookietin.cookiejar.frozen",
    "Explanation": "cookietin.explain",
    "FileCookieJar": "cookietin.cookiejar.file_jar",
    "FormatCookieJar": "cookietin.cookiejar.format_jars",
    "FrozenCookieJar": "cookietin.cookiejar.frozen",
    "JSONCookieJar": "cookietin.cookiejar.format_jars",
    "JarPool": "cookietin.jar_pool",
    "LWPCookieJar": "cookietin.cookiejar.file_jars",
    "Limits": "cookietin.policy.limits",
    "LoadError": "cookietin.cookiejar.file_jar",
    "LoadReport": "cookietin.formats.reading",
    "MozillaCookieJar": "cookietin.cookiejar.file_jars",
    "PublicSuffixes": "cookietin.rules.public_suffix",
    "Reason": "cookietin.policy.decision",
    "RequestContext": "cookietin.request_context",
    "SQLiteCookieJar": "cookietin.cookiejar.sqlite_jar",
    "Subscription": "cookietin.changes",
    "Verdict": "cookietin.explain",
    "join_header_words": "cookietin.cookiejar.file_jars",
    "lwp_cookie_str": "cookietin.cookiejar.file_jars",
    "open_jar": "cookietin.cookiejar.format_jars",
}

# Assign True to log what jars do, see `debugging`; and a logger, if it is to be another one.
debug: bool = False
logger: object = None


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = _LAZY.get(name)
    if room is None:
        return getattr(original, name)
    import importlib

    value = globals()[name] = getattr(importlib.import_module(room), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *vars(original)})
