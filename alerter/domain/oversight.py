"""Counts a service manager's work by team and by age, without any worker's name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.extension import ExtendedBy
from alerter.domain.policy import Alert, Clock, Stage
from alerter.domain.routing import DirectoryEntry, Judged, Recipient, Router, matched

NO_TEAM = "No team named"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures somebody may see: those of the *teams*, as they are compared, or everybody's."""

    teams: frozenset[str] = frozenset()
    is_everything: bool = False

    def __bool__(self) -> bool:
        return self.is_everything or bool(self.teams)

    def holds(self, team: str) -> bool:
        """Say whether the figures of *team* may be seen."""
        return self.is_everything or matched(team) in self.teams


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers for one assessment, by the keys of their addresses, covers and covered alike."""

    managers: frozenset[str]
    service_managers: frozenset[str]

    def holds(self, email: str) -> bool:
        """Say whether *email* is one of them."""
        return address_key(email) in self.managers | self.service_managers

    def may_extend(self, email: str, by: ExtendedBy) -> bool:
        """Say whether *email* may authorise going beyond the limit, where the settings leave it to *by*."""
        return self.holds(email) if by == "manager" else address_key(email) in self.service_managers


def answerable(router: Router, assessment: Assessment) -> Answerable:
    """Return who answers for *assessment*: without a service manager the fallback is one."""
    route, above = router.route(assessment), router.escalation(assessment)
    service_managers = {router.fallback.key} if above is None else {above.recipient.key, above.owner_key}
    return Answerable(frozenset({route.recipient.key, route.owner_key}), frozenset(service_managers))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamStanding:
    """How one team's open assessments stand on one day; *oldest* is the largest count of working days."""

    team: str
    open: int
    overdue: int
    past_alert: int
    approaching: int
    reassured: int
    oldest: int


@dataclass(frozen=True, slots=True)
class AgeRange:
    """
    A stretch of working days past the alert day, from *first* to *last* or without an end, and who is in it.
    """

    clock: Clock
    first: int
    last: int | None
    count: int


def scope_of(
    email: str,
    *,
    admins: Iterable[str],
    fallback: str,
    directory: Iterable[DirectoryEntry],
    judged: Iterable[Judged],
) -> Scope:
    """
    Return what somebody may look at: an admin everything, others the teams whose lines name them.

    A line of the directory names its service manager in `escalate_to`; the fallback has besides the teams
    with work that nobody owns.
    """
    key = address_key(email)
    if key in map(address_key, admins):
        return Scope(is_everything=True)
    named = [entry for entry in directory if entry.team and entry.escalate_to]
    teams = {entry.team for entry in named if address_key(entry.escalate_to) == key}
    if key == address_key(fallback):
        teams |= {row.alert.assessment.team for row in judged if row.route.problem}
    return Scope(frozenset(matched(team) for team in teams))


def extendable(judged: Iterable[Judged], router: Router, email: str, by: ExtendedBy) -> list[Judged]:
    """Return those past their alert day that *email* may authorise to go beyond the limit, worst first."""
    past = [row for row in judged if row.alert.age > row.alert.clock.alert_after]
    ordered = sorted(past, key=lambda row: row.alert.clock.working_days - row.alert.age)
    return [row for row in ordered if answerable(router, row.alert.assessment).may_extend(email, by)]


def people_of(directory: Iterable[DirectoryEntry]) -> dict[str, Recipient]:
    """Return the managers and service managers that the directory names, by the keys of their addresses."""
    people: dict[str, Recipient] = {}
    for entry in directory:
        for person in (Recipient(entry.manager_email, entry.manager_name), Recipient(entry.escalate_to)):
            if person.email and not people.get(person.key, Recipient("")).name:
                people[person.key] = person
    return people


def managers_under(
    email: str, *, admins: Iterable[str], directory: Sequence[DirectoryEntry], judged: Iterable[Judged]
) -> dict[str, Recipient]:
    """
    Return whose cover *email* may set: an admin anybody's; a manager their own; a service manager besides
    that of the managers whose lines name them.
    """
    key, people = address_key(email), people_of(directory)
    if key in map(address_key, admins):
        return people
    under = {address_key(entry.manager_email) for entry in directory if address_key(entry.escalate_to) == key}
    owners = {row.route.owner_key for row in judged if not row.route.problem}
    own = {key: people.get(key, Recipient(email))} if key in people.keys() | owners else {}
    return own | {other: person for other, person in people.items() if other in under}


def team_standings(alerts: Iterable[Alert], scope: Scope) -> list[TeamStanding]:
    """Return how each team of *scope* stands, by name."""
    by_team: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if scope.holds(alert.assessment.team):
            by_team[alert.assessment.team].append(alert)
    return [_standing(team, by_team[team]) for team in sorted(by_team, key=str.casefold)]


def age_ranges(alerts: Sequence[Alert], scope: Scope) -> list[AgeRange]:
    """
    Return the ranges of each clock in use: two up to its limit, and all beyond it.

    For 25 of 35 working days they are 26 to 30, 31 to 35, and 36 or more.
    """
    in_scope = [alert for alert in alerts if scope.holds(alert.assessment.team)]
    clocks = dict.fromkeys(alert.clock for alert in in_scope)
    return [age_range for clock in clocks for age_range in _age_ranges_of(clock, in_scope)]


def _standing(team: str, alerts: Sequence[Alert]) -> TeamStanding:
    counts = {stage: sum(1 for alert in alerts if alert.stage is stage) for stage in Stage}
    return TeamStanding(
        team=team or NO_TEAM,
        open=len(alerts),
        overdue=counts[Stage.OVERDUE],
        past_alert=counts[Stage.PAST_ALERT],
        approaching=counts[Stage.APPROACHING],
        reassured=counts[Stage.REASSURED],
        oldest=max(alert.age for alert in alerts),
    )


def _age_ranges_of(clock: Clock, alerts: Sequence[Alert]) -> list[AgeRange]:
    ages = [alert.age for alert in alerts if alert.clock == clock]
    halves = [AgeRange(clock, half[0], half[-1], sum(age in half for age in ages)) for half in clock.halves]
    beyond = clock.working_days + 1
    return [*halves, AgeRange(clock, beyond, None, sum(age >= beyond for age in ages))]
