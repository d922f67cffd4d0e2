"""The small print of a digest: how the days were counted, from what data, and whom to tell."""

from alerter.domain.digest import Digest
from alerter.domain.policy import Clock
from alerter.domain.wording import counted, full_day_words, listed, long_day_words
from alerter.mail.facts import RunFacts
from alerter.mail.plain import phrase


def footer_of(digest: Digest, facts: RunFacts) -> tuple[str, ...]:
    """
    Return the closing sentences, a paragraph each.
    """
    clocks = tuple(dict.fromkeys(alert.clock for alert in digest.alerts)) or facts.clocks
    return (
        _limits(clocks),
        *facts.year_lines,
        f"How this was counted: {counting(facts)}, {_marks(clocks)} as set by the council.",
        f"Data: {data_words(facts)}.",
        f"Something wrong? Write to {phrase(facts.contact)}.",
        f"The next digest comes on {full_day_words(facts.next_run)}.",
        f"Sent for {phrase(facts.council)}, run {facts.run}. Please do not forward it outside the council.",
    )


def counting(facts: RunFacts) -> str:
    """
    Return the counting convention in words, as every output states it.
    """
    calendar = facts.calendar
    start = "the start date is day 1" if calendar.count_start_day else "the start date is day 0"
    nation = " ".join(word.capitalize() for word in calendar.nation.split("-"))
    version = f"{phrase(calendar.version)}, " if calendar.version else ""
    return f"working days, {start}, {nation} bank holidays ({version}known to {calendar.last_day.year})"


def data_words(facts: RunFacts) -> str:
    """
    Return where the data come from and how old they are.

    The moment is *extracted_at* in the council's time zone, as the caller gives it.
    """
    at = facts.extracted_at
    day = long_day_words(at.date(), facts.as_of)
    rejected = f" ({facts.source_rejected:,} could not be read)" if facts.source_rejected else ""
    rows = counted(facts.source_rows, "row")
    return f"{phrase(facts.source_name)} of {day} {at.hour:02}:{at.minute:02}, {rows}{rejected}"


def _limits(clocks: tuple[Clock, ...]) -> str:
    limits = sorted({clock.working_days for clock in clocks})
    days = listed([str(limit) for limit in limits], "or")
    return f"Please remember: {days} working days is a maximum, not a target."


def _marks(clocks: tuple[Clock, ...]) -> str:
    marks = dict.fromkeys((clock.alert_after, clock.working_days) for clock in clocks)
    return listed([f"day {alert} and day {last}" for alert, last in marks], "or")
