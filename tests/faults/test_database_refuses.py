"""The store: refused replies, lost files, answers at once, plans and locks, sessions and poolers."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from alerter.installation.installation import Installation
from alerter.pipeline import weekly
from alerter.store.database import Database
from tests.acceptance.caseload import MONDAY
from tests.faults.pooler import pgbouncer, pooled
from tests.faults.week import made_ready, settled
from tests.world.council import Council
from tests.world.mail_server import DOT, MailServer
from tests.world.terminal import alerter

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

ODD_SETTINGS = {
    "client_encoding": "LATIN1",
    "DateStyle": "SQL, DMY",
    "TimeZone": "Asia/Kathmandu",
    "IntervalStyle": "iso_8601",
    "bytea_output": "escape",
    "standard_conforming_strings": "off",
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "default_transaction_deferrable": "on",
    "idle_session_timeout": "5s",
    "synchronous_commit": "off",
}
ELSEWHERE = f"alerter_elsewhere_{os.getpid()}"
ENCODINGS = ("SQL_ASCII", "LATIN1", "WIN1252", "EUC_JP")
POOLS = {
    "the last one first": {"mode": "transaction"},
    "a single session": {"mode": "transaction", "size": 1},
    "each in turn": {"mode": "transaction", "turns": 1, "size": 8},
    "by the statement": {"mode": "statement"},
}


@pytest.fixture
def refused_week(either_council: Council) -> Iterator[Installation]:
    """Open a council that has one manager for each way to refuse a record."""
    made_ready(either_council, len(REFUSALS))
    opened = Installation.open(either_council.folder / "config.toml", {})
    with closing(opened.database):
        yield opened


class Refusals:
    """A database that refuses to record what became of a message, until it was tried twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tries: Iterator[int] | None = None
        self.codes: list[str] = []

    def begin(self, code: str) -> None:
        """Refuse from now on, with an error of *code*."""
        self._execute(*(statement.format(code=code) for statement in REFUSING[self._kind]))
        self._tries = count(1)
        self.codes.append(code)

    def end_at_the_second_try(self) -> bool:
        """Accept again when asked for the second time since; never ask for a stop."""
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
    refused_week: Installation, either_council: Council, office: MailServer
) -> None:
    """Whatever class of error stands between a 250 and its record, it is kept, recorded, and sent once."""
    refusals = Refusals(refused_week.database)
    for number, code in enumerate(REFUSALS):
        office.at(DOT, partial(refusals.begin, code), to=f"m{number:02d}@council.example")
    ending = replace(refused_week, should_stop=refusals.end_at_the_second_try)
    result = weekly.run(ending, MONDAY, is_synced=False)
    assert (result.state, sorted(refusals.codes)) == ("done", sorted(REFUSALS))
    settled(either_council, office)


def test_fault_119_odd_sessions(
    council: Council, office: MailServer, postgresql_url: str, request: pytest.FixtureRequest
) -> None:
    """What role and database set for their sessions changes nothing; what no name fits into is refused."""
    server, name = request.getfixturevalue("postgres_server"), make_url(postgresql_url).database
    for setting, value in ODD_SETTINGS.items():
        server.execute(f"ALTER DATABASE \"{name}\" SET {setting} = '{value}'")
    council.configure(database__url=postgresql_url)
    settled(made_ready(council), office)
    for encoding in ENCODINGS:
        council.configure(database__url=server.create(ELSEWHERE, "template0", encoding))
        for command in ("check", "migrate", "status", "run"):
            said = alerter(council, command)
            assert (said.exit_code, encoding in said.out + said.err) == (3, True)
    server.drop(ELSEWHERE)


@pytest.mark.skipif(pgbouncer() is None, reason="needs Debian's pgbouncer")
@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_fault_120_transaction_pooler(council: Council, postgresql_url: str, pool: dict[str, Any]) -> None:
    """
    `check` and `migrate` name the pooler and refuse it, however it chooses; one in session mode is none.
    """
    with pooled(postgresql_url, **pool) as url:
        council.configure(database__url=url)
        for command in ("check", "migrate"):
            said = alerter(council, command)
            assert (said.exit_code, "pool" in said.out + said.err) == (3, True), said
    with pooled(postgresql_url, mode="session") as url:
        council.configure(database__url=url)
        assert alerter(council, "migrate").exit_code == 0
