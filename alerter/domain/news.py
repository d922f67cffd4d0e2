"""What a digest tells beside its rows: their weeks before, what became of the rest, and the teams' record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from alerter.domain import progress
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.digest import Digest, Key
from alerter.domain.escalation import Climb
from alerter.domain.policy import Alert, Clock, Reassurance, Stage, is_in_time
from alerter.domain.progress import Before, Past
from alerter.domain.routing import Route, Router
from alerter.domain.timeliness import Timeliness
from alerter.domain.track_record import TrackRecords, track_records

Judged = Sequence[tuple[int, Alert, Route]]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """
    What the ledger and the store know beside the open assessments, and the rules to count it by.
    """

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    before: Before | None = None
    signed: Mapping[tuple[str, str], Timeliness] = field(default_factory=dict)
    """What was signed off since April, by team and type."""
    reassurances: Mapping[int, Reassurance] = field(default_factory=dict)

    def is_in_time(self, assessment: Assessment) -> bool | None:
        """
        Say whether what has ended was signed off in time; None where it was not, or by no clock we know.
        """
        newest = self.clocks.get(assessment.type)
        if newest is None:
            return None
        clock = newest.in_force(assessment.started_on, assessment.referred_on)
        return is_in_time(self.calendar, clock, assessment)

    @property
    def records(self) -> TrackRecords:
        """
        Return how timely the teams have been since April.
        """
        return track_records(self.signed, self.clocks)


def with_news(
    digests: Iterable[Digest],
    news: News,
    router: Router,
    judged: Judged,
    climbed: Iterable[Climb],
    as_of: date,
) -> list[Digest]:
    """
    Return *digests* with what is new about each one's rows, its work since the last one, and its teams.

    A digest that stands in for an unknown manager tells of no team's record: the teams in it are nobody's.
    """
    records = news.records
    before, past_of = news.before, _pasts(judged, news.before, climbed)
    since = {}
    if before is not None:
        ended = {number: (router.route(each), news.is_in_time(each)) for number, each in before.ended.items()}
        since = progress.since(judged, before, ended, news.reassurances, as_of)
    return [
        replace(
            digest,
            pasts={key: past_of[key] for key in map(_key, digest.alerts)},
            since=since.get(digest.recipient.key),
            records=() if digest.unrouted else records.of_teams(digest.teams),
        )
        for digest in digests
    ]


def _pasts(judged: Judged, before: Before | None, climbed: Iterable[Climb]) -> dict[Key, Past]:
    """
    Return the past of each row; what climbs to its own manager is not called escalated.
    """
    listed = [each for each in judged if each[1].stage is not Stage.ON_TRACK]
    to = {climb.number: climb.to.recipient.key for climb in climbed}
    elsewhere = {
        number for number, _, route in listed if to.get(number, route.recipient.key) != route.recipient.key
    }
    pasts = progress.pasts(listed, before, elsewhere)
    return {_key(alert): pasts[number] for number, alert, _ in listed}


def _key(alert: Alert) -> Key:
    return alert.assessment.assessment_id, alert.assessment.child_id
