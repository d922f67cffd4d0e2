"""The log: one line an event, told facts only, and a disk that is full stops nothing."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from alerter.app.logs import open_journal

NAME = "alerter.test"


class FullDisk(io.StringIO):
    """A file on a disk that is full while *is_full*."""

    is_full = False

    def write(self, text: str) -> int:
        """Refuse every line while the disk is full."""
        if self.is_full:
            raise OSError(28, "No space left on device")
        return super().write(text)


@pytest.fixture
def stream() -> Iterator[FullDisk]:
    """Return where the log is written to."""
    yield FullDisk()
    logging.getLogger(NAME).handlers.clear()


def test_json_is_one_object_a_line(stream: FullDisk) -> None:
    """A date is ISO, and what is not known is left out."""
    journal = open_journal(stream, "json", NAME)
    journal.note("run_ended", run=7, as_of=date(2026, 11, 23), is_late=False, state="done", open=None)
    journal.warn("failed", fault="SourceError", why="extract.csv, line 3:\nno heading")
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert datetime.fromisoformat(first.pop("at")).utcoffset() is not None
    assert first == {
        "level": "info", "event": "run_ended", "run": 7, "as_of": "2026-11-23", "is_late": 0, "state": "done",
    }  # fmt: skip
    assert (second["level"], second["why"]) == ("warning", "extract.csv, line 3: no heading")


def test_text_is_one_line_an_event(stream: FullDisk) -> None:
    """Words with blanks stand in quotes."""
    open_journal(stream, "text", NAME).warn("failed", fault="StoreError", why="it is\naway")
    at, _, said = stream.getvalue().partition(" ")
    assert datetime.fromisoformat(at).utcoffset() is not None
    assert said == 'WARNING failed fault=StoreError why="it is away"\n'


def test_a_fact_that_is_not_on_the_list_is_refused(stream: FullDisk) -> None:
    """Nobody logs a child's id by habit: the list of facts has none."""
    with pytest.raises(ValueError, match="child_id"):
        open_journal(stream, "text", NAME).note("run_ended", child_id="C70001")
    assert stream.getvalue() == ""


def test_addresses_are_left_out(stream: FullDisk) -> None:
    """A mail server's refusal repeats the address it refuses."""
    open_journal(stream, "json", NAME).warn("failed", why="550 <a.manager@council.example>: no such user")
    assert json.loads(stream.getvalue())["why"] == "550 (an address) no such user"


def test_lines_that_could_not_be_written_are_counted(stream: FullDisk) -> None:
    """The next one that can says how many are missing."""
    journal = open_journal(stream, "json", NAME)
    stream.is_full = True
    journal.note("serving")
    journal.note("stopped")
    stream.is_full = False
    journal.note("serving")
    journal.note("stopped")
    after, last = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert after["lines_lost"] == 2
    assert "lines_lost" not in last


def test_the_schedulers_own_log_is_silent(stream: FullDisk, caplog: pytest.LogCaptureFixture) -> None:
    """Its lines are not made of facts, and could repeat what an error says."""
    open_journal(stream, "json", NAME)
    logging.getLogger("apscheduler.executors.default").error("C70001")
    assert not caplog.records
