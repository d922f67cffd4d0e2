"""`alerter deliver`: send what is still owed."""

import sys
from collections import Counter

import click

from alerter.cli import options, output


@click.command("deliver")
@options.json_
@click.pass_context
def command(ctx: click.Context, *, is_json: bool) -> None:
    """Send what is still owed, whatever its back-off."""
    from alerter.app.heartbeat import signal_standing  # noqa: PLC0415 - the same
    from alerter.app.notices import telling_if_lost  # noqa: PLC0415 - help needs no database
    from alerter.app.standing import failed_sentences  # noqa: PLC0415 - the same
    from alerter.pipeline.weekly import Weekly  # noqa: PLC0415 - the same

    app = options.open_app(ctx)
    delivered, left = telling_if_lost(app, Weekly(app).deliver)
    signal_standing(app, output.talk)
    outcomes = Counter(delivered.outcomes)
    answer = {state: outcomes[state] for state in ("sent", "deferred", "refused")}
    answer |= {"unknown": left.unknown, "owed": left.owed}
    if is_json:
        output.print_json(answer)
    else:
        click.echo(", ".join(f"{name} {count}" for name, count in answer.items()) + ".")
    if delivered.stopped:
        output.talk(f"alerter: sending stopped: {delivered.stopped}")
    for sentence in failed_sentences(left.failed):
        output.talk(f"alerter: {sentence}")
    sys.exit(1 if left.owed or left.unknown or outcomes["refused"] else 0)
