"""What a digest says beside its rows: checkpoints, dates that moved, records to mend."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.data_exceptions import DataException, quality_faults
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Stage
from alerter.domain.routing import NO_PLACE
from alerter.mail.summary import Summary
from tests.mail import gallery
from tests.world import samples

WRITE = samples.writer()
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
    assessment = samples.started(12, "A-8", "80", worker=worker)
    return Alert(
        assessment=assessment,
        clock=samples.CORE,
        stage=Stage.ON_TRACK,
        age=8,
        checkpoint=(10, date(2026, 11, 25)),
    )


@pytest.mark.parametrize(("worker", "said"), [("R. Begum", "child 80, R. Begum: day"), ("", "child 80: day")])
def test_checkpoints_have_lines_of_their_own(worker: str, said: str) -> None:
    """They are no rows, for nothing is late: no line begins with the id."""
    digest = replace(samples.usual_week(), checkpoints=(checkpoint(worker),))
    text = WRITE.digest(digest, samples.facts()).text
    assert "Checkpoints (1): reached by Monday 30 November\n" in text
    assert f"- A-8 {said} 10 is Wed 25 Nov\n" in text


def test_dates_that_moved_are_told_from_and_to() -> None:
    """In both parts of the manager's digest, and in the admins' summary."""
    rendered = WRITE.digest(replace(samples.usual_week(), moved=(MOVED,)), samples.facts())
    said = "A-7 child 70: day 25 from Thu 26 Nov to Fri 27 Nov, due date from Thu 10 Dec to Fri 11 Dec"
    assert f"- {said}\n" in rendered.text
    assert said in rendered.html
    summary = Summary(facts=samples.facts(), counts={}, deliveries=(), moved=(MOVED,))
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
    digest = replace(samples.usual_week(), moved=(replace(MOVED, **changed),))
    assert said in WRITE.digest(digest, samples.facts()).text


def test_equal_remarks_are_one_line() -> None:
    """With how many rows they are about and the first ten of them, in the digest and in the summary."""
    unrouted = [DataException("no_manager", f"A-{n}", f"{n}", NO_PLACE) for n in range(28)]
    unrouted.append(DataException("no_manager", "A-99", "99", NO_PLACE))
    unrouted[5] = DataException("no_manager", "A-5", "5", "team 'Duty' is not in the directory")
    digest = replace(samples.usual_week(), unrouted=tuple(unrouted))
    welsh = "28 o resi heb d\u00eem na gweithiwr: A-0 plentyn 0, A-1 plentyn 1, "
    english = "28 rows have neither team nor worker: A-0 child 0, A-1 child 1, "
    for language, said in {"en": english, "cy": welsh}.items():
        text = WRITE.digest(digest, gallery.facts(language)).text
        (line,) = (line for line in text.splitlines() if "A-0 " in line)
        assert line.startswith(f"- {said}")
        assert line.endswith((" and 18 more", " a 18 arall"))
        assert "- A-5 " in text
    summary = Summary(facts=samples.facts(), counts={}, deliveries=(), exceptions=unrouted)
    text = WRITE.summary(summary).text
    assert "To mend, no_manager (29): no manager found, sent to the fallback\n- 28 rows have neither" in text
    assert "- A-5: team 'Duty' is not in the directory\n" in text


def test_a_closure_day_does_not_list_every_date_it_moved() -> None:
    """More than five are counted, with the first that is due."""
    moves = tuple(replace(MOVED, assessment_id=f"A-{n}", due_to=date(2026, 12, 30 - n)) for n in range(14))
    said = (
        "- 14 assessments have other dates now; the first that is due: A-13 child 70: day 25 from Thu 26 Nov "
    )
    text = WRITE.digest(replace(samples.usual_week(), moved=moves), samples.facts()).text
    assert f"Dates moved (14): the calendar has changed since the last digest\n{said}" in text
    summary = Summary(facts=samples.facts(), counts={}, deliveries=(), moved=moves)
    assert (
        f"Dates moved (14): the calendar has changed since the last run\n{said}"
        in WRITE.summary(summary).text
    )
    listed = WRITE.digest(replace(samples.usual_week(), moved=moves[:5]), samples.facts()).text
    assert sum(line.startswith("- A-") and " day 25 from" in line for line in listed.splitlines()) == 5


def test_more_notes_than_fit_are_counted() -> None:
    """The fifty first, how many more, and whom to ask for them."""
    faults = tuple(DataException("duplicate_open", f"A-{n}", "9", f"why {n}") for n in range(53))
    text = WRITE.digest(replace(samples.usual_week(), to_mend=faults), samples.facts()).text
    assert "Records to mend (53)" in text
    assert "- A-49 child 9: why 49\n- and 3 more: ask " in text
    assert "A-50 child 9" not in text


def test_the_summary_counts_records_to_mend_by_team() -> None:
    """Which fields, how often, and the command that lists each."""
    rows = [
        samples.started(40, "A-1", "1", authorised_on=date(2026, 1, 5), team="Court"),
        samples.started(40, "A-2", "2", authorised_on=date(2026, 1, 5), team=""),
    ]
    faults = quality_faults(rows, samples.AS_OF)
    text = WRITE.summary(Summary(facts=samples.facts(), counts={}, deliveries=(), to_mend=faults)).text
    assert "Records to mend, by team (2): `alerter quality` lists each\n" in text
    assert "- Court: authorised_on 1\n" in text
    assert "- no team: authorised_on 1\n" in text
