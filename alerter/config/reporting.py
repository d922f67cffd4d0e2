"""Settings of the report: the quality audit's form, the reasons, and the suppression of small numbers."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from alerter.config.base import CalendarDate, FilledText, Table
from alerter.domain.quality_audit import FULL_MARKS, Criterion

OTHER_REASON = "other"
REASONS: Mapping[str, str] = {
    "section_47": "Section 47 enquiry",
    "looked_after": "Looked after, or being considered",
    "unaccompanied": "Unaccompanied asylum seeker",
    "complex": "Other very complex needs",
}
"""What core assessments were for, by the memo this program comes from."""


class CriterionSettings(Table):
    """One criterion of the audit form, and its points at most."""

    name: FilledText
    description: FilledText
    weight: int = Field(ge=1, le=FULL_MARKS)


class QualityAuditSettings(Table):
    """The audit form, and from when on a sign-off without a passing audit is told."""

    since: CalendarDate | None = None
    criteria: dict[FilledText, CriterionSettings] = Field(default_factory=dict)

    @field_validator("criteria")
    @classmethod
    def _come_to_full_marks(cls, criteria: dict[str, CriterionSettings]) -> dict[str, CriterionSettings]:
        total = sum(criterion.weight for criterion in criteria.values())
        if criteria and total != FULL_MARKS:
            raise ValueError(f"the weights come to {total}, and must come to {FULL_MARKS}")
        return criteria

    def form(self) -> tuple[Criterion, ...]:
        """Return the criteria in the file's order."""
        return tuple(
            Criterion(
                key=key, name=criterion.name, description=criterion.description, weight=criterion.weight
            )
            for key, criterion in self.criteria.items()
        )


class ReportSettings(Table):
    """What the report for the panel shows: no count from 1 to less than *suppress_below*; 0 shows all."""

    suppress_below: int = Field(default=6, ge=0, le=100)
