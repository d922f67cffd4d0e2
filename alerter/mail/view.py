"""A digest as ready strings: text and HTML are two layouts of this one view, so their facts agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.policy import Alert, Clock, Stage
from alerter.domain.wording import (
    counted,
    date_words,
    day_words,
    full_day_words,
    is_are,
    listed,
    long_day_words,
    number_words,
)  # fmt: skip
from alerter.mail.facts import RunFacts
from alerter.mail.footer import footer_of
from alerter.mail.plain import phrase
from alerter.mail.rows import RowView, row_of

ORDER = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING, Stage.REASSURED)
NOTES_LISTED = 50
TEAMS_NAMED = 5


@dataclass(frozen=True, slots=True)
class SectionView:
    """
    One stage's rows under a heading that begins with the stage's words.

    *more* is how many rows there are beyond those the email has room for, and *unlisted* says so.
    """

    stage: Stage
    heading: str
    rows: tuple[RowView, ...]
    more: int = 0
    unlisted: str = ""


@dataclass(frozen=True, slots=True)
class NotesView:
    """
    A list of remarks under a heading.
    """

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """
    Everything one digest says, in order; a string that is empty is left out.
    """

    run: int
    subject: str
    week: str
    audience: str
    lateness: str
    asks: str
    detail: str
    how_to_answer: str
    answer_link: str
    contact: str
    sections: tuple[SectionView, ...]
    on_track: str
    notes: tuple[NotesView, ...]
    footer: tuple[str, ...]


def view_of(digest: Digest, facts: RunFacts, max_rows: int | None, answer_link: str = "") -> DigestView:
    """
    Return what *digest* says, with at most *max_rows* rows listed, worst first, and the rest counted.

    With an *answer_link* it says so where anything is listed that can be answered.
    """
    marks = _Marks.of(digest.alerts, facts)
    return DigestView(
        run=facts.run,
        subject=_subject(digest, facts, marks),
        week=_week(digest, facts),
        audience=_audience(digest),
        lateness=_lateness(facts),
        asks=_asks(digest, facts, marks),
        detail=_detail(digest, marks),
        answer_link=answer_link if digest.alerts else "",
        how_to_answer="Once you have checked one, send its number and the day you expect to sign it off to"
        if digest.asks
        else "",
        contact=phrase(facts.contact),
        sections=tuple(_sections(digest, facts, marks, max_rows)),
        on_track=f"Also open and on track: {digest.on_track:,}." if digest.alerts else "",
        notes=tuple(_notes(digest, facts)),
        footer=footer_of(digest, facts),
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """
    The words for the two day counts: a number where all clocks listed agree, else a description.
    """

    alert_day: str
    last_day: str
    is_one_clock: bool
    has_labels: bool

    @classmethod
    def of(cls, alerts: Iterable[Alert], facts: RunFacts) -> "_Marks":
        clocks: Sequence[Clock] = [alert.clock for alert in alerts] or facts.clocks
        alert_days = {clock.alert_after for clock in clocks}
        last_days = {clock.working_days for clock in clocks}
        is_one_clock = len(alert_days) == 1
        return cls(
            is_one_clock=is_one_clock,
            alert_day=f"day {alert_days.pop()}" if is_one_clock else "alert day",
            last_day=f"working day {last_days.pop()}" if len(last_days) == 1 else "the last working day",
            has_labels=len({clock.type for clock in clocks}) > 1,
        )


def _subject(digest: Digest, facts: RunFacts, marks: _Marks) -> str:
    counts = digest.counts
    overdue, past, reach = (counts[stage] for stage in ORDER[:3])
    by = f"by {day_words(facts.next_run, facts.as_of)}"
    what = "it" if past else marks.alert_day
    parts = [
        f"{overdue} overdue" if overdue else "",
        f"{past} past {marks.alert_day}" if past else "",
        f"{reach} {'reaches' if reach == 1 else 'reach'} {what} {by}" if reach else "",
    ]
    said = ", ".join(part for part in parts if part) or "nothing needs you this week"
    prefix = f"{phrase(facts.subject_prefix)} " if facts.subject_prefix.strip() else ""
    return f"{prefix}Assessments: {said} ({date_words(facts.as_of)})"


def _week(digest: Digest, facts: RunFacts) -> str:
    teams = [phrase(team) for team in digest.teams]
    more = len(teams) - TEAMS_NAMED
    named = teams[:TEAMS_NAMED] + ([counted(more, "more team")] if more > 0 else [])
    return f"Week of {full_day_words(facts.as_of)}: {listed(named) or phrase(facts.council)}"


def _audience(digest: Digest) -> str:
    name = phrase(digest.recipient.name or digest.recipient.email)
    covered = listed([phrase(manager) for manager in digest.covering_for])
    return f"For {name}, covering for {covered}." if covered else f"For {name}."


def _lateness(facts: RunFacts) -> str:
    if not facts.is_late:
        return ""
    due = long_day_words(facts.send_date, facts.as_of)
    return f"This digest is late: it was due on {due}, and is counted as of {full_day_words(facts.as_of)}."


def _asks(digest: Digest, facts: RunFacts, marks: _Marks) -> str:
    until = long_day_words(facts.next_run, facts.as_of)
    if digest.asks:
        subject = counted(digest.asks, "assessment").replace(str(digest.asks), number_words(digest.asks), 1)
        verb = "needs" if digest.asks == 1 else "need"
        return f"{subject[0].upper()}{subject[1:]} {verb} you before the next digest on {until}."
    reassured = digest.counts[Stage.REASSURED]
    stands = f"{reassured:,} reassured, " if reassured else ""
    none = "none other" if reassured else "none"
    reaches = marks.alert_day if marks.is_one_clock else "its alert day"
    return (
        f"Nothing needs you this week: {digest.open:,} open, {stands}{none} reaches {reaches} before {until}."
    )


def _detail(digest: Digest, marks: _Marks) -> str:
    """
    Return the counts behind the ask; it never begins with a digit, which could be taken for an id.
    """
    if not digest.asks:
        return ""
    overdue, past, reach = (digest.counts[stage] for stage in ORDER[:3])
    asked = [alert for alert in digest.alerts if alert.stage is not Stage.REASSURED]
    last = sum(1 for alert in asked if alert.is_last_chance)
    alert_day = marks.alert_day if marks.is_one_clock else "their alert day"
    parts = [
        f"{is_are(overdue)} overdue" if overdue else "",
        f"{is_are(past)} past {alert_day} with no reassurance standing" if past else "",
        f"{reach:,} {'reaches' if reach == 1 else 'reach'} {alert_day} by then" if reach else "",
    ]
    due = f"; of these, {is_are(last)} due before the next digest" if last else ""
    return f"Of {digest.open:,} open, {listed([part for part in parts if part])}{due}."


def _sections(digest: Digest, facts: RunFacts, marks: _Marks, max_rows: int | None) -> Iterable[SectionView]:
    seen: set[str] = set()
    room = len(digest.alerts) if max_rows is None else max_rows
    for stage in ORDER:
        alerts = digest.of_stage(stage)
        if not alerts:
            continue
        rows = []
        for alert in alerts[:room]:
            id_ = alert.assessment.assessment_id
            rows.append(
                row_of(alert, digest, facts.as_of, has_label=marks.has_labels, is_sibling=id_ in seen)
            )
            seen.add(id_)
        room -= len(rows)
        more = len(alerts) - len(rows)
        heading = _heading(stage, len(alerts), facts, marks)
        yield SectionView(stage, heading, tuple(rows), more, _unlisted(more, facts))


def _heading(stage: Stage, count: int, facts: RunFacts, marks: _Marks) -> str:
    if stage is Stage.OVERDUE:
        return f"Overdue ({count:,}): past {marks.last_day}"
    if stage is Stage.PAST_ALERT:
        which = "it is" if count == 1 else "each is"
        return f"Past {marks.alert_day} ({count:,}): please check that {which} nearly done, and say so"
    if stage is Stage.APPROACHING:
        until = long_day_words(facts.next_run, facts.as_of)
        return f"Reaches {marks.alert_day} ({count:,}): by {until}"
    return f"Reassured ({count:,}): nothing is asked while this stands"


def _unlisted(count: int, facts: RunFacts) -> str:
    if not count:
        return ""
    who = phrase(facts.contact)
    return (
        f"And {count:,} more, not listed for length: ask {who} for the whole list "
        f"(command: alerter preview --as-of {facts.as_of.isoformat()})."
    )


def _notes(digest: Digest, facts: RunFacts) -> Iterable[NotesView]:
    if digest.unrouted:
        heading = f"Nobody else was found for ({len(digest.unrouted):,}): please say who manages them"
        yield NotesView(heading, _lines(digest.unrouted, facts))
    if digest.checkpoints:
        by = long_day_words(facts.next_run, facts.as_of)
        heading = f"Checkpoints ({len(digest.checkpoints):,}): reached by {by}"
        yield NotesView(heading, _capped([_checkpoint(each, facts) for each in digest.checkpoints], facts))
    if digest.moved:
        heading = f"Dates moved ({len(digest.moved):,}): the calendar has changed since the last digest"
        lines = [
            f"{phrase(each.assessment_id)} child {phrase(each.child_id)}: {each.sentence(facts.as_of)}"
            for each in digest.moved
        ]
        yield NotesView(heading, _capped(lines, facts))
    if digest.to_mend:
        heading = f"Records to mend ({len(digest.to_mend):,}): please have them corrected in the case system"
        yield NotesView(heading, _lines(digest.to_mend, facts))


def _checkpoint(alert: Alert, facts: RunFacts) -> str:
    assessment = alert.assessment
    day, on = alert.checkpoint or (0, facts.next_run)
    worker = f", {phrase(assessment.worker)}" if assessment.worker else ""
    whose = f"{phrase(assessment.assessment_id)} child {phrase(assessment.child_id)}{worker}"
    return f"{whose}: day {day} is {day_words(on, facts.as_of)}"


def _lines(faults: Sequence[DataException], facts: RunFacts) -> tuple[str, ...]:
    lines = [
        f"{phrase(fault.assessment_id)} child {phrase(fault.child_id)}: {phrase(fault.detail)}"
        for fault in faults
    ]
    return _capped(lines, facts)


def _capped(lines: Sequence[str], facts: RunFacts) -> tuple[str, ...]:
    """
    Return as many *lines* as an email has room for, and how many there are beyond them.
    """
    more = len(lines) - NOTES_LISTED
    ask = f"and {more:,} more: ask {phrase(facts.contact)} for the list"
    return (*lines[:NOTES_LISTED], ask) if more > 0 else tuple(lines)
