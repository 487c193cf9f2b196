# What type checkers see: the classes of http.cookiejar as typeshed describes them, and what ours add.
# A program that was typed for http.cookiejar stays so. That is why Cookie is the original's here: an
# override of `set_ok` may not ask for another. What jars give is known to be ours.

import http.cookiejar
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http.client import HTTPResponse
from http.cookiejar import Cookie as Cookie
from os import PathLike
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from cookietin.autosave import Autosave as Autosave
from cookietin.change_stream import ChangeStream as ChangeStream
from cookietin.changes import Cause as Cause
from cookietin.changes import CookieChange as CookieChange
from cookietin.changes import Subscription as Subscription
from cookietin.errors import ChangesMissedError as ChangesMissedError
from cookietin.errors import CookieConflictError as CookieConflictError
from cookietin.errors import CookieRejected as CookieRejected
from cookietin.errors import CookieSkippedWarning as CookieSkippedWarning
from cookietin.explain import Explanation as Explanation
from cookietin.explain import Verdict as Verdict
from cookietin.formats.reading import LoadReport as LoadReport
from cookietin.jar_pool import JarPool as JarPool
from cookietin.policy.decision import Reason as Reason
from cookietin.policy.limits import Limits as Limits
from cookietin.request_context import RequestContext as RequestContext
from cookietin.rules.public_suffix import PublicSuffixes as PublicSuffixes
from cookietin.rules.public_suffix import Source
from cookietin.views import CookieView as CookieView

_Default = TypeVar("_Default")

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

debug: bool
logger: object

DEFAULT_HTTP_PORT: str
MISSING_FILENAME_TEXT: str
NETSCAPE_HEADER_TEXT: str
HTTPONLY_ATTR: str
HTTPONLY_PREFIX: str

class _Cookie(http.cookiejar.Cookie):
    @property
    def creation_time(self) -> float | None: ...
    @property
    def last_access_time(self) -> float | None: ...
    @property
    def partition_key(self) -> str | None: ...
    @property
    def host_only(self) -> bool: ...
    @property
    def http_only(self) -> bool: ...
    @property
    def same_site(self) -> str | None: ...
    @property
    def session(self) -> bool: ...
    def to_dict(self) -> dict[str, object]: ...
    @classmethod
    def from_dict(cls, fields: Mapping[str, object]) -> Self: ...

