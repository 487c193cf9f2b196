"""Files that others change while we read, or between two saves.

Rules of this file:
- The others are real processes and threads; which of them is first is not decided here.
- Every load yields one whole version; never a mixture, never a failure.
"""

import os
import subprocess
import sys
import threading

import pytest

LEAST_LOADS = 200
MOST_LOADS = 20_000

SAVE_IN_TURN = """
import sys
from cookietin import cookiejar

name, first, second, target = sys.argv[1:]
jars = [getattr(cookiejar, name)(), getattr(cookiejar, name)()]
jars[0].load(first)
jars[1].load(second)
print("ready", flush=True)
while True:
    for jar in jars:
        jar.save(target)
"""


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be replaced elsewhere")
def test_load_beside_a_saving_process_yields_whole_versions(
    jar_class, make_jar, contents, tmp_path, child_environment
):
    """Two programs share one cookies.txt without a lock: each must read what one has saved."""
    versions = [make_jar(300, "old"), make_jar(500, "newer")]
    for number, version in enumerate(versions):
        version.save(tmp_path / f"version-{number}")
    versions[0].save(tmp_path / "cookies")
    whole = [contents(version) for version in versions]
    arguments = [jar_class.__name__, "version-0", "version-1", "cookies"]
    seen = set()

    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SAVE_IN_TURN, *arguments],
        cwd=tmp_path,
        env=child_environment,
        stdout=subprocess.PIPE,
    ) as child:
        try:
            child.stdout.readline()
            for load in range(MOST_LOADS):
                jar = jar_class()
                jar.load(tmp_path / "cookies")
                seen.add(whole.index(contents(jar)))
                if load >= LEAST_LOADS and len(seen) == 2:
                    break
            assert child.poll() is None, "the saving process has failed"
        finally:
            child.kill()

    # Both were met: the file did change while it was loaded.
    assert seen == {0, 1}


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be replaced elsewhere")
@pytest.mark.parametrize("method", ["load", "revert"])
def test_file_replaced_after_it_was_opened_is_read_as_it_was(
    method, jar_class, make_jar, contents, tmp_path
):
    """What was opened is what is loaded, even if the name leads elsewhere by then."""

    class Overtaken(jar_class):
        def _really_load(self, f, filename, ignore_discard, ignore_expires):
            os.replace(tmp_path / "newer", tmp_path / "cookies")
            super()._really_load(f, filename, ignore_discard, ignore_expires)

    old = make_jar(300, "old")
    old.save(tmp_path / "cookies")
    make_jar(500, "newer").save(tmp_path / "newer")
    jar = Overtaken(tmp_path / "cookies")

    getattr(jar, method)()

    assert contents(jar) == contents(old)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="truncated to nothing"),
        pytest.param(b"# Netsc", id="truncated in the first line"),
        pytest.param(b"x" * 500_000, id="longer than before and something else"),
    ],
)
def test_save_restores_a_file_that_was_spoilt(octets, make_jar, tmp_path):
    """A save does not depend on what is in the file, and leaves nothing of it behind."""
    jar = make_jar(300, "newer")
    jar.save(tmp_path / "cookies")
    whole = (tmp_path / "cookies").read_bytes()
    (tmp_path / "cookies").write_bytes(octets)

    jar.save(tmp_path / "cookies")

    assert (tmp_path / "cookies").read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["cookies"]


def test_two_threads_that_save_to_one_file_leave_one_whole_version(make_jar, tmp_path):
    """Temporary files need names of their own, or one save writes into the other's."""
    jars = [make_jar(300, "old"), make_jar(500, "newer")]
    for number, jar in enumerate(jars):
        jar.save(tmp_path / f"version-{number}")
    whole = [(tmp_path / f"version-{number}").read_bytes() for number in range(2)]
    start = threading.Barrier(4)
    failures, found = [], []

    def save(jar):
        start.wait()
        try:
            for _ in range(25):
                jar.save(tmp_path / "cookies")
                found.append((tmp_path / "cookies").read_bytes())
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=save, args=[jar]) for jar in jars * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [octets for octets in found if octets not in whole] == []
    assert len(found) == 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cookies", "version-0", "version-1"]
