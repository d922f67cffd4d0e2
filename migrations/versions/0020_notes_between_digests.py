"""notes between two digests, which the outbox sends beside digests and summaries"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WAS = "kind IN ('digest', 'summary')"
IS = "kind IN ('digest', 'summary', 'note')"


def upgrade() -> None:
    """Bring the schema to this revision."""
    _check(IS)


def downgrade() -> None:
    """Take the schema back to the revision before, in which there are no notes."""
    op.execute("DELETE FROM outbox WHERE kind = 'note'")
    _check(WAS)


def _check(condition: str) -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_kind"), condition)
