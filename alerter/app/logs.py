"""The log of `alerter serve`: one line an event, with ids of runs and counts and nothing about anybody."""

import json
import logging
import re
from datetime import UTC, date, datetime
from typing import IO, Literal

Format = Literal["text", "json"]
Fact = str | int | date | None

# What may name an address, or quote an answer.
OTHERS = ("apscheduler", "msal", "notifications_python_client", "waitress", "alerter.web")
NAME = "alerter.serve"
FACTS = frozenset(
    {
        "version", "settings", "run", "send_date", "as_of", "next_run", "state", "is_late", "open", "digests",
        "exceptions", "reasons", "sent", "deferred", "refused", "unknown", "is_stopped", "jumped_minutes",
        "signal", "fault", "why", "admins", "lines_lost", "page", "method", "status",
        "port", "recorded",
    }
)  # fmt: skip
"""The only things a line may tell; whoever adds one makes sure that it names no child, address or person."""

_ADDRESS = re.compile(r"\S*@\S*")
_LINE_ENDS = re.compile(r"\s+")


class Journal:
    """Writes events: a name, and facts out of `FACTS`."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def note(self, event: str, **facts: Fact) -> None:
        """
        Write down what happened as it should.

        Raises:
            ValueError: A fact is none of those that may be told.
        """
        self._write(logging.INFO, event, facts)

    def warn(self, event: str, **facts: Fact) -> None:
        """
        Write down what an operator must look at.

        Raises:
            ValueError: As for `note`.
        """
        self._write(logging.WARNING, event, facts)

    def _write(self, level: int, event: str, facts: dict[str, Fact]) -> None:
        if untold := facts.keys() - FACTS:
            raise ValueError(f"not a fact that a log may hold: {', '.join(sorted(untold))}")
        said = {name: _said(value) for name, value in facts.items() if value is not None}
        self._logger.log(level, event, extra={"facts": said})


class LossyHandler(logging.StreamHandler[IO[str]]):
    """
    Writes lines while they can be written; the next line after some that could not says how many were lost.
    """

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or count it as lost: a full disk must not stop the sending."""
        facts: dict[str, str | int] = getattr(record, "facts", {})
        record.facts = {**facts, "lines_lost": self._lost} if self._lost else facts
        try:
            self.stream.write(f"{self.format(record)}\n")
            self.flush()
        except (OSError, ValueError):
            self._lost += 1
        else:
            self._lost = 0


class TextFormatter(logging.Formatter):
    """Writes `2026-11-23T08:00:01+00:00 INFO run_ended run=7 sent=13`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one event."""
        facts = [f"{name}={_quoted(value)}" for name, value in getattr(record, "facts", {}).items()]
        return " ".join([_at(record), record.levelname, record.getMessage(), *facts])


class JsonFormatter(logging.Formatter):
    """Writes one JSON object with `at`, `level`, `event` and the facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one event."""
        said = {"at": _at(record), "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**said, **getattr(record, "facts", {})}, ensure_ascii=True)


def open_journal(stream: IO[str], form: Format, name: str = NAME) -> Journal:
    """
    Return a journal that writes to *stream*; the logs of others are silent, for they are not made of facts.
    """
    handler = LossyHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logger = logging.getLogger(name)
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    for other in OTHERS:
        logging.getLogger(other).setLevel(logging.CRITICAL + 1)
    return Journal(logger)


def without_addresses(text: str) -> str:
    r"""
    Return an operator's sentence with every email address left out, on one line.

    >>> without_addresses("refused <a.manager@council.example>:\n550 no")
    'refused (an address) 550 no'
    """
    return _LINE_ENDS.sub(" ", _ADDRESS.sub("(an address)", text)).strip()


def _said(value: Fact) -> str | int:
    if isinstance(value, str):
        return without_addresses(value)
    return value.isoformat() if isinstance(value, date) else int(value or 0)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")


def _quoted(value: str | int) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text
