"""Holds one quality audit: the form's criteria with their points, and the points given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

FULL_MARKS = 100
_POINTS = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """
    One line of the form: its *key*, what it is about, what to look for, and how many points it is worth.
    """

    key: str
    name: str
    description: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """
    A score out of 100, who gave it and when; *points* by criterion where these are known.

    One that the case system tells has neither a day nor a name.
    """

    score: int
    by: str = ""
    audited_on: date | None = None
    points: Mapping[str, int] = field(default_factory=dict, hash=False)

    def passes(self, pass_mark: int) -> bool:
        """Say whether the score reaches the mark."""
        return self.score >= pass_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """
    The form as somebody has filled it in so far: the points that can be read, and a sentence for each fault.
    """

    points: Mapping[str, int]
    faults: tuple[str, ...]

    @property
    def score(self) -> int:
        """Return the points given so far, out of 100."""
        return sum(self.points.values())


def fill_in(criteria: Sequence[Criterion], entered: Mapping[str, str]) -> FilledForm:
    """
    Return what *entered* gives: for each criterion whole points from 0 to its weight.

    >>> form = [Criterion(key="a", name="Child seen", description="", weight=60),
    ...         Criterion(key="b", name="Plan", description="", weight=40)]
    >>> fill_in(form, {"a": "50", "b": "24"}).score
    74
    >>> fill_in(form, {"a": "61", "b": "24", "c": "1"}).faults
    ('a (Child seen): give 0 to 60 points.', 'c: is no criterion; those are a, b.')
    """
    points, faults = {}, []
    for criterion in criteria:
        text = entered.get(criterion.key, "").strip()
        if _POINTS.fullmatch(text) and int(text) <= criterion.weight:
            points[criterion.key] = int(text)
        else:
            faults.append(f"{criterion.key} ({criterion.name}): give 0 to {criterion.weight} points.")
    known = [criterion.key for criterion in criteria]
    faults += [
        f"{key}: is no criterion; those are {', '.join(known)}." for key in entered if key not in known
    ]
    return FilledForm(points=points, faults=tuple(faults))
