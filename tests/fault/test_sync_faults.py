"""`sync` and `autosave` when things break: each row of docs/explanation/how-files-survive.md, for real.

Rules of this file:
- The faults that a save meets are in the other files of this folder; a sync writes by a save.
- Children are real processes; their signals are real.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cookietin import LoadError, LWPCookieJar, MozillaCookieJar
from cookietin.file_lock import locked

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and forks")

CHILD = """
import os, signal, sys
from cookietin import Autosave, MozillaCookieJar
jar = MozillaCookieJar(sys.argv[1], autosave=Autosave(interval=3600, operations=5))
def put(*names):
    jar.store_response("https://shop.test/", [f"{name}=1; Max-Age=9000" for name in names])
"""

ENDS = {
    "the script ends": "put('a')",
    "sys.exit": "put('a'); sys.exit(3)",
    "an exception that nobody catches": "put('a'); raise SystemError",
    "close": "put('a'); jar.close(); os._exit(0)",
    "SIGTERM that raises SystemExit": (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit()); put('a'); "
        "os.kill(os.getpid(), signal.SIGTERM)"
    ),
}
LOSSES = {
    "SIGKILL": "put('a'); os.kill(os.getpid(), signal.SIGKILL)",
    "SIGTERM without a handler": "put('a'); os.kill(os.getpid(), signal.SIGTERM)",
    "os._exit": "put('a'); os._exit(0)",
}


@pytest.fixture
def path(tmp_path):
    """The file that is shared."""
    return str(tmp_path / "cookies")


@pytest.fixture
def run(child_environment, path):
    """Function that runs a program with the jar of CHILD until it ends."""

    def run(program):
        subprocess.run(
            [sys.executable, "-c", CHILD + program, path],
            env=child_environment,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run


def names_in(path):
    """What a file holds; nothing if there is none."""
    jar = MozillaCookieJar(path)
    if os.path.exists(path):
        jar.load()
    return sorted(each.name for each in jar)


def put(jar, *names):
    """Receive some cookies."""
    jar.store_response("https://shop.test/", [f"{name}=1; Max-Age=9000" for name in names])


@pytest.mark.parametrize("program", [pytest.param(text, id=name) for name, text in ENDS.items()])
def test_end_of_the_interpreter_loses_nothing(program, run, path):
    """What waits for its interval is written at exit."""
    run(program)

    assert names_in(path) == ["a"]


@posix_only
@pytest.mark.parametrize("program", [pytest.param(text, id=name) for name, text in LOSSES.items()])
def test_sudden_end_loses_what_waits_and_nothing_else(program, run, path):
    """At most one interval: what was synced before stands."""
    run("put('kept'); jar.sync(); " + program)

    assert names_in(path) == ["kept"]


@posix_only
def test_sudden_end_after_enough_operations_loses_less(run, path):
    """So many changes are not waited with until the interval ends."""
    run(
        "put(*'abcde')\n"
        "import time\n"
        "while not os.path.exists(sys.argv[1]): time.sleep(0.01)\n"
        "put('late'); os.kill(os.getpid(), signal.SIGKILL)"
    )

    assert names_in(path) == ["a", "b", "c", "d", "e"]


@posix_only
def test_forked_child_saves_its_own_changes_and_not_its_parents(run, path):
    """Were what the parent has not saved saved twice, a deletion could be undone."""
    run(
        "put('kept'); jar.sync(); put('parent')\n"
        "child = os.fork()\n"
        "if child:\n"
        "    os.waitpid(child, 0)\n"
        "    jar.clear('shop.test', '/', 'parent')\n"
        "else:\n"
        "    put('child')\n"
    )

    assert names_in(path) == ["child", "kept"]


@posix_only
def test_killed_holder_of_the_lock_leaves_it_free(child_environment, path):
    """The lock is the system's: it ends with its holder."""
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom cookietin.file_lock import locked\n"
            "with locked(sys.argv[1], 5):\n    print('held', flush=True)\n    time.sleep(60)",
            path,
        ],
        env=child_environment,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        jar = MozillaCookieJar(path)
        put(jar, "a")
        with pytest.raises(TimeoutError, match="another program has held the lock"):
            jar.sync(timeout=0.1)
        holder.send_signal(signal.SIGKILL)
        holder.wait()

        jar.sync(timeout=5)

    assert names_in(path) == ["a"]


def test_file_of_the_lock_is_private_and_stays(path):
    """If it went, one process would wait for a lock that nobody else asks for."""
    with locked(path, 1):
        pass

    assert oct(os.stat(path + ".lock").st_mode & 0o777) == oct(0o600)


def test_symlink_and_target_have_one_lock(path, tmp_path):
    """Two names of one file are one file."""
    put(jar := MozillaCookieJar(path), "a")
    jar.sync()
    link = tmp_path / "link"
    link.symlink_to(path)
    put(linked := MozillaCookieJar(str(link)), "b")

    linked.sync()

    assert link.is_symlink()
    assert names_in(path) == ["a", "b"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cookies", "cookies.lock", "link"]


def test_clock_set_back_a_day_hides_no_change(path):
    """A file that looks older than the one before is read all the same."""
    one, two = MozillaCookieJar(path), MozillaCookieJar(path)
    put(one, "a")
    one.sync()
    put(two, "b")
    two.sync()
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))

    one.sync()

    assert sorted(each.name for each in one) == ["a", "b"]


def test_power_cut_at_every_octet_leaves_the_old_file(path, tmp_path):
    """Until it is renamed, the temporary file is nobody's, however much of it was written."""
    jar, other = MozillaCookieJar(path), MozillaCookieJar(path)
    put(jar, "a")
    jar.sync()
    put(other, "b")
    other.sync()
    whole = Path(path).read_bytes()
    jar.sync()
    before = sorted(each.name for each in jar)

    for size in range(len(whole)):
        (tmp_path / ".cookies.cut.cookietin-tmp").write_bytes(whole[:size])
        jar.sync()
        assert names_in(path) == before == ["a", "b"]


def test_jars_of_two_formats_do_not_spoil_each_other(path):
    """The second one finds a file that it cannot read, and leaves it."""
    put(mozilla := MozillaCookieJar(path), "a")
    mozilla.sync()
    put(lwp := LWPCookieJar(path), "b")

    with pytest.raises(LoadError, match="LWP"):
        lwp.sync()

    assert names_in(path) == ["a"]
    assert [each.name for each in lwp] == ["b"]


def test_removed_folder_is_an_error_and_the_jar_keeps_its_cookies(tmp_path):
    """Nothing is taken for deleted because its folder has gone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    put(jar := MozillaCookieJar(str(folder / "cookies")), "a")
    jar.sync()
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    put(jar, "b")

    with pytest.raises(FileNotFoundError):
        jar.sync()

    assert sorted(each.name for each in jar) == ["a", "b"]


@posix_only
def test_several_writers_that_are_killed_lose_nothing_that_was_committed(child_environment):
    """A small run of the campaign; see sync_writers.py for the large one."""
    script = str(Path(__file__).with_name("sync_writers.py"))
    sizes = ["--processes", "3", "--operations", "15", "--kills", "4"]
    child = subprocess.run(
        [sys.executable, script, *sizes],
        env=child_environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    report = json.loads(child.stdout)

    assert report["survived"] == report["writes"] == 45
    assert (report["lost"], report["failed"], report["halves"]) == ([], 0, 0)
