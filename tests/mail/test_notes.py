"""The words of the note between two digests."""

from datetime import timedelta

from alerter.domain.news import News
from alerter.domain.policy import Alert, Stage
from alerter.domain.routing import Judged, Route
from alerter.mail.notes import MOST_ROWS, note
from tests.mail.test_short_letters import part
from tests.mail.test_writer import parsed
from tests.store.test_alerts import CORE
from tests.world import samples

LINK = "https://alerts.council.example/r/abc"


def judged(number: int, stage: Stage, covering_for: str = "") -> Judged:
    """Return one assessment at a stage."""
    assessment = samples.started(50, f"A-{number}", f"{number}")
    due_on = samples.facts().as_of - timedelta(days=1)
    alert = Alert(assessment=assessment, clock=CORE, stage=stage, age=36, due_on=due_on, alert_on=due_on)
    return Judged(number, alert, Route(samples.MANAGER, covering_for=covering_for))


def test_a_note_lists_what_is_new_under_its_heading() -> None:
    """For whom somebody covers, what is asked, and the way to the list; no id or name in its subject."""
    news = News(
        recipient=samples.MANAGER,
        overdue=[judged(1, Stage.OVERDUE, "P. Novak")],
        escalated=[judged(2, Stage.PAST_ALERT)],
    )
    message = note(news, samples.facts(), samples.writer(answer_link=lambda *_: LINK))
    text = part(parsed(message.body), "plain")
    lines = text.splitlines()
    assert lines[lines.index("Overdue (1)") + 1].startswith("A-1  child 1  day 36 of 35, was due")
    assert lines[lines.index("Overdue (1)") + 1].endswith(", covering for P. Novak")
    assert lines[lines.index("Escalated (1)") + 1].startswith("A-2  child 2  day 36 of 35")
    assert "The service manager is told of these in the next digest." in lines
    assert f"Record what you have checked: {LINK}" in lines
    assert message.subject.startswith("Assessments: 2 now overdue or escalated, ")
    assert note(news, samples.facts(), samples.writer()).message_id == message.message_id


def test_a_long_note_says_what_it_leaves_out() -> None:
    """The next digest has it."""
    rows = [judged(number, Stage.OVERDUE) for number in range(MOST_ROWS + 2)]
    news = News(recipient=samples.MANAGER, overdue=rows, escalated=[])
    text = part(parsed(note(news, samples.facts(), samples.writer()).body), "plain")
    assert "And 2 more, which the next digest lists." in text
    assert text.count("child ") == MOST_ROWS
