"""Writes the closing sentences of a digest: how days are counted, from what data, and whom to write to."""

from alerter.domain.digest import Digest
from alerter.domain.plain import phrase
from alerter.domain.policy import Clock
from alerter.mail.language import Language
from alerter.mail.run_facts import RunFacts

NATIONS = {
    "england": "England",
    "wales": "Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}


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
            data=f"{data_words(facts)}{_age(facts)}",
        ),
        say("The next digest comes on {day}.", day=language.full_day(facts.next_run)),
        say("Something wrong? Write to {contact}.", contact=phrase(facts.contact)),
        say(
            "Sent for {council}, run {run}. Please do not forward it outside the council.",
            council=phrase(facts.council),
            run=facts.run,
        ),
    )


def counting(facts: RunFacts) -> str:
    """Return the counting convention in words, as every output states it."""
    calendar, say = facts.calendar, facts.language.say
    words = (
        "working days, the start date is day 1, {nation} bank holidays ({version}known to {year})"
        if calendar.count_start_day
        else "working days, the start date is day 0, {nation} bank holidays ({version}known to {year})"
    )
    version = f"{phrase(calendar.version)}, " if calendar.version else ""
    nation = say(NATIONS[calendar.nation])
    return say(words, nation=nation, version=version, year=calendar.last_day.year)


def data_words(facts: RunFacts) -> str:
    """
    Return where the data come from.

    The moment is *extracted_at* in the council's time zone, as the caller gives it.
    """
    at, language = facts.extracted_at, facts.language
    rejected = ""
    if facts.source_rejected:
        rejected = language.say(" ({count} could not be read)", count=f"{facts.source_rejected:,}")
    return language.say(
        "{source} of {day} {time}, {rows}{rejected}",
        source=phrase(facts.source_name),
        day=language.long_day(at.date(), facts.as_of),
        time=f"{at.hour:02}:{at.minute:02}",
        rows=language.counted(facts.source_rows, "{count} row", "{count} rows"),
        rejected=rejected,
    )


def _age(facts: RunFacts) -> str:
    """Return how old the data were on the day that is judged by; nothing where they are younger."""
    days = (facts.as_of - facts.extracted_at.date()).days
    if days < 0:
        return ""
    if not days:
        return facts.language.say(", of the same day")
    return facts.language.counted(days, ", {count} day old", ", {count} days old")


def _limits(clocks: tuple[Clock, ...], language: Language) -> str:
    limits = language.listed([str(limit) for limit in sorted({clock.working_days for clock in clocks})], "or")
    return language.say("Please remember: {days} working days is a maximum, not a target.", days=limits)


def _marks(clocks: tuple[Clock, ...], language: Language) -> str:
    marks = dict.fromkeys((clock.alert_after, clock.working_days) for clock in clocks)
    said = [language.say("day {alert} and day {last}", alert=alert, last=last) for alert, last in marks]
    return language.listed(said, "or")
