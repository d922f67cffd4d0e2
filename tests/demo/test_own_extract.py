"""The demonstration on a council's own extract: the whole first hour in one folder, and nobody is mailed."""

from pathlib import Path

from tests.world.council import Council
from tests.world.exports import SECRET, TEAMS, caseload, delimited, mosaic, semicolons
from tests.world.process import Said
from tests.world.terminal import alerter


def demo(extract: Path, out: Path) -> Said:
    """Run the demonstration on an *extract*, as on 30 November 2026."""
    arguments = ("--extract", extract, "--out", out, "--as-of", "2026-11-30")
    return alerter(Council(out, 0), "demo", *arguments)


def test_the_whole_hour_on_ones_own_extract(tmp_path: Path) -> None:
    """What was recognised, what `check` says, the run into a folder, and the page with the digests."""
    cases, out = caseload(), tmp_path / "hour"
    path = semicolons(tmp_path, cases)
    said = demo(path, out)
    assert said.exit_code == 0
    count = sum(case.authorised is None for case in cases)
    assert "authorised_on\tDate authorised by manager\t" in said.out
    assert f"Weekly run as of 2026-11-30: done; {count} open, " in said.out
    assert said.out.splitlines()[-1] == f"Open {(out / 'look' / 'index.html').as_uri()}"
    assert len(list((out / "look").glob("*.html"))) == 1 + len(TEAMS)
    assert len(list((out / "outgoing").glob("*.eml"))) == 1 + len(TEAMS)
    assert SECRET not in said.out + said.err
    assert demo(path, out).exit_code == 0


def test_without_a_certain_sign_off_everything_counts_as_open(tmp_path: Path) -> None:
    """It says so, and where to name the column."""
    cases, out = caseload(), tmp_path / "hour"
    said = demo(mosaic(tmp_path, cases), out)
    assert said.exit_code == 0
    assert f"{len(cases)} open, " in said.out
    assert "No column was certain to be the manager's sign-off" in said.err
    assert str(out / "config.toml") in said.err


def test_what_is_needed_and_cannot_be_told_ends_it(tmp_path: Path) -> None:
    """The sentence names the column and the headings that it could be."""
    rows = [(7_000_000 + row, "2026-11-02", "MASH") for row in range(9)]
    path = delimited(tmp_path / "odd.csv", [["Key", "Assessment started", "Team"], *rows])
    said = demo(path, tmp_path / "hour")
    assert said.exit_code == 2
    why = 'child_id cannot be told ("Key"; by its values alone it is not certain)'
    assert f"which column is {why}" in said.err


def test_the_page_is_served_for_the_made_up_borough_alone(tmp_path: Path) -> None:
    """Both options at once are a slip."""
    said = alerter(Council(tmp_path, 0), "demo", "--extract", tmp_path / "x.csv", "--serve")
    assert (said.exit_code, "--serve goes with the made-up borough alone" in said.err) == (2, True)
