"""A manager's list as ready strings: what is asked of each assessment, and the form's fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from alerter.app.reassurances import OwnList
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import RowHistory
from alerter.domain.reasons import Reasons
from alerter.domain.reassurance import LONGEST_NOTE
from alerter.mail.digest_rows import RowContext, row_of
from alerter.mail.headline import counts_of
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks
from alerter.mail.sections import ORDER, asked_of, heading_of
from alerter.web.forms import ALL, MEANT, PICK, Filled

MOST_ROWS = 200
FIELD_NAMES = ("expected", "reason", "note", MEANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One assessment: where it stands, what was said of it, and what was filled in for it."""

    number: int
    assessment_id: str
    child: str
    worker: str
    label: str
    day: str
    due: str
    standing: str
    notes: tuple[str, ...]
    is_audited: bool
    may_extend: bool
    is_picked: bool
    values: Mapping[str, str]
    faults: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return what tells this assessment from all others."""
        return f"{self.assessment_id}, {self.child}"


@dataclass(frozen=True, slots=True)
class SectionView:
    """One stage's rows under its heading, with what is asked of them."""

    stage: str
    heading: str
    asked: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """Everything one person's list says, in one language."""

    language: Language
    title: str
    audience: str
    standing_in: str
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
    is_question: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page's rows and headings are written by."""

    as_of: date
    next_run: date
    language: Language
    reasons: Reasons
    record_url: str = ""


def list_view(own: OwnList, filled: Filled, reasons: Reasons, zone: ZoneInfo, language: Language) -> ListView:
    """Return the view of *own* in one *language*, with what was *filled* in before, if anything was."""
    shown = own.rows[:MOST_ROWS]
    today = Today(as_of=own.as_of, next_run=own.next_run, language=language, reasons=reasons)
    more, on_track = len(own.rows) - len(shown), own.digest.on_track
    return ListView(
        language=language,
        title=_title(own, language),
        audience=_audience(own, language),
        standing_in=_standing_in(own, language),
        asks=_asks(own, today),
        basis=_basis(own, zone, language),
        sections=tuple(_sections(own, shown, filled, today)),
        on_track=language.say("Also open and on track: {count}.", count=f"{on_track:,}") if on_track else "",
        more=_more(more, language),
        reasons=list(reasons.labels.items()),
        earliest=own.as_of.isoformat(),
        longest_note=LONGEST_NOTE,
        values=_values(filled, ALL),
        faults=_summary(filled, shown, language),
        is_question=filled.is_question,
    )


def _more(count: int, language: Language) -> str:
    words = "And {count} more, which follow once these are answered."
    return language.say(words, count=f"{count:,}") if count else ""


def _title(own: OwnList, language: Language) -> str:
    asks = own.digest.asks
    if not asks:
        return language.say("Nothing needs you now")
    return language.counted(asks, "{count} assessment needs you", "{count} assessments need you")


def _audience(own: OwnList, language: Language) -> str:
    name = own.digest.recipient.name or own.digest.recipient.email
    covered = language.listed(list(own.digest.covering_for))
    return language.say("{name}, covering for {covered}", name=name, covered=covered) if covered else name


def _standing_in(own: OwnList, language: Language) -> str:
    """Return who stands in for the reader, to whom goes what is theirs; nothing where nobody does."""
    people = language.listed([person.name or person.email for person in own.standing_in])
    return (
        language.say("{people} stands in for you; what is yours goes there.", people=people) if people else ""
    )


def _marks(own: OwnList, language: Language) -> Marks:
    return Marks.of([alert.clock for _, alert in own.rows], language)


def _asks(own: OwnList, today: Today) -> str:
    """Return the counts of what is asked, as the digest begins with them."""
    if not own.digest.asks:
        return ""
    counts = counts_of(own.digest, today, _marks(own, today.language))
    return f"{today.language.listed([count.words for count in counts])}."


def _basis(own: OwnList, zone: ZoneInfo, language: Language) -> str:
    day = language.full_day(own.as_of)
    if own.read is None:
        return language.say("As of {day}; nothing has been read from the case system yet.", day=day)
    at = own.read.extracted_at.astimezone(zone)
    read_on, time = language.day(at.date(), own.as_of), f"{at:%H:%M}"
    words = "As of {day}, from the case system's data of {read_on} at {time}."
    return language.say(words, day=day, read_on=read_on, time=time)


