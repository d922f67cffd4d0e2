"""A date is read in the formats councils use, day before month, or not at all."""

import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.dates import EXCEL_EPOCH, DateColumn, MonthFirstError, UnreadableDateError

HALVES = ("am", " AM", "pm", " p.m.", " a.m.")
WRITINGS = (
    "Y-m-d", "Ymd", "d-m-Y", "e-n-Y", "d b Y", "d-b-y", "dbY", "e b, Y", "b e, Y", "b e Y", "b e y", "Y-b-d",
    "B e, Y", "e B Y", "a e b Y", "A, e B Y", "A e B y", "o B Y", "o of B, Y", "B o, Y", "a, d b Y",
)  # fmt: skip
"""Letters as in `strftime`; e and n are the day and the month without a nought, o the day as an ordinal."""
BLANKS = (" ", "  ", "\u00a0", "\u202f", "\u2007", "\u3000", "\t", " \u200b", "\ufeff ", "\u00ad ")
CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, '="{}"'.format, " {} ".format)
TIMES = st.one_of(
    st.just(""),
    st.builds(
        "{}{}".format,
        st.builds(" {:02}:{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
        st.sampled_from(["", ".0", ".123", ",1234567", ".000000000"]),
    ),
    st.builds(" {:02}.{:02}.{:02}.{:06}".format, *map(st.integers, [0] * 4, [23, 59, 59, 999999])),
    st.builds(" {}:{:02}{}".format, st.integers(1, 12), st.integers(0, 59), st.sampled_from(HALVES)),
)
FIFTH = date(2026, 10, 5)
DATES = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def read(value: object) -> date | None:
    """Read one value as a column of its own."""
    return DateColumn("started_on").read(value)


def written_as(writing: str, on: date, mark: str = "-") -> str:
    """Return *on* in one of the `WRITINGS`, with *mark* for each hyphen."""
    end = "th" if on.day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(on.day % 10, "th")
    own = {"-": mark, "e": str(on.day), "n": str(on.month), "o": f"{on.day}{end}", "of ": "of "}
    pieces = re.findall("of |.", writing)
    return "".join(own.get(piece, on.strftime(f"%{piece}") if piece.isalpha() else piece) for piece in pieces)


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
        "05-OCT-26",
        "05-OCT-26 00.00.00.000000",
        "05-OCT-2026 12.00.00.000000000 AM +01:00",
        "05OCT2026:00:00:00.000",
        "Oct  5 2026 12:00AM",
        "Oct  5 2026 12:00:00:000AM",
        "2026/10/05",
        "2026.10.05",
        "2026 10 05",
        "20261005",
        "20261005 00:00:00",
        "20261005T093015",
        "20261005093015",
        20261005,
        20261005.0,
        "2026-10-05-09.30.15.123456",
        "2026-10-05+01:00",
        "Mon 5 Oct 2026",
        "Mon. 5 Oct. 2026",
        "Monday, 5 October 2026",
        "Mon, 05 Oct 2026 09:30:15 GMT",
        "Mon Oct 5 09:30:15 BST 2026",
        "Mon Oct 05 2026 00:00:00 GMT+0100 (British Summer Time)",
        "5th October 2026",
        "5th of October, 2026 at 9.30 a.m.",
        "October 5, 2026",
        "October 5th, 2026 12:00 p.m.",
        "5 Oct '26",
        "5 Oct 26",
        "05/10/2026 12:00:00 a.m.",
        "05/10/2026 23.59",
        "05/10/2026 - 9am",
        "05/10/2026 24:00",
        "5 / 10 / 2026",
        "'05/10/2026",
        '="05/10/2026"',
        "05\u201310\u20132026",
        "0\u00ad5/10/\ufeff2026\u202f\u200b",
        "5\u00a0Oct\u20072026",
        "2026-10-04T23:00:00.000+0000",
        "2026-10-04 23:30:00.000 UTC",
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
    """Monday 5 October 2026 in each way a council writes it."""
    assert FIFTH.strftime("%a") == "Mon"
    assert read(value) == FIFTH


@pytest.mark.parametrize(
    "value",
    [
        "", "  ", "NULL", "null", "N/A", "#N/A", "n/a", "-", "nan", "NaT", "None", "99991231", 99991231,
        None, math.nan, Decimal("NaN"), "0", 0, 0.0, 1, Decimal(0), "\\N", "(null)", '=""',
        "\u00a0\u200b\ufeff",
        time(), timedelta(), "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00/01/1900", "0-Jan-00",
        "30/12/1899", "1899-12-31", "01/01/0001", "0001-01-01T00:00:00Z", "1899-12-30T00:00:00.000Z",
        "31-Dec-9999", "Jan 1 1900 12:00AM", "19000101", "99991231235959", "01/01/1904",
        date(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC), date(1899, 12, 30), date(1904, 1, 1),
        "1900-01-01", "01/01/1900", "1900-01-01 00:00:00", "2300-01-01", "9999-12-31", "31/12/9999",
        "9999-12-31T23:59:59.999Z", date(1900, 1, 1), date(9999, 12, 31),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
    ],
)  # fmt: skip
def test_what_stands_for_no_date_is_none(value: object) -> None:
    """Blank words and sentinel dates, in any format, are no date."""
    assert read(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "TBC", "May be 8 Jan 2000", "Notadate", "05/10/26", "31/02/2026", "05-10-26", "45/10/2026",
        "02/30/2026",
        "2026-13-01", "2026-02-30", "5 Octember 2026", "2026-W41-1", "202610", "20261305", "2026278",
        "05/10-2026", "12345",
        "73416", 32873, 73416, 1e300, math.inf, -5, True, "2026-10-05T25:00:00Z", "\uff15/10/2026", object(),
        "Tue 5 Oct 2026", "5 Oct", "Oct 2026", "Oct 5 10:12:15", "5 Oct 2026 noon", "05/10/2026 25:00",
        "05/10/2026 10:61", "05/10/2026 13:00 AM", "05/10/2026 10", "5 Oct 2026 10:00 CEST", "10.30.15",
        "2026-10-05T00:00:00+99:00", "1", "0.5", 0.5,
        time(9, 30), timedelta(hours=9), "05102026", 5102026, 1e9,
    ],
)  # fmt: skip
def test_anything_else_is_unreadable(value: object) -> None:
    """
    Two-digit years, days that do not exist and prose are no dates, and the error holds the column alone.
    """
    with pytest.raises(UnreadableDateError) as caught:
        DateColumn("started_on", "Start date").read(value)
    assert str(caught.value) == "Start date"


