"""A column half of which a spreadsheet with US settings swapped is refused, and its near misses are not."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.old_workbooks import xls
from tests.sources.reading import accepted, opened, refusal
from tests.sources.workbooks import ods, xlsx

MAKERS: dict[str, Callable[..., Path]] = {".xlsx": xlsx, ".ods": ods, ".xls": xls}
DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 30))
LATE = [date(2026, 10, 20), date(2026, 9, 29), date(2026, 11, 16)]
EARLY = [date(2026, 12, 10), date(2026, 8, 9), date(2026, 5, 1)]
BLANKS = [None, "", "TBC", "01/01/1900", date(1900, 1, 1), "N/A"]


def as_us_settings_have_it(day: date) -> object:
    """Return what a British date becomes: swapped where it can be one, else the text it was."""
    return day.strftime("%d/%m/%Y") if day.day > 12 else date(day.year, day.day, day.month)


def texts(*days: date) -> list[object]:
    """Return dates as texts, day first."""
    return [day.strftime("%d/%m/%Y") for day in days]


def sheet(path: Path, cells: list[object], column: str = "started_on") -> Path:
    """Write a workbook with *cells* in one column of dates."""
    heading = ["child_id", "started_on", *({column} - {"started_on"})]
    known = [] if column == "started_on" else [date(2026, 1, 30)]
    rows = [heading, *([number, *known, cell] for number, cell in enumerate(cells))]
    return MAKERS[path.suffix](path, {"S": rows})


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=20)
@given(days=st.lists(DAYS, max_size=20), data=st.data())
def test_random_swapped_columns(kind: str, days: list[date], data: st.DataObject) -> None:
    """
    British dates through US settings, in any order and with blanks, are refused where three of each tell.
    """
    cells = [as_us_settings_have_it(day) for day in days]
    cells += data.draw(st.lists(st.sampled_from(BLANKS[:2] + BLANKS[3:5]), max_size=3))
    cells = data.draw(st.permutations(cells))
    late = sum(day.day > 12 for day in days)
    with TemporaryDirectory() as folder:
        path = sheet(Path(folder) / f"x{kind}", cells, "closed_on")
        if min(late, len(days) - late) >= 3:
            assert 'the column "closed_on" has dates with day and month swapped' in refusal("workbook", path)
        else:
            accepted(opened("workbook", path))


@pytest.mark.parametrize("kind", MAKERS)
def test_the_sentence_says_what_tells(tmp_path: Path, kind: str) -> None:
    """It names file, sheet and column, counts, and the way out; equal dates count each."""
    cells = [*texts(LATE[0], LATE[0], LATE[0]), *[EARLY[0]] * 4, *BLANKS]
    assert refusal("workbook", sheet(tmp_path / f"x{kind}", cells)) == (
        f'x{kind}, sheet "S": the column "started_on" has dates with day and month swapped: its 3 dates that '
        "are text all have a day above 12, its 4 others none, as when a spreadsheet with US settings opens a "
        "British file; export it as YYYY-MM-DD."
    )


@pytest.mark.parametrize(
    "cells",
    [
        [*texts(*LATE, date(2026, 10, 12)), *EARLY],
        [*texts(*LATE), *EARLY, date(2026, 10, 13)],
        [*texts(*LATE[:2]), *EARLY],
        [*texts(*LATE), *EARLY[:2]],
        [*EARLY, *EARLY],
        [*LATE, *EARLY],
        texts(*LATE, *LATE),
        [*texts(*LATE[:2]), *EARLY, "01/01/1900", "31/12/9999"],
        [*texts(*LATE), *EARLY[:2], date(1900, 1, 1), date(1899, 12, 30)],
    ],
)
@pytest.mark.parametrize("kind", MAKERS)
def test_near_misses_are_read(tmp_path: Path, kind: str, cells: list[object]) -> None:
    """
    One date that tells otherwise, two of a kind, one kind alone, and stand-ins, which count for neither.
    """
    assert len(accepted(opened("workbook", sheet(tmp_path / f"x{kind}", cells, "review_on")))) == len(cells)


def test_years_of_two_digits_are_judged_with_their_column(tmp_path: Path) -> None:
    """What stayed text may have a short year, which the column itself explains."""
    cells = [*(day.strftime("%d/%m/%y") for day in LATE), *EARLY]
    assert "swapped" in refusal("workbook", sheet(tmp_path / "x.xlsx", cells))