def _sections(
    own: OwnList, shown: Sequence[tuple[int, Alert]], filled: Filled, today: Today
) -> Iterator[SectionView]:
    if not shown:
        return
    marks = _marks(own, today.language)
    context = RowContext(facts=today, reader=own.digest.recipient, has_labels=marks.has_labels)
    for stage in ORDER:
        rows = tuple(
            _row(number, alert, own, filled, context) for number, alert in shown if alert.stage is stage
        )
        if rows:
            count = own.digest.counts[stage]
            heading = heading_of(stage, count, marks, today.language)
            yield SectionView(stage.value, heading, _asked(stage, count, today.language), rows)


def _asked(stage: Stage, count: int, language: Language) -> str:
    """Return what is asked of *count* rows of one stage, here where it can be answered."""
    if stage is Stage.OVERDUE:
        return language.say(
            "Please get these signed off, or say when that is expected and what holds it. "
            "Overdue stays overdue whatever is recorded."
        )
    if stage is Stage.REASSURED:
        return language.say("You can record a new day if it has changed.")
    return sentence(asked_of(stage, count, language))


def _row(number: int, alert: Alert, own: OwnList, filled: Filled, context: RowContext) -> RowView:
    row, language = row_of(alert, RowHistory(), context), context.language
    notes = [sentence(note) for note in (row.asked, *row.notes) if note]
    return RowView(
        number=number,
        assessment_id=alert.assessment.assessment_id,
        child=row.child,
        worker=f"{row.worker} ({row.away})" if row.away else row.worker,
        label=row.label,
        day=f"{row.day[0].upper()}{row.day[1:]}",
        due=row.due,
        standing=standing_words(alert, own.as_of, language),
        notes=(*notes, *_together(alert, own, language)),
        is_audited=alert.clock.audit_pass_mark is not None,
        may_extend=number in own.extendable,
        is_picked=number in filled.picked,
        values=_values(filled, str(number)),
        faults={
            name.partition("-")[0]: language.sentence(fault)
            for name, fault in filled.faults.items()
            if name.partition("-")[2] == str(number)
        },
    )


def standing_words(alert: Alert, as_of: date, language: Language) -> str:
    """Return in three words what the manager's own word on a row is worth today."""
    reassurance = alert.reassurance
    if reassurance is None:
        return language.say("not answered")
    if reassurance.expected_on < as_of:
        return language.say("promise passed")
    day = language.day(reassurance.expected_on, as_of)
    if alert.stage is Stage.REASSURED:
        return language.say("reassured until {day}", day=day)
    if alert.stage is Stage.OVERDUE:
        return language.say("expected {day}", day=day)
    return language.say("reassurance lapsed")


def sentence(note: str) -> str:
    """Return a note of a row as a sentence of its own."""
    return f"{note[0].upper()}{note[1:]}."


def _together(alert: Alert, own: OwnList, language: Language) -> Iterator[str]:
    id_ = alert.assessment.assessment_id
    others = sum(1 for _, other in own.rows if other.assessment.assessment_id == id_) - 1
    if others:
        one = "Assessed together with {count} sibling on this list."
        many = "Assessed together with {count} siblings on this list."
        yield language.counted(others, one, many)


def _values(filled: Filled, row: str) -> dict[str, str]:
    return {name: filled.values.get(f"{name}-{row}", "") for name in FIELD_NAMES}


def _summary(filled: Filled, shown: Sequence[tuple[int, Alert]], language: Language) -> list[tuple[str, str]]:
    """Return each fault as the field it leads to and a sentence that names its assessment."""
    assessments = {str(number): alert.assessment for number, alert in shown}
    first = f"{PICK}-{shown[0][0]}" if shown else PICK
    faults = []
    for name, fault in filled.faults.items():
        of = assessments.get(name.partition("-")[2])
        child = language.say("child {id}", id=of.child_id) if of else ""
        beginning = f"{of.assessment_id}, {child}: " if of else ""
        faults.append((first if name == PICK else name, f"{beginning}{language.sentence(fault)}"))
    return faults
