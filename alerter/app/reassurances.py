"""A manager's own list, and the answers given on it, each checked against what is routed to them now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from alerter.app.recording import NOTHING_TO_UNDO, address_faults, open_under, reasons_of, sentences_of
from alerter.app.rights import refuse, scope
from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.digest import Digest
from alerter.domain.oversight import Scope, extendable
from alerter.domain.policy import Alert, Reassurance
from alerter.domain.reasons import Reasons
from alerter.domain.reassurance import UNDO_WITHIN, Doubt, Fault, Means, doubt_about, faults_of, may_withdraw
from alerter.domain.routing import Recipient
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import StoredAssessment, answerable_for, plan_on
from alerter.store import assessments, reassurances, syncs, trail
from alerter.store.reassurances import Kept
from alerter.store.syncs import Sync
from alerter.store.trail import Entry

Noted = Mapping[int, tuple[Reassurance, str]]
"""Reassurances by the number of their assessment, each with its note."""

NOT_ANSWERABLE = (
    "--by: this address does not answer for it, as its manager, their cover or their service manager; "
    "add --on-behalf to record it all the same."
)
MOST_REFUSALS = 20  # written down of one attempt: the first ones say all there is to say


def reassure(
    installation: Installation,
    assessment_id: str,
    child_id: str | None,
    reassurance: Reassurance,
    *,
    note: str,
    on_behalf: bool = False,
) -> int:
    """
    Record *reassurance* for the open assessments of one id; return for how many children.

    Whoever does not answer for them may only do so *on_behalf* of whoever does, which is written down.

    Its reason may be a code or a label of the settings, or empty. What stands already, word for word, from
    within the hour is not recorded again.

    Raises:
        ConfigError: The address is none or not allowed, or does not answer for them, a date is out of order,
            the reason is not known, the note is too long, or nothing open has this id.
    """
    reasons = reasons_of(installation)
    coded = replace(reassurance, reason=reasons.code_of(reassurance.reason) or reassurance.reason.strip())
    if faults := list(_command_faults(installation, coded, note, reasons)):
        raise ConfigError(faults)
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        matching = open_under(installation, connection, assessment_id, child_id)
        if any(coded.given_on < stored.assessment.clock_on for stored in matching):
            raise ConfigError(list(sentences_of([Fault.LOOKED_BEFORE_START], reasons)))
        strangers = _not_answered_for(installation, connection, reassurance.by, matching)
        if strangers and not on_behalf:
            raise ConfigError([NOT_ANSWERABLE])
        noted = {stored.number: (coded, note) for stored in matching}
        record_once(connection, reassurance.by, noted, means="command", now=installation.now())
        for number in strangers:
            entry = Entry(
                at=installation.now(),
                actor=reassurance.by,
                means="command",
                act="on_behalf",
                assessment=number,
            )
            trail.append(connection, entry)
    return len(matching)


def record_once(connection: Connection, by: str, noted: Noted, *, means: Means, now: datetime) -> None:
    """Record what *by* has *noted*, but for what stands already, word for word, from within the hour."""
    trail.take_turns_as(connection, by)
    standing = {
        kept.assessment: (kept.reassurance, kept.note)
        for kept in reversed(reassurances.recorded_by(connection, by, now - UNDO_WITHIN))
        if kept.withdrawn_at is None
    }
    for number, (reassurance, note) in noted.items():
        if standing.get(number) != (reassurance, note):
            reassurances.record(connection, number, reassurance, note=note, now=now, means=means)


def withdraw(installation: Installation, assessment_id: str, child_id: str | None, *, by: str) -> int:
    """
    Take back what *by* last recorded for one id within the hour; return for how many children.

    The record is kept and marked, and the reassurance before it counts again.

    Raises:
        ConfigError: Nothing open has this id, or nothing of the last hour is there to be taken back.
    """
    installation.ensure_schema(may_make=True)
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, by)
        matching = open_under(installation, connection, assessment_id, child_id)
        numbers = {stored.number for stored in matching}
        last = {
            kept.assessment: kept
            for kept in reversed(reassurances.recorded_by(connection, by, now - UNDO_WITHIN))
            if kept.assessment in numbers
            and kept.withdrawn_at is None
            and may_withdraw(kept.reassurance, kept.recorded_at, by=by, now=now)
        }
        if not last:
            raise ConfigError([NOTHING_TO_UNDO])
        for kept in last.values():
            reassurances.withdraw(connection, kept, by=by, means="command", now=now)
    return len(last)


def _not_answered_for(
    installation: Installation, connection: Connection, email: str, matching: Sequence[StoredAssessment]
) -> list[int]:
    """Return those that *email* does not answer for, by number."""
    assessments_ = [stored.assessment for stored in matching]
    answerable = answerable_for(connection, installation.rules, assessments_, installation.today())
    return [
        stored.number for stored, people in zip(matching, answerable, strict=True) if not people.holds(email)
    ]


def _command_faults(
    installation: Installation, reassurance: Reassurance, note: str, reasons: Reasons
) -> Iterator[str]:
    yield from address_faults(installation, "--by", reassurance.by)
    yield from sentences_of(faults_of(reassurance, note, reasons, installation.today()), reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """
    What is routed to one person on *as_of*, worst first: each alert with its assessment's number.

    *standing_in* are those to whom goes what is this person's. *extendable* are the numbers of those that the
    person may authorise to go beyond the limit. *scope* is whose figures the person may see besides. *read*
    is what was last read of the case system.
    """

    digest: Digest
    rows: Sequence[tuple[int, Alert]]
    as_of: date
    next_run: date
    standing_in: Sequence[Recipient]
    extendable: Collection[int]
    scope: Scope
    read: Sync | None

    @property
    def is_anything(self) -> bool:
        """Say whether there is a digest or figures to look at."""
        return bool(self.digest.open or self.scope)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a manager says of one assessment: its number, when the sign-off is expected, a reason, a note."""

    number: int
    expected_on: date
    reason: str = ""
    note: str = ""
    is_meant: bool = False
    """Whether the day was asked about, and given once more."""


