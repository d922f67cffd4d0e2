"""Timeliness: of the assessments authorised in a period, the share authorised in time (NI 60)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.policy import Clock

HUNDRED = 100
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """
    One assessment with a sign-off that is believed: the day, its age on that day, and the rule it was under.
    """

    assessment: Assessment
    clock: Clock
    on: date
    age: int

    @property
    def is_in_time(self) -> bool:
        """
        Say whether it was authorised within its limit: by count, never by due date.
        """
        return self.age <= self.clock.working_days


@dataclass(frozen=True, slots=True)
class Timeliness:
    """
    How many were authorised, and how many of these in time.
    """

    authorised: int = 0
    in_time: int = 0

    @property
    def late(self) -> int:
        """
        Return how many were authorised late.
        """
        return self.authorised - self.in_time

    @property
    def percent(self) -> float | None:
        """
        Return the share in time; None where nothing was authorised, which is neither good nor bad.
        """
        return HUNDRED * self.in_time / self.authorised if self.authorised else None

    def __add__(self, other: "Timeliness") -> "Timeliness":
        """
        Return the two together.
        """
        return Timeliness(self.authorised + other.authorised, self.in_time + other.in_time)


def sign_offs(
    calendar: WorkingCalendar, clocks: Mapping[str, Clock], assessments: Iterable[Assessment], as_of: date
) -> list[SignOff]:
    """
    Return the sign-offs among *assessments* that are believed on *as_of*, oldest first.

    One before the start or after *as_of* is none. What has a type that is configured no longer has no
    limit to be measured by, and is left out.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    found = [
        _sign_off(calendar, clocks[each.type], each, each.authorised_on)
        for each in assessments
        if each.type in clocks
        and each.authorised_on is not None
        and each.authorised_on <= as_of
        and not each.is_authorised_before_start
    ]
    return sorted(found, key=lambda each: (each.on, each.assessment.assessment_id, each.assessment.child_id))


def timeliness(signed: Iterable[SignOff]) -> Timeliness:
    """
    Return the timeliness of *signed*.
    """
    outcomes = [each.is_in_time for each in signed]
    return Timeliness(len(outcomes), sum(outcomes))


def timeliness_by(signed: Iterable[SignOff], key: Callable[[SignOff], Key]) -> dict[Key, Timeliness]:
    """
    Return the timeliness of each group of *signed*, in the order the groups are met.
    """
    groups: dict[Key, list[SignOff]] = defaultdict(list)
    for each in signed:
        groups[key(each)].append(each)
    return {name: timeliness(group) for name, group in groups.items()}


def percent_words(percent: float | None) -> str:
    """
    Return a percentage with two decimals, as DfE's tables and the report's CSV have it.

    >>> percent_words(Timeliness(2772, 1812).percent), percent_words(None)
    ('65.37', '')
    """
    return "" if percent is None else f"{percent:.2f}"


def _sign_off(calendar: WorkingCalendar, newest: Clock, assessment: Assessment, on: date) -> SignOff:
    clock = newest.in_force(assessment.started_on, assessment.referred_on)
    return SignOff(assessment=assessment, clock=clock, on=on, age=calendar.age(assessment.clock_on, on))
