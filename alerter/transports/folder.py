"""Writes each message to a file in a folder, for trying out without a mail server."""

import re
from collections.abc import Callable
from pathlib import Path

from alerter.domain.message import Message
from alerter.errors import MailDeferredError
from alerter.private_files import beside, make_private_folder
from alerter.transports.transport import Outcome

_UNFIT = re.compile(r"[^A-Za-z0-9.-]+")


class FolderTransport:
    """
    Writes each message to `<Message-ID>.eml` in *folder*, for its owner's eyes: the name tells of nobody.

    The same message twice is one file, and a file is whole or not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def connect(self) -> str:
        """
        Make the folder, and say where it is.

        Raises:
            MailDeferredError: It cannot be made.
        """
        try:
            make_private_folder(self._folder)
        except OSError as error:
            raise self._cannot(error) from error
        return str(self._folder)

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """
        Write one message beside its place, call *mark*, and move it there.

        Raises:
            MailDeferredError: The folder cannot be written.
        """
        self.connect()
        path = self._folder / file_name(message.message_id)
        try:
            with beside(path, message.body) as unfinished:
                if not mark():
                    return Outcome("superseded", "another sender took this message over")
                unfinished.replace(path)
        except OSError as error:
            raise self._cannot(error) from error
        return Outcome("sent", f"written to {path.name}")

    def close(self) -> None:
        """Do nothing: no connection is held."""

    def _cannot(self, error: OSError) -> MailDeferredError:
        return MailDeferredError(f"cannot write to {self._folder}: {error.strerror or error}.")


def file_name(message_id: str) -> str:
    """
    Return the file's name for a Message-ID: its part before the @.

    >>> file_name("<run-7.digest.1f2e@council.example>")
    'run-7.digest.1f2e.eml'
    """
    local, _, _ = message_id.strip("<>").partition("@")
    return f"{_UNFIT.sub('-', local)}.eml"
