"""Sending into a folder."""

from pathlib import Path

import pytest

from alerter.errors import MailDeferredError, StoreError
from alerter.transports.folder import FolderTransport
from tests.transports.sending import Letter, Mark


def test_a_message_is_one_file_named_after_its_id(tmp_path: Path) -> None:
    """The file's name holds nothing of the recipient, and sending twice leaves one file."""
    transport = FolderTransport(tmp_path / "out")
    for _ in range(2):
        outcome = transport.send(Letter(), Mark())
        assert (outcome.state, outcome.reply) == ("sent", "written to run-7.digest.aa.eml")
    transport.close()
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "out").iterdir()] == [
        ("run-7.digest.aa.eml", Letter().body)
    ]


def test_without_the_mark_nothing_is_left(tmp_path: Path) -> None:
    """A mark that is not ours, or fails, leaves the folder empty."""

    def failing() -> bool:
        raise StoreError("the database is away")

    transport = FolderTransport(tmp_path)
    assert transport.send(Letter(), Mark(is_ours=False)).state == "superseded"
    with pytest.raises(StoreError):
        transport.send(Letter(), failing)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_or_written_defers(tmp_path: Path) -> None:
    """A file in the folder's place, or a folder in the message's, is for later."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(MailDeferredError, match="cannot write"):
        FolderTransport(tmp_path / "file").connect()
    (tmp_path / "run-7.digest.aa.eml" / "inside").mkdir(parents=True)
    with pytest.raises(MailDeferredError, match="cannot write"):
        FolderTransport(tmp_path).send(Letter(), Mark())
