"""A manager's reassurance, checked and recorded."""

from datetime import date

from alerter.app.installation import Installation
from alerter.domain.address import is_address, is_in_domains
from alerter.domain.policy import Reassurance
from alerter.errors import ConfigError
from alerter.pipeline.prepare import found
from alerter.store import reassurances


def reassure(
    installation: Installation, assessment_id: str, child_id: str | None, given: Reassurance, *, note: str
) -> int:
    """
    Record *given* for the open assessments of one id; return for how many children.

    Raises:
        ConfigError: The address is none or not allowed, a date is out of order, or nothing open has this id.
    """
    today = installation.today()
    if faults := _faults(given, installation.rules.allowed_domains, today):
        raise ConfigError(faults)
    installation.ensure_schema()
    with installation.database.write() as connection:
        matching = found(connection, assessment_id, child_id, today)
        still_open = [each.number for each in matching if each.is_open]
        if not still_open:
            raise ConfigError(
                ["no open assessment in the store has this id: check it, or run `alerter sync`."]
            )
        for number in still_open:
            reassurances.record(connection, number, given, note=note, now=installation.now())
    return len(still_open)


def _faults(given: Reassurance, allowed_domains: tuple[str, ...], today: date) -> list[str]:
    faults = {
        "--by: write one plain email address, such as a.manager@council.example.": not is_address(given.by),
        "--by: the address lies outside allowed_domains.": not is_in_domains(given.by, allowed_domains),
        "--on: a manager cannot have looked in the future.": given.given_on > today,
        "--expected: the day lies before the manager looked.": given.expected_on < given.given_on,
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]
