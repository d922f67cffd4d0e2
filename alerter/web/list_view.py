"""A manager's list as ready strings: what is asked of each assessment, and the fields to answer with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerter.app.reassurances import OwnList, Recorded
from alerter.domain.address import address_key
from alerter.domain.policy import Alert, Stage
from alerter.domain.reassurance import LONGEST_NOTE, UNDO_WITHIN, Reasons
from alerter.domain.wording import counted, day_words, full_day_words, is_are, listed, long_day_words
from alerter.web.audit_view import audit_words
from alerter.web.forms import ALL, PICK, Filled

ORDER = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING, Stage.REASSURED)
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One assessment: where it stands, what was said of it, and what was filled in for it."""

    number: int
    assessment_id: str
    child_id: str
    worker: str
    label: str
    day: str
    due: str
    notes: tuple[str, ...]
    audit: str
    is_audited: bool
    is_picked: bool
    values: Mapping[str, str]
    faults: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return what tells this assessment from all others."""
        return f"{self.assessment_id}, child {self.child_id}"


@dataclass(frozen=True, slots=True)
class SectionView:
    """One stage's rows under its heading, with what is asked of them."""

    stage: str
    heading: str
    asked: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """Everything one person's list says."""

    title: str
    audience: str
    asks: str
    basis: str
    sections: tuple[SectionView, ...]
    on_track: str
    more: str
    reasons: Sequence[tuple[str, str]]
    earliest: str
    longest_note: int
    values: Mapping[str, str]
    faults: Sequence[tuple[str, str]]


def list_view(own: OwnList, filled: Filled, reasons: Reasons, zone: ZoneInfo) -> ListView:
    """Return the view of *own*, with what was *filled* in before, if anything was."""
    shown = own.rows[:MOST_ROWS]
    return ListView(
        title=_title(own),
        audience=_audience(own),
        asks=_asks(own),
        basis=_basis(own, zone),
        sections=tuple(_sections(own, shown, filled)),
        on_track=_on_track(own),
        more=_more(len(own.rows) - len(shown)),
        reasons=list(reasons.labels.items()),
        earliest=own.as_of.isoformat(),
        longest_note=LONGEST_NOTE,
        values=_values(filled, ALL),
        faults=_summary(filled, shown),
    )


def _title(own: OwnList) -> str:
    asks = own.digest.asks
    if not asks:
        return "Nothing needs you now"
    return f"{counted(asks, 'assessment')} {'needs' if asks == 1 else 'need'} you"


def _audience(own: OwnList) -> str:
    recipient = own.digest.recipient
    covered = listed(list(own.digest.covering_for))
    return f"{recipient.name or recipient.email}{f', covering for {covered}' if covered else ''}"


def _asks(own: OwnList) -> str:
    overdue, past, reach = (own.digest.counts[stage] for stage in ORDER[:3])
    parts = [
        f"{is_are(overdue)} overdue" if overdue else "",
        f"{is_are(past)} past {_alert_day(own)} with no reassurance standing" if past else "",
        f"{reach:,} {'reaches' if reach == 1 else 'reach'} {_alert_day(own)} "
        f"by {long_day_words(own.next_run, own.as_of)}" if reach else "",
    ]  # fmt: skip
    said = listed([part for part in parts if part])
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _alert_day(own: OwnList) -> str:
    days = {alert.clock.alert_after for _, alert in own.rows}
    return f"day {days.pop()}" if len(days) == 1 else "the alert day"


def _basis(own: OwnList, zone: ZoneInfo) -> str:
    today = f"As of {full_day_words(own.as_of)}"
    if own.read is None:
        return f"{today}; nothing has been read from the case system yet."
    at = own.read.extracted_at.astimezone(zone)
    return f"{today}, from the case system's data of {day_words(at.date(), own.as_of)} at {at:%H:%M}."


def _on_track(own: OwnList) -> str:
    count = own.digest.on_track
    return f"Also open and on track: {count:,}." if count else ""


def _more(count: int) -> str:
    return f"And {count:,} more, which follow once these are answered." if count else ""


def _sections(own: OwnList, shown: Sequence[tuple[int, Alert]], filled: Filled) -> list[SectionView]:
    has_labels = len({alert.clock.type for _, alert in own.rows}) > 1
    found = []
    for stage in ORDER:
        rows = [(number, alert) for number, alert in shown if alert.stage is stage]
        if rows:
            views = tuple(_row(number, alert, own, filled, has_label=has_labels) for number, alert in rows)
            count = own.digest.counts[stage]
            found.append(SectionView(stage.value, _heading(stage, count, own), _asked(stage, count), views))
    return found


def _heading(stage: Stage, count: int, own: OwnList) -> str:
    words = {
        Stage.OVERDUE: "Overdue",
        Stage.PAST_ALERT: f"Past {_alert_day(own)}",
        Stage.APPROACHING: f"Reaches {_alert_day(own)} by {long_day_words(own.next_run, own.as_of)}",
        Stage.REASSURED: "Reassured",
    }
    return f"{words[stage]} ({count:,})"


