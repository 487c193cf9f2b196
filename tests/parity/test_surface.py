"""Every name, signature, error and text of http.cookiejar is here too. Oracle: the module itself."""

from __future__ import annotations

import http.cookiejar as stdlib
import importlib
import inspect
import subprocess
import sys
import types
from typing import Any

import pytest

import cookietin
import cookietin.cookiejar as ours

CLASSES = [
    "Cookie",
    "CookieJar",
    "CookiePolicy",
    "DefaultCookiePolicy",
    "FileCookieJar",
    "LWPCookieJar",
    "LoadError",
    "MozillaCookieJar",
]
NAMES = sorted(name for name in vars(stdlib) if not name.startswith("__"))


@pytest.mark.parametrize("face", [ours, cookietin], ids=lambda face: face.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_name_is_offered(face: Any, name: str) -> None:
    """Programs import helpers and constants too (mechanize takes thirteen)."""
    value, theirs = getattr(face, name), getattr(stdlib, name)

    assert type(value) is type(theirs) or isinstance(value, type(theirs))
    if not isinstance(theirs, type | types.FunctionType | types.ModuleType):
        assert value == theirs


@pytest.mark.parametrize("face", [ours, cookietin], ids=lambda face: face.__name__)
def test_unknown_names_are_unknown(face: Any) -> None:
    """A typing error is an error, and modules of ours do not show under another's name."""
    for name in ("CookieJarr", "__path_of_nowhere__"):
        with pytest.raises(AttributeError, match=name):
            getattr(face, name)
    assert set(stdlib.__all__) <= set(face.__all__)
    assert set(NAMES) <= set(dir(face))


def test_package_does_not_pass_a_room_of_the_face_for_its_own() -> None:
    """`from cookietin import jar` is cookietin.jar."""
    code = "from cookietin import jar, collection; print(jar.__name__, collection.__name__)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["cookietin.jar", "cookietin.collection"]


@pytest.mark.parametrize("name", CLASSES)
def test_class_inherits_from_the_standard_library(name: str) -> None:
    """requests sends nothing, without an error, from a jar that is no instance of the original."""
    assert issubclass(getattr(ours, name), getattr(stdlib, name))


def members(cls: type) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(cls).items()
        if callable(value) and name not in ("__class__", "__weakref__")
    }


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "LoadError"])
def test_no_method_of_the_original_runs_on_our_state(name: str) -> None:
    """A method that a later Python adds or moves has to be noticed."""
    mine, theirs = getattr(ours, name), getattr(stdlib, name)

    inherited = [
        member
        for base in theirs.__mro__[:-1]
        for member in members(base)
        if getattr(mine, member) is getattr(theirs, member)
    ]

    assert inherited == []


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "LoadError"])
def test_signatures_are_the_same(name: str) -> None:
    """Callers pass arguments by position and by keyword; what a file's jar adds is keyword-only."""
    mine, theirs = getattr(ours, name), getattr(stdlib, name)
    for member, function in members(theirs).items():
        if not isinstance(function, types.FunctionType):
            continue
        expected = inspect.signature(function).parameters.values()
        actual = inspect.signature(getattr(mine, member)).parameters.values()
        if "FileCookieJar" in [each.__name__ for each in mine.__mro__]:
            actual = [p for p in actual if p.kind is not p.KEYWORD_ONLY]

        assert [(p.name, p.default, p.kind) for p in actual] == [
            (p.name, p.default, p.kind) for p in expected
        ], member


def test_function_signatures_are_the_same() -> None:
    """The helpers too; what we add is keyword-only."""
    for name in NAMES:
        theirs, mine = getattr(stdlib, name), getattr(ours, name)
        if isinstance(theirs, types.FunctionType) and mine is not theirs:
            expected = [(p.name, p.default) for p in inspect.signature(theirs).parameters.values()]
            actual = [
                (p.name, p.default)
                for p in inspect.signature(mine).parameters.values()
                if p.kind is not p.KEYWORD_ONLY
            ]

            assert actual == expected, name


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "LoadError"])
def test_class_attributes_are_the_same(name: str) -> None:
    """Flags and patterns are read from the classes."""
    for member, value in vars(getattr(stdlib, name)).items():
        if not callable(value) and not member.startswith("__"):
            assert getattr(getattr(ours, name), member) == value


FIELDS = (
    0, "name", "value", None, False, "Example.TEST", True, False, "/", True, True, "12.5", False,
    "comment", "http://example.test/", {"HttpOnly": None}, True,
)  # fmt: skip


def test_cookie_is_written_alike() -> None:
    """Reprs end up in tests and logs of programs."""
    mine, theirs = ours.Cookie(*FIELDS), stdlib.Cookie(*FIELDS)

    assert repr(mine) == repr(theirs)
    assert str(mine) == str(theirs)
    assert vars(mine) == vars(theirs)
    assert mine != ours.Cookie(*FIELDS)
    assert hash(mine) == object.__hash__(mine)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({0: "x"}, id="version is no number"),
        pytest.param({11: "soon"}, id="expiry is no number"),
        pytest.param({4: True}, id="port specified but missing"),
        pytest.param({5: None}, id="no domain"),
        pytest.param({11: float("inf")}, id="expiry is infinite"),
    ],
)
def test_cookie_refuses_what_the_original_refuses(changed: dict[int, Any]) -> None:
    """With the same class of error."""
    fields = [changed.get(at, value) for at, value in enumerate(FIELDS)]
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - the oracle's error, whatever it is
        stdlib.Cookie(*fields)

    with pytest.raises(type(theirs.value)):
        ours.Cookie(*fields)


