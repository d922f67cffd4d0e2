"""`alerter init`: a settings file and a directory to fill in, made from the council's own extract."""

from pathlib import Path
from typing import Any

import click

from alerter.app.first_settings import NOT_NAMED, proposed_types
from alerter.app.setup import SetUp, set_up, write_example
from alerter.cli import options, output
from alerter.sources.recognition.mapping import ColumnMapping
from alerter.sources.recognition.recognise import RecognisedExtract
from alerter.sources.recognition.staff_list import StaffList

FILE = click.Path(path_type=Path)
FILL_IN = "Fill in each place marked FILL IN"
ADDRESSES = ", and an address a team in the directory"
NO_REFERRALS = "there is no date of referral"
NO_PRESET = "no preset could be told: its rows are rejected"
PUT_EXTRACT = ", and put an extract into extracts/ (or begin with --extract FILE)"


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--extract", type=FILE, metavar="FILE", help="The extract that both are made from.")
@click.option(
    "--directory", type=FILE, metavar="FILE", help="A staff list of yours, in place of a directory."
)
@click.option(
    "--example", is_flag=True, help="Write config.example.toml, every setting with its notes, alone."
)
@options.json_
def command(
    folder: Path, extract: Path | None, directory: Path | None, *, example: bool, is_json: bool
) -> None:
    """Write config.toml and a directory into DIR, from your own extract; nothing is ever overwritten."""
    if example and (extract or directory):
        raise click.UsageError("--example goes alone.")
    done = write_example(folder) if example else set_up(folder, extract, directory)
    if is_json:
        output.print_json(_as_json(done))
        return
    for path in done.files:
        click.echo(f"Wrote {path}")
    if done.extract is not None:
        show_extract(done.extract)
    if done.staff is not None:
        _show_staff(done.staff)
    if not example:
        addresses, put_extract = "" if directory else ADDRESSES, "" if extract else PUT_EXTRACT
        output.talk(f"{FILL_IN}{addresses}{put_extract}; then run `alerter check`.")


def show_extract(extract: RecognisedExtract) -> None:
    """Print what was taken and what was left, then the types and the teams."""
    mapping, file = extract.mapping, extract.file
    click.echo()
    output.print_table(
        ("column", "heading", "why"),
        [
            ("(kind)", file.kind, "; ".join(file.table.extract.notes)),
            *_columns(mapping),
            *(("(not used)", heading, "") for heading in mapping.unused),
        ],
    )
    click.echo()
    types = [tuple(type_.values()) for type_ in _types(extract)]
    if extract.rows_not_named:
        types.append(("(not named)", extract.rows_not_named, "", "", NOT_NAMED))
    output.print_table(("type", "rows", "preset", "clock", "why"), types)
    click.echo()
    output.print_table(("team", "rows"), list(extract.teams.items()))


def _show_staff(staff: StaffList) -> None:
    """Print what was taken of a staff list, and the teams that it lacks."""
    click.echo()
    output.print_table(
        ("directory", "heading", "why"),
        [*_columns(staff.mapping), *(("(lacks the team)", team, "") for team in staff.lacking)],
    )


def _columns(mapping: ColumnMapping) -> list[tuple[str, str, str]]:
    """Return a row for each column that was taken or left open."""
    rows = [(name, taken.column.heading, taken.because) for name, taken in mapping.taken.items()]
    for name, left in mapping.open.items():
        headings = " or ".join(column.heading for column in left.candidates)
        rows.append((name, f"not certain: {headings}" if headings else "not found", left.because))
    return rows


def _types(extract: RecognisedExtract) -> list[dict[str, Any]]:
    """Return the types with what is proposed for each; nothing is for those whose preset cannot be told."""
    rows: list[dict[str, Any]] = [
        {
            "type": type_.label,
            "rows": type_.rows,
            "preset": type_.preset,
            "clock": type_.clock,
            "why": NO_REFERRALS if type_.lacks_referrals else "",
        }
        for type_ in proposed_types(extract)
    ]
    unknown = [type_ for type_ in extract.types if not type_.preset]
    return rows + [
        {"type": type_.name, "rows": type_.rows, "preset": "", "clock": "", "why": NO_PRESET}
        for type_ in unknown
    ]


def _mapping_as_json(mapping: ColumnMapping) -> dict[str, Any]:
    return {
        "columns": [
            {"column": name, "heading": taken.column.heading, "why": taken.because}
            for name, taken in mapping.taken.items()
        ],
        "open": [
            {
                "column": name,
                "candidates": [candidate.heading for candidate in left.candidates],
                "why": left.because,
            }
            for name, left in mapping.open.items()
        ],
        "unused": mapping.unused,
    }


def _as_json(done: SetUp) -> dict[str, Any]:
    files: dict[str, Any] = {"files": [str(path) for path in done.files]}
    if (extract := done.extract) is None:
        return files
    file = extract.file
    if (staff := done.staff) is not None:
        files["directory"] = {**_mapping_as_json(staff.mapping), "lacking": list(staff.lacking)}
    return files | {
        "source": {"kind": file.kind, "sheet": file.sheet, "notes": list(file.table.extract.notes)},
        **_mapping_as_json(extract.mapping),
        "types": _types(extract),
        "teams": [{"team": team, "rows": rows} for team, rows in extract.teams.items()],
    }
