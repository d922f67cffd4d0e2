"""Writes the note that a manager gets between two digests."""

from collections.abc import Iterator, Sequence

from alerter.domain.message import Message
from alerter.domain.news import News
from alerter.domain.plain import phrase
from alerter.domain.progress import RowHistory
from alerter.domain.routing import Judged
from alerter.mail.digest_rows import RowContext, row_of
from alerter.mail.run_facts import RunFacts
from alerter.mail.short_letters import LinkLine, ShortLetter, write_letter
from alerter.mail.writer import Writer

MOST_ROWS = 100


def note(news: News, facts: RunFacts, writer: Writer) -> Message:
    """
    Return the note of *news* as of the day of *facts*; the same one again has the same Message-ID.

    Raises:
        MailRefusedError: What was built does not read back as it was meant.
    """
    language = facts.language
    letter = ShortLetter(
        subject=language.say(
            "Assessments: {count} now overdue or escalated, {date}",
            count=f"{len(news.rows):,}",
            date=language.plain_date(facts.as_of),
        ),
        paragraphs=list(_paragraphs(news, facts, writer)),
        identity=f"{facts.installation} note {facts.as_of.isoformat()}",
        dated_at=facts.dated_at,
        kind="note",
        run=facts.run,
        lang=language.tag,
    )
    return write_letter(letter, writer, news.recipient)


def _paragraphs(news: News, facts: RunFacts, writer: Writer) -> Iterator[str | LinkLine]:
    language = facts.language
    yield language.say(
        "This has changed for you since the digest of {day}. The next digest, on {next}, has everything.",
        day=language.long_day(facts.send_date, facts.as_of),
        next=language.long_day(facts.next_run, facts.as_of),
    )
    if news.overdue:
        heading = language.say("Overdue ({count})", count=f"{len(news.overdue):,}")
        yield _block(heading, news.overdue, news, facts)
        yield language.say(
            "Please get these signed off, or say when that is expected and what holds it. "
            "Overdue stays overdue whatever is recorded."
        )
    if news.escalated:
        heading = language.say("Escalated ({count})", count=f"{len(news.escalated):,}")
        yield _block(heading, news.escalated, news, facts)
        yield language.say("The service manager is told of these in the next digest.")
    link = writer.answer_link(facts.installation, facts.run, news.recipient, facts.dated_at)
    if link:
        yield LinkLine(language.say("Record what you have checked"), link)
    words = "Sent for {council}, run {run}. Please do not forward it outside the council."
    yield language.say(words, council=facts.council, run=facts.run)


def _block(heading: str, rows: Sequence[Judged], news: News, facts: RunFacts) -> str:
    context = RowContext(facts=facts, reader=news.recipient, has_labels=False)
    lines = [_line(row, context) for row in rows[:MOST_ROWS]]
    more = len(rows) - len(lines)
    if more:
        lines.append(facts.language.say("And {count} more, which the next digest lists.", count=f"{more:,}"))
    return "\n".join([heading, *lines])


def _line(row: Judged, context: RowContext) -> str:
    view = row_of(row.alert, RowHistory(), context)
    line = f"{view.assessment_id}  {view.child}  {view.day}, {view.due}"
    if not row.route.covering_for:
        return line
    words = context.language.say("covering for {manager}", manager=phrase(row.route.covering_for))
    return f"{line}, {words}"
