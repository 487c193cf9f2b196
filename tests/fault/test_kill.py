"""A process that is killed while it saves leaves the old file or the new one, whole.

Rules of this file:
- Real child processes are killed by real signals (kill_loop.py, save_child.py).
- Random instants are seeded; instants that must be met exactly come from a limit of the kernel.
- The harness is tested as well: it must catch a writer that truncates first.
"""

import http.cookiejar
import os
import signal
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="kills by the signals of Linux"
)

KILLS = 150


@pytest.fixture
def versions(make_jar, tmp_path):
    """Two saved files, of 300 and 500 cookies: large enough that a save takes a while."""
    paths = [tmp_path / "version-0", tmp_path / "version-1"]
    make_jar(300, "old").save(paths[0])
    make_jar(500, "newer").save(paths[1])
    return paths


@pytest.fixture
def folder(tmp_path):
    """A folder that holds nothing but the target and what a save puts beside it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def kill(run_child, module, jar_class, versions, folder, kills):
    """The report of kill_loop.py; its random instants are the same in each run."""
    return run_child(
        "kill_loop.py",
        module=module,
        jar=jar_class.__name__,
        versions=versions,
        target=folder / "cookies",
        kills=kills,
        seed=f"{jar_class.__name__} {kills}",
    )


def test_killed_save_leaves_the_old_or_the_new_file_whole(
    jar_class, versions, folder, run_child, make_jar
):
    """A crash, a lost laptop battery or an out-of-memory kill must not cost the cookies."""
    report = kill(run_child, "cookietin.cookiejar", jar_class, versions, folder, KILLS)

    assert report["forbidden"] == []
    # Each child died of the kill and not of an error of its own.
    assert report["signals"] == {str(int(signal.SIGKILL)): KILLS}
    # The instants were spread: they met either version in place, and saves under way.
    assert {"0", "1"} <= set(report["states"])
    assert set(report["left_behind"].values()) == {"0o600"}

    # What the killed left behind disturbs neither the next save nor the next load.
    jar = make_jar(500, "newer")
    jar.save(folder / "cookies")
    after = jar_class(folder / "cookies")
    after.load()

    assert (folder / "cookies").read_bytes() == versions[1].read_bytes()
    assert len(after) == 500
    assert {path.name for path in folder.iterdir()} - {"cookies"} == set(report["left_behind"])


def test_harness_catches_a_writer_that_truncates_first(jar_class, versions, folder, run_child):
    """The standard library's save truncates, then writes: if that passed, ours would by luck."""
    standard = getattr(http.cookiejar, jar_class.__name__)

    report = kill(run_child, "http.cookiejar", standard, versions, folder, 60)

    assert any(fault.startswith("torn") for fault in report["forbidden"])


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(0o600, id="private target"),
        pytest.param(0o640, id="target readable by its group"),
        pytest.param(None, id="no target yet"),
    ],
)
def test_save_killed_half_way_leaves_a_private_temporary_file(
    mode, jar_class, make_jar, versions, folder, run_child
):
    """Half a cookie file is as secret as a whole one, and in nobody's way."""
    target = folder / "cookies"
    if mode is not None:
        make_jar(3, "first").save(target)
        target.chmod(mode)
    before = target.read_bytes() if mode is not None else None
    half = versions[1].stat().st_size // 2

    report = run_child(
        "save_child.py",
        jar=jar_class.__name__,
        source=versions[1],
        warm_up=folder.with_name("warm-up"),
        target=target,
        size=half,
        deadly=True,
    )

    assert report == {"died": -signal.SIGXFSZ}
    assert (target.read_bytes() if target.exists() else None) == before
    (left,) = (path for path in folder.iterdir() if path != target)
    assert left.stat().st_size == half
    assert oct(left.stat().st_mode & 0o7777) == oct(0o600)
    assert left.stat().st_uid == os.geteuid()

    make_jar(500, "newer").save(target)

    assert target.read_bytes() == versions[1].read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == sorted([left.name, target.name])


@pytest.fixture
def keyboard():
    """Ctrl-C means what it does in a terminal, though the tests may run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("old_cookies", [pytest.param(5, id="file"), pytest.param(0, id="no file")])
@pytest.mark.usefixtures("keyboard")
def test_save_interrupted_from_the_keyboard_leaves_no_trace(
    old_cookies, jar_class, make_jar, folder
):
    """Who presses Ctrl-C has not asked for half a file, nor for a second one beside it."""

    class Interrupting(jar_class):
        def __iter__(self):
            for number, cookie in enumerate(super().__iter__()):
                if number == 250:
                    signal.raise_signal(signal.SIGINT)
                yield cookie

    if old_cookies:
        make_jar(old_cookies, "old").save(folder / "cookies")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    jar = Interrupting()
    for cookie in make_jar(500, "newer"):
        jar.set_cookie(cookie)

    with pytest.raises(KeyboardInterrupt):
        jar.save(folder / "cookies")

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
