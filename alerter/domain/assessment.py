"""Holds one assessment of one child, and the row that cannot be believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple

RowValues = Sequence[Any]
"""The values of one assessment in the order of `ROW_FIELDS`: what passes through in bulk, from row to row."""


class AssessmentKey(NamedTuple):
    """What tells one assessment from every other: siblings assessed together share its id."""

    assessment_id: str
    child_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """
    One assessment of one child, as the case system tells it.

    Siblings assessed together share *assessment_id*, so *key* is its identity.
    Where the case system has no id, *assessment_id* is `child_id/clock_on`.
    Only ids show in the `repr`, so that no log can hold more.
    """

    assessment_id: str
    child_id: str
    type: str = field(repr=False)
    clock_on: date = field(repr=False)
    """The day its clock starts from: *started_on* or *referred_on*, as its type says."""
    started_on: date | None = field(default=None, repr=False)
    """DfE N00159."""
    referred_on: date | None = field(default=None, repr=False)
    """DfE N00100."""
    authorised_on: date | None = field(default=None, repr=False)
    """The manager's sign-off, DfE N00160."""
    cancelled_on: date | None = field(default=None, repr=False)
    closed_on: date | None = field(default=None, repr=False)
    """The episode's closure, DfE N00102."""
    review_on: date | None = field(default=None, repr=False)
    """A planned review point, DfE N00161: a plan, never proof."""
    team: str = field(default="", repr=False)
    worker: str = field(default="", repr=False)
    manager_email: str = field(default="", repr=False)
    audit_score: int | None = field(default=None, repr=False)
    worker_away_until: date | None = field(default=None, repr=False)
    reassured_on: date | None = field(default=None, repr=False)
    """The day a manager looked, where the case system records it."""
    reassured_by: str = field(default="", repr=False)
    expected_on: date | None = field(default=None, repr=False)
    """The day by which that manager expected the sign-off."""
    submitted_on: date | None = field(default=None, repr=False)
    """The day the worker handed it in for the quality audit and the sign-off."""
    reason: str = field(default="", repr=False)
    """Why it is done, as a key of `[reasons]`."""

    @property
    def key(self) -> AssessmentKey:
        """Return which assessment of which child it is."""
        return AssessmentKey(self.assessment_id, self.child_id)

    @property
    def is_authorised_before_start(self) -> bool:
        """Say whether the sign-off lies before the start, which no sign-off can (DfE rule 8608)."""
        return is_before_start(self.clock_on, self.started_on, self.authorised_on)

    @property
    def ended_on(self) -> date | None:
        """
        Return the first day on which it is no longer open, if anything believable says so.

        A sign-off, a cancellation and a closure each end it, and none of them does before the start.
        Whether an end lies in the future depends on the day it is asked, so the reader compares.

        >>> Assessment(assessment_id="A1", child_id="7", type="core", clock_on=date(2026, 10, 5),
        ...            authorised_on=date(2026, 10, 2)).ended_on is None
        True
        """
        return first_end(
            self.clock_on, self.started_on, self.authorised_on, self.cancelled_on, self.closed_on
        )  # fmt: skip

    def is_open(self, as_of: date) -> bool:
        """Say whether nothing has ended it on or before *as_of*."""
        return self.ended_on is None or self.ended_on > as_of

    def is_ended_by(self, end: date | None, as_of: date) -> bool:
        """Say whether *end*, its sign-off, cancellation or closure, has ended it by *as_of*."""
        return end is not None and end <= as_of and not is_before_start(self.clock_on, self.started_on, end)

    def is_closed_unauthorised(self, as_of: date) -> bool:
        """Say whether its episode was closed by *as_of*, with no sign-off or cancellation (DfE rule 8867)."""
        others = (self.authorised_on, self.cancelled_on)
        return self.is_ended_by(self.closed_on, as_of) and not any(
            self.is_ended_by(end, as_of) for end in others
        )


ROW_FIELDS = tuple(column.name for column in fields(Assessment))
_PUT = tuple(getattr(Assessment, name).__set__ for name in ROW_FIELDS)


def assessment_of(values: RowValues) -> Assessment:
    """
    Return the assessment that *values* tell of.

    They are put into its slots one by one: a frozen value's own way of being made takes four times as long,
    which is felt with a history of years.
    """
    made = object.__new__(Assessment)
    for put, value in zip(_PUT, values, strict=True):
        put(made, value)
    return made


def is_before_start(clock_on: date, started_on: date | None, end: date | None) -> bool:
    """Say whether an end lies before the start, be it of the clock or of the work."""
    return end is not None and end < _begun(clock_on, started_on)


def first_end(
    clock_on: date,
    started_on: date | None,
    authorised_on: date | None,
    cancelled_on: date | None,
    closed_on: date | None,
) -> date | None:
    """
    Return the first believable end among the dates of one assessment.

    >>> first_end(date(2026, 10, 5), None, date(2026, 10, 2), date(2026, 11, 2), date(2026, 11, 3))
    datetime.date(2026, 11, 2)
    """
    begun = _begun(clock_on, started_on)
    first = None
    for end in (authorised_on, cancelled_on, closed_on):
        if end is not None and end >= begun and (first is None or end < first):
            first = end
    return first


def _begun(clock_on: date, started_on: date | None) -> date:
    """Return the later of the two starts: nothing ends before both the clock and the work have begun."""
    return clock_on if started_on is None or started_on < clock_on else started_on


@dataclass(frozen=True, slots=True)
class Rejected:
    """
    A row that cannot be believed: its line, and why in a sentence without the child's data.

    *kind* is that of the exception it makes (`start_missing`, `unknown_type`), else empty. The ids
    are there where the row had them, so that a rejected row never looks like one that vanished.
    """

    line: int
    reason: str
    kind: str = ""
    assessment_id: str = ""
    child_id: str = ""

    @property
    def key(self) -> AssessmentKey:
        """Return which assessment of which child its row names."""
        return AssessmentKey(self.assessment_id, self.child_id)


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """
    Where the value stands: its line, its canonical column *field* and the file's *heading*; not what it says.

    The ids are those of the assessment in its row, in which the value counts as blank.
    """

    line: int
    field: str
    heading: str
    assessment_id: str
    child_id: str

    @property
    def key(self) -> AssessmentKey:
        """Return which assessment of which child its row names."""
        return AssessmentKey(self.assessment_id, self.child_id)

    @property
    def sentence(self) -> str:
        """
        Return what is to mend.

        >>> UnreadableValue(7, "closed_on", "Closed", "A-1", "7").sentence
        'line 7: closed_on ("Closed") cannot be read or believed, so it counts as blank'
        """
        where = f"line {self.line}: {field_named(self.field, self.heading)}"
        return f"{where} cannot be read or believed, so it counts as blank"


def field_named(field: str, heading: str) -> str:
    """Return the canonical column *field*, with the file's *heading* where it is another."""
    return field if heading.casefold() == field else f'{field} ("{heading}")'
