"""What would become of cookies, with every reason, and nothing changed.

Rules of this file:
- Never on the hot path. What a question moves (the clock of a policy, last-access-times) is put back.
- What a method of a subclass decides counts: it is called, too.
- Values are shown on request alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import overload

from cookietin import logs
from cookietin.census import PARTITION
from cookietin.collection import index_of, keeps_cookies_in_dict
from cookietin.context import target_of
from cookietin.cookie_header import is_broken
from cookietin.jar import Jar, receive_fields, request_of, tick
from cookietin.jar_rules import rules_of
from cookietin.judging import classic_judge
from cookietin.matching import candidates
from cookietin.overrides import Methods
from cookietin.policy.decision import Decision, reasons_of
from cookietin.reasons import DISALLOWED_CHARACTER, REFUSED_BY_POLICY
from cookietin.receiving import decisions_of
from cookietin.rules.classic import domain_returns
from cookietin.rules.hosts import canonical_host
from cookietin.rules.public_suffix import SHIPPED
from cookietin.store import every_item, key_of, structure
from cookietin.tables import HEADING, MASKED, as_html, as_text, harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cookietin.context import Request
    from cookietin.cookie import CookieFields
    from cookietin.judging import Judge
    from cookietin.policy.decision import Reason
    from cookietin.request_context import RequestContext

    # What a cookie is filed under, and the cookie.
    Item = tuple[str, str, str, CookieFields]


class Verdict:
    """
    Whether one stored cookie goes with a request.

    Attributes:
        cookie: The cookie, as the jar holds it.
    """

    __slots__ = ("_mask", "cookie")

    def __init__(self, cookie: CookieFields, mask: int) -> None:
        self.cookie: CookieFields = cookie
        self._mask = mask

    @property
    def sent(self) -> bool:
        """Whether it goes."""
        return not self._mask

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it stays, all that apply; empty if it goes."""
        return reasons_of(self._mask)

    def to_dict(self, *, values: bool = False) -> dict[str, object]:
        """The verdict in plain types, for JSON; the cookie's value only on request."""
        cookie = self.cookie
        return {
            "name": cookie.name,
            "value": cookie.value if values else MASKED,
            "domain": cookie.domain,
            "path": cookie.path,
            "sent": self.sent,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }

    def __repr__(self) -> str:
        said = ", ".join(reason.name for reason in self.reasons)
        verdict = f"withheld: {said}" if said else "sent"
        return f"<Verdict {harmless(self.cookie.name)!r} {verdict}>"


class Explanation(Sequence[Verdict]):
    """
    What becomes of stored cookies at a request, as a sequence of verdicts in sending order.

    `print` shows it as a table, and so do notebooks; values are masked.

    Attributes:
        url: The request's, without user, password, query and fragment.
    """

    __slots__ = ("_verdicts", "url")

    def __init__(self, url: str, verdicts: list[Verdict]) -> None:
        self.url: str = url
        self._verdicts = verdicts

    @property
    def sent(self) -> list[Verdict]:
        """Of the cookies that go."""
        return [verdict for verdict in self._verdicts if verdict.sent]

    @property
    def withheld(self) -> list[Verdict]:
        """Of the cookies that stay."""
        return [verdict for verdict in self._verdicts if not verdict.sent]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All reasons that keep a cookie back."""
        mask = 0
        for verdict in self._verdicts:
            mask |= verdict._mask
        return reasons_of(mask)

    def __len__(self) -> int:
        return len(self._verdicts)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> list[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | list[Verdict]:
        return self._verdicts[index]

    def to_dict(self, *, values: bool = False) -> dict[str, object]:
        """The explanation in plain types, for JSON; the cookies' values only on request."""
        return {
            "url": self.url,
            "cookies": [verdict.to_dict(values=values) for verdict in self._verdicts],
        }

    def table(self, *, values: bool = False) -> str:
        """What `print` shows; with the cookies' values on request."""
        summary = self._summary()
        return f"{summary}\n{as_text(HEADING, self._rows(values))}" if self else summary

    def _summary(self) -> str:
        return f"{harmless(self.url)}: {len(self.sent)} sent, {len(self.withheld)} withheld"

    def _rows(self, values: bool) -> Iterator[tuple[list[str], list[str]]]:
        for verdict in self._verdicts:
            cookie = verdict.cookie
            value = str(cookie.value) if values else MASKED
            cells = ["sent" if verdict.sent else "withheld", cookie.name, cookie.domain]
            yield [*cells, cookie.path, value], [str(reason) for reason in verdict.reasons]

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        return f"<Explanation {self._summary()}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(self._summary())}</p>{as_html(HEADING, self._rows(False))}"


