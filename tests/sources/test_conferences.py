"""Section 47 enquiries: List 5 of Annex A and the census's blocks, from strategy discussion to conference."""

from datetime import date
from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from tests.sources.reading import SAMPLES, accepted, needs_samples, opened, values
from tests.sources.test_annex_a import FIFTH, LIST_3, LIST_4, LIST_6, annex, row_4, row_6, titled
from tests.sources.test_census import OPEN, census, child
from tests.sources.workbooks import Rows

ICPC = Clock(type="icpc", label="Initial conference", working_days=15, alert_after=10)
LIST_5 = (
    *LIST_4[:6],
    "Strategy discussion initiating Section 47 Enquiry Start Date",
    "Was an Initial Child Protection Conference deemed unnecessary?",
    "Date of Initial Child Protection Conference",
    "Did the Initial Child Protection Conference Result in a Child Protection Plan",
    "Number of Section 47 Enquiries in the last 12 months",
    "Number of ICPCs in the last 12 months",
    "Allocated Team",
    "Allocated Worker",
)
HELD = date(2026, 10, 20)


def row_5(child_id: str, unnecessary: object = None, conference: object = None) -> Rows:
    """Return a row of List 5 whose strategy discussion was on 5 October."""
    return [[child_id, *[None] * 5, FIFTH, unnecessary, conference, None, 0, 0, "Duty", "P. Novak"]]


def enquiry(*elements: tuple[str, str]) -> str:
    """Return a block of a census that began on 5 October."""
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in elements)
    return f"<Section47><S47ActualStartDate>2026-10-05</S47ActualStartDate>{inside}</Section47>"


def ends(assessment: Assessment) -> tuple[str, date | None, date | None]:
    """Return whose it is, when its conference was, and when it ended without one."""
    assert (assessment.started_on, assessment.clock_on, assessment.type) == (FIFTH, FIFTH, "icpc")
    return assessment.child_id, assessment.authorised_on, assessment.cancelled_on


ENDS = [("1", None, None), ("2", HELD, None), ("3", None, FIFTH), ("4", HELD, None), ("5", None, None)]


def test_list_5_is_read_by_its_number(tmp_path: Path) -> None:
    """The conference is what ends it; where none is necessary it ends at once, unless one was held."""
    rows = (
        *row_5("1"), *row_5("2", "b) No", HELD), *row_5("3", "a) Yes"), *row_5("4", "a) Yes", HELD),
        *row_5("5", "b) No"),
    )  # fmt: skip
    four, three = titled(LIST_4, row_4("9", FIFTH)), titled(LIST_3, [["1", *[None] * 4, date(2026, 10, 1)]])
    six = titled(LIST_6, row_6("1", FIFTH, "North", "A. Okafor"))
    path = annex(tmp_path / "a.xlsx", L4=four, L5=titled(LIST_5, list(rows)), L3=three, L6=six)
    source = opened("annex-a", path, clock=ICPC, has_conferences=True)
    found = accepted(source)
    assert [ends(each) for each in found] == ENDS
    assert source.extract.notes == (
        'List 5 from the sheet "L5"', "team and worker of what is open from List 6",
    )  # fmt: skip
    assert (found[0].referred_on, found[0].team, found[0].worker) == (date(2026, 10, 1), "North", "A. Okafor")
    assert (found[1].team, found[1].assessment_id) == ("Duty", "2/2026-10-05")
    assert source.table.columns.heading_of("cancelled_on") == LIST_5[7]
    assert [each.child_id for each in accepted(opened("annex-a", path))] == ["9"]


def test_list_5_as_a_csv_file_of_a_folder(tmp_path: Path) -> None:
    """Found by its number; a folder with List 4 alone is refused, and the sentence says which is wanted."""
    (tmp_path / "List 4.csv").write_text(",".join(LIST_4) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="a CSV file with List 5 in its name"):
        opened("annex-a", tmp_path, clock=ICPC, has_conferences=True)
    lines = [",".join(LIST_5), "1,,,,,,05/10/2026,b) No,20/10/2026,a) Yes,0,0,Duty,P. Novak"]
    (tmp_path / "List 5.csv").write_text("\n".join(lines), encoding="utf-8")
    found = accepted(opened("annex-a", tmp_path, clock=ICPC, has_conferences=True))
    assert [ends(each) for each in found] == [("1", HELD, None)]


def test_a_missing_heading_of_list_5_is_named(tmp_path: Path) -> None:
    """With its list's number, so that nobody looks in List 4."""
    path = annex(tmp_path / "a.xlsx", L5=titled((*LIST_5[:8], "Conference date", *LIST_5[9:]), row_5("1")))
    with pytest.raises(SourceError, match="Where List 5 calls it otherwise, map it"):
        opened("annex-a", path, clock=ICPC, has_conferences=True)
    mapped = {"authorised_on": "Conference date"}
    assert accepted(opened("annex-a", path, mapped, clock=ICPC, has_conferences=True))[0].child_id == "1"


def test_section_47_blocks_of_a_census(tmp_path: Path) -> None:
    """One row a block; a date of the episode's own, before or behind them, is no conference of theirs."""
    held, needed, not_needed = (
        ("DateOfInitialCPC", "2026-10-20"), ("ICPCnotRequired", "false"), ("ICPCnotRequired", "true"),
    )  # fmt: skip
    of_episode = "<DateOfInitialCPC>2026-10-09</DateOfInitialCPC>"
    blocks = (
        of_episode + enquiry(("InitialCPCtarget", "2026-10-26"), needed) + of_episode,
        enquiry(held, needed), OPEN + enquiry(not_needed) + OPEN, enquiry(not_needed, held), enquiry(),
    )  # fmt: skip
    children = (child(block, str(number)) for number, block in enumerate(blocks, 1))
    path = census(tmp_path / "c.xml", *children)
    found = accepted(opened("cin-census", path, clock=ICPC, has_conferences=True))
    assert [ends(each) for each in found] == ENDS
    assert {each.referred_on for each in found} == {date(2026, 10, 1)}
    assert [each.child_id for each in accepted(opened("cin-census", path))] == ["3", "3"]


@needs_samples
def test_samples() -> None:
    """Four enquiries, one of them without a strategy discussion; and one of a census, with its conference."""
    path = SAMPLES / "annex-a" / "annexa_example.xlsx"
    rows = values(opened("annex-a", path, clock=ICPC, has_conferences=True))
    assert [isinstance(row, Rejected) for row in rows].count(True) == 1
    assert len(rows) == 4
    path = SAMPLES / "cin-census-xml" / "d2i_CIN_Census_2024.xml"
    held = accepted(opened("cin-census", path, clock=ICPC, has_conferences=True))
    assert (date(2022, 6, 2), date(2022, 6, 17)) in [(each.started_on, each.authorised_on) for each in held]
