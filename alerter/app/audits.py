"""A quality audit, checked and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerter.app.rights import scope
from alerter.domain.address import address_key, is_address, is_in_domains
from alerter.domain.oversight import Scope
from alerter.domain.policy import Alert
from alerter.domain.quality_audit import FULL_MARKS, Audit, Criterion, FilledForm, fill_in
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.store import assessments, audits, trail
from alerter.store.trail import Entry

Items = Mapping[int, Alert]
"""Open assessments by their numbers, each as it is judged today."""


def form(installation: Installation) -> tuple[Criterion, ...]:
    """Return the criteria of the audit form, in the settings' order; none where it is not configured."""
    return installation.settings.quality_audit.form()


def filled_in(installation: Installation, entered: dict[str, str]) -> FilledForm:
    """
    Return what *entered* makes of the form: points, the score so far, and what is still wrong.

    Raises:
        ConfigError: There is no form in the settings.
    """
    criteria = form(installation)
    if not criteria:
        raise ConfigError(["[quality_audit.criteria] lists no criteria: write them there, or give --score."])
    return fill_in(criteria, entered)


def audit(
    installation: Installation, assessment_id: str, child_id: str | None, given: Audit, on: date | None = None
) -> int:
    """
    Record an audit, *on* a day or today, for the assessments of one id; return for how many children.

    Raises:
        ConfigError: The address is none or not allowed, the day lies in the future, the score is none, or
            nothing in the store has this id.
    """
    audited_on = on or installation.today()
    if faults := _faults(installation, given, audited_on):
        raise ConfigError(faults)
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        matching = assessments.find(connection, assessment_id, child_id)
        if not matching:
            raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
        for number in matching:
            audits.record(connection, number, given, audited_on=audited_on, now=installation.now())
    return len(matching)


def _faults(installation: Installation, given: Audit, on: date) -> list[str]:
    faults = {
        "--by: write one plain email address, such as a.manager@council.example.": not is_address(given.by),
        "--by: the address lies outside allowed_domains.": not is_in_domains(
            given.by, installation.rules.allowed_domains
        ),
        "--on: an audit cannot have been in the future.": on > installation.today(),
        f"--score: must be from 0 to {FULL_MARKS}.": not 0 <= given.score <= FULL_MARKS,
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSheet:
    """
    What of one person's open work is audited before its sign-off, fewest days left first.

    *items* are by number; *scope* is whose figures the person may see besides.
    """

    items: Items
    as_of: date
    scope: Scope

    def together(self, number: int) -> Items:
        """Return the children of one assessment: that with this number first, then its siblings."""
        id_ = self.items[number].assessment.assessment_id
        return {number: self.items[number]} | {
            other: alert for other, alert in self.items.items() if alert.assessment.assessment_id == id_
        }


def audit_sheet(installation: Installation, email: str) -> AuditSheet:
    """
    Return what is routed to *email* now and has a pass mark.

    Raises:
        StoreError: The database cannot be used.
    """
    today, key = installation.today(), address_key(email)
    with installation.database.read() as connection:
        plan = plan_on(connection, installation.rules, today)
        seen = scope(installation, connection, plan, email)
    own = [(row.number, row.alert) for row in plan.everything if row.route.recipient.key == key]
    gated = [(number, alert) for number, alert in own if alert.clock.audit_pass_mark is not None]
    gated.sort(key=lambda each: (each[1].clock.working_days - each[1].age, *each[1].assessment.key))
    return AuditSheet(items=dict(gated), as_of=today, scope=seen)


def give_audit(installation: Installation, email: str, numbers: Sequence[int], given: Audit) -> bool:
    """
    Record an audit by *email* for the assessments with these numbers: for all of them, or for none.

    None is recorded, and False returned, where one is not theirs to audit, which is written down. The same
    audit sent twice is recorded once.
    """
    now = installation.now()
    own = audit_sheet(installation, email).items
    if foreign := [number for number in numbers if number not in own]:
        refuse_audit(installation, email, *foreign)
        return False
    with installation.database.write() as connection:
        trail.take_turns_as(connection, email)
        standing = audits.latest(connection, now.date(), numbers)
        new = [number for number in numbers if standing.get(number) != given]
        for number in new:
            audits.record(connection, number, given, audited_on=given.audited_on or now.date(), now=now)
        _write_down(installation, connection, email, new, "audited")
        return True


def refuse_audit(installation: Installation, email: str, *numbers: int) -> None:
    """Write down that *email* tried to audit what is not theirs."""
    with installation.database.write() as connection:
        _write_down(installation, connection, email, numbers, "refused")


def _write_down(
    installation: Installation, connection: Connection, email: str, numbers: Sequence[int], act: trail.Act
) -> None:
    real = assessments.by_numbers(connection, numbers)
    for number in numbers:
        entry = Entry(
            at=installation.now(), actor=email, means="page", act=act,
            assessment=number if number in real else None,
            detail="an audit of what is not this person's" if act == "refused" else "",
        )  # fmt: skip
        trail.append(connection, entry)
