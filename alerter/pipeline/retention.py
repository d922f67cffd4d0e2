"""Deletes what may go: after each run what runs leave behind, and on command what has long ended as well."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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
    return _forgotten(of, now - timedelta(days=kept.message_days), now - timedelta(days=kept.run_days))


def purge(of: Installation, before: date | None) -> Purged:
    """
    Delete all that may go by the settings, or all from *before* that day, ended assessments as well.

    Nothing that is open or still owed goes, nor the latest run and reading.

    Raises:
        StoreError: The database cannot be used; nothing was deleted.
    """
    of.ensure_schema()
    kept, now = of.settings.retention, of.now()
    if before is None:
        return _forgotten(
            of,
            now - timedelta(days=kept.message_days),
            now - timedelta(days=kept.run_days),
            of.today() - timedelta(days=kept.assessment_days),
        )
    moment = datetime.combine(before, time(), of.zone)
    return _forgotten(of, moment, moment, before)


def _forgotten(
    of: Installation, settled_before: datetime, run_before: datetime, ended_before: date | None = None
) -> Purged:
    with of.database.write() as connection:
        take_turns(connection, "sync")  # what a run or a reading is about to refer to must not go meanwhile
        purged = Purged(
            messages=deletion.forget_bodies(connection, settled_before),
            rejections=deletion.forget_rejections(connection, settled_before),
            runs=deletion.forget_runs(connection, run_before),
            requests=deletion.forget_requests(connection, run_before),
            assessments=deletion.forget_assessments(connection, ended_before) if ended_before else 0,
        )
    of.database.wipe()
    return purged
