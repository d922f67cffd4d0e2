"""`alerter audit`: record the score of a quality audit."""

from datetime import date

import click

from alerter.app.audits import audit, filled_in
from alerter.cli import options
from alerter.domain.quality_audit import Audit
from alerter.errors import ConfigError


class Scores(click.ParamType[dict[str, str]]):
    """Points by criterion, as a=8,b=10."""

    name = "KEY=POINTS,..."

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, str]:
        """Read the pairs, or say how they are written."""
        pairs = [part.partition("=") for part in str(value).split(",")]
        keys = [key.strip() for key, _, _ in pairs]
        if not all(key and sign for key, (_, sign, _) in zip(keys, pairs, strict=True)):
            self.fail("write each criterion's key and points, as in a=8,b=10.", param, ctx)
        if len(set(keys)) < len(keys):
            self.fail("a criterion is given twice.", param, ctx)
        return {key: points.strip() for key, (_, _, points) in zip(keys, pairs, strict=True)}


@click.command("audit")
@click.argument("assessment_id")
@click.option("--child", "child_id", metavar="ID", help="Only this child of a sibling group.")
@click.option("--by", metavar="EMAIL", required=True, help="Who audited.")
@click.option("--scores", "entered", type=Scores(), help="Points by criterion, as in a=8,b=10.")
@click.option("--score", type=int, metavar="N", help="The score out of 100, where only that is known.")
@click.option("--on", "audited_on", type=options.Day(), help="When it was audited; today if not given.")
@click.pass_context
def command(
    ctx: click.Context,
    assessment_id: str,
    child_id: str | None,
    by: str,
    entered: dict[str, str] | None,
    score: int | None,
    audited_on: date | None,
) -> None:
    """Record the quality audit of ASSESSMENT_ID."""
    if (entered is None) == (score is None):
        raise click.UsageError("give either --scores, points by criterion, or --score, the sum out of 100.")
    app = options.open_app(ctx)
    recorded = Audit(score=score or 0, by=by)
    if entered is not None:
        filled = filled_in(app, entered)
        if filled.faults:
            raise ConfigError([f"--scores: {fault}" for fault in filled.faults])
        recorded = Audit(score=filled.score, by=by, points=filled.points)
    count = audit(app, assessment_id, child_id, recorded, audited_on)
    click.echo(f"Recorded for {count} {'child' if count == 1 else 'children'}: {recorded.score} of 100.")
