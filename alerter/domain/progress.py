"""Compares this digest with the one before: new, signed off, handed over, promises kept or missed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.routing import Judged, Route

CHASED = (Stage.OVERDUE, Stage.PAST_ALERT)
"""The stages at which a manager is asked for what day 25 or day 35 has already passed without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
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
class Before:
    """
    The digest before: the day it judged by, what it told of, and which of that has ended since, by number.

    *ended* holds also what has been signed off since and was not there then.
    """

    as_of: date
    listed: Mapping[int, Listed]
    ended: Mapping[int, Assessment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
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

    assessment_id: str
    child_id: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
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


def pasts(judged: Iterable[Judged], before: Before | None, escalated: AbstractSet[int]) -> dict[int, Past]:
    """
    Return the past of each assessment *judged*, by its number; without a digest *before* only what climbs.
    """
    return {row.number: _past(row, before, escalated) for row in judged}


def weeks_of(number: int, alert: Alert, before: Before | None) -> int:
    """Return for how many digests running *alert* has been chased, this one included."""
    if alert.stage not in CHASED:
        return 0
    listed = None if before is None else before.listed.get(number)
    return 1 + (0 if listed is None else listed.weeks)


def _past(row: Judged, before: Before | None, escalated: AbstractSet[int]) -> Past:
    number = row.number
    if before is None:
        return Past(is_escalated=number in escalated)
    listed = before.listed.get(number)
    is_another = listed is not None and address_key(listed.owner) != row.route.owner_key
    return Past(
        weeks=weeks_of(number, row.alert, before),
        came_from=listed.owner if listed is not None and is_another else "",
        is_escalated=number in escalated,
    )


def since(
    judged: Sequence[Judged],
    before: Before,
    routes_of_ended: Mapping[int, tuple[Route, bool | None]],
    reassurances: Mapping[int, Reassurance],
    as_of: date,
) -> dict[str, Since]:
    """
    Return what has happened since the digest *before*, by the address that each digest goes to.

    *routes_of_ended* says of what has ended where it would go today, and whether it was signed off in time:
    None where it was not signed off at all.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in judged:
        of_recipient = counts[row.route.recipient.key]
        of_recipient.update(_of_open(row, before))
        of_recipient["missed"] += _is_missed(reassurances.get(row.number), before.as_of, as_of)
    for number, (route, is_in_time) in routes_of_ended.items():
        found = counts[route.recipient.key]
        found["signed_off"] += is_in_time is not None
        found["in_time"] += is_in_time is True
        found[_word_on(before.ended[number], reassurances.get(number), before.as_of, as_of)] += 1
    went = _went(judged, before)
    names = ("new", "signed_off", "in_time", "kept", "missed", "came")
    return {
        key: Since(last=before.as_of, went=went.get(key, ()), **{name: found[name] for name in names})
        for key, found in counts.items()
    }


def _of_open(row: Judged, before: Before) -> dict[str, int]:
    listed = before.listed.get(row.number)
    is_another = listed is not None and address_key(listed.owner) != row.route.owner_key
    return {"new": weeks_of(row.number, row.alert, before) == 1, "came": is_another}


def _went(judged: Sequence[Judged], before: Before) -> dict[str, tuple[Handover, ...]]:
    """
    Return what went to another manager, by the address of the digest that its manager's work goes to now.
    """
    recipient_of = {row.route.owner_key: row.route.recipient.key for row in judged}
    went: dict[str, list[Handover]] = defaultdict(list)
    for row in judged:
        route, listed = row.route, before.listed.get(row.number)
        owner = route.owner_key if listed is None else address_key(listed.owner)
        if owner != route.owner_key and owner in recipient_of:
            alert = row.alert
            ids = alert.assessment.assessment_id, alert.assessment.child_id
            went[recipient_of[owner]].append(Handover(*ids, route.owner))
    return {key: tuple(handovers) for key, handovers in went.items()}


def _word_on(ended: Assessment, given: Reassurance | None, last: date, as_of: date) -> str:
    """Say whether the promise for what has *ended* was kept or missed, or that there was none to judge."""
    if given is None or ended.authorised_on is None:
        return ""
    if ended.authorised_on <= given.expected_on:
        return "kept"
    return "missed" if _is_missed(given, last, as_of) else ""


def _is_missed(given: Reassurance | None, last: date, as_of: date) -> bool:
    """
    Say whether the expected date went by between the two digests: on the day of the last it still stood.
    """
    return given is not None and last <= given.expected_on < as_of
