"""
Digests of 20, 200 and 2,000 rows, from what was judged to the bytes: rendered, built, read back.

    python -m bench.digests [ROUNDS]

The templates are compiled before anything is timed, as they are once in a run. Every row is listed; what is
sent lists as many as an email has room for.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from statistics import median
from time import perf_counter

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
GOAL_MS, MS = 1.5, 1_000
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


def by_library(rendered: Rendered) -> bytes:
    """Return the same words as the standard library's own class writes them, and nothing read back."""
    email = EmailMessage(policy=policy.SMTP)
    email["From"], email["To"], email["Subject"] = "alerts@council.example", MANAGER.email, rendered.subject
    email.set_content(rendered.text, cte="base64")
    email.add_alternative(rendered.html, subtype="html", cte="base64")
    return email.as_bytes()


def main(rounds: int = ROUNDS, sizes: Iterable[int] = ROWS) -> None:
    """Print a Markdown table: milliseconds for each digest, and for each of its rows."""
    writer = replace(council.writer(), is_whole=True)
    letterhead = Letterhead(sender=writer.sender, installation="bench", run=1, dated_at=council.NOW)
    contenders: dict[tuple[str, int, str], Callable[[], object]] = {}
    for code, language in LANGUAGES.items():
        for rows in sizes:
            planned, of_run = digest(rows), facts(code)
            rendered = writer.digest(planned, of_run)
            contenders |= {
                (language, rows, "rendered"): _call(writer.digest, planned, of_run),
                (language, rows, "built and read back"): _call(build, rendered, MANAGER, letterhead),
                (language, rows, "by EmailMessage, not read back"): _call(by_library, rendered),
            }
    taken = _in_turns(contenders, rounds)
    click.echo(f"{rounds} interleaved rounds; median ms a digest\n")
    click.echo("| language | rows | rendered | built, read back | both | a row, µs | EmailMessage | goal |")
    click.echo("|---|---:|---:|---:|---:|---:|---:|---:|")
    for language in LANGUAGES.values():
        for rows in sizes:
            times = [taken[key] * MS for key in contenders if key[:2] == (language, rows)]
            rendered_in, built_in, by_library_in = times
            both = rendered_in + built_in
            cells = (
                language,
                f"{rows:,}",
                *(f"{each:.2f}" for each in (rendered_in, built_in, both)),
                f"{both * MS / rows:.0f}",
                f"{by_library_in:.2f}",
                f"{GOAL_MS if rows == ROWS[0] else ''}",
            )
            click.echo(f"| {' | '.join(cells)} |")


def _call(function: Callable[..., object], *arguments: object) -> Callable[[], object]:
    return lambda: function(*arguments)


def _in_turns(
    contenders: dict[tuple[str, int, str], Callable[[], object]], rounds: int
) -> dict[tuple[str, int, str], float]:
    """Return the median seconds of each contender."""
    taken: dict[tuple[str, int, str], list[float]] = {key: [] for key in contenders}
    for _ in range(rounds):
        for key, run in contenders.items():
            begin = perf_counter()
            run()
            taken[key].append(perf_counter() - begin)
    return {key: median(times) for key, times in taken.items()}


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
