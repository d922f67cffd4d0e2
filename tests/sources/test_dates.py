"""A date is read in the formats councils use, day before month, or not at all."""

import math
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.dates import EXCEL_EPOCH, DateColumn, MonthFirstError, UnreadableDateError

FIFTH = date(2026, 10, 5)
DATES = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def read(value: object) -> date | None:
    """
    Read one value as a column of its own.
    """
    return DateColumn("started_on").read(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-05",
        " 2026-10-05 ",
        "2026-10-5",
        "2026-10-05T09:30",
        "2026-10-05 09:30:15",
        "2026-10-05 09:30:15.1234567",
        "2026-10-05T00:00:00Z",
        "2026-10-05T09:30:15.123+01:00",
        "2026-10-05 09:30:15 +00:00",
        "05/10/2026",
        "5/10/2026",
        "05-10-2026",
        "05.10.2026",
        "05/10/2026 00:00",
        "05/10/2026 12:00:00 AM",
        "2026-Oct-05 00:00:00",
        "05 Oct 2026",
        "5-Oct-2026",
        "05/OCT/2026",
        "5 October 2026",
        "46300",
        "46300.5",
        46300,
        46300.75,
        Decimal(46300),
        FIFTH,
        datetime(2026, 10, 5, 23, 59),  # noqa: DTZ001 - a workbook's dates have no zone
        datetime(2026, 10, 4, 23, 30, tzinfo=UTC),
    ],
)
def test_every_format_of_the_field_is_the_same_day(value: object) -> None:
    """
    Monday 5 October 2026 in each way a council writes it.
    """
    assert FIFTH.strftime("%a") == "Mon"
    assert read(value) == FIFTH


@pytest.mark.parametrize(
    "value",
    [
        "", "  ", "NULL", "null", "N/A", "#N/A", "n/a", "-", "nan", "NaT", "None", "99991231", 99991231,
        None, math.nan, Decimal("NaN"),
        "1900-01-01", "01/01/1900", "1900-01-01 00:00:00", "2300-01-01", "9999-12-31", "31/12/9999",
        "9999-12-31T23:59:59.999Z", date(1900, 1, 1), date(9999, 12, 31),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
    ],
)  # fmt: skip
def test_what_stands_for_no_date_is_none(value: object) -> None:
    """
    Blank words and sentinel dates, in any format, are no date.
    """
    assert read(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "TBC", "May be 8 Jan 2000", "Notadate", "05/10/26", "31/02/2026", "00/00/0000", "45/10/2026",
        "02/30/2026",
        "2026-13-01", "2026-02-30", "5 Octember 2026", "2026-W41-1", "20261005", "05/10-2026", "12345",
        "73416", 32873, 73416, 1e300, math.inf, -5, True, "2026-10-05T25:00:00Z", "\uff15/10/2026", object(),
    ],
)  # fmt: skip
def test_anything_else_is_unreadable(value: object) -> None:
    """
    Two-digit years, days that do not exist and prose are no dates, and the error holds the column alone.
    """
    with pytest.raises(UnreadableDateError) as caught:
        DateColumn("started_on", "Start date").read(value)
    assert str(caught.value) == "Start date"


@pytest.mark.parametrize("value", ["05/25/2026", "5-25-2026", "12/31/2026 10:00", "05.13.2026"])
def test_an_impossible_day_first_date_condemns_its_column(value: str) -> None:
    """
    What can only be month first is told apart from what is merely wrong.
    """
    with pytest.raises(MonthFirstError, match=r"^Start date$"):
        DateColumn("started_on", "Start date").read(value)


def test_a_summer_evening_in_utc_is_the_next_day_in_london() -> None:
    """
    Midnight in British Summer Time, written in UTC, is not the day before.
    """
    assert read("2026-07-05T23:00:00Z") == date(2026, 7, 6)
    assert read("2026-12-05T23:00:00Z") == date(2026, 12, 5)


@given(DATES)
def test_writing_and_reading_gives_the_same_day(on: date) -> None:
    """
    ISO, day first, month by name and Excel's serial all come back as the day they were.
    """
    serial = (on - EXCEL_EPOCH).days
    for written in (on.isoformat(), on.strftime("%d/%m/%Y"), on.strftime("%Y-%b-%d"), str(serial), serial):
        assert read(written) == on


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_nothing_or_a_fault(text: str) -> None:
    """
    Reading never fails in a way nobody named.
    """
    with suppress(UnreadableDateError, MonthFirstError):
        assert read(text) is None or isinstance(read(text), date)
