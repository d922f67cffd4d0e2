"""`alerter explain`: how one assessment's dates and stage come about."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import click

from alerter.app.explanation import Explanation, explain
from alerter.cli import options, output
from alerter.domain.calendar import WorkingCalendar, stretches
from alerter.domain.wording import day_words, full_day_words


@click.command("explain")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@options.as_of
@click.option("--days", "is_daily", is_flag=True, help="Show every day, not weeks.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str,
    child_id: str | None,
    as_of: date | None,
    *,
    is_daily: bool,
    is_json: bool,
) -> None:
    """Show how ASSESSMENT_ID is counted: each day skipped and why, every threshold date, the stage."""
    app = options.open_app(ctx)
    explained = explain(app, assessment_id, child_id, as_of)
    calendar = app.rules.calendar
    if is_json:
        output.print_json({"assessments": [_as_json(explanation, calendar) for explanation in explained]})
        return
    for explanation in explained:
        for line in _sentences(explanation, calendar):
            click.echo(line)
        walked = list(_daily(explanation) if is_daily else _weekly(explanation))
        width = max((len(when) for when, _ in walked), default=0)
        for when, said in walked:
            click.echo(f"  {when:<{width}}  {said}")


def _as_json(explained: Explanation, calendar: WorkingCalendar) -> dict[str, Any]:
    assessment = explained.assessment
    return {
        "assessment_id": assessment.assessment_id,
        "child_id": assessment.child_id,
        "type": explained.clock.type,
        "start": assessment.clock_on,
        "starts_from": explained.clock.starts_from,
        "as_of": explained.as_of,
        "next_run": explained.next_run,
        "age": explained.age,
        "working_days": explained.clock.working_days,
        "alert_after": explained.clock.alert_after,
        **explained.dates,
        "stage": None if explained.alert is None else explained.alert.stage.value,
        "ended": explained.ended or None,
        "notes": list(explained.notes),
        "extension": explained.extension or None,
        "nation": calendar.nation,
        "calendar": calendar.version,
        "count_start_day": calendar.count_start_day,
        "days": [
            {"date": step.on, "age": step.age, "counted": step.is_counted}
            | ({} if step.is_counted else {"name": step.name, "source": step.source})
            for step in explained.steps
        ],
    }


def _sentences(explained: Explanation, calendar: WorkingCalendar) -> Iterable[str]:

    assessment, clock = explained.assessment, explained.clock
    first = "the first working day on or after it is day 1" if calendar.count_start_day else "that is day 0"
    started = clock.starts_from.removesuffix("_on")
    stage = explained.ended if explained.alert is None else explained.alert.stage.value.replace("_", " ")
    yield f"{assessment.assessment_id}, child {assessment.child_id}: {clock.label}, {stage}"
    yield f"  {started.capitalize()} {full_day_words(assessment.clock_on)}; {first}."
    yield f"  Day {explained.age} of {clock.working_days} on {full_day_words(explained.until)}."
    yield f"  Day {clock.alert_after}: {full_day_words(explained.dates['alert_on'])}."
    yield f"  Due, day {clock.working_days}: {full_day_words(explained.dates['due_on'])}."
    yield f"  Overdue from {full_day_words(explained.dates['overdue_from'])}."
    yield from (f"  {note}" for note in explained.notes)
    if explained.alert is not None and (given := explained.alert.reassurance) is not None:
        expected = full_day_words(given.expected_on)
        yield f"  Reassurance by {given.by} on {full_day_words(given.given_on)}: expected {expected}."
    if explained.extension:
        yield f"  {explained.extension}."
    yield f"  Next digest: {full_day_words(explained.next_run)}."
    yield f"  Working days of {calendar.nation}, {calendar.version}."


def _weekly(explained: Explanation) -> Iterable[tuple[str, str]]:

    as_of = explained.as_of
    for stretch in stretches(explained.steps):
        first, last = stretch.first, stretch.last
        if not first.is_counted:
            yield day_words(first.on, as_of), f"not counted: {first.name} ({first.source})"
        elif stretch.days == 1:
            yield day_words(first.on, as_of), f"day {first.age}"
        else:
            when = f"{day_words(first.on, as_of)} to {day_words(last.on, as_of)}"
            yield when, f"days {first.age} to {last.age}"


def _daily(explained: Explanation) -> Iterable[tuple[str, str]]:

    for step in explained.steps:
        said = f"day {step.age}" if step.is_counted else f"not counted: {step.name} ({step.source})"
        yield day_words(step.on, explained.as_of), said
