"""How clients ask a jar: by the methods made for them, or by urllib's where a program replaced these.

A jar offers `cookie_header` and `store_response` to clients. A jar class that a program wrote for
`http.cookiejar` may have replaced `add_cookie_header`, `extract_cookies` or `make_cookies`, and waits
for these calls.

Rules of this file:
- Knows no client; a request is its URL, its method and who causes it.
- A response without Set-Cookie is not told.
"""

from __future__ import annotations

import urllib.request
from email.message import Message

from cookietin.cookie_header import checked_extra, unbroken
from cookietin.cookiejar import CookieJar
from cookietin.overrides import Methods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cookietin.request_context import RequestContext

_ADDING = Methods(CookieJar, ("add_cookie_header",))
_EXTRACTING = Methods(CookieJar, ("extract_cookies", "make_cookies"))


def checked_jar(jar: object) -> CookieJar:
    """
    What a program gives as a jar.

    Raises:
        TypeError: It is none of ours.
    """
    if isinstance(jar, CookieJar):
        return jar
    raise TypeError(
        f"jar: expected a CookieJar of cookietin, got {type(jar).__name__}; "
        "see docs/how-to/replace-http-cookiejar.md"
    )


def refuse_to_lose(argument: str, held: int, emptied: str) -> None:
    """
    Refuse a client whose own cookies nobody would see again once a jar decides.

    Args:
        argument: The client, as the function at the door names it.
        held: How many cookies it has.
        emptied: How a program removes them.

    Raises:
        ValueError: It has some.
    """
    if held:
        raise ValueError(
            f"{argument}: it has {held} cookies of its own, which the jar does not know; put them into "
            f"the jar with jar.set(name, value, url=...), or {emptied}"
        )


def cookie_field(
    jar: CookieJar,
    url: str,
    method: str,
    context: RequestContext | None,
    extra: Mapping[str, str] | None = None,
) -> str | None:
    """
    The value of the Cookie field for a request.

    Args:
        method: Of the request: "GET".
        context: Who causes it, with the same method.
        extra: Cookies for this request alone, which replace stored ones of their names.

    Raises what `CookieJar.cookie_header` raises.
    """
    if _ADDING.are_kept_by(jar):
        return jar.cookie_header(url, extra=extra, context=context)
    added = checked_extra(extra) if extra else {}
    request = _urllib_request(url, method, context)
    jar.add_cookie_header(request)
    pieces = unbroken((request.get_header("Cookie") or "").split("; "))
    pieces = [each for each in pieces if each.partition("=")[0] not in added]
    pieces += [f"{name}={value}" for name, value in added.items()]
    return "; ".join(filter(None, pieces)) or None


def take_fields(
    jar: CookieJar, url: str, method: str, context: RequestContext | None, fields: Sequence[str]
) -> None:
    """
    Give a jar the Set-Cookie fields of one response, octets above 0x7F as latin-1 characters.

    Raises what `CookieJar.store_response` raises.
    """
    if not fields:
        return
    if _EXTRACTING.are_kept_by(jar):
        jar.store_response(url, fields, context=context)
    else:
        response = _UrllibResponse(fields)
        request = _urllib_request(url, method, context)
        jar.extract_cookies(response, request)  # type: ignore[arg-type]  # as much as jars look at


def _urllib_request(
    url: str, method: str, context: RequestContext | None
) -> urllib.request.Request:
    request = urllib.request.Request(url, method=method)
    request.cookie_context = context  # type: ignore[attr-defined]  # the jar reads it there
    return request


class _UrllibResponse:
    """As much of a response as jars look at."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._header = Message()
        for field in fields:
            self._header["Set-Cookie"] = field

    def info(self) -> Message:
        return self._header
