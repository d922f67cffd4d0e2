"""Who was emailed what, as ready strings: the runs, and of one run its emails by recipient."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerter.app.mailings import Mailing, RunMailings, RunOutcome
from alerter.mail.language import Language
from alerter.store.mailings import MailedRow
from alerter.store.outbox import Delivery
from alerter.store.runs import Run
from alerter.web.open_view import stage_words

MAILINGS_A_PAGE = 100
MOST_ROWS = 200
WAITING, NOT_NEEDED = "waiting to be sent", "not sent: no longer needed"
STATES = {
    "queued": WAITING,
    "claimed": WAITING,
    "marked": WAITING,
    "deferred": WAITING,
    "sent": "sent",
    "bounced": "sent, and came back",
    "refused": "refused by the mail server",
    "unknown": "sent, and not known whether it arrived",
    "undelivered": "not sent: given up",
    "superseded": NOT_NEEDED,
    "withdrawn": NOT_NEEDED,
}
"""What is said of an email by its state in the outbox, or because it bounced."""
RUN_STATES = {
    "held": "held: nothing was emailed",
    "prepared": "being sent",
    "done": "all sent",
    "undelivered": "not all could be sent",
}
"""What is said of a run by its state."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of the list: its send date, its number, how it ended, and what became of its emails."""

    number: int
    sent_on: str
    state: str
    outcomes: str


@dataclass(frozen=True, slots=True)
class MailingView:
    """What one recipient was emailed: the *outcomes* of the emails, and the rows that stood in them."""

    heading: str
    outcomes: Sequence[str]
    rows: Sequence[str]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """The emails of one run, one page of them."""

    language: Language
    number: int
    title: str
    state: str
    mailings: Sequence[MailingView]
    shown: str
    earlier: int | None
    later: int | None


def run_lines(outcomes: Sequence[RunOutcome], as_of: date, language: Language) -> list[RunLine]:
    """Return the list of runs in one *language*."""
    return [
        RunLine(
            outcome.run.id,
            _named(outcome.run, as_of, language),
            language.sentence(RUN_STATES[outcome.run.state]),
            _counts(outcome.outcomes, language),
        )
        for outcome in outcomes
    ]


def run_view(run: RunMailings, page: int, zone: ZoneInfo, as_of: date, language: Language) -> RunView:
    """Return one *page* of a run's emails, as they are on *as_of*."""
    last = max(-(-len(run.mailings) // MAILINGS_A_PAGE), 1)
    page = min(page, last)
    start = (page - 1) * MAILINGS_A_PAGE
    shown = run.mailings[start : start + MAILINGS_A_PAGE]
    clock = Moments(zone, as_of, language)
    counts = {"first": start + 1, "last": start + len(shown), "count": f"{len(run.mailings):,}"}
    return RunView(
        language=language,
        number=run.run.id,
        title=language.say("Emails of {day}", day=_named(run.run, as_of, language)),
        state=language.sentence(RUN_STATES[run.run.state]),
        mailings=[_mailing(mailing, clock) for mailing in shown],
        shown=language.say("Shown: {first} to {last} of {count}.", **counts) if last > 1 else "",
        earlier=page - 1 if page > 1 else None,
        later=page + 1 if page < last else None,
    )


@dataclass(frozen=True, slots=True)
class Moments:
    """Says when something was, in one zone and language."""

    zone: ZoneInfo
    as_of: date
    language: Language

    def said(self, at: datetime) -> str:
        """Return a moment as its day and its time."""
        here = at.astimezone(self.zone)
        return f"{self.language.day(here.date(), self.as_of)}, {here:%H:%M}"


def _named(run: Run, as_of: date, language: Language) -> str:
    day = language.day(run.send_date, as_of)
    again = language.say("{day}, attempt {number}", day=day, number=run.attempt + 1)
    return again if run.attempt else day


def _counts(outcomes: Mapping[str, int], language: Language) -> str:
    counts: dict[str, int] = {}
    for state, count in outcomes.items():
        words = language.sentence(STATES[state])
        counts[words] = counts.get(words, 0) + count
    return ", ".join(f"{count:,} {words}" for words, count in counts.items()) or language.say("none")


def _mailing(mailing: Mailing, clock: Moments) -> MailingView:
    language, count = clock.language, len(mailing.rows)
    about = language.counted(count, "{count} assessment listed", "{count} assessments listed")
    if mailing.kind == "summary":
        about = language.say("the admins' summary")
    elif mailing.kind == "note":
        about = language.say("between two digests, {listed}", listed=about)
    more = [_more(count - MOST_ROWS, language)] if count > MOST_ROWS else []
    if mailing.on_track:
        words = "Counted and not listed, because they are on track: {count}."
        more.append(language.say(words, count=f"{mailing.on_track:,}"))
    state = language.sentence(STATES[_last_state(mailing)])
    return MailingView(
        heading=f"{mailing.recipient}: {about}, {state}",
        outcomes=[_outcome(delivery, clock) for delivery in mailing.deliveries],
        rows=[_row(row, language) for row in mailing.rows[:MOST_ROWS]],
        more=" ".join(more),
    )


def _more(count: int, language: Language) -> str:
    words = "And {count} more: `alerter history` lists every one."
    return language.say(words, count=f"{count:,}")


def _last_state(mailing: Mailing) -> str:
    last = mailing.deliveries[-1]
    return "bounced" if last.bounced_at else last.state


def _outcome(delivery: Delivery, clock: Moments) -> str:
    return ". ".join(_outcome_sentences(delivery, clock)) + "."


def _outcome_sentences(delivery: Delivery, clock: Moments) -> Iterator[str]:
    say = clock.language.say
    state = clock.language.sentence(STATES[delivery.state])
    at = f", {clock.said(delivery.settled_at)}" if delivery.settled_at else ""
    yield f"{state[0].upper()}{state[1:]}{at}"
    yield clock.language.counted(delivery.attempts, "{count} attempt", "{count} attempts")
    if delivery.reply:
        yield say("The server's answer: {reply}", reply=delivery.reply.rstrip("."))
    if delivery.resent_at:
        yield say("Sent again by a person, {at}", at=clock.said(delivery.resent_at))
    if delivery.bounced_at:
        yield say(
            "It came back, {at}, with {status}", at=clock.said(delivery.bounced_at), status=delivery.bounce
        )


def _row(row: MailedRow, language: Language) -> str:
    child = language.say("child {id}", id=row.child_id)
    day = language.say("day {age}", age=row.age)
    line = f"{row.assessment_id}, {child}: {stage_words(row.stage, language)}, {day}"
    if row.is_escalated:
        line += f", {language.say('escalated')}"
    if row.covering_for:
        line += f", {language.say('covering for {manager}', manager=row.covering_for)}"
    return line
