"""Lines that are no records close no eye; a row that names nobody leaves what is gone open, and told."""

from alerter.sources.source import open_source
from alerter.store import runs
from alerter.store.syncs import Sync
from tests.world.stored_council import CLOCKS, Council, row

FOOTERS = ("Grand Total,3", "(3 rows affected)", "-----------", "")


def read(council: Council, *ids: str, below: tuple[str, ...] = ()) -> Sync:
    """Read an extract of these assessments with some lines *below* them."""
    source = council.extract([row(each) for each in ids])
    path = council.folder / source.extract.name
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(below), encoding="utf-8")
    return council.sync(open_source("csv", path, {}, CLOCKS)).sync


def told(council: Council) -> list[tuple[str, str]]:
    """Return the exceptions of a fresh run."""
    run = council.prepare(again="to see")
    with council.database.read() as connection:
        return [(each.kind, each.assessment_id) for each in runs.exceptions_of(connection, run.id)]


def test_what_is_gone_has_vanished_beside_footers(council: Council) -> None:
    """Week after week, and they are counted apart."""
    read(council, "A-1", "A-2", below=FOOTERS)
    done = read(council, "A-1", below=FOOTERS)
    assert (done.rows, done.rejected, done.other_lines, done.vanished) == (1, 0, 3, 1)
    assert told(council) == [("vanished", "A-2")]


def test_what_is_gone_beside_a_row_that_names_nobody_is_missing(council: Council) -> None:
    """It is chased, and an exception for as long as such a row stands there; then it has vanished."""
    read(council, "A-1", "A-2")
    done = read(council, "A-1", below=("A-2,92,Kim, aged 7", *FOOTERS))
    assert (done.rows, done.rejected, done.other_lines, done.vanished) == (2, 1, 3, 0)
    assert told(council) == [("missing", "A-2")]
    assert council.prepare(again="to count").counts["open"] == 2
    assert read(council, "A-1", below=FOOTERS).vanished == 1
    assert told(council) == [("vanished", "A-2")]
