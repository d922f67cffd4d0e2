"""The tables, for SQLite and PostgreSQL alike."""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    or_,
    text,
)

from alerter.store.moment import Moment

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
UNSETTLED_STATES = ("queued", "claimed", "marked", "deferred")
OUTBOX_STATES = (
    *UNSETTLED_STATES, "sent", "refused", "unknown", "undelivered", "withdrawn", "superseded"
)  # fmt: skip
RUN_STATES = ("held", "prepared", "done", "undelivered")

REVISION = "0020"  # the migration these tables come from

metadata = MetaData(naming_convention=NAMES)


def _assessment_columns() -> list[Column[Any]]:
    """Make the columns of one assessment, which the stored and the staged ones share."""
    return [
        Column("assessment_id", String, nullable=False),
        Column("child_id", String, nullable=False),
        Column("type", String, nullable=False),
        Column("clock_on", Date, nullable=False),
        Column("started_on", Date),
        Column("referred_on", Date),
        Column("authorised_on", Date),
        Column("cancelled_on", Date),
        Column("closed_on", Date),
        Column("review_on", Date),
        Column("team", String, nullable=False),
        Column("worker", String, nullable=False),
        Column("manager_email", String, nullable=False),
        Column("audit_score", Integer),
        Column("worker_away_until", Date),
        Column("ended_on", Date, comment="first believable end; null is open"),
    ]


def _word_columns() -> list[Column[Any]]:
    """Make the columns of the reassurance that an extract tells of."""
    return [
        Column("reassured_on", Date),
        Column("reassured_by", String, nullable=False, server_default=text("''")),
        Column("expected_on", Date),
    ]


def _later_columns() -> list[Column[Any]]:
    """Make the columns that came later, which stand last in both tables."""
    return [
        Column("submitted_on", Date, comment="handed in for the audit"),
        Column("reason", String, comment="a key of [reasons]; null is what was read before there were any"),
    ]


installation = Table(
    "installation",
    metadata,
    Column("id", String, primary_key=True, comment="part of every Message-ID"),
    Column("created_at", Moment, nullable=False),
    Column("serving_since", Moment, comment="when a service first waited for a send date"),
    Column("council", String, comment="whose settings it is for; null until the first ones are met"),
    Column("first_score_on", Date, comment="when an extract first told a quality audit's score"),
)

