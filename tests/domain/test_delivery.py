"""What becomes of a message after each outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from alerter.domain.delivery import (
    MOST_DEATHS,
    MOST_UNANSWERED,
    Attempts,
    Settlement,
    after_death,
    settlement,
)

PREPARED_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOW = PREPARED_AT + timedelta(hours=1)
THREE_DAYS, SECOND = timedelta(hours=72), timedelta(seconds=1)


@pytest.mark.parametrize("unanswered", [0, 4])
@pytest.mark.parametrize("unknown_outcome", ["resend", "hold"])
@pytest.mark.parametrize("outcome", ["sent", "refused"])
def test_sent_and_refused_are_final(outcome: str, unknown_outcome: str, unanswered: int) -> None:
    """Nothing is due after either, however often and however late it was tried."""
    settled = settlement(
        outcome, Attempts(made=9, unanswered=unanswered, first_prepared_at=PREPARED_AT),
        now=PREPARED_AT + 2 * THREE_DAYS, unknown_outcome=unknown_outcome,
    )  # fmt: skip
    assert settled == Settlement(state=outcome, next_attempt_at=None)


@pytest.mark.parametrize(("unanswered", "minutes"), [(0, 1), (1, 5), (2, 10), (3, 20), (4, None), (5, None)])
def test_unknown_is_sent_five_times_at_most(unanswered: int, minutes: int | None) -> None:
    """It is due again, later each time, and waits for a person after the fifth sending without an answer."""
    due = None if minutes is None else NOW + timedelta(minutes=minutes)
    settled = settlement(
        "unknown", Attempts(made=9, unanswered=unanswered, first_prepared_at=PREPARED_AT), now=NOW
    )
    assert settled == Settlement(
        state="unknown" if due is None else "deferred", next_attempt_at=due, is_unanswered=True
    )
    assert MOST_UNANSWERED == 5


def test_unknown_is_not_sent_again_where_a_person_decides() -> None:
    """With `hold` it waits after the first sending."""
    settled = settlement(
        "unknown",
        Attempts(made=1, unanswered=0, first_prepared_at=PREPARED_AT),
        now=NOW,
        unknown_outcome="hold",
    )
    assert settled == Settlement(state="unknown", is_unanswered=True)


def test_unknown_of_a_dead_sender_is_due_at_once() -> None:
    """Nothing is alive that could deliver it later, and no server was slow."""
    settled = settlement(
        "unknown", Attempts(made=1, unanswered=3, first_prepared_at=PREPARED_AT), now=NOW, has_died=True
    )
    assert settled == Settlement(state="deferred", next_attempt_at=NOW, is_unanswered=True)


@pytest.mark.parametrize(("is_overtaken", "waited"), [(True, timedelta(0)), (False, THREE_DAYS)])
def test_what_may_have_arrived_is_never_called_undelivered(*, is_overtaken: bool, waited: timedelta) -> None:
    """Deferred in the end, but sent once without an answer: its outcome is unknown when it is given up."""
    settled = settlement(
        "deferred", Attempts(made=30, unanswered=1, first_prepared_at=PREPARED_AT), now=PREPARED_AT + waited,
        is_overtaken=is_overtaken,
    )  # fmt: skip
    assert settled == Settlement(state="unknown")


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 10), (4, 20), (5, 40), (6, 60), (7, 60), (99, 60)]
)
def test_deferred_waits_longer_each_time(attempts: int, minutes: int) -> None:
    """One minute after the first attempt, an hour after the sixth and each one after."""
    settled = settlement(
        "deferred", Attempts(made=attempts, unanswered=0, first_prepared_at=PREPARED_AT), now=NOW
    )
    assert settled == Settlement(state="deferred", next_attempt_at=NOW + timedelta(minutes=minutes))


def test_deferred_is_given_up_after_three_days() -> None:
    """A second before 72 hours it is still tried again; from then on it is undelivered."""

    def after(waited: timedelta) -> Settlement:
        return settlement(
            "deferred",
            Attempts(made=30, unanswered=0, first_prepared_at=PREPARED_AT),
            now=PREPARED_AT + waited,
        )

    an_hour_on = PREPARED_AT + THREE_DAYS - SECOND + timedelta(hours=1)
    assert after(THREE_DAYS - SECOND) == Settlement(state="deferred", next_attempt_at=an_hour_on)
    assert after(THREE_DAYS) == Settlement(state="undelivered")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("sent", "sent"), ("refused", "refused"), ("deferred", "superseded"), ("unknown", "unknown")],
)
def test_nothing_of_an_overtaken_run_is_tried_again(outcome: str, state: str) -> None:
    """What a later run has overtaken is settled by whatever came of it; what would wait is superseded."""
    settled = settlement(
        outcome, Attempts(made=1, unanswered=0, first_prepared_at=PREPARED_AT), now=NOW, is_overtaken=True
    )
    assert settled == Settlement(state=state, is_unanswered=outcome == "unknown")


def test_the_fifth_death_is_the_last() -> None:
    """A message is due again at once when its sender died over it, until five have."""
    assert (
        after_death(0, NOW)
        == after_death(3, NOW)
        == Settlement(state="queued", next_attempt_at=NOW, is_death=True)
    )
    assert MOST_DEATHS == 5
    assert after_death(4, NOW) == Settlement(state="undelivered", is_death=True)
