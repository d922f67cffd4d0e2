"""The council's own figures as a table."""

from datetime import date

from alerter.domain.timeliness import sign_offs
from alerter.reports.csv_table import rows
from tests.reports.papers import CORE
from tests.world.assessments import CLOCKS, assessment, calendar_of

AS_OF = date(2026, 11, 23)


def table(first: date | None, last: date) -> list[tuple[str, ...]]:
    """Return the rows of three sign-offs in two months, one of them late."""
    calendar, clocks = calendar_of(), CLOCKS | {"core": CORE}
    ends = ((date(2026, 9, 30), 35), (date(2026, 10, 1), 36), (date(2026, 10, 31), 3))
    known = [
        assessment(calendar.latest_start(on, days), assessment_id=str(on), authorised_on=on)
        for on, days in ends
    ]
    return list(rows(clocks, sign_offs(calendar, clocks, known, AS_OF), first, last))


def test_one_row_a_month_and_a_total_a_type() -> None:
    """Two decimals, the target where there is one, nothing for a share of nothing."""
    assert table(None, AS_OF) == [
        ("core", "2026-09", "1", "1", "100.00", "81"),
        ("core", "2026-10", "2", "1", "50.00", "81"),
        ("core", "total", "3", "2", "66.67", "81"),
        ("initial", "total", "0", "0", "", ""),
    ]


def test_both_ends_count() -> None:
    """From the first day to the last, by the day of authorisation."""
    assert table(date(2026, 10, 1), date(2026, 10, 31))[1] == ("core", "total", "2", "1", "50.00", "81")
    assert table(date(2026, 10, 2), date(2026, 10, 30))[0] == ("core", "total", "0", "0", "", "81")
