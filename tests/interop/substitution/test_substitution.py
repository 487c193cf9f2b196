"""With us at sys.modules["http.cookiejar"], other people's libraries work unchanged.

Each script under scripts/ runs in child processes: once with the standard library in place, the
oracle, and once for each way to put our module there. What the functions of a script return must be
equal; their names are the names of the tests.
"""

import ast
import pathlib

import pytest

SCRIPTS = sorted((pathlib.Path(__file__).parent / "scripts").glob("with_*.py"))
SUBSTITUTES = [
    pytest.param(("cookietin.cookiejar", "fresh"), id="by the module"),
    pytest.param(("cookietin", "fresh"), id="by the package"),
]


def functions():
    """One row for each public function of each script, named as a sentence."""
    for script in SCRIPTS:
        for node in ast.parse(script.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                client = script.stem.removeprefix("with_").replace("_", "-")
                words = node.name.replace("_", " ")
                yield pytest.param(script, node.name, id=f"{client}: {words}")


@pytest.mark.parametrize("substitute", SUBSTITUTES)
@pytest.mark.parametrize(("script", "function"), list(functions()))
def test_library_cannot_tell_the_difference(outcome, script, function, substitute):
    """A program that swaps the module at start-up must keep every library it uses."""
    expected = outcome("http.cookiejar", "fresh", script)[function]
    assert "raised" not in expected, expected

    actual = outcome(*substitute, script)[function]

    assert actual == expected


@pytest.mark.parametrize("substitute", SUBSTITUTES)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem.replace("_", " "))
def test_library_really_uses_the_substitute(outcome, script, substitute):
    """By identity: a stale reference to the old module would make the other tests meaningless."""
    results = outcome(*substitute, script)

    assert results["module_in_place"] == substitute[0]
    assert [label for label, same in results["in_use"].items() if not same] == []


@pytest.mark.parametrize("module", ["cookietin.cookiejar", "cookietin"])
def test_substitution_works_after_the_real_module_was_imported(outcome, module):
    """Nobody controls what was imported before; `fresh`, in the other tests, is the other case."""
    script = SCRIPTS[[path.stem for path in SCRIPTS].index("with_urllib")]
    expected = outcome("http.cookiejar", "fresh", script)

    actual = outcome(module, "loaded", script)

    assert {**actual, "module_in_place": None} == {**expected, "module_in_place": None}
