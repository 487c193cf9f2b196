"""Where a jar is saved to: folders, links and modes.

Rules of this file:
- A save that cannot be done raises OSError and leaves the folder as it was.
- What the file was to others (its mode, the link that leads to it) it still is after a save.
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="counts open files in /proc"
)
root_only = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="giving a file to somebody else needs root"
)

# Numbers of a user and of two groups; neither has to have a name.
NOBODY = 65534
OTHER_GROUP = 65533


def entries(folder):
    """Everything in a folder: by name, the octets of files and the targets of links."""
    return {
        path.name: os.readlink(path) if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in folder.iterdir()
    }


def mode_of(path):
    """The permission bits, as one reads them."""
    return oct(path.lstat().st_mode & 0o7777)


@pytest.fixture
def umask():
    """Function that sets the mask for new files until the test ends."""
    former = os.umask(0o022)
    yield os.umask
    os.umask(former)


@pytest.fixture
def open_folder():
    """A folder that any user of the machine can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if any(parent.stat().st_mode & 0o005 != 0o005 for parent in folder.parents):
            pytest.skip("the folder for temporary files is closed to other users")
        yield folder


@pytest.fixture
def save_without_rights(jar_class, make_jar, tmp_path, run_child):
    """Function that saves a jar in a child process which is not root; gives its report."""

    def save(target):
        make_jar(20, "newer").save(tmp_path / "source")
        return run_child(
            "save_child.py",
            jar=jar_class.__name__,
            source=tmp_path / "source",
            warm_up=tmp_path / "warm-up",
            target=target,
            **({"user": NOBODY} if os.geteuid() == 0 else {}),
        )

    return save


NOT_PERMITTED = {
    "raised": "PermissionError",
    "errno": errno.EACCES,
    "jar_unchanged": True,
    "descriptors_left_open": 0,
}


@linux_only
def test_save_into_a_read_only_folder_keeps_the_old_file(
    make_jar, open_folder, save_without_rights
):
    """Permissions are a wall, not a reason to lose what was there."""
    make_jar(10, "old").save(open_folder / "cookies")
    (open_folder / "cookies").chmod(0o444)
    open_folder.chmod(0o555)
    before = entries(open_folder)

    report = save_without_rights(open_folder / "cookies")

    assert report == NOT_PERMITTED
    assert entries(open_folder) == before


@linux_only
def test_save_onto_a_writable_file_in_a_read_only_folder_is_all_or_nothing(
    make_jar, tmp_path, open_folder, save_without_rights
):
    """The file may be written and not replaced: either is an answer, half a file is none."""
    make_jar(10, "old").save(open_folder / "cookies")
    (open_folder / "cookies").chmod(0o666)
    open_folder.chmod(0o555)
    old = entries(open_folder)

    report = save_without_rights(open_folder / "cookies")

    new = {"cookies": (tmp_path / "source").read_bytes()}
    assert entries(open_folder) == (new if report["raised"] is None else old)
    assert report["jar_unchanged"] is True


@linux_only
@root_only
def test_save_onto_a_file_that_is_a_mount_point_is_all_or_nothing(make_jar, tmp_path, contents):
    """Containers mount single files; the kernel lets nobody replace these (EBUSY)."""
    folder = tmp_path / "folder"
    folder.mkdir()
    make_jar(10, "old").save(tmp_path / "outside")
    make_jar(5, "hidden").save(folder / "cookies")
    jar = make_jar(20, "newer")
    jar.save(tmp_path / "expected")
    held = contents(jar)
    if shutil.which("mount") is None:
        pytest.skip("binding a file needs mount")
    mounted = subprocess.run(
        ["mount", "--bind", tmp_path / "outside", folder / "cookies"],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"binding a file is not allowed here: {mounted.stderr.strip()}")
    expected = {"cookies": (tmp_path / "expected").read_bytes()}

    try:
        try:
            jar.save(folder / "cookies")
        except OSError as error:
            expected = {"cookies": (tmp_path / "outside").read_bytes()}
            number = error.errno
        else:
            number = None
        found = entries(folder)
    finally:
        subprocess.run(["umount", folder / "cookies"], check=True)

    assert found == expected
    assert number in {None, errno.EBUSY}
    assert contents(jar) == held


