"""Papers for the tests: a made-up service of two types, and what is seen of it."""

from datetime import UTC, date, datetime
from functools import cache

from alerter.domain.assessment import Assessment
from alerter.domain.policy import Clock, Policy, Window
from alerter.domain.reasons import Reasons
from alerter.reports.blocks import Imprint, Paper
from alerter.reports.paper import paper_of
from alerter.statistics.panel import Panel, PanelInput, panel
from tests.world.assessments import calendar_of

AS_OF, NEXT_RUN = date(2026, 11, 23), date(2026, 11, 30)
APRIL = date(2026, 4, 1)
CORE = Clock(
    type="core",
    label="Core assessment",
    working_days=35,
    alert_after=25,
    target_percent=81,
    audit_pass_mark=80,
)
SINGLE = Clock(
    type="single", label="Single assessment", working_days=45, alert_after=35, starts_from="referred_on",
    effective_from=date(2026, 9, 1), earlier=CORE,
)  # fmt: skip
CHILD, REFERENCE = "71077", "A-90210"
"""Ids that no paper may hold."""


def assessments() -> dict[int, Assessment]:
    """Return a year of core assessments, some open, one month with few late, a few away."""
    calendar, found = calendar_of(), []
    for place, started_on in enumerate(calendar.working_days_between(date(2025, 9, 1), date(2026, 11, 20))):
        days = (20, 28, 33, 35, 44)[place % 5]
        ended_on = calendar.nth_day(started_on, days)
        found.append(
            Assessment(
                assessment_id=REFERENCE,
                child_id=f"{CHILD}{place}",
                type="core",
                clock_on=started_on,
                started_on=started_on,
                authorised_on=ended_on if ended_on <= AS_OF else None,
                team=("North & South", "East <West>")[place % 2],
                worker="P. Adeyemi",
                reason=("complex", "")[place % 2],
                worker_away_until=AS_OF if place % 9 == 0 else None,
            )
        )
    return dict(enumerate(found))


@cache
def panel_of(clock: Clock = CORE, below: int = 6) -> Panel:
    """Return the figures of one type."""
    known = assessments()
    policy = Policy(calendar_of(), {"core": CORE, "single": SINGLE}, Window(AS_OF, NEXT_RUN))
    facts = PanelInput(
        calendar=calendar_of(),
        as_of=AS_OF,
        assessments=known,
        alerts=[policy.judge(each) for each in known.values() if each.is_open(AS_OF)],
        reassurances={},
        first_scores=dict.fromkeys(list(known)[100:200], 74) | dict.fromkeys(list(known)[200:], 88),
        are_first_scores=clock is CORE,
        reasons={"complex": "Other very complex needs"},
        reassurance_reasons=Reasons({"absence": "worker absence"}),
        extensions={},
        suppress_below=below,
    )
    return panel(facts, clock, APRIL)


def imprint(below: int = 6, extracted_at: datetime | None = None) -> Imprint:
    """Return how the figures came about."""
    return Imprint(
        council="Sampleford & District",
        as_of=AS_OF,
        calendar=calendar_of(),
        settings="5038bee322ea",
        source_name="assessments.csv" if extracted_at else "",
        extracted_at=extracted_at,
        source_rows=812,
        source_rejected=3,
        suppress_below=below,
    )


@cache
def paper(*, is_whole: bool = True) -> Paper:
    """Return the report on the core assessments, or on both types with nothing hidden and nothing read."""
    if is_whole:
        return paper_of(imprint(extracted_at=datetime(2026, 11, 22, 18, 5, tzinfo=UTC)), [panel_of()])
    return paper_of(imprint(0), [panel_of(below=0), panel_of(SINGLE, 0)])