syncs = Table(
    "syncs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String, nullable=False),
    Column("source_name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("mapping", String, nullable=False, comment="fingerprint of the column mapping and the clocks"),
    Column("extracted_at", Moment, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("newest_start", Date, comment="the last start not in the future"),
    Column("rows", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("collapsed", Integer, nullable=False),
    Column(
        "other_lines", Integer, nullable=False, server_default=text("0"), comment="lines that are no records"
    ),
    CheckConstraint("state IN ('reading', 'staged', 'applied', 'discarded')", name="state"),
)

rejections = Table(
    "rejections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_id", ForeignKey("syncs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("assessment_id", String, nullable=False),
    Column("child_id", String, nullable=False),
)

unreadable_values = Table(
    "unreadable_values",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_id", ForeignKey("syncs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("field", String, nullable=False, comment="the canonical column"),
    Column("heading", String, nullable=False, comment="what the file calls it"),
    Column("assessment_id", String, nullable=False),
    Column("child_id", String, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    *_assessment_columns(),
    Column("vanished_sync_id", ForeignKey("syncs.id"), comment="the sync that no longer had it"),
    *_word_columns(),
    *_later_columns(),
    UniqueConstraint("assessment_id", "child_id"),
)


def has_no_believable(end: ColumnElement[date]) -> ColumnElement[bool]:
    """Say whether an assessment has no *end* of one kind, or one before its start, which does not count."""
    return or_(end.is_(None), end < assessments.c.clock_on, end < assessments.c.started_on)


_open = assessments.c.ended_on.is_(None)
Index("ix_assessments_open", assessments.c.clock_on, sqlite_where=_open)
_ended = assessments.c.ended_on.is_not(None)
Index("ix_assessments_ended_on", assessments.c.ended_on, sqlite_where=_ended)
_closed_unauthorised = assessments.c.closed_on.is_not(None) & has_no_believable(assessments.c.authorised_on)
Index("ix_assessments_closed_unauthorised", assessments.c.closed_on,
      sqlite_where=_closed_unauthorised)  # fmt: skip
_vanished = assessments.c.vanished_sync_id.is_not(None)
Index("ix_assessments_child_id", assessments.c.child_id)
_authorised = assessments.c.authorised_on.is_not(None)
Index("ix_assessments_authorised_on", assessments.c.authorised_on, assessments.c.audit_score,
      sqlite_where=_authorised)  # fmt: skip
Index("ix_assessments_vanished_sync_id", assessments.c.vanished_sync_id,
      sqlite_where=_vanished)  # fmt: skip

staged_assessments = Table(
    "staged_assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    # No foreign key: a server would check it row by row, and a reading is forgotten after its staged rows.
    Column("sync_id", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    *_assessment_columns(),
    *_word_columns(),
    *_later_columns(),
    Index("ix_staged_assessments_key", "sync_id", "assessment_id", "child_id"),
)

unchanged_rows = Table(
    "unchanged_rows",
    metadata,
    Column("id", Integer, primary_key=True),
    # No foreign keys, as above; what a reading that waits refers to is not deleted.
    Column("sync_id", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("assessment", Integer, nullable=False, comment="as its row in the extract says"),
    Index("ix_unchanged_rows_assessment", "sync_id", "assessment"),
)

missing = Table(
    "missing",
    metadata,
    Column("sync_id", ForeignKey("syncs.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "assessment",
        ForeignKey("assessments.id"),
        primary_key=True,
        comment="open, and in no row that has ids",
    ),
    Index("ix_missing_assessment", "assessment"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_id", ForeignKey("syncs.id"), nullable=False),
    Column("assessment", ForeignKey("assessments.id"), nullable=False, index=True),
    Column("field", String, nullable=False),
    Column("was", String),
    Column("became", String),
)

directory = Table(
    "directory",
    metadata,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("team", String, nullable=False),
    Column("worker", String, nullable=False),
    Column("manager_name", String, nullable=False),
    Column("manager_email", String, nullable=False),
    Column("cover_email", String, nullable=False),
    Column("cover_from", Date),
    Column("cover_until", Date),
    Column("escalate_to", String, nullable=False),
    Column("fault", String, nullable=False, server_default=text("''")),
    Column("cover_read_at", Moment, comment="when this cover was first read"),
)

covers = Table(
    "covers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("manager_email", String, nullable=False),
    Column("cover_email", String, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("means", String, nullable=False),
    Column("ended_at", Moment, comment="null while it counts"),
    Column("ended_by", String, nullable=False),
    CheckConstraint("means IN ('command', 'page')", name="means"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("nation", String, nullable=False),
    Column("version", String, nullable=False),
    Column("first_year", Integer, nullable=False),
    Column("last_year", Integer, nullable=False),
    Column("count_start_day", Boolean, nullable=False),
    Column("days_off", JSON, nullable=False, comment="date, name, source"),
)

working_days = Table(
    "working_days",
    metadata,
    # A number: as dates they would be every birth date too, in a file that is searched for them.
    Column("day", Integer, primary_key=True, autoincrement=False, comment="days since 1 January 1970"),
    Column("passed", Integer, nullable=False, index=True, comment="working days up to this day"),
    Column("behind", Integer, nullable=False, comment="those behind a clock that starts on it"),
)

limits = Table(
    "limits",
    metadata,
    Column("type", String, primary_key=True),
    Column("place", Integer, primary_key=True, comment="0 is the rule of today, 1 the one before"),
    Column("starts_from", String, nullable=False),
    Column("effective_from", Date, comment="null is ever since"),
    Column("working_days", Integer, nullable=False),
    Column("alert_after", Integer, nullable=False),
    Column("calendar", String, nullable=False, comment="fingerprint of the working days kept"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("send_date", Date, nullable=False),
    Column("attempt", Integer, nullable=False, comment="0, and one more for each --again"),
    Column("reason", String, nullable=False, comment="why --again"),
    Column("as_of", Date, nullable=False),
    Column("next_run", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("held_because", JSON, nullable=False, comment="the sentences of the gates that closed"),
    Column("sync_id", ForeignKey("syncs.id")),
    Column("counts", JSON, nullable=False, comment="open, and each stage"),
    Column("teams", JSON, nullable=False, comment="open assessments by team"),
    Column("settings", String, nullable=False, comment="fingerprint of the settings"),
    Column("calendar", String, nullable=False, comment="fingerprint of the calendar"),
    Column("moved", JSON, nullable=False, comment="whose dates a changed calendar moved, from and to"),
    Column("summarised", JSON, nullable=False, comment="the outcomes the admins were last told"),
    Column("prepared_at", Moment, nullable=False),
    Column(
        "is_trial", Boolean, nullable=False, server_default=false(), comment="its digests go into a folder"
    ),
    CheckConstraint(f"state IN {RUN_STATES}", name="state"),
    UniqueConstraint("send_date", "attempt"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("assessment", ForeignKey("assessments.id"), primary_key=True),
    Column("stage", String, nullable=False),
    Column("age", Integer, nullable=False),
    Column("recipient", String, nullable=False),
    Column("covering_for", String, nullable=False, comment="the manager a cover stands in for"),
    Index("ix_alerts_assessment", "assessment"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("assessment", ForeignKey("assessments.id"), primary_key=True),
    Column("weeks", Integer, nullable=False, comment="digests running that chased it"),
    Column("recipient", String, primary_key=True, comment="the service manager told, or who covers"),
    Column("covering_for", String, nullable=False),
    Index("ix_escalations_assessment", "assessment"),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("assessment_id", String, nullable=False),
    Column("child_id", String, nullable=False),
    Column("detail", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False),
    Column("edition", Integer, nullable=False, comment="a summary is written anew when outcomes change"),
    Column("recipient", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("prepared_at", Moment, nullable=False, comment="when its bytes were written"),
    Column("first_prepared_at", Moment, nullable=False, comment="before it was ever written anew"),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("claim_token", String),
    Column("lease_until", Moment),
    Column("marked_at", Moment, comment="just before the final dot"),
    Column("resent_at", Moment, comment="when a person last had it sent again"),
    Column("unanswered", Integer, nullable=False, comment="how often it was sent, and no server answered"),
    Column("deaths", Integer, nullable=False, comment="how often its sender died over it"),
    Column("settled_at", Moment),
    Column("reply", String, nullable=False),
    Column("bounced_at", Moment, comment="when it was learnt that it came back"),
    Column("bounce", String, comment="with which status"),
    # Last, so that SQLite reads the other columns without walking over it.
    Column("body", LargeBinary, comment="the bytes that are sent; removed by retention"),
    CheckConstraint("kind IN ('digest', 'summary', 'note')", name="kind"),
    CheckConstraint(f"state IN {OUTBOX_STATES}", name="state"),
    CheckConstraint(f"(settled_at IS NULL) = (state IN {UNSETTLED_STATES})", name="settled"),
    UniqueConstraint("run_id", "kind", "edition", "recipient"),
)
_unsettled = outbox.c.settled_at.is_(None)
Index("ix_outbox_unsettled", outbox.c.next_attempt_at, sqlite_where=_unsettled)

reassurances = Table(
    "reassurances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", ForeignKey("assessments.id"), nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("means", String, nullable=False),
    Column("withdrawn_at", Moment, comment="null while it counts"),
    Column("withdrawn_by", String, nullable=False),
    CheckConstraint("means IN ('command', 'page', 'import')", name="means"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", ForeignKey("assessments.id"), nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", Text, nullable=False, comment="never mailed"),
    Column("recorded_on", Date, nullable=False, comment="in the council's time zone"),
    Column("recorded_at", Moment, nullable=False),
    Column("means", String, nullable=False),
    Column("withdrawn_at", Moment, comment="null while it counts"),
    Column("withdrawn_by", String, nullable=False),
    CheckConstraint("means IN ('command', 'page')", name="means"),
)

trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String, nullable=False, comment="an address, or as the extract names somebody"),
    Column("means", String, nullable=False),
    Column("act", String, nullable=False),
    Column("assessment", ForeignKey("assessments.id"), index=True),
    Column("reassurance", Integer, comment="its number, which outlives it"),
    Column("detail", String, nullable=False),
    Column("message", Integer, comment="the outbox's number of the message that was sent again"),
    Index("ix_trail_actor", "actor", "act", "at"),
)

audits = Table(
    "audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("assessment", ForeignKey("assessments.id"), nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("audited_on", Date, nullable=False),
    Column("score", Integer, nullable=False, comment="out of 100"),
    Column("scores", JSON, nullable=False, comment="points by criterion; empty where only the sum is known"),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("score BETWEEN 0 AND 100", name="score"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", String, primary_key=True, comment="made by chance, and else only in a cookie"),
    Column("ended_at", Moment, nullable=False),
)


def metadata_on_server() -> MetaData:
    """
    Return the tables as a server has them: under the same conditions, its indexes are partial too.

    They say so here, for naming PostgreSQL's option above would import its dialect for every embedded file.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_kwargs["postgresql_where"] = index.dialect_kwargs.get("sqlite_where")
    return metadata
