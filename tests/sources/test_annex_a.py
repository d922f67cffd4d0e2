"""Annex A: List 4 whatever it is called, joined with Lists 3 and 6, and never another list."""

import os
from datetime import date
from pathlib import Path

import pytest

from alerter.domain.assessment import Assessment, Rejected
from alerter.domain.policy import Clock
from alerter.errors import SourceError
from tests.sources.reading import accepted, opened, refusal, values
from tests.sources.workbooks import Rows, xlsx

FROM_REFERRAL = Clock(
    type="single", label="Single assessment", working_days=45, alert_after=35, starts_from="referred_on"
)
LIST_4 = (
    "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)",
    "Does the Child have a Disability", "Continuous Assessment Start Date",
    "Child Seen During Continuous Assessment", "Continuous Assessment Date of Authorisation",
    "Was the child assessed as requiring LA children\u2019s social care support",
    "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_2 = (
    *LIST_4[:5],
    "Assessment start date",
    "Assessment completion date",
    "Organisation completing assessment",
)
LIST_3 = (*LIST_4[:5], "Date of referral", "Referral Source", "Referral NFA?")
LIST_6 = (
    *LIST_4[:6],
    "CIN Start Date",
    "Primary Need Code",
    "CIN Closure Date",
    "Allocated Team",
    "Allocated Worker",
)
FIFTH = date(2026, 10, 5)


def row_4(child: object, start: object, authorised: object = None) -> Rows:
    """Return a row of List 4, with what is never to be read in between."""
    before, after = ["a) Male", "a) WBRI", date(2015, 2, 1), 11, "b) No"], [None, "Duty", "P. Novak"]
    return [[child, *before, start, "a) Yes", authorised, *after]]


def row_6(child: str, since: date, team: str, worker: str, closed: date | None = None) -> Rows:
    """Return a row of List 6."""
    return [[child, *[None] * 5, since, "N1", closed, team, worker]]


def annex(path: Path, **lists: Rows) -> Path:
    """Write an Annex A with a title above each list, guidance before them and early help between."""
    early_help = [["List 2: Early Help"], LIST_2, ["1", *[None] * 4, FIFTH]]
    sheets: dict[str, Rows] = {"Guidance": [["Give the following"]], "List_2": early_help, **lists}
    return xlsx(path, sheets)


def titled(heading: tuple[str, ...], *rows: Rows) -> Rows:
    """Return a list with its title in row 1 and its headings in row 2."""
    return [["List: a title"], heading, *(row for part in rows for row in part)]


def test_list_4_is_found_by_its_headings(tmp_path: Path) -> None:
    """Whatever the sheet is called; lines are its rows, and nothing of the child but its id is read."""
    path = annex(
        tmp_path / "a.xlsx", Assessments=titled(LIST_4, row_4(1009.0, FIFTH), row_4("7", FIFTH, "01/11/2026"))
    )
    source = opened("annex-a", path)
    rows = list(source.rows())
    assert [line for line, _ in rows] == [3, 4]
    first = accepted(source)[0]
    assert (first.child_id, first.started_on, first.team, first.worker) == ("1009", FIFTH, "Duty", "P. Novak")
    assert first.assessment_id == "1009/2026-10-05"
    assert source.extract.notes == (
        'List 4 from the sheet "Assessments"',
        "no referral dates, as there is no List 3",
        "team and worker from List 4, as there is no List 6",
    )


@pytest.mark.parametrize(
    "headings",
    [
        ("ChildUniqueID", "ContinuousAssessmentStart", "ContinuousAssessmentAuthDate",
         "AllocatedTeam", "AllocatedWorker"),
        ("CHILD UNIQUE ID ", "Continuous Assessment Start date",
         "continuous assessment date of\u00a0authorisation", "Allocated team", "Allocated\nWorker"),
        ("Child Identifier", "ASMT_START_DATE", "ASMT_AUTH_DATE", "Allocated_Team", "Allocated_Worker"),
    ],
)  # fmt: skip
def test_headings_as_councils_write_them(tmp_path: Path, headings: tuple[str, ...]) -> None:
    """From SQL, from hand-made lists and from trimmed templates, in any order."""
    path = xlsx(tmp_path / "a.xlsx", {"x": [headings[::-1], ["P. Novak", "Duty", None, FIFTH, "7"]]})
    (found,) = accepted(opened("annex-a", path))
    assert (found.child_id, found.started_on, found.team, found.worker) == ("7", FIFTH, "Duty", "P. Novak")


