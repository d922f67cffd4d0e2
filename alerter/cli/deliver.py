"""`alerter deliver`: send what is still owed."""

import sys
from collections import Counter
from functools import partial

import click

from alerter.app.heartbeat import watched_delivery
from alerter.app.notices import telling_if_lost
from alerter.app.status import failed_sentences
from alerter.cli import options, output
from alerter.pipeline import weekly


@click.command("deliver")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Send what is still owed, whatever its back-off."""
    app = options.open_app(ctx)
    job = partial(watched_delivery, app, partial(weekly.deliver, app), output.talk)
    result = telling_if_lost(app, job)
    delivered = result.delivered
    outcomes = Counter(delivered.outcomes)
    answer = {state: outcomes[state] for state in ("sent", "deferred", "refused")}
    answer |= {"unknown": result.unknown, "owed": result.owed}
    if is_json:
        output.print_json(answer)
    else:
        output.print_counts(answer)
    if delivered.stopped:
        output.warn(f"sending stopped: {delivered.stopped}")
    for sentence in failed_sentences(result.failed):
        output.warn(f"{sentence}")
    sys.exit(1 if result.owed or result.unknown or outcomes["refused"] else 0)
