"""Other attributes that many cookies have in common, such as HttpOnly and SameSite=Lax.

The parsers make one for all fields that end alike, and cookies keep it as it is. It is never changed:
whoever may change a cookie's attributes gets a dict of its own (`Cookie._rest`).
"""

from __future__ import annotations


class SharedAttributes(dict[str, "str | None"]):
    """Attributes by their names as spelled."""

    __slots__ = ()
