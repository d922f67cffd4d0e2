"""A digest that cannot be written: the others go, its assessments go to the fallback, and it is told."""

from dataclasses import dataclass, field

import pytest

from alerter.domain.digest import Digest
from alerter.errors import PartitionError
from alerter.mail.message import Rendered
from alerter.mail.run_facts import RunFacts
from alerter.mail.writer import Press, Renderer
from alerter.pipeline.prepare import prepare
from alerter.store import runs
from alerter.store.runs import Run
from tests.pipeline.council import AS_OF, FALLBACK, NORTH, NOW, SOUTH, Council, press, row

WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=3, team="Unlisted")]


class Unwritable(Renderer):
    """Fails for some recipients, with an error of its own kind: what a template's slip does to one digest."""

    def __init__(self, *recipients: str, error: type[Exception] = ZeroDivisionError) -> None:
        super().__init__()
        self._recipients = recipients
        self._error = error

    def digest(self, digest: Digest, facts: RunFacts, link: str = "") -> Rendered:
        """Return a digest, or fail."""
        if digest.recipient.email in self._recipients:
            raise self._error("child 91 has a name in it")
        return super().digest(digest, facts, link)


@dataclass(frozen=True, slots=True)
class Torn:
    """What is prepared with a press that fails for some."""

    council: Council
    renderer: Renderer = field(default_factory=Renderer)

    def prepare(self) -> Run:
        """Prepare the week."""
        torn = Press(press().stationery, self.renderer)
        with self.council.database.write() as connection:
            run = prepare(connection, self.council.rules, torn, as_of=AS_OF, now=NOW)
        assert run is not None
        return run


def test_one_that_cannot_be_written_goes_to_the_fallback(council: Council) -> None:
    """North's digest fails: South's and the fallback's go, and the fallback's holds North's work."""
    council.read(WEEK)
    run = Torn(council, Unwritable(NORTH.manager_email)).prepare()
    letters = {each.recipient: each for each in council.letters()}
    assert sorted(letters) == sorted([FALLBACK, SOUTH.manager_email])
    assert "A-1  child 91" in letters[FALLBACK].text
    with council.database.read() as connection:
        found = {each.kind: each for each in runs.exceptions_of(connection, run.id)}
        assert set(runs.recipients_of(connection, run.id).values()) == set(letters)
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
        Torn(council, Unwritable(*recipients)).prepare()
    assert council.letters() == []


def test_a_digest_that_shows_the_wrong_rows_stops_everything(council: Council) -> None:
    """What was planned is not what is shown: then no digest can be trusted."""
    council.read(WEEK)
    with pytest.raises(PartitionError):
        Torn(council, Unwritable(NORTH.manager_email, error=PartitionError)).prepare()
    assert council.letters() == []
