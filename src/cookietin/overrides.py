"""Has somebody replaced a method? Who takes a short way past documented methods asks here first.

A method may be replaced by a subclass, on the class itself (tests of programs do that) and on the
object. The functions are remembered when our classes are made, before anybody can patch them.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Methods:
    """
    Some methods of a class, as they were when this was made.

    Args:
        cls: The class.
        names: Their names.
    """

    __slots__ = ("_functions", "_get", "names")

    def __init__(self, cls: type, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._get = attrgetter(*sorted(self.names))
        self._functions = self._get(cls)

    def are_kept_by(self, thing: object) -> bool:
        """Tell whether an object of that class, or of a subclass, still has these methods."""
        # Compared as one tuple: 0.4 us for a dozen methods.
        kept = self._get(thing.__class__) == self._functions
        return bool(kept) and self.names.isdisjoint(thing.__dict__)
