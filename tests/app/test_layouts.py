"""Over two hundred layouts a heading is taken rightly or left to be asked: none is ever taken wrongly."""

from collections import Counter
from pathlib import Path

import pytest

from alerter.app.setup import set_up
from alerter.sources.recognition.synonyms import column_called
from tests.world.council import Council
from tests.world.exports import SECRET
from tests.world.layouts import HEADINGS, LaidOut, laid_out
from tests.world.terminal import alerter

LAYOUTS, AT_ONCE = 200, 20


@pytest.mark.parametrize("first", range(0, LAYOUTS, AT_ONCE))
def test_no_column_is_mapped_wrongly_and_nothing_of_a_child_written(tmp_path: Path, first: int) -> None:
    """Many are mapped, the others are blank; neither file has a name, a birth date or a note."""
    counts: Counter[str] = Counter()
    for seed in range(first, first + AT_ONCE):
        layout = laid_out(tmp_path, seed)
        done = set_up(tmp_path / str(seed), layout.path)
        assert done.extract is not None
        taken = done.extract.mapping.taken
        meant = {name: layout.meanings[column.column.heading] for name, column in taken.items()}
        assert meant == {name: name for name in taken}, seed
        counts.update("mapped" if name in taken else "blank" for name in HEADINGS)
        for file in done.files:
            assert secrets_in(file.read_text(encoding="utf-8"), layout) == []
    assert counts["mapped"] * 3 > counts.total()


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["table", "json"])
def test_nothing_of_a_child_is_printed(tmp_path: Path, more: list[str]) -> None:
    """Of none of ten layouts, be it as a table or as JSON."""
    for seed in range(LAYOUTS, LAYOUTS + 10):
        layout = laid_out(tmp_path, seed)
        said = alerter(Council(tmp_path, 0), "init", tmp_path / str(seed), "--extract", layout.path, *more)
        assert said.exit_code == 0
        assert secrets_in(said.out + said.err, layout) == []


def test_most_headings_of_the_layouts_are_held_back() -> None:
    """What is tried is not only the table itself: half of the headings are not in it."""
    headings = [(name, heading) for name, names in HEADINGS.items() for heading in names]
    known = [heading for name, heading in headings if column_called(heading) == name]
    assert len(known) * 2 <= len(headings)


def secrets_in(text: str, layout: LaidOut) -> list[str]:
    """Return what *text* has of a child, a manager or a note."""
    born = {form for case in layout.cases for form in (f"{case.born:%d/%m/%Y}", case.born.isoformat())}
    return [secret for secret in (SECRET, *born) if secret in text]
