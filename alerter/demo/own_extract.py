"""Runs the first hour on a council's own extract: settings, check, preview, first run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alerter.app.check import check
from alerter.app.first_settings import Answers
from alerter.app.preview import Previewed, preview
from alerter.app.section import Section
from alerter.app.setup import set_up
from alerter.config.file import NAME
from alerter.demo.show import LONDON, clear, clock_of
from alerter.errors import UnrecognisedError
from alerter.installation import clock
from alerter.installation.installation import Installation
from alerter.pipeline import weekly
from alerter.pipeline.outcome import RunResult
from alerter.sources.recognition.recognise import RecognisedExtract

DOMAIN = "trial.example"
ANSWERS = Answers(
    council="Trial",
    domain=DOMAIN,
    sender=f"Assessment alerts <alerts@{DOMAIN}>",
    admin=f"performance@{DOMAIN}",
    fallback=f"nobody.manages.it@{DOMAIN}",
)
NEEDED = ("child_id", "started_on", "type")
LOOK = "look"


@dataclass(frozen=True, slots=True)
class FirstHour:
    """What was recognised, what `check` says of it, the preview, and the run, whose messages are files."""

    folder: Path
    extract: RecognisedExtract
    sections: Sequence[Section]
    previewed: Previewed
    result: RunResult


def first_hour(folder: Path, extract: Path, as_of: date | None) -> FirstHour:
    """
    Do everything of the first hour in *folder* with *extract*; nobody is mailed.

    Raises:
        ConfigError: *folder* holds something that is not an earlier demonstration.
        SourceError: The extract cannot be opened or read.
        UnrecognisedError: What it is, or which of its columns a needed one is, cannot be told.
    """
    clear(folder)
    recognised = set_up(folder, extract.absolute(), answers=ANSWERS).extract
    assert recognised is not None  # noqa: S101 - an extract was named
    _check_told(recognised)
    began = clock.now(LONDON)
    day = as_of or began.date()
    installation = replace(Installation.open(folder / NAME, {}), clock=clock_of(day, began))
    try:
        sections = check(installation)
        previewed = preview(installation, day, folder / LOOK)
        result = weekly.run(installation, day)
    finally:
        installation.database.close()
    return FirstHour(folder, recognised, sections, previewed, result)


def _check_told(extract: RecognisedExtract) -> None:
    for name in NEEDED:
        if column := extract.mapping.open.get(name):
            headings = (
                " or ".join(f'"{candidate.heading}"' for candidate in column.candidates) or "none found"
            )
            raise UnrecognisedError(
                f"{extract.file.table.extract.name}: which column is {name} cannot be told ({headings}; "
                f"{column.because}): run `alerter init --extract`, and fill in what it asks."
            )
