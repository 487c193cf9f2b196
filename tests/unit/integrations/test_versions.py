"""An unsupported client is told at the door what is wrong and what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from cookietin.integrations import versions

CLIENTS = sorted(versions.OLDEST)

# The client is there, if at all, as a folder with metadata alone.
IMPORT = """
import sys
sys.path[:0] = sys.argv[2:]
try:
    __import__("cookietin.integrations." + sys.argv[1])
except ImportError as error:
    print(type(error).__name__, error.name, error)
"""


@pytest.fixture
def imported(tmp_path):
    """Says what importing an integration says, where no other package can be seen."""
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "cookietin").symlink_to(Path(versions.__file__).parents[1])

    def of(client, *folders):
        return _imported(client, str(alone), *folders)

    return of


def _imported(client, *folders):
    arguments = [sys.executable, "-S", "-W", "error", "-c", IMPORT, client, *folders]
    child = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert child.returncode == 0, child.stderr
    return child.stdout.strip()


@pytest.mark.parametrize("client", CLIENTS)
def test_client_that_is_not_installed(client, imported):
    assert imported(client) == (
        f"ModuleNotFoundError {client} cookietin.integrations.{client} needs {client}, which is not "
        f"installed: pip install 'cookietin[{client}]'"
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_client_that_is_too_old(client, imported, tmp_path):
    metadata = tmp_path / f"{client}-0.9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {client}\nVersion: 0.9\n")

    said = imported(client, str(tmp_path))

    assert said == (
        f"ImportError {client} cookietin.integrations.{client} needs {client} "
        f"{versions.OLDEST[client]} or newer, found 0.9: "
        f"pip install --upgrade 'cookietin[{client}]'"
    )


@pytest.mark.parametrize("client", ["httpx", "httpx2"])
def test_client_that_became_another_one(client, imported, tmp_path):
    """There are httpx 1.0.dev releases, without AsyncClient and much else."""
    metadata = tmp_path / f"{client}-9.0.dev3.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {client}\nVersion: 9.0.dev3\n"
    )
    (tmp_path / f"{client}.py").write_text("class Client:\n    pass\n")

    assert imported(client, str(tmp_path)) == (
        f"ImportError {client} cookietin.integrations.{client} does not know this version of "
        f"{client}: {client} has no AsyncClient; see docs/reference/clients.md for the versions that "
        "are tested"
    )


def test_client_without_metadata(imported, tmp_path):
    """PyInstaller and the like leave it out; the client itself says whether it will do."""
    (tmp_path / "httpx.py").write_text("class Client:\n    pass\n")

    said = imported("httpx", str(tmp_path))

    assert "does not know this version of httpx: httpx has no AsyncClient" in said


def test_client_without_what_a_module_relies_on():
    """A later version may have taken it away."""
    with pytest.raises(ImportError, match="requests: str has no gone; see docs") as caught:
        versions.needs("requests", join=(str,), gone=(str,))

    assert caught.value.name == "requests"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2.9.0", "2.28.0"),
        ("2.28", "2.28.1"),
        ("2.28.0rc1", "2.29.dev1"),
        ("0.28.1", "1"),
    ],
)
def test_versions_are_compared_as_numbers(older, newer):
    assert versions._numbers(older) < versions._numbers(newer)
