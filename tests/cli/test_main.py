"""The command line as a whole: its help, its commands, and how an error leaves it."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest

from alerter.cli.commands import COMMANDS
from alerter.cli.main import error_text, group, main
from alerter.errors import CalendarRangeError, ConfigError, MailRefusedError, SourceError
from tests.world.office import AS_OF, Office, row


def leave(*arguments: object) -> int:
    """Run the command line as a process would, and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command stands in the help with a sentence about it."""
    assert leave("--help") == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    """No command and no option goes without help."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name]
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is no command ends with exit code 2."""
    assert leave("sned") == 2
    assert "No such command 'sned'" in capsys.readouterr().err


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The package has a version, installed or run from a checkout."""
    assert leave("--version") == 0
    assert re.fullmatch(r"alerter \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_every_fault_of_the_settings_is_a_line(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """All that is wrong is said at once on standard error, with nothing on standard output; exit code 2."""
    office.configure(calendar__nation="atlantis", schedule__weekday="moonday")
    assert leave("--config", office.config, "status") == 2
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert said.out == ""
    assert [line.split()[1].rstrip(":") for line in lines] == ["calendar.nation", "schedule.weekday"]
    assert all(line.startswith("alerter: ") for line in lines)


def test_source_that_cannot_be_used_is_exit_code_3(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing extract is a sentence that names it."""
    assert leave("--config", office.config, "run", "--as-of", AS_OF) == 3
    assert "extract.csv does not exist" in capsys.readouterr().err


def test_file_that_cannot_be_written_is_exit_code_3(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system refuses is said in its words, with the path."""
    office.extract(row("A-1"))
    assert leave("--config", office.config, "preview", "--as-of", AS_OF, "--out", office.config) == 3
    assert capsys.readouterr().err == f"alerter: File exists: {office.config}\n"


def test_traceback_is_shown_where_it_is_asked_for(office: Office) -> None:
    """
    With `--traceback` an error that is not for operators comes out as it is; one that is, as a sentence.
    """
    office.extract(row("A-1"))
    preview = ["preview", "--as-of", str(AS_OF), "--out", str(office.config)]
    with pytest.raises(FileExistsError):
        main(["--traceback", "--config", str(office.config), *preview])
    assert leave("--traceback", "--config", office.config, "explain", "A-7") == 2


def test_output_need_not_be_a_stream_of_bytes() -> None:
    """Standard output may be anything one can write text to."""
    with redirect_stdout(io.StringIO()) as shown:
        assert leave("--version") == 0
    assert shown.getvalue().startswith("alerter")


def test_settings_are_found_where_they_are_looked_for(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ALERTER_CONFIG`, else `config.toml` in the folder one stands in; without any, `init` is named."""
    monkeypatch.setenv("ALERTER_CONFIG", str(office.config))
    assert leave("dates", "2009-04-09") == 0
    monkeypatch.delenv("ALERTER_CONFIG")
    monkeypatch.chdir(tmp_path)
    assert leave("dates", "2009-04-09") == 0
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert leave("dates", "2009-04-09") == 2
    assert "alerter init" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "text", "exit_code"),
    [
        (ConfigError(["a is wrong.", "b is wrong."]), "a is wrong.\nb is wrong.", 2),
        (SourceError("no file."), "no file.", 3),
        (CalendarRangeError("too far."), "too far.", 2),
        (MailRefusedError("it is held."), "it is held.", 1),
        (OSError(28, "No space left on device", "alerter.db"), "No space left on device: alerter.db", 3),
        (OSError(28, "No space left on device"), "No space left on device", 3),
        (OSError("odd"), "odd", 3),
    ],
)
def test_error_is_told_with_its_exit_code(error: Exception, text: str, exit_code: int) -> None:
    """Our own errors have their words and their code; the system's have the words of the system."""
    assert error_text(error) == (text, exit_code)


def burst() -> None:
    """Fail in a way nobody has foreseen, with a child's id in the error."""
    int("A-77 child 88213")


def test_unexpected_fault_shows_its_place_and_not_its_text() -> None:
    """
    The text of a fault of our own could hold a child's data: only its kind and where it happened are told.
    """
    try:
        burst()
    except ValueError as error:
        text, exit_code = error_text(error)
    assert exit_code == 3
    assert "(ValueError at test_main.py:" in text
    assert "88213" not in text
    assert "(KeyError)" in error_text(KeyError("88213"))[0]
