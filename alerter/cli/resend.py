"""`alerter resend`: one settled message of a run again."""

import sys

import click

from alerter.app.heartbeat import signal_status
from alerter.app.resending import resend
from alerter.cli import options, output
from alerter.errors import ConfigError


@click.command("resend")
@options.run_number
@click.argument("recipient")
@click.option("--reason", metavar="TEXT", required=True, help="Why; it is recorded.")
@click.option("--by", metavar="NAME", help="Who sends it again; your login name if not given.")
@click.option(
    "--anyway", "is_anyway", is_flag=True, help="Also where the directory no longer names RECIPIENT."
)
@options.json_
@click.pass_context
def command(
    ctx: click.Context,
    run: int,
    recipient: str,
    reason: str,
    by: str | None,
    *,
    is_anyway: bool,
    is_json: bool,
) -> None:
    """Send what RECIPIENT was sent in run number RUN again: the same bytes, the same Message-ID; recorded."""
    if not reason.strip():
        raise ConfigError(["--reason: say why it is sent again; it is recorded."])
    app = options.open_app(ctx)
    resent = resend(
        app, run, recipient, by=by or options.login_name(), reason=reason.strip(), is_anyway=is_anyway
    )
    signal_status(app, output.talk)
    if is_json:
        messages = [{"state": delivery.state, "reply": delivery.reply} for delivery in resent.deliveries]
        output.print_json({"run": run, "recipient": recipient, "messages": messages})
    else:
        for delivery in resent.deliveries:
            reply = f" ({delivery.reply})" if delivery.reply else ""
            click.echo(f"Run {run} to {delivery.recipient}: {delivery.state}{reply}.")
    if resent.stopped:
        output.warn(f"sending stopped: {resent.stopped}")
    sys.exit(0 if resent.is_sent else 1)
