"""Writes a service manager's part of a digest: each team's totals, what moved, and the escalations."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.escalation import Service, TeamTotals
from alerter.domain.plain import phrase
from alerter.domain.policy import Stage
from alerter.mail.digest_rows import RowContext
from alerter.mail.run_facts import Marks, RunFacts
from alerter.mail.sections import Room, SectionView, escalated_section

TEAMS_LISTED = 60
COUNTED = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.REASSURED)
WHOLE = 100


@dataclass(frozen=True, slots=True)
class BarView:
    """One piece of a team's bar: which stage it stands for, and its share of the width in percent."""

    stage: str
    width: int


@dataclass(frozen=True, slots=True)
class TeamView:
    """
    One team under one manager: who, how many stand where, and the same as a bar of table cells.

    The bar says nothing that *totals* does not.
    """

    team: str
    manager: str
    totals: str
    oldest: str
    bar: tuple[BarView, ...]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """Everything a service manager is told beside work that is theirs to manage."""

    heading: str
    totals: str
    moved: str
    teams_heading: str
    columns: tuple[str, str]
    teams: tuple[TeamView, ...]
    unlisted: str
    escalated: SectionView | None


def service_of(digest: Digest, facts: RunFacts, room: Room) -> ServiceView | None:
    """Return the service manager's part of *digest*, or None where its recipient is none."""
    service = digest.service
    if service is None:
        return None
    say = facts.language.say
    marks = Marks.of(facts.clocks, facts.language)
    context = RowContext(facts=facts, reader=digest.recipient, has_labels=len(facts.clocks) > 1)
    more = len(service.teams) - TEAMS_LISTED
    return ServiceView(
        heading=say("Your service"),
        totals=say("In all, {totals}.", totals=_totals(service.counts, facts, marks)),
        moved=_moved(service, facts, marks),
        teams_heading=say("Teams and managers ({count}): open work of each", count=f"{len(service.teams):,}"),
        columns=(say("Team and manager"), say("Open work")),
        teams=tuple(_team(totals, facts, marks) for totals in service.teams[:TEAMS_LISTED]),
        unlisted=say("And {count} more teams, not listed for length.", count=f"{more:,}") if more > 0 else "",
        escalated=escalated_section(digest, context, facts, room),
    )


def _totals(counts: dict[Stage, int], facts: RunFacts, marks: Marks) -> str:
    overdue, past, reassured = (f"{counts[stage]:,}" for stage in COUNTED)
    return facts.language.say(
        "{open} open: {overdue} overdue, {past} past {mark}, {reassured} reassured",
        open=f"{sum(counts.values()):,}",
        overdue=overdue,
        mark=marks.alert_day_of_each,
        past=past,
        reassured=reassured,
    )


def _moved(service: Service, facts: RunFacts, marks: Marks) -> str:
    """Return how the counts have moved since the last digest; nothing where this is the first one."""
    if service.last is None:
        return ""
    now, were = service.counts, service.were
    values = {stage.value: f"{now[stage]:,}" for stage in COUNTED}
    values |= {f"{stage.value}_then": f"{were[stage]:,}" for stage in COUNTED}
    return facts.language.say(
        "Since {day}: {overdue} overdue (was {overdue_then}), {past_alert} past {mark} "
        "(was {past_alert_then}), {reassured} reassured (was {reassured_then}). "
        "Ended of those open then: {ended}.",
        day=facts.language.long_day(service.last, facts.as_of),
        mark=marks.alert_day_of_each,
        ended=f"{service.ended:,}",
        **values,
    )


def _team(totals: TeamTotals, facts: RunFacts, marks: Marks) -> TeamView:
    age, limit = totals.oldest
    say = facts.language.say
    return TeamView(
        team=phrase(totals.team) if totals.team else say("no team given"),
        manager=phrase(totals.manager),
        totals=_totals(dict(totals.counts), facts, marks),
        oldest=say("oldest day {age} of {limit}", age=age, limit=limit),
        bar=tuple(_bar(totals)),
    )


def _bar(totals: TeamTotals) -> Iterable[BarView]:
    """Give the pieces of a bar, rounded so that they make up the whole; what is on track is the rest."""
    left = WHOLE
    for stage in COUNTED:
        width = min(left, round(totals.counts[stage] * WHOLE / totals.open)) if totals.open else 0
        left -= width
        if width:
            yield BarView(stage.value, width)
    if left:
        yield BarView("rest", left)
