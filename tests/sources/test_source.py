"""From a path to values: every row that is not blank is told exactly once."""

import csv
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.config.input import COLUMN_PRESETS
from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.source import Source, open_source

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
HEADING = ["assessment_id", "child_id", "started_on", "authorised_on", "team"]


def opened(path: Path, content: bytes | None = None, columns: Mapping[str, str] | None = None) -> Source:
    """Open the file at *path* under the core clock, written with *content* first if there is any."""
    if content is not None:
        path.write_bytes(content)
    return open_source("csv", path, columns or {}, {"core": CORE})


def test_rows_come_with_their_lines_and_nothing_else(tmp_path: Path) -> None:
    """Names and birth dates of the extract are nowhere in what comes out."""
    content = (
        b"Person ID,Name,DOB,Start,Team\r\n"
        b"00123,Made-up Name,01/02/2015,05/10/2026,Duty\r\n"
        b"\r\n"
        b"00124,Made-up Name,01/02/2015,,Duty\r\n"
    )
    source = opened(tmp_path / "x.csv", content, {"child_id": "person id", "started_on": "Start"})
    assert list(source.rows()) == [
        (
            2,
            Assessment(
                assessment_id="00123/2026-10-05",
                child_id="00123",
                type="core",
                clock_on=date(2026, 10, 5),
                started_on=date(2026, 10, 5),
                team="Duty",
            ),
        ),
        (4, Rejected(4, 'has no started_on ("Start")', "start_missing", "", "00124")),
    ]
    assert source.extract.name == "x.csv"


def test_the_newest_csv_of_a_folder_is_opened(tmp_path: Path) -> None:
    """A folder of weekly extracts needs no other name each week."""
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    (tmp_path / "week.csv").write_text("child_id,started_on\n", encoding="utf-8")
    assert opened(tmp_path).extract.name == "week.csv"


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """The kinds there are stand in the sentence."""
    with pytest.raises(
        SourceError, match='"carrier pigeon" is no kind of file; those are csv, workbook, annex-a'
    ):
        open_source("carrier pigeon", tmp_path, {}, {"core": CORE})


@given(content=st.binary(max_size=400))
def test_random_bytes_are_rows_or_a_source_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """No file, however broken, ends in anything but values or a sentence."""
    path = tmp_path_factory.getbasetemp() / "random.csv"
    for start in (b"", b"child_id,started_on\n"):
        with suppress(SourceError):
            for line, value in opened(path, start + content).rows():
                assert line > 1
                assert isinstance(value, Assessment | Rejected)


CELL = st.one_of(
    st.sampled_from(
        ["", " ", "NULL", "88213", "1.07E+07", "05/10/2026", "2026-10-05", "31/02/2026", "a;b", 'x"y', "l\nm"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)


@given(
    table=st.lists(st.lists(CELL, min_size=0, max_size=7), max_size=12), delimiter=st.sampled_from(",;\t|")
)
def test_every_line_gives_one_value(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], delimiter: str
) -> None:
    """Rows in are values out: an assessment, why not, or that it is no record; no line is told of twice."""
    path = tmp_path_factory.getbasetemp() / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADING, *table])
    found = list(opened(path).row_values())
    with path.open(encoding="utf-8", newline="") as file:
        assert len(found) == sum(1 for _ in csv.reader(file, delimiter=delimiter)) - 1
    assert len({line for line, _ in found}) == len(found)


@pytest.mark.parametrize("preset", COLUMN_PRESETS)
def test_the_headings_of_each_case_system_are_a_mapping_of_their_own(tmp_path: Path, preset: str) -> None:
    """A file with just these headings, as a report of that system has them, needs nothing else."""
    columns = COLUMN_PRESETS[preset]
    row = {"type": "Core assessment", "started_on": "2026-10-05 00:00:00.000", "authorised_on": "NULL"}
    cells = ",".join(
        row.get(name, "7") if not name.endswith("_on") else row.get(name, "") for name in columns
    )
    content = f"{','.join(columns.values())}\n{cells}\n".encode()
    ((_, value),) = opened(tmp_path / "x.csv", content, columns).rows()
    assert isinstance(value, Assessment)
    assert (value.child_id, value.started_on, value.authorised_on) == ("7", date(2026, 10, 5), None)
