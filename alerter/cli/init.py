"""`alerter init`: a settings file and a directory to fill in, made from the council's own extract."""

from pathlib import Path
from typing import Any

import click

from alerter.app.first_settings import clock_of
from alerter.app.setup import SetUp, set_up, write_example
from alerter.cli import options, output
from alerter.sources.recognition.recognise import RecognisedExtract

FILE = click.Path(path_type=Path)
FROM_EXTRACT = (
    "Fill in each place marked FILL IN, and an address a team in the directory; then run `alerter check`."
)
WITHOUT = (
    "Fill in both, put an extract into extracts/, then run `alerter check`; or begin with --extract FILE."
)


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--extract", type=FILE, metavar="FILE", help="The extract that both are made from.")
@click.option(
    "--example", is_flag=True, help="Write config.example.toml, every setting with its notes, alone."
)
@options.json_
def command(folder: Path, extract: Path | None, *, example: bool, is_json: bool) -> None:
    """Write config.toml and a directory into DIR, from your own extract; nothing is ever overwritten."""
    if example and extract:
        raise click.UsageError("--example goes alone.")
    done = write_example(folder) if example else set_up(folder, extract)
    if is_json:
        output.print_json(_as_json(done))
        return
    for path in done.files:
        click.echo(f"Wrote {path}")
    if done.extract is not None:
        _show(done.extract)
    if not example:
        output.talk(FROM_EXTRACT if extract else WITHOUT)


def _show(extract: RecognisedExtract) -> None:
    """Print what was taken and what was left, then the types and the teams."""
    mapping, file = extract.mapping, extract.file
    click.echo()
    output.print_table(
        ("column", "heading", "why"),
        [
            ("(kind)", file.kind, "; ".join(file.table.extract.notes)),
            *((name, taken.column.heading, taken.because) for name, taken in mapping.taken.items()),
            *((name, _candidates(extract, name), left.because) for name, left in mapping.open.items()),
            *(("(not used)", heading, "") for heading in mapping.unused),
        ],
    )
    click.echo()
    output.print_table(
        ("type", "rows", "preset", "clock"),
        [
            (type_.name, type_.rows, type_.preset or "none could be told", clock_of(type_, extract))
            for type_ in extract.types
        ],
    )
    click.echo()
    output.print_table(("team", "rows"), list(extract.teams.items()))


def _candidates(extract: RecognisedExtract, name: str) -> str:
    headings = [column.heading for column in extract.mapping.open[name].candidates]
    return f"not certain: {' or '.join(headings)}" if headings else "not found"


def _as_json(done: SetUp) -> dict[str, Any]:
    files: dict[str, Any] = {"files": [str(path) for path in done.files]}
    if (extract := done.extract) is None:
        return files
    mapping, file = extract.mapping, extract.file
    return files | {
        "source": {"kind": file.kind, "sheet": file.sheet, "notes": list(file.table.extract.notes)},
        "columns": [
            {"column": name, "heading": taken.column.heading, "why": taken.because}
            for name, taken in mapping.taken.items()
        ],
        "open": [
            {"column": name, "candidates": [each.heading for each in left.candidates], "why": left.because}
            for name, left in mapping.open.items()
        ],
        "unused": mapping.unused,
        "types": [
            {
                "type": type_.name,
                "rows": type_.rows,
                "preset": type_.preset,
                "clock": clock_of(type_, extract),
            }
            for type_ in extract.types
        ],
        "teams": [{"team": team, "rows": rows} for team, rows in extract.teams.items()],
    }
