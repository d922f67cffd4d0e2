"""Counts timeliness: of the assessments authorised in a period, the share in time (NI 60)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY, WorkingCalendar
from alerter.domain.policy import Clock
from alerter.domain.routing import matched

HUNDRED = 100
Key = TypeVar("Key")

FEWEST = 10
"""A percentage of fewer than these tells of single children and single workers, and swings by a tenth."""


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
        """Say whether it was authorised within its limit: by count, never by due date."""
        return self.age <= self.clock.working_days


@dataclass(frozen=True, slots=True)
class Timeliness:
    """How many were authorised, and how many of these in time."""

    authorised: int = 0
    in_time: int = 0

    @property
    def late(self) -> int:
        """Return how many were authorised late."""
        return self.authorised - self.in_time

    @property
    def percent(self) -> float | None:
        """Return the share in time; None where nothing was authorised, which is neither good nor bad."""
        return HUNDRED * self.in_time / self.authorised if self.authorised else None

    def __add__(self, other: "Timeliness") -> "Timeliness":
        """Return the two together."""
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
    believed = [
        _sign_off(calendar, clocks[assessment.type], assessment, assessment.authorised_on)
        for assessment in assessments
        if assessment.type in clocks
        and assessment.authorised_on is not None
        and assessment.authorised_on <= as_of
        and not assessment.is_authorised_before_start
    ]
    return sorted(believed, key=lambda sign_off: (sign_off.on, sign_off.assessment.key))


def counted_from(calendar: WorkingCalendar, column: str, signed: Iterable[SignOff]) -> list[SignOff]:
    """
    Return *signed* with ages counted from the date in *column*, `started_on` or `referred_on`.

    What has no such date, or one after its sign-off, is left out.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    return [
        replace(sign_off, age=calendar.age(start, sign_off.on))
        for sign_off in signed
        if (start := getattr(sign_off.assessment, column)) is not None and start <= sign_off.on
    ]


def timeliness(signed: Iterable[SignOff]) -> Timeliness:
    """Return the timeliness of *signed*."""
    outcomes = [sign_off.is_in_time for sign_off in signed]
    return Timeliness(len(outcomes), sum(outcomes))


def timeliness_by(signed: Iterable[SignOff], key: Callable[[SignOff], Key]) -> dict[Key, Timeliness]:
    """Return the timeliness of each group of *signed*, in the order the groups are met."""
    groups: dict[Key, list[SignOff]] = defaultdict(list)
    for sign_off in signed:
        groups[key(sign_off)].append(sign_off)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    One day under one rule: what was authorised *on* it is late if its clock started by *late_start*.

    *version* counts a type's rules from the newest, which is 0.
    """

    type: str
    version: int
    on: date
    late_start: date


def deadlines(
    calendar: WorkingCalendar, clocks: Mapping[str, Clock], first: date, last: date
) -> Iterator[Deadline]:
    """
    Yield each day from *first* to *last* under each rule of *clocks*.

    `age > n` is `age >= n + 1`, so a sign-off on a closed day after the limit is counted, not dated (NI 60).

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    days = [first + ONE_DAY * place for place in range((last - first).days + 1)]
    for type_, newest in clocks.items():
        for version, clock in enumerate(newest.versions()):
            for on in days:
                late_start = calendar.latest_start(on, clock.working_days + 1)
                yield Deadline(type=type_, version=version, on=on, late_start=late_start)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How many assessments of one type were authorised in a stretch, and how many of them in time (NI 60)."""

    label: str
    authorised: int
    in_time: int
    target_percent: float | None = None

    @property
    def percent(self) -> int | None:
        """
        Return the share in time, rounded, but never up to a target that is missed; None for too few.

        >>> TrackRecord(label="Core", authorised=61, in_time=51).percent
        84
        >>> TrackRecord(label="Core", authorised=124, in_time=100, target_percent=81).percent
        80
        >>> TrackRecord(label="Core", authorised=9, in_time=9).percent
        """
        if self.authorised < FEWEST:
            return None
        exact = HUNDRED * self.in_time / self.authorised
        rounded = int(exact + 0.5)
        is_flattered = self.target_percent is not None and exact < self.target_percent <= rounded
        return int(exact) if is_flattered else rounded


@dataclass(frozen=True, slots=True)
class TrackRecords:
    """What was authorised in a stretch, counted by team and type, ready to be added up for any teams."""

    clocks: Mapping[str, Clock]
    counts: Mapping[tuple[str, str], Timeliness]

    @property
    def teams(self) -> set[str]:
        """Return the teams of which anything was authorised, as they are compared."""
        return {team for team, _ in self.counts}

    def of_teams(self, teams: Iterable[str]) -> tuple[TrackRecord, ...]:
        """Return the record of *teams* together, one of each type of which anything was authorised."""
        places = {matched(team) for team in teams}
        by_type = {type_: self._of(places, type_) for type_ in self.clocks}
        return tuple(
            TrackRecord(
                label=clock.label,
                authorised=by_type[type_].authorised,
                in_time=by_type[type_].in_time,
                target_percent=clock.target_percent,
            )
            for type_, clock in self.clocks.items()
            if by_type[type_].authorised
        )

    def _of(self, places: Iterable[str], type_: str) -> Timeliness:
        return sum((self.counts.get((place, type_), Timeliness()) for place in places), Timeliness())


def track_records(signed: Mapping[tuple[str, str], Timeliness], clocks: Mapping[str, Clock]) -> TrackRecords:
    """Return the records of what was *signed* off by team, however it is spelt, and type."""
    counts: dict[tuple[str, str], Timeliness] = defaultdict(Timeliness)
    for (team, type_), figure in signed.items():
        counts[matched(team), type_] += figure
    return TrackRecords(clocks, dict(counts))
