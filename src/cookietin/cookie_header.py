"""Stage 6: cookies -> the text of the Cookie field.

Source: `CookieJar._cookie_attrs` of CPython 3.11 to 3.13: the Netscape form for version 0 cookies,
RFC 2965 section 3.3.4 for others. Knows no policy and no store: what comes in goes out.
"""

from __future__ import annotations

import re
from operator import itemgetter

from cookietin.cookie import CookieFields
from cookietin.errors import shown
from cookietin.late_pattern import LatePattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NON_WORD = re.compile(r"\W")
QUOTABLE = re.compile(r"([\"\\])")
_INJECTING = LatePattern(r"[;\r\n\0]")


def sort_by_path(cookies: list[CookieFields]) -> None:
    """Put cookies of longer paths first, in place; others keep their order (RFC 2965 3.3.4)."""
    if not cookies:
        return
    path = cookies[0].path
    for cookie in cookies:
        if cookie.path != path:
            break
    else:
        return  # mostly all paths are alike
    # Cookies of one path stand together as the store has them: whole runs are sorted.
    runs: list[tuple[int, list[CookieFields]]] = []
    for cookie in cookies:
        if not runs or cookie.path != path:
            path = cookie.path
            runs.append((len(path), []))
        runs[-1][1].append(cookie)
    runs.sort(key=_LENGTH, reverse=True)
    cookies[:] = [cookie for _, run in runs for cookie in run]


_LENGTH = itemgetter(0)


def attributes_of(
    cookies: Sequence[CookieFields],
    non_word: re.Pattern[str] = NON_WORD,
    quotable: re.Pattern[str] = QUOTABLE,
) -> list[str]:
    """
    The pieces of a Cookie field, in the order of the cookies.

    Args:
        non_word: A value of an RFC 2965 cookie in which this is found is quoted...
        quotable: ... with a backslash before whatever matches this.

    `name=value`, or the name alone where the value is None. RFC 2965 cookies bring $Path,
    $Domain and $Port, and $Version goes first if the first cookie is one.
    """
    pieces = []
    for cookie in cookies:
        version, value = cookie.version, cookie.value
        rfc2965 = version and version > 0
        if rfc2965:
            if cookie is cookies[0]:
                pieces.append(f"$Version={version}")
            if value is not None and non_word.search(value):
                # Netscape values keep the quotes that the server wrote; these do not have any.
                value = quotable.sub(r"\\\1", value)
        pieces.append(cookie.name if value is None else f"{cookie.name}={value}")
        if rfc2965:
            pieces.extend(_rfc2965_attributes(cookie))
    return pieces


def _rfc2965_attributes(cookie: CookieFields) -> list[str]:
    pieces = []
    if cookie.path_specified:
        pieces.append(f'$Path="{cookie.path}"')
    if cookie.domain.startswith("."):
        domain = cookie.domain if cookie.domain_initial_dot else cookie.domain[1:]
        pieces.append(f'$Domain="{domain}"')
    if cookie.port is not None:
        pieces.append(f'$Port="{cookie.port}"' if cookie.port_specified else "$Port")
    return pieces


def is_broken(text: str) -> bool:
    """Tell whether something in a Cookie field would end it."""
    # Three searches in C: 0.1 us for 1,000 characters, where a regular expression takes 4.
    return "\r" in text or "\n" in text or "\0" in text


def unbroken(pieces: list[str]) -> list[str]:
    """
    The pieces without those that would end the field.

    CPython's jar stores such cookies, and its HTTP client then refuses the request; a text for
    other clients must not depend on their care.
    """
    return [piece for piece in pieces if not is_broken(piece)]


def checked_extra(extra: Mapping[str, str], argument: str = "extra") -> dict[str, str]:
    """
    Cookies that a caller adds to one request, after a look at what they would do to the field.

    Args:
        extra: Names and values.
        argument: What the caller knows them by, for the errors.

    Raises:
        TypeError: A name or value is not a text.
        ValueError: One would end the cookie or the header (";", CR, LF, NUL), or a name is empty
            or has a "=" in it.
    """
    for name, value in extra.items():
        for text in (name, value):
            if type(text) is not str:
                raise TypeError(f"{argument}: cookie {shown(name)}: name and value must be texts")
        if not name or "=" in name or _INJECTING.search(name):
            raise ValueError(f"{argument}: {shown(name)} cannot be the name of a cookie")
        if _INJECTING.search(value):
            raise ValueError(
                f"{argument}: the value of cookie {shown(name)} has a ';', CR, LF or NUL in it, "
                "which would end the cookie; encode it first"
            )
    return dict(extra)
