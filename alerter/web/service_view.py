"""The service page as ready strings and numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.app.overview import Overview, PastRun
from alerter.app.status import failed_sentences
from alerter.domain.data_exceptions import DataException
from alerter.domain.delivery import FAILED
from alerter.domain.oversight import AgeRange, TeamStanding
from alerter.domain.timeliness import TrackRecord
from alerter.domain.wording import counted, day_words, full_day_words
from alerter.mail.digest_notes import record_line
from alerter.mail.exception_words import words_of
from alerter.mail.language import ENGLISH
from alerter.store.outbox import Delivery

MOST_EXCEPTIONS = 100
WIDTH = 160  # of the longest bar of the trend, in its own units
STAGES = ("overdue", "past_alert", "approaching", "reassured")
OUTCOMES = ("sent", "deferred", "refused", "unknown")


@dataclass(frozen=True, slots=True)
class AgeRangeView:
    """One band of one kind of assessment."""

    label: str
    days: str
    count: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One stage's part of a bar: where it begins, how long it is, which stage."""

    stage: str
    at: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """One past run's counts, with the bar that shows them."""

    sent_on: str
    run: int
    state: str
    counts: Mapping[str, int]
    segments: tuple[Segment, ...]
    outcomes: str


@dataclass(frozen=True, slots=True)
class ExceptionsView:
    """The exceptions of one kind."""

    heading: str
    lines: Sequence[DataException]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """Everything the service page says."""

    as_of: str
    whose: str
    past: str
    reached: str
    total: TeamStanding | None
    teams: Sequence[TeamStanding]
    age_ranges: Sequence[AgeRangeView]
    records: Sequence[str]
    trend: Sequence[TrendView]
    width: int
    exceptions: Sequence[ExceptionsView]
    more_exceptions: str
    deliveries: Sequence[Delivery]
    failed: Sequence[str]


def service_view(shown: Overview) -> ServiceView:
    """Return the view of one overview."""
    days = {age_range.clock.alert_after for age_range in shown.age_ranges}
    alert_day = f"day {days.pop()}" if len(days) == 1 else "alert day"
    longest = max([1, *(sum(_stages_of(past).values()) for past in shown.runs)])
    more = len(shown.exceptions) - MOST_EXCEPTIONS
    return ServiceView(
        as_of=full_day_words(shown.as_of),
        whose="All teams" if shown.scope.is_everything else counted(len(shown.teams), "team"),
        past=f"Past {alert_day}",
        reached=f"Reach {alert_day} next",
        total=_total(shown.teams),
        teams=shown.teams,
        age_ranges=[_age_range(age_range) for age_range in shown.age_ranges],
        records=_records(shown.records),
        trend=[_trend(past, longest, shown.as_of) for past in shown.runs],
        width=WIDTH,
        exceptions=_exceptions(shown.exceptions[:MOST_EXCEPTIONS]),
        more_exceptions=f"And {more:,} more: see the admins' summary." if more > 0 else "",
        deliveries=shown.deliveries,
        failed=failed_sentences([delivery for delivery in shown.deliveries if delivery.state in FAILED]),
    )


def _total(teams: Sequence[TeamStanding]) -> TeamStanding | None:
    if not teams:
        return None
    return TeamStanding(
        team="All of these",
        open=sum(team.open for team in teams),
        overdue=sum(team.overdue for team in teams),
        past_alert=sum(team.past_alert for team in teams),
        approaching=sum(team.approaching for team in teams),
        reassured=sum(team.reassured for team in teams),
        oldest=max(team.oldest for team in teams),
    )


def _age_range(age_range: AgeRange) -> AgeRangeView:
    days = (
        f"{age_range.first} or more" if age_range.last is None else f"{age_range.first} to {age_range.last}"
    )
    return AgeRangeView(age_range.clock.label, f"Day {days}", age_range.count)


def _records(records: Sequence[TrackRecord]) -> list[str]:
    several = len(records) > 1
    return [record_line(record, "Since April", ENGLISH, has_label=several) for record in records]


def _stages_of(past: PastRun) -> dict[str, int]:
    return {stage: past.counts.get(stage, 0) for stage in STAGES}


def _trend(past: PastRun, longest: int, as_of: date) -> TrendView:
    stages = _stages_of(past)
    segments, at = [], 0
    for stage, count in stages.items():
        width = round(count * WIDTH / longest)
        segments.append(Segment(stage, at, width))
        at += width
    return TrendView(
        sent_on=day_words(past.run.send_date, as_of),
        run=past.run.id,
        state=past.run.state,
        counts={"open": past.counts.get("open", 0), **stages},
        segments=tuple(segment for segment in segments if segment.width),
        outcomes=_outcomes(past.outcomes),
    )


def _outcomes(counts: Mapping[str, int]) -> str:
    owed = sum(count for state, count in counts.items() if state not in OUTCOMES)
    parts = [f"{counts[state]} {state}" for state in OUTCOMES if counts.get(state)]
    return ", ".join([*parts, *([f"{owed} still owed"] if owed else [])]) or "none"


def _exceptions(exceptions: Sequence[DataException]) -> list[ExceptionsView]:
    return [
        ExceptionsView(
            f"{words_of(kind).heading} ({count:,})",
            [exception for exception in exceptions if exception.kind == kind],
        )
        for kind, count in sorted(Counter(exception.kind for exception in exceptions).items())
    ]
