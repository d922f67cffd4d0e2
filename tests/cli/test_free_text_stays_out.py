"""What an extract holds beside the wanted columns reaches neither the store nor a message nor an answer."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.world.office import AS_OF, Office, new_office, row
from tests.world.terminal import alerter

WORDS = ("Quixley", "Zanthor", "Vopp", "Wrexby", "Jaspex")
"""Names that stand nowhere else, so that a piece of one of them is found wherever it went."""
TEXT = st.lists(
    st.sampled_from(
        [*WORDS, ",", ", ", "\n", "\r\n", "\n\n", "\t", ";", "|", " ", '""', "'", "7", "aged 12", "-"]
    ),
    min_size=1,
    max_size=12,
).map("".join)
WIDTH = 7
COMMANDS = (
    ("run", "--as-of", AS_OF, "--json"),
    ("sync", "--json"),
    ("check",),
    ("preview", "--as-of", AS_OF, "--out", "shown"),
    ("quality", "--as-of", AS_OF),
    ("explain", "A-1001", "--as-of", AS_OF),
    ("status", "--json"),
)


def line_of(number: int, name: str, note: str) -> str:
    """Write one row with unquoted free text in two columns."""
    start = row(f"A-{number}", days=number - 980)["started_on"]
    return f"A-{number},9{number},{name},{start},{note},North,P. Adeyemi"


def looks_sound(name: str, note: str) -> bool:
    """
    Say whether a broken row with these texts begins, by chance, with as many cells as there are headings.
    """
    first, *rest = line_of(1001, name, note).splitlines()
    return bool(rest) and first.count(",") == WIDTH - 1


def extract(title: str, names: Sequence[str], notes: Sequence[str], between: str) -> str:
    """Write an extract with unquoted free text above its headings, in two columns, between rows and below."""
    lines = [title, "assessment_id,child_id,name,started_on,notes,team,worker"]
    for number, (name, note) in enumerate(zip(names, notes, strict=True), start=1001):
        lines += [line_of(number, name, note), between]
    return "\n".join(line for line in lines if line.strip())


@settings(max_examples=12)
@given(
    title=st.sampled_from([*WORDS, "Weekly list for Quixley"]),
    names=st.lists(TEXT, min_size=4, max_size=4),
    notes=st.lists(TEXT, min_size=4, max_size=4),
    between=TEXT,
)
def test_free_text_reaches_nothing(
    migrated_file: Path, title: str, names: list[str], notes: list[str], between: str
) -> None:
    """
    With commas, line breaks, tabs and quotation marks wherever they fall: every file and output is searched.

    Left out is text whose commas fill a broken row up: no reader can tell it from a sound one.
    """
    assume(not any(map(looks_sound, names, notes)))
    with TemporaryDirectory() as folder:
        shutil.copy(migrated_file, Path(folder) / "alerter.db")
        with closing(new_office(Path(folder))) as office:
            (office.folder / "extract.csv").write_text(
                extract(title, ["Al Sample", *names[1:]], ["seen", *notes[1:]], between), encoding="utf-8"
            )
            said = [_said(office, command) for command in COMMANDS]
            written = [
                path for path in Path(folder).rglob("*") if path.is_file() and path.name != "extract.csv"
            ]
            content = b"\0".join([*(path.read_bytes() for path in written), *said])
    assert [word for word in WORDS if word.encode() in content] == []


def _said(office: Office, command: Sequence[object]) -> bytes:
    where = [office.folder / part if part == "shown" else part for part in command]
    result = alerter(office, *where)
    return f"{result.out}\n{result.err}".encode()
