"""The status of the installation: its last run, what is owed, when the next run is, how old the data are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alerter.bank_holidays import source_version
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.delivery import PASSED_ON, resend_command
from alerter.domain.schedule import Timetable
from alerter.domain.wording import counted, full_day_words
from alerter.installation.clock import TOLERANCE as CLOCKS_DIFFER
from alerter.installation.installation import Installation
from alerter.store import outbox, runs, syncs
from alerter.store.birth_note import is_there
from alerter.store.database import installation_made_at
from alerter.store.outbox import Delivery
from alerter.store.runs import Run

BEGIN = "If there never was one, begin with `alerter run`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """
    What is known of an installation at one moment, and whether anything of it needs a person.

    *failed* are the messages of the run that went out last which wait for a person. Without a database
    nothing *is there* to say so, and nothing else is known.
    """

    last_run: Run | None
    owed: int
    held: int
    failed: Sequence[Delivery]
    next_run_at: datetime
    data_age_hours: float | None
    is_run_overdue: bool
    ahead_of_clock: Run | None = None
    """A run that was prepared after what this machine's clock says now."""
    overtaken_by: Run | None = None
    """A run for a later send date than the one last due, for which nothing is mailed any more."""
    is_there: bool = True

    @property
    def stuck(self) -> int:
        """Count the messages of unknown outcome, which are not sent again by themselves."""
        return sum(delivery.state == "unknown" for delivery in self.failed)

    @property
    def is_ok(self) -> bool:
        """Say whether nothing needs a person: no run overdue, held or undelivered, nothing stuck."""
        is_undelivered = self.last_run is not None and self.last_run.state == "undelivered"
        is_behind = self.ahead_of_clock is not None
        needs_person = is_undelivered or self.held or self.is_run_overdue or self.stuck or is_behind
        return self.is_there and not needs_person

    def sentences(self) -> list[str]:
        """Return the same in words, what needs a person first."""
        last = self.last_run
        sentences = [
            "" if self.is_there else f"There is no database: put it back. {BEGIN}",
            "" if self.ahead_of_clock is None else clock_sentence(self.ahead_of_clock),
            self._overdue_sentence() if self.is_run_overdue else "",
            f"{counted(self.held, 'run')} held: read the admins' summary." if self.held else "",
            f"{counted(self.stuck, 'message')} of unknown outcome." if self.stuck else "",
            *failed_sentences(self.failed),
            f"{counted(self.owed, 'message')} still owed: `alerter deliver`." if self.owed else "",
            "No run yet."
            if last is None
            else f"Last run: {last.id}, as of {last.as_of.isoformat()}, {last.state}.",
            f"Next run: {full_day_words(self.next_run_at.date())} at {self.next_run_at:%H:%M}.",
            "No data yet."
            if self.data_age_hours is None
            else f"Age of the data: {self.data_age_hours:.1f} hours.",
        ]
        return [sentence for sentence in sentences if sentence]

    def _overdue_sentence(self) -> str:
        if self.overtaken_by is None:
            return "A run is overdue: run `alerter run`."
        later = self.overtaken_by
        return f"The send date last due had no run, and run {later.id} is for {later.send_date} already."


def failed_sentences(failed: Sequence[Delivery]) -> list[str]:
    """Return a sentence for each message that waits for a person, with the command that sends it again."""
    return [
        f"Run {delivery.run_id} to {delivery.recipient}: {delivery.state}"
        + (
            f", {PASSED_ON}."
            if delivery.reply == PASSED_ON
            else f". To send it again: {resend_command(delivery.run_id, delivery.recipient)}"
        )
        for delivery in failed
    ]


def clock_sentence(run: Run) -> str:
    """Return what to do about a clock that is behind the ledger."""
    return (
        f"Run {run.id} was prepared at {run.prepared_at:%Y-%m-%d %H:%M} UTC, and this machine's clock is not "
        "there yet: set it right. Until then nothing is prepared."
    )


def _upcoming(connection: Connection, timetable: Timetable, done: date) -> date:
    """Return the first send date after *done* that has no run yet."""
    upcoming = timetable.schedule.next_after(done)
    while (made := runs.by_send_date(connection, upcoming)) and made.state != "held" and not made.is_slip:
        upcoming = timetable.schedule.next_after(upcoming)
    return upcoming


def status_of(installation: Installation) -> Status:
    """
    Return the status of the installation now; no database is made for it.

    Raises:
        StoreError: The database cannot be used.
    """
    now = installation.now()
    if not is_there(installation.database):
        timetable = installation.timetable()
        upcoming = timetable.schedule.next_after(timetable.last_due(now))
        return Status(
            last_run=None, owed=0, held=0, failed=(), next_run_at=timetable.moment(upcoming),
            data_age_hours=None, is_run_overdue=False, is_there=False,
        )  # fmt: skip
    installation.ensure_schema()
    with installation.database.read() as connection:
        timetable = installation.timetable(_calendar_of_last(connection, installation.settings.fingerprint))
        due = timetable.last_due(now)
        last_run = runs.latest_come(connection, now.date())
        last_sync = syncs.latest_applied(connection)
        ahead_of_clock = runs.prepared_after(connection, now + CLOCKS_DIFFER)
        upcoming = _upcoming(connection, timetable, due if last_run is None else max(due, last_run.send_date))
        owed, failed = outbox.owed(connection), outbox.failed_by(connection, now.date())
        made_at = installation_made_at(connection)
        overtaken_by = runs.later(connection, due)
    is_first_due = last_run is None and timetable.moment(due) > made_at
    return Status(
        last_run=last_run,
        owed=owed,
        held=int(last_run is not None and last_run.state == "held"),
        failed=failed,
        next_run_at=timetable.moment(upcoming),
        data_age_hours=None if last_sync is None else (now - last_sync.extracted_at) / timedelta(hours=1),
        is_run_overdue=is_first_due or (last_run is not None and last_run.send_date < due),
        ahead_of_clock=ahead_of_clock,
        overtaken_by=overtaken_by,
    )


def _calendar_of_last(connection: Connection, settings: str) -> WorkingCalendar | None:
    """
    Return the calendar that the last run was made by, where these *settings* would make the same today.

    It is read in a hundredth of the time in which the bank holidays are made again.
    """
    last = runs.latest(connection)
    if last is None or last.settings != settings:
        return None
    calendar = runs.by_fingerprint(connection, last.calendar)
    return calendar if calendar is not None and calendar.version == source_version() else None