def test_the_referral_is_the_latest_on_or_before_the_start(tmp_path: Path) -> None:
    """A later referral is another one's; a date that cannot be read is none."""
    referrals = [
        ("7", date(2026, 10, 6)),
        ("7", date(2026, 10, 1)),
        (7.0, FIFTH),
        ("8", date(2026, 10, 6)),
        ("8", "?"),
    ]
    rows = [[child, *[None] * 4, on] for child, on in referrals]
    path = annex(
        tmp_path / "a.xlsx",
        L4=titled(LIST_4, row_4("7", FIFTH), row_4("8", FIFTH)),
        L3=titled(LIST_3, rows),
    )
    assert [each.referred_on for each in accepted(opened("annex-a", path))] == [FIFTH, None]
    counted, unknown = values(opened("annex-a", path, clock=FROM_REFERRAL))
    assert counted.clock_on == FIFTH  # type: ignore[union-attr]
    assert unknown == Rejected(4, "has no referred_on", "start_missing", "", "8")


def test_a_clock_from_the_referral_needs_list_3(tmp_path: Path) -> None:
    """Counting from the start instead would be another duty."""
    path = annex(tmp_path / "a.xlsx", L4=titled(LIST_4, row_4("7", FIFTH)))
    with pytest.raises(
        SourceError, match=r"a\.xlsx: a clock starts from referred_on, and there is no List 3"
    ):
        opened("annex-a", path, clock=FROM_REFERRAL)


def test_open_work_has_the_team_and_worker_of_list_6(tmp_path: Path) -> None:
    """The latest episode that is not closed counts; what is signed off stays with those who did it."""
    needs = [
        row_6("7", date(2026, 9, 1), "Old", "O. Old"),
        row_6("7", date(2026, 10, 1), "Court", "C. New"),
        row_6("8", date(2026, 10, 1), "Court", "C. New", closed=date(2026, 10, 2)),
        row_6("9", date(2026, 10, 1), "", "C. New"),
    ]
    path = annex(
        tmp_path / "a.xlsx",
        L4=titled(
            LIST_4,
            row_4("7", FIFTH),
            row_4("7", FIFTH, date(2026, 10, 9)),
            row_4("8", FIFTH),
            row_4("9", FIFTH),
        ),
        L6=titled(LIST_6, *needs),
    )
    assert [(each.team, each.worker) for each in accepted(opened("annex-a", path))] == [
        ("Court", "C. New"),
        ("Duty", "P. Novak"),
        ("Duty", "P. Novak"),
        ("Duty", "C. New"),
    ]


def test_columns_of_the_councils_own(tmp_path: Path) -> None:
    """What an analyst added on the right, or called otherwise, is mapped as for any other file."""
    heading = (*LIST_4, "Manager e-mail", "Referred")
    (row,) = row_4("7", FIFTH)
    rows = [heading, [*row, "m.okafor@council.example", date(2026, 10, 1)]]
    referrals = [LIST_3, ["7", *[None] * 4, FIFTH]]
    columns = {"manager_email": "Manager e-mail", "referred_on": "Referred"}
    (found,) = accepted(opened("annex-a", xlsx(tmp_path / "a.xlsx", {"x": rows, "y": referrals}), columns))
    assert (found.manager_email, found.referred_on) == ("m.okafor@council.example", date(2026, 10, 1))


def test_early_help_is_never_list_4(tmp_path: Path) -> None:
    """List 2 has the start of an assessment too, by another name."""
    said = refusal("annex-a", annex(tmp_path / "a.xlsx"))
    assert said.startswith('a.xlsx, sheet "List_2": row 2 has the headings "Child Unique ID", "Gender", ')
    assert said.endswith('If it is another of its sheets, name it as source.sheet: "Guidance", "List_2".')
    alone = xlsx(tmp_path / "b.xlsx", {"List_2": [LIST_2]})
    assert 'started_on ("Continuous Assessment Start Date") is not among them.' in refusal("annex-a", alone)


