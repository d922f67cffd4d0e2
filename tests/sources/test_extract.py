"""The file an extract is: the newest that fits, and the same from start to end."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerter.errors import SourceError
from alerter.sources.extract import FileStamp, choose_file, fingerprint


def put(path: Path, minutes: int) -> Path:
    """Make a file last written *minutes* after a fixed moment."""
    path.write_bytes(b"x")
    moment = datetime(2026, 11, 23, 6, 0, tzinfo=UTC).timestamp() + minutes * 60
    os.utime(path, (moment, moment))
    return path


def test_a_file_is_itself(tmp_path: Path) -> None:
    """A path to a file is taken as it is, whatever its ending."""
    assert choose_file(put(tmp_path / "extract.dat", 0), (".csv",)) == tmp_path / "extract.dat"


def test_the_newest_in_a_folder_wins(tmp_path: Path) -> None:
    """The time of writing decides, then the name; hidden, lock and other files are passed over."""
    put(tmp_path / "z.csv", 0)
    put(tmp_path / "a.csv", 5)
    put(tmp_path / "B.CSV", 5)
    put(tmp_path / ".hidden.csv", 9)
    put(tmp_path / "~$a.csv", 9)
    put(tmp_path / "readme.md", 9)
    (tmp_path / "old.csv").mkdir()
    assert choose_file(tmp_path, (".csv",)).name == "a.csv"
    assert choose_file(put(tmp_path / "z.csv", 6).parent, (".csv",)).name == "z.csv"


def test_the_newest_of_a_pattern_wins(tmp_path: Path) -> None:
    """A pattern looks at names alone, in folders as well."""
    (tmp_path / "week1").mkdir()
    put(tmp_path / "week1" / "core.dat", 1)
    put(tmp_path / "core.csv", 0)
    assert choose_file(tmp_path / "*" / "core.*").name == "core.dat"
    assert choose_file(tmp_path / "core.*").name == "core.csv"


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    """`extract [1].csv`, as browsers name a second download, is not a pattern."""
    assert choose_file(put(tmp_path / "extract [1].csv", 0)).name == "extract [1].csv"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing.csv", r"missing\.csv does not exist: correct the path, or put the file there\."),
        ("*.csv", r"no file was found in .*\*\.csv \(a pattern\): put the extract there"),
        (
            "",
            r"no file ending in \.csv was found in .* \(a folder\): put the extract there, or",
        ),
        ("pipe", r"pipe is neither a file nor a folder"),
    ],
)
def test_nothing_there_says_what_was_looked_for(tmp_path: Path, name: str, sentence: str) -> None:
    """A missing extract names the place and the kind of name."""
    if name == "pipe":
        os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match=sentence):
        choose_file(tmp_path / name, (".csv",))


def test_a_path_no_system_knows_is_a_source_error(tmp_path: Path) -> None:
    """A name too long for the file system is refused in a sentence."""
    with pytest.raises(SourceError, match="cannot be read"):
        choose_file(tmp_path / ("x" * 5000))
    with pytest.raises(SourceError, match="does not exist"):
        FileStamp.of(tmp_path / "missing.csv")
    with pytest.raises(SourceError, match="cannot be read"):
        fingerprint(tmp_path)


def test_a_file_that_grows_is_still_being_written(tmp_path: Path) -> None:
    """The stamp tells a changed file from one left alone."""
    path = put(tmp_path / "extract.csv", 0)
    stamp = FileStamp.of(path)
    stamp.check_unchanged(path)
    path.write_bytes(b"xy")
    with pytest.raises(SourceError, match=r"extract\.csv changed while it was read"):
        stamp.check_unchanged(path)


def test_the_stamp_is_in_utc(tmp_path: Path) -> None:
    """The time of writing is aware, so that its age can be counted across a clock change."""
    stamp = FileStamp.of(put(tmp_path / "extract.csv", 1))
    assert stamp.written_at == datetime(2026, 11, 23, 6, 1, tzinfo=UTC)


def test_a_wrong_path_names_the_extracts_that_are_there(tmp_path: Path) -> None:
    """Of all kinds, in its folder or in the nearest one there is; hidden, locked and other files are none."""
    for name in ("b.xlsx", "a.CSV", ".hidden.csv", "~$b.xlsx", "notes.docx"):
        put(tmp_path / name, 0)
    for missing in (tmp_path / "c.csv", tmp_path / "deep" / "er" / "c.csv", tmp_path / "*.xml"):
        with pytest.raises(SourceError) as caught:
            choose_file(missing)
        assert str(caught.value).endswith(f" In {tmp_path} there are: a.CSV, b.xlsx.")
    (tmp_path / "many").mkdir()
    for number in range(12):
        put(tmp_path / "many" / f"{number:02}.xml", 0)
    with pytest.raises(SourceError, match=r"there are: 00\.xml, .*, 09\.xml and 2 more\."):
        choose_file(tmp_path / "many", (".csv",))
