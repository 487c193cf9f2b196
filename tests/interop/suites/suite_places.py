"""Where the clients' tests come from, and the environment that they run in.

Rules of this file:
- pip alone speaks to the package index.
- Nothing of an sdist is run before its tests are: pip wants to know what an sdist is before it hands
  it over, and asks the sdist's build backend. It finds stand-ins, which read the answer from PKG-INFO.
- The environment lies on top of the one that runs this program: what is installed there, cookietin
  among it, is not installed again, and nothing is changed there.
"""

import contextlib
import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile

HERE = pathlib.Path(__file__).parent
INSIDE = ("suite_startup.py", "suite_recorder.py")
BACKENDS = ("setuptools/build_meta.py", "hatchling/build.py", "flit_core/buildapi.py")
STAND_IN = """
import pathlib, shutil, sys

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    place = pathlib.Path(folder, "client.dist-info")
    place.mkdir()
    shutil.copy("PKG-INFO", place / "METADATA")
    return place.name

__legacy__ = sys.modules[__name__]
"""


class PlaceError(Exception):
    """A client's tests, or what they need, could not be had; says what pip said."""


def installed_version(client):
    """The version at hand, or None."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(client)
    return None


def run_pip(*arguments, **environment):
    """Run pip quietly; PlaceError with its last complaint if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise PlaceError(f"pip {arguments[0]}: {(complaints or [done.stderr[-300:]])[-1]}")


def fetch_sdists(versions, folder):
    """
    Download and unpack the sdists.

    Args:
        versions: Client to version.
        folder: Where they go; it is made, and what it has is not fetched again.

    Returns:
        Client to the top folder of its sdist.
    """
    stand_ins = folder / "stand-ins"
    for name in BACKENDS:
        (stand_ins / name).parent.mkdir(parents=True, exist_ok=True)
        (stand_ins / name).write_text(STAND_IN, encoding="utf-8")
    missing = [name for name, version in versions.items() if not unpacked(folder, name, version)]
    if missing:
        run_pip(
            *("download", "--quiet", "--no-deps", "--no-binary", ":all:"),
            *("--use-pep517", "--no-build-isolation", "--dest", str(folder / "archives")),
            *(f"{name}=={versions[name]}" for name in missing),
            PYTHONPATH=str(stand_ins),
        )
    for name in missing:
        (archive,) = named_like(folder / "archives", name, versions[name] + ".tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return {name: unpacked(folder, name, version) for name, version in versions.items()}


def named_like(folder, client, rest):
    """What is in a folder under the name of a client, however the sdist spells it."""
    wanted = f"{client}-{rest}".lower().replace("-", "_")
    return [path for path in folder.glob("*") if path.name.lower().replace("-", "_") == wanted]


def unpacked(folder, client, version):
    """The top folder of an sdist, or None."""
    return next(iter(named_like(folder, client, version)), None)


def make_environment(folder, packages):
    """
    An environment with these packages, on top of the running one.

    Args:
        folder: Where it goes; one that is there is brought up to date.
        packages: As pip takes them; those at hand in the running environment count.

    Returns:
        The path of its interpreter.
    """
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        # From the interpreter that the running environment was made from.
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
    site_packages = pathlib.Path(
        sysconfig.get_path("purelib", "venv", vars={"base": str(folder)})  # of the same version
    )
    for name in INSIDE:
        shutil.copy(HERE / name, site_packages / name)
    below = sysconfig.get_path("purelib")
    lines = f"import site; site.addsitedir({below!r})\nimport suite_startup\n"
    (site_packages / "suite.pth").write_text(lines, encoding="utf-8")
    if packages:
        run_pip("--python", str(python), "install", "--quiet", *packages, PYTHONPATH="")
    return python
