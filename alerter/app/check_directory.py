"""What `check` says of the directory: who is reached, who covers, and which places lead to nobody."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from alerter.app.section import Line, Section, State
from alerter.domain.address import address_key
from alerter.domain.assessment import Assessment
from alerter.domain.cover import Cover, conflicts
from alerter.domain.plan import Plan
from alerter.domain.routing import DirectoryEntry, Judged, covers_in, near_miss, shared_addresses, sources_of
from alerter.domain.wording import counted

MOST_LINES = 20
NOT_THERE = ", which counts as not there: a team's manager has the rest of the team"
ROUTING = ("ambiguous_manager", "bad_address", "domain_not_allowed", "no_manager")


def lines_of(entries: Sequence[DirectoryEntry]) -> Iterator[Line]:
    """Yield how many lines the directory has, those without an address, and those with a fault."""
    blank = [entry for entry in entries if not entry.has_address and not entry.fault]
    said = f"{counted(len(entries), 'line')}, {len(blank)} without an address" + (NOT_THERE if blank else "")
    counts = {"lines": len(entries), "without_address": len(blank)}
    is_whole_team = any(entry.team and not entry.worker for entry in blank)
    yield Line(said, state=State.LOOK if is_whole_team else State.OK, counts=counts)
    yield from (Line(f"{entry.fault}.", f"line {entry.line}", State.LOOK) for entry in entries if entry.fault)
    yield from (Line(sentence, state=State.LOOK) for sentence in shared_addresses(entries))


def covers(entries: Sequence[DirectoryEntry], recorded: Sequence[Cover], today: date) -> Section:
    """Return the covers that stand in today, and where two differ; one without dates may be forgotten."""
    covering = defaultdict(list)
    names = {address_key(entry.manager_email): entry.manager_name for entry in entries if entry.manager_name}
    every = [entry.cover for entry in entries if entry.cover is not None]
    for cover in (cover for cover in [*every, *recorded] if cover.holds(today)):
        covering[_cover(cover, names)].append(cover)
    lines = [
        Line(f"{said} ({sources_of(alike)})", state=State.LOOK if alike[0].is_always else State.OK)
        for said, alike in covering.items()
    ]
    differing = conflicts([*covers_in(entries), *recorded], today)
    lines += [Line(sentence, state=State.LOOK) for sentence in differing]
    return Section.of("covers", shortened(lines) if lines else [Line("nobody stands in today")])


def _cover(cover: Cover, names: Mapping[str, str]) -> str:
    manager = names.get(address_key(cover.manager_email)) or cover.manager_email
    said = f"{cover.cover_email} stands in for {manager}"
    if cover.is_always:
        return f"{said}; the cover has no dates, so it holds always"
    since = f" from {cover.first}" if cover.first else ""
    return said + since + (f" until {cover.last}" if cover.last else "")


def unmanaged(plan: Plan, entries: Sequence[DirectoryEntry]) -> Section:
    """Return the teams and workers whose open assessments lead to nobody, the largest first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row in plan.judged:
        if row.route.problem:
            groups[_reason(row)].append(row)
    lines = [
        Line(
            _sentence(reason, groups[reason], entries), state=State.LOOK, counts={"open": len(groups[reason])}
        )
        for reason in sorted(groups, key=lambda reason: (-len(groups[reason]), reason))
    ]
    escalations = {
        exception.detail
        for exception in plan.exceptions
        if exception.kind in ROUTING and not exception.assessment_id
    }
    lines += [Line(f"{detail}.", state=State.LOOK) for detail in sorted(escalations)]
    if not lines:
        lines = [Line(f"{counted(len(plan.digests), 'recipient')} for the open assessments")]
    return Section.of("managers", shortened(lines))


def _reason(row: Judged) -> str:
    """Return why *row* leads to nobody, without its worker where it has a team: a line a team mends most."""
    assessment = row.alert.assessment
    if not assessment.team and not assessment.worker:
        return "their rows have neither a team nor a worker"
    if not assessment.team:
        return row.route.detail
    return row.route.detail.replace(
        f"team {assessment.team!r}, worker {assessment.worker!r}", f"team {assessment.team!r}"
    )


def _sentence(reason: str, rows: Sequence[Judged], entries: Sequence[DirectoryEntry]) -> str:
    assessment = rows[0].alert.assessment
    return f"{reason}: {counted(len(rows), 'open assessment')} for the fallback{_near(assessment, entries)}"


def _near(assessment: Assessment, entries: Sequence[DirectoryEntry]) -> str:
    places = [place for place in (assessment.team, assessment.worker) if place]
    near = next((name for place in places if (name := near_miss(place, entries))), "")
    return f"; did you mean {near!r}?" if near and near not in places else "."


def shortened(lines: Sequence[Line]) -> list[Line]:
    """Return the first *lines*, and how many more there are."""
    more = len(lines) - MOST_LINES
    return (
        [*lines[:MOST_LINES], Line(f"and {more} more like these.", state=lines[-1].state)]
        if more > 0
        else list(lines)
    )
