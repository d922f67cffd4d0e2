"""
Hostile extracts of every kind, made by hand and by damage: accepted in full or refused, within limits.

Some 25 of them in the suite, others with each row of the matrix. All 250:

    ALERTER_SOAK=1 python -m pytest tests/faults/test_hostile_files.py

`make soak` runs it with the other long ones.
"""

from pathlib import Path

import pytest

from tests.faults.hostile_files import at_random, by_hand
from tests.faults.limited_reader import read_limited
from tests.world.size import IS_SOAK

DAMAGED = 200
STRIDE = 1 if IS_SOAK else 10


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[str, Path]]:
    """Make the files, each in a folder of its own."""
    makes = [*by_hand(), *(at_random(number) for number in range(DAMAGED))]
    assert len(makes) >= 200
    made = []
    for number in range(0, len(makes), STRIDE):
        folder = tmp_path / str(number)
        folder.mkdir()
        made.append(makes[number](folder))
    return made


def test_hostile_files_are_accepted_in_full_or_refused(
    files: list[tuple[str, Path]], migrated_file: Path
) -> None:
    """Rows in are stored, collapsed or rejected, or else nothing stays; 2 s of CPU and 256 MB at most."""
    readings = read_limited(files, migrated_file)
    faults = {str(path): reading.fault() for (_, path), reading in zip(files, readings, strict=True)}
    assert {path: fault for path, fault in faults.items() if fault} == {}
    assert {reading.is_refused for reading in readings} == {True, False}
