"""The records to mend, as the store has them."""

from datetime import date

from sqlalchemy import Connection

from alerter.domain.quality import QualityFault, quality_faults
from alerter.store import assessments, syncs


def records_to_mend(connection: Connection, as_of: date) -> list[QualityFault]:
    """
    Return what is to mend as on *as_of*, what the last reading applied could not believe included.
    """
    read = syncs.latest_applied(connection)
    unreadable = [] if read is None else syncs.unreadable_in(connection, read.id)
    return quality_faults(assessments.of_children_under_way(connection, as_of), as_of, unreadable)
