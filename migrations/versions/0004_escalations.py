"""escalations, and for whom a cover was told"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("covering_for", sa.String(), nullable=True, comment="the manager a cover stands in for")
        )
    op.execute("UPDATE alerts SET covering_for = ''")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.alter_column(
            "covering_for",
            existing_type=sa.String(),
            nullable=False,
            existing_comment="the manager a cover stands in for",
        )
    op.create_table(
        "escalations",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False, comment="digests running that chased it"),
        sa.Column(
            "recipient", sa.String(), nullable=False, comment="the service manager told, or who covers"
        ),
        sa.Column("covering_for", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name=op.f("fk_escalations_assessment")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_escalations_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "assessment", "recipient", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index("ix_escalations_assessment", ["assessment"], unique=False)
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assessments_authorised_on",
            ["authorised_on"],
            unique=False,
            sqlite_where=sa.text("authorised_on IS NOT NULL"),
            postgresql_where=sa.text("authorised_on IS NOT NULL"),
        )


def downgrade() -> None:
    """Take the schema back."""
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assessments_authorised_on",
            sqlite_where=sa.text("authorised_on IS NOT NULL"),
            postgresql_where=sa.text("authorised_on IS NOT NULL"),
        )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index("ix_escalations_assessment")

    op.drop_table("escalations")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_column("covering_for")
