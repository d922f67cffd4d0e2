"""Writes the lists of a digest beside its rows: handovers, checkpoints, moved dates, records to mend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.assessment import AssessmentKey
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.moved import Moved
from alerter.domain.plain import phrase
from alerter.domain.policy import Alert
from alerter.domain.progress import Handover, Progress
from alerter.domain.routing import NO_PLACE
from alerter.domain.timeliness import TrackRecord
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks, RunFacts

LINES_LISTED = 50
MOVES_LISTED = 5
ROWS_NAMED = 10


@dataclass(frozen=True, slots=True)
class ListView:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


def notes_of(digest: Digest, facts: RunFacts) -> Iterable[ListView]:
    """Give the lists of *digest* that have anything in them."""
    if digest.unrouted:
        words = "Nobody else was found for ({count}): please say who manages them"
        yield _list(words, len(digest.unrouted), _faults(digest.unrouted, facts), facts)
    if digest.progress is not None and digest.progress.went:
        words = "Moved to another manager ({count}): nothing is asked of you"
        lines = [_handover(handover, facts) for handover in digest.progress.went]
        yield _list(words, len(lines), lines, facts)
    if digest.checkpoints:
        by = facts.language.long_day(facts.next_run, facts.as_of)
        words = "Checkpoints ({count}): reached by {day}"
        lines = [_checkpoint(alert, facts) for alert in digest.checkpoints]
        yield _list(words, len(lines), lines, facts, day=by)
    if digest.moved:
        words = "Dates moved ({count}): the calendar has changed since the last digest"
        yield _list(words, len(digest.moved), moved_lines(digest.moved, facts), facts)
    if digest.to_mend:
        words = "Records to mend ({count}): please have them corrected in the case system"
        yield _list(words, len(digest.to_mend), _faults(digest.to_mend, facts), facts)


def grouped(remarks: Iterable[tuple[str, str]], language: Language) -> list[str]:
    """
    Return a line for each remark, equal ones together; a remark is about a row, and what is wrong with it.

    >>> from alerter.mail.language import ENGLISH
    >>> grouped([("A-1", "a slip"), ("A-2", NO_PLACE), ("A-3", NO_PLACE)], ENGLISH)
    ['A-1: a slip', '2 rows have neither team nor worker: A-2, A-3']
    """
    rows_by_remark: dict[str, list[str]] = {}
    for row, remark in remarks:
        rows_by_remark.setdefault(remark, []).append(row)
    return [_grouped_line(remark, rows, language) for remark, rows in rows_by_remark.items()]


def moved_lines(moves: Sequence[Moved], facts: RunFacts) -> list[str]:
    """Return whose dates have moved, a line each; of many how many there are, and the first that is due."""
    if len(moves) <= MOVES_LISTED:
        return [_moved_line(move, facts) for move in moves]
    first = _moved_line(min(moves, key=lambda move: (move.due_to, move.key)), facts)
    words = "{count} assessments have other dates now; the first that is due: {first}"
    return [facts.language.say(words, count=f"{len(moves):,}", first=first)]


def _grouped_line(remark: str, rows: Sequence[str], language: Language) -> str:
    sentence = language.sentence(remark)
    if len(rows) == 1:
        return f"{rows[0]}: {sentence}" if rows[0] else sentence
    count, named = f"{len(rows):,}", [row for row in rows[:ROWS_NAMED] if row]
    if remark == NO_PLACE:
        line = language.say("{count} rows have neither team nor worker", count=count)
    else:
        line = language.say("{count} rows: {remark}", count=count, remark=sentence)
    if len(rows) > ROWS_NAMED:
        named.append(language.say("and {count} more", count=f"{len(rows) - ROWS_NAMED:,}"))
    return f"{line}: {', '.join(named)}" if named else line


def _moved_line(move: Moved, facts: RunFacts) -> str:
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


def _list(words: str, count: int, lines: Sequence[str], facts: RunFacts, **values: str) -> ListView:
    """Return as many *lines* as an email has room for, and how many there are beyond them."""
    heading = facts.language.say(words, count=f"{count:,}", **values)
    more = len(lines) - LINES_LISTED
    if more <= 0:
        return ListView(heading, tuple(lines))
    ask = facts.language.say(
        "and {count} more: ask {who} for the list", count=f"{more:,}", who=phrase(facts.contact)
    )
    return ListView(heading, (*lines[:LINES_LISTED], ask))


def _faults(faults: Iterable[DataException], facts: RunFacts) -> list[str]:
    """Return what is to mend; what names lines of a file is an operator's English in any language."""
    return grouped(((_row_name(fault.key, facts), phrase(fault.detail)) for fault in faults), facts.language)


def _handover(handover: Handover, facts: RunFacts) -> str:
    row_name, who = _row_name(handover.key, facts), phrase(handover.to)
    return facts.language.say("{whose}: now with {who}", whose=row_name, who=who)


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