@linux_only
def test_file_that_is_write_protected_is_not_replaced(make_jar, open_folder, save_without_rights):
    """A rename needs no permission to write the file; its owner took that away on purpose."""
    make_jar(10, "old").save(open_folder / "cookies")
    (open_folder / "cookies").chmod(0o444)
    open_folder.chmod(0o777)
    before = entries(open_folder)

    report = save_without_rights(open_folder / "cookies")

    assert report == NOT_PERMITTED
    assert entries(open_folder) == before


@linux_only
@root_only
def test_file_of_another_group_is_not_opened_to_the_group_of_the_saver(
    make_jar, open_folder, save_without_rights
):
    """The group's permissions are those of its group; given to another, they are a leak."""
    make_jar(10, "old").save(open_folder / "cookies")
    os.chown(open_folder / "cookies", NOBODY, OTHER_GROUP)
    (open_folder / "cookies").chmod(0o640)
    open_folder.chmod(0o777)

    report = save_without_rights(open_folder / "cookies")

    found = (open_folder / "cookies").stat()
    assert report["raised"] is None
    assert found.st_gid == OTHER_GROUP or found.st_mode & 0o070 == 0


def test_save_into_a_vanished_folder_leaves_the_jar_as_it_was(
    make_jar, jar_class, tmp_path, contents
):
    """A temporary folder that was cleaned up must not take the jar with it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    jar = make_jar(10, "newer")
    jar.save(folder / "cookies")
    (folder / "cookies").unlink()
    folder.rmdir()
    held = contents(jar)

    with pytest.raises(FileNotFoundError) as caught:
        jar.save(folder / "cookies")

    assert str(tmp_path / "folder") in str(caught.value)
    assert contents(jar) == held
    assert not folder.exists()


def test_save_onto_a_folder_is_refused(make_jar, tmp_path, contents):
    """A wrong path must be said so, without a trace beside it."""
    (tmp_path / "cookies").mkdir()
    jar = make_jar(10, "newer")
    held = contents(jar)

    with pytest.raises(IsADirectoryError):
        jar.save(tmp_path / "cookies")

    assert [path.name for path in tmp_path.iterdir()] == ["cookies"]
    assert list((tmp_path / "cookies").iterdir()) == []
    assert contents(jar) == held


@pytest.mark.parametrize(
    "links",
    [
        pytest.param({"link": "real/cookies"}, id="relative link into another folder"),
        pytest.param({"link": "{tmp_path}/real/cookies"}, id="absolute link"),
        pytest.param({"link": "middle", "middle": "real/cookies"}, id="link to a link"),
    ],
)
@pytest.mark.parametrize(
    "dangling",
    [pytest.param(False, id="leads to a file"), pytest.param(True, id="leads to no file yet")],
)
def test_symlink_stays_and_its_target_is_replaced(links, dangling, make_jar, tmp_path):
    """Dotfile managers keep a link in place; a rename over it would cut it off."""
    (tmp_path / "real").mkdir()
    for name, target in links.items():
        (tmp_path / name).symlink_to(target.format(tmp_path=tmp_path))
    if not dangling:
        make_jar(5, "old").save(tmp_path / "real" / "cookies")
    jar = make_jar(10, "newer")
    jar.save(tmp_path / "expected")

    jar.save(tmp_path / "link")

    assert entries(tmp_path / "real") == {"cookies": (tmp_path / "expected").read_bytes()}
    assert entries(tmp_path) == {
        "real": False,
        "expected": (tmp_path / "expected").read_bytes(),
        **{name: target.format(tmp_path=tmp_path) for name, target in links.items()},
    }
    assert mode_of(tmp_path / "real" / "cookies") == oct(0o600)


def test_save_through_a_folder_that_is_a_link_reaches_the_real_folder(make_jar, tmp_path):
    """A linked folder is as good as any; '..' behind it means the real parent."""
    (tmp_path / "deep" / "real").mkdir(parents=True)
    (tmp_path / "link").symlink_to("deep/real")

    make_jar(10, "newer").save(tmp_path / "link" / ".." / "cookies")

    assert sorted(entries(tmp_path / "deep")) == ["cookies", "real"]
    assert sorted(entries(tmp_path)) == ["deep", "link"]


def test_save_to_a_link_in_a_circle_is_refused(make_jar, tmp_path):
    """A circle of links has no target; saving must end, and leave it alone."""
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    before = entries_of_links(tmp_path)

    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is looked at below
        make_jar(10, "newer").save(tmp_path / "one")

    assert caught.value.errno == errno.ELOOP
    assert entries_of_links(tmp_path) == before


def entries_of_links(folder):
    """The links of a folder, none of which is followed."""
    return {path.name: os.readlink(path) for path in folder.iterdir()}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o644, 0o400], ids=oct)
def test_existing_file_keeps_its_mode(mode, make_jar, tmp_path, umask):
    """Who opened the file to a group did so on purpose; who closed it, too."""
    umask(0o077)
    make_jar(5, "old").save(tmp_path / "cookies")
    (tmp_path / "cookies").chmod(mode)
    if not os.access(tmp_path / "cookies", os.W_OK):
        pytest.skip("a file that may not be written to, and no root: another question")

    make_jar(10, "newer").save(tmp_path / "cookies")

    assert mode_of(tmp_path / "cookies") == oct(mode)


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077, 0o277, 0o777], ids=oct)
def test_new_file_is_private_whatever_the_umask(mask, make_jar, tmp_path, umask):
    """Cookies are credentials: others must not read them, and their owner has to."""
    jar = make_jar(10, "newer")
    umask(mask)

    jar.save(tmp_path / "cookies")

    assert mode_of(tmp_path / "cookies") == oct(0o600)


@root_only
def test_file_of_another_user_stays_readable_to_them(make_jar, tmp_path):
    """Root that saves into a user's file must not lock the user out of it."""
    make_jar(5, "old").save(tmp_path / "cookies")
    os.chown(tmp_path / "cookies", NOBODY, NOBODY)

    make_jar(10, "newer").save(tmp_path / "cookies")

    found = (tmp_path / "cookies").stat()
    assert (found.st_uid, found.st_gid, mode_of(tmp_path / "cookies")) == (
        NOBODY,
        NOBODY,
        oct(0o600),
    )


