"""A team's timeliness as its digest tells it: since April, against the target, small numbers left unsaid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerter.domain.policy import Clock
from alerter.domain.routing import matched
from alerter.domain.timeliness import HUNDRED, Timeliness

FEWEST = 10
"""A percentage of fewer than these tells of single children and single workers, and swings by a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """
    How many assessments of one type were authorised in a stretch, and how many of them in time (NI 60).
    """

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
    """
    What was authorised in a stretch, counted by team and type, ready to be added up for any teams.
    """

    clocks: Mapping[str, Clock]
    counts: Mapping[tuple[str, str], Timeliness]

    @property
    def teams(self) -> set[str]:
        """
        Return the teams of which anything was authorised, as they are compared.
        """
        return {team for team, _ in self.counts}

    def of_teams(self, teams: Iterable[str]) -> tuple[TrackRecord, ...]:
        """
        Return the record of *teams* together, one of each type of which anything was authorised.
        """
        places = {matched(team) for team in teams}
        figures = {type_: self._of(places, type_) for type_ in self.clocks}
        return tuple(
            TrackRecord(
                label=clock.label,
                authorised=figures[type_].authorised,
                in_time=figures[type_].in_time,
                target_percent=clock.target_percent,
            )
            for type_, clock in self.clocks.items()
            if figures[type_].authorised
        )

    def _of(self, places: Iterable[str], type_: str) -> Timeliness:
        return sum((self.counts.get((place, type_), Timeliness()) for place in places), Timeliness())


def track_records(signed: Mapping[tuple[str, str], Timeliness], clocks: Mapping[str, Clock]) -> TrackRecords:
    """
    Return the records of what was *signed* off by team, however it is spelt, and type.
    """
    counts: dict[tuple[str, str], Timeliness] = defaultdict(Timeliness)
    for (team, type_), each in signed.items():
        counts[matched(team), type_] += each
    return TrackRecords(clocks, dict(counts))
