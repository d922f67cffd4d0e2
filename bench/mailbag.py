"""An outbox full of real digests, to be sent again and again; most managers have some rows, few many."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import insert, select, text

from alerter.domain.routing import DirectoryEntry
from alerter.pipeline.prepare import RunRequest, prepare
from alerter.store import syncs
from alerter.store.database import Database
from alerter.store.migration import migrate
from alerter.store.schema import assessments, outbox
from bench import council

ROWS = (3, 5, 8, 8, 12, 12, 16, 20, 20, 40)
"""How many assessments each of ten managers has to be told of."""
AGES = (21, 23, 25, 26, 28, 31, 34, 35, 38, 44)
RESET = """
UPDATE outbox SET state = 'queued', attempts = 0, claim_token = NULL, lease_until = NULL, marked_at = NULL,
    settled_at = NULL, reply = '', next_attempt_at = prepared_at
"""


def fill(database: Database, count: int) -> list[tuple[str, bytes]]:
    """
    Prepare *count* digests in a new *database*; return recipient and bytes of each, in the order of sending.
    """
    migrate(database, council.NOW)
    managers = [
        DirectoryEntry(
            line=2 + number, team=f"Group {number}", manager_name=f"Manager {number}",
            manager_email=f"manager.{number}@{council.DOMAIN}",
        )
        for number in range(count)
    ]  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(assessments), list(_told(count)))
        syncs.replace_directory(connection, managers, council.NOW)
        sync_id = syncs.begin(
            connection, source_name="assessments.csv", sha256="0", mapping="m", extracted_at=council.NOW,
            read_at=council.NOW,
        )  # fmt: skip
        syncs.finish(connection, sync_id, state="applied", rows=0, stored=0, new=0)
        basis = council.basis(council.NOW - timedelta(minutes=1))
        run = prepare(connection, basis, RunRequest(council.AS_OF))
        if run is None:
            raise LookupError("the bench's own database had a run already")
        rows = connection.execute(select(outbox.c.recipient, outbox.c.body).order_by(outbox.c.id)).all()
    return [(row.recipient, row.body) for row in rows]


def refill(database: Database) -> None:
    """Let everything be due again, as if nothing had been sent."""
    with database.write() as connection:
        connection.execute(text(RESET))
    database.wipe()
    if not database.is_sqlite:
        with database.aside() as connection:
            connection.execute(text("VACUUM outbox"))


def _told(count: int) -> Iterator[dict[str, object]]:
    for manager in range(count):
        for place in range(ROWS[manager % len(ROWS)]):
            age = AGES[(manager + place) % len(AGES)]
            start: date = council.CALENDAR.latest_start(council.AS_OF, age)
            yield {
                "assessment_id": f"A-{manager}-{place}", "child_id": f"{500_000 + 100 * manager + place}",
                "type": "core", "clock_on": start, "started_on": start, "team": f"Group {manager}",
                "worker": f"Worker {place}", "manager_email": "", "reassured_by": "", "reason": "",
            }  # fmt: skip
