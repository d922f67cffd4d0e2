"""Lists every open assessment, a row each, as a digest of that day would judge it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.app.recording import reasons_of
from alerter.app.rights import scope
from alerter.domain.address import address_key
from alerter.domain.plan import Rules
from alerter.domain.policy import Alert, Stage, thresholds
from alerter.domain.routing import Judged, matched
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.reports.spreadsheet import Cell

WORST_FIRST = {stage: place for place, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAssessment:
    """
    One open assessment; its fields are the columns of every list of them, under these names.

    *manager_email* is blank where nobody could be found; *expected_on* is the day of the latest reassurance,
    standing or not; the extension's fields are blank where none is recorded.
    """

    assessment_id: str
    child_id: str
    type: str
    team: str
    worker: str
    manager_email: str
    stage: str
    age: int
    alert_on: date
    due_on: date
    expected_on: date | None
    extended_until: date | None
    extended_by: str
    extension_reason: str

    @property
    def cells(self) -> list[Cell]:
        """Return the values in the order of the columns."""
        return [getattr(self, name) for name in COLUMNS]


COLUMNS = tuple(OpenAssessment.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which open assessments to list: of a *stage*, a *team*, a *manager* or who covers; all without any."""

    stage: Stage | None = None
    team: str = ""
    manager: str = ""

    def holds(self, row: Judged) -> bool:
        """Say whether *row* is wanted."""
        people = {row.route.recipient.key, row.route.owner_key}
        return (
            (self.stage is None or row.alert.stage is self.stage)
            and (not self.team or matched(row.alert.assessment.team) == matched(self.team))
            and (not self.manager or address_key(self.manager) in people)
        )


@dataclass(frozen=True, slots=True)
class OpenList:
    """The open assessments of one day, worst first."""

    as_of: date
    assessments: Sequence[OpenAssessment]


def open_list(installation: Installation, as_of: date | None, wanted: Wanted) -> OpenList:
    """
    Return the open assessments on *as_of*, today where it is None.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    installation.ensure_schema()
    on = as_of or installation.today()
    with installation.database.read() as connection:
        plan = plan_on(connection, installation.rules, on)
    return OpenList(on, list(rows_of(installation, plan.judged, wanted)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInScope:
    """
    The wanted open assessments of the teams that one person may see, worst first.

    *teams* and *managers* are those of everything in scope, to choose from.
    """

    as_of: date
    assessments: Sequence[OpenAssessment]
    teams: Sequence[str]
    managers: Sequence[str]


def list_in_scope(installation: Installation, email: str, wanted: Wanted) -> ListInScope | None:
    """
    Return what *email* may see of the list as of today; None where that is nothing.

    Raises:
        StoreError: The database cannot be used.
    """
    today = installation.today()
    with installation.database.read() as connection:
        plan = plan_on(connection, installation.rules, today)
        allowed = scope(installation, connection, plan, email)
    if not allowed:
        return None
    judged = [row for row in plan.judged if allowed.holds(row.alert.assessment.team)]
    teams = {matched(row.alert.assessment.team): row.alert.assessment.team for row in judged}
    managers = {row.route.owner_key: row.route.owner for row in judged if not row.route.problem}
    return ListInScope(
        as_of=today,
        assessments=list(rows_of(installation, judged, wanted)),
        teams=sorted(filter(None, teams.values()), key=str.casefold),
        managers=sorted(managers.values(), key=str.casefold),
    )


def rows_of(installation: Installation, judged: Iterable[Judged], wanted: Wanted) -> Iterator[OpenAssessment]:
    """Yield the *wanted* rows of what was *judged*, worst first, the oldest of a stage first."""
    ordered = sorted(judged, key=lambda row: (WORST_FIRST[row.alert.stage], -row.alert.age))
    reasons = reasons_of(installation)
    for row in filter(wanted.holds, ordered):
        alert = row.alert
        assessment, extension, dates = alert.assessment, alert.extension, _dates(installation.rules, alert)
        yield OpenAssessment(
            assessment_id=assessment.assessment_id,
            child_id=assessment.child_id,
            type=assessment.type,
            team=assessment.team,
            worker=assessment.worker,
            manager_email="" if row.route.problem else row.route.owner,
            stage=alert.stage.value,
            age=alert.age,
            alert_on=dates["alert_on"],
            due_on=dates["due_on"],
            expected_on=alert.reassurance.expected_on if alert.reassurance else None,
            extended_until=extension.until if extension else None,
            extended_by=extension.by if extension else "",
            extension_reason=reasons.label_of(extension.reason) if extension else "",
        )


def _dates(rules: Rules, alert: Alert) -> dict[str, date]:
    return thresholds(rules.calendar, alert.clock, alert.assessment.clock_on)
