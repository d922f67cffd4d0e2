"""`alerter check`: every part tried once."""

import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from alerter.app.check import check, send_test
from alerter.app.section import Section, State, exit_code_of, state_of
from alerter.cli import options, output

NEXT = {
    State.FAULT: "Mend what is a fault, then run `alerter check` again.",
    State.HELD: "A run would be held: see docs/input.md, Gates. To look at the digests all the same: "
    "alerter preview --out look",
    State.LOOK: "Nothing keeps a run from going; what needs a look stands first. "
    "Next: alerter preview --out look",
    State.OK: "Nothing keeps a run from going. Next: alerter preview --out look",
}
"""What to do after a check."""


@click.command("check")
@click.option("--send-test", "address", metavar="ADDRESS", help="Also send one test message to ADDRESS.")
@options.json_
@click.pass_context
def command(ctx: click.Context, address: str | None, *, is_json: bool) -> None:
    """Show what is understood of settings, extract and directory; try the database and the mail server."""
    app = options.open_app(ctx)
    sections = check(app)
    if not is_json:
        print_sections(sections)
    is_at_fault = any(section.exit_code for section in sections)
    reply = send_test(app, address) if address and not is_at_fault else None
    if is_json:
        output.print_json(as_json(sections, app.today(), reply))
    elif reply is not None:
        click.echo(f"The test message was accepted: {reply}")
    if address and is_at_fault:
        output.warn("no test message was sent: mend the faults first.")
    if not is_json:
        output.talk(NEXT[state_of(sections)])
    sys.exit(exit_code_of(sections))


def print_sections(sections: Sequence[Section]) -> None:
    """Print what was understood, a line of a section a row."""
    rows = [(section.name, line.state, line.words) for section in sections for line in section.lines]
    output.print_table(("section", "state", "text"), rows)


def as_json(sections: Sequence[Section], today: date, reply: str | None) -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "as_of": today,
        "state": state_of(sections).value,
        "sections": [section.as_json() for section in sections],
        "test_message": reply,
    }
