"""The commands one sets up with: init, check, preview and the demonstration."""

import io
import json
from contextlib import redirect_stderr
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from alerter.cli.output import print_rows, print_table, reading
from alerter.config.file import example_settings, load_settings
from alerter.errors import ConfigError
from alerter.sources.directory import read_directory
from tests.world.first_hour import fill_in
from tests.world.mail_server import free_port
from tests.world.office import AS_OF, Office, row, today
from tests.world.terminal import alerter, drawn


def test_init_writes_settings_to_fill_in(office: Office) -> None:
    """Five keys are asked for; with them the settings load, and the folder for extracts is there."""
    result = alerter(office, "init", office.folder / "new")
    new = office.folder / "new"
    assert result.exit_code == 0
    assert result.out.splitlines() == [f"Wrote {new / 'config.toml'}", f"Wrote {new / 'directory.csv'}"]
    assert "alerter check" in result.err
    with pytest.raises(ConfigError, match="council: must not be blank"):
        load_settings(new / "config.toml", {})
    assert fill_in(new) == 5
    assert load_settings(new / "config.toml", {}).source.path == new / "extracts" / "assessments.csv"
    assert read_directory(new / "directory.csv") == []
    assert (new / "extracts").is_dir()


def test_init_writes_the_whole_example(office: Office) -> None:
    """Every setting with its notes, under its own name, and nothing else."""
    new = office.folder / "new"
    assert alerter(office, "init", new, "--example").out == f"Wrote {new / 'config.example.toml'}\n"
    assert (new / "config.example.toml").read_text(encoding="utf-8") == example_settings()
    assert [path.name for path in new.iterdir()] == ["config.example.toml"]
    assert alerter(office, "init", new, "--example").exit_code == 2
    assert alerter(office, "init", new, "--example", "--extract", "x.csv").exit_code == 2


@pytest.mark.parametrize("name", ["config.toml", "directory.csv"])
def test_init_never_overwrites(office: Office, name: str) -> None:
    """Where one of the files is there already, none is written."""
    folder = office.folder / "new"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")
    refused = alerter(office, "init", folder)
    assert refused.exit_code == 2
    assert refused.err == f"alerter: {folder / name} exists already and is not overwritten.\n"
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text(encoding="utf-8") == "mine"


def test_init_names_every_file_that_is_there(office: Office) -> None:
    """Both at once, where both are there."""
    alerter(office, "init", office.folder / "new")
    refused = alerter(office, "init", office.folder / "new")
    assert refused.exit_code == 2
    assert len(refused.err.splitlines()) == 2


def test_check_of_what_is_in_order(office: Office) -> None:
    """Lines for each part, those that need a look first, and exit code 0; the same in JSON."""
    office.extract(row("A-1", as_of=today()))
    result = alerter(office, "check")
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert result.exit_code == 0
    assert lines[0] == ["section", "state", "text"]
    states = [line[1] for line in lines[1:]]
    assert states[-1] == "ok"
    assert {*states} == {"look", "ok"}
    answer = alerter(office, "check", "--json").json
    assert (answer["state"], answer["test_message"]) == ("look", None)
    assert [
        [section["section"], line["state"]] for section in answer["sections"] for line in section["lines"]
    ] == [line[:2] for line in lines[1:]]


def test_check_tells_faults_from_what_needs_a_look(office: Office) -> None:
    """A fault decides the exit code, a warning does not."""
    office.extract(row("A-1", team="Nowhere", worker=""))
    warned = alerter(office, "check")
    assert warned.exit_code == 0
    assert "managers\tlook\tteam 'Nowhere' is not in the directory: 1 open" in warned.out
    (office.folder / "extract.csv").unlink()
    failed = alerter(office, "check")
    assert failed.exit_code == 3
    assert failed.out.splitlines()[1].startswith("source\tfault\t")
    assert "run `alerter check` again" in failed.err
    assert "alerter preview --out look" in warned.err


