"""What commands and pages that record something of an assessment share: reasons, faults, what is open."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from alerter.domain.address import is_address, is_in_domains
from alerter.domain.reasons import Reasons
from alerter.domain.reassurance import Fault
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import StoredAssessment, stored_under

OPTIONS = {
    Fault.LOOKED_IN_FUTURE: "--on",
    Fault.EXPECTED_BEFORE_LOOKING: "--expected",
    Fault.LOOKED_BEFORE_START: "--on",
    Fault.UNKNOWN_REASON: "--reason",
    Fault.NOTE_TOO_LONG: "--note",
    Fault.NOTE_NOT_ONE_LINE: "--note",
}
NOTHING_TO_UNDO = (
    "--undo: nothing that this address recorded for this id within the last hour stands; "
    "record a new one instead."
)


def reasons_of(installation: Installation) -> Reasons:
    """Return the reasons a manager may give."""
    return Reasons(installation.settings.reassurance.reasons)


def open_under(
    installation: Installation, connection: Connection, assessment_id: str, child_id: str | None
) -> list[StoredAssessment]:
    """
    Return the open assessments of one id, or only *child_id*'s.

    Raises:
        ConfigError: There is none.
    """
    matching = stored_under(connection, assessment_id, child_id, installation.today())
    still_open = [stored for stored in matching if stored.is_open]
    if not still_open:
        raise ConfigError(["no open assessment in the store has this id: check it, or run `alerter sync`."])
    return still_open


def address_faults(installation: Installation, option: str, address: str) -> Iterator[str]:
    """Yield why the address given with an *option* can be nobody's here."""
    if not is_address(address):
        yield f"{option}: write one plain email address, such as a.manager@council.example."
    if not is_in_domains(address, installation.rules.allowed_domains):
        yield f"{option}: the address lies outside allowed_domains."


def sentences_of(faults: Iterable[Fault], reasons: Reasons) -> Iterator[str]:
    """Yield each fault as a sentence that names its option."""
    for fault in faults:
        known = f"; write one of {reasons.listed}" if fault is Fault.UNKNOWN_REASON else ""
        yield f"{OPTIONS[fault]}: {fault.value}{known}."
