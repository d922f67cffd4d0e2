"""Senders of several hosts on one server, started anew for ever whenever one has ended, however it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from select import select
from time import monotonic

from tests.world.process import Process

POLL_SECONDS = 0.05
Start = Callable[[], Process]


@dataclass(slots=True)
class Fleet:
    """One process for each of *starts*, which are drawn from for the next victim by *random*."""

    starts: Sequence[Start]
    random: Random
    started: int = 0
    killed: int = 0
    _processes: list[Process] = field(default_factory=list)

    def begin(self) -> None:
        """Start them all."""
        self._processes = [start() for start in self.starts]
        self.started = len(self._processes)

    def keep_up(self, seconds: float) -> None:
        """For so many *seconds*, start anew whoever ends."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            self._look(left)

    def keep_up_until(self, is_met: Callable[[], bool], seconds: float) -> None:
        """Start anew whoever ends until something *is_met*, for so many *seconds* at most."""
        end = monotonic() + seconds
        while not is_met() and monotonic() < end:
            self._look(POLL_SECONDS)

    def kill_one(self) -> None:
        """Kill a process at random, and start it anew."""
        number = self.random.randrange(len(self._processes))
        self._processes[number].kill()
        self.killed += self._processes[number].is_killed
        self._start_anew(number)

    def end(self) -> None:
        """Wait for them all, and start none any more."""
        for process in self._processes:
            process.join()

    def _look(self, seconds: float) -> None:
        ended, *_ = select(self._processes, [], [], seconds)
        for number, process in enumerate(self._processes):
            if process in ended:
                self._start_anew(number)

    def _start_anew(self, number: int) -> None:
        self._processes[number].join()
        self._processes[number] = self.starts[number]()
        self.started += 1
