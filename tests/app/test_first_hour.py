"""From a council's own export to the first preview: what `init --extract` writes, and what it leaves."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from alerter.app.setup import set_up
from tests.world.council import Council
from tests.world.exports import EXPORTS, SECRET, SIGN_OFFS, TEAMS, Case, annex_a, caseload, census, mosaic
from tests.world.first_hour import address_teams, fill_in
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
    assert (single["preset"], single["clock"]) == (
        "england-single",
        "started_on, as there is no date of referral",
    )
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
