"""The data-quality list: the records a team has to mend, field by field."""

from datetime import date

from alerter.app.installation import Installation
from alerter.domain.quality import QualityFault, quality_faults
from alerter.store import assessments


def quality(installation: Installation, as_of: date | None) -> list[QualityFault]:
    """
    Return what is to mend among the children who have an assessment open, or closed without a sign-off.

    Raises:
        StoreError: The database cannot be used.
    """
    installation.ensure_schema()
    judged_by = as_of or installation.today()
    with installation.database.read() as connection:
        return quality_faults(assessments.of_children_under_way(connection, judged_by), judged_by)
