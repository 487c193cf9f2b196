"""Ready-made cookies, and jars of any size filled with them.

The layout, which the W2 workloads rely on: site N has ten cookies, five with
Domain (`.siteN.test`) and five host-only ones (`www.siteN.test`), so a jar of
n cookies has n / 5 domains; `shop.siteN.test` gets five cookies and
`www.siteN.test` ten. One cookie of the five has a longer path.

Rules of this file:
- Cookie number N is the same on every call, in every module.
- Text is shared between calls: only what a module itself allocates differs.
"""

from __future__ import annotations

import random
from functools import cache
from http.cookiejar import Cookie, CookieJar
from types import ModuleType
from typing import TypeAlias

from .traffic import SEED, ValueText

COOKIES_OF_A_DOMAIN = 5
COOKIES_OF_A_SITE = 2 * COOKIES_OF_A_DOMAIN

CookieArguments: TypeAlias = tuple[
    int, str, str, None, bool, str, bool, bool, str, bool, bool, int | None, bool, None, None,
    dict[str, str | None],
]  # fmt: skip

_NAMES = ("session_id", "visitor", "cart", "consent", "metrics")
_LENGTHS = (32, 36, 120, 64, 11)
_VALUES_OF_A_LENGTH = 997
_EXPIRES = 2_100_000_000
_RESTS: tuple[dict[str, str | None], ...] = ({"HttpOnly": None}, {}, {"SameSite": "Lax"}, {}, {})
# What a reader of cookies.txt puts into a cookie; all modules write this form.
_FILE_RESTS: tuple[dict[str, str | None], ...] = ({"HTTPOnly": ""}, {}, {}, {}, {})


@cache
def _values(length: int) -> tuple[str, ...]:
    text = ValueText(random.Random(SEED))
    return tuple(text.cut("token", length, length) for _ in range(_VALUES_OF_A_LENGTH))


def site_name(number: int) -> str:
    """Return the domain of site `number`."""
    return f"site{number}.test"


def cookie_arguments(number: int, *, for_files: bool = False) -> CookieArguments:
    """
    The sixteen arguments of `Cookie(...)` for cookie `number`.

    Args:
        number: Cookies 0 to 9 belong to site 0, and so on.
        for_files: Persistent cookies only, with the attributes that survive a
            save and a load in every format.
    """
    site, place = divmod(number, COOKIES_OF_A_SITE)
    shared = place < COOKIES_OF_A_DOMAIN
    kind = place % COOKIES_OF_A_DOMAIN
    persistent = for_files or kind != 0
    value = _values(_LENGTHS[kind])[number % _VALUES_OF_A_LENGTH]
    path = "/account" if kind == COOKIES_OF_A_DOMAIN - 1 else "/"
    return (
        0, f"{_NAMES[kind]}{'' if shared else '_www'}", value,
        None, False,
        f".{site_name(site)}" if shared else f"www.{site_name(site)}", shared, shared,
        path, True,
        kind % 2 == 0,
        _EXPIRES + number if persistent else None, not persistent,
        None, None,
        (_FILE_RESTS if for_files else _RESTS)[kind],
    )  # fmt: skip


def cookies(module: ModuleType, count: int, *, for_files: bool = False) -> list[Cookie]:
    """Build the first `count` cookies with the class of that module."""
    make = module.Cookie
    return [make(*cookie_arguments(number, for_files=for_files)) for number in range(count)]


def fill(jar: CookieJar, module: ModuleType, count: int, *, for_files: bool = False) -> None:
    """Store the first `count` cookies in a jar."""
    for cookie in cookies(module, count, for_files=for_files):
        jar.set_cookie(cookie)