class Decision:
    name: str
    cookie: _Cookie | None
    removed: bool
    evicted: tuple[_Cookie, ...]
    @property
    def allowed(self) -> bool: ...
    @property
    def reasons(self) -> tuple[Reason, ...]: ...
    @property
    def mask(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    def to_dict(self, *, values: bool = False) -> dict[str, object]: ...
    def table(self, *, values: bool = False) -> str: ...

class LoadError(http.cookiejar.LoadError):
    source: object
    line_number: int | None
    problem: str | None

class CookiePolicy(http.cookiejar.CookiePolicy): ...
class DefaultCookiePolicy(http.cookiejar.DefaultCookiePolicy, CookiePolicy): ...

class BrowserCookiePolicy(CookiePolicy):
    trust_loopback: bool
    max_age_cap: int | None
    lax_allowing_unsafe: bool
    same_site_default: str
    same_site_required: bool
    allow_nameless_equals: bool
    @property
    def public_suffixes(self) -> PublicSuffixes: ...
    @public_suffixes.setter
    def public_suffixes(self, source: Source | PublicSuffixes | None) -> None: ...
    @property
    def limits(self) -> Limits: ...
    @limits.setter
    def limits(self, limits: Limits | None) -> None: ...
    @property
    def secure_protocols(self) -> tuple[str, ...]: ...
    @secure_protocols.setter
    def secure_protocols(self, schemes: Iterable[str]) -> None: ...
    def __init__(
        self,
        *,
        trust_loopback: bool = True,
        public_suffixes: Source | PublicSuffixes | None = None,
        max_age_cap: int | None = 34_560_000,
        limits: Limits | None = ...,
        lax_allowing_unsafe: bool = False,
        same_site_default: str = "Lax",
        same_site_required: bool = False,
        allow_nameless_equals: bool = False,
        secure_protocols: Iterable[str] = ...,
        blocked_domains: Iterable[str] = (),
        allowed_domains: Iterable[str] | None = None,
    ) -> None: ...
    def blocked_domains(self) -> tuple[str, ...]: ...
    def set_blocked_domains(self, blocked_domains: Iterable[str]) -> None: ...
    def is_blocked(self, domain: str) -> bool: ...
    def allowed_domains(self) -> tuple[str, ...] | None: ...
    def set_allowed_domains(self, allowed_domains: Iterable[str] | None) -> None: ...
    def is_not_allowed(self, domain: str) -> bool: ...

class CookieJar(http.cookiejar.CookieJar):
    def store_response(
        self,
        url: str,
        set_cookie_values: Iterable[str],
        *,
        context: RequestContext | None = None,
    ) -> list[Decision]: ...
    def cookie_header(
        self,
        url: str,
        *,
        extra: Mapping[str, str] | None = None,
        context: RequestContext | None = None,
    ) -> str | None: ...
    def make_cookies(
        self, response: HTTPResponse, request: urllib.request.Request
    ) -> list[_Cookie]: ...
    def copy(self) -> Self: ...
    def frozen(self) -> FrozenCookieJar: ...
    def explain(
        self, url: str, *, context: RequestContext | None = None, all: bool = False
    ) -> Explanation: ...
    def explain_set(
        self, url: str, set_cookie_value: str, *, context: RequestContext | None = None
    ) -> Decision: ...
    def query(
        self,
        *,
        url: str | None = None,
        name: str | None = None,
        domain: str | None = None,
        host: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        session: bool | None = None,
        http_only: bool | None = None,
        same_site: str | None = None,
        partition_key: str | None = None,
    ) -> list[_Cookie]: ...
    @overload
    def get(
        self,
        name: str,
        default: None = None,
        domain: str | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        strict: bool = False,
    ) -> _Cookie | None: ...
    @overload
    def get(
        self,
        name: str,
        default: _Default,
        domain: str | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        strict: bool = False,
    ) -> _Cookie | _Default: ...
    def for_url(self, url: str) -> CookieView: ...
    def for_domain(self, domain: str) -> CookieView: ...
    def to_dict(self, *, url: str | None = None) -> dict[str, str]: ...
    @classmethod
    def from_dict(
        cls,
        cookies: Mapping[str, str],
        *,
        url: str | None = None,
        domain: str | None = None,
        **arguments: Any,
    ) -> Self: ...
    def set(
        self,
        name: str,
        value: str,
        *,
        url: str | None = None,
        domain: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        http_only: bool = False,
        expires: float | datetime | timedelta | str | None = None,
        max_age: float | timedelta | None = None,
        same_site: str | None = "Lax",
        partitioned: bool = False,
    ) -> _Cookie: ...
    def remove(self, url: str, name: str) -> int: ...
    def delete(
        self,
        name: str | None = None,
        domain: str | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        host: str | None = None,
        secure: bool | None = None,
        session: bool | None = None,
        http_only: bool | None = None,
        same_site: str | None = None,
        partition_key: str | None = None,
    ) -> int: ...
    def replace(
        self,
        cookies: Mapping[str, str] | Iterable[http.cookiejar.Cookie],
        *,
        url: str | None = None,
        domain: str | None = None,
    ) -> None: ...
    def subscribe(
        self,
        callback: Callable[[CookieChange], object],
        *,
        url: str | None = None,
        name: str | None = None,
        causes: Iterable[Cause | str] | None = None,
    ) -> Subscription: ...
    def changes(
        self,
        *,
        url: str | None = None,
        name: str | None = None,
        causes: Iterable[Cause | str] | None = None,
        limit: int = 1024,
    ) -> ChangeStream: ...
    def __contains__(self, thing: object) -> bool: ...
    def __iter__(self) -> Iterator[_Cookie]: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: dict[int, Any]) -> Self: ...

