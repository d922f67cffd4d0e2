"""Finds what became overdue or was escalated since the last digest: what a note between two digests tells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from alerter.domain.plan import Plan
from alerter.domain.policy import Stage
from alerter.domain.progress import LastAlert
from alerter.domain.routing import Judged, Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new for one recipient: what became *overdue*, and what else was *escalated*."""

    recipient: Recipient
    overdue: Sequence[Judged]
    escalated: Sequence[Judged]

    @property
    def rows(self) -> list[Judged]:
        """Return all of it."""
        return [*self.overdue, *self.escalated]

    @property
    def numbers(self) -> set[int]:
        """Return the numbers of its assessments."""
        return {row.number for row in self.rows}


def news_of(plan: Plan, last_alerts: Mapping[int, LastAlert], noted: Collection[int]) -> list[News]:
    """
    Return the news of *plan* by recipient, after a digest of *last_alerts* and what was *noted* since.

    An assessment that the digest did not have is news once it is overdue or escalated.
    """
    escalated = {escalation.number for escalation in plan.escalations}
    rows: dict[str, list[Judged]] = {}
    for row in plan.judged:
        last = last_alerts.get(row.number)
        is_overdue = row.alert.stage is Stage.OVERDUE and (last is None or last.stage is not Stage.OVERDUE)
        is_escalated = row.number in escalated and (last is None or not last.is_escalated)
        if row.number not in noted and (is_overdue or is_escalated):
            rows.setdefault(row.route.recipient.key, []).append(row)
    return [_news(rows[key]) for key in sorted(rows)]


def _news(rows: Sequence[Judged]) -> News:
    ordered = sorted(rows, key=lambda row: (-row.alert.age, row.alert.assessment.key))
    return News(
        recipient=rows[0].route.recipient,
        overdue=[row for row in ordered if row.alert.stage is Stage.OVERDUE],
        escalated=[row for row in ordered if row.alert.stage is not Stage.OVERDUE],
    )
