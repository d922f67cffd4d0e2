"""Writes what stands first in a digest: the subject, and what is asked with its counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.policy import Stage
from alerter.mail.run_facts import Marks, Outlook, RunFacts

ASKING = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING)
WORDS_BELOW = 10


@dataclass(frozen=True, slots=True)
class CountView:
    """One count behind the ask: the number, what of, and the stage that colours its bar."""

    count: str
    label: str
    stage: Stage

    @property
    def words(self) -> str:
        """Return number and label as one phrase."""
        return f"{self.count} {self.label}"


def escalated_to(digest: Digest) -> int:
    """Return how many assessments are escalated to the reader of *digest*."""
    return 0 if digest.service is None else len(digest.service.escalations)


def subject_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return the subject: counts and the date, nothing about a child."""
    language = facts.language
    counts = [count.words for count in counts_of(digest, facts, marks, is_subject=True)]
    if escalated := escalated_to(digest):
        counts.append(language.counted(escalated, "{count} escalated to you", "{count} escalated to you"))
    listed = ", ".join(counts) or language.say("nothing needs you this week")
    date = language.plain_date(facts.as_of)
    return facts.subject(language.say("Assessments: {said} ({date})", said=listed, date=date))


def counts_of(
    digest: Digest, facts: Outlook, marks: Marks, *, is_subject: bool = False
) -> Iterable[CountView]:
    """Give the counts of what is asked, worst first; in a subject the day that is reached is named once."""
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


def asks_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return what is asked, in one sentence; the counts follow it."""
    if digest.asks:
        return _needed(digest.asks, facts)
    if digest.service is not None and not digest.open:
        return _escalated(escalated_to(digest), facts)
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


def _needed(count: int, facts: RunFacts) -> str:
    """Return the sentence; a line never begins with a digit, which could be taken for an assessment's id."""
    language = facts.language
    if count >= WORDS_BELOW:
        return language.say("In all, {count} assessments need you before the next digest", count=f"{count:,}")
    one = "{number} assessment needs you before the next digest"
    many = "{number} assessments need you before the next digest"
    sentence = language.counted(count, one, many, number=language.number(count))
    return sentence[0].upper() + sentence[1:]


def _escalated(count: int, facts: RunFacts) -> str:
    language = facts.language
    if not count:
        return language.say("Nothing is escalated to you this week.")
    if count >= WORDS_BELOW:
        return language.say("In all, {count} assessments are escalated to you.", count=f"{count:,}")
    one = "{number} assessment is escalated to you."
    many = "{number} assessments are escalated to you."
    sentence = language.counted(count, one, many, number=language.number(count))
    return sentence[0].upper() + sentence[1:]


def _all_clear(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    reassured = digest.counts[Stage.REASSURED]
    words = "Nothing needs you this week: {open} open, none reaches {mark} before {day}."
    if reassured:
        words = (
            "Nothing needs you this week: {open} open, {reassured} reassured, "
            "none other reaches {mark} before {day}."
        )
    return facts.language.say(
        words,
        open=f"{digest.open:,}",
        reassured=f"{reassured:,}",
        mark=marks.alert_day_of_each,
        day=facts.language.long_day(facts.next_run, facts.as_of),
    )
