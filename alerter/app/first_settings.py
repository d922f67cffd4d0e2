"""The text of the settings and of the directory that a council begins with."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerter.config.clocks import PRESETS
from alerter.domain.wording import counted
from alerter.sources.columns import DIRECTORY_COLUMNS
from alerter.sources.recognition.mapping import OpenColumn
from alerter.sources.recognition.recognise import RecognisedExtract, TypeInExtract
from alerter.sources.recognition.staff_list import StaffList
from alerter.sources.type_names import type_keys

FILL_IN = "FILL IN"
NATION = "england"
PRESET = "england-single"
DIRECTORY = "directory.csv"
WIDTH = 38
"""Where the comments stand, if the line is no longer."""
QUESTIONS = {
    "child_id": "the heading of the child's id",
    "started_on": "the heading of the day an assessment started",
    "authorised_on": "the heading of the manager's sign-off",
    "type": "the heading of the assessment's type",
}
"""What is asked of a column that cannot be told; all others are only named in a comment."""
NOT_NAMED = "too few children are known to have them; fill in the child's id, and `alerter check` names them"
"""Why a type is not named: it could be a note about one child."""
CLOCK_WORDS = {"started_on": "the start", "referred_on": "the referral"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What only the council can say; blank is still to be filled in."""

    council: str = ""
    domain: str = ""
    sender: str = ""
    admin: str = ""
    fallback: str = ""

    @property
    def is_trial(self) -> bool:
        """Say whether everything is made up, and nobody is asked."""
        return bool(self.council)


@dataclass(frozen=True, slots=True)
class ProposedType:
    """A type of assessment as the settings begin with it, and in how many *rows* it stands."""

    key: str
    label: str
    rows: int
    preset: str
    clock: str

    @property
    def lacks_referrals(self) -> bool:
        """Say whether the preset's clock would start from a date that the extract has not."""
        return self.clock != PRESETS[self.preset]["clock"]


@dataclass(frozen=True, slots=True)
class Paths:
    """How the settings name the extract and the directory."""

    extract: str
    directory: str = DIRECTORY


def settings_text(
    extract: RecognisedExtract | None, staff: StaffList | None, paths: Paths, answers: Answers
) -> str:
    """
    Return the settings for *extract* and the list of *staff*, or those to begin with where there is none.

    What *answers* leaves blank is marked to be filled in.
    """
    return "\n".join(
        [
            "# Fill in what is marked so, then run `alerter check`. Every other setting: docs/settings.md.",
            *_council(answers),
            "",
            *_source(extract, paths.extract, answers),
            "",
            *_directory(staff, paths.directory),
            "",
            "[calendar]",
            _line("nation", NATION, "or wales, scotland, northern-ireland: their bank holidays differ"),
            "",
            *(
                _types(extract)
                if extract
                else _type(ProposedType("core", "Core assessment", 0, "england-core", "started_on"))
            ),
            "",
        ]
    )


def _council(answers: Answers) -> Iterator[str]:
    yield _asked("council", answers.council, "your council's name, as it stands at the top of each email")
    yield ""
    yield "[email]"
    domains = [answers.domain] if answers.domain else []
    yield _asked("allowed_domains", domains, 'such as ["council.gov.uk"]; nothing is ever sent elsewhere')
    yield _asked("sender", answers.sender, 'such as "Assessment alerts <alerts@council.gov.uk>"')
    admins = [answers.admin] if answers.admin else []
    yield _asked("admins", admins, 'who gets the summary of each run, such as ["performance@council.gov.uk"]')
    yield _asked("fallback", answers.fallback, "who gets what nobody manages, such as a service manager")
    yield _line("transport", "folder", 'mails nobody: writes files; later "smtp" with a table [email.smtp]')
    yield _line("folder", "outgoing", "where it writes them")


def _source(extract: RecognisedExtract | None, path: str, answers: Answers) -> Iterator[str]:
    yield "[source]"
    if extract is None:
        yield _line("kind", "csv", "or workbook, annex-a, cin-census, sql")
        yield _line("path", path, "a file, or a folder whose newest file is taken")
        return
    yield _line("kind", extract.file.kind, "; ".join(extract.file.table.extract.notes))
    yield _line(
        "path", path, f"{counted(extract.places.rows, 'row')}; or a folder, whose newest file is taken"
    )
    if extract.file.sheet:
        yield _line("sheet", extract.file.sheet, "the sheet with the headings")
    if extract.file.columns is None:
        yield from _columns(extract, answers)


