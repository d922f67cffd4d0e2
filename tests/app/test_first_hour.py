"""From a council's own export to the first preview: what `init --extract` writes, and what it leaves."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from alerter.app.first_settings import NOT_NAMED
from alerter.app.setup import set_up
from alerter.cli.init import NO_PRESET
from alerter.config.input import COLUMN_PRESETS
from tests.sources.workbooks import xlsx
from tests.world.council import Council
from tests.world.exports import (
    EXPORTS,
    READ_ON,
    SECRET,
    SIGN_OFFS,
    TEAMS,
    Case,
    annex_a,
    caseload,
    census,
    delimited,
    mosaic,
)
from tests.world.first_hour import address_teams, asked, fill_in
from tests.world.process import Said
from tests.world.terminal import alerter

AS_OF = "2026-11-30"
MOST_KEYS = 8

Export = Callable[[Path, Sequence[Case]], Path]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.__name__)
def test_from_an_export_to_a_right_preview(tmp_path: Path, export: Export) -> None:
    """At most eight keys and one address a team by hand; then every open assessment is judged."""
    cases = caseload()
    folder = tmp_path / "set-up"
    set_up(folder, export(tmp_path, cases))
    sign_off = SIGN_OFFS.get(export.__name__, "")
    assert fill_in(folder, authorised_on=sign_off) <= MOST_KEYS
    teams = address_teams(folder)
    assert teams == ([] if export is census else sorted(TEAMS))

    judged = run(folder, "run", "--dry-run", "--as-of", AS_OF, "--json").json
    open_cases = [case for case in cases if case.authorised is None]
    assert judged["source"]["rejected"] == 0
    assert judged["assessments"]["open"] == len({identity(case, export) for case in open_cases})
    assert judged["digests"] == (1 if export is census else len(TEAMS))
    run(folder, "preview", "--as-of", AS_OF, "--out", tmp_path / "look")
    assert (tmp_path / "look" / "index.html").is_file()


def identity(case: Case, export: Export) -> object:
    """Return what makes two rows one assessment: without an id of its own, the child and its clock do."""
    if export is census:
        return case.child, case.referred
    return (case.child, case.started) if export is annex_a else case.number


def run(folder: Path, *arguments: object) -> Said:
    """Return what a command says that goes well."""
    said = alerter(Council(folder, 0), *arguments)
    assert said.exit_code == 0, said.err
    return said


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.__name__)
def test_nothing_of_a_child_is_written_or_printed(tmp_path: Path, export: Export) -> None:
    """Neither names, birth dates, genders nor notes: not in the files, the tables or the JSON."""
    cases = caseload()
    path = export(tmp_path, cases)
    table = run(tmp_path, "init", tmp_path / "a", "--extract", path)
    as_json = run(tmp_path, "init", tmp_path / "b", "--extract", path, "--json")
    written = [file.read_text(encoding="utf-8") for file in (tmp_path / "a").iterdir()]
    assert len(written) == 2
    for text in (table.out, table.err, as_json.out, *written):
        assert SECRET not in text
        assert not any(str(case.born) in text or f"{case.born:%d/%m/%Y}" in text for case in cases)


def test_a_clock_whose_date_is_missing_is_said(tmp_path: Path) -> None:
    """Annex A has no referral date without its List 3: the clock starts from the start, and it says why."""
    path = annex_a(tmp_path, caseload())
    shown = run(tmp_path, "init", tmp_path / "new", "--extract", path, "--json").json
    (single,) = shown["types"]
    assert (single["preset"], single["clock"]) == ("england-single", "started_on")
    assert single["why"] == "there is no date of referral"
    text = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    assert 'clock = "started_on" ' in text
    assert "there is no date of referral" in text


def test_a_worker_of_two_teams_has_a_line_of_his_own(tmp_path: Path) -> None:
    """Without a team, and without an address until somebody fills it in."""
    set_up(tmp_path / "new", mosaic(tmp_path, caseload()))
    lines = (tmp_path / "new" / "directory.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [f"{team},,,,,,," for team in sorted(TEAMS)] + [",W. Orker-D,,,,,,"]


def test_what_the_settings_hold(tmp_path: Path) -> None:
    """Some forty lines, nothing of another council, no pass mark, and a first run that mails nobody."""
    set_up(tmp_path / "set-up", mosaic(tmp_path, caseload()))
    text = (tmp_path / "set-up" / "config.toml").read_text(encoding="utf-8")
    assert 30 <= len(text.splitlines()) <= 50
    assert "Harrow" not in text
    assert "pass_mark" not in text
    assert 'transport = "folder"' in text
    assert 'authorised_on = "" ' in text
    assert '"Completed On"' in text.split("authorised_on")[1].splitlines()[0]
    assert "Target Date" not in text.split("authorised_on")[1].splitlines()[0]


def test_types_are_named_where_several_children_have_them(tmp_path: Path) -> None:
    """One whose preset cannot be told stays a comment with its count; a note in its place is never shown."""
    cases = caseload()
    odd = dict.fromkeys((0, 3, 6), "Carers assessment") | {9: f"{SECRET} rang", 12: "Core"}
    rows = [
        (case.child, case.started, "", odd.get(index, case.type), case.team)
        for index, case in enumerate(cases)
    ]
    headings = ("Child ID", "Assessment start date", "Authorised date", "Assessment type", "Team")
    path = delimited(tmp_path / "types.csv", [headings, *rows])
    said = run(tmp_path, "init", tmp_path / "new", "--extract", path)
    text = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    assert '# Rejected, as no preset could be told: "Carers assessment", 3 rows' in text
    assert f"Carers assessment\t3\t\t\t{NO_PRESET}\n" in said.out
    assert "Core\t1\tengland-core\tstarted_on\t\n" in said.out
    assert f"# 1 row of other types: {NOT_NAMED}" in text
    assert f"(not named)\t1\t\t\t{NOT_NAMED}\n" in said.out
    assert SECRET not in said.out + text


def test_what_is_not_found_is_named(tmp_path: Path) -> None:
    """An extract without a team's heading is no silent matter: all of it would go to the fallback."""
    rows = [(case.child, case.started, case.authorised or "", case.team) for case in caseload()]
    headings = ("Child ID", "Assessment start date", "Authorised date", "Primary Organisation")
    said = run(
        tmp_path, "init", tmp_path / "new", "--extract", delimited(tmp_path / "a.csv", [headings, *rows])
    )
    text = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    for name in ("assessment_id", "team", "worker"):
        assert f"{name}\tnot found\t" in said.out
        assert f"# {name} = none found; " in text
    assert "alert after day 35, from the start\n" in text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("Postcode", "Phone", "Colour"), ("HA1", "x", "red")], "no column could be a child's id"),
        ([("Child ID", "Assessment start date", "Team")], "has no rows below its headings"),
        ([("A-1", "50001", "2026-10-12"), ("A-2", "50002", "2026-10-13")], "no heading line"),
    ],
)
def test_what_cannot_be_told_writes_nothing(
    tmp_path: Path, lines: Sequence[Sequence[str]], sentence: str
) -> None:
    """Exit code 2, with what to do."""
    path = delimited(tmp_path / "odd.csv", lines)
    said = alerter(Council(tmp_path, 0), "init", tmp_path / "new", "--extract", path)
    assert (said.exit_code, sentence in said.err) == (2, True)
    assert not (tmp_path / "new").exists()


