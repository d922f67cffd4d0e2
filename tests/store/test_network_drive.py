"""A SQLite file on another machine's disk is refused, unless the council says that it knows."""

from pathlib import Path, PurePosixPath

import pytest

from alerter.errors import StoreError
from alerter.store.database import open_database
from alerter.store.engine import KINDS, MOUNTS, kind_of_mount, network_drive

MOUNTED = """\
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:40 / /srv/case\\040files rw,relatime shared:2 - nfs4 files.council.example:/x rw
31 30 0:41 / /srv/case\\040files/own rw,relatime - xfs /dev/vdb rw
32 27 0:42 / /mnt rw,relatime - ext4 /dev/vdc rw
33 27 0:43 / /mnt rw,relatime - cifs //files.council.example/x rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/alerter/alerter.db", "ext4"),
        ("/srv/case files/alerter.db", "nfs4"),
        ("/srv/case files/own/alerter.db", "xfs"),
        ("/srv/case filesystem/alerter.db", "ext4"),
        ("/mnt/alerter.db", "cifs"),
    ],
)
def test_the_nearest_mount_and_of_two_the_later_counts(path: str, kind: str) -> None:
    r"""As Linux writes its mounts, blanks in a path as \040."""
    assert kind_of_mount(Path(PurePosixPath(path)), MOUNTED) == kind


@pytest.mark.parametrize("path", ["\\\\files\\alerter\\alerter.db", "//files/alerter/alerter.db"])
def test_a_windows_share_is_known_by_its_name(path: str) -> None:
    """Two strokes, and the name of another machine."""
    assert network_drive(Path(path)) == "a Windows share"


def test_a_share_is_refused_with_the_way_out() -> None:
    """The sentence names the file, the kind and the three ways on; allowed in so many words it is opened."""
    with pytest.raises(StoreError, match=r"lies on a network drive \(a Windows share\).*allow_network_file"):
        open_database(r"sqlite:///\\files\alerter.db")
    open_database(r"sqlite:///\\files\alerter.db", allow_network_file=True).close()


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux lists its mounts in a file")
def test_this_machines_own_disk_is_none(tmp_path: Path) -> None:
    """The tests' own folder lies on this machine."""
    assert network_drive(tmp_path) == ""
    assert {"nfs4", "cifs"} <= KINDS