def test_relative_name_is_saved_in_the_current_folder(make_jar, tmp_path, monkeypatch):
    """A bare file name has no folder part: the temporary file belongs here, not in /."""
    monkeypatch.chdir(tmp_path)

    make_jar(10, "newer").save("cookies")

    assert [path.name for path in tmp_path.iterdir()] == ["cookies"]


@pytest.mark.parametrize("spell", [str, os.fsencode, Path], ids=["str", "bytes", "Path"])
def test_name_of_a_file_may_be_spelled_as_for_open(spell, make_jar, jar_class, tmp_path):
    """Whatever `open` takes, the standard library's jars take."""
    make_jar(10, "newer").save(spell(tmp_path / "cookies"))
    jar = jar_class(spell(tmp_path / "cookies"))
    jar.load()

    assert len(jar) == 10


@pytest.mark.parametrize(
    "character",
    [
        pytest.param("c", id="of one octet a character"),
        pytest.param("ク", id="of three octets a character"),
        pytest.param("🍪", id="of four octets a character"),
    ],
)
def test_longest_name_that_the_file_system_allows_can_be_saved_to(character, make_jar, tmp_path):
    """A temporary file named after the target must not need a longer name than there is."""
    name = character * (os.pathconf(tmp_path, "PC_NAME_MAX") // len(os.fsencode(character)))

    make_jar(10, "newer").save(tmp_path / name)

    assert [path.name for path in tmp_path.iterdir()] == [name]
