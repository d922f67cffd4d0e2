"""Made-up digests: one manager's week in November 2026, and whatever a test changes about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.calendar import DayOff, WorkingCalendar
from alerter.domain.compiling import compile_digests
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.policy import Clock, Policy, Reassurance, Window
from alerter.domain.routing import Judged, Recipient, Route
from alerter.mail.build import Letterhead
from alerter.mail.run_facts import RunFacts
from alerter.mail.writer import Writer

AS_OF = date(2026, 11, 23)
NEXT_RUN = date(2026, 11, 30)
MANAGER = Recipient("n.okafor@council.example", "N. Okafor")
CORE = Clock(type="core", label="Core assessment", working_days=35, alert_after=25)
SINGLE = Clock(type="single", label="Single assessment", working_days=45, alert_after=20)

REJECTED = Rejected(12, "started_on is not a date", "start_missing", "A-9", "88")


@dataclass(frozen=True)
class Fate:
    """How one digest stands, as the ledger tells it."""

    recipient: str
    state: str
    reply: str = ""


@cache
def calendar(*, count_start_day: bool = False) -> WorkingCalendar:
    """Return England's working days from 2025 to 2027, as far as these tests look."""
    off = [DayOff(date(2026, 12, day), "Christmas", "bank holiday") for day in (25, 28)]
    off.append(DayOff(date(2027, 1, 1), "New Year's Day", "bank holiday"))
    return WorkingCalendar(
        "england", 2025, 2027, off, count_start_day=count_start_day, version="holidays 0.109"
    )


def facts(**changed: object) -> RunFacts:
    """Return the facts of run 7, with what is *changed*."""
    usual = {
        "run": 7,
        "council": "Sampleford",
        "as_of": AS_OF,
        "next_run": NEXT_RUN,
        "send_date": AS_OF,
        "source_name": "assessments.csv",
        "source_rows": 812,
        "source_rejected": 3,
        "extracted_at": datetime(2026, 11, 22, 18, 5, tzinfo=timezone(timedelta(0))),
        "dated_at": datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(0))),
        "calendar": calendar(),
        "clocks": (CORE,),
        "contact": "performance@council.example",
    }
    return RunFacts(**{**usual, **changed})


def writer(**changed: object) -> Writer:
    """Return a writer of emails, with what is *changed*."""
    usual = {
        "council": "Sampleford",
        "sender": Recipient("alerts@council.example", "Assessment alerts"),
        "admins": [Recipient("performance@council.example")],
        "zone": ZoneInfo("Europe/London"),
    }
    return Writer(**{**usual, **changed})


def letterhead(**changed: object) -> Letterhead:
    """Return what the messages of run 7 share, with what is *changed*."""
    usual = {
        "sender": Recipient("alerts@council.example", "Assessment alerts"),
        "installation": "made-up",
        "run": 7,
        "dated_at": datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(0))),
    }
    return Letterhead(**{**usual, **changed})


def started(days_ago: int, assessment_id: str, child_id: str, **changed: object) -> Assessment:
    """Return an open assessment whose count on 23 November 2026 is *days_ago*."""
    usual = {
        "type": "core",
        "clock_on": calendar().latest_start(AS_OF, days_ago),
        "team": "Duty and Assessment North",
        "worker": "P. Adeyemi",
    }
    return Assessment(assessment_id=assessment_id, child_id=child_id, **{**usual, **changed})


def digest_of(
    assessments: list[Assessment],
    reassurances: dict[str, Reassurance] | None = None,
    *,
    recipient: Recipient = MANAGER,
    covering_for: str = "",
    exceptions: tuple[DataException, ...] = (),
    problem: str = "",
) -> Digest:
    """Return the one digest of *assessments*, judged on 23 November 2026 by the real policy."""
    clocks = {clock.type: clock for clock in (CORE, SINGLE)}
    policy = Policy(calendar(), clocks, Window(AS_OF, NEXT_RUN))
    detail = "team 'Duty' is not in the directory" if problem else ""
    route = Route(recipient, problem=problem, detail=detail, covering_for=covering_for)
    given = reassurances or {}
    judged = [Judged(0, policy.judge(each, given.get(each.assessment_id)), route) for each in assessments]
    return compile_digests(judged, exceptions)[0]


def usual_week() -> Digest:
    """Return a digest with every stage, siblings, an absence, a cover, and a record to mend."""
    away = {"worker_away_until": date(2026, 11, 30)}
    return digest_of(
        [
            started(38, "A-10433", "88213", **away),
            started(38, "A-10433", "88214", **away),
            started(31, "A-10518", "90177", worker="M. Osei", audit_score=74),
            started(28, "A-10522", "90201", worker="T. Lindqvist"),
            started(26, "A-10540", "87655", worker="M. Osei"),
            started(22, "A-10561", "91020", worker="R. Begum"),
            started(20, "A-10570", "91044", worker="T. Lindqvist"),
            started(29, "A-10497", "89930", worker="R. Begum"),
            *(started(days, f"A-107{days:02}", f"95{days:03}") for days in range(1, 15)),
        ],
        reassurances={
            "A-10522": Reassurance(
                by=MANAGER.email, given_on=date(2026, 11, 9), expected_on=date(2026, 11, 20), runs_since=2
            ),
            "A-10497": Reassurance(
                by=MANAGER.email, given_on=date(2026, 11, 16), expected_on=date(2026, 11, 26), runs_since=1
            ),
        },
        covering_for="P. Novak",
        exceptions=(
            DataException(
                "authorised_before_start",
                "A-10701",
                "95001",
                "the sign-off is dated before the start (DfE 8608); it counts as not signed off",
            ),
        ),
    )
