"""Who may read a file after a save, and files that are more than one name.

Rules of this file:
- Access control lists, mounts and links are real; where the system has none, the test says so.
- What a test mounts it unmounts, whatever happens.
"""

import errno
import os
import shutil
import struct
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="access lists, mounts and /proc of Linux"
)

ACCESS_LIST = "system.posix_acl_access"

# linux/posix_acl_xattr.h: version 2, then entries of tag, permissions and number.
OWNER, USER, GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x10, 0x20
NOBODY = 65534
NO_NUMBER = 0xFFFFFFFF


def access_list(*, user, mask):
    """A list that lets one more user in, and the owning group not."""
    entries = [
        (OWNER, 6, NO_NUMBER),
        (USER, user, NOBODY),
        (GROUP, 0, NO_NUMBER),
        (MASK, mask, NO_NUMBER),
        (OTHERS, 0, NO_NUMBER),
    ]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def give(path, attribute):
    """Put an access list on a file, or skip the test."""
    try:
        os.setxattr(path, ACCESS_LIST, attribute)
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EPERM, errno.EINVAL):
            raise
        pytest.skip(f"no access lists here: {error}")


def mode_of(path):
    """The permission bits, as one reads them."""
    return oct(path.stat().st_mode & 0o7777)


@pytest.mark.parametrize(
    ("user", "mask"),
    [
        pytest.param(4, 4, id="one more reader"),
        pytest.param(6, 6, id="one more writer"),
        pytest.param(6, 4, id="a writer whom the mask makes a reader"),
        pytest.param(6, 0, id="all switched off by the mask"),
    ],
)
def test_access_list_survives_a_save(user, mask, make_jar, tmp_path):
    """Who was let in by name stays in, and the group is not let in by the mask instead."""
    path = tmp_path / "cookies"
    make_jar(5, "old").save(path)
    give(path, access_list(user=user, mask=mask))
    before = os.getxattr(path, ACCESS_LIST), mode_of(path)

    make_jar(10, "newer").save(path)

    assert (os.getxattr(path, ACCESS_LIST), mode_of(path)) == before


def test_file_without_access_list_gets_none(make_jar, tmp_path):
    """The mode says it all there."""
    path = tmp_path / "cookies"
    make_jar(5, "old").save(path)
    path.chmod(0o640)

    make_jar(10, "newer").save(path)

    assert mode_of(path) == oct(0o640)
    assert ACCESS_LIST not in os.listxattr(path)


@pytest.fixture
def mounted_file(tmp_path):
    """Two names of one file: that of the file, and a mount point in a folder of its own."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("binding a file needs root and mount")
    outside, inside = tmp_path / "outside", tmp_path / "folder" / "cookies"
    inside.parent.mkdir()
    for path in (outside, inside):
        path.write_text("")
    done = subprocess.run(
        ["mount", "--bind", outside, inside], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"binding a file is not allowed here: {done.stderr.strip()}")
    try:
        yield outside, inside
    finally:
        subprocess.run(["umount", inside], check=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(10, 500, id="longer"), pytest.param(500, 10, id="shorter")],
)
def test_file_that_is_a_mount_point_is_written_in_place(
    first, second, mounted_file, make_jar, jar_class, contents, tmp_path
):
    """Containers mount single files; the whole new content has to reach the file outside."""
    outside, inside = mounted_file
    make_jar(first, "old").save(outside)
    # The save above has replaced the file that is mounted: write into that one from now on.
    make_jar(first, "old").save(inside)
    jar = make_jar(second, "newer")
    jar.save(tmp_path / "expected")
    node = inside.stat().st_ino

    jar.save(inside)

    assert inside.read_bytes() == (tmp_path / "expected").read_bytes()
    assert inside.stat().st_ino == node
    assert [path.name for path in inside.parent.iterdir()] == ["cookies"]
    loaded = jar_class(inside)
    loaded.load()
    assert contents(loaded) == contents(jar)


def test_hard_link_keeps_the_old_content(make_jar, tmp_path):
    """A rename gives one name another file; the other name still has the old one, whole."""
    make_jar(10, "old").save(tmp_path / "cookies")
    os.link(tmp_path / "cookies", tmp_path / "link")
    old = (tmp_path / "cookies").read_bytes()

    make_jar(20, "newer").save(tmp_path / "cookies")

    assert (tmp_path / "link").read_bytes() == old
    assert (tmp_path / "cookies").read_bytes() != old
    assert (tmp_path / "link").stat().st_nlink == 1


@pytest.mark.parametrize("folder", ["/proc/self/fd", "/dev/fd"])
@pytest.mark.parametrize("named", [True, False], ids=["with a name", "without a name"])
def test_open_file_is_written_in_place(folder, named, make_jar, tmp_path):
    """Who hands over a descriptor reads from that descriptor, not from a new file."""
    if not os.path.isdir(folder):
        pytest.skip(f"{folder} is not there")
    jar = make_jar(20, "newer")
    jar.save(tmp_path / "expected")

    with (tmp_path / "cookies").open("w+b") as file:
        file.write(b"old" * 100_000)
        file.flush()
        if not named:
            (tmp_path / "cookies").unlink()
        before = sorted(path.name for path in tmp_path.iterdir())
        jar.save(f"{folder}/{file.fileno()}")
        file.seek(0)
        written = file.read()

    assert written == (tmp_path / "expected").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