def test_cookie_questions() -> None:
    """has_, get_ and set_nonstandard_attr and is_expired."""
    for module in (stdlib, ours):
        cookie = module.Cookie(*FIELDS)
        bare = module.Cookie(*FIELDS[:15], {})
        cookie.set_nonstandard_attr("x", "1")

        assert cookie.has_nonstandard_attr("HttpOnly")
        assert not bare.has_nonstandard_attr("HttpOnly")
        assert bare.get_nonstandard_attr("x", "default") == "default"
        assert cookie.get_nonstandard_attr("x") == "1"
        assert cookie.is_expired()
        assert cookie.is_expired(12)
        assert not cookie.is_expired(11.5)
        bare._rest = {"y": None}
        assert bare.has_nonstandard_attr("y")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((None, "/"), ValueError),
        ((None, None, "a"), ValueError),
        (("example.test", None, "a"), ValueError),
        (("nowhere.test",), KeyError),
        (("example.test", "/x"), KeyError),
        (("example.test", "/", "x"), KeyError),
    ],
)
def test_clear_raises_alike(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    """Texts and missing keys included."""
    texts = []
    for module in (stdlib, ours):
        jar = module.CookieJar()
        jar.set_cookie(module.Cookie(*FIELDS[:5], "example.test", *FIELDS[6:]))
        with pytest.raises(error) as caught:
            jar.clear(*arguments)
        texts.append(str(caught.value))

    assert texts[0] == texts[1]


def test_file_jars_without_a_name_raise_alike() -> None:
    """The text is a constant that yt-dlp imports."""
    for name in ("FileCookieJar", "MozillaCookieJar", "LWPCookieJar"):
        jar = getattr(ours, name)()
        for verb in ("load", "revert") + (("save",) if name != "FileCookieJar" else ()):
            with pytest.raises(ValueError, match="a filename was not supplied"):
                getattr(jar, verb)()
    with pytest.raises(NotImplementedError):
        ours.FileCookieJar("x").save()
    for verb in ("set_ok", "return_ok"):
        with pytest.raises(NotImplementedError):
            getattr(ours.CookiePolicy(), verb)(None, None)
    assert ours.CookiePolicy().domain_return_ok("", None) is True
    assert ours.CookiePolicy().path_return_ok("", None) is True


def test_jars_are_written_alike() -> None:
    """Class name, brackets and cookies."""
    for name in ("CookieJar", "MozillaCookieJar", "LWPCookieJar"):
        mine, theirs = getattr(ours, name)(), getattr(stdlib, name)()
        assert (repr(mine), str(mine), len(mine), bool(mine)) == (
            repr(theirs), str(theirs), len(theirs), bool(theirs),
        )  # fmt: skip
        mine.set_cookie(ours.Cookie(*FIELDS))
        theirs.set_cookie(stdlib.Cookie(*FIELDS))
        assert (repr(mine), str(mine), len(mine), bool(mine)) == (
            repr(theirs), str(theirs), len(theirs), bool(theirs),
        )  # fmt: skip


def test_lwp_text_is_the_same() -> None:
    """`as_lwp_str` and `lwp_cookie_str`, quoting as the running interpreter has it."""
    variants = [
        FIELDS,
        (1, "n", None, "80,81", True, ".x.test", True, True, *FIELDS[8:13], None, None, {}),
    ]
    for fields in variants:
        mine, theirs = ours.LWPCookieJar(), stdlib.LWPCookieJar()
        mine.set_cookie(ours.Cookie(*fields))
        theirs.set_cookie(stdlib.Cookie(*fields))

        assert mine.as_lwp_str() == theirs.as_lwp_str()
        assert mine.as_lwp_str(False, False) == theirs.as_lwp_str(False, False)
        assert ours.lwp_cookie_str(next(iter(theirs))) == stdlib.lwp_cookie_str(next(iter(theirs)))


def test_load_error_is_an_os_error_that_programs_raise_themselves() -> None:
    """yt-dlp raises and catches it."""
    error = ours.LoadError("text")

    assert isinstance(error, OSError)
    assert (str(error), error.line_number, error.problem) == ("text", None, None)


@pytest.mark.parametrize("face", ["cookietin", "cookietin.cookiejar"])
@pytest.mark.parametrize("before", ["import http.cookiejar", ""], ids=["after", "before"])
def test_face_stands_in_for_the_original(face: str, before: str) -> None:
    """In sys.modules, whether or not somebody has imported the original first."""
    code = f"""
{before}
import sys, importlib, http
face = importlib.import_module({face!r})
sys.modules["http.cookiejar"] = http.cookiejar = face
import http.cookiejar, urllib.request
from http.cookiejar import CookieJar, LoadError, reach
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
jar = next(h for h in opener.handlers if hasattr(h, "cookiejar")).cookiejar
assert type(jar) is CookieJar is face.CookieJar, type(jar)
assert CookieJar.__module__.startswith("cookietin")
base = CookieJar.__mro__[-2]
assert (base.__module__, base.__qualname__) == ("http.cookiejar", "CookieJar"), base
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_import_is_silent_and_light() -> None:
    """Nothing but the standard library's own jar is dragged in."""
    code = """
import http.cookiejar, sys
before = set(sys.modules)
import cookietin
assert not any(name.startswith("cookietin.") for name in sys.modules), "the package is lazy"
import cookietin.cookiejar
print(*sorted(set(name.partition(".")[0] for name in set(sys.modules) - before)))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["__future__", "cookietin", "importlib"]


def test_version_is_a_version() -> None:
    """One place, read by the build."""
    assert importlib.import_module("cookietin").__version__.count(".") == 2
