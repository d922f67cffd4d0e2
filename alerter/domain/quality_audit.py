"""The quality audit before the sign-off: where an assessment stands with it, and how a service does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alerter.domain.assessment import Assessment
from alerter.domain.audit import Audit
from alerter.domain.calendar import ONE_DAY
from alerter.domain.policy import Alert, Clock
from alerter.domain.timeliness import HUNDRED
from alerter.domain.wording import day_words

LOOKED_BACK = ONE_DAY * 365
"""How far back sign-offs without an audit are told, where the settings name no day."""
SCORE_BANDS = ((0, 59), (60, 69), (70, 79), (80, 89), (90, 100))


@dataclass(frozen=True, slots=True)
class FirstAudits:
    """
    How many assessments had an audit, how many passed the first one, and the first scores by band.

    Not *are_first* where only the last score of each is known, for a case system tells no other.
    """

    audited: int
    passed: int
    by_band: Mapping[str, int]
    are_first: bool = True

    @property
    def percent(self) -> float | None:
        """
        Return the pass rate at first audit; None where there was none.
        """
        return HUNDRED * self.passed / self.audited if self.audited else None


def latest_audit(assessment: Assessment, recorded: Audit | None) -> Audit | None:
    """
    Return the audit that counts: the one *recorded* here, which has a day and a name, else the extract's.
    """
    if recorded is not None:
        return recorded
    return None if assessment.audit_score is None else Audit(score=assessment.audit_score)


def is_waiting(assessment: Assessment, audit: Audit | None) -> bool:
    """
    Say whether it was handed in, and not audited since.
    """
    if assessment.submitted_on is None:
        return False
    return audit is None or (audit.audited_on is not None and audit.audited_on < assessment.submitted_on)


def audit_note(alert: Alert, as_of: date) -> str:
    """
    Return what a digest's row says of the audit, and what that leaves of the days; "" where there is nothing.
    """
    assessment, clock = alert.assessment, alert.clock
    audit = latest_audit(assessment, alert.audit)
    if is_waiting(assessment, audit) and assessment.submitted_on is not None:
        return f"waiting for audit since {day_words(assessment.submitted_on, as_of)}: {_left(alert)}"
    if audit is None:
        return ""
    if clock.audit_pass_mark is None:
        return f"audit {audit.score} of 100"
    if audit.passes(clock.audit_pass_mark):
        return f"audit passed, {audit.score} of 100: only the sign-off is missing"
    return f"returned, {audit.score} of 100 ({clock.audit_pass_mark} to pass): {_left(alert)}"


def _left(alert: Alert) -> str:
    """
    Return what is left of the limit.
    """
    limit = alert.clock.working_days
    left = limit - alert.age
    if left < 0:
        return f"none of the {limit} days left"
    return f"{left} of {limit} days left" if left else f"the last of {limit} days"


def unaudited(
    signed: Mapping[int, Assessment], audits: Mapping[int, Audit], clocks: Mapping[str, Clock]
) -> list[Assessment]:
    """
    Return those of the *signed* off, by number, whose type has a pass mark that no audit of theirs reaches.
    """
    return [
        each
        for number, each in signed.items()
        if (mark := _mark(clocks, each)) is not None
        and not each.is_authorised_before_start
        and ((audit := latest_audit(each, audits.get(number))) is None or not audit.passes(mark))
    ]


def first_audits(scores: Iterable[int], pass_mark: int, *, are_first: bool = True) -> FirstAudits:
    """
    Return what the first scores of assessments come to against *pass_mark*.

    >>> first_audits([74, 80, 95], 80).by_band["70-79"]
    1
    """
    known = list(scores)
    return FirstAudits(
        audited=len(known),
        passed=sum(score >= pass_mark for score in known),
        by_band={
            f"{first}-{last}": sum(first <= score <= last for score in known) for first, last in SCORE_BANDS
        },
        are_first=are_first,
    )


def _mark(clocks: Mapping[str, Clock], assessment: Assessment) -> int | None:
    clock = clocks.get(assessment.type)
    return None if clock is None else clock.audit_pass_mark
