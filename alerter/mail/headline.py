"""Writes what stands first in a digest: the subject, and what is asked with its counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.escalation import Escalation
from alerter.domain.policy import Alert, Stage
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks, Outlook, RunFacts

ASKING = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING)
ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class CountView:
    """One count behind the ask: the number, what of, and the kind of rows that colours its bar."""

    count: str
    label: str
    kind: str

    @property
    def words(self) -> str:
        """Return number and label as one phrase."""
        return f"{self.count} {self.label}"


def escalations_in(digest: Digest) -> Sequence[Escalation]:
    """Return what is escalated to the reader of *digest*."""
    return () if digest.service is None else digest.service.escalations


def subject_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return the subject: counts and the date, nothing about a child."""
    language = facts.language
    counts = [count.words for count in counts_of(digest, facts, marks, is_subject=True)]
    listed = ", ".join(counts) or language.say("nothing needs you this week")
    date = language.plain_date(facts.as_of)
    return facts.subject(language.say("Assessments: {said} ({date})", said=listed, date=date))


def counts_of(
    digest: Digest, facts: Outlook, marks: Marks, *, is_subject: bool = False
) -> Iterable[CountView]:
    """
    Give the counts of what is asked, worst first, then of what is escalated to the reader.

    In a subject the day that is reached is named once, and siblings are counted as rows alone.
    """
    language = facts.language
    overdue, past, reach = (digest.counts[stage] for stage in ASKING)
    by = language.day(facts.next_run, facts.as_of)
    if overdue:
        yield CountView(f"{overdue:,}", language.say("overdue"), Stage.OVERDUE)
    if past:
        label = language.say("past {mark}", mark=marks.alert_day)
        yield CountView(f"{past:,}", label, Stage.PAST_ALERT)
    if reach and past and is_subject:
        label = language.counted(reach, "reaches it by {day}", "reach it by {day}", day=by)
        yield CountView(f"{reach:,}", label, Stage.APPROACHING)
    elif reach:
        one, many = "reaches {mark} by {day}", "reach {mark} by {day}"
        label = language.counted(reach, one, many, mark=marks.alert_day, day=by)
        yield CountView(f"{reach:,}", label, Stage.APPROACHING)
    if escalations := escalations_in(digest):
        yield _escalated_count(escalations, language, is_subject=is_subject)


def asks_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return what is asked, in one sentence that begins with a word; the counts follow it."""
    language = facts.language
    if digest.asks:
        rows = _rows([alert for alert in digest.alerts if alert.stage in ASKING], language)
        return language.counted(
            digest.asks, "This week {rows} needs you", "This week {rows} need you", rows=rows
        )
    if escalations := escalations_in(digest):
        rows = _rows([escalation.alert for escalation in escalations], language)
        one, many = "This week {rows} is escalated to you.", "This week {rows} are escalated to you."
        return language.counted(len(escalations), one, many, rows=rows)
    if digest.service is not None and not digest.open:
        return language.say("Nothing is escalated to you this week.")
    return _all_clear(digest, facts, marks)


def detail_of(digest: Digest, facts: RunFacts) -> str:
    """
    Return what of all that is asked is due before the next digest; never a line that begins with a digit.
    """
    last = sum(
        1 for alert in digest.alerts if alert.is_last_chance and alert.stage in ASKING[1:]
    )  # what is overdue has had its last chance
    if not last:
        return ""
    one = "Of these, {count} is due before the next digest on {day}."
    many = "Of these, {count} are due before the next digest on {day}."
    return facts.language.counted(last, one, many, day=facts.language.long_day(facts.next_run, facts.as_of))


def _escalated_count(escalations: Sequence[Escalation], language: Language, *, is_subject: bool) -> CountView:
    count, assessments = len(escalations), _assessments([escalation.alert for escalation in escalations])
    label = language.counted(count, "escalated to you", "escalated to you")
    if assessments < count and not is_subject:
        one = "children in {count} assessment escalated to you"
        many = "children in {count} assessments escalated to you"
        label = language.counted(assessments, one, many)
    return CountView(f"{count:,}", label, ESCALATED)


def _rows(alerts: Sequence[Alert], language: Language) -> str:
    """Return how many assessments there are, both counts where siblings share one."""
    assessments = _assessments(alerts)
    if assessments == len(alerts):
        return language.counted(assessments, "{count} assessment", "{count} assessments")
    one, many = "{children} children in {count} assessment", "{children} children in {count} assessments"
    return language.counted(assessments, one, many, children=f"{len(alerts):,}")


def _count(alerts: Sequence[Alert], language: Language) -> str:
    """Return how many rows there are as a number alone, unless siblings share an assessment."""
    return _rows(alerts, language) if _assessments(alerts) < len(alerts) else f"{len(alerts):,}"


def _assessments(alerts: Sequence[Alert]) -> int:
    return len({alert.assessment.assessment_id for alert in alerts})


def _all_clear(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    reassured = digest.of_stage(Stage.REASSURED)
    words = "Nothing needs you this week: {open} open, none reaches {mark} before {day}."
    if reassured:
        words = (
            "Nothing needs you this week: {open} open, {reassured} reassured, "
            "none other reaches {mark} before {day}."
        )
    return facts.language.say(
        words,
        open=f"{digest.open:,}",
        reassured=_count(reassured, facts.language),
        mark=marks.alert_day_of_each,
        day=facts.language.long_day(facts.next_run, facts.as_of),
    )
