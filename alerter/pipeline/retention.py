"""Deletes what may go: after each run what runs leave behind, and on command what has long ended as well."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from alerter.installation.installation import Installation
from alerter.store import deletion
from alerter.store.database import take_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many of each were deleted."""

    messages: int
    rejections: int
    runs: int
    requests: int
    assessments: int = 0


def tidy(of: Installation) -> Purged:
    """
    Delete what nobody needs any more: the text of messages, rejected rows, old runs and requests for links.
    """
    kept, now = of.settings.retention, of.now()
    return _forgotten(of, Ends(now - timedelta(days=kept.message_days), now - timedelta(days=kept.run_days)))


@dataclass(frozen=True, slots=True)
class Ends:
    """From before when each kind goes; assessments only where there is a day."""

    messages: datetime
    runs: datetime
    assessments: date | None = None


def purge(of: Installation, before: date | None) -> Purged:
    """
    Delete all that may go by the settings, or all from *before* that day, ended assessments as well.

    Nothing that is open or still owed goes, nor the latest run and reading.

    Raises:
        StoreError: The database cannot be used; nothing was deleted.
    """
    of.ensure_schema()
    return _forgotten(of, _ends(of, before))


def would_purge_all(of: Installation, before: date | None) -> bool:
    """Say whether a purge would leave no assessment that has ended: then more is meant to go than is wise."""
    of.ensure_schema()
    with of.database.rehearse() as connection:
        return _forget(connection, _ends(of, before)).assessments > 0 and not deletion.is_any_ended(
            connection
        )


def _ends(of: Installation, before: date | None) -> Ends:
    kept, now = of.settings.retention, of.now()
    if before is None:
        return Ends(
            now - timedelta(days=kept.message_days),
            now - timedelta(days=kept.run_days),
            of.today() - timedelta(days=kept.assessment_days),
        )
    moment = datetime.combine(before, time(), of.zone)
    return Ends(moment, moment, before)


def _forgotten(of: Installation, ends: Ends) -> Purged:
    with of.database.write() as connection:
        take_turns(connection, "sync")  # what a run or a reading is about to refer to must not go meanwhile
        purged = _forget(connection, ends)
    of.database.wipe()
    return purged


def _forget(connection: Connection, ends: Ends) -> Purged:
    return Purged(
        messages=deletion.forget_bodies(connection, ends.messages),
        rejections=deletion.forget_rejections(connection, ends.runs),
        runs=deletion.forget_runs(connection, ends.runs),
        requests=deletion.forget_requests(connection, ends.runs),
        assessments=deletion.forget_assessments(connection, ends.assessments) if ends.assessments else 0,
    )
