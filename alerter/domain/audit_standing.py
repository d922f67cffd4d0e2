"""Says how an assessment, and a service, stand with the quality audit before the sign-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY
from alerter.domain.policy import Alert, Clock
from alerter.domain.quality_audit import Audit

LOOKED_BACK = ONE_DAY * 365
"""How far back sign-offs without an audit are told, where the settings name no day."""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """
    Where an open assessment stands with its audit: the *score* out of 100 and the *pass_mark*, if any.

    It waits *since* it was handed in; it is *scored*, and no more, where its type has no pass mark.
    """

    kind: Literal["waiting", "returned", "passed", "scored"]
    score: int | None = None
    pass_mark: int | None = None
    since: date | None = None


def latest_audit(assessment: Assessment, recorded: Audit | None) -> Audit | None:
    """
    Return the audit that counts: the one *recorded* here, which has a day and a name, else the extract's.
    """
    if recorded is not None:
        return recorded
    return None if assessment.audit_score is None else Audit(score=assessment.audit_score)


def is_waiting(assessment: Assessment, audit: Audit | None) -> bool:
    """Say whether it was handed in, and not audited since."""
    if assessment.submitted_on is None:
        return False
    return audit is None or (audit.audited_on is not None and audit.audited_on < assessment.submitted_on)


def audit_standing(alert: Alert) -> AuditStanding | None:
    """Return where the assessment of *alert* stands with its audit; None where there is nothing to say."""
    submitted, mark = alert.assessment.submitted_on, alert.clock.audit_pass_mark
    audit = latest_audit(alert.assessment, alert.audit)
    if is_waiting(alert.assessment, audit):
        return AuditStanding("waiting", since=submitted)
    if audit is None:
        return None
    if mark is None:
        return AuditStanding("scored", audit.score)
    return AuditStanding("passed" if audit.passes(mark) else "returned", audit.score, mark)


def unaudited(
    signed: Mapping[int, Assessment], audits: Mapping[int, Audit], clocks: Mapping[str, Clock]
) -> list[Assessment]:
    """
    Return those of the *signed* off, by number, whose type has a pass mark that no audit of theirs reaches.
    """
    return [
        assessment
        for number, assessment in signed.items()
        if (mark := _mark(clocks, assessment)) is not None
        and not assessment.is_authorised_before_start
        and ((audit := latest_audit(assessment, audits.get(number))) is None or not audit.passes(mark))
    ]


def _mark(clocks: Mapping[str, Clock], assessment: Assessment) -> int | None:
    clock = clocks.get(assessment.type)
    return None if clock is None else clock.audit_pass_mark
