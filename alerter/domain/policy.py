"""The duty: a clock's numbers, a run's window, and the stage of each open assessment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.extension import Extension
from alerter.domain.quality_audit import Audit


class Stage(StrEnum):
    """Where an open assessment stands; the first that fits, worst first."""

    OVERDUE = "overdue"
    PAST_ALERT = "past_alert"
    REASSURED = "reassured"
    APPROACHING = "approaching"
    ON_TRACK = "on_track"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    One assessment type's numbers, in working days.

    An assessment has *working_days* to be authorised; past *alert_after* a manager must have
    looked. *starts_from* names the column that starts it, `started_on` or `referred_on`; *also_from*
    the other one, where the report counts from both. The *checkpoints* are further days at which the
    council wants a look. What started before *effective_from* keeps the *earlier* rule.
    """

    type: str
    label: str
    working_days: int
    alert_after: int
    starts_from: str = "started_on"
    also_from: str | None = None
    target_percent: float | None = None
    checkpoints: tuple[int, ...] = ()
    audit_pass_mark: int | None = None
    """What a quality audit must score, out of 100, before the sign-off; None where there is no audit."""
    effective_from: date | None = None
    earlier: "Clock | None" = None

    @property
    def halves(self) -> tuple[range, ...]:
        """
        Return the days past the alert day up to the last one in two halves; the earlier has an odd day.

        >>> Clock(type="core", label="Core assessment", working_days=10, alert_after=7).halves
        (range(8, 10), range(10, 11))
        """
        first, end = self.alert_after + 1, self.working_days + 1
        middle = first + (end - first + 1) // 2
        return tuple(half for half in (range(first, middle), range(middle, end)) if half)

    def in_force(self, started_on: date | None, referred_on: date | None) -> "Clock":
        """
        Return the rule for what started on these dates: this one, or one that was in force before.

        The date that starts this rule's clock decides, or where it is missing the other one.
        """
        if self.earlier is None or self.effective_from is None:
            return self
        dates = (started_on, referred_on) if self.starts_from == "started_on" else (referred_on, started_on)
        start = dates[0] or dates[1]
        if start is None or start >= self.effective_from:
            return self
        return self.earlier.in_force(started_on, referred_on)

    def versions(self) -> Iterator["Clock"]:
        """Yield this rule and those before it, newest first."""
        yield self
        if self.earlier is not None:
            yield from self.earlier.versions()


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch one digest answers for: judged by *as_of*, looking ahead to *next_run*."""

    as_of: date
    next_run: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassurance:
    """
    A recorded fact: on *given_on* the manager *by* looked, and expects sign-off on *expected_on*.

    It is never a sign-off. *runs_since* counts the digests sent out after it was given.
    """

    by: str
    given_on: date
    expected_on: date
    reason: str = ""
    runs_since: int = 0

    def stands(self, as_of: date, lasts_runs: int) -> bool:
        """Say whether it still holds: not past its expected date, and not older than *lasts_runs* digests."""
        return as_of <= self.expected_on and self.runs_since < lasts_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """
    One open assessment, judged in one window.

    *reassurance* is the latest one recorded, standing or not; *is_last_chance* says that
    the limit falls before the next digest.
    """

    assessment: Assessment
    clock: Clock
    stage: Stage
    age: int
    is_last_chance: bool = False
    reassurance: Reassurance | None = None
    checkpoint: tuple[int, date] | None = None
    """The checkpoint reached before the next digest, as its working day and its date."""
    audit: Audit | None = None
    """The latest quality audit recorded here; what the extract tells stands in the assessment."""
    extension: Extension | None = None
    """What a manager authorised beyond the limit; it changes no stage."""
    alert_on: date | None = None
    """Working day *alert_after*; None for what is on track."""
    due_on: date | None = None
    """Working day *working_days*; None for what is on track."""


@dataclass(frozen=True, slots=True)
class CutOffs:
    """One clock's rule turned round for one window: the latest starts that have reached each mark."""

    overdue: date
    past_alert: date
    approaching: date
    last_chance: date


