"""A quality audit, checked and recorded."""

from datetime import date

from alerter.domain.address import is_address, is_in_domains
from alerter.domain.audit import FULL_MARKS, Audit, Criterion, FilledForm, fill_in
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import assessments, audits


def form(installation: Installation) -> tuple[Criterion, ...]:
    """
    Return the criteria of the audit form, in the settings' order; none where it is not configured.
    """
    return installation.settings.quality_audit.form()


def filled_in(installation: Installation, entered: dict[str, str]) -> FilledForm:
    """
    Return what *entered* makes of the form: points, the score so far, and what is still wrong.

    Raises:
        ConfigError: There is no form in the settings.
    """
    criteria = form(installation)
    if not criteria:
        raise ConfigError(["[quality_audit.criteria] lists no criteria: write them there, or give --score."])
    return fill_in(criteria, entered)


def audit(
    installation: Installation, assessment_id: str, child_id: str | None, given: Audit, on: date | None = None
) -> int:
    """
    Record an audit, *on* a day or today, for the assessments of one id; return for how many children.

    Raises:
        ConfigError: The address is none or not allowed, the day lies in the future, the score is none, or
            nothing in the store has this id.
    """
    audited_on = on or installation.today()
    if faults := _faults(installation, given, audited_on):
        raise ConfigError(faults)
    installation.ensure_schema()
    with installation.database.write() as connection:
        matching = assessments.find(connection, assessment_id, child_id)
        if not matching:
            raise ConfigError(["no assessment in the store has this id: check it, or run `alerter sync`."])
        for number in matching:
            audits.record(connection, number, given, audited_on=audited_on, now=installation.now())
    return len(matching)


def _faults(installation: Installation, given: Audit, on: date) -> list[str]:
    faults = {
        "--by: write one plain email address, such as a.manager@council.example.": not is_address(given.by),
        "--by: the address lies outside allowed_domains.": not is_in_domains(
            given.by, installation.rules.allowed_domains
        ),
        "--on: an audit cannot have been in the future.": on > installation.today(),
        f"--score: must be from 0 to {FULL_MARKS}.": not 0 <= given.score <= FULL_MARKS,
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]
