"""A manager's reassurance by command: checked, recorded, taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerter.domain.address import is_address, is_in_domains
from alerter.domain.policy import Reassurance
from alerter.domain.reassuring import UNDO_WITHIN, Fault, Means, Reasons, faults_of, may_withdraw
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.plan import found
from alerter.store import reassurances, trail

Noted = Mapping[int, tuple[Reassurance, str]]
"""Reassurances by the number of their assessment, each with its note."""

OPTIONS = {
    Fault.LOOKED_IN_FUTURE: "--on",
    Fault.EXPECTED_BEFORE_LOOKING: "--expected",
    Fault.UNKNOWN_REASON: "--reason",
    Fault.NOTE_TOO_LONG: "--note",
    Fault.NOTE_NOT_ONE_LINE: "--note",
}
NOTHING_TO_UNDO = (
    "--undo: nothing that this address recorded for this id within the last hour stands; "
    "record a new reassurance instead."
)


def reassure(
    installation: Installation, assessment_id: str, child_id: str | None, given: Reassurance, *, note: str
) -> int:
    """
    Record *given* for the open assessments of one id; return for how many children.

    Its reason may be a code or a label of the settings, or empty. What stands already, word for word, from
    within the hour is not recorded again.

    Raises:
        ConfigError: The address is none or not allowed, a date is out of order, the reason is not known,
            the note is too long, or nothing open has this id.
    """
    reasons = reasons_of(installation)
    coded = replace(given, reason=reasons.code_of(given.reason) or given.reason.strip())
    if faults := list(_faults(installation, coded, note, reasons)):
        raise ConfigError(faults)
    installation.ensure_schema()
    with installation.database.write() as connection:
        numbers = _open_numbers(installation, connection, assessment_id, child_id)
        given_now = dict.fromkeys(sorted(numbers), (coded, note))
        record_once(connection, given.by, given_now, means="command", now=installation.now())
    return len(numbers)


def record_once(connection: Connection, by: str, given: Noted, *, means: Means, now: datetime) -> None:
    """
    Record what *by* has *given*, but for what stands already, word for word, from within the hour.
    """
    trail.take_turns_as(connection, by)
    standing = {
        each.assessment: (each.given, each.note)
        for each in reversed(reassurances.recorded_by(connection, by, now - UNDO_WITHIN))
        if each.withdrawn_at is None
    }
    for number, (reassurance, note) in given.items():
        if standing.get(number) != (reassurance, note):
            reassurances.record(connection, number, reassurance, note=note, now=now, means=means)


def withdraw(installation: Installation, assessment_id: str, child_id: str | None, *, by: str) -> int:
    """
    Take back what *by* last recorded for one id within the hour; return for how many children.

    The record is kept and marked, and the reassurance before it counts again.

    Raises:
        ConfigError: Nothing open has this id, or nothing of the last hour is there to be taken back.
    """
    installation.ensure_schema()
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, by)
        numbers = _open_numbers(installation, connection, assessment_id, child_id)
        last = {
            each.assessment: each
            for each in reversed(reassurances.recorded_by(connection, by, now - UNDO_WITHIN))
            if each.assessment in numbers
            and each.withdrawn_at is None
            and may_withdraw(each.given, each.recorded_at, by=by, now=now)
        }
        if not last:
            raise ConfigError([NOTHING_TO_UNDO])
        for each in last.values():
            reassurances.withdraw(connection, each, by=by, means="command", now=now)
    return len(last)


def reasons_of(installation: Installation) -> Reasons:
    """
    Return the reasons a manager may give.
    """
    return Reasons(installation.settings.reassurance.reasons)


def _open_numbers(
    installation: Installation, connection: Connection, assessment_id: str, child_id: str | None
) -> set[int]:
    matching = found(connection, assessment_id, child_id, installation.today())
    still_open = {each.number for each in matching if each.is_open}
    if not still_open:
        raise ConfigError(["no open assessment in the store has this id: check it, or run `alerter sync`."])
    return still_open


def _faults(installation: Installation, given: Reassurance, note: str, reasons: Reasons) -> Iterator[str]:
    if not is_address(given.by):
        yield "--by: write one plain email address, such as a.manager@council.example."
    if not is_in_domains(given.by, installation.rules.allowed_domains):
        yield "--by: the address lies outside allowed_domains."
    for fault in faults_of(given, note, reasons, installation.today()):
        known = f"; write one of {reasons.listed}" if fault is Fault.UNKNOWN_REASON else ""
        yield f"{OPTIONS[fault]}: {fault.value}{known}."
