"""Refuses the days for which nothing is mailed: too far ahead, or overtaken by a later run."""

from datetime import date

from alerter.domain.schedule import AHEAD
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import runs

TOO_FAR_AHEAD = "lies more than seven days ahead, and nothing is mailed for that yet"
ANY_DAY = "`alerter run --dry-run` and `alerter preview` may look at any day."


def refuse_too_far_ahead(of: Installation, as_of: date) -> None:
    """
    Refuse a day for which nothing is mailed yet.

    Raises:
        ConfigError: *as_of* lies more than seven days ahead.
    """
    if as_of > of.today() + AHEAD:
        raise ConfigError([f"--as-of {as_of} {TOO_FAR_AHEAD}; {ANY_DAY}"])


def refuse_overtaken(of: Installation, as_of: date) -> None:
    """
    Refuse to mail for a send date before the latest run's: those people have had the later digest.

    Raises:
        ConfigError: A later send date than that of *as_of* has its run.
    """
    send_date = of.rules.schedule.due_on_or_before(as_of)
    with of.database.read() as connection:
        later = runs.later(connection, send_date)
    if later is None:
        return
    said = f"run {later.id} is for {later.send_date}, so nothing is mailed for {send_date} any more"
    if later.prepared_at > of.now():
        said += "; it was prepared after this machine's today, so set the clock right"
    raise ConfigError([f"{said}; {ANY_DAY}"])
