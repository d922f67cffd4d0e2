"""A manager's own list, and the answers given on it, each checked against what is routed to them now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from alerter.app.reassure import Noted, reasons_of, record_once
from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.digest import Digest
from alerter.domain.oversight import Scope, scope_of
from alerter.domain.plan import Plan
from alerter.domain.policy import Alert, Reassurance
from alerter.domain.reassuring import UNDO_WITHIN, Fault, faults_of, may_withdraw
from alerter.domain.routing import Recipient
from alerter.installation.installation import Installation
from alerter.pipeline.plan import look
from alerter.store import assessments, reassurances, syncs, trail
from alerter.store.reassurances import Kept
from alerter.store.syncs import Sync
from alerter.store.trail import Entry

MOST_REFUSALS = 20  # written down of one attempt: the first ones say all there is to say


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """
    What is routed to one person on *as_of*, worst first: each alert with its assessment's number.

    *scope* is whose figures the person may see besides. *read* is what was last read of the case system.
    """

    digest: Digest
    rows: Sequence[tuple[int, Alert]]
    as_of: date
    next_run: date
    scope: Scope
    read: Sync | None

    @property
    def is_anything(self) -> bool:
        """
        Say whether there is a digest or figures to look at.
        """
        return bool(self.digest.open or self.scope)


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a manager says of one assessment: its number, when the sign-off is expected, a reason, a note.
    """

    number: int
    expected_on: date
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """
    What became of some answers: all *recorded*, or none, because of *faults* or of *foreign* numbers.
    """

    recorded: int = 0
    faults: Mapping[int, Sequence[Fault]] | None = None
    foreign: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    One reassurance of the last hour, the assessment it is for, and whether it can be taken back still.
    """

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

    None is recorded when one is for something that is not on their list now, which is written down, or has a
    fault. What was recorded word for word within the hour is not recorded twice.
    """
    now, today = installation.now(), installation.today()
    own = {number for number, _ in own_list(installation, email).rows}
    if foreign := [each.number for each in answers if each.number not in own]:
        _refuse(installation, email, foreign, now)
        return Answered(foreign=foreign)
    given = {each.number: (_reassurance(each, email, today), each.note) for each in answers}
    if faults := _faults(installation, given, today):
        return Answered(faults=faults)
    with installation.database.write() as connection:
        record_once(connection, email, given, means="page", now=now)
    return Answered(recorded=len(given))


def recent(installation: Installation, email: str) -> list[Recorded]:
    """
    Return what *email* recorded within the last hour, latest first.
    """
    now = installation.now()
    with installation.database.read() as connection:
        kept = reassurances.recorded_by(connection, email, now - UNDO_WITHIN)
        of = assessments.by_numbers(connection, {each.assessment for each in kept})
    return [Recorded(each, of[each.assessment], _may_undo(each, email, now)) for each in kept]


def undo(installation: Installation, email: str, reassurance: int) -> bool:
    """
    Take back a reassurance that *email* recorded within the hour; False where there is none such.

    An attempt on anybody else's is written down.
    """
    now = installation.now()
    with installation.database.write() as connection:
        trail.take_turns_as(connection, email)
        own = reassurances.recorded_by(connection, email, now - UNDO_WITHIN)
        kept = next((each for each in own if each.id == reassurance), None)
        if kept is None or not _may_undo(kept, email, now):
            refused = Entry(at=now, actor=email, means="page", act="refused", detail="an undo")
            trail.append(connection, refused)
            return False
        return reassurances.withdraw(connection, kept, by=email, means="page", now=now)


def _own_list(installation: Installation, connection: Connection, email: str) -> OwnList:
    today = installation.today()
    plan = look(connection, installation.rules, today)
    key = address_key(email)
    numbers = {(each.assessment.assessment_id, each.assessment.child_id): number
               for number, each, _ in plan.judged}  # fmt: skip
    digest = next(
        (each for each in plan.digests if each.recipient.key == key),
        Digest(recipient=Recipient(email), alerts=(), on_track=0),
    )
    return OwnList(
        digest=digest,
        rows=[(numbers[a.assessment.assessment_id, a.assessment.child_id], a) for a in digest.alerts],
        as_of=today,
        next_run=plan.window.next_run,
        scope=scope(installation, connection, plan, email),
        read=syncs.latest_applied(connection),
    )


def scope(installation: Installation, connection: Connection, plan: Plan, email: str) -> Scope:
    """
    Return whose figures *email* may see.
    """
    return scope_of(
        email,
        admins=installation.settings.email.admins,
        fallback=installation.settings.email.fallback,
        directory=syncs.directory_entries(connection),
        judged=[(alert, route) for _, alert, route in plan.judged],
    )


def _reassurance(given: Answer, email: str, today: date) -> Reassurance:
    return Reassurance(by=email, given_on=today, expected_on=given.expected_on, reason=given.reason)


def _faults(installation: Installation, given: Noted, today: date) -> dict[int, Sequence[Fault]]:
    reasons = reasons_of(installation)
    found = {
        number: faults_of(reassurance, note, reasons, today) for number, (reassurance, note) in given.items()
    }
    return {number: faults for number, faults in found.items() if faults}


def _refuse(installation: Installation, email: str, foreign: Sequence[int], now: datetime) -> None:
    """
    Write down what somebody tried to touch that is not on their list.
    """
    with installation.database.write() as connection:
        real = assessments.by_numbers(connection, foreign[:MOST_REFUSALS])
        for number in foreign[:MOST_REFUSALS]:
            trail.append(
                connection,
                Entry(
                    at=now, actor=email, means="page", act="refused",
                    assessment=number if number in real else None, detail="not on the list of this person",
                ),
            )  # fmt: skip


def _may_undo(kept: Kept, email: str, now: datetime) -> bool:
    return kept.withdrawn_at is None and may_withdraw(kept.given, kept.recorded_at, by=email, now=now)
