"""A sender as a process of its own: it delivers for ever, as the service does, and its clock can be set."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from alerter.errors import StoreError
from alerter.installation import clock
from alerter.pipeline.deliver import Channel, deliver
from alerter.store.database import open_database
from alerter.transports.conversation import SmtpServer
from alerter.transports.smtp import SmtpTransport
from tests.world.stored_council import at_once

IDLE_SECONDS = 0.05
OVER = "over"


@dataclass(frozen=True, slots=True)
class Timepiece:
    """
    The clock of several processes: the real one, and what it was put forward by, which stands in a file.
    """

    file: Path

    def __call__(self) -> datetime:
        """Return what these processes take for now."""
        return clock.now(UTC) + timedelta(seconds=float(self.file.read_text()))

    def put_forward(self, by: timedelta) -> None:
        """Let so much time have gone by, for all of them at once."""
        put = float(self.file.read_text()) if self.file.exists() else 0.0
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(put + by.total_seconds()))
        fresh.replace(self.file)


@dataclass(frozen=True, slots=True)
class Post:
    """
    Where a sender stands: its database, its mail server, its clock, its name, and the folder for its signs.
    """

    url: str
    port: int
    timepiece: Timepiece
    name: str
    folder: Path

    def rounds(self) -> int:
        """Return how many deliveries it has done so far, each of them to the end."""
        sign = self.folder / f"{self.name}.rounds"
        return int(sign.read_text()) if sign.exists() else 0

    def count(self, rounds: int) -> None:
        """Let it be known how many deliveries were done."""
        fresh = self.folder / f"{self.name}.new"
        fresh.write_text(str(rounds))
        fresh.replace(self.folder / f"{self.name}.rounds")


def keep_delivering(post: Post) -> None:
    """
    Deliver what is due until the file `over` is there; where the database fails, try again, as the service.
    """
    database = open_database(post.url)
    server = SmtpServer(
        host="127.0.0.1", port=post.port, sender="alerts@council.example", security="none",
        helo_name=post.name,
    )  # fmt: skip
    transport, idle, rounds = SmtpTransport(server), Event(), 0
    while not (post.folder / OVER).exists():
        with suppress(StoreError):
            channel = Channel(
                database=database,
                transport=transport,
                unknown_outcome="resend",
                clock=post.timepiece,
                pace=at_once,
            )
            deliver(channel)
            post.count(rounds := rounds + 1)
        idle.wait(IDLE_SECONDS)
    transport.close()
    database.close()
