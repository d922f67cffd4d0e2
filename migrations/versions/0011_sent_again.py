"""messages sent again until answered or by a person; runs into a folder; whose database it is"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

WAS = "1 after an unknown outcome was sent again"
IS = "how often it was sent, and no server answered"


def upgrade() -> None:
    """Bring the schema to this revision."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("was_resent", new_column_name="unanswered", comment=IS)
        batch_op.add_column(
            sa.Column(
                "resent_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when a person last had it sent again",
            ),
            **({"insert_after": "marked_at"} if is_sqlite else {}),
        )
    op.add_column(
        "installation",
        sa.Column(
            "council", sa.String(), comment="whose settings it is for; null until the first ones are met"
        ),
    )
    op.add_column(
        "runs",
        sa.Column(
            "is_trial",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="its digests go into a folder",
        ),
    )
    op.add_column(
        "trail",
        sa.Column("message", sa.Integer(), comment="the outbox's number of the message that was sent again"),
    )
    # What was put into a folder says so in its reply: no mail server answers with these words.
    op.execute(
        "UPDATE runs SET is_trial = true WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.run_id = runs.id "
        "AND outbox.state = 'sent' AND outbox.reply LIKE 'written to %.eml')"
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_column("trail", "message")
    op.drop_column("runs", "is_trial")
    op.drop_column("installation", "council")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("resent_at")
        batch_op.alter_column("unanswered", new_column_name="was_resent", comment=WAS)