def test_two_sheets_that_could_be_the_one_write_nothing(tmp_path: Path) -> None:
    """They are named; a sheet of referrals beside the assessments is told from them."""
    headings = ("Child ID", "Assessment start date", "Authorised date", "Team")
    data = [headings, *((case.child, case.started, case.authorised, case.team) for case in caseload())]
    referrals = [("Child ID", "Referral date", "Team", "Worker"), (1, READ_ON, "North", "A. Worker")]
    sheets = {"2025": data, "2026": data, "Referrals": referrals}
    path = xlsx(tmp_path / "a.xlsx", sheets)
    said = alerter(Council(tmp_path, 0), "init", tmp_path / "new", "--extract", path)
    assert said.exit_code == 2
    assert 'each of the sheets "2025", "2026" could hold the assessments' in said.err
    assert not (tmp_path / "new").exists()
    set_up(tmp_path / "new", xlsx(tmp_path / "b.xlsx", {"Data": data, "Referrals": referrals}))
    assert 'sheet = "Data" ' in (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")


def test_what_cannot_be_opened_writes_nothing(tmp_path: Path) -> None:
    """A file that is not there, and a page of the web under a workbook's name: exit code 3."""
    page = tmp_path / "page.xls"
    page.write_text("<html></html>", encoding="utf-8")
    for path in (tmp_path / "missing.csv", page):
        said = alerter(Council(tmp_path, 0), "init", tmp_path / "new", "--extract", path)
        assert said.exit_code == 3
        assert not (tmp_path / "new").exists()


def test_a_published_layout_counts_as_told(tmp_path: Path) -> None:
    """All of Mosaic's headings are there, so its completion date is the sign-off: five keys are asked."""
    layout = COLUMN_PRESETS["mosaic"]
    values = {
        "assessment_id": "number", "child_id": "child", "type": "type", "referred_on": "referred",
        "started_on": "started", "authorised_on": "authorised", "team": "team", "worker": "worker",
    }  # fmt: skip
    rows = [[getattr(case, values[name]) for name in layout] for case in caseload()]
    set_up(tmp_path / "new", delimited(tmp_path / "mosaic.csv", [list(layout.values()), *rows]))
    text = (tmp_path / "new" / "config.toml").read_text(encoding="utf-8")
    assert 'authorised_on = "COMPLETED_ON"' in text
    assert len(asked(text)) == 5
    assert text.count("the published layout mosaic") == len(layout)
