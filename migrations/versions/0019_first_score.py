"""the day on which an extract first told a quality audit's score"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision; where scores are known they are taken for as old as the readings."""
    op.add_column(
        "installation",
        sa.Column(
            "first_score_on",
            sa.Date(),
            nullable=True,
            comment="when an extract first told a quality audit's score",
        ),
    )
    op.execute(
        "UPDATE installation SET first_score_on = (SELECT date(min(read_at)) FROM syncs) "
        "WHERE EXISTS (SELECT 1 FROM assessments WHERE audit_score IS NOT NULL)"
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_column("installation", "first_score_on")
