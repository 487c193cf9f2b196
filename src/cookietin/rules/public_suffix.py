"""Public suffixes: under which names others register names.

Source: publicsuffix.org, "Format" and "Algorithm"; RFC 6265bis sections 5.7 (step 9) and 8.9.

The list is the one that the package publicsuffixlist ships, 10,397 rules in October 2026; the engine of
publicsuffix2 reads it (its own list is of 2019). Rules of the ICANN and of the private section count
alike, and names under no rule fall under "*". The parent of a wildcard is a public suffix too:
Chromium, Firefox and publicsuffixlist take it for one, and the list's own linter counts on it.

Rules of this file:
- No network. The list is read when the first question comes, once: 27 to 42 ms, and 25 to import the
  engine if urllib.request is not there yet; 0.8 MB stay, 4 MB at most meanwhile (3.13).
- Answers are remembered; several threads may ask.
"""

from __future__ import annotations

import os
import re
import threading
from functools import lru_cache

from cookietin.errors import shown
from cookietin.rules.hosts import canonical_host, is_numeric, mapped_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    class Engine(Protocol):
        """An object with a look-up of its own; publicsuffixlist's has `publicsuffix` for it."""

        def public_suffix(self, host: str, /) -> str | None: ...

    Source = str | os.PathLike[str] | Iterable[str] | Engine

_MOST_REMEMBERED = 4096

# A rule: labels, below "*." or behind "!" if need be; or "*" itself, which always holds.
_RULE = re.compile(r"(?:\*\.|!(?=[^.]+\.))?[^.*!/<>:,;\s]+(?:\.[^.*!/<>:,;\s]+)*|\*")

_NOTHING = "no lines at all"  # the only source that may be without rules

# What a rule says of the name after its "*." or "!".
_EXACT, _WILDCARD, _EXCEPTION = 1, 2, 4


