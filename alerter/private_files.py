"""
Writes files and folders that only their owner may read: all that hold rows, links or secrets.

On Windows, where there are no modes, Python gives a new folder to its owner alone, and what is written into
it inherits that; a file in a folder that was there before has that folder's permissions.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

FILE_MODE, FOLDER_MODE = 0o600, 0o700


def make_private_folder(folder: Path) -> None:
    """
    Make *folder*, and what is missing above it, for its owner alone, whatever the umask.

    One that is there already is closed to others if it is empty, and else left as it is: whoever filled it
    may need it open.

    Raises:
        OSError: It cannot be made, or is no folder.
    """
    if folder.is_dir():
        with suppress(PermissionError):  # it is somebody else's, who decides
            if not any(folder.iterdir()):
                folder.chmod(FOLDER_MODE)
        return
    if not folder.parent.is_dir():
        make_private_folder(folder.parent)
    folder.mkdir(FOLDER_MODE, exist_ok=True)
    folder.chmod(FOLDER_MODE)  # a umask may have taken even the owner's rights


def write_private(path: Path, content: bytes) -> None:
    """
    Write a file for its owner alone; it is whole or not there. An earlier one is replaced, mode and all.

    A link stays one, and the file it leads to is replaced. A terminal or a pipe is written to.

    Raises:
        OSError: It cannot be written; its file name is that of *path*.
    """
    with _naming(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        goal = Path(os.path.realpath(path))
        with beside(goal, content) as unfinished:
            unfinished.replace(goal)


@contextmanager
def beside(path: Path, content: bytes) -> Iterator[Path]:
    """
    Give a new private file beside *path* with the *content* that it is to have; gone at the end if not moved.

    Raises:
        OSError: It cannot be written.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=".", suffix=".part")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        unfinished.chmod(FILE_MODE)  # a umask may have taken even the owner's rights
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
