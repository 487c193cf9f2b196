"""Targets that are no files: devices, pipes and standard output.

Rules of this file:
- What works with the standard library (it writes straight into the target) keeps working.
- No device or pipe is ever replaced by a file: the node is compared before and after.
- As root, the device is one of our own making: a wrong rename must not cost /dev/null.
"""

import os
import stat
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="device numbers and /proc of Linux"
)

SAVE_TO_ARGUMENT = """
import sys
from cookietin import cookiejar

jar = getattr(cookiejar, sys.argv[1])()
jar.load(sys.argv[2])
jar.save(sys.argv[3])
"""

LOAD_FROM_PIPE = """
import os, sys
from cookietin import cookiejar

name, pipe, file = sys.argv[1:]
# Open for both ways, so that neither this nor the opening by `load` waits for the other end.
writer = os.open(pipe, os.O_RDWR)
os.write(writer, open(file, "rb").read())

class Reader(getattr(cookiejar, name)):
    def _really_load(self, f, filename, ignore_discard, ignore_expires):
        os.close(writer)
        super()._really_load(f, filename, ignore_discard, ignore_expires)

jar = Reader()
try:
    jar.load(pipe)
except cookiejar.LoadError:
    print(f"LoadError, {len(jar)} cookies")
"""


def device(folder, minor):
    """A character device of memory: 3 is null, 7 is full."""
    if os.geteuid() != 0:
        return {3: "/dev/null", 7: "/dev/full"}[minor]
    node = folder / f"memory-{minor}"
    try:
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        os.close(os.open(node, os.O_WRONLY))
    except OSError as error:
        pytest.skip(f"no devices can be made here: {error}")
    return node


def identity(path):
    """What tells one node from another."""
    found = os.lstat(path)
    return found.st_ino, found.st_rdev, stat.S_IFMT(found.st_mode)


def test_saving_to_the_null_device_works_and_leaves_it_in_place(make_jar, tmp_path):
    """Programs name /dev/null to say that nothing shall be kept."""
    null = device(tmp_path, 3)
    before = identity(null), sorted(os.listdir(tmp_path))

    make_jar(10, "newer").save(null)

    assert (identity(null), sorted(os.listdir(tmp_path))) == before


def test_loading_from_the_null_device_is_a_load_error(jar_class, make_jar, tmp_path, contents):
    """An empty file has no magic line, whatever kind of file it is."""
    null = device(tmp_path, 3)
    jar = make_jar(10, "held")
    held = contents(jar)

    with pytest.raises(OSError, match="format"):
        jar.load(null)

    assert contents(jar) == held


def test_saving_to_the_full_device_raises(make_jar, tmp_path, contents):
    """What is written straight into a device can fail, and then must say so."""
    full = device(tmp_path, 7)
    before = identity(full), sorted(os.listdir(tmp_path))
    jar = make_jar(10, "newer")
    held = contents(jar)

    with pytest.raises(OSError, match="No space left"):
        jar.save(full)

    assert (identity(full), sorted(os.listdir(tmp_path))) == before
    assert contents(jar) == held


def test_saving_to_a_fifo_reaches_the_reader(make_jar, tmp_path):
    """A named pipe hands the cookies to another program without a file."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    before = identity(fifo)
    jar = make_jar(10, "newer")
    jar.save(tmp_path / "expected")
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)

    jar.save(fifo)

    assert os.read(reader, 65536) == (tmp_path / "expected").read_bytes()
    os.close(reader)
    assert identity(fifo) == before
    assert sorted(os.listdir(tmp_path)) == ["expected", "pipe"]


def test_loading_from_a_fifo_works(make_jar, jar_class, tmp_path, contents):
    """Process substitution of a shell gives a pipe: it has no size and cannot be rewound."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    written = make_jar(2000, "newer")
    written.save(tmp_path / "file")
    writer = threading.Thread(target=fifo.write_bytes, args=[(tmp_path / "file").read_bytes()])
    writer.start()
    jar = jar_class()

    jar.load(fifo)

    writer.join()
    assert contents(jar) == contents(written)


def test_loading_bad_text_from_a_fifo_ends_with_a_load_error(
    jar_class, make_jar, tmp_path, child_environment
):
    """A pipe gives its text once: who opens it again to find the bad line waits for ever."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    make_jar(10, "newer").save(tmp_path / "file")
    with (tmp_path / "file").open("ab") as file:
        file.write(b"\xff\n")

    # In a child process, because one that waits for ever has to be ended.
    child = subprocess.run(
        [sys.executable, "-c", LOAD_FROM_PIPE, jar_class.__name__, fifo, tmp_path / "file"],
        env=child_environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert child.stderr == ""
    assert child.stdout == "LoadError, 0 cookies\n"


def test_saving_to_standard_output_that_is_a_pipe_prints(
    jar_class, make_jar, tmp_path, child_environment
):
    """`tool --cookies /dev/stdout | less` works with the standard library."""
    make_jar(10, "newer").save(tmp_path / "source")
    # A link of our own: a wrong rename must not cost /dev/stdout.
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")

    child = subprocess.run(
        [sys.executable, "-c", SAVE_TO_ARGUMENT, jar_class.__name__, "source", "stdout"],
        cwd=tmp_path,
        env=child_environment,
        capture_output=True,
        check=False,
    )

    assert child.stderr == b""
    assert child.stdout == (tmp_path / "source").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["source", "stdout"]
    assert os.readlink(tmp_path / "stdout") == "/proc/self/fd/1"


def test_saving_to_standard_output_that_is_a_file_fills_the_file(
    jar_class, make_jar, tmp_path, child_environment
):
    """`tool --cookies /dev/stdout > file` is the same command under another shell line."""
    make_jar(10, "newer").save(tmp_path / "source")
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")

    with (tmp_path / "printed").open("wb") as printed:
        child = subprocess.run(
            [sys.executable, "-c", SAVE_TO_ARGUMENT, jar_class.__name__, "source", "stdout"],
            cwd=tmp_path,
            env=child_environment,
            stdout=printed,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert child.stderr == b""
    assert (tmp_path / "printed").read_bytes() == (tmp_path / "source").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["printed", "source", "stdout"]
