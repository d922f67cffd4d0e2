"""delivery that lasts: messages written anew, withdrawn, superseded or bounced"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAS = "'queued', 'claimed', 'marked', 'deferred', 'sent', 'refused', 'unknown', 'undelivered'"
BECOMES = f"{WAS}, 'withdrawn', 'superseded'"


def _after(column: str) -> dict[str, str]:
    """Say where a column goes in the table that SQLite makes anew: before the bodies, which are long."""
    return {"insert_after": column} if op.get_bind().dialect.name == "sqlite" else {}


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("installation") as batch_op:
        batch_op.add_column(
            sa.Column(
                "serving_since",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when a service first waited for a send date",
            )
        )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("prepared_at", comment="when its bytes were written")
        batch_op.add_column(
            sa.Column(
                "first_prepared_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="before it was ever written anew",
            ),
            **_after("prepared_at"),
        )
        batch_op.add_column(
            sa.Column("deaths", sa.Integer(), nullable=True, comment="how often its sender died over it"),
            **_after("was_resent"),
        )
        batch_op.add_column(
            sa.Column(
                "bounced_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when it was learnt that it came back",
            ),
            **_after("reply"),
        )
        batch_op.add_column(
            sa.Column("bounce", sa.String(), nullable=True, comment="with which status"),
            **_after("bounced_at"),
        )
        batch_op.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_state"), f"state IN ({BECOMES})")
    op.execute("UPDATE outbox SET first_prepared_at = prepared_at, deaths = 0")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("first_prepared_at", nullable=False)
        batch_op.alter_column("deaths", nullable=False)


def downgrade() -> None:
    """Take the schema back."""
    op.execute("UPDATE outbox SET state = 'undelivered' WHERE state IN ('withdrawn', 'superseded')")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_state"), f"state IN ({WAS})")
        for name in ("bounce", "bounced_at", "deaths", "first_prepared_at"):
            batch_op.drop_column(name)
        batch_op.alter_column("prepared_at", comment=None)
    with op.batch_alter_table("installation") as batch_op:
        batch_op.drop_column("serving_since")
