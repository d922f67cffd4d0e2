"""Finds an extract's file, dates it, and checks that it does not change while it is read."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerter.errors import SourceError

LARGEST = 2 << 30
"""No extract of one council comes near it in bytes: a larger file is the wrong one, or never ended."""
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".xml")
"""Of files of all kinds."""
MOST_NAMES = 10
_WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """
    What is known of one extract before its rows are read.

    *name* is the file's name without its folder. *extracted_at* (UTC) is the time it was last written, or
    what a census says of itself, or for a query the moment it was asked. *size* is in bytes, 0 for a
    query. *notes* say how it was read.
    """

    name: str
    sha256: str
    extracted_at: datetime
    size: int
    notes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file's size and time of writing: what changes while somebody is still writing it."""

    size: int
    written_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileStamp":
        """
        Return the stamp of the file at *path*.

        Raises:
            SourceError: There is no such file, it cannot be looked at, or it is larger than 2 GB.
        """
        try:
            status = path.stat()
        except OSError as error:
            raise unreadable(path, error) from None
        if status.st_size > LARGEST:
            raise SourceError(
                f"{path.name} is larger than 2 GB, which no extract is: "
                "export only what is open or was finished in recent years."
            )
        return cls(status.st_size, status.st_mtime_ns)

    @property
    def written_at(self) -> datetime:
        """Return when the file was last written, in UTC."""
        return datetime.fromtimestamp(self.written_ns / 1e9, UTC)

    def check_unchanged(self, path: Path) -> None:
        """
        Refuse a file that is no longer what it was.

        Raises:
            SourceError: Its size or its time of writing has changed.
        """
        if FileStamp.of(path) != self:
            raise changed(path)


def fingerprint(path: Path) -> str:
    """
    Return the SHA-256 of the file's bytes, in hex.

    Raises:
        SourceError: The file cannot be read.
    """
    with opening(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_written_since(path: Path, moment: datetime) -> bool:
    """
    Say whether a file that *path* (file, folder or pattern) could stand for was put there since *moment*.
    """
    try:
        if path.is_dir():
            files = list(path.iterdir())
        else:
            files = [path] if path.exists() else list(path.parent.glob(path.name))
        changes = [max(status.st_mtime, status.st_ctime) for status in (file.stat() for file in files)]
    except (OSError, ValueError):
        return False
    return max(changes, default=0.0) > moment.timestamp()


def choose_file(path: Path, suffixes: tuple[str, ...] = ()) -> Path:
    """
    Return the file that *path* stands for: itself, or the newest in a folder or of a pattern.

    The newest is the last written, of several the last by name. Hidden files and the lock files
    of an open workbook (`~$`) are passed over; in a folder only names ending in one of *suffixes*
    count, where any are given. What is found is never a symbolic link, nor lies behind one that the
    settings do not name: who may write into a drop folder could lead us to any file.

    Raises:
        SourceError: Nothing fits, a symbolic link does, or *path* is neither file nor folder nor pattern.
    """
    try:
        if path.is_dir():
            return _newest(path.iterdir(), suffixes, path, f"{path} (a folder)")
        if not path.exists() and _WILDCARDS & set(str(path)):
            candidates = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
            return _newest(candidates, (), _named(path), f"{path} (a pattern)")
        _refuse_links(path, path.parent)
        if path.is_file():
            return path
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if path.exists():
        raise SourceError(f"{path} is neither a file nor a folder: correct the path.")
    raise _missing(path)


def other_extracts(path: Path, name: str) -> list[str]:
    """Return the names of the extracts of all kinds in the folder *path*, but the one that was taken."""
    return [other for other in _extracts_in(path) if other != name] if path.is_dir() else []


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """
    Turn what the system says while the file at *path* is opened and read into an operator's sentence.

    Raises:
        SourceError: The system will not give the file; or it is not the one whose encoding was
            decided, so its bytes mean nothing any more.
    """
    try:
        yield
    except OSError as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError:
        raise changed(path) from None


def changed(path: Path) -> SourceError:
    """Return the fault of a file that is not the same at the end of reading as at its start."""
    return SourceError(
        f"{path.name} changed while it was read, so it is still being written: run again when it is complete."
    )


def unreadable(path: Path, error: Exception) -> SourceError:
    """Return the fault of a file that the system will not open."""
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    reason = error.strerror if isinstance(error, OSError) else None
    return SourceError(f"{path} cannot be read ({reason or error}): correct the path or its permissions.")


def _missing(path: Path) -> SourceError:
    return SourceError(f"{path} does not exist: correct the path, or put the file there.{_there(path)}")


def _newest(candidates: Iterator[Path], suffixes: tuple[str, ...], folder: Path, where: str) -> Path:
    fitting = [
        file
        for file in candidates
        if not file.name.startswith((".", "~$")) and (not suffixes or file.suffix.lower() in suffixes)
    ]
    for file in fitting:
        _refuse_links(file, folder)
    files = [file for file in fitting if file.is_file()]
    if not files:
        kinds = f" ending in {' or '.join(suffixes)}" if suffixes else ""
        raise SourceError(
            f"no file{kinds} was found in {where}: put the extract there, or correct the path."
            f"{_there(folder)}"
        )
    return max(files, key=lambda file: (file.stat().st_mtime_ns, file.name))


def _there(path: Path) -> str:
    """Return a sentence that names the extracts where *path* leads, or as far down as there are folders."""
    folder = next((folder for folder in (path, *path.parents) if folder.is_dir()), None)
    if folder is None or not (names := _extracts_in(folder)):
        return ""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f" In {folder.absolute()} there are: {', '.join(names[:MOST_NAMES])}{more}."


def _extracts_in(folder: Path) -> list[str]:
    """Return the names of the files in *folder* that could be extracts of any kind, as far as one may see."""
    try:
        return sorted(file.name for file in folder.iterdir() if _could_be_extract(file) and file.is_file())
    except OSError:
        return []


def _could_be_extract(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))


def _named(pattern: Path) -> Path:
    """Return the folder that a pattern names in so many words: all before its first wildcard."""
    return next(folder for folder in pattern.parents if not _WILDCARDS & set(str(folder)))


def _refuse_links(file: Path, folder: Path) -> None:
    """Refuse a *file* that is a symbolic link, or to which one leads on the way down from *folder*."""
    below = folder
    for part in file.relative_to(folder).parts:
        below /= part
        if below.is_symlink():
            raise SourceError(
                f"{below} is a symbolic link, which is not followed from where extracts are dropped: "
                "put the file itself there, or name in source.path the file that the link leads to."
            )
