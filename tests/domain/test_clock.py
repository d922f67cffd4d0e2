"""A clock's further days, and the rules of before that stay in force for what began under them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerter.domain.policy import Clock, Policy, Stage
from tests.world.assessments import AS_OF, CORE, WEEK, aged, assessment, calendar_of, day

ONE_DAY = timedelta(days=1)
LONG_AGO = day("Mon 1990-01-01")


@pytest.mark.parametrize(
    ("age", "checkpoint"),
    [
        (4, None),
        (5, (10, "Mon 2026-11-30")),
        (9, (10, "Tue 2026-11-24")),
        (10, None),
        (12, None),
        (13, (18, "Mon 2026-11-30")),
        (15, (18, "Thu 2026-11-26")),
        (16, (18, "Wed 2026-11-25")),
        (18, (20, "Wed 2026-11-25")),
        (19, (20, "Tue 2026-11-24")),
        (20, None),
    ],
)
def test_checkpoint_is_named_once(age: int, checkpoint: tuple[int, str] | None) -> None:
    """The first one after today and up to the next digest is named; the alert day itself is none."""
    clock = replace(CORE, checkpoints=(10, 18, 20, 25))
    alert = Policy(calendar_of(), {"core": clock}, WEEK).judge(aged(age))
    assert alert.checkpoint == (checkpoint and (checkpoint[0], day(checkpoint[1])))


def test_no_checkpoint_before_the_start() -> None:
    """What starts tomorrow reaches nothing yet, though its first days lie within the week."""
    clock = replace(CORE, checkpoints=(1,))
    policy = Policy(calendar_of(), {"core": clock}, WEEK)
    assert policy.judge(assessment(AS_OF)).checkpoint == (1, AS_OF + ONE_DAY)
    assert policy.judge(assessment(AS_OF + ONE_DAY)).checkpoint is None


CHANGE = day("Mon 2026-10-05")
BY_REFERRAL = replace(
    CORE, working_days=45, alert_after=20, starts_from="referred_on", effective_from=CHANGE, earlier=CORE
)
BY_START = replace(BY_REFERRAL, starts_from="started_on")


@pytest.mark.parametrize(
    ("clock", "started", "referred", "is_new"),
    [
        (BY_START, CHANGE, None, True),
        (BY_START, CHANGE - ONE_DAY, None, False),
        (BY_START, CHANGE, CHANGE - ONE_DAY, True),
        (BY_START, None, CHANGE - ONE_DAY, False),
        (BY_START, None, None, True),
        (BY_REFERRAL, CHANGE, CHANGE - ONE_DAY, False),
        (BY_REFERRAL, CHANGE - ONE_DAY, CHANGE, True),
        (BY_REFERRAL, CHANGE - ONE_DAY, None, False),
        (CORE, LONG_AGO, LONG_AGO, True),
        (replace(CORE, effective_from=CHANGE), LONG_AGO, None, True),
        (replace(CORE, earlier=BY_START), LONG_AGO, None, True),
    ],
)
def test_what_started_before_a_change_keeps_the_earlier_rule(
    clock: Clock, started: date | None, referred: date | None, *, is_new: bool
) -> None:  # fmt: skip
    """
    The date that starts the newer clock decides, or where it is missing the other; the day itself is new.
    """
    assert clock.in_force(started, referred) == (clock if is_new else clock.earlier)


def test_rules_go_back_further_than_one_change() -> None:
    """Three rules in a row each have their own time, and the policy judges by the one in force."""
    newest = replace(CORE, working_days=30, effective_from=CHANGE + timedelta(days=7), earlier=BY_START)
    assert list(newest.versions()) == [newest, BY_START, CORE]
    starts = [CHANGE - ONE_DAY, CHANGE, CHANGE + timedelta(days=7)]
    assert [newest.in_force(start, None) for start in starts] == [CORE, BY_START, newest]
    policy = Policy(calendar_of(), {"core": newest}, WEEK)
    found = [policy.judge(assessment(start)) for start in starts]
    assert [(alert.clock, alert.stage) for alert in found] == [
        (CORE, Stage.OVERDUE), (BY_START, Stage.PAST_ALERT), (newest, Stage.PAST_ALERT),
    ]  # fmt: skip
