"""scrapy's `Request.cookies` as the Set-Cookie fields that say the same, and the octets that are sent.

    {"sid": "1"}                                          ["sid=1"]
    [{"name": "sid", "value": b"1", "path": "/a"}]        ["sid=1; Path=/a"]

Source: `Request.cookies` in the documentation of scrapy 2.19, and what its middleware does beyond it.

Rules of this file:
- Texts, octets and numbers are taken as scrapy takes them; octets that are no UTF-8 count as latin-1.
- What would end a cookie or its field is refused: scrapy cuts the value there, and sends the rest never.
- What the program gave stays as it is. No message has a value in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cookietin.errors import shown
from cookietin.late_pattern import LatePattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ENDING = LatePattern(r"[;\r\n\0]")
_NUMBERS = (bool, int, float)


def set_cookie_fields(
    cookies: object, *, secure: bool, complain: Callable[[str], object]
) -> list[str]:
    """
    The Set-Cookie fields for the cookies of a request; octets above 0x7F as latin-1 characters.

    Args:
        cookies: Names and values, or a list with a dict for each cookie: "name" and "value", and
            "domain", "path" and "secure" if wanted. Other entries are passed over, as in scrapy.
        secure: Whether a cookie is Secure that does not say so itself.
        complain: Is told of a cookie that is left out since its name or value is missing.

    Raises:
        TypeError: The cookies, or a part of one, are of another type.
        ValueError: A part would end the cookie or the field.
    """
    given: Iterable[object]
    if isinstance(cookies, Mapping):
        given = [{"name": name, "value": value} for name, value in cookies.items()]
    elif isinstance(cookies, Iterable) and not isinstance(cookies, str | bytes):
        given = cookies
    else:
        raise TypeError(
            f"cookies: expected a dict, or a list of dicts, got {type(cookies).__name__}"
        )
    fields = []
    for cookie in given:
        if not isinstance(cookie, Mapping):
            raise TypeError(f"cookies: expected a dict for each, got {type(cookie).__name__}")
        field = _field_of(cookie, secure, complain)
        if field is not None:
            fields.append(field)
    return fields


def _field_of(
    cookie: Mapping[object, object], secure: bool, complain: Callable[[str], object]
) -> str | None:
    parts = {}
    name = cookie.get("name")
    said = shown(name) if isinstance(name, str | bytes) else "without a name"
    for key in ("name", "value", "path", "domain"):
        part = cookie.get(key)
        if part is not None:
            parts[key] = _text_of(part, key, said)
        elif key in ("name", "value"):
            complain(f"cookie {said}: {key!r} is missing, so it is left out")
            return None
    if "=" in parts["name"]:
        raise ValueError(f"cookies: {said} cannot be the name of a cookie: it has a '=' in it")
    field = f"{parts['name']}={parts['value']}"
    for key in ("path", "domain"):
        if key in parts:
            field += f"; {key.capitalize()}={parts[key]}"
    return field + "; Secure" if cookie.get("secure", secure) else field


def _text_of(part: object, key: str, said: str) -> str:
    """A part of a cookie, as the field has it."""
    if isinstance(part, _NUMBERS):
        part = str(part)
    elif isinstance(part, bytes):
        part = _decoded(part)
    if not isinstance(part, str):
        raise TypeError(
            f"cookies: cookie {said}: expected a text, octets or a number as its {key}, got "
            f"{type(part).__name__}"
        )
    if _ENDING.search(part):
        raise ValueError(
            f"cookies: the {key} of cookie {said} has a ';', CR, LF or NUL in it, which would end "
            "the cookie; encode it first"
        )
    return part.encode("utf-8", "surrogatepass").decode("latin-1")


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def octets_of(field: str) -> bytes:
    """
    A Cookie field as it goes out: what came as octets in these octets, other characters as UTF-8.

    Latin-1 characters are octets in a jar; others were brought by a program or a file.
    """
    try:
        return field.encode("latin-1")
    except UnicodeEncodeError:
        return b"; ".join(map(_octets_of_one, field.split("; ")))


def _octets_of_one(pair: str) -> bytes:
    is_wide = max(pair, default="") > "\xff"
    return pair.encode("utf-8" if is_wide else "latin-1", "surrogatepass")
