"""A nested dict of cookies whose domains are read when somebody asks for them.

Domains are read by families (see `census`): all that may go to a host, and all that counts for a site,
come together. Whoever iterates, counts or compares reads the rest first. Once all has been read the
object turns into a `WholeCookies`, which is as fast as a dict.

Rules of this file:
- Knows no database; whoever made the dict reads for it.
- To a program it is the dict that it would be if all had been read at the beginning.
"""

from __future__ import annotations

from cookietin.census import family_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from cookietin.store import Cookies, Paths

    class Source(Protocol):
        """Where a dict reads its domains."""

        def read_family(self, cookies: LazyCookies, family: str) -> None:
            """Put the domains of a family into the dict, and the family into `families`."""

        def read_all(self, cookies: LazyCookies) -> None:
            """Put all domains into the dict, in their order, and call `complete`."""

        def has_any(self) -> bool:
            """Tell whether there is any domain to be read."""


_MOST_ASKED = 10_000


class WholeCookies(dict[str, "Paths"]):
    """
    Cookies by domain, path and name, all of them.

    Attributes:
        families: What has been read; of no meaning once all has.
        read: What `get` returns of what has been read.
        places: Place of each domain in the order in which they came.
        source: Who reads.
    """

    __slots__ = ("_asked", "families", "places", "read", "source")

    read: Callable[[str], Paths | None]

    whole = True

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source: Source = source
        self.families: set[str] = set()
        self.places: dict[str, int] = {}
        self.read = super().get
        self._asked: set[Iterable[str]] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self.items()),)

    def __copy__(self) -> Cookies:
        return dict(self.items())

    copy = __copy__


class LazyCookies(WholeCookies):
    """The same, of which some may not have been read yet."""

    __slots__ = ()

    whole = False

    def complete(self) -> None:
        """All has been read."""
        self.families.clear()
        self.__class__ = WholeCookies  # type: ignore[assignment]  # of the same layout

    def _ask(self, domain: object) -> None:
        """Read a domain, and with it its family, if that was not done."""
        if isinstance(domain, str):
            family = family_of(domain)
            if family not in self.families:
                self.source.read_family(self, family)

    def read_for(self, domains: Iterable[str]) -> None:
        """Read some domains; at once where the same ones have been asked for before."""
        if type(domains) is not tuple:
            for domain in domains:
                self._ask(domain)
        elif domains not in self._asked:
            for domain in domains:
                self._ask(domain)
            if len(self._asked) < _MOST_ASKED:
                self._asked.add(domains)

    def _read(self) -> None:
        if not self.whole:  # another thread may have done it
            self.source.read_all(self)

    def __missing__(self, domain: str) -> Paths:
        self._ask(domain)
        if dict.__contains__(self, domain):
            return dict.__getitem__(self, domain)
        raise KeyError(domain)

    def __contains__(self, domain: object) -> bool:
        if dict.__contains__(self, domain):
            return True
        self._ask(domain)
        return dict.__contains__(self, domain)

    def get(self, domain: str, default: Any = None) -> Any:
        return dict.__getitem__(self, domain) if domain in self else default

    def __setitem__(self, domain: str, paths: Paths) -> None:
        self._ask(domain)
        dict.__setitem__(self, domain, paths)

    def __delitem__(self, domain: str) -> None:
        self._ask(domain)
        dict.__delitem__(self, domain)

    def setdefault(self, domain: str, default: Any = None) -> Any:
        self._ask(domain)
        return dict.setdefault(self, domain, default)

    def pop(self, domain: str, *default: Any) -> Any:
        self._ask(domain)
        return dict.pop(self, domain, *default)

    def __bool__(self) -> bool:
        # `len` would read all, for every request.
        return dict.__len__(self) > 0 or self.source.has_any()


def _reading(name: str) -> Callable[..., Any]:
    """A method of dicts that needs all of it."""
    plain = getattr(dict, name)

    def method(self: LazyCookies, *arguments: Any, **named: Any) -> Any:
        self._read()
        return plain(self, *arguments, **named)

    method.__name__ = name
    return method


for _name in (
    "__eq__", "__ge__", "__gt__", "__ior__", "__iter__", "__le__", "__len__", "__lt__", "__ne__",
    "__or__", "__repr__", "__reversed__", "__ror__", "clear", "items", "keys", "popitem", "update",
    "values",
):  # fmt: skip
    setattr(LazyCookies, _name, _reading(_name))
LazyCookies.__hash__ = None  # as of any dict
