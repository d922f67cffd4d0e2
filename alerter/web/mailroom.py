"""Sends letters with new links in the background, so that every request for one takes as long."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from alerter.app.link_letters import LinkLetter, send_link
from alerter.app.logs import Journal
from alerter.installation.installation import Installation

Send = Callable[[Installation, LinkLetter], str]


class Mailroom:
    """Sends one letter after the other in a thread of its own, until its `with` block ends."""

    def __init__(self, installation: Installation, journal: Journal) -> None:
        self._installation = installation
        self._journal = journal
        self._waiting: SimpleQueue[LinkLetter | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="mailroom", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()

    def post(self, letter: LinkLetter) -> None:
        """Send *letter* as soon as those before it are out."""
        self._waiting.put(letter)

    def _work(self) -> None:
        while (letter := self._waiting.get()) is not None:
            try:
                self._journal.note("link_mailed", state=send_link(self._installation, letter))
            except Exception as error:  # noqa: BLE001 - one letter's fault must not keep the next ones in
                self._journal.warn("link_not_mailed", fault=type(error).__name__)
