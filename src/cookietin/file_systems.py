"""On which kind of file system a path lies, and whether that is one of a network.

SQLite's write-ahead log shares memory between the processes of one machine: on a file system that
several machines share it loses data (https://sqlite.org/wal.html).

Rules of this file:
- The look-up is a function of a text; only `network_type` reads the machine's.
- What is not known counts as local.
"""

from __future__ import annotations

import os
import re

NETWORK_TYPES = frozenset(
    (
        "9p", "acfs", "afs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.cephfs", "fuse.davfs",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.goofys", "fuse.juicefs", "fuse.rclone", "fuse.s3fs",
        "fuse.smbnetfs", "fuse.sshfs", "fuse.sshnfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
        "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb2", "smb3", "smbfs",
    )
)  # fmt: skip

_ESCAPED = re.compile(r"\\([0-7]{3})")


def type_of(path: str, mountinfo: str) -> str | None:
    """
    The type of the file system that a path lies on.

    Args:
        path: Absolute, without symbolic links; the file need not be there.
        mountinfo: Text of /proc/self/mountinfo (Linux, proc(5)).

    Returns:
        As the kernel calls it; None if no line fits.

    >>> type_of("/home/a/c.sqlite", "36 35 0:30 / /home rw,noatime shared:1 - nfs4 box:/home rw\\n")
    'nfs4'
    """
    found: str | None = None
    longest = -1
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5 or not after:
            continue
        point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        # Of two mounts on one place the later one hides the other.
        if inside and len(point) >= longest:
            longest, found = len(point), after.split(" ", 1)[0]
    return found


def network_type(path: str) -> str | None:
    """The type of the network file system that a path lies on, None if it is on none."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as stream:
            text = stream.read()
    except OSError:
        return None  # another system, which does not say
    found = type_of(os.path.realpath(path), text)
    return found if found in NETWORK_TYPES else None
