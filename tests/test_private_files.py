"""Private files: whole or not there, and their owner's alone."""

import os
import stat
from pathlib import Path

import pytest

from alerter.private_files import beside, make_private_folder, write_private


def mode(path: Path) -> int:
    """Return who may do what with *path*."""
    return stat.S_IMODE(path.stat().st_mode)


def test_an_earlier_file_is_replaced(tmp_path: Path) -> None:
    """Whoever has the earlier one open, or a second name for it, sees nothing of the new one."""
    path = tmp_path / "mend.csv"
    path.write_bytes(b"earlier")
    path.chmod(0o644)
    (tmp_path / "second").hardlink_to(path)
    write_private(path, b"later")
    assert (path.read_bytes(), mode(path)) == (b"later", 0o600)
    assert (tmp_path / "second").read_bytes() == b"earlier"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it leads to is written, and is private; also where there was none yet."""
    for name in ("there", "missing"):
        (tmp_path / f"{name}.link").symlink_to(name)
    (tmp_path / "there").write_bytes(b"earlier")
    for name in ("there", "missing"):
        write_private(tmp_path / f"{name}.link", b"later")
        assert (tmp_path / f"{name}.link").is_symlink()
        assert ((tmp_path / name).read_bytes(), mode(tmp_path / name)) == (b"later", 0o600)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """What is no file is not replaced by one."""
    reading, writing = os.pipe()
    write_private(Path(f"/dev/fd/{writing}"), b"rows")
    assert os.read(reading, 10) == b"rows"
    os.close(reading)
    os.close(writing)


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """The error names the file that was asked for, and no half of it stays behind."""
    with pytest.raises(FileNotFoundError) as missing:
        write_private(tmp_path / "missing" / "mend.csv", b"rows")
    assert missing.value.filename == str(tmp_path / "missing" / "mend.csv")
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path, b"rows")
    with beside(tmp_path / "mend.csv", b"rows") as unfinished:
        assert (unfinished.read_bytes(), mode(unfinished)) == (b"rows", 0o600)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_there_keep_their_mode_unless_empty(tmp_path: Path) -> None:
    """
    What somebody filled and shares is not closed; what is new or empty is, and all that is made above it.
    """
    for name in ("shared", "empty"):
        (tmp_path / name).mkdir(mode=0o755)
    (tmp_path / "shared" / "poster.pdf").touch()
    for name in ("shared", "empty", "new/deep"):
        make_private_folder(tmp_path / name)
    assert [mode(tmp_path / name) for name in ("shared", "empty", "new", "new/deep")] == [
        0o755, 0o700, 0o700, 0o700,
    ]  # fmt: skip
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "file")