_SENDING = Methods(Jar, ("_cookies_for_request", "_cookies_for_domain"))


def explain(jar: Jar, url: str, context: RequestContext | None, *, everything: bool) -> Explanation:
    """The explanation for a request; see `PlainVerbs.explain`."""
    request = request_of(url, context)
    jar._cookies_lock.acquire()
    try:
        with _unmoved(jar):
            verdicts = verdicts_on(jar, request, tick(jar), everything=everything)
    finally:
        jar._cookies_lock.release()
    return Explanation(_shown_url(url), verdicts)


def verdicts_on(jar: Jar, request: Request, now: int, *, everything: bool = False) -> list[Verdict]:
    """
    The verdicts on stored cookies, in sending order; the caller holds the jar's lock.

    Args:
        everything: On the whole jar; otherwise on those of the request's site, and on those that go.
    """
    policy = jar._policy
    relevant = None if everything else _related(policy, request)
    asks_of_all = _asks_of_all(policy)
    domains = [each for each in jar._cookies if asks_of_all or relevant is None or relevant(each)]
    judge = _judge_of(policy, request, now)
    judged: list[tuple[CookieFields, int]] = []
    for domain, path, _, cookie in _items(jar, index_of(jar).candidates(domains)):
        mask = judge(domain, path, cookie)
        if not mask or relevant is None or relevant(domain):
            judged.append((cookie, mask))
    return _in_order(jar, request, judged)


def cookies_to_send(jar: Jar, request: Request, now: int) -> list[CookieFields]:
    """The cookies that would go with a request, in sending order; the caller holds the jar's lock."""
    policy, store = jar._policy, index_of(jar)
    rules = rules_of(policy)
    if _asks_of_all(policy):
        filed = store.candidates(list(jar._cookies))
    elif rules is None:
        filed = candidates(store, target_of(request).host)
    else:
        filed = store.candidates(rules.keys_for(policy, request))
    judge = _judge_of(policy, request, now)
    judged: list[tuple[CookieFields, int]] = [
        (cookie, 0)
        for domain, path, _, cookie in _items(jar, filed)
        if not judge(domain, path, cookie)
    ]
    return [each.cookie for each in _in_order(jar, request, judged) if each.sent]


def _judge_of(policy: Any, request: Request, now: int) -> Judge:
    rules = rules_of(policy)
    return (classic_judge if rules is None else rules.judge)(policy, request, now)


def _in_order(jar: Jar, request: Request, judged: list[tuple[CookieFields, int]]) -> list[Verdict]:
    """Verdicts in sending order, after the jar's own methods and what the field can hold."""
    if not _SENDING.are_kept_by(jar):
        judged = _heeding_jar(jar, request, judged)
    # A cookie that a program has filed twice has a mask for each place.
    masks: dict[int, list[int]] = {}
    for cookie, mask in judged:
        if is_broken(f"{cookie.name}{cookie.value}"):
            # `cookie_header` leaves it out, and HTTP clients refuse the field.
            mask |= DISALLOWED_CHARACTER
        masks.setdefault(id(cookie), []).append(mask)
    cookies = [cookie for cookie, _ in judged]
    jar._cookie_attrs(cookies)  # which sorts them
    return [Verdict(cookie, masks[id(cookie)].pop(0)) for cookie in cookies]


def log_withheld(jar: Jar, request: Request) -> None:
    """Tell the logger what stays at home; the caller holds the jar's lock."""
    url = request.get_full_url()
    with _unmoved(jar):
        for verdict in verdicts_on(jar, request, tick(jar)):
            if not verdict.sent:
                cookie = verdict.cookie
                logs.log_withheld(url, cookie.name, cookie.domain, cookie.path, verdict.reasons)


