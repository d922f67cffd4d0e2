"""Holds one recipient's digest; every open assessment is in exactly one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alerter.domain.assessment import AssessmentKey
from alerter.domain.data_exceptions import DataException
from alerter.domain.escalation import Service
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import Progress, RowHistory
from alerter.domain.routing import Judged, Recipient
from alerter.domain.timeliness import TrackRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """
    Everything one person is told in one run.

    *alerts* are listed, worst first: by stage, then by the working days they have left, siblings of one
    stage together where the worst of them stands. *on_track* are counted. *unrouted* are
    the listed or counted ones that came here because nobody else was found; *to_mend* are what
    the data of this recipient's own assessments say that cannot be. *checkpoints* are those on track that
    reach one before the next digest; *moved* those whose dates a changed calendar has moved. *manages* are
    the teams of what is the recipient's own to manage, not as cover or fallback; "" where none is given.

    *histories* are the rows' weeks before, *progress* is what has happened since the last digest, *records*
    are how timely the teams are. *service* is what a service manager reads, alone or after their own work.
    """

    recipient: Recipient
    alerts: tuple[Alert, ...]
    on_track: int
    teams: tuple[str, ...] = ()
    manages: tuple[str, ...] = ()
    covering_for: tuple[str, ...] = ()
    to_mend: tuple[DataException, ...] = ()
    unrouted: tuple[DataException, ...] = ()
    checkpoints: tuple[Alert, ...] = ()
    moved: tuple[Moved, ...] = ()
    histories: Mapping[AssessmentKey, RowHistory] = field(default_factory=dict)
    progress: Progress | None = None
    records: tuple[TrackRecord, ...] = ()
    service: Service | None = None

    @property
    def open(self) -> int:
        """Return how many open assessments it answers for."""
        return len(self.alerts) + self.on_track

    def of_stage(self, stage: Stage) -> tuple[Alert, ...]:
        """Return the listed alerts of one *stage*, in their order."""
        return tuple(alert for alert in self.alerts if alert.stage is stage)

    @property
    def counts(self) -> dict[Stage, int]:
        """Return how many assessments there are of each stage."""
        return stage_counts(self.alerts, self.on_track)

    @property
    def asks(self) -> int:
        """Return how many need the manager before the next digest; a standing reassurance needs nothing."""
        return sum(1 for alert in self.alerts if alert.stage is not Stage.REASSURED)

    @property
    def is_all_clear(self) -> bool:
        """Say whether there is nothing in it but a count of what is on track."""
        has_escalations = self.service is not None and self.service.escalations
        return not (
            self.alerts or self.to_mend or self.unrouted or self.checkpoints or self.moved or has_escalations
        )

    def history_of(self, alert: Alert) -> RowHistory:
        """Return what is known of the weeks before of one of its alerts."""
        return self.histories.get(alert.assessment.key, RowHistory())


def stage_counts(alerts: Iterable[Alert], on_track: int = 0) -> dict[Stage, int]:
    """Return how many *alerts* there are of each stage, with *on_track* more on track."""
    counts = Counter(alert.stage for alert in alerts)
    counts[Stage.ON_TRACK] += on_track
    return {stage: counts[stage] for stage in Stage}


def unrouted(judged: Iterable[Judged]) -> list[DataException]:
    """Return one exception for each assessment whose route found nobody."""
    return [
        DataException(
            row.route.problem,
            *row.alert.assessment.key,
            row.route.detail,
        )
        for row in judged
        if row.route.problem
    ]
