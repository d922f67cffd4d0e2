"""The service: what is done each minute. It holds no rule, for the ledger says what is owed."""

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from alerter.app.heartbeat import Heartbeat
from alerter.app.logs import Fact, Journal
from alerter.app.notices import Notices, owe_if_untold
from alerter.app.settings_watch import Open, SettingsWatch
from alerter.app.status import clock_sentence
from alerter.domain.schedule import LastRun, Timetable, is_owed
from alerter.errors import AlerterError, DirectoryError, SourceError, StoreBrokenError, StoreLostError
from alerter.installation.clock import TOLERANCE, ClockWatch
from alerter.installation.installation import Installation
from alerter.mail.short_letters import Notice
from alerter.pipeline import weekly
from alerter.pipeline.deliver import Delivered
from alerter.pipeline.letters import Basis
from alerter.pipeline.notes import prepare_notes
from alerter.pipeline.outcome import RunResult
from alerter.pipeline.sending import relieve, send
from alerter.store import runs, syncs
from alerter.store.database import installation_id, serving_since
from alerter.store.database_errors import named
from alerter.store.runs import Run

PATIENCE = timedelta(minutes=15)
"""How long a run may fail, one try a minute, before the admins are told by email."""

BOUNCES_EVERY = timedelta(hours=1)
REMEMBERED = timedelta(days=1)
"""A run older than this was signalled by whoever did it: a restart is no new proof that it went well."""


