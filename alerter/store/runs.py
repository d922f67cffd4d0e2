"""The ledger: one row for each preparation, which is read after a crash and never computed again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from alerter.domain.data_exceptions import DataException
from alerter.errors import StoreError
from alerter.store.database import insert_into
from alerter.store.schema import alerts, exceptions, outbox, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One preparation for one send date.

    *counts* holds `open` and the number of each stage; *attempt* is 0, and one more for each
    `--again`, whose *reason* is kept.
    """

    id: int
    send_date: date
    attempt: int
    reason: str
    as_of: date
    next_run: date
    state: str
    sync_id: int | None
    counts: Mapping[str, int]
    teams: Mapping[str, int]
    settings: str
    calendar: str
    held_because: Sequence[str]
    moved: Sequence[Mapping[str, str | int]]
    summarised: Mapping[str, int]
    prepared_at: datetime
    is_trial: bool = False

    @property
    def is_late(self) -> bool:
        """
        Say whether it was prepared after its send date.
        """
        return self.as_of > self.send_date


def plan(connection: Connection, drafted: Run) -> int | None:
    """
    Record a run; return its number, or None when this send date and attempt have theirs already.

    The number of *drafted* is not used. A run that was held is replaced under its own number, for
    nothing of it was ever prepared.
    """
    row = {name: value for name, value in asdict(drafted).items() if name != "id"}
    statement = insert_into(connection, runs).values(row)
    theirs = statement.excluded
    planned = statement.on_conflict_do_update(
        index_elements=["send_date", "attempt"],
        set_={name: theirs[name] for name in row},
        where=runs.c.state == "held",
    ).returning(runs.c.id)
    return connection.execute(planned).scalar_one_or_none()


def amend(connection: Connection, run_id: int, **changes: Any) -> None:
    """
    Record how a run stands now.
    """
    connection.execute(update(runs).where(runs.c.id == run_id).values(changes))


def lock(connection: Connection, run_id: int) -> Run:
    """
    Return one run, which nobody else may amend until the transaction ends.

    Raises:
        StoreError: There is no such run.
    """
    return _only(connection, run_id, select(runs).where(runs.c.id == run_id).with_for_update())


def by_send_date(connection: Connection, send_date: date) -> Run | None:
    """
    Return the latest run for *send_date*.
    """
    return _first(connection, _runs().where(runs.c.send_date == send_date))


def by_id(connection: Connection, run_id: int) -> Run:
    """
    Return one run.

    Raises:
        StoreError: There is no such run.
    """
    return _only(connection, run_id, select(runs).where(runs.c.id == run_id))


def find(connection: Connection, run_id: int) -> Run | None:
    """
    Return one run, or None where there is no such number.
    """
    return _first(connection, _runs().where(runs.c.id == run_id))


def latest(connection: Connection) -> Run | None:
    """
    Return the run prepared last.
    """
    return _first(connection, _runs())


def latest_before(connection: Connection, send_date: date) -> Run | None:
    """
    Return the last run for an earlier send date that was not held.
    """
    return _first(connection, _runs().where(runs.c.send_date < send_date, runs.c.state != "held"))


def ids_before(connection: Connection, send_date: date, most: int) -> list[int]:
    """
    Return the numbers of the runs before *send_date*, newest first, at most so many: the last of each
    send date that was not held.
    """
    by_date = (
        select(func.max(runs.c.attempt).label("attempt"), runs.c.send_date)
        .where(runs.c.send_date < send_date, runs.c.state != "held")
        .group_by(runs.c.send_date)
        .order_by(runs.c.send_date.desc())
        .limit(most)
        .subquery()
    )
    is_last = and_(runs.c.send_date == by_date.c.send_date, runs.c.attempt == by_date.c.attempt)
    query = select(runs.c.id).join(by_date, is_last).order_by(runs.c.send_date.desc())
    return list(connection.execute(query).scalars())


