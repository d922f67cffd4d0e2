"""
Writes a note beside a SQLite file with its database's id, so that a lost one is not taken for a new one.

It holds the installation's id and, once the admins know that the database is lost, a line that says so.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from alerter.errors import StoreError
from alerter.private_files import write_private
from alerter.store.database import Database, installation_id

TOLD = "the admins know that it is lost"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class BirthNote:
    """The note beside one file; *installation* is empty where there is none."""

    path: Path
    installation: str
    is_told: bool

    def write(self, installation: str, *, is_told: bool = False) -> None:
        """Write the note anew, unless it says so already."""
        if (installation, is_told) != (self.installation, self.is_told):
            lines = [installation, *([TOLD] if is_told else [])]
            write_private(self.path, "".join(f"{line}\n" for line in lines).encode())


def note_of(database: Database) -> BirthNote | None:
    """
    Return the note beside a database, or None for one that is no file.

    Raises:
        StoreError: There is one, and it says nothing.
    """
    file = file_of(database)
    if file is None:
        return None
    path = file.with_name(f".{file.name}.id")
    lines = _lines(path) if path.exists() else [""]
    return BirthNote(path, lines[0], TOLD in lines)


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines or not _ID.fullmatch(lines[0]):
        raise StoreError(
            f"{path} says which database lies beside it, and cannot be read: put it back from the backup, or "
            "make sure that the right database is there and delete it; the next command writes it anew."
        )
    return lines


def file_of(database: Database) -> Path | None:
    """Return the file of an embedded database."""
    name = database.engine.url.database if database.is_sqlite else None
    return Path(name) if name else None


def is_there(database: Database) -> bool:
    """Say whether there is anything to look into: a server, or a file that holds something."""
    file = file_of(database)
    return file is None or (file.is_file() and file.stat().st_size > 0)


def id_in(database: Database) -> str:
    """Return the installation's id as the database has it."""
    with database.read() as connection:
        return installation_id(connection)
