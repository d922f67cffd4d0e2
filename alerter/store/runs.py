"""Stores the ledger: one row for each preparation, read again after a crash and never computed anew."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.data_exceptions import DataException
from alerter.domain.schedule import AHEAD
from alerter.errors import ConfigError, StoreError
from alerter.store.database import insert_into, is_trial
from alerter.store.schema import calendars, exceptions, outbox, runs


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
        """Say whether it was prepared after its send date."""
        return self.as_of > self.send_date

    @property
    def is_slip(self) -> bool:
        """Say whether an older alerter made it for a day too far ahead: it keeps no other run from going."""
        return self.as_of > self.prepared_at.date() + AHEAD


def plan(connection: Connection, drafted: Run) -> int | None:
    """
    Record a run; return its number, or None when this send date and attempt have theirs already.

    The number of *drafted* is not used, and its kind is the connection's. A run that was held is replaced
    under its own number, for nothing of it was ever prepared.
    """
    row = {name: value for name, value in asdict(drafted).items() if name != "id"}
    row["is_trial"] = is_trial(connection)
    statement = insert_into(connection, runs).values(row)
    theirs = statement.excluded
    planned = statement.on_conflict_do_update(
        index_elements=["send_date", "attempt"],
        set_={name: theirs[name] for name in row},
        where=and_(runs.c.state == "held", ours(connection)),
    ).returning(runs.c.id)
    return connection.execute(planned).scalar_one_or_none()


def expected_id(connection: Connection, drafted: Run) -> int:
    """Return the number that *drafted* will have if it is planned next: that of a held run, or a new one."""
    held = select(runs.c.id).where(runs.c.send_date == drafted.send_date, runs.c.attempt == drafted.attempt)
    last = select(func.coalesce(func.max(runs.c.id), 0) + 1)
    return int(connection.execute(held).scalar() or connection.execute(last).scalar_one())


def amend(connection: Connection, run_id: int, **changes: Any) -> None:
    """Record how a run stands now."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(changes))


def lock(connection: Connection, run_id: int) -> Run:
    """
    Return one run, which nobody else may amend until the transaction ends.

    Raises:
        StoreError: There is no such run.
    """
    return _only(connection, run_id, select(runs).where(runs.c.id == run_id).with_for_update())


def by_send_date(connection: Connection, send_date: date) -> Run | None:
    """Return the latest run for *send_date*."""
    return _first(connection, _runs(connection).where(runs.c.send_date == send_date))


def by_id(connection: Connection, run_id: int) -> Run:
    """
    Return one run.

    Raises:
        StoreError: There is no such run.
    """
    return _only(connection, run_id, select(runs).where(runs.c.id == run_id))


def find(connection: Connection, run_id: int) -> Run | None:
    """Return one run, or None where there is no such number."""
    return _first(connection, select(runs).where(runs.c.id == run_id))


def latest(connection: Connection) -> Run | None:
    """Return the run for the latest send date."""
    return _first(connection, _runs(connection))


def latest_come(connection: Connection, today: date) -> Run | None:
    """Return the run, held or not, for the latest send date that has come."""
    return _first(connection, _runs(connection).where(runs.c.send_date <= today))


def later(connection: Connection, send_date: date) -> Run | None:
    """Return the run for the latest send date after this one; none that was made too far ahead."""
    query = _runs(connection).where(runs.c.send_date > send_date).limit(None)
    later_runs = (Run(**row) for row in connection.execute(query).mappings())
    return next((run for run in later_runs if not run.is_slip), None)


def prepared_after(connection: Connection, now: datetime) -> Run | None:
    """Return a run that was prepared later than *now*, which a clock that is right does not find."""
    return _first(connection, _runs(connection).where(runs.c.prepared_at > now))


def latest_before(connection: Connection, send_date: date) -> Run | None:
    """Return the last run for an earlier send date that was not held."""
    query = _runs(connection).where(runs.c.send_date < send_date, runs.c.state != "held")
    return _first(connection, query)


