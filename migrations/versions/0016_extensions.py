"""extensions: what a manager authorised beyond the limit"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, comment="never mailed"),
        sa.Column("recorded_on", sa.Date(), nullable=False, comment="in the council's time zone"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="null while it counts"),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.CheckConstraint("means IN ('command', 'page')", name=op.f("ck_extensions_means")),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name=op.f("fk_extensions_assessment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_assessment"), "extensions", ["assessment"], unique=False)


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_table("extensions")
