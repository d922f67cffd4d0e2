"""What a command is told: what one run did, and how the installation stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerter.app.installation import Installation
from alerter.domain.data_exceptions import DataException
from alerter.domain.rejected import RejectedGroup
from alerter.domain.wording import counted, full_day_words
from alerter.store import outbox, runs, syncs
from alerter.store.runs import Run
from alerter.store.syncs import Sync


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """
    What one weekly job did.

    *state* is the contract's; *run* is None for a rehearsal. *outcomes* counts the digests by
    their state in the outbox, *counts* the open assessments by stage. *stopped* is why sending stopped early,
    *trouble* what kept bounces from being learnt.
    """

    state: str
    as_of: date
    next_run: date
    counts: Mapping[str, int]
    digests: int
    outcomes: Mapping[str, int]
    exceptions: Sequence[DataException]
    run: Run | None = None
    sync: Sync | None = None
    held_because: tuple[str, ...] = ()
    rejected: Sequence[RejectedGroup] = ()
    stopped: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    How the installation stands: its last run, what is owed, when the next run is, how old the data are.

    *stuck* counts the messages whose outcome is unknown and waits for a person.
    """

    last_run: Run | None
    owed: int
    held: int
    stuck: int
    next_run_at: datetime
    data_age_hours: float | None
    is_run_overdue: bool

    @property
    def is_ok(self) -> bool:
        """
        Say whether nothing needs a person: no run overdue, held or undelivered, nothing stuck.
        """
        is_undelivered = self.last_run is not None and self.last_run.state == "undelivered"
        return not (is_undelivered or self.held or self.is_run_overdue or self.stuck)

    def sentences(self) -> list[str]:
        """
        Return the same in words, what needs a person first.
        """
        last = self.last_run
        said = [
            "A run is overdue: run `alerter run`." if self.is_run_overdue else "",
            f"{counted(self.held, 'run')} held: read the admins' summary." if self.held else "",
            f"{counted(self.stuck, 'message')} of unknown outcome." if self.stuck else "",
            f"{counted(self.owed, 'message')} still owed." if self.owed else "",
            "No run yet."
            if last is None
            else f"Last run: {last.id}, as of {last.as_of.isoformat()}, {last.state}.",
            f"Next run: {full_day_words(self.next_run_at.date())} at {self.next_run_at:%H:%M}.",
            "No data yet."
            if self.data_age_hours is None
            else f"Age of the data: {self.data_age_hours:.1f} hours.",
        ]
        return [sentence for sentence in said if sentence]


def standing_of(installation: Installation) -> Standing:
    """
    Return how the installation stands now.

    Raises:
        StoreError: The database cannot be used.
    """
    installation.ensure_schema()
    now, hour = installation.now(), timedelta(hours=1)
    timetable = installation.timetable()
    due = timetable.last_due(now)
    with installation.database.read() as connection:
        last_run, last_sync = runs.latest(connection), syncs.latest_applied(connection)
        owed, stuck = outbox.owed(connection), outbox.stuck(connection)
    done = due if last_run is None else max(due, last_run.send_date)
    return Standing(
        last_run=last_run,
        owed=owed,
        held=int(last_run is not None and last_run.state == "held"),
        stuck=stuck,
        next_run_at=timetable.moment(timetable.schedule.next_after(done)),
        data_age_hours=None if last_sync is None else (now - last_sync.extracted_at) / hour,
        is_run_overdue=last_run is not None and last_run.send_date < due,
    )
