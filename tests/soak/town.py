"""A council with so many managers, on a database of its own and a mail server that takes everything."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.caseload import MONDAY, row
from tests.world.council import Council
from tests.world.ledger import Ledger
from tests.world.process import Process, command

ASSESSMENTS_EACH = 2
PATIENCE_SECONDS = 300
LAST_TRIES = 5
LOOK = 1  # the exit code where a person has to look


@dataclass(frozen=True, slots=True)
class Town:
    """A folder with settings, directory and extract; *expected* says whose digest lists which assessments."""

    folder: Path
    ledger: Ledger
    expected: dict[str, set[str]]

    def start(self, *arguments: object) -> Process:
        """Start a command of `alerter` here."""
        return command(self.folder, *arguments)

    def deliver(self) -> Process:
        """Start a sender of what is owed."""
        return self.start("deliver")

    def run(self) -> Process:
        """Start the weekly job."""
        return self.start("run", "--as-of", MONDAY)

    def finish(self) -> None:
        """
        Do what is left of the weekly job, undisturbed, until nothing is owed and it says so.

        A server may need a moment to notice that a client is dead, so the last word may need a second try.
        Where two senders died over one marked message, a person has to look, and it says that.
        """
        for _ in range(LAST_TRIES):
            last = self.run().ended()
            if self.ledger.is_settled():
                break
        left = Counter(self.ledger.outcomes().values())["unknown"]
        assert last.exit_code == (LOOK if left else 0), last
        assert [run.state for run in self.ledger.runs()] == ["undelivered" if left else "done"]


@contextmanager
def town(folder: Path, url: str, port: int, managers: int, **changes: object) -> Iterator[Town]:
    """Settle a town in *folder*: so many *managers* with two assessments each, all past their alert day."""
    council = Council(folder, port)
    council.configure(database__url=url, **changes)
    council.directory()
    expected: dict[str, set[str]] = {}
    rows = []
    usual = row(0)
    for number in range(managers * ASSESSMENTS_EACH):
        manager = f"m{number // ASSESSMENTS_EACH:04d}@council.example"
        ids = {"assessment_id": f"A-{10_000 + number}", "child_id": f"C{50_000 + number}"}
        rows.append({**usual, **ids, "manager_email": manager})
        expected.setdefault(manager, set()).add(ids["assessment_id"])
    council.extract(rows)
    with Ledger(url) as ledger:
        yield Town(folder, ledger, expected)
