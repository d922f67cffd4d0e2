"""What a digest says beside its rows: checkpoints, dates that moved, records to mend."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.data_exceptions import DataException, quality_faults
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Stage
from alerter.mail.summary import Summary
from tests.mail import made_up

WRITE = made_up.writer()
MOVED = Moved(
    assessment_id="A-7",
    child_id="70",
    alert_day=25,
    alert_from=date(2026, 11, 26),
    alert_to=date(2026, 11, 27),
    due_from=date(2026, 12, 10),
    due_to=date(2026, 12, 11),
)


def checkpoint(worker: str) -> Alert:
    """Return what is on track and reaches day 10 before the next digest."""
    assessment = made_up.started(12, "A-8", "80", worker=worker)
    return Alert(
        assessment=assessment,
        clock=made_up.CORE,
        stage=Stage.ON_TRACK,
        age=8,
        checkpoint=(10, date(2026, 11, 25)),
    )


@pytest.mark.parametrize(("worker", "said"), [("R. Begum", "child 80, R. Begum: day"), ("", "child 80: day")])
def test_checkpoints_have_lines_of_their_own(worker: str, said: str) -> None:
    """They are no rows, for nothing is late: no line begins with the id."""
    digest = replace(made_up.usual_week(), checkpoints=(checkpoint(worker),))
    text = WRITE.digest(digest, made_up.facts()).text
    assert "Checkpoints (1): reached by Monday 30 November\n" in text
    assert f"- A-8 {said} 10 is Wed 25 Nov\n" in text


def test_dates_that_moved_are_told_from_and_to() -> None:
    """In both parts of the manager's digest, and in the admins' summary."""
    rendered = WRITE.digest(replace(made_up.usual_week(), moved=(MOVED,)), made_up.facts())
    said = "A-7 child 70: day 25 from Thu 26 Nov to Fri 27 Nov, due date from Thu 10 Dec to Fri 11 Dec"
    assert f"- {said}\n" in rendered.text
    assert said in rendered.html
    summary = Summary(facts=made_up.facts(), counts={}, deliveries=(), moved=(MOVED,))
    assert f"- {said}\n" in WRITE.summary(summary).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"alert_to": MOVED.alert_from}, "- A-7 child 70: due date from Thu 10 Dec to Fri 11 Dec\n"),
        ({"due_to": MOVED.due_from}, "- A-7 child 70: day 25 from Thu 26 Nov to Fri 27 Nov\n"),
        (
            {"alert_to": MOVED.alert_from, "due_to": date(2027, 1, 5)},
            "- A-7 child 70: due date from Thu 10 Dec to Tue 5 Jan 2027\n",
        ),
    ],
)
def test_only_the_date_that_moved_is_told(changed: dict[str, date], said: str) -> None:
    """The other one is not mentioned, and the year stands where it is another."""
    digest = replace(made_up.usual_week(), moved=(replace(MOVED, **changed),))
    assert said in WRITE.digest(digest, made_up.facts()).text


def test_more_notes_than_fit_are_counted() -> None:
    """The fifty first, how many more, and whom to ask for them."""
    faults = tuple(DataException("duplicate_open", f"A-{n}", "9", "why") for n in range(53))
    text = WRITE.digest(replace(made_up.usual_week(), to_mend=faults), made_up.facts()).text
    assert "Records to mend (53)" in text
    assert "- A-49 child 9: why\n- and 3 more: ask " in text
    assert "A-50 child 9" not in text


def test_the_summary_counts_records_to_mend_by_team() -> None:
    """Which fields, how often, and the command that lists each."""
    rows = [
        made_up.started(40, "A-1", "1", authorised_on=date(2026, 1, 5), team="Court"),
        made_up.started(40, "A-2", "2", authorised_on=date(2026, 1, 5), team=""),
    ]
    faults = quality_faults(rows, made_up.AS_OF)
    text = WRITE.summary(Summary(facts=made_up.facts(), counts={}, deliveries=(), to_mend=faults)).text
    assert "Records to mend, by team (2): `alerter quality` lists each\n" in text
    assert "- Court: authorised_on 1\n" in text
    assert "- no team: authorised_on 1\n" in text
