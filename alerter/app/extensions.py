"""Records that a manager authorised going beyond the limit, or takes that back within the hour."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from alerter.app.recording import NOTHING_TO_UNDO, address_faults, open_under, reasons_of, sentences_of
from alerter.app.rights import refuse, scope
from alerter.domain.assessment import Assessment
from alerter.domain.extension import Extension, faults_of
from alerter.domain.oversight import Scope, extendable
from alerter.domain.policy import Alert, Window
from alerter.domain.reassurance import UNDO_WITHIN, Means, faults_of_words
from alerter.domain.wording import date_words
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import StoredAssessment, answerable_for, clock_of, plan_on
from alerter.store import assessments, extensions, trail
from alerter.store.extensions import RecordedExtension

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionSheet:
    """
    The open assessments past their alert day that one person may extend, by number, worst first.

    *scope* is whose figures the person may see besides.
    """

    window: Window
    alerts: Mapping[int, Alert]
    scope: Scope


def extension_sheet(installation: Installation, email: str) -> ExtensionSheet:
    """
    Return what *email* may extend now, judged as of today.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        return _extension_sheet(installation, connection, email)


def extend_on_page(installation: Installation, number: int, extension: Extension, note: str) -> bool:
    """
    Record an *extension* of one assessment on the page; False, and written down, where it is not theirs to.

    Its day, reason and note are right: the page has asked.
    """
    with installation.database.write() as connection:
        is_theirs = number in _extension_sheet(installation, connection, extension.by).alerts
        if is_theirs:
            record_once(installation, connection, [number], extension, note=note, means="page")
    if not is_theirs:
        refuse_extension(installation, extension.by, number)
    return is_theirs


def refuse_extension(installation: Installation, email: str, number: int) -> None:
    """Write down that somebody tried to extend what is not theirs to extend."""
    with installation.database.write() as connection:
        known = number if assessments.by_numbers(connection, [number]) else None
        refuse(installation, connection, email, "an extension", known)


@dataclass(frozen=True, slots=True)
class RecentExtension:
    """One extension of the last hour, and the assessment it is for."""

    recorded: RecordedExtension
    assessment: Assessment


def recent(installation: Installation, email: str) -> list[RecentExtension]:
    """Return the extensions that *email* recorded within the last hour, latest first."""
    with installation.database.read() as connection:
        recorded = extensions.recorded_by(connection, email, installation.now() - UNDO_WITHIN)
        extended = assessments.by_numbers(connection, {extension.assessment for extension in recorded})
    return [RecentExtension(extension, extended[extension.assessment]) for extension in recorded]


def undo(installation: Installation, email: str, number: int) -> bool:
    """
    Take back an extension that *email* recorded within the hour; False where there is none such.

    An attempt on anybody else's is written down.
    """
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, email)
        standing = extensions.standing_by(connection, email, now - UNDO_WITHIN)
        recorded = next((extension for extension in standing if extension.id == number), None)
        if recorded is None:
            refuse(installation, connection, email, "an undo")
            return False
        extensions.withdraw(connection, recorded, by=email, means="page", now=now)
    return True


def _extension_sheet(installation: Installation, connection: Connection, email: str) -> ExtensionSheet:
    today, by = installation.today(), installation.settings.extensions.by
    plan = plan_on(connection, installation.rules, today)
    rows = extendable(plan.judged, plan.compiler.router, email, by)
    return ExtensionSheet(
        window=plan.window,
        alerts={row.number: row.alert for row in rows},
        scope=scope(installation, connection, plan, email),
    )
