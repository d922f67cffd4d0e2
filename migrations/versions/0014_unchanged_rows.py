"""rows of a reading that are in the store just so, by their numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "unchanged_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sync_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False, comment="as its row in the extract says"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unchanged_rows")),
    )
    op.create_index("ix_unchanged_rows_assessment", "unchanged_rows", ["sync_id", "assessment"], unique=False)


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_index("ix_unchanged_rows_assessment", table_name="unchanged_rows")
    op.drop_table("unchanged_rows")
