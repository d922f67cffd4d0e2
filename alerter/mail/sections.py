"""Puts the rows of a digest under headings: by stage, worst first; past the alert day by halves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.escalation import Escalation
from alerter.domain.plain import phrase
from alerter.domain.policy import Alert, Stage
from alerter.mail.digest_rows import RowContext, RowView, escalated_row, row_of
from alerter.mail.run_facts import Marks, Outlook, RunFacts

ORDER = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING, Stage.REASSURED)
ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that stand together in a section, under a line of their own where *heading* is not empty."""

    heading: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """
    One stage's rows under a heading that begins with the stage's words.

    *kind* is the stage, or `escalated`. *more* is how many rows there are beyond those the email has room
    for, and *unlisted* says so.
    """

    kind: str
    heading: str
    groups: tuple[RowGroup, ...]
    more: int = 0
    unlisted: str = ""

    @property
    def rows(self) -> tuple[RowView, ...]:
        """Return the rows of all its groups."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(slots=True)
class Room:
    """How many rows an email has room for still, and which assessments have one already."""

    left: int
    link: str = ""

    def take(self, wanted: int) -> int:
        """Take room for *wanted* rows, or for as many as there is."""
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


def sections_of(digest: Digest, facts: RunFacts, marks: Marks, room: Room) -> Iterable[SectionView]:
    """Give the sections of *digest* that have rows, each with as many as there is *room* for."""
    context = RowContext(facts=facts, reader=digest.recipient, has_labels=marks.has_labels)
    seen: set[str] = set()
    for stage in ORDER:
        alerts = digest.of_stage(stage)
        if not alerts:
            continue
        listed = alerts[: room.take(len(alerts))]
        more = len(alerts) - len(listed)
        halves = _by_half(listed, marks) if stage is Stage.PAST_ALERT else [(None, listed)]
        yield SectionView(
            stage.value,
            heading_of(stage, len(alerts), facts, marks),
            tuple(_group(half, alerts_in_it, digest, context, seen) for half, alerts_in_it in halves),
            more,
            unlisted(more, facts, room.link),
        )


def escalated_section(
    escalations: Sequence[Escalation], context: RowContext, facts: RunFacts, room: Room
) -> SectionView | None:
    """Return what is escalated as a section, or None where nothing has."""
    if not escalations:
        return None
    listed = escalations[: room.take(len(escalations))]
    more = len(escalations) - len(listed)
    words = "Escalated ({count}): the managers named have the same rows in their own digests"
    seen: set[str] = set()
    rows = []
    for escalation in listed:
        id_ = escalation.alert.assessment.assessment_id
        rows.append(escalated_row(escalation, context, is_sibling=id_ in seen))
        seen.add(id_)
    return SectionView(
        ESCALATED,
        facts.language.say(words, count=f"{len(escalations):,}"),
        (RowGroup("", tuple(rows)),),
        more,
        unlisted(more, facts, room.link),
    )


def unlisted(count: int, facts: RunFacts, link: str = "") -> str:
    """
    Return how many rows there was no room for, and where they are; nothing where there was room for all.
    """
    if not count:
        return ""
    say, more = facts.language.say, f"{count:,}"
    if link:
        return say(
            "And {count} more, not listed for length: the whole list is at {link}", count=more, link=link
        )
    words = "And {count} more, not listed for length: ask {who} for the whole list (command: {command})."
    command = f"alerter preview --as-of {facts.as_of.isoformat()}"
    return say(words, count=more, who=phrase(facts.contact), command=command)


def _group(
    half: range | None,
    alerts: Sequence[Alert],
    digest: Digest,
    context: RowContext,
    seen: set[str],
) -> RowGroup:
    rows = []
    for alert in alerts:
        id_ = alert.assessment.assessment_id
        rows.append(row_of(alert, digest.history_of(alert), context, is_sibling=id_ in seen))
        seen.add(id_)
    if half is None:
        return RowGroup("", tuple(rows))
    first, last = half[0], half[-1]
    words = "Day {first} to {last} ({count})" if first < last else "Day {first} ({count})"
    heading = context.language.say(words, first=first, last=last, count=f"{len(rows):,}")
    return RowGroup(heading, tuple(rows))


def _by_half(alerts: Sequence[Alert], marks: Marks) -> list[tuple[range | None, Sequence[Alert]]]:
    """
    Return *alerts* by the half of the days they are in, the later first; as they are where clocks differ.
    """
    if not marks.halves:
        return [(None, alerts)]
    halves = [(half, [alert for alert in alerts if alert.age in half]) for half in marks.halves]
    return [(half, alerts_in_it) for half, alerts_in_it in halves if alerts_in_it]


def heading_of(stage: Stage, count: int, facts: Outlook, marks: Marks) -> str:
    """Return the heading over *count* rows of one *stage*, with what is asked of them."""
    language, shown = facts.language, f"{count:,}"
    if stage is Stage.OVERDUE:
        return language.say("Overdue ({count}): past {last}", count=shown, last=marks.last_day)
    if stage is Stage.PAST_ALERT:
        one = "Past {mark} ({count}): please check that it is nearly done, and say so"
        many = "Past {mark} ({count}): please check that each is nearly done, and say so"
        return language.counted(count, one, many, mark=marks.alert_day)
    if stage is Stage.APPROACHING:
        until = language.long_day(facts.next_run, facts.as_of)
        return language.say(
            "Reaches {mark} ({count}): by {day}", mark=marks.alert_day, count=shown, day=until
        )
    return language.say("Reassured ({count}): nothing is asked while this stands", count=shown)
