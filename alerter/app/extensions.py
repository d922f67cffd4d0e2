"""Records that a manager authorised going beyond the limit, or takes that back within the hour."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from alerter.app.reassurances import NOTHING_TO_UNDO, address_faults, open_under, reasons_of, sentences_of
from alerter.domain.extension import Extension, faults_of
from alerter.domain.reassurance import UNDO_WITHIN, Means, faults_of_words
from alerter.domain.wording import date_words
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import StoredAssessment, answerable_for, clock_of
from alerter.store import extensions, trail

NO_REASON = "--reason: say why it goes beyond the limit"


def extend(
    installation: Installation, assessment_id: str, child_id: str | None, extension: Extension, *, note: str
) -> int:
    """
    Record *extension* for the open assessments of one id; return for how many children.

    Its reason may be a code or a label of the settings. What stands already, word for word, from within the
    hour is not recorded again.

    Raises:
        ConfigError: The address does not answer for the assessment, the day is not beyond the due date or has
            passed, the reason is not known, the note is too long, or nothing open has this id.
    """
    reasons = reasons_of(installation)
    coded = replace(extension, reason=reasons.code_of(extension.reason) or extension.reason.strip())
    if faults := list(_faults(installation, coded, note)):
        raise ConfigError(faults)
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        matching = open_under(installation, connection, assessment_id, child_id)
        if faults := list(_faults_for(installation, connection, coded, matching)):
            raise ConfigError(faults)
        numbers = [stored.number for stored in matching]
        record_once(installation, connection, numbers, coded, note=note, means="command")
    return len(matching)


def record_once(
    installation: Installation,
    connection: Connection,
    numbers: Collection[int],
    extension: Extension,
    *,
    note: str,
    means: Means,
) -> None:
    """Record *extension* for assessments by number, but where it stands already from within the hour."""
    now = installation.now()
    trail.take_turns_as(connection, extension.by)
    standing = {
        (recorded.assessment, recorded.extension, recorded.note)
        for recorded in extensions.standing_by(connection, extension.by, now - UNDO_WITHIN)
    }
    for number in sorted(numbers):
        if (number, extension, note) not in standing:
            extensions.record(connection, number, extension, note=note, means=means, now=now)


def withdraw(installation: Installation, assessment_id: str, child_id: str | None, *, by: str) -> int:
    """
    Take back the extension that *by* last recorded for one id within the hour; return for how many children.

    Raises:
        ConfigError: Nothing open has this id, or nothing of the last hour is there to be taken back.
    """
    installation.ensure_schema(may_make=True)
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, by)
        numbers = {stored.number for stored in open_under(installation, connection, assessment_id, child_id)}
        last = {
            recorded.assessment: recorded
            for recorded in reversed(extensions.standing_by(connection, by, now - UNDO_WITHIN))
            if recorded.assessment in numbers
        }
        if not last:
            raise ConfigError([NOTHING_TO_UNDO])
        for recorded in last.values():
            extensions.withdraw(connection, recorded, by=by, means="command", now=now)
    return len(last)


def _faults(installation: Installation, extension: Extension, note: str) -> Iterator[str]:
    reasons = reasons_of(installation)
    if not extension.reason:
        yield f"{NO_REASON}: one of {reasons.listed}."
    yield from address_faults(installation, "--by", extension.by)
    yield from sentences_of(faults_of_words(extension.reason, note, reasons), reasons)


def _faults_for(
    installation: Installation,
    connection: Connection,
    extension: Extension,
    matching: Sequence[StoredAssessment],
) -> Iterator[str]:
    """Yield what is wrong with an extension of these assessments, each sentence once."""
    rules, assessments = installation.rules, [stored.assessment for stored in matching]
    due = [
        rules.calendar.nth_day(assessment.clock_on, clock_of(rules, assessment).working_days)
        for assessment in assessments
    ]
    said = (
        f"--until: {fault.value} (due {date_words(due_on)})."
        for due_on in due
        for fault in faults_of(extension, due_on)
    )
    yield from dict.fromkeys(said)
    by = installation.settings.extensions.by
    answerable = answerable_for(connection, rules, assessments, installation.today())
    if not all(person.may_extend(extension.by, by) for person in answerable):
        yield f"--by: this address may not authorise it; [extensions] by is {by!r}."
