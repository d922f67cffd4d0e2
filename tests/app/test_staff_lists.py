"""A staff list that the council has already: its columns are recognised, and what it lacks is listed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from alerter.app.setup import set_up
from tests.sources.workbooks import xlsx
from tests.world.council import Council
from tests.world.exports import TEAMS, caseload, delimited, semicolons
from tests.world.first_hour import asked, fill_in
from tests.world.terminal import alerter

Lines = Sequence[Sequence[object]]
AS_OF = "2026-11-30"
NORTH, SOUTH, EAST, DISABILITIES = TEAMS


def as_csv(folder: Path, lines: Lines) -> Path:
    """Write a staff list as CSV."""
    return delimited(folder / "staff.csv", lines)


def as_workbook(folder: Path, lines: Lines) -> Path:
    """Write a staff list as a workbook."""
    return xlsx(folder / "staff.xlsx", {"Staff": lines})


TEAM_LIST: Lines = [
    ["Heads of the teams", "", "", ""],
    ["Service", "Name of team", "Head", "Team Manager's e-mail"],
    ["Front door", NORTH.replace("&", "and"), "N. Okafor", "n.okafor@council.example"],
    ["Front door", SOUTH.upper(), "S. Lindqvist", "s.lindqvist@council.example"],
    ["Long term", EAST, "E. Achebe", "e.achebe@council.example"],
]


@pytest.mark.parametrize("written", [as_csv, as_workbook])
def test_a_list_with_other_headings_takes_the_place_of_a_directory(
    tmp_path: Path, written: Callable[[Path, Lines], Path]
) -> None:
    """It is named in the settings with its headings; the digests go by it, what it lacks to the fallback."""
    folder = tmp_path / "set-up"
    done = set_up(folder, semicolons(tmp_path, caseload()), written(tmp_path, TEAM_LIST))
    assert [path.name for path in done.files] == ["config.toml"]
    text = (folder / "config.toml").read_text(encoding="utf-8")
    assert 'team = "Name of team"' in text
    assert 'manager_email = "Team Manager\'s e-mail"' in text
    assert f'# Teams of the extract that it lacks: "{DISABILITIES}"' in text
    fill_in(folder)
    council = Council(folder, 0)
    assert alerter(council, "run", "--dry-run", "--as-of", AS_OF, "--json").json["digests"] == 4
    assert "without an address" in alerter(council, "check").out


def test_addresses_that_may_be_the_workers_own_are_asked_for(tmp_path: Path) -> None:
    """A list of workers with one address each does not say whose it is."""
    cases = caseload()
    workers = sorted({(case.worker, case.team) for case in cases})
    lines = [["Name", "Team", "Email"], *((name, team, "w@council.example") for name, team in workers)]
    set_up(tmp_path / "set-up", semicolons(tmp_path, cases), as_csv(tmp_path, lines))
    text = (tmp_path / "set-up" / "config.toml").read_text(encoding="utf-8")
    assert 'worker = "Name"' in text
    assert asked(text)[-1] == "manager_email"
    assert '"Email"; they may be the workers\' own' in text


def test_the_short_titles_of_a_staff_list(tmp_path: Path) -> None:
    """Team managers and heads of service stand under TM and HoS."""
    headings = ["Team Name", "TM Name", "TM Email Address", "HoS E-mail"]
    lines = [headings, *((team, "N. Okafor", "m@council.example", "h@council.example") for team in TEAMS)]
    set_up(tmp_path / "set-up", semicolons(tmp_path, caseload()), as_csv(tmp_path, lines))
    text = (tmp_path / "set-up" / "config.toml").read_text(encoding="utf-8")
    assert 'manager_name = "TM Name"' in text
    assert 'manager_email = "TM Email Address"' in text
    assert 'escalate_to = "HoS E-mail"' in text


def test_the_only_addresses_of_a_list_of_teams_are_the_managers(tmp_path: Path) -> None:
    """No line of it is a worker's."""
    lines = [["Name of team", "Contact"], *((team, "m@council.example") for team in TEAMS)]
    set_up(tmp_path / "set-up", semicolons(tmp_path, caseload()), as_csv(tmp_path, lines))
    text = (tmp_path / "set-up" / "config.toml").read_text(encoding="utf-8")
    assert 'manager_email = "Contact"' in text
    assert "lacks" not in text


def test_a_directory_of_ours_needs_no_headings(tmp_path: Path) -> None:
    """It is named as it is, also without an extract."""
    path = as_csv(tmp_path, [["team", "manager_email"], *((team, "m@council.example") for team in TEAMS)])
    for name, extract in (("with", semicolons(tmp_path, caseload())), ("without", None)):
        set_up(tmp_path / name, extract, path)
        text = (tmp_path / name / "config.toml").read_text(encoding="utf-8")
        assert str(path) in text
        assert "[directory.columns]" not in text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([["A list of 2026", ""], ["HA1 2/3", "x"], ["HA2 2/3", "y"]], "no heading line"),
        ([["Unit", "Head", "Address"], ["A", "B", "m@c.example"]], "names the teams or the workers"),
        ([["Team", "Head"], *((team, "B") for team in TEAMS)], "no column has the addresses"),
    ],
)
def test_a_list_that_does_not_fit_is_refused(tmp_path: Path, lines: Lines, sentence: str) -> None:
    """Exit code 2, and nothing is written."""
    extract, staff = semicolons(tmp_path, caseload()), as_csv(tmp_path, lines)
    council = Council(tmp_path, 0)
    said = alerter(council, "init", tmp_path / "new", "--extract", extract, "--directory", staff)
    assert (said.exit_code, sentence in said.err) == (2, True)
    assert not (tmp_path / "new").exists()


def test_what_was_taken_of_a_list_is_shown(tmp_path: Path) -> None:
    """A table of its columns and of the teams that it lacks, or the same as JSON."""
    extract, staff = semicolons(tmp_path, caseload()), as_csv(tmp_path, TEAM_LIST)
    council = Council(tmp_path, 0)
    table = alerter(council, "init", tmp_path / "a", "--extract", extract, "--directory", staff).out
    assert f"(lacks the team)\t{DISABILITIES}" in table
    more = ("--extract", extract, "--directory", staff, "--json")
    shown = alerter(council, "init", tmp_path / "b", *more).json
    assert shown["directory"]["lacking"] == [DISABILITIES]
    assert {row["column"] for row in shown["directory"]["columns"]} == {"team", "manager_email"}
