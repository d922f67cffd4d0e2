"""Whether a file lies on another machine, where SQLite's locks and its WAL cannot be relied on."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
KINDS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "davfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
    }
)  # fmt: skip
_WINDOWS_SHARE = re.compile(r"[\\/]{2}[^\\/?.]")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def network_drive(path: Path) -> str:
    """
    Return the kind of network file system that *path* lies on, empty where it lies on this machine.

    Linux says what is mounted where; a Windows share is known by its two leading strokes. A letter
    that Windows gives to a share is not looked behind.
    """
    if _WINDOWS_SHARE.match(str(path)):
        return "a Windows share"
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = kind_of_mount(path.absolute(), mounts)
    return kind if kind in KINDS else ""


def kind_of_mount(path: Path, mounts: str) -> str:
    r"""
    Return the kind of file system that *path* lies on, by *mounts*, the text of Linux's `mountinfo`.

    The longest mount point counts, and of two at one place the later (proc_pid_mountinfo(5)).

    >>> kind_of_mount(Path("/srv/a/b"), "1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / /srv/a rw - nfs4 y rw")
    'nfs4'
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        place, _, about = line.partition(" - ")
        fields = place.split()
        if len(fields) < 5 or not about:  # noqa: PLR2004 - the fifth field is the mount point
            continue
        mounted_at = Path(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        if path.is_relative_to(mounted_at) and len(mounted_at.parts) >= best:
            best, kind = len(mounted_at.parts), about.split()[0]
    return kind
