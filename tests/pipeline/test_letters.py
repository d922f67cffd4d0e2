"""A digest that cannot be written: the others go, its assessments go to the fallback, and it is told."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from alerter.domain.routing import Recipient
from alerter.errors import PartitionError
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import RunRequest, prepare
from alerter.store import alerts, runs
from alerter.store.runs import Run
from tests.world.stored_council import AS_OF, FALLBACK, NORTH, NOW, SOUTH, Council, row, writer

WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=3, team="Unlisted")]


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Makes no link for some recipients, so that their digests cannot be written: what a slip does to one."""

    recipients: tuple[str, ...]
    error: type[Exception] = ZeroDivisionError

    def __call__(self, _installation: str, _run: int, recipient: Recipient, _dated_at: datetime) -> str:
        """Return no link, or fail."""
        if recipient.email in self.recipients:
            raise self.error("child 91 has a name in it")
        return ""


def prepare_torn(council: Council, *recipients: str, error: type[Exception] = ZeroDivisionError) -> Run:
    """Prepare the week with a writer that fails for some *recipients*."""
    torn = replace(writer(), answer_link=Unwritable(recipients, error))
    with council.database.write() as connection:
        run = prepare(connection, Basis(council.rules, torn, NOW), RunRequest(AS_OF))
    assert run is not None
    return run


def test_one_that_cannot_be_written_goes_to_the_fallback(council: Council) -> None:
    """North's digest fails: South's and the fallback's go, and the fallback's holds North's work."""
    council.read(WEEK)
    run = prepare_torn(council, NORTH.manager_email)
    letters = {each.recipient: each for each in council.letters()}
    assert sorted(letters) == sorted([FALLBACK, SOUTH.manager_email])
    assert "A-1  child 91" in letters[FALLBACK].text
    with council.database.read() as connection:
        found = {each.kind: each for each in runs.exceptions_of(connection, run.id)}
        assert set(alerts.recipients_of(connection, run.id).values()) == set(letters)
    assert found["render_failed"].assessment_id == "A-1"
    assert found["render_failed"].detail == (
        "their manager's digest could not be written (ZeroDivisionError)"
    )
    assert run.counts["open"] == 3


@pytest.mark.parametrize(
    "recipients", [(FALLBACK,), (NORTH.manager_email, SOUTH.manager_email, FALLBACK)], ids=["fallback", "all"]
)
def test_nothing_goes_when_the_fault_is_everybodys(council: Council, recipients: tuple[str, ...]) -> None:
    """The fallback's own digest is the last resort; without it, and with none at all, the run fails."""
    council.read(WEEK)
    with pytest.raises(ZeroDivisionError):
        prepare_torn(council, *recipients)
    assert council.letters() == []


def test_a_digest_that_shows_the_wrong_rows_stops_everything(council: Council) -> None:
    """What was planned is not what is shown: then no digest can be trusted."""
    council.read(WEEK)
    with pytest.raises(PartitionError):
        prepare_torn(council, NORTH.manager_email, error=PartitionError)
    assert council.letters() == []