def ids_before(connection: Connection, send_date: date, most: int) -> list[int]:
    """
    Return the numbers of the runs before *send_date*, newest first, at most so many: the last of each
    send date that was not held.
    """
    by_date = (
        select(func.max(runs.c.attempt).label("attempt"), runs.c.send_date)
        .where(runs.c.send_date < send_date, runs.c.state != "held", ours(connection))
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
    is_owed = exists().where(
        outbox.c.run_id == runs.c.id, outbox.c.settled_at.is_(None), outbox.c.kind != "note"
    )
    latest_id = _runs(connection).with_only_columns(runs.c.id).scalar_subquery()
    is_undelivered = and_(runs.c.state == "undelivered", or_(runs.c.id == latest_id, is_owed))
    is_open = or_(runs.c.state == "prepared", is_undelivered)
    query = select(runs.c.id).where(is_open, ours(connection)).order_by(runs.c.id)
    return list(connection.execute(query).scalars())


def next_attempt(connection: Connection, send_date: date) -> int:
    """Return the number that a further attempt for *send_date* bears, of whichever kind the others are."""
    last = connection.execute(select(func.max(runs.c.attempt)).where(runs.c.send_date == send_date)).scalar()
    return 0 if last is None else int(last) + 1


def record_exceptions(connection: Connection, run_id: int, data_exceptions: Sequence[DataException]) -> None:
    """Keep what the data of this run say that cannot be, in place of what it said while it was held."""
    connection.execute(delete(exceptions).where(exceptions.c.run_id == run_id))
    if data_exceptions:
        rows = [
            {
                "run_id": run_id, "kind": exception.kind, "assessment_id": exception.assessment_id,
                "child_id": exception.child_id, "detail": exception.detail,
            }
            for exception in data_exceptions
        ]  # fmt: skip
        connection.execute(insert(exceptions), rows)


def exceptions_of(connection: Connection, run_id: int) -> list[DataException]:
    """Return the exceptions of one run in their order."""
    columns = exceptions.c
    query = (
        select(columns.kind, columns.assessment_id, columns.child_id, columns.detail)
        .where(columns.run_id == run_id)
        .order_by(columns.id)
    )
    return [DataException(*row) for row in connection.execute(query)]


def outcomes(connection: Connection, run_id: int) -> dict[str, int]:
    """Count a run's digests by their state in the outbox, without those that were withdrawn."""
    query = (
        select(outbox.c.state, func.count())
        .where(outbox.c.run_id == run_id, outbox.c.kind == "digest", outbox.c.state != "withdrawn")
        .group_by(outbox.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def refuse_other_kind(connection: Connection, run: Run) -> None:
    """
    Refuse a run of the kind that a connection is not about.

    Raises:
        ConfigError: It is for a trial and these settings mail, or the other way round.
    """
    if run.is_trial != is_trial(connection):
        went = "went into a folder, as a trial" if run.is_trial else "was mailed"
        raise ConfigError([f"run {run.id} {went}: use settings whose [email] transport does the same."])


def ours(connection: Connection) -> ColumnElement[bool]:
    """
    Return whether a run is of the kind that a connection is about: for a trial into a folder, or for people.
    """
    return runs.c.is_trial.is_(true() if is_trial(connection) else false())


def _runs(connection: Connection) -> Select[Any]:
    last_first = (runs.c.send_date.desc(), runs.c.attempt.desc())
    return select(runs).where(ours(connection)).order_by(*last_first).limit(1)


def _first(connection: Connection, query: Select[Any]) -> Run | None:
    row = connection.execute(query).mappings().first()
    return None if row is None else Run(**row)


def _only(connection: Connection, run_id: int, query: Select[Any]) -> Run:
    run = _first(connection, query)
    if run is None:
        raise StoreError(f"there is no run {run_id}; `alerter status` names the last one.")
    return run


def keep(connection: Connection, calendar: WorkingCalendar) -> None:
    """Keep *calendar* under its fingerprint, once."""
    row = {
        "fingerprint": calendar.fingerprint,
        "nation": calendar.nation,
        "version": calendar.version,
        "first_year": calendar.first_day.year,
        "last_year": calendar.last_day.year,
        "count_start_day": calendar.count_start_day,
        "days_off": [[day.on.isoformat(), day.name, day.source] for day in calendar.days_off.values()],
    }
    statement = insert_into(connection, calendars).values(row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["fingerprint"]))


def by_fingerprint(connection: Connection, fingerprint: str) -> WorkingCalendar | None:
    """Return the calendar kept under *fingerprint*, as it counted then."""
    row = connection.execute(select(calendars).where(calendars.c.fingerprint == fingerprint)).first()
    if row is None:
        return None
    return WorkingCalendar(
        row.nation,
        row.first_year,
        row.last_year,
        [DayOff(date.fromisoformat(on), name, source) for on, name, source in row.days_off],
        count_start_day=row.count_start_day,
        version=row.version,
    )
