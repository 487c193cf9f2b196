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

from suite_places import PlaceError, fetch_sdists, installed_version, make_environment
from suite_recipes import INTEGRATIONS, OURS, RECIPES
from suite_verdicts import compare, details, page, table

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


def record_of(recipe, place, python, *, module, folder, quick=False, **more):
    """
    Run a client's tests once.

    Args:
        recipe: What to run.
        place: Top folder of the sdist.
        python: Interpreter of the environment.
        module: What is at http.cookiejar.
        folder: Where the record of the run goes.
        quick: Only the quick tests.
        more: Further variables of the environment, see suite_startup and suite_recorder.

    Returns:
        `{test: (outcome, why)}`.
    """
    record = folder / f"{recipe.client}.json"
    record.unlink(missing_ok=True)
    chosen = recipe.quick if quick else recipe.tests
    command = [str(python), "-m", "suite_recorder", *chosen]
    if not chosen[0].endswith("run_tests.py"):
        left_out = [f"--deselect={name}" for name in recipe.left_out]
        plugins = [part for name in recipe.plugins for part in ("-p", name)]
        command[2:3] = ["pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "suite_recorder"]
        command += ["--continue-on-collection-errors", *plugins, *recipe.options, *left_out]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    folders = [*source_folders(), *(str(place / name) for name in recipe.folders)]
    environment |= {
        "PYTHONPATH": os.pathsep.join(folders),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "SUITE_MODULE": module,
        "SUITE_PROOF": recipe.jar,
        "SUITE_RECORD": str(record),
        **more,
    }
    return read_record(recipe, run_to_the_end(command, place, environment), record, module)


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


def read_record(recipe, said, record, module):
    """The outcomes, if they are about the jar that was asked for."""
    if not record.exists():
        raise RunError(f"{recipe.client}: no record of the run with {module}: {said}")
    found = json.loads(record.read_text(encoding="utf-8"))
    if (module == OURS) != found["jar"].startswith("cookietin."):
        raise RunError(f"{recipe.client}: asked for {module}, the client had {found['jar']}")
    if not found["outcomes"]:
        raise RunError(f"{recipe.client}: no test was run: {said}")
    return found["outcomes"]


def verdict_on(recipe, version, place, python, *, folder, quick=False, count=False):
    """Run a client's tests with the standard library and with ours, and compare."""
    where = {"folder": folder, "quick": quick}
    theirs = record_of(recipe, place, python, module=THEIRS, **where)
    if recipe.instead:
        ours = record_of(
            recipe, place, python, module=THEIRS, SUITE_INSTEAD=recipe.instead, **where
        )
    else:
        ours = record_of(recipe, place, python, module=OURS, **where)
    deaf = None
    if count:
        deaf = record_of(recipe, place, python, module=THEIRS, SUITE_DEAF="1", **where)
    return compare(recipe, version, theirs, ours, deaf)


def chosen_recipes(arguments):
    """The recipes asked for, each with a version, or with None where the client is not at hand."""
    recipes = INTEGRATIONS if arguments.integrations else RECIPES
    if arguments.quick:
        recipes = [recipe for recipe in recipes if recipe.quick]
    known = {recipe.client.lower(): recipe for recipe in recipes}
    pairs = []
    for name in arguments.clients or known:
        client, _, version = name.partition("==")
        if client.lower() not in known:
            raise SystemExit(f"{client!r} is none of {', '.join(known)}")
        recipe = known[client.lower()]
        pairs.append((recipe, version or installed_version(recipe.client) or None))
    return pairs


def verdicts_on(pairs, folder, *, quick=False, count=False):
    """The verdicts on recipes and versions, one after the other."""
    versions = {recipe.client: version for recipe, version in pairs}
    places = fetch_sdists(versions, folder / "sdists")
    for recipe, version in pairs:
        together = [r for r, _ in pairs if r.apart == recipe.apart and (not r.apart or r is recipe)]
        packages = {
            need for r in together for need in (f"{r.client}=={versions[r.client]}", *r.needs)
        }
        name = recipe.client if recipe.apart else "together"
        python = make_environment(folder / "environments" / name, sorted({*packages, "pytest"}))
        yield verdict_on(
            recipe, version, places[recipe.client], python, folder=folder, quick=quick, count=count
        )


def main(words=None):
    """Run what is asked for and print what is found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clients", nargs="*", help="name, or name==version; default: all at hand")
    parser.add_argument("--folder", type=pathlib.Path, default="build/clients-own-tests")
    parser.add_argument("--quick", action="store_true", help="only the quick tests about cookies")
    parser.add_argument("--count", action="store_true", help="count the tests that look at cookies")
    parser.add_argument(
        "--integrations", action="store_true", help="put our client classes in place"
    )
    parser.add_argument("--page", type=pathlib.Path, help="write the page of the documentation")
    arguments = parser.parse_args(words)
    pairs = chosen_recipes(arguments)
    for recipe, version in pairs:
        if version is None:
            print(f"{recipe.client}: not installed; name a version to run its tests")
    pairs = [pair for pair in pairs if pair[1]]
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    verdicts = []
    for verdict in verdicts_on(pairs, folder, quick=arguments.quick, count=arguments.count):
        print("\n".join([f"{verdict.client} {verdict.version}", "", *details(verdict)]), flush=True)
        verdicts.append(verdict)
    print(table(verdicts))
    if arguments.page:
        command = " ".join(["python tests/interop/suites/run.py", *(words or sys.argv[1:])])
        text = page(verdicts, [recipe for recipe, _ in pairs], command)
        arguments.page.write_text(text, encoding="utf-8")
    return int(any(verdict.regressed for verdict in verdicts))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (PlaceError, RunError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