class PublicSuffixes:
    """
    A list of public suffixes.

    Args:
        source: The file name of a list; or its lines (an open file, which is read at once); or an
            object with a look-up of its own: `publicsuffix2.PublicSuffixList`,
            `publicsuffixlist.PublicSuffixList`, or whatever has `public_suffix(host)`. None for the
            list that the package publicsuffixlist ships. No lines at all leave the rule "*".

    Hosts may be given as U-labels or A-labels, in any case, and are answered as U-labels or A-labels,
    in lower case. A trailing dot is kept. What is no host has no public suffix. An object is asked
    for canonical hosts without trailing dot; where it knows none, the last label is taken.

    Raises:
        TypeError: The source is none of these.
        ValueError: It is an open file with nothing in it.

    A list is read when the first question comes; that raises OSError if it cannot be read, ValueError
    if there is no rule in it, or something that is none. The next question tries again.

    Attributes:
        site_of: Gives the registrable domain of a canonical host, or the host itself if it has none.
        is_suffix: Tells whether a canonical host is a public suffix.
    """

    def __init__(self, source: Source | None = None) -> None:
        self._source: Source | None = source
        if isinstance(source, str | os.PathLike):
            # Absolute: the working directory may change until the file is read.
            self._source = os.path.abspath(os.fsdecode(source))
        elif source is not None and _look_up_of(source) is None and not hasattr(source, "tlds"):
            self._source = _lines_of(source)
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._rules: dict[str, int] | None = None
        self._depth = 0  # labels of the longest rule
        self._version: str | None = None
        look_up = _look_up_of(self._source)
        self._length: Callable[[str], int] = lru_cache(_MOST_REMEMBERED)(
            self._walk if look_up is None else lambda host: _labels(look_up(host) or "")
        )
        self.site_of: Callable[[str], str] = lru_cache(_MOST_REMEMBERED)(self._site_of)
        # Both are asked of canonical hosts, and often: 0.07 us when remembered.
        self.is_suffix: Callable[[str], bool] = lru_cache(_MOST_REMEMBERED)(self._is_suffix)

    @property
    def version(self) -> str | None:
        """What the list says of its age, "2026-10-22_08-36-41_UTC" for instance; None if nothing."""
        if _look_up_of(self._source) is None:
            self._loaded()
        return self._version

    def public_suffix(self, host: str) -> str:
        """
        The longest public suffix of a host; of an address the address itself.

        >>> PublicSuffixes(["uk", "co.uk"]).public_suffix("a.b.co.uk")
        'co.uk'
        """
        canonical = canonical_host(host)
        if canonical is None or is_numeric(canonical):
            return host
        return _last_labels(mapped_host(host), self._length(canonical.removesuffix(".")))

    def registrable_domain(self, host: str) -> str | None:
        """
        The public suffix and one label more; None if the host has no more, or is an address.

        >>> PublicSuffixes(["uk", "co.uk"]).registrable_domain("a.b.co.uk")
        'b.co.uk'
        """
        canonical = canonical_host(host)
        if canonical is None or is_numeric(canonical):
            return None
        length = self._length(canonical.removesuffix(".")) + 1
        return _last_labels(mapped_host(host), length) if length <= _labels(canonical) else None

    def is_public_suffix(self, host: str) -> bool:
        """Tell whether a host is a public suffix."""
        canonical = canonical_host(host)
        return canonical is not None and self.is_suffix(canonical)

    def _is_suffix(self, host: str) -> bool:
        if is_numeric(host):
            return False
        name = host.removesuffix(".")
        if _look_up_of(self._source) is not None:
            return self._length(name) >= _labels(name)
        # What `_walk` says, in two looks: 0.7 us against 2.5, and it fills no memory.
        rules = self._loaded()
        kinds = rules.get(name, 0)
        if kinds:
            return not kinds & _EXCEPTION
        _, dot, parent = name.partition(".")
        return not dot or rules.get(parent, 0) & (_WILDCARD | _EXCEPTION) == _WILDCARD

    def _site_of(self, host: str) -> str:
        """The registrable domain of a canonical host, or the host itself if it has none."""
        if is_numeric(host):
            return host
        length = self._length(host.removesuffix(".")) + 1
        return _last_labels(host, length)

    def _walk(self, host: str) -> int:
        """Number of labels in the public suffix of a canonical host without a trailing dot."""
        rules = self._loaded()
        # No rule has more labels than `_depth`: a host of thousands of labels is no more work.
        at = len(host)
        for _ in range(self._depth):
            at = host.rfind(".", 0, at)
            if at < 0:
                break
        name = host[at + 1 :]
        child = ""
        while True:  # from the longest name on: the first rule found has the most labels
            kinds = rules.get(name, 0)
            if kinds & _EXCEPTION:
                return _labels(name) - 1
            if kinds:
                # "*.kobe.test" makes every child of kobe.test a public suffix, and itself.
                return _labels(child if kinds & _WILDCARD and child else name)
            child = name
            name = name.partition(".")[2]
            if not name:
                return 1  # the rule "*"

    def _loaded(self) -> dict[str, int]:
        rules = self._rules
        if rules is None:
            with self._lock:
                rules = self._rules
                if rules is None:
                    rules, self._depth, self._version = _read(self._source)
                    self._rules = rules
        return rules

    def __reduce__(self) -> tuple[object, ...] | str:
        if self is SHIPPED:
            return "SHIPPED"
        return type(self), (self._source,)

    def __repr__(self) -> str:
        source = self._source
        if source is None or isinstance(source, str | os.PathLike):
            return f"PublicSuffixes({'' if source is None else repr(source)})"
        if isinstance(source, tuple):
            return f"PublicSuffixes(<{len(source)} lines>)"
        return f"PublicSuffixes(<{type(source).__name__}>)"


def _labels(host: str) -> int:
    """Number of labels, without the empty one behind a trailing dot; at least 1."""
    return host.removesuffix(".").count(".") + 1


def _last_labels(host: str, number: int) -> str:
    """The last so many labels of a host, and its trailing dot."""
    at = len(host) - 1 if host.endswith(".") else len(host)
    for _ in range(number):
        at = host.rfind(".", 0, at)
        if at < 0:
            return host
    return host[at + 1 :]


