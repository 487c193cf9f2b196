"""May a jar go past the documented methods of its policy, since nobody has replaced any?

Rules of this file:
- Asked for each request and each response, so it has to be cheap; never wrong, so it looks each time.
"""

from __future__ import annotations

from cookietin.collection import Collection
from cookietin.policy.classic import (
    inherits_rules_directly,
    keeps_return_rules,
    keeps_set_rules,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def follows_classic_rules(jar: Collection, policy: Any) -> bool:
    """
    Tell whether all rules of the jar's policy are the standard library's, by its documented methods.

    Whoever replaces a method adds a name to the dict of the object, or of its class, where that has
    none of these methods itself. So the sizes of two dicts tell in 0.15 us what comparing sixteen
    methods tells in 1.
    """
    known = jar._cookietin_known
    if (
        known is not None
        and known[0] is policy
        and known[1:] == (len(policy.__dict__), len(policy.__class__.__dict__))
    ):
        return True
    if not keeps_set_rules(policy) or not keeps_return_rules(policy):
        return False
    if inherits_rules_directly(policy):
        jar._cookietin_known = policy, len(policy.__dict__), len(policy.__class__.__dict__)
    return True
