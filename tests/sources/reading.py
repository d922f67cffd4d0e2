"""What most tests of the sources do: open a file, and look at its values or at the sentence of refusal."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected, assessment_of
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.doubts import Doubtful, PartlyRead
from alerter.sources.lines import NoRecord
from alerter.sources.rows import RowReader
from alerter.sources.slipped import Cells, Slipped
from alerter.sources.source import Source, open_source

CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
SAMPLES = Path(__file__).parents[3] / "shared" / "data"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"NOT TESTED on the sample extracts: {SAMPLES} is not there"
)


def opened(
    kind: str,
    path: Path,
    columns: Mapping[str, str] | None = None,
    clock: Clock = CORE,
    sheet: str = "",
    *,
    has_conferences: bool = False,
) -> Source:
    """Open the extract at *path* under one clock."""
    return open_source(
        kind, path, columns or {}, {clock.type: clock}, sheet=sheet, has_conferences=has_conferences
    )


def values(source: Source) -> list[Assessment | Rejected]:
    """Return every value of *source*, in order."""
    return [value for _, value in source.rows()]


def accepted(source: Source) -> list[Assessment]:
    """Return the assessments of a *source* in which no row may be rejected."""
    found = values(source)
    assert [value for value in found if isinstance(value, Rejected)] == []
    return [value for value in found if isinstance(value, Assessment)]


def refusal(kind: str, path: Path, columns: Mapping[str, str] | None = None, sheet: str = "") -> str:
    """Return the sentence the file at *path* is refused with, at opening or while its rows are read."""
    with pytest.raises(SourceError) as caught:
        values(opened(kind, path, columns, sheet=sheet))
    return str(caught.value)


def read_row(reader: RowReader, line: int, cells: Cells | Slipped) -> Assessment | Rejected | NoRecord:
    """Return what one row is, in a file without any other."""
    found = reader.read(line, cells)
    if isinstance(found, Doubtful):
        found = reader.doubts.settled(found)
    if isinstance(found, NoRecord | Rejected):
        return found
    return assessment_of(found.values if isinstance(found, PartlyRead) else found)
