"""The records to mend, as the store has them."""

from datetime import date

from sqlalchemy import Connection

from alerter.domain.data_exceptions import QualityFault, quality_faults
from alerter.domain.plan import Rules
from alerter.store import assessments, syncs


def records_to_mend(connection: Connection, rules: Rules, as_of: date) -> list[QualityFault]:
    """
    Return what is to mend as on *as_of*, what the last reading applied could not believe included.

    What the *rules* ignore needs no mending.
    """
    read = syncs.latest_applied(connection)
    unreadable = [] if read is None else syncs.unreadable_in(connection, read.id)
    related = assessments.of_children_under_way(connection, as_of)
    return quality_faults([each for each in related if not rules.ignores(each, as_of)], as_of, unreadable)
