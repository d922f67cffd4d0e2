"""A digest as ready strings, from which both its text and its HTML are laid out."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.plain import phrase
from alerter.domain.policy import Stage
from alerter.mail.footer import footer_of
from alerter.mail.notes import NotesView, notes_of, record_lines, since_lines
from alerter.mail.run_facts import Marks, Outlook, RunFacts
from alerter.mail.sections import Room, SectionView, sections_of
from alerter.mail.service import ServiceView, service_of

ASKING = (Stage.OVERDUE, Stage.PAST_ALERT, Stage.APPROACHING)
WORDS_BELOW = 10

TEAMS_NAMED = 5


@dataclass(frozen=True, slots=True)
class CountView:
    """One count behind the ask: the number, what of, and the stage that colours its bar."""

    count: str
    label: str
    stage: Stage

    @property
    def said(self) -> str:
        """Return number and label as one phrase."""
        return f"{self.count} {self.label}"


def subject_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return the subject: counts and the date, nothing about a child."""
    language = facts.language
    parts = [each.said for each in counts_of(digest, facts, marks, is_subject=True)]
    climbed = 0 if digest.service is None else len(digest.service.escalations)
    if climbed:
        parts.append(language.counted(climbed, "{count} escalated to you", "{count} escalated to you"))
    said = ", ".join(parts) or language.say("nothing needs you this week")
    date = language.plain_date(facts.as_of)
    return facts.subject(language.say("Assessments: {said} ({date})", said=said, date=date))


def counts_of(
    digest: Digest, facts: Outlook, marks: Marks, *, is_subject: bool = False
) -> Iterable[CountView]:
    """Give the counts of what is asked, worst first; in a subject the day that is reached is named once."""
    language = facts.language
    overdue, past, reach = (digest.counts[stage] for stage in ASKING)
    by = language.day(facts.next_run, facts.as_of)
    if overdue:
        yield CountView(f"{overdue:,}", language.say("overdue"), Stage.OVERDUE)
    if past:
        label = language.say("past {mark}", mark=marks.alert_day)
        yield CountView(f"{past:,}", label, Stage.PAST_ALERT)
    if reach and past and is_subject:
        label = language.counted(reach, "reaches it by {day}", "reach it by {day}", day=by)
        yield CountView(f"{reach:,}", label, Stage.APPROACHING)
    elif reach:
        one, many = "reaches {mark} by {day}", "reach {mark} by {day}"
        label = language.counted(reach, one, many, mark=marks.alert_day, day=by)
        yield CountView(f"{reach:,}", label, Stage.APPROACHING)


