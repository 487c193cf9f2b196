"""Jars that share a file, in any order of changes and syncs. Oracle: a dict of what was last synced.

For each key the model has the value in the file, and for each jar the values in the jar and those it
last saw. A sync is three lines: what the jar changed since then goes into the file, deletions included;
what it did not change comes from the file; then both have seen the same.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cookietin import (
    BrowserCookiePolicy,
    Cookie,
    DefaultCookiePolicy,
    LWPCookieJar,
    MozillaCookieJar,
)

FAR = 4_102_444_800  # the year 2100
ENDED = 1_000_000_000

Key = tuple[str, str, str]
Held = tuple[str, str, str | None]  # value, kind, mark

keys = st.tuples(
    st.sampled_from(["shop.test", ".shop.test", "other.test"]),
    st.sampled_from(["/", "/a"]),
    st.sampled_from(["a", "b", "c"]),
)
values = st.sampled_from(["1", "2"])
kinds = st.sampled_from(["lasting", "lasting", "lasting", "session", "ended"])
numbers = st.integers(0, 2)


def cookie_of(key: Key, value: str, kind: str, mark: str) -> Cookie:
    """A cookie with an attribute that cookies.txt cannot hold, which tells whose it was."""
    domain, path, name = key
    expires = {"lasting": FAR, "session": None, "ended": ENDED}[kind]
    dotted = domain.startswith(".")
    return Cookie(
        0, name, value, None, False, domain, dotted, dotted, path, True, False,
        expires, expires is None, None, None, {"mark": mark},
    )  # fmt: skip


class Known:
    """What the model knows of one jar."""

    def __init__(self) -> None:
        self.now: dict[Key, Held] = {}
        self.then: dict[Key, Held] = {}
        self.seen: dict[Key, Held] = {}
        self.keeps_session = False


def is_filed(cookie: Held | None, known: Known) -> bool:
    """Tell whether a jar writes a cookie."""
    return cookie is not None and (
        cookie[1] == "lasting" or (cookie[1] == "session" and known.keeps_session)
    )


class Machine(RuleBasedStateMachine):
    """Three jars, one file."""

    jar_class: type[MozillaCookieJar] | type[LWPCookieJar] = MozillaCookieJar
    holds_marks = False  # so a cookie without its mark has come from the file

    @initialize(
        policies=st.lists(st.booleans(), min_size=3, max_size=3),
        keeping=st.lists(st.booleans(), min_size=3, max_size=3),
    )
    def begin(self, policies: list[bool], keeping: list[bool]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = str(Path(self.folder.name, "cookies"))
        self.jars = [
            self.jar_class(
                path,
                policy=BrowserCookiePolicy(limits=None) if browser else DefaultCookiePolicy(),
                persist_session=keeps,
            )
            for browser, keeps in zip(policies, keeping, strict=True)
        ]
        self.known = [Known() for _ in self.jars]
        for known, keeps in zip(self.known, keeping, strict=True):
            known.keeps_session = keeps
        self.file: dict[Key, Held] = {}
        self.there = False

    @rule(number=numbers, key=keys, value=values, kind=kinds)
    def put(self, number: int, key: Key, value: str, kind: str) -> None:
        # Of what a jar wrote itself, a sync looks at value, expiry-time and Secure alone.
        mark = "held" if self.holds_marks else f"{number}"
        self.jars[number].set_cookie(cookie_of(key, value, kind, mark))
        self.known[number].now[key] = (value, kind, mark)

    @rule(number=numbers, key=keys)
    def remove(self, number: int, key: Key) -> None:
        known = self.known[number]
        if known.now.pop(key, None) is not None:
            self.jars[number].clear(*key)

    @rule(number=numbers, key=keys, value=values)
    def change_by_hand(self, number: int, key: Key, value: str) -> None:
        known = self.known[number]
        if key in known.now:
            domain, path, name = key
            self.jars[number]._cookies[domain][path][name].value = value
            known.now[key] = (value, *known.now[key][1:])

    @rule(number=numbers)
    def sync(self, number: int) -> None:
        jar, known = self.jars[number], self.known[number]
        jar.sync()
        if not self.there:
            known.then = {}
        file = self.file
        for key in {*known.now, *known.then, *file}:
            mine, then = known.now.get(key), known.then.get(key)
            ended = then is not None and then[1] == "ended"
            if mine != then and not (mine is None and ended):
                if is_filed(mine, known):
                    assert mine is not None
                    file[key] = (*mine[:2], mine[2] if self.holds_marks else None)
                    self.there = True
                else:
                    file.pop(key, None)
        self._take_in(known)
        known.then = dict(known.now)
        known.seen = dict(file)

    def _take_in(self, known: Known) -> None:
        seen = known.seen
        changed = {
            key
            for key in {*known.now, *known.then}
            if known.now.get(key) != known.then.get(key)
            and not (key not in known.now and known.then[key][1] == "ended")
        }
        for key in {*seen, *self.file} - changed:
            new, old = self.file.get(key), seen.get(key)
            if new == old:
                continue
            had = old is not None and key in known.now
            if new is None or not (new[1] == "lasting" or known.keeps_session or had):
                if had:
                    del known.now[key]
            else:
                known.now[key] = new

    @invariant()
    def jars_hold_what_the_model_says(self) -> None:
        for jar, known in zip(getattr(self, "jars", ()), self.known, strict=True):
            held = {(each.domain, each.path, each.name): each for each in jar}
            assert {key: (each.value, each._rest.get("mark")) for key, each in held.items()} == {
                key: (value, mark) for key, (value, _, mark) in known.now.items()
            }

    @invariant()
    def file_holds_what_the_model_says(self) -> None:
        if getattr(self, "there", False):
            reader = self.jar_class(self.jars[0].filename)
            reader.load(ignore_discard=True, ignore_expires=True)
            assert {(each.domain, each.path, each.name): each.value for each in reader} == {
                key: value for key, (value, *_) in self.file.items()
            }

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


class LWPMachine(Machine):
    """The same for a format that holds all attributes."""

    jar_class = LWPCookieJar
    holds_marks = True


@pytest.mark.parametrize("machine", [Machine, LWPMachine], ids=["cookies.txt", "Set-Cookie3"])
def test_any_order_of_changes_and_syncs_ends_as_the_model_says(machine: Any) -> None:
    """Nothing is lost, brought back, or replaced by a poorer copy of itself."""
    case = machine.TestCase
    examples = max(hypothesis_settings.default.max_examples // 10, 5)
    case.settings = hypothesis_settings(
        hypothesis_settings.default, max_examples=examples, stateful_step_count=25, deadline=None
    )
    case().runTest()