class Serving:
    """
    One service: the settings it goes by, and what it remembers from one tick to the next.

    *steady* is a clock that nobody sets; *should_stop* is asked before and during each tick.

    Raises:
        ConfigError: The settings cannot be used.
        StoreError: The database cannot be used, or is a server's with an old schema.
    """

    def __init__(
        self,
        config: Path,
        open_: Open,
        journal: Journal,
        *,
        steady: Callable[[], timedelta],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._journal = journal
        self._steady = steady
        self._should_stop = should_stop
        self._notices = Notices(journal)
        self._heartbeat = Heartbeat(
            lambda signal, why: journal.warn("heartbeat_failed", signal=signal, why=why)
        )
        self._watch = SettingsWatch(
            config, lambda path: replace(open_(path), should_stop=should_stop), journal, self._notices
        )
        self._since = self.installation.now()
        self._clock = ClockWatch.begin(self._since, steady())
        self._failing_since: datetime | None = None
        self._bounces_read_at: datetime | None = None
        self._noted_on: date | None = None
        self._is_clock_behind = False
        self.broken: StoreBrokenError | None = None
        """Why the service has to end: its disk failed, and what it believes written may not be."""
        self._ready: Installation | None = None
        self._served: dict[str, str] = {}
        try:
            self._start()
        except StoreLostError as error:
            self._fail(error)  # and not over: the right one may be put back
        except AlerterError:
            self.close()
            raise

    @property
    def installation(self) -> Installation:
        """Return the installation as the last good settings make it."""
        return self._watch.installation

    def tick(self) -> None:
        """
        Do what there is to do now: a run if one is owed, else what is due of the deliveries.

        Whatever goes wrong is logged and signalled, and tried again by the next tick.
        """
        for step in (self._work, self._tell_admins):
            if not self._should_stop() and self.broken is None:
                try:
                    step()
                except Exception as error:  # noqa: BLE001 - a defect in one tick must not end the service
                    self._fail(error)

    def relieve(self) -> None:
        """
        Take over the work of senders that died: what is done every few seconds, so that nothing waits long.
        """
        if self._should_stop() or self.broken or self._ready is None or not self._clock.is_believed:
            return
        try:
            relieved = relieve(self.installation)
            if relieved is not None:
                self._note_delivered(relieved)
        except Exception as error:  # noqa: BLE001 - a defect must not end the service
            self._fail(error)

    def close(self) -> None:
        """Close the database."""
        self.installation.database.close()

    def _start(self) -> None:
        self._ready_store()
        last = self._last_run()
        now = self.installation.now()
        if last is not None and last.state == "done" and now - last.prepared_at > REMEMBERED:
            self._heartbeat.assume("success", last.send_date.isoformat())
        self._journal.note("serving", settings=self.installation.settings.fingerprint)

    def _work(self) -> None:
        self._watch.look()
        if not self._is_clock_believed():
            self._heartbeat.say(self._url, "fail", "the clock")
            return
        self._ready_store()
        self._require_same()
        if self._is_behind_ledger():
            self._heartbeat.say(self._url, "fail", "the clock")
            return
        self._run_or_deliver()
        self._failing_since = None
        if not self._should_stop():
            self._signal_status()

    def _run_or_deliver(self) -> None:
        """Run if a run is owed; deliver what is due if none is, and also if it failed."""
        has_run = False
        try:
            if self._is_owed():
                self._run()
                has_run = True
            else:
                self._write_notes()
        finally:
            if not has_run:
                self._deliver()
        self._read_bounces()

    def _tell_admins(self) -> None:
        self._notices.send(self.installation)

    def _ready_store(self) -> None:
        """Make sure of the schema, once each time that the settings were read, and that this is served."""
        if self._ready is not self.installation:
            self.installation.ensure_schema(may_make=True, is_searched=True)
            with self.installation.database.write() as connection:
                self._since = serving_since(connection, self.installation.now())
            self._ready = self.installation

    def _require_same(self) -> None:
        """Refuse to go on with the database of another installation at the same address."""
        name = named(self.installation.database.engine.url)
        with self.installation.database.read() as connection:
            present = installation_id(connection)
        if (served := self._served.get(name, present)) != present:
            raise StoreLostError(
                f"the database {name} is installation {present} now, and was {served}: put that one back, or "
                "start the alerter again to go on with this one."
            )
        self._served[name] = present

    def _is_clock_believed(self) -> bool:
        before, now = self._clock, self.installation.now()
        self._clock = before.looked(now, self._steady())
        if self._clock.is_believed != before.is_believed:
            if self._clock.is_believed:
                self._journal.note("clock_believed")
            else:
                jumped = (self._clock.new_lead or before.lead) - before.lead
                self._journal.warn("clock_jumped", jumped_minutes=round(jumped / timedelta(minutes=1)))
        return self._clock.is_believed

    def _is_behind_ledger(self) -> bool:
        """
        Say whether the ledger has a run from after now: then a clock that was set back would choose the day.
        """
        now = self.installation.now()
        with self.installation.database.read() as connection:
            run = runs.prepared_after(connection, now + TOLERANCE)
        if run is None:
            self._is_clock_behind = False
        elif not self._is_clock_behind:
            self._is_clock_behind = True
            self._journal.warn("clock_behind", run=run.id, send_date=run.send_date)
            self._notices.owe(
                Notice(
                    about=f"clock behind run {run.id}",
                    headline="this machine's clock is behind",
                    said=clock_sentence(run),
                    noticed_at=now,
                )
            )
        return self._is_clock_behind

    def _is_owed(self) -> bool:
        last, now = self._last_run(), self.installation.now()
        known = None
        if last is not None:
            known = LastRun(
                send_date=last.send_date,
                is_held=last.state == "held",
                tried_at=last.prepared_at,
                has_news=last.state == "held" and self._has_news(last),
            )
        if not is_owed(self._timetable, now, known, serving_since=self._since):
            return False
        with self.installation.database.read() as connection:
            return runs.later(connection, self._timetable.last_due(now)) is None

    def _has_news(self, held: Run) -> bool:
        """Say whether the extract is another one than that which held a run."""
        with self.installation.database.read() as connection:
            read = None if held.sync_id is None else syncs.by_id(connection, held.sync_id)
        return read is not None and self.installation.has_other_extract(read.sha256, since=held.prepared_at)

    def _run(self) -> None:
        """Do the run that is owed, by settings that are read for it."""
        self._watch.reread()
        due = self._timetable.last_due(self.installation.now())
        self._heartbeat.begin(self._url, due.isoformat())
        self._journal.note("run_started", send_date=due)
        result = weekly.run(self.installation)
        self._journal.note("run_ended", **_facts_of(result))

    def _write_notes(self) -> None:
        """Prepare the notes of a day between send dates, once, where the settings want them."""
        of, now = self.installation, self.installation.now()
        is_wanted = of.settings.digest.interim == "daily" and self._noted_on != of.today()
        if not is_wanted or not self._timetable.is_between(now):
            return
        self._noted_on = of.today()
        try:
            held_because = weekly.sync_only(of).held_because
            notes = 0 if held_because else prepare_notes(of.database, Basis.of(of), of.today())
            self._journal.note("notes_written", recorded=notes, reasons=len(held_because))
        except SourceError as error:
            self._journal.warn("notes_not_written", why=str(error))

    def _deliver(self) -> None:
        self._note_delivered(send(self.installation))

    def _note_delivered(self, delivered: Delivered) -> None:
        outcomes = Counter(delivered.outcomes)
        if outcomes or delivered.stopped:
            counts = {state: outcomes[state] for state in ("sent", "deferred", "refused", "unknown")}
            self._journal.note("delivered", **counts, is_stopped=bool(delivered.stopped))

    def _read_bounces(self) -> None:
        """Learn once an hour what came back."""
        now = self.installation.now()
        if self._bounces_read_at is not None and abs(now - self._bounces_read_at) < BOUNCES_EVERY:
            return
        self._bounces_read_at = now
        came_back = weekly.report_bounces(self.installation)
        if came_back.trouble:
            self._journal.warn("bounces_not_read", why=came_back.trouble)

    def _signal_status(self) -> None:
        last = self._last_run()
        if last is None:
            return
        about = last.send_date.isoformat()
        if last.state == "done":
            self._heartbeat.say(self._url, "success", about)
        elif last.state in ("held", "undelivered"):
            self._heartbeat.say(self._url, "fail", about)

    def _fail(self, error: Exception) -> None:
        """Log what went wrong, signal it, and tell the admins when it has gone on for a while."""
        if isinstance(error, StoreBrokenError):
            self.broken = error
        now = self.installation.now()
        if self._failing_since is None:
            self._failing_since = now
        self._journal.warn("failed", fault=type(error).__name__, why=_why(error))
        about = f"failing since {self._failing_since.isoformat()}"
        self._heartbeat.say(self._url, "fail", about)
        if isinstance(error, StoreLostError):
            owe_if_untold(error, self.installation, self._notices, since=self._failing_since)
        is_told = isinstance(error, DirectoryError | StoreLostError)
        if not is_told and now - self._failing_since >= PATIENCE:
            self._notices.owe(
                Notice(
                    about=about,
                    headline="the weekly job cannot be done",
                    said="It is tried again every minute, and goes on by itself once this is mended:\n"
                    + _why(error),
                    noticed_at=now,
                )
            )

    def _last_run(self) -> Run | None:
        """Return the run for the latest send date that has come: `--as-of` may have made one that has not."""
        with self.installation.database.read() as connection:
            return runs.latest_come(connection, self.installation.today())

    @property
    def _timetable(self) -> Timetable:
        return self.installation.timetable()

    @property
    def _url(self) -> str:
        return self.installation.heartbeat_url


def _facts_of(result: RunResult) -> dict[str, Fact]:
    counts = Counter(result.outcomes)
    facts: dict[str, Fact] = {
        "state": result.state,
        "as_of": result.as_of,
        "next_run": result.next_run,
        "open": result.counts.get("open"),
        "digests": result.digests,
        "sent": counts["sent"],
        "refused": counts["refused"],
        "exceptions": len(result.exceptions),
        "reasons": len(result.held_because),
        "is_stopped": bool(result.stopped),
    }
    if result.run is None:
        return facts
    run = result.run
    return {"run": run.id, "send_date": run.send_date, "is_late": run.is_late, **facts}


def _why(error: Exception) -> str:
    """Return an operator's sentence; of a defect only where it is, for its own text could hold data."""
    if isinstance(error, AlerterError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"an unexpected fault of alerter's own ({type(error).__name__}{place}); please report it."
