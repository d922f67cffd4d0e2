"""The audits of one person's work, and the form of one audit, as ready strings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from alerter.app.audits import AuditSheet
from alerter.domain.address import address_key
from alerter.domain.audit_standing import audit_standing, latest_audit
from alerter.domain.policy import Alert, Stage
from alerter.domain.quality_audit import FULL_MARKS, Audit, Criterion, FilledForm, fill_in
from alerter.domain.wording import counted, day_words

POINTS, DAY, SIBLINGS, TOTAL = "points", "audited", "siblings", "total"
UNREADABLE = "The day must be a real date, such as 2026-12-04"
IN_FUTURE = "The day of the audit must be today or earlier"
BEFORE_START = "The day of the audit cannot lie before the assessment was started, on {day}"

UNAUDITED = "unaudited"
HEADINGS = {
    "waiting": ("Waiting for audit", "Handed in, and not audited since."),
    "returned": ("Returned", "Below the pass mark: audit them again once they are mended."),
    UNAUDITED: ("Not audited yet", "An audit can be given at any time before the sign-off."),
    "passed": ("Passed", "Only the sign-off is missing."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledAudit:
    """
    The form as it was filled in: what was given to which criterion and on which day, and what is wrong.

    *values* are what to show again, *faults* sentences by the name of their field in the order of the page.
    *is_total_asked* where only the total was asked for; *has_siblings* where it counts for them too.
    """

    points: Mapping[str, int] = field(default_factory=dict)
    audited_on: date | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    is_total_asked: bool = False
    has_siblings: bool = True

    @property
    def score(self) -> int:
        """Return the points given so far, out of 100."""
        return sum(self.points.values())


def read(
    form: MultiDict[str, str], criteria: Sequence[Criterion], *, started_on: date, today: date
) -> FilledAudit:
    """Return what was filled in for *criteria*, of an assessment *started_on* that day."""
    entered = {each.key: form.get(f"{POINTS}-{each.key}", "").strip() for each in criteria}
    day = form.get(DAY, "").strip()
    filled = fill_in(criteria, entered)
    audited_on, fault = _day(day, started_on, today)
    faults = _missing(criteria, filled) | ({DAY: fault} if fault else {})
    is_total_asked = TOTAL in form
    return FilledAudit(
        points=filled.points,
        audited_on=audited_on,
        values={f"{POINTS}-{key}": text for key, text in entered.items()} | {DAY: day},
        faults={} if is_total_asked else faults,
        is_total_asked=is_total_asked,
        has_siblings=SIBLINGS in form,
    )


def _missing(criteria: Sequence[Criterion], filled: FilledForm) -> dict[str, str]:
    return {
        f"{POINTS}-{each.key}": f"{each.name}: choose 0 to {each.weight} points"
        for each in criteria
        if each.key not in filled.points
    }


def _day(text: str, started_on: date, today: date) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, UNREADABLE
    if day > today:
        return None, IN_FUTURE
    if day < started_on:
        return None, BEFORE_START.format(day=day_words(started_on, today))
    return day, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One open assessment: what tells it from all others, its days, and where it stands with its audit."""

    number: int
    name: str
    worker: str
    day: str
    stage: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditGroup:
    """The rows that stand alike, under their heading."""

    kind: str
    heading: str
    about: str
    rows: tuple[AuditRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """One line of the form: what to look for, the points to choose from, and those chosen."""

    field: str
    name: str
    description: str
    weight: int
    chosen: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFormView:
    """The form of one assessment, with what was given at its last audit and with what is filled in now."""

    row: AuditRow
    last: str
    lines: tuple[str, ...]
    siblings: str
    has_siblings: bool
    criteria: tuple[CriterionView, ...]
    pass_mark: int
    full_marks: int
    total: str
    day: str
    earliest: str
    latest: str
    fault: str
    faults: Sequence[tuple[str, str]]


def audit_words(alert: Alert, as_of: date) -> str:
    """
    Return where an assessment stands with its audit, and what that leaves of its days; empty where unaudited.
    """
    standing = audit_standing(alert)
    if standing is None:
        return ""
    if standing.since is not None:
        return f"Waiting for audit since {day_words(standing.since, as_of)}: {_days_left(alert)}."
    if standing.kind == "passed":
        return f"Audit passed, {standing.score} of {FULL_MARKS}: only the sign-off is missing."
    if standing.kind == "scored":
        return f"Audit: {standing.score} of {FULL_MARKS}."
    mark = f"{standing.pass_mark} to pass"
    return f"Returned by the audit, {standing.score} of {FULL_MARKS} ({mark}): {_days_left(alert)}."


def audit_groups(sheet: AuditSheet) -> list[AuditGroup]:
    """Return what there is to audit by how it stands, the most urgent first."""
    rows: dict[str, list[AuditRow]] = {kind: [] for kind in HEADINGS}
    for number, alert in sheet.items.items():
        standing = audit_standing(alert)
        rows[UNAUDITED if standing is None else standing.kind].append(_row(number, alert, sheet.as_of))
    return [
        AuditGroup(kind=kind, heading=f"{heading} ({len(rows[kind]):,})", about=about, rows=tuple(rows[kind]))
        for kind, (heading, about) in HEADINGS.items()
        if rows[kind]
    ]


def audit_form_view(
    sheet: AuditSheet, number: int, criteria: Sequence[Criterion], filled: FilledAudit, visitor: str
) -> AuditFormView:
    """Return the form for the assessment with this *number*, as far as it is *filled*."""
    alert = sheet.items[number]
    mark, last = alert.clock.audit_pass_mark or 0, latest_audit(alert.assessment, alert.audit)
    others = len(sheet.together(number)) - 1
    return AuditFormView(
        row=_row(number, alert, sheet.as_of),
        last="" if last is None else _last(last, sheet.as_of, visitor),
        lines=() if last is None else _lines(last, criteria),
        siblings=f"The same for {counted(others, 'sibling')} assessed together" if others else "",
        has_siblings=filled.has_siblings,
        criteria=tuple(_criterion(each, filled.values, filled.faults) for each in criteria),
        pass_mark=mark,
        full_marks=FULL_MARKS,
        total=_total(filled, len(criteria), mark) if filled.values else "",
        day=filled.values.get(DAY, sheet.as_of.isoformat()),
        earliest=alert.assessment.clock_on.isoformat(),
        latest=sheet.as_of.isoformat(),
        fault=filled.faults.get(DAY, ""),
        faults=list(filled.faults.items()),
    )


def _row(number: int, alert: Alert, as_of: date) -> AuditRow:
    assessment = alert.assessment
    due = "" if alert.due_on is None else f", due {day_words(alert.due_on, as_of)}"
    is_over = alert.stage is Stage.OVERDUE
    return AuditRow(
        number=number,
        name=f"{assessment.assessment_id}, child {assessment.child_id}",
        worker=assessment.worker or "no worker given",
        day=f"Day {alert.age} of {alert.clock.working_days}{', overdue' if is_over else due}",
        stage=alert.stage.value,
        standing=audit_words(alert, as_of),
    )


def _criterion(each: Criterion, values: Mapping[str, str], faults: Mapping[str, str]) -> CriterionView:
    name = f"{POINTS}-{each.key}"
    return CriterionView(
        field=name,
        name=each.name,
        description=each.description,
        weight=each.weight,
        chosen=values.get(name, ""),
        fault=faults.get(name, ""),
    )


def _last(last: Audit, as_of: date, visitor: str) -> str:
    if last.audited_on is None:
        return f"{last.score} of {FULL_MARKS}, from the case system."
    by = "you" if address_key(last.by) == address_key(visitor) else last.by
    return f"{last.score} of {FULL_MARKS}, by {by}, {day_words(last.audited_on, as_of)}."


def _lines(last: Audit, criteria: Sequence[Criterion]) -> tuple[str, ...]:
    return tuple(
        f"{each.name}: {last.points[each.key]} of {each.weight}"
        for each in criteria
        if each.key in last.points
    )


def _total(filled: FilledAudit, criteria: int, mark: int) -> str:
    given, left, short = f"{filled.score} of {FULL_MARKS}", criteria - len(filled.points), mark - filled.score
    if left:
        return f"{given} so far; {counted(left, 'criterion', 'criteria')} without points."
    if short > 0:
        return f"{given}: {counted(short, 'point')} short of the {mark} that pass."
    return f"{given}: passes, for {mark} do."


def _days_left(alert: Alert) -> str:
    limit = alert.clock.working_days
    left = limit - alert.age
    if left < 0:
        return f"none of the {limit} days left"
    return f"{left} of {limit} days left" if left else f"the last of {limit} days"
