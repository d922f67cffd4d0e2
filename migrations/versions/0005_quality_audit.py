"""quality audit, and why an assessment is done"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("assessments", "staged_assessments")
REASON = "a key of [reasons]; null is what was read before there were any"


def upgrade() -> None:
    """Bring the schema to this revision."""
    for table in TABLES:
        op.add_column(
            table, sa.Column("submitted_on", sa.Date(), nullable=True, comment="handed in for the audit")
        )
        op.add_column(table, sa.Column("reason", sa.String(), nullable=True, comment=REASON))
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("audited_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False, comment="out of 100"),
        sa.Column(
            "scores",
            sa.JSON(),
            nullable=False,
            comment="points by criterion; empty where only the sum is known",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_audits_score")),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name=op.f("fk_audits_assessment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_assessment"), "audits", ["assessment"], unique=False)


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_index(op.f("ix_audits_assessment"), table_name="audits")
    op.drop_table("audits")
    for table in TABLES:
        op.drop_column(table, "reason")
        op.drop_column(table, "submitted_on")
