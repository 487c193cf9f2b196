"""Runs the clients' own tests: with http.cookiejar, and with our module in its place.

    python tests/interop/suites/run.py requests httpx==0.28.1
    python tests/interop/suites/run.py --page docs/reference/clients-own-tests.md

Exit status: 0 if all that passes with the standard library passes with ours, 1 if not, 2 if a
client's tests could not be had.

Rules of this file:
- Each run is a process of its own, in an environment that is told what is in place.
- A run counts only if the client really had the jar at hand that was asked for.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

from suite_places import PlaceError, fetch_sdists, installed_version, make_environment
from suite_recipes import INTEGRATIONS, OURS, RECIPES, Recipe
from suite_verdicts import compare, details, page, table, title

THEIRS = "http.cookiejar"
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
TIME_LIMIT = 900


class RunError(Exception):
    """A run that says nothing about the jar: it did not end, or met another jar."""


def source_folders():
    """Where children find cookietin, if not in the environment that theirs lies on."""
    package = importlib.util.find_spec("cookietin")
    root = pathlib.Path(package.origin).parents[1]
    return [] if root.name in ("site-packages", "dist-packages") else [str(root)]


class Way(NamedTuple):
    """One way to run the tests."""

    name: str
    module: str  # what is at http.cookiejar
    more: dict[str, str]  # further variables, see suite_startup and suite_recorder


class Suite(NamedTuple):
    """The tests of a client, ready to run."""

    recipe: Recipe
    version: str
    place: pathlib.Path  # top folder of the sdist
    python: pathlib.Path  # interpreter of the environment
    records: pathlib.Path  # folder for what the runs write down
    quick: bool

    def outcomes(self, way):
        """
        Run the tests, unless the record is there.

        Returns:
            `{test: (outcome, why)}`.
        """
        record = self.records / f"{self.recipe.client}-{self.version}-{way.name}.json"
        said = "the record was there"
        if not record.exists():
            said = run_to_the_end(self.command(), self.place, self.environment(way, record))
        return read_record(f"{self.recipe.client}, {way.name}", said, record, way)

    def command(self):
        """What is typed in the top folder of the sdist."""
        recipe = self.recipe
        chosen = recipe.quick if self.quick else recipe.tests
        if chosen[0].endswith("run_tests.py"):
            return [str(self.python), "-m", "suite_recorder", *chosen]
        plugins = [part for name in ("suite_recorder", *recipe.plugins) for part in ("-p", name)]
        return [
            *(str(self.python), "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider"),
            *(*plugins, "--continue-on-collection-errors", *chosen, *recipe.options),
            *(f"--deselect={name}" for name in recipe.left_out),
        ]

    def environment(self, way, record):
        """Nobody's settings, and what is in place."""
        folders = [*source_folders(), *(str(self.place / name) for name in self.recipe.folders)]
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PYTHONPATH": os.pathsep.join(folders),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "SUITE_MODULE": way.module,
            "SUITE_PROOF": self.recipe.jar,
            "SUITE_RECORD": str(record),
            **way.more,
        }

    def verdict(self, *, count=False):
        """Run with the standard library and with ours, and compare; `count` runs a third time."""
        way = Way("ours", OURS, {})
        if self.recipe.instead:
            way = Way("integration", THEIRS, {"SUITE_INSTEAD": self.recipe.instead})
        theirs, ours = self.outcomes(Way("theirs", THEIRS, {})), self.outcomes(way)
        deaf = self.outcomes(Way("deaf", THEIRS, {"SUITE_DEAF": "1"})) if count else None
        return compare(self.recipe, self.version, theirs, ours, deaf)


def run_to_the_end(command, place, environment):
    """The last lines that a run printed; what it started and left is ended by its closed pipes."""
    try:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, errors="replace",
            timeout=TIME_LIMIT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"not ended after {TIME_LIMIT} s"
    return (done.stdout[-1000:] + done.stderr[-1000:]).strip()