@dataclass(frozen=True, slots=True)
class Policy:
    """
    The rule, ready to judge the open assessments of one window.

    *clocks* are by type; *lasts_runs* is how many digests a reassurance stands for.
    """

    calendar: WorkingCalendar
    clocks: Mapping[str, Clock]
    window: Window
    lasts_runs: int = 4
    _cut_offs: dict[Clock, CutOffs] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Turn each clock's rule into dates once, so that judging a row only compares."""
        for newest in self.clocks.values():
            for clock in newest.versions():
                self._cut_offs[clock] = cut_offs(self.calendar, clock, self.window)

    def judge(
        self,
        assessment: Assessment,
        reassurance: Reassurance | None = None,
        audit: Audit | None = None,
        extension: Extension | None = None,
    ) -> Alert:
        """
        Return the stage of an *assessment* that is open on the window's `as_of`.

        A start in the future is on track: the caller reports it as an exception.

        Raises:
            CalendarRangeError: A date lies outside the years known.
        """
        clock = self.clocks[assessment.type].in_force(assessment.started_on, assessment.referred_on)
        marks = self._cut_offs[clock]
        start = assessment.clock_on
        stage = self._stage(start, marks, reassurance)
        is_listed = stage is not Stage.ON_TRACK
        return Alert(
            assessment=assessment,
            clock=clock,
            stage=stage,
            age=0 if start > self.window.as_of else self.calendar.age(start, self.window.as_of),
            is_last_chance=marks.overdue < start <= marks.last_chance,
            reassurance=reassurance,
            checkpoint=self._checkpoint(clock, start) if clock.checkpoints else None,
            audit=audit,
            extension=extension,
            alert_on=self.calendar.nth_day(start, clock.alert_after) if is_listed else None,
            due_on=self.calendar.nth_day(start, clock.working_days) if is_listed else None,
        )

    def _checkpoint(self, clock: Clock, start: date) -> tuple[int, date] | None:
        """
        Return the first checkpoint that falls after `as_of` and on or before `next_run`, the alert day apart.
        """
        as_of, next_run = self.window.as_of, self.window.next_run
        if start > as_of:
            return None
        further = (day for day in clock.checkpoints if day != clock.alert_after)
        dated = ((day, self.calendar.nth_day(start, day)) for day in further)
        return next(((day, on) for day, on in dated if as_of < on <= next_run), None)

    def _stage(self, start: date, marks: CutOffs, reassurance: Reassurance | None) -> Stage:
        if start > self.window.as_of:
            return Stage.ON_TRACK
        if start <= marks.overdue:
            return Stage.OVERDUE
        if start > max(marks.past_alert, marks.approaching):
            return Stage.ON_TRACK
        if reassurance is not None and reassurance.stands(self.window.as_of, self.lasts_runs):
            return Stage.REASSURED
        return Stage.PAST_ALERT if start <= marks.past_alert else Stage.APPROACHING


def cut_offs(calendar: WorkingCalendar, clock: Clock, window: Window) -> CutOffs:
    """
    Return the latest starts that are overdue, past the alert day, or will reach a mark by `next_run`.

    `age > n` is `age >= n + 1`; `day_n <= next_run` is `age(next_run) >= n`.
    """
    return CutOffs(
        overdue=calendar.latest_start(window.as_of, clock.working_days + 1),
        past_alert=calendar.latest_start(window.as_of, clock.alert_after + 1),
        approaching=calendar.latest_start(window.next_run, clock.alert_after),
        last_chance=calendar.latest_start(window.next_run, clock.working_days),
    )


def is_in_time(calendar: WorkingCalendar, clock: Clock, assessment: Assessment) -> bool | None:
    """
    Say whether the assessment was authorised within its limit, by count and never by due date.

    None when there is no believable sign-off. (Working Together; NI 60.)
    """
    if assessment.authorised_on is None or assessment.is_authorised_before_start:
        return None
    return calendar.age(assessment.clock_on, assessment.authorised_on) <= clock.working_days


def thresholds(calendar: WorkingCalendar, clock: Clock, start: date) -> dict[str, date]:
    """
    Return the dates that matter for a clock started on *start*, under the names every command prints them by.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    return {
        "alert_on": calendar.nth_day(start, clock.alert_after),
        "past_alert_from": calendar.nth_day(start, clock.alert_after + 1),
        "due_on": calendar.nth_day(start, clock.working_days),
        "overdue_from": calendar.nth_day(start, clock.working_days + 1),
    }
