"""The clients' own tests about cookies pass with our module as with http.cookiejar.

Run from the clients' sdists: by hand all of them (`run.py`), here the quick ones. They need the
package index and the clients of the `interop` extra; without one of them they are skipped.
"""

import pytest
from run import verdicts_on
from suite_places import PlaceError, fetch_sdists, installed_version
from suite_recipes import RECIPES, Recipe
from suite_verdicts import compare, details, table

QUICK = [recipe for recipe in RECIPES if recipe.quick]
RECIPE = Recipe("client", ("tests",), "client:Jar", departures={"Saving.test_zero": "we write 0"})
PASSED, FAILED, SKIPPED = ("passed", ""), ("failed", "no cookie"), ("skipped", "no browser")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Client to verdict; all in one go, since they share an environment."""
    pairs = [(recipe, installed_version(recipe.client)) for recipe in QUICK]
    absent = [recipe.client for recipe, version in pairs if version is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    folder = tmp_path_factory.mktemp("suites")
    try:
        fetch_sdists({recipe.client: version for recipe, version in pairs}, folder / "sdists")
    except PlaceError as error:
        pytest.skip(f"the sdists cannot be had: {error}")
    return {verdict.client: verdict for verdict in verdicts_on(pairs, folder, quick=True)}


@pytest.mark.parametrize("client", [recipe.client for recipe in QUICK])
def test_what_passes_with_the_standard_library_passes_with_ours(verdicts, client):
    """Whoever swaps the module must not find out by a client that breaks."""
    verdict = verdicts[client]

    assert not verdict.regressed, "\n".join(details(verdict))
    assert len(verdict.both) > 10, table([verdict])


@pytest.mark.parametrize(
    ("theirs", "ours", "part"),
    [
        pytest.param(PASSED, PASSED, "both", id="passes with both"),
        pytest.param(PASSED, FAILED, "only_theirs", id="fails with ours"),
        pytest.param(PASSED, SKIPPED, "only_theirs", id="is skipped with ours"),
        pytest.param(PASSED, None, "only_theirs", id="is not run with ours"),
        pytest.param(FAILED, PASSED, "only_ours", id="fails with the standard library"),
        pytest.param(FAILED, FAILED, "neither", id="fails with both"),
        pytest.param(SKIPPED, SKIPPED, "skipped", id="is skipped with both"),
    ],
)
def test_every_test_is_judged(theirs, ours, part):
    """A comparison that overlooks a test would call a regression a success."""
    records = [
        {} if outcome is None else {"tests/a.py::test": outcome} for outcome in (theirs, ours)
    ]

    verdict = compare(RECIPE, "1.0", *records)

    assert list(getattr(verdict, part)) == ["tests/a.py::test"]
    assert verdict.tests == 1
    assert verdict.regressed is (part == "only_theirs")


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("tests/a.py::Saving::test_zero", id="by pytest"),
        pytest.param("tests/a.py::Saving::test_zero[row]", id="by pytest with parameters"),
        pytest.param("tests.a.Saving.test_zero", id="by unittest"),
    ],
)
def test_departure_is_excused_however_the_test_is_named(test):
    """What we do differently on purpose is listed, with its reason, and is no regression."""
    verdict = compare(RECIPE, "1.0", {test: PASSED}, {test: FAILED})

    assert verdict.departed == {test: "we write 0"}
    assert not verdict.regressed


def test_departure_that_passes_is_stale():
    """A list of excuses that outlive their reason would hide the next defect."""
    test = "tests/a.py::Saving::test_zero"

    verdict = compare(RECIPE, "1.0", {test: PASSED}, {test: PASSED})

    assert verdict.stale == ["Saving.test_zero"]
    assert verdict.regressed