@dataclass(frozen=True, slots=True)
class Answered:
    """
    What became of some answers: all *recorded*, or none, because of *faults*, of *foreign* numbers, or of
    *doubts* about days that were not asked about before.
    """

    recorded: int = 0
    faults: Mapping[int, Sequence[Fault]] | None = None
    foreign: Collection[int] = ()
    doubts: Mapping[int, Doubt] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One reassurance of the last hour, the assessment it is for, and whether it can be taken back still."""

    kept: Kept
    assessment: Assessment
    may_undo: bool


def own_list(installation: Installation, email: str) -> OwnList:
    """
    Return what is routed to *email* now, judged as of today.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        return _own_list(installation, connection, email)


def answer(installation: Installation, email: str, answers: Sequence[Answer]) -> Answered:
    """
    Record the *answers* of one person: all of them, or none.

    None is recorded when one is for something that is not on their list now, which is written down, has a
    fault, or a day that is to be asked about once. What was recorded word for word within the hour is not
    recorded twice.
    """
    now, today = installation.now(), installation.today()
    own = dict(own_list(installation, email).rows)
    if foreign := [reply.number for reply in answers if reply.number not in own]:
        _refuse_foreign(installation, email, foreign)
        return Answered(foreign=foreign)
    noted = {reply.number: (_reassurance(reply, email, today), reply.note) for reply in answers}
    if faults := _faults(installation, noted, today):
        return Answered(faults=faults)
    if doubts := _doubts(installation, answers, own, today):
        return Answered(doubts=doubts)
    with installation.database.write() as connection:
        record_once(connection, email, noted, means="page", now=now)
    return Answered(recorded=len(noted))


def recent(installation: Installation, email: str) -> list[Recorded]:
    """Return what *email* recorded within the last hour, latest first."""
    now = installation.now()
    with installation.database.read() as connection:
        kept = reassurances.recorded_by(connection, email, now - UNDO_WITHIN)
        of = assessments.by_numbers(connection, {reassurance.assessment for reassurance in kept})
    return [
        Recorded(reassurance, of[reassurance.assessment], _may_undo(reassurance, email, now))
        for reassurance in kept
    ]


def undo(installation: Installation, email: str, reassurance: int) -> bool:
    """
    Take back a reassurance that *email* recorded within the hour; False where there is none such.

    An attempt on anybody else's is written down.
    """
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, email)
        own = reassurances.recorded_by(connection, email, now - UNDO_WITHIN)
        kept = next((one for one in own if one.id == reassurance), None)
        if kept is None or not _may_undo(kept, email, now):
            refuse(installation, connection, email, "an undo")
            return False
        return reassurances.withdraw(connection, kept, by=email, means="page", now=now)


def _own_list(installation: Installation, connection: Connection, email: str) -> OwnList:
    today = installation.today()
    plan = plan_on(connection, installation.rules, today)
    key = address_key(email)
    numbers = {row.alert.assessment.key: row.number
               for row in plan.judged}  # fmt: skip
    digest = next(
        (digest for digest in plan.digests if digest.recipient.key == key),
        Digest(recipient=Recipient(email), alerts=(), on_track=0),
    )
    return OwnList(
        digest=digest,
        rows=[(numbers[alert.assessment.key], alert) for alert in digest.alerts],
        as_of=today,
        next_run=plan.window.next_run,
        standing_in=list(
            {
                row.route.recipient.key: row.route.recipient
                for row in plan.judged
                if row.route.covering_for and row.route.owner_key == key
            }.values()
        ),
        extendable={
            row.number
            for row in extendable(
                plan.judged, plan.compiler.router, email, installation.settings.extensions.by
            )
        },
        scope=scope(installation, connection, plan, email),
        read=syncs.latest_applied(connection),
    )


def _reassurance(reply: Answer, email: str, today: date) -> Reassurance:
    return Reassurance(by=email, given_on=today, expected_on=reply.expected_on, reason=reply.reason)


def _doubts(
    installation: Installation, answers: Sequence[Answer], own: Mapping[int, Alert], today: date
) -> dict[int, Doubt]:
    """Return, by number, why a day can hardly be meant that was not asked about before."""
    calendar, doubts = installation.rules.calendar, {}
    for reply in answers:
        due_on = own[reply.number].due_on or today
        doubt = None if reply.is_meant else doubt_about(reply.expected_on, due_on, calendar, today)
        if doubt is not None:
            doubts[reply.number] = doubt
    return doubts


def _faults(installation: Installation, noted: Noted, today: date) -> dict[int, Sequence[Fault]]:
    reasons = reasons_of(installation)
    faults_by_number = {
        number: faults_of(reassurance, note, reasons, today) for number, (reassurance, note) in noted.items()
    }
    return {number: faults for number, faults in faults_by_number.items() if faults}


def _refuse_foreign(installation: Installation, email: str, foreign: Sequence[int]) -> None:
    """Write down what somebody tried to touch that is not on their list."""
    with installation.database.write() as connection:
        real = assessments.by_numbers(connection, foreign[:MOST_REFUSALS])
        for number in foreign[:MOST_REFUSALS]:
            assessment = number if number in real else None
            refuse(installation, connection, email, "not on the list of this person", assessment)


def _may_undo(kept: Kept, email: str, now: datetime) -> bool:
    return kept.withdrawn_at is None and may_withdraw(kept.reassurance, kept.recorded_at, by=email, now=now)
