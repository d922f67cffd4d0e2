"""The tables: which index answers the weekly question, and moments in any time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, inspect, select, update

from alerter.store import assessments, outbox
from alerter.store.database import Database
from alerter.store.schema import UNSETTLED_STATES, installation
from alerter.store.schema import outbox as messages
from tests.world.readings import AS_OF, NOW, assessment, claim, read_in, run_with

ZONES = st.sampled_from(
    [ZoneInfo(each) for each in ("UTC", "Europe/London", "Asia/Kolkata", "America/St_Johns")]
)
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1), timezones=ZONES, allow_imaginary=False)  # noqa: DTZ001 - hypothesis adds the zone


def test_the_open_index_is_what_is_not_ended(database: Database) -> None:
    """The index on open assessments holds exactly those whose `ended_on` is null."""
    with database.read() as connection:
        indexes = {each["name"]: each for each in inspect(connection).get_indexes("assessments")}
    options = indexes["ix_assessments_open"]["dialect_options"]
    condition = str(options[f"{database.engine.dialect.name}_where"])
    assert condition.strip("()") == "ended_on IS NULL"


@pytest.mark.parametrize("is_analysed", [False, True])
def test_the_weekly_question_reads_the_open_ones_alone(database: Database, *, is_analysed: bool) -> None:
    """Among many ended assessments the open ones are found by their index, with statistics and without."""
    ended = [assessment(f"E-{each}", authorised_on=date(2026, 11, 2)) for each in range(5000)]
    with database.write() as connection:
        read_in(connection, [*ended, *[assessment(f"O-{each}") for each in range(50)]])
        if is_analysed:
            connection.exec_driver_sql("ANALYZE")
        if not database.is_sqlite:  # it may choose to read a small table whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        steps = explained(connection, lambda: assessments.open_on(connection, AS_OF))
        assert len(assessments.open_on(connection, AS_OF)) == 50
    assert "ix_assessments_open" in steps
    assert "ix_assessments_ended_on" in steps
    assert "SCAN assessments" not in steps.replace("SCAN assessments USING INDEX", "")
    assert "Seq Scan" not in steps


def test_a_claim_reads_the_unsettled_alone(database: Database) -> None:
    """Years of sent messages do not slow a claim down."""
    with database.write() as connection:
        run_with(connection, *(f"{each}@council.example" for each in range(1000)))
        connection.execute(update(messages).values(state="sent", settled_at=NOW))
        connection.exec_driver_sql("ANALYZE")
        steps = explained(connection, lambda: claim(connection))
        assert outbox.owed(connection) == 0
    assert "ix_outbox_unsettled" in steps


@pytest.mark.parametrize("state", UNSETTLED_STATES)
def test_a_settled_message_says_when(database: Database, state: str) -> None:
    """What is unsettled has no moment of settlement: the database itself refuses any other row."""
    with database.rehearse() as connection:
        run_with(connection, "n.okafor@council.example")
        connection.execute(update(messages).values(state=state))
        with pytest.raises(Exception, match="ck_outbox_settled"), connection.begin_nested():
            connection.execute(update(messages).values(settled_at=NOW))


@given(moment=MOMENTS)
def test_a_moment_comes_back_as_the_same_moment(database: Database, moment: datetime) -> None:
    """A moment of any zone is read back as that moment in UTC, to the microsecond."""
    with database.rehearse() as connection:
        connection.execute(update(installation).values(created_at=moment))
        read = connection.execute(select(installation.c.created_at)).scalar_one()
    assert read == moment.astimezone(UTC)
    assert read.utcoffset() == timedelta(0)


def test_moments_are_compared_as_moments(database: Database) -> None:
    """In the hour that the clocks repeat, the database tells the first from the second."""
    london = ZoneInfo("Europe/London")
    first = datetime(2026, 10, 25, 1, 30, tzinfo=london, fold=0)
    second = first.replace(fold=1)
    with database.rehearse() as connection:
        connection.execute(update(installation).values(created_at=first))
        assert connection.execute(select(installation.c.created_at < second)).scalar_one()
        assert not connection.execute(select(installation.c.created_at < first)).scalar_one()


def explained(connection: Connection, ask: Callable[[], Any]) -> str:
    """Return the steps the database takes for the one statement that *ask* sends."""
    sent: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *said: sent.append((said[2], said[3])))
    ask()
    (statement, parameters), *others = sent
    assert not others
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    steps = connection.exec_driver_sql(f"{explain}{statement}", parameters)
    return "\n".join(str(step[-1]) for step in steps)
