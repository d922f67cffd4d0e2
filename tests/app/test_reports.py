"""The report from the store: the same figures as the digests of that day, and nothing about a child."""

import csv
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerter.app.reports import figures, write_report
from alerter.errors import ConfigError
from tests.world.letters import text_of
from tests.world.office import AS_OF, DAYS, NEXT, NORTH, Office, row

TYPES = {"assessments__core__target_percent": 81, "assessments__core__audit_pass_mark": 80}


def signed(number: int, on: date, days: int, **changed: object) -> dict[str, object]:
    """Return a row that was signed off *on* a day, so many working days after its start."""
    started_on = DAYS.latest_start(on, days).isoformat()
    return row(f"A-{number}", started_on=started_on, authorised_on=on.isoformat(), **changed)


def rows() -> list[dict[str, object]]:
    """
    Return three months of sign-offs, a slip, and what is open on 23 November 2009: one of three overdue.
    """
    months = ((date(2009, 9, 18), 8), (date(2009, 10, 16), 10), (date(2009, 11, 13), 7))
    done = [
        signed(100 * place + number, on, 36 if number == 0 else 20)
        for place, (on, count) in enumerate(months, start=1)
        for number in range(count)
    ]
    slip = row("A-9", started_on="2009-10-05", authorised_on="2009-10-02")
    return [*done, slip, row("A-1", days=40), row("A-2", days=3)]


def read(office: Office, **changes: object) -> object:
    """Read the rows into the store."""
    office.extract(*rows())
    weekly = office.weekly(**TYPES | changes)
    weekly.sync()
    return weekly.of


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_the_table_is_the_contracts(office: Office) -> None:
    """A header, a row a month, and a total; the slip before its start is in none."""
    of = office.open(**TYPES)
    read(office)
    out = office.folder / "report.csv"
    write_report(of, None, AS_OF, out)
    found = table(out)
    assert list(found[0]) == ["type", "month", "authorised", "in_time", "percent", "target_percent"]
    assert [(each["month"], each["authorised"], each["in_time"], each["percent"]) for each in found] == [
        ("2009-09", "8", "7", "87.50"), ("2009-10", "10", "9", "90.00"), ("2009-11", "7", "6", "85.71"),
        ("total", "25", "22", "88.00"),
    ]  # fmt: skip
    write_report(of, date(2009, 10, 16), date(2009, 10, 16), out)
    assert [each["authorised"] for each in table(out)] == ["10", "10"]


def test_the_open_and_overdue_stand_beside(office: Office) -> None:
    """What the digest of that day counts as open and overdue is what the report does."""
    office.extract(*rows())
    weekly = office.weekly(**TYPES)
    counts = weekly.run(AS_OF).counts
    found = figures(weekly.of, None, AS_OF)
    assert (found.open, found.overdue) == (counts["open"], counts["overdue"]) == (3, 1)
    letter = text_of(office.sent(NORTH["manager_email"])[0])
    assert "88% of 25 in time (target 81%)" in " ".join(letter.split())


@pytest.mark.parametrize("name", ["report.html", "report.HTML", "report.docx"])
def test_papers_hold_no_child_and_no_small_number(office: Office, name: str) -> None:
    """Neither id of an assessment or child, nor a count from 1 to 5 of late ones."""
    of = read(office)
    out = office.folder / name
    write_report(of, None, AS_OF, out)  # type: ignore[arg-type]
    text = out.read_bytes().decode("utf-8", errors="replace")
    if name.endswith("docx"):
        text = zipfile.ZipFile(out).read("word/document.xml").decode()
    assert "Sampleford" in text
    assert "A-301" not in text
    assert "9301" not in text
    assert "22 November 2009 18:05" in text
    assert ">c<" in text


def test_a_report_cannot_look_ahead(office: Office) -> None:
    """A last day to come is today; a first one after it is a slip."""
    of = office.open(**TYPES)
    read(office)
    ahead = of.today() + timedelta(days=90)
    assert figures(of, None, ahead) == figures(of, None, None)
    with pytest.raises(ConfigError, match="--from: the day lies after --to"):
        figures(of, NEXT, AS_OF)


def test_an_empty_store_has_a_report(office: Office) -> None:
    """Before anything was read there is nothing to tell, and that is told."""
    of = office.open(**TYPES)
    out = office.folder / "report.html"
    write_report(of, None, None, out)
    assert "No extract has been read yet." in out.read_text(encoding="utf-8")
    assert figures(of, None, None).rows == (("core", "total", "0", "0", "", "81"),)


def test_another_ending_is_refused(office: Office) -> None:
    """The three that can be written are named."""
    with pytest.raises(ConfigError, match=r"--out: .* one of \.html, \.csv, \.docx"):
        write_report(office.open(), None, None, office.folder / "report.pdf")
