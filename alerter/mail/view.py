"""A digest as ready strings, from which both its text and its HTML are laid out."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerter.domain.digest import Digest
from alerter.domain.escalation import Service
from alerter.domain.plain import phrase
from alerter.domain.policy import Clock
from alerter.mail.digest_notes import ListView, notes_of, record_lines, since_lines
from alerter.mail.headline import CountView, asks_of, counts_of, detail_of, escalations_in, subject_of
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks, RunFacts, counting, data_words
from alerter.mail.sections import Room, SectionView, sections_of
from alerter.mail.service import ServiceView, service_of

TEAMS_NAMED = 5


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
    reason: str
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
    notes: tuple[ListView, ...]
    service: ServiceView | None
    records: tuple[str, ...]
    footer: tuple[str, ...]

    @property
    def first_line(self) -> str:
        """Return what is asked, with its counts, as one line."""
        counts = " \N{MIDDLE DOT} ".join(count.words for count in self.counts)
        return f"{self.asks}: {counts}" if counts else self.asks

    @property
    def every_section(self) -> tuple[SectionView, ...]:
        """Return the sections of rows, the escalated one last."""
        escalated = None if self.service is None else self.service.escalated
        return self.sections if escalated is None else (*self.sections, escalated)


def view_of(digest: Digest, facts: RunFacts, max_rows: int | None, link: str = "") -> DigestView:
    """
    Return what *digest* says, with at most *max_rows* rows listed, worst first, and the rest counted.

    *link* leads to the recipient's own list, where there is such a page.
    """
    say = facts.language.say
    marks = Marks.of([alert.clock for alert in digest.alerts] or facts.clocks, facts.language)
    room = Room(len(digest.alerts) + len(escalations_in(digest)) if max_rows is None else max_rows, link)
    return DigestView(
        run=facts.run,
        lang=facts.language.tag,
        subject=subject_of(digest, facts, marks),
        asks=asks_of(digest, facts, marks),
        counts=tuple(counts_of(digest, facts, marks)) if digest.asks else (),
        detail=detail_of(digest, facts),
        week=_week(digest, facts),
        reason=_reason(digest, facts),
        lateness=_lateness(facts),
        since=tuple(since_lines(digest, facts, marks)),
        how_to_answer=_how_to_answer(digest, facts, link),
        contact=phrase(facts.contact),
        link=link,
        link_note=say("opens your list; nothing is saved until you press Save")
        if digest.alerts
        else say("opens a page to look at"),
        row_mark=f"  {say('child {id}', id='')}",
        columns=(say("Assessment"), say("Deadline, and what to know")),
        sections=tuple(sections_of(digest, facts, marks, room)),
        on_track=_on_track(digest, facts),
        notes=tuple(notes_of(digest, facts)),
        service=service_of(digest, facts, room),
        records=record_lines(digest, facts),
        footer=footer_of(digest, facts),
    )


def _week(digest: Digest, facts: RunFacts) -> str:
    name, day = phrase(digest.recipient.name or digest.recipient.email), facts.language.full_day(facts.as_of)
    return facts.language.say("Week of {day}, for {name}.", day=day, name=name)


def _reason(digest: Digest, facts: RunFacts) -> str:
    """Return why the recipient has this digest: teams, covers, a service, or that nobody else was found."""
    say, language = facts.language.say, facts.language
    reasons = []
    if teams := _teams(digest.manages, language):
        reasons.append(say("you manage {teams}", teams=teams))
    if covered := language.listed([phrase(manager) for manager in digest.covering_for]):
        covered_teams = _teams([team for team in digest.teams if team not in digest.manages], language)
        reason = say("you are covering for {covered}", covered=covered)
        reasons.append(f"{reason} ({covered_teams})" if covered_teams else reason)
    if digest.service is not None:
        reasons.append(_service_reason(digest.service, language))
    if count := len(digest.unrouted):
        one = "nobody else was found for {count} assessment"
        reasons.append(language.counted(count, one, "nobody else was found for {count} assessments"))
    return say("You get this because {reasons}.", reasons="; ".join(reasons)) if reasons else ""


def _teams(teams: Sequence[str], language: Language) -> str:
    """Return the teams by name, five at most; what has none is said as such."""
    named = [phrase(team) if team else language.say("assessments without a team") for team in teams]
    more = len(named) - TEAMS_NAMED
    if more > 0:
        named[TEAMS_NAMED:] = [language.counted(more, "{count} more team", "{count} more teams")]
    return language.listed(named)


def _service_reason(service: Service, language: Language) -> str:
    count = len({team.team for team in service.teams})
    if covered := language.listed([phrase(manager) for manager in service.covering_for]):
        one, many = (
            "you are covering for {covered}, the service manager of {count} team",
            "you are covering for {covered}, the service manager of {count} teams",
        )
        return language.counted(count, one, many, covered=covered)
    one, many = "you are the service manager of {count} team", "you are the service manager of {count} teams"
    return language.counted(count, one, many)


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
    is_in_first_line = not (digest.alerts or (digest.open and escalations_in(digest)))
    if is_in_first_line:
        return ""
    return facts.language.say("Also open and on track: {count}.", count=f"{digest.on_track:,}")


def footer_of(digest: Digest, facts: RunFacts) -> tuple[str, ...]:
    """Return the closing sentences, a paragraph each."""
    language = facts.language
    say = language.say
    clocks = tuple(dict.fromkeys(alert.clock for alert in digest.alerts)) or facts.clocks
    return (
        _limits(clocks, language),
        say(
            "How this was counted: {counting}, {marks} as set by the council.",
            counting=counting(facts),
            marks=_marks(clocks, language),
        ),
        say(
            "As at {day}. Data: {data}.",
            day=language.full_day(facts.as_of),
            data=data_words(facts),
        ),
        say("The next digest comes on {day}.", day=language.full_day(facts.next_run)),
        say("Something wrong? Write to {contact}.", contact=phrase(facts.contact)),
        say(
            "Sent for {council}, run {run}. Please do not forward it outside the council.",
            council=phrase(facts.council),
            run=facts.run,
        ),
    )


def _limits(clocks: tuple[Clock, ...], language: Language) -> str:
    limits = language.listed([str(limit) for limit in sorted({clock.working_days for clock in clocks})], "or")
    return language.say("Please remember: {days} working days is a maximum, not a target.", days=limits)


def _marks(clocks: tuple[Clock, ...], language: Language) -> str:
    marks = dict.fromkeys((clock.alert_after, clock.working_days) for clock in clocks)
    days = [language.say("day {alert} and day {last}", alert=alert, last=last) for alert, last in marks]
    return language.listed(days, "or")
