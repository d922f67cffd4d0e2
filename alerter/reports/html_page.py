"""Writes the paper as one HTML page that needs no other file, charts included, to print on A4."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from alerter.reports import drawing
from alerter.reports.blocks import Paper


def page(paper: Paper) -> str:
    """Return *paper* as HTML."""
    environment = Environment(
        loader=PackageLoader("alerter.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.get_template("page.html.j2").render(paper=paper, draw=drawing)
