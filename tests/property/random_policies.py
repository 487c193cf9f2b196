"""Random policies, made alike for two modules with the standard library's interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

FLAGS = {
    "netscape": [True, True, True, False],
    "rfc2965": [False, True],
    "rfc2109_as_netscape": [None, True, False],
    "hide_cookie2": [False, True],
    "strict_domain": [False, True],
    "strict_rfc2965_unverifiable": [True, False],
    "strict_ns_unverifiable": [False, True],
    "strict_ns_domain": [0, 1, 2, 3, 4, 7],
    "strict_ns_set_initial_dollar": [False, True],
    "strict_ns_set_path": [False, True],
    "secure_protocols": [("https", "wss"), ("http", "https"), ()],
    "blocked_domains": [None, [".example.test"], ["www.example.test", ".co.uk"], ["192.0.2.7"]],
    "allowed_domains": [None, None, [".example.test", "example.test"], []],
}


def _calls_super(name: str) -> Callable[[type, list[Any]], Callable[..., Any]]:
    def make(base: type, log: list[Any]) -> Callable[..., Any]:
        def rule(self: Any, subject: Any, *request: Any) -> Any:
            log.append((name, getattr(subject, "name", subject)))
            return getattr(base, name)(self, subject, *request)

        return rule

    return make


def _constant(name: str, answer: bool) -> Callable[[type, list[Any]], Callable[..., Any]]:
    def make(base: type, log: list[Any]) -> Callable[..., Any]:
        def rule(self: Any, subject: Any, *request: Any) -> bool:
            log.append((name, getattr(subject, "name", subject)))
            return answer

        return rule

    return make


# Rules that a subclass replaces, with what by. Not those that hear of a deletion more often here
# than in the standard library: they may answer, but their calls are not compared.
QUIET = ("set_ok", "is_blocked", "is_not_allowed")
REPLACED = [
    {},
    {"domain_return_ok": _constant("domain_return_ok", True)},
    {"domain_return_ok": _constant("domain_return_ok", False)},
    {"domain_return_ok": _calls_super("domain_return_ok")},
    {"path_return_ok": _constant("path_return_ok", True)},
    {"path_return_ok": _calls_super("path_return_ok")},
    {"return_ok": _calls_super("return_ok")},
    {"return_ok_secure": _constant("return_ok_secure", True)},
    {"return_ok_domain": _constant("return_ok_domain", True)},
    {"return_ok_expires": _constant("return_ok_expires", False)},
    {"return_ok_port": _calls_super("return_ok_port")},
    {"set_ok": _constant("set_ok", True)},
    {"set_ok_domain": _constant("set_ok_domain", True)},
    {"set_ok_name": _constant("set_ok_name", False)},
    {"is_blocked": _constant("is_blocked", True)},
    {"is_not_allowed": _constant("is_not_allowed", False)},
    {
        "return_ok": _constant("return_ok", True),
        "domain_return_ok": _constant("domain_return_ok", True),
        "path_return_ok": _constant("path_return_ok", True),
    },
]


class PolicySpec:
    """A policy that has not been made yet."""

    def __init__(self, flags: dict[str, Any], replaced: dict[str, Any], on_instance: bool) -> None:
        self.flags = flags
        self.replaced = replaced
        self.on_instance = on_instance

    def __repr__(self) -> str:
        where = "on the instance" if self.on_instance else "in a subclass"
        return f"<{self.flags} with {sorted(self.replaced)} {where}>"

    @property
    def lets_deletions_pass(self) -> bool:
        """Whether set_ok says yes to every deletion, so that both libraries delete alike."""
        return not self.flags and not any(
            name.startswith(("set_", "is_")) for name in self.replaced
        )

    def make(self, module: Any, log: list[Any]) -> Any:
        """The policy, of the class that a module brings; its replaced rules write into a log."""
        base = module.DefaultCookiePolicy
        rules = {name: make(base, log) for name, make in self.replaced.items()}
        if not self.on_instance:
            return type("Policy", (base,), rules)(**self.flags)
        policy = base(**self.flags)
        for name, rule in rules.items():
            setattr(policy, name, rule.__get__(policy))
        return policy


def specs() -> st.SearchStrategy[PolicySpec]:
    flags = st.one_of(
        st.just({}),
        st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in FLAGS.items()}),
    )
    return st.builds(PolicySpec, flags, st.sampled_from(REPLACED), st.booleans())
