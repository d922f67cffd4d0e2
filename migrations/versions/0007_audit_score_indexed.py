"""the index of sign-offs holds the audit's score"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "ix_assessments_authorised_on"
AUTHORISED = sa.text("authorised_on IS NOT NULL")


def upgrade() -> None:
    """Bring the schema to this revision."""
    _make_anew("authorised_on", "audit_score")


def downgrade() -> None:
    """Take the schema back to the revision before."""
    _make_anew("authorised_on")


def _make_anew(*columns: str) -> None:
    op.drop_index(op.f(NAME), table_name="assessments")
    op.create_index(
        op.f(NAME),
        "assessments",
        list(columns),
        unique=False,
        sqlite_where=AUTHORISED,
        postgresql_where=AUTHORISED,
    )
