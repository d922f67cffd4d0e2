"""Settings of the assessment types: limits, alert days, and presets for the nations' duties."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from alerter.config.base import CalendarDate, FilledText, List, Table
from alerter.domain.policy import Clock

Preset = Literal["england-core", "england-initial", "england-single", "wales", "ni-initial", "icpc"]

PRESETS: Mapping[str, Mapping[str, object]] = {
    "england-core": {"working_days": 35, "alert_after": 25, "clock": "started_on", "target_percent": 81},
    "england-initial": {"working_days": 10, "alert_after": 7, "clock": "referred_on"},
    "england-single": {
        "working_days": 45,
        "alert_after": 35,
        "clock": "referred_on",
        "checkpoints": [10, 25, 35],
    },
    "wales": {"working_days": 42, "alert_after": 30, "clock": "referred_on"},
    "ni-initial": {"working_days": 10, "alert_after": 7, "clock": "referred_on"},
    "icpc": {"working_days": 15, "alert_after": 10, "clock": "started_on"},
}
"""
What each preset stands for. The limits and the dates they run from are the guidance's (Framework for
Assessment 2000; Working Together 2010 for the 10 and 2013 for the 45; Wales PM24; UNOCINI; 15 working days
from the strategy discussion to the initial child protection conference, its date in `started_on`). Guidance
names no alert day outside the core assessment: about seven tenths of the limit, so that a week remains.
"""


class RuleSettings(Table):
    """
    One rule's numbers, in working days; a preset's unless the table says otherwise.

    Without a preset the numbers are the core assessment's, 35 and 25.
    """

    preset: Preset | None = None
    working_days: int = Field(default=35, ge=2, le=250)
    alert_after: int = Field(default=25, ge=1)
    target_percent: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    clock: Literal["started_on", "referred_on"] = "started_on"
    checkpoints: Annotated[tuple[int, ...], List] = ()

    @field_validator("alert_after")
    @classmethod
    def _comes_before_the_limit(cls, alert_after: int, info: ValidationInfo) -> int:
        limit = info.data.get("working_days")
        if limit is not None and alert_after >= limit:
            raise ValueError(f"is {alert_after}, but must be less than working_days, which is {limit}")
        return alert_after

    @field_validator("checkpoints")
    @classmethod
    def _rise_to_the_limit(cls, checkpoints: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        limit = info.data.get("working_days")
        if list(checkpoints) != sorted({day for day in checkpoints if day > 0}):
            raise ValueError("must be working days from 1 up, each later than the one before")
        if limit is not None and checkpoints and checkpoints[-1] >= limit:
            raise ValueError(f"must all be less than working_days, which is {limit}")
        return checkpoints

    def rule_of(self, key: str, label: str) -> Clock:
        """Return the numbers as a clock of the type *key*."""
        return Clock(
            type=key,
            label=label,
            working_days=self.working_days,
            alert_after=self.alert_after,
            starts_from=self.clock,
            target_percent=self.target_percent,
            checkpoints=self.checkpoints,
        )


class AssessmentSettings(RuleSettings):
    """One assessment type: its rule, and from when it holds; what started before keeps the *earlier* rule."""

    label: FilledText = "Assessment"
    also_from: Literal["started_on", "referred_on"] | None = None
    audit_pass_mark: int | None = Field(default=None, ge=0, le=100)
    effective_from: CalendarDate | None = None
    earlier: RuleSettings | None = Field(default=None, validate_default=True)

    @field_validator("also_from")
    @classmethod
    def _is_the_other_date(cls, also_from: str | None, info: ValidationInfo) -> str | None:
        if also_from is not None and also_from == info.data.get("clock"):
            raise ValueError(f'is "{also_from}", which the clock starts from already; name the other date')
        return also_from

    @field_validator("earlier")
    @classmethod
    def _comes_with_its_date(cls, earlier: RuleSettings | None, info: ValidationInfo) -> RuleSettings | None:
        if "effective_from" not in info.data:
            return earlier
        if (earlier is None) != (info.data["effective_from"] is None):
            raise ValueError("and effective_from go together: the rule before that date, and the date")
        return earlier

    def clock_of(self, key: str) -> Clock:
        """Return the numbers as the domain's clock of the type *key*."""
        newest, mark = replace(self.rule_of(key, self.label), also_from=self.also_from), self.audit_pass_mark
        if self.earlier is None:
            return replace(newest, audit_pass_mark=mark)
        before = replace(self.earlier.rule_of(key, self.label), audit_pass_mark=mark)
        return replace(newest, audit_pass_mark=mark, effective_from=self.effective_from, earlier=before)


def completed(key: object, table: object) -> object:
    """
    Return an assessment's *table* with what its preset and its *key* say where it is silent itself.

    >>> completed("child_and_family", {"preset": "wales", "alert_after": 28})["label"]
    'Child and family'
    """
    if not isinstance(table, dict):
        return table
    words = str(key).replace("_", " ").replace("-", " ").strip()
    filled = {"label": words[:1].upper() + words[1:], **_with_preset(table)}
    earlier = filled.get("earlier")
    return filled | {"earlier": _with_preset(earlier)} if isinstance(earlier, dict) else filled


def _with_preset(table: Mapping[str, object]) -> dict[str, object]:
    preset = table.get("preset")
    return {**(PRESETS.get(preset, {}) if isinstance(preset, str) else {}), **table}


def ambiguous_names(types: Mapping[str, AssessmentSettings]) -> list[str]:
    """Return the names an extract's `type` column could mean two types by: keys and labels, without case."""
    owners: dict[str, str] = {}
    return [
        name
        for key, type_ in types.items()
        for name in (key, type_.label)
        if owners.setdefault(" ".join(name.split()).casefold(), key) != key
    ]
