"""Settings of the input: where assessments, managers and our own records are."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from alerter.config.base import FilePath, FilledText, Table, folder_of

Column = Literal[
    "assessment_id",
    "child_id",
    "type",
    "referred_on",
    "started_on",
    "authorised_on",
    "cancelled_on",
    "closed_on",
    "review_on",
    "team",
    "worker",
    "manager_email",
    "audit_score",
    "worker_away_until",
    "reassured_on",
    "reassured_by",
    "expected_on",
    "submitted_on",
    "reason",
]

DirectoryColumn = Literal[
    "team",
    "worker",
    "manager_name",
    "manager_email",
    "cover_email",
    "cover_from",
    "cover_until",
    "escalate_to",
]

COLUMN_PRESETS: Mapping[str, Mapping[str, str]] = {
    "mosaic": {
        "assessment_id": "WORKFLOW_STEP_ID",
        "child_id": "PERSON_ID",
        "type": "assessment_type",
        "referred_on": "ref_date",
        "started_on": "started_date",
        "authorised_on": "COMPLETED_ON",
        "team": "assigned_team",
        "worker": "assigned_worker",
    },
    "liquidlogic": {
        "assessment_id": "FACT_SINGLE_ASSESSMENT_ID",
        "child_id": "DIM_PERSON_ID",
        "started_on": "START_DTTM",
        "authorised_on": "FormEndDate",
        "team": "COMPLETED_BY_DEPT_ID",
        "worker": "COMPLETED_BY_USER_ID",
    },
    "eclipse": {
        "assessment_id": "INSTANCEID",
        "child_id": "PERSONID",
        "started_on": "CINCensus_startDateOfForm",
        "authorised_on": "DATECOMPLETED",
        "team": "ORGANISATIONID",
    },
    "ssd": {
        "assessment_id": "cina_assessment_id",
        "child_id": "cina_person_id",
        "started_on": "cina_assessment_start_date",
        "authorised_on": "cina_assessment_auth_date",
        "team": "cina_assessment_team",
        "worker": "cina_assessment_worker_id",
    },
}
"""
The headings that published queries use: Mosaic's workflow report, Liquidlogic's reporting tables,
Eclipse's form table, and the sector's Standard Safeguarding Dataset (`ssd_cin_assessments`).
"""

CONFERENCES_LIST, SECTION_47 = 5, "Section47"
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+_]*)://(?P<rest>.*)", re.ASCII)
_STORES = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")


def _url_from(secret: SecretStr, folder: Path) -> SecretStr:
    """Return a database URL with its driver named, and a SQLite file's path seen from *folder*."""
    if (match := _URL.fullmatch(secret.get_secret_value().strip())) is None:
        raise ValueError('must be a database URL, such as "sqlite:///alerter.db"')
    scheme, rest = match["scheme"], match["rest"]
    if scheme in {"postgres", "postgresql"}:
        scheme = "postgresql+psycopg"
    if scheme.startswith("sqlite"):
        path, mark, options = rest.removeprefix("/").partition("?")
        if not rest.startswith("/") or path in {"", ":memory:"}:
            raise ValueError('must name a file, as in "sqlite:///alerter.db"')
        rest = f"/{(folder / path).as_posix()}{mark}{options}"
    return SecretStr(f"{scheme}://{rest}")


def _database_url(secret: SecretStr, info: ValidationInfo) -> SecretStr:
    return _url_from(secret, folder_of(info))


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]


class DatabaseSettings(Table):
    """Where our own records are kept: a SQLite file, or PostgreSQL. The URL may hold a password."""

    url: DatabaseUrl = SecretStr("sqlite:///alerter.db")
    allow_network_file: bool = False

    @field_validator("url")
    @classmethod
    def _is_one_of_ours(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value().partition("://")[0] not in _STORES:
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return url


class SourceSettings(Table):
    """
    Where the assessments come from, and when an extract looks too wrong to act on.

    *columns* maps canonical names to the extract's headings; a preset's name stands for its
    mapping. *list* is which one of an Annex A, *block* which element of a census, the rows come from. A gate
    of 0 is off. What is open and began before *ignore_started_before* is chased nowhere.
    """

    kind: Literal["csv", "workbook", "annex-a", "cin-census", "sql"] = "csv"
    path: FilePath = Path()
    url: DatabaseUrl | None = None
    query: str = ""
    sheet: FilledText | None = None
    list: Literal[4, 5] = 4
    block: Literal["Assessments", "Section47"] = "Assessments"
    columns: dict[Column, FilledText] = Field(default_factory=dict)
    max_age_hours: int = Field(default=72, ge=0)
    max_shrink_percent: int = Field(default=50, ge=0, le=100)
    max_quiet_days: int = Field(default=30, ge=0)
    max_growth_percent: int = Field(default=100, ge=0)
    max_rejected_percent: int = Field(default=20, ge=0, le=100)
    max_reopened_percent: int = Field(default=10, ge=0, le=100)
    hold_unchanged: bool = True
    ignore_started_before: date | None = None

    @field_validator("path")
    @classmethod
    def _is_given_for_files(cls, path: Path, info: ValidationInfo) -> Path:
        kind = info.data.get("kind", "sql")
        if kind != "sql" and path == Path():
            raise ValueError(f'is missing; kind = "{kind}" needs a file, a folder or a pattern')
        return path

    @field_validator("url", "query")
    @classmethod
    def _is_given_for_sql(cls, value: SecretStr | str | None, info: ValidationInfo) -> SecretStr | str | None:
        if info.data.get("kind") == "sql" and not value:
            raise ValueError('is missing; kind = "sql" needs both url and query')
        return value

    @field_validator("list", "block")
    @classmethod
    def _is_of_its_kind(cls, part: int | str, info: ValidationInfo) -> int | str:
        """Refuse a part that the kind has not."""
        kind = "annex-a" if info.field_name == "list" else "cin-census"
        if part in (CONFERENCES_LIST, SECTION_47) and info.data.get("kind", kind) != kind:
            raise ValueError(f'is for kind = "{kind}" alone; leave it out')
        return part

    @property
    def has_conferences(self) -> bool:
        """Say whether the rows are section 47 enquiries, each of which ends with its conference."""
        return self.list == CONFERENCES_LIST or self.block == SECTION_47

    @field_validator("columns", mode="before")
    @classmethod
    def _of_preset(cls, columns: object) -> object:
        """Return the mapping a preset's name stands for; a mapping stays as it is."""
        if not isinstance(columns, str):
            return columns
        if columns not in COLUMN_PRESETS:
            raise ValueError(f"must be a table, or one of the presets {', '.join(COLUMN_PRESETS)}")
        return dict(COLUMN_PRESETS[columns])


class DirectorySettings(Table):
    """Who manages whom: a CSV file or a workbook; *columns* maps our names to its headings."""

    path: FilePath
    columns: dict[DirectoryColumn, FilledText] = Field(default_factory=dict)