class DummyCookieJar(CookieJar): ...
class FrozenCookieJar(CookieJar): ...

class FileCookieJar(CookieJar, http.cookiejar.FileCookieJar):
    lenient: bool
    persist_session: bool
    def __init__(
        self,
        filename: str | PathLike[str] | None = None,
        delayload: bool = False,
        policy: http.cookiejar.CookiePolicy | None = None,
        *,
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None: ...
    @property
    def autosave(self) -> Autosave | None: ...
    @autosave.setter
    def autosave(self, when: Autosave | None) -> None: ...
    def sync(self, *, timeout: float = 60.0) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    @property
    def load_report(self) -> LoadReport | None: ...
    def load(
        self,
        filename: str | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None: ...
    def revert(
        self,
        filename: str | None = None,
        ignore_discard: bool = False,
        ignore_expires: bool = False,
        *,
        lenient: bool | None = None,
    ) -> None: ...

class MozillaCookieJar(FileCookieJar, http.cookiejar.MozillaCookieJar): ...
class LWPCookieJar(FileCookieJar, http.cookiejar.LWPCookieJar): ...

class FormatCookieJar(FileCookieJar):
    def __init__(
        self,
        filename: str | PathLike[str] | None = None,
        delayload: bool = False,
        policy: http.cookiejar.CookiePolicy | None = None,
        *,
        format: str = "json",
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None: ...
    @property
    def format(self) -> str: ...

class JSONCookieJar(FormatCookieJar):
    def __init__(
        self,
        filename: str | PathLike[str] | None = None,
        delayload: bool = False,
        policy: http.cookiejar.CookiePolicy | None = None,
        *,
        lenient: bool | None = None,
        persist_session: bool | None = None,
        autosave: Autosave | None = None,
    ) -> None: ...

class SQLiteCookieJar(FileCookieJar):
    def __init__(
        self,
        filename: str | PathLike[str] | None = None,
        delayload: bool = False,
        policy: http.cookiejar.CookiePolicy | None = None,
        *,
        name: str = "default",
        lenient: bool | None = None,
        persist_session: bool | None = None,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    def copy(self) -> CookieJar: ...  # type: ignore[override]  # a copy is not shared
    def open(self) -> None: ...
    @staticmethod
    def names(filename: str | PathLike[str]) -> list[str]: ...
    @staticmethod
    def delete_jar(filename: str | PathLike[str], name: str) -> bool: ...

def open_jar(
    path: str | PathLike[str],
    format: str | None = None,
    policy: http.cookiejar.CookiePolicy | None = None,
    *,
    lenient: bool = True,
    autosave: Autosave | None = None,
) -> FileCookieJar: ...
def domain_match(A: str, B: str) -> bool: ...
def eff_request_host(request: urllib.request.Request) -> tuple[str, str]: ...
def escape_path(path: str) -> str: ...
def http2time(text: str) -> int | None: ...
def is_HDN(text: str) -> bool: ...
def is_third_party(request: urllib.request.Request) -> bool: ...
def iso2time(text: str) -> int | None: ...
def join_header_words(lists: Iterable[Sequence[tuple[str, str | None]]]) -> str: ...
def liberal_is_HDN(text: str) -> bool: ...
def lwp_cookie_str(cookie: Cookie) -> str: ...
def offset_from_tz_string(tz: str) -> int | None: ...
def parse_ns_headers(
    ns_headers: Iterable[str],
) -> list[list[tuple[str, str | float | None]]]: ...
def reach(h: str) -> str: ...
def request_host(request: urllib.request.Request) -> str: ...
def request_path(request: urllib.request.Request) -> str: ...
def request_port(request: urllib.request.Request) -> str | None: ...
def split_header_words(header_values: Iterable[str]) -> list[list[tuple[str, str | None]]]: ...
def strip_quotes(text: str) -> str: ...
def time2isoz(t: float | None = None) -> str: ...
def time2netscape(t: float | None = None) -> str: ...
def user_domain_match(A: str, B: str) -> bool: ...
