"""All settings of one council, as values."""

import hashlib
import json
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from alerter.config.base import FilledText, Table
from alerter.config.branding import BrandingSettings
from alerter.config.clocks import AssessmentSettings, ambiguous_names, completed
from alerter.config.email import EmailSettings
from alerter.config.input import DatabaseSettings, DirectorySettings, SourceSettings
from alerter.config.page import ExtensionsSettings, ReassuranceSettings, WebSettings
from alerter.config.reporting import OTHER_REASON, REASONS, QualityAuditSettings, ReportSettings
from alerter.config.working_days import CalendarSettings, ScheduleSettings
from alerter.domain.policy import Clock

CENTURY_DAYS = 36_525

FINGERPRINT_LENGTH = 12
READING_RULES = 2
"""Raised with each release that reads rows in another way: then the same extract is read again."""
OVERDUE = "overdue"
LAST_DAY = 250  # the longest clock there can be


RECORD_PLACEHOLDERS = ("{child_id}", "{assessment_id}")


def _is_record_url(text: str) -> bool:
    """Say whether *text* is an https address in which ids of a record are put, after its host."""
    plain = text
    for placeholder in RECORD_PLACEHOLDERS:
        plain = plain.replace(placeholder, "")
    try:
        address = urlsplit(text)
        has_host = bool(address.hostname) and not set("{}@") & set(address.netloc) and address.port != 0
    except ValueError:
        return False
    is_plain = plain.isascii() and plain.isprintable() and not set(' {}<>"\\') & set(plain)
    return address.scheme == "https" and has_host and is_plain and plain != text


class RetentionSettings(Table):
    """
    Days after which something may go: the text of settled messages and of rejected rows, the ledger of a run
    and requests for links, and an assessment that has ended.
    """

    message_days: int = Field(default=14, ge=1, le=365)
    run_days: int = Field(default=730, ge=90, le=CENTURY_DAYS)
    assessment_days: int = Field(default=2190, ge=365, le=CENTURY_DAYS)


class DigestSettings(Table):
    """
    What a digest holds: a manager's reassurance keeps an assessment quiet for so many digests.

    *record_url* is the address of a record in the case system, for a link on each row. With *interim* a
    manager gets a note on a day between two digests where something became overdue or was escalated.
    """

    reassurance_lasts_runs: int = Field(default=4, ge=1, le=52)
    record_url: str | None = None
    interim: Literal["off", "daily"] = "off"

    @field_validator("record_url")
    @classmethod
    def _is_address_of_a_record(cls, record_url: str | None) -> str | None:
        if record_url is not None and not _is_record_url(record_url):
            raise ValueError(
                "must be an https address with {child_id} or {assessment_id} after the host and nothing else "
                'in braces, such as "https://cases.council.example/person/{child_id}"'
            )
        return record_url


class EscalationSettings(Table):
    """When a service manager is told: after so many digests running, and from a day or once overdue."""

    after_digests: int = Field(default=2, ge=0, le=12)
    from_day: int | str = "overdue"

    @field_validator("from_day", mode="plain")
    @classmethod
    def _is_a_day(cls, from_day: object) -> object:
        is_day = isinstance(from_day, int) and not isinstance(from_day, bool) and 1 <= from_day <= LAST_DAY
        if not is_day and from_day != OVERDUE:
            raise ValueError(f'must be "{OVERDUE}", or a working day from 1 to {LAST_DAY}')
        return from_day

    @property
    def working_day(self) -> int | None:
        """Return the working day from which on; None is the first day overdue."""
        return self.from_day if isinstance(self.from_day, int) else None


class DeliverySettings(Table):
    """What to do with a message whose outcome is unknown: send the same bytes once more, or hold it."""

    unknown_outcome: Literal["resend", "hold"] = "resend"


class Settings(Table):
    """
    The whole file. Paths are absolute where the file's was; secrets never show in `repr` or in a fingerprint.
    """

    council: FilledText
    database: DatabaseSettings
    source: SourceSettings
    directory: DirectorySettings
    calendar: CalendarSettings
    assessments: dict[FilledText, AssessmentSettings] = Field(min_length=1)
    reasons: dict[FilledText, FilledText] = Field(default_factory=lambda: dict(REASONS))
    quality_audit: QualityAuditSettings = QualityAuditSettings()
    report: ReportSettings = ReportSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    digest: DigestSettings = DigestSettings()
    escalation: EscalationSettings = EscalationSettings()
    branding: BrandingSettings = BrandingSettings()
    reassurance: ReassuranceSettings = ReassuranceSettings()
    extensions: ExtensionsSettings = ExtensionsSettings()
    delivery: DeliverySettings = DeliverySettings()
    retention: RetentionSettings = RetentionSettings()
    email: EmailSettings
    web: WebSettings | None = None

    @model_validator(mode="before")
    @classmethod
    def _database_beside_the_file(cls, tree: object) -> object:
        """Read a missing `[database]` as an empty one, so that its default too lies beside the file."""
        return {"database": {}, **tree} if isinstance(tree, dict) else tree

    @field_validator("assessments", mode="before")
    @classmethod
    def _completed(cls, tables: object) -> object:
        if not isinstance(tables, dict):
            return tables
        return {key: completed(key, table) for key, table in tables.items()}

    @field_validator("assessments")
    @classmethod
    def _are_told_apart(cls, types: dict[str, AssessmentSettings]) -> dict[str, AssessmentSettings]:
        if names := ambiguous_names(types):
            raise ValueError(f'"{names[0]}" names two types; keys and labels must differ by more than case')
        return types

    @field_validator("reasons")
    @classmethod
    def _leave_other_free(cls, reasons: dict[str, str]) -> dict[str, str]:
        if OTHER_REASON in (key.casefold() for key in reasons):
            raise ValueError(f'"{OTHER_REASON}" is what is none of them; choose another key')
        return reasons

    def clocks(self) -> dict[str, Clock]:
        """Return each assessment type's clock, by its key."""
        return {key: type_.clock_of(key) for key, type_ in self.assessments.items()}

    @property
    def fingerprint(self) -> str:
        """Return a short hash of all that is not secret: what a run records as the settings it ran by."""
        return _fingerprint(self.model_dump(mode="json", by_alias=True))

    @property
    def reading_fingerprint(self) -> str:
        """
        Return a short hash of what decides how a row is read; on a change the same extract is read again.
        """
        return self.reading_fingerprint_by(READING_RULES)

    def reading_fingerprint_by(self, rules: int) -> str:
        """Return the same where the rows are read by *rules*, the number of this release's or another's."""
        return _fingerprint(
            {
                "rules": rules,
                "source": self.source.model_dump(
                    mode="json", include={"kind", "sheet", "list", "block", "columns"}
                ),
                "assessments": {
                    key: type_.model_dump(mode="json", exclude={"also_from"})
                    for key, type_ in self.assessments.items()
                },
                "count_start_day": self.calendar.count_start_day,
                "reasons": self.reasons,
            }
        )


def _fingerprint(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]
