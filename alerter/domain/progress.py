"""Compares this digest with the one before: new, signed off, handed over, promises kept or missed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment, AssessmentKey
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.routing import Judged, Route

CHASED = (Stage.OVERDUE, Stage.PAST_ALERT)
"""The stages at which a manager is asked for what day 25 or day 35 has already passed without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAlert:
    """
    One assessment of the digest before, listed or counted: its stage, the manager's address, whoever covered,
    and its weeks running.

    *weeks* counts the digests in a row, that one included, that chased it; 0 where it was not chased.
    """

    stage: Stage
    owner: str
    weeks: int = 0
    is_escalated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDigest:
    """
    The digest before: the day it judged by, what it told of, and which of that has ended since, by number.

    *ended* holds also what has been signed off since and was not there then.
    """

    as_of: date
    alerts: Mapping[int, LastAlert]
    ended: Mapping[int, Assessment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHistory:
    """
    One row's past: for how many digests running it has been chased, and who had it before.

    *weeks* is 1 for what is new, and 0 for what is not chased. *came_from* is empty unless another
    manager had it; *is_escalated* says that a service manager is told of it too.
    """

    weeks: int = 0
    came_from: str = ""
    is_escalated: bool = False


@dataclass(frozen=True, slots=True)
class Handover:
    """One assessment that another manager has now."""

    key: AssessmentKey
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    What has happened to one manager's work since the digest judged on *last*.

    A promise is a reassurance's expected date: kept where the sign-off came by then, missed where the date
    has passed without one.
    """

    last: date
    new: int = 0
    signed_off: int = 0
    in_time: int = 0
    kept: int = 0
    missed: int = 0
    came: int = 0
    went: tuple[Handover, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Say whether there is nothing to tell."""
        return not (self.new or self.signed_off or self.kept or self.missed or self.came or self.went)


def weeks_running(runs: Sequence[int], chased: Mapping[int, AbstractSet[int]]) -> dict[int, int]:
    """
    Return for how many *runs* in a row, newest first, each assessment has been chased.

    *chased* holds, by assessment, the runs that chased it. One that the newest run did not chase has none.

    >>> weeks_running([7, 6, 5], {1: {7, 6}, 2: {7, 5}, 3: {6, 5}})
    {1: 2, 2: 1, 3: 0}
    """
    return {
        number: next((place for place, run in enumerate(runs) if run not in theirs), len(runs))
        for number, theirs in chased.items()
    }


def row_histories(
    judged: Iterable[Judged], last_digest: LastDigest | None, escalated: AbstractSet[int]
) -> dict[int, RowHistory]:
    """
    Return the history of each assessment *judged*, by number; of the first digest only if it is escalated.
    """
    return {row.number: _row_history(row, last_digest, escalated) for row in judged}


def weeks_of(number: int, alert: Alert, last_digest: LastDigest | None) -> int:
    """Return for how many digests running *alert* has been chased, this one included."""
    if alert.stage not in CHASED:
        return 0
    last_alert = None if last_digest is None else last_digest.alerts.get(number)
    return 1 + (0 if last_alert is None else last_alert.weeks)


def _row_history(row: Judged, last_digest: LastDigest | None, escalated: AbstractSet[int]) -> RowHistory:
    number = row.number
    if last_digest is None:
        return RowHistory(is_escalated=number in escalated)
    last_alert = last_digest.alerts.get(number)
    is_another = last_alert is not None and address_key(last_alert.owner) != row.route.owner_key
    return RowHistory(
        weeks=weeks_of(number, row.alert, last_digest),
        came_from=last_alert.owner if last_alert is not None and is_another else "",
        is_escalated=number in escalated,
    )


def progress_by_recipient(
    judged: Sequence[Judged],
    last_digest: LastDigest,
    routes_of_ended: Mapping[int, tuple[Route, bool | None]],
    reassurances: Mapping[int, Reassurance],
    as_of: date,
) -> dict[str, Progress]:
    """
    Return what has happened since *last_digest*, by the address that each digest goes to.

    *routes_of_ended* says of what has ended where it would go today, and whether it was signed off in time:
    None where it was not signed off at all.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in judged:
        of_recipient = counts[row.route.recipient.key]
        of_recipient.update(_of_open(row, last_digest))
        of_recipient["missed"] += _is_missed(reassurances.get(row.number), last_digest.as_of, as_of)
    for number, (route, is_in_time) in routes_of_ended.items():
        count = counts[route.recipient.key]
        count["signed_off"] += is_in_time is not None
        count["in_time"] += is_in_time is True
        count[_promise(last_digest.ended[number], reassurances.get(number), last_digest.as_of, as_of)] += 1
    went = _went(judged, last_digest)
    names = ("new", "signed_off", "in_time", "kept", "missed", "came")
    return {
        key: Progress(last=last_digest.as_of, went=went.get(key, ()), **{name: count[name] for name in names})
        for key, count in counts.items()
    }


def _of_open(row: Judged, last_digest: LastDigest) -> dict[str, int]:
    last_alert = last_digest.alerts.get(row.number)
    is_another = last_alert is not None and address_key(last_alert.owner) != row.route.owner_key
    return {"new": weeks_of(row.number, row.alert, last_digest) == 1, "came": is_another}


def _went(judged: Sequence[Judged], last_digest: LastDigest) -> dict[str, tuple[Handover, ...]]:
    """
    Return what went to another manager, by the address of the digest that its manager's work goes to now.
    """
    recipient_of = {row.route.owner_key: row.route.recipient.key for row in judged}
    went: dict[str, list[Handover]] = defaultdict(list)
    for row in judged:
        route, last_alert = row.route, last_digest.alerts.get(row.number)
        owner = route.owner_key if last_alert is None else address_key(last_alert.owner)
        if owner != route.owner_key and owner in recipient_of:
            went[recipient_of[owner]].append(Handover(row.alert.assessment.key, route.owner))
    return {key: tuple(handovers) for key, handovers in went.items()}


def _promise(ended: Assessment, reassurance: Reassurance | None, last: date, as_of: date) -> str:
    """Say whether the promise for what has *ended* was kept or missed, or that there was none to judge."""
    if reassurance is None or ended.authorised_on is None:
        return ""
    if ended.authorised_on <= reassurance.expected_on:
        return "kept"
    return "missed" if _is_missed(reassurance, last, as_of) else ""


def _is_missed(reassurance: Reassurance | None, last: date, as_of: date) -> bool:
    """
    Say whether the expected date went by between the two digests: on the day of the last it still stood.
    """
    return reassurance is not None and last <= reassurance.expected_on < as_of
