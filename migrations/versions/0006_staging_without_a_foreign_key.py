"""staged rows without a foreign key, which a server checked row by row"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = "fk_staged_assessments_sync_id"


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("staged_assessments") as table:
        table.drop_constraint(op.f(KEY), type_="foreignkey")


def downgrade() -> None:
    """Take the schema back to the revision before."""
    with op.batch_alter_table("staged_assessments") as table:
        table.create_foreign_key(op.f(KEY), "syncs", ["sync_id"], ["id"], ondelete="CASCADE")
