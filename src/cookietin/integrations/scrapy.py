"""scrapy: `CookiesMiddleware`, in place of the built-in one.

    DOWNLOADER_MIDDLEWARES = {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
        "cookietin.integrations.scrapy.CookiesMiddleware": 700,
    }

A jar for each value of `Request.meta["cookiejar"]`, as there; what differs stands in
docs/how-to/use-with-scrapy.md. Redirects and retries are requests of their own in scrapy, and pass
through here again.

Rules of this file:
- What goes out is what the jar says, and what comes in is given to it once.
- Octets above 0x7F are latin-1 characters in the jar, and come back as they came, unless the rules take
  0x85 and 0xA0 for blanks, as the default ones do. Texts of `Request.cookies` go as UTF-8.
- The cookies of a request are stored in its jar, if the policy agrees, and go where the jar sends them.
- Nothing is changed in a request but its Cookie field.

What is relied on, as of scrapy 2.13.4 and 2.19.0: the built-in middleware makes jars in its attribute
`jars`, and is made by `from_crawler`; nothing undocumented beside that.

What scrapy makes impossible:
- A `cookie_context(...)` block does not reach requests that a spider yields in it: scrapy sends them
  later. `Request.meta["cookie_context"]` goes along.
- A Cookie field in `Request.headers` is dropped, as by the built-in middleware (scrapy issue #1992): a
  retry has the one of the first try, and nobody can tell it from the program's.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict

from cookietin import cookiejar as ours
from cookietin.errors import shown
from cookietin.integrations.asking import checked_jar, cookie_field, take_fields
from cookietin.integrations.contexts import checked_context, context_for
from cookietin.integrations.request_cookies import octets_of, set_cookie_fields
from cookietin.integrations.scrapy_settings import AskedFor, CookiePolicy, check_built_in_is_off
from cookietin.integrations.versions import needs, require
from cookietin.tables import HEADING, MASKED, as_text

require("scrapy")

import scrapy.downloadermiddlewares.cookies as built_in
from scrapy import signals
from scrapy.http.cookies import CookieJar as ScrapyJar
from scrapy.http.cookies import WrappedRequest
from scrapy.utils.httpobj import urlparse_cached

needs("scrapy", from_crawler=(built_in.CookiesMiddleware,), make_cookies=(ScrapyJar,))

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    from collections.abc import Callable, Hashable, Sequence
    from typing import Any, Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from cookietin.cookiejar import Decision
    from cookietin.integrations.keyed_files import KeyedFiles
    from cookietin.request_context import RequestContext

# The built-in middleware's own, so that whoever has tuned it need not do so again.
logger: logging.Logger = logging.getLogger(built_in.__name__)

# Of other schemes there are no cookies.
_SCHEMES = frozenset(("http", "https"))


class CookieJar(ScrapyJar):
    """
    What `middleware.jars[key]` is: scrapy's wrapper, around one of our jars.

    Args:
        policy: The policy of a new jar; default `CookiePolicy()`.
        check_expired_frequency: Is taken and not used: our jars know when a cookie ends.
        jar: The jar to wrap, in place of a new one.

    Attributes:
        jar: The jar; another one may be assigned.
        policy: Its policy.

    Raises:
        TypeError: The jar is none of ours.
    """

    def __init__(
        self,
        policy: http.cookiejar.CookiePolicy | None = None,
        check_expired_frequency: int = 10000,
        *,
        jar: ours.CookieJar | None = None,
    ) -> None:
        # Not the original's: it makes a jar of the standard library, without a lock.
        self.jar = (
            ours.CookieJar(CookiePolicy() if policy is None else policy) if jar is None else jar
        )
        self.check_expired_frequency: int = check_expired_frequency
        self.processed: int = 0

    @property  # type: ignore[override]  # an attribute there, of any jar
    def jar(self) -> ours.CookieJar:
        return self._jar

    @jar.setter
    def jar(self, jar: ours.CookieJar) -> None:
        self._jar = checked_jar(jar)

    @property
    def policy(self) -> http.cookiejar.CookiePolicy:  # type: ignore[override]  # an attribute there
        policy: http.cookiejar.CookiePolicy = self.jar._policy  # type: ignore[attr-defined]
        return policy

    def add_cookie_header(self, request: Request) -> None:
        """Add the Cookie field to a request, unless it has one."""
        context = _context_of(request)
        field = cookie_field(self.jar, request.url, request.method, context)
        if field is not None and "Cookie" not in request.headers:
            request.headers["Cookie"] = octets_of(field)

    def extract_cookies(self, response: Response, request: Request) -> None:
        """Store the cookies of a response that the policy agrees to."""
        context = _context_of(request)
        take_fields(self.jar, request.url, request.method, context, _fields_of(response))

    def make_cookies(self, response: Response, request: Request) -> Sequence[http.cookiejar.Cookie]:
        """The cookies of a response, before the policy is asked."""
        return self.jar.make_cookies(
            _WrappedResponse(_fields_of(response)),  # type: ignore[arg-type]  # as much as jars
            WrappedRequest(request),  # type: ignore[arg-type]  # look at
        )


def _context_of(request: Request, session: RequestContext | None = None) -> RequestContext | None:
    own = checked_context(request.meta.get("cookie_context"))
    return context_for(request.method, session, own)


class _WrappedResponse:
    def __init__(self, fields: list[str]) -> None:
        self._fields = fields

    def info(self) -> Self:
        return self

    def get_all(self, name: str, default: list[str] | None = None) -> list[str] | None:
        return self._fields if name.lower() == "set-cookie" else default


class Jars(defaultdict["Any", ScrapyJar]):
    """
    The jars of a crawl by `cookiejar` key; `jars[key]` makes one that is missing.

    Args:
        make_jar: Is called with the key.
        max_jars: With one jar more, the one that no request has used for longest goes.
        let_go: Is called with the key and jar of one that has gone so.
    """

    def __init__(
        self,
        make_jar: Callable[[Any], ours.CookieJar],
        max_jars: int | None = None,
        let_go: Callable[[Any, ScrapyJar], object] | None = None,
    ) -> None:
        super().__init__()
        self._make_jar = make_jar
        self._max_jars = max_jars
        self._let_go = let_go
        # The one that was used longest ago first. Keys that a spider has deleted may be among them.
        self._used: OrderedDict[Any, None] = OrderedDict()

    def __missing__(self, key: Any) -> ScrapyJar:
        made = self[key] = CookieJar(jar=self._make_jar(key))
        return made

    def __setitem__(self, key: Any, jar: ScrapyJar) -> None:
        super().__setitem__(key, jar)
        if self._max_jars is not None:
            self._used[key] = None

    def used(self, key: Any) -> ScrapyJar:
        """The jar of a key, for a request."""
        jar, most, used = self[key], self._max_jars, self._used
        if most is not None:
            used[key] = None
            used.move_to_end(key)
            while len(self) > most and len(used) > 1:
                oldest, _ = used.popitem(last=False)
                gone = self.pop(oldest, None)
                if gone is not None and self._let_go is not None:
                    self._let_go(oldest, gone)
            if len(used) > 2 * most:
                self._used = OrderedDict((known, None) for known in used if known in self)
        return jar


class CookiesMiddleware(built_in.CookiesMiddleware):
    """
    The middleware: asks the jar of each request, and gives it the response.

    Args:
        debug: Log what was sent, withheld and refused, and why; values are masked.
        jars: The jars by key; default those of `CookieJar`.
        context: Who causes the requests that do not say so themselves.

    Attributes:
        jars: The jars by key; `jars[key].jar` is the jar itself.
        cookie_context: The context.

    `from_crawler` reads the settings COOKIES_ENABLED and COOKIES_DEBUG, as the built-in one does, and
    COOKIES_JAR, COOKIES_POLICY, COOKIES_FILE, COOKIES_MAX_JARS and COOKIES_CONTEXT; see
    docs/how-to/use-with-scrapy.md.

    Raises:
        TypeError: The context is none.
    """

    jars: Jars

    def __init__(
        self,
        debug: bool = False,
        *,
        jars: Jars | None = None,
        context: RequestContext | None = None,
    ) -> None:
        super().__init__(debug)
        if jars is None:
            policy = CookiePolicy()
            jars = Jars(lambda key: ours.CookieJar(policy))
        self.jars = jars
        self.cookie_context: RequestContext | None = checked_context(context)
        self._files: KeyedFiles | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """
        The middleware of a crawl, by its settings.

        Raises:
            NotConfigured: COOKIES_ENABLED is false.
            TypeError, ValueError: A setting cannot be; the built-in middleware is on as well.
            ImportError: What a setting names is not there.
            LoadError, OSError: COOKIES_FILE cannot be read.
        """
        made = super().from_crawler(crawler)
        made.crawler = crawler  # scrapy 2.13 does not
        check_built_in_is_off(crawler.settings, cls, built_in.CookiesMiddleware)
        asked = AskedFor(crawler.settings)
        made._files = asked.files
        made.jars = Jars(asked.open_jar, asked.max_jars, made._save if asked.files else None)
        made.cookie_context = asked.context
        if asked.files is not None:
            # A file that cannot be read stops the crawl before it begins.
            made.jars[None]
            crawler.signals.connect(made.save_jars, signal=signals.spider_closed)
        _quiet_log()
        return made

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """
        Give a request its Cookie field, in place of the one that it has.

        Raises:
            TypeError, ValueError: The request has cookies or a context that cannot be, or a key whose
                jar has no file; scrapy hands it to the errback.
        """
        if request.meta.get("dont_merge_cookies", False):
            return
        jar, context = self._jar_of(request), _context_of(request, self.cookie_context)
        parts = urlparse_cached(request)
        has_cookies = parts.scheme in _SCHEMES and bool(parts.hostname)
        if request.cookies and has_cookies:
            self._store_own(request, jar, secure=parts.scheme == "https")
        request.headers.pop("Cookie", None)
        if has_cookies:
            if self.debug:
                self._log_sent(request, jar, context)
            field = cookie_field(jar, request.url, request.method, context)
            if field is not None:
                request.headers["Cookie"] = octets_of(field)

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Response:
        """Give the cookies of a response to the jar of its request."""
        fields = _fields_of(response)
        if not fields or request.meta.get("dont_merge_cookies", False):
            return response
        parts = urlparse_cached(request)
        if parts.scheme in _SCHEMES and parts.hostname:
            jar, context = self._jar_of(request), _context_of(request, self.cookie_context)
            decisions = self._take(jar, request, fields, context)
            if self.debug:
                self._log(f"Received cookies from: {response}", decisions)
        return response

    def save_jars(self) -> None:
        """
        Write the jars that have files, where they have changed; is done when the spider closes.

        An error is logged, and the other jars are saved.
        """
        for key, wrapper in list(self.jars.items()):
            self._save(key, wrapper)

    def _save(self, key: Hashable, wrapper: ScrapyJar) -> None:
        jar = wrapper.jar
        if not isinstance(jar, ours.FileCookieJar):
            self._warn(
                f"The jar of the key {shown(key)} is not saved: a spider has put a "
                f"{type(jar).__name__} in its place, which has no file"
            )
            return
        try:
            if self._files is not None:
                others = (each.jar for other, each in self.jars.items() if other != key)
                self._files.name(jar, key, others)
            jar.close()
        except Exception as error:  # noqa: BLE001 - a jar may be of a program's class
            # What others say in their errors may be a value.
            said = f": {error}" if isinstance(error, OSError | ours.LoadError) else ""
            kind = type(error).__name__
            self._say(logging.ERROR, f"The jar of the key {shown(key)} is not saved: {kind}{said}")

    def _jar_of(self, request: Request) -> ours.CookieJar:
        # A wrapper that a spider has put there may have any jar.
        return checked_jar(self.jars.used(request.meta.get("cookiejar")).jar)

    def _store_own(self, request: Request, jar: ours.CookieJar, *, secure: bool) -> None:
        """Store the cookies of a request, which its program gives and no page."""
        fields = set_cookie_fields(
            request.cookies,
            secure=secure,
            complain=lambda text: self._warn(f"Invalid cookie found in request {request}: {text}"),
        )
        decisions = self._take(jar, request, fields, None)
        if self.debug:
            refused = [decision for decision in decisions if not decision.allowed]
            self._log(f"Refused cookies of: {request}", refused)

    def _take(
        self,
        jar: ours.CookieJar,
        request: Request,
        fields: list[str],
        context: RequestContext | None,
    ) -> list[Decision]:
        if self.debug and type(jar).extract_cookies is ours.CookieJar.extract_cookies:
            return jar.store_response(request.url, fields, context=context)
        take_fields(jar, request.url, request.method, context, fields)
        return []

    # What COOKIES_DEBUG says

    def _log_sent(
        self, request: Request, jar: ours.CookieJar, context: RequestContext | None
    ) -> None:
        explanation = jar.explain(request.url, context=context)
        if explanation:
            what = "Sending cookies to" if explanation.sent else "Withholding cookies from"
            self._say(logging.DEBUG, f"{what}: {request}\n{explanation.table()}")

    def _log(self, heading: str, decisions: list[Decision]) -> None:
        rows = []
        for decision in decisions:
            cookie = decision.cookie
            place = ("", "", "") if cookie is None else (cookie.domain, cookie.path, MASKED)
            cells = [decision.verdict, decision.name, *place]
            rows.append((cells, [str(reason) for reason in decision.reasons]))
        if rows:
            self._say(logging.DEBUG, f"{heading}\n{as_text(HEADING, rows)}")

    def _warn(self, text: str) -> None:
        self._say(logging.WARNING, text)

    def _say(self, level: int, text: str) -> None:
        crawler = getattr(self, "crawler", None)  # None for one that a program made by itself
        logger.log(level, "%s", text, extra={"spider": getattr(crawler, "spider", None)})


def _fields_of(response: Response) -> list[str]:
    return [octets.decode("latin-1") for octets in response.headers.getlist("Set-Cookie")]


def _quiet_log() -> None:
    """
    Keep the package's own log for those who ask for it.

    scrapy switches all loggers to DEBUG that have no level, and silences some by name (its
    DEFAULT_LOGGING). Each request would explain itself, at a cost for every domain in the jar.
    """
    log = logging.getLogger("cookietin")
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)
