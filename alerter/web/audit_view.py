"""The audits of one person's work, and the form of one audit, as ready strings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from alerter.app.audits import AuditSheet
from alerter.domain.address import address_key
from alerter.domain.audit_standing import audit_standing, latest_audit
from alerter.domain.policy import Alert, Stage
from alerter.domain.quality_audit import Audit, Criterion, FilledForm, fill_in
from alerter.mail.digest_rows import days_left
from alerter.mail.language import Language

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
    form: MultiDict[str, str],
    criteria: Sequence[Criterion],
    language: Language,
    *,
    started_on: date,
    today: date,
) -> FilledAudit:
    """Return what was filled in for *criteria*, of an assessment *started_on* that day."""
    entered = {criterion.key: form.get(f"{POINTS}-{criterion.key}", "").strip() for criterion in criteria}
    day = form.get(DAY, "").strip()
    filled = fill_in(criteria, entered)
    audited_on, fault = _day(day, started_on, today, language)
    faults = _missing(criteria, filled, language) | ({DAY: fault} if fault else {})
    is_total_asked = TOTAL in form
    return FilledAudit(
        points=filled.points,
        audited_on=audited_on,
        values={f"{POINTS}-{key}": text for key, text in entered.items()} | {DAY: day},
        faults={} if is_total_asked else faults,
        is_total_asked=is_total_asked,
        has_siblings=SIBLINGS in form,
    )


def _missing(criteria: Sequence[Criterion], filled: FilledForm, language: Language) -> dict[str, str]:
    return {
        f"{POINTS}-{criterion.key}": language.say(
            "{name}: choose 0 to {weight} points", name=criterion.name, weight=criterion.weight
        )
        for criterion in criteria
        if criterion.key not in filled.points
    }


def _day(text: str, started_on: date, today: date, language: Language) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, language.sentence(UNREADABLE)
    if day > today:
        return None, language.sentence(IN_FUTURE)
    if day < started_on:
        return None, language.say(BEFORE_START, day=language.day(started_on, today))
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
    total: str
    day: str
    earliest: str
    latest: str
    fault: str
    faults: Sequence[tuple[str, str]]


def audit_words(alert: Alert, as_of: date, language: Language) -> str:
    """
    Return where an assessment stands with its audit, and what that leaves of its days; empty where unaudited.
    """
    standing = audit_standing(alert)
    if standing is None:
        return ""
    say, left = language.say, days_left(alert, language)
    if standing.since is not None:
        return say(
            "Waiting for audit since {day}: {left}.", day=language.day(standing.since, as_of), left=left
        )
    if standing.kind == "passed":
        return say("Audit passed, {score} of 100: only the sign-off is missing.", score=standing.score)
    if standing.kind == "scored":
        return say("Audit: {score} of 100.", score=standing.score)
    words = "Returned by the audit, {score} of 100 ({mark} to pass): {left}."
    return say(words, score=standing.score, mark=standing.pass_mark, left=left)


def audit_groups(sheet: AuditSheet, language: Language) -> list[AuditGroup]:
    """Return what there is to audit by how it stands, the most urgent first."""
    rows: dict[str, list[AuditRow]] = {kind: [] for kind in HEADINGS}
    for number, alert in sheet.items.items():
        standing = audit_standing(alert)
        rows[UNAUDITED if standing is None else standing.kind].append(
            _row(number, alert, sheet.as_of, language)
        )
    return [
        AuditGroup(
            kind=kind,
            heading=f"{language.sentence(heading)} ({len(rows[kind]):,})",
            about=language.sentence(about),
            rows=tuple(rows[kind]),
        )
        for kind, (heading, about) in HEADINGS.items()
        if rows[kind]
    ]


def audit_form_view(
    sheet: AuditSheet,
    number: int,
    criteria: Sequence[Criterion],
    filled: FilledAudit,
    visitor: str,
    language: Language,
) -> AuditFormView:
    """Return the form for the assessment with this *number*, as far as it is *filled*."""
    alert = sheet.items[number]
    mark, last = alert.clock.audit_pass_mark or 0, latest_audit(alert.assessment, alert.audit)
    others = len(sheet.together(number)) - 1
    return AuditFormView(
        row=_row(number, alert, sheet.as_of, language),
        last="" if last is None else _last(last, sheet.as_of, visitor, language),
        lines=() if last is None else _lines(last, criteria, language),
        siblings=language.counted(
            others,
            "The same for {count} sibling assessed together",
            "The same for {count} siblings assessed together",
        )
        if others
        else "",
        has_siblings=filled.has_siblings,
        criteria=tuple(_criterion(criterion, filled.values, filled.faults) for criterion in criteria),
        pass_mark=mark,
        total=_total(filled, len(criteria), mark, language) if filled.values else "",
        day=filled.values.get(DAY, sheet.as_of.isoformat()),
        earliest=alert.assessment.clock_on.isoformat(),
        latest=sheet.as_of.isoformat(),
        fault=filled.faults.get(DAY, ""),
        faults=list(filled.faults.items()),
    )


def _row(number: int, alert: Alert, as_of: date, language: Language) -> AuditRow:
    assessment, say = alert.assessment, language.say
    values = {"age": alert.age, "limit": alert.clock.working_days}
    day = say("Day {age} of {limit}", **values)
    if alert.stage is Stage.OVERDUE:
        day = say("Day {age} of {limit}, overdue", **values)
    elif alert.due_on is not None:
        day = say("Day {age} of {limit}, due {day}", **values, day=language.day(alert.due_on, as_of))
    return AuditRow(
        number=number,
        name=f"{assessment.assessment_id}, {say('child {id}', id=assessment.child_id)}",
        worker=assessment.worker or say("no worker given"),
        day=day,
        stage=alert.stage.value,
        standing=audit_words(alert, as_of, language),
    )


def _criterion(criterion: Criterion, values: Mapping[str, str], faults: Mapping[str, str]) -> CriterionView:
    name = f"{POINTS}-{criterion.key}"
    return CriterionView(
        field=name,
        name=criterion.name,
        description=criterion.description,
        weight=criterion.weight,
        chosen=values.get(name, ""),
        fault=faults.get(name, ""),
    )


def _last(last: Audit, as_of: date, visitor: str, language: Language) -> str:
    say = language.say
    if last.audited_on is None:
        return say("{score} of 100, from the case system.", score=last.score)
    day = language.day(last.audited_on, as_of)
    if address_key(last.by) == address_key(visitor):
        return say("{score} of 100, by you, {day}.", score=last.score, day=day)
    return say("{score} of 100, by {who}, {day}.", score=last.score, who=last.by, day=day)


def _lines(last: Audit, criteria: Sequence[Criterion], language: Language) -> tuple[str, ...]:
    return tuple(
        language.say(
            "{name}: {points} of {weight}",
            name=criterion.name, points=last.points[criterion.key], weight=criterion.weight,
        )
        for criterion in criteria
        if criterion.key in last.points
    )  # fmt: skip


def _total(filled: FilledAudit, criteria: int, mark: int, language: Language) -> str:
    left, short = criteria - len(filled.points), mark - filled.score
    if left:
        one = "{score} of 100 so far; {count} criterion without points."
        many = "{score} of 100 so far; {count} criteria without points."
        return language.counted(left, one, many, score=filled.score)
    if short > 0:
        one = "{score} of 100: {count} point short of the {mark} that pass."
        many = "{score} of 100: {count} points short of the {mark} that pass."
        return language.counted(short, one, many, score=filled.score, mark=mark)
    return language.say("{score} of 100: passes, for {mark} do.", score=filled.score, mark=mark)
