"""Writes the row of one assessment, for emails and for the page: where it stands, and what is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from alerter.domain.address import address_key
from alerter.domain.assessment import AssessmentKey
from alerter.domain.audit_standing import AuditStanding, audit_standing
from alerter.domain.escalation import Escalation
from alerter.domain.extension import Extension
from alerter.domain.plain import one_line, phrase
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.progress import RowHistory
from alerter.domain.routing import Recipient
from alerter.mail.language import Language
from alerter.mail.run_facts import Outlook


@dataclass(frozen=True, slots=True)
class RowView:
    """
    The strings of one row, the same in text and HTML.

    *day* and *due* are the count and the deadline, *asked* is what differs from what the heading asks,
    *notes* are what has been. *mark* is what the row's line in the text begins with, and no other line does;
    *url* is the record in the council's case system, if the settings know one.
    """

    assessment_id: str
    child: str
    worker: str
    away: str
    label: str
    day: str
    due: str
    asked: str
    notes: tuple[str, ...]
    mark: str
    url: str = ""

    @property
    def noted(self) -> str:
        """Return what has been as one phrase."""
        return "; ".join(self.notes)

    @property
    def remarks(self) -> str:
        """Return everything that stands below the row's line in the text, as one phrase."""
        return "; ".join(words for words in (self.asked, self.label, self.away, *self.notes) if words)

    def as_sibling(self, of: "RowView | None", words: str) -> "RowView":
        """Return the row of a sibling: it says so in *words*, and repeats nothing of the first row, *of*."""
        if of is None:
            return replace(self, notes=(words, *self.notes))
        return replace(
            self,
            away="" if self.away == of.away else self.away,
            notes=(words, *(note for note in self.notes if note not in of.notes)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContext:
    """What the rows of one digest have in common: the run, the reader, and whether types are named."""

    facts: Outlook
    reader: Recipient
    has_labels: bool

    @property
    def as_of(self) -> date:
        """Return the day the rows are judged by."""
        return self.facts.as_of

    @property
    def language(self) -> Language:
        """Return the language of the rows."""
        return self.facts.language


def row_of(alert: Alert, past: RowHistory, context: RowContext) -> RowView:
    """Return the row of one *alert* with its *past*."""
    notes = (
        _weeks(past.weeks, context.language),
        context.language.say("came from {who}", who=phrase(past.came_from)) if past.came_from else "",
        context.language.say("the service manager is told as well") if past.is_escalated else "",
        *_notes(alert, context),
    )
    return _row(alert, context, notes, _asked(alert, context))


def escalated_row(escalation: Escalation, context: RowContext, asked: str) -> RowView:
    """Return the row of what is escalated, as the service manager reads it."""
    notes = (
        context.language.say("new in this list") if escalation.is_new else "",
        _unanswered(escalation.weeks, context.language),
        *_notes(escalation.alert, context),
    )
    return _row(escalation.alert, context, notes, asked)


def record_address(record_url: str, key: AssessmentKey) -> str:
    """
    Return the address of one record in the council's case system; ids are percent-encoded.

    >>> record_address("https://cases.council.example/?id={child_id}", AssessmentKey("A-1", "7/7 b"))
    'https://cases.council.example/?id=7%2F7%20b'
    """
    ids: Mapping[str, str] = {"assessment_id": key.assessment_id, "child_id": key.child_id}
    return record_url.format_map({name: quote(id_, safe="", errors="replace") for name, id_ in ids.items()})


def _row(alert: Alert, context: RowContext, notes: Iterable[str], asked: str) -> RowView:
    assessment, say = alert.assessment, context.language.say
    id_, child = one_line(assessment.assessment_id), say("child {id}", id=one_line(assessment.child_id))
    away, record_url = assessment.worker_away_until, context.facts.record_url
    is_away = away is not None and away >= context.as_of
    return RowView(
        assessment_id=id_,
        child=child,
        worker=one_line(assessment.worker) if assessment.worker else say("no worker given"),
        away=say("away until {day}", day=context.language.day(away, context.as_of))
        if away and is_away
        else "",
        label=phrase(alert.clock.label) if context.has_labels else "",
        day=say("day {age} of {limit}", age=alert.age, limit=alert.clock.working_days),
        due=_due(alert, context),
        asked=asked,
        notes=tuple(note for note in notes if note),
        mark=f"{id_}  {child}  ",
        url=record_address(record_url, assessment.key) if record_url else "",
    )


def _weeks(weeks: int, language: Language) -> str:
    """Return for how long a row has been chased; nothing where it is not, or nobody knows."""
    if weeks > 1:
        return language.weeks_running(weeks)
    return language.say("new") if weeks == 1 else ""


def _unanswered(weeks: int, language: Language) -> str:
    """Return for how long a row has gone without a word from its manager; nothing in its first digest."""
    if weeks <= 1:
        return ""
    return language.counted(
        weeks, "no reassurance in {count} digest", "no reassurance in {count} digests running"
    )


def _due(alert: Alert, context: RowContext) -> str:
    if alert.due_on is None:
        return ""
    language = context.language
    day = language.day(alert.due_on, context.as_of)
    left = alert.clock.working_days - alert.age
    if alert.stage is Stage.OVERDUE:
        one, many = "was due {day} ({count} working day over)", "was due {day} ({count} working days over)"
        return language.counted(-left, one, many, day=day)
    if left <= 0:
        is_today = alert.due_on == context.as_of
        words = "due {day} (today)" if is_today else "due {day} (no working day left)"
        return language.say(words, day=day)
    one, many = "due {day} (in {count} working day)", "due {day} (in {count} working days)"
    return language.counted(left, one, many, day=day)


def _notes(alert: Alert, context: RowContext) -> Iterable[str]:
    say = context.language.say
    is_last_chance = alert.is_last_chance and alert.stage is not Stage.OVERDUE
    yield say("due before the next digest") if is_last_chance else ""
    yield _extended(alert.extension, context)
    yield _reassured(alert, context)
    standing = audit_standing(alert)
    yield "" if standing is None else _audited(standing, alert, context)


def _extended(extension: Extension | None, context: RowContext) -> str:
    if extension is None:
        return ""
    return context.language.say(
        "extension to {day} authorised by {who}: {reason}",
        day=context.language.day(extension.until, context.as_of),
        who=phrase(extension.by),
        reason=phrase(context.facts.reasons.label_of(extension.reason)),
    )


def _audited(standing: AuditStanding, alert: Alert, context: RowContext) -> str:
    """Return where a row stands with its quality audit, and what that leaves of the days."""
    say, left = context.language.say, days_left(alert, context.language)
    if standing.since is not None:
        since = context.language.day(standing.since, context.as_of)
        return say("waiting for audit since {day}: {left}", day=since, left=left)
    values = {"score": standing.score, "mark": standing.pass_mark, "left": left}
    if standing.kind == "scored":
        return say("audit {score} of 100", **values)
    if standing.kind == "passed":
        return say("audit passed, {score} of 100: only the sign-off is missing", **values)
    return say("returned, {score} of 100 ({mark} to pass): {left}", **values)


def days_left(alert: Alert, language: Language) -> str:
    """Return how many of its limit's days an assessment has left."""
    limit = alert.clock.working_days
    left = limit - alert.age
    if left < 0:
        return language.say("none of the {limit} days left", limit=limit)
    if not left:
        return language.say("the last of {limit} days", limit=limit)
    return language.say("{count} of {limit} days left", count=left, limit=limit)


def _asked(alert: Alert, context: RowContext) -> str:
    """Return what differs from what the heading asks: the day by which this one is to be checked."""
    if alert.stage is not Stage.APPROACHING or alert.alert_on is None:
        return ""
    on = context.language.day(alert.alert_on, context.as_of)
    return context.language.say("day {day} is {on}", day=alert.clock.alert_after, on=on)


def _reassured(alert: Alert, context: RowContext) -> str:
    reassurance = alert.reassurance
    if reassurance is None:
        return ""
    values = {
        "expected": context.language.day(reassurance.expected_on, context.as_of),
        "day": context.language.day(reassurance.given_on, context.as_of),
        "who": phrase(reassurance.by),
    }
    is_own = address_key(reassurance.by) == context.reader.key
    return context.language.say(
        _reassurance_words(alert, reassurance, context.as_of, is_own=is_own), **values
    )


def _reassurance_words(alert: Alert, reassurance: Reassurance, as_of: date, *, is_own: bool) -> str:
    """Return the sentence for a reassurance, as whoever gave it or somebody else reads it."""
    if alert.stage is Stage.REASSURED:
        own = "reassured by you on {day}: expected {expected}"
        return own if is_own else "reassured by {who} on {day}: expected {expected}"
    if reassurance.expected_on < as_of:
        own = "promised by {expected}, not finished"
        return own if is_own else "promised by {expected} ({who}), not finished"
    if alert.stage is Stage.OVERDUE:
        return "you expect it {expected}" if is_own else "expected {expected} ({who})"
    own = "your reassurance of {day} has lapsed: expected {expected}"
    return own if is_own else "the reassurance of {day} has lapsed ({who}): expected {expected}"
