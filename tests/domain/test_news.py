"""News between two digests: what became overdue or was escalated, and was neither told nor noted."""

from alerter.domain.escalation import EscalationRule
from alerter.domain.news import News, news_of
from alerter.domain.plan import work_out
from alerter.domain.policy import Stage
from alerter.domain.progress import LastAlert
from tests.domain.test_plan import findings, rules
from tests.world.assessments import AS_OF, aged, entry

NORTH, HEAD = "north@council.example", "head@council.example"
DIRECTORY = (entry(2, team="North", manager_email=NORTH, escalate_to=HEAD),)
AGES = {1: 40, 2: 36, 3: 31, 4: 27}


def news(last: dict[int, tuple[Stage, bool]], *noted: int) -> list[News]:
    """Return the news of four assessments, escalated from day 30 on, after a digest said this of them."""
    opened = [
        aged(age, assessment_id=f"A-{number}", child_id=str(number), team="North")
        for number, age in AGES.items()
    ]
    by = rules(escalation=EscalationRule(after_digests=0, from_day=30))
    plan = work_out(by, findings(*opened, directory=DIRECTORY), AS_OF)
    alerts = {
        number: LastAlert(stage=stage, owner=NORTH, weeks=1, is_escalated=is_escalated)
        for number, (stage, is_escalated) in last.items()
    }
    return news_of(plan, alerts, noted)


def test_what_the_digest_told_is_no_news() -> None:
    """Overdue then and now, escalated then and now; what became either since is, the oldest first."""
    past = dict.fromkeys(AGES, (Stage.PAST_ALERT, False))
    (fresh,) = news({**past, 1: (Stage.OVERDUE, True)})
    assert fresh.recipient.email == NORTH
    assert [row.number for row in fresh.overdue] == [2]
    assert [row.number for row in fresh.escalated] == [3]
    assert fresh.numbers == {2, 3}
    assert news({1: (Stage.OVERDUE, True), 2: (Stage.OVERDUE, True), 3: (Stage.PAST_ALERT, True)}) == []


def test_what_was_noted_is_no_news() -> None:
    """Each is told of once between two digests."""
    (fresh,) = news({1: (Stage.OVERDUE, True)}, 2)
    assert fresh.numbers == {3}
    assert news({1: (Stage.OVERDUE, True)}, 2, 3) == []


def test_what_the_digest_did_not_have_is_news_once_it_is_late() -> None:
    """It came with a later extract."""
    (fresh,) = news({})
    assert [row.number for row in fresh.rows] == [1, 2, 3]