def read_record(run, said, record, way):
    """The outcomes, if they are about the jar and the classes that were asked for."""
    if not record.exists():
        raise RunError(f"{run}: no record of the run: {said}")
    found = json.loads(record.read_text(encoding="utf-8"))
    if (way.module == OURS) != found["jar"].startswith("cookietin."):
        raise RunError(f"{run}: asked for {way.module}, the client had {found['jar']}")
    if found["own"]:
        raise RunError(f"{run}: the client had classes of its own: {', '.join(found['own'])}")
    if not found["outcomes"]:
        raise RunError(f"{run}: no test was run: {said}")
    return found["outcomes"]


def chosen_recipes(names, *, quick=False, integrations=True):
    """The recipes asked for, each with a version, or with None where the client is not at hand."""
    recipes = [*RECIPES, *(INTEGRATIONS if integrations else ())]
    known = {recipe.client.lower(): recipe.client for recipe in recipes}
    asked = dict.fromkeys(known.values()) if not names else {}
    for name in names:
        client, _, version = name.partition("==")
        if client.lower() not in known:
            raise SystemExit(f"{client!r} is none of {', '.join(known.values())}")
        asked[known[client.lower()]] = version or None
    return [
        (recipe, asked[recipe.client] or installed_version(recipe.client))
        for recipe in recipes
        if recipe.client in asked and (recipe.quick or not quick)
    ]


def verdicts_on(pairs, folder, *, quick=False, reuse=False, count=False):
    """The verdicts on recipes and versions, one after the other."""
    versions = {recipe.client: version for recipe, version in pairs}
    places = fetch_sdists(versions, folder / "sdists")
    records = folder / ("quick" if quick else "records")
    records.mkdir(exist_ok=True)
    met, pythons = set(), {}
    for recipe, version in pairs:
        name = recipe.client if recipe.apart else "together"
        if name not in pythons:
            others = [recipe] if recipe.apart else [other for other, _ in pairs if not other.apart]
            packages = {f"{other.client}=={versions[other.client]}" for other in others}
            packages.update(need for other in others for need in (*other.needs, "pytest"))
            place = folder / "environments" / name
            pythons[name] = make_environment(place, sorted(packages))
        # The run with the standard library is the same for the module and for the integration.
        if not reuse and recipe.client not in met:
            for record in records.glob(f"{recipe.client}-{version}-*.json"):
                record.unlink()
        met.add(recipe.client)
        suite = Suite(recipe, version, places[recipe.client], pythons[name], records, quick)
        yield suite.verdict(count=count)


def main(words=None):
    """Run what is asked for and print what is found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clients", nargs="*", help="name, or name==version; default: all at hand")
    parser.add_argument("--folder", type=pathlib.Path, default="build/clients-own-tests")
    parser.add_argument("--quick", action="store_true", help="only the quick tests about cookies")
    parser.add_argument("--count", action="store_true", help="count the tests that look at cookies")
    parser.add_argument("--reuse", action="store_true", help="keep the records that the folder has")
    parser.add_argument("--page", type=pathlib.Path, help="write the page of the documentation")
    arguments = parser.parse_args(words)
    pairs = chosen_recipes(arguments.clients, quick=arguments.quick)
    for client in {recipe.client: None for recipe, version in pairs if version is None}:
        print(f"{client}: not installed; name a version to run its tests")
    pairs = [pair for pair in pairs if pair[1]]
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = []
    options = {"quick": arguments.quick, "reuse": arguments.reuse, "count": arguments.count}
    for verdict in verdicts_on(pairs, folder, **options):
        print("\n".join([f"# {title(verdict)}", "", *details(verdict)]), flush=True)
        verdicts.append(verdict)
    print(table(verdicts))
    if arguments.page:
        named = dict.fromkeys(f"{recipe.client}=={version}" for recipe, version in pairs)
        count = ["--count"] if arguments.count else []
        command = " ".join(["python tests/interop/suites/run.py", *count, *named])
        text = page(verdicts, [recipe for recipe, _ in pairs], command)
        arguments.page.write_text(text, encoding="utf-8")
    return int(any(verdict.regressed for verdict in verdicts))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (PlaceError, RunError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
