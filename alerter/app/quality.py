"""The data-quality list: the records a team has to mend, field by field."""

from datetime import date

from alerter.domain.quality import QualityFault
from alerter.installation.installation import Installation
from alerter.pipeline.mending import records_to_mend


def quality(installation: Installation, as_of: date | None) -> list[QualityFault]:
    """
    Return what is to mend among the children who have an assessment open, closed without a
    sign-off, or with a value that cannot be read.

    Raises:
        StoreError: The database cannot be used.
    """
    installation.ensure_schema()
    judged_by = as_of or installation.today()
    with installation.database.read() as connection:
        return records_to_mend(connection, installation.rules, judged_by)
