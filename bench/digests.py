"""
Digests of 20, 200 and 2,000 rows, from what was judged to the bytes: rendered, built, read back.

    python -m bench.digests [ROUNDS]

What is measured is the processor's time. The templates are compiled before, as they are once in a run; every
message has a recipient of its own, as in a run, so that no address was read before. Every row is listed; what
is sent lists as many as an email has room for.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from statistics import median
from time import process_time

import click

from alerter.domain.assessment import Assessment
from alerter.domain.compiling import compile_digests
from alerter.domain.digest import Digest
from alerter.domain.policy import Policy
from alerter.domain.routing import Judged, Recipient, Route
from alerter.mail.build import Letterhead, Rendered, build
from alerter.mail.language import language_of
from alerter.mail.run_facts import RunFacts
from bench import council

ROWS = (20, 200, 2_000)
LANGUAGES = {"en": "English", "cy": "Welsh"}
ROUNDS = 15
Contender = Callable[[Recipient], object]
MS = 1_000
YOUNGEST, OLDEST = 22, 56
MANAGER = Recipient("manager.0@council.example", "Manager 0")


def digest(rows: int) -> Digest:
    """Return a manager's digest of so many rows, of every stage."""
    rules = council.rules()
    judge = Policy(council.CALENDAR, rules.clocks, rules.window(council.AS_OF)).judge
    starts = (
        council.CALENDAR.latest_start(council.AS_OF, YOUNGEST + number % (OLDEST - YOUNGEST))
        for number in range(rows)
    )
    alerts = [
        judge(
            Assessment(
                assessment_id=f"A-{number}", child_id=f"{500_000 + number}", type=council.CLOCK.type,
                clock_on=start, started_on=start, team=council.team(0), worker=f"Worker {number % 12}",
            )
        )
        for number, start in enumerate(starts)
    ]  # fmt: skip
    (found,) = compile_digests([Judged(0, alert, Route(MANAGER)) for alert in alerts])
    return found


def facts(language: str) -> RunFacts:
    """Return what the digests of a run have in common."""
    writer, window = council.writer(), council.rules().window(council.AS_OF)
    return RunFacts(
        run=1, council=writer.council, contact=writer.contact, as_of=window.as_of,
        next_run=window.next_run, send_date=window.as_of, source_name="assessments.csv", source_rows=20_000,
        source_rejected=0, extracted_at=council.NOW - timedelta(hours=14), dated_at=council.NOW,
        calendar=council.CALENDAR, clocks=(council.CLOCK,), language=language_of(language),
    )  # fmt: skip


def by_library(rendered: Rendered, recipient: Recipient) -> bytes:
    """Return the same words as the standard library's own class writes them, and nothing read back."""
    email = EmailMessage(policy=policy.SMTP)
    email["From"], email["To"], email["Subject"] = "alerts@council.example", recipient.email, rendered.subject
    email.set_content(rendered.text, cte="base64")
    email.add_alternative(rendered.html, subtype="html", cte="base64")
    return email.as_bytes()


def contenders(language: str, rows: int) -> list[Contender]:
    """Return what is compared of a digest of so many rows, for one more recipient each time."""
    writer, planned, of_run = replace(council.writer(), is_whole=True), digest(rows), facts(language)
    letterhead = Letterhead(sender=writer.sender, installation="bench", run=1, dated_at=council.NOW)
    rendered = writer.digest(planned, of_run)
    return [
        lambda _recipient: writer.digest(planned, of_run),
        lambda recipient: build(rendered, recipient, letterhead),
        lambda recipient: by_library(rendered, recipient),
    ]


def main(rounds: int = ROUNDS, sizes: Iterable[int] = ROWS) -> None:
    """Print a Markdown table: milliseconds of the processor for each digest, and for each of its rows."""
    click.echo(
        f"{rounds} interleaved rounds; median ms of the processor a digest. The goal is `EmailMessage`,"
    )
    click.echo("which builds the same text and HTML in base64, and reads nothing back.\n")
    click.echo(
        "| language | rows | rendered | built, read back | both | a row, µs | EmailMessage | ratio | goal |"
    )
    click.echo("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for code, language in LANGUAGES.items():
        for rows in sizes:
            rendered_in, built_in, by_library_in = _in_turns(contenders(code, rows), rounds)
            both = rendered_in + built_in
            cells = (
                language, f"{rows:,}", *(f"{taken:.2f}" for taken in (rendered_in, built_in, both)),
                f"{both * MS / rows:.0f}", f"{by_library_in:.2f}", f"{both / by_library_in:.2f}",
                "1.00" if rows == ROWS[0] else "",
            )  # fmt: skip
            click.echo(f"| {' | '.join(cells)} |")


def _in_turns(contenders: list[Contender], rounds: int) -> list[float]:
    """Return the median milliseconds of the processor that each contender takes."""
    taken: list[list[float]] = [[] for _ in contenders]
    for number in range(rounds):
        recipient = Recipient(f"manager.{number}@{council.DOMAIN}", f"Manager {number}")
        for times, run in zip(taken, contenders, strict=True):
            begin = process_time()
            run(recipient)
            times.append((process_time() - begin) * MS)
    return [median(times) for times in taken]


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
