"""Has somebody replaced a method? Who takes a short way past documented methods asks here first.

A method may be replaced by a subclass, on the class itself (tests of programs do that) and on the
object. The functions are remembered when our classes are made, before anybody can patch them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Methods:
    """
    Some methods of a class, as they were when this was made.

    Args:
        cls: The class.
        names: Their names.
    """

    __slots__ = ("_functions", "are_kept_by", "cls", "names")

    # Tell whether an object is of that class, or of a subclass, and still has these methods.
    are_kept_by: Callable[[object], bool]

    def __init__(self, cls: type, names: Iterable[str]) -> None:
        self.cls: type = cls
        self.names: tuple[str, ...] = tuple(sorted(set(names)))
        self._functions = tuple([getattr(cls, name) for name in self.names])
        self.are_kept_by = self._compare

    def _compare(self, thing: object) -> bool:
        # The question is asked for each request. Written out, an attribute of a class is found by
        # the interpreter's inline cache: 0.25 us for eleven methods, where `attrgetter` takes 0.6.
        # Written when it is first asked, since compiling takes 0.1 ms.
        source = (
            "def are_kept_by(thing):\n"
            "    cls = thing.__class__\n"
            "    return (\n"
            "        isinstance(thing, known)\n"
            f"        and ({''.join(f'cls.{name}, ' for name in self.names)}) == functions\n"
            "        and names.isdisjoint(thing.__dict__)\n"
            "    )\n"
        )
        # What is special, such as __iter__, is looked up in the class alone.
        names = frozenset(name for name in self.names if not name.startswith("__"))
        room = {"known": self.cls, "functions": self._functions, "names": names}
        exec(source, room)
        self.are_kept_by = room["are_kept_by"]  # type: ignore[assignment]  # just defined
        return self.are_kept_by(thing)
