"""Looks into the distributions: nothing that belongs there is missing, nothing else is there.

    python .ci/distributions.py SOURCE SDIST WHEEL WHEEL_FROM_TREE

Args:
    SOURCE: A clean clone.
    SDIST: Made from it.
    WHEEL: Made from the sdist.
    WHEEL_FROM_TREE: Made from the clone.

Exits with 1 and says what is wrong.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

IN_SDIST = ("src/", "tests/", "docs/", "README.md", "LICENSE", "pyproject.toml", ".gitignore")
# The core metadata, which the build adds.
ADDED_TO_SDIST = {"PKG-INFO"}
DIST_INFO = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


def tracked(source: Path) -> set[str]:
    """The files of a clone."""
    listed = subprocess.run(
        ["git", "-C", source, "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    return set(listed.stdout.split("\0")) - {""}


def of_sdist(path: Path) -> dict[str, bytes]:
    """What an sdist holds, by names without its one folder."""
    with tarfile.open(path) as archive:
        return {
            member.name.partition("/")[2]: file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }


def of_wheel(path: Path) -> dict[str, bytes]:
    """What a wheel holds, by names."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(what: str, expected: set[str], found: set[str]) -> list[str]:
    """Sentences on the names that are missing and those that are too many."""
    missing = [f"{what}: {name} is missing" for name in sorted(expected - found)]
    return missing + [f"{what}: {name} does not belong there" for name in sorted(found - expected)]


def main(source: Path, sdist: Path, wheel: Path, wheel_from_tree: Path) -> int:
    files = tracked(source)
    packed, installed = of_sdist(sdist), of_wheel(wheel)
    version = sdist.name.removeprefix("cookietin-").removesuffix(".tar.gz")
    modules = {name.removeprefix("src/") for name in files if name.startswith("src/cookietin/")}

    problems = differences(
        "sdist", {name for name in files if name.startswith(IN_SDIST)} | ADDED_TO_SDIST, set(packed)
    )
    problems += differences(
        "wheel",
        modules | {f"cookietin-{version}.dist-info/{name}" for name in DIST_INFO},
        set(installed),
    )
    problems += [
        f"sdist: {name} is not as in the clone"
        for name, octets in sorted(packed.items())
        if name in files and octets != (source / name).read_bytes()
    ]
    if installed != of_wheel(wheel_from_tree):
        problems.append("the wheel from the sdist is not the one from the clone")
    if "cookietin/py.typed" not in installed:
        problems.append("wheel: without cookietin/py.typed no type checker reads the annotations")
    print("\n".join(problems) or f"{len(packed)} files in the sdist, {len(installed)} in the wheel")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
