"""Writes the files that a council begins with, made from its own extract where it names one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alerter.app.first_settings import DIRECTORY, Answers, Paths, directory_text, settings_text
from alerter.config.file import EXAMPLE_NAME, NAME, example_settings
from alerter.errors import ConfigError
from alerter.private_files import make_private_folder, write_private
from alerter.sources.recognition.recognise import PlacesInExtract, RecognisedExtract, recognise
from alerter.sources.recognition.staff_list import StaffList, recognise_staff

EXTRACTS = "extracts"
NOTHING_SAID = Answers()


@dataclass(frozen=True, slots=True)
class SetUp:
    """The files that were written, and the extract they were made from."""

    files: tuple[Path, ...]
    extract: RecognisedExtract | None = None
    staff: StaffList | None = None


def set_up(
    folder: Path, extract: Path | None = None, staff: Path | None = None, answers: Answers = NOTHING_SAID
) -> SetUp:
    """
    Write settings and a directory into *folder*, made from *extract* where there is one.

    A list of *staff* is named in the settings in place of a directory of its own.

    Raises:
        ConfigError: One of the files is there already; none is written.
        SourceError: The extract cannot be opened or read; nothing is written.
        UnrecognisedError: What it is cannot be told; nothing is written.
    """
    settings, directory = folder / NAME, folder / DIRECTORY
    _check_absent(settings, *([] if staff else [directory]))
    recognised = None if extract is None else recognise(extract)
    list_ = recognise_staff(staff, recognised.places if recognised else PlacesInExtract()) if staff else None
    paths = Paths(
        _path_from(folder, extract) if extract else f"{EXTRACTS}/assessments.csv",
        _path_from(folder, staff) if staff else DIRECTORY,
    )
    texts = {settings: settings_text(recognised, list_, paths, answers)}
    if staff is None:
        texts[directory] = directory_text(recognised, answers)
    if extract is None:
        make_private_folder(folder / EXTRACTS)
    return SetUp(_written(texts), recognised, list_)


def write_example(folder: Path) -> SetUp:
    """
    Write the whole example of the settings into *folder*.

    Raises:
        ConfigError: It is there already.
    """
    path = folder / EXAMPLE_NAME
    _check_absent(path)
    return SetUp(_written({path: example_settings()}))


def _check_absent(*paths: Path) -> None:
    if existing := [path for path in paths if path.exists()]:
        raise ConfigError([f"{path} exists already and is not overwritten." for path in existing])


def _written(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    for path, text in texts.items():
        make_private_folder(path.parent)
        write_private(path, text.encode())
    return tuple(texts)


def _path_from(folder: Path, file: Path) -> str:
    """Return how settings in *folder* name *file*: relative where it lies in the folder."""
    file, folder = file.absolute(), folder.absolute()
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