def _look_up_of(source: object) -> Callable[[str], str | None] | None:
    """The look-up of an object that has one."""
    return getattr(source, "public_suffix", None) or getattr(source, "publicsuffix", None)


def _lines_of(source: object) -> tuple[str, ...]:
    """The lines of an open file or a list of rules."""
    given: list[object] = [None]
    if hasattr(source, "__iter__"):
        given = list(source)
    lines = tuple(line for line in given if isinstance(line, str))
    if len(lines) < len(given):
        raise TypeError(
            "source: expected a file name, the lines of a list as texts, or an object with "
            f"public_suffix(host), got {type(source).__name__}"
        )
    if not lines and hasattr(source, "read"):
        raise ValueError(
            "source: the open file holds no line; was it read before? Pass () for no rules"
        )
    return lines


def _read(source: Source | None) -> tuple[dict[str, int], int, str | None]:
    """What the rules of a list say of names, the most labels of a rule, and the list's version."""
    tlds = getattr(source, "tlds", None)
    if tlds is not None:  # the engine itself; its own look-up takes "amazonaws.com" for a rule
        rules = _by_name(tlds, f"the {type(source).__name__} given")
        return *rules, None
    if isinstance(source, tuple):
        lines, name = list(source), "the lines given" if source else _NOTHING
    else:
        # It is a file name; `__init__` has sorted out the other kinds.
        name = _shipped_file() if source is None else os.fspath(source)  # type: ignore[arg-type]
        lines = _lines_in(name)
    version = None
    for line in lines:
        if line.startswith("// VERSION:"):
            version = line.removeprefix("// VERSION:").strip()
            break
    import publicsuffix2  # type: ignore[import-untyped]

    # Not `idna=True`: that is IDNA 2003, another mapping than that of canonical hosts.
    return *_by_name(publicsuffix2.PublicSuffixList(psl_file=lines, idna=False).tlds, name), version


def _lines_in(name: str) -> list[str]:
    try:
        with open(name, encoding="utf-8-sig") as stream:
            return list(stream)
    except FileNotFoundError as error:
        error.add_note("a list of public suffixes is at https://publicsuffix.org/list/")
        raise
    except UnicodeDecodeError:
        raise ValueError(
            f"{shown(name)}: expected UTF-8 text, a list as publicsuffix.org has it"
        ) from None


def _by_name(rules: Iterable[str], source: str) -> tuple[dict[str, int], int]:
    """What the rules say of names in A-labels, and the most labels of a rule."""
    kinds: dict[str, int] = {}
    depth = 0
    for line in rules:
        words = line.split(None, 1)  # a rule ends at the first blank
        rule = words[0].removeprefix(".") if words else ""
        kind = _EXACT
        name = rule
        if rule.startswith("*."):
            kind, name = _WILDCARD, rule[2:]
        elif rule.startswith("!"):
            kind, name = _EXCEPTION, rule[1:]
        canonical = canonical_host(name) if _RULE.fullmatch(rule) is not None else None
        if canonical is None:
            raise ValueError(
                f"{shown(source)}: {shown(rule)} is no rule; "
                "expected a list as publicsuffix.org has it"
            )
        kinds[canonical] = kinds.get(canonical, 0) | kind
        depth = max(depth, rule.count(".") + 1)
    if not kinds and source != _NOTHING:
        raise ValueError(
            f"{shown(source)}: no rule found; expected a list as publicsuffix.org has it"
        )
    kinds.pop("*", None)  # it holds for names that nothing else is said of
    return kinds, depth


def _shipped_file() -> str:
    import importlib.util

    found = importlib.util.find_spec("publicsuffixlist")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            "there is no list of public suffixes: install the package publicsuffixlist, or pass "
            "public_suffixes= to the policy"
        )
    return os.path.join(os.path.dirname(found.origin), "public_suffix_list.dat")


SHIPPED = PublicSuffixes()
