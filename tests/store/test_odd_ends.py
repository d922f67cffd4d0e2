"""Ends that cannot be, in every combination: the store finds open what plain arithmetic does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from alerter.domain.data_exceptions import of_closed, of_open, quality_faults
from alerter.store import assessments
from alerter.store.database import Database
from alerter.store.migration import downgrade, migrate
from tests.world.readings import AS_OF, NOW, assessment, read_in

CLOCK = -30
"""The day the clock starts from, as days from AS_OF; all other days are given in the same way."""
STARTED = (None, -33, -27)
ENDS = (None, -31, -29, -27, 0, 1)
KINDS = {"authorised_on": "authorised", "cancelled_on": "ended", "closed_on": "ended"}


@dataclass(frozen=True, slots=True)
class Case:
    """One combination, as days from AS_OF."""

    started_on: int | None
    authorised_on: int | None
    cancelled_on: int | None
    closed_on: int | None

    @property
    def begun(self) -> int:
        """Return the first day on which anything can end it."""
        return max(CLOCK, CLOCK if self.started_on is None else self.started_on)

    def has_ended(self, name: str) -> bool:
        """Say whether the end of this name has ended it."""
        on = getattr(self, name)
        return on is not None and self.begun <= on <= 0

    @property
    def is_open(self) -> bool:
        """Say whether nothing has ended it."""
        return not any(map(self.has_ended, KINDS))

    @property
    def is_closed_unauthorised(self) -> bool:
        """Say whether a closure has ended it, and neither of the others."""
        return [name for name in KINDS if self.has_ended(name)] == ["closed_on"]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Return each end that does not count, with its kind."""
        ends = [(name, getattr(self, name)) for name in KINDS]
        return [
            (name, f"{KINDS[name]}_{'before_start' if on < self.begun else 'in_future'}")
            for name, on in ends
            if on is not None and (on < self.begun or on > 0)
        ]


CASES = {
    f"A-{number}": Case(*days) for number, days in enumerate(product(STARTED, ENDS, ENDS, ENDS), start=1)
}


def on(days: int | None) -> date | None:
    """Return the day that lies so many days after AS_OF."""
    return None if days is None else AS_OF + timedelta(days=days)


def rows() -> Iterator[object]:
    """Yield an assessment for each case, each of another child."""
    for name, case in CASES.items():
        ends = {each: on(getattr(case, each)) for each in KINDS}
        yield assessment(name, f"C-{name}", clock_on=on(CLOCK), started_on=on(case.started_on), **ends)


def read_all(database: Database) -> None:
    """Read an extract of all cases into the store."""
    with database.write() as connection:
        read_in(connection, list(rows()))


def ids(found: object) -> set[str]:
    """Return the ids of assessments."""
    return {each.assessment_id for each in found}


def test_what_is_open_and_what_was_closed(database: Database) -> None:
    """Nothing before the start and nothing in the future ends an assessment, be it a sign-off or not."""
    read_all(database)
    with database.read() as connection:
        assert ids(assessments.open_on(connection, AS_OF).values()) == {
            name for name, case in CASES.items() if case.is_open
        }
        closed = assessments.closed_unauthorised(connection, AS_OF)
        assert ids(closed) == {name for name, case in CASES.items() if case.is_closed_unauthorised}
        assert sum(assessments.open_by_team(connection, AS_OF).values()) == sum(
            case.is_open for case in CASES.values()
        )
    assert len(closed) == len(set(closed)) == len(of_closed(closed))


def test_every_end_that_does_not_count_is_told(database: Database) -> None:
    """Each kind once among the exceptions of an open one, and each field to mend in the list of records."""
    read_all(database)
    with database.read() as connection:
        opened = list(assessments.open_on(connection, AS_OF).values())
        related = assessments.of_children_under_way(connection, AS_OF)
    told = of_open(opened, AS_OF)
    assert sorted((each.assessment_id, each.kind) for each in told) == sorted(
        (name, kind)
        for name, case in CASES.items()
        if case.is_open
        for kind in {kind for _, kind in case.faults}
    )
    mended = [
        (each.assessment.assessment_id, each.field, each.kind)
        for each in quality_faults(related, AS_OF)
        if each.kind != "closed_but_open"
    ]
    assert sorted(mended) == sorted(
        (name, field, kind)
        for name, case in CASES.items()
        if case.is_open or case.is_closed_unauthorised
        for field, kind in case.faults
    )


def test_a_migrated_database_holds_the_same_open(database: Database) -> None:
    """
    What an older alerter took for ended is open at once, before the next reading; going back is the way back.
    """
    read_all(database)
    with database.read() as connection:
        wanted = assessments.open_on(connection, AS_OF)
    downgrade(database, "0007")
    with database.read() as connection:
        ended_before = connection.exec_driver_sql(
            "SELECT count(*) FROM assessments WHERE ended_on < clock_on"
        ).scalar_one()
    assert ended_before > 0
    migrate(database, NOW)
    with database.read() as connection:
        assert assessments.open_on(connection, AS_OF) == wanted