def test_two_sheets_that_could_be_a_list(tmp_path: Path) -> None:
    """Two of List 4 are refused unless one is named; two of another list are not used, and that is said."""
    four, six = titled(LIST_4, row_4("7", FIFTH)), titled(LIST_6, row_6("7", FIFTH, "Court", "C. New"))
    path = annex(tmp_path / "a.xlsx", L4=four, L4_old=four, L6=six, L6_old=six)
    assert 'the sheets "L4", "L4_old" all have the headings wanted' in refusal("annex-a", path)
    source = opened("annex-a", path, sheet="L4")
    assert accepted(source)[0].team == "Duty"
    assert 'List 6 not used, because more than one sheet could be it: "L6", "L6_old"' in source.extract.notes


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    """What to make of it is for the run."""
    assert values(opened("annex-a", annex(tmp_path / "a.xlsx", L4=titled(LIST_4)))) == []


def test_lists_as_csv_files_of_a_folder(tmp_path: Path) -> None:
    """The newest of each list by the number in its name: 4 is neither 14 nor 40."""
    heading = ",".join(f'"{each}"' for each in LIST_4)
    files = {
        "Ofsted List 4 - Assessments.csv": (
            f"{heading}\n7,,,,,,05/10/2026,,,,Duty,P. Novak\n8,,,,,,05/10/2026,,,,,,x\n"
        ),
        "Ofsted List 4 - old.csv": f"{heading}\n1,,,,,,05/10/2020,,,,Duty,\n",
        "List_3.csv": "Child Unique ID,Date of referral\n7,01/10/2026\n",
        "List_40.csv": "x\n",
        "List-6.csv": "Child Unique ID,CIN Start Date,Allocated Team\n7,01/10/2026,Court\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    os.utime(tmp_path / "Ofsted List 4 - old.csv", (1, 1))
    source = opened("annex-a", tmp_path)
    found, shifted = values(source)
    assert (found.child_id, found.team, found.referred_on) == ("7", "Court", date(2026, 10, 1))  # type: ignore[union-attr]
    assert isinstance(shifted, Rejected)
    assert "cells for" in shifted.reason
    assert source.extract.name == "Ofsted List 4 - Assessments.csv"
    alone = opened("annex-a", tmp_path / "Ofsted List 4 - Assessments.csv")
    assert alone.extract.sha256 != source.extract.sha256


def test_the_newest_workbook_of_a_folder_comes_before_csv(tmp_path: Path) -> None:
    """A folder with neither says what it lacks."""
    assert refusal("annex-a", tmp_path) == (
        f"neither a workbook nor a CSV file with List 4 in its name was found in {tmp_path} (a folder): "
        "put the Annex A there, or correct the path."
    )
    annex(tmp_path / "a.xlsx", L4=titled(LIST_4, row_4("7", FIFTH)))
    (tmp_path / "List 4.csv").write_text("x\n", encoding="utf-8")
    assert opened("annex-a", tmp_path).extract.name == "a.xlsx"


def test_month_first_dates_of_list_3_refuse_the_file(tmp_path: Path) -> None:
    """None of its other dates can be trusted either."""
    path = annex(
        tmp_path / "a.xlsx",
        L4=titled(LIST_4, row_4("7", FIFTH)),
        L3=titled(LIST_3, [["7", *[None] * 4, "10/25/2026"]]),
    )
    assert refusal("annex-a", path) == (
        'a.xlsx, line 3 of List 3 or 6: the column "Date of referral" has a date with the month first; '
        "export it as YYYY-MM-DD or DD/MM/YYYY."
    )


def test_an_unreadable_row_of_list_4_is_judged_as_any_other(tmp_path: Path) -> None:
    """The join leaves judging to the row's reader; what has no readable sign-off is open."""
    path = annex(
        tmp_path / "a.xlsx",
        L4=titled(LIST_4, row_4("7", "TBC"), row_4("1.07E+07", FIFTH), row_4("7", FIFTH, "TBC")),
        L6=titled(LIST_6, row_6("7", FIFTH, "Court", "C. New")),
    )
    *others, kept = values(opened("annex-a", path))
    assert [(type(value), value.line) for value in others] == [(Rejected, 3), (Rejected, 4)]  # type: ignore[union-attr]
    assert isinstance(kept, Assessment)
    assert (kept.authorised_on, kept.team, kept.worker) == (None, "Court", "C. New")
