"""Puts the rows of a digest under headings: by stage, worst first; past the alert day by halves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alerter.domain.digest import Digest
from alerter.domain.plain import phrase
from alerter.domain.policy import Alert, Stage
from alerter.domain.progress import CHASED
from alerter.mail.digest_rows import RowContext, RowView, escalated_row, row_of
from alerter.mail.headline import ESCALATED, escalations_in
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks, RunFacts

ORDER = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING, Stage.REASSURED)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that stand together in a section, under a line of their own where *heading* is not empty."""

    heading: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """
    One stage's rows under a heading that begins with the stage's words, and what is *asked* of each of them.

    *kind* is the stage, or `escalated`. *more* is how many rows there are beyond those the email has room
    for, and *unlisted* says so.
    """

    kind: str
    heading: str
    asked: str
    groups: tuple[RowGroup, ...]
    more: int = 0
    unlisted: str = ""

    @property
    def heading_line(self) -> str:
        """Return the heading and what is asked as one line."""
        return f"{self.heading}: {self.asked}"

    @property
    def rows(self) -> tuple[RowView, ...]:
        """Return the rows of all its groups."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(slots=True)
class Room:
    """How many rows an email has room for still."""

    left: int
    link: str = ""

    def take(self, wanted: int) -> int:
        """Take room for *wanted* rows, or for as many as there is."""
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


def sections_of(digest: Digest, facts: RunFacts, marks: Marks, room: Room) -> Iterable[SectionView]:
    """Give the sections of *digest* that have rows, each with as many as there is *room* for."""
    writer = _SectionWriter(digest, facts, marks, room, set())
    return (writer.section(stage, alerts) for stage in ORDER if (alerts := digest.of_stage(stage)))


@dataclass(frozen=True, slots=True)
class _SectionWriter:
    """Writes the sections of one *digest* in order; *seen* are the assessments that have a row already."""

    digest: Digest
    facts: RunFacts
    marks: Marks
    room: Room
    seen: set[str]

    def section(self, stage: Stage, alerts: Sequence[Alert]) -> SectionView:
        """Return one stage's section; that rows are escalated is said above them where it holds for all."""
        language = self.facts.language
        listed = alerts[: self.room.take(len(alerts))]
        more = len(alerts) - len(listed)
        asked = asked_of(stage, len(alerts), language)
        are_escalated = stage in CHASED and all(
            self.digest.history_of(alert).is_escalated for alert in alerts
        )
        if are_escalated:
            asked = f"{asked}; {language.say('the service manager is told as well')}"
        halves = _by_half(listed, self.marks) if stage is Stage.PAST_ALERT else [(None, listed)]
        return SectionView(
            stage.value,
            heading_of(stage, len(alerts), self.marks, language),
            asked,
            tuple(
                self._group(half, half_alerts, are_escalated=are_escalated) for half, half_alerts in halves
            ),
            more,
            unlisted(more, self.facts, self.room.link),
        )

    def _group(self, half: range | None, alerts: Sequence[Alert], *, are_escalated: bool) -> RowGroup:
        language = self.facts.language
        context = RowContext(facts=self.facts, reader=self.digest.recipient, has_labels=self.marks.has_labels)
        rows = []
        for alert in alerts:
            past = self.digest.history_of(alert)
            past = replace(past, is_escalated=past.is_escalated and not are_escalated)
            rows.append(row_of(alert, past, context))
        return RowGroup(_half_heading(half, len(rows), language), _shortened(rows, self.seen, language))


def escalated_section(digest: Digest, context: RowContext, facts: RunFacts, room: Room) -> SectionView | None:
    """
    Return what is escalated to the reader as a section, or None where nothing is.

    One manager of all rows is named once, in the heading; what is the reader's own is said to be so.
    """
    escalations = escalations_in(digest)
    if not escalations:
        return None
    listed = escalations[: room.take(len(escalations))]
    more = len(escalations) - len(listed)
    own, language = {alert.assessment.key for alert in digest.alerts}, facts.language
    managers = ["" if row.alert.assessment.key in own else phrase(row.manager) for row in escalations]
    has_many = len(set(managers)) > 1
    rows = [
        escalated_row(escalation, context, _whom_to_ask(manager, language) if has_many else "")
        for escalation, manager in zip(listed, managers, strict=False)
    ]
    one, many = "please ask {who} what holds it", "please ask {who} what holds each"
    who = language.say("the manager named") if has_many else managers[0]
    return SectionView(
        ESCALATED,
        language.say("Escalated ({count})", count=f"{len(escalations):,}"),
        language.counted(len(escalations), one, many, who=who) if who else _whom_to_ask(who, language),
        (RowGroup("", _shortened(rows, set(), language)),),
        more,
        unlisted(more, facts, room.link),
    )


def _whom_to_ask(manager: str, language: Language) -> str:
    """Return what is asked of a row that is escalated; no *manager* means that it is the reader's own."""
    if not manager:
        return language.say("yours, and listed above")
    return language.say("please ask {who}", who=manager)


def _shortened(rows: Iterable[RowView], seen: set[str], language: Language) -> tuple[RowView, ...]:
    """Return *rows* with siblings marked as such, without what the first of them says just above."""
    words, first, shortened = language.say("sibling, same assessment"), dict[str, RowView](), []
    for row in rows:
        is_sibling = row.assessment_id in seen
        shortened.append(row.as_sibling(first.get(row.assessment_id), words) if is_sibling else row)
        first.setdefault(row.assessment_id, row)
        seen.add(row.assessment_id)
    return tuple(shortened)


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


def _half_heading(half: range | None, count: int, language: Language) -> str:
    if half is None:
        return ""
    first, last = half[0], half[-1]
    words = "Day {first} to {last} ({count})" if first < last else "Day {first} ({count})"
    return language.say(words, first=first, last=last, count=f"{count:,}")


def _by_half(alerts: Sequence[Alert], marks: Marks) -> list[tuple[range | None, Sequence[Alert]]]:
    """
    Return *alerts* by the half of the days they are in, the later first; as they are where clocks differ.
    """
    if not marks.halves:
        return [(None, alerts)]
    halves = [(half, [alert for alert in alerts if alert.age in half]) for half in marks.halves]
    return [(half, alerts_in_it) for half, alerts_in_it in halves if alerts_in_it]


def heading_of(stage: Stage, count: int, marks: Marks, language: Language) -> str:
    """Return the heading over *count* rows of one *stage*."""
    words = {
        Stage.OVERDUE: "Overdue ({count})",
        Stage.PAST_ALERT: "Past {mark} ({count})",
        Stage.APPROACHING: "Reaches {mark} ({count})",
        Stage.REASSURED: "Reassured ({count})",
    }
    return language.say(words[stage], mark=marks.alert_day, count=f"{count:,}")


def asked_of(stage: Stage, count: int, language: Language) -> str:
    """Return what is asked of each of *count* rows of one *stage*."""
    if stage is Stage.OVERDUE:
        one = "please get it signed off, or say what holds it"
        return language.counted(count, one, "please get each signed off, or say what holds it")
    if stage is Stage.PAST_ALERT:
        one = "please check that it is nearly done, and say so"
        return language.counted(count, one, "please check that each is nearly done, and say so")
    if stage is Stage.APPROACHING:
        one = "please check it by the day named"
        return language.counted(count, one, "please check each by the day named")
    return language.say("nothing is asked while this stands")
