"""Writes the lists of a digest beside its rows: handovers, checkpoints, moved dates, records to mend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.assessment import AssessmentKey
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.moved import Moved
from alerter.domain.plain import phrase
from alerter.domain.policy import Alert
from alerter.domain.progress import Progress
from alerter.domain.timeliness import TrackRecord
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks, RunFacts

NOTES_LISTED = 50


@dataclass(frozen=True, slots=True)
class ListView:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


def notes_of(digest: Digest, facts: RunFacts) -> Iterable[ListView]:
    """Give the lists of *digest* that have anything in them."""
    language = facts.language
    if digest.unrouted:
        words = "Nobody else was found for ({count}): please say who manages them"
        yield _notes(words, [_fault(fault, facts) for fault in digest.unrouted], facts)
    if digest.progress is not None and digest.progress.went:
        words = "Moved to another manager ({count}): nothing is asked of you"
        lines = [
            language.say(
                "{whose}: now with {who}",
                whose=_row_name(handover.key, facts),
                who=phrase(handover.to),
            )
            for handover in digest.progress.went
        ]
        yield _notes(words, lines, facts)
    if digest.checkpoints:
        by = language.long_day(facts.next_run, facts.as_of)
        words = "Checkpoints ({count}): reached by {day}"
        yield _notes(words, [_checkpoint(alert, facts) for alert in digest.checkpoints], facts, day=by)
    if digest.moved:
        words = "Dates moved ({count}): the calendar has changed since the last digest"
        yield _notes(words, [moved_line(move, facts) for move in digest.moved], facts)
    if digest.to_mend:
        words = "Records to mend ({count}): please have them corrected in the case system"
        yield _notes(words, [_fault(fault, facts) for fault in digest.to_mend], facts)


def moved_line(move: Moved, facts: RunFacts) -> str:
    """Return whose dates have moved, from and to."""
    language, as_of = facts.language, facts.as_of
    alert = language.say(
        "day {day} from {was} to {now}",
        day=move.alert_day,
        was=language.day(move.alert_from, as_of),
        now=language.day(move.alert_to, as_of),
    )
    due = language.say(
        "due date from {was} to {now}",
        was=language.day(move.due_from, as_of),
        now=language.day(move.due_to, as_of),
    )
    changed = {alert: move.alert_from != move.alert_to, due: move.due_from != move.due_to}
    dates = ", ".join(words for words, has_moved in changed.items() if has_moved)
    return f"{_row_name(move.key, facts)}: {dates}"


def _notes(words: str, lines: Sequence[str], facts: RunFacts, **values: str) -> ListView:
    """Return as many *lines* as an email has room for, and how many there are beyond them."""
    heading = facts.language.say(words, count=f"{len(lines):,}", **values)
    more = len(lines) - NOTES_LISTED
    if more <= 0:
        return ListView(heading, tuple(lines))
    ask = facts.language.say(
        "and {count} more: ask {who} for the list", count=f"{more:,}", who=phrase(facts.contact)
    )
    return ListView(heading, (*lines[:NOTES_LISTED], ask))


def _fault(fault: DataException, facts: RunFacts) -> str:
    """Return one thing to mend; what names lines of a file is an operator's English in any language."""
    detail = facts.language.sentence(phrase(fault.detail))
    return f"{_row_name(fault.key, facts)}: {detail}"


def _checkpoint(alert: Alert, facts: RunFacts) -> str:
    assessment = alert.assessment
    day, on = alert.checkpoint or (0, facts.next_run)
    worker = f", {phrase(assessment.worker)}" if assessment.worker else ""
    row_name = f"{_row_name(assessment.key, facts)}{worker}"
    return facts.language.say(
        "{whose}: day {day} is {on}", whose=row_name, day=day, on=facts.language.day(on, facts.as_of)
    )


def _row_name(key: AssessmentKey, facts: RunFacts) -> str:
    return f"{phrase(key.assessment_id)} {facts.language.say('child {id}', id=phrase(key.child_id))}"


def since_lines(digest: Digest, facts: RunFacts, marks: Marks) -> Iterable[str]:
    """
    Give what has happened since the last digest, a line each; nothing where there was none or it was quiet.
    """
    since, language = digest.progress, facts.language
    if since is None or since.is_quiet:
        return
    day = language.long_day(since.last, facts.as_of)
    if moves := [words for words in _moves(since, language, marks) if words]:
        yield language.say("Since {day}: {moves}.", day=day, moves=", ".join(moves))
    if since.signed_off:
        yield _thanks(since, language, day)
    if since.kept or since.missed:
        yield _promises(since, language, day)


def record_lines(digest: Digest, facts: RunFacts) -> tuple[str, ...]:
    """Return how timely the digest's teams have been since April, one line a type of assessment."""
    say = facts.language.say
    subject = say("Your team since April") if len(digest.teams) == 1 else say("Your teams since April")
    has_labels = len(facts.clocks) > 1
    return tuple(
        record_line(record, subject, facts.language, has_label=has_labels) for record in digest.records
    )


def record_line(record: TrackRecord, subject: str, language: Language, *, has_label: bool) -> str:
    """
    Return one type's record in a sentence, as digests and the service page tell it.

    >>> from alerter.mail.language import ENGLISH
    >>> record = TrackRecord(label="Core assessment", authorised=61, in_time=51, target_percent=81)
    >>> record_line(record, "Since April", ENGLISH, has_label=True)
    'Since April, Core assessment: 84% of 61 in time (target 81%).'
    """
    if has_label:
        subject = f"{subject}, {phrase(record.label)}"
    if record.percent is None:
        return language.say("{whose}: too few signed off to say how many in time.", whose=subject)
    values = {"whose": subject, "percent": record.percent, "count": f"{record.authorised:,}"}
    if record.target_percent is None:
        return language.say("{whose}: {percent}% of {count} in time.", **values)
    target = f"{record.target_percent:g}"
    return language.say("{whose}: {percent}% of {count} in time (target {target}%).", target=target, **values)


def _moves(since: Progress, language: Language, marks: Marks) -> Iterable[str]:
    if since.new:
        yield language.say("{count} newly past {mark}", count=f"{since.new:,}", mark=marks.alert_day_of_each)
    if since.came:
        one, many = "{count} came from another manager", "{count} came from other managers"
        yield language.counted(since.came, one, many)
    if since.went:
        one, many = "{count} went to another manager", "{count} went to other managers"
        yield language.counted(len(since.went), one, many)


def _thanks(since: Progress, language: Language, day: str) -> str:
    values = {"count": f"{since.signed_off:,}", "in_time": f"{since.in_time:,}", "day": day}
    if since.in_time == since.signed_off == 1:
        return language.say("Signed off since {day}: {count}, in time. Thank you.", **values)
    if since.in_time == since.signed_off:
        return language.say("Signed off since {day}: {count}, all in time. Thank you.", **values)
    if since.in_time:
        return language.say("Signed off since {day}: {count}, {in_time} in time. Thank you.", **values)
    return language.say("Signed off since {day}: {count}. Thank you.", **values)


def _promises(since: Progress, language: Language, day: str) -> str:
    values = {"kept": f"{since.kept:,}", "missed": f"{since.missed:,}", "day": day}
    if not since.missed:
        return language.say("Promises since {day}: {kept} kept.", **values)
    return language.say("Promises since {day}: {kept} kept, {missed} not kept.", **values)