def _asked(stage: Stage, count: int) -> str:
    it, its = ("it", "it is") if count == 1 else ("them", "each is")
    return {
        Stage.OVERDUE: f"Please get {it} signed off, or say when that is expected and what holds {it}. "
        "Overdue stays overdue whatever is recorded.",
        Stage.PAST_ALERT: f"Please check that {its} nearly done, and say so.",
        Stage.APPROACHING: f"Please check by then that {its} nearly done, and say so.",
        Stage.REASSURED: "Nothing is asked while this stands. You can record a new day if it has changed.",
    }[stage]


def _row(number: int, alert: Alert, own: OwnList, filled: Filled, *, has_label: bool) -> RowView:
    assessment = alert.assessment
    away = assessment.worker_away_until
    is_away = away is not None and away >= own.as_of
    return RowView(
        number=number,
        assessment_id=assessment.assessment_id,
        child_id=assessment.child_id,
        worker=f"{assessment.worker or 'no worker given'}"
        + (f" (away until {day_words(away, own.as_of)})" if away and is_away else ""),
        label=alert.clock.label if has_label else "",
        day=f"Day {alert.age} of {alert.clock.working_days}",
        due=_due(alert, own.as_of),
        notes=tuple(note for note in (_chance(alert), _said(alert, own), _together(alert, own)) if note),
        audit=audit_words(alert, own.as_of),
        is_audited=alert.clock.audit_pass_mark is not None,
        is_picked=number in filled.picked,
        values=_values(filled, str(number)),
        faults={
            name.partition("-")[0]: fault
            for name, fault in filled.faults.items()
            if name.partition("-")[2] == str(number)
        },
    )


def _values(filled: Filled, which: str) -> dict[str, str]:
    return {name: filled.values.get(f"{name}-{which}", "") for name in ("expected", "reason", "note")}


def _due(alert: Alert, as_of: date) -> str:
    if alert.due_on is None:
        return ""
    day, left = day_words(alert.due_on, as_of), alert.clock.working_days - alert.age
    if alert.stage is Stage.OVERDUE:
        return f"was due {day}, {counted(-left, 'working day')} ago"
    if left <= 0:
        return f"due {day}, {'today' if alert.due_on == as_of else 'no working day left'}"
    return f"due {day}, in {counted(left, 'working day')}"


def _chance(alert: Alert) -> str:
    is_last = alert.is_last_chance and alert.stage is not Stage.OVERDUE
    return "Due before the next digest." if is_last else ""


def _together(alert: Alert, own: OwnList) -> str:
    id_ = alert.assessment.assessment_id
    others = sum(1 for _, each in own.rows if each.assessment.assessment_id == id_) - 1
    return f"Assessed together with {counted(others, 'sibling')} on this list." if others else ""


def _said(alert: Alert, own: OwnList) -> str:
    given = alert.reassurance
    if given is None:
        return ""
    is_own = address_key(given.by) == own.digest.recipient.key
    by, expects = ("You", "expect") if is_own else (given.by, "expects")
    given_on, expected = (day_words(on, own.as_of) for on in (given.given_on, given.expected_on))
    if alert.stage is Stage.REASSURED:
        return f"{by} checked it on {given_on} and {expects} the sign-off by {expected}."
    if given.expected_on < own.as_of:
        return f"{by} expected the sign-off by {expected}; it has not come."
    if alert.stage is Stage.OVERDUE:
        return f"{by} {expects} the sign-off by {expected}."
    return (
        f"{by} checked it on {given_on}, and that no longer stands; the sign-off was expected by {expected}."
    )


def _summary(filled: Filled, shown: Sequence[tuple[int, Alert]]) -> list[tuple[str, str]]:
    """Return each fault as the field it leads to and a sentence that names its assessment."""
    names = {str(number): alert.assessment for number, alert in shown}
    first = f"{PICK}-{shown[0][0]}" if shown else PICK
    found = []
    for name, fault in filled.faults.items():
        of = names.get(name.partition("-")[2])
        whose = f"{of.assessment_id}, child {of.child_id}: " if of else ""
        found.append((first if name == PICK else name, f"{whose}{fault}"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """One reassurance: for which assessment, what was said, and until when it can be taken back."""

    number: int
    name: str
    said: str
    note: str
    may_undo: bool
    until: str


def recorded_views(
    found: Sequence[Recorded], reasons: Reasons, zone: ZoneInfo, now: datetime
) -> list[RecordedView]:
    """Return the views of what was *found*, in its order."""
    return [_view(each, reasons, zone, now) for each in found]


def _view(each: Recorded, reasons: Reasons, zone: ZoneInfo, now: datetime) -> RecordedView:
    kept, assessment = each.kept, each.assessment
    expected = day_words(kept.reassurance.expected_on, now.date())
    reason = f"; {reasons.label_of(kept.reassurance.reason)}" if kept.reassurance.reason else ""
    until = (kept.recorded_at + UNDO_WITHIN).astimezone(zone)
    withdrawn = "" if kept.withdrawn_at is None else f"{kept.withdrawn_at.astimezone(zone):%H:%M}"
    return RecordedView(
        number=kept.id,
        name=f"{assessment.assessment_id}, child {assessment.child_id}",
        said=f"Withdrawn at {withdrawn}" if withdrawn else f"Sign-off expected by {expected}{reason}",
        note=kept.note,
        may_undo=each.may_undo,
        until=f"{until:%H:%M}",
    )
