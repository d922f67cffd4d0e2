"""values that cannot be read, assessments that are missing, and lines that are no records"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column(
        "syncs",
        sa.Column(
            "other_lines",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="lines that are no records",
        ),
    )
    op.create_table(
        "unreadable_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False, comment="the canonical column"),
        sa.Column("heading", sa.String(), nullable=False, comment="what the file calls it"),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("child_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sync_id"], ["syncs.id"], name=op.f("fk_unreadable_values_sync_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreadable_values")),
    )
    op.create_index(op.f("ix_unreadable_values_sync_id"), "unreadable_values", ["sync_id"], unique=False)
    op.create_table(
        "missing",
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False, comment="open, and in no row that has ids"),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name=op.f("fk_missing_assessment")),
        sa.ForeignKeyConstraint(
            ["sync_id"], ["syncs.id"], name=op.f("fk_missing_sync_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sync_id", "assessment", name=op.f("pk_missing")),
    )
    op.create_index("ix_missing_assessment", "missing", ["assessment"], unique=False)


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_index("ix_missing_assessment", table_name="missing")
    op.drop_table("missing")
    op.drop_index(op.f("ix_unreadable_values_sync_id"), table_name="unreadable_values")
    op.drop_table("unreadable_values")
    op.drop_column("syncs", "other_lines")