def mask_on(jar: Jar, request: Request, cookie: CookieFields, now: int) -> int:
    """Bits of the reasons why a cookie, stored or not, would not go with a request."""
    return _judge_of(jar._policy, request, now)(key_of(cookie), cookie.path, cookie)


def _items(jar: Jar, filed: list[tuple[str, Any]]) -> Iterator[Item]:
    if keeps_cookies_in_dict(jar):
        return every_item(dict(filed))
    return ((each.domain, each.path, each.name, each) for each in jar)


def _asks_of_all(policy: Any) -> bool:
    """Tell whether a policy may send cookies of any site, since it has a rule for domains."""
    from cookietin.policy import browser, classic

    return not (classic.keeps_domain_rule(policy) or browser.keeps_domain_rule(policy))


def _related(policy: Any, request: Request) -> Any:
    """A predicate on what cookies are filed under: of the request's site, or covering its host."""
    host = target_of(request).host
    suffixes = getattr(policy, "public_suffixes", None) or SHIPPED
    site_of = suffixes.site_of
    site = site_of(canonical_host(host.name) or host.name)

    def is_related(domain: str) -> bool:
        filed = domain.partition(PARTITION)[0]
        if domain_returns(filed, host.name, host.effective):
            return True
        bare = filed.removeprefix(".").removesuffix(".local")
        return bare.endswith(site) and site_of(bare) == site

    return is_related


def _heeding_jar(
    jar: Jar, request: Request, judged: list[tuple[CookieFields, int]]
) -> list[tuple[CookieFields, int]]:
    """Let the jar's own methods have the last word, where a subclass has replaced them."""
    times = [(cookie, getattr(cookie, "_last_access_time", None)) for cookie in jar]
    going = jar._cookies_for_request(request)
    for cookie, last_access_time in times:
        if getattr(cookie, "_last_access_time", None) != last_access_time:
            cookie._last_access_time = last_access_time
    sent = set(map(id, going))
    # What goes keeps the order that the jar has given it.
    queue = list(going)
    heeded = []
    for cookie, mask in judged:
        if id(cookie) not in sent:
            heeded.append((cookie, mask or REFUSED_BY_POLICY))
        elif queue:
            heeded.append((queue.pop(0), 0))
    return heeded + [(cookie, 0) for cookie in queue]


def explain_set(
    jar: Jar, url: str, set_cookie_value: str, context: RequestContext | None
) -> SetExplanation:
    """What would become of one Set-Cookie field; see `PlainVerbs.explain_set`."""
    if not isinstance(set_cookie_value, str):
        raise TypeError(f"set_cookie_value: expected a text, got {type(set_cookie_value).__name__}")
    request = request_of(url, context)
    jar._cookies_lock.acquire()
    try:
        with _unmoved(jar):
            return try_field(jar, set_cookie_value, request)
    finally:
        jar._cookies_lock.release()


class SetExplanation(Decision):
    """A decision on a field that was only tried, which prints as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.table()


class _Trial(Jar):
    """A jar whose methods nobody has replaced."""


def try_field(jar: Jar, field: str, request: Request) -> SetExplanation:
    """Take a field into a jar that holds the same cookies in dicts of its own."""
    trial = _Trial(jar._policy)
    # As a subclass may, but for one jar.
    vars(trial).update(_cookie_class=jar._cookie_class, _plain_cookies=jar._plain_cookies)
    trial._cookies = structure(jar._cookies)
    (tried,) = decisions_of(receive_fields(trial, [field], request))
    return SetExplanation(
        tried.name, tried.cookie, tried.mask, removed=tried.removed, evicted=tried.evicted
    )


@contextlib.contextmanager
def _unmoved(jar: Jar) -> Iterator[None]:
    """Put the moment that a jar and its policy know back where it was."""
    things = [(thing, getattr(thing, "__dict__", {})) for thing in (jar, jar._policy)]
    before = [(thing, "_now" in known, known.get("_now")) for thing, known in things]
    earliest = index_of(jar).earliest
    try:
        yield
    finally:
        index_of(jar).earliest = earliest
        for thing, known, now in before:
            if known:
                thing._now = now
            else:
                getattr(thing, "__dict__", {}).pop("_now", None)


def _shown_url(url: str) -> str:
    """A URL without user, password, query and fragment, which are secrets."""
    import urllib.parse

    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path or '/'}"
