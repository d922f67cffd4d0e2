"""`alerter run`: the weekly job, once."""

import sys
from datetime import date
from functools import partial
from typing import Any

import click

from alerter.app.heartbeat import watched
from alerter.app.notices import telling_if_lost
from alerter.app.status import failed_sentences
from alerter.cli import options, output
from alerter.pipeline import weekly
from alerter.pipeline.outcome import RunResult
from alerter.store.syncs import Sync

WAITING = ("queued", "claimed", "marked", "deferred")
FAILED = {"undelivered", "held"}  # also of a run that another process had planned


@click.command("run")
@options.as_of
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="Do everything but send, and leave no trace.")
@click.option("--no-sync", is_flag=True, help="Judge what is in the store; do not read the source.")
@click.option(
    "--again", is_flag=True, help="Prepare a fresh run for a send date that has one; needs --reason."
)
@click.option("--reason", metavar="TEXT", default="", help="Why --again; it is recorded.")
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    as_of: date | None,
    *,
    is_rehearsal: bool,
    no_sync: bool,
    again: bool,
    reason: str,
    is_json: bool,
) -> None:
    """Sync, prepare and deliver: the weekly job, once."""
    if again != bool(reason.strip()):
        raise click.UsageError("--again and --reason go together: say why this send date is prepared again.")
    app = options.open_app(ctx)
    if is_rehearsal:
        result = weekly.rehearse(app, as_of, is_synced=not no_sync)
    else:
        job = partial(weekly.run, app, as_of, is_synced=not no_sync, again=reason.strip())
        result = telling_if_lost(app, partial(watched, app, job, output.talk))
    if is_json:
        output.print_json(as_json(result))
    else:
        tell(result)
    warn(result)
    states = {result.state, result.run.state if result.run is not None else ""}
    sys.exit(1 if states & FAILED or result.held_because else 0)


def as_json(result: RunResult) -> dict[str, Any]:
    """Return what one run did in the contract's shape."""
    digests = result.digests
    return {
        "run": None if result.run is None else result.run.id,
        "as_of": result.as_of,
        "next_run": result.next_run,
        "state": result.state,
        "source": None if result.sync is None else source_json(result.sync),
        "assessments": dict(result.counts),
        "digests": digests,
        "sent": result.outcomes.get("sent", 0),
        "deferred": sum(result.outcomes.get(state, 0) for state in WAITING),
        "refused": result.outcomes.get("refused", 0),
        "unknown": result.outcomes.get("unknown", 0),
        "undelivered": result.outcomes.get("undelivered", 0),
        "held_because": list(result.held_because),
        "exceptions": [
            {
                "kind": exception.kind,
                "assessment_id": exception.assessment_id,
                "child_id": exception.child_id,
                "detail": exception.detail,
            }
            for exception in result.exceptions
        ],
    }


def source_json(sync: Sync) -> dict[str, Any]:
    """Return what was read, in the contract's shape."""
    return {
        "name": sync.source_name,
        "sha256": sync.sha256,
        "rows": sync.rows,
        "rejected": sync.rejected,
        "other_lines": sync.other_lines,
        "extracted_at": sync.extracted_at,
    }


def tell(result: RunResult) -> None:
    """Say what one run did, to a person."""
    answer = as_json(result)
    counts = answer["assessments"]
    click.echo(
        f"Run {answer['run'] or '(dry run)'} as of {answer['as_of']}: {answer['state'].replace('_', ' ')}."
    )
    if result.sync is not None:
        output.print_read(result.sync, result.rejected)
    click.echo(
        f"Open {counts['open']}: {counts['overdue']} overdue, {counts['past_alert']} past the alert day, "
        f"{counts['reassured']} reassured, {counts['approaching']} approaching, "
        f"{counts['on_track']} on track." + (f" Ignored {counts['ignored']}." if "ignored" in counts else "")
    )
    click.echo(
        f"Digests {answer['digests']}: {answer['sent']} sent, {answer['deferred']} still owed, "
        f"{answer['refused']} refused, {answer['unknown']} of unknown outcome. "
        f"Exceptions: {len(answer['exceptions'])}. "
        f"Next run: {answer['next_run']}."
    )


def warn(result: RunResult) -> None:
    """Say on standard error what an operator has to look at."""
    output.warn_held(result.held_because)
    if result.held_because and result.run is not None:
        output.warn(f"look at the extract; to let it go all the same: alerter release {result.run.id}")
    if result.stopped:
        output.warn(f"sending stopped: {result.stopped}")
    if result.trouble:
        output.warn(f"what came back is not known: {result.trouble}")
    for sentence in failed_sentences(result.failed):
        output.warn(f"{sentence}")
    if any(result.outcomes.get(state) for state in WAITING):
        output.warn("run `alerter deliver` to try again what is still owed.")
