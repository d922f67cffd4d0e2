"""Plans a run: reads the open assessments and what bears on them, and has them judged and routed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import Connection

from alerter.domain.assessment import Assessment
from alerter.domain.audit_standing import LOOKED_BACK, unaudited
from alerter.domain.data_exceptions import QualityFault, of_unreached, quality_faults
from alerter.domain.extension import Extension
from alerter.domain.oversight import Answerable, answerable
from alerter.domain.periods import year_of
from alerter.domain.plan import Findings, Plan, Rules, work_out
from alerter.domain.policy import Clock, Reassurance
from alerter.domain.progress import LastDigest
from alerter.domain.routing import Router
from alerter.domain.timeliness import Timeliness, deadlines
from alerter.errors import ConfigError
from alerter.store import alerts, assessments, audits, bounces, covers, extensions, reassurances, runs, syncs
from alerter.store.database import Database
from alerter.store.runs import Run


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """
    One assessment in the store: its number, what was last recorded of it, and whether it is open.

    What has vanished from the extract is not, though nothing has ended it.
    """

    number: int
    assessment: Assessment
    reassurance: Reassurance | None
    extension: Extension | None
    is_open: bool


def plan_on(connection: Connection, rules: Rules, as_of: date) -> Plan:
    """
    Work out a run as on *as_of*, writing nothing.

    Raises:
        PartitionError: The digests do not add up to the open assessments.
        CalendarRangeError: A date lies outside the years known.
    """
    last_sync = syncs.latest_applied(connection)
    send_date = rules.schedule.due_on_or_before(as_of)
    last_run = runs.latest_before(connection, send_date)
    under_way = assessments.under_way(as_of if last_run is None else min(last_run.as_of, as_of))
    audited = audits.latest(connection, as_of, under_way)
    findings = Findings(
        open=assessments.open_on(connection, as_of),
        reassurances=reassurances.latest(connection, under_way),
        directory=syncs.directory_entries(connection),
        rejected=[] if last_sync is None else syncs.rejected_by(connection, last_sync.id),
        unreadable=[] if last_sync is None else syncs.unreadable_in(connection, last_sync.id),
        closed_unauthorised=assessments.closed_unauthorised(connection, as_of),
        vanished=assessments.vanished_since(connection, (last_run and last_run.sync_id) or 0),
        missing=[] if last_sync is None else assessments.missing_in(connection, last_sync.id),
        unaudited=_unaudited(connection, rules, as_of),
        audits=audited,
        extensions=extensions.latest(connection, under_way),
        covers=covers.standing(connection),
        of_children=assessments.of_children_under_way(connection, as_of),
        calendar_before=None if last_run is None else runs.by_fingerprint(connection, last_run.calendar),
        last_digest=None if last_run is None else _last_digest(connection, last_run, as_of),
        signed=_signed(connection, rules, as_of),
        unreached=[
            of_unreached(message.recipient, message.run_id, message.bounce)
            for message in bounces.unreached(connection)
        ],
    )
    return work_out(rules, findings, as_of)


def _last_digest(connection: Connection, last_run: Run, as_of: date) -> LastDigest:
    """Return what the digest before this one said, from the ledger, and what has ended since."""
    earlier = runs.ids_before(connection, last_run.send_date, alerts.LONGEST - 1)
    return LastDigest(
        as_of=last_run.as_of,
        alerts=alerts.last_alerts(connection, [last_run.id, *earlier]),
        ended=assessments.ended_since(connection, last_run.id, last_run.as_of, as_of),
    )


def planned_for(database: Database, rules: Rules, as_of: date) -> Run | None:
    """Return the run that was prepared for the send date last due on *as_of*; a held one is none."""
    with database.read() as connection:
        run = runs.by_send_date(connection, rules.schedule.due_on_or_before(as_of))
    return None if run is None or run.state == "held" else run


def judged_on(run: Run, now: datetime, zone: tzinfo) -> date:
    """
    Return the day that *run* would be judged by now: its own, and the days that have passed since.

    For a run of today that is today; one prepared for another day by `--as-of` keeps its distance.
    """
    return run.as_of + (now.astimezone(zone).date() - run.prepared_at.astimezone(zone).date())


def stored_under(
    connection: Connection, assessment_id: str, child_id: str | None, as_of: date
) -> list[StoredAssessment]:
    """Return the assessments of one id, each as a run on *as_of* would find it."""
    matching = assessments.find(connection, assessment_id, child_id)
    reassured = reassurances.latest(connection, list(matching))
    extended = extensions.latest(connection, list(matching))
    still_open = assessments.open_on(connection, as_of)
    return [
        StoredAssessment(
            number, assessment, reassured.get(number), extended.get(number), is_open=number in still_open
        )
        for number, assessment in matching.items()
    ]


def clock_of(rules: Rules, assessment: Assessment) -> Clock:
    """
    Return the rule that *assessment* is under.

    Raises:
        ConfigError: Its type is configured no longer.
    """
    clock = rules.clock_of(assessment)
    if clock is None:
        raise ConfigError(
            [f"assessments.{assessment.type}: it is of this type, which is no longer configured."]
        )
    return clock


def answerable_for(
    connection: Connection, rules: Rules, assessments_: Iterable[Assessment], as_of: date
) -> list[Answerable]:
    """Return who answers for each of some assessments on *as_of*, by the directory as it was last read."""
    directory, recorded = syncs.directory_entries(connection), covers.standing(connection)
    router = Router(directory, rules.fallback, rules.allowed_domains, as_of, recorded)
    return [answerable(router, assessment) for assessment in assessments_]


def _signed(connection: Connection, rules: Rules, as_of: date) -> dict[tuple[str, str], Timeliness]:
    """Return what was signed off since the financial year began, by team and type."""
    days = deadlines(rules.calendar, rules.clocks, year_of(as_of).first, as_of)
    return assessments.count(connection, days, rules.clocks)


def _unaudited(connection: Connection, rules: Rules, as_of: date) -> list[Assessment]:
    """
    Return what was signed off without a passing audit since audits are in use; a pass mark alone is no use.

    They are from the first score on, or from the day of the settings, and a year is looked back at most.
    """
    marked = {type_: clock.audit_pass_mark for type_, clock in rules.clocks.items()}
    marks = {type_: mark for type_, mark in marked.items() if mark is not None}
    first_score_on = audits.in_use_since(connection)
    if not marks or first_score_on is None:
        return []
    since = rules.audits_since or max(first_score_on, as_of - LOOKED_BACK)
    types = None if len(marks) == len(rules.clocks) else list(marks)
    doubtful = assessments.doubtful(connection, since, as_of, max(marks.values()), types)
    return unaudited(doubtful, audits.latest(connection, as_of, list(doubtful)), rules.clocks)


def records_to_mend(connection: Connection, rules: Rules, as_of: date) -> list[QualityFault]:
    """
    Return what is to mend as on *as_of*, what the last reading applied could not believe included.

    What the *rules* ignore needs no mending.
    """
    read = syncs.latest_applied(connection)
    unreadable = [] if read is None else syncs.unreadable_in(connection, read.id)
    related = assessments.of_children_under_way(connection, as_of)
    return quality_faults(
        [assessment for assessment in related if not rules.ignores(assessment, as_of)], as_of, unreadable
    )
