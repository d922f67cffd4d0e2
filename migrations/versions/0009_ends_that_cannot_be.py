"""ends before the start do not count; faults of the directory; what is missing from the extract, in the history"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEX = "ix_assessments_closed_unauthorised"
UNAUTHORISED = "authorised_on IS NULL"
UNBELIEVED = "authorised_on IS NULL OR authorised_on < clock_on OR authorised_on < started_on"
OTHER_ENDS = ("cancelled_on", "closed_on")
TABLES = [
    sa.table(
        name,
        sa.column("id", sa.Integer),
        *(
            sa.column(each, sa.Date)
            for each in ("clock_on", "started_on", "authorised_on", *OTHER_ENDS, "ended_on")
        ),
    )
    for name in ("assessments", "staged_assessments")
]


def upgrade() -> None:
    """Bring the schema to this revision."""
    _find_ends(believed_always=())
    _make_index(UNBELIEVED)
    op.add_column(
        "directory",
        sa.Column("fault", sa.String(), nullable=False, server_default=sa.text("''")),
    )
    op.execute(
        "INSERT INTO changes (sync_id, assessment, field, was, became)"
        " SELECT vanished_sync_id, id, 'extract', 'there', 'missing' FROM assessments"
        " WHERE vanished_sync_id IS NOT NULL"
    )


def downgrade() -> None:
    """Take the schema back to the revision before."""
    op.execute("DELETE FROM changes WHERE field = 'extract'")
    op.drop_column("directory", "fault")
    _make_index(UNAUTHORISED)
    _find_ends(believed_always=OTHER_ENDS)


def _make_index(is_left_open: str) -> None:
    op.drop_index(op.f(INDEX), table_name="assessments")
    where = sa.text(f"closed_on IS NOT NULL AND ({is_left_open})")
    op.create_index(
        op.f(INDEX), "assessments", ["closed_on"], unique=False, sqlite_where=where, postgresql_where=where
    )


def _find_ends(believed_always: tuple[str, ...]) -> None:
    """Work out anew when those ended whose cancellation or closure lies before the start."""
    connection = op.get_bind()
    for table in TABLES:
        columns = table.c
        starts = (columns.clock_on, columns.started_on)
        is_odd = sa.or_(*(columns[end] < start for end in OTHER_ENDS for start in starts))
        for row in connection.execute(sa.select(table).where(is_odd)).all():
            ended_on = _first_end(row, believed_always)
            connection.execute(sa.update(table).where(columns.id == row.id).values(ended_on=ended_on))


def _first_end(row: Any, believed_always: tuple[str, ...]) -> date | None:
    begun = max(start for start in (row.clock_on, row.started_on) if start is not None)
    ends = {name: getattr(row, name) for name in ("authorised_on", *OTHER_ENDS)}
    return min(
        (on for name, on in ends.items() if on is not None and (name in believed_always or on >= begun)),
        default=None,
    )