@pytest.mark.parametrize("value", ["05/25/2026", "5-25-2026", "12/31/2026 10:00", "05.13.2026", "10/25/26"])
def test_an_impossible_day_first_date_condemns_its_column(value: str) -> None:
    """What can only be month first is told apart from what is merely wrong."""
    with pytest.raises(MonthFirstError, match=r"^Start date$"):
        DateColumn("started_on", "Start date").read(value)


def test_a_summer_evening_in_utc_is_the_next_day_in_london() -> None:
    """Midnight in British Summer Time, written in UTC, is not the day before."""
    assert read("2026-07-05T23:00:00Z") == date(2026, 7, 6)
    assert read("2026-12-05T23:00:00Z") == date(2026, 12, 5)


@given(DATES)
def test_writing_and_reading_gives_the_same_day(on: date) -> None:
    """Excel's serial comes back as the day it was, as a number and as a text."""
    serial = (on - EXCEL_EPOCH).days
    assert read(serial) == read(str(serial)) == on


@given(
    st.dates(date(1990, 1, 1), date(2089, 12, 31)),
    st.sampled_from(WRITINGS),
    TIMES,
    st.sampled_from(BLANKS),
    st.sampled_from(CASES),
    st.data(),
)
def test_every_writing_is_its_day_or_unreadable(
    on: date, writing: str, time_of_day: str, blank: str, case: Callable[[str], str], data: st.DataObject
) -> None:
    """Whatever parts, blanks, case and time a date is written with, it is read as itself."""
    written = written_as(writing, on, mark=data.draw(st.sampled_from("/-.")))
    assert read(case((written + time_of_day).replace(" ", blank))) == on


@given(
    st.builds(datetime.combine, DATES, st.times()),
    st.integers(-12, 14),
    st.sampled_from(["milliseconds", "seconds", "minutes", "microseconds"]),
    st.sampled_from(["{}", " {} ", "\ufeff{}", '="{}"']),
)
def test_a_moment_with_a_zone_is_its_day_in_london(at: datetime, hours: int, to: str, around: str) -> None:
    """However exact, in whatever zone, and by the quick way and the patient one."""
    moment = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    expected = moment.astimezone(ZoneInfo("Europe/London")).date()
    assert read(around.format(moment.isoformat(timespec=to))) == expected
    assert read(around.format(at.strftime("%d-%b-%Y %I.%M.%S.%f %p ") + f"{hours:+03}:00")) == expected
    if hours == 0:
        assert read(around.format(f"{at.isoformat(timespec=to)}Z")) == expected


@given(DATES, st.sampled_from("/-. "), st.integers(0, 2))
def test_numbers_alone_are_never_month_first(on: date, mark: str, order: int) -> None:
    """Any order of day, month and year in numbers is the day it is in our order, or no date at all."""
    parts = [f"{on.month:02}", f"{on.day:02}"]
    parts.insert(order, str(on.year))
    with suppress(UnreadableDateError, MonthFirstError):
        found = read(mark.join(parts))
        assert order != 1
        assert found == (on if order == 0 else date(on.year, on.day, on.month))


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_nothing_or_a_fault(text: str) -> None:
    """Reading never fails in a way nobody named."""
    with suppress(UnreadableDateError, MonthFirstError):
        assert read(text) is None or isinstance(read(text), date)
