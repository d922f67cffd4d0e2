"""One section of `alerter check`: its lines, and how bad each is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any

from alerter.errors import AlerterError


class State(StrEnum):
    """How bad a line is, the worst first."""

    FAULT = "fault"
    """The part cannot be used."""
    HELD = "held"
    """A gate would hold the run."""
    LOOK = "look"
    """It can be used, and may not be what is wanted."""
    OK = "ok"


SEVERITIES = tuple(State)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing understood: of what *item*, in which words, and with which numbers."""

    text: str
    item: str = ""
    state: State = State.OK
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """
        Return it as a person reads it.

        >>> Line('"Person ID"', "child_id").words
        'child_id: "Person ID"'
        """
        return f"{self.item}: {self.text}" if self.item else self.text

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "item": self.item,
            "state": self.state.value,
            "text": self.text,
            "counts": dict(self.counts),
        }


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an installation, tried: the lines say what was understood of it, the worst first."""

    name: str
    lines: tuple[Line, ...]
    exit_code: int = 0
    """Of the fault that keeps the part from being used."""

    @classmethod
    def of(cls, name: str, lines: Iterable[Line]) -> "Section":
        """Return a section of *lines*, put in their order."""
        return cls(name, tuple(sorted(lines, key=lambda line: SEVERITIES.index(line.state))))

    @classmethod
    def of_fault(cls, name: str, error: AlerterError) -> "Section":
        """Return the section of a part that *error* keeps from being used."""
        faults = str(error).splitlines()
        return cls(name, tuple(Line(fault, state=State.FAULT) for fault in faults), error.exit_code)

    @property
    def state(self) -> State:
        """Return the state of its worst line."""
        return self.lines[0].state if self.lines else State.OK

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "section": self.name,
            "state": self.state.value,
            "lines": [line.as_json() for line in self.lines],
        }


def tried(name: str, attempt: Callable[[], Iterable[Section]]) -> list[Section]:
    """Return the sections that *attempt* makes, or the one called *name* of what keeps it from that."""
    try:
        return list(attempt())
    except AlerterError as error:
        return [Section.of_fault(name, error)]


def worst_first(sections: Iterable[Section]) -> list[Section]:
    """Return *sections* that say something by their states, those of one state in the order they came in."""
    return sorted(filter(attrgetter("lines"), sections), key=lambda section: SEVERITIES.index(section.state))


def state_of(sections: Sequence[Section]) -> State:
    """Return the state of the worst of *sections*, which are in their order."""
    return sections[0].state


def exit_code_of(sections: Iterable[Section]) -> int:
    """Return how a check of *sections* ends: by the largest code of a fault, or 1 where a gate would hold."""
    return max(section.exit_code or int(section.state == State.HELD) for section in sections)
