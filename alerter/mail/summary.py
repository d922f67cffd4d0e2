"""Writes the admins' summary of a run: how it ended, then what there is to mend."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from alerter.domain.assessment import Rejected
from alerter.domain.data_exceptions import DataException, QualityFault
from alerter.domain.delivery import FAILED, PASSED_ON, resend_command
from alerter.domain.moved import Moved
from alerter.domain.plain import phrase
from alerter.domain.policy import Stage
from alerter.domain.rejected import by_reason
from alerter.domain.wording import counted, date_words, full_day_words, long_day_words
from alerter.mail.digest_notes import ListView, grouped, moved_lines
from alerter.mail.exception_words import words_of
from alerter.mail.language import ENGLISH
from alerter.mail.run_facts import RunFacts, counting, data_words

MOST_LINES = 100
STAGE_WORDS = {
    Stage.OVERDUE: "overdue",
    Stage.PAST_ALERT: "past their alert day",
    Stage.REASSURED: "reassured",
    Stage.APPROACHING: "reaching their alert day before the next digest",
    Stage.ON_TRACK: "on track",
}
STATE_WORDS = {
    "sent": "delivered",
    "refused": "refused",
    "undelivered": "given up",
    "unknown": "of unknown outcome",
    "superseded": "overtaken by a later run",
}
OWED = "still owed"
WITHDRAWN = "withdrawn"
INSTALLATION_CHARACTERS = 8


class Delivered(Protocol):
    """How one digest stands, as the ledger tells it."""

    @property
    def recipient(self) -> str:
        """Return the address."""

    @property
    def state(self) -> str:
        """Return the outbox state."""

    @property
    def reply(self) -> str:
        """Return the server's last answer on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """
    One run as the admins hear of it.

    *held_because* is empty unless the run is held. *moved* are those whose dates a changed calendar
    moved. *remarks* are sentences about the installation, such as bank holidays that run out.
    """

    facts: RunFacts
    counts: Mapping[Stage, int]
    deliveries: Sequence[Delivered]
    exceptions: Sequence[DataException] = ()
    rejected: Sequence[Rejected] = ()
    moved: Sequence[Moved] = ()
    to_mend: Sequence[QualityFault] = ()
    settings_fingerprint: str = ""
    held_because: Sequence[str] = ()
    came_back: Sequence[tuple[str, str]] = ()
    """The address and the status of each digest that was accepted and came back."""
    remarks: Sequence[str] = ()
    page: str = ""
    """The address of the service page, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """Everything the summary says, in order."""

    lang: str
    subject: str
    state: str
    context: tuple[str, ...]
    lists: tuple[ListView, ...]
    footer: tuple[str, ...]


def summary_view(summary: Summary) -> SummaryView:
    """
    Return what *summary* says, as ready strings for both parts.

    Its words are an operator's: English, as those of the commands and of the server's answers in it.
    """
    facts = replace(summary.facts, language=ENGLISH)
    summary = replace(summary, facts=facts)
    state = state_words(summary)
    return SummaryView(
        lang=ENGLISH.tag,
        subject=facts.subject(f"Assessment alerts: {_short(state)} ({date_words(facts.as_of)})"),
        state=state,
        context=tuple(_context(summary)),
        lists=tuple(_lists(summary)),
        footer=tuple(_footer(summary)),
    )


def state_words(summary: Summary) -> str:
    """Return how the run stands, in one sentence."""
    if summary.held_because:
        run, (first, *others) = summary.facts.run, summary.held_because
        why = phrase(first) + (f"; and {counted(len(others), 'reason')} more below" if others else "")
        return f"Run {run} is held and nothing was sent: {why}. To let it go: alerter release {run}"
    due = [delivery for delivery in summary.deliveries if delivery.state != WITHDRAWN]
    total = len(due)
    by_state: dict[str, int] = defaultdict(int)
    for delivery in due:
        by_state[STATE_WORDS.get(delivery.state, OWED)] += 1
    delivered = by_state.pop("delivered", 0)
    if not total:
        return "No digest was due: nobody has an open assessment"
    if delivered == total:
        return f"All {total} digests delivered" if total > 1 else "The only digest was delivered"
    counts = [f"{count} {words}" for words, count in sorted(by_state.items())]
    first, *others = counts
    count, _, words = first.partition(" ")
    said = ", ".join([f"{count} of {counted(total, 'digest')} {words}", *others])
    return f"{said}; {delivered} delivered"


def _short(state: str) -> str:
    words = state.partition(":")[0]
    return words[0].lower() + words[1:]


def _context(summary: Summary) -> Iterable[str]:
    facts = summary.facts
    day = full_day_words(facts.as_of)
    yield f"Run {facts.run} of {phrase(facts.council)}, as of {day}."
    if facts.is_late:
        due = long_day_words(facts.send_date, facts.as_of)
        yield f"The run is late: it was due on {due}."
    counts = summary.counts
    total = sum(counts.values())
    stages = ", ".join(f"{counts.get(stage, 0):,} {STAGE_WORDS[stage]}" for stage in Stage)
    yield f"Open assessments: {total:,}, of these {stages}."
    yield from (phrase(remark) for remark in summary.remarks)


