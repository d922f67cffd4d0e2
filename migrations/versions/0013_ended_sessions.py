"""sessions of the page that were left"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "ended_sessions",
        sa.Column(
            "id",
            sa.String(),
            nullable=False,
            comment="made by chance, and else only in a cookie",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_sessions")),
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_table("ended_sessions")
