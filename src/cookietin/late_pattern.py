"""Regular expressions that are compiled when they are first used.

Compiling those of this package takes 4 ms, a tenth of what importing `http.cookiejar` takes, and most
programs use two or three.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LatePattern:
    """
    A regular expression with the methods of `re.Pattern`.

    Args:
        source: Its text.
        flags: As for `re.compile`.
    """

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Called once for each method: then it is an attribute.
        method = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, method)
        return method
