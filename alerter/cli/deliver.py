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
    from alerter.app.watched import signal_standing  # noqa: PLC0415 - help needs no database
    from alerter.app.weekly import Weekly  # noqa: PLC0415 - the same

    app = options.open_app(ctx)
    delivered, owed = Weekly(app).deliver()
    signal_standing(app, output.talk)
    outcomes = Counter(delivered.outcomes)
    answer = {state: outcomes[state] for state in ("sent", "deferred", "refused", "unknown")} | {"owed": owed}
    if is_json:
        output.print_json(answer)
    else:
        click.echo(", ".join(f"{name} {count}" for name, count in answer.items()) + ".")
    if delivered.stopped:
        output.talk(f"alerter: sending stopped: {delivered.stopped}")
    sys.exit(1 if owed or outcomes["refused"] else 0)