def unconcluded(connection: Connection) -> list[int]:
    """
    Return the numbers of the runs whose standing may still change: never concluded, or undelivered
    and either the latest or with something still owed.
    """
    is_owed = exists().where(outbox.c.run_id == runs.c.id, outbox.c.settled_at.is_(None))
    latest_id = _runs().with_only_columns(runs.c.id).scalar_subquery()
    is_undelivered = and_(runs.c.state == "undelivered", or_(runs.c.id == latest_id, is_owed))
    query = select(runs.c.id).where(or_(runs.c.state == "prepared", is_undelivered)).order_by(runs.c.id)
    return list(connection.execute(query).scalars())


def next_attempt(connection: Connection, send_date: date) -> int:
    """
    Return the number that a further attempt for *send_date* bears.
    """
    last = connection.execute(select(func.max(runs.c.attempt)).where(runs.c.send_date == send_date)).scalar()
    return 0 if last is None else int(last) + 1


def told(connection: Connection, run_id: int) -> dict[int, str]:
    """
    Return who answers for what in one run, listed or counted: the address by the assessment's number.
    """
    query = select(alerts.c.assessment, alerts.c.recipient).where(alerts.c.run_id == run_id)
    return {row.assessment: row.recipient for row in connection.execute(query)}


def forget_alerts(connection: Connection, run_id: int, assessments: Sequence[int]) -> None:
    """
    Take back who was to be told of *assessments*, given by their numbers, before anybody was.
    """
    wanted = [{"the_run": run_id, "the_assessment": number} for number in assessments]
    if wanted:
        gone = delete(alerts).where(
            alerts.c.run_id == bindparam("the_run"), alerts.c.assessment == bindparam("the_assessment")
        )
        connection.execute(gone, wanted)


def stages(connection: Connection, run_id: int) -> dict[str, int]:
    """
    Count a run's assessments by their stage: all that were open.
    """
    query = select(alerts.c.stage, func.count()).where(alerts.c.run_id == run_id).group_by(alerts.c.stage)
    return {row[0]: row[1] for row in connection.execute(query)}


def record_exceptions(connection: Connection, run_id: int, found: Sequence[DataException]) -> None:
    """
    Keep what the data of this run say that cannot be, in place of what it said while it was held.
    """
    connection.execute(delete(exceptions).where(exceptions.c.run_id == run_id))
    if found:
        rows = [
            {
                "run_id": run_id, "kind": each.kind, "assessment_id": each.assessment_id,
                "child_id": each.child_id, "detail": each.detail,
            }
            for each in found
        ]  # fmt: skip
        connection.execute(insert(exceptions), rows)


def exceptions_of(connection: Connection, run_id: int) -> list[DataException]:
    """
    Return the exceptions of one run in their order.
    """
    columns = exceptions.c
    query = (
        select(columns.kind, columns.assessment_id, columns.child_id, columns.detail)
        .where(columns.run_id == run_id)
        .order_by(columns.id)
    )
    return [DataException(*row) for row in connection.execute(query)]


def outcomes(connection: Connection, run_id: int) -> dict[str, int]:
    """
    Count a run's digests by their state in the outbox, without those that were withdrawn.
    """
    query = (
        select(outbox.c.state, func.count())
        .where(outbox.c.run_id == run_id, outbox.c.kind == "digest", outbox.c.state != "withdrawn")
        .group_by(outbox.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _runs() -> Select[Any]:
    return select(runs).order_by(runs.c.send_date.desc(), runs.c.attempt.desc()).limit(1)


def _first(connection: Connection, query: Select[Any]) -> Run | None:
    row = connection.execute(query).mappings().first()
    return None if row is None else Run(**row)


def _only(connection: Connection, run_id: int, query: Select[Any]) -> Run:
    run = _first(connection, query)
    if run is None:
        raise StoreError(f"there is no run {run_id}; `alerter status` names the last one.")
    return run