def _directory(staff: StaffList | None, path: str) -> Iterator[str]:
    yield "[directory]"
    if staff is None:
        yield _line("path", path, "who manages whom: fill in an address a team there")
        return
    yield _line("path", path, "who manages whom: your own list")
    if not staff.is_as_ours:
        yield ""
        yield "[directory.columns]"
        for name, taken in staff.mapping.taken.items():
            yield _line(name, taken.column.heading, taken.because)
        for name, column in staff.mapping.open.items():
            yield _asked(name, "", f"the heading of the managers' addresses: {_why(column)}")
    if staff.lacking:
        yield f"# Teams of the extract that it lacks: {', '.join(map(_quoted, staff.lacking))}"


def _columns(extract: RecognisedExtract, answers: Answers) -> Iterator[str]:
    mapping = extract.mapping
    yield ""
    yield "[source.columns]"
    for name, taken in mapping.taken.items():
        yield _line(name, taken.column.heading, taken.because)
    for name, column in mapping.open.items():
        question = "" if answers.is_trial else QUESTIONS.get(name)
        yield _asked(name, "", f"{question}: {_why(column)}") if question else f"# {name} = {_why(column)}"
    if mapping.unused:
        yield f"# Not used: {', '.join(map(_quoted, mapping.unused))}"


def _why(column: OpenColumn) -> str:
    candidates = " or ".join(_quoted(candidate.heading) for candidate in column.candidates) or "none found"
    return f"{candidates}; {column.because}"


def proposed_types(extract: RecognisedExtract) -> list[ProposedType]:
    """Return a type for each name whose preset can be told; one for all where the extract names none."""
    known = [type_ for type_ in extract.types if type_.preset]
    if not known:
        label = "Single assessment"
        return [_proposed(extract, "single", TypeInExtract(label, extract.places.rows), PRESET)]
    keys: dict[str, TypeInExtract] = {}
    for type_ in known:
        names = {other.name.casefold() for other in known if other is not type_}
        free = (key for key in type_keys(type_.name) if key not in keys.keys() | names)
        keys[next(free, f"type_{len(keys) + 1}")] = type_
    return [_proposed(extract, key, type_, type_.preset) for key, type_ in keys.items()]


def _proposed(extract: RecognisedExtract, key: str, type_: TypeInExtract, preset: str) -> ProposedType:
    wanted = str(PRESETS[preset]["clock"])
    clock = "started_on" if wanted == "referred_on" and not extract.has_referrals else wanted
    return ProposedType(key, type_.name, type_.rows, preset, clock)


def _types(extract: RecognisedExtract) -> Iterator[str]:
    for type_ in proposed_types(extract):
        yield from _type(type_)
    for unknown in extract.types:
        if not unknown.preset:
            rows = counted(unknown.rows, "row")
            yield (
                f"# Rejected, as no preset could be told: {_quoted(unknown.name)}, {rows}; "
                "if it is yours, add a table as above"
            )
    if extract.rows_not_named:
        yield f"# {counted(extract.rows_not_named, 'row')} of other types: {NOT_NAMED}"


def _type(type_: ProposedType) -> Iterator[str]:
    """Yield the table of one type; its clock is the preset's wherever the extract has the date."""
    numbers = PRESETS[type_.preset]
    yield f"[assessments.{type_.key}]"
    yield _line("label", type_.label, counted(type_.rows, "row") if type_.rows else "as you name it")
    limits = f"{numbers['working_days']} working days, alert after day {numbers['alert_after']}"
    yield _line("preset", type_.preset, f"{limits}, from {CLOCK_WORDS[type_.clock]}")
    if type_.lacks_referrals:
        yield _line("clock", type_.clock, "there is no date of referral for the preset's clock to start from")


def _asked(key: str, value: str | Sequence[str], comment: str) -> str:
    return _line(key, value, comment if value else f"{FILL_IN}: {comment}")


def _line(key: str, value: str | Sequence[str], comment: str) -> str:
    text = f"{key} = {_quoted(value) if isinstance(value, str) else json.dumps(list(value))}"
    return f"{text.ljust(WIDTH)}  # {comment}"


def _quoted(text: str) -> str:
    """Return *text* as TOML writes it; it has no control characters, as none survives reading."""
    return json.dumps(text, ensure_ascii=False)


def directory_text(extract: RecognisedExtract | None, answers: Answers) -> str:
    """
    Return a directory with a line for each team, and for each worker of two teams.

    Addresses are blank, but in a trial, where each team has one that is made up. Where it has other letters
    than English it begins with a byte order mark: Excel would read it as cp1252.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, DIRECTORY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, team in enumerate(extract.teams if extract else (), start=1):
        email = f"manager.{number}@{answers.domain}" if answers.is_trial else ""
        writer.writerow({"team": team, "manager_email": email})
    for worker in extract.workers_in_two_teams if extract else ():
        writer.writerow({"worker": worker})
    return text.getvalue() if text.getvalue().isascii() else f"\ufeff{text.getvalue()}"
