"""working days and limits, by which the views for other programs count"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision; the views themselves are made after all steps."""
    op.create_table(
        "working_days",
        sa.Column(
            "day", sa.Integer(), autoincrement=False, nullable=False, comment="days since 1 January 1970"
        ),
        sa.Column("passed", sa.Integer(), nullable=False, comment="working days up to this day"),
        sa.Column("behind", sa.Integer(), nullable=False, comment="those behind a clock that starts on it"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_days")),
    )
    op.create_index(op.f("ix_working_days_passed"), "working_days", ["passed"], unique=False)
    op.create_table(
        "limits",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="0 is the rule of today, 1 the one before"),
        sa.Column("starts_from", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True, comment="null is ever since"),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("alert_after", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False, comment="fingerprint of the working days kept"),
        sa.PrimaryKeyConstraint("type", "place", name=op.f("pk_limits")),
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_table("limits")
    op.drop_table("working_days")
