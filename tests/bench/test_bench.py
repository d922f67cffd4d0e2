"""The measurements still run: small sizes, whatever peers are installed."""

import pytest

from bench.__main__ import main


@pytest.mark.no_cover
def test_every_measurement_still_gives_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Each heading is followed by a table in which alerter stands; the page itself is not written."""
    main(is_quick=True)
    said = capsys.readouterr().out
    tables = {part.partition("\n")[0]: part for part in said.split("\n## ")[1:]}
    assert list(tables) == [
        "Working days", "Reading a workbook", "An extract into the store",
        "The week behind ever more history", "Digests", "Sending", "The weekly job and its rivals",
        "A Monday morning", "Commands",
    ]  # fmt: skip
    assert all("|---|" in table or "not installed" in table for table in tables.values())
    assert "| cut-off | alerter |" in tables["Working days"]
    assert "| first sync |" in tables["An extract into the store"]
    assert "| one row changed |" in tables["An extract into the store"]
    assert "| 5,000 |" in tables["An extract into the store"]
    assert "| 2,500 | alerter status |" in tables["The week behind ever more history"]
    assert "| Welsh | 20 |" in tables["Digests"]
    assert "| SQLite, synchronous=FULL, a server that answers at once |" in tables["Sending"]
    assert "| alerter status |" in tables["Commands"]
