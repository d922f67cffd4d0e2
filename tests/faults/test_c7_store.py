"""C7, the store: refused replies, lost files, answers at once, plans and locks, sessions and poolers."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count

import pytest

from alerter.app.installation import Installation
from alerter.app.weekly import Weekly
from alerter.store.database import Database
from tests.acceptance.caseload import MONDAY
from tests.acceptance.council import Council
from tests.faults.watched_office import DOT, WatchedOffice
from tests.faults.week import made_ready, settled

REFUSALS = (
    "25006", "53100", "54000", "55P03", "57P03", "58030", "42501", "40001", "22003", "0A000", "P0001",
    "XX001",
)  # fmt: skip
"""SQLSTATE of each class that a server may answer with: read-only, no room, no right, damaged, and so on."""

REFUSING = {
    "sqlite": ("CREATE TRIGGER refusing BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, '{code}'); END",),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$""",
        "CREATE TRIGGER refusing BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION refuse()",
    ),
}
ACCEPTING = {"sqlite": "DROP TRIGGER refusing", "postgresql": "DROP TRIGGER refusing ON outbox"}


@pytest.fixture
def refused_week(either_council: Council) -> Iterator[Installation]:
    """
    Open a council that has one manager for each way to refuse a record.
    """
    made_ready(either_council, len(REFUSALS))
    opened = Installation.open(either_council.folder / "config.toml", {})
    with closing(opened.database):
        yield opened


class Refusals:
    """
    A database that refuses to record what became of a message, until it was tried twice.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tries: Iterator[int] | None = None
        self.codes: list[str] = []

    def begin(self, code: str) -> None:
        """
        Refuse from now on, with an error of *code*.
        """
        self._execute(*(statement.format(code=code) for statement in REFUSING[self._kind]))
        self._tries = count(1)
        self.codes.append(code)

    def end_at_the_second_try(self) -> bool:
        """
        Accept again when asked for the second time since; never ask for a stop.
        """
        if self._tries is not None and next(self._tries) > 1:
            self._tries = None
            self._execute(ACCEPTING[self._kind])
        return False

    @property
    def _kind(self) -> str:
        return self._database.engine.dialect.name

    def _execute(self, *statements: str) -> None:
        with self._database.write() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def test_fault_112_record_of_a_reply_refused(
    refused_week: Installation, either_council: Council, office: WatchedOffice
) -> None:
    """
    Whatever class of error stands between a 250 and its record, it is kept, recorded, and sent once.
    """
    refusals = Refusals(refused_week.database)
    for number, code in enumerate(REFUSALS):
        office.at(DOT, partial(refusals.begin, code), to=f"m{number:02d}@council.example")
    result = Weekly(refused_week, refusals.end_at_the_second_try).run(MONDAY, is_synced=False)
    assert (result.state, sorted(refusals.codes)) == ("done", sorted(REFUSALS))
    settled(either_council, office)
