"""covers recorded here, and since when the directory names one"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column(
        "directory",
        sa.Column(
            "cover_read_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when this cover was first read",
        ),
    )
    op.create_table(
        "covers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("manager_email", sa.String(), nullable=False),
        sa.Column("cover_email", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="null while it counts"),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.CheckConstraint("means IN ('command', 'page')", name=op.f("ck_covers_means")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.drop_table("covers")
    op.drop_column("directory", "cover_read_at")
