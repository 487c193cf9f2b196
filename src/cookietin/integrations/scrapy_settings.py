"""What the settings of a scrapy project say about jars.

Rules of this file:
- A setting that cannot be is refused before the crawl begins, by its name.
- Import paths are read as scrapy reads them; what is no text counts as the object itself.
- Imports no client.
"""

from __future__ import annotations

import inspect
import os
import pkgutil

from cookietin.context import target_of
from cookietin.cookiejar import CookieJar, DefaultCookiePolicy
from cookietin.cookiejar.stdlib import original
from cookietin.errors import shown
from cookietin.integrations.asking import checked_jar
from cookietin.integrations.contexts import checked_context
from cookietin.integrations.keyed_files import KeyedFiles
from cookietin.rules.public_suffix import SHIPPED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.cookiejar
    from collections.abc import Callable
    from typing import Any, Protocol
    from urllib.request import Request

    from cookietin.request_context import RequestContext

    class Settings(Protocol):
        """As much of scrapy's settings as is read."""

        def get(self, name: Any, default: Any = None) -> Any: ...
        def getwithbase(self, name: Any) -> Any: ...


class CookiePolicy(DefaultCookiePolicy):
    """
    The rules of scrapy's own middleware: the standard library's, and no cookie for a public suffix.

    It takes the arguments of `DefaultCookiePolicy`. A host that is a public suffix itself may set
    cookies, for itself alone. The list comes with publicsuffixlist; nothing is downloaded.
    """

    def set_ok_domain(self, cookie: original.Cookie, request: Request) -> bool:
        domain = cookie.domain.removeprefix(".")
        if cookie.domain_specified and SHIPPED.is_public_suffix(domain):
            if domain != target_of(request).host.name:
                return False
            cookie.domain = domain
        return super().set_ok_domain(cookie, request)


class AskedFor:
    """
    The settings.

    Args:
        settings: Of the crawl.

    Attributes:
        policy: Of COOKIES_POLICY, default `CookiePolicy()`; all jars share it.
        files: Of COOKIES_FILE; None if jars are not kept.
        max_jars: Of COOKIES_MAX_JARS.
        context: Of COOKIES_CONTEXT.

    Raises:
        TypeError, ValueError: A setting cannot be.
        ImportError: What one names is not there.
    """

    def __init__(self, settings: Settings) -> None:
        self.policy: http.cookiejar.CookiePolicy = _policy_of(settings.get("COOKIES_POLICY"))
        self._make_jar = _maker_of(settings.get("COOKIES_JAR"))
        path = settings.get("COOKIES_FILE")
        # An empty text is how a project's setting is taken back on the command line.
        self.files: KeyedFiles | None = None
        if path is not None and path != "":
            if not isinstance(path, str | os.PathLike):
                raise TypeError(
                    f"COOKIES_FILE: expected a text or a Path, got {type(path).__name__}"
                )
            self.files = KeyedFiles(path, self.policy, self._make_jar)
        self.max_jars: int | None = _number_of(settings.get("COOKIES_MAX_JARS"))
        try:
            self.context: RequestContext | None = checked_context(settings.get("COOKIES_CONTEXT"))
        except TypeError as error:
            raise TypeError(f"COOKIES_CONTEXT: {error}") from None

    def open_jar(self, key: object) -> CookieJar:
        """
        The jar of a key, with the cookies of its file if there is one.

        Raises:
            TypeError: COOKIES_JAR made none, or none with a file; the key has no file.
            LoadError, OSError: The file cannot be read.
        """
        if self.files is not None:
            return self.files.open(key)
        make_jar = self._make_jar
        return (
            CookieJar(self.policy)
            if make_jar is None
            else checked_jar(make_jar(policy=self.policy))
        )


def check_built_in_is_off(settings: Settings, used: type, built_in: type) -> None:
    """
    Refuse to run beside the middleware that is to be replaced.

    Raises:
        ValueError: Both are on: each would drop the Cookie field of the other.
    """
    switches = dict(settings.getwithbase("DOWNLOADER_MIDDLEWARES"))
    on = [name for name, place in switches.items() if place is not None]
    if _is_among(on, used) and _is_among(on, built_in):
        raise ValueError(
            "DOWNLOADER_MIDDLEWARES: the built-in cookies middleware is on beside that of cookietin; "
            f"add '{built_in.__module__}.{built_in.__qualname__}': None"
        )


def _is_among(names: list[object], middleware: type) -> bool:
    path = f"{middleware.__module__}.{middleware.__qualname__}"
    return any(name is middleware or name == path for name in names)


def _named(setting: str, value: object) -> Any:
    """What a setting names, or is."""
    if not isinstance(value, str):
        return value
    module, dot, _ = value.rpartition(".")
    if not dot or not module:
        raise ValueError(
            f"{setting}: expected an import path such as 'cookietin.CookieJar', got {shown(value)}"
        )
    try:
        return pkgutil.resolve_name(value)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportError(f"{setting}: {shown(value)} is not there: {error}") from None


def _policy_of(value: object) -> http.cookiejar.CookiePolicy:
    policy = CookiePolicy() if value is None else _named("COOKIES_POLICY", value)
    if callable(policy):
        policy = policy()
    if not isinstance(policy, original.CookiePolicy):
        raise TypeError(
            "COOKIES_POLICY: expected a policy, or a class or function that makes one, got "
            f"{type(policy).__name__}"
        )
    return policy


def _maker_of(value: object) -> Callable[..., object] | None:
    maker: object = None if value is None else _named("COOKIES_JAR", value)
    if maker is None:
        return None
    if not callable(maker):
        raise TypeError(
            "COOKIES_JAR: expected a class or function that makes a jar for each key, got "
            f"{type(maker).__name__}"
        )
    if isinstance(maker, type) and not issubclass(maker, CookieJar):
        raise TypeError(f"COOKIES_JAR: expected a CookieJar of cookietin, got {maker.__name__}")
    try:
        inspect.signature(maker).bind(policy=None)
    except TypeError as error:
        raise TypeError(
            f"COOKIES_JAR: is called with the argument policy=, which it does not take: {error}"
        ) from None
    return maker


def _number_of(value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(value)  # type: ignore[call-overload]  # a text, from the command line
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise ValueError(f"COOKIES_MAX_JARS: expected a number of at least 1, got {shown(value)}")
    return int(number)
