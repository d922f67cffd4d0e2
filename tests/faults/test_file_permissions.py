"""Fault matrix, rows 114 and 115: files that others could read, and links that lead elsewhere."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.world.office import AS_OF, Office, row
from tests.world.terminal import alerter

UMASKS = (0, 0o022, 0o027, 0o077, 0o177)
WRITING = {
    "preview": ("--as-of", AS_OF, "--out", "{}/deep/digests"),
    "quality": ("--as-of", AS_OF, "--out", "{}/mend.csv"),
    "report": ("--to", AS_OF, "--out", "{}/report.csv"),
    "run": ("--as-of", AS_OF, "--again", "--reason", "to see the files"),
    "demo": ("--as-of", "2026-11-23", "--out", "{}/demo"),
}
"""Each command that writes files with ids or links in them, and how it is told where."""


@contextmanager
def under(umask: int) -> Iterator[None]:
    """Let the process make files under this umask for a while."""
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """Return what in *folder* somebody but its owner may do anything with, and the modes."""
    modes = {str(path.relative_to(folder)): path.stat().st_mode for path in folder.rglob("*")}
    return {name: stat.filemode(mode) for name, mode in modes.items() if mode & (stat.S_IRWXG | stat.S_IRWXO)}


def test_fault_114_umask(desk: Office, tmp_path: Path) -> None:
    """Whatever the umask and the command, what it writes is 0600 in folders of 0700, over older files too."""
    desk.extract(row("A-1"), row("A-2", days=40, authorised_on="2009-11-20"))
    desk.configure(email__folder="out/sent")
    assert alerter(desk.council, "sync").exit_code == 0
    out = tmp_path / "out"
    out.mkdir()
    for umask in UMASKS:
        (out / "mend.csv").write_text("of an older alerter")
        (out / "mend.csv").chmod(0o644)
        with under(umask):
            for command in WRITING if umask == 0 else set(WRITING) - {"demo"}:  # which takes its time
                given = [str(each).format(out) for each in WRITING[command]]
                assert alerter(desk.council, command, *given).exit_code == 0, command
        assert open_to_others(out) == {}, oct(umask)
    assert {"deep/digests/index.html", "mend.csv", "report.csv", "demo/secret-key", "demo/config.toml"} <= {
        str(path.relative_to(out)) for path in out.rglob("*")
    }
    assert list((out / "sent").iterdir())
    assert list((out / "demo" / "emails").iterdir())


def _newest(folder: Path) -> None:
    (folder / "zz-newest.csv").symlink_to(folder.parent / "elsewhere.csv")


def _older(folder: Path) -> None:
    _newest(folder)
    os.utime(folder / "zz-newest.csv", (0, 0), follow_symlinks=False)
    os.utime(folder.parent / "elsewhere.csv", (0, 0))


def _leading_nowhere(folder: Path) -> None:
    (folder / "zz-newest.csv").symlink_to(folder / "nothing")


def _folder(folder: Path) -> None:
    (folder / "week.csv").symlink_to(folder.parent, target_is_directory=True)


def _in_its_place(folder: Path) -> None:
    (folder / "extract.csv").unlink()
    (folder / "extract.csv").symlink_to(folder.parent / "elsewhere.csv")


LINKS = (_newest, _older, _leading_nowhere, _folder, _in_its_place)
PATHS = ("drop", "drop/*.csv", "d*/*.csv", "*/extract.csv", "drop/extract.csv")


@pytest.mark.parametrize("make", LINKS, ids=lambda make: make.__name__.strip("_"))
def test_fault_115_symbolic_link(desk: Office, tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A link among the dropped files is refused with 3 and named, however the settings lead there."""
    desk.extract(row("A-9"))
    (tmp_path / "extract.csv").rename(tmp_path / "elsewhere.csv")
    desk.extract(row("A-1"))
    (tmp_path / "drop").mkdir()
    (tmp_path / "extract.csv").rename(tmp_path / "drop" / "extract.csv")
    make(tmp_path / "drop")
    link = next(path for path in (tmp_path / "drop").iterdir() if path.is_symlink())
    for path in PATHS:
        desk.configure(source__path=path)
        said = alerter(desk.council, "run", "--as-of", AS_OF, "--json")
        if path.endswith("extract.csv") and link.name != "extract.csv":
            assert said.exit_code == 0, path  # the link is none of what is asked for
        else:
            assert said.exit_code == 3, path
            assert f"{link} is a symbolic link" in said.err
            assert "A-9" not in said.out + said.err


def test_a_folder_that_the_settings_name_may_be_a_link(desk: Office, tmp_path: Path) -> None:
    """Whoever writes the settings decides where the drop folder lies; below it nothing is followed."""
    (tmp_path / "share").mkdir()
    (tmp_path / "drop").symlink_to(tmp_path / "share", target_is_directory=True)
    desk.extract(row("A-1"))
    (tmp_path / "extract.csv").rename(tmp_path / "share" / "extract.csv")
    for path in ("drop", "drop/*.csv", "drop/extract.csv"):
        desk.configure(source__path=path)
        assert alerter(desk.council, "sync").exit_code == 0, path
