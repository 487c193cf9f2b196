"""Which versions of each client are supported, and what an unsupported one is told.

Rules of this file:
- Imports no client. `OLDEST` is what the extras of the package ask for, and what is tested.
- There is no newest version: what a module needs of its client beyond the documented is looked for by
  `needs`, so that a version without it is refused when the module is imported, not at the first cookie.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re

# Each is tested in CI, as is the newest at hand (docs/reference/clients.md).
OLDEST = {
    "requests": "2.28.0",
    "niquests": "3.12.0",
    "httpx": "0.26.0",
    "httpx2": "2.0.0",
    "aiohttp": "3.14.0",
    "scrapy": "2.13.4",
}


def require(client: str) -> None:
    """
    Refuse to go on without a supported version of a client.

    Args:
        client: Its name, which is that of its extra too.

    Raises:
        ModuleNotFoundError: It is not installed.
        ImportError: It is too old.
    """
    try:
        found = importlib.metadata.version(client)
    except importlib.metadata.PackageNotFoundError:
        # Programs that were packed into one file come without metadata; `needs` looks at the client.
        if importlib.util.find_spec(client) is not None:
            return
        raise ModuleNotFoundError(
            f"cookietin.integrations.{client} needs {client}, which is not installed: "
            f"pip install 'cookietin[{client}]'",
            name=client,
        ) from None
    if _numbers(found) < _numbers(OLDEST[client]):
        raise ImportError(
            f"cookietin.integrations.{client} needs {client} {OLDEST[client]} or newer, found "
            f"{found}: pip install --upgrade 'cookietin[{client}]'",
            name=client,
        )


def needs(client: str, **seams: tuple[object, ...]) -> None:
    """
    Refuse a client without what a module relies on.

    Args:
        client: Its name.
        seams: By the name of an attribute, the objects that must have it.

    Raises:
        ImportError: One has not.

    >>> needs("requests", join=(str, bytes))
    """
    for attribute, holders in seams.items():
        for holder in holders:
            if not hasattr(holder, attribute):
                raise ImportError(
                    f"cookietin.integrations.{client} does not know this version of {client}: "
                    f"{getattr(holder, '__name__', holder)} has no {attribute}; "
                    f"see docs/reference/clients.md for the versions that are tested",
                    name=client,
                )


def _numbers(version: str) -> tuple[int, ...]:
    """The release of a version; what follows it (rc1, .post2) does not matter here."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()
