"""`alerter deliver`: send what is still owed."""

import sys
from collections import Counter

import click

from alerter.app.heartbeat import signal_status
from alerter.app.notices import telling_if_lost
from alerter.app.status import failed_sentences
from alerter.cli import options, output
from alerter.pipeline.weekly import Weekly


@click.command("deliver")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Send what is still owed, whatever its back-off."""
    app = options.open_app(ctx)
    delivered, left = telling_if_lost(app, Weekly(app).deliver)
    signal_status(app, output.talk)
    outcomes = Counter(delivered.outcomes)
    answer = {state: outcomes[state] for state in ("sent", "deferred", "refused")}
    answer |= {"unknown": left.unknown, "owed": left.owed}
    if is_json:
        output.print_json(answer)
    else:
        output.print_counts(answer)
    if delivered.stopped:
        output.warn(f"sending stopped: {delivered.stopped}")
    for sentence in failed_sentences(left.failed):
        output.warn(f"{sentence}")
    sys.exit(1 if left.owed or left.unknown or outcomes["refused"] else 0)