def test_check_sends_a_test_message(office: Office) -> None:
    """When all is well the message goes, and the answer to it is shown."""
    office.extract(row("A-1"))
    result = alerter(office, "check", "--send-test", "n.okafor@council.example")
    assert result.exit_code == 0
    assert result.out.splitlines()[-1].startswith("The test message was accepted: written to ")
    answer = alerter(office, "check", "--json", "--send-test", "n.okafor@council.example").json
    assert answer["test_message"].startswith("written to ")
    assert len(office.sent("n.okafor@council.example")) == 2


def test_check_with_faults_sends_nothing_and_says_so(office: Office) -> None:
    """Nobody waits for a test message that was never sent."""
    office.extract(row("A-1"))
    office.configure(email__transport="smtp", email__smtp__port=free_port())
    result = alerter(office, "check", "--send-test", "n.okafor@council.example")
    assert result.exit_code == 1
    assert result.err.splitlines()[0] == "alerter: no test message was sent: mend the faults first."


def test_preview_says_where_to_look(office: Office) -> None:
    """The count, the folder, and the address of the page that leads to the digests; in JSON too."""
    office.extract(row("A-1"))
    shown = office.folder / "shown"
    result = alerter(office, "preview", "--as-of", AS_OF, "--out", shown)
    assert result.exit_code == 0
    assert result.out.splitlines() == [
        "Read extract.csv: 1 row, 0 rejected.",
        f"Wrote {shown}: 1 digest.",
        f"Open {(shown / 'index.html').as_uri()}",
    ]
    assert (shown / "index.html").is_file()
    answer = alerter(office, "preview", "--as-of", AS_OF, "--out", shown, "--json").json
    assert (answer["as_of"], answer["digests"], answer["source"]["rows"]) == (AS_OF.isoformat(), 1, 1)
    assert answer["index"] == (shown / "index.html").as_uri()


def test_table_is_drawn_on_a_terminal() -> None:
    """Where somebody looks the rows stand in a frame; in a pipe they are separated by tabs."""
    with drawn() as shown:
        print_table(("to", "team", "on"), [("n.okafor@council.example", "[North]", None)])
    lines = shown.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("┏")
    assert "n.okafor@council.example" in lines[3]
    assert "[North]" in lines[3]


def test_days_have_their_weekday_in_a_table_and_not_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows under the same names, in both."""
    rows = [(datetime(2026, 11, 30, 18, 5, tzinfo=UTC), date(2026, 12, 7), None)]
    for is_json in (False, True):
        print_rows("events", ("at", "on", "by"), rows, is_json=is_json, year=2026)
    table, _, printed = capsys.readouterr().out.partition("{")
    assert table == "at\ton\tby\n2026-11-30 18:05\tMon 2026-12-07\t\n"
    assert json.loads("{" + printed) == {
        "year": 2026, "events": [{"at": "2026-11-30T18:05:00+00:00", "on": "2026-12-07", "by": None}],
    }  # fmt: skip


def test_progress_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody looks the rows read so far are shown, and wiped at the end; elsewhere nothing is."""
    monkeypatch.setenv("TERM", "xterm")
    with drawn(redirect_stderr) as shown, reading() as show:
        show(5000)
        show(10_000)
    assert "Reading the extract: 10,000 rows" in shown.getvalue()
    quiet = io.StringIO()
    with redirect_stderr(quiet), reading() as show:
        show(5000)
    assert quiet.getvalue() == ""


def test_demonstration_shows_what_arrived(office: Office, tmp_path: Path) -> None:
    """A borough, a run, the emails with their subjects, and a page to open."""
    out = tmp_path / "demonstration"
    result = alerter(office, "demo", "--out", out, "--as-of", date(2026, 11, 23))
    assert result.exit_code == 0
    assert result.out.startswith("Northmere, a made-up borough: ")
    assert "Weekly run as of 2026-11-23: done;" in result.out
    assert "performance@" in result.out
    (page,) = [line for line in result.out.splitlines() if line.startswith("Open one: ")]
    assert page.removeprefix("Open one: ").startswith(out.resolve().as_uri())
    assert f"--config {out / 'config.toml'} status" in result.err
