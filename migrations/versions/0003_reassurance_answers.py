"""reassurance answers: by what means, withdrawn or not, from the extract too, with a trail"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROWS = ("assessments", "staged_assessments")


def upgrade() -> None:
    """Bring the schema to this revision."""
    # Not in batch: that would make SQLite's tables anew, and others refer to their rows.
    for name in ROWS:
        op.add_column(name, sa.Column("reassured_on", sa.Date(), nullable=True))
        op.add_column(
            name, sa.Column("reassured_by", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        op.add_column(name, sa.Column("expected_on", sa.Date(), nullable=True))
    with op.batch_alter_table("reassurances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("means", sa.String(), nullable=False, server_default="command"))
        batch_op.add_column(
            sa.Column(
                "withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="null while it counts"
            )
        )
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(), nullable=False, server_default=""))
        batch_op.create_check_constraint("means", "means IN ('command', 'page', 'import')")
    # What is there already came by the command; from here on nothing goes in without its means.
    with op.batch_alter_table("reassurances", schema=None) as batch_op:
        batch_op.alter_column("means", server_default=None)
        batch_op.alter_column("withdrawn_by", server_default=None)
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor", sa.String(), nullable=False, comment="an address, or as the extract names somebody"
        ),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=True),
        sa.Column("reassurance", sa.Integer(), nullable=True, comment="its number, which outlives it"),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["assessment"], ["assessments.id"], name=op.f("fk_trail_assessment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    with op.batch_alter_table("trail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trail_assessment"), ["assessment"], unique=False)
        batch_op.create_index("ix_trail_actor", ["actor", "act", "at"], unique=False)


def downgrade() -> None:
    """Take the schema back."""
    with op.batch_alter_table("trail", schema=None) as batch_op:
        batch_op.drop_index("ix_trail_actor")
        batch_op.drop_index(batch_op.f("ix_trail_assessment"))
    op.drop_table("trail")
    with op.batch_alter_table("reassurances", schema=None) as batch_op:
        batch_op.drop_constraint("means", type_="check")
        for name in ("withdrawn_by", "withdrawn_at", "means"):
            batch_op.drop_column(name)
    for name in ROWS:
        for column in ("expected_on", "reassured_by", "reassured_on"):
            op.drop_column(name, column)
