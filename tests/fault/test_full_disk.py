"""A disk that is full or cannot be written to costs neither the old file nor the jar.

Rules of this file:
- The fault is the kernel's: RLIMIT_FSIZE in a child process, or a tiny file system.
- After the fault: OSError, the old file byte for byte, nothing beside it, the jar as it was.
"""

import errno
import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="limits and mounts of Linux"
)


@pytest.fixture
def folder(tmp_path):
    """A folder that holds nothing but the target and what a save puts beside it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """A mounted file system of 64 KiB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a tmpfs needs root and mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"mounting a tmpfs is not allowed here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    "old_cookies", [pytest.param(20, id="file in place"), pytest.param(0, id="no file yet")]
)
@pytest.mark.parametrize(
    "missing",
    [
        pytest.param("everything", id="no octet fits"),
        pytest.param("half", id="half of it fits"),
        pytest.param("last octet", id="all but the last octet fits"),
    ],
)
def test_save_past_the_limit_of_a_file_keeps_the_old_one(
    old_cookies, missing, jar_class, make_jar, tmp_path, folder, run_child
):
    """An open for writing that truncates has lost the cookies before the disk says no."""
    make_jar(300, "newer").save(tmp_path / "source")
    whole = (tmp_path / "source").stat().st_size
    if old_cookies:
        make_jar(old_cookies, "old").save(folder / "cookies")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    report = run_child(
        "save_child.py",
        jar=jar_class.__name__,
        source=tmp_path / "source",
        warm_up=tmp_path / "warm-up",
        target=folder / "cookies",
        size={"everything": 0, "half": whole // 2, "last octet": whole - 1}[missing],
    )

    assert report == {
        "raised": "OSError",
        "errno": errno.EFBIG,
        "jar_unchanged": True,
        "descriptors_left_open": 0,
    }
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_save_within_the_limit_of_a_file_succeeds(jar_class, make_jar, tmp_path, folder, run_child):
    """The other side of the limit: without this, any broken child would look like a full disk."""
    make_jar(300, "newer").save(tmp_path / "source")

    report = run_child(
        "save_child.py",
        jar=jar_class.__name__,
        source=tmp_path / "source",
        warm_up=tmp_path / "warm-up",
        target=folder / "cookies",
        size=(tmp_path / "source").stat().st_size,
    )

    assert report["raised"] is None
    assert (folder / "cookies").read_bytes() == (tmp_path / "source").read_bytes()


def test_save_to_a_full_disk_keeps_the_old_file(make_jar, small_disk, contents):
    """ENOSPC comes after many octets were written; what was there must survive it."""
    make_jar(20, "old").save(small_disk / "cookies")
    before = {path.name: path.read_bytes() for path in small_disk.iterdir()}
    jar = make_jar(3000, "newer")
    held = contents(jar)

    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at below
        jar.save(small_disk / "cookies")

    assert caught.value.errno == errno.ENOSPC
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == before
    assert contents(jar) == held


def test_save_works_again_when_the_disk_has_room(make_jar, small_disk):
    """Nothing may be left that fills the disk, or blocks the way, after a failed save."""
    (small_disk / "ballast").write_bytes(b"-" * 60_000)
    jar = make_jar(100, "newer")
    with pytest.raises(OSError, match="No space left"):
        jar.save(small_disk / "cookies")
    (small_disk / "ballast").unlink()

    jar.save(small_disk / "cookies")

    assert [path.name for path in small_disk.iterdir()] == ["cookies"]


def test_save_to_a_read_only_disk_keeps_the_old_file(make_jar, small_disk, contents):
    """A disk that was remounted read-only after an error is no reason to lose the jar."""
    make_jar(20, "old").save(small_disk / "cookies")
    before = {path.name: path.read_bytes() for path in small_disk.iterdir()}
    jar = make_jar(30, "newer")
    held = contents(jar)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)

    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at below
        jar.save(small_disk / "cookies")

    assert caught.value.errno == errno.EROFS
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == before
    assert contents(jar) == held


@pytest.mark.parametrize(
    "free",
    [
        pytest.param(0, id="no file may be opened"),
        pytest.param(1, id="one file may be opened"),
        pytest.param(2, id="two files may be opened"),
    ],
)
def test_save_without_file_descriptors_is_all_or_nothing(
    free, jar_class, make_jar, tmp_path, folder, run_child
):
    """A busy server runs out of descriptors at any step of a save, the last one included."""
    make_jar(300, "newer").save(tmp_path / "source")
    make_jar(20, "old").save(folder / "cookies")
    old = (folder / "cookies").read_bytes()

    report = run_child(
        "save_child.py",
        jar=jar_class.__name__,
        source=tmp_path / "source",
        warm_up=tmp_path / "warm-up",
        target=folder / "cookies",
        free=free,
    )

    expected = (tmp_path / "source").read_bytes() if report["raised"] is None else old
    assert (folder / "cookies").read_bytes() == expected
    assert report["errno"] in ({errno.EMFILE} if free == 0 else {errno.EMFILE, None})
    assert [path.name for path in folder.iterdir()] == ["cookies"]
    assert report["jar_unchanged"] is True
    assert report["descriptors_left_open"] == 0
