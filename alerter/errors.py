"""
Errors an operator can act on.

    AlerterError                 text fit for an operator; class attribute exit_code
    ├── ConfigError              .faults lists everything wrong
    ├── CalendarRangeError       a date lies beyond the known bank holidays
    ├── SourceError              the extract or the directory cannot be read
    │   └── DirectoryError       the same of the directory while digests wait for it; the admins know
    ├── UnrecognisedError        what a file is cannot be told; nothing was written
    ├── StoreError               the database cannot be used; an old schema names the command
    │   ├── StoreAwayError       it may be usable again by itself: a server that is away, a full disk
    │   ├── StoreLostError       it is not the one it was: deleted, replaced, overwritten, an older state
    │   └── StoreBrokenError     its disk failed: what this process believes to be written may not be
    ├── PartitionError           the digests do not add up; nothing is sent
    ├── TemplateError            a council's own template cannot be used; names file and line
    └── MailError
        ├── MailDeferredError    may be taken later: no connection, 4xx, greylisting
        ├── MailThrottledError   nobody's message: the server takes none for a while, and says how long
        ├── MailRefusedError     never: 5xx for this recipient or content
        └── MailStoppedError     nobody's message: login or sender refused, no verified TLS

Exceptions are for runs. A row that cannot be believed is a value (`Rejected`),
and what became of a message is a state in the outbox.
"""

from collections.abc import Sequence
from datetime import timedelta


class AlerterError(Exception):
    """Something an operator must mend; its text says what and how, and never names a child."""

    exit_code = 3


class ConfigError(AlerterError):
    """The settings cannot be used; `faults` lists every one of them, a sentence each."""

    exit_code = 2

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class CalendarRangeError(AlerterError):
    """A date lies outside the years whose bank holidays are known."""

    exit_code = 2


class UnrecognisedError(AlerterError):
    """What a file is, or which of its sheets or lines is meant, cannot be told; nothing was written."""

    exit_code = 2


class SourceError(AlerterError):
    """The extract or the directory cannot be read; the text names file, line or column."""

    exit_code = 3


class DirectoryError(SourceError):
    """
    The directory cannot be read while digests wait, so nobody knows whose they are. The admins were told.
    """


class StoreError(AlerterError):
    """The database cannot be used; the text names the command that mends it."""

    exit_code = 3


class StoreAwayError(StoreError):
    """The database cannot be used now, and may be usable again by itself: the same may be tried later."""


class StoreLostError(StoreError):
    """
    The database is not the one it was, or an older state of it: the admins are told at once, and nothing is
    written to it. The right one may be put back.
    """


class StoreBrokenError(StoreError):
    """
    The disk reported an error. Nothing is tried again by this process, which ends: whether its last
    write is on the disk, only a fresh look can tell.
    """


class PartitionError(AlerterError):
    """The digests do not add up to the open assessments: a defect of ours, so nothing is sent."""

    exit_code = 3


class TemplateError(AlerterError):
    """A council's own template cannot be used; the text names the file and the line."""

    exit_code = 2


class MailError(AlerterError):
    """A message was not accepted."""

    exit_code = 1
    wait = timedelta(0)
    """How long the server asked to be left alone."""


class MailDeferredError(MailError):
    """The server may take the message later: no connection, a 4xx reply, greylisting."""


class MailThrottledError(MailError):
    """No message can go for a while: the server has had too many requests, or is overloaded."""

    def __init__(self, text: str, wait: timedelta) -> None:
        super().__init__(text)
        self.wait = wait


class MailRefusedError(MailError):
    """The server will never take this message: a 5xx reply for the recipient or the content."""


class MailStoppedError(MailError):
    """No message can go: login or sender refused, or no verified encryption."""
