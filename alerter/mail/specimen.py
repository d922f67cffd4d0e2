"""Made-up emails that hold everything an email can, to try a council's templates on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.compiling import compile_digests
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.escalation import Escalation, Service, TeamTotals
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Clock, Policy, Reassurance, Stage, Window
from alerter.domain.progress import Handover, Progress, RowHistory
from alerter.domain.routing import Judged, Recipient, Route
from alerter.domain.timeliness import TrackRecord
from alerter.errors import PartitionError, TemplateError
from alerter.mail.language import Language
from alerter.mail.run_facts import RunFacts
from alerter.mail.summary import Summary
from alerter.mail.template_set import Brand, TemplateSet, syntax_faults
from alerter.mail.writer import Writer

LAST, AS_OF, NEXT_RUN = date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)
CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25, target_percent=81)
READER = Recipient("n.okafor@council.example", "N. Okafor")
LINK = "https://alerts.council.example/r/made-up"


@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar("england", 2025, 2027, [], version="made up")


def template_faults(folder: Path, language: Language, brand: Brand) -> list[str]:
    """
    Return a sentence for everything that is wrong with the templates in *folder*, tried on made-up emails.
    """
    if unreadable := list(syntax_faults(folder)):
        return unreadable
    writer = Writer(
        council="Sampleford", sender=READER, admins=[READER], zone=ZoneInfo("Europe/London"),
        templates=TemplateSet(folder), brand=brand,
    )  # fmt: skip
    facts = replace(specimen_facts(), language=language)
    faults: dict[str, None] = {}
    for digest in (full_digest(), all_clear(), replace(full_digest(), progress=None, service=None)):
        for link in ("", LINK):
            try:
                writer.digest(digest, facts, link)
            except TemplateError as error:
                faults[str(error)] = None
            except PartitionError:
                faults["digest.txt.j2: does not show each row on a line that begins with `row.mark`."] = None
    try:
        writer.summary(_summary(facts))
    except TemplateError as error:
        faults[str(error)] = None
    return list(faults)


def specimen_facts() -> RunFacts:
    """Return the facts of a made-up run that is late."""
    return RunFacts(
        run=7,
        council="Sampleford",
        as_of=AS_OF,
        next_run=NEXT_RUN,
        send_date=date(2026, 11, 16),
        source_name="assessments.csv",
        source_rows=812,
        source_rejected=3,
        extracted_at=datetime(2026, 11, 22, 18, 5, tzinfo=UTC),
        dated_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        calendar=_calendar(),
        clocks=(CORE,),
        contact="performance@council.example",
        record_url="https://cases.council.example/person/{child_id}?assessment={assessment_id}",
    )


def all_clear() -> Digest:
    """Return a digest with nothing in it but a count."""
    return Digest(recipient=READER, alerts=(), on_track=14)


def full_digest() -> Digest:
    """Return a digest in which nothing is empty: every stage, every list, and a service manager's part."""
    policy = Policy(_calendar(), {"core": CORE}, Window(AS_OF, NEXT_RUN))
    reassurance = Reassurance(by=READER.email, given_on=date(2026, 11, 16), expected_on=date(2026, 11, 26))
    route = Route(READER, "no_manager", "made up", covering_for="P. Novak")
    alerts = [policy.judge(_aged(days)) for days in (38, 31, 27, 21, 3)]
    fault = DataException(
        "duplicate_open", "A-3", "90003", "the child has another assessment open (DfE 8896)"
    )
    moved = Moved(
        assessment_id="A-3",
        child_id="90003",
        alert_day=25,
        alert_from=AS_OF,
        alert_to=NEXT_RUN,
        due_from=AS_OF,
        due_to=NEXT_RUN,
    )
    alerts.insert(3, policy.judge(_aged(29), reassurance))
    (digest,) = compile_digests([Judged(0, alert, route) for alert in alerts], [fault], [moved])
    return replace(
        digest,
        histories={
            alerts[0].assessment.key: RowHistory(weeks=3, came_from="x@council.example", is_escalated=True)
        },
        progress=Progress(
            last=LAST, new=1, signed_off=5, in_time=4, kept=1, missed=1, came=1,
            went=(Handover(AssessmentKey("A-9", "90009"), "x@council.example"),),
        ),
        checkpoints=(replace(alerts[-1], checkpoint=(5, date(2026, 11, 25))),),
        records=(TrackRecord(label=CORE.label, authorised=61, in_time=51, target_percent=81),),
        service=_service(alerts[0], route),
    )  # fmt: skip


def _service(overdue: Alert, route: Route) -> Service:
    """Return a service manager's part with one team, and one assessment that is escalated."""
    escalation = Escalation(number=1, alert=overdue, manager="P. Novak", weeks=3, to=route, is_new=True)
    totals = TeamTotals(
        team="Duty", manager="P. Novak", counts=dict.fromkeys(Stage, 1), oldest=(38, CORE.working_days)
    )
    return Service(
        recipient=READER, teams=(totals,), escalations=(escalation,), last=LAST,
        were=dict.fromkeys(Stage, 2), ended=1, covering_for=("Q. Absent",),
    )  # fmt: skip


def _aged(days: int) -> Assessment:
    """Return a made-up assessment whose count is *days*; its worker is away, and it was audited."""
    return Assessment(
        assessment_id=f"A-{days}",
        child_id=f"900{days:02}",
        type="core",
        clock_on=_calendar().latest_start(AS_OF, days),
        team="Duty",
        worker="P. Adeyemi",
        audit_score=74,
        worker_away_until=NEXT_RUN,
    )


def _summary(facts: RunFacts) -> Summary:
    return Summary(
        facts=facts,
        counts=dict.fromkeys(Stage, 1),
        deliveries=(),
        exceptions=[DataException("no_manager", "A-3", "90003", "made up")],
        settings_fingerprint="made up",
    )
