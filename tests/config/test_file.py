"""Finding the settings file, and reading it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from alerter.config.file import find_config, load_settings
from alerter.errors import ConfigError
from tests.config.small_file import Write


@pytest.fixture
def there(tmp_path: Path) -> Callable[[str], Path]:
    """Make an empty file of a name."""

    def made(name: str) -> Path:
        path = tmp_path / name
        path.touch()
        return path

    return made


def test_the_option_wins_over_the_variable_and_the_folder(
    there: Callable[[str], Path], tmp_path: Path
) -> None:
    """`--config` is first, `ALERTER_CONFIG` second, ./config.toml last; relative ones start at the folder."""
    option, variable, folder = there("a.toml"), there("b.toml"), there("config.toml")
    environ = {"ALERTER_CONFIG": "b.toml"}
    assert find_config(Path("a.toml"), environ, tmp_path) == option
    assert find_config(None, environ, tmp_path) == variable
    assert find_config(None, {}, tmp_path) == folder
    assert find_config(None, {"ALERTER_CONFIG": ""}, tmp_path) == folder


def test_where_there_is_no_file_the_fault_names_the_command_that_writes_one(tmp_path: Path) -> None:
    """A fresh folder has no settings: `alerter init` makes them."""
    with pytest.raises(ConfigError, match="alerter init"):
        find_config(None, {}, tmp_path)


@pytest.mark.parametrize(
    ("option", "environ", "named"),
    [(Path("a.toml"), {}, "--config"), (None, {"ALERTER_CONFIG": "a.toml"}, "ALERTER_CONFIG")],
)
def test_a_named_file_that_is_not_there_is_not_replaced_by_another(
    there: Callable[[str], Path], tmp_path: Path, option: Path | None, environ: dict[str, str], named: str
) -> None:
    """A wrong name is a fault that says who gave it, even where ./config.toml exists."""
    there("config.toml")
    with pytest.raises(ConfigError, match=f"^{named}: .*a.toml"):
        find_config(option, environ, tmp_path)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_from_windows_notepad_is_read(write: Write, start: bytes, line_end: str) -> None:
    """A byte order mark and Windows line ends are nothing wrong."""
    path = write({})
    path.write_bytes(start + path.read_text(encoding="utf-8").replace("\n", line_end).encode())
    assert load_settings(path, {}).council == "Northmere"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'council = "A"\nsource = [\n', "line 3: "),
        (b'council = "A"\n\nnation england\n', "line 3: "),
        (b'council = "A"\ncouncil = "B"\n', "line 2: "),
        (b'path = "C:\\extracts"\n', "line 1: .*single quotes"),
        (b'path = "C:\\Users"\n', "line 1: .*single quotes"),
        ('council = "Café"\n'.encode("cp1252"), "UTF-8"),
        ('council = "A"\n'.encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_not_toml_is_one_fault_that_names_file_and_line(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    """The operator is sent to the line, the end of the file counting as its last."""
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"^broken.toml.*{fault}") as caught:
        load_settings(path, {})
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_what_cannot_be_opened_is_one_fault(tmp_path: Path, name: str) -> None:
    """A file that is not there, and a folder."""
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load_settings(tmp_path / name, {})
    assert len(caught.value.faults) == 1
