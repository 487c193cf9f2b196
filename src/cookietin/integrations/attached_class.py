"""The class of a client that a jar was attached to: the program's, with ours right before the client's.

    class Shop(requests.Session)      becomes      class Shop(Shop, integrations.requests.Session)

So the program's methods stay outermost, and their `super()` comes to ours, which stands before the
client's own.

Rules of this file:
- Knows no client and no jar.
"""

from __future__ import annotations

import types
import weakref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Held by their clients alone: a program may make its classes as it goes.
_CLASSES: weakref.WeakValueDictionary[tuple[type, type], type] = weakref.WeakValueDictionary()


def attached_class(ours: type[Any], theirs: type[Any]) -> type[Any]:
    """
    The class that a client of their class gets; one and the same for all of these.

    Args:
        ours: Derived from the client's own class.
        theirs: The client's own class, for which the answer is ours, or one derived from it.

    Returns:
        It is called and found as theirs, and has both in `_cookietin_made_of`, for pickles.
    """
    if issubclass(ours, theirs):
        return ours
    made = _CLASSES.get((ours, theirs))
    if made is None:
        names = {name: getattr(theirs, name) for name in ("__module__", "__qualname__", "__doc__")}
        names["_cookietin_made_of"] = ours, theirs
        made = types.new_class(
            theirs.__name__, (theirs, ours), exec_body=lambda room: room.update(names)
        )
        made = _CLASSES.setdefault((ours, theirs), made)
    return made
