"""How long what is no longer needed is kept."""

from pydantic import Field

from alerter.config.table import Table

CENTURY_DAYS = 36_525


class RetentionSettings(Table):
    """
    Days after which something may go: the text of settled messages and of rejected rows, the ledger of a run
    and requests for links, and an assessment that has ended.
    """

    message_days: int = Field(default=14, ge=1, le=365)
    run_days: int = Field(default=730, ge=90, le=CENTURY_DAYS)
    assessment_days: int = Field(default=2190, ge=365, le=CENTURY_DAYS)