def asks_of(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    """Return what is asked, in one sentence; the counts follow it."""
    if digest.asks:
        return _needed(digest.asks, facts)
    if digest.service is not None and not digest.open:
        return _escalated(len(digest.service.escalations), facts)
    return _all_clear(digest, facts, marks)


def detail_of(digest: Digest, facts: RunFacts) -> str:
    """
    Return what of all that is asked is due before the next digest; never a line that begins with a digit.
    """
    last = sum(
        1 for alert in digest.alerts if alert.is_last_chance and alert.stage in ASKING[1:]
    )  # what is overdue has had its last chance
    if not last:
        return ""
    one = "Of these, {count} is due before the next digest on {day}."
    many = "Of these, {count} are due before the next digest on {day}."
    return facts.language.counted(last, one, many, day=facts.language.long_day(facts.next_run, facts.as_of))


def _needed(count: int, facts: RunFacts) -> str:
    """Return the sentence; a line never begins with a digit, which could be taken for an assessment's id."""
    language = facts.language
    if count >= WORDS_BELOW:
        return language.say("In all, {count} assessments need you before the next digest", count=f"{count:,}")
    one = "{number} assessment needs you before the next digest"
    many = "{number} assessments need you before the next digest"
    said = language.counted(count, one, many, number=language.number(count))
    return said[0].upper() + said[1:]


def _escalated(count: int, facts: RunFacts) -> str:
    language = facts.language
    if not count:
        return language.say("Nothing is escalated to you this week.")
    if count >= WORDS_BELOW:
        return language.say("In all, {count} assessments are escalated to you.", count=f"{count:,}")
    one = "{number} assessment is escalated to you."
    many = "{number} assessments are escalated to you."
    said = language.counted(count, one, many, number=language.number(count))
    return said[0].upper() + said[1:]


def _all_clear(digest: Digest, facts: RunFacts, marks: Marks) -> str:
    reassured = digest.counts[Stage.REASSURED]
    words = "Nothing needs you this week: {open} open, none reaches {mark} before {day}."
    if reassured:
        words = (
            "Nothing needs you this week: {open} open, {reassured} reassured, "
            "none other reaches {mark} before {day}."
        )
    return facts.language.say(
        words,
        open=f"{digest.open:,}",
        reassured=f"{reassured:,}",
        mark=marks.alert_day_of_each,
        day=facts.language.long_day(facts.next_run, facts.as_of),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """
    Everything one digest says, in order; a string that is empty is left out.

    *row_mark* stands between the two ids of a row's line; no other line holds it, for prose has single
    blanks.
    """

    run: int
    lang: str
    subject: str
    asks: str
    counts: tuple[CountView, ...]
    detail: str
    week: str
    audience: str
    lateness: str
    since: tuple[str, ...]
    how_to_answer: str
    contact: str
    link: str
    link_note: str
    columns: tuple[str, str]
    row_mark: str
    sections: tuple[SectionView, ...]
    on_track: str
    notes: tuple[NotesView, ...]
    service: ServiceView | None
    records: tuple[str, ...]
    footer: tuple[str, ...]

    @property
    def first_line(self) -> str:
        """Return what is asked, with its counts, as one line."""
        counts = " \N{MIDDLE DOT} ".join(each.said for each in self.counts)
        return f"{self.asks}: {counts}" if counts else self.asks

    @property
    def every_section(self) -> tuple[SectionView, ...]:
        """Return the sections of rows, that of what has climbed last."""
        escalated = None if self.service is None else self.service.escalated
        return self.sections if escalated is None else (*self.sections, escalated)


def view_of(digest: Digest, facts: RunFacts, max_rows: int | None, link: str = "") -> DigestView:
    """
    Return what *digest* says, with at most *max_rows* rows listed, worst first, and the rest counted.

    *link* leads to the recipient's own list, where there is such a page.
    """
    say = facts.language.say
    marks = Marks.of([alert.clock for alert in digest.alerts] or facts.clocks, facts.language)
    climbed = 0 if digest.service is None else len(digest.service.escalations)
    room = Room(len(digest.alerts) + climbed if max_rows is None else max_rows, link)
    return DigestView(
        run=facts.run,
        lang=facts.language.tag,
        subject=subject_of(digest, facts, marks),
        asks=asks_of(digest, facts, marks),
        counts=tuple(counts_of(digest, facts, marks)),
        detail=detail_of(digest, facts),
        week=_week(digest, facts),
        audience=_audience(digest, facts),
        lateness=_lateness(facts),
        since=tuple(since_lines(digest, facts, marks)),
        how_to_answer=_how_to_answer(digest, facts, link),
        contact=phrase(facts.contact),
        link=link,
        link_note=say("opens your list; nothing is saved until you press Save")
        if digest.alerts
        else say("opens a page to look at"),
        row_mark=f"  {say('child {id}', id='')}",
        columns=(say("Assessment"), say("Deadline, and what is asked")),
        sections=tuple(sections_of(digest, facts, marks, room)),
        on_track=_on_track(digest, facts),
        notes=tuple(notes_of(digest, facts)),
        service=service_of(digest, facts, room),
        records=record_lines(digest, facts),
        footer=footer_of(digest, facts),
    )


def _week(digest: Digest, facts: RunFacts) -> str:
    language = facts.language
    teams = [phrase(team) for team in digest.teams]
    more = len(teams) - TEAMS_NAMED
    named = teams[:TEAMS_NAMED]
    if more > 0:
        named.append(language.counted(more, "{count} more team", "{count} more teams"))
    who = language.listed(named) or phrase(facts.council)
    return language.say("Week of {day}: {who}", day=language.full_day(facts.as_of), who=who)


def _audience(digest: Digest, facts: RunFacts) -> str:
    language = facts.language
    name = phrase(digest.recipient.name or digest.recipient.email)
    covered = language.listed([phrase(manager) for manager in digest.covering_for])
    if covered:
        return language.say("For {name}, covering for {covered}.", name=name, covered=covered)
    return language.say("For {name}.", name=name)


def _lateness(facts: RunFacts) -> str:
    if not facts.is_late:
        return ""
    return facts.language.say(
        "This digest is late: it was due on {due}, and is counted as of {day}.",
        due=facts.language.long_day(facts.send_date, facts.as_of),
        day=facts.language.full_day(facts.as_of),
    )


def _how_to_answer(digest: Digest, facts: RunFacts, link: str) -> str:
    if link and digest.alerts:
        return facts.language.say("Record what you have checked")
    if link and digest.service is not None:
        return facts.language.say("See how your teams stand")
    if link or not digest.asks:
        return ""
    return facts.language.say(
        "Once you have checked one, send its number and the day you expect to sign it off to"
    )


def _on_track(digest: Digest, facts: RunFacts) -> str:
    if not digest.alerts:
        return ""
    return facts.language.say("Also open and on track: {count}.", count=f"{digest.on_track:,}")