def _lists(summary: Summary) -> Iterable[ListView]:
    yield from _held_because(summary)
    yield from _undelivered(summary)
    yield from _records(summary)
    withdrawn = [delivery for delivery in summary.deliveries if delivery.state == WITHDRAWN]
    if withdrawn:
        yield _list(
            "Withdrawn before it was sent",
            [phrase(delivery.recipient) for delivery in withdrawn],
            "nothing was left for this address",
        )
    delivered = [delivery for delivery in summary.deliveries if delivery.state == "sent"]
    if delivered:
        yield _list("Delivered", [_delivery(delivery) for delivery in delivered])


def _undelivered(summary: Summary) -> Iterable[ListView]:
    """Give what was not sent, and what was and came back."""
    troubled = [delivery for delivery in summary.deliveries if delivery.state not in ("sent", WITHDRAWN)]
    if troubled:
        is_owed = any(delivery.state not in STATE_WORDS for delivery in troubled)
        yield _list(
            "Not delivered",
            [_delivery(delivery) + _to_send_again(delivery, summary.facts.run) for delivery in troubled],
            "the service tries again what is still owed, and so does `alerter deliver`" if is_owed else "",
        )
    if summary.came_back:
        yield _list(
            "Came back",
            [f"{phrase(recipient)}: {phrase(status)}" for recipient, status in summary.came_back],
            "accepted by the mail server, and not delivered after all",
        )


def _records(summary: Summary) -> Iterable[ListView]:
    """Give what the data say that cannot be, what moved, and what could not be read."""
    by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for exception in summary.exceptions:
        subject = phrase(exception.assessment_id) if exception.assessment_id else ""
        by_kind[exception.kind].append((subject, phrase(exception.detail)))
    for kind, remarks in sorted(by_kind.items()):
        lines = grouped(remarks, ENGLISH)
        yield _list(f"To mend, {kind}", lines, words_of(kind).explanation, count=len(remarks))
    if summary.moved:
        lines, count = moved_lines(summary.moved, summary.facts), len(summary.moved)
        yield _list("Dates moved", lines, "the calendar has changed since the last run", count=count)
    if summary.to_mend:
        yield ListView(
            f"Records to mend, by team ({len(summary.to_mend):,}): `alerter quality` lists each",
            tuple(_teams_to_mend(summary.to_mend)),
        )
    if summary.rejected:
        yield ListView(
            f"Rows that could not be read ({len(summary.rejected):,}), by reason",
            tuple(phrase(group.words) for group in by_reason(summary.rejected)),
        )


def _held_because(summary: Summary) -> Iterable[ListView]:
    if len(summary.held_because) > 1:
        yield _list("Held because", [phrase(reason) for reason in summary.held_because])


def _teams_to_mend(faults: Sequence[QualityFault]) -> Iterable[str]:
    by_team: dict[str, Counter[str]] = defaultdict(Counter)
    for fault in faults:
        by_team[fault.assessment.team or "no team"][fault.field] += 1
    for team, fields in by_team.items():
        said = ", ".join(f"{field} {count:,}" for field, count in sorted(fields.items()))
        yield f"{phrase(team)}: {said}"


def _list(heading: str, lines: Sequence[str], explained: str = "", *, count: int | None = None) -> ListView:
    """Return as many *lines* as the summary has room for; *count* is of what, where a line is of several."""
    more = len(lines) - MOST_LINES
    shown = list(lines[:MOST_LINES])
    if more > 0:
        shown.append(f"and {more:,} more; `alerter run --dry-run --json` lists every one")
    about = f": {explained}" if explained else ""
    return ListView(f"{heading} ({len(lines) if count is None else count:,}){about}", tuple(shown))


def _delivery(delivery: Delivered) -> str:
    words = STATE_WORDS.get(delivery.state, OWED)
    reply = f" ({phrase(delivery.reply)})" if delivery.reply else ""
    return f"{phrase(delivery.recipient)}: {words}{reply}"


def _to_send_again(delivery: Delivered, run: int) -> str:
    """Return what a person can do about a message that is not sent again by itself."""
    if delivery.state not in FAILED or delivery.reply == PASSED_ON:
        return ""
    return f". To send it again: {resend_command(run, phrase(delivery.recipient))}"


def _footer(summary: Summary) -> Iterable[str]:
    facts = summary.facts
    if summary.exceptions:
        yield (
            "To mend: correct the case system or the directory; `alerter explain ID` shows how an assessment "
            "is counted and who is told, `alerter check` what the next run would meet."
        )
    if summary.page:
        yield f"The same on the page: {phrase(summary.page)}"
    yield f"Data: {data_words(facts)}."
    yield f"How this was counted: {counting(facts)}."
    yield f"Next run: {full_day_words(facts.next_run)}."
    if summary.settings_fingerprint:
        yield f"Settings: {phrase(summary.settings_fingerprint)}."
    if facts.installation:
        machine = f" on {phrase(facts.machine)}" if facts.machine else ""
        yield f"Written by installation {facts.installation[:INSTALLATION_CHARACTERS]}{machine}."
