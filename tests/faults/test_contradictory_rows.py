"""Fault matrix, rows 78 to 80, 89 and 90: rows that contradict each other, the calendar, or last week."""

from datetime import date, timedelta

import pytest

from alerter.bank_holidays import working_calendar
from alerter.pipeline.outcome import RunResult
from tests.acceptance.oracle_days import Days
from tests.world.council import ADMINS, FALLBACK
from tests.world.letters import text_of
from tests.world.office import AS_OF, NEXT, NORTH, WEEK, Office, row

OKAFOR = NORTH["manager_email"]
TOMORROW = AS_OF + timedelta(days=1)


def test_fault_078_duplicates(desk: Office) -> None:
    """Identical rows are one; of two that differ the open one is judged, the other is told with its line."""
    signed = row("A-2", authorised_on="2009-11-20")
    done = _run(desk, row("A-1"), row("A-1"), signed, row("A-2"), row("A-3"))
    assert done.sync is not None
    assert (done.sync.rows, done.sync.stored, done.sync.collapsed, done.sync.rejected) == (5, 3, 1, 1)
    assert done.counts["open"] == 3
    assert _listed(desk) == ["A-1", "A-2", "A-3"]
    (summary,) = desk.summaries()
    assert "line 4" in summary
    assert "line 5" in summary


def test_fault_079_implausible_start(desk: Office) -> None:
    """
    A start in the future, before 1990 or missing is an exception until mended, and never counts as not due.
    """
    starts = (TOMORROW.isoformat(), "1989-12-29", "1900-01-01", "", "TBC")
    rows = [row(f"A-{number}", started_on=start) for number, start in enumerate(starts)]
    missing = {(f"A-{number}", "start_missing") for number in range(1, len(starts))}
    for as_of, more in ((AS_OF, {("A-0", "start_in_future")}), (NEXT, set())):
        done = _run(desk, *rows, row("A-9"), as_of=as_of)
        assert {(each.assessment_id, each.kind) for each in done.exceptions} == missing | more
        assert done.counts["open"] == 2  # the one to come, and the sound one
        assert done.sync is not None
        assert done.sync.rejected == len(missing)
    assert all(kind in desk.summaries()[0] for kind in ("start_missing", "start_in_future"))


@pytest.mark.parametrize(
    ("signed", "kind"),
    [("2009-10-01", "authorised_before_start"), (TOMORROW.isoformat(), "authorised_in_future")],
)
def test_fault_080_implausible_sign_off(desk: Office, signed: str, kind: str) -> None:
    """
    A sign-off before the start or in the future is an exception, and the assessment is chased as unsigned.
    """
    done = _run(desk, row("A-1", authorised_on=signed))
    assert [(each.assessment_id, each.kind) for each in done.exceptions] == [("A-1", kind)]
    assert done.counts["past_alert"] == 1
    assert _listed(desk) == ["A-1"]


def test_fault_089_vanished(desk: Office) -> None:
    """Open last week and missing now: told once by its id, and then neither chased nor told again."""
    _run(desk, row("A-1"), row("A-2"))
    kinds = []
    for week in (1, 2):
        done = _run(desk, row("A-1"), as_of=AS_OF + week * WEEK)
        kinds.append([(each.assessment_id, each.kind) for each in done.exceptions])
        assert done.counts["open"] == 1
    assert kinds == [[("A-2", "vanished")], []]
    assert "A-2" in desk.summaries()[1]


@pytest.mark.parametrize(
    ("nation", "start", "day_25", "past"),
    [
        (
            "england",
            "Thu 2009-04-09",
            "Tue 2009-05-19",
            "Wed 2009-05-20",
        ),  # before Easter
        ("scotland", "Thu 2009-04-09", "Mon 2009-05-18", "Tue 2009-05-19"),
        ("england", "Sat 2009-05-23", "Mon 2009-06-29", "Tue 2009-06-30"),  # a Saturday
        ("england", "Mon 2009-05-25", "Mon 2009-06-29", "Tue 2009-06-30"),  # on that bank holiday
        ("england", "Fri 2009-05-29", "Fri 2009-07-03", "Mon 2009-07-06"),
        ("england", "Thu 2009-12-24", "Tue 2010-02-02", "Wed 2010-02-03"),  # Christmas Eve
        ("northern-ireland", "Mon 2009-06-01", "Mon 2009-07-06", "Tue 2009-07-07"),
    ],
)
def test_fault_090_edge_of_day_25(nation: str, start: str, day_25: str, past: str) -> None:
    """
    Day 25 is not past day 25, and the next working day is; counted by hand, and by an oracle of the tests'.
    """
    began, edge, after = _day(start), _day(day_25), _day(past)
    calendar, oracle = working_calendar(nation), Days(nation)
    assert calendar.age(began, edge) == oracle.age(began, edge) == 25
    assert calendar.age(began, after) == oracle.age(began, after) == 26
    assert calendar.nth_day(began, 25) == edge
    assert calendar.age(began, after - timedelta(days=1)) == 25


def _day(words: str) -> date:
    weekday, day = words.split()
    found = date.fromisoformat(day)
    assert found.strftime("%a") == weekday
    return found


def _run(desk: Office, *rows: dict[str, object], as_of: date = AS_OF) -> RunResult:
    desk.extract(*rows)
    done = desk.weekly().run(as_of)
    assert done.state == "done"
    assert {mail["To"].addresses[0].addr_spec for mail in desk.sent()} <= {OKAFOR, FALLBACK, ADMINS}
    return done


def _listed(desk: Office) -> list[str]:
    """Return the assessments listed in the manager's last digest, in order of id."""
    lines = text_of(desk.sent(OKAFOR)[-1]).splitlines()
    return sorted(line.split()[0] for line in lines if line.startswith("A-"))
